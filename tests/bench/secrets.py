"""Who has an account, and what exists: whether the time of an answer tells (hazards 3 and 44).

Each pair is one form or page asked about something that is there and about something that is not.
The two are sampled by turns in random order; every sample is rolled back, so that each meets the same
database. Rate limits are off: nobody gets 1,000 answers of the real portal.
"""

import gc
import logging
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as OWNER,
)
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY as RECORDS,
)
from allauth.account.internal.userkit import user_id_to_str
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from applications.models import Notice, Proof, Role
from directory.models import User
from tests import sign_in
from tests.applications import scenes
from tests.bench.report import Line

# As many pairs as fit into the time of one form, so that all of them take less than three minutes.
PAIRS, LEAST, SECONDS = 1_000, 100, 18.0
NEAR = 5.0  # ms between the medians
ALIKE = (0.45, 0.55)
PASSWORD = "Lantern-4-rivers"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NEVER = "ZZZZZZZZ"


class LightArgon2(Argon2PasswordHasher):
    """The portal's own hasher with less to do; skipping it altogether would still show."""

    time_cost, memory_cost, parallelism = 1, 8 * 1024, 1


@dataclass(frozen=True, slots=True)
class Told(Line):
    """Two medians; holds where they are near or where the samples cannot be told apart."""

    separable: bool = False

    @property
    def holds(self) -> bool:
        return self.value <= (self.target or 0) or not self.separable


@dataclass(frozen=True, slots=True)
class Question:
    """One request to send and the status that it must be answered with."""

    client: Client
    method: str
    address: str
    given: dict[str, str]
    status: int

    def ask(self) -> float:
        """Return the seconds of the answer; what it wrote is undone."""
        with transaction.atomic():
            started = perf_counter()
            response = getattr(self.client, self.method)(self.address, self.given)
            seconds = perf_counter() - started
            transaction.set_rollback(True)
        if response.status_code != self.status:
            raise RuntimeError(f"{self.address} answered {response.status_code}")
        return seconds


def share_above(ours: list[float], others: list[float]) -> float:
    """Return in what share of all pairs the first took longer (the area under the ROC curve)."""
    tagged = sorted([(one, 1) for one in ours] + [(one, 0) for one in others])
    ranks = sum(place for place, (_seconds, own) in enumerate(tagged, 1) if own)
    pairs = len(ours) * len(others)
    return (ranks - len(ours) * (len(ours) + 1) / 2) / pairs


def sampled(
    there: Question, absent: Question, pairs: int, seconds: float
) -> tuple[list[float], list[float]]:
    """Ask both so many times, in an order drawn anew for each pair; fewer where time runs out."""
    drawn = random.Random(44)
    times: tuple[list[float], list[float]] = ([], [])
    for _warm in range(3):
        there.ask()
        absent.ask()
    until = perf_counter() + seconds
    gc.collect()
    gc.disable()  # a collection would fall on one of the two
    try:
        for number in range(pairs):
            if number >= LEAST and perf_counter() > until:
                break
            order = [(0, there), (1, absent)]
            for place, question in order if drawn.random() < 0.5 else order[::-1]:
                times[place].append(question.ask())
            if number % 50 == 49:
                gc.collect()
    finally:
        gc.enable()
    return times


def line(name: str, there: list[float], absent: list[float]) -> Told:
    """Return the two medians, their difference, and how well one sample tells which it was."""
    a, b, share = median(there) * 1000, median(absent) * 1000, share_above(there, absent)
    return Told(
        f"{name} ({len(there):,} pairs, longer where it is there: {share:.2f})",
        f"{a:,.2f} ms",
        f"{b:,.2f} ms",
        abs(a - b),
        NEAR,
        "ms",
        separable=not ALIKE[0] <= share <= ALIKE[1],
    )


class Asked:
    """A team, a stranger to it, and addresses with and without an account."""

    def __init__(self, scene: scenes.Scene) -> None:
        now = datetime.now(UTC)
        self.scene = scene
        self.stored = self.scene.stored()
        self.notice = Notice.objects.filter(application=self.stored).earliest("pk")
        self.proof = Proof.objects.create(
            application=self.stored, file="x", name="x.pdf", kind="pdf", size=1,
            sha256="0" * 64, uploaded_at=now, uploaded_by=self.scene.lead,
        )  # fmt: skip
        self.known = self._account("known@example.org")
        self.stranger = self._client(self._account("stranger@example.org"))
        self.lead = self._client(self.scene.lead)
        self.visitor = Client(SERVER_NAME="localhost")
        team = self.scene.application.team
        self.invited = [
            scenes.unconfirmed(scenes.person(team, Role.PARTNER, "Ola", "NO", email=email))
            for email in (self.known.email, "nobody@example.org")
        ]

    @staticmethod
    def _account(email: str) -> User:
        user = User.objects.create_user(email, PASSWORD)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        return user

    @staticmethod
    def _client(user: User) -> Client:
        """Signed in, and proved a moment ago: the pages of an account ask for that."""
        client = Client(SERVER_NAME="localhost")
        sign_in.force_login(client, user, BACKEND)
        session = client.session
        at = datetime.now(UTC).timestamp() + 3600
        session[RECORDS] = [{"method": "password", "email": user.email, "at": at}]
        session[OWNER] = user_id_to_str(user)
        session.save()
        return client

    def _posted(self, name: str, status: int, field: str, **more: str) -> tuple[Question, Question]:
        address = reverse(name)
        there, absent = (
            Question(self.visitor, "post", address, {field: email, **more}, status)
            for email in (self.known.email, "nobody@example.org")
        )
        return there, absent

    def _invite(self, place: int) -> Question:
        values = [self.stored.team.ref, self.invited[place].pk]
        address = reverse("applications:person_invite", args=values)
        page = self.lead.get(address).content.decode()
        seen = re.search(r'name="seen" value="(\w+)"', page)[1]
        return Question(self.lead, "post", address, {"seen": seen, "send": "x"}, 302)

    def _added(self, email: str) -> Question:
        given = {"email": email, "action_add": "1"}
        return Question(self.stranger, "post", reverse("account_email"), given, 302)

    def _hidden(self, name: str, there: list[object], never: list[object]) -> tuple[Question, ...]:
        return tuple(
            Question(self.stranger, "get", reverse(f"applications:{name}", args=args), {}, 404)
            for args in (there, never)
        )

    def pairs(self) -> Iterator[tuple[str, Question, Question]]:
        ref, number = self.stored.team.ref, self.stored.receipt
        yield "sign in with a password", *self._posted("account_login", 200, "login", password="No")
        yield "sign in with a code", *self._posted("account_request_login_code", 302, "email")
        yield "reset a password", *self._posted("account_reset_password", 302, "email")
        yield "invite an address", self._invite(0), self._invite(1)
        yield "add an address", self._added(self.known.email), self._added("nobody@example.org")
        yield "404 of a team", *self._hidden("team", [ref], [NEVER])
        yield "404 of a receipt", *self._hidden("receipt", [number], ["ZZZZ-ZZZZ-ZZZZ-ZZZZ"])
        yield "404 of a notice", *self._hidden("notice", [ref, self.notice.pk], [NEVER, 987_654])
        yield "404 of a proof", *self._hidden("proof", [ref, self.proof.pk], [NEVER, 987_654])


@contextmanager
def unlimited() -> Iterator[None]:
    """No rate limits and no log, and a hash that 1,000 pairs have time for."""
    hasher = f"{LightArgon2.__module__}.{LightArgon2.__name__}"
    logging.disable(logging.CRITICAL)
    try:
        with override_settings(ACCOUNT_RATE_LIMITS=False, PASSWORD_HASHERS=[hasher]):
            yield
    finally:
        logging.disable(logging.NOTSET)


def measure(
    scene: scenes.Scene,
    say: Callable[[str], None],
    pairs: int = PAIRS,
    seconds: float = SECONDS,
) -> list[Line]:
    """Return a line for each form and page, asked about a submitted team."""
    lines: list[Line] = []
    with unlimited(), transaction.atomic():
        for name, there, absent in Asked(scene).pairs():
            say(f"  {name}")
            lines.append(line(name, *sampled(there, absent, pairs, seconds)))
        transaction.set_rollback(True)
    return lines
