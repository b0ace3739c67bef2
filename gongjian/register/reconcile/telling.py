"""Putting the result into words of the register: one proposal for each old division, one for each that began."""

from __future__ import annotations

from collections import Counter, defaultdict

from .evidence import Evidence
from .following import Following
from .proposals import (
    ALTERNATIVE_FROM,
    MOST_ALTERNATIVES,
    STRENGTH,
    SUCCESSOR_FROM,
    TOSS,
    Alternative,
    Happened,
    Proposal,
    Share,
    verdict_of,
)
from .successors import Successor, is_special_area
from .villages import Measures, Pair, among, weigh

# A successor that took less than this of a town's villages is told, but does not make a split of a merger by itself.
LEAST_OF_A_SPLIT = 0.03
# What is known of a division that began: sure where nothing vanished beside it, else as likely as not a successor.
BEGAN_ALONE, BEGAN_BESIDE_GONE = 0.95, 0.6
CLOSED_SPECIAL = 0.5
# New villages that each bear a vanished one's whole name are its parts, if they are so likely together.
PARTS_FROM = 0.7


class Telling:
    """Proposals out of the pairs, the successors of what vanished, and the pairs that were thought of."""

    def __init__(self, work: Following, found: dict[str, list[Successor]], thought_of: dict[Pair, float]) -> None:
        self.work, self.found = work, found
        self.measures = Measures(work)
        self.near: dict[str, list[tuple[float, str]]] = defaultdict(list)
        for (old, new), weight in thought_of.items():
            if work.to.get(old) != new:
                self.near[old].append((weight, new))
        self.best = {old: options[0] for old, options in found.items() if _is_told(options)}
        self.into: dict[str, list[str]] = defaultdict(list)
        for old, successor in self.best.items():
            self.into[successor.new].append(old)
        self.town_moves = self._moves_of_towns()

    def proposals(self) -> list[Proposal]:
        """All, in the order an officer works through them: by the new town, the town itself first."""
        work = self.work
        told = [self._continuing(old) if old in work.to else self._vanished(old) for old in work.old.rows]
        told += [self._began(new) for new in work.new.rows if new not in work.back]
        return sorted(told, key=self._place)

    def _place(self, told: Proposal) -> tuple[int, int, int, int]:
        """The new row that stands above, whether it is that row itself, and where it stands below."""
        work = self.work
        at = work.new.at
        new = told.new[0] if told.new else self._where_its_parent_went(told.old[0])
        above = new if told.level != "village" or not told.new else work.new.parent(new)
        order = at.get(above, -1)
        old_at = work.old.at[told.old[0]] if told.old else at[new]
        return order, int(told.level == "village"), int(not told.old), old_at

    def _where_its_parent_went(self, old: str) -> str:
        parent = self.work.old.parent(old)
        if parent in self.work.to:
            return self.work.to[parent]
        if self.town_moves.get(parent):
            return self.town_moves[parent].most_common(1)[0][0]
        return self._where_its_parent_went(parent) if parent else ""

    def _moves_of_towns(self) -> dict[str, Counter[str]]:
        """Where the villages of each old town went, those that were merged counted with their likeliest successor."""
        moves = self.work.moves()
        for successor, members in self.into.items():
            for old in members:
                moves.setdefault(self.work.old.parent(old), Counter())[self.work.new.parent(successor)] += 1
        return moves

    # == what continues ==
    def _continuing(self, old: str) -> Proposal:
        work, new = self.work, self.work.to[old]
        confidence, evidence = work.why.get(old, (1.0, ()))
        happened, *also = self._changes(old, new)
        if happened == "moved":
            evidence = (*evidence, *self._county_change(old, new))
        return Proposal(
            level=work.old.rows[old].level,
            happened=happened,
            also=tuple(also),
            old=(old,),
            new=(new,),
            confidence=confidence,
            verdict=verdict_of(confidence),
            evidence=evidence,
            alternatives=self._alternatives(old),
        )

    def _changes(self, old: str, new: str) -> list[Happened]:
        """How what continues differs, the strongest first; a code that is not known on both days does not differ."""
        a, b = self.work.old.rows[old], self.work.new.rows[new]
        differs: dict[Happened, bool] = {
            "moved": self.work.to.get(a.parent_key, "") != b.parent_key,
            "recoded": bool(a.code) and bool(b.code) and a.code != b.code,
            "renamed": a.name != b.name,
        }
        return [change for change in STRENGTH if differs[change]] or ["unchanged"]

    def _county_change(self, old: str, new: str) -> list[Evidence]:
        counties = self.work.old.county[old], self.work.new.county[new]
        if self.work.to.get(counties[0], "") == counties[1]:
            return []
        names = self.work.old.name(counties[0]), self.work.new.name(counties[1])
        return [Evidence("county_changed", {"old_county": names[0], "new_county": names[1]})]

    def _alternatives(self, old: str) -> tuple[Alternative, ...]:
        """New rows without an old one that it may be instead."""
        near = sorted(((w, new) for w, new in self.near.get(old, ()) if new not in self.work.back), reverse=True)
        weights = [weight for weight, _ in near]
        told = []
        for number, (weight, new) in enumerate(near[:MOST_ALTERNATIVES]):
            confidence = among(weight, weights[:number] + weights[number + 1 :])
            if confidence >= ALTERNATIVE_FROM:
                _, evidence = weigh(self.work, self.measures, old, new)
                told.append(Alternative(new, self._changes(old, new)[0], confidence, evidence))
        return tuple(told)

    # == what vanished ==
    def _vanished(self, old: str) -> Proposal:
        match self.work.old.rows[old].level:
            case "village":
                return self._vanished_village(old)
            case "town":
                return self._vanished_town(old)
        return self._vanished_county(old)

    def _vanished_village(self, old: str) -> Proposal:
        options = self.found.get(old, [])
        alternatives = tuple(
            Alternative(o.new, "merged", o.confidence, o.evidence) for o in options if o.confidence >= ALTERNATIVE_FROM
        )
        if parts := self._parts(old, options):
            return Proposal(
                level="village",
                happened="split",
                old=(old,),
                new=tuple(part.new for part in parts),
                confidence=sum(part.confidence for part in parts),
                verdict="doubtful",
                evidence=tuple(evidence for part in parts for evidence in part.evidence[:1]),
            )
        if best := self.best.get(old):
            return Proposal(
                level="village",
                happened="merged",
                old=(old,),
                new=(best.new,),
                confidence=best.confidence,
                verdict=verdict_of(best.confidence, doubtful_from=SUCCESSOR_FROM),
                evidence=best.evidence,
                alternatives=alternatives[1 : 1 + MOST_ALTERNATIVES],
            )
        name = self.work.old.name(old)
        if is_special_area(name):
            evidence = (Evidence("special_area", {"name": name}),)
            return self._without(old, "closed", CLOSED_SPECIAL, evidence, alternatives)
        return self._without(old, "unknown", 0.0, self._why_unknown(old, options), alternatives)

    def _parts(self, old: str, options: list[Successor]) -> list[Successor]:
        """New villages that bear the whole of its name, two or more alike in likelihood: 塔山东社区 and 塔山西社区."""
        place = self.work.old_name(old).place
        parts = [
            option
            for option in options
            if option.new not in self.work.back
            and len(place) > 1
            and place in self.work.new_name(option.new).place
            and option.confidence > 0.5 * options[0].confidence
        ]
        together = sum(part.confidence for part in parts)
        return parts if len(parts) > 1 and together >= PARTS_FROM and len(self.into[parts[0].new]) <= 1 else []

    def _why_unknown(self, old: str, options: list[Successor]) -> tuple[Evidence, ...]:
        town = self.work.old.parent(old)
        if not options:
            return (Evidence("parent_not_followed", {"parent": self.work.old.name(town)}),)
        siblings = tuple(e for e in options[0].evidence if e.kind in ("siblings_moved", "town_continues"))
        rivals = tuple(self.work.new.name(o.new) for o in options[:MOST_ALTERNATIVES] if o.confidence >= 0.1)
        if len(rivals) > 1:
            return (Evidence("rivals", {"names": rivals}), *siblings)
        return (Evidence("nothing_alike", {"town": self.work.old.name(town)}), *siblings)

    def _without(
        self,
        old: str,
        happened: Happened,
        confidence: float,
        evidence: tuple[Evidence, ...],
        alternatives: tuple[Alternative, ...] = (),
    ) -> Proposal:
        return Proposal(
            level=self.work.old.rows[old].level,
            happened=happened,
            old=(old,),
            new=(),
            confidence=confidence,
            verdict=verdict_of(confidence),
            evidence=evidence,
            alternatives=alternatives[:MOST_ALTERNATIVES],
        )

    def _vanished_town(self, old: str) -> Proposal:
        went = self.town_moves.get(old, Counter())
        towns = [(new, n) for new, n in went.most_common() if new and self.work.new.rows[new].level == "town"]
        if not towns:
            return self._town_without_villages(old)
        of = sum(n for _, n in towns)
        kept = [(new, n) for new, n in towns if n >= LEAST_OF_A_SPLIT * of and n > 1] or towns[:1]
        of = sum(n for _, n in kept)
        shares = tuple(Share(new, n / of, n, of) for new, n in kept)
        every = len(self.work.old.villages.get(old, ()))
        evidence = tuple(
            Evidence("villages_went", {"moved": n, "of": every, "new_town": self.work.new.name(new)}) for new, n in kept
        )
        confidence = self._how_sure_of_villages(old) * min(1.0, 0.6 + of / max(every, 1))
        return Proposal(
            level="town",
            happened="merged" if len(kept) == 1 else "split",
            old=(old,),
            new=tuple(new for new, _ in kept),
            shares=shares,
            confidence=confidence,
            verdict=verdict_of(confidence, doubtful_from=SUCCESSOR_FROM),
            evidence=evidence,
        )

    def _how_sure_of_villages(self, town: str) -> float:
        """Every village that is followed halves the doubt, by its own confidence."""
        work = self.work
        sure = []
        for village in work.old.villages.get(town, ()):
            if village in work.to:
                sure.append(work.why.get(village, (1.0, ()))[0])
            elif best := self.best.get(village):
                sure.append(best.confidence)
        return 1 - 0.5 ** sum(sure)

    def _town_without_villages(self, old: str) -> Proposal:
        name = self.work.old.name(old)
        links = self.work.links.get(old, [])
        alternatives = tuple(Alternative(link.new_town, "merged", 0.3) for link in links[:MOST_ALTERNATIVES])
        return self._without(old, "unknown", 0.0, (Evidence("nothing_alike", {"town": name}),), alternatives)

    def _vanished_county(self, old: str) -> Proposal:
        """A county is told by where its towns went."""
        work = self.work
        went: Counter[str] = Counter()
        for town in work.old.of_level["town"]:
            new = self._where_town_went(town) if old in (work.old.county[town], work.old.city[town]) else ""
            if new:
                level = work.old.rows[old].level
                went[(work.new.county if level == "county" else work.new.city)[new]] += 1
        went.pop("", 0)
        name = work.old.name(old)
        if not went:
            return self._without(old, "unknown", 0.0, (Evidence("nothing_alike", {"town": name}),))
        of = went.total()
        kept = went.most_common()
        return Proposal(
            level=work.old.rows[old].level,
            happened="merged" if len(kept) == 1 else "split",
            old=(old,),
            new=tuple(new for new, _ in kept),
            shares=tuple(Share(new, n / of, n, of) for new, n in kept),
            confidence=0.95,
            verdict=verdict_of(0.95),
            evidence=tuple(
                Evidence("towns_went", {"moved": n, "of": of, "new_county": work.new.name(new)}) for new, n in kept
            ),
        )

    def _where_town_went(self, town: str) -> str:
        if town in self.work.to:
            return self.work.to[town]
        went = self.town_moves.get(town)
        return went.most_common(1)[0][0] if went else ""

    # == what began ==
    def _began(self, new: str) -> Proposal:
        row = self.work.new.rows[new]
        members = self._members(new)
        names = tuple(self.work.old.name(key) for key in members)
        evidence: tuple[Evidence, ...]
        if members:
            evidence = (Evidence("formed_of", {"members": names, "number": len(names)}),)
            confidence = max(0.5, self._how_sure_of_members(members))
        else:
            gone = self._gone_beside(new)
            confidence = BEGAN_BESIDE_GONE if gone else BEGAN_ALONE
            evidence = (Evidence("nothing_alike", {"town": self.work.new.name(row.parent_key)}),)
        return Proposal(
            level=row.level,
            happened="new",
            old=(),
            new=(new,),
            confidence=confidence,
            verdict=verdict_of(confidence),
            evidence=evidence,
        )

    def _members(self, new: str) -> list[str]:
        if self.work.new.rows[new].level == "village":
            return self.into.get(new, [])
        if self.work.new.rows[new].level == "town":
            return [old for old, went in self.town_moves.items() if old not in self.work.to and went[new] > 1]
        return []

    def _how_sure_of_members(self, members: list[str]) -> float:
        """That it began of these, as sure as the surest of them."""
        return max(
            self.best[key].confidence if key in self.best else self._how_sure_of_villages(key) for key in members
        )

    def _gone_beside(self, new: str) -> bool:
        town = self.work.back.get(self.work.new.parent(new), "")
        return any(old not in self.best for old in self.work.villages_gone(town))


def _is_told(options: list[Successor]) -> bool:
    """The likeliest successor is likely enough, and not a toss of a coin beside the next."""
    if not options or options[0].confidence < SUCCESSOR_FROM:
        return False
    return len(options) == 1 or options[1].confidence <= TOSS * options[0].confidence
