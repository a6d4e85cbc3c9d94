"""A programme is its funder's: what another funder calls by the same name changes no verdict."""

from datetime import date

import pytest

from applications.models import Version
from applications.queries.application import workspace
from applications.queries.catalogue import edition_facts, load_catalogue
from applications.queries.effects import effect_of
from applications.queries.golden_cases import Standing, cases_of
from applications.queries.snapshots import facts_now
from applications.rules.eligibility import judge
from directory.models import Agency, Edition, Grant, Programme
from tests.applications import drafts_of_lists as lists
from tests.applications.pages import page, seen_on
from tests.applications.test_grant_forms import RUNNING
from tests.directory.factories import ProgrammeFactory
from tests.directory.seeds import load_directory

pytestmark = pytest.mark.django_db
FUND = "Canada First Research Excellence Fund"


def namesakes(owner="cihr"):
    """Programmes that are called what those of TIPS are, one by its code and one by its name."""
    agency = Agency.objects.get(slug=owner)
    ProgrammeFactory(agency=agency, code="FIRST", name_en="CFREF")
    ProgrammeFactory(agency=agency, code="CHAIR", name_en=FUND, name_ja="CERC")


# -- as typed ----------------------------------------------------------------------------------
TYPED = {
    "its code": ("TIPS", "", "CFREF", "CFREF", "FITS"),
    "its code in small letters": ("TIPS", "", "cerc", "CERC", "FITS"),
    "its name": ("TIPS", "", FUND.upper(), "CFREF", "FITS"),
    "the number tells the funder": ("", "CFREF-2015-00001", FUND, "CFREF", "FITS"),
    "the code of another funder's": ("TIPS", "", "FIRST", "FIRST", "DOES_NOT_FIT"),
    "the other funder's": ("CIHR", "", "cfref", "FIRST", "FITS"),
    "no funder": ("", "", FUND, FUND, "CANNOT_TELL"),
}


@pytest.mark.parametrize("case", TYPED)
def test_a_typed_programme_is_read_as_one_of_its_funder(case):
    agency, reference, typed, code, verdict = TYPED[case]
    load_directory()
    namesakes()

    facts = load_catalogue().typed_grant(
        agency=agency,
        reference=reference,
        programme=typed,
        starts_on=date(2022, 4, 1),
        ends_on=date(2027, 3, 31),
        country="CA",
    )

    edition = edition_facts(Edition.objects.get(code="amed-2024-07-01"))
    assert facts.programme == code
    assert judge(facts, edition, date(2024, 5, 28)).verdict == verdict


def test_every_shipped_case_answers_as_agreed_beside_namesakes():
    load_directory()
    namesakes()

    answers = cases_of(Edition.objects.get(code="amed-2024-07-01"))

    assert {one.status for one in answers} == {Standing.PASSES}
    assert {one.case.programme for one in answers} >= {"CFREF", "CERC"}


# -- as stored ---------------------------------------------------------------------------------
@pytest.fixture
def chosen(scene):
    """A team whose one grant is of TIPS, under CFREF as its holder chose it."""
    tips = Agency.objects.get(slug="tips")
    programme = Programme.objects.get(agency=tips, code="CFREF")
    scene.partner.researcher.institution.country = "CA"
    scene.partner.researcher.institution.save()
    Grant.objects.filter(pk=scene.grant.pk).update(agency=tips, programme=programme, reference="")
    return scene


@pytest.mark.parametrize("owner", ["cihr", "tips"])
def test_a_programme_that_was_chosen_stands_on_the_teams_pages_and_in_the_effect(chosen, owner):
    namesakes(owner)
    draft = lists.draft_from()
    lists.leaves(draft, "tips")

    found = effect_of(draft, [chosen.application.call_id])

    assert workspace(chosen.stored()).best_verdict == "FITS"
    assert found.verdicts["MOVES"] == {"FITS>DOES_NOT_FIT": 1}


def test_a_code_that_reads_like_another_of_its_funder_stands_as_it_was_chosen(chosen):
    alike = ProgrammeFactory(agency=Agency.objects.get(slug="tips"), code="CF-REF")
    Grant.objects.filter(pk=chosen.grant.pk).update(programme=alike)
    draft = lists.draft_from()
    lists.leaves(draft, "tips")

    assert workspace(chosen.stored()).best_verdict == "DOES_NOT_FIT"
    assert effect_of(draft, [chosen.application.call_id]).verdicts["MOVES"] == {
        "DOES_NOT_FIT>DOES_NOT_FIT": 1
    }


def test_a_sealed_programme_is_read_again_as_one_of_its_funder(chosen):
    chosen.submit()
    namesakes()

    [facts] = facts_now(Version.objects.get().content, load_catalogue()).values()

    assert (facts.agency, facts.programme) == ("tips", "CFREF")


@pytest.mark.parametrize("slug", ["cihr", "tips"])
def test_a_code_that_two_funders_use_is_stored_as_the_programme_of_the_funder_chosen(
    lead, scene, slug
):
    for owner in ("cihr", "tips"):
        ProgrammeFactory(agency=Agency.objects.get(slug=owner), code="BOTH")
    address = page("grant_add", scene, scene.partner.pk)
    typed = {"seen": seen_on(lead.get(address)), "funder": slug, "scheme": "BOTH", **RUNNING}

    answer = lead.post(address, typed)
    if answer.status_code == 200:  # TIPS does not target it: said once, and saved as it is
        told = answer.context["form"].data["told"]
        answer = lead.post(address, typed | {"told": told})

    assert answer.status_code == 302
    assert Grant.objects.latest("pk").programme.agency.slug == slug
