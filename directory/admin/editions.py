"""Editions of the list and their rows: a published edition, and all that is in it, is read-only."""

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.admin.site import Kept
from directory.models import Condition, Edition, NoticeRule, Participation, User


def editions_of(user: User):
    """Editions a staff user may read: every published one, and their own agency's drafts."""
    editions = Edition.objects.all()
    if user.is_superuser:
        return editions
    return editions.filter(Q(published_at__isnull=False) | Q(owner=user.staff_agency or None))


def drafts_of(user: User):
    """Editions a staff user may write in."""
    drafts = Edition.objects.filter(published_at__isnull=True)
    return drafts if user.is_superuser else drafts.filter(owner=user.staff_agency or None)


def _may_write(user: User, edition: Edition | None) -> bool:
    """Whether ``edition`` (None: one yet to be chosen) is an unpublished one of the user's."""
    if edition is None:
        return True
    ours = user.is_superuser or edition.owner == user.staff_agency
    return edition.published_at is None and ours


class InDraft:
    """Adds to a page or an inline: writing only while the edition is an own, unpublished one."""

    def edition_of(self, obj) -> Edition | None:
        if obj is None or isinstance(obj, Edition):
            return obj
        return obj.edition if obj.edition_id else None

    def has_add_permission(self, request, obj=None):
        # Pages ask without an object, inlines with their parent.
        allowed = super().has_add_permission(request, *([obj] if self.is_inline else []))
        return allowed and _may_write(request.user, self.edition_of(obj))

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and _may_write(request.user, self.edition_of(obj))

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and _may_write(request.user, self.edition_of(obj))

    is_inline = False


class RowInline(admin.TabularInline):
    """The rows of an edition, each leading to its own page."""

    model = Participation
    fields = ("position", "agency", "kind")
    ordering = ("position",)
    show_change_link = True
    can_delete = False
    max_num = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("agency", "edition")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Edition)
class EditionAdmin(InDraft, Kept):
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

    def get_queryset(self, request):
        return super().get_queryset(request).filter(pk__in=editions_of(request.user))

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "owner" and not request.user.is_superuser:
            own = request.user.staff_agency
            kwargs["choices"] = [one for one in db_field.choices if one[0] == own]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.made_by, obj.made_at = request.user, timezone.now()
        super().save_model(request, obj, form, change)


class NoticeRuleInline(InDraft, admin.StackedInline):
    model = NoticeRule
    extra = 0
    autocomplete_fields = ("body",)
    is_inline = True


class ConditionInline(InDraft, admin.TabularInline):
    model = Condition
    extra = 0
    is_inline = True


@admin.register(Participation)
class ParticipationAdmin(InDraft, Kept):
    list_display = ("agency", "edition", "position", "kind", "notice", "added_on")
    # Editions of the rows that are listed, or the filter would name the other agency's drafts.
    list_filter = (("edition", admin.RelatedOnlyFieldListFilter), "kind", "notice_rule__strength")
    list_select_related = ("agency", "edition", "notice_rule")
    search_fields = ("agency__acronym", "agency__name_en", "agency__name_ja", "edition__code")
    search_help_text = _("Funder or edition")
    ordering = ("-edition__as_of", "position")
    autocomplete_fields = ("agency", "programmes")
    show_facets = admin.ShowFacets.ALWAYS
    inlines = (NoticeRuleInline, ConditionInline)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(edition__in=editions_of(request.user))

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "edition":
            kwargs["queryset"] = drafts_of(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(
        description=NoticeRule._meta.get_field("strength").verbose_name,
        ordering="notice_rule__strength",
    )
    def notice(self, row: Participation) -> str:
        rule = getattr(row, "notice_rule", None)
        return rule.get_strength_display() if rule else ""
