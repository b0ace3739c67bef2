"""A mail server on loopback, in threads of the test: it takes letters, refuses some, and stops when it is told to."""

from __future__ import annotations

import email
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage


@dataclass(frozen=True)
class Taken:
    """A letter that was taken, and to whom it was to go."""

    to: str
    message: EmailMessage

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])


class Talk(socketserver.StreamRequestHandler):
    """One connection, as RFC 5321 has it, without extensions."""

    server: MailServer
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.server.connections += 1
        self._say("220 here")
        to = ""
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            word = line[:4].upper()
            if word == "QUIT":
                return self._say("221 bye")
            if word == "RCPT":
                to = line.partition("<")[2].partition(">")[0]
                answer = self.server.answers.get(to, "250 ok")
                if answer == "hang up":
                    return None
                self._say(answer)
            elif word == "DATA":
                self.server.wait_if_held()
                self._say("354 go on")
                message = self._read()
                if message is None:
                    return None
                self.server.take(Taken(to, message))
                self._say("250 taken")
            else:
                self._say("250 ok")
        return None

    def _read(self) -> EmailMessage | None:
        """None if the other end went away."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line.removeprefix(b"."))
        return email.message_from_bytes(b"".join(lines), policy=policy.default)  # type: ignore[return-value]

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """`answers`: what is said to a recipient instead of "250 ok". `hold_at`: whoever brings this letter waits."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.taken: list[Taken] = []
        self.answers: dict[str, str] = {}
        self.connections = 0
        self.hold_at: int | None = None
        self.is_held = threading.Event()
        self._go_on = threading.Event()
        self._lock = threading.Lock()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=0"

    def wait_if_held(self) -> None:
        with self._lock:
            is_held = len(self.taken) == self.hold_at and not self.is_held.is_set()
            if is_held:
                self.is_held.set()
        if is_held:
            self._go_on.wait(60)

    def let_go(self) -> None:
        self._go_on.set()

    def take(self, letter: Taken) -> None:
        with self._lock:
            self.taken.append(letter)

    def times(self) -> Counter[str]:
        """How often each letter was taken, by its Message-ID."""
        return Counter(letter.id for letter in self.taken)

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever talked to it was killed."""


@contextmanager
def serving() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.let_go()
            server.shutdown()
            thread.join()
