"""Promises about erasure: who was erased is still erased, also after a restore."""

from collections.abc import Iterable

from applications.queries.erasing import ACCOUNT, RESEARCHER
from applications.queries.promises.asking import Promise
from applications.queries.traces import NOBODY
from directory.models import Erasure, Researcher, User


def _erased(table: str) -> set[int]:
    subjects = Erasure.objects.filter(subject__startswith=f"{table} ")
    return {int(one.split()[1]) for one in subjects.values_list("subject", flat=True)}


def _entries_are_empty() -> Iterable[str]:
    kept = Researcher.objects.exclude(name=NOBODY, email="", user=None).order_by("pk")
    erased = _erased(RESEARCHER)
    return [f"{RESEARCHER} {pk}" for pk in kept.values_list("pk", flat=True) if pk in erased]


def _accounts_are_closed() -> Iterable[str]:
    names = dict(
        Erasure.objects.filter(subject__startswith=f"{ACCOUNT} ").values_list(
            "subject", "pseudonym"
        )
    )
    found = User.objects.filter(pk__in=_erased(ACCOUNT)).order_by("pk")
    return [
        f"{ACCOUNT} {one.pk}"
        for one in found
        if one.is_active or one.name != names[f"{ACCOUNT} {one.pk}"]
    ]


ERASED = (
    Promise("A person who was erased is nameless in the team.", _entries_are_empty),
    Promise("An account that was erased is closed under its pseudonym.", _accounts_are_closed),
)
