"""An invitation as it reaches a person: the link from the mail, and what its page sends."""

import re
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from applications import actions
from applications.models import Invitation, Message, ReliedGrant
from applications.queries.fingerprints import fingerprint
from applications.queries.invitations import own_facts
from directory.models import Agency
from tests.applications import scenes

ADDRESS = "asa@uni.example"


def ask(scene, member=None, *, at=None, agency=None):
    """Invite the member, unconfirmed as yet; return the invitation and the secret of its link."""
    member = member or scene.partner
    member.confirmed_at, member.confirmed_how = None, ""
    member.save()
    member.researcher.email = member.researcher.email or ADDRESS
    member.researcher.save()
    invitation = actions.invite(
        application_id=scene.pk,
        membership_id=member.pk,
        agency_id=Agency.objects.get(slug=agency).pk if agency else None,
        by=scene.lead,
        at=at or timezone.now(),
    )
    return invitation, secret_of(invitation.message)


def secret_of(message):
    return message.secret.rstrip("/").rpartition("/")[2]


def personal_secret():
    """The secret of the newest mail that brings a link to somebody's own page."""
    return secret_of(Message.objects.filter(kind="PERSONAL").latest("pk"))


def at(token, page="", *more, language="en"):
    """An address of the invitation's pages."""
    return reverse(f"applications:invitation{page and '_' + page}", args=[token, *more])


def me(token, page="", *more):
    return reverse(f"applications:personal{page and '_' + page}", args=[token, *more])


def carried(response):
    """What the page's form carries unseen, and what its radio buttons and boxes hold."""
    html = response.content.decode()
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}


def facts(scene):
    return fingerprint(own_facts(scene.stored(), scene.partner))


def confirm(scene, invitation, *, account=None, answers=None, seen=None, when=None, **more):
    return actions.confirm_invitation(
        invitation_id=invitation.pk,
        answers=answers or {},
        seen=facts(scene) if seen is None else seen,
        account=account,
        at=when or timezone.now(),
        **more,
    )


def without_grant(scene):
    ReliedGrant.objects.update(removed_at=scenes.DAY)


def with_erc_grant(scene):
    """Give the partner an ERC grant, whose condition the holder is to answer."""
    return scenes.grant(scene.application, scene.partner, "erc", "101012345")


def expire(invitation):
    past = timezone.now() - timedelta(minutes=1)
    Invitation.objects.filter(pk=invitation.pk).update(
        created_at=past - timedelta(days=14), expires_at=past
    )
