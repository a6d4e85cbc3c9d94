"""Hazard 16: the lead is gone. A deputy or staff hand the lead over, in each state, and the journey goes on."""

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import actions
from applications.models import Event, Membership, Message, Role
from applications.workflow import FINAL, Status
from directory.models import Call
from tests.applications import scenes
from tests.applications.pages import page
from tests.applications.screening import decide, release, soon

pytestmark = pytest.mark.django_db

BEFORE_A_DECISION = [one for one in Status if one not in FINAL]


@pytest.fixture
def member(scene):
    """A co-investigator with an account, who is to take over."""
    account = scenes.user("member")
    return scenes.person(
        scene.application.team, Role.MEMBER, "田中 美咲", "JP", user=account, erad_number="10000001",
    )  # fmt: skip


@pytest.fixture
def officer(db):
    return scenes.user("officer", staff_agency="AMED", staff_role="OFFICER")


def roles(scene):
    current = Membership.objects.current().filter(team=scene.application.team_id)
    return dict(current.values_list("researcher__name", "role"))


def bring(scene, status):
    """Put the application into a state, as its acts would."""
    if status not in (Status.DRAFT, Status.WITHDRAWN):
        scene.submit()
    until = scene.application.call.closes_at if status == Status.RETURNED else None
    scene.change(status=status, returned_until=until, return_reason="Area" if until else "")


def staff_page(scene):
    return reverse("applications:staff_hand_over", args=[scene.pk])


@pytest.mark.parametrize("status", BEFORE_A_DECISION)
@pytest.mark.parametrize("by", ["deputy", "officer"])
def test_a_gone_lead_is_replaced_in_each_state_and_the_journey_goes_on(
    client, scene, member, officer, by, status
):
    # Given a lead whose account is closed
    bring(scene, status)
    scene.lead.is_active = False
    scene.lead.save()
    address = page("hand_over", scene) if by == "deputy" else staff_page(scene)
    client.force_login(scene.deputy if by == "deputy" else officer)

    # When the deputy, or an officer of the agency, hands the lead over
    form = {"member": member.pk, "reason": "Left the university."}
    response = client.post(address, form)

    # Then there is one lead, the former one stays, and the record says who and why
    assert response.status_code == 302
    assert roles(scene) == {
        "山田 花子": Role.MEMBER,
        "鈴木 一郎": Role.DEPUTY,
        "田中 美咲": Role.LEAD,
        "Kari Nordmann": Role.PARTNER,
    }
    event = Event.objects.get(act="LEAD_HANDED_OVER")
    assert event.reason == "Left the university."
    assert event.user == (scene.deputy if by == "deputy" else officer)
    # And where the state admits it, the new lead goes on to a receipt
    client.force_login(member.researcher.user)
    assert client.get(page("team", scene)).context["may_send"]
    if status in (Status.DRAFT, Status.SUBMITTED, Status.RETURNED):
        sent = client.post(page("submit", scene), {"declared": "on", "seen": scene.seen()})
        stored = scene.stored()
        assert sent.url == reverse("applications:receipt", args=[stored.receipt])
        assert stored.submitted_by == member.researcher.user


@pytest.fixture
def gone(scene, member, officer):
    """Bring the application into a state, close the lead's account, and let staff hand the lead over."""

    def do(*acts):
        scene.submit()
        Call.objects.filter(pk=scene.application.call_id).update(closes_at=scenes.CLOSES)
        for act in acts:
            decide(
                scene,
                act,
                officer,
                at=timezone.now(),
                **({"until": soon()} if act == "RETURN" else {}),
            )
        scene.lead.is_active = False
        scene.lead.save()
        actions.hand_over_lead(
            application_id=scene.pk, membership_id=member.pk, reason="Died.", by=officer, at=timezone.now()
        )  # fmt: skip
        return member.researcher.user

    return do


def told(officer):
    """Whom the newest letter to the team reaches once it is released."""
    Message.objects.all().delete()
    release(officer, at=timezone.now())
    return sorted(Message.objects.values_list("recipient", flat=True))


def test_in_screening_what_the_agency_returns_reaches_the_new_lead_who_submits_it(
    scene, officer, gone
):
    lead = gone("TAKE_INTO_SCREENING")

    decide(scene, "RETURN", officer, at=timezone.now(), until=soon())

    assert told(officer) == ["deputy@example.org", "member@example.org"]
    assert scene.submit(by=lead, at=timezone.now()).submitted_by == lead


def test_a_returned_one_is_corrected_by_the_new_lead_after_the_calls_deadline(scene, officer, gone):
    lead = gone("TAKE_INTO_SCREENING", "RETURN")
    # The letter about the return still waits: it goes to who leads the team now.
    assert told(officer) == ["deputy@example.org", "member@example.org"]

    again = scene.submit(by=lead, at=timezone.now())

    assert (again.status, again.version, again.submitted_by) == (Status.SUBMITTED, 2, lead)


def test_an_accepted_one_is_adopted_and_the_new_lead_is_told(scene, officer, gone):
    gone("TAKE_INTO_SCREENING", "ACCEPT")

    decide(scene, "ADOPT", officer, at=timezone.now())

    assert told(officer) == ["deputy@example.org", "member@example.org"]
    assert scene.stored().status == Status.ADOPTED


@pytest.mark.parametrize("status", sorted(FINAL))
def test_after_the_decision_nobody_is_handed_anything(client, scene, member, officer, status):
    bring(scene, status)
    form = {"member": member.pk, "reason": "x"}
    for by, address in ((scene.lead, page("hand_over", scene)), (officer, staff_page(scene))):
        client.force_login(by)
        assert client.post(address, form).status_code == 409

    assert roles(scene)["山田 花子"] == Role.LEAD


def test_a_person_without_an_account_is_refused_in_words(lead, scene):
    ura = scenes.person(scene.application.team, Role.ADMINISTRATOR, "高橋", "JP")
    address = page("hand_over", scene)
    assert "has not joined with an account yet" in lead.get(address).content.decode()

    response = lead.post(address, {"member": ura.pk, "reason": "On leave."})

    assert "could neither write nor submit" in response.content.decode()
    assert roles(scene)["山田 花子"] == Role.LEAD


def test_a_hand_over_says_why(lead, scene, member):
    response = lead.post(page("hand_over", scene), {"member": member.pk, "reason": " "})

    assert "Fill in “Reason”." in response.content.decode()
    assert roles(scene)["山田 花子"] == Role.LEAD


def test_a_partner_abroad_is_no_candidate(lead, scene):
    response = lead.post(page("hand_over", scene), {"member": scene.partner.pk, "reason": "x"})

    assert response.status_code == 200
    assert roles(scene)["Kari Nordmann"] == Role.PARTNER


def test_who_may_not_submit_takes_no_lead(client, scene, member, officer):
    for by, status in ((member.researcher.user, 403), (officer, 403), (scenes.user("no"), 404)):
        client.force_login(by)
        form = {"member": member.pk, "reason": "x"}
        assert client.post(page("hand_over", scene), form).status_code == status

    assert roles(scene)["山田 花子"] == Role.LEAD


@pytest.mark.parametrize(
    ("agency", "role", "status"),
    [("AMED", "VIEWER", 403), ("JST", "APPROVER", 404), ("", "", 404)],
)
def test_staff_hand_over_their_own_agencys_teams_only(client, scene, member, agency, role, status):
    client.force_login(scenes.user("staff", staff_agency=agency, staff_role=role))

    for ask in (client.get, client.post):
        assert ask(staff_page(scene), {"member": member.pk, "reason": "x"}).status_code == status
    assert roles(scene)["山田 花子"] == Role.LEAD


@pytest.mark.parametrize("name", ["team", "check_answers", "team_japan"])
def test_every_page_says_who_can_submit(client, scene, member, name):
    # Given a team whose lead alone can submit, and a co-investigator's eyes
    Membership.objects.filter(team=scene.application.team, role=Role.DEPUTY).update(
        role=Role.ADMINISTRATOR
    )
    client.force_login(member.researcher.user)

    words = " ".join(client.get(page(name, scene)).content.decode().split())

    assert 'only <bdi lang="ja">山田 花子</bdi> can. Ask' in words
    assert "or to make somebody a deputy." in words


@pytest.mark.parametrize("name", ["team", "check_answers"])
def test_where_nobody_can_submit_the_page_says_whom_to_ask(client, scene, member, name):
    for account in (scene.lead, scene.deputy):
        account.is_active = False
        account.save()
    client.force_login(member.researcher.user)

    words = client.get(page(name, scene)).content.decode()

    assert "Nobody can submit now" in words
    assert "Ask AMED to hand the lead over to somebody of your team." in words


def test_news_goes_to_no_closed_account(scene, member):
    scenes.unconfirmed(scene.partner)
    invitation = actions.invite(
        application_id=scene.pk, membership_id=scene.partner.pk, agency_id=None,
        by=scene.lead, at=timezone.now(),
    )  # fmt: skip
    scene.lead.is_active = False
    scene.lead.save()

    actions.decline_invitation(
        invitation_id=invitation.pk, reason="", account=None, at=timezone.now()
    )

    told = Message.objects.filter(kind="TEAM").values_list("recipient", flat=True)
    assert list(told) == ["deputy@example.org"]
