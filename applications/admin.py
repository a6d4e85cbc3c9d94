"""Windows on applications, their record, and the people and grants in them: own agency's only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from applications.models import (
    Application,
    Event,
    Invitation,
    LetterTemplate,
    MailGate,
    Membership,
    Message,
    MessageKind,
    Notice,
    Proof,
    ReleasedLetter,
    ReliedGrant,
)
from applications.queries.erasures import requests_of_staff, sees_requests
from applications.queries.letter_templates import owners_of
from applications.queries.mail_queue import stopped_by
from directory.addresses import with_punycode
from directory.admin.site import Window
from directory.models import ErasureRequest, Grant, Institution, Researcher, search_key


def people_of(user) -> QuerySet[Membership]:
    """Memberships of teams that applied to a call of the user's own agency."""
    return Membership.objects.filter(team__applications__in=Application.objects.of_staff(user))


class OfApplication(Window):
    """A window on rows that belong to an application."""

    def get_queryset(self, request):
        found = super().get_queryset(request)
        return found.filter(application__in=Application.objects.of_staff(request.user))


@admin.register(Application)
class ApplicationAdmin(Window):
    list_display = ("__str__", "call", "status", "title_en", "title_ja", "changed_at")
    list_filter = (("call", admin.RelatedOnlyFieldListFilter), "status", "best_verdict")
    list_select_related = ("call",)
    search_fields = ("search_text",)
    search_help_text = _("Title, name or receipt number")
    ordering = ("-changed_at", "-pk")

    def get_queryset(self, request):
        own = Application.objects.of_staff(request.user)
        return super().get_queryset(request).filter(pk__in=own)

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, search_key(search_term))


@admin.register(Event)
class EventAdmin(OfApplication):
    list_display = ("at", "application", "act", "from_state", "to_state")
    list_filter = ("act",)
    list_select_related = ("application",)
    search_fields = ("application__search_text", "application__receipt")
    ordering = ("-at", "-pk")


@admin.register(Notice)
class NoticeAdmin(OfApplication):
    list_display = ("application", "agency", "body", "strength", "state", "due_on")
    list_filter = ("state", "strength")
    list_select_related = ("application", "agency", "body")
    search_fields = ("application__receipt", "agency__acronym", "body__acronym")
    ordering = ("-pk",)


@admin.register(Message)
class MessageAdmin(Window):
    """Mails of an application; those of sign-in belong to none and are for superusers."""

    list_display = ("created_at", "kind", "recipient", "subject", "state", "attempts")
    list_filter = ("kind", "state")
    search_fields = ("recipient", "subject")
    ordering = ("-pk",)
    fields = (
        *("kind", "application", "notice", "recipient", "sender_name", "reply_to", "subject"),
        *("body", "state", "asked_by", "asked_by_member", "created_at", "available_at"),
        *("expires_at", "attempts", "handed_over_at", "reply_code", "words", "error", "reason"),
    )
    readonly_fields = ("body", "words")

    def get_queryset(self, request):
        return super().get_queryset(request).of_staff(request.user)

    @admin.display(description=_("text"))
    def body(self, message: Message) -> str:
        if message.kind == MessageKind.ACCOUNT:
            return _("Not shown: it may hold a sign-in code.")
        return message.text

    @admin.display(description=_("what went wrong, in words"))
    def words(self, message: Message) -> str:
        return stopped_by(message)


@admin.register(MailGate)
class MailGateAdmin(Window):
    """The hold switch, to look at; it is moved in the mail queue, with a reason."""

    list_display = ("identity", "held_at", "changed_by", "changed_at")
    list_select_related = ("changed_by",)


@admin.register(LetterTemplate)
class LetterTemplateAdmin(Window):
    """Versions of the words of letters; new ones are made on the staff pages, after a preview."""

    list_display = ("made_at", "owner", "occasion", "body", "number", "withdrawn", "made_by")
    list_filter = ("occasion", "withdrawn")
    list_select_related = ("body", "made_by")
    search_fields = ("subject", "reason", "body__acronym")
    ordering = ("-made_at", "-pk")

    def get_queryset(self, request):
        return super().get_queryset(request).filter(owner__in=owners_of(request.user))


@admin.register(ReleasedLetter)
class ReleasedLetterAdmin(Window):
    """Letters as their holders released them; the link to acknowledge is shown nowhere."""

    list_display = ("released_at", "notice", "template_version", "edited", "acknowledged_at")
    list_filter = ("edited",)
    list_select_related = ("notice__body", "notice__application")
    search_fields = ("notice__application__receipt", "template_version")
    ordering = ("-released_at", "-pk")
    fields = (
        *("notice", "message", "template_version", "edited", "released_at", "released_by"),
        *("released_by_member", "expires_at", "acknowledged_at", "note"),
    )

    def get_queryset(self, request):
        own = Application.objects.of_staff(request.user)
        return super().get_queryset(request).filter(notice__application__in=own)


@admin.register(Invitation)
class InvitationAdmin(OfApplication):
    """Who was asked, when, and how it ended; the link is kept nowhere, its digest shown nowhere."""

    list_display = ("created_at", "membership", "email", "is_reminder", "ended_how")
    list_filter = ("ended_how", "is_reminder")
    list_select_related = ("membership__researcher",)
    search_fields = ("email", "application__receipt")
    ordering = ("-pk",)
    fields = (
        *("application", "membership", "email", "language", "agency", "is_reminder"),
        *("created_at", "created_by", "expires_at", "opened_at", "claimed_by", "claimed_at"),
        *("ended_how", "ended_at", "reason"),
    )


@admin.register(Proof)
class ProofAdmin(OfApplication):
    """What was uploaded, without the file: that is read on the application's page."""

    list_display = ("name", "application", "kind", "size", "uploaded_at")
    list_select_related = ("application",)
    search_fields = ("name", "application__receipt")
    ordering = ("-pk",)
    fields = ("application", "name", "kind", "size", "sha256", "uploaded_at", "uploaded_by")


@admin.register(Researcher)
class ResearcherAdmin(Window):
    list_display = ("name", "name_latin", "institution", "address")
    list_select_related = ("institution",)
    search_fields = ("search_text",)
    ordering = ("-pk",)

    def get_queryset(self, request):
        found = super().get_queryset(request)
        return found.filter(pk__in=people_of(request.user).values("researcher"))

    @admin.display(description=_("e-mail address"), ordering="email")
    def address(self, person):
        return with_punycode(person.email)

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, search_key(search_term))


@admin.register(Grant)
class GrantAdmin(Window):
    list_display = ("reference", "agency", "holder", "starts_on", "ends_on")
    list_filter = (("agency", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("agency", "holder")
    search_fields = ("reference", "key", "holder__search_text")
    ordering = ("-pk",)

    def get_queryset(self, request):
        relied = ReliedGrant.objects.filter(
            application__in=Application.objects.of_staff(request.user)
        )
        return super().get_queryset(request).filter(pk__in=relied.values("grant"))


@admin.register(Institution)
class InstitutionAdmin(Window):
    list_display = ("name", "name_latin", "country", "ror")
    search_fields = ("name", "name_latin", "ror")
    ordering = ("-pk",)

    def get_queryset(self, request):
        places = people_of(request.user).values("researcher__institution")
        return super().get_queryset(request).filter(pk__in=places)


@admin.register(ErasureRequest)
class ErasureRequestAdmin(Window):
    """Who asked for erasure: for approvers of the agency whose teams hold the data, and superusers."""

    list_display = ("requested_at", "user", "handled_at", "answer")
    list_filter = (("handled_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")
    ordering = ("-requested_at", "-pk")

    def get_queryset(self, request):
        own = requests_of_staff(request.user)
        return super().get_queryset(request).filter(pk__in=own.values("pk"))

    def has_module_permission(self, request):
        return sees_requests(request.user)

    def has_view_permission(self, request, obj=None):
        return sees_requests(request.user)
