"""How a promise is asked: a sentence that is true when it is kept, and a function that names what breaks it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise; ``broken`` names each row that breaks it by table and number, never by a person."""

    sentence: str
    broken: Callable[[], Iterable[str]]


def rows(query: Callable[[], QuerySet]) -> Callable[[], Iterable[str]]:
    """Name the rows of a query: "Event 12 (application 3)"."""

    def named() -> Iterable[str]:
        found = query()
        table = found.model.__name__
        owned = any(one.name == "application" for one in found.model._meta.concrete_fields)
        for pk, owner in found.order_by("pk").values_list("pk", "application" if owned else "pk"):
            yield f"{table} {pk} (application {owner})" if owned else f"{table} {pk}"

    return named
