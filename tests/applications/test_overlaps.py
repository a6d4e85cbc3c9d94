"""The overlap finder: what counts as the same grant and the same person, said alike by page and filter, within one agency."""

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Application, ApplicationQuerySet, Role, Team
from applications.queries.overlaps import Kind, overlaps_of
from directory.models import Agency, Call, Grant
from tests.applications import scenes
from tests.applications.screening import officer

pytestmark = pytest.mark.django_db


def elsewhere(scene, owner="AMED", **values):
    """An application of another team, with nobody and nothing in it yet."""
    call = Call.objects.get(pk=scene.application.call_id)
    call.pk, call.code, call.owner = None, f"other-{owner.lower()}", owner
    call.save()
    moments = {"created_at": scenes.DAY, "changed_at": scenes.DAY}
    team = Team.objects.create(created_at=scenes.DAY)
    return Application.objects.create(team=team, call=call, **moments, **values)


def somebody(application, name="Nobody Known", country="SE", role=Role.PARTNER, **fields):
    member = scenes.person(application.team, role, name, country)
    for field, value in fields.items():
        setattr(member.researcher, field, value)
    member.researcher.save()
    return member


def told(scene, reader):
    """What the page tells: (other application, by what, whose or which)."""
    return [
        (one.application.pk, reason.kind, reason.subject)
        for one in overlaps_of(scene.stored(), reader)
        for reason in one.reasons
    ]


def listed(reader, shares="true"):
    client = Client()
    client.force_login(reader)
    address = reverse("applications:staff_applications")
    rows = client.get(address, {"shares": shares}).context["page_obj"].object_list
    return sorted(row[-1] for row in rows)


@pytest.fixture
def reader(scene):
    return officer("reader", role="VIEWER")


@pytest.mark.parametrize(
    ("person", "kind"),
    [
        ({"email": "KARI@Example.NO"}, Kind.EMAIL),
        ({"orcid": "0000-0002-1825-0097"}, Kind.ORCID),
        ({"name": "kari　NORDMANN", "country": "NO"}, Kind.NAME),
        ({"name": "K. N.", "country": "NO", "family_latin": "Nordmann", "given_latin": "Kari"}, Kind.NAME),
        # No overlap
        ({"email": "kari@example.com"}, None),
        ({"orcid": "0000-0001-5109-3700"}, None),
        ({"name": "Kari Nordmann", "country": "SE"}, None),
        ({"name": "Ola Nordmann", "country": "NO"}, None),
        ({"name": "K. N.", "country": "NO", "family_latin": "Nordmann"}, None),
        ({"email": "kari@example.no", "role": Role.ADMINISTRATOR}, None),
    ],
)  # fmt: skip
def test_what_makes_somebody_the_same_person(scene, reader, person, kind):
    partner = scene.partner.researcher
    partner.orcid, partner.family_latin, partner.given_latin = (
        "0000-0002-1825-0097",
        "NORDMANN",
        "Kari",
    )
    partner.save()
    other = elsewhere(scene)
    somebody(other, **person)

    expected = [(other.pk, kind, "Kari Nordmann")] if kind else []
    assert told(scene, reader) == expected
    assert listed(reader) == (sorted([scene.pk, other.pk]) if kind else [])


def test_people_who_left_or_were_forgotten_and_withdrawn_applications_are_left_out(scene, reader):
    nameless = scenes.person(scene.application.team, Role.MEMBER, "–", "NO")
    nameless.researcher.institution = None
    nameless.researcher.save()
    gone = somebody(elsewhere(scene), email="kari@example.no")
    gone.removed_at = scenes.DAY
    gone.save()
    forgotten = somebody(gone.team.applications.get(), "–")
    forgotten.researcher.institution = None
    forgotten.researcher.save()
    assert (told(scene, reader), listed(reader)) == ([], [])

    somebody(gone.team.applications.get(), email="kari@example.no")
    assert len(told(scene, reader)) == 1
    scene.change(status="WITHDRAWN")
    assert (told(scene, reader), listed(reader)) == ([], [])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        # NIH: institute and serial number are the grant; activity, year and type are not.
        (("nih-nci", "R01CA123456"), ("nih-nci", "5R01CA123456-03S1"), True),
        (("nih-nci", "R01CA123456"), ("nih", "5R01 CA 123456-03"), True),
        (("nih-nci", "R01CA123456"), ("nih-nia", "3R01CA123456"), True),
        (("nih", "R01GM123456"), ("nih", "2R01GM123456-06A1"), True),
        (("nih-nci", "R01CA123456"), ("nih-nhgri", "R01HG123456"), False),
        (("nih-nci", "R01CA123456"), ("nihr", "R01CA123456"), False),
        (("nih", "no number 123456"), ("nih", "another number 123456"), False),
        # Others: funder and number
        (("rcn", "300281"), ("rcn", "300281"), True),
        (("rcn", "300281"), ("dfg", "300281"), False),
    ],
)
def test_what_makes_a_grant_the_same(scene, reader, one, other, same):
    from applications.queries.catalogue import load_catalogue

    theirs = elsewhere(scene)
    holders = scene.partner, somebody(theirs)
    for application, holder, (agency, number) in zip(
        (scene.application, theirs), holders, (one, other), strict=True
    ):
        row = scenes.grant(application, holder, agency, number)
        row.key = load_catalogue().key(agency, number)
        row.save()
    acronym = Agency.objects.get(slug=one[0]).acronym

    assert told(scene, reader) == ([(theirs.pk, Kind.GRANT, f"{acronym} {one[1]}")] if same else [])
    assert listed(reader) == (sorted([scene.pk, theirs.pk]) if same else [])


def twin(scene, owner):
    """The same grant and the same person in a team of that agency's call."""
    other = elsewhere(scene, owner, title_en=f"{owner} canary")
    holder = somebody(other, "Kari Nordmann", "NO", email="kari@example.no")
    scenes.grant(other, holder, "rcn", "311393")
    return other


def test_one_agencys_overlaps_never_appear_to_the_other(scene, reader, monkeypatch):
    # Given JST's team with AMED's team's partner and grant
    theirs = twin(scene, "JST")
    superuser = scenes.user("root", is_superuser=True, staff_agency="AMED", staff_role="APPROVER")
    jst = officer("jst", "JST", "APPROVER")

    # Then neither agency, nor who sees both, is told of an overlap
    assert [told(scene, one) for one in (reader, jst, superuser)] == [[], [], []]
    assert [listed(one) for one in (reader, jst, superuser)] == [[], [], []]
    client = Client()
    client.force_login(reader)
    opened = client.get(reverse("applications:staff_application", args=[scene.pk]))
    assert b"JST canary" not in opened.content

    # Negative control: the same team in a call of AMED's is told at once, with each reason
    Call.objects.filter(pk=theirs.call_id).update(owner="AMED")
    assert told(scene, reader) == [
        (theirs.pk, Kind.GRANT, "RCN 311393"),
        (theirs.pk, Kind.EMAIL, "Kari Nordmann"),
        (theirs.pk, Kind.NAME, "Kari Nordmann"),
    ]
    assert listed(reader) == sorted([scene.pk, theirs.pk])
    # … and without the scope JST's reader would be told of it
    assert told(scene, jst) == []
    monkeypatch.setattr(ApplicationQuerySet, "of_staff", lambda self, user: self)
    assert len(told(scene, jst)) == 3


def test_the_page_names_the_other_application_and_why_and_links_to_it(scene, reader):
    other = twin(scene, "AMED")
    client = Client()
    client.force_login(reader)

    page = client.get(reverse("applications:staff_application", args=[scene.pk])).content.decode()

    assert f'href="{reverse("applications:staff_application", args=[other.pk])}"' in page
    for words in (
        "AMED canary",
        "The same grant is named by another team.",
        "A person with the same e-mail address is in another team.",
    ):
        assert words in page
    # Once is enough: the same name says nothing more of somebody with the same address.
    assert "A person of the same name" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_finding_costs_five_statements_however_much_is_shared(
    scene, reader, django_assert_num_queries, number
):
    call = elsewhere(scene).call
    for place in range(number):
        team = Team.objects.create(created_at=scenes.DAY)
        other = Application.objects.create(
            team=team, call=call, created_at=scenes.DAY, changed_at=scenes.DAY
        )
        partner = somebody(scene.application, f"Partner {place}", email=f"p{place}@x.example")
        holder = somebody(other, f"Holder {place}", "DE", email=f"p{place}@x.example")
        for one, who in ((scene.application, partner), (other, holder)):
            scenes.grant(one, who, "dfg", f"41098138{place}")
    found = scene.stored()

    # grants and people of this team, of others; their applications
    with django_assert_num_queries(5):
        overlaps = overlaps_of(found, reader)

    assert len(overlaps) == number
    assert Grant.objects.count() == 1 + 2 * number
