"""The POST that submits against a bare form POST that writes as many rows in one transaction."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import cycle
from statistics import median

from django.db.models import Model
from django.test import Client
from django.urls import reverse

from applications.models import (
    Application,
    Attestation,
    Event,
    Membership,
    Message,
    Notice,
    ReliedGrant,
    Role,
    Team,
    Version,
    VersionPerson,
)
from directory.models import Agency, Call, Grant, Institution, Researcher, User
from tests.bench.filling import AT, OPEN_CALL
from tests.bench.report import Line, ratio
from tests.bench.timing import took

RUNS = 25
WARM = 3
WRITTEN: tuple[type[Model], ...] = (Event, Version, VersionPerson, Notice, Message)
PARTNERS = (
    ("NO", "rcn", "311393"),
    ("DE", "erc", "101055176"),
    ("US", "nih-nci", "R01CA253329"),
)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def teams(user: User, number: int) -> Iterator[Application]:
    """Make drafts that lack nothing: a lead and three confirmed partners with a running grant each."""
    call = Call.objects.get(code=OPEN_CALL)
    places = {
        str(one.country): one for one in Institution.objects.filter(name_latin__contains=" 1 ")
    }
    agencies = Agency.objects.in_bulk([slug for _c, slug, _n in PARTNERS], field_name="slug")
    for n in range(number):
        team = Team.objects.create(created_at=AT, created_by=user)
        application = Application.objects.create(
            team=team,
            call=call,
            field="healthcare",
            title_ja=f"細胞の記憶（第{n}研究）",
            title_en=f"Memory of cells, study {n}",
            abstract_en="How cells remember what they were. " * 40,
            area=call.areas.get(),
            years=3,
            budget_jpy=90_000_000,
            created_at=AT,
            changed_at=AT,
        )
        lead = Researcher.objects.create(
            user=user,
            name="山田 花子",
            email=user.email,
            erad_number="12345678",
            institution=places["JP"],
        )
        confirmed = {"confirmed_at": AT, "confirmed_how": "SELF"}
        Membership.objects.create(team=team, researcher=lead, role=Role.LEAD, **confirmed)
        for country, slug, reference in PARTNERS:
            holder = Researcher.objects.create(
                name=f"Partner {n}", email=f"{slug}{n}@bench.example", institution=places[country]
            )
            Membership.objects.create(team=team, researcher=holder, role=Role.PARTNER, **confirmed)
            grant = Grant.objects.create(
                holder=holder,
                agency=agencies[slug],
                reference=reference,
                key=reference,
                starts_on=date(2022, 1, 1),
                ends_on=date(2140, 1, 1),
            )
            relied = ReliedGrant.objects.create(application=application, grant=grant, added_at=AT)
            if slug == "erc":
                Attestation.objects.create(
                    relied=relied, code="ERC_SCOPE", answer="GIVEN", at=AT + timedelta(1), by=user
                )
        yield application


def measure() -> list[Line]:
    """Submit by turns through the portal and through the bare form, each time another draft."""
    lead = User.objects.create_user("lead@bench.example", name="Lead")
    client = Client(SERVER_NAME="localhost")
    client.force_login(lead, "directory.staff.StaffBackend")
    times: tuple[list[float], list[float]] = ([], [])
    written: list[dict[str, int]] = [{}, {}]
    drafts = teams(lead, 2 * (RUNS + WARM))
    for place, draft in zip(cycle((0, 1)), drafts, strict=False):
        address, asked = _bare(draft) if place else _ours(client, draft)
        before = _rows()
        times[place].append(took(lambda a=address, b=asked: _post(client, a, b)))
        written[place] = {name: now - before[name] for name, now in _rows().items()}
        draft.refresh_from_db()
        if draft.status != "SUBMITTED":
            raise RuntimeError(f"{address} did not submit")
    if written[0] != written[1]:
        raise RuntimeError(f"the floor writes other rows: {written}")
    ours, floor = (median(one[WARM:]) for one in times)
    return [ratio(f"submit ({sum(written[0].values()) + 4} rows)", ours, floor, 3)]


def _rows() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in WRITTEN}


def _ours(client: Client, draft: Application) -> tuple[str, dict[str, str]]:
    page = client.get(reverse("applications:check_answers", args=[draft.team.ref]))
    asked = {"declared": "on", **dict(HIDDEN.findall(page.content.decode()))}
    return reverse("applications:submit", args=[draft.team.ref]), asked


def _bare(draft: Application) -> tuple[str, dict[str, str]]:
    return f"/floor/submit/{draft.pk}/", {"seen": "0" * 64, "confirmed": "on"}


def _post(client: Client, address: str, asked: dict[str, str]) -> None:
    response = client.post(address, asked)
    if response.status_code != 302:
        raise RuntimeError(f"{address} answered {response.status_code}")
