"""`python -m quotas FILE`: computes again what a file of a case or of a whole round says, and tells what differs.

Of one case the score and the grade before quotas are computed again; of a whole round every score and every grade.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from .adding import added
from .grading import Body, Ceiling, grade
from .scheme import Scheme, scheme_from


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


def main(file: str) -> int:
    told = json.loads(Path(file).read_text(encoding="utf-8"))
    found = list(differences(told))
    sys.stdout.write("\n".join(found or ["All of it comes to the same."]) + "\n")
    return bool(found)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m quotas FILE")
    sys.exit(main(sys.argv[1]))
