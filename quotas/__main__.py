"""`python -m quotas FILE`: computes again what a file says of a case, a round or a selection, and tells what differs.

Of one case the score and the grade before quotas are computed again; of a whole round every score and every grade. Of
a selection each outcome, and with the bundle of its poll (`python -m quotas selection.json poll.zip`, or the one file
that has both) that rules, candidates, votes and draw are those of the poll. The bundle itself is checked by verivote.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

from . import selecting
from .adding import added
from .grading import Body, Ceiling, grade
from .scheme import Scheme, scheme_from

RECORD, WITHDRAWN = 33, 3  # of the log: bytes of a record, and its kind
LARGEST = 1 << 29


def differences(told: Mapping[str, Any]) -> Iterator[str]:
    """What is told otherwise than it is computed here."""
    scheme = scheme_from(told["scheme"])
    is_whole = "cases" in told
    cases = told["cases"] if is_whole else [told["case"]]
    bodies = [_body(scheme, each) for each in cases]
    for each, body in zip(cases, bodies, strict=True):
        if body.score != Decimal(each["score"]):
            yield f"{each['id']}: score {each['score']}, computed {body.score}"
    alone = Scheme(scheme.grades, scheme.bands, step=scheme.step)
    starts = grade(alone, bodies).verdicts
    graded = grade(scheme, bodies, seed=told.get("seed", "")).verdicts if is_whole else starts
    for each in cases:
        for name, found in (("start", starts[each["id"]].grade), ("grade", graded[each["id"]].grade)):
            if each[name] != found and (is_whole or name == "start"):
                yield f"{each['id']}: {name} {each[name]}, computed {found}"


def _body(scheme: Scheme, each: Mapping[str, Any]) -> Body:
    values = {key: Fraction(value) for key, value in each["values"].items()}
    found = added(scheme, values, minus=Decimal(each["minus"]), bonus=Decimal(each["bonus"]))
    return Body(each["id"], found.score, each["class"] or "-", tuple(Ceiling(*one) for one in each["ceilings"]))


def _of_poll(source: Path | IO[bytes]) -> tuple[Any, Any, str, list[str]]:
    """Entry, result, the root of the final head and who withdrew, from the bundle of a poll. It is not checked here."""
    with zipfile.ZipFile(source) as file:
        if any(each.file_size > LARGEST for each in file.infolist()):
            raise ValueError("too large")
        entry, result = json.loads(file.read("entry.json")), json.loads(file.read("result.json"))
        heads = file.read("heads.jsonl").splitlines()
        kinds = file.read("leaves.bin")[::RECORD]
        contents = [json.loads(line) for line in file.read("contents.jsonl").splitlines()]
    gone = [each["content"]["candidate"] for each in contents if kinds[each["index"]] == WITHDRAWN]
    return entry, result, json.loads(heads[-1])["head"]["root"], gone


def _selection(told: Mapping[str, Any], poll: Path | IO[bytes] | None) -> Iterator[str]:
    yield from selecting.differences(told)
    if poll is not None:
        yield from selecting.apart_from_poll(told, *_of_poll(poll))


def found_in(file: str, poll: str = "") -> list[str]:
    """Every difference. Raises Fault, ValueError, KeyError for a file that is none."""
    path = Path(file)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as both:
            told, bundle = json.loads(both.read("selection.json")), io.BytesIO(both.read("poll.zip"))
        return list(_selection(told, bundle))
    told = json.loads(path.read_text(encoding="utf-8"))
    if "candidates" in told:
        return list(_selection(told, Path(poll) if poll else None))
    return list(differences(told))


def main(file: str, poll: str = "") -> int:
    try:
        found = found_in(file, poll)
    except (ValueError, KeyError, TypeError, IndexError, OSError, zipfile.BadZipFile, AttributeError) as problem:
        found = [f"This cannot be computed: {type(problem).__name__} {problem}"]
    sys.stdout.write("\n".join(found or ["All of it comes to the same."]) + "\n")
    return bool(found)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("python -m quotas FILE [BUNDLE]")
    sys.exit(main(*sys.argv[1:]))
