"""What tests of the shipped files share: one hash per table, and a hand that breaks a file."""

import hashlib
from pathlib import Path

from django.apps import apps


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
