"""The words of the portal's own mails: plain text, in the reader's language, with links of ours only."""

import re

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from directory.models import Call
from tests.applications import scenes

PORTAL = "https://portal.example.org"
ACCOUNT = [
    "email_confirmation",
    "email_confirmation_signup",
    "login_code",
    "password_reset_code",
    "account_already_exists",
    "unknown_account",
]
CODED = ACCOUNT[:4]
# What allauth hands in that was made from the Host header of the request.
FORGED = "https://evil.example/"


def links(text):
    return re.findall(r"https?://\S+", text)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", ACCOUNT)
def test_account_mails_are_plain_and_lead_to_the_portal_alone(name, language):
    context = {
        "email": "o'hara+<b>@example.org",
        "code": "A1B2-C3D4",
        "portal_url": PORTAL,
        "signup_url": FORGED,
        "password_reset_url": FORGED,
        "activate_url": FORGED,
    }
    with translation.override(language):
        subject = render_to_string(f"account/email/{name}_subject.txt", context)
        text = render_to_string(f"account/email/{name}_message.txt", context)

    assert len(subject.strip().splitlines()) == 1
    assert all(link.startswith(PORTAL) for link in links(text))
    assert ("A1B2-C3D4" in text) == (name in CODED)
    assert ("&#x27;" in text, "&lt;" in text) == (False, False)
    assert "amed-aspire@amed.go.jp" in text


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_receipt_names_number_both_clocks_and_what_it_is_not(language):
    scene = scenes.ready()
    receipt = "ABCD-EFGH-JKLM-NPQR"
    scene.application.receipt, scene.application.version = receipt, 2
    scene.application.submitted_at = scenes.DAY
    scene.application.title_en = "Cells & <memory>"
    context = {"application": scene.application, "portal_url": PORTAL, "language": language}
    with translation.override(language):
        subject = render_to_string("emails/receipt_subject.txt", context).strip()
        text = render_to_string("emails/receipt.txt", context)

    ref = scene.application.team.ref
    assert (receipt in subject, "2" in subject, "\n" in subject) == (True, True, False)
    assert ("10:00 JST" in text, "01:00 UTC" in text, "e-Rad" in text) == (True, True, True)
    assert links(text) == [
        f"{PORTAL}/{language}/receipts/{receipt}/",
        f"{PORTAL}/{language}/teams/{ref}/notices/",
        PORTAL,
    ]
    assert ("Cells & <memory>" in text) == (language == "en")


@pytest.mark.django_db
def test_a_correction_after_the_deadline_is_not_told_that_it_may_be_changed():
    scene = scenes.ready()
    scene.application.receipt, scene.application.submitted_at = "ABCD", scenes.CLOSES
    context = {"application": scene.application, "portal_url": PORTAL, "language": "en"}

    late = render_to_string("emails/receipt.txt", context)
    scene.application.submitted_at = scenes.DAY
    in_time = render_to_string("emails/receipt.txt", context)

    assert ("Until the deadline" in late, "Until the deadline" in in_time) == (False, True)
    assert Call.objects.get(pk=scene.application.call_id).closes_at == scenes.CLOSES
