"""A published page is read whatever its form, and held against the list: what differs, exactly."""

from dataclasses import replace
from datetime import date

import pytest

from directory.published_list import (
    MOST_BYTES,
    MOST_ROWS,
    Listed,
    Page,
    Unreadable,
    compare,
    names_of,
)
from directory.published_list.comparing import Named
from tests.directory.pages import (
    HEADINGS,
    KINDS,
    Entry,
    against_shipped,
    as_html,
    as_lines,
    changed,
    names,
    read,
    shipped,
)

LAYOUT = "<table><tr><td>menu<td><table><tr><td>{}</table></td></tr></table>"
FORMS = {
    "text": as_lines(shipped()),
    "text of Windows": as_lines(shipped(), end="\r\n").encode(),
    "text copied from a browser": as_lines(shipped(), between="\t"),
    "text with double spaces": as_lines(shipped()).replace(" ", " \u3000").encode(),
    "html": as_html(shipped()),
    "html, countries in the first row only": as_html(shipped(), spans=False),
    "html whose source was pasted": as_html(shipped(), charset="ISO-2022-JP").encode(),
    "html, columns in another order": as_html(shipped(), order=(3, 1, 0, 2), spans=False),
    "html in layout tables": as_html(shipped(), around=LAYOUT),
    "html a thousand deep": as_html(shipped(), around="<table><tr><td>" * 1000 + "{}"),
    "html without ends": as_html(shipped()).replace("</td>", "").replace("</tr>", ""),
    "utf-8 with its mark": as_html(shipped()).encode("utf-8-sig"),
    "utf-16": as_html(shipped()).encode("utf-16"),
    "utf-16, the other way round": as_lines(shipped()).encode("utf-16-be"),
    **{
        f"{charset}": as_html(shipped(), charset=charset).encode(codec, "xmlcharrefreplace")
        for charset, codec in {
            "Shift_JIS": "cp932",
            "euc-jp": "euc_jp",
            "ISO-2022-JP": "iso2022_jp",
            "windows-1252": "cp1252",
        }.items()
    },
    **{
        f"{codec}, not declared": as_html(shipped(), charset="x").encode(codec, "xmlcharrefreplace")
        for codec in ("cp932", "euc_jp", "cp1252")
    },
}
FORMS["utf-16, the other way round"] = b"\xfe\xff" + FORMS["utf-16, the other way round"]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_list_in_every_form_gives_no_difference(form):
    page = read(FORMS[form])
    compared = against_shipped(FORMS[form])

    assert [str(line) for line in compared.lines] == []
    assert (str(compared), compared.unreadable) == (
        "29 rows read: 0 added, 0 gone, 0 changed",
        (),
    )
    assert (page.as_of, page.updated_on) == (date(2024, 7, 1), date(2024, 7, 3))
    assert [row.country for row in page.rows] == [one.country for one in shipped()]
    addresses = [(f"desk{at}@funder.example",) if at % 2 else () for at in range(29)]
    assert [row.addresses for row in page.rows] == addresses
    assert not any("document.write" in row.note for row in page.rows)


@pytest.mark.parametrize("form", [as_lines, as_html])
def test_each_row_that_is_deleted_is_told_as_gone_and_nothing_else(form):
    told = {}
    for at, one in enumerate(shipped()):
        left = [*shipped()[:at], *shipped()[at + 1 :]]
        told[one.slug] = list(map(str, against_shipped(form(left)).lines))

    assert told == {one.slug: [f"- {one.slug}"] for one in shipped()}


@pytest.mark.parametrize("form", [as_lines, as_html])
def test_each_note_that_is_reworded_is_told_and_nothing_else(form):
    told = {}
    for at, one in enumerate(shipped()):
        entries = changed(at, note=f"{one.note} Now.".strip())
        told[one.slug] = list(map(str, against_shipped(form(entries)).lines))

    assert told == {one.slug: [f"~ {one.slug}: note"] for one in shipped()}


@pytest.mark.parametrize("form", [as_lines, as_html])
def test_each_row_copied_under_a_new_name_is_told_as_added(form):
    told = {}
    for at, one in enumerate(shipped()):
        copy = replace(one, name="Institute of New Things (RCN)")
        entries = [*shipped()[: at + 1], copy, *shipped()[at + 1 :]]
        told[one.slug] = list(map(str, against_shipped(form(entries)).lines))

    # A short form in brackets makes no known funder of a new one.
    assert told == {one.slug: ["+ Institute of New Things (RCN)"] for one in shipped()}


@pytest.mark.parametrize("form", [as_lines, as_html])
def test_each_row_whose_type_is_unknown_is_named_and_neither_gone_nor_glued_to_a_note(form):
    told = {}
    for at, one in enumerate(shipped()):
        compared = against_shipped(form(changed(at, kind="Joint grant")))
        told[one.slug] = (list(map(str, compared.lines)), compared.unreadable)

    assert told == {one.slug: ([], (one.name,)) for one in shipped()}


def test_types_that_are_swapped_and_a_funder_called_otherwise_are_told():
    types = list(KINDS.values())
    entries = [replace(one, kind=types[1 - types.index(one.kind)]) for one in shipped()]
    called = changed(9, name="Norges forskningsråd (RCN)")

    assert [str(line) for line in against_shipped(as_lines(entries)).lines] == [
        f"~ {one.slug}: participation" for one in shipped()
    ]
    assert list(map(str, against_shipped(as_html(called)).lines)) == ["~ rcn: name"]


def test_a_funder_that_stands_there_twice_counts_once():
    page = as_lines([*shipped(), shipped()[0]])

    assert list(map(str, against_shipped(page).lines)) == [f"+ {shipped()[0].name}"]


def test_a_line_of_a_note_may_begin_with_its_own_funder_or_country():
    note = "Vinnova answers.\nSweden is glad.\nOf an existing grant it asks nothing."
    at = [one.slug for one in shipped()].index("vinnova")

    row = read(as_lines(changed(at, note=note))).rows[at]

    assert row.note == note


def test_a_row_of_another_country_without_a_readable_type_is_named_though_nobody_knows_it():
    page = as_lines(shipped()).replace(
        "\nNorway ", "\nNorway New Fund (NF) Joint grant Hm.\nNorway "
    )

    compared = against_shipped(page)

    assert compared.unreadable == ("New Fund (NF) Joint grant Hm.",)
    assert compared.lines == ()


def test_a_new_institute_without_a_readable_type_is_no_part_of_the_note_above():
    institute = "National Institutes of Health (NIH)/ National Eye Institute (NEI) Joint grant Hm."
    page = as_lines(shipped()).replace("\nNational Science", f"\n{institute}\nNational Science")

    compared = against_shipped(page)

    assert (compared.unreadable, compared.lines) == ((institute,), ())


def test_where_no_fingerprint_was_kept_the_address_alone_is_compared():
    listed = {"a": Listed("a", "", "EXISTING", "", "Desk@funder.example")}
    called = names_of([Named("a", ("Fund A",), ("A",))])
    one = Entry("a", "Norway", "Fund A (A)", KINDS["EXISTING"], "Ask desk“AT”funder.example※3.")

    same = compare(read(as_lines([one])), listed, called)
    other = compare(read(as_lines([replace(one, note="Ask.")])), listed, called)

    assert (same.lines, list(map(str, other.lines))) == ((), ["~ a: address"])


def test_a_name_that_two_funders_share_tells_neither():
    called = names_of([Named("a", ("Fund",), ()), Named("b", ("The Fund",), ("B",))])

    assert called == {"fund": "", "b": "b", "fundb": "b"}


def test_what_is_not_seen_makes_no_other_text_and_scripts_are_words():
    entries = changed(1, note="Ask\u200b the\u202e desk &amp; <script>alert(1)</script> \x07now.")

    html, text = read(as_html(entries)).rows[1], read(as_lines(entries)).rows[1]

    assert html.note == text.note == "Ask the desk &amp; <script>alert(1)</script> now."


HEAD = " ".join(HEADINGS)
ROW = "Fund {} Existing grant\n"
REFUSED = [
    (b"", "EMPTY"),
    (" \n\u3000", "EMPTY"),
    (b"a" * (MOST_BYTES + 1), "TOO_LARGE"),
    ("あ" * (MOST_BYTES // 3 + 1), "TOO_LARGE"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "NOT_TEXT"),
    (FORMS["utf-16"][:-1], "NOT_TEXT"),
    (b"\x81\xff\xff", "NOT_TEXT"),
    ("Country Partner funding agency Notes\nNorway RCN", "NO_TABLE"),
    (HEAD, "NO_TABLE"),
    ("<table><tr><th>Country</th><th>Notes</th></tr></table>", "NO_TABLE"),
    (f"{HEAD}\n" + "".join(map(ROW.format, range(MOST_ROWS + 1))), "TOO_MANY_ROWS"),
    (as_html(shipped() * (MOST_ROWS // 29 + 1)), "TOO_MANY_ROWS"),
    (f"{HEAD}\nFund Existing grant\n" + "a\n" * 20_000, "TOO_MUCH"),
    (f"{HEAD}\n" + f"Fund Existing grant {'a ' * 9_000}\n" * 12, "TOO_MUCH"),
    ("<table>" + "<b>" * 400_000, "TOO_MUCH"),
]


@pytest.mark.parametrize("at", range(len(REFUSED)))
def test_what_is_no_list_is_refused_by_name(at):
    raw, code = REFUSED[at]

    with pytest.raises(Unreadable) as refused:
        read(raw)

    assert refused.value.code == code


def test_as_many_rows_as_a_list_may_have_are_read():
    page = read(f"{HEAD}\n" + "".join(map(ROW.format, range(MOST_ROWS))))

    assert (len(page.rows), page.unreadable) == (MOST_ROWS, ())
    assert isinstance(page, Page)
    assert len(compare(page, {}, names()).lines) == MOST_ROWS
