"""Why a draft is not published, in words: what is refused, about which rows or cases, and where it is mended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import actions
from applications.queries.publishing import Outdated
from applications.views.edition_places import page_of
from directory import formatting
from directory.contradiction_words import contradiction_in_words
from directory.models import Edition, StaffRole, User


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal as its page says it."""

    code: str
    heading: str
    text: str
    about: list[str] = field(default_factory=list)
    href: str = ""
    action: str = ""


def names_of(accounts: Iterable[int]) -> str:
    """The names of accounts, in the order in which they came to the portal."""
    found = User.objects.filter(pk__in=list(accounts)).order_by("pk")
    return ", ".join(one.get_full_name() for one in found)


def outdated_in_words(why: Outdated | None) -> str:
    """Say why an effect that was worked out counts no more; "" where it does count."""
    if why == Outdated.OLD:
        return _("The effect was worked out more than a day ago. Work it out again, and read it.")
    if why == Outdated.CALLS:
        return _(
            "A call has been changed since the effect was worked out. Work it out again, and read it."
        )
    return ""


def told(refusal: Exception, edition: Edition, names: Mapping[str, str]) -> Told:
    """Put one of the refusals of ``publish_edition`` into words."""
    code = type(refusal).__name__
    pages = {
        "rows": (reverse("admin:directory_edition_change", args=[edition.pk]), _("Edit its rows")),
        "cases": (page_of(edition, "cases"), _("Golden cases")),
        "effect": (page_of(edition, "effect"), _("Work out the effect")),
    }
    if isinstance(refusal, actions.OwnDraft):
        return _own_draft(code, refusal.authors, edition)
    if isinstance(refusal, actions.Overtaken):
        return Told(code, _("A newer list stands"), _overtaken(refusal.newest))
    if isinstance(refusal, actions.RowsUnfinished):
        words = _("The draft has no row yet.")
        if refusal.slugs:
            words = _("Each row says what is asked of holders, if only that nothing is. Add it to:")
        about = [names[slug] for slug in refusal.slugs]
        return Told(code, _("Rows are unfinished"), words, about, *pages["rows"])
    if isinstance(refusal, actions.Contradictory):
        words = _("Two rows that cannot both hold would be published:")
        about = [contradiction_in_words(one, names) for one in refusal.pairs]
        return Told(code, _("The draft speaks against itself"), words, about, *pages["rows"])
    if isinstance(refusal, actions.CasesFail):
        words = _(
            "The draft answers these cases otherwise than agreed. Correct the draft, or state the "
            "case of this draft anew with the right answer:"
        )
        about = [f"{names.get(one.slug, one.case.agency)}: {one.case.why}" for one in refusal.cases]
        return Told(code, _("Golden cases fail"), words, about, *pages["cases"])
    if isinstance(refusal, actions.CasesMissing):
        words = _(
            "For each new or changed row somebody states at least one grant that should fit, and "
            "why. Nobody has yet for:"
        )
        about = [names[slug] for slug in refusal.slugs]
        href, action = pages["cases"]
        begun = f"{href}?agency={refusal.slugs[0]}#state"
        return Told(code, _("Golden cases are missing"), words, about, begun, action)
    if isinstance(refusal, actions.EffectNotSeen):
        words = outdated_in_words(refusal.outdated) or _(
            "The effect on applications has not been worked out for what the draft says now and for "
            "the calls ticked here. Work it out, and read it."
        )
        heading = _("The effect is outdated") if refusal.outdated else _("The effect is not known")
        return Told(code, heading, words, [], *pages["effect"])
    if isinstance(refusal, actions.AddressesUnread):
        words = _(
            "Holders will write to these addresses. Read each against the source, and tick it:"
        )
        about = [f"{one.acronym}: {one.after or _('none')}" for one in refusal.addresses]
        return Told(
            code, _("Addresses are unread"), words, about, "#changed-addresses", _("Read them")
        )
    if isinstance(refusal, actions.AlreadyPublished):
        words = _(
            "Somebody has published this edition. It stays as it is; nothing has been changed."
        )
        look = (page_of(edition), _("Look at the edition"))
        return Told(code, _("It is published already"), words, [], *look)
    words = _(
        "The draft or the calls have changed since this page was shown. Nothing has been published; "
        "the page below shows how they stand now."
    )
    return Told(code, _("Somebody was faster"), words)


def _own_draft(code: str, authors: frozenset[int], edition: Edition) -> Told:
    """Say who are the draft's authors, and whom to ask instead."""
    words = _("These people wrote in this draft or stated its cases: %(names)s.") % {
        "names": names_of(authors)
    }
    others = User.objects.filter(
        staff_agency=edition.owner, staff_role=StaffRole.APPROVER, is_active=True
    ).exclude(pk__in=authors)
    about = [one.get_full_name() for one in others.order_by("pk")]
    mends = _("Ask one of these approvers to publish it:")
    if not about:
        mends = _(
            "No other approver of this agency is there: somebody who did neither needs the role first."
        )
    roles = (reverse("applications:staff_roles"), _("Staff roles"))
    heading = _("A second person publishes")
    return Told(code, heading, f"{words} {mends}", about, *(("", "") if about else roles))


def _overtaken(newest: Edition | None) -> str:
    if newest is None:
        return _("The list that this draft was made from is not published.")
    words = _(
        "The newest list is %(code)s, as of %(as_of)s. This draft was made from another one or is "
        "dated before it, and would leave out what the newest says. Make a new draft from the "
        "newest list, and bring over what this one changes."
    )
    day = formatting.long_date(newest.as_of, get_language())
    return words % {"code": newest.code, "as_of": day}
