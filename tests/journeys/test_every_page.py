"""Every route of the resolver, as visitor, lead and staff: what opens, what must not change, what a page is made of."""

import re
from html import unescape

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from aspire.urls import urlpatterns as portal_urlpatterns
from directory.models import User
from tests.journeys import portal

pytestmark = [pytest.mark.crawl, pytest.mark.django_db]

# What a member does about their own part, by a mailed link or signed in.
OWN_PAGES = [
    "particulars",
    "grant_add",
    "grant",
    "condition",
    "notice",
    "notice_eml",
    "reminders",
    "notice_release",
    "withdraw",
    "confirm",
]
# The staff's mail queue.
MAIL_PAGES = ["", "_switch", "_one", "_hold", "_again", "_tell", "_discard", "_bounced"]
# A new route must be put into one of these lists; until then the first test fails.
PUBLIC = {
    "healthz",
    "directory:home",
    "directory:privacy",
    "directory:help",
    "directory:funders",
    "directory:funder",
    "directory:funders_csv",
    "directory:funders_history",
    "directory:funders_history_csv",
    "directory:call",
    "directory:calls_ics",
    "applications:check",
    "applications:check_bulk",
    # Behind a mailed link, which is what admits.
    *(
        f"applications:invitation{page}"
        for page in ["", "_opened", "_decline", "_forget", "_particulars", "_grant"]
    ),
    "applications:acknowledge",
    "applications:personal",
    "applications:personal_mail",
    *(f"applications:personal_{page}" for page in OWN_PAGES),
}
# Pages of signing in: open to a visitor, though some of them lead on at once.
SIGN_IN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_email_verification_sent",
    "account_request_login_code",
    "account_confirm_login_code",
    "account_reset_password",
    "account_confirm_password_reset_code",
    "account_complete_password_reset",
    "account_password_reset_completed",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "orcid_login",
    "orcid_callback",
    "socialaccount_login_cancelled",
    "socialaccount_signup",
}
SIGNED_IN = {
    "account_reauthenticate",
    "account_email",
    "account_change_password",
    "account_set_password",
    "usersessions_list",
    "socialaccount_connections",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    *(
        f"applications:{name}"
        for name in [
            "mine",
            *(f"mine_{page}" for page in OWN_PAGES),
            "teams",
            "start",
            "my_data",
            "my_data_profile",
            "my_data_download",
            "my_data_erasure",
            "team",
            "team_project",
            "team_japan",
            "team_people",
            "person_add",
            "person_edit",
            "person_remove",
            "person_confirm",
            "person_invite",
            "person_remind",
            "person_address",
            "person_uninvite",
            "claim",
            "hand_over",
            "grants",
            "grant_add",
            "grant_edit",
            "grant_remove",
            "attest",
            "match",
            "notices",
            "notice",
            "notice_eml",
            "notice_remind",
            "notice_release",
            "answers",
            "erad",
            "erad_sheet",
            "check_answers",
            "submit",
            "withdraw",
            "copy",
            "again",
            "proof",
            "receipt",
            "receipt_text",
            "evidence",
            "evidence_json",
            "staff",
            "staff_applications",
            "staff_application",
            "staff_hand_over",
            "staff_bounced",
            *("staff_decide", "staff_note", "staff_assign", "staff_screening"),
            *(f"staff_team_letter{page}" for page in ["", "_release", "_drop"]),
            *(f"staff_mail{page}" for page in MAIL_PAGES),
            "staff_members",
            "staff_grants",
            "staff_notices",
            "staff_events",
            "staff_figure",
            "staff_export",
            "staff_export_page",
            "staff_uses",
            "staff_roles",
            "staff_role_change",
            "staff_erasures",
            "staff_erasure",
            "staff_access",
            *("staff_edition", "staff_edition_cases", "staff_edition_publish"),
            *("staff_editions", "staff_edition_new"),
            "staff_letters",
            "staff_letter",
            "staff_letter_edit",
            "staff_letter_shipped",
            "staff_edition_effect",
        ]
    ),
}


@login_not_required
def gossip(request: HttpRequest) -> HttpResponse:
    """A page that does what none of ours may: it writes when it is read."""
    User.objects.filter(email=portal.LEAD).update(name="Somebody was here")
    return HttpResponse("<h1>Gossip</h1>")


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret.internal")


urlpatterns = [path("gossip/", gossip), path("broken/", broken), *portal_urlpatterns]


def starts(language: str) -> list[str]:
    values = portal.samples()
    return [route.at(values, language) for route in portal.routes()]


def test_every_route_is_known_as_public_or_not():
    names = {route.name for route in portal.routes()}

    assert names == PUBLIC | SIGN_IN | SIGNED_IN


def test_a_visitor_meets_the_sign_in_page_on_every_route_that_is_not_public():
    portal.fill()
    values = portal.samples()
    visitor = portal.signed_in("")

    answers = {}
    for route in portal.routes():
        if route.name not in PUBLIC | SIGN_IN:
            address = route.at(values, "en")
            for method in ("get", "head", "post"):
                response = getattr(visitor, method)(address)
                answers[route.name, method] = (response.status_code, response.get("Location"))
                expected = (302, f"/en/accounts/login/?next={address}")
                assert answers[route.name, method] == expected, (route.name, method)

    assert len(answers) == 3 * len(SIGNED_IN)


@pytest.mark.parametrize("who", ["", portal.LEAD, portal.OFFICER])
def test_every_page_is_whole_in_both_languages_and_reading_it_changes_nothing(who):
    portal.fill()
    client = portal.signed_in(who)
    before = portal.checksum()

    seen = portal.crawl(client, starts("en") + starts("ja"), most_queries=2)

    assert changed(before) == []
    assert {a: r.status_code for a, r in seen.items() if r.status_code >= 500} == {}
    assert [flaw for language in ("en", "ja") for flaw in of_language(seen, language)] == []
    assert len(seen) > 60


def of_language(seen: dict, language: str) -> list[tuple[str, str]]:
    """What the pages of one language lack, each with its address; there are some."""
    flaws, pages = [], 0
    for address, response in seen.items():
        if address.startswith(f"/{language}/") and is_page(response):
            pages += 1
            flaws += [(address, flaw) for flaw in flaws_of(response.content.decode(), language)]
    assert pages > 10
    return flaws


def test_a_page_that_writes_when_read_is_caught(settings):
    """Negative control of the test above."""
    settings.ROOT_URLCONF = __name__
    portal.fill()
    before = portal.checksum()

    portal.crawl(portal.signed_in(""), ["/gossip/"])

    assert changed(before) == ["directory_user"]


def changed(before: dict[str, str]) -> list[str]:
    after = portal.checksum()
    return sorted(table for table in before | after if before.get(table) != after.get(table))


def is_page(response) -> bool:
    html = response.get("Content-Type", "").startswith("text/html")
    return html and not response.streaming and response.status_code not in (301, 302)


def flaws_of(html: str, language: str) -> list[str]:
    """What a page lacks."""
    flaws = []
    if f'<html lang="{language}">' not in html:
        flaws.append("lang")
    headings = re.findall(r"<h1[ >].*?</h1>", html, re.DOTALL)
    if len(headings) != 1:
        flaws.append(f"{len(headings)} h1")
    title = unescape("".join(re.findall(r"<title>(.*?)</title>", html, re.DOTALL))).strip()
    if not title or title.startswith(("–", "|")):
        flaws.append("title")
    ids = re.findall(r'\sid="([^"]*)"', html)
    if len(ids) != len(set(ids)):
        flaws.append(f"repeated id {sorted({one for one in ids if ids.count(one) > 1})}")
    if '<main id="main"' not in html:
        flaws.append("main")
    if re.search(r"\{%|\{\{|%\(\w+\)s|&amp;(?:lt|gt|amp|quot|#x27);", html):
        flaws.append("raw template text")
    return flaws


def test_a_page_without_them_is_caught():
    """Negative control of the test above."""
    html = '<html><title> </title><p id="a"></p><p id="a"></p>{{ x }}'

    assert flaws_of(html, "ja") == [
        "lang", "0 h1", "title", "repeated id ['a']", "main", "raw template text",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ja"])
def test_error_pages_are_whole_pages(settings, language):
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["testserver"]
    portal.fill()
    client = portal.Visitor(raise_request_exception=False, headers={"accept-language": language})
    strict = portal.Visitor(enforce_csrf_checks=True, headers={"accept-language": language})
    answers = {
        404: client.get(f"/{language}/nothing-here/"),
        400: client.get(f"/{language}/funders/?q=%00"),
        403: strict.post(f"/{language}/accounts/login/"),
        500: client.get("/broken/"),
    }

    for status, response in answers.items():
        html = response.content.decode()
        assert response.status_code == status
        assert len(re.findall(r"<h1[ >]", html)) == 1, status
        assert "secret.internal" not in html
        assert "Traceback" not in html
