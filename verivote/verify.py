"""Everything that can be checked of a published poll, each check by itself, with a sentence of what was found.

One thing cannot be checked from the bundle: that the envelopes hold what the tallies say. That rests on the observers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from . import bundle, entry, heads, log, observers, receipt, result
from .archive import Source
from .bundle import Bundle
from .errors import VerivoteError
from .rules import FEWEST_VOTERS
from .shape import moment
from .walk import Progress, Walk
from .words import say

OBSERVERS = 2
HOUR = 3600
BETWEEN = {"en": " ", "zh": ""}
Facts = dict[str, Any]


@dataclass(frozen=True)
class Check:
    """One check: whether it holds, the gaps of its sentence, and, where it does not, what is wrong."""

    code: str
    ok: bool
    facts: Facts = field(default_factory=dict)
    why: VerivoteError | None = None

    def sentence(self, language: str = "en") -> str:
        told = say(self.code if self.ok else f"{self.code}_not", self.facts, language)
        return told if self.why is None else BETWEEN[language].join((told, self.why.sentence(language)))


@dataclass(frozen=True)
class Report:
    """All checks in their order, and what the bundle says: entry, number of leaves, final head, result."""

    checks: list[Check]
    entry: Facts | None = None
    leaves: int = 0
    head: Facts | None = None
    result: Facts | None = None

    @property
    def ok(self) -> bool:
        return all(each.ok for each in self.checks)

    @property
    def failed(self) -> list[str]:
        return [each.code for each in self.checks if not each.ok]


def verify(
    source: Source,
    heads: Iterable[Any] = (),
    progress: Progress | None = None,
    receipt: Any = None,
) -> Report:
    """Check a bundle: a path or an open file.

    `heads`: signed heads from elsewhere, an observer's copy or the printed notice; one that does not agree proves a
    fork. `receipt`: whether its envelope stands in this log. It raises nothing: what cannot be read is a failed check.
    """
    return _with(source, lambda file: _Verification(file, list(heads), receipt).of_all(progress))


def check_receipt(receipt: Any, source: Source, progress: Progress | None = None) -> Report:
    """Check only that the envelope of a receipt stands in the log of a bundle."""
    return _with(source, lambda file: _Verification(file, [], receipt).of_receipt(progress))


def _with(source: Source, work: Callable[[Bundle], Report]) -> Report:
    try:
        with bundle.opened(source) as file:
            return work(file)
    except VerivoteError as problem:
        return Report([Check("format", False, {}, problem)])


class _Verification:
    def __init__(self, file: Bundle, elsewhere: list[Any], receipt: Any) -> None:
        self._file, self._elsewhere, self._receipt = file, elsewhere, receipt
        self._checks: list[Check] = []
        self._heads = file.heads()
        self._signatures = file.signatures()
        self._contents = file.contents()
        self._result: Facts = {}

    def of_all(self, progress: Progress | None) -> Report:
        if self._walked(progress):
            for code, check in self._log_checks().items():
                self._hold(code, check)
            if self._hold("result", self._read_result):
                for code, check in self._result_checks().items():
                    self._hold(code, check)
            if self._receipt is not None:
                self._hold_receipt()
        return self._report()

    def of_receipt(self, progress: Progress | None) -> Report:
        if self._walked(progress):
            self._hold("entry_first", self._entry_first)
            self._hold_receipt()
        return self._report()

    def _log_checks(self) -> dict[str, Callable[[], Facts]]:
        elsewhere = {"elsewhere": self._signed_elsewhere, "fork": self._no_fork} if self._elsewhere else {}
        return {
            "entry_first": self._entry_first,
            "records": self._records,
            "contents": self._contents_match,
            "closed": self._closed,
            "once": self._once,
            "heads_signed": self._heads_signed,
            "heads_rise": self._heads_rise,
            "heads_roots": self._heads_roots,
            "heads_hourly": self._heads_hourly,
            "final_head": self._final_head,
            **elsewhere,
        }

    def _result_checks(self) -> dict[str, Callable[[], Facts]]:
        return {
            "numbers": self._numbers,
            "tallies": self._tallies,
            "channels": self._channels,
            "turnout": self._turnout,
            "roll_changes": self._roll_changes,
            "steps": self._steps,
            "signatures": self._signed,
        }

    def _hold(self, code: str, check: Callable[[], Facts]) -> bool:
        """Whether a check holds, which is noted down."""
        try:
            self._checks.append(Check(code, True, check()))
        except VerivoteError as problem:
            self._checks.append(Check(code, False, {}, problem))
            return False
        return True

    def _hold_receipt(self) -> None:
        if self._hold("receipt", self._receipt_sound):
            self._hold("receipt_log", self._receipt_log)
            self._hold("receipt_leaf", self._receipt_leaf)

    def _walked(self, progress: Progress | None) -> bool:
        """Whether entry 0 can be one; and then once over the log."""
        self._checks.append(Check("format", True, {"leaves": self._file.leaves}))
        if not self._hold("entry", self._entry_sound):
            return False
        sizes = {_size(each) for each in (*self._heads, *self._elsewhere)}
        index = None
        if self._receipt is not None:
            sizes.add(_size(_field(self._receipt, "signed_head")))
            index = _field(self._receipt, "index")
        self._walk = Walk(self._contents, sizes, index).over(self._file, progress)
        self._root = self._walk.roots[self._file.leaves]
        return True

    def _report(self) -> Report:
        head = self._heads[-1]["head"] if self._heads else None
        begun = self._entry if self._checks[1].ok else None
        return Report(self._checks, begun, self._file.leaves, head, self._result or None)

    # == entry and log ==
    def _entry_sound(self) -> Facts:
        self._entry = self._file.entry()
        entry.check(self._entry)
        self._rules = self._entry["rules"]
        return {"title": self._rules["title"], "poll": self._rules["poll"]}

    def _entry_first(self) -> Facts:
        if self._walk.first != log.entry_record(self._entry):
            raise VerivoteError("entry_changed")
        return {"hash": entry.entry_hash(self._entry).hex()}

    def _records(self) -> Facts:
        if self._walk.strange is not None:
            index, kind = self._walk.strange
            raise VerivoteError("record_at", index=index, kind=kind)
        return {"leaves": self._file.leaves}

    def _contents_match(self) -> Facts:
        for (before, _), (after, _) in pairwise(self._contents):
            if after <= before:
                raise VerivoteError("content_order", index=after)
        if self._walk.contents_wrong is not None:
            raise self._walk.contents_wrong
        return {"number": len(self._contents)}

    def _closed(self) -> Facts:
        found = self._walk.closed
        if len(found) != 1:
            raise VerivoteError("closed_times", number=len(found))
        if self._walk.last_but_notes > found[0]:
            raise VerivoteError("after_closing", index=self._walk.last_but_notes)
        for content in self._walk.of_kind[log.CLOSED]:
            if content["closes"] != self._rules["closes"]:
                raise VerivoteError("closing_minute", closed=content["closes"], rules=self._rules["closes"])
        return {"closes": self._rules["closes"]}

    def _once(self) -> Facts:
        if self._walk.twice is not None:
            raise VerivoteError("envelope_twice", index=self._walk.twice)
        return {"envelopes": self._walk.envelopes}

    # == heads ==
    def _heads_signed(self) -> Facts:
        for each in self._heads:
            self._of_this_poll(each)
        return {"number": len(self._heads)}

    def _of_this_poll(self, signed: Any) -> None:
        heads.check(signed, self._entry["signer"])
        if signed["head"]["poll"] != self._rules["poll"]:
            raise VerivoteError("head_poll", size=signed["head"]["size"])

    def _heads_rise(self) -> Facts:
        row = [each["head"] for each in self._heads]
        for before, after in pairwise(row):
            if after["size"] < before["size"] or after["moment"] <= before["moment"]:
                raise VerivoteError("head_order", size=after["size"], moment=after["moment"])
        return {}

    def _heads_roots(self) -> Facts:
        for each in self._heads:
            self._agrees(each)
        return {"number": len(self._heads)}

    def _agrees(self, signed: Mapping[str, Any]) -> None:
        size = signed["head"]["size"]
        if size > self._file.leaves:
            raise VerivoteError("log_shorter", size=size, leaves=self._file.leaves)
        if self._walk.roots[size].hex() != signed["head"]["root"]:
            raise VerivoteError("root_differs", size=size)

    def _heads_hourly(self) -> Facts:
        opens, closes = self._rules["opens"], self._rules["closes"]
        between = sorted(each["head"]["moment"] for each in self._heads if opens < each["head"]["moment"] < closes)
        row = [opens, *between, closes]
        for before, after in pairwise(row):
            if (moment(after) - moment(before)).total_seconds() > HOUR:
                raise VerivoteError("heads_gap", before=before, after=after)
        return {}

    def _final_head(self) -> Facts:
        head = self._last_head()
        if head["size"] != self._file.leaves:
            raise VerivoteError("head_not_final", size=head["size"], leaves=self._file.leaves)
        if head["moment"] < self._rules["closes"]:
            raise VerivoteError("head_early", moment=head["moment"])
        return {"root": head["root"], "size": head["size"], "moment": head["moment"]}

    def _last_head(self) -> Facts:
        if not self._heads:
            raise VerivoteError("no_heads")
        head: Facts = self._heads[-1]["head"]
        return head

    def _signed_elsewhere(self) -> Facts:
        for each in self._elsewhere:
            self._of_this_poll(each)
        return {"number": len(self._elsewhere)}

    def _no_fork(self) -> Facts:
        for each in self._elsewhere:
            if _size(each):
                self._agrees(each)
        return {"number": len(self._elsewhere)}

    # == result ==
    def _read_result(self) -> Facts:
        self._result = self._file.result()
        self._cast = sum((self._result["counted"], *self._result["void"].values(), *self._result["set_aside"].values()))
        return {}

    def _numbers(self) -> Facts:
        told = self._cast + self._result["superseded"]
        if told != self._walk.envelopes:
            raise VerivoteError("envelopes_differ", log=self._walk.envelopes, told=told)
        void = sum(self._result["void"].values())
        aside = sum(self._result["set_aside"].values())
        return {
            "envelopes": self._walk.envelopes,
            "counted": self._result["counted"],
            "void": void,
            "superseded": self._result["superseded"],
            "set_aside": aside,
        }

    def _withdrawn(self) -> set[tuple[str, str]]:
        return {(each["group"], each["candidate"]) for each in self._walk.of_kind[log.WITHDRAWN]}

    def _tallies(self) -> Facts:
        tallies, counted, withdrawn = self._result["tallies"], self._result["counted"], self._withdrawn()
        groups = {each["id"]: each for each in self._rules["groups"]}
        if {id: set(votes) for id, votes in tallies.items()} != {
            id: {each["id"] for each in group["candidates"]} for id, group in groups.items()
        }:
            raise VerivoteError("tallies_candidates")
        for id, group in groups.items():
            votes, gone = tallies[id], {candidate for of, candidate in withdrawn if of == id}
            least = 0 if gone else group["least"] * counted
            if not least <= sum(votes.values()) <= group["most"] * counted or max(votes.values()) > counted:
                raise VerivoteError("tallies_sum", group=id, votes=sum(votes.values()), counted=counted)
            if any(votes[candidate] for candidate in gone):
                raise VerivoteError("tallies_withdrawn", group=id)
        return {"counted": counted}

    def _channels(self) -> Facts:
        by_channel = self._result["by_channel"]
        if not by_channel.keys() <= set(self._rules["channels"]):
            raise VerivoteError("channel_unknown")
        if sum(by_channel.values()) != self._cast:
            raise VerivoteError("channels_sum", sum=sum(by_channel.values()), cast=self._cast)
        return {"cast": self._cast}

    def _turnout(self) -> Facts:
        rows = [*self._result["turnout"]]
        units = [each["unit"] for each in rows]
        if len(set(units)) < len(units):
            raise VerivoteError("turnout_twice")
        if self._result["rest"]:
            rows.append({"unit": "…", **self._result["rest"]})
        for each in rows:
            if each["roll"] < FEWEST_VOTERS or each["cast"] > each["roll"]:
                raise VerivoteError("turnout_row", unit=each["unit"], roll=each["roll"], cast=each["cast"])
        changes = self._walk.of_kind[log.ROLL_CHANGE]
        voters = self._rules["roll"]["voters"] + sum(each["added"] - each["removed"] for each in changes)
        roll, cast = sum(each["roll"] for each in rows), sum(each["cast"] for each in rows)
        if (roll, cast) != (voters, self._cast):
            raise VerivoteError("turnout_sums", roll=roll, voters=voters, cast=cast, told=self._cast)
        return {"units": len(units), "roll": roll, "cast": cast}

    def _roll_changes(self) -> Facts:
        wanted = log.changes_by_unit_and_day(self._walk.of_kind[log.ROLL_CHANGE])
        if wanted != self._result["roll_changes"]:
            raise VerivoteError("roll_changes_differ")
        return {
            "added": sum(each["added"] for each in wanted),
            "removed": sum(each["removed"] for each in wanted),
        }

    def _steps(self) -> Facts:
        draw = self._result["draw"]
        if draw is not None and self._rules["tie"] is None:
            raise VerivoteError("draw_unnamed")
        if not _covers(self._result["tallies"], self._rules):
            raise VerivoteError("tallies_candidates")
        seed = result.seed(self._root, draw)
        wanted = result.results(self._rules, self._result["tallies"], seed, self._withdrawn())
        for step, published in zip(wanted, [*self._result["steps"], *[None] * len(wanted)], strict=False):
            if step != published:
                raise VerivoteError("step_differs", group=step["group"])
        if len(wanted) < len(self._result["steps"]):
            raise VerivoteError("step_differs", group=self._result["steps"][len(wanted)]["group"])
        undecided = sum(each["outcome"] == "undecided" for step in wanted for each in step["candidates"])
        return {"number": len(wanted), "undecided": undecided}

    def _signed(self) -> Facts:
        signed = observers.message(self._entry, self._last_head(), self._result)
        known = {each["key"]: each["name"] for each in self._entry["observers"]}
        for each in self._signatures:
            if known.get(each["key"]) != each["name"]:
                raise VerivoteError("signature_stranger", name=each["name"])
            if not observers.holds(each, signed):
                raise VerivoteError("signature_wrong", name=each["name"])
        names = sorted({each["name"] for each in self._signatures})
        if len({each["key"] for each in self._signatures}) < OBSERVERS:
            raise VerivoteError("signatures_few", number=len(names), least=OBSERVERS)
        return {"number": len(names), "names": " · ".join(names)}

    # == receipt ==
    def _receipt_sound(self) -> Facts:
        receipt.check(self._receipt, self._entry)
        return {"number": receipt.number(self._receipt)}

    def _receipt_log(self) -> Facts:
        self._agrees(self._receipt["signed_head"])
        return {"size": self._receipt["signed_head"]["head"]["size"]}

    def _receipt_leaf(self) -> Facts:
        if self._walk.asked != log.record(log.ENVELOPE, bytes.fromhex(self._receipt["leaf"])):
            raise VerivoteError("receipt_leaf_differs", index=self._receipt["index"])
        return {"index": self._receipt["index"]}


def _field(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _size(signed: Any) -> int:
    """How many records a head stands over; 0 for what is no head."""
    head = _field(signed, "head")
    size = _field(head, "size")
    return size if type(size) is int and size > 0 and type(_field(head, "root")) is str else 0


def _covers(tallies: Mapping[str, Mapping[str, int]], rules: Mapping[str, Any]) -> bool:
    """Whether there is a number for every candidate of a group that a step ranks."""
    ranked: Sequence[str] = [each["group"] for each in rules["steps"]]
    groups = {each["id"]: {one["id"] for one in each["candidates"]} for each in rules["groups"]}
    return all(groups[id] == tallies.get(id, {}).keys() for id in ranked)
