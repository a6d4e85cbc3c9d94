"""The house rules that no linter holds."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.db import connection

from tests.conftest import asks_the_database

ROOT = Path(__file__).resolve().parent.parent
TRACKED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
).stdout.splitlines()
FILES = [ROOT / name for name in TRACKED if (ROOT / name).is_file()]
PYTHON = [
    path
    for path in FILES
    if path.suffix == ".py" and "migrations" not in path.parts and "tests" not in path.parts
]
# Written so that this file does not contain what it looks for.
REGISTRIES = [
    "py" + "pi.org",
    "pythonhosted" + ".org",
    "npm" + "js.org",
    "npm" + "js.com",
    "deb.debian" + ".org",
]
MACHINE = re.compile(
    r"(?<![\w.])/(?:" + "|".join(["ro" + "ot", "wo" + "rk", "ho" + r"me/\w+", "fa" + "rm"]) + ")/"
)
# The only modules that may write the state of an application or a notice.
# Who writes where an application, a notice or a mail stands; each asks the table first.
STATUS_WRITERS = {
    *("submission.py", "ledger.py", "telling.py", "releasing.py", "acknowledging.py"),
    *("delivery.py", "follow_ups.py", "claiming.py", "deciding.py", "retention.py"),
}


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_file_names_a_package_registry_or_a_path_of_a_machine():
    found = [
        (str(path.relative_to(ROOT)), word)
        for path in FILES
        for word in [
            *(host for host in REGISTRIES if host in text_of(path)),
            *MACHINE.findall(text_of(path)),
        ]
    ]

    assert found == []


def test_top_level_holds_only_what_was_agreed():
    allowed = {
        "manage.py", "pyproject.toml", "README.md", "aspire", "directory", "applications",
        "templates", "tests", "Makefile", "CHANGELOG.md", "requirements.txt", "requirements-dev.txt",
    }  # fmt: skip

    top = {name.split("/")[0] for name in TRACKED}

    assert {name for name in top if not name.startswith(".")} - allowed == set()


def test_no_room_is_past_three_hundred_lines():
    long = {
        str(path.relative_to(ROOT)): count
        for path in PYTHON
        if (count := len(text_of(path).splitlines())) > 300
    }

    assert long == {}


def test_every_module_says_what_it_is_for():
    silent = [
        str(path.relative_to(ROOT))
        for path in PYTHON
        if text_of(path).strip()
        and not ast.get_docstring(ast.parse(text_of(path)))
        and path.name != "manage.py"
    ]

    assert silent == []


def test_state_is_written_in_actions_only():
    writes = re.compile(
        r"\b(?:application|notice|draft|original)\.(?:status|state)\s*=[^=]|\.update\([^)]*\b(?:status|state)="
    )
    offenders = [
        str(path.relative_to(ROOT))
        for path in PYTHON
        if "applications" in path.parts
        and writes.search(text_of(path))
        and path.name not in STATUS_WRITERS
    ]

    assert offenders == []


def test_components_say_what_they_take():
    silent = [
        path.name
        for path in (ROOT / "templates" / "components").glob("*.html")
        if not re.match(r"\s*\{(?:#|% comment)", text_of(path))
    ]

    assert silent == []


def test_pages_hold_no_inline_style_or_script():
    # A block of JSON is data: browsers run none of it.
    script = r"<script(?![^>]*\s(?:src=|type=\"application/json\"))"
    harm = re.compile(rf"\sstyle=|{script}|\son[a-z]+=|javascript:", re.IGNORECASE)
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if harm.search(text_of(path))
    ]

    assert found == []


@pytest.mark.parametrize("name", ["utils.py", "helpers.py", "common.py", "core.py", "services.py"])
def test_no_room_without_a_name(name):
    assert [path for path in FILES if path.name == name] == []


def test_what_is_left_out_of_the_second_database_cannot_reach_one(request):
    assert not asks_the_database(request.node)
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        connection.cursor()


@pytest.mark.django_db
def test_what_asks_a_database_is_left_out_of_neither_pass(request):
    """Negative control of the test above."""
    assert asks_the_database(request.node)
    assert connection.cursor()
