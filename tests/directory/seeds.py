"""What tests of the shipped files share: the loaded directory, one hash per table, a hand that breaks a file."""

import hashlib
from datetime import datetime
from pathlib import Path

from django.apps import apps

from directory.management.commands.load_directory import MODELS, load
from directory.models import Call, Edition, Participation
from tests.append_only import lifted
from tests.rows import KeptRows

_shipped = KeptRows()
_published: dict[int, datetime] = {}


def load_directory() -> Call:
    """Put the shipped directory into the database and return its call; read from files only once.

    From the second time on the rows come without a history.
    """
    models = (*MODELS.values(), Participation.programmes.through)
    if not _shipped:
        load()
        # Kept as drafts and published last of all, as ``load`` does: the database lets no row into
        # a published edition.
        _published.update(Edition.objects.values_list("pk", "published_at"))
        with lifted(Edition._meta.db_table):
            Edition.objects.update(published_at=None)
        _shipped.keep([model._meta.db_table for model in models])
        _publish()
    elif not Call.objects.exists():
        _shipped.put()
        _publish()
    return Call.objects.get(code="amed-2024-3")


def _publish() -> None:
    for pk, moment in _published.items():
        Edition.objects.filter(pk=pk).update(published_at=moment)


def checksums() -> dict[str, str]:
    """Every table of ``directory``, histories and links included, as one hash each."""
    models = apps.get_app_config("directory").get_models(include_auto_created=True)
    return {
        model._meta.db_table: hashlib.sha256(
            repr(list(model._default_manager.order_by("pk").values_list())).encode()
        ).hexdigest()
        for model in models
    }


def edit(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
