"""What every staff page says of the outbox: that no mail leaves, and why."""

from collections.abc import Mapping
from typing import Any

from django import template

from applications import outbox

register = template.Library()


@register.inclusion_tag("staff/mail_held.html", takes_context=True)
def mail_held(context: Mapping[str, Any]) -> dict[str, Any]:
    """The banner on staff pages while mail is held; elsewhere, and while it flows, nothing."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    if match is None or not getattr(request, "user", None) or not request.user.is_staff:
        return {}
    on_staff_page = "admin" in match.app_names or (match.url_name or "").startswith("staff")
    gate = outbox.shut_gate() if on_staff_page else None
    return {"gate": gate, "is_copy": gate and outbox.is_copy(gate)}
