"""Heads of the chain: signed, and written to files outside the database, where a cut or rewritten chain meets them.

A file holds one head a line, as JSON: number, sha256, at, key, signature. `HOME/heads` has one file a day; `gongjian
chronicle heads` prints the same lines, to be sent or kept elsewhere.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from gongjian.keys import ring

from .models import Head

TAIL = 4096  # bytes, several lines
log = logging.getLogger(__name__)


class NotHeads(ValueError):
    """A file that should hold heads holds something else, or cannot be read."""


@dataclass(frozen=True)
class Signed:
    """A head, wherever it is kept."""

    number: int
    sha256: bytes
    at: str
    key: str
    signature: bytes

    @property
    def content(self) -> bytes:
        """What is signed."""
        return f"gongjian chronicle head\n{self.number}\n{self.sha256.hex()}\n{self.at}\n".encode()

    @property
    def line(self) -> str:
        facts = {
            "number": self.number,
            "sha256": self.sha256.hex(),
            "at": self.at,
            "key": self.key,
            "signature": base64.b64encode(self.signature).decode(),
        }
        return json.dumps(facts)

    def holds(self) -> bool:
        """Whether the signature is that of its key. Raises KeyUnknown."""
        return ring.verify(self.content, self.key, self.signature)


def signed(number: int, sha256: bytes, at: datetime) -> Signed:
    """A head under the signing key of this installation."""
    moment = _moment(at)
    key, signature = ring.sign(Signed(number, sha256, moment, "", b"").content)
    return Signed(number, sha256, moment, key, signature)


def as_signed(head: Head) -> Signed:
    return Signed(head.number, bytes(head.sha256), _moment(head.at), head.key, bytes(head.signature))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def last_of_each_day() -> Iterator[Signed]:
    """The last head of every day of the site, the oldest first."""
    days = Head.objects.order_by("at__date", "-number").distinct("at__date")
    yield from map(as_signed, days)


def all_heads() -> Iterator[Signed]:
    """Every head, the oldest first."""
    yield from map(as_signed, Head.objects.order_by("number").iterator())


# == files ==
def folder() -> Path:
    """Where the sealer writes them."""
    return Path(settings.HOME) / "heads"


def write_out() -> int:
    """Append what is not in the files yet; returns how many. Safe to be cut off: the next run writes the rest."""
    home = folder()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = Head.objects.order_by("number")
    if last := _last_written(home):
        known = Head.objects.filter(number=last.number, sha256=last.sha256).exists()
        if known:
            waiting = waiting.filter(number__gt=last.number)
        else:
            # Whoever cut the chain, or went back to a copy: the files keep what they know, verify names it.
            log.error("The heads in %s go on from a chronicle that is not this one: gongjian chronicle verify", home)
            waiting = waiting.filter(at__gt=datetime.fromisoformat(last.at))
    written = 0
    for head in map(as_signed, waiting.iterator()):
        _append(home / f"{head.at[:10]}.jsonl", head.line)
        written += 1
    return written


def set_aside() -> None:
    """Put the files of a chronicle that was thrown away out of the way of the next one. They stay beside it."""
    home = folder()
    if home.exists():
        home.rename(home.with_name(f"heads-until-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"))


def _last_written(home: Path) -> Signed | None:
    for path in sorted(home.glob("*.jsonl"), reverse=True):
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL))
            lines = file.read().splitlines()
        for line in reversed(lines):
            with contextlib.suppress(ValueError, KeyError, TypeError):  # a line that was cut off
                return _read(line.decode())
    return None


def _append(path: Path, line: str) -> None:
    """One whole line; after one that was cut off a new one begins."""
    with path.open("a+b") as file:
        file.seek(0, os.SEEK_END)
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def heads_in(path: Path) -> Iterator[Signed]:
    """The heads of a file, or of all files of a folder. Raises NotHeads."""
    paths: Iterable[Path] = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    for each in paths:
        yield from _heads_in(each)


def _heads_in(path: Path) -> Iterator[Signed]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NotHeads(_("%(path)s cannot be read as a file of heads.") % {"path": path}) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _read(line)
        except (ValueError, KeyError, TypeError) as error:
            said = _("Line %(number)s of %(path)s is not a head of the chronicle.")
            raise NotHeads(said % {"number": number, "path": path}) from error


def _read(line: str) -> Signed:
    told = json.loads(line)
    datetime.fromisoformat(told["at"])
    return Signed(
        int(told["number"]),
        bytes.fromhex(told["sha256"]),
        told["at"],
        str(told["key"]),
        base64.b64decode(told["signature"], validate=True),
    )
