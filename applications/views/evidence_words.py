"""The evidence of a version in the words of one language: rows for its lists and tables."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_countries import countries

from applications import wording
from applications.exports.grants import CAUTIONS
from applications.exports.reading import THE_PORTAL
from applications.models import Channel, ConfirmedHow, Event, MessageState, Role
from applications.queries.evidence import THE_PORTAL as PORTAL
from applications.views.receipts import ERASED, findings_of
from applications.workflow import FollowUpOccasion, NoticeState, Status
from directory import formatting
from directory.models import ConditionCode, OwningAgency, Strength, Trigger
from directory.models.places import in_language

Row = dict[str, Any]
ACTS = dict(Event._meta.get_field("act").choices)


def words_of(document: Row) -> Row:
    """Say the evidence in the active language; every text in the answer is whole."""
    inputs, names = document["sealed"]["inputs"], document["people"]
    return {
        "facts": _facts(document),
        "people": _table(
            [_("Pseudonym"), _("Role"), _("Name"), _("Institution"), _("Country of the institution"),
             _("Confirmed at (Japan time)"), _("Confirmed how")],
            (_person(one, names) for one in inputs["people"]),
        ),
        "grants": [_grant(one, document) for one in inputs["grants"]],
        "listed": [
            _listed(one, document["agencies"][one["agency"]]) for one in document["edition"]["rows"]
        ],
        "notices": _table(
            [_("Body to be told"), _("Holder"), _("What is asked"), _("State"), _("Due on"),
             _("Done on"), _("Way"), _("Recorded by")],
            (_notice(one, names) for one in document["notices"]),
        ),
        "letters": [
            _letter(one, notice) for notice in document["notices"] for one in notice["letters"]
        ],
        "events": _table(
            [_("At (Japan time)"), _("Act"), _("About"), _("State"), _("Who"), _("Reason")],
            (_event(one, names) for one in document["events"]),
        ),
    }  # fmt: skip


def _table(columns: list[str], rows: Iterable[list[str]]) -> Row:
    return {"columns": columns, "rows": list(rows)}


def _facts(document: Row) -> list[Row]:
    inputs, edition = document["sealed"]["inputs"], document["edition"]
    names = document["people"]
    rows = [
        (_("Receipt number"), document["receipt"]),
        (_("Version"), document["version"]),
        (_("Call"), in_language(document["call"]["title_en"], document["call"]["title_ja"])),
        (_("Submitted by"), _who(document["submitted_by"], names)),
        (_("Submitted at, by the clock of the database"), _both_zones(document["database_clock"])),
        (_("The same by the clock of the web machine"), _both_zones(document["web_clock"])),
        (_("Fingerprint (SHA-256)"), document["sha256"]),
        (_("Reference date"), _day(inputs["reference_on"])),
        (_("Edition of the list"), edition["code"]),
        (_("As of"), _day(inputs["as_of"])),
        (_("Source"), inputs["source"]),
    ]
    return [{"key": key, "value": value} for key, value in rows]


def _person(one: Row, names: Mapping[str, Row]) -> list[str]:
    beside, how = names.get(one["id"], {}), one["confirmed_how"]
    latin = beside.get("name_latin", "")
    name = beside.get("name") or ERASED
    return [
        one["id"],
        str(Role(one["role"]).label),
        f"{name} ({latin})" if latin and latin != name else name,
        in_language(one["institution_latin"] or one["institution"], one["institution"]),
        countries.name(one["country"]) or one["country"],
        _moment(one["confirmed_at"]),
        str(ConfirmedHow(how).label) if how else "",
    ]


def _grant(one: Row, document: Row) -> Row:
    names = document["people"]
    findings = findings_of(one)
    return {
        "id": one["id"],
        "funder": _funder(one, document["agencies"]),
        "reference": one["reference"],
        "holder": _member(one["holder"], names),
        "facts": [
            {"key": _("Programme"), "value": one["programme"]},
            {"key": _("Title of the grant"), "value": one["title"]},
            {"key": _("First day of the grant"), "value": _day(one["starts_on"])},
            {"key": _("Last day of the grant"), "value": _day(one["ends_on"])},
        ],
        "label": wording.verdict_label(one["verdict"]),
        "findings": _table(
            [_("Rule"), _("Outcome"), _("Reason"), _("What would change this")],
            (
                [
                    str(wording.RULES[part.rule]),
                    str(wording.OUTCOMES[part.outcome]),
                    wording.explain(part),
                    wording.would_change(part) or "–",
                ]
                for part in findings
            ),
        ),
        "together": wording.all_together(findings),
        "cautions": [str(CAUTIONS[code]) for code in one["cautions"]],
        "attestations": [
            _attestation(told, names)
            for told in document["attestations"]
            if told["grant"] == one["id"]
        ],
    }


def _funder(grant: Row, agencies: Row) -> str:
    known = agencies.get(grant["agency"])
    return known["acronym"] if known else grant["agency_other"]


def _attestation(told: Row, names: Mapping[str, Row]) -> list[Row]:
    how = ConfirmedHow.ON_BEHALF if told["on_behalf"] else ConfirmedHow.SELF
    proof = told["proof"]
    answers = {"GIVEN": _("Given"), "DECLINED": _("Declined")}
    rows = [
        (_("Condition"), ConditionCode(told["condition"]).label),
        (_("Answer"), answers[told["answer"]]),
        (_("At (Japan time)"), _moment(told["at"])),
        (_("Who"), _who(told["by"], names)),
        (_("How"), how.label if told["at"] else ""),
        (_("Reason"), told["reason"]),
        (_("Proof"), f"{proof['name']} (SHA-256 {proof['sha256']})" if proof else ""),
    ]
    return [{"key": key, "value": str(value)} for key, value in rows if value]


def _listed(one: Row, agency: Row) -> Row:
    name = in_language(agency["name_en"], agency["name_ja"])
    asked = one["notice"]
    return {
        "heading": f"{agency['acronym']} – {name}",
        "summary": in_language(one["summary_en"], one["summary_ja"]),
        "to_confirm": in_language(one["to_confirm_en"], one["to_confirm_ja"]),
        "asked": [_of(Strength, asked["strength"]), _of(Trigger, asked["trigger"])],
        "conditions": [str(ConditionCode(code).label) for code in one["conditions"]],
        "link": one["link"],
    }


def _notice(one: Row, names: Mapping[str, Row]) -> list[str]:
    state = _of(NoticeState, one["state"])
    if one["occasion"]:
        state = f"{state} ({FollowUpOccasion(one['occasion']).label})"
    gone = one["removed_at"]
    return [
        one["body_acronym"],
        _member(one["holder"], names),
        _of(Strength, one["strength"]),
        _("%(state)s; crossed out") % {"state": state} if gone else state,
        _day(one["due_on"]),
        _day(one["done_on"]),
        _of(Channel, one["channel"]),
        _who(one["recorded_by"], names) if one["recorded_by"] else "",
    ]


def _letter(one: Row, notice: Row) -> Row:
    rows = [
        (_("Body to be told"), notice["body_acronym"]),
        (_("Recipient"), one["recipient"]),
        (_("Released at"), _moment(one["released_at"])),
        (_("State"), _of(MessageState, one["state"])),
        (_("Handed to the mail server at"), _moment(one["handed_over_at"])),
        (_("Acknowledged at (Japan time)"), _moment(one["acknowledged_at"])),
        (_("Note from the funder"), one["note"]),
    ]
    return {
        "subject": one["subject"],
        "text": one["text"],
        "facts": [{"key": key, "value": value} for key, value in rows if value],
    }


def _event(one: Row, names: Mapping[str, Row]) -> list[str]:
    about = [_member(one["person"], names)] if one["person"] else []
    about += [one["grant"]] if one["grant"] else []
    if one["version"]:
        about.append(_("Version %(number)s") % {"number": one["version"]})
    before, after = _of(Status, one["from_state"]), _of(Status, one["to_state"])
    return [
        _moment(one["at"]),
        str(ACTS.get(one["act"], one["act"])),
        ", ".join(about),
        f"{before} → {after}" if before and before != after else after,
        _who(one["by"], names),
        one["reason"],
    ]


def _who(actor: Row | None, names: Mapping[str, Row]) -> str:
    if actor is None:
        return ERASED
    who, name = actor["who"], actor.get("name", "")
    if who == PORTAL:
        return str(THE_PORTAL)
    if who in OwningAgency.values:
        agency = str(OwningAgency(who).label)
        return f"{agency} – {name}" if name else agency
    if who.startswith("P"):
        return _member(who, names)
    return name or _("Somebody outside the team")


def _member(pseudonym: str, names: Mapping[str, Row]) -> str:
    name = names.get(pseudonym, {}).get("name", "")
    return f"{name} [{pseudonym}]" if name else pseudonym


def _of(choices: Any, value: str) -> str:
    return str(choices(value).label) if value else ""


def _day(text: str | None) -> str:
    return formatting.long_date(date.fromisoformat(text), get_language()) if text else ""


def _moment(text: str | None, zone: str = formatting.JAPAN) -> str:
    return formatting.moment(datetime.fromisoformat(text), zone, get_language()) if text else ""


def _both_zones(text: str) -> str:
    """A moment in Japan and in UTC, with what machines compare it by."""
    return "\n".join([_moment(text), _moment(text, "UTC"), text])
