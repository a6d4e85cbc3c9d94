"""Twin worlds: everything that each role can reach is read, and nothing of the other agency is in it."""

import io
import logging
import zipfile
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.core import mail
from django.urls import reverse

from applications import outbox
from applications.models import ApplicationQuerySet, Message
from applications.views.staff import LISTS
from tests.access.asking import clients_of, sides_of
from tests.access.routes import QUERIES, routes, values
from tests.access.worlds import World
from tests.applications.exporting import asked_for, page_of
from tests.journeys import portal

pytestmark = [
    pytest.mark.crawl,
    pytest.mark.django_db,
    pytest.mark.usefixtures("unrecorded"),
]

STAFF = [
    f"{agency}_{role}" for agency in ("amed", "jst") for role in ("viewer", "officer", "approver")
]
TEAM = ["partner", "member", "deputy", "lead"]
# Each role reads at least so many answers; all of them together are about 11,000.
FEWEST = {"visitor": 250, "team": 650, "staff": 950}


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def starts(own: World, other: World, language: str) -> list[str]:
    """Every route with the ids of both worlds; every list searched; every download; look-ups."""
    found = []
    for route in routes():
        for world in (own, other):
            address = route.at(values(route, world)) + QUERIES.get(route.name, "")
            found.append(address.replace("/en/", f"/{language}/", 1))
    # Half of a canary: what is found holds the whole, what is echoed does not.
    half = other.canaries[0][:-1]
    for name in LISTS:
        listed = reverse(f"applications:staff_{name}").replace("/en/", f"/{language}/", 1)
        file = reverse("applications:staff_export", args=[name])
        found += [f"{listed}?q={half}", f"{listed}?page=2", f"{file}?q={half}"]
        found += [f"{file}?format={form}" for form in ("csv", "csv&headers=codes", "xlsx")]
    for model, page in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        listed = reverse(f"admin:{name}_changelist")
        found += [f"{listed}?q={half}", f"{listed}?all=", f"{listed}?o=-1", f"{listed}?e=1"]
        found += [
            f"{reverse('admin:autocomplete')}?app_label={model._meta.app_label}"
            f"&model_name={model._meta.model_name}&field_name={field}&term={half}"
            for field in page.autocomplete_fields
        ]
    return found


def text_of(response) -> str:
    """All that an answer says: headers, and a file's or a workbook's every part."""
    content = getattr(response, "read", None) if response.streaming else response.content
    if content[:2] == b"PK":
        book = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(book.read(name) for name in book.namelist())
    return f"{sorted(response.headers.items())} {content.decode('utf-8', 'replace')}"


def crawled(
    role: str, amed: World, jst: World, language: str = "en", only: str = ""
) -> dict[str, str]:
    """What this role reads at each address, without the address itself (pages echo it).

    ``only`` reads the addresses that hold it, and follows no link.
    """
    asked = clients_of(amed, jst)[role]
    own, other = sides_of(role, amed, jst)
    client = portal.Visitor(raise_request_exception=False)
    client.cookies = asked.cookies
    out = reverse("account_logout")
    begin = [one for one in starts(own, other, language) if out not in one and only in one]
    seen = {one: client.get(one) for one in begin} if only else portal.crawl(client, begin, 1)
    for name in LISTS if only in "/staff/export/" else []:
        seen[f"/{language}/staff/export/{name}/?whole"] = client.post(page_of(name), asked_for())
    read = {}
    for address, response in seen.items():
        text = text_of(response)
        path = address.split("?")[0]
        for echo in (address, path, path.replace("/en/", "/ja/"), path.replace("/ja/", "/en/")):
            text = text.replace(echo, "").replace(quote(echo), "")
        read[address] = text
    return read


def by_link_of(world: World, address: str) -> bool:
    """Whether the address holds the secret of a link that was mailed in that world."""
    return any(one in address for one in (world.token, world.personal_token, world.letter_token))


def leaks(read: dict[str, str], *others: World) -> list[str]:
    """The canaries of these worlds in what was read; a mailed link opens its own world to whoever holds it."""
    return [
        f"{address}: {found}"
        for address, text in read.items()
        for other in others
        if not by_link_of(other, address)
        and (found := other.leaks(text, among_staff="/staff/" in address or "/admin/" in address))
    ]


@pytest.mark.parametrize(
    "role, language",
    [*((role, "en") for role in STAFF), ("amed_officer", "ja"), ("jst_officer", "ja")],
)
def test_staff_read_950_answers_each_and_none_holds_the_other_agencys_canary(
    worlds, role, language
):
    own, other = worlds if role.startswith("amed") else reversed(worlds)

    read = crawled(role, *worlds, language)

    assert leaks(read, other) == []
    assert len(read) >= FEWEST["staff"], len(read)
    # The crawl sees what there is: its own canary, in lists, files, workbooks and the admin.
    holding = {address.split("?")[0] for address, text in read.items() if own.leaks(text)}
    expected = {"members", "applications", "grants", "notices", "events"}
    assert {name for name in expected if f"/{language}/staff/export/{name}/" in holding or f"/en/staff/export/{name}/" in holding} == expected  # fmt: skip
    assert sum("/admin/" in one for one in holding) > 20


@pytest.mark.parametrize("role", TEAM)
def test_a_team_reads_650_answers_and_none_holds_another_teams_canary(worlds, role):
    read = crawled(role, *worlds)

    assert leaks(read, worlds[1]) == []
    assert len(read) >= FEWEST["team"], len(read)
    assert sum(bool(worlds[0].leaks(text)) for text in read.values()) > 20


@pytest.mark.parametrize("role", ["visitor", "invited"])
def test_who_is_not_signed_in_reads_250_answers_and_no_canary(worlds, role):
    read = crawled(role, *worlds)

    assert leaks(read, *worlds) == []
    # What a link opens is there, and nothing else is.
    by_link = {one for one in read if by_link_of(worlds[0], one)}
    assert by_link == {one for one, text in read.items() if worlds[0].leaks(text)} | by_link
    assert any(worlds[0].leaks(read[one]) for one in by_link)
    assert len(read) >= FEWEST["visitor"], len(read)


def test_no_mail_holds_the_other_agencys_canary(worlds):
    for own, other in (worlds, reversed(worlds)):
        messages = Message.objects.filter(application=own.application)
        texts = [f"{one.recipient} {one.subject} {one.text}" for one in messages]
        assert texts
        assert [text for text in texts if other.leaks(text)] == []
        assert all(own.leaks(text) for text in texts)

    outbox.deliver_due(now=lambda: datetime(2099, 1, 1, tzinfo=UTC))

    sent = [(one.to, str(one.message())) for one in mail.outbox]
    assert len(sent) >= 2
    for to, text in sent:
        own, other = worlds if worlds[0].leaks(to[0]) else tuple(reversed(worlds))
        assert len(to) == 1
        assert own.leaks(text)
        assert other.leaks(text) == []


@pytest.mark.parametrize("name, only", [("of_staff", "/staff/export/"), ("visible_to", "/teams/")])
def test_without_the_scope_the_crawl_sees_the_canary(worlds, monkeypatch, name, only):
    """Negative control: one scope left open is enough."""
    monkeypatch.setattr(ApplicationQuerySet, name, lambda self, user: self)

    found = leaks(crawled("amed_viewer", *worlds, only=only), worlds[1])

    assert len(found) > 5


def test_without_its_scope_a_filter_of_the_admin_names_the_others_draft(worlds, monkeypatch):
    """Negative control: the filter of rows by their edition, as it once was."""
    from directory.admin.rows import ParticipationAdmin

    monkeypatch.setattr(ParticipationAdmin, "list_filter", ("edition",))

    read = crawled("amed_viewer", *worlds, only="/admin/directory/participation/?")

    assert leaks(read, worlds[1]) != []
