"""Promises about what was submitted: it is whole, it is sealed, and its people have their places."""

from collections.abc import Iterable

from django.db.models import Count, F, Max, Q, QuerySet

from applications.models import Application, Proof, Version, VersionPerson
from applications.queries.fingerprints import fingerprint
from applications.queries.promises.asking import Promise, rows


def _submitted_is_whole() -> QuerySet[Application]:
    lacks = (
        Q(receipt__isnull=True)
        | Q(receipt="")
        | Q(edition__isnull=True)
        | Q(reference_on__isnull=True)
        | Q(submitted_at__isnull=True)
        | Q(submitted_by__isnull=True)
    )
    return Application.objects.filter(version__gte=1).filter(lacks)


def _versions_are_numbered() -> QuerySet[Application]:
    counted = Application.objects.annotate(kept=Count("versions"), last=Max("versions__number"))
    return counted.filter(
        ~Q(kept=F("version")) | (Q(version__gte=1) & ~Q(last=F("version"), last__isnull=False))
    )


def _versions() -> Iterable[tuple[int, int, str | None, int, dict, str]]:
    return (
        Version.objects.order_by("pk")
        .values_list("pk", "application", "application__receipt", "number", "content", "sha256")
        .iterator()
    )


def _hash_agrees() -> Iterable[str]:
    for pk, owner, _receipt, _number, content, sha256 in _versions():
        if fingerprint(content) != sha256:
            yield f"Version {pk} (application {owner})"


def _content_is_of_its_application() -> Iterable[str]:
    for pk, owner, receipt, number, content, _sha256 in _versions():
        if (content.get("receipt"), content.get("version")) != (receipt, number):
            yield f"Version {pk} (application {owner})"


def _people_have_a_row() -> Iterable[str]:
    """Each person of the sealed content has a row beside it; the row of somebody erased is empty."""
    beside: dict[int, set[str]] = {}
    for version, pseudonym in VersionPerson.objects.values_list("version", "pseudonym"):
        beside.setdefault(version, set()).add(pseudonym)
    for pk, owner, _receipt, _number, content, _sha256 in _versions():
        people = {one["id"] for one in content.get("inputs", {}).get("people", [])}
        if people != beside.get(pk, set()):
            yield f"Version {pk} (application {owner})"


def _copies_have_their_file() -> Iterable[str]:
    """Looked up in the store of files: that it is there, and as long as it was."""
    for proof in Proof.objects.exclude(file="").order_by("pk").iterator():
        try:
            kept = proof.file.size == proof.size
        except OSError:
            kept = False
        if not kept:
            yield f"Proof {proof.pk} (application {proof.application_id})"


VERSIONS = (
    Promise(
        "A submitted application has a receipt, an edition, a reference date, a moment and a submitter.",
        rows(_submitted_is_whole),
    ),
    Promise(
        "The versions of an application are numbered from 1 to the present one.",
        rows(_versions_are_numbered),
    ),
    Promise("The fingerprint of a version is that of its content.", _hash_agrees),
    Promise(
        "The sealed content bears the receipt and the number of its version.",
        _content_is_of_its_application,
    ),
    Promise("Each person of a version has a row of names, be it an empty one.", _people_have_a_row),
    Promise("Each copy kept as proof has its file, whole.", _copies_have_their_file),
)
