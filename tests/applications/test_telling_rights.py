"""Who writes, sends, records and leaves a notice: the letter is the holder's, the record also the team's."""

import pytest
from django.urls import reverse

from applications import actions, permissions
from applications.actions.telling import written
from applications.models import Membership, Notice, Role
from applications.queries.fingerprints import fingerprint
from directory.models import Researcher
from tests.applications import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(scene):
    """A submitted application with a notice due to RCN."""
    scene.submit()
    return scene


def account(scene, who):
    if who == "lead":
        return scene.lead
    if who == "officer":
        return scenes.user("officer", staff_agency="AMED", staff_role="OFFICER")
    if who == "superuser":
        return scenes.user("root", is_superuser=True)
    somebody = scenes.user("somebody")
    if who == "another partner":
        scenes.person(scene.application.team, Role.PARTNER, "Per", "NO", user=somebody)
        return somebody
    Researcher.objects.filter(pk=scene.partner.researcher_id).update(user=somebody)
    if who == "holder who left":
        Membership.objects.filter(pk=scene.partner.pk).update(removed_at=scenes.DAY)
    return somebody


def edit(notice, by):
    return actions.edit_notice(
        notice_id=notice.pk,
        values={"text": "Dear officer"},
        seen=fingerprint(written(notice)),
        by=by,
        at=scenes.DAY,
    )


def record(notice, by):
    return actions.record_notice(
        notice_id=notice.pk,
        done_on=scenes.DAY.date(),
        channel="EMAIL",
        done_to="An officer",
        reason="",
        by=by,
        at=scenes.DAY,
    )


def release(notice, by):
    return actions.release_notice(notice_id=notice.pk, seen="", by=by, at=scenes.DAY)


def leave(notice, by):
    return actions.choose_not_to_send(notice_id=notice.pk, reason="", by=by, at=scenes.DAY)


# Asked for what is missing, and not refused as a person.
LET_IN = (actions.ReasonNeeded, actions.LetterIncomplete)


@pytest.mark.parametrize(
    ("who", "edits", "releases", "records", "leaves"),
    [
        ("lead", False, False, True, True),
        ("holder", True, True, True, True),
        ("another partner", False, False, False, False),
        ("holder who left", False, False, False, False),
        ("officer", False, False, True, False),
        ("superuser", False, False, True, False),
    ],
)
def test_who_edits_sends_records_and_leaves(sent, who, edits, releases, records, leaves):
    notice, by = Notice.objects.get(), account(sent, who)

    for act, may in ((edit, edits), (release, releases), (leave, leaves), (record, records)):
        notice.refresh_from_db()
        try:
            act(notice, by)
            done = True
        except LET_IN:
            done = True
        except actions.NotPermitted:
            done = False
        assert done is may, act.__name__


def test_control_were_the_team_asked_as_before_the_lead_would_write_in_her_name(sent, monkeypatch):
    monkeypatch.setattr(
        permissions, "may_tell", lambda by, act, one: permissions.may(by, act, one.application)
    )

    edit(Notice.objects.get(), sent.lead)

    assert Notice.objects.get().text == "Dear officer"


def test_a_holder_with_an_account_records_in_their_own_name(client, sent):
    notice = Notice.objects.get()
    client.force_login(account(sent, "holder"))
    address = reverse("applications:notice", args=[sent.application.team.ref, notice.pk])

    shown = client.get(address)
    assert {"draft_form", "record_form"} <= {
        name for name in ("draft_form", "record_form") if shown.context[name]
    }
    done = record(notice, sent.partner.researcher.__class__.objects.get(name="Kari Nordmann").user)

    assert (done.on_behalf, done.state) == (False, "RECORDED")


def test_another_partner_reads_but_is_refused(client, sent):
    notice = Notice.objects.get()
    client.force_login(account(sent, "another partner"))
    address = reverse("applications:notice", args=[sent.application.team.ref, notice.pk])

    assert client.get(address).context["forms"] == []
    for act in ("draft", "record", "not-sent"):
        assert client.post(address, {"act": act}).status_code == 403
    for name in ("notice_release", "notice_eml"):
        hers = reverse(f"applications:{name}", args=[sent.application.team.ref, notice.pk])
        assert client.get(hers).status_code == 403
    notice.refresh_from_db()
    assert (notice.state, notice.text) == ("DUE", "")
