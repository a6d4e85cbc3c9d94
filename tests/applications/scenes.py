"""A team as it stands just before it submits, on the real directory, and what tests do to it."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, models, transaction

from applications import actions
from applications.models import (
    Application,
    Event,
    Membership,
    Message,
    Notice,
    ReliedGrant,
    Role,
    Team,
)
from applications.models.evidence import Version, VersionPerson
from applications.queries.application import workspace
from applications.queries.snapshots import shown_fingerprint
from directory.models import Agency, Call, Grant, Institution, Researcher, User
from tests.directory.seeds import load_directory

# The real call amed-2024-3 closes on 28 May 2024 at noon in Japan.
CLOSES = datetime(2024, 5, 28, 3, 0, tzinfo=UTC)
DAY = datetime(2024, 5, 20, 1, 0, tzinfo=UTC)
RECORD = (Event, Version, VersionPerson, Notice, Message)


@dataclass(frozen=True)
class Upload:
    name: str = "reply.txt"
    kind: str = "txt"
    content: bytes = b"Yes, I take part."


@dataclass(frozen=True)
class Scene:
    application: Application
    lead: User
    deputy: User
    partner: Membership
    grant: Grant

    @property
    def pk(self) -> int:
        return self.application.pk

    def stored(self) -> Application:
        return Application.objects.select_related("call", "edition", "area").get(pk=self.pk)

    def seen(self) -> str:
        """The fingerprint that a check page shows now."""
        return shown_fingerprint(workspace(self.stored()))

    def submit(self, *, by: User | None = None, seen: str = "", at: datetime = DAY) -> Application:
        return actions.submit_application(
            application_id=self.pk, seen=seen or self.seen(), by=by or self.lead, at=at
        )

    def change(self, **values: Any) -> None:
        Application.objects.filter(pk=self.pk).update(**values)

    def counts(self) -> dict[str, int]:
        return {model.__name__: model.objects.count() for model in RECORD}


def user(name: str, **fields: Any) -> User:
    return User.objects.create_user(f"{name}@example.org", name=name.title(), **fields)


def person(team: Team, role: str, name: str, country: str, **fields: Any) -> Membership:
    place, _new = Institution.objects.get_or_create(
        country=country, name=f"University of {country}"
    )
    who = Researcher.objects.create(name=name, institution=place, **fields)
    confirmed = (
        {"confirmed_at": DAY, "confirmed_how": "SELF"} if role in (Role.LEAD, Role.PARTNER) else {}
    )
    return Membership.objects.create(team=team, researcher=who, role=role, **confirmed)


def unconfirmed(member: Membership) -> Membership:
    member.confirmed_at, member.confirmed_how = None, ""
    member.confirmed_reason, member.confirmed_by = "", None
    member.save()
    return member


def grant(application: Application, holder: Membership, agency: str, number: str = "") -> Grant:
    row = Grant.objects.create(
        holder=holder.researcher,
        agency=Agency.objects.get(slug=agency),
        reference=number,
        key=number,
        starts_on=date(2022, 1, 1),
        ends_on=date(2026, 12, 31),
    )
    ReliedGrant.objects.create(application=application, grant=row, added_at=DAY)
    return row


def ready(call: Call | None = None) -> Scene:
    """A draft that lacks nothing: lead in Japan, confirmed partner in Norway with a running RCN grant."""
    call = call or load_directory()
    lead, deputy = user("lead"), user("deputy")
    team = Team.objects.create(created_at=DAY, created_by=lead)
    application = Application.objects.create(
        team=team,
        call=call,
        title_ja="細胞の記憶",
        title_en="Memory of cells",
        abstract_en="How cells remember.",
        area=call.areas.get(code="cells"),
        years=3,
        budget_jpy=90_000_000,
        created_at=DAY,
        changed_at=DAY,
    )
    person(team, Role.LEAD, "山田 花子", "JP", user=lead, erad_number="12345678", email=lead.email)
    person(team, Role.DEPUTY, "鈴木 一郎", "JP", user=deputy)
    partner = person(team, Role.PARTNER, "Kari Nordmann", "NO", email="kari@example.no")
    return Scene(application, lead, deputy, partner, grant(application, partner, "rcn", "311393"))


def at_once(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run every job in a thread and a connection of its own; give back results or exceptions in order."""
    outcomes: list[Any] = [None] * len(jobs)

    def run(place: int) -> None:
        try:
            outcomes[place] = jobs[place]()
        except Exception as refusal:
            outcomes[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


@contextmanager
def held(model: type[models.Model]) -> Iterator[None]:
    """Hold the rows' locks from a connection of another thread until the block ends."""
    locked, free = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(model.objects.select_for_update())
            locked.set()
            free.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(30)
    try:
        yield
    finally:
        free.set()
        holder.join(30)


def wait_for_waiters(number: int) -> None:
    """Wait until that many statements queue for a lock, so that a race is one."""
    for _try in range(600):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone()[0] >= number:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits for the lock")


def in_order(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """Let the jobs queue for the applications one after the other, then go; as ``at_once`` otherwise."""
    outcomes: list[Any] = []

    def queue(place: int) -> Any:
        wait_for_waiters(place)
        return jobs[place]()

    def run_all() -> None:
        queued = [lambda place=place: queue(place) for place in range(len(jobs))]
        outcomes.extend(at_once(queued))
        connection.close()

    runner = threading.Thread(target=run_all)
    with held(Application):
        runner.start()
        wait_for_waiters(len(jobs))
    runner.join(60)
    assert len(outcomes) == len(jobs)
    return outcomes
