"""The public bundle: all that anybody needs to check a poll, in one file of one form, and nothing of any person.

    entry.json        entry 0
    leaves.bin        the records of the log, 33 bytes each
    contents.jsonl    {"index", "content"} of every record that is neither entry nor envelope, in order
    heads.jsonl       the signed heads as they were published, the last one final
    result.json       the numbers, below
    signatures.jsonl  of observers

Every record stands in its canonical form; in .jsonl one a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from . import archive, heads, log, observers, shape
from .archive import Archive, Source
from .canonical import canonical, read
from .errors import VerivoteError
from .result import DECIDED_BY, OUTCOMES

MOST_LEAVES = 10_000_000
MOST = {
    "entry.json": 8 << 20,
    "leaves.bin": MOST_LEAVES * log.RECORD,
    "contents.jsonl": 16 << 20,
    "heads.jsonl": 16 << 20,
    "result.json": 16 << 20,
    "signatures.jsonl": 1 << 20,
}
LONGEST_LINE = 1 << 16
NUMBER = {"number": [0, 10**9]}
ID = {"text": [1, 40]}
UNIT: shape.Shape = {"record": {"unit": {"text": [1, 200]}, "roll": NUMBER, "cast": NUMBER}}
OUTCOME: shape.Shape = {
    "record": {"candidate": ID, "votes": NUMBER, "outcome": {"one_of": OUTCOMES}, "by": {"one_of": DECIDED_BY}},
    "optional": {"limit": {"record": {"by": {"text": [1, 64]}, "is": {"text": [0, 64]}}}},
}
RESULT: shape.Shape = {
    "record": {
        "format": {"one_of": [1]},
        "tallies": {"map": {"map": NUMBER, "most": 2000}, "most": 20},
        "counted": NUMBER,
        "void": {"map": {"number": [1, 10**9]}, "most": 20},
        "superseded": NUMBER,
        "set_aside": {"map": {"number": [1, 10**9]}, "most": 100},
        "by_channel": {"map": NUMBER, "most": 4},
        "turnout": {"list": UNIT, "most": 200_000},
        "rest": {"null_or": {"record": {"units": {"number": [1, 10**6]}, "roll": NUMBER, "cast": NUMBER}}},
        "roll_changes": {
            "list": {
                "record": {
                    "unit": {"text": [1, 200]},
                    "day": {"day": True},
                    "added": NUMBER,
                    "removed": NUMBER,
                }
            },
            "most": 200_000,
        },
        "draw": {"null_or": {"text": [1, 200]}},
        "steps": {"list": {"record": {"group": ID, "candidates": {"list": OUTCOME, "most": 2000}}}, "most": 20},
    }
}
CONTENT: shape.Shape = {"record": {"index": {"number": [1, MOST_LEAVES]}, "content": {"record": {}, "more": {}}}}


def write(
    target: Source,
    *,
    entry: dict[str, Any],
    records: Iterable[bytes],
    contents: Iterable[tuple[int, dict[str, Any]]],
    signed_heads: Iterable[dict[str, Any]],
    result: dict[str, Any],
    signatures: Iterable[dict[str, Any]],
) -> None:
    """Write a bundle. `contents`: index and content, in order. Nothing is checked: that is what `verify` is for."""
    archive.write(
        target,
        [
            ("entry.json", canonical(entry)),
            ("leaves.bin", records),
            ("contents.jsonl", (_line({"index": index, "content": each}) for index, each in contents)),
            ("heads.jsonl", map(_line, signed_heads)),
            ("result.json", canonical(result)),
            ("signatures.jsonl", map(_line, signatures)),
        ],
    )


class Bundle:
    """A bundle that is read, piece by piece. What it yields has the shape it should have; nothing more is checked."""

    def __init__(self, file: Archive) -> None:
        self._file = file
        if not file.size("leaves.bin") or file.size("leaves.bin") % log.RECORD:
            raise VerivoteError("leaves_cut")
        self.leaves = file.size("leaves.bin") // log.RECORD

    def entry(self) -> Any:
        """Entry 0 as it stands there; of any shape."""
        return read(self._file.read("entry.json"))

    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = read(self._file.read("result.json"))
        shape.check(RESULT, found, "result")
        return found

    def records(self) -> Iterator[bytes]:
        """Many records at a time, one after the other."""
        return self._file.chunks("leaves.bin", log.RECORD)

    def contents(self) -> list[tuple[int, dict[str, Any]]]:
        return [(each["index"], each["content"]) for each in self._lines("contents.jsonl", CONTENT, "contents")]

    def heads(self) -> list[dict[str, Any]]:
        return self._lines("heads.jsonl", heads.SIGNED, "heads")

    def signatures(self) -> list[dict[str, Any]]:
        return self._lines("signatures.jsonl", observers.SIGNATURE, "signatures")

    def _lines(self, name: str, wanted: shape.Shape, where: str) -> list[dict[str, Any]]:
        found = [read(line) for line in self._file.lines(name, LONGEST_LINE)]
        for at, each in enumerate(found):
            shape.check(wanted, each, f"{where}[{at}]")
        return found


@contextmanager
def opened(source: Source) -> Iterator[Bundle]:
    """The bundle in a file, while the block runs. Raises VerivoteError where it is cut, too large or none."""
    with archive.opened(source, MOST) as file:
        yield Bundle(file)


def _line(value: dict[str, Any]) -> bytes:
    return canonical(value) + b"\n"
