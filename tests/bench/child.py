"""One job in a process of its own, so that its peak of memory is nobody else's: export or check_grants."""

import json
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from time import perf_counter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
# Not getrusage: its peak comes down from the process that started this one.
HIGHEST = re.compile(r"VmHWM:\s*(\d+) kB")


def run(job: str, *arguments: str) -> dict[str, float]:
    """Run a job against the database of the benchmark; return its seconds, rows and peak (MB)."""
    from tests.bench.scene import address

    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.child", job, *arguments],
        env={**os.environ, "DATABASE_URL": address()},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def export_page() -> str:
    """The address that gives the grants' file."""
    from django.urls import reverse

    return reverse("applications:staff_export_page", args=["grants"])


def whole_file(headings: str) -> dict[str, str]:
    """What the form sends for a CSV with every column."""
    asked = {"columns": "WITH", "reason": "The benchmark", "format": "csv"}
    return {**asked, "headings": headings}


def export() -> tuple[float, int]:
    """Read the grants' CSV to its end as a server would; return seconds and rows."""
    from django.test import Client

    from directory.models import User
    from tests import sign_in

    client = Client(SERVER_NAME="localhost")
    viewer = User.objects.get(email="viewer@bench.example")
    sign_in.force_login(client, viewer, "directory.staff.StaffBackend")
    started = perf_counter()
    response = client.post(export_page(), whole_file("WORDS"))
    rows = sum(piece.count(b"\r\n") for piece in response.streaming_content) - 1
    return perf_counter() - started, rows


def check(source: str, target: str) -> tuple[float, int]:
    """Check a file of grants from CSV to CSV; return seconds and rows."""
    from django.core.management import call_command

    started = perf_counter()
    asked = ["check_grants", source, "--output", target, "--call", "amed-2024-3"]
    call_command(*asked, stdout=StringIO(), stderr=StringIO())
    seconds = perf_counter() - started
    with open(target, "rb") as written:
        rows = sum(1 for _line in written) - 1
    return seconds, rows


def main(job: str, *arguments: str) -> None:
    import django

    django.setup()
    seconds, rows = {"export": export, "check": check}[job](*arguments)
    peak = int(HIGHEST.search(Path("/proc/self/status").read_text())[1]) / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "rows": rows, "peak": peak}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
