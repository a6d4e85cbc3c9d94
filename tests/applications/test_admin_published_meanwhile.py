"""A list that is published while somebody saves in it: the page says so, shows what was typed, and saves none of it."""

import pytest
from django.contrib.messages import get_messages
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from directory.admin import editions, funding, refusing, rows
from directory.models import Agency, Edition, Participation
from tests.applications.drafts import AT
from tests.applications.test_admin import staff
from tests.applications.test_edition_admin import form_of
from tests.applications.test_publishing_races import one_waits_for_the_other
from tests.directory.factories import (
    AgencyFactory,
    EditionFactory,
    NoticeRuleFactory,
    ParticipationFactory,
    UserFactory,
)
from tests.directory.seeds import checksums

LIST = "This list was published while you wrote, and a published list never changes"
FUNDER = "A list that names this funder was published while you wrote"
DELETED = "A list was published meanwhile, and a published list never changes: nothing was deleted."
NO_FORMS = {
    f"{part}-{form}_FORMS": 0
    for part in ("formats", "programmes", "rows")
    for form in ("TOTAL", "INITIAL")
}


def drafted() -> Participation:
    draft = EditionFactory(code="amed-draft", published_at=None)
    return NoticeRuleFactory(
        participation=ParticipationFactory(edition=draft, agency__slug="vr", position=1)
    ).participation


def publish(row: Participation) -> None:
    Edition.objects.filter(pk=row.edition_id).update(published_at=AT)


def change(name: str, pk: int) -> str:
    return reverse(f"admin:directory_{name}_change", args=[pk])


def of_the_row(row):
    return change("participation", row.pk), form_of(row, summary_en="Typed by me")


def of_a_new_row(row):
    new = {
        "notice_rule-INITIAL_FORMS": 0, "notice_rule-0-id": "", "notice_rule-0-participation": "",
        "edition": row.edition_id, "position": 2, "agency": Agency.objects.get(slug="new").pk,
        "summary_en": "Typed by me",
    }  # fmt: skip
    return reverse("admin:directory_participation_add"), form_of(row, **new)


def of_the_edition(row):
    sent = {"code": "amed-draft", "as_of": "2026-07-01", "updated_on": "2026-07-03"}
    sent |= {"source": "https://www.amed.go.jp/typed-by-me", "reason": "Typed by me"}
    return change("edition", row.edition_id), sent | NO_FORMS


def of_the_funder(row):
    sent = {"acronym": "VR", "slug": "typed-by-me", "country": "NO", "aliases": ""}
    return change("agency", row.agency_id), sent | NO_FORMS | {
        "name_en": "Typed by me", "name_ja": "研究会議"
    }  # fmt: skip


# what is saved -> what the page says, whether it can be saved from there
PAGES = {
    of_the_row: (LIST, False),
    of_a_new_row: (LIST, True),
    of_the_edition: (LIST, False),
    of_the_funder: (FUNDER, True),
}


def told(page) -> str:
    """What the page says above its boxes."""
    return " ".join(page.context["adminform"].form.non_field_errors())


@pytest.fixture
def moment(db, monkeypatch):
    """A draft that is published after its page was found to be open, and before it is saved."""
    row = drafted()
    AgencyFactory(slug="new")
    publish(row)
    over = []
    may, ours, fixed, known = (
        editions._may_write, rows.drafts_of, funding.AgencyAdmin.get_readonly_fields,
        refusing._only_published,
    )  # fmt: skip
    patched = {
        (editions, "_may_write"): lambda *asked: not over or may(*asked),
        (rows, "drafts_of"): lambda user: ours(user) if over else Edition.objects.all(),
        (funding.AgencyAdmin, "get_readonly_fields"): lambda *asked: fixed(*asked) if over else (),
        (refusing, "_only_published"): lambda error: over.append(error) or known(error),
    }
    for (where, name), function in patched.items():
        monkeypatch.setattr(where, name, function)
    return row


@pytest.fixture
def officer(client, moment):
    client.force_login(staff())
    return client


@pytest.mark.parametrize("form", PAGES)
def test_what_was_typed_is_shown_and_nothing_is_saved(officer, moment, form):
    address, sent = form(moment)
    words, saves = PAGES[form]
    before = checksums()

    shown = officer.post(address, sent)

    assert shown.status_code == 200
    assert words in told(shown)
    text = shown.content.decode()
    assert "Typed by me" in text
    assert ('name="_save"' in text) == saves
    assert checksums() == before


def test_the_rest_of_a_funder_is_saved_again(officer, moment):
    address, sent = of_the_funder(moment)
    officer.post(address, sent)

    assert officer.post(address, sent).status_code == 302
    agency = Agency.objects.get(pk=moment.agency_id)
    assert (agency.slug, agency.name_en) == ("vr", "Typed by me")


@pytest.mark.parametrize("form", PAGES)
def test_control_any_other_refusal_of_the_database_is_no_editors_to_mend(
    officer, moment, monkeypatch, form
):
    monkeypatch.setattr(refusing, "REFUSED", "something else")
    address, sent = form(moment)

    with pytest.raises(IntegrityError):
        officer.post(address, sent)


def test_a_row_is_not_deleted_on_its_page(officer, moment):
    address = reverse("admin:directory_participation_delete", args=[moment.pk])
    before = checksums()

    answer = officer.post(address, {"post": "yes"})

    assert (answer.status_code, answer.url) == (302, change("participation", moment.pk))
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [DELETED]
    assert officer.get(answer.url).status_code == 200
    assert checksums() == before


def test_rows_are_not_deleted_from_their_list(officer, moment):
    address = reverse("admin:directory_participation_changelist")
    sent = {"action": "delete_selected", "_selected_action": [moment.pk], "post": "yes"}
    before = checksums()

    answer = officer.post(address, sent)

    assert (answer.status_code, answer.url) == (302, address)
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [DELETED]
    assert checksums() == before


def test_a_list_is_not_deleted(client, moment):
    client.force_login(UserFactory(is_superuser=True))
    address = reverse("admin:directory_edition_delete", args=[moment.edition_id])
    before = checksums()

    answer = client.post(address, {"post": "yes"})

    assert (answer.status_code, answer.url) == (302, change("edition", moment.edition_id))
    assert checksums() == before


# -- real threads, on PostgreSQL --------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no row locks")
@pytest.mark.parametrize("form", PAGES)
def test_who_saves_while_it_is_being_published_is_told(form):
    row, client = drafted(), Client()
    AgencyFactory(slug="new")
    client.force_login(staff())
    address, sent = form(row)

    shown = one_waits_for_the_other(lambda: publish(row), lambda: client.post(address, sent))

    assert shown.status_code == 200
    assert PAGES[form][0] in told(shown)
    assert "Typed by me" in shown.content.decode()
    assert not Participation.objects.filter(summary_en="Typed by me").exists()
    assert Agency.objects.filter(slug="vr").exclude(name_en="Typed by me").exists()
    assert Edition.objects.filter(published_at=AT).exclude(reason="Typed by me").exists()
