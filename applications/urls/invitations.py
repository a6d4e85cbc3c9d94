"""Addresses that a mailed link opens, without an account, and the same pages for who has one."""

from collections.abc import Callable

from django.urls import URLPattern, path

from applications.views.invited import again, own, pages, personal
from applications.views.invited.ways import by_invitation, by_personal_link, signed_in

INVITATION, PERSONAL, MINE = "invitations/<str:token>/", "me/<str:token>/", "teams/<str:ref>/mine/"


def _own_pages(prefix: str, name: str, way: Callable) -> list[URLPattern]:
    """The pages that a member reaches on either way, once confirmed."""
    return [
        path(f"{prefix}particulars/", way(own.particulars), name=f"{name}_particulars"),
        path(f"{prefix}grants/add/", way(own.grant_add), name=f"{name}_grant_add"),
        path(f"{prefix}grants/<int:pk>/", way(own.grant), name=f"{name}_grant"),
        path(f"{prefix}grants/<int:pk>/condition/", way(own.condition), name=f"{name}_condition"),
        path(f"{prefix}notices/<int:pk>/", way(own.notice), name=f"{name}_notice"),
        path(
            f"{prefix}notices/<int:pk>/release/",
            way(own.notice_release),
            name=f"{name}_notice_release",
        ),
        path(
            f"{prefix}notices/<int:pk>/letter.eml", way(own.notice_eml), name=f"{name}_notice_eml"
        ),
        path(f"{prefix}reminders/", way(own.reminders), name=f"{name}_reminders"),
        path(f"{prefix}withdraw/", way(own.withdraw), name=f"{name}_withdraw"),
        path(f"{prefix}confirm/", way(again.confirm), name=f"{name}_confirm"),
    ]


urlpatterns = [
    path(INVITATION, pages.invitation, name="invitation"),
    path(f"{INVITATION}opened/", pages.opened, name="invitation_opened"),
    path(f"{INVITATION}decline/", pages.decline, name="invitation_decline"),
    path(f"{INVITATION}forget/", pages.forget, name="invitation_forget"),
    path(
        f"{INVITATION}particulars/",
        by_invitation(own.particulars),
        name="invitation_particulars",
    ),
    path(f"{INVITATION}grants/<int:pk>/", by_invitation(own.grant), name="invitation_grant"),
    path(PERSONAL, personal.personal, name="personal"),
    path(f"{PERSONAL}mail/", personal.mail_again, name="personal_mail"),
    *_own_pages(PERSONAL, "personal", by_personal_link),
    path(MINE, personal.mine, name="mine"),
    *_own_pages(MINE, "mine", signed_in),
]
