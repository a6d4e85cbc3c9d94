"""Staff hold the published page against an edition: what they see, what is kept, who may."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from applications import actions
from directory.models import Edition, PublishedPage
from directory.published_list import fingerprint
from directory.wordings import wording_of
from tests.applications import scenes
from tests.directory.factories import EditionFactory
from tests.directory.pages import as_html, as_lines, changed, shipped
from tests.directory.seeds import load_directory

pytestmark = pytest.mark.django_db
DAY = {"seen_on_0": "2024", "seen_on_1": "7", "seen_on_2": "10"}
COMPARE, KEEP = {"show": "1"}, {"save": "1"}


@pytest.fixture
def edition():
    """The shipped edition; its notes are others than those of the pages of the tests."""
    load_directory()
    return Edition.objects.get()


@pytest.fixture
def officer(edition):
    return scenes.user("officer", staff_agency="AMED", staff_role="OFFICER")


@pytest.fixture
def page(client, officer, edition):
    client.force_login(officer)
    return lambda values: client.post(at(edition), values)


def at(edition, query="") -> str:
    return reverse("applications:staff_edition_compare", args=[edition.code]) + query


def errors(response) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


def test_what_was_pasted_is_held_against_the_edition_and_nothing_is_kept(page):
    entries = list(changed(3, note="Ask desk「AT」tips.example, <b>now</b>."))
    entries[6] = type(entries[6])("", "France", "Fund for Tests", "Existing grant", "")
    entries[12] = type(entries[12])("", "Sweden", entries[12].name, "Joint grant", "")

    response = page({"text": as_lines(entries)} | COMPARE)

    text = response.content.decode()
    compared = response.context["compared"]
    assert response.status_code == 200
    assert str(compared).startswith("28 rows read: 1 added, 1 gone, ")
    assert {"+ Fund for Tests", "- inca", "~ tips: note"} <= set(map(str, compared.lines))
    assert compared.unreadable == (entries[12].name,)
    assert "Fund for Tests" in text
    assert "&lt;b&gt;now&lt;/b&gt;" in text
    assert "<code>desk@tips.example</code>" in text
    assert not PublishedPage.objects.exists()


def test_an_upload_is_kept_as_seen_on_a_day_and_its_comparison_stays_at_hand(
    client, page, officer, edition
):
    file = SimpleUploadedFile("page.html", as_html(shipped()).encode("utf-16"), "text/html")

    response = page({"file": file} | DAY | KEEP)

    kept = PublishedPage.objects.get()
    assert (response.status_code, response["Location"]) == (302, at(edition, f"?kept={kept.pk}"))
    assert (kept.edition, kept.seen_on, kept.rows, kept.loaded_by) == (
        edition,
        date(2024, 7, 10),
        29,
        officer,
    )
    assert kept.notes.count() == 29
    # It is compared again with the edition as it stands whenever the page is opened.
    shown = client.get(response["Location"])
    compared = shown.context["compared"]
    assert (compared.read, compared.counted("+"), compared.counted("-")) == (29, 0, 0)
    assert {line.what for line in compared.lines} == {("note",)}
    assert client.get(at(edition, "?kept=0")).status_code == 404
    assert client.get(at(edition, "?kept=first")).status_code == 404


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "file"),
        ({"text": " \n"}, "file"),
        ({"text": "Nothing of the kind."}, "text"),
        ({"text": "No day: " + as_lines(shipped())} | KEEP, "seen_on"),
        ({"text": as_lines(changed(2, kind="Joint grant"))} | DAY | KEEP, "text"),
        ({"text": as_lines(shipped()), "file": "both"}, "text"),
        ({"file": b""}, "file"),
        ({"file": b"\x89PNG\x00"} | DAY | KEEP, "file"),
    ],
)
def test_what_cannot_be_compared_or_kept_is_refused_at_its_field_and_nothing_is_kept(
    page, values, field
):
    given = dict(values)
    if "file" in given:
        raw = given["file"]
        given["file"] = SimpleUploadedFile("page", raw.encode() if isinstance(raw, str) else raw)

    response = page(COMPARE | given)

    assert (response.status_code, list(errors(response))) == (200, [field])
    assert not PublishedPage.objects.exists()


def test_a_day_that_has_not_come_is_refused_and_the_same_page_is_kept_once_a_day(page):
    tomorrow = timezone.now() + timedelta(days=2)
    later = {f"seen_on_{at}": part for at, part in enumerate(tomorrow.timetuple()[:3])}
    pasted = {"text": as_lines(shipped())} | KEEP

    answers = [page(pasted | day) for day in (later, DAY, DAY, DAY | {"seen_on_2": "11"})]

    assert [one.status_code for one in answers] == [200, 302, 200, 302]
    assert [list(errors(answers[at])) for at in (0, 2)] == [["seen_on"], ["seen_on"]]
    assert PublishedPage.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "of_draft", "of_published"),
    [
        ({"staff_agency": "AMED", "staff_role": "VIEWER"}, (200, 403), (200, 403)),
        ({"staff_agency": "AMED", "staff_role": "APPROVER"}, (200, 200), (200, 200)),
        ({"staff_agency": "JST", "staff_role": "OFFICER"}, (404, 404), (200, 403)),
        ({}, (404, 404), (404, 404)),
    ],
)
def test_who_may_compare(client, edition, fields, of_draft, of_published):
    draft = EditionFactory(code="amed-draft", published_at=None)
    client.force_login(scenes.user("somebody", **fields))

    answers = [
        (client.get(at(one)).status_code, client.post(at(one), COMPARE).status_code)
        for one in (draft, edition)
    ]

    assert answers == [of_draft, of_published]


@pytest.mark.parametrize("role", ["VIEWER", ""])
def test_the_act_itself_asks_who_keeps(edition, role):
    fields = {"staff_agency": "AMED", "staff_role": role} if role else {}

    with pytest.raises(actions.NotPermitted):
        actions.keep_published_page(
            edition_id=edition.pk,
            raw=as_lines(shipped()).encode(),
            seen_on=date(2024, 7, 10),
            by=scenes.user("somebody", **fields),
            at=scenes.DAY,
        )

    assert not PublishedPage.objects.exists()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_wording_is_quoted_as_words_with_its_day(page, edition, language):
    entries = changed(0, note="Ask the desk.\n<script>alert(1)</script>")
    page({"text": as_lines(entries)} | DAY | KEEP)
    row = edition.rows.select_related("agency", "edition").get(position=1)
    context = {"wording": wording_of(row), "edition": edition}

    with translation.override(language):
        changed_since = render_to_string("directory/_published_wording.html", context)
        row.note_fingerprint = fingerprint(entries[0].note)
        context["wording"] = wording_of(row)
        as_it_was = render_to_string("directory/_published_wording.html", context)

    quoted = "Ask the desk.<br>&lt;script&gt;alert(1)&lt;/script&gt;"
    assert f'<blockquote lang="en" dir="ltr" class="measure">{quoted}</blockquote>' in as_it_was
    assert {"en": "10 July 2024", "ja": "2024年7月10日"}[language] in as_it_was
    # One sentence, and none of the words, where the row was written after others.
    assert (as_it_was.count("<p>"), changed_since.count("<p>")) == (0, 1)
    assert "desk" not in changed_since
