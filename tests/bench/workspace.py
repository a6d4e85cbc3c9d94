"""Every page of a team's workspace, with one team in the database and with 5,000."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.test import Client
from django.urls import NoReverseMatch, reverse

from applications.models import Application, Notice
from applications.urls import notices, workspace
from directory.models import Call
from tests.applications import scenes
from tests.bench.filling import OPEN_CALL
from tests.bench.report import Line, ratio
from tests.bench.timing import alone

RUNS = 15
MANY = 5_000
# Beside these, pages that answer with something else than a page to read are left out below.
NO_PAGES = frozenset({"proof", "notice_eml", "receipt_text"})


class Team:
    """One submitted team in an open call, and its lead at its pages."""

    def __init__(self) -> None:
        self.scene = scenes.ready(Call.objects.get(code=OPEN_CALL))
        # The call is kept open for a century, and the partner's grant ends before that.
        self.scene.change(explanation="The grant will be renewed.")
        self.scene.submit(at=datetime.now(UTC))
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(
            self.scene.lead, "allauth.account.auth_backends.AuthenticationBackend"
        )
        self.pages = self._pages()

    def _pages(self) -> dict[str, str]:
        """Return the address of every page of the workspace that this lead can read, by its name."""
        stored = self.scene.stored()
        partner, grant = self.scene.partner.pk, self.scene.grant.pk
        notice = Notice.objects.filter(application=stored).earliest("pk").pk
        of_grant = {"grant_edit", "grant_remove", "attest"}
        found = {}
        for name in [one.name for one in (*workspace.urlpatterns, *notices.urlpatterns)]:
            pk = notice if name.startswith("notice") else grant if name in of_grant else partner
            given: tuple[Mapping[str, object], ...] = (
                {},
                {"ref": stored.team.ref},
                {"number": stored.receipt},
                {"ref": stored.team.ref, "pk": pk},
                {"ref": stored.team.ref, "person": partner},
            )
            for values in given:
                try:
                    address = reverse(f"applications:{name}", kwargs=values)
                except NoReverseMatch:
                    continue
                if name not in NO_PAGES and self.client.get(address).status_code == 200:
                    found[name] = address
        return found

    def times(self) -> dict[str, float]:
        """Return the seconds of each page, for now's number of teams."""
        return {
            name: alone(lambda at=address: self.client.get(at), RUNS)
            for name, address in self.pages.items()
        }

    def against(self, before: dict[str, float]) -> list[Line]:
        """Hold every page against its own time with one team; the table shows the worst first."""
        teams = Application.objects.count()
        lines = [
            ratio(f"{name} with {teams:,} teams to one", now, before[name], 1.2)
            for name, now in self.times().items()
        ]
        return sorted(lines, key=lambda line: -line.value)
