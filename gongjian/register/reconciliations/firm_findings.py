"""What the engine finds in a list of businesses, as findings that officers can decide.

Firms that go on unchanged are counted, not kept: there is nothing to decide. A code that is claimed twice takes its
rows' other findings with it, so that nothing of them is applied before somebody has said which row counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any

from ..models import Finding, ListedRow, Reconciliation
from ..reconcile.credit_codes import is_sound, written_plainly
from ..reconcile.firms import Finding as Told
from ..reconcile.firms import Firm, FirmEvidence, plain, plain_address, reconcile_firms
from ..reconcile.proposals import CONTINUES, MOST_ALTERNATIVES, SURE_FROM, verdict_of
from .firm_places import Meant, Place, Places, key_of
from .firm_standing import Employer, Stretch

GOES_ON = (*CONTINUES, "mistyped")
EMPLOYER = "employer"  # the level of all these findings
SPLIT_IN_TWO, SAME_AFTER_ALL = 0.3, 0.1  # how likely the alternatives are
PLACE_CORRECTED = 0.9  # how likely the place of the list is the right one of two at one address
Alternative = dict[str, Any]


@dataclass
class Compared:
    """The findings that want a decision, how many firms go on unchanged, and whose place was not understood."""

    findings: list[Finding]
    unchanged: int
    unplaced: int
    uncoded: int  # employers that have no code and are not found by name either: a list by code says nothing of them
    understood: dict[int, int | None]  # row → the unit its place is understood as


def compare_firms(reconciliation: Reconciliation, rows: Sequence[ListedRow], stretch: Stretch) -> Compared:
    """Raises ValueError where the lists contradict themselves."""
    laid = _Laid(rows, stretch)
    told = reconcile_firms(laid.old(), laid.new())
    laid.went = {each.new[0]: each.old[0] for each in told if each.old and each.new}
    twice = {key for each in told if each.happened == "claimed_twice" for key in each.new}
    alike = _Alike(told, laid)
    findings = [
        _finding(reconciliation, each, laid, alike) for each in told if not twice.intersection(each.new) or not each.new
    ]
    findings += [_claimed(reconciliation, each, told, laid) for each in told if each.happened == "claimed_twice"]
    uncoded = sum(laid.is_uncoded(each) for each in findings)
    kept = [each for each in findings if not (laid.is_uncoded(each) or _says_nothing(each))]
    kept.sort(key=lambda each: (each.county, each.new[0] if each.new else 0, each.old))
    for number, each in enumerate(kept, start=1):
        each.number = number
    return Compared(
        kept,
        unchanged=len(findings) - len(kept) - uncoded,
        uncoded=uncoded,
        unplaced=sum(meant.unit is None or not meant.is_whole for meant in laid.meant.values()),
        understood={number: meant.unit for number, meant in laid.meant.items()},
    )


TELLS_MORE = ("address_learned", "place_narrower", "place_corrected", "place_not_known")


def _says_nothing(finding: Finding) -> bool:
    return finding.happened == "unchanged" and not any(each["kind"] in TELLS_MORE for each in finding.evidence)


class _Laid:
    """The register and the list beside each other, as the engine takes them."""

    def __init__(self, rows: Iterable[ListedRow], stretch: Stretch) -> None:
        self.places: Places = stretch.places
        self.rows = {str(row.number): row for row in rows}
        self.employers = {str(each.unit): each for each in stretch.employers}
        self.meant: dict[int, Meant] = {
            row.number: self.places.meant(row.place, row.address) for row in self.rows.values()
        }
        self.went: dict[str, str] = {}  # row → the employer that goes on in it
        self._by: dict[Hashable, set[str]] = defaultdict(set)
        for key, each in self.employers.items():
            for mark in _marks(each.credit_code, each.name, each.address):
                self._by[mark].add(key)

    def old(self) -> list[Firm]:
        return [
            Firm(key, each.credit_code, each.name, self.label(each), each.address)
            for key, each in self.employers.items()
        ]

    def new(self) -> list[Firm]:
        return [Firm(key, row.code, row.name, self._place(row), row.address) for key, row in self.rows.items()]

    def label(self, employer: Employer) -> str:
        return self.places.label(employer.parent) or employer.parent_name

    def _place(self, row: ListedRow) -> str:
        """Where the list has it; where it stood, if the list says no more, or only says it more closely."""
        unit = self.meant[row.number].unit
        for mark in _marks(row.code, row.name, row.address):
            found = self._by.get(mark, set())
            if len(found) != 1:
                continue
            stood = self.employers[next(iter(found))]
            if self._says_nothing_new(row, stood):
                self.meant[row.number] = replace(self.meant[row.number], unit=stood.parent)
                return self.label(stood)
            if self.agree(stood, unit):
                return self.label(stood)
        return self.places.label(unit)

    def _says_nothing_new(self, row: ListedRow, stood: Employer) -> bool:
        """Only the address tells the place, and the register has the same address, with another place."""
        meant = self.meant[row.number]
        return (
            meant.by == "address"
            and stood.parent in self.places.of
            and _is_same_address(stood, row)
            and not self.agree(stood, meant.unit)
        )

    def agree(self, stood: Employer, unit: int | None) -> bool:
        return self.places.stays(stood.parent, unit) or self.is_narrower(stood, unit)

    def is_narrower(self, stood: Employer, unit: int | None) -> bool:
        return stood.parent is not None and unit != stood.parent and self.places.is_within(unit, stood.parent)

    def is_corrected(self, told: Told) -> bool:
        """At the address that the register has it is listed under another place of the same town."""
        if not (told.old and told.new):
            return False
        stood, row = self.employers[told.old[0]], self.rows[told.new[0]]
        unit = self.meant[row.number].unit
        town = self.places.town(unit)
        is_elsewhere = not self.agree(stood, unit) and self.label(stood) != self.places.label(unit)
        return (
            is_elsewhere
            and town is not None
            and town == self.places.town(stood.parent)
            and _is_same_address(stood, row)
        )

    def is_uncoded(self, finding: Finding) -> bool:
        return finding.happened == "closed" and not self.employers[str(finding.old[0])].credit_code

    def town(self, old: Sequence[str], new: Sequence[str]) -> Place | None:
        """Whose officer looks at it: where it lies now, else where it stood."""
        units = [self.meant[int(key)].unit for key in new] + [self.employers[key].parent for key in old]
        return next((town for unit in units if (town := self.places.town(unit))), None)


def _marks(code: str, name: str, address: str) -> Iterator[Hashable]:
    """By what a firm may be known, the surest first."""
    if code := written_plainly(code):
        yield "code", code
    yield "name", plain(name)
    if address:
        yield "address", plain_address(address)


def _is_same_address(stood: Employer, row: ListedRow) -> bool:
    return bool(row.address) and plain_address(stood.address) == plain_address(row.address)


# == single findings ==
def _finding(reconciliation: Reconciliation, told: Told, laid: _Laid, alike: _Alike) -> Finding:
    made = _made(reconciliation, _corrected(told) if laid.is_corrected(told) else told, laid)
    row = laid.rows[told.new[0]] if told.new else None
    if row is not None:
        made.evidence += _of_its_place(laid, row, told)
    if told.happened == "new" and any(each["kind"] == "place_not_known" for each in made.evidence):
        made.verdict = Finding.Verdict.DOUBTFUL
    if not laid.employers and told.happened in ("new", "branch_opened") and row is not None and is_sound(row.code):
        made.verdict = Finding.Verdict.SURE  # the first list a stretch is given: all is new
    made.alternatives = alike.alternatives(told)
    return made


def _corrected(told: Told) -> Told:
    """Its place is another than was thought, and it has not moved; an officer looks which of the two is right."""
    first, *also = [each for each in (told.happened, *told.also) if each != "moved"] or ["unchanged"]
    evidence = [
        FirmEvidence("place_corrected", each.gaps) if each.kind == "other_place" else each for each in told.evidence
    ]
    confidence = min(told.confidence, PLACE_CORRECTED)
    return replace(
        told,
        happened=first,
        also=tuple(also),
        evidence=tuple(evidence),
        confidence=confidence,
        verdict=verdict_of(confidence),
    )


def _made(reconciliation: Reconciliation, told: Told, laid: _Laid) -> Finding:
    return Finding(
        reconciliation=reconciliation,
        level=EMPLOYER,
        county=key_of(laid.town(told.old, told.new)),
        happened=told.happened,
        also=list(told.also),
        old=[int(key) for key in told.old],
        new=[int(key) for key in told.new],
        confidence=told.confidence,
        verdict=told.verdict,
        evidence=[_as_json(told, each.kind, each.gaps, laid) for each in told.evidence],
    )


def _as_json(told: Told, kind: str, gaps: Mapping[str, Any], laid: _Laid) -> dict[str, Any]:
    plain_gaps = {key: list(value) if isinstance(value, tuple) else value for key, value in gaps.items()}
    if kind == "branch_of" and told.head_key:
        head = laid.went.get(told.head_key)
        plain_gaps |= {"head_unit": int(head)} if head else {"head_row": int(told.head_key)}
    return {"kind": kind, "gaps": plain_gaps}


def _of_its_place(laid: _Laid, row: ListedRow, told: Told) -> list[dict[str, Any]]:
    """That what is written is not known, and what is taken instead; or that only the address told it."""
    meant = laid.meant[row.number]
    if told.old and laid.is_narrower(stood := laid.employers[told.old[0]], meant.unit):
        gaps = {"old_place": laid.label(stood), "new_place": laid.places.label(meant.unit)}
        return [{"kind": "place_narrower", "gaps": gaps}]
    if told.old and laid.places.stays(laid.employers[told.old[0]].parent, meant.unit):
        instead = laid.label(laid.employers[told.old[0]])
    else:
        instead = laid.places.label(laid.places.top if meant.unit is None else meant.unit)
    if row.place and not meant.is_whole:
        return [{"kind": "place_not_known", "gaps": {"place": row.place, "instead": instead}}]
    if meant.by == "address" and not told.old:
        return [{"kind": "place_by_address", "gaps": {"address": row.address, "place": instead}}]
    return []


# == what else it may be ==
@dataclass
class _Alike:
    """Closed firms and new rows that share a name or an address: what was thought two may be one."""

    told: Sequence[Told]
    laid: _Laid
    _gone: dict[Hashable, list[str]] = field(default_factory=lambda: defaultdict(list))
    _come: dict[Hashable, list[str]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for each in self.told:
            if each.happened == "closed":
                firm = self.laid.employers[each.old[0]]
                for mark in list(_marks("", firm.name, firm.address)):
                    self._gone[mark].append(each.old[0])
            elif each.happened in ("new", "branch_opened"):
                row = self.laid.rows[each.new[0]]
                for mark in list(_marks("", row.name, row.address)):
                    self._come[mark].append(each.new[0])

    def alternatives(self, told: Told) -> list[Alternative]:
        if told.happened == "closed":
            firm = self.laid.employers[told.old[0]]
            return [self._one(told.old[0], key) for key in self._of(self._come, firm.name, firm.address)]
        if told.happened == "new":
            row = self.laid.rows[told.new[0]]
            return [self._one(key, told.new[0]) for key in self._of(self._gone, row.name, row.address)]
        if told.old and told.happened != "unchanged" and told.confidence < SURE_FROM:
            return [_alternative("closed", told.old, told.new, SPLIT_IN_TWO)]
        return []

    def _of(self, by: Mapping[Hashable, list[str]], name: str, address: str) -> list[str]:
        """An address that many share, such as that of an agent, says nothing."""
        found = [by.get(mark, []) for mark in _marks("", name, address)]
        return list(dict.fromkeys(key for keys in found if len(keys) <= MOST_ALTERNATIVES for key in keys))[
            :MOST_ALTERNATIVES
        ]

    def _one(self, old: str, new: str) -> Alternative:
        firm, row = self.laid.employers[old], self.laid.rows[new]
        if plain(firm.name) != plain(row.name):
            happened = "renamed"
        else:
            happened = "recoded" if written_plainly(firm.credit_code) != row.code else "moved"
        gaps = {"old_code": written_plainly(firm.credit_code), "new_code": row.code}
        evidence: list[dict[str, Any]] = [{"kind": "other_credit_code", "gaps": gaps}]
        if happened == "renamed":
            evidence.append({"kind": "same_address", "gaps": {"address": row.address}})
            evidence.append({"kind": "other_firm_name", "gaps": {"old_name": firm.name, "new_name": row.name}})
        else:
            evidence.append({"kind": "same_firm_name", "gaps": {"name": row.name}})
        return _alternative(happened, (old,), (new,), SAME_AFTER_ALL, evidence)


def _alternative(
    happened: str, old: Iterable[str], new: Iterable[str], confidence: float, evidence: Sequence[Mapping[str, Any]] = ()
) -> Alternative:
    return {
        "old": list(map(int, old)), "new": list(map(int, new)), "happened": happened, "confidence": confidence,
        "evidence": list(evidence),
    }  # fmt: skip


# == claimed twice ==
def _claimed(reconciliation: Reconciliation, told: Told, all_told: Sequence[Told], laid: _Laid) -> Finding:
    """One finding for all rows of a code. Nothing is proposed: one of the alternatives is chosen.

    The first row of an alternative bears the code; rows after it are other firms, which are entered without one.
    """
    made = _made(reconciliation, replace(told, confidence=0.5, verdict="doubtful"), laid)
    of_rows = [each for each in all_told if each.happened != "claimed_twice" and set(each.new) & set(told.new)]
    old = [key for each in of_rows for key in each.old]
    made.old = [int(key) for key in old]
    made.evidence += [{"kind": "claimed_by_known", "gaps": {"name": laid.employers[key].name}} for key in old]
    names = [plain(laid.rows[key].name) for key in told.new]
    ways: list[tuple[str, ...]] = [(key,) for key in told.new]
    if len(told.new) == 2 and len(old) < 2 and names[0] != names[1]:
        ways += permutations(told.new)
    made.alternatives = [_alternative(_happened(old, way, laid), old[:1], way, 1 / len(ways)) for way in ways[:9]]
    return made


def _happened(old: Sequence[str], way: Sequence[str], laid: _Laid) -> str:
    if not old:
        return "new"
    firm, row = laid.employers[old[0]], laid.rows[way[0]]
    if not laid.agree(firm, laid.meant[row.number].unit):
        return "moved"
    return "renamed" if plain(firm.name) != plain(row.name) else "unchanged"
