"""What a hostile reading of the first release found: each story failed before it was mended."""

import pytest
from django.urls import reverse

from applications import actions
from applications.actions import claiming
from applications.models import Membership, Role, Version
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import person_values
from applications.rules.eligibility import agency_takes_part
from applications.rules.facts import GrantFacts
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
    return actions.save_person(
        application_id=scene.pk,
        membership_id=member.pk if member else None,
        role=role or member.role,
        values=values,
        seen=fingerprint(person_values(member.researcher)) if member else "",
        by=by,
        at=scenes.DAY,
    )


def test_a_corrected_name_is_a_change_and_goes_into_the_next_version(at_work, client):
    # Given a submitted application, when the partner's name is corrected
    at_work.submit()
    partner = Membership.objects.get(role=Role.PARTNER)
    save_person(at_work, partner, at_work.lead, name="Kari Nordmann-Hansen")
    # Then the team page says that something is not submitted yet
    client.force_login(at_work.lead)
    assert client.get(page("team", at_work)).context["pending"] is True
    # And submitting again keeps the new name beside the new version, under the same receipt
    again = at_work.submit()
    assert again.version == 2
    newest = Version.objects.order_by("-number").first()
    assert "Kari Nordmann-Hansen" in [one.values["name"] for one in newest.people.all()]
    # And the hashed content still names nobody
    assert "Nordmann" not in str(newest.content)
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
