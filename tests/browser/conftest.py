"""A real browser before a real server: the portal filled, mails read, every page looked at by axe."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page

from applications import outbox
from applications.management.commands.demo import Command
from applications.management.practice import PASSWORD
from directory.models import Call, Edition, User
from tests.applications.scenes import load_directory
from tests.sign_in import complete

SHOTS = Path(settings.VAR) / "screenshots"
CODE = re.compile(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", re.MULTILINE)


class Walk:
    """One person at one browser: goes through pages, and each page is looked at."""

    def __init__(self, page: Page, address: str, name: str) -> None:
        self.page, self.address, self.name = page, address, name
        self.seen: list[str] = []
        self.noise: list[str] = []
        page.on("pageerror", lambda error: self.noise.append(str(error)))
        page.on("response", self.note)

    def note(self, response) -> None:
        if response.status >= 500 or (response.status == 404 and "/static/" in response.url):
            self.noise.append(f"{response.status} {response.url}")

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def at(self, pattern: str) -> None:
        """The page's address is this one (without the query)."""
        path = self.page.url.removeprefix(self.address).partition("?")[0]
        assert re.fullmatch(pattern, path), f"{path} is not {pattern}: {self.errors()}"

    def errors(self) -> str:
        summary = self.page.locator(".error-summary, .invalid-feedback, .errorlist")
        return " | ".join(summary.all_inner_texts())

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            box = self.page.locator(f'main [name="{name}"]:not([type=hidden])')
            if box.first.get_attribute("type") == "radio":
                self.page.locator(f'main [name="{name}"][value="{value}"]').check()
            elif box.first.evaluate("one => one.tagName") == "SELECT":
                box.first.select_option(value)
            else:
                box.first.fill(value)

    def day(self, name: str, value: str) -> None:
        for place, part in enumerate(value.split("-")):
            self.page.locator(f'main [name="{name}_{place}"]').fill(str(int(part)))

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).first.click()

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words).first.click()

    def look(self, name: str) -> None:
        """Let axe judge the page in full, contrast included."""
        self.seen.append(name)
        self.picture(f"{len(self.seen):02}-{name}")
        assert violations(self.page) == [], f"{name}: {self.page.url}"
        assert self.page.locator("h1").count() == 1, name

    def picture(self, name: str) -> None:
        """Keep a picture of the page, where somebody wants to look at it: PICTURES=1."""
        if os.environ.get("PICTURES"):
            SHOTS.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=SHOTS / f"{self.name}-{name}.png", full_page=True)

    def text(self) -> str:
        return self.page.locator("main").inner_text()


def violations(page: Page) -> list[tuple]:
    """What axe finds on the page: rule, help and the first elements."""
    found = Axe().run(page).response["violations"]
    return [
        (one["id"], one["help"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found
    ]


def mailed_code(recipient: str) -> str:
    """Let the worker deliver, and read the newest code as its receiver would."""
    outbox.deliver_due(now=timezone.now)
    letter = next(one for one in reversed(mail.outbox) if one.to == [recipient])
    found = CODE.search(letter.body)
    assert found, letter.body
    return found[1]


@pytest.fixture
def practice_call(transactional_db) -> Call:
    """The shipped directory, and a call that is open now; staff of both agencies."""
    load_directory()
    return Command().practice_call(Edition.objects.newest("AMED"), timezone.now())


@pytest.fixture
def account(practice_call) -> Callable[..., User]:
    """Make a verified account with the practice password."""

    def make(email: str, language: str = "en", **fields: str) -> User:
        return Command().account(email, language, **fields)

    return make


@pytest.fixture
def walk(page: Page, live_server, practice_call, request, caplog) -> Iterator[Walk]:
    page.set_default_timeout(15_000)
    name = request.node.name.removeprefix("test_").partition("[")[0]
    name = f"{name[:24]}-{request.node.callspec.params.get('language', '')}".rstrip("-")
    one = Walk(page, live_server.url, name)
    yield one
    assert one.noise == []
    # A whole journey sends nothing that a page does not ask for (aspire/stray_fields.py).
    heard = [
        record for record in caplog.get_records("call") if record.name.endswith("stray_fields")
    ]
    assert [record.getMessage() for record in heard] == []


@pytest.fixture
def sign_in(walk) -> Callable[[str, str], None]:
    def enter(email: str, language: str = "en") -> None:
        walk.go(f"/{language}/accounts/login/")
        walk.fill(login=email, password=PASSWORD)
        walk.page.locator("main form:has([name=login]) [type=submit]").click()
        walk.page.wait_for_url(lambda url: "/accounts/login" not in url)
        user = User.objects.get(email=email)
        if user.is_staff:  # as if the second factor had been shown; its own journey shows it
            cookies = {one["name"]: one["value"] for one in walk.page.context.cookies()}
            complete(SessionStore(cookies[settings.SESSION_COOKIE_NAME]), user)

    return enter
