"""``compare_edition``: one line a difference, an exit code; and the wording kept with the edition, and quoted."""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from directory.models import Edition, Participation, PublishedNote, PublishedPage
from directory.published_list import fingerprint
from directory.wordings import Wording, keep_page, read_against, wording_of
from tests.append_only import lifted
from tests.directory.factories import UserFactory
from tests.directory.pages import as_html, as_lines, changed, shipped
from tests.directory.seeds import load_directory

CODE = "amed-2024-07-01"


@pytest.fixture
def edition(db):
    """The shipped edition, as if it had been read from the page of the tests."""
    load_directory()
    with lifted(Participation._meta.db_table):
        for one in shipped():
            rows = Participation.objects.filter(edition__code=CODE, agency__slug=one.slug)
            rows.update(note_fingerprint=fingerprint(one.note))
    return Edition.objects.get(code=CODE)


@pytest.fixture
def ask(edition, tmp_path, capsys):
    def asked(content: str | bytes, *options: str) -> tuple[int, list[str], str]:
        file = tmp_path / "page"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        code = 0
        try:
            call_command("compare_edition", str(file), *options)
        except CommandError as error:
            code = error.returncode
        except SystemExit as error:
            code = error.code
        out, err = capsys.readouterr()
        return code, out.splitlines(), err

    return asked


def test_no_difference(ask):
    assert ask(as_lines(shipped())) == (0, ["29 rows read: 0 added, 0 gone, 0 changed"], "")
    assert ask(as_html(shipped()), "--edition", CODE)[0] == 0


def test_one_line_a_difference_and_the_count_last(ask):
    entries = [*changed(9, note="Tell us.", kind="Existing grant + chance of additional grant")]
    entries[3] = type(entries[3])("", "Canada", "Fund for Tests", "Existing grant", "")
    entries[12] = type(entries[12])("", "Sweden", entries[12].name, "Joint grant", "")

    code, lines, errors = ask(as_lines(entries))

    assert code == 1
    assert lines == [
        "+ Fund for Tests",
        f"~ {shipped()[9].slug}: participation, note",
        f"- {shipped()[3].slug}",
        "28 rows read: 1 added, 1 gone, 1 changed",
    ]
    assert errors == f"unreadable: {entries[12].name}\n"


def test_a_funder_that_the_directory_knows_is_added_by_its_slug(ask):
    institute = "National Institutes of Health (NIH)/ National Eye Institute (NEI)"
    new = type(shipped()[0])("", "United States of America", institute, "Existing grant", "")

    assert ask(as_html([*shipped(), new]))[:2] == (
        1,
        ["+ nih-nei", "30 rows read: 1 added, 0 gone, 0 changed"],
    )


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("", ()),
        ("Nothing of the kind.", ()),
        (b"\x89PNG\x00", ()),
        (as_html(shipped()).encode("utf-16")[:-1], ()),
        (as_lines(shipped()), ("--edition", "no-such-list")),
        (as_lines(shipped()), ("--keep",)),
    ],
)
def test_what_cannot_be_read_or_asked_exits_with_2_and_prints_no_count(ask, content, options):
    code, lines, _errors = ask(content, *options)

    assert (code, lines) == (2, [])


def test_a_file_that_is_not_there_exits_with_2(edition, tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command("compare_edition", str(tmp_path / "nothing"))

    assert refused.value.returncode == 2


def test_the_wording_is_kept_with_the_edition_by_a_named_account(ask, edition):
    officer = UserFactory(staff_agency="AMED", staff_role="OFFICER")
    keep = ("--keep", "--seen-on", "2024-07-10", "--by", officer.email)

    assert ask(as_lines(shipped()), *keep)[0] == 0

    page = PublishedPage.objects.get()
    assert (page.edition, page.seen_on, page.rows, page.loaded_by) == (
        edition,
        date(2024, 7, 10),
        29,
        officer,
    )
    kept = page.notes.order_by("position").values_list("agency__slug", "name", "note")
    assert list(kept) == [(one.slug, one.name, one.note) for one in shipped()]
    # The same page of the same day is kept once; who is of no agency, or only looks, keeps none.
    assert ask(as_lines(shipped()), *keep)[0] == 2
    viewer = UserFactory(staff_agency="AMED", staff_role="VIEWER")
    for other in (UserFactory(), viewer):
        assert ask(as_html(shipped()), *keep[:-1], other.email)[0] == 2
    assert PublishedPage.objects.count() == 1


def test_nothing_is_kept_while_a_row_cannot_be_read(ask):
    officer = UserFactory(staff_agency="AMED", staff_role="OFFICER")
    page = as_lines(changed(2, kind="Joint grant"))

    code, _lines, _errors = ask(page, "--keep", "--seen-on", "2024-07-10", "--by", officer.email)

    assert (code, PublishedNote.objects.count()) == (2, 0)


def kept(edition, day: int, note: str, at) -> None:
    """Keep a page as seen on a day of July 2024 that says this of CIHR."""
    raw = as_lines(changed(2, note=note)).encode()
    page, compared = read_against(raw, edition)
    keep_page(edition, raw, page, compared.matched, seen_on=date(2024, 7, day), by=None, at=at)


def row_of(edition, **fields) -> Participation:
    """CIHR's row, with these fields."""
    rows = Participation.objects.filter(edition=edition, agency__slug="cihr")
    if fields:
        with lifted(Participation._meta.db_table):
            rows.update(**fields)
    return rows.select_related("edition", "agency").get()


LATER = timedelta(days=200)


def test_the_words_that_the_row_was_written_after_are_quoted_as_last_seen_in_one_statement(
    edition, django_assert_num_queries
):
    at = edition.published_at
    row = row_of(edition, note_fingerprint=fingerprint("Tell us."))
    assert wording_of(row) is None  # no page is kept
    for day, note in ((10, "Tell us."), (3, "TELL us.")):
        kept(edition, day, note, at + LATER)  # when it was kept does not matter

    with django_assert_num_queries(1):
        found = wording_of(row)
        assert (found.quoted.note, found.quoted.page.seen_on) == ("Tell us.", date(2024, 7, 10))
    assert found.has_changed is False


def test_other_words_than_the_rows_are_never_quoted_but_said_to_differ(edition):
    # Given a row that an approver published, and a page that one officer keeps alone afterwards
    row = row_of(edition, note_fingerprint=fingerprint("Tell us."))
    kept(edition, 10, "Write to somebody else.", edition.published_at - LATER)
    assert wording_of(row) == Wording(None, has_changed=True)

    # The row's own words are quoted as soon as a page has them; the later page still differs,
    kept(edition, 3, "Tell us.", edition.published_at + LATER)
    found = wording_of(row)
    assert (found.quoted.note, found.has_changed) == ("Tell us.", True)
    # until one that was seen later says again what the row says.
    kept(edition, 12, "Tell us.", edition.published_at + LATER)
    found = wording_of(row)
    assert (found.quoted.page.seen_on, found.has_changed) == (date(2024, 7, 12), False)


def test_of_a_row_without_fingerprint_only_what_was_kept_before_publishing_is_quoted(edition):
    row = row_of(edition, note_fingerprint="")
    kept(edition, 10, "Write to somebody else.", edition.published_at)
    assert wording_of(row) is None

    kept(edition, 3, "Tell us.", edition.published_at - timedelta(seconds=1))
    found = wording_of(row)
    assert (found.quoted.note, found.has_changed) == ("Tell us.", True)


@pytest.mark.parametrize("before", [True, False])
def test_the_public_page_shows_no_word_that_one_officer_kept_alone(client, edition, before):
    row_of(edition, note_fingerprint="")
    at = edition.published_at + (-LATER if before else LATER)
    kept(edition, 10, "Write to somebody else.", at)
    address = reverse("directory:funder", args=["cihr"])
    changed_since = "The published text has changed since this page was written."

    # Control: where an approver published with it in sight, the page quotes it.
    text = client.get(address).content.decode()
    assert ("Write to somebody else." in text) is before
    assert changed_since not in text

    row_of(edition, note_fingerprint=fingerprint("Tell us."))
    text = client.get(address).content.decode()
    assert "Write to somebody else." not in text
    assert changed_since in text


@pytest.mark.skipif(
    "PUBLISHED_PAGE" not in os.environ,
    reason="The page's own words are not shipped: give a copy of it by PUBLISHED_PAGE.",
)
def test_the_shipped_edition_says_what_the_page_of_its_day_said(db):
    load_directory()
    edition = Edition.objects.get(code=CODE)
    text = Path(os.environ["PUBLISHED_PAGE"]).read_text(encoding="utf-8")

    page, whole = read_against(text, edition)

    assert (whole.lines, whole.unreadable, whole.read) == ((), (), 29)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    begins = [next(at for at, line in enumerate(lines) if "Type of participation" in line)]
    for row in page.rows:
        begins.append(next(at for at in range(begins[-1] + 1, len(lines)) if row.name in lines[at]))
    ends = [*begins[2:], lines.index("", begins[-1])]
    for row, begin, end in zip(page.rows, begins[1:], ends, strict=True):
        slug = whole.matched[row.place]
        without = "\n".join([*lines[:begin], *lines[end:]])
        reworded = "\n".join([*lines[:begin], f"{lines[begin]} Now.", *lines[begin + 1 :]])
        assert list(map(str, read_against(without, edition)[1].lines)) == [f"- {slug}"]
        assert list(map(str, read_against(reworded, edition)[1].lines)) == [f"~ {slug}: note"]
