"""Windows on teams and the people, grants and institutions in them, and on who was invited."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.admin.windows import FoldedSearch, OwnWindow, RowsWithin, people_of
from applications.models import (
    Application,
    Invitation,
    Membership,
    PersonalLink,
    ReliedGrant,
    Team,
)
from directory.addresses import with_punycode
from directory.models import Call, Grant, Institution, Researcher, User


class MembersWithin(RowsWithin):
    model = Membership
    fields = ("researcher", "role", "confirmed_at", "confirmed_how", "removed_at")
    readonly_fields = fields
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("researcher").order_by("pk")


@admin.register(Team)
class TeamAdmin(OwnWindow):
    to_application = ""
    lists_people = True
    # Not what it was copied from: that may be a team of the other agency.
    list_display = ("ref", "created_at", "created_by")
    list_filter = (("created_at", admin.DateFieldListFilter),)
    list_select_related = ("created_by",)
    search_fields = ("ref", "applications__receipt")
    search_help_text = _("Reference of the team or receipt number")
    ordering = ("-pk",)
    fields = ("ref", "created_at", "created_by")
    inlines = (MembersWithin,)

    def own_rows(self, found: QuerySet[Team], user: User) -> QuerySet[Team]:
        return found.filter(pk__in=Application.objects.of_staff(user).values("team"))


class LinksWithin(RowsWithin):
    """When a member's own links were made; the links themselves are kept nowhere."""

    model = PersonalLink
    fields = ("created_at", "expires_at", "revoked_at")
    readonly_fields = fields


@admin.register(Membership)
class MembershipAdmin(FoldedSearch, OwnWindow):
    to_application = ""
    lists_people = True
    list_display = ("researcher", "team", "role", "confirmed_at", "removed_at")
    list_filter = ("role", "confirmed_how", ("removed_at", admin.EmptyFieldListFilter))
    list_select_related = ("researcher", "team")
    search_fields = ("researcher__search_text__contains", "team__ref")
    search_help_text = _("Name, address or reference of the team")
    ordering = ("-pk",)
    inlines = (LinksWithin,)

    def own_rows(self, found: QuerySet[Membership], user: User) -> QuerySet[Membership]:
        return found.filter(team__in=Application.objects.of_staff(user).values("team"))


@admin.register(Invitation)
class InvitationAdmin(OwnWindow):
    """Who was asked, when, and how it ended; the link is kept nowhere, its digest shown nowhere."""

    lists_people = True
    list_display = ("created_at", "membership", "email", "is_reminder", "ended_how")
    list_filter = ("ended_how", "is_reminder", ("created_at", admin.DateFieldListFilter))
    list_select_related = ("membership__researcher",)
    search_fields = ("email", "application__receipt")
    search_help_text = _("Address or receipt number")
    ordering = ("-pk",)
    fields = (
        *("application", "membership", "email", "language", "agency", "is_reminder"),
        *("created_at", "created_by", "expires_at", "opened_at", "claimed_by", "claimed_at"),
        *("ended_how", "ended_at", "reason"),
    )


@admin.register(Researcher)
class ResearcherAdmin(FoldedSearch, OwnWindow):
    to_application = ""
    lists_people = True
    list_display = ("name", "name_latin", "institution", "address")
    list_select_related = ("institution",)
    search_fields = ("search_text__contains",)
    search_help_text = _("Name, reading or address")
    ordering = ("-pk",)

    def own_rows(self, found: QuerySet[Researcher], user: User) -> QuerySet[Researcher]:
        return found.filter(pk__in=people_of(user).values("researcher"))

    @admin.display(description=_("name in Latin letters"), ordering="family_latin")
    def name_latin(self, person: Researcher) -> str:
        return person.name_latin

    @admin.display(description=_("e-mail address"), ordering="email")
    def address(self, person: Researcher) -> str:
        return with_punycode(person.email)


@admin.register(Grant)
class GrantAdmin(FoldedSearch, OwnWindow):
    to_application = ""
    lists_people = True
    list_display = ("reference", "agency", "holder", "starts_on", "ends_on")
    list_filter = ("agency", ("ends_on", admin.DateFieldListFilter))
    list_select_related = ("agency", "holder")
    search_fields = ("reference", "key", "holder__search_text__contains")
    search_help_text = _("Grant number or its holder's name")
    ordering = ("-pk",)

    def own_rows(self, found: QuerySet[Grant], user: User) -> QuerySet[Grant]:
        own = ReliedGrant.objects.filter(application__call__in=Call.objects.visible_to(user))
        return found.filter(pk__in=own.values("grant"))


@admin.register(Institution)
class InstitutionAdmin(OwnWindow):
    to_application = ""
    list_display = ("name", "name_latin", "country", "ror")
    search_fields = ("name", "name_latin", "ror")
    search_help_text = _("Name or ROR id")
    ordering = ("-pk",)

    def own_rows(self, found: QuerySet[Institution], user: User) -> QuerySet[Institution]:
        return found.filter(pk__in=people_of(user).values("researcher__institution"))
