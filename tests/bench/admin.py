"""Lists of the admin against themselves at a tenth of the rows."""

from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.urls import reverse

from applications.models import Application, Event, Message, Notice
from directory.models import Grant, Researcher, User
from tests import sign_in
from tests.bench.filling import AT, BATCH
from tests.bench.report import Line, ratio
from tests.bench.timing import alone

RUNS = 15
LISTED = {
    "applications": Application,
    "grants": Grant,
    "people": Researcher,
    "events": Event,
    "messages": Message,
    "notices": Notice,
}
SEARCHES = {"search for one team": "lead4711@bench.example"}


def fill() -> None:
    """Let a receipt have been mailed for every application that was submitted."""
    lacking = Application.objects.filter(receipt__isnull=False, messages__isnull=True)
    rows = list(lacking.order_by("pk").values_list("pk", "receipt"))
    for start in range(0, len(rows), BATCH):
        Message.objects.bulk_create(
            Message(
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
            for pk, receipt in rows[start : start + BATCH]
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE applications_message")


def times(user: User) -> dict[str, float]:
    """Return the seconds of each list's first page for now's number of rows, and of a search.

    :raises RuntimeError: a list does not open, or shows no rows
    """
    client = Client(SERVER_NAME="localhost")
    sign_in.force_login(client, user, "directory.staff.StaffBackend")

    def read(address: str) -> bytes:
        response = client.get(address)
        if response.status_code != 200 or b"field-" not in response.content:
            raise RuntimeError(f"{address} answered {response.status_code}, or without rows")
        return response.content

    asked = {
        f"admin list of {name}": reverse(
            f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        )
        for name, model in LISTED.items()
    }
    asked |= {
        f"admin, {name}": f"{asked['admin list of applications']}?{urlencode({'q': words})}"
        for name, words in SEARCHES.items()
    }
    return {
        name: alone(lambda address=address: read(address), RUNS) for name, address in asked.items()
    }


def tenfold(user: User, before: dict[str, float]) -> list[Line]:
    """Hold the lists of now, at 100,000, against their times at 10,000."""
    return [
        ratio(f"{name} at 100,000 to 10,000", after, before[name], 1.5)
        for name, after in times(user).items()
    ]
