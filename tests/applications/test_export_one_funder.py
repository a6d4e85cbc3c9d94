"""One funder's report: a file of a list that was asked for one funder holds nothing of another."""

import pytest

from applications.exports import EXPORTS, applications
from tests.applications.exporting import csv_rows, page_of, text_of, whole_file
from tests.applications.factories import MembershipFactory, NoticeFactory, ReliedGrantFactory
from tests.applications.twins import world
from tests.directory.factories import AgencyFactory, GrantFactory, InstitutionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def amed(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return world("AMED")


def two_funders(amed):
    """Two partners of one team hold grants of two funders; every value of the second is marked."""
    other = AgencyFactory(slug="ssf", acronym="SSF")
    second = MembershipFactory(
        team=amed.application.team,
        researcher__name="Sven utterly",
        researcher__email="sven@utterly.example",
        researcher__institution=InstitutionFactory(country="SE", name="utterly universitet"),
    )
    grant = GrantFactory(
        holder=second.researcher, agency=other, reference="utterly-9", title="utterly grant"
    )
    relied = ReliedGrantFactory(
        application=amed.application, grant=grant, verdict="FITS", reasons="grant_is_running=MET"
    )
    NoticeFactory(
        application=amed.application, holder=second, agency=other, recipient_name="utterly officer"
    )
    return relied


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("name", ["applications", "grants", "notices"])
def test_the_report_for_one_funder_holds_nothing_of_another(client, amed, name, form):
    two_funders(amed)
    client.force_login(amed.staff)

    page = client.get(f"{page_of(name)}?agency=rcn")
    ours = [
        text_of(whole_file(client, name, "agency=rcn", format=form, headings=headings))
        for headings in ("CODES", "WORDS")
    ]
    all_of_it = text_of(whole_file(client, name, "", format=form))

    assert page.context["rows"] == 1
    for text in ours:
        assert "kanaria" in text
        for mark in ("utterly", "ssf", "SSF"):
            assert mark not in text
    assert "utterly" in all_of_it  # the mark is seen where it may be


OF_SEVERAL = ("partners", "countries", "agencies", "best_verdict")


@pytest.mark.parametrize(
    "agency, cells",
    [
        ("", ["Kari kanaria; Sven utterly", "NO;SE", "rcn;ssf", "FITS"]),
        ("rcn", ["Kari kanaria", "NO", "rcn", "FITS_IF"]),
        ("ssf", ["Sven utterly", "SE", "ssf", "FITS"]),
    ],
)
def test_an_application_is_told_by_the_grants_of_the_funder(client, amed, agency, cells):
    two_funders(amed)
    client.force_login(amed.staff)

    heading, row = csv_rows(whole_file(client, "applications", f"agency={agency}"))

    assert [row[heading.index(one)] for one in OF_SEVERAL] == cells


def test_what_was_submitted_is_told_by_the_funder_too():
    """A row that stands as it was submitted speaks of people by their keys in that version."""
    row = [""] * (applications.BESIDE + 7)
    row[applications.BEST] = "FITS"
    row[applications.PARTNERS] = [("Kari", "NO", "P1"), ("Sven", "SE", "P2")]
    row[applications.FUNDERS] = [
        ("rcn", "RCN", "P1", "DOES_NOT_FIT"),
        ("rcn", "RCN", "P1", "CANNOT_TELL"),
        ("ssf", "SSF", "P2", "FITS"),
    ]

    told = applications._of_funder(tuple(row), "rcn")

    assert len(told) == len(row)
    assert told[applications.BEST] == "CANNOT_TELL"
    assert told[applications.PARTNERS] == [("Kari", "NO", "P1")]
    assert [one[0] for one in told[applications.FUNDERS]] == ["rcn", "rcn"]


def test_without_the_report_the_other_funder_would_be_found(client, amed, monkeypatch):
    """The control: the same list, read as it is for everybody."""
    two_funders(amed)
    client.force_login(amed.staff)
    monkeypatch.setattr(
        type(EXPORTS["applications"]),
        "rows_for",
        lambda self, queryset, funder: self.rows(queryset),
    )

    assert "utterly" in text_of(whole_file(client, "applications", "agency=rcn"))
