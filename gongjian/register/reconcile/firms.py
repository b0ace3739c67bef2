"""What became of each firm from one month's business list to the next, by credit code, then by name and address.

    findings = reconcile_firms(old_rows, new_rows)

Every old row is in exactly one finding's `old`, every new row in exactly one finding's `new`, but for a code that is
claimed twice: its rows stand together in one `claimed_twice` finding besides.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from .credit_codes import is_sound, one_slip_away, written_plainly
from .proposals import Verdict, verdict_of

FirmHappened = Literal[
    "unchanged", "renamed", "moved", "mistyped", "recoded", "closed", "new", "branch_opened", "claimed_twice"
]
Gap = str | int | float | tuple[str, ...]

# Each reason with the gaps it always fills; the pages turn them into sentences.
FIRM_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "same_credit_code": ("code",),
        "credit_code_unsound": ("code",),  # length, characters or check character are wrong
        "credit_code_missing": ("name",),
        "credit_code_one_slip": ("code", "known_code"),
        "other_credit_code": ("old_code", "new_code"),
        "same_firm_name": ("name",),
        "other_firm_name": ("old_name", "new_name"),
        "same_address": ("address",),
        "other_address": ("old_address", "new_address"),
        "address_learned": ("address",),  # none was known before
        "other_place": ("old_place", "new_place"),
        "branch_of": ("branch_name", "head_name"),
        "not_in_list": ("name",),
        "rows_with_code": ("code", "names"),
        "rows_in_places": ("code", "places"),
        # what the register adds, which knows its places and who bore a code before
        "claimed_by_known": ("name",),
        "place_not_known": ("place", "instead"),
        "place_by_address": ("address", "place"),
        "place_narrower": ("old_place", "new_place"),
        "place_corrected": ("old_place", "new_place"),
    }
)

Way = Literal["code", "slip", "name and address", "name and place", "registered anew"]
# How likely two rows are one firm, by the way in which they were paired. One name and address under another sound code
# is a firm registered anew, which the law holds to be another.
CONFIDENCE: Mapping[Way, float] = MappingProxyType(
    {"code": 0.999, "slip": 0.985, "name and address": 0.985, "name and place": 0.9, "registered anew": 0.7}
)
NOT_IN_LIST, NEW_IN_LIST, BRANCH, TWICE = 0.9, 0.99, 0.98, 0.999
_BRANCH = re.compile("(.+?)[（(]?(?:[^（()）]{0,12}?)(分公司|分店|分厂|分部|分行|分社|营业部|门市部|办事处)[）)]?$")
_FORMS = re.compile("(股份有限公司|有限责任公司|有限公司|集团公司|公司|合作社|经营部|厂|店)$")
_ABOVE_TOWN = re.compile("^(中国)?([^省]{2,3}省)?([^省市县区镇乡]{2,3}市)?([^省市县区镇乡]{1,3}[市县区])?(?=.{3})")
OF_A_ROAD = ".{0,2}(?:路|街|巷|弄|大道)"  # what makes of the name of a village that of a road: 新村东路 is not in 新村
_BLANK = re.compile(r"[\s（）()·,，.。]")


@dataclass(frozen=True, slots=True)
class Firm:
    """A row of a business list. `key` names it in its list; `place` is the village or town it is listed under.

    A blank place or address is not known: nothing is told of it.
    """

    key: str
    credit_code: str
    name: str
    place: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class FirmEvidence:
    """One reason; raises ValueError for a kind that is not in FIRM_KINDS, or with other gaps than it has."""

    kind: str
    gaps: Mapping[str, Gap] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in FIRM_KINDS or set(self.gaps) != set(FIRM_KINDS[self.kind]):
            raise ValueError(f"{self.kind!r} with the gaps {sorted(self.gaps)} is no kind of evidence.")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is told of a firm: `also` names the weaker changes, `head_key` the head office of a branch, if listed."""

    happened: FirmHappened
    old: tuple[str, ...]
    new: tuple[str, ...]
    confidence: float
    verdict: Verdict
    also: tuple[FirmHappened, ...] = ()
    evidence: tuple[FirmEvidence, ...] = ()
    head_key: str = ""


def reconcile_firms(old: Sequence[Firm], new: Sequence[Firm]) -> list[Finding]:
    """The findings, in the order of the new list, then what closed; raises ValueError for a key that stands twice."""
    for rows in (old, new):
        _refuse_twice(rows)
    pairs = _paired(old, new)
    heads = _Heads(new)
    then = {firm.key: firm for firm in old}
    back = {new_key: (old_key, how) for old_key, (new_key, how) in pairs.items()}
    told = []
    for firm in new:
        if firm.key in back:
            old_key, how = back[firm.key]
            told.append(_continuing(then[old_key], firm, how))
        else:
            told.append(_began(firm, heads))
    told += [_closed(firm) for firm in old if firm.key not in pairs]
    return told + _claimed_twice(new)


def _refuse_twice(rows: Iterable[Firm]) -> None:
    seen: set[str] = set()
    for firm in rows:
        if firm.key in seen:
            raise ValueError(f"The key {firm.key!r} stands twice in one list.")
        seen.add(firm.key)


# == pairing ==
Pairs = dict[str, tuple[str, Way]]


def _paired(old: Sequence[Firm], new: Sequence[Firm]) -> Pairs:
    """Old key to new key and the way: by code, by a code one slip away, by name and address, by name and place."""
    pairs: Pairs = {}
    _pair_by_code(old, new, pairs)
    _pair_by_slip(old, new, pairs)
    _pair_by(old, new, pairs, "name and address", _name_and_address)
    _pair_by(old, new, pairs, "name and place", lambda f: (plain(f.name), f.place))
    return pairs


def _name_and_address(firm: Firm) -> tuple[str, str] | None:
    return (plain(firm.name), plain_address(firm.address)) if firm.address else None


def _left(firms: Iterable[Firm], taken: Iterable[str]) -> list[Firm]:
    done = set(taken)
    return [firm for firm in firms if firm.key not in done]


def _pair_by_code(old: Sequence[Firm], new: Sequence[Firm], pairs: Pairs) -> None:
    """Among rows of one code, those alike in name and place first."""
    held: dict[str, list[Firm]] = defaultdict(list)
    for firm in new:
        if code := written_plainly(firm.credit_code):
            held[code].append(firm)
    for firm in old:
        rows = held.get(written_plainly(firm.credit_code), [])
        if rows:
            best = max(rows, key=lambda row: (row.name == firm.name) + (row.place == firm.place))
            rows.remove(best)
            pairs[firm.key] = best.key, "code"


def _pair_by_slip(old: Sequence[Firm], new: Sequence[Firm], pairs: Pairs) -> None:
    """A code one slip away from a known one, where one of the two is unsound and the names agree."""
    then, now = _left(old, pairs), _left(new, (key for key, _ in pairs.values()))
    patterns: dict[str, list[Firm]] = defaultdict(list)
    for firm in then:
        for pattern in set(one_slip_away(written_plainly(firm.credit_code))):
            patterns[pattern].append(firm)
    for firm in now:
        code = written_plainly(firm.credit_code)
        near = {f.key: f for pattern in one_slip_away(code) for f in patterns.get(pattern, ()) if f.key not in pairs}
        alike = [f for f in near.values() if _is_slip(f, firm)]
        if len(alike) == 1:
            pairs[alike[0].key] = firm.key, "slip"


def _is_slip(a: Firm, b: Firm) -> bool:
    one_is_wrong = not (is_sound(written_plainly(a.credit_code)) and is_sound(written_plainly(b.credit_code)))
    one_address = bool(a.address) and plain_address(a.address) == plain_address(b.address)
    return one_is_wrong and (plain(a.name) == plain(b.name) or one_address)


def _pair_by(old: Sequence[Firm], new: Sequence[Firm], pairs: Pairs, how: Way, mark: Callable[[Firm], object]) -> None:
    """Firms whose mark stands once on both sides among those left; a mark of None pairs nothing."""
    now: dict[object, list[Firm]] = defaultdict(list)
    for firm in _left(new, (key for key, _ in pairs.values())):
        now[mark(firm)].append(firm)
    then: dict[object, list[Firm]] = defaultdict(list)
    for firm in _left(old, pairs):
        then[mark(firm)].append(firm)
    for value, firms in then.items():
        found = now.get(value, [])
        if value is not None and len(firms) == len(found) == 1:
            both_sound = all(is_sound(written_plainly(firm.credit_code)) for firm in (firms[0], found[0]))
            pairs[firms[0].key] = found[0].key, "registered anew" if both_sound else how


def plain(text: str) -> str:
    """A name or address without blanks, brackets and stops."""
    return _BLANK.sub("", text)


def plain_address(text: str) -> str:
    """An address from its town on: lists write province, city and county before it or leave them out."""
    return _ABOVE_TOWN.sub("", plain(text).replace("-", "").replace("－", "").replace("—", ""))


# == telling ==
def _continuing(a: Firm, b: Firm, how: Way) -> Finding:
    codes = written_plainly(a.credit_code), written_plainly(b.credit_code)
    changes: list[FirmHappened] = []
    evidence: list[FirmEvidence] = []
    if codes[0] == codes[1] != "":
        evidence.append(FirmEvidence("same_credit_code", {"code": codes[0]}))
    elif how == "slip":
        changes.append("mistyped")
        sound, slip = codes if is_sound(codes[0]) else codes[::-1]
        evidence.append(FirmEvidence("credit_code_one_slip", {"code": slip, "known_code": sound}))
    elif codes != ("", ""):
        changes.append("recoded")
        evidence.append(FirmEvidence("other_credit_code", {"old_code": codes[0], "new_code": codes[1]}))
    whereabouts, has_moved = _whereabouts(a, b)
    evidence += whereabouts
    changes += ["moved"] if has_moved else []
    if plain(a.name) != plain(b.name):
        changes.append("renamed")
        evidence.append(FirmEvidence("other_firm_name", {"old_name": a.name, "new_name": b.name}))
    else:
        evidence.append(FirmEvidence("same_firm_name", {"name": b.name}))
    evidence += _unsound(b)
    first, *also = changes or ["unchanged"]
    confidence = CONFIDENCE[how]
    return Finding(first, (a.key,), (b.key,), confidence, verdict_of(confidence), tuple(also), tuple(evidence))


def _whereabouts(a: Firm, b: Firm) -> tuple[list[FirmEvidence], bool]:
    """What place and address say, and whether it has moved."""
    found = []
    has_moved = bool(a.place and b.place) and a.place != b.place
    if has_moved:
        found.append(FirmEvidence("other_place", {"old_place": a.place, "new_place": b.place}))
    if a.address and b.address and plain_address(a.address) != plain_address(b.address):
        found.append(FirmEvidence("other_address", {"old_address": a.address, "new_address": b.address}))
        has_moved = True
    elif b.address:
        found.append(FirmEvidence("same_address" if a.address else "address_learned", {"address": b.address}))
    return found, has_moved


def _unsound(firm: Firm) -> list[FirmEvidence]:
    code = written_plainly(firm.credit_code)
    if not code:
        return [FirmEvidence("credit_code_missing", {"name": firm.name})]
    return [] if is_sound(code) else [FirmEvidence("credit_code_unsound", {"code": code})]


class _Heads:
    """Which listed firm a branch belongs to, by the name before the word for the branch."""

    def __init__(self, firms: Iterable[Firm]) -> None:
        self._by_name: dict[str, list[Firm]] = defaultdict(list)
        for firm in firms:
            self._by_name[_FORMS.sub("", plain(firm.name))].append(firm)

    def of(self, firm: Firm) -> Firm | None:
        """The head office; None for a firm that is no branch, or whose head is not listed or not the only one."""
        stem = branch_stem(firm.name)
        while len(stem) > 3:
            found = [head for head in self._by_name.get(_FORMS.sub("", stem), ()) if head.key != firm.key]
            if len(found) == 1:
                return found[0]
            stem = stem[:-1]
        return None


def branch_stem(name: str) -> str:
    """The name before the words for the branch: 大唐样例袜业有限公司城西分公司 → 大唐样例袜业有限公司城西; else ""."""
    found = _BRANCH.match(plain(name))
    if not found:
        return ""
    return plain(name)[: -len(found[2])]


def _began(firm: Firm, heads: _Heads) -> Finding:
    evidence = _unsound(firm)
    if head := heads.of(firm):
        reason = FirmEvidence("branch_of", {"branch_name": firm.name, "head_name": head.name})
        return Finding(
            "branch_opened",
            (),
            (firm.key,),
            BRANCH,
            verdict_of(BRANCH),
            evidence=(reason, *evidence),
            head_key=head.key,
        )
    confidence = 0.7 if evidence else NEW_IN_LIST
    return Finding("new", (), (firm.key,), confidence, verdict_of(confidence), evidence=tuple(evidence))


def _closed(firm: Firm) -> Finding:
    evidence = (FirmEvidence("not_in_list", {"name": firm.name}), *_unsound(firm))
    return Finding("closed", (firm.key,), (), NOT_IN_LIST, verdict_of(NOT_IN_LIST), evidence=evidence)


def _claimed_twice(firms: Sequence[Firm]) -> list[Finding]:
    """Codes that stand in several rows: of one firm under two places, or of two firms, of which one is wrong."""
    counted = Counter(written_plainly(firm.credit_code) for firm in firms)
    held: dict[str, list[Firm]] = defaultdict(list)
    for firm in firms:
        code = written_plainly(firm.credit_code)
        if code and counted[code] > 1:
            held[code].append(firm)
    told = []
    for code, rows in held.items():
        names = tuple(dict.fromkeys(row.name for row in rows))
        places = tuple(dict.fromkeys(row.place for row in rows))
        evidence = [FirmEvidence("rows_with_code", {"code": code, "names": names})]
        if len(places) > 1:
            evidence.append(FirmEvidence("rows_in_places", {"code": code, "places": places}))
        keys = tuple(row.key for row in rows)
        told.append(Finding("claimed_twice", (), keys, TWICE, verdict_of(TWICE), evidence=tuple(evidence)))
    return told
