"""Headers on every answer, the token on every write."""

import pytest

from tests.journeys import portal
from tests.journeys.test_every_page import PUBLIC, starts

pytestmark = [pytest.mark.crawl, pytest.mark.django_db]

POLICY = {
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}
OF_LINKS = [
    name
    for name in PUBLIC
    if name.split(":")[-1].startswith(("invitation", "personal", "acknowledge"))
]
# Files that somebody uploaded: nothing in them runs, and no page holds them.
POLICY_OF_FILES = {"sandbox", "default-src 'none'", "frame-ancestors 'none'"}


def lacks(response) -> list[str]:
    """The protections that an answer goes without."""
    policy = set(response.get("Content-Security-Policy", "").split("; "))
    # The address of a page behind a mailed link is a secret: no page of ours learns it either.
    referrer = "strict-origin" if response.has_header("X-Robots-Tag") else "same-origin"
    found = {
        "Content-Security-Policy": policy in (POLICY, POLICY_OF_FILES),
        "X-Content-Type-Options": response.get("X-Content-Type-Options") == "nosniff",
        "Referrer-Policy": response.get("Referrer-Policy") == referrer,
        "X-Frame-Options": response.get("X-Frame-Options") == "DENY",
    }
    return [name for name, kept in found.items() if not kept]


@pytest.mark.parametrize("who", ["", portal.LEAD, portal.OFFICER])
def test_every_answer_carries_the_protections(who):
    portal.fill()
    client = portal.signed_in(who)

    more = ["/", "/en", "/en/nothing/", "/admin/", "/admin/directory/agency/"]
    seen = {address: client.get(address) for address in [*starts("en"), *more]}

    assert {address: lacks(one) for address, one in seen.items() if lacks(one)} == {}
    behind_links = {a: one for a, one in seen.items() if "0123456789" in a}
    assert len(behind_links) == len(OF_LINKS)
    for address, one in behind_links.items():
        assert "no-store" in one["Cache-Control"], address
        assert one["X-Robots-Tag"] == "noindex, nofollow", address
    if who:
        kept = {
            address
            for address, one in seen.items()
            if address not in ("/", "/en")  # redirects to the page's language: nothing personal
            and not {"no-store", "private"} <= set(one.get("Cache-Control", "").split(", "))
        }
        assert kept == set(), "a shared cache would keep these pages of a person"


@pytest.mark.parametrize("who", ["", portal.LEAD])
def test_error_answers_carry_the_protections_too(settings, who):
    settings.ROOT_URLCONF = "tests.journeys.test_every_page"
    portal.fill()
    client = portal.signed_in(who)
    answers = {
        400: client.get("/en/funders/?q=%00"),
        403: portal.signed_in(who, enforce_csrf_checks=True).post("/en/accounts/login/"),
        404: client.get("/en/nothing-here/"),
        500: client.get("/broken/"),
    }

    assert {status: one.status_code for status, one in answers.items()} == {s: s for s in answers}
    assert {status: lacks(one) for status, one in answers.items()} == {s: [] for s in answers}


def test_a_forged_host_is_answered_with_the_protections():
    response = portal.Visitor(raise_request_exception=False).get(
        "/en/", headers={"host": "evil.example"}
    )

    assert response.status_code == 400
    assert lacks(response) == []


def test_an_answer_without_them_is_caught():
    """Negative control."""
    from django.http import HttpResponse

    assert lacks(HttpResponse()) == [
        "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options",
    ]  # fmt: skip


def test_production_answers_ask_for_encryption(settings):
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    portal.fill()

    response = portal.Visitor().get("/en/", secure=True)

    value = "max-age=63072000; includeSubDomains; preload"
    assert response.get("Strict-Transport-Security") == value


@pytest.mark.parametrize("who", ["", portal.LEAD, portal.OFFICER])
def test_a_write_without_the_token_is_refused_on_every_route(who):
    portal.fill()
    client = portal.signed_in(who, enforce_csrf_checks=True)
    before = portal.checksum()

    answers = {address: client.post(address).status_code for address in starts("en")}

    assert {a: status for a, status in answers.items() if status not in (403, 405)} == {}
    assert portal.checksum() == before


def test_with_a_token_the_same_write_is_let_through():
    """Negative control: it was the token that was missing."""
    portal.fill()
    client = portal.signed_in("", enforce_csrf_checks=True)
    client.get("/en/accounts/login/")
    token = client.cookies["csrf"].value

    response = client.post("/en/accounts/login/", {"csrfmiddlewaretoken": token})

    assert response.status_code == 200
