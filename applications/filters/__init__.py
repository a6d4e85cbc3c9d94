"""Filters of the staff lists: they narrow what a user may see, and never widen it."""

from applications.filters.applications import EXPLAINED, ApplicationFilter
from applications.filters.fields import StaffFilter
from applications.filters.lists import EventFilter, GrantFilter, MemberFilter, NoticeFilter
from applications.filters.records import NOT_SENT_YET, STOPPED, MailFilter, UseFilter

__all__ = [
    "EXPLAINED",
    "NOT_SENT_YET",
    "STOPPED",
    "ApplicationFilter",
    "EventFilter",
    "GrantFilter",
    "MailFilter",
    "MemberFilter",
    "NoticeFilter",
    "StaffFilter",
    "UseFilter",
]
