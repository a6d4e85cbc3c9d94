"""Working in a draft: what the edition's page tells, a row's page, what is refused and what is asked."""

from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from directory.contradiction_words import SENTENCES, contradiction_in_words
from directory.contradictions import Contradiction
from directory.models import Edition, NoticeRule, Participation
from tests.applications.test_admin import staff
from tests.directory.factories import (
    AgencyFactory,
    ConditionFactory,
    EditionFactory,
    NoticeRuleFactory,
    ParticipationFactory,
    ProgrammeFactory,
)
from tests.directory.seeds import checksums

pytestmark = pytest.mark.django_db
CONTACT = {"recipient": "ADDRESS", "address": "aspire@funder.example"}


@pytest.fixture
def draft():
    """Rows of rcn and vr: vr is told at an address, rcn by the officer of the grant."""
    made = EditionFactory(code="amed-draft", published_at=None)
    for place, (slug, rule) in enumerate({"rcn": {}, "vr": CONTACT}.items(), 1):
        agency = AgencyFactory(slug=slug, site=f"https://www.{slug}.example/")
        row = ParticipationFactory(edition=made, agency=agency, position=place)
        NoticeRuleFactory(participation=row, **rule)
    return made


@pytest.fixture
def officer(client):
    client.force_login(staff())
    return client


def page_of(row):
    return reverse("admin:directory_participation_change", args=[row.pk])


def form_of(row, **other):
    """What the row's page sends; ``other`` is what somebody changed in it."""
    rule = row.notice_rule
    sent = {
        "agency": row.agency_id, "position": row.position, "kind": row.kind,
        "summary_en": row.summary_en, "summary_ja": row.summary_ja,
        "notice_rule-TOTAL_FORMS": 1, "notice_rule-INITIAL_FORMS": 1,
        "notice_rule-0-id": rule.pk, "notice_rule-0-participation": row.pk,
        "notice_rule-0-strength": rule.strength, "notice_rule-0-trigger": rule.trigger,
        "notice_rule-0-recipient": rule.recipient, "notice_rule-0-body": rule.body_id or "",
        "notice_rule-0-address": rule.address, "notice_rule-0-language": "en",
        "conditions-TOTAL_FORMS": 0, "conditions-INITIAL_FORMS": 0,
    }  # fmt: skip
    return sent | other


def row(draft, slug):
    return draft.rows.get(agency__slug=slug)


def errors(page):
    text = page.content.decode()
    return [one for one in ("errornote", "errorlist") if one in text] and text


# -- a row -------------------------------------------------------------------------------
def test_a_row_is_changed_with_its_rule_its_condition_and_its_programmes_on_one_page(
    officer, draft
):
    rcn = row(draft, "rcn")
    erc = AgencyFactory(slug="erc")
    Participation.objects.filter(pk=rcn.pk).update(agency=erc)
    programme = ProgrammeFactory(agency=erc, code="ADG")
    rcn.refresh_from_db()

    saved = officer.post(page_of(rcn), form_of(
        rcn, **{
            "programmes": [programme.pk], "notice_rule-0-strength": "ENCOURAGED",
            "conditions-TOTAL_FORMS": 1, "conditions-0-code": "ERC_SCOPE",
            "conditions-0-participation": rcn.pk,
        },
    ))  # fmt: skip

    assert saved.status_code == 302, errors(saved)
    rcn.refresh_from_db()
    assert [one.code for one in rcn.programmes.all()] == ["ADG"]
    assert [one.code for one in rcn.conditions.all()] == ["ERC_SCOPE"]
    assert NoticeRule.objects.get(participation=rcn).strength == "ENCOURAGED"
    before = NoticeRule.history.filter(participation_id=rcn.pk).order_by("-history_date")
    assert [one.strength for one in before] == ["ENCOURAGED", "REQUESTED"]


def test_a_row_is_added_with_edition_and_place_filled_in(officer, draft):
    page = officer.get(reverse("admin:directory_edition_change", args=[draft.pk]))
    link = f"{reverse('admin:directory_participation_add')}?edition={draft.pk}&amp;position=3"
    assert link in page.content.decode()
    form = officer.get(link.replace("&amp;", "&")).context["adminform"].form
    assert (form["edition"].value(), form["position"].value()) == (str(draft.pk), "3")
    nwo = AgencyFactory(slug="nwo")
    sent = form_of(row(draft, "rcn"), agency=nwo.pk, position=3, edition=draft.pk)
    sent |= {
        "notice_rule-INITIAL_FORMS": 0,
        "notice_rule-0-id": "",
        "notice_rule-0-participation": "",
    }

    saved = officer.post(reverse("admin:directory_participation_add"), sent)

    assert saved.status_code == 302, errors(saved)
    assert row(draft, "nwo").notice_rule.strength == "REQUESTED"


# what somebody enters in vr's row -> what the page says; nothing of it is saved
CONTRADICTORY = {
    "same funder": (lambda: {"agency": AgencyFactory(slug="rcn").pk}, "RCN has two rows in this list"),
    "same place": (lambda: {"position": 1}, "VR and RCN stand at the same place, 1"),
    "not needed": (
        lambda: {
            "notice_rule-0-body": AgencyFactory(slug="rcn").pk,
            "notice_rule-0-recipient": "GRANT_CONTACT", "notice_rule-0-address": "",
            "notice_rule-0-strength": "NOT_NEEDED", "notice_rule-0-trigger": "",
        },
        "RCN and VR speak of the same body, RCN",
    ),
    "condition": (
        lambda: {"conditions-TOTAL_FORMS": 1, "conditions-0-code": "ERC_SCOPE"},
        "The row of VR has a condition that is worded for ERC alone",
    ),
    "programme": (
        lambda: {"programmes": [ProgrammeFactory(agency=AgencyFactory(slug="rcn"), code="X").pk]},
        "The row of VR targets rcn/X",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CONTRADICTORY)
def test_what_contradicts_another_row_is_refused_with_both_named(officer, draft, case):
    AgencyFactory(slug="erc", acronym="ERC")
    entered, words = CONTRADICTORY[case]
    vr, sent = row(draft, "vr"), entered()
    before = checksums()

    page = officer.post(page_of(vr), form_of(vr, summary_en="Mine", **sent))

    assert page.status_code == 200
    assert words in page.content.decode().replace("&#x27;", "'")
    assert "Mine" in page.content.decode()
    assert checksums() == before


def test_without_the_question_the_contradiction_would_be_saved(officer, draft, monkeypatch):
    """Negative control of the test above."""
    monkeypatch.setattr("directory.admin.refusing.of_edition", lambda edition: ())
    vr = row(draft, "vr")

    saved = officer.post(page_of(vr), form_of(vr, **CONTRADICTORY["not needed"][0]()))

    assert saved.status_code == 302
    assert NoticeRule.objects.get(participation=vr).strength == "NOT_NEEDED"


def test_what_contradicted_before_does_not_stop_work_on_the_row(officer, draft):
    ConditionFactory(participation=row(draft, "vr"))
    vr = row(draft, "vr")
    condition = vr.conditions.get()

    saved = officer.post(page_of(vr), form_of(
        vr, **{
            "summary_en": "Better words", "conditions-TOTAL_FORMS": 1,
            "conditions-INITIAL_FORMS": 1, "conditions-0-id": condition.pk,
            "conditions-0-participation": vr.pk, "conditions-0-code": "ERC_SCOPE",
        },
    ))  # fmt: skip

    assert saved.status_code == 302, errors(saved)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("aspire@funder.exаmple", "mixes letters of different scripts"),
        ('"a b"@funder.example', "in quotation marks"),
        ("aspire@[192.0.2.1]", "number of a computer"),
    ],
)
def test_an_address_that_mail_would_not_reach_is_refused(officer, draft, address, words):
    vr = row(draft, "vr")

    page = officer.post(page_of(vr), form_of(vr, **{"notice_rule-0-address": address}))

    assert page.status_code == 200
    assert words in page.content.decode() or "Enter a valid email address" in page.content.decode()
    assert row(draft, "vr").notice_rule.address == CONTACT["address"]


def test_an_unusual_address_is_asked_about_and_saved(officer, draft):
    AgencyFactory(slug="bhf", site="https://www.heartfund.example/")
    vr = row(draft, "vr")

    saved = officer.post(
        page_of(vr), form_of(vr, **{"notice_rule-0-address": "a@heartfumd.example"})
    )

    assert saved.status_code == 302, errors(saved)
    assert row(draft, "vr").notice_rule.address == "a@heartfumd.example"
    told = [str(one) for one in get_messages(saved.wsgi_request)]
    assert any("Did you mean a@heartfund.example" in one for one in told), told


def test_a_row_without_a_rule_is_not_saved(officer, draft):
    vr = row(draft, "vr")
    none = {"notice_rule-TOTAL_FORMS": 0, "notice_rule-INITIAL_FORMS": 0}
    nwo = AgencyFactory(slug="nwo")
    sent = form_of(vr, agency=nwo.pk, position=3, edition=draft.pk) | none

    page = officer.post(reverse("admin:directory_participation_add"), sent)

    assert (page.status_code, draft.rows.count()) == (200, 2)


# -- a funder ------------------------------------------------------------------------------
def funder(officer, agency, **other):
    sent = {
        "acronym": agency.acronym, "name_en": agency.name_en, "name_ja": agency.name_ja,
        "slug": agency.slug, "country": agency.country_id, "aliases": "",
        **{f"{part}-{form}_FORMS": 0 for part in ("formats", "programmes") for form in ("TOTAL", "INITIAL")},
    }  # fmt: skip
    return officer.post(reverse("admin:directory_agency_change", args=[agency.pk]), sent | other)


def test_a_name_that_makes_a_list_ambiguous_is_refused_with_both_funders_named(officer, draft):
    rcn, vr = (AgencyFactory(slug=slug) for slug in ("rcn", "vr"))

    page = funder(officer, rcn, aliases="research council VR")

    assert page.status_code == 200
    assert "RCN and VR share the name “research council VR”" in page.content.decode()
    rcn.refresh_from_db()
    assert rcn.aliases == []
    assert funder(officer, rcn, aliases="RCNorway").status_code == 302
    assert vr.aliases == []


def programme(agency, **other):
    names = {"code": "CF", "name_en": "Fund", "name_ja": "基金", "name_own": ""}
    return names | {"agency": agency.pk} | other


SHARED = "Two programmes of RCN, A and B, share the name “A”"


def test_a_programme_called_as_another_of_its_funder_is_refused_on_its_own_page(officer, draft):
    rcn, vr = (AgencyFactory(slug=slug) for slug in ("rcn", "vr"))
    ProgrammeFactory(agency=rcn, code="A")
    add, before = reverse("admin:directory_programme_add"), checksums()

    page = officer.post(add, programme(rcn, code="B", name_own="a."))

    assert page.status_code == 200
    assert SHARED in page.content.decode()
    assert checksums() == before
    # Of another funder, and of its own by another name, it is saved.
    assert officer.post(add, programme(vr, code="B", name_own="a.")).status_code == 302
    assert officer.post(add, programme(rcn, code="B", name_own="b.")).status_code == 302
    mine = rcn.programmes.get(code="B")
    change = reverse("admin:directory_programme_change", args=[mine.pk])
    assert SHARED in officer.post(change, programme(rcn, name_en="A")).content.decode()
    mine.refresh_from_db()
    assert mine.name_en == "Fund"


def test_a_programme_called_as_another_of_its_funder_is_refused_on_the_funders_page(officer, draft):
    rcn = AgencyFactory(slug="rcn")
    ProgrammeFactory(agency=rcn, code="A")
    sent = {f"programmes-0-{name}": value for name, value in programme(rcn, code="B").items()}

    page = funder(officer, rcn, **sent | {"programmes-TOTAL_FORMS": 1, "programmes-0-name_en": "A"})

    assert SHARED in page.content.decode()
    assert [one.code for one in rcn.programmes.all()] == ["A"]
    assert funder(officer, rcn, **sent | {"programmes-TOTAL_FORMS": 1}).status_code == 302
    assert [one.code for one in rcn.programmes.all()] == ["A", "B"]


# -- hazard 5: rows that are not for this officer --------------------------------------------
@pytest.mark.parametrize(("owner", "published", "status"), [("AMED", True, 403), ("JST", False, 404), ("JST", True, 403)])  # fmt: skip
def test_posts_to_rows_of_published_lists_and_of_the_other_agencys_drafts_change_nothing(
    officer, owner, published, status
):
    more = {} if published else {"published_at": None}
    edition = EditionFactory(code="other", owner=owner, **more)
    kept = NoticeRuleFactory(participation=ParticipationFactory(edition=edition)).participation
    sent = form_of(kept, **{
        "summary_en": "Taken", "notice_rule-0-strength": "ENCOURAGED", "position": 9,
        "conditions-TOTAL_FORMS": 1, "conditions-0-code": "ERC_SCOPE",
        "programmes": [ProgrammeFactory(agency=kept.agency).pk],
    })  # fmt: skip
    before = checksums()

    assert officer.post(page_of(kept), sent).status_code == status
    added = officer.post(
        reverse("admin:directory_participation_add"),
        sent | {"edition": edition.pk, "agency": AgencyFactory(slug="new").pk},
    )

    assert added.status_code == 200
    assert "Select a valid choice" in added.content.decode()
    after = checksums()
    assert {name for name in before if before[name] != after[name]} <= {"directory_agency", "directory_historicalagency"}  # fmt: skip


# -- the edition -----------------------------------------------------------------------------
def test_the_page_of_an_edition_says_what_differs_and_what_contradicts(officer, draft):
    base = EditionFactory()
    for slug in ("rcn", "anr"):
        old = ParticipationFactory(edition=base, agency=AgencyFactory(slug=slug), position=1 + (slug == "anr"))  # fmt: skip
        NoticeRuleFactory(participation=old, strength="ENCOURAGED")
    Edition.objects.filter(pk=draft.pk).update(based_on=base, reason="r")
    ConditionFactory(participation=row(draft, "vr"))

    text = officer.get(reverse("admin:directory_edition_change", args=[draft.pk])).content.decode()

    assert "changed: strength" in text
    assert "new row" in text
    assert "Taken out since the edition before: ANR" in " ".join(text.split())
    assert "The row of VR has a condition that is worded for erc alone" in text
    assert f'<a href="{page_of(row(draft, "vr"))}">VR</a>' in text
    assert "aspire@funder.example" in text


@pytest.mark.parametrize(("field", "value"), [("as_of", "2024-06-30"), ("updated_on", "2024-07-02"), ("code", "new")])  # fmt: skip
def test_a_draft_is_not_set_before_its_base_nor_to_the_address_of_a_page(
    officer, draft, field, value
):
    base = EditionFactory()
    Edition.objects.filter(pk=draft.pk).update(based_on=base, reason="r")
    sent = {
        "code": draft.code,
        "as_of": "2024-07-01",
        "updated_on": "2024-07-03",
        "source": draft.source,
    }
    sent |= {"reason": "r", "rows-TOTAL_FORMS": 0, "rows-INITIAL_FORMS": 0, field: value}

    page = officer.post(reverse("admin:directory_edition_change", args=[draft.pk]), sent)

    assert page.status_code == 200
    assert Edition.objects.get(pk=draft.pk).as_of == date(2024, 7, 1)


@pytest.mark.parametrize("number", [1, 4])
def test_more_rows_take_no_more_statements(officer, draft, number, django_assert_num_queries):
    for place in range(number):
        more = ParticipationFactory(edition=draft, position=10 + place, agency__slug=f"a{place}")
        NoticeRuleFactory(participation=more)
        more.programmes.add(ProgrammeFactory(agency=more.agency))
    address = reverse("admin:directory_edition_change", args=[draft.pk])
    officer.get(address)

    with django_assert_num_queries(15):
        officer.get(address)


def test_every_contradiction_has_a_sentence_that_fills_its_gaps():
    params = {
        "body": "rcn", "first": "a@x.example", "second": "b@x.example", "place": "3", "name": "RC",
        "example": "1", "condition": "ERC_SCOPE", "agency": "erc", "programme": "nih/R01",
        "address": "a@x.example", "one": "CF", "other": "X",
    }  # fmt: skip
    for code in SENTENCES:
        words = contradiction_in_words(Contradiction(code, "rcn", "vr", params), {"rcn": "RCN"})
        assert "RCN" in words
        assert "%(" not in words
