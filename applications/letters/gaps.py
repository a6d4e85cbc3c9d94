"""The gaps of a letter: which there are, and what fills them, as plain text and nothing else."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from applications.letters.words import PARTS, Phrases, Text, asked_of
from applications.models import Application, LetterTemplate, Notice
from applications.rules.facts import Trigger
from applications.workflow import LetterOccasion, Status
from directory.formatting import MONTHS_EN, script_language
from directory.models import Agency, Call, Grant, OwningAgency, Participation, Researcher

UNKNOWN = re.compile(r"［[^［］\n]*］")
GAP = re.compile(r"\{([^{}\n]*)\}")
BRACKETS = frozenset("{}｛｝")  # the full-width ones look like a gap and would be sent as they are
AFTER_SUBMISSION = frozenset({Status.SUBMITTED, Status.SCREENING, Status.RETURNED, Status.ACCEPTED})
STANDING: Mapping[str, str] = {
    **dict.fromkeys(AFTER_SUBMISSION, "submitted"),
    Status.ADOPTED: "adopted",
    Status.NOT_ADOPTED: "not_adopted",
    Status.WITHDRAWN: "withdrawn",
}
# What these letters are about has happened, also where staff preview them with a live application.
STANDING_OF: Mapping[str, str] = {
    LetterOccasion.DECLARATION: "adopted",
    LetterOccasion.WITHDRAWN: "withdrawn",
    LetterOccasion.NOT_ADOPTED: "not_adopted",
}
FOLLOW_UPS = frozenset({LetterOccasion.WITHDRAWN, LetterOccasion.NOT_ADOPTED})


# What a template may name, in the order in which a letter does.
GAPS = (
    *("greeting", "asked", "body", "agencies", "grants", "references", "call", "project"),
    *("lead", "institution", "standing", "receipt", "contact", "holder", "affiliation"),
)
NEEDED = ("project", "grants", "holder")  # what no letter goes without


def gaps_of(occasion: str) -> tuple[str, ...]:
    """List the gaps that a letter of this occasion may have."""
    return (*GAPS, "told_on") if occasion in FOLLOW_UPS else GAPS


def unknown_gaps(text: str, occasion: str) -> tuple[str, ...]:
    """List what stands in curly brackets and is no gap of that letter, as written, once each."""
    known = gaps_of(occasion)
    return tuple(dict.fromkeys(f"{{{name}}}" for name in GAP.findall(text) if name not in known))


def has_stray_bracket(text: str) -> bool:
    """Whether a curly bracket stands alone, or is a full-width one."""
    return bool(BRACKETS & set(GAP.sub("", text)))


def needed_gaps(text: str) -> tuple[str, ...]:
    """List the gaps that the text of a letter lacks."""
    there = set(GAP.findall(text))
    return tuple(f"{{{name}}}" for name in NEEDED if name not in there)


@dataclass(frozen=True, slots=True)
class About:
    """What a letter is about: the facts that fill its gaps, and the words that staff made for it."""

    application: Application
    holder: Researcher
    lead: Researcher | None
    grants: Sequence[Grant]
    call: Call
    row: Participation | None = None  # of the edition in force
    templates: Sequence[LetterTemplate] = ()  # the newest versions of the call's owner


def one_line(value: str) -> str:
    """Return text fit for one line of a letter or header: line breaks and controls are a space."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def missing_in(*texts: str) -> tuple[str, ...]:
    """List the parts that a text leaves open, once each, in order."""
    return tuple(dict.fromkeys(part for text in texts for part in UNKNOWN.findall(text)))


def split_at_open_parts(text: str) -> list[tuple[str, bool]]:
    """Cut a text into pieces, each with whether it is an open part."""
    pieces, start = [], 0
    for found in UNKNOWN.finditer(text):
        pieces += [(text[start : found.start()], False), (found[0], True)]
        start = found.end()
    return [(words, open_) for words, open_ in [*pieces, (text[start:], False)] if words]


def part_in_japanese(part: str) -> str:
    """Return the Japanese words for an open part of the English text; "" where the holder wrote it."""
    return next((f"［{ja}］" for en, ja in PARTS.values() if part == f"［{en}］"), "")


def filled(words: Text, values: Mapping[str, str]) -> Text:
    """Put the values into the gaps, once: a value that looks like a gap stays as it is.

    A gap without a value stands in the brackets of an open part, and so stops the letter.
    """

    def value(found: re.Match[str]) -> str:
        return values.get(found[1], f"［{found[1]}］")

    lines = GAP.sub(value, words.text).splitlines()
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()
    return Text(one_line(GAP.sub(value, words.subject)), text)


def gaps(words: Phrases, occasion: str, notice: Notice, about: About) -> dict[str, str]:
    """Return what fills each gap of a letter in one language: plain text, nothing else is reached."""
    application, lead = about.application, about.lead
    body = known_as(notice.body)
    own_contact = about.call.owner == OwningAgency.AMED
    found = {
        "greeting": _greeting(words, notice, body),
        "body": body,
        "agencies": words.join(_agencies(notice, about.grants)),
        "references": words.join(_or(words, g.reference, "reference") for g in about.grants)
        or words.part("reference"),
        "grants": "\n".join(_grant_line(words, grant, notice) for grant in about.grants)
        or words.part("reference"),
        "call": _typed(words.own(about.call.title_en, about.call.title_ja)),
        "project": _or(words, application.title_en, "title_en"),
        "lead": _name(words, lead) or words.part("lead"),
        "institution": _institution(words, lead) or words.part("institution"),
        "receipt": application.receipt or words.part("receipt"),
        "standing": _standing(words, occasion, application),
        "contact": words.contact if own_contact else words.part("contact"),
        "holder": _name(words, about.holder, own=True),
        "affiliation": _institution(words, about.holder),
    }
    found["asked"] = _asked(words, notice, about, found)
    if occasion in FOLLOW_UPS:
        found["told_on"] = _told_on(words, notice)
    return found


def known_as(agency: Agency) -> str:
    """Return the name an agency goes by in a letter: an institute of the NIH is NIH/NIMH there."""
    return _typed(agency.acronym.replace("NIH-", "NIH/", 1))


def _agencies(notice: Notice, grants: Sequence[Grant]) -> list[str]:
    found = dict.fromkeys(known_as(grant.agency) for grant in grants if grant.agency)
    return list(found) or [known_as(notice.agency)]


def _asked(words: Phrases, notice: Notice, about: About, found: Mapping[str, str]) -> str:
    others = [one for one in _agencies(notice, about.grants) if one != found["body"]]
    note = about.row.note_fingerprint if about.row else ""
    own = asked_of(note, words.lang)
    if own:
        also = words.also_for % {"others": words.join(others), "body": found["body"]}
        space = "" if words.lang == "ja" else " "
        return own + space + also if others else own
    told = words.their_contact % {"body": found["body"]} if notice.grant_id else found["body"]
    # A follow-up repeats what was asked when the body was told.
    first = notice.follows or notice
    declares = first.trigger == Trigger.ON_COLLABORATION
    by_strength = words.asked_to_declare if declares else words.asked
    return by_strength.get(first.strength, "") % {**found, "told": told}


def _standing(words: Phrases, occasion: str, application: Application) -> str:
    default = "ended" if application.receipt else "preparing"
    code = STANDING_OF.get(occasion) or STANDING.get(application.status, default)
    if not application.receipt:
        code = "withdrawn_unsubmitted" if code == "withdrawn" else code
    receipt = application.receipt or words.part("receipt")
    return words.standing[code] % {"receipt": receipt}


def _told_on(words: Phrases, notice: Notice) -> str:
    day = notice.follows.done_on if notice.follows else None
    if day is None:
        return words.told_earlier
    # Without the weekday of the portal's pages: a letter names a day that has long passed.
    written = f"{day.year}年{day.month}月{day.day}日"
    if words.lang == "en":
        written = f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"
    return words.told_on % {"day": written}


def _greeting(words: Phrases, notice: Notice, body: str) -> str:
    name = _typed(notice.recipient_name)
    if name:
        return words.dear % {"name": name}
    if notice.grant_id:  # the officer of that very grant: only the holder knows who it is
        return words.dear % {"name": words.part("officer")}
    return words.dear_body % {"body": body}


def _grant_line(words: Phrases, grant: Grant, notice: Notice) -> str:
    agency, number = (
        known_as(grant.agency or notice.agency),
        _or(words, grant.reference, "reference"),
    )
    if not number.upper().startswith(agency.upper()):  # NIHR's numbers begin with its name
        number = f"{agency} {number}"
    title = _typed(grant.title)
    return (words.grant_with_title if title else words.grant) % {"grant": number, "title": title}


def _typed(value: str) -> str:
    """What people typed, on one line; the brackets of an open part are the portal's alone."""
    return one_line(value).replace("［", "[").replace("］", "]")


def _or(words: Phrases, value: str, part: str) -> str:
    return _typed(value) or words.part(part)


def _name(words: Phrases, person: Researcher | None, *, own: bool = False) -> str:
    """A name in Latin letters where the letter is English; ``own``: in the order its owner uses."""
    if person is None:
        return ""
    if words.lang == "ja" or (own and not script_language(person.name)):
        return _typed(person.name)
    return _typed(person.name_latin or person.name)


def _institution(words: Phrases, person: Researcher | None) -> str:
    place = person.institution if person else None
    if place is None:
        return ""
    return _typed(words.own(place.name_latin or place.name, place.name))
