"""The staff's list of applications at work: numbers beside the choices, a search in every script, one view kept."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from applications.actions.drafting import touch
from applications.models import Application, Role
from applications.queries import facets
from directory.models import Country, User
from tests.applications import scenes
from tests.applications.factories import (
    CREATED_AT,
    SUBMITTED_AT,
    ApplicationFactory,
    MembershipFactory,
    ReliedGrantFactory,
)
from tests.applications.screening import officer
from tests.directory.factories import (
    AgencyFactory,
    CallFactory,
    GrantFactory,
    InstitutionFactory,
    ResearcherFactory,
)

pytestmark = pytest.mark.django_db
LIST = "applications:staff_applications"
COUNTED = ("call", "state", "verdict", "explained", "assigned", "country", "agency")


def desk(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def call(db):
    return CallFactory(owner="AMED")


@pytest.fixture
def me(call):
    return officer("me")


def application(call, *, country="NO", agency="rcn", **values):
    """A submitted application with a partner there who holds a grant of that funder."""
    found = ApplicationFactory(call=call, submitted=True, **values)
    who = ResearcherFactory(institution=InstitutionFactory(country=country))
    MembershipFactory(team=found.team, researcher=who)
    grant = GrantFactory(holder=who, agency=AgencyFactory(slug=agency, acronym=agency.upper()))
    ReliedGrantFactory(application=found, grant=grant, verdict="FITS")
    return found


@pytest.fixture
def several(call, me):
    """Applications that differ in everything that is counted, and one of the other agency."""
    hers = officer("hers")
    found = [
        application(call, status="SCREENING", assigned_to=me),
        application(call, status="SCREENING", assigned_to=hers, country="DE", agency="dfg"),
        application(call, best_verdict="NOT_LISTED", explanation="Why", agency="dfg"),
        application(call, country="DE", agency="dfg", assigned_to=me),
    ]
    # A second partner and a second grant there count the application once; a former one does not.
    MembershipFactory(
        team=found[0].team, researcher__institution=InstitutionFactory(country="NO", name="Two")
    )
    MembershipFactory(
        team=found[0].team,
        researcher__institution=InstitutionFactory(country="FR"),
        removed_at=SUBMITTED_AT,
    )
    ApplicationFactory(call=call)  # a draft without anybody
    application(CallFactory(code="jst-2026-1", owner="JST"), country="SE", agency="src")
    return found


def choices(page, name):
    """The choices of one filter as they are shown: value and the number beside it."""
    shown = page.context["form"].fields[name].choices
    return {
        value: int(str(label).rpartition("(")[2].rstrip(")")) for value, label in shown if value
    }


@pytest.mark.parametrize(
    "others",
    [
        {},
        {"state": "SCREENING"},
        {"agency": "dfg", "assigned": "me"},
        {"q": "maps"},
        {"call": "{call}"},
    ],
)
def test_each_number_is_how_many_the_list_then_shows(several, me, others):
    client = desk(me)
    others = {name: value.format(call=several[0].call.code) for name, value in others.items()}
    page = client.get(reverse(LIST), others)

    for name in COUNTED:
        for value, number in choices(page, name).items():
            then = client.get(reverse(LIST), {**others, name: value})
            assert then.context["form"].errors == {}
            assert then.context["page_obj"].paginator.count == number, (name, value)


def test_the_numbers_in_plain_words(several, me):
    page = desk(me).get(reverse(LIST))

    assert choices(page, "country") == {"DE": 2, "NO": 2}  # of the world's, those that occur
    assert {key: one for key, one in choices(page, "state").items() if one} == {
        "DRAFT": 1, "SUBMITTED": 2, "SCREENING": 2
    }  # fmt: skip
    found = choices(page, "assigned")
    hers = str(User.objects.get(email="hers@example.org").pk)
    assert found == {"me": 2, "nobody": 2, str(me.pk): 2, hers: 1}
    assert "src" not in [key for key, one in choices(page, "agency").items() if one]
    assert "Germany (2)" in page.content.decode()


def test_a_filter_in_use_is_named_without_its_number(several, me):
    page = desk(me).get(reverse(LIST), {"state": "SCREENING"}).content.decode()

    assert "State: In screening <span" in " ".join(page.split())
    assert "In screening (2)" in page  # the choice itself


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("asked", "statements"),
    [
        # session, account; calls, colleagues and funders to choose; how many, together, calls,
        # what was changed, countries, funders; page, people, funders; whether recorded today, the
        # record; switch of mail
        ({}, 17),
        ({"q": "maps", "country": "NO", "agency": "rcn", "assigned": "nobody", "order": "last"}, 17),
        ({"shares": "false"}, 19),  # … grants and people of all teams
    ],
)  # fmt: skip
def test_numbers_cost_the_same_for_three_rows_as_for_one(
    call, me, django_assert_num_queries, asked, statements, number
):
    for _row in range(number):
        application(call)
    client = desk(me)

    with django_assert_num_queries(statements):
        page = client.get(reverse(LIST), asked)

    assert len(page.context["rows"]) == number


def test_of_too_many_applications_no_numbers_are_shown_and_the_page_says_so(
    several, me, monkeypatch
):
    monkeypatch.setattr(facets, "MOST_FACETED", 4)
    page = desk(me).get(reverse(LIST))

    offered = {value for value, _label in page.context["form"].fields["country"].choices if value}
    assert offered == set(Country.objects.values_list("pk", flat=True)) - {"EU"}
    assert "Choose a call to see them." in page.content.decode()
    assert "In screening (" not in page.content.decode()
    monkeypatch.setattr(facets, "MOST_FACETED", 5)
    assert "Choose a call" not in desk(me).get(reverse(LIST)).content.decode()


# -- search ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "typed",
    [
        *("山田", "花子", "山田花子", "山田 花子", "山田　花子"),
        *("やまだ", "ヤマダ", "ﾔﾏﾀﾞ", "やまだ はなこ", "ヤマダハナコ", "ﾔﾏﾀﾞﾊﾅｺ"),
        *("Yamada", "YAMADA Hanako", "hanako yamada", "ｙａｍａｄａ"),
        *("細胞", "memory CELLS", "University of JP", "lead@example.org", "山田 yamada やまだ"),
    ],
)
def test_a_lead_is_found_by_kanji_kana_and_romaji(scene, typed):
    lead = scene.application.team.memberships.get(role=Role.LEAD)
    values = {"reading": "やまだ　はなこ", "family_latin": "Yamada", "given_latin": "Hanako"}
    for name, value in values.items():
        setattr(lead.researcher, name, value)
    lead.researcher.save()
    touch(scene.stored(), scenes.DAY)
    client = desk(officer("viewer", role="VIEWER"))

    found = client.get(reverse(LIST), {"q": typed})

    assert len(found.context["rows"]) == 1
    assert client.get(reverse(LIST), {"q": f"{typed} zebra"}).context["rows"] == []


def test_a_receipt_number_is_found_and_the_page_says_what_is_searched(scene):
    receipt = scene.submit().receipt
    client = desk(officer("viewer", role="VIEWER"))

    page = client.get(reverse(LIST), {"q": receipt.lower()})

    assert [row["name"] for row in page.context["rows"]] == [receipt]
    assert "the lead’s name in kanji, kana and Latin letters" in page.content.decode()


# -- the view -------------------------------------------------------------------------------------
@pytest.fixture
def ordered(call):
    """Five of one state with one of another between; two share a moment."""
    found = []
    for place, status in enumerate(["SCREENING"] * 2 + ["ACCEPTED"] + ["SCREENING"] * 3):
        moment = SUBMITTED_AT + timedelta(days=place if place != 4 else 3)
        found.append(ApplicationFactory(call=call, submitted=True, status=status))
        changed = CREATED_AT - timedelta(days=place)
        Application.objects.filter(pk=found[-1].pk).update(submitted_at=moment, changed_at=changed)
    found.append(
        ApplicationFactory(call=call, changed_at=CREATED_AT - timedelta(days=9))
    )  # a draft
    return [one.pk for one in found]


def walk(client, first, step):
    """Go through the list by one of the page's links; give back what was opened."""
    opened, address = [], first
    while address:
        page = client.get(address)
        assert page.status_code == 200
        opened.append(page.context["application"].pk)
        address = page.context[step]
    return opened


@pytest.mark.parametrize("asked", [{}, {"order": "first"}, {"order": "last"}, {"state": "SCREENING"},
                                   {"state": "SCREENING", "order": "last", "q": "immune"}])  # fmt: skip
def test_next_and_previous_go_through_the_list_as_it_is_shown(ordered, me, asked):
    client = desk(me)
    rows = client.get(reverse(LIST), asked).context["rows"]
    listed = [int(row["url"].partition("?")[0].rstrip("/").rpartition("/")[2]) for row in rows]
    assert len(listed) == (5 if "state" in asked else 7)

    assert walk(client, rows[0]["url"], "after_url") == listed
    assert walk(client, rows[-1]["url"], "before_url") == listed[::-1]


def test_the_orders_are_by_change_and_by_submission_with_drafts_last(ordered, me):
    client = desk(me)

    def listed(**asked):
        rows = client.get(reverse(LIST), asked).context["page_obj"].object_list
        return [ordered.index(row[-1]) for row in rows]

    assert listed() == [0, 1, 2, 3, 4, 5, 6]
    assert listed(order="first") == [0, 1, 2, 3, 4, 5, 6]
    assert listed(order="last") == [5, 4, 3, 2, 1, 0, 6]


def test_the_view_survives_an_application_its_acts_and_the_way_back(ordered, me):
    client, asked = desk(me), "?state=SCREENING&order=first&page=1"
    row = client.get(reverse(LIST) + asked).context["rows"][0]
    assert row["url"] == reverse("applications:staff_application", args=[ordered[0]]) + asked

    page = client.get(row["url"])
    assert page.context["list_url"] == reverse(LIST) + asked
    html = page.content.decode()
    kept = asked.replace("&", "&amp;")
    for name, more in (("staff_assign", []), ("staff_note", []), ("staff_decide", ["accept"])):
        assert reverse(f"applications:{name}", args=[ordered[0], *more]) + kept in html

    # Through the act, its letter and back: the same view
    address = reverse("applications:staff_decide", args=[ordered[0], "accept"]) + asked
    form = client.get(address).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    letter = client.post(address, sent)
    assert letter.url.endswith(asked)
    assert row["url"].replace("&", "&amp;") in client.get(letter.url).content.decode()
    # The application left the view; what stood after it still does.
    after = client.get(row["url"]).context["after_url"]
    assert after == reverse("applications:staff_application", args=[ordered[1]]) + asked
    note = reverse("applications:staff_note", args=[ordered[0]]) + asked
    assert client.post(note, {"text": "Look again"}).url == row["url"] + "#notes"


@pytest.mark.parametrize("asked", ["?state=NO_SUCH", "?sate=SCREENING", "?call=other"])
def test_a_view_that_the_list_does_not_know_offers_no_neighbours(ordered, me, asked):
    client = desk(me)
    page = client.get(reverse("applications:staff_application", args=[ordered[1]]) + asked)

    assert page.status_code == 200
    assert "after_url" not in page.context


def test_neighbours_are_of_ones_own_agency_alone(ordered, me, call):
    theirs = ApplicationFactory(call=CallFactory(code="jst-2026-1", owner="JST"))
    Application.objects.filter(pk=theirs.pk).update(changed_at=CREATED_AT + timedelta(days=1))

    opened = desk(me).get(reverse("applications:staff_application", args=[ordered[0]]))

    assert opened.context["before_url"] is None


@pytest.mark.parametrize("number", [2, 6])
@pytest.mark.parametrize(("asked", "more"), [("", 0), ("?state=SCREENING&order=first", 3)])
def test_neighbours_cost_the_same_however_long_the_list(
    call, me, django_assert_num_queries, asked, more, number
):
    rows = [
        ApplicationFactory(call=call, submitted=True, status="SCREENING") for _row in range(number)
    ]
    address = reverse("applications:staff_application", args=[rows[1].pk])
    client = desk(me)
    client.get(address)

    # 33 of the page itself with nobody in the team, of which two are the neighbours; with a filter
    # calls, colleagues and funders to choose, too
    with django_assert_num_queries(33 + more):
        client.get(address + asked)
