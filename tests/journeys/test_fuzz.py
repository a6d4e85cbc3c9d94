"""Five thousand drawn requests, the same on every run: refused or answered, never a 5xx."""

import logging
import random
import re
from io import BytesIO

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from aspire.urls import urlpatterns as portal_urlpatterns
from tests.journeys import portal

REQUESTS = 5_000
SEED = 20_261_123
VERBS = ["GET"] * 10 + ["POST"] * 8 + ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "BREW"]
# As bytes on the wire: NUL, controls, lone surrogates, broken UTF-8, direction marks, quotes.
NASTY = [
    b"", b"\0", b"a\0b", b"%00", b"%2500", b"\x01\x02\x1b\x7f\x85", b"\r\nSet-Cookie: a=b",
    b"\xed\xa0\x80", b"\xed\xbf\xbf", b"%ED%A0%80", b"\xff\xfe", b"\xc0\x80", b"\xf5\x90\x80\x80",
    b"\xef\xbf\xbe", "\u202e\u200b\u2066".encode(), "髙﨑福".encode(), "ﾊﾝｶｸ".encode(),
    b"'\"<script>", b"' OR 1=1 --", b"${7*7}{{7*7}}%(x)s%s", b"../../../../etc/passwd", b"=1+1",
    b"-1", b"0", b"99999999999999999999999", b"1e999", b"NaN", b"9223372036854775808", b"\\", b"*(",
    b"0000-00-00", b"9999-12-31", b"10000-01-01", b"2026-02-30", "２０２６".encode(), b"None", b"[]",
    b"Asia/Tokyo/../../x", b"/etc/localtime", b"JP", b"nih-nci", b"5R01CA123456-03", b"other",
    b"2026-11-23", b"amed-2024-07-01", b"practice", b"healthcare", b"on", b"codes", b"?&=;#",
]  # fmt: skip
FIELDS = [
    "q", "field", "country", "agency", "programme", "reference", "starts_on", "ends_on", "on",
    "edition", "page", "sort", "o", "zone", "next", "headers", "format", "state", "status", "call",
    "seen", "act", "name", "family_latin", "reading", "email", "login", "password", "code",
    "title_ja", "title_en", "abstract_en", "area", "years", "budget_jpy", "explanation", "reason",
    "institution_name", "institution_country", "erad_number", "record-done_on", "record-channel",
    "draft-text", "draft-seen", "csrfmiddlewaretoken", "csv", "text", "action", "\0", "a[]", "",
]  # fmt: skip
COOKIES = ["session", "csrf", "django_language", "zone", "messages", "__Host-session"]
HEADERS = [
    "HTTP_ACCEPT_LANGUAGE", "HTTP_REFERER", "HTTP_ORIGIN", "HTTP_USER_AGENT", "HTTP_ACCEPT",
    "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_NONE_MATCH", "HTTP_RANGE", "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST", "HTTP_X_REQUESTED_WITH", "HTTP_HOST", "HTTP_ACCEPT_ENCODING",
]  # fmt: skip


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.GET["a"])


urlpatterns = [path("en/broken/", broken), *portal_urlpatterns]


class Draw:
    """Draws one request after another from a seeded generator."""

    def __init__(self, addresses: list[str]) -> None:
        self.random = random.Random(SEED)
        self.addresses = addresses

    def value(self) -> bytes:
        chance = self.random.random()
        if chance < 0.8:
            return self.random.choice(NASTY)
        if chance < 0.9:
            return self.random.choice(NASTY) + self.random.choice(NASTY)
        if chance < 0.995:
            return self.random.randbytes(self.random.randrange(40))
        return b"x" * 1_000_000 if self.random.random() < 0.3 else b"y" * 5_000

    def quoted(self, most: int = 6) -> bytes:
        pairs = []
        if self.random.random() < 0.003:
            return b"&".join(b"f%d=1" % number for number in range(10_001))
        for _field in range(self.random.randrange(most)):
            value = self.value()
            if self.random.random() < 0.8:
                value = b"".join(b"%%%02X" % byte for byte in value[:3000]) + value[3000:]
            pairs.append(self.random.choice(FIELDS).encode() + b"=" + value)
        return b"&".join(pairs)

    def path(self) -> bytes:
        address = self.random.choice(self.addresses).encode()
        if self.random.random() < 0.6:
            return address
        parts = address.split(b"/")
        parts[self.random.randrange(1, len(parts))] = self.value()[:2000]
        return b"/".join(parts)

    def multipart(self) -> tuple[str, bytes]:
        line = b"--edge\r\n"
        body = b""
        for _part in range(self.random.randrange(4)):
            name = self.random.choice(FIELDS).encode()
            file = self.random.choice([b"", b'; filename="' + self.value()[:300] + b'"'])
            head = self.random.choice([b"", b"Content-Type: text/csv\r\n", b"Content-Type: \0\r\n"])
            body += line + b'Content-Disposition: form-data; name="' + name + b'"' + file
            body += b"\r\n" + head + b"\r\n" + self.value() + b"\r\n"
        body += self.random.choice(
            [b"--edge--\r\n", b"--edge", b"", b"\r\n", b"--edge--\r\n--edge"]
        )
        if self.random.random() < 0.2:
            body = body[: self.random.randrange(len(body) + 1)]
        edges = ["; boundary=edge"] * 5 + [
            "",
            "; boundary=",
            "; boundary=\xff",
            "; boundary=" + "e" * 300,
        ]
        return "multipart/form-data" + self.random.choice(edges), body

    def request(self) -> dict:
        verb, body, kind = self.random.choice(VERBS), b"", ""
        if verb not in ("GET", "HEAD"):
            chance = self.random.random()
            if chance < 0.5:
                kind, body = "application/x-www-form-urlencoded", self.quoted(12)
            elif chance < 0.9:
                kind, body = self.multipart()
            else:
                kinds = [
                    "application/json",
                    "text/plain; charset=\xff",
                    "x",
                    "text/x; charset=utf-99",
                ]
                kind, body = self.random.choice(kinds), self.value()
        environ = {
            "PATH_INFO": self.path().decode("latin-1"),
            "QUERY_STRING": self.quoted().decode("latin-1"),
        }
        if self.random.random() < 0.15:
            names = self.random.sample(COOKIES, 2)
            cookies = [f"{name}={self.value()[:500].decode('latin-1')}" for name in names]
            environ["HTTP_COOKIE"] = "; ".join(cookies)
        if self.random.random() < 0.15:
            environ[self.random.choice(HEADERS)] = self.value()[:500].decode("latin-1")
        if self.random.random() < 0.02:
            environ["CONTENT_LENGTH"] = self.random.choice(["", "x", "-1", "999999999", "1"])
            # A server's stream ends where the bytes end; the client's own refuses to be read past them.
            environ["wsgi.input"] = BytesIO(body)
        return {"method": verb, "path": "/", "data": body, "content_type": kind, **environ}


def answers(clients: list[portal.Visitor], addresses: list[str], count: int):
    """Send ``count`` drawn requests; give back each with its status."""
    draw = Draw(addresses)
    for number in range(count):
        request = draw.request()
        client = clients[number % len(clients)]
        keep = client.cookies.copy()
        response = client.generic(**request)
        client.cookies = keep  # a refused visit must not end the next one's session
        yield request, response


@pytest.fixture
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.django_db
def test_five_thousand_drawn_requests_and_not_one_failure(quiet):
    portal.fill()
    values = portal.samples()
    addresses = [
        route.at(values, language)
        for route in portal.routes()
        for language in ("en", "ja")
        if route.name != "account_logout"
    ] + ["/", "/admin/", "/admin/login/", "/static/x.css", "/favicon.ico", "/en/nothing/"]
    clients = [
        portal.signed_in(who, enforce_csrf_checks=strict)
        for who in ("", portal.LEAD, portal.OFFICER)
        for strict in (False, True)
    ]

    statuses: dict[int, int] = {}
    failures, traces = [], []
    for request, response in answers(clients, addresses, REQUESTS):
        statuses[response.status_code] = statuses.get(response.status_code, 0) + 1
        if response.status_code >= 500:
            failures.append((response.status_code, shortened(request)))
        if not response.streaming and b"Traceback" in response.content:
            traces.append(shortened(request))

    assert failures[:5] == [], f"{len(failures)} of {REQUESTS}"
    assert traces == []
    assert sum(statuses.values()) == REQUESTS
    # The draw reaches pages, refusals, sign-in and forms, not one wall only.
    assert all(statuses.get(status, 0) > 20 for status in (200, 302, 400, 403, 404)), statuses


@pytest.mark.django_db
def test_a_page_that_breaks_is_found(settings, quiet):
    """Negative control: the same draw against a page that trusts its query."""
    settings.ROOT_URLCONF = __name__
    client = portal.Visitor(raise_request_exception=False)

    found = {response.status_code for _one, response in answers([client], ["/en/broken/"], 50)}

    assert 500 in found


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["a\0b", '"\\000"', '"a\\000b"'])
@pytest.mark.parametrize("name", ["session", "csrf", "django_language", "zone"])
def test_a_nul_in_a_cookie_is_forgotten(name, value):
    visitor = portal.Visitor(raise_request_exception=False)

    for address in ("/", "/en/", "/en/help/", "/en/teams/", "/admin/login/"):
        response = visitor.generic("GET", address, HTTP_COOKIE=f"{name}={value}")
        assert response.status_code in (200, 302), address


def shortened(request: dict) -> dict:
    return {key: re.sub(r"(.{300}).*", r"\1…", repr(value)) for key, value in request.items()}
