"""A member's own page: by a mailed link or signed in, the same page, and nobody else's."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import actions
from applications.models import Event, Message, Notice, PersonalLink, Role
from applications.models.invitation import PERSONAL_LINK_LASTS, new_token, token_digest
from applications.queries.application import workspace
from directory.models import Call, Grant
from tests.applications import invited, scenes
from tests.applications.invited import carried, heading, me, questions, words
from tests.applications.test_invited_questions import PERIOD
from tests.journeys.portal import checksum

pytestmark = pytest.mark.django_db


def link(member, *, days=0, revoked=False):
    """Give the member a link; return its secret."""
    token, now = new_token(), timezone.now() - timedelta(days=days)
    PersonalLink.objects.create(
        membership=member,
        token_digest=token_digest(token),
        created_at=now,
        expires_at=now + PERSONAL_LINK_LASTS,
        revoked_at=now if revoked else None,
    )
    return token


def with_notices(scene):
    from applications.actions.ledger import sync_notices

    sync_notices(workspace(scene.stored()), timezone.now())
    return Notice.objects.get()


@pytest.fixture
def own(scene):
    return link(scene.partner)


def test_a_link_of_the_own_page_says_why_it_opens_nothing(scene, client):
    gone = scenes.person(scene.application.team, Role.PARTNER, "Ola", "NO")
    gone.removed_at = timezone.now()
    gone.save()
    answers = {
        token: client.get(me(token))
        for token in (
            link(scene.partner, days=400),
            link(scene.partner, revoked=True),
            link(gone),
        )
    }

    assert [one.status_code for one in answers.values()] == [410, 410, 410]
    expired, revoked, removed = (words(one) for one in answers.values())
    assert "It worked until" in expired
    assert "A newer link was mailed to you" in revoked
    assert "You are not in the team any more" in removed


def test_a_new_link_goes_to_the_recorded_address_and_the_page_says_the_same(scene, client):
    dead = link(scene.partner, days=500)
    nobody = scenes.person(scene.application.team, Role.PARTNER, "Ola", "NO")  # no address
    said = []
    for token in (dead, dead, link(nobody, days=500)):
        response = client.post(me(token, "mail"), follow=True)
        said.append([str(one) for one in response.context["messages"]])

    assert said[0] == said[1] == said[2] != []
    (mail,) = Message.objects.filter(kind="PERSONAL")
    assert mail.recipient == "kari@example.no"
    assert heading(client.get(me(invited.personal_secret()))) == "My part in the application"


def test_looking_changes_nothing(scene, client, own):
    notice = with_notices(scene)
    before = checksum()

    pages = [("",), ("particulars",), ("grant_add",), ("withdraw",), ("mail",)]
    pages += [("grant", scene.grant.pk), ("notice", notice.pk), ("notice_eml", notice.pk)]
    for page in pages:
        assert client.get(me(own, *page), follow=True).status_code == 200, page

    assert checksum() == before


def test_somebody_elses_grants_and_notices_are_not_there(scene, client, own):
    other = scenes.person(scene.application.team, Role.PARTNER, "Ola Normann", "NO")
    theirs = scenes.grant(scene.application, other, "erc", "101012345")
    with_notices_of = with_all_notices(scene)
    text = words(client.get(me(own)))

    assert "Ola Normann" not in text
    assert "101012345" not in text
    for page, pk in (
        ("grant", theirs.pk),
        ("condition", theirs.pk),
        ("notice", with_notices_of[other.pk]),
        ("notice_eml", with_notices_of[other.pk]),
    ):
        assert client.get(me(own, page, pk)).status_code == 404
        assert client.post(me(own, page, pk), {"act": "record"}).status_code == 404


def with_all_notices(scene):
    from applications.actions.ledger import sync_notices

    sync_notices(workspace(scene.stored()), timezone.now())
    return {one.holder_id: one.pk for one in Notice.objects.all()}


def test_a_holder_without_an_account_writes_and_records_a_notice(scene, client, own):
    notice = with_notices(scene)
    address = me(own, "notice", notice.pk)
    page = client.get(address)
    assert "record-reason" not in page.content.decode()  # they record for themselves

    draft = {"act": "draft", "draft-seen": page.context["draft_form"]["seen"].value()}
    draft |= {"draft-recipient_email": "officer@rcn.example", "draft-subject": "", "draft-text": ""}
    assert client.post(address, draft).status_code == 302
    done = {"act": "record", "record-channel": "EMAIL", "record-done_to": "Officer"}
    done |= {f"record-done_on_{n}": part for n, part in enumerate(("2024", "5", "20"))}
    client.post(address, done)

    notice.refresh_from_db()
    assert (notice.state, notice.on_behalf, notice.done_by) == ("RECORDED", False, None)
    events = Event.objects.filter(act__startswith="NOTICE").order_by("pk")
    assert [(one.act, one.membership, one.user) for one in events] == [
        ("NOTICE_EDITED", scene.partner, None),
        ("NOTICE_RECORDED", scene.partner, None),
    ]
    assert "The grant holder, by a mailed link" in words(client.get(address))


def test_a_partner_with_an_account_has_the_same_page_without_a_link(scene, client):
    kari = scenes.user("kari")
    scene.partner.researcher.user = kari
    scene.partner.researcher.save()
    notice = with_notices(scene)
    client.force_login(kari)
    ref = scene.application.team.ref

    page = client.get(reverse("applications:mine", args=[ref]))
    particulars = reverse("applications:mine_particulars", args=[ref])
    client.post(particulars, {**carried(client.get(particulars)), **KARI, "name": "Kari O."})

    assert heading(page) == "My part in the application"
    assert reverse("applications:mine_notice", args=[ref, notice.pk]) in page.content.decode()
    event = Event.objects.get(act="PERSON_CORRECTED")
    assert (event.user, event.membership) == (kari, None)


def test_the_page_of_a_signed_in_member_is_closed_to_everybody_else(scene, client):
    address = reverse("applications:mine", args=[scene.application.team.ref])
    assert client.get(address).status_code == 302
    for who in (
        scenes.user("stranger"),
        scenes.user("officer", staff_agency="AMED", staff_role="OFFICER"),
    ):
        client.force_login(who)
        assert client.get(address).status_code == 404


KARI = {
    "name": "Kari Nordmann",
    "given_latin": "Kari",
    "family_latin": "Nordmann",
    "institution_name": "University of NO",
    "institution_country": "NO",
}


def test_particulars_are_corrected_and_the_confirmation_stands(scene, client, own):
    page = client.get(me(own, "particulars"))
    assert questions(page) == list(KARI)

    client.post(me(own, "particulars"), {**carried(page), **KARI, "institution_name": "NTNU"})

    scene.partner.refresh_from_db()
    assert scene.partner.researcher.institution.name == "NTNU"
    assert scene.partner.researcher.email == "kari@example.no"
    assert scene.partner.confirmed_at is not None


def test_of_two_corrections_the_second_sees_both_texts(scene, client, own):
    page = client.get(me(own, "particulars"))
    for name, status in (("Kari One", 302), ("Kari Two", 409)):
        answer = client.post(me(own, "particulars"), {**carried(page), **KARI, "name": name})
        assert answer.status_code == status

    assert "Kari One" in words(answer)
    assert "Kari Two" in answer.content.decode()


def test_a_grant_is_corrected_with_the_same_doubts_as_for_the_lead(scene, client, own):
    address = me(own, "grant", scene.grant.pk)
    sent = {"funder": "", "reference": "5R01MH123456-03", **PERIOD}

    second = client.post(address, {**carried(client.get(address)), **sent})

    assert "The number looks like a grant of NIH-NIMH" in words(second)
    assert len(questions(second)) <= 5
    client.post(address, {**sent, "funder": "nih-nimh", **carried(second)})
    grant = Grant.objects.get(pk=scene.grant.pk)
    assert (grant.agency.slug, grant.reference) == ("nih-nimh", "5R01MH123456-03")


@pytest.mark.parametrize(
    ("funder", "asked"),
    [
        ("rcn", ["funder", "reference", "starts_on", "ends_on"]),
        ("other", ["funder", "agency_other", "reference", "starts_on", "ends_on"]),
        ("tips", ["funder", "scheme", "reference", "starts_on", "ends_on"]),
    ],
)
def test_no_page_about_a_grant_asks_more_than_five_questions(scene, client, own, funder, asked):
    sent = {"funder": funder, "reference": "", "ends_on_0": "x"}

    page = client.post(me(own, "grant_add"), sent)

    assert questions(page) == asked


def test_a_condition_is_answered_anew(scene, client, own):
    erc = invited.with_erc_grant(scene)
    assert "A condition of the list waits for your answer." in words(client.get(me(own)))
    address = me(own, "condition", erc.pk)

    for answer in ("DECLINED", "GIVEN"):
        form = carried(client.get(address))
        client.post(address, {**form, f"condition-{erc.pk}-ERC_SCOPE": answer})

    assert "Your answer: yes" in words(client.get(me(own)))
    answers = Event.objects.filter(act="ATTESTED").order_by("pk")
    assert [one.details["answer"] for one in answers] == ["DECLINED", "GIVEN"]


def test_consent_is_withdrawn_and_the_lead_reads_why(scene, client, own):
    client.post(me(own, "withdraw"), {"reason": "I have moved."}, follow=True)

    scene.partner.refresh_from_db()
    assert scene.partner.confirmed_at is None
    news = Message.objects.get(kind="TEAM", recipient=scene.lead.email)
    assert "I have moved." in news.text
    assert "Withdraw my consent" not in words(client.get(me(own)))


def test_who_withdrew_confirms_again_on_the_own_page(scene, client, own):
    erc = invited.with_erc_grant(scene)
    client.post(me(own, "withdraw"), {"reason": ""})
    assert me(own, "confirm") in client.get(me(own)).content.decode()
    form = carried(client.get(me(own, "confirm")))

    # Without an answer to the condition it is asked again
    unanswered = client.post(me(own, "confirm"), form)
    assert (unanswered.status_code, questions(unanswered)) == (
        200,
        [f"condition-{erc.pk}-ERC_SCOPE"],
    )
    sent = client.post(
        me(own, "confirm"), {**form, f"condition-{erc.pk}-ERC_SCOPE": "GIVEN"}, follow=True
    )

    assert "You have confirmed again. The lead is told." in words(sent)
    scene.partner.refresh_from_db()
    assert scene.partner.confirmed_how == "SELF"
    assert Event.objects.filter(act__in=["CONFIRMED", "CONSENT_WITHDRAWN"]).count() == 2
    assert client.get(me(own, "confirm")).status_code == 302  # nothing left to ask


def test_again_what_changed_meanwhile_is_named_first(scene, client, own):
    client.post(me(own, "withdraw"), {"reason": ""})
    form = carried(client.get(me(own, "confirm")))
    Grant.objects.filter(holder=scene.partner.researcher).update(title="Another title")

    page = client.post(me(own, "confirm"), form)

    assert page.status_code == 409
    assert "Recorded now: Another title" in " ".join(words(page).split())
    scene.partner.refresh_from_db()
    assert scene.partner.confirmed_at is None


def test_after_the_deadline_nobody_confirms_again(scene, client, own):
    client.post(me(own, "withdraw"), {"reason": ""})
    form = carried(client.get(me(own, "confirm")))
    Call.objects.update(closes_at=timezone.now() - timedelta(minutes=1))

    assert client.post(me(own, "confirm"), form).status_code == 302
    assert me(own, "confirm") not in client.get(me(own)).content.decode()
    scene.partner.refresh_from_db()
    assert scene.partner.confirmed_at is None


def test_after_the_deadline_the_page_stays_and_takes_no_corrections(scene, client, own):
    form = carried(client.get(me(own, "particulars")))
    Call.objects.update(closes_at=timezone.now() - timedelta(minutes=1))

    page = client.get(me(own))
    late = client.post(me(own, "particulars"), {**form, **KARI, "name": "Late"})

    assert "The application takes no more corrections." in words(page)
    assert "Correct my entry" not in words(page)
    assert late.status_code == 409
    assert not Event.objects.filter(act="PERSON_CORRECTED").exists()


def test_withdrawing_is_possible_after_the_deadline_too(scene, client, own):
    Call.objects.update(closes_at=timezone.now() - timedelta(minutes=1))

    client.post(me(own, "withdraw"), {"reason": ""})

    scene.partner.refresh_from_db()
    assert scene.partner.confirmed_at is None


def test_a_removed_member_acts_on_nothing(scene, client, own):
    actions.remove_person(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        reason="",
        by=scene.lead,
        at=timezone.now(),
    )

    for page in ("", "particulars", "withdraw"):
        assert client.post(me(own, page), {"name": "X"}).status_code == 410
