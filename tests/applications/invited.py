"""An invitation as it reaches a person: the link from the mail, and what its page sends."""

import re
from datetime import timedelta
from html import unescape

from django.urls import reverse
from django.utils import timezone

from applications import actions
from applications.models import Event, Invitation, Membership, Message, ReliedGrant
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


def at(token, page="", *more):
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
    member = Membership.objects.get(pk=scene.partner.pk)
    return fingerprint(own_facts(scene.stored(), member))


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


def heading(response):
    found = re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode(), re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", found[1])).strip()


def words(response):
    return unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


def press(client, token, **fields):
    """Open the page and send its form with these answers."""
    page = client.get(at(token))
    return client.post(at(token), {**carried(page), "act": "confirm", **fields})


def questions(response):
    """Labels of the boxes, lists and groups of buttons; a day is one question."""
    html = response.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return re.findall(r'<div id="div_id_([\w-]+)"', main)


def acts():
    return list(Event.objects.order_by("pk").values_list("act", flat=True))


def own(scene, *, by=None, **more):
    return {
        "application_id": scene.pk,
        "membership_id": scene.partner.pk,
        "by": by or scene.partner,
        "at": timezone.now(),
        **more,
    }
