"""A mail server that does what its script says: refuse, drop, fall silent, kill; it keeps what it took."""

import asyncio
import email
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from functools import partial
from typing import Any

from aiosmtpd.smtp import SMTP

# Where a script may step in; ANSWERED is when the content's 250 is on its way.
GREETING, MAIL, RCPT, DATA, CONTENT = "GREETING", "MAIL", "RCPT", "DATA", "CONTENT"
ANSWERED = "ANSWERED"
STAGES = (MAIL, RCPT, DATA, CONTENT)
logging.getLogger("mail.log").setLevel(logging.ERROR)  # every line of every conversation


@dataclass(frozen=True)
class Step:
    """What goes wrong in one conversation, and where.

    ``code`` is answered; without one the server hangs up, or is ``silent``. ``keeps``: it has
    taken the mail all the same. ``hangs_up``: it answers and goes away at once.
    ``worker_dies``: the server took the mail, but the worker does not live to note it.
    """

    at: str
    code: int | None = None
    silent: bool = False
    keeps: bool = False
    hangs_up: bool = False
    worker_dies: bool = False


@dataclass(frozen=True)
class Taken:
    """One mail as it was taken: its envelope and its bytes."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    at: float

    @property
    def mail(self) -> EmailMessage:
        return email.message_from_bytes(self.content, policy=policy.default)

    @property
    def message_id(self) -> str:
        """The Message-ID, read without parsing the whole mail."""
        _before, _name, rest = self.content.partition(b"Message-ID: ")
        return rest.partition(b"\r\n")[0].decode()


def nothing(_point: str) -> None:
    """Nobody wants to know how far a conversation has come."""


class Sink:
    """The server's memory: scripts still to be played, and everything it took.

    ``greetings`` are played one for each connection, ``script`` one for each mail begun and then
    ``always``; ``None`` is a conversation that goes well. ``reached`` hears of every point.
    """

    def __init__(self) -> None:
        self.greetings: deque[Step | None] = deque()
        self.script: deque[Step | None] = deque()
        self.always: Step | None = None
        self.pipelining = self.wants_text_anyway = False
        self.taken: list[Taken] = []
        self.connections = self.conversations = 0
        self.worker_dies = False
        self.open: set[Any] = set()
        self.reached: Callable[[str], None] = nothing
        self._loop = asyncio.new_event_loop()
        self._server: Any = None
        self.port = 0
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self, port: int = 0, **options: Any) -> "Sink":
        """Listen on the local machine; ``options`` are the SMTP server's own."""
        make = partial(Conversation, self, loop=self._loop, **options)
        if not self._thread.is_alive():
            self._thread.start()
        listening = self._loop.create_server(make, "127.0.0.1", port or self.port or None)
        self._server = self._run(listening)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def refuse_connections(self) -> None:
        """Stop listening; ``start`` listens at the same port again."""
        self._run(self._close())

    def stop(self) -> None:
        """End every conversation and the thread."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()  # within the loop: a conversation may be ending at this moment
        await asyncio.sleep(0)

    async def _end(self) -> None:
        await self._close()
        for one in tuple(self.open):
            one.abort()
        while self.open:
            await asyncio.sleep(0.01)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)

    def _run(self, job: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(job, self._loop).result(10)

    def message_ids(self) -> list[str]:
        return [one.message_id for one in self.taken]


class Conversation(SMTP):
    """One connection to the sink; the names are aiosmtpd's."""

    def __init__(self, sink: Sink, **options: Any) -> None:
        self.sink = sink
        self.step: Step | None = None
        super().__init__(handler=self, hostname="sink.test", **options)

    def connection_made(self, transport: Any) -> None:
        self.ours = transport
        self.sink.open.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.sink.open.discard(self.ours)
        super().connection_lost(error)

    async def _handle_client(self) -> None:
        self.sink.connections += 1
        self.sink.reached(GREETING)
        step = self.sink.greetings.popleft() if self.sink.greetings else None
        if step:
            await self._play(step)
        await super()._handle_client()

    async def handle_EHLO(  # noqa: N802
        self, _server: Any, session: Any, _envelope: Any, name: str, answers: list[str]
    ) -> list[str]:
        """Say whether commands may come several at once."""
        session.host_name = name
        return [answers[0], *["250-PIPELINING"] * self.sink.pipelining, *answers[1:]]

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        self.sink.conversations += 1
        self.step = self.sink.script.popleft() if self.sink.script else self.sink.always
        await self._at(MAIL) or await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        await self._at(RCPT) or await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        if self.sink.wants_text_anyway and not self.envelope.rcpt_tos:
            await self.push("354 go on")
        elif not await self._at(DATA):
            await super().smtp_DATA(arg)
            self.sink.reached(ANSWERED)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the content, or do with it what the script says; called before it is answered."""
        step = self.step if self.step and self.step.at == CONTENT else None
        self.sink.reached(CONTENT)
        if step is None or step.keeps:
            self.sink.taken.append(
                Taken(
                    envelope.mail_from,
                    tuple(envelope.rcpt_tos),
                    envelope.original_content,
                    time.time(),
                )
            )
        if step and step.worker_dies:
            self.sink.worker_dies = True
        elif step:
            return await self._play(step)
        return "250 taken"

    async def _at(self, stage: str) -> bool:
        """Play the script's step if it belongs here; say whether it did."""
        self.sink.reached(stage)
        if self.step is None or self.step.at != stage:
            return False
        await self.push(await self._play(self.step))
        return True

    async def _play(self, step: Step) -> str:
        """Give back what is to be answered, where the conversation goes on at all."""
        if step.silent:
            await asyncio.Event().wait()  # until the other side gives up
        if step.code is None:
            self.transport.abort()
            await asyncio.Event().wait()
        words = f"{step.code} as the script says"
        if step.code == 421 or step.hangs_up or step.at == GREETING:
            await self.push(words)
            self.transport.close()
            await asyncio.Event().wait()
        return words


def main() -> None:
    """Serve until standard input ends: tell the port, and for each line how many mails were taken since."""
    sink = Sink().start()
    sink.pipelining = True  # as mail servers do
    print(sink.port, flush=True)  # noqa: T201 -- read by whoever started this
    for _line in sys.stdin:
        print(len(sink.taken), flush=True)  # noqa: T201
        sink.taken.clear()
    sink.stop()


if __name__ == "__main__":
    main()
