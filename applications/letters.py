"""The draft of a notice: a plain letter in the holder's own name, with a Japanese reading copy."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from applications.letter_words import ENGLISH, JAPANESE, PARTS, Words
from applications.models import Application, Notice
from applications.rules.facts import Trigger
from applications.rules.notices import OWED
from applications.workflow import Status
from directory.formatting import script_language
from directory.models import Call, Grant, OwningAgency, Researcher

UNKNOWN = re.compile(r"［[^［］\n]*］")
SUBJECT_LENGTH = 300  # what Notice.subject holds
AFTER_SUBMISSION = frozenset({Status.SUBMITTED, Status.SCREENING, Status.RETURNED, Status.ACCEPTED})


class NothingToSay(Exception):
    """Nothing is owed to this body, so no letter is prepared (product.md 6)."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What the holder sends, or copies; ``missing`` are the parts still to be filled in, as written."""

    subject: str
    text: str
    text_ja: str  # reading copy of the prepared draft; "" for a text the holder wrote
    missing: tuple[str, ...]
    edited: bool
    template_version: str = "shipped"  # the words that it was prepared from

    @property
    def complete(self) -> bool:
        return not self.missing


def one_line(value: str) -> str:
    """Return text fit for one line of a letter or header: line breaks and controls are a space."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def missing_in(*texts: str) -> tuple[str, ...]:
    """List the parts that a text leaves open, once each, in order."""
    return tuple(dict.fromkeys(part for text in texts for part in UNKNOWN.findall(text)))


def part_in_japanese(part: str) -> str:
    """Return the Japanese words for an open part of the English text; "" where the holder wrote it."""
    return next((f"［{ja}］" for en, ja in PARTS.values() if part == f"［{en}］"), "")


def draft(
    notice: Notice,
    *,
    application: Application,
    holder: Researcher,
    lead: Researcher | None,
    grants: Sequence[Grant],
    call: Call,
) -> Letter:
    """Prepare the letter of one notice; what the holder wrote instead stands as written.

    English, as every row of the list is; an edition that asks for another language is
    answered by the holder's own text.

    :raises NothingToSay: the row only informs
    """
    if notice.strength not in OWED:
        raise NothingToSay
    prepared = [
        _written(words, notice, application, holder, lead, grants, call)
        for words in (ENGLISH, JAPANESE)
    ]
    subject = one_line(notice.subject) or prepared[0][0]
    text = notice.text or prepared[0][1]
    return Letter(
        subject=subject,
        text=text,
        text_ja="" if notice.text else prepared[1][1],
        missing=missing_in(subject, text),
        edited=bool(notice.text or notice.subject),
    )


def prepared_draft(notice: Notice, **about) -> Letter:
    """Prepare the letter as if the holder had written nothing. Takes what ``draft`` takes."""
    bare = Notice(
        body=notice.body,
        agency=notice.agency,
        grant_id=notice.grant_id,
        strength=notice.strength,
        trigger=notice.trigger,
        recipient_name=notice.recipient_name,
    )
    return draft(bare, **about)


def _written(
    words: Words,
    notice: Notice,
    application: Application,
    holder: Researcher,
    lead: Researcher | None,
    grants: Sequence[Grant],
    call: Call,
) -> tuple[str, str]:
    """Return subject and text in one language."""
    agencies = (
        words.join(dict.fromkeys(grant.agency.acronym for grant in grants if grant.agency))
        or notice.agency.acronym
    )
    gaps = {
        "agencies": agencies,
        "body": notice.body.acronym,
        "told": words.their_contact % {"body": notice.body.acronym}
        if notice.grant_id
        else notice.body.acronym,
        "references": words.join(_or(words, g.reference, "reference") for g in grants)
        or words.part("reference"),
        "call": one_line(words.own(call.title_en, call.title_ja)),
        "title": _or(words, application.title_en, "title_en"),
        "lead": _name(words, lead) or words.part("lead"),
        "institution": _institution(words, lead) or words.part("institution"),
        "receipt": application.receipt or "",
        "contact": words.contact if call.owner == OwningAgency.AMED else words.part("contact"),
        "holder": _name(words, holder, own=True),
        "affiliation": _institution(words, holder),
    }
    declares = notice.trigger == Trigger.ON_COLLABORATION
    standing = _standing(application)
    if declares:
        opening = words.declaration if standing == "adopted" else words.early_declaration
    else:
        opening = words.openings[notice.strength]
    paragraphs = [
        _salutation(words, notice),
        opening % gaps,
        words.grants_heading
        + "".join("\n" + _grant_line(words, grant, notice) for grant in grants),
        words.application % gaps,
        words.standing[standing] % gaps,
        words.closing % gaps,
        words.signature % gaps,
    ]
    subject = (words.declaration_subject if declares else words.subject) % gaps
    return one_line(subject)[:SUBJECT_LENGTH], "\n\n".join(p.strip() for p in paragraphs)


def _standing(application: Application) -> str:
    if application.status == Status.DRAFT or not application.receipt:
        return "preparing"
    if application.status in AFTER_SUBMISSION:
        return "submitted"
    return "adopted" if application.status == Status.ADOPTED else "ended"


def _salutation(words: Words, notice: Notice) -> str:
    name = one_line(notice.recipient_name)
    if name:
        return words.dear % {"name": name}
    if notice.grant_id:  # the officer of that very grant: only the holder knows who it is
        return words.dear % {"name": words.part("officer")}
    return words.dear_body % {"body": notice.body.acronym}


def _grant_line(words: Words, grant: Grant, notice: Notice) -> str:
    agency = grant.agency.acronym if grant.agency else notice.agency.acronym
    reference = _or(words, grant.reference, "reference")
    gaps = {"agency": agency, "reference": reference, "title": one_line(grant.title)}
    return (words.grant_with_title if gaps["title"] else words.grant) % gaps


def _or(words: Words, value: str, part: str) -> str:
    return one_line(value) or words.part(part)


def _name(words: Words, person: Researcher | None, *, own: bool = False) -> str:
    """A name in Latin letters where the letter is English; ``own``: in the order its owner uses."""
    if person is None:
        return ""
    if words.lang == "ja" or (own and not script_language(person.name)):
        return one_line(person.name)
    return one_line(person.name_latin or person.name)


def _institution(words: Words, person: Researcher | None) -> str:
    place = person.institution if person else None
    if place is None:
        return ""
    return one_line(words.own(place.name_latin or place.name, place.name))
