"""Hazards 31 and 42: whatever is sent as the published page, it is read or refused, never half kept."""

import contextlib
import os
import random
import re
import time
from datetime import date
from functools import cache
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications import actions
from applications.actions import edition_pages
from applications.views import edition_compare
from directory import wordings
from directory.models import Edition, PublishedNote, PublishedPage, User
from directory.published_list import MOST_BYTES, Unreadable
from tests.applications import scenes
from tests.directory.pages import as_html, read, shipped
from tests.directory.pages.hostile import HEAVY, mutated
from tests.directory.seeds import checksums, load_directory

PAGES = int(os.environ.get("PAGES", "500"))
THROUGH_THE_PAGE = 5  # every fifth: it takes ten times as long as the act alone
OF_WORDINGS = {"directory_publishedpage", "directory_publishednote"}


@cache
def at_once(characters: int = MOST_BYTES) -> float:
    """CPU seconds in which so much is read here: what Python's own parser needs for as many cells.

    Measured in the same run, on a tenth: a slow machine is slow for both.
    """
    cells, began = "<td>" * (MOST_BYTES // 40), time.process_time()
    HTMLParser().feed(cells)
    return (time.process_time() - began) * characters / len(cells)


@pytest.fixture
def officer(db, client):
    load_directory()
    client.raise_request_exception = False
    client.force_login(scenes.user("officer", staff_agency="AMED", staff_role="OFFICER"))
    return client


def address() -> str:
    return reverse("applications:staff_edition_compare", args=[Edition.objects.get().code])


def sent(client, raw: bytes, *, pasted: bool, seen_on: date = date(2024, 7, 10)) -> list[str]:
    """Send a page to be kept and return what went wrong."""
    day = {f"seen_on_{at}": part for at, part in enumerate(seen_on.timetuple()[:3])}
    page = (
        {"text": raw.decode("utf-8", "replace")}
        if pasted
        else {"file": SimpleUploadedFile("page.html", raw, "text/html")}
    )
    before, began = PublishedPage.objects.count(), time.process_time()
    response = client.post(address(), day | page | {"save": "1"})
    took = time.process_time() - began
    flaws = []
    if response.status_code not in (200, 302):
        flaws.append(f"answered {response.status_code}")
    if took > at_once():
        flaws.append(f"took {took:.1f} s")
    if PublishedPage.objects.count() - before != (response.status_code == 302):
        flaws.append("kept without saying so, or not kept")
    newest = PublishedPage.objects.order_by("-pk").first()
    if newest and newest.notes.count() != newest.rows:
        flaws.append("half a page is kept")
    if b"<script>alert" in response.content or b"onerror=alert(1)>" in response.content:
        flaws.append("shown unescaped")
    return flaws


def kept(by, raw: bytes, seen_on: date) -> list[str]:
    """Do what the page does and return what went wrong; any other refusal fails the test."""
    before = PublishedPage.objects.count()
    page = None
    with contextlib.suppress(Unreadable, actions.UnreadableRows):
        page = actions.keep_published_page(
            edition_id=Edition.objects.get().pk, raw=raw, seen_on=seen_on, by=by, at=scenes.DAY
        )
    if PublishedPage.objects.count() - before != bool(page):
        return ["kept without saying so"]
    return ["half a page is kept"] if page and page.notes.count() != page.rows else []


def test_broken_pages_are_read_or_refused_and_leave_nothing_half_done(officer):
    before, by = checksums(), User.objects.get(staff_role="OFFICER")
    flaws = {}

    for number, raw in enumerate(mutated(random.Random(20240701), PAGES)):
        # Another day each: the same page is kept once a day only.
        day = date.fromordinal(date(2010, 1, 1).toordinal() + number)
        if number % THROUGH_THE_PAGE:
            flaws[number] = kept(by, raw, day)
        else:
            flaws[number] = sent(
                officer, raw, pasted=bool(number // THROUGH_THE_PAGE % 2), seen_on=day
            )

    assert {number: found for number, found in flaws.items() if found} == {}
    assert len(flaws) == PAGES
    after = checksums()
    changed = {table for table in before if before[table] != after[table]}
    assert changed == OF_WORDINGS  # some were kept, and nothing else was touched
    assert PublishedPage.objects.count() < PAGES  # and some refused


@pytest.mark.parametrize("name", HEAVY)
def test_five_megabytes_built_to_be_slow_are_read_or_refused_at_once(name):
    text, began = HEAVY[name](), time.process_time()

    try:
        read(text)
    except Unreadable:
        assert name != "ten thousand deep"

    assert time.process_time() - began < at_once()


def test_a_reader_that_goes_back_for_every_sign_is_found():
    """Negative control, on the first of the pages above, cut short."""
    text, began = HEAVY["only <"]()[:40_000], time.process_time()

    re.findall(r"<[^>]*>", text)

    assert time.process_time() - began > at_once(len(text))


@pytest.mark.parametrize("name", ["only <", "spaces in a cell", "ten thousand deep"])
def test_the_page_itself_takes_five_megabytes_sent_either_way(officer, name):
    raw = HEAVY[name]().encode()

    assert [sent(officer, raw, pasted=pasted) for pasted in (False, True)] == [[], []]


def test_a_reader_that_fails_is_found(officer, monkeypatch):
    """Negative control."""

    def careless(raw, edition):
        raise IndexError(len(raw))

    monkeypatch.setattr(edition_compare, "read_against", careless)

    assert sent(officer, as_html(shipped()).encode(), pasted=False) == ["answered 500"]


@pytest.mark.parametrize(
    ("keep", "flaws"),
    [
        (wordings.keep_page, ["answered 500"]),
        # Negative control: it is the transaction that protects.
        (
            wordings.keep_page.__wrapped__,
            ["answered 500", "kept without saying so, or not kept", "half a page is kept"],
        ),
    ],
)
def test_a_page_whose_notes_cannot_be_kept_is_not_kept(officer, monkeypatch, keep, flaws):
    monkeypatch.setattr(edition_pages, "keep_page", keep)

    def full(self, notes):
        raise RuntimeError("no room")

    monkeypatch.setattr(type(PublishedNote.objects), "bulk_create", full)

    assert sent(officer, as_html(shipped()).encode(), pasted=False) == flaws
