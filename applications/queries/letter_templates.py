"""The words of letters that staff made: the newest version of each, and all versions of one."""

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from applications.models import LetterTemplate
from applications.rules.notices import OWED
from applications.workflow import LetterOccasion
from directory.models import Agency, NoticeRule, OwningAgency, Strength, Trigger, User

NO_BODY = 0  # no agency has this number


def newest_templates(owner: str) -> QuerySet[LetterTemplate]:
    """The newest version for each occasion and body of one agency's calls, withdrawn ones too."""
    placed = LetterTemplate.objects.annotate(place=Coalesce("body_id", NO_BODY))
    newer = placed.filter(
        owner=OuterRef("owner"),
        occasion=OuterRef("occasion"),
        place=OuterRef("place"),
        number__gt=OuterRef("number"),
    )
    return placed.filter(~Exists(newer), owner=owner).select_related("body").order_by("pk")


def versions_of(owner: str, occasion: str, body: Agency | None) -> QuerySet[LetterTemplate]:
    """All versions of the words for one occasion and body, the newest first."""
    found = LetterTemplate.objects.filter(owner=owner, occasion=occasion, body=body)
    return found.select_related("body", "made_by").order_by("-number")


def owners_of(user: User) -> tuple[OwningAgency, ...]:
    """The agencies whose letters ``user`` may read: the own one, both for a superuser."""
    if user.is_superuser:
        return tuple(OwningAgency)
    return tuple(one for one in OwningAgency if one == user.staff_agency)


def bodies_for(occasion: str) -> QuerySet[Agency]:
    """The bodies that a published list names for letters of this occasion, by acronym."""
    rules = NoticeRule.objects.filter(
        participation__edition__published_at__isnull=False, strength__in=OWED
    )
    declared = {"trigger": Trigger.ON_COLLABORATION}
    if occasion in (LetterOccasion.DECLARATION, LetterOccasion.EARLY_DECLARATION):
        rules = rules.filter(**declared)
    elif occasion in (LetterOccasion.ASKED, LetterOccasion.ENCOURAGED):
        asked = occasion == LetterOccasion.ASKED
        strength = Strength.REQUESTED if asked else Strength.ENCOURAGED
        rules = rules.filter(strength=strength).exclude(**declared)
    told = rules.annotate(told=Coalesce("body_id", "participation__agency_id")).values("told")
    return Agency.objects.filter(pk__in=told).order_by("acronym")
