"""A zip of one form: given members in a given order, stored, without dates. The same content is the same bytes.

Only what `write` writes is read again. So nothing in it can unfold, overlap, stand twice or be hidden, and its size is
the size of what is in it.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO
from zlib import crc32

from .errors import VerivoteError

Source = str | os.PathLike[str] | BinaryIO
Part = bytes | Iterable[bytes]

LOCAL, CENTRAL, END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
DATE = 0x21  # 1 January 1980, where dates of zips begin
MODE = 0o100644 << 16
CHUNK = 1 << 18
GREATEST = 2**32 - 1


def write(target: Source, parts: Iterable[tuple[str, Part]]) -> None:
    """Write the members; `target` is a path, or a file that can be sought in."""
    with _opened(target, "wb") as file:
        central, names = b"", 0
        for name, part in parts:
            begin = file.tell()
            file.write(_local(name, 0, 0))
            crc = size = 0
            for chunk in [part] if isinstance(part, bytes) else part:
                file.write(chunk)
                crc, size = crc32(chunk, crc), size + len(chunk)
            end = file.tell()
            if end > GREATEST:
                raise VerivoteError("archive_large", name=name, most=GREATEST)
            file.seek(begin)
            file.write(_local(name, crc, size))
            file.seek(end)
            central, names = central + _central(name, crc, size, begin), names + 1
        begin = file.tell()
        file.write(central + END.pack(b"PK\5\6", 0, 0, names, names, len(central), begin, 0))


class Archive:
    """An archive that is read. `most`: the members in their order, and how many bytes each may have.

    Raises VerivoteError, before anything large is read, for what is not of the form or too large.
    """

    def __init__(self, file: BinaryIO, most: Mapping[str, int]) -> None:
        self._file = file
        self._at: dict[str, tuple[int, int, int]] = {}  # name → begin of the data, size, CRC
        whole = file.seek(0, os.SEEK_END)
        directory = sum(CENTRAL.size + len(name) for name in most)
        tail = self._bytes(max(0, whole - directory - END.size), directory + END.size)
        if len(tail) < directory + END.size:
            raise VerivoteError("archive_form")
        begin, central = 0, b""
        for name in most:
            crc, size = CENTRAL.unpack_from(tail, len(central))[7:9]
            central += _central(name, crc, size, begin)
            begin += LOCAL.size + len(name)
            self._at[name] = (begin, size, crc)
            begin += size
        end = END.pack(b"PK\5\6", 0, 0, len(most), len(most), directory, begin & GREATEST, 0)
        if tail != central + end or whole != begin + len(tail):
            raise VerivoteError("archive_form")
        if large := [name for name in most if self.size(name) > most[name]]:
            raise VerivoteError("archive_large", name=large[0], most=most[large[0]])
        for name, (at, size, crc) in self._at.items():
            head = _local(name, crc, size)
            if self._bytes(at - len(head), len(head)) != head:
                raise VerivoteError("archive_form")

    def size(self, name: str) -> int:
        return self._at[name][1]

    def read(self, name: str) -> bytes:
        return b"".join(self.chunks(name))

    def chunks(self, name: str, step: int = 1) -> Iterator[bytes]:
        """The bytes of a member, piece by piece, each a multiple of `step` long but for the last."""
        at, left, wanted = self._at[name]
        crc, length = 0, max(1, CHUNK // step) * step
        while left:
            chunk = self._bytes(at, min(length, left))
            crc = crc32(chunk, crc)
            at, left = at + len(chunk), left - len(chunk)
            if not left and crc != wanted:
                raise VerivoteError("archive_damaged", name=name)
            yield chunk

    def lines(self, name: str, longest: int) -> Iterator[bytes]:
        """The lines of a member, each without its line feed. Raises VerivoteError for one that is too long."""
        rest = b""
        for chunk in self.chunks(name):
            *whole, rest = (rest + chunk).split(b"\n")
            if any(len(line) > longest for line in (*whole, rest)):
                raise VerivoteError("line_long", name=name, most=longest)
            yield from whole
        if rest:
            raise VerivoteError("line_open", name=name)

    def _bytes(self, at: int, length: int) -> bytes:
        self._file.seek(at)
        return self._file.read(length)


@contextmanager
def opened(source: Source, most: Mapping[str, int]) -> Iterator[Archive]:
    """The archive in a file, while the block runs. Raises VerivoteError where there is no such file."""
    with _opened(source, "rb") as file:
        yield Archive(file, most)


def _opened(place: Source, mode: str) -> AbstractContextManager[BinaryIO]:
    if isinstance(place, (str, os.PathLike)):
        try:
            return open(place, mode)  # type: ignore[return-value]
        except OSError as problem:
            raise VerivoteError("no_file", name=os.fspath(place), why=problem.strerror) from problem
    return _kept_open(place)


@contextmanager
def _kept_open(file: BinaryIO) -> Iterator[BinaryIO]:
    yield file


def _local(name: str, crc: int, size: int) -> bytes:
    return LOCAL.pack(b"PK\3\4", 10, 0, 0, 0, DATE, crc, size, size, len(name), 0) + name.encode("ascii")


def _central(name: str, crc: int, size: int, begin: int) -> bytes:
    around = (0x314, 10, 0, 0, 0, DATE)
    return CENTRAL.pack(
        b"PK\1\2", *around, crc, size, size, len(name), 0, 0, 0, 0, MODE, begin & GREATEST
    ) + name.encode("ascii")
