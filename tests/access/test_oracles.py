"""Lists, searches and counts as oracles: whatever is asked, the answer is a part of what one may list."""

import csv
import io
import random

import pytest
from django.urls import reverse
from django.utils.http import urlencode

from applications.filters import StaffFilter
from applications.models import ApplicationQuerySet
from applications.views.staff import LISTS, OF_THE_PAGE
from tests.access.asking import sign_in
from tests.access.worlds import World
from tests.applications.exporting import asked_for, page_of
from tests.journeys.portal import Visitor

pytestmark = [pytest.mark.crawl, pytest.mark.django_db]

SEED = 20_261_124
DRAWS = 60  # for each list and role
STAFF = [("AMED", "viewer"), ("JST", "approver")]


def drawn(name: str, own: World, other: World) -> list[dict[str, str]]:
    """Parameters of a list's own filter, with values of both worlds and with nonsense."""
    chance = random.Random(f"{SEED}{name}{own.owner}")
    fields = [*LISTS[name].filter.base_filters, "page"]
    words = [
        *own.canaries, *other.canaries, own.of_the_call, other.of_the_call, own.call.code,
        other.call.code, "a", "@", "%", "_", "", "1", "2", "SUBMITTED", "DRAFT", "LEAD", "PARTNER",
        "FITS", "REQUESTED", "RECORDED", "DUE", "rcn", "erc", "true", "false", "2024-05-20", "nonsense",
    ]  # fmt: skip
    # Of a field's own kind, half the time: a list that refuses every question tells nothing.
    fitting = {
        "q": [*own.canaries, *other.canaries, "maps", "a", "@"],
        "call": [own.call.code, other.call.code],
        "state": ["SUBMITTED", "DRAFT"],
        "verdict": ["FITS", "FITS_IF"],
        "agency": ["rcn", "erc", "dfg"],
        "country": ["NO", "DE"],
        "page": ["1", "2"],
    }
    known = [field for field in fields if field in fitting]
    drawn = []
    for _draw in range(DRAWS):
        among = chance.choice([fields, known])
        asked = chance.sample(among, chance.randint(1, min(3, len(among))))
        values = chance.choice([{}, fitting])
        drawn.append({field: chance.choice(values.get(field, words)) for field in asked})
    return drawn


def rows_of(client: Visitor, name: str, asked: dict[str, str]) -> list[tuple[str, ...]] | None:
    """The rows of the download for these parameters; None where the filter cannot be read."""
    kept = {key: value for key, value in asked.items() if key != "page"}
    response = client.post(f"{page_of(name)}?{urlencode(kept)}", asked_for())
    if response.status_code == 302:
        return None
    assert response.status_code == 200
    if not response.streaming:
        return []  # no row, so there is no file
    text = response.read.decode("utf-8-sig")
    return [tuple(row) for row in csv.reader(io.StringIO(text))][1:]


def widened(client: Visitor, name: str, own: World, other: World) -> tuple[int, list[str]]:
    """How many draws were answered, and those that gave more than may be listed."""
    # By what a row is: for one funder alone its other cells tell of that funder alone.
    everything = {row[:4] for row in rows_of(client, name, {}) or []}
    answered, flaws = 0, []
    for asked in drawn(name, own, other):
        page = client.get(reverse(f"applications:staff_{name}"), asked)
        rows = rows_of(client, name, asked)
        shown = page.context["page_obj"].paginator.count if page.status_code == 200 else 0
        if rows is None:
            flaws += [f"{asked}: rows for a filter that cannot be read"] * bool(shown)
            continue
        answered += 1
        if not {row[:4] for row in rows} <= everything or (
            page.status_code == 200 and shown != len(rows)
        ):
            flaws.append(f"{asked}: {shown} counted, {len(rows)} rows")
    return answered, flaws


@pytest.mark.parametrize("owner, role", STAFF)
@pytest.mark.parametrize("name", LISTS)
def test_of_60_drawn_questions_none_gives_or_counts_more_than_one_may_list(
    worlds, name, owner, role
):
    own, other = worlds if owner == "AMED" else reversed(worlds)
    client = Visitor()
    client.cookies = sign_in(own.staff[role]).cookies

    answered, flaws = widened(client, name, own, other)

    assert flaws == []
    assert answered > 4


def test_a_filter_that_widens_is_found(worlds, monkeypatch):
    """Negative control: a search that forgets where it began."""
    from applications.models import Application

    own, other = worlds

    def forgetful(self):
        kept = self.form.cleaned_data if self.form.is_valid() else {}
        return Application.objects.order_by("pk") if kept.get("q") else self.queryset.all()

    monkeypatch.setattr(StaffFilter, "qs", property(forgetful))
    client = Visitor()
    client.cookies = sign_in(own.staff["viewer"]).cookies

    _answered, flaws = widened(client, "applications", own, other)

    assert len(flaws) > 5


def test_without_the_scope_the_count_tells(worlds, monkeypatch):
    """Negative control: the number on the page is the other agency's, too."""
    own, _other = worlds
    client = sign_in(own.staff["viewer"])
    address = reverse("applications:staff_applications")
    before = client.get(address).context["page_obj"].paginator.count
    monkeypatch.setattr(ApplicationQuerySet, "of_staff", lambda self, user: self)

    assert (before, client.get(address).context["page_obj"].paginator.count) == (1, 2)


@pytest.mark.parametrize("form", ["list", "export"])
@pytest.mark.parametrize("name", LISTS)
def test_an_unknown_parameter_is_refused_by_name_and_shows_no_row(worlds, name, form):
    own, _other = worlds
    client = Visitor()
    client.cookies = sign_in(own.staff["officer"]).cookies
    address = (
        reverse(f"applications:staff_{name}")
        if form == "list"
        else reverse("applications:staff_export", args=[name])
    )

    for query in ("group=x", "application__call__owner=JST", "q=a&Q=b", "<b>=1", "state__in=DRAFT"):
        refused = client.get(f"{address}?{query}")
        assert refused.status_code == 400, query
        assert own.leaks(refused.content.decode()) == [], query
        assert "<b>" not in refused.content.decode()
    for known in (*LISTS[name].filter.base_filters, *OF_THE_PAGE):
        value = {"page": "1", "format": "csv", "headers": "codes"}.get(known, "")
        assert client.get(f"{address}?{known}={value}").status_code == 200, known


def test_the_page_says_which_parameter_and_leads_to_the_list(worlds):
    client = sign_in(worlds[0].staff["officer"])

    page = client.get(reverse("applications:staff_members"), {"agnecy": "rcn"}).content.decode()

    assert "<li><bdi>agnecy</bdi></li>" in page
    assert f'href="{reverse("applications:staff_members")}"' in page
