"""The rules of a poll, as data: hashed and shown before it opens, and the same for whoever counts or checks.

`check` says whether they can be rules at all; `reason_void` whether a ballot keeps them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from . import shape
from .errors import VerivoteError

ID = {"text": [1, 40]}
TEXT = {"text": [1, 200]}
FEWEST_VOTERS = 20
CANDIDATE: shape.Shape = {
    "record": {"id": ID, "title": TEXT},
    "optional": {"note": {"text": [0, 400]}, "place": {"text": [0, 64]}},
    "more": {"text": [0, 64]},
}
GROUP: shape.Shape = {
    "record": {
        "id": ID,
        "title": TEXT,
        "least": {"number": [0, 500]},
        "most": {"number": [1, 500]},
        "candidates": {"list": CANDIDATE, "least": 1, "most": 2000},
    }
}
MOST_VOTES: shape.Shape = {
    "record": {"kind": {"one_of": ["most_votes"]}, "group": ID, "places": {"number": [1, 2000]}},
    "optional": {
        "reserves": {"number": [0, 2000]},
        "caps": {"list": {"record": {"by": {"text": [1, 64]}, "most": {"number": [1, 2000]}}}, "most": 10},
        "out": {"list": {"record": {"candidate": ID, "why": TEXT}}, "most": 2000},
    },
}
RULES: shape.Shape = {
    "record": {
        "format": {"one_of": [1]},
        "poll": {"hex": 16},
        "title": TEXT,
        "held_by": TEXT,
        "groups": {"list": GROUP, "least": 1, "most": 20},
        "opens": {"minute": True},
        "closes": {"minute": True},
        "channels": {"list": {"one_of": ["web", "server", "paper", "desk"]}, "least": 1, "most": 4},
        "roll": {"record": {"day": {"day": True}, "voters": {"number": [FEWEST_VOTERS, 10**9]}, "hash": {"hex": 32}}},
        "weight": {"number": [0, 100]},
        "approval": {"null_or": {"record": {"number": TEXT, "name": TEXT}}},
        "tie": {"null_or": {"record": {"draw": TEXT, "held_after": {"minute": True}}}},
        "steps": {"list": {"kinds": {"most_votes": MOST_VOTES}}, "least": 0, "most": 20},
    },
    # Of further rules and marks of candidates, by which others than this package go on with the votes.
    "optional": {"basis": {"hex": 32}},
}


def check(rules: Any) -> None:
    """Raises VerivoteError, saying what to change, unless a poll can be held under these rules."""
    shape.check(RULES, rules, "rules")
    _different("rules.channels", rules["channels"])
    _different("rules.groups", [each["id"] for each in rules["groups"]])
    for group in rules["groups"]:
        ids = [each["id"] for each in group["candidates"]]
        _different(f"rules.groups.{group['id']}", ids)
        if not group["least"] <= group["most"] <= len(ids):
            raise VerivoteError("choices_impossible", group=group["id"])
    if rules["closes"] <= rules["opens"]:
        raise VerivoteError("closes_before_opening")
    if rules["weight"] and rules["approval"] is None:
        raise VerivoteError("weight_unapproved")
    if rules["tie"] and rules["tie"]["held_after"] < rules["closes"]:
        raise VerivoteError("draw_too_early")
    _check_steps(rules)


def _check_steps(rules: Mapping[str, Any]) -> None:
    groups = {each["id"]: each["candidates"] for each in rules["groups"]}
    _different("rules.steps", [each["group"] for each in rules["steps"]])
    for step in rules["steps"]:
        candidates = groups.get(step["group"])
        if candidates is None:
            raise VerivoteError("step_group", group=step["group"])
        out = [each["candidate"] for each in step.get("out", [])]
        _different(f"rules.steps.{step['group']}.out", out)
        _different(f"rules.steps.{step['group']}.caps", [each["by"] for each in step.get("caps", [])])
        if unknown := set(out) - {each["id"] for each in candidates}:
            raise VerivoteError("step_candidate", group=step["group"], candidate=min(unknown))
        for cap in step.get("caps", []):
            if cap["by"] == "id" or any(cap["by"] not in each for each in candidates):
                raise VerivoteError("cap_attribute", group=step["group"], by=cap["by"])


def _different(where: str, names: Sequence[str]) -> None:
    twice = sorted(name for name in set(names) if names.count(name) > 1)
    if twice:
        raise VerivoteError("named_twice", where=where, name=twice[0])


def reason_void(
    rules: Mapping[str, Any], choices: Mapping[str, Sequence[str]], withdrawn: Collection[tuple[str, str]] = ()
) -> str | None:
    """The code of why a ballot with these choices (group → ids) is void, or None where it keeps the rules.

    `withdrawn`: pairs of group and candidate that cannot be chosen any more, for whoever casts now. Whoever counts
    leaves them out: what was chosen before a withdrawal falls away, and the ballot stays valid.
    """
    groups = {each["id"]: each for each in rules["groups"]}
    if not choices.keys() <= groups.keys():
        return "unknown_group"
    gone = set(withdrawn)
    reasons = (_reason_in(group, choices.get(id, ()), gone) for id, group in groups.items())
    return next(filter(None, reasons), None)


def _reason_in(group: Mapping[str, Any], chosen: Sequence[str], gone: set[tuple[str, str]]) -> str | None:
    if not set(chosen) <= {each["id"] for each in group["candidates"]}:
        return "unknown_candidate"
    if len(set(chosen)) < len(chosen):
        return "twice"
    if len(chosen) < group["least"]:
        return "too_few"
    if len(chosen) > group["most"]:
        return "too_many"
    return "withdrawn_candidate" if any((group["id"], id) in gone for id in chosen) else None


def candidates_of(rules: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Every pair of group and candidate, in the order of the rules."""
    return ((group["id"], each["id"]) for group in rules["groups"] for each in group["candidates"])
