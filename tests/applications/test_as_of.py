"""An application asked as of another list: two explained answers, and what a replaced list changes."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from applications.models import DataUse, Role
from applications.queries.application import in_force, workspace
from applications.queries.as_of import judged_under
from applications.workflow import Status
from tests.applications import scenes
from tests.applications.lists import LATER, SHIPPED, later_list, take
from tests.applications.pages import page
from tests.directory.factories import EditionFactory, UserFactory

pytestmark = pytest.mark.django_db


def words(response) -> str:
    bare = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(bare).split())


def verdicts(response) -> list[tuple[str, str]]:
    """The two answers about each grant whose result differs."""
    return [
        tuple(side["verdict"] for side in one["sides"]) for one in response.context["differing"]
    ]


# The later list's row of RCN -> what the same grant is by each list, and what the later one says.
TWO_ANSWERS = {
    "a condition": (
        {"rcn": {"condition": "ERC_SCOPE"}},
        ("FITS", "FITS_IF"),
        "The holder has still to confirm that the collaboration involves research within the scope",
    ),
    "a programme": (
        {"rcn": {"programme": "FRIPRO"}},
        ("FITS", "CANNOT_TELL"),
        "The list names only these programmes of RCN: FRIPRO.",
    ),
    "no row": ({"nsf": {}}, ("FITS", "DOES_NOT_FIT"), "RCN is not on the list."),
    "another notice": (
        {"rcn": {"recipient": "ADDRESS", "address": "aspire@rcn.example"}},
        ("FITS", "FITS"),
        "Notice: Your funder asks you to give notice – aspire@rcn.example",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TWO_ANSWERS)
def test_the_same_grant_as_of_two_dates_has_two_explained_answers(lead, scene, case):
    rows, expected, sentence = TWO_ANSWERS[case]
    later_list(**rows)

    response = lead.get(page("match", scene, as_of="2025-04-02"), follow=True)

    assert response.redirect_chain == [(page("match_under", scene, LATER), 302)]
    assert verdicts(response) == [expected]
    text = words(response)
    assert "RCN is on the list." in text  # by the earlier list, which stands first
    assert sentence in text.partition("edition amed-2025-04-01")[2]
    # A day earlier the page still said what is in force: nothing differs.
    before = lead.get(page("match", scene, as_of="2025-04-01"), follow=True)
    assert before.redirect_chain == [(page("match_under", scene, SHIPPED), 302)]
    assert verdicts(before) == []
    assert "1 result is the same" in words(before)


def test_an_unchanged_row_of_a_later_list_differs_in_nothing(scene):
    later = later_list(rcn={})

    [pair] = judged_under(scene.stored(), in_force(scene.stored()), later)

    assert (pair.differs, pair.after.assessment.edition) == (False, LATER)


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ({"as_of": "1999-01-01"}, 200, "No list of that day is kept here."),
        ({"as_of": "soon"}, 400, "“soon” is not a day. Write it as 2024-07-10."),
        ({"edition": "none"}, 400, "No published list has the code “none”."),
    ],
)
def test_a_day_without_a_list_is_said_on_the_page(lead, scene, query, status, sentence):
    response = lead.get(page("match", scene, **query))

    assert (response.status_code, sentence in words(response)) == (status, True)
    assert response.context["grants"]  # what is in force is shown all the same


def test_a_list_that_is_not_published_is_nobodys_to_ask_by(lead, scene):
    EditionFactory(code="planned", published_at=None)

    assert lead.get(page("match_under", scene, "planned")).status_code == 404
    assert lead.get(page("match_under", scene, SHIPPED)).status_code == 200


# -- the call took another list ----------------------------------------------------------


@pytest.mark.parametrize("name", ["team", "match", "check_answers"])
def test_a_draft_is_told_that_its_list_was_replaced_and_what_differs(lead, scene, name):
    other = scenes.person(scene.application.team, Role.PARTNER, "Jo Carter", "US")
    scenes.grant(scene.application, other, "nsf", "2434229")
    same = lead.get(page(name, scene))
    take(
        scene.application.call,
        later_list(rcn={"condition": "ERC_SCOPE"}, nsf={"strength": "ENCOURAGED"}),
    )

    told = lead.get(page(name, scene))

    assert "The list was replaced on" not in words(same)
    assert re.search(r"The list was replaced on [^:]+: 1 result differs\.", words(told))
    assert f'href="{page("match_under", scene, SHIPPED)}"' in told.content.decode()
    beside = lead.get(page("match_under", scene, SHIPPED))
    assert verdicts(beside) == [("FITS", "FITS_IF")]
    assert "1 result is the same" in words(beside)


def test_a_list_replaced_where_nothing_differs_is_said_without_a_number(lead, scene):
    take(scene.application.call, later_list(rcn={}))

    assert "No result differs." in words(lead.get(page("team", scene)))


def test_only_what_happened_since_a_draft_was_begun_is_told(lead, scene):
    before = scene.application.created_at - timedelta(days=1)
    take(scene.application.call, later_list(nsf={}), at=before)

    assert "The list was replaced on" not in words(lead.get(page("team", scene)))


def test_a_list_that_came_back_is_no_news(lead, scene):
    call = scene.application.call
    first = call.edition
    take(call, later_list(nsf={}))
    take(call, first)

    assert "The list was replaced on" not in words(lead.get(page("team", scene)))


@pytest.fixture
def kept(scene):
    """A submitted application whose call took another list afterwards."""
    scene.submit()
    take(scene.application.call, later_list(nsf={}))
    return scene


def test_a_submitted_application_keeps_its_list_and_can_be_asked_as_of_another(lead, kept):
    team, match = lead.get(page("team", kept)), lead.get(page("match", kept))
    beside = lead.get(page("match_under", kept, LATER))

    assert kept.stored().status == Status.SUBMITTED
    assert "The list was replaced on" not in words(team) + words(match)
    assert "This application keeps the list as of Monday 1 July 2024" in words(match)
    assert "Kept for this application since it was submitted" in words(beside)
    assert verdicts(beside) == [("FITS", "DOES_NOT_FIT")]
    # What was asked as of another list stays a question: nothing was judged anew.
    assert (in_force(kept.stored()).code, kept.stored().best_verdict) == (SHIPPED, "FITS")


def test_staff_ask_from_their_page_of_the_application_and_are_on_record(client, kept):
    officer = UserFactory(staff_agency="AMED", staff_role="OFFICER")
    client.force_login(officer)
    own = client.get(reverse("applications:staff_application", args=[kept.pk]))
    stranger = UserFactory(staff_agency="JST", staff_role="APPROVER")

    address = page("match_under", kept, LATER)
    assert f'href="{address}"' in own.content.decode()
    assert f'action="{page("match", kept)}"' in own.content.decode()
    assert verdicts(client.get(address)) == [("FITS", "DOES_NOT_FIT")]
    read = DataUse.objects.filter(by=officer, application=kept.pk).values_list("name", flat=True)
    assert "team match_under" in read
    client.force_login(stranger)
    assert client.get(address).status_code == 404


# -- what it costs ------------------------------------------------------------------------


@pytest.mark.parametrize("grants", [1, 20])
def test_a_team_is_read_and_judged_in_as_many_statements_with_one_grant_as_with_twenty(
    scene, django_assert_num_queries, grants
):
    for number in range(grants - 1):
        scenes.grant(scene.application, scene.partner, "rcn", f"3114{number:02}")
    stored = scene.stored()
    later = later_list(rcn={"condition": "ERC_SCOPE"})

    with django_assert_num_queries(7):  # the call's edition, which ``stored`` leaves out, and six
        space = workspace(stored)
    with django_assert_num_queries(7):  # and the other list's rows
        pairs = judged_under(stored, stored.call.edition, later)

    assert (len(space.judged), sum(pair.differs for pair in pairs)) == (grants, grants)


@pytest.mark.parametrize(("moved", "more"), [(False, 0), (True, 2)])
def test_a_replaced_list_costs_statements_only_where_there_is_one(
    lead, scene, django_assert_num_queries, moved, more
):
    if moved:
        take(scene.application.call, later_list(nsf={}))

    with django_assert_num_queries(13 + more):  # the earlier list, and its rows
        lead.get(page("team", scene))
