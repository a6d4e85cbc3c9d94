"""Editions of the list and their rows: a published edition, and all that is in it, is read-only."""

from django.contrib import admin
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.admin.mending import SaysHowToMend, slips_of_an_edition
from directory.admin.refusing import (
    RefusedForm,
    TellsOfPublishing,
    is_shown_again,
)
from directory.admin.site import Kept
from directory.changes import Difference, differences
from directory.columns import notice_to_words
from directory.contradiction_words import acronyms, contradiction_in_words
from directory.history import label_of
from directory.listing import of_edition, said_by
from directory.models import Edition, NoticeRule, Participation, User


def editions_of(user: User):
    """Editions a staff user may read: every published one, and their own agency's drafts."""
    return Edition.objects.visible_to(user)


def drafts_of(user: User):
    """Editions a staff user may write in."""
    return Edition.objects.drafts_of(user)


def _may_write(user: User, edition: Edition | None) -> bool:
    """Whether ``edition`` (None: one yet to be chosen) is an unpublished one of the user's."""
    if edition is None:
        return True
    return edition.published_at is None and user.works_for(edition.owner)


class InDraft:
    """Adds to a page or an inline: writing only while the edition is an own, unpublished one."""

    def edition_of(self, obj) -> Edition | None:
        if obj is None or isinstance(obj, Edition):
            return obj
        return obj.edition if obj.edition_id else None

    def reads_history(self, request, obj) -> bool:
        """What a draft said before it was published, and who wrote it, stays with its agency."""
        return request.user.works_for(self.edition_of(obj).owner)

    def has_add_permission(self, request, obj=None):
        # Pages ask without an object, inlines with their parent.
        allowed = super().has_add_permission(request, *([obj] if self.is_inline else []))
        return allowed and self._writes(request, obj)

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and self._writes(request, obj)

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and _may_write(request.user, self.edition_of(obj))

    def _writes(self, request, obj) -> bool:
        # What was typed while the list was published stands in its boxes once more, unsaved.
        return is_shown_again(request) or _may_write(request.user, self.edition_of(obj))

    is_inline = False


class RowInline(admin.TabularInline):
    """The rows of an edition: what each asks, what differs from the base, and the way to its page."""

    model = Participation
    fields = ("position", "funder", "kind", "targeted", "asks", "told", "differs")
    readonly_fields = ("funder", "targeted", "asks", "told", "differs")
    ordering = ("position",)
    # The funder stands in its column: what Django writes above each row is not shown a second time.
    classes = ("says-itself",)
    can_delete = False
    max_num = 0

    def get_queryset(self, request):
        self._reader = request.user
        rows = super().get_queryset(request)
        return rows.select_related(
            "agency", "edition__based_on", "notice_rule__body"
        ).prefetch_related("programmes")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=Participation._meta.get_field("agency").verbose_name)
    def funder(self, row: Participation) -> str:
        may = self._reader.has_perm("directory.change_participation")
        writes = may and _may_write(self._reader, row.edition)
        page = reverse("admin:directory_participation_change", args=[row.pk])
        act = gettext("Edit") if writes else gettext("View")
        words = '<a href="{}">{} <span class="act">{}</span></a>'
        return format_html(words, page, row.agency, act)

    @admin.display(description=Participation._meta.get_field("programmes").verbose_name)
    def targeted(self, row: Participation) -> str:
        return ", ".join(sorted(one.code for one in row.programmes.all()))

    @admin.display(description=NoticeRule._meta.get_field("strength").verbose_name)
    def asks(self, row: Participation) -> str:
        rule = getattr(row, "notice_rule", None)
        return rule.get_strength_display() if rule else gettext("No rule yet: open the row")

    @admin.display(description=_("To whom"))
    def told(self, row: Participation) -> str:
        return notice_to_words(row) if hasattr(row, "notice_rule") else ""

    @admin.display(description=_("Since the edition before"))
    def differs(self, row: Participation) -> str:
        found = self._differences(row.edition).get(row.agency.slug)
        if found is None:
            return gettext("as before") if row.edition.based_on else ""
        if found.before is None:
            return gettext("new row")
        names = "; ".join(str(label_of(one)) for one in found.fields)
        return gettext("changed: %(fields)s") % {"fields": names}

    def _differences(self, edition: Edition) -> dict[str, Difference]:
        # Asked row by row, read once: this inline lives as long as its page.
        if not hasattr(self, "_found"):
            self._found = {one.slug: one for one in since_base(edition)}
        return self._found


def since_base(edition: Edition) -> tuple[Difference, ...]:
    """Return what differs from the edition that this one was made from."""
    if edition.based_on is None:
        return ()
    said = said_by(edition.based_on, edition)
    return differences(said[edition.based_on.pk], said[edition.pk])


def next_place(edition: Edition) -> int:
    """Where a row that is added stands: after all others."""
    return (edition.rows.aggregate(last=Max("position"))["last"] or 0) + 1


class EditionForm(SaysHowToMend, RefusedForm):
    def slips(self, given):
        return slips_of_an_edition(given, self.instance)


@admin.register(Edition)
class EditionAdmin(TellsOfPublishing, InDraft, Kept):
    form = EditionForm
    list_display = ("code", "owner", "as_of", "updated_on", "published_at")
    list_filter = ("owner", ("published_at", admin.EmptyFieldListFilter))
    search_fields = ("code",)
    search_help_text = _("Code")
    show_facets = admin.ShowFacets.ALWAYS
    date_hierarchy = "as_of"
    ordering = ("-as_of", "-pk")
    # Publishing is an act with its own checks, never a field that somebody fills in.
    # Who made it from which is noted, not filled in either.
    readonly_fields = ("published_at", "based_on", "made_by", "made_at")
    inlines = (RowInline,)
    change_form_template = "admin/directory/edition/change_form.html"

    def get_queryset(self, request):
        return super().get_queryset(request).filter(pk__in=editions_of(request.user))

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "owner" and not request.user.is_superuser:
            own = request.user.staff_agency
            kwargs["choices"] = [one for one in db_field.choices if one[0] == own]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        if obj is None or request.user.works_for(obj.owner):
            return fields
        return [one for one in fields if one != "made_by"]  # a person of the other agency

    def get_readonly_fields(self, request, obj=None):
        # Whose list it is was decided with the first row.
        return (*super().get_readonly_fields(request, obj), *(["owner"] if obj else []))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and not getattr(request, "shows_history", False):
            context |= {
                "contradictions": _with_pages(obj),
                "gone": [one.before for one in since_base(obj) if one.kind == "GONE"],
                "writes": self.has_change_permission(request, obj) and not is_shown_again(request),
                "next_place": next_place(obj),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.made_by, obj.made_at = request.user, timezone.now()
        super().save_model(request, obj, form, change)


def _with_pages(edition: Edition) -> list[tuple[str, list[tuple[str, str]]]]:
    """What speaks against itself in an edition, in words, with the pages of both rows."""
    found = of_edition(edition)
    if not found:
        return []
    names = acronyms()
    pages = {
        slug: reverse("admin:directory_participation_change", args=[pk])
        for slug, pk in edition.rows.values_list("agency__slug", "pk")
    }
    return [
        (
            contradiction_in_words(one, names),
            [
                (names[slug], pages[slug])
                for slug in dict.fromkeys((one.first, one.second))
                if slug in pages
            ],
        )
        for one in found
    ]
