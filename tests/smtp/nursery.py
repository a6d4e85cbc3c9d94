"""Real workers for tests: ``send_messages`` in processes of their own, forked from one that is warm.

Run as ``python -m tests.smtp.nursery``: each line ``start`` on standard input forks a worker; its
number comes back, then ``ended`` when it is gone.
"""

import os
import subprocess
import sys
from datetime import timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


class Nursery:
    """One warm process that starts one worker at a time."""

    def __init__(self, port: int, *, lease: float = 0.5, repeats_letters: bool = False) -> None:
        from tests.bench.scene import address

        asked = [str(port), str(lease), "repeats letters" if repeats_letters else ""]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.smtp.nursery", *asked],
            env={**os.environ, "DATABASE_URL": address(), "DATABASE_POOL": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._hear()  # it is warm

    def start(self) -> int:
        """Start a worker; return the number of its process."""
        self.process.stdin.write("start\n")
        self.process.stdin.flush()
        return int(self._hear())

    def wait(self) -> str:
        """Wait until the worker is gone; return how it ended."""
        return self._hear()

    def _hear(self) -> str:
        return self.process.stdout.readline().strip()

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


def work(port: int, lease: float, letters: str) -> None:
    """Send messages as in production, but for short leases and pauses."""
    from types import SimpleNamespace

    from django.conf import settings
    from django.core.management import call_command

    from applications.management.commands import send_messages
    from applications.outbox import claiming, delivering, outcomes
    from tests.smtp.posting import point_at

    point_at(settings, port)
    settings.EMAIL_TIMEOUT = 10
    claiming.LEASE, claiming.SLOWEST = timedelta(seconds=lease), timedelta(seconds=lease / 10)
    outcomes.QUICK_PAUSES = outcomes.SLOW_PAUSES = (timedelta(seconds=0.1),)
    delivering.SERVER_PAUSE = timedelta(seconds=0.1)
    send_messages.PAUSE_SECONDS = send_messages.PAUSE_OF_THE_SERVER_SECONDS = 0.05
    if letters:  # the control: no mail is a letter where a lapsed lease is dealt with
        claiming.MessageKind = SimpleNamespace(NOTICE="")
    call_command("send_messages", stdout=open(os.devnull, "w"))  # noqa: SIM115


def main(port: str, lease: str, letters: str) -> None:
    import django

    django.setup()
    print("warm", flush=True)  # noqa: T201 -- read by the test
    for _start in sys.stdin:
        child = os.fork()
        if not child:
            work(int(port), float(lease), letters)
            os._exit(0)
        print(child, flush=True)  # noqa: T201
        _child, status = os.waitpid(child, 0)
        print(f"ended {os.waitstatus_to_exitcode(status)}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
