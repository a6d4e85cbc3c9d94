"""The evidence of one submitted version, as plain values: what was sealed, and what stands beside it.

``sealed`` is the content whose SHA-256 was fixed at submission; it names nobody. Names, the rows of
the list, attestations, notices and events stand beside it, as the record holds them now: whoever is
erased is gone from the next copy, and the sealed part's fingerprint still agrees.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from applications.models import Event, Happening, Membership, Notice, Proof, Version
from applications.queries.catalogue import Catalogue, load_catalogue
from applications.queries.fingerprints import fingerprint
from applications.queries.my_record import columns, plain
from applications.queries.snapshots import facts_sealed
from applications.workflow import Act
from directory.models import Agency, Edition, Participation, User

FORMAT = "aspire-evidence-1"
THE_PORTAL = "PORTAL"
OUTSIDE = "OUTSIDE"  # an account of neither team nor staff: one that left
# What staff do among themselves is not the team's to read (product.md 7).
AMONG_STAFF = frozenset(
    {
        Happening.ASSIGNED,
        Happening.INTERNAL_NOTE,
        Happening.TEAM_LETTER_EDITED,
        Happening.TEAM_LETTER_DROPPED,
        Happening.MAIL_HELD,
        Happening.MAIL_RELEASED,
        Happening.MAIL_DISCARDED,
        Happening.MAIL_OVERTAKEN,
    }
)
ATTESTS = frozenset({Happening.ATTESTED, Happening.ATTESTED_ON_BEHALF})
NOTICE = (
    *("occasion", "strength", "trigger", "state", "due_on", "recipient_name", "recipient_email"),
    *("channel", "done_on", "done_to", "on_behalf", "reason", "acknowledged_at", "removed_at"),
)
LETTER = (*("template_version", "edited", "released_at", "acknowledged_at", "note"),)
MAIL = ("recipient", "subject", "text", "state", "handed_over_at")
Row = dict[str, Any]


def evidence_of(version: Version, *, for_staff: bool, now: datetime) -> Row:
    """Return the whole evidence, for staff with their own acts and names, for the team without.

    ``version`` comes with its application, the application's call, ``by`` and ``people``. The same
    number of statements whatever the version holds.
    """
    application, call = version.application, version.application.call
    inputs, judged_by = version.content["inputs"], funders_judged(version.content, load_catalogue())
    actors = _Actors(version, for_staff=for_staff)
    events = list(
        Event.objects.filter(application=application).select_related("user").order_by("pk")
    )
    proofs = {one.pk: one for one in Proof.objects.filter(application=application)}
    document = {
        "format": FORMAT,
        "made_at": plain(now),
        "receipt": application.receipt,
        "version": version.number,
        "sha256": version.sha256,
        "sealed": version.content,
        "web_clock": plain(version.web_clock),
        "database_clock": plain(version.database_clock),
        "submitted_by": actors.account(version.by),
        "call": columns(call, ("code", "owner", "title_en", "title_ja")),
        "agencies": _agencies(judged_by | {one["agency"] for one in inputs["grants"]}),
        "edition": edition_used(inputs["edition"], judged_by),
        "people": {one.pseudonym: one.values for one in version.people.all()},
        "attestations": _attestations(version.number, inputs, events, actors, proofs),
        "notices": _notices(version, actors),
        "events": [_event(one, actors) for one in events if actors.may_see(one)],
    }
    return document | {"document_sha256": fingerprint(document)}


def _agencies(slugs: Collection[str]) -> Row:
    """Names of the funders that are named, listed or not; they may be corrected, what a row asks not."""
    named = Agency.objects.filter(slug__in=slugs)
    return {
        one.slug: columns(one, ("acronym", "name_en", "name_ja")) for one in named.order_by("slug")
    }


def funders_judged(content: Row, catalogue: Catalogue) -> set[str]:
    """Return the funders by whose rows a sealed content was judged: the number tells NIH's institute."""
    return {one.agency for one in facts_sealed(content, catalogue).values()}


def edition_used(code: str, funders: Collection[str]) -> Row:
    """Return the edition that judged, and its rows for these funders; four statements.

    :raises Edition.DoesNotExist: the edition is not kept here
    """
    edition = Edition.objects.get(code=code)
    rows = (
        Participation.objects.filter(edition=edition, agency__slug__in=funders)
        .select_related("agency", "notice_rule__body")
        .prefetch_related("programmes", "conditions")
        .order_by("position")
    )
    head = columns(edition, ("code", "owner", "as_of", "updated_on", "source"))
    return head | {"rows": [_row(one) for one in rows]}


def _row(row: Participation) -> Row:
    said = columns(
        row,
        (
            *("kind", "summary_en", "summary_ja", "to_confirm_en", "to_confirm_ja"),
            *("added_on", "link", "note_fingerprint"),
        ),
    )
    rule = row.notice_rule
    return {
        "agency": row.agency.slug,
        **said,
        "programmes": sorted(one.code for one in row.programmes.all()),
        "conditions": sorted(one.code for one in row.conditions.all()),
        "notice": columns(rule, ("strength", "trigger", "recipient", "body", "address")),
    }


class _Actors:
    """Who did something: a member by pseudonym, staff by agency, and by name for staff alone."""

    def __init__(self, version: Version, *, for_staff: bool) -> None:
        self.for_staff = for_staff
        members = Membership.objects.filter(
            team=version.application.team_id, researcher__user__isnull=False
        )
        pairs = members.order_by("pk").values_list("researcher__user", "pk")
        self.members = {account: f"P{pk}" for account, pk in pairs}

    def account(self, user: User | None) -> Row:
        if user is None:
            return {"who": OUTSIDE}
        if user.pk in self.members:
            return {"who": self.members[user.pk]}
        named = {"name": user.get_full_name()} if self.for_staff else {}
        return {"who": user.staff_agency or OUTSIDE} | named

    def of(self, event: Event) -> Row:
        if event.membership_id:
            return {"who": f"P{event.membership_id}"}
        return {"who": THE_PORTAL} if event.by_system else self.account(event.user)

    def may_see(self, event: Event) -> bool:
        return self.for_staff or event.act not in AMONG_STAFF

    def reason(self, event: Event) -> str:
        """The reason; of what staff wrote, the team reads only what it is asked to correct."""
        of_team = event.membership_id or event.by_system or event.user_id in self.members
        return event.reason if self.for_staff or of_team or event.act == Act.RETURN else ""


def _event(event: Event, actors: _Actors) -> Row:
    about = event.details
    return {
        **columns(event, ("act", "from_state", "to_state", "at")),
        "by": actors.of(event),
        "reason": actors.reason(event),
        "version": about.get("version"),
        "person": f"P{about['membership']}" if about.get("membership") else "",
        "grant": f"G{about['grant']}" if about.get("grant") else "",
    }


def _attestations(
    number: int, inputs: Row, events: Iterable[Event], actors: _Actors, proofs: dict[int, Proof]
) -> list[Row]:
    """Who gave the sealed answers, when and how: the last event about each before this version.

    The row of an answer may hold a newer one by now; events are only ever added.
    """
    given: dict[tuple[str, str], Event] = {}
    for event in events:
        if event.act in ATTESTS:
            given[f"G{event.details['grant']}", event.details["condition"]] = event
        if event.act == Act.SUBMIT and event.details.get("version") == number:
            break
    rows = []
    for grant in inputs["grants"]:
        for code, answer in grant["attestations"].items():
            told = given.get((grant["id"], code))
            proof = proofs.get(told.details.get("proof") or 0) if told else None
            rows.append(
                {
                    "grant": grant["id"],
                    "holder": grant["holder"],
                    "condition": code,
                    "answer": answer,
                    "at": plain(told.at) if told else None,
                    "by": actors.of(told) if told else None,
                    "on_behalf": bool(told and told.act == Happening.ATTESTED_ON_BEHALF),
                    "reason": told.reason if told else "",
                    "proof": columns(proof, ("name", "sha256")) if proof else None,
                }
            )
    return rows


def _notices(version: Version, actors: _Actors) -> list[Row]:
    """The ledger as it stands, with every letter that was released; a draft stays its holder's."""
    found = (
        Notice.objects.filter(application=version.application)
        .select_related("body", "agency", "proof", "done_by")
        .prefetch_related("letters__message")
        .order_by("pk")
    )
    rows = []
    for one in found:
        if one.done_by_member_id:
            recorder = {"who": f"P{one.done_by_member_id}"}
        else:
            recorder = actors.account(one.done_by) if one.done_by else None
        rows.append(
            {
                "body": one.body.slug,
                "body_acronym": one.body.acronym,
                "agency": one.agency.slug,
                "holder": f"P{one.holder_id}",
                "grant": f"G{one.grant_id}" if one.grant_id else "",
                **columns(one, NOTICE),
                "recorded_by": recorder,
                "proof": columns(one.proof, ("name", "sha256")) if one.proof else None,
                "letters": [
                    columns(letter, LETTER) | columns(letter.message, MAIL)
                    for letter in sorted(one.letters.all(), key=lambda letter: letter.pk)
                ],
            }
        )
    return rows
