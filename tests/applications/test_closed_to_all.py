"""After the deadline no act changes what was submitted; the record of notices stays open, and so does the way out."""

import inspect
from datetime import timedelta

import pytest

from applications import actions
from applications.actions import claiming
from applications.models import Application, Invitation, Membership, Notice, Role
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import grant_values, person_values, section_values
from directory.models import Agency
from tests.applications import scenes

pytestmark = pytest.mark.django_db
UPLOAD = scenes.Upload()


def section(name, **values):
    def act(scene):
        return actions.save_section(
            section=name,
            values=values,
            seen=fingerprint(section_values(scene.stored(), name)),
            **who(scene),
        )

    return act


def who(scene):
    return {"application_id": scene.pk, "by": scene.lead, "at": scenes.DAY}


def change_person(scene):
    stored = person_values(scene.partner.researcher)
    return actions.save_person(
        membership_id=scene.partner.pk,
        role=Role.PARTNER,
        values=stored | {"department": "Elsewhere"},
        seen=fingerprint(stored),
        **who(scene),
    )


def change_grant(scene):
    stored = grant_values(scene.grant)
    return actions.save_grant(
        membership_id=scene.partner.pk,
        grant_id=scene.grant.pk,
        values=stored | {"title": "Another"},
        seen=fingerprint(stored),
        **who(scene),
    )


def of_member(act, **values):
    def done(scene):
        return act(membership_id=scene.partner.pk, **values, **who(scene))

    return done


def of_invitation(act, **values):
    """An act behind an open link that was mailed before the deadline."""

    def done(scene):
        invitation = Invitation.objects.create(
            membership=scene.partner,
            application=scene.application,
            email="kari@example.no",
            language="en",
            token_digest="0" * 64,
            created_at=scenes.DAY,
            created_by=scene.lead,
            expires_at=scenes.CLOSES + timedelta(days=9),
        )
        return act(invitation_id=invitation.pk, account=None, at=scenes.DAY, **values)

    return done


def correct_particulars(scene):
    stored = person_values(scene.partner.researcher)
    return actions.correct_own_particulars(
        membership_id=scene.partner.pk,
        values=stored | {"name": "Kari N."},
        seen=fingerprint(stored),
        **who(scene) | {"by": scene.partner},
    )


def correct_grant(scene):
    stored = grant_values(scene.grant)
    return actions.correct_own_grant(
        membership_id=scene.partner.pk,
        grant_id=scene.grant.pk,
        values=stored | {"title": "Another"},
        seen=fingerprint(stored),
        **who(scene) | {"by": scene.partner},
    )


# Every act that writes into an application; the value does it to a ready team.
CLOSED = {
    "save_section": [
        section("project", title_en="Later"),
        section("answers", years=4),
    ],
    "save_person": [
        change_person,
        lambda scene: actions.save_person(
            membership_id=None, role=Role.PARTNER, values={"name": "New"}, seen="", **who(scene)
        ),
    ],
    "remove_person": [
        lambda scene: actions.remove_person(
            membership_id=scene.partner.pk, reason="", **who(scene)
        ),
    ],
    "save_grant": [
        change_grant,
        lambda scene: actions.save_grant(
            membership_id=scene.partner.pk,
            grant_id=None,
            values={"agency": Agency.objects.get(slug="rcn"), "reference": "300281"},
            seen="",
            **who(scene),
        ),
    ],
    "remove_grant": [
        lambda scene: actions.remove_grant(grant_id=scene.grant.pk, reason="", **who(scene)),
    ],
    "confirm_on_behalf": [
        lambda scene: actions.confirm_on_behalf(
            membership_id=scene.partner.pk, reason="r", upload=UPLOAD, **who(scene)
        ),
    ],
    "attest": [
        lambda scene: actions.attest(
            grant_id=scene.grant.pk,
            code="ERC_SCOPE",
            answer="GIVEN",
            reason="r",
            upload=UPLOAD,
            **who(scene),
        ),
    ],
    "invite": [of_member(actions.invite, agency_id=None)],
    "remind": [of_member(actions.remind)],
    "correct_address": [of_member(actions.correct_address, email="new@example.no")],
    "cancel_invitation": [of_member(actions.cancel_invitation)],
    "decide_claim": [
        lambda scene: actions.decide_claim(
            invitation_id=0, claimant_id=0, approve=True, **who(scene)
        )
    ],
    "confirm_invitation": [of_invitation(actions.confirm_invitation, answers={}, seen="")],
    "decline_invitation": [of_invitation(actions.decline_invitation, reason="")],
    "confirm_again": [
        lambda scene: actions.confirm_again(
            membership_id=scene.partner.pk,
            answers={},
            seen="",
            **who(scene) | {"by": scene.partner},
        )
    ],
    "correct_own_particulars": [correct_particulars],
    "correct_own_grant": [correct_grant],
    "answer_own_condition": [
        lambda scene: actions.answer_own_condition(
            membership_id=scene.partner.pk,
            grant_id=scene.grant.pk,
            code="ERC_SCOPE",
            answer="GIVEN",
            **who(scene) | {"by": scene.partner},
        )
    ],
    "submit_application": [lambda scene: scene.submit(seen="something else")],
    "copy_application": [
        lambda scene: actions.copy_application(call_id=scene.application.call_id, **who(scene)),
    ],
    "start_application": [
        lambda scene: actions.start_application(
            call_id=scene.application.call_id,
            person={"name": "New"},
            by=scene.lead,
            at=scenes.DAY,
        ),
    ],
}
OPEN = {
    *("withdraw_application", "record_notice", "choose_not_to_send", "edit_notice"),
    *("remind_holder", "owe_due_reminders", "settle_message", "tell_holder_again"),
    *("release_notice", "acknowledge_letter"),
}
AFTER_WITHDRAWAL = {"start_again"}
# What a person may always do about their own part, and what keeps a team from being stuck.
OF_PEOPLE = {
    "link_account",
    *("withdraw_consent", "forget_invited", "mail_personal_link", "note_opened"),
    "choose_reminders",
    *("hand_over_lead", "mark_bounced"),
    # Of the outbox, at any time: mail goes wrong after deadlines, too.
    *("mark_returned", "hold_message", "send_again", "discard_message"),
    # That staff read the evidence of a version: reading is recorded whenever it happens.
    "record_evidence_use",
}
# Of one's own account, at any time: an iD proved at ORCID is a fact of the person, and what was
# submitted keeps what it held.
OF_NO_APPLICATION = {
    *("save_profile", "request_erasure", "withdraw_erasure_request"),
    *("link_orcid", "unlink_orcid", "remove_credentials"),
    *("save_letter_template", "withdraw_letter_template", "make_edition"),
    *("change_staff_role", "hold_all_mail", "open_mail"),
    # Values go when a person asks or their time is over; seals and acts stay as they were.
    *("erase_person", "erase_entry_of_team", "erase_again"),
    *("erase_mails_of_sign_in", "remember_forgotten"),
    *("apply_retention", "sweep_files"),
    *("record_reading", "record_export", "record_rows_written"),
}
# Of staff, mostly after the deadline; none changes what was submitted.
OF_SCREENING = {
    *("decide", "follows", "assign", "write_note"),
    *("edit_team_letter", "release_team_letter", "drop_team_letter"),
}
# Of the list: drafts of applications follow it at any time, what was submitted keeps its own.
OF_LISTS = {
    *("put_in_force", "work_out_effect"),
    *("state_case", "obstacles", "publish_edition"),
}
ACTS = [(name, act) for name, acts in CLOSED.items() for act in acts]


@pytest.fixture
def submitted(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.CLOSES - timedelta(seconds=1))
    scene = scenes.ready()
    scene.submit()
    return scene


def test_every_act_is_known_as_closed_or_open():
    acts = {name for name, _function in inspect.getmembers(actions, inspect.isfunction)}
    assert (
        acts
        == set(CLOSED)
        | OPEN
        | AFTER_WITHDRAWAL
        | OF_PEOPLE
        | OF_NO_APPLICATION
        | OF_SCREENING
        | OF_LISTS
    )


def state(scene):
    """All that a version is made of, as it is stored now."""
    return (
        list(Application.objects.order_by("pk").values()),
        list(Membership.objects.order_by("pk").values()),
        list(scene.application.relied.order_by("pk").values()),
        list(Notice.objects.order_by("pk").values()),
    )


@pytest.mark.parametrize(("name", "act"), ACTS)
def test_at_the_deadline_the_act_is_refused_and_nothing_changes(submitted, monkeypatch, name, act):
    before = state(submitted)
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.CLOSES)
    with pytest.raises(actions.CallClosed):
        act(submitted)
    assert state(submitted) == before


@pytest.mark.parametrize(
    ("name", "act"), [one for one in ACTS if one[0].startswith(("save", "correct_own"))]
)
def test_control_a_second_earlier_the_same_act_goes_through(submitted, name, act):
    before = state(submitted)
    act(submitted)
    assert state(submitted) != before


def test_the_way_out_and_the_record_of_notices_stay_open(submitted, monkeypatch):
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.CLOSES + timedelta(days=1))
    notice = Notice.objects.get()
    told = {"notice_id": notice.pk, "by": submitted.lead, "at": scenes.DAY}
    actions.record_notice(
        done_on=scenes.DAY.date(), channel="EMAIL", done_to="her contact", reason="r", **told
    )
    actions.withdraw_application(reason="", **who(submitted))
    assert Notice.objects.get(pk=notice.pk).state == "RECORDED"
    with pytest.raises(actions.CallClosed):
        actions.start_again(**who(submitted))
