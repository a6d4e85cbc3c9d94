"""Lists of the admin against themselves at a tenth of the rows, and against the same lists as Django makes them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from applications.models import Application, DataUse, Invitation, Membership, Message
from directory.models import User
from tests import sign_in
from tests.bench.filling import AT, BATCH
from tests.bench.report import Line, beside, ratio
from tests.bench.timing import alone, side_by_side

RUNS = 15
ROUNDS = 3
# A list that the filling lets grow has at least so many rows at 10,000 applications.
GROWING = 5_000
SEARCHES = {"search for one team": "lead4711@bench.example"}


def fill() -> None:
    """Let a receipt have been mailed for every application that was submitted, each partner have been
    invited, and each application have been opened by staff."""
    lacking = Application.objects.filter(receipt__isnull=False, messages__isnull=True)
    _add(Message, lacking.order_by("pk").values_list("pk", "receipt"), _receipt)
    user = User.objects.get(email="viewer@bench.example")
    uninvited = Membership.objects.filter(role="PARTNER", invitations__isnull=True)
    _add(
        Invitation,
        uninvited.order_by("pk").values_list("pk", "team__applications"),
        lambda row: _invitation(row, user),
    )
    read = DataUse.objects.values("application")
    unread = Application.objects.filter(call__owner="AMED").exclude(pk__in=read)
    _add(DataUse, unread.order_by("pk").values_list("pk"), lambda row: _reading(row[0], user))
    with connection.cursor() as cursor:
        for model in (Message, Invitation, DataUse):
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")


def _add(model: type[Model], rows: object, made: Callable[..., Model]) -> None:
    wanted = list(rows)  # type: ignore[call-overload]
    for start in range(0, len(wanted), BATCH):
        model._default_manager.bulk_create(made(row) for row in wanted[start : start + BATCH])


def _receipt(row: tuple[int, str]) -> Message:
    pk, receipt = row
    return Message(
        dedupe_key=f"bench receipt {pk}",
        kind="RECEIPT",
        application_id=pk,
        recipient=f"lead{pk}@bench.example",
        subject=f"Receipt {receipt}",
        text="We have your application. " * 20,
        state="HANDED_OVER",
        created_at=AT,
        available_at=AT,
        handed_over_at=AT,
    )


def _invitation(row: tuple[int, int], user: User) -> Invitation:
    member, application = row
    return Invitation(
        membership_id=member,
        application_id=application,
        email=f"partner{member}@bench.example",
        language="en",
        token_digest=f"bench {member}",
        created_at=AT,
        created_by=user,
        expires_at=AT + timedelta(days=14),
        ended_how="CONFIRMED",
        ended_at=AT,
    )


def _reading(application: int, user: User) -> DataUse:
    return DataUse(
        kind="READ",
        by=user,
        agency="AMED",
        at=AT,
        application_id=application,
        name="application",
        filters=f"application={application}",
    )


class Lists:
    """The lists of the admin as staff of AMED open them."""

    def __init__(self, user: User) -> None:
        self.client = Client(SERVER_NAME="localhost")
        sign_in.force_login(self.client, user, "directory.staff.StaffBackend")
        # What grows is known at the small number, and stays the same.
        self.growing = [
            one for one in admin.site._registry if one._default_manager.count() >= GROWING
        ]

    def read(self, address: str) -> bytes:
        """Return the page.

        :raises RuntimeError: a list does not open, or shows no rows
        """
        response = self.client.get(address)
        if response.status_code != 200 or b"field-" not in response.content:
            raise RuntimeError(f"{address} answered {response.status_code}, or without rows")
        return response.content

    def times(self) -> dict[str, float]:
        """Return the seconds of the first page of each list that grows, and of a search."""
        asked = {f"admin list of {_name(one)}": _address(one) for one in self.growing}
        applications = _address(Application)
        asked |= {
            f"admin, {name}": f"{applications}?{urlencode({'q': words})}"
            for name, words in SEARCHES.items()
        }
        return {
            name: alone(lambda address=address: self.read(address), RUNS)  # type: ignore[misc]
            for name, address in asked.items()
        }

    def tenfold(self, before: dict[str, float]) -> list[Line]:
        """Hold the lists of now, at 100,000, against their times at 10,000."""
        return [
            ratio(f"{name} at 100,000 to 10,000", after, before[name], 1.5)
            for name, after in self.times().items()
        ]

    def against_stock(self) -> list[Line]:
        """Hold each list that grows against the same rows and columns with Django's own settings."""
        lines = []
        for model in self.growing:
            stock = _stock(type(admin.site._registry[model]))

            def with_stock(model: type[Model] = model, stock: type = stock) -> None:
                with _listed_by(model, stock):
                    self.read(_address(model))

            found = side_by_side(
                lambda model=model: self.read(_address(model)),  # type: ignore[misc]
                with_stock,
                ROUNDS,
                1,
            )
            lines.append(beside(f"admin list of {_name(model)} to Django's own", found, 1))
        return lines


def _name(model: type[Model]) -> str:
    return str(model._meta.model_name)


def _address(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def _stock(ours: type[admin.ModelAdmin]) -> type[admin.ModelAdmin]:
    """The same rows, columns, filters and search, listed with what Django sets of itself."""
    names = (
        *("list_per_page", "list_max_show_all", "list_select_related", "show_full_result_count"),
        *("show_facets", "get_paginator"),
    )
    settings = {name: getattr(admin.ModelAdmin, name) for name in names}
    return type("Stock", (ours,), settings | {"_record": lambda *_page, **_more: None})


@contextmanager
def _listed_by(model: type[Model], stock: type[admin.ModelAdmin]) -> Iterator[None]:
    """Let the list's address answer as ``stock``: it leads to the very instance that is registered."""
    registered = admin.site._registry[model]
    ours = type(registered)
    registered.__class__ = stock
    try:
        yield
    finally:
        registered.__class__ = ours
