"""Windows on mail and on its hold switch."""

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from applications.admin.windows import OwnWindow
from applications.models import MailGate, Message, MessageKind
from applications.queries.mail_queue import stopped_by
from directory.admin.site import Window
from directory.models import User


@admin.register(Message)
class MessageAdmin(OwnWindow):
    """Mails of an application; those of sign-in belong to none and are for superusers."""

    lists_people = True
    list_display = ("created_at", "kind", "recipient", "subject", "state", "attempts")
    list_filter = ("state", "kind", ("created_at", admin.DateFieldListFilter))
    search_fields = ("recipient", "subject")
    search_help_text = _("Address or subject")
    ordering = ("-pk",)
    fields = (
        *("kind", "application", "notice", "recipient", "sender_name", "reply_to", "subject"),
        *("body", "state", "asked_by", "asked_by_member", "created_at", "available_at"),
        *("expires_at", "attempts", "handed_over_at", "reply_code", "words", "error", "reason"),
    )
    readonly_fields = ("body", "words")

    def own_rows(self, found: QuerySet[Message], user: User) -> QuerySet[Message]:
        return found.of_staff(user)

    @admin.display(description=_("text"))
    def body(self, message: Message) -> str:
        if message.kind == MessageKind.ACCOUNT:
            return _("Not shown: it may hold a sign-in code.")
        return message.text

    @admin.display(description=_("what went wrong, in words"))
    def words(self, message: Message) -> str:
        return stopped_by(message)


@admin.register(MailGate)
class MailGateAdmin(Window):
    """The hold switch, to look at; it is moved in the mail queue, with a reason."""

    list_display = ("identity", "held_at", "changed_by", "changed_at")
    list_select_related = ("changed_by",)
