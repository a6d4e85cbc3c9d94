"""What happened to the notices of one application, and the letters that carried them."""

from collections import defaultdict
from datetime import datetime

from applications.models import Application, Event, Happening, Message

H = Happening
ABOUT_NOTICES = frozenset(
    {
        H.NOTICE_RECORDED,
        H.NOTICE_NOT_SENT,
        H.NOTICE_EDITED,
        H.NOTICE_RELEASED,
        H.NOTICE_HANDED_OVER,
        H.NOTICE_ACKNOWLEDGED,
        H.NOTICE_FAILED,
        H.NOTICE_HELD,
        H.NOTICE_BOUNCED,
        H.NOTICE_REMINDED,
        H.FOLLOW_UP_PREPARED,
    }
)


def notice_happenings(application: Application) -> dict[int, list[tuple[Happening, datetime]]]:
    """Return what happened to each notice, oldest first, in one statement.

    An event names its notice, or several where one mail reminded of all of them.
    """
    found: dict[int, list[tuple[Happening, datetime]]] = defaultdict(list)
    events = Event.objects.filter(application=application, act__in=ABOUT_NOTICES)
    for act, at, details in events.order_by("at", "pk").values_list("act", "at", "details"):
        for notice in (details.get("notice"), *details.get("notices", ())):
            if notice is not None:
                found[notice].append((Happening(act), at))
    return found


def newest_letters(application: Application) -> dict[int, Message]:
    """Return the newest letter of each notice that ever was released, in one statement; no texts."""
    letters = (
        Message.objects.to_funders()
        .filter(application=application)
        .order_by("pk")
        .only("notice_id", "state", "recipient", "error", "reason", "reply_code")
    )
    return {letter.notice_id: letter for letter in letters if letter.notice_id}
