"""Hold the portal's answers against the matrix: every route, as one role, on own rows and on another's."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.test import Client

from applications.access import Asks, Cell, Outcome, Row
from tests.access.asking import ask
from tests.access.routes import QUERIES, Route, nobodys, own_gaps, values
from tests.access.worlds import World

METHODS = ("GET", "HEAD", "POST", "DELETE")
# What one role of each kind is shown is asked for by HEAD and DELETE too; where the others are shown the
# same page, both would only render it twice more. Whoever is not shown it is asked by all four.
ASK_BY_EVERY_METHOD = {"visitor", "invited", "lead", "amed_officer", "superuser"}
# What any visit may write: the session, the list of one's live sessions, the counters of rate limits.
# That staff read what is personal is recorded by the visit itself: a row is added, none is changed.
OF_A_VISIT = re.compile(
    r'"(?:django_session|usersessions_usersession|portal_cache)"|INSERT INTO "applications_datause"'
)
WRITES = re.compile(r"\s*(?:INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
# They hold the address's length, the token, the time of day.
PASSING_HEADERS = {"Content-Length", "Set-Cookie", "Expires"}
DONE = {"ok", "on", "409"}  # done, or taken in and refused for the form's or the state's sake


@dataclass
class Findings:
    """What was asked, and every answer that the matrix does not foresee."""

    cells: int = 0
    twins: int = 0  # pairs of answers held against each other, byte by byte
    surprises: list[str] = field(default_factory=list)


def answer(response: Any) -> str:
    """The answer in one word."""
    status, to = response.status_code, response.get("Location", "")
    if status in (301, 302):
        return "sign in" if "/accounts/login/?next=" in to or "/admin/login/" in to else "on"
    return "ok" if status in (200, 204) else str(status)


def expected(asks: Asks, outcome: Outcome, method: str) -> set[str]:
    """The answers that a cell foresees for one method."""
    if method == "DELETE":  # no page offers it: answered as a read, or refused
        return expected(asks, outcome, "GET") | {"403", "405"}
    if method in ("GET", "HEAD"):
        page = {
            Outcome.YES: {"ok"}, Outcome.SEE: {"ok"}, Outcome.REFUSED: {"403"},
            Outcome.ABSENT: {"404"}, Outcome.SIGN_IN: {"sign in"}, Outcome.LED_ON: {"on"},
        }[outcome]  # fmt: skip
        if method == "HEAD" and outcome == Outcome.LED_ON:
            page = {"on", "ok"}
        inside = outcome not in (Outcome.ABSENT, Outcome.SIGN_IN)
        return page | {"on", "405"} if asks == Asks.DO and inside else page
    if outcome == Outcome.SIGN_IN:
        return {"sign in"}
    if asks == Asks.READ:  # a write means nothing here
        return expected(asks, outcome, "GET") | {"405"}
    return {
        Outcome.YES: DONE, Outcome.SEE: {"403"}, Outcome.REFUSED: {"403"},
        Outcome.ABSENT: {"404"}, Outcome.LED_ON: {"on", "ok", "405"},
    }[outcome]  # fmt: skip


def may_write(asks: Asks, outcome: Outcome, method: str) -> bool:
    return method == "POST" and asks != Asks.READ and outcome in (Outcome.YES, Outcome.LED_ON)


def watched(client: Client, method: str, address: str, data: Any = None) -> tuple[Any, list[str]]:
    """Ask (or post ``data``), and list the statements that wrote something but a visit's own traces."""
    written: list[str] = []

    def watch(execute, sql, params, many, context):
        if WRITES.match(sql) and not OF_A_VISIT.search(sql):
            written.append(sql.split(" WHERE")[0][:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        response = ask(client, method, address, data)
    return response, written


def bare(response: Any, address: str) -> tuple[Any, ...]:
    """An answer without what may differ: the token, and the address as it was asked for."""
    echoes = (address, address.replace("/en/", "/ja/", 1), quote(address))

    def without(text: str) -> str:
        for echo in echoes:
            text = text.replace(echo, "ADDRESS")
        return text

    headers = {k: without(v) for k, v in response.headers.items() if k not in PASSING_HEADERS}
    body = without(TOKEN.sub("", response.read.decode("utf-8", "replace")))
    return response.status_code, sorted(headers.items()), body


def check(
    client: Client,
    role: str,
    own: World,
    other: World,
    pairs: Iterable[tuple[Route, Row]],
    methods: tuple[str, ...] = METHODS,
) -> Findings:
    """Try every cell of one role."""
    found = Findings()
    for route, row in pairs:
        for words, given, outcome in sides(route, row.cells[role], own, other):
            address = route.at(given) + QUERIES.get(route.name, "")
            shown = False
            for method in methods:
                if shown and method in ("HEAD", "DELETE") and role not in ASK_BY_EVERY_METHOD:
                    continue
                response, written = watched(client, method, address)
                found.cells += 1
                met, foreseen = answer(response), expected(row.asks, outcome, method)
                shown = shown or (method == "GET" and met == "ok")
                told = f"{role}: {method} {route.name} ({words})"
                if met not in foreseen:
                    found.surprises.append(
                        f"{told} answers “{met}”; the matrix says “{outcome}” ({sorted(foreseen)})"
                    )
                if written and not may_write(row.asks, outcome, method):
                    found.surprises.append(f"{told} writes: {written[0]}")
                if met == "404" and method in ("GET", "POST") and own_gaps(route):
                    found.surprises += unlike_nothing(client, route, response, given, own, told)
                    found.twins += 1
        for method, given in mixed(route, own, other):
            found.twins += 1
            told = f"{role}: {method} {route.name} (own team, another's row)"
            response = ask(client, method, route.at(given))
            found.surprises += unlike_nothing(client, route, response, given, own, told)
            met = answer(response)
            led_on = ["on"] if row.cells[role].own == Outcome.LED_ON else []
            if met not in ("403", "404", "405", "sign in", *led_on):
                found.surprises.append(f"{told} answers “{met}”")
    return found


def sides(
    route: Route, cell: Cell, own: World, other: World
) -> Iterator[tuple[str, dict[str, Any], Outcome]]:
    """Own rows, and another's where the route has a gap that says whose row is meant."""
    yield "own", values(route, own), cell.own
    if own_gaps(route):
        yield "other's", values(route, other), cell.other


def mixed(route: Route, own: World, other: World) -> Iterator[tuple[str, dict[str, Any]]]:
    """One's own team, or one's own link, with somebody else's row in it."""
    rest = [gap for gap in own_gaps(route) if gap not in ("ref", "token")]
    if {"ref", "token"} & set(route.gaps) and rest:
        for method in ("GET", "POST"):
            yield method, {**values(route, own), **{g: values(route, other)[g] for g in rest}}


def unlike_nothing(
    client: Client, route: Route, response: Any, given: dict[str, Any], own: World, told: str
) -> list[str]:
    """A row that is not yours is answered as one that never was."""
    method = response.request["REQUEST_METHOD"]
    kept = {gap: given[gap] for gap in route.gaps if given[gap] == values(route, own)[gap]}
    absent = {**nobodys(route, own), **kept}
    asked, never = route.at(given), route.at(absent)
    if bare(response, asked) == bare(ask(client, method, never), never):
        return []
    return [f"{told} is not answered as a row that never was"]
