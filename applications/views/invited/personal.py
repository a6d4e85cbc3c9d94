"""A member's own page: what was confirmed, own grants and notices; and a new link to it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from applications.models import Role
from applications.queries.application import workspace
from applications.queries.invitations import link_of, newest_application
from applications.queries.ledger import ledger
from applications.views.invited import again
from applications.views.invited.pages import mail_link
from applications.views.invited.ways import (
    Way,
    by_personal_link,
    own_page,
    private,
    signed_in,
)
from applications.views.invited.words import grants_shown
from applications.views.notice_rows import listed
from applications.views.notice_timeline import picture, timeline
from applications.workflow import FINAL


def page(request: HttpRequest, way: Way) -> HttpResponse:
    """Show what the portal holds of one member, and what they may do about it."""
    space, member = workspace(way.application), way.member
    book = ledger(way.application)
    open_now = way.takes_answers
    own = [one for one in (*book.rows, *book.crossed_out) if one.notice.holder_id == member.pk]
    rows = listed(book, own, way.actor, lambda pk: way.at("notice", pk), own=True)
    context: dict[str, Any] = {
        "abroad": member.role == Role.PARTNER,
        "grants": [
            {
                **one,
                "change": way.at("grant", one["grant"].pk) if open_now else "",
                "answer": way.at("condition", one["grant"].pk),
            }
            for one in grants_shown(space, member)
        ],
        "correct": way.at("particulars") if open_now else "",
        "add": way.at("grant_add"),
        "withdraw": way.at("withdraw"),
        "reminders": way.at("reminders"),
        "confirm": way.at("confirm") if again.may_confirm(way) else "",
        "notices": rows,
        "may_withdraw": member.confirmed_at is not None
        and member.role != Role.LEAD
        and way.application.status not in FINAL,
    }
    if rows:
        seen = timeline(book, [one["row"] for one in rows], timezone.now())
        context["picture"] = picture(seen)
    return own_page(request, "invited/personal.html", way, context)


personal = by_personal_link(page)
mine = signed_in(page)


@private
def mail_again(request: HttpRequest, token: str) -> HttpResponse:
    """Mail the owner of a link, valid or dead, a new one."""
    link = link_of(token)
    if link is None:
        raise Http404
    if request.method != "POST":
        return redirect("applications:personal", token)
    application = newest_application(link.membership.team_id)
    return mail_link(request, application.pk, link.membership_id, ("applications:personal", token))
