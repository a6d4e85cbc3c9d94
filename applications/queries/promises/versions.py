"""Promises about what was submitted: it is whole, it is sealed, and its people have their places."""

from collections.abc import Iterable
from datetime import datetime
from operator import itemgetter

from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.fields.json import KT

from applications.models import Application, Event, Proof, Version, VersionPerson
from applications.queries.fingerprints import fingerprint
from applications.queries.promises.asking import Promise, rows
from applications.workflow import Act


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


def _acts_are_the_sealed_ones() -> Iterable[str]:
    """What the sealed content says of its submission, against the event of it: moment, number, actor.

    An event that was changed while its trigger was off no longer agrees with what was sealed.
    """
    sealed = {
        (owner, str(number), _moment(moment), by): pk
        for pk, owner, number, moment, by in Version.objects.annotate(
            moment=KT("content__web_clock")
        ).values_list("pk", "application", "number", "moment", "by")
    }
    told = {
        (owner, str(number), at, by): pk
        for pk, owner, number, at, by in Event.objects.filter(act=Act.SUBMIT)
        .annotate(number=KT("details__version"))
        .values_list("pk", "application", "number", "at", "user")
    }
    for table, rows_of, others in (("Version", sealed, told), ("Event", told, sealed)):
        for key, pk in sorted(rows_of.items(), key=itemgetter(1)):
            if key not in others:
                yield f"{table} {pk} (application {key[0]})"


def _moment(sealed: str | None) -> datetime | None:
    """Return a sealed moment; what is none agrees with no event."""
    try:
        return datetime.fromisoformat(sealed or "")
    except ValueError:
        return None


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
    Promise(
        "Each version was submitted when and by whom its sealed content says, and each submission has one.",
        _acts_are_the_sealed_ones,
    ),
    Promise("Each person of a version has a row of names, be it an empty one.", _people_have_a_row),
    Promise("Each copy kept as proof has its file, whole.", _copies_have_their_file),
)
