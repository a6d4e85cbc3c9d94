"""Nobody is led away: hostile ``next`` values, hostile paths, forged hosts, mails with our own links."""

import re
from urllib.parse import urljoin, urlsplit

import pytest

from applications.models import Application, Message
from applications.outbox import record_receipt
from directory.models import User
from tests.journeys import portal

pytestmark = [pytest.mark.crawl, pytest.mark.django_db]

EVIL = "evil.example"
PAYLOADS = [
    f"https://{EVIL}", f"http://{EVIL}/", f"//{EVIL}", f"///{EVIL}", f"////{EVIL}", f"\\\\{EVIL}",
    f"/\\{EVIL}", f"\\/{EVIL}", f"/\\/{EVIL}", f"/\t/{EVIL}", f"\t//{EVIL}", f" //{EVIL}",
    f"/%09/{EVIL}", f"/\n/{EVIL}", f"/\r/{EVIL}", f"https:{EVIL}", f"https:/{EVIL}",
    f"https:///{EVIL}", f"https:\\\\{EVIL}", f"http:\\{EVIL}", f"hTTps://{EVIL}",
    f"https://testserver@{EVIL}/", f"https://testserver:x@{EVIL}/", f"https://testserver.{EVIL}/",
    f"https://{EVIL}#testserver", f"https://{EVIL}?testserver", f"https://{EVIL}\\@testserver",
    f"//{EVIL}/%2e%2e", f"//{EVIL}%2f..", f"//{EVIL}:80", f"//testserver@{EVIL}",
    f"ftp://{EVIL}/", f"ws://{EVIL}/", f"javascript://{EVIL}/%0aalert(1)", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,<b>x", "vbscript:msgbox(1)",
    "file:///etc/passwd", f"mailto:a@{EVIL}", f"https://{EVIL}".encode().hex(),
    "https://ｅｖｉｌ.example", "https://evil。example", "//evil%E3%80%82example", f"/%5c{EVIL}",
    f"/.{EVIL}", f".{EVIL}", f"@{EVIL}", f"?next=//{EVIL}", f"/en/..//{EVIL}", f"https://[::1]@{EVIL}",
    f"https://{EVIL}/en/teams/", f"\x00//{EVIL}", f"\x1b//{EVIL}", f"\u2028//{EVIL}",
]  # fmt: skip


def leads_away(location: str) -> bool:
    """Whether a browser that reads this Location leaves the portal (it drops tabs, turns backslashes)."""
    read = re.sub(r"[\t\r\n]", "", location).strip("\x00 \x1b\u2028").replace("\\", "/")
    if not read:
        return False
    try:
        target = urlsplit(urljoin("http://testserver/en/accounts/login/", read))
    except ValueError:
        return True
    return (target.scheme, target.netloc) != ("http", "testserver")


@pytest.mark.parametrize(
    "location, away",
    [
        ("/en/teams/", False),
        ("", False),
        ("//evil.example", True),
        ("/\\evil.example", True),
        ("/\t/evil.example", True),
        ("https:evil.example/x", True),
        ("javascript:alert(1)", True),
    ],
)
def test_the_judge_of_locations_knows_both(location, away):
    """Negative control of the tests below."""
    assert leads_away(location) is away


def test_there_are_fifty_payloads():
    assert len(set(PAYLOADS)) >= 50


def test_sign_in_leads_only_to_our_own_pages():
    portal.fill()
    for number, payload in enumerate(PAYLOADS, start=1):
        client = portal.Visitor(REMOTE_ADDR=f"198.51.100.{number}", raise_request_exception=False)
        page = client.get("/en/accounts/login/", {"next": payload})
        response = client.post(
            "/en/accounts/login/",
            {"login": portal.LEAD, "password": "practice-only", "next": payload},
        )

        assert page.status_code in (200, 302, 400), payload
        assert response.status_code in (302, 400), payload
        assert not leads_away(response.get("Location", "")), payload


def test_sign_in_still_leads_back_to_the_page_that_asked():
    """Negative control: a good address is followed."""
    portal.fill()
    credentials = {"login": portal.LEAD, "password": "practice-only", "next": "/en/teams/"}

    response = portal.Visitor().post("/en/accounts/login/", credentials)

    assert (response.status_code, response["Location"]) == (302, "/en/teams/")


def test_no_route_leads_away_by_a_parameter():
    evil = dict.fromkeys(("next", "url", "return_to", "redirect_to"), "https://evil.example/")
    portal.fill()
    values = portal.samples()
    clients = [portal.signed_in(""), portal.signed_in(portal.LEAD)]
    for route in portal.routes():
        for client in clients:
            for method in (client.get, client.post):
                response = method(route.at(values, "en"), evil)
                where = (route.name, response.get("Location"))
                assert not leads_away(response.get("Location", "")), where
            if route.name == "account_logout":
                client.force_login(User.objects.get(email=portal.LEAD))


def test_no_path_leads_away():
    portal.fill()
    client = portal.Visitor(raise_request_exception=False)
    for payload in PAYLOADS:
        for path in (payload, "/" + payload, f"/en/{payload}", f"/ja//{payload}/"):
            address = re.sub(r"[\x00-\x20\x7f-\uffff]", "", path)
            if not address.startswith("/"):
                continue
            response = client.generic("GET", "/", PATH_INFO=address)
            assert response.status_code < 500, address
            assert not leads_away(response.get("Location", "")), address


def test_the_language_switch_stays_here():
    portal.fill()
    client = portal.Visitor(raise_request_exception=False)
    for payload in PAYLOADS:
        response = client.get("/en/", {"next": payload, "zone": payload})
        links = re.findall(r'hreflang="[a-z]+"[^>]*href="([^"]*)"', response.content.decode())
        links += re.findall(r'href="([^"]*)"[^>]*hreflang=', response.content.decode())
        assert [link for link in links if leads_away(link)] == [], payload


@pytest.mark.parametrize("host", [EVIL, "testserver@evil.example", "testserver:80@evil", "a b", ""])
def test_a_forged_host_is_refused(host):
    response = portal.Visitor(raise_request_exception=False).get(
        "/en/", headers={"host": host or "\x7f"}
    )

    assert response.status_code == 400
    assert EVIL.encode() not in response.content


def test_mails_link_to_the_setting_and_to_nothing_else(settings):
    settings.PORTAL_URL = "https://portal.example.jp"
    portal.make()
    forged = {"x-forwarded-host": EVIL, "x-forwarded-proto": "https", "forwarded": f"host={EVIL}"}
    client = portal.Visitor(headers=forged)

    client.post("/en/accounts/login/code/", {"email": portal.LEAD})
    client.post("/en/accounts/password/reset/", {"email": portal.LEAD})
    client.post(
        "/en/accounts/signup/", {"email": "new@demo.example", "password1": "a-long-pass-phrase-9"}
    )
    application = Application.objects.get(team__created_by__email=portal.LEAD)
    Message.objects.filter(application=application, kind="RECEIPT").delete()
    record_receipt(application, by=application.submitted_by, at=application.submitted_at)

    texts = [message.subject + message.text for message in Message.objects.order_by("pk")]
    hosts = {urlsplit(link).netloc for text in texts for link in re.findall(r"https?://\S+", text)}
    assert len(texts) >= 4
    assert hosts <= {"portal.example.jp", "www.e-rad.go.jp"}
    assert "portal.example.jp" in hosts
    assert not any(EVIL in text for text in texts)
