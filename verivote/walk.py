"""Once over the log, from the first record to the last: everything that checks need of it, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Collection
from hashlib import sha256
from typing import Any

from . import log
from .bundle import Bundle
from .canonical import digest
from .errors import VerivoteError
from .merkle import Frontier

Progress = Callable[[int, int], object]


class Walk:
    """What was found on the way. About 100 bytes a record stay in memory, to find one that stands twice."""

    def __init__(self, contents: list[tuple[int, dict[str, Any]]], sizes: Collection[int], at: int | None) -> None:
        self.roots: dict[int, bytes] = {}  # of the trees of these sizes, and of the whole
        self.first = b""
        self.asked = b""  # the record at the index that was asked for
        self.envelopes = 0
        self.strange: tuple[int, int] | None = None  # index and kind of the first record of no kind
        self.twice: int | None = None
        self.closed: list[int] = []
        self.last_but_notes = 0
        self.contents_wrong: VerivoteError | None = None
        self.of_kind: dict[int, list[dict[str, Any]]] = {kind: [] for kind in log.CONTENTS}
        self._contents = dict(contents)
        self._sizes, self._at = frozenset(sizes), at
        self._seen: set[bytes] = set()

    def over(self, bundle: Bundle, progress: Progress | None) -> Walk:
        """Go through the log. `progress` is called now and then with how many records are done, and of how many."""
        edge, done = Frontier(), 0
        for chunk in bundle.records():
            for begin in range(0, len(chunk), log.RECORD):
                record = chunk[begin : begin + log.RECORD]
                if record[0] != log.ENVELOPE:
                    self._other(record, done)
                else:
                    self._envelope(record, done)
                if done == self._at:
                    self.asked = record
                edge.append(sha256(b"\x00" + record).digest())
                done += 1
                if done in self._sizes:
                    self.roots[done] = edge.root()
            if progress:
                progress(done, bundle.leaves)
        self.roots[done] = edge.root()
        if self._contents and self.contents_wrong is None:
            self.contents_wrong = VerivoteError("content_without", index=min(self._contents))
        return self

    def _envelope(self, record: bytes, index: int) -> None:
        self.envelopes += 1
        self.last_but_notes = index
        self._seen.add(record)
        if len(self._seen) < self.envelopes and self.twice is None:
            self.twice = index

    def _other(self, record: bytes, index: int) -> None:
        kind = record[0]
        if index == 0:
            self.first = record
        elif kind not in log.CONTENTS:
            self.strange = self.strange or (index, kind)
        else:
            self._content(kind, record, index)
        if kind == log.CLOSED:
            self.closed.append(index)
        elif kind != log.NOTE:
            self.last_but_notes = index

    def _content(self, kind: int, record: bytes, index: int) -> None:
        """Lay the content beside its record."""
        try:
            if index not in self._contents:
                raise VerivoteError("content_missing", index=index)
            content = self._contents.pop(index)
            if digest(content) != record[1:]:
                raise VerivoteError("content_changed", index=index)
            log.check_content(kind, content)
        except VerivoteError as problem:
            self.contents_wrong = self.contents_wrong or problem
        else:
            self.of_kind[kind].append(content)
