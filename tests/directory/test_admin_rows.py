"""The way through the rows of a draft: back to their edition, on to the next row, and Django's own ways."""

import re

import pytest
from django.urls import reverse

from tests.directory.factories import (
    AgencyFactory,
    EditionFactory,
    NoticeRuleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def row():
    """The third row of a draft, beside another draft."""
    EditionFactory(code="another", published_at=None)
    draft = EditionFactory(code="draft", published_at=None)
    return NoticeRuleFactory(participation__edition=draft, participation__position=3).participation


@pytest.fixture
def officer(client):
    client.force_login(UserFactory(staff_agency="AMED", staff_role="OFFICER"))
    return client


def page(kind, *args):
    return reverse(f"admin:directory_participation_{kind}", args=args)


def form(row, **other):
    rule = row.notice_rule
    return {
        "agency": row.agency_id, "position": row.position, "kind": row.kind,
        "summary_en": row.summary_en, "summary_ja": row.summary_ja,
        "notice_rule-TOTAL_FORMS": 1, "notice_rule-INITIAL_FORMS": 1,
        "notice_rule-0-id": rule.pk, "notice_rule-0-participation": row.pk,
        "notice_rule-0-strength": rule.strength, "notice_rule-0-trigger": rule.trigger,
        "notice_rule-0-recipient": rule.recipient, "notice_rule-0-body": rule.body_id,
        "notice_rule-0-language": "en", "conditions-TOTAL_FORMS": 0, "conditions-INITIAL_FORMS": 0,
    } | other  # fmt: skip


def new(row, **other):
    """The form of a row that is added at the fourth place."""
    nwo = AgencyFactory(slug="nwo")
    return form(row, edition=row.edition_id, agency=nwo.pk, position=4) | {
        "notice_rule-INITIAL_FORMS": 0, "notice_rule-0-id": "", "notice_rule-0-participation": "",
    } | other  # fmt: skip


def edition_of(row):
    return reverse("admin:directory_edition_change", args=[row.edition_id])


def another(row, place):
    return f"{page('add')}?edition={row.edition_id}&position={place}"


@pytest.mark.parametrize("came_by", ["", "?_changelist_filters=kind__exact%3DEXISTING"])
def test_saving_a_row_leads_back_to_its_edition(officer, row, came_by):
    changed = officer.post(page("change", row.pk) + came_by, form(row, _save="Save"))
    added = officer.post(page("add") + came_by, new(row, _save="Save"))

    assert (changed.status_code, changed["Location"]) == (302, edition_of(row))
    assert (added.status_code, added["Location"]) == (302, edition_of(row))


def test_deleting_a_row_leads_back_to_its_edition(officer, row):
    deleted = officer.post(page("delete", row.pk), {"post": "yes"})

    assert (deleted.status_code, deleted["Location"]) == (302, edition_of(row))
    assert row.edition.rows.count() == 0


def test_adding_another_begins_in_the_same_edition_at_the_next_place(officer, row):
    # The address of the first one named its own place, which is taken by now.
    at = f"{page('add')}?edition={row.edition_id}&position=4"
    added = officer.post(at, new(row, _addanother="1"))
    changed = officer.post(page("change", row.pk), form(row, _addanother="1"))

    assert (added.status_code, added["Location"]) == (302, another(row, 5))
    assert (changed.status_code, changed["Location"]) == (302, another(row, 5))
    shown = officer.get(added["Location"]).context["adminform"].form
    assert (shown["edition"].value(), shown["position"].value()) == (str(row.edition_id), "5")


def test_saving_to_go_on_stays_on_the_row(officer, row):
    changed = officer.post(page("change", row.pk), form(row, _continue="1"))
    added = officer.post(page("add"), new(row, _continue="1"))

    assert (changed.status_code, changed["Location"]) == (302, page("change", row.pk))
    made = row.edition.rows.get(position=4)
    assert (added.status_code, added["Location"]) == (302, page("change", made.pk))


def test_a_row_that_was_opened_beside_another_form_closes_itself(officer, row):
    beside = {"_popup": "1", "_addanother": "1"}
    answers = [
        officer.post(page("change", row.pk), form(row, **beside)),
        officer.post(page("add"), new(row, **beside)),
        officer.post(page("delete", row.pk), {"post": "yes"} | beside),
    ]

    assert [one.status_code for one in answers] == [200, 200, 200]
    assert all("popup_response" in one.content.decode() for one in answers)


# -- the page of the edition ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("account", "published", "act"),
    [
        ({"staff_agency": "AMED", "staff_role": "OFFICER"}, False, "Edit"),
        ({"staff_agency": "AMED", "staff_role": "APPROVER"}, False, "Edit"),
        ({"is_superuser": True}, False, "Edit"),
        ({"staff_agency": "AMED", "staff_role": "VIEWER"}, False, "View"),
        ({"staff_agency": "AMED", "staff_role": "OFFICER"}, True, "View"),
        ({"staff_agency": "JST", "staff_role": "OFFICER"}, True, "View"),
        ({"is_superuser": True}, True, "View"),
    ],
)
def test_the_funder_of_a_row_is_the_way_to_its_page_and_says_what_one_may_do(
    client, account, published, act
):
    edition = EditionFactory() if published else EditionFactory(code="draft", published_at=None)
    row = NoticeRuleFactory(participation__edition=edition).participation
    client.force_login(UserFactory(**account))

    text = client.get(edition_of(row)).content.decode()

    words = re.findall(rf'<a href="{page("change", row.pk)}"[^>]*>(.*?)</a>', text)
    assert words == [f'{row.agency} <span class="act">{act}</span>']


def test_the_name_that_django_writes_above_a_row_is_not_shown_and_can_be_heard(officer, row):
    text = officer.get(edition_of(row)).content.decode()

    assert '<fieldset class="module says-itself"' in text
    assert re.search(rf'<td class="original">\s*<p>\s*{re.escape(str(row))}\s*</p>', text)


@pytest.mark.parametrize("published", [True, False])
def test_the_page_of_an_edition_leads_to_the_steps_to_publishing_first(officer, row, published):
    edition = EditionFactory() if published else row.edition
    page = officer.get(reverse("admin:directory_edition_change", args=[edition.pk]))
    steps = reverse("applications:staff_edition", args=[edition.code])

    [line] = re.findall(r"<p>\s*(<a href=[^\n]*Steps to publishing.*?)</p>", page.content.decode(), re.DOTALL)  # fmt: skip

    assert line.startswith(f'<a href="{steps}">Steps to publishing</a> · ')
    assert officer.get(steps).status_code == 200
