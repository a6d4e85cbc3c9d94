"""The draft of a notice: a plain letter in the holder's own name, with a Japanese reading copy."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from applications.letters.gaps import About, filled, gaps, missing_in, one_line
from applications.letters.words import ENGLISH, JAPANESE, Template, Text, shipped
from applications.models import Application, LetterTemplate, Notice
from applications.rules.facts import Strength, Trigger
from applications.rules.notices import OWED
from applications.workflow import LetterOccasion, Status
from directory.models import Agency

SUBJECT_LENGTH = 300  # what Notice.subject holds


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
    template_version: str = ""  # the words that it was prepared from
    subject_ja: str = ""

    @property
    def complete(self) -> bool:
        return not self.missing


def draft(notice: Notice, **about) -> Letter:
    """Prepare the letter of one notice; what the holder wrote instead stands as written.

    Takes the fields of ``About``. English, as every row of the list is; an edition that asks for
    another language is answered by the holder's own text.

    :raises NothingToSay: the row only informs
    """
    occasion = occasion_of(notice, about["application"])
    facts = About(**about)
    template = template_for(facts.templates, occasion, notice.body)
    prepared = written(template, occasion, notice, facts)
    subject = one_line(notice.subject) or prepared.subject
    text = notice.text or prepared.text
    return replace(
        prepared,
        subject=subject,
        text=text,
        subject_ja="" if notice.subject else prepared.subject_ja,
        text_ja="" if notice.text else prepared.text_ja,
        missing=missing_in(subject, text),
        edited=bool(notice.text or notice.subject),
    )


def prepared_draft(notice: Notice, **about) -> Letter:
    """Prepare the letter as if the holder had written nothing. Takes what ``draft`` takes."""
    bare = Notice(
        body=notice.body,
        agency=notice.agency,
        grant_id=notice.grant_id,
        follows=notice.follows,
        occasion=notice.occasion,
        strength=notice.strength,
        trigger=notice.trigger,
        recipient_name=notice.recipient_name,
    )
    return draft(bare, **about)


def occasion_of(notice: Notice, application: Application) -> LetterOccasion:
    """Say what the letter of a notice is about.

    :raises NothingToSay: nothing is owed, and nothing was told that it could follow up
    """
    if notice.occasion:
        return LetterOccasion(notice.occasion)
    if notice.strength not in OWED:
        raise NothingToSay
    if notice.trigger == Trigger.ON_COLLABORATION:
        adopted = application.status == Status.ADOPTED
        return LetterOccasion.DECLARATION if adopted else LetterOccasion.EARLY_DECLARATION
    encouraged = notice.strength == Strength.ENCOURAGED
    return LetterOccasion.ENCOURAGED if encouraged else LetterOccasion.ASKED


def template_for(
    templates: Iterable[LetterTemplate], occasion: str, body: Agency | None
) -> Template:
    """Choose the words: staff's for that body, else staff's for every body, else the shipped ones.

    ``templates`` hold the newest version of each; one that was withdrawn counts as none.
    """
    made = {one.body_id: one for one in templates if one.occasion == occasion and not one.withdrawn}
    own = (body and made.get(body.pk)) or made.get(None)
    if own is None:
        return shipped(occasion)
    return Template(
        version=version_name(own),
        english=Text(own.subject, own.text),
        japanese=Text(own.subject_ja, own.text_ja),
    )


def version_name(template: LetterTemplate) -> str:
    """Name one version of staff's words, as the letters made from it do: ``ASKED NIHR 3``."""
    whose = template.body.acronym if template.body else template.owner
    return f"{template.occasion} {whose[:30]} {template.number}"


def written(template: Template, occasion: str, notice: Notice, about: About) -> Letter:
    """Fill a template in, in both languages, as the letter of this notice."""
    english, japanese = (
        filled(template.of(words.lang), gaps(words, occasion, notice, about))
        for words in (ENGLISH, JAPANESE)
    )
    return Letter(
        subject=english.subject[:SUBJECT_LENGTH],
        text=english.text,
        subject_ja=japanese.subject,
        text_ja=japanese.text,
        missing=missing_in(*english),
        edited=False,
        template_version=template.version,
    )
