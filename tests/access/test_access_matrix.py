"""The matrix against the portal: every route of the resolver, every role, own rows and another's, four methods."""

import logging
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import get_resolver, path, reverse

from applications import permissions
from applications.access import ROLES, Outcome, Row, rows
from applications.models import ApplicationQuerySet, Invitation, Role
from directory.models import OwningAgency, StaffRole
from tests.access.asking import BACKEND, ask, clients_of, sides_of, sign_in
from tests.access.checker import METHODS, Findings, check, expected
from tests.access.routes import Route, routes, values
from tests.access.worlds import World
from tests.sign_in import force_login as whole_force_login

pytestmark = [
    pytest.mark.crawl,
    pytest.mark.django_db,
    pytest.mark.usefixtures("unrecorded"),
]

# A research administrator may do what a member may: tried in the member's column.
STANDS_IN = {"administrator": "member"}
TRIED = [*ROLES, *STANDS_IN]
# Of one role; all of them together are more than 22,000 (14 × 1,600).
FEWEST_CELLS = 1_600


def to_add(route: Route) -> str:
    """What to do about a route that no row names."""
    gaps = "".join(f" <{gap}>" for gap in route.gaps)
    return (
        f"{route.name} ({route.pattern}) is in no row of applications/access_matrix.csv. Add its name to "
        "a row that answers alike, or add one line: section,routes,asks,what_en,what_ja, then a cell for "
        f"each of {', '.join(ROLES)}. A cell is yes, see, 403, 404, on or sign in; with a gap, "
        f"“own / other”.{' Its gaps' + gaps + ' take their values from VALUES in tests/access/routes.py.' if gaps else ''}"
    )


def pairs(all_routes: list[Route] | None = None) -> list[tuple[Route, Row]]:
    """Each route with its one row."""
    table = list(rows())
    found = []
    for route in all_routes or routes():
        fitting = [row for row in table if row.names(route.name)]
        assert fitting, to_add(route)
        assert len(fitting) == 1, (
            f"{route.name} is in {len(fitting)} rows of the matrix, not in one"
        )
        found.append((route, fitting[0]))
    return found


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def tried(
    role: str,
    amed: World,
    jst: World,
    of: list[tuple[Route, Row]],
    methods: tuple[str, ...] = METHODS,
) -> Findings:
    client = sign_in(amed.people[role]) if role in STANDS_IN else clients_of(amed, jst)[role]
    own, other = sides_of(role, amed, jst)
    return check(client, STANDS_IN.get(role, role), own, other, of, methods)


# -- the file ------------------------------------------------------------------------------
def test_every_route_is_in_one_row_and_every_row_names_a_route():
    found = pairs()

    assert len({route.name for route, _row in found}) == len(found) > 160
    idle = [
        name
        for row in rows()
        for name in row.routes
        if not any(Row("", (name,), row.asks, "", "", {}).names(r.name) for r, _row in found)
    ]
    assert idle == [], "these names of the matrix are no routes"


def test_a_route_without_a_row_is_told_what_to_do(monkeypatch):
    """Negative control of the test above."""
    patterns = get_resolver().url_patterns
    monkeypatch.setattr(
        get_resolver(),
        "url_patterns",
        [*patterns, path("gossip/<int:who>/", to_add, name="gossip")],
    )

    with pytest.raises(AssertionError, match=r"gossip \(gossip/<int:who>/\) is in no row") as told:
        pairs()

    assert "one line: section,routes,asks,what_en,what_ja" in str(told.value)
    assert "<who> take their values from VALUES in tests/access/routes.py" in str(told.value)


def test_every_role_of_the_code_has_a_column():
    of_teams = {STANDS_IN.get(role.lower(), role.lower()) for role in Role.values}
    of_staff = {f"{a.lower()}_{r.lower()}" for a in OwningAgency.values for r in StaffRole.values}

    assert set(ROLES) == of_teams | of_staff | {"visitor", "invited", "superuser"}


def test_rows_say_what_they_are_in_both_languages_and_tell_own_from_other_alike():
    flaws = [
        row.what_en
        for row in rows()
        if not row.what_en or not row.what_ja or row.what_ja.isascii()
        or len({one.whose for name, one in row.cells.items() if one.own != Outcome.SIGN_IN}) > 1
    ]  # fmt: skip

    assert flaws == []


def test_what_no_cell_foresees_is_a_surprise():
    foreseen = {
        outcome: [sorted(expected("fill", outcome, method)) for method in ("GET", "POST")]
        for outcome in Outcome
    }

    assert foreseen == {
        "yes": [["ok"], ["409", "ok", "on"]],
        "see": [["ok"], ["403"]],
        "403": [["403"], ["403"]],
        "404": [["404"], ["404"]],
        "sign in": [["sign in"], ["sign in"]],
        "on": [["on"], ["405", "ok", "on"]],
    }


# -- the portal ----------------------------------------------------------------------------
@pytest.mark.parametrize("role", TRIED)
def test_more_than_a_thousand_cells_of_each_role_answer_as_the_matrix_says(worlds, role):
    found = tried(role, *worlds, pairs())

    assert not found.surprises, "\n".join([f"of {found.cells} cells:", *found.surprises[:30]])
    assert found.cells >= FEWEST_CELLS


@pytest.mark.parametrize("role", [one for one in TRIED if one not in ("visitor", "invited")])
def test_an_invitations_link_lets_no_other_account_answer(worlds, role):
    """The row says so in words: the page opens to whoever holds the link."""
    amed, jst = worlds
    client = sign_in(amed.people[role]) if role in STANDS_IN else clients_of(amed, jst)[role]
    address = reverse("applications:invitation", args=[amed.token])

    for act in ("confirm", "link"):
        client.post(address, {"act": act})
    client.post(reverse("applications:invitation_decline", args=[amed.token]), {"reason": "no"})

    asked = Invitation.objects.get(pk=amed.invitation.pk)
    assert (asked.ended_how, asked.membership.confirmed_at) == ("", None)
    assert asked.membership.researcher.user is None


@pytest.mark.parametrize("role", ["lead", "officer"])
def test_pages_that_open_only_after_a_proof_ask_for_it(worlds, role):
    """The matrix is asked with a session that has just proved; an older one is led to do so."""
    own = worlds[0]
    user = {**own.people, **own.staff}[role]
    stale = Client(raise_request_exception=False)
    whole_force_login(stale, user, BACKEND)
    own = replace(own, asking=user)

    pages = [(r, row) for r, row in pairs() if "only after proving again" in row.what_en]
    assert len(pages) == 7
    for route, row in pages:
        for method in ("GET",) if row.asks == "read" else ("GET", "POST"):
            answer = ask(stale, method, route.at(values(route, own)))
            to = answer.get("Location", "")
            assert "/reauthenticate/" in to, (method, route.name, answer.status_code, to)


def team_pages() -> list[tuple[Route, Row]]:
    return [(route, row) for route, row in pairs() if row.section in ("team", "staff")]


@pytest.mark.parametrize("role", ["lead", "jst_officer"])
def test_without_the_scope_the_matrix_is_broken(worlds, monkeypatch, role):
    """Negative control: teams and staff lists open to everybody."""
    monkeypatch.setattr(ApplicationQuerySet, "visible_to", lambda self, user: self)
    monkeypatch.setattr(ApplicationQuerySet, "of_staff", lambda self, user: self)

    found = tried(role, *worlds, team_pages(), ("GET",))

    assert len(found.surprises) > 30
    assert any("GET applications:team (other's) answers “ok”" in one for one in found.surprises)


def test_without_the_question_who_may_the_matrix_is_broken(worlds, monkeypatch):
    """Negative control: everybody inside may do everything."""
    monkeypatch.setattr(permissions, "may", lambda user, act, application: True)

    found = tried("partner", *worlds, team_pages(), ("POST",))

    assert len(found.surprises) > 20
    assert any("POST applications:withdraw (own)" in one for one in found.surprises)


def test_a_different_not_found_page_for_what_exists_is_noticed(worlds, monkeypatch):
    """Negative control: the two absences differ in a comma."""
    from django.http import HttpResponseNotFound

    def shown(request, ref, **rest):
        known = worlds[1].application.team.ref == ref
        return HttpResponseNotFound("Not found," if known else "Not found")

    chosen = [(route, row) for route, row in team_pages() if route.name == "applications:team"]
    pattern = next(
        entry
        for entry in _patterns(get_resolver())
        if entry.name == "team" and "ref" in str(entry.pattern)
    )
    monkeypatch.setattr(pattern, "callback", shown)

    found = tried("lead", *worlds, chosen)

    assert any("(other's) is not answered as a row that never was" in s for s in found.surprises)


def _patterns(resolver):
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from _patterns(entry)
        else:
            yield entry
