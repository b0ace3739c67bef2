"""A selection: rules as data, candidates with marks and votes → for each what became of it, and which rule decided.

All groups are chosen together, each with its own places, since a cap may count over groups: at most two of a county in
all. The order is by votes. First the filters in their order, then the caps and leasts (choosing.py). What is level at
the edge is drawn by the published seed; without one it waits for the draw.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .choosing import Candidate, Choice, Filter, Rule, choose
from .faults import Fault
from .meeting import Bound

GROUP, WITHDRAWN = "group", "withdrawn"
MOST = 2_000


@dataclass(frozen=True)
class Group:
    """Of so many candidates each ballot chooses from `least` to `most`; `places` are filled."""

    id: str
    least: int
    most: int
    places: int


@dataclass(frozen=True)
class Barring:
    """A filter: who has one of these values of a mark is not ranked."""

    code: str
    mark: str
    values: frozenset[str]

    def bars(self, candidate: Candidate) -> bool:
        return candidate.marks.get(self.mark, "") in self.values


@dataclass(frozen=True)
class Cap:
    """At most so many of each value of a mark, in one group or in all."""

    by: str
    most: int
    group: str = ""


@dataclass(frozen=True)
class Least:
    """At least so many who have this value of a mark, in one group or in all."""

    mark: str
    value: str
    least: int
    group: str = ""


@dataclass(frozen=True)
class Rules:
    """`reserve`: so many of each group stand ready beyond the places."""

    groups: tuple[Group, ...]
    filters: tuple[Barring, ...] = ()
    caps: tuple[Cap, ...] = ()
    leasts: tuple[Least, ...] = ()
    reserve: int = 0

    @property
    def places(self) -> int:
        return sum(each.places for each in self.groups)


def rules_from(table: Mapping[str, Any]) -> Rules:
    """The part of the rules that is computed, as data says it. Raises Fault, saying which rule cannot be."""
    groups = tuple(
        Group(each["id"], each["least"], each["most"], each["places"]) for each in _all(table, "groups")
    )  # fmt: skip
    filters = tuple(Barring(each["code"], each["mark"], frozenset(each["bars"])) for each in _all(table, "filters"))
    caps = tuple(Cap(each["by"], each["most"], each.get("group", "")) for each in _all(table, "caps"))
    leasts = tuple(
        Least(each["mark"], each["value"], each["least"], each.get("group", "")) for each in _all(table, "leasts")
    )  # fmt: skip
    made = Rules(groups, filters, caps, leasts, int(table.get("reserve", 0)))
    _check(made)
    return made


def _all(table: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = table.get(name, ())
    return found


def _check(rules: Rules) -> None:
    known = {each.id for each in rules.groups}
    if not known or len(known) < len(rules.groups):
        raise Fault("groups_named_twice_or_none", groups=len(rules.groups))
    for group in rules.groups:
        if not 0 <= group.least <= group.most or group.most < 1 or not 1 <= group.places <= MOST:
            raise Fault("group_impossible", group=group.id, least=group.least, most=group.most, places=group.places)
    codes = [each.code for each in rules.filters]
    if len(set(codes)) < len(codes) or WITHDRAWN in codes:
        raise Fault("filter_named_twice", filters=codes)
    for group_of_rule in (*(each.group for each in rules.caps), *(each.group for each in rules.leasts)):
        if group_of_rule and group_of_rule not in known:
            raise Fault("rule_of_unknown_group", group=group_of_rule)
    for cap in rules.caps:
        if cap.most < 1:
            raise Fault("cap_lets_nobody_in", by=cap.by, most=cap.most)
    for least in rules.leasts:
        if not 1 <= least.least <= rules.places:
            raise Fault("least_beyond_places", mark=least.mark, least=least.least, places=rules.places)
    if not 0 <= rules.reserve <= MOST:
        raise Fault("reserve_impossible", reserve=rules.reserve)


@dataclass(frozen=True)
class Standing:
    """A candidate as the rules see it."""

    id: str
    group: str
    marks: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """`outcome`: chosen, reserve, not, waits (for the draw). `by`: the rule that decided, with its facts."""

    id: str
    group: str
    votes: int
    outcome: str
    by: str
    facts: Mapping[str, Any]

    def told(self) -> dict[str, Any]:
        return {"id": self.id, "group": self.group, "votes": self.votes, "outcome": self.outcome, "by": self.by,
                "facts": dict(self.facts)}  # fmt: skip


def select(
    rules: Rules, candidates: Iterable[Standing], votes: Mapping[str, int], *, seed: str = "",
    withdrawn: Collection[str] = (),
) -> list[Outcome]:  # fmt: skip
    """Each candidate's outcome: by group in the order of the rules, then by votes. Raises Fault where it cannot be."""
    standing = list(candidates)
    known = {each.id for each in rules.groups}
    for each in standing:
        if each.group not in known:
            raise Fault("candidate_of_unknown_group", candidate=each.id, group=each.group)
        if not 0 <= votes.get(each.id, -1) < 10**9:
            raise Fault("candidate_without_votes", candidate=each.id)
    ranked = [Candidate(each.id, (votes[each.id],), dict(each.marks) | {GROUP: each.group}) for each in standing]
    choice = choose(_rule(rules, ranked, withdrawn), ranked, seed=seed)
    order = {each.id: at for at, each in enumerate(rules.groups)}
    reserve = _reserve(rules, standing, choice)
    places = {each.id: each.places for each in rules.groups}
    found = [_outcome(each, votes[each.id], choice, reserve, places[each.group]) for each in standing]
    return sorted(found, key=lambda one: (order[one.group], -one.votes, one.id))


def _rule(rules: Rules, candidates: Sequence[Candidate], withdrawn: Collection[str]) -> Rule:
    gone = frozenset(withdrawn)
    filters = [Filter(WITHDRAWN, lambda each: each.id in gone)]
    filters += [Filter(each.code, each.bars) for each in rules.filters]
    everybody = len(candidates) if rules.reserve else 0
    return Rule(rules.places, tuple(_bounds(rules, candidates)), tuple(filters), everybody)


def _reserve(rules: Rules, standing: Sequence[Standing], choice: Choice) -> set[str]:
    """Of each group the first so many who could step in for somebody chosen without breaking a rule."""
    group_of = {each.id: each.group for each in standing}
    taken: Counter[str] = Counter()
    found = set()
    for id in choice.reserve:
        taken[group_of[id]] += 1
        if taken[group_of[id]] <= rules.reserve:
            found.add(id)
    return found


def _bounds(rules: Rules, candidates: Sequence[Candidate]) -> Iterator[Bound]:
    for group in rules.groups:
        yield Bound(((GROUP, group.id),), least=group.places, most=group.places)
    for cap in rules.caps:
        for value in sorted({each.marks.get(cap.by, "") for each in candidates}):
            if value:  # who has no such mark is of no county, and counts in none
                yield Bound(_marks(cap.group, cap.by, value), most=cap.most)
    for least in rules.leasts:
        yield Bound(_marks(least.group, least.mark, least.value), least=least.least)


def _marks(group: str, mark: str, value: str) -> tuple[tuple[str, str], ...]:
    return ((mark, value), (GROUP, group)) if group else ((mark, value),)


def _outcome(each: Standing, votes: int, choice: Choice, reserve: Collection[str], places: int) -> Outcome:
    decided = choice.decided[each.id]
    if each.id in choice.chosen:
        return Outcome(each.id, each.group, votes, "chosen", "votes", {})
    if decided.code in ("level", "waiting"):
        return Outcome(each.id, each.group, votes, "waits", "level", decided.facts)
    outcome = "reserve" if each.id in reserve else "not"
    if decided.code == "places" or f"{GROUP} {each.group}" in decided.facts.get("bounds", ()):
        return Outcome(each.id, each.group, votes, outcome, "places", {"places": places})
    return Outcome(each.id, each.group, votes, outcome, decided.code, decided.facts)


# == the file of a selection ==
def canonical(value: Any) -> bytes:
    """One value, one sequence of bytes: keys sorted, no white space, UTF-8. For texts and whole numbers as in
    verivote/canonical.py, so that the hash is the same there."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def basis_of(rules: Mapping[str, Any], candidates: Sequence[Mapping[str, Any]]) -> str:
    """The hash of rules and candidates, by which the poll names them in the first record of its log."""
    return hashlib.sha256(b"quotas/1 selection\n" + canonical({"rules": rules, "candidates": candidates})).hexdigest()


def seed_of(root: str, draw: str) -> str:
    """What orders those who are level: the root of the final head of the poll's log, in hex, and the public draw."""
    return root + draw if draw else ""


def selected(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The outcomes of a file's rules, candidates, votes, withdrawals and draw, worked out anew. Raises Fault."""
    standing = [Standing(each["id"], each["group"], each["marks"]) for each in told["candidates"]]
    found = select(rules_from(told["rules"]), standing, told["votes"], seed=seed_of(told["root"], told["draw"]),
                   withdrawn=told["withdrawn"])  # fmt: skip
    return [each.told() for each in found]


def differences(told: Mapping[str, Any]) -> Iterator[str]:
    """What the file tells otherwise than it is computed here."""
    if (basis := basis_of(told["rules"], told["candidates"])) != told["basis"]:
        yield f"basis {told['basis']}, computed {basis}"
    computed = {each["id"]: each for each in selected(told)}
    claimed = {each["id"]: each for each in told["result"]}
    for id in sorted(claimed.keys() | computed.keys()):
        if json.loads(canonical(computed.get(id))) != claimed.get(id):
            yield f"{id}: {_said(claimed.get(id))}, computed {_said(computed.get(id))}"


def _said(row: Mapping[str, Any] | None) -> str:
    return f"{row['outcome']} by {row['by']}" if row else "nothing"


def apart_from_poll(told: Mapping[str, Any], entry: Mapping[str, Any], result: Mapping[str, Any], root: str,
                    withdrawn: Collection[str]) -> Iterator[str]:  # fmt: skip
    """Where the file does not go with the poll: its entry, its result, the root of its final head, who withdrew."""
    rules = entry["rules"]
    if rules.get("basis") != told["basis"]:
        yield f"basis {told['basis']}, of the poll {rules.get('basis')}"
    votes = {id: number for group in result["tallies"].values() for id, number in group.items()}
    if votes != told["votes"]:
        wrong = sorted(id for id in votes.keys() | told["votes"].keys() if votes.get(id) != told["votes"].get(id))
        yield f"votes of {', '.join(wrong[:5])}"
    for name, has, says in (("root", root, told["root"]), ("draw", result["draw"] or "", told["draw"])):
        if has != says:
            yield f"{name} {says or '–'}, of the poll {has or '–'}"
    if not set(withdrawn) <= set(told["withdrawn"]):
        yield "withdrawn: the poll names more"
    wanted = {each["id"]: (each["least"], each["most"]) for each in told["rules"]["groups"]}
    held = {each["id"]: (each["least"], each["most"]) for each in rules["groups"]}
    if wanted != held:
        yield "choices per group are not those of the poll"
    listed = {(each["group"], each["id"]) for each in told["candidates"]}
    if listed != {(group["id"], each["id"]) for group in rules["groups"] for each in group["candidates"]}:
        yield "candidates are not those of the poll"
