"""Hazard 6: what is posted beyond a page's forms is ignored, and its names stand in the log."""

import logging

import pytest
from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from aspire.stray_fields import AskedQueryDict
from directory.models import Agency
from tests.applications.pages import page, seen_on
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
WISHES = {
    "status": "ADOPTED", "agency": "JST", "lead": "7", "submitted_at": "2020-01-01",
    "receipt_no": "AAAA-BBBB", "email_verified": "on", "is_superuser": "on",
}  # fmt: skip
PROJECT = {"field": "healthcare", "title_ja": "題", "title_en": "Title", "abstract_en": "Words"}
NAMES = ", ".join(sorted(WISHES))
COUNTS = ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")


@pytest.fixture
def heard(caplog):
    caplog.set_level(logging.WARNING, logger="aspire.stray_fields")
    return lambda: [one.getMessage() for one in caplog.records if one.name == "aspire.stray_fields"]


def project(client, scene, **more):
    address = page("team_project", scene)
    typed = PROJECT | {"seen": seen_on(client.get(address)), "save": "Save"}
    return client.post(address, typed | more)


def test_what_belongs_to_no_form_is_ignored_and_named_once(lead, scene, heard):
    response = project(lead, scene, **WISHES)

    assert (response.status_code, scene.stored().status) == (302, "DRAFT")
    assert heard() == [
        f"Fields that no form of the page asks for were ignored: {NAMES}. "
        f"Page applications:team_project, account {scene.lead.pk}"
    ]


def test_what_the_form_asks_for_is_no_news(lead, scene, heard):
    assert project(lead, scene).status_code == 302
    assert (
        project(lead, scene, title_en="x" * 5_000).status_code == 200
    )  # and shown again, with its error
    assert heard() == []


def test_without_the_middleware_nobody_would_know(lead, scene, heard, settings):
    """Negative control."""
    ours = "aspire.stray_fields.StrayFieldsMiddleware"
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != ours]

    assert project(lead, scene, **WISHES).status_code == 302
    assert heard() == []


def test_a_page_without_a_field_names_them_too(lead, scene, heard):
    from tests.applications.invited import ask

    ask(scene)
    response = lead.post(page("person_uninvite", scene, scene.partner.pk), {"do": "x"} | WISHES)

    assert response.status_code == 302
    assert [NAMES in one for one in heard()] == [True]


def test_a_visitor_who_signs_in_is_named_by_the_account_that_results(client, scene, heard):
    scene.lead.set_password("Lantern-4-rivers")
    scene.lead.save()
    typed = {"login": scene.lead.email, "password": "Lantern-4-rivers", "is_superuser": "on"}

    client.post(reverse("account_login"), typed)

    assert ["is_superuser. Page account_login" in one for one in heard()] == [True]
    assert "Lantern" not in "".join(heard())


def test_the_log_takes_no_words_from_the_visitor(lead, scene, heard):
    """A name may be a line of its own, a value in disguise, or one of thousands."""
    odd = {"a\nERROR root all is lost": "1", "kari@example.org": "1", "x" * 61: "1"}

    project(lead, scene, **odd, **{f"z{number:03}": "1" for number in range(40)})

    [line] = heard()
    assert line.count("(no plain name)") == 3
    assert line.endswith(", 23 more")
    assert not any(one in line for one in odd)


def test_who_is_asked_for_fresh_proof_first_is_no_news(client, scene, heard, monkeypatch):
    """The page looked at no form yet: its fields come again after the proof."""
    scene.lead.set_password("Lantern-4-rivers")
    scene.lead.save()
    client.force_login(scene.lead)
    monkeypatch.setattr(
        "allauth.account.internal.flows.reauthentication.did_recently_reauthenticate",
        lambda request: False,
    )
    typed = {"email": "new@example.org", "action_add": "1"}

    response = client.post(reverse("account_email"), typed)

    assert (response.status_code, heard()) == (302, [])


def test_an_empty_box_for_a_file_is_no_news(lead, scene, heard):
    """Browsers send it as a field with nothing in it; a form asks for it among the files."""
    assert project(lead, scene, upload="").status_code == 302
    assert heard() == []


def test_asking_a_copy_counts_and_copying_does_not():
    posted = AskedQueryDict.of(QueryDict("a=1&b=2&c=3&d=4&d=5"))
    copied = posted.copy()

    assert (posted.asked, copied == posted) == (set(), True)
    assert (copied["a"], "b" in posted, copied.getlist("d")) == ("1", True, ["4", "5"])
    assert posted.asked == {"a", "b", "d"}
    assert sorted(posted.dict()) == ["a", "b", "c", "d"]
    assert posted.asked == {"a", "b", "c", "d"}


def test_it_stands_last_so_that_nobody_before_it_asks_for_a_forms_fields():
    assert settings.MIDDLEWARE[-1] == "aspire.stray_fields.StrayFieldsMiddleware"


def test_the_empty_row_that_the_admins_script_copies_is_no_news_and_one_of_no_formset_is(
    client, scene, heard
):
    officer = UserFactory(staff_agency="AMED", staff_role="OFFICER")
    client.force_login(officer)
    agency = {"slug": "kva", "acronym": "KVA", "name_en": "Academy", "name_ja": "学士院"}
    counts = {
        f"{formset}-{count}_FORMS": "0" for formset in ("formats", "programmes") for count in COUNTS
    }
    spare = {"formats-__prefix__-pattern": "x", "initial-formats-__prefix__-examples": "[]"}

    client.post(
        reverse("admin:directory_agency_add"),
        agency | {"country": "SE", "aliases": "[]"} | counts | spare | {"made-__prefix__-up": "x"},
    )

    assert Agency.objects.filter(slug="kva").exists()
    assert heard() == [
        "Fields that no form of the page asks for were ignored: made-__prefix__-up. "
        f"Page admin:directory_agency_add, account {officer.pk}"
    ]
