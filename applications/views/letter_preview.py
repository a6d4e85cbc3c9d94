"""How new words of a letter would look, filled in with an application of one's own agency."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from applications.forms.letters import LetterTemplateForm
from applications.letters import (
    FOLLOW_UPS,
    About,
    Template,
    filled,
    missing_in,
    occasion_of,
    split_at_open_parts,
    written,
)
from applications.models import Application, Notice
from applications.queries.ledger import Ledger, LedgerRow, ledger
from directory.models import Agency, User

Pieces = list[tuple[str, bool]]  # words, and whether they are an open part


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter as it would be, its open parts marked, and whose it is."""

    subject: Pieces
    text: Pieces
    subject_ja: Pieces
    text_ja: Pieces
    missing: tuple[str, ...]
    application: Application | None = None
    notice: Notice | None = None


def preview(
    user: User,
    form: LetterTemplateForm,
    template: Template,
    owner: str,
    occasion: str,
    body: Agency | None,
) -> Preview | None:
    """Fill the words in; ``None`` with an error at the field where the application does not serve."""
    typed = form.cleaned_data["sample"].upper()
    if not typed:
        return _unfilled(template)
    application = (
        Application.objects.of_staff(user)
        .filter(Q(receipt=typed) | Q(team__ref=typed), call__owner=owner)
        .select_related("team", "call__edition", "edition")
        .order_by("-created_at", "-pk")
        .first()
    )
    if application is None:
        form.add_error("sample", _("No application of your agency's calls has this number."))
        return None
    book = ledger(application)
    row = _row(book, occasion, body)
    if row is None:
        form.add_error(
            "sample", _("This application has no letter to whom these words are for. Try another.")
        )
        return None
    return _filled(template, occasion, book, row)


def _row(book: Ledger, occasion: str, body: Agency | None) -> LedgerRow | None:
    """The notice that the preview writes to: best one with a letter of this very occasion."""
    rows = [
        one
        for one in book.rows
        if one.has_letter and (body is None or one.notice.body_id == body.pk)
    ]
    own = [one for one in rows if occasion_of(one.notice, book.application) == occasion]
    return next(iter([*own, *rows]), None)


def _filled(template: Template, occasion: str, book: Ledger, row: LedgerRow) -> Preview:
    notice = row.notice
    if occasion in FOLLOW_UPS and not notice.occasion:
        # As it would be prepared if the application ended now.
        notice = Notice(
            body=notice.body,
            agency=notice.agency,
            grant_id=notice.grant_id,
            recipient_name=notice.recipient_name,
            follows=notice,
        )
    about = About(
        application=book.application,
        holder=row.notice.holder.researcher,
        lead=book.lead,
        grants=row.grants,
        call=book.application.call,
        row=row.row,
    )
    letter = written(template, occasion, notice, about)
    return Preview(
        subject=split_at_open_parts(letter.subject),
        text=split_at_open_parts(letter.text),
        subject_ja=split_at_open_parts(letter.subject_ja),
        text_ja=split_at_open_parts(letter.text_ja),
        missing=letter.missing,
        application=book.application,
        notice=row.notice,
    )


def _unfilled(template: Template) -> Preview:
    english, japanese = filled(template.english, {}), filled(template.japanese, {})
    return Preview(
        subject=split_at_open_parts(english.subject),
        text=split_at_open_parts(english.text),
        subject_ja=split_at_open_parts(japanese.subject),
        text_ja=split_at_open_parts(japanese.text),
        missing=missing_in(*english),
    )
