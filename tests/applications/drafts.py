"""A draft that lacks nothing to be published, and what stands around it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from applications import actions
from applications.models import EffectPreview, GoldenCase, Publication
from directory.listing import fingerprint_of_edition
from directory.models import Agency, Call, Edition, NoticeRule, Participation, User
from tests.applications import drafts_of_lists as lists
from tests.applications import scenes
from tests.applications.pages import FAR

GRANT = {
    "reference": "",
    "programme": "",
    "starts_on": date(2024, 1, 1),
    "ends_on": date(2027, 12, 31),
    "country": "NO",
    "on": date(2024, 9, 1),
}
AT = scenes.DAY
REASONS = {"reason_en": "The page was updated.", "reason_ja": "一覧が更新されたため。"}


def draft_of(base: Edition | None = None, **fields: Any) -> Edition:
    """A draft made from ``base`` (the shipped list), which says the same."""
    base = base or Edition.objects.get(code="amed-2024-07-01")
    made = lists.draft_from(base, **{"based_on": base, "reason": "The page was updated."} | fields)
    # Whoever makes a row leaves its history, by which its authors are found.
    Participation.history.bulk_history_create(list(made.rows.all()))
    return made


def list_new(draft: Edition, slug: str = "kva") -> Agency:
    """Put a funder that the portal did not know onto the draft."""
    agency = Agency.objects.create(
        slug=slug,
        acronym=slug.upper(),
        name_en=f"Academy {slug}",
        name_ja=f"アカデミー {slug}",
        country_id="SE",
    )
    row = Participation.objects.create(
        edition=draft,
        agency=agency,
        position=90,
        kind="EXISTING",
        summary_en="Nothing is asked.",
        summary_ja="求められていません。",
    )
    NoticeRule.objects.create(participation=row, strength="NONE_STATED")
    return agency


def state(draft: Edition, slug: str, by: User, verdict: str = "FITS", **values: Any) -> GoldenCase:
    given = {"expected_verdict": verdict, "expected_reasons": "", "why": "The page says so."}
    return actions.state_case(
        edition_id=draft.pk,
        agency_id=Agency.objects.get(slug=slug).pk,
        values=GRANT | given | values,
        by=by,
        at=values.pop("at", AT),
    )


@dataclass(frozen=True)
class Ready:
    """A draft with a new funder, its case and its effect seen; who wrote it and who may publish it."""

    draft: Edition
    call: Call
    officer: User
    approver: User

    @property
    def stored(self) -> Edition:
        return Edition.objects.get(pk=self.draft.pk)

    def see_effect(self, *calls: int, at: datetime = AT) -> EffectPreview:
        return actions.work_out_effect(
            edition_id=self.draft.pk, calls=calls or [self.call.pk], by=self.officer, at=at
        )

    def publish(self, **more: Any) -> Publication:
        """Press the button of the page as it shows the draft now."""
        given = {
            "seen": fingerprint_of_edition(self.stored),
            "calls": [self.call.pk],
            "addresses_read": True,
            "by": self.approver,
            "at": AT,
        }
        return actions.publish_edition(edition_id=self.draft.pk, **given | REASONS | more)


def staff(name: str, role: str, agency: str = "AMED") -> User:
    return scenes.user(name, staff_agency=agency, staff_role=role)


def ready(*, now: bool = False) -> Ready:
    """``now``: the call is open by the clock, for pages that ask it themselves."""
    call = scenes.load_directory()
    if now:
        Call.objects.filter(pk=call.pk).update(closes_at=FAR, reference_on=call.reference_day)
    call.refresh_from_db()
    officer, approver = staff("officer", "OFFICER"), staff("approver", "APPROVER")
    draft = draft_of(made_by=officer, made_at=AT - timedelta(days=1))
    list_new(draft)
    found = Ready(draft, call, officer, approver)
    state(draft, "kva", officer)
    found.see_effect(at=timezone.now() if now else AT)
    return found
