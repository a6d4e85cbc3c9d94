"""Invitations against people: no link but ours (hazard 24), no pestering (25), one message to one person (27)."""

from collections import Counter
from datetime import timedelta
from itertools import cycle

import pytest
from django.conf import settings as portal_settings
from django.utils import timezone

from applications import actions, invitation_mail, outbox
from applications.actions import inviting
from applications.actions.invitation_limits import MOST_A_DAY, MOST_TO_ONE
from applications.models import Application, Happening, Invitation, Membership, Message, Role, Team
from applications.models.message import LINK
from directory.models import Institution, Researcher
from tests.applications import scenes
from tests.applications.scenes import DAY
from tests.directory.test_plain_text import PAYLOADS, filled, links_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def asked(scene):
    scenes.unconfirmed(scene.partner)
    return scene


# -- hazard 24 ---------------------------------------------------------------------------------


def mails(scene, text):
    """Every mail around an invitation, with ``text`` in all that people write."""
    Researcher.objects.update(name=text[:200])
    Institution.objects.update(name=text[:300], name_latin=text[:300])
    scene.change(title_en=text[:200], title_ja=text[:200])
    application = scene.stored()
    member = Membership.objects.select_related("researcher__institution").get(pk=scene.partner.pk)
    for language in ("en", "ja"):
        for is_reminder in (False, True):
            yield invitation_mail.invitation_mail(
                application=application,
                member=member,
                inviter=scene.lead,
                email="kari@example.no",
                language=language,
                expires_at=DAY + timedelta(days=14),
                is_reminder=is_reminder,
            )
        yield invitation_mail.personal_mail(
            application=application, member=member, language=language
        )
    for happening in (Happening.DECLINED, Happening.CONSENT_WITHDRAWN):
        yield invitation_mail.news_mail(
            happening=happening, application=application, member=member, to=scene.lead, reason=text
        )


def foreign_links(scene, text):
    """The links in these mails that are none of the portal's own."""
    ours = (
        LINK,
        "amed-aspire@amed.go.jp",
        "kari@example.no",
        scene.lead.email,
        scene.application.call.page,
    )
    found = []
    for mail in mails(scene, text):
        rest = f"{mail.subject}\n{mail.text}"
        for own in ours:
            rest = rest.replace(own, "") if own else rest
        lines = [one for one in rest.splitlines() if not one.startswith(portal_settings.PORTAL_URL)]
        found += links_in("\n".join(lines))
    return found


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_mail_holds_no_link_but_ours_whatever_people_call_themselves(asked, payload):
    assert foreign_links(asked, filled(payload)) == []


def test_control_quoted_as_it_was_typed_a_name_is_a_link(asked, monkeypatch):
    monkeypatch.setattr(invitation_mail, "unlinked", lambda text, most=120: text[:most])

    assert len(PAYLOADS) >= 60
    assert foreign_links(asked, "https://evil.example/login") != []


def test_the_subject_of_an_invitation_holds_nothing_that_people_wrote(asked):
    def subjects(text):
        return [mail.subject for mail in mails(asked, text) if LINK in mail.text]

    assert subjects("Kari") == subjects("https://evil.example\r\nBcc: v@evil.example")


# -- hazard 25 ---------------------------------------------------------------------------------


def victims(team, number, email=""):
    """Partners of a team, each with an address of their own, or all with the same."""
    people = Researcher.objects.bulk_create(
        [
            Researcher(name=f"P{count}", email=email or f"p{count}@x.example", language="en")
            for count in range(number)
        ]
    )
    return Membership.objects.bulk_create(
        [Membership(team=team, researcher=one, role=Role.PARTNER) for one in people]
    )


def spam(application_id, members, by, tries, every=timedelta(seconds=3)):
    """Press invite and cancel as fast as a script does; count what came of it."""
    came = Counter()
    moment = DAY
    for _try, member in zip(range(tries), cycle(members), strict=False):
        moment += every
        who = {"application_id": application_id, "membership_id": member.pk, "by": by, "at": moment}
        try:
            actions.invite(agency_id=None, **who)
        except (actions.TooSoon, actions.TooManyInvitations) as refusal:
            came[type(refusal).__name__] += 1
        else:
            came["sent"] += 1
            actions.cancel_invitation(**who)
    return came


def test_of_a_thousand_scripted_invitations_sixty_leave(asked):
    # Given a lead who scripts a thousand invitations within the hour, each cancelled at once
    members = victims(asked.application.team, 200)

    came = spam(asked.pk, members, asked.lead, 1000)

    assert (came["sent"], came.total()) == (MOST_A_DAY, 1000)
    assert Message.objects.count() == MOST_A_DAY == 60


def test_control_without_the_limits_every_one_of_them_leaves(asked, monkeypatch):
    monkeypatch.setattr(inviting, "within_limits", lambda *_any, **_more: None)

    came = spam(asked.pk, victims(asked.application.team, 10), asked.lead, 100)

    assert came == {"sent": 100}


def test_one_person_invited_again_and_again_gets_one_mail(asked):
    came = spam(asked.pk, [asked.partner], asked.lead, 100)

    assert came == {"sent": 1, "TooSoon": 99}


def test_correcting_the_address_to_and_fro_is_counted_too(asked):
    spam(asked.pk, [asked.partner], asked.lead, 0)
    who = {"application_id": asked.pk, "membership_id": asked.partner.pk, "by": asked.lead}
    actions.invite(agency_id=None, at=DAY, **who)
    actions.correct_address(email="b@x.example", at=DAY, **who)

    for email in ("kari@example.no", "B@x.example"):
        with pytest.raises(actions.TooSoon):
            actions.correct_address(email=email, at=DAY + HOUR, **who)
    assert Message.objects.count() == 2


def test_withdrawing_and_beginning_again_does_not_get_round_the_limits(asked):
    # Given an invitation, then a withdrawal and a new draft of the same team
    who = {"by": asked.lead, "at": DAY}
    actions.invite(application_id=asked.pk, membership_id=asked.partner.pk, agency_id=None, **who)
    actions.withdraw_application(application_id=asked.pk, reason="", **who)
    again = actions.start_again(application_id=asked.pk, **who)

    came = spam(again.pk, [asked.partner], asked.lead, 20)

    assert came == {"TooSoon": 20}


def test_many_teams_of_one_account_write_to_one_person_three_times(asked):
    """A team is quickly made: what counts is how often one person hears of the portal."""
    came = Counter()
    for _team in range(20):
        team = Team.objects.create(created_at=DAY)
        scenes.person(team, Role.LEAD, "山田 花子", "JP", user=asked.lead)
        one = Application.objects.create(
            team=team, call=asked.application.call, created_at=DAY, changed_at=DAY
        )
        came += spam(one.pk, victims(team, 1, "victim@x.example"), asked.lead, 1)

    assert came == {"sent": MOST_TO_ONE, "TooSoon": 20 - MOST_TO_ONE}


# -- hazard 27 ---------------------------------------------------------------------------------


def test_every_message_goes_to_one_person_and_nobody_is_copied(asked, mailoutbox):
    members = victims(asked.application.team, 8)
    for member in members:
        actions.invite(
            application_id=asked.pk, membership_id=member.pk, agency_id=None,
            by=asked.lead, at=timezone.now(),
        )  # fmt: skip

    outbox.deliver_due(now=timezone.now)

    assert [one.to for one in mailoutbox] == [[member.researcher.email] for member in members]
    assert {(*one.cc, *one.bcc, *one.reply_to) for one in mailoutbox} == {()}
    # And no link is mailed twice
    assert len({one.body for one in mailoutbox}) == 8 == Invitation.objects.count()
