"""What a hostile reading of the first release found: each story failed before it was mended."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.http import FileResponse
from django.urls import reverse
from django.utils import translation

from applications import actions
from applications.actions import claiming
from applications.forms import uploads
from applications.forms.grants import funder_choices
from applications.models import Membership, Proof, Role, Version
from applications.queries.application import workspace
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import person_values
from applications.rules.eligibility import agency_takes_part
from applications.rules.facts import GrantFacts
from applications.views import proofs
from directory.models import Researcher, User
from tests.applications import scenes
from tests.applications.pages import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_work(scene, monkeypatch):
    """The ready scene on a day before the deadline."""
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.DAY)
    return scene


def save_person(scene, member, by, role=None, **values):
    stored = person_values(member.researcher) if member else {}
    return actions.save_person(
        application_id=scene.pk,
        membership_id=member.pk if member else None,
        role=role or member.role,
        values=stored | values,
        seen=fingerprint(stored) if member else "",
        by=by,
        at=scenes.DAY,
    )


def test_a_corrected_name_is_a_change_and_goes_into_the_next_version(at_work, client):
    # Given a submitted application, when the deputy's name is corrected
    at_work.submit()
    deputy = Membership.objects.get(role=Role.DEPUTY)
    save_person(at_work, deputy, at_work.lead, name="鈴木 一朗")
    # Then the team page says that something is not submitted yet
    client.force_login(at_work.lead)
    assert client.get(page("team", at_work)).context["pending"] is True
    # And submitting again keeps the new name beside the new version, under the same receipt
    again = at_work.submit()
    assert again.version == 2
    newest = Version.objects.order_by("-number").first()
    assert "鈴木 一朗" in [one.values["name"] for one in newest.people.all()]
    # And the hashed content still names nobody
    assert "鈴木" not in str(newest.content)
    assert client.get(page("team", at_work)).context["pending"] is False


def test_amount_and_part_in_the_grant_are_frozen_too(at_work):
    at_work.grant.amount, at_work.grant.currency, at_work.grant.role = 1500, "NOK", "PI"
    at_work.grant.save()
    at_work.submit()
    (frozen,) = Version.objects.get().content["inputs"]["grants"]
    assert (frozen["amount"], frozen["currency"], frozen["role"]) == ("1500.00", "NOK", "PI")


NUMBERS = [
    # chosen institute, institute in the number, reason
    (("nih-nhlbi", "NIH-NHLBI"), ("NIH-NIMH", "MH"), "NOT_LISTED"),
    (("nih-nhlbi", "NIH-NHLBI"), ("", "ZZ"), "NOT_LISTED"),
    (("nih-nhlbi", "NIH-NHLBI"), ("NIH-NHLBI", "HL"), "INSTITUTE_NOT_LISTED"),
]


@pytest.mark.parametrize(("chosen", "numbered", "reason"), NUMBERS)
def test_a_listed_institute_in_the_number_is_never_called_unlisted(chosen, numbered, reason):
    facts = GrantFacts(
        agency=chosen[0], agency_name=chosen[1], institute=numbered[0], institute_code=numbered[1]
    )
    found = agency_takes_part(facts, None)
    assert (found.outcome.value, found.reason) == ("NOT_MET", reason)
    assert "NIH-NIMH" not in found.params.values()


def member_with_account(scene, role):
    account = scenes.user("member")
    return scenes.person(scene.application.team, role, "佐藤 健", "JP", user=account), account


def test_a_member_makes_nobody_a_deputy_and_the_lead_does(at_work):
    member, account = member_with_account(at_work, Role.MEMBER)
    # Given a co-investigator who may write but not submit
    # When they would make themselves, or somebody new, one who may submit
    with pytest.raises(actions.NotPermitted):
        save_person(at_work, member, account, role=Role.DEPUTY)
    with pytest.raises(actions.NotPermitted):
        save_person(at_work, None, account, role=Role.DEPUTY, name="佐藤 次郎")
    # Or take the deputy's right away
    deputy = Membership.objects.get(role=Role.DEPUTY)
    with pytest.raises(actions.NotPermitted):
        save_person(at_work, deputy, account, role=Role.MEMBER)
    # Then nothing has changed, and correcting the deputy's name is still theirs to do
    assert Membership.objects.filter(role=Role.DEPUTY).count() == 1
    assert save_person(at_work, deputy, account, name="鈴木 一朗").role == Role.DEPUTY
    # And the lead may appoint
    assert save_person(at_work, member, at_work.lead, role=Role.DEPUTY).role == Role.DEPUTY


@pytest.mark.parametrize(("copies", "how"), [("lead", "SELF"), ("member", "")])
def test_only_the_lead_confirms_for_the_lead_by_copying(at_work, copies, how):
    _member, account = member_with_account(at_work, Role.MEMBER)
    by = at_work.lead if copies == "lead" else account
    copy = actions.copy_application(
        application_id=at_work.pk, call_id=at_work.application.call_id, by=by, at=scenes.DAY
    )
    lead = copy.team.memberships.get(role=Role.LEAD)
    assert (lead.confirmed_how, bool(lead.confirmed_at)) == (how, how == "SELF")


def test_what_an_address_carries_into_a_team_is_as_clean_as_what_a_form_takes(client, scene):
    # Given an address that no page of ours would write
    client.force_login(User.objects.create_user("new@example.org"))
    query = {
        "agency": "A\u202efunder\r\nBcc: x@example.org",
        "reference": "IB\t2026\u2028-1",
        "starts_on": "0001-01-01",
        "ends_on": "9999-12-31",
    }
    answered = client.get(reverse("applications:start"), query)
    carried = answered.context["carried"]
    assert (carried["agency_other"], carried["reference"]) == (
        "AfunderBcc: x@example.org",
        "IB2026-1",
    )
    assert (carried["starts_on"], carried["ends_on"]) == (None, None)


def test_only_people_with_an_account_are_named_as_able_to_submit(client, at_work):
    Researcher.objects.filter(membership__role=Role.DEPUTY).update(user=None)
    client.force_login(at_work.lead)
    for name in ("team", "check_answers"):
        named = client.get(page(name, at_work)).context["senders"]
        assert [one.role for one in named] == [Role.LEAD]


HTML_MAIL = b"From: kari@example.no\r\nDate: Mon, 20 May 2024 10:00:00 +0200\r\n\r\n<script>alert(1)</script>"


def lacking(response):
    """Which of the protections of a kept copy an answer lacks (hazard 37)."""
    protections = {
        "attachment": response["Content-Disposition"].startswith("attachment;"),
        "type": response["Content-Type"] in ("application/octet-stream", "application/pdf"),
        "nosniff": response.get("X-Content-Type-Options") == "nosniff",
        "sandbox": response.get("Content-Security-Policy", "").startswith("sandbox"),
    }
    assert b"".join(response.streaming_content) == HTML_MAIL
    response.close()
    return {name for name, held in protections.items() if not held}


@pytest.fixture
def kept_copy(at_work, client):
    Membership.objects.filter(pk=at_work.partner.pk).update(confirmed_at=None, confirmed_how="")
    actions.confirm_on_behalf(
        application_id=at_work.pk,
        membership_id=at_work.partner.pk,
        reason="Confirmed by e-mail.",
        upload=scenes.Upload("mail.eml", "eml", HTML_MAIL),
        by=at_work.lead,
        at=scenes.DAY,
    )
    proof = Proof.objects.get()
    client.force_login(at_work.lead)
    return page("proof", at_work, proof.pk)


def test_a_kept_copy_lacks_no_protection(client, kept_copy):
    assert lacking(client.get(kept_copy)) == set()


def test_control_a_copy_handed_back_as_a_page_is_caught(client, kept_copy, monkeypatch):
    def as_a_page(content, **_protections):
        return FileResponse(content, content_type="text/html", filename="mail.html")

    monkeypatch.setattr(proofs, "FileResponse", as_a_page)
    assert lacking(client.get(kept_copy)) == {"attachment", "type"}


def test_control_without_the_check_of_the_content_a_drawing_that_runs_would_be_kept(monkeypatch):
    drawing = SimpleUploadedFile("reply.txt", b"<svg onload=alert(1)></svg>")
    with pytest.raises(ValidationError):
        uploads.check_upload(drawing)
    drawing.seek(0)
    monkeypatch.setitem(uploads.CHECKS, "txt", lambda content: True)
    assert uploads.check_upload(drawing).kind == "txt"


QUESTION = (
    "row_id,agency,reference,starts_on,ends_on,country\n1,rcn,311393,2022-01-01,2026-12-31,NO\n"
)


def check_grants(source, output):
    call_command("check_grants", str(source), on=date(2024, 5, 28), output=output)


def test_the_answer_may_be_written_over_the_question(scene, tmp_path):
    file = tmp_path / "grants.csv"
    file.write_text(QUESTION)
    check_grants(file, file)
    assert ",FITS," in file.read_text("utf-8-sig")


def test_a_file_that_cannot_be_read_leaves_the_last_answer_alone(scene, tmp_path):
    output, broken = tmp_path / "answer.csv", tmp_path / "broken.csv"
    output.write_text("yesterday's answer")
    broken.write_text("a,b\n1,2\n")
    with pytest.raises(CommandError, match="lacks the column"):
        check_grants(broken, output)
    assert output.read_text() == "yesterday's answer"
    assert sorted(one.name for one in tmp_path.glob("*.csv*")) == ["answer.csv", "broken.csv"]


@pytest.mark.parametrize(("best", "flagged"), [("FITS", 0), ("FITS_IF", 1), ("CANNOT_TELL", 1)])
def test_the_flag_for_staff_is_raised_only_where_no_grant_fits(client, scene, best, flagged):
    scene.change(explanation="The extension is decided in May.", best_verdict=best)
    client.force_login(scenes.user("staff", staff_agency="AMED", staff_role="VIEWER"))
    listed = client.get(reverse("applications:staff_applications"), {"explained": "true"})
    assert len(listed.context["rows"]) == flagged
    unflagged = client.get(reverse("applications:staff_applications"), {"explained": "false"})
    assert len(unflagged.context["rows"]) == 1 - flagged
    opened = client.get(reverse("applications:staff_application", args=[scene.pk]))
    assert bool(opened.context["explanation"]) is bool(flagged)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_account_made_on_japanese_pages_gets_its_receipt_in_japanese(client, db, language):
    address = f"/{language}/accounts/signup/"
    made = {"email": "sato@example.org", "password1": "sea-otter-lantern-42"}
    assert client.post(address, made).status_code == 302
    assert User.objects.get().language == language


@pytest.mark.parametrize(
    ("language", "first_area", "erc", "off_the_list"),
    [
        ("ja", "英国", "欧州研究会議 (ERC)", "国立心肺血液研究所 (NIH-NHLBI)"),
        (
            "en",
            "Australia",
            "European Research Council (ERC)",
            "National Heart, Lung, and Blood Institute (NIH-NHLBI)",
        ),
    ],
)
def test_funders_to_choose_are_named_in_the_readers_language(
    scene, language, first_area, erc, off_the_list
):
    space = workspace(scene.stored())
    with translation.override(language):
        groups = funder_choices(space.catalogue, space.edition)[1:]
        names = [words for _group, funders in groups for _slug, words in funders]
        assert groups[0][0] == first_area
    assert erc in names
    assert off_the_list in names


def test_a_withdrawn_application_promises_no_notice_upon_submitting(client, at_work):
    # Given an application with a notice that falls due upon submitting
    client.force_login(at_work.lead)
    at_work.submit()
    notices = page("notices", at_work)
    actions.withdraw_application(
        application_id=at_work.pk, reason="", by=at_work.lead, at=scenes.DAY
    )
    # When it is withdrawn, then no page says that the notice falls due when it is submitted
    shown = client.get(notices)
    (row,) = shown.context["rows"]
    assert (row["notice"].state, row["row"].not_after) == ("NOT_YET_DUE", None)
