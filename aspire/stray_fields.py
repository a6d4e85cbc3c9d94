"""Fields posted to a page that no form of it asks for: ignored, as always, and logged (hazards.md 6)."""

import logging
import re
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse, QueryDict

logger = logging.getLogger(__name__)

# Sent by our own pages, and not always read: buttons, what Django takes, and what a page carries
# for its own questions, which it need not ask once its moment has passed.
BUTTONS = {
    *("act", "action", "action_add", "action_primary", "action_remove", "action_send", "answer"),
    *("approve", "attest", "change", "confirm", "copy", "do", "download", "hand_over", "refuse"),
    *("remove", "request", "save", "send", "show", "start", "submit", "withdraw", "post"),
    *("_addanother", "_continue", "_popup", "_save", "_saveasnew", "_to_field"),
    *("index", "select_across"),
}
CARRIED = {
    *("csrfmiddlewaretoken", "next", "claimant", "code", "facts", "password1", "password2"),
    *("seen", "shown"),
}
OF_EVERY_PAGE = BUTTONS | CARRIED
# The admin's empty row, which its script copies for each new one: browsers send it along.
SPARE_ROW = re.compile(r"(?:initial-)?(?P<formset>\w+)-__prefix__-\w+", re.ASCII)
SHOWN = 20
PLAIN = re.compile(r"[\w.\-]{1,60}", re.ASCII)  # anything else might be a value in disguise


class AskedQueryDict(QueryDict):
    """What was posted, which remembers the names that somebody asked for.

    A form asks for each of its fields, and a formset for its own form of counts; so what is left
    over belongs to none of them, whatever the prefixes. Whoever walks through all asks for all.
    """

    asked: set[str]

    @classmethod
    def of(cls, posted: QueryDict) -> "AskedQueryDict":
        made = cls("", mutable=True, encoding=posted.encoding)
        made.asked = set()
        for name, values in posted.lists():
            made.setlist(name, values)
        made._mutable = False
        return made

    def __getitem__(self, name):
        self.asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name) -> bool:
        self.asked.add(name)
        return super().__contains__(name)

    def getlist(self, name, default=None):
        self.asked.add(name)
        return super().getlist(name, default)

    def lists(self) -> Iterator:
        self.asked.update(self)
        return super().lists()

    def __copy__(self) -> "AskedQueryDict":
        return self._with_the_same_memory()

    def __deepcopy__(self, memo) -> "AskedQueryDict":
        return self._with_the_same_memory()

    def _with_the_same_memory(self) -> "AskedQueryDict":
        """A copy to change; what is asked of it counts, copying does not."""
        made = type(self)("", mutable=True, encoding=self.encoding)
        made.asked = self.asked
        for name, values in super().lists():
            made.setlist(name, list(values))
        return made


class StrayFieldsMiddleware:
    """Log the names, never the values, of posted fields that the page did not ask for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        posted = getattr(request, "_post", None)
        if isinstance(posted, AskedQueryDict) and not self._was_turned_down(request, response):
            stray = sorted(set(posted) - posted.asked - OF_EVERY_PAGE)
            stray = [name for name in stray if not self._is_spare(name, posted.asked)]
            if request.content_type == "multipart/form-data":
                # So do browsers send a box for a file that was left empty.
                stray = [name for name in stray if posted.getlist(name) != [""]]
            if stray:
                self._log(request, stray)
        return response

    def process_view(self, request: HttpRequest, view, args, kwargs) -> None:
        if request.method == "POST" and request.POST:
            request.signed_in_before = request.user.is_authenticated
            request.POST = AskedQueryDict.of(request.POST)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        request.refused_by_view = True

    @staticmethod
    def _was_turned_down(request: HttpRequest, response: HttpResponse) -> bool:
        """Whether the page refused, or first wants fresh proof: it may not have looked at its forms.

        Nothing was written then, and Django's own log names what was refused.
        """
        signed_out = request.signed_in_before and not request.user.is_authenticated
        refused = response.status_code >= 400 or getattr(request, "refused_by_view", False)
        return refused or signed_out

    @staticmethod
    def _is_spare(name: str, asked: set[str]) -> bool:
        """Whether it is of the empty row of a formset that the page does have."""
        row = SPARE_ROW.fullmatch(name)
        return row is not None and f"{row['formset']}-TOTAL_FORMS" in asked

    @staticmethod
    def _log(request: HttpRequest, stray: list[str]) -> None:
        # The page by its name: an address may hold a token that opens somebody's page.
        named = [name if PLAIN.fullmatch(name) else "(no plain name)" for name in stray[:SHOWN]]
        logger.warning(
            "Fields that no form of the page asks for were ignored: %s. Page %s, account %s%s",
            ", ".join(named),
            request.resolver_match.view_name,
            request.user.pk or "none",
            f", {len(stray) - SHOWN} more" if len(stray) > SHOWN else "",
        )
