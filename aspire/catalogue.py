"""The Japanese catalogue: compile it without system packages, and prove that it is complete.

``python -m aspire.catalogue compile`` writes the .mo file.
``python -m aspire.catalogue check`` extracts every string anew (with gettext's xgettext) and
fails on a string that is missing, left over, empty or fuzzy, or whose gaps differ.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "aspire" / "locale" / "ja" / "LC_MESSAGES"
GAP = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


def compile_catalogue() -> None:
    polib.pofile(str(FOLDER / "django.po")).save_as_mofile(str(FOLDER / "django.mo"))


def extracted() -> polib.POFile:
    """Return what the code and the templates hold now, with the translations known."""
    kept = (FOLDER / "django.po").read_bytes()
    try:
        subprocess.run(
            [
                sys.executable,
                "manage.py",
                "makemessages",
                "-l",
                "ja",
                "--no-obsolete",
                "--no-location",
                "-v0",
                "--ignore=.venv",
                "--ignore=var",
                "--ignore=tests",
            ],
            cwd=ROOT,
            check=True,
            env={**os.environ, "DEBUG": "1"},
        )
        with tempfile.TemporaryDirectory() as folder:
            return polib.pofile(shutil.copy(FOLDER / "django.po", folder))
    finally:
        (FOLDER / "django.po").write_bytes(kept)


def gaps(text: str) -> set[str]:
    return {first or second for first, second in GAP.findall(text)}


def problems() -> list[str]:
    """Return one line for each string that is not whole in Japanese."""
    now = {(entry.msgctxt, entry.msgid): entry for entry in extracted()}
    kept = {
        (one.msgctxt, one.msgid): one
        for one in polib.pofile(str(FOLDER / "django.po"))
        if not one.obsolete
    }
    found = [f"not in the catalogue: {key[1]!r}" for key in now.keys() - kept.keys()]
    found += [f"no longer in the code: {key[1]!r}" for key in kept.keys() - now.keys()]
    for entry in kept.values():
        texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
        if "fuzzy" in entry.flags or not all(texts):
            found.append(f"without Japanese: {entry.msgid!r}")
        elif any(gaps(text) != gaps(entry.msgid) | gaps(entry.msgid_plural) for text in texts):
            found.append(f"other gaps in Japanese: {entry.msgid!r}")
    return sorted(found)


if __name__ == "__main__":
    if sys.argv[1:] == ["compile"]:
        compile_catalogue()
    elif sys.argv[1:] == ["check"]:
        lines = problems()
        print("\n".join(lines) or "The Japanese catalogue is complete.")  # noqa: T201 -- a command
        sys.exit(bool(lines))
    else:
        sys.exit(__doc__)
