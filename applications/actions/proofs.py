"""Uploaded copies kept as proof: a file stays only where its row stays."""

import hashlib
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from functools import wraps
from typing import ParamSpec, Protocol, TypeVar

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.fields.files import FieldFile

from applications.models import Actor, Application, Proof, account_of

P = ParamSpec("P")
R = TypeVar("R")
_stored: ContextVar[list[FieldFile]] = ContextVar("stored")


class Upload(Protocol):
    """A file whose size, type and name were checked by the form."""

    name: str
    kind: str
    content: bytes


def keeps_proof(action: Callable[P, R]) -> Callable[P, R]:
    """Run an action as one transaction; where it fails, the files that it stored go with its rows."""

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        stored: list[FieldFile] = []
        outer = _stored.set(stored)
        try:
            with transaction.atomic():
                return action(*args, **kwargs)
        except BaseException:
            for file in stored:
                file.storage.delete(str(file.name))
            raise
        finally:
            _stored.reset(outer)

    return run


def keep_proof(application: Application, upload: Upload, by: Actor, at: datetime) -> Proof:
    """Store an uploaded copy under a random name. Only inside an action that ``keeps_proof``."""
    proof = Proof(
        application=application,
        name=upload.name,
        kind=upload.kind,
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        uploaded_at=at,
        uploaded_by=account_of(by),
    )
    stored = _stored.get()
    proof.file.save(upload.name, ContentFile(upload.content), save=False)
    stored.append(proof.file)
    proof.save()
    return proof
