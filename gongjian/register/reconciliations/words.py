"""Findings in words: what happened, why it is thought so, how sure that is, and what was decided.

Each kind of evidence of the engine has its sentence here; a test holds that none is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Finding, ListedRow, Reconciliation, UnitEntry
from ..reconcile.proposals import SURE_FROM
from .firm_words import FIRM_EVIDENCE, FIRM_HAPPENED, FIRM_SHAPES, firm_sentence, told_of_firm

Said = str | Promise
Decision = Finding.Decision

EVIDENCE: dict[str, Said] = {
    "same_code": gettext_lazy("It bears the same code, %(code)s."),
    "other_code": gettext_lazy("Its code was %(old_code)s and would now be %(new_code)s."),
    "code_passed_on": gettext_lazy("The code %(code)s of “%(old_name)s” is now borne by “%(new_name)s”."),
    "same_name": gettext_lazy("It is called the same: “%(name)s”."),
    "other_kind_word": gettext_lazy(
        "The place is called the same, only the word for its kind differs: “%(old_name)s”, now “%(new_name)s”."
    ),
    "variant_character": gettext_lazy(
        "The names differ in one character that sounds or looks alike: “%(old_character)s”, now “%(new_character)s”."
    ),
    "one_character_other": gettext_lazy(
        "The names differ in one character: “%(old_character)s”, now “%(new_character)s”."
    ),
    "one_character_more": gettext_lazy("The new name has one character more: “%(character)s”."),
    "one_character_less": gettext_lazy("The new name has one character less: “%(character)s”."),
    "town_prefix_dropped": gettext_lazy("The new name leaves out the “%(prefix)s” before it."),
    "town_prefix_added": gettext_lazy("The new name has “%(prefix)s” put before it."),
    "name_within_name": gettext_lazy("One name stands within the other: “%(shorter)s” in “%(longer)s”."),
    "names_share_characters": gettext_lazy("“%(old_name)s” and “%(new_name)s” share “%(characters)s”."),
    "name_unlike": gettext_lazy("The names have nothing in common: “%(old_name)s” and “%(new_name)s”."),
    "name_joined": gettext_lazy("“%(new_name)s” is put together from the names %(members)s."),
    "name_shared": gettext_lazy("“%(name)s” is a name that %(times)s divisions of the lists bear."),
    "town_continues": gettext_lazy("What it lies in goes on: “%(old_town)s” as “%(new_town)s”."),
    "siblings_moved": gettext_lazy("%(moved)s of %(of)s neighbours in “%(old_town)s” now lie in “%(new_town)s”."),
    "left_siblings": gettext_lazy(
        "Only %(moved)s of %(of)s neighbours in “%(old_town)s” went to “%(new_town)s” as well."
    ),
    "county_changed": gettext_lazy("It would change its county: from “%(old_county)s” to “%(new_county)s”."),
    "same_place_in_list": gettext_lazy("It stands between the same two in both lists: “%(before)s” and “%(after)s”."),
    "neighbours_went": gettext_lazy(
        "Its neighbours in the list, “%(before)s” and “%(after)s”, went into “%(new_name)s”."
    ),
    "as_many_gone_as_new": gettext_lazy("In “%(town)s” %(gone)s are gone and %(new)s are new."),
    "only_new_of_town": gettext_lazy("“%(new_name)s” is the only new one of “%(town)s”, where %(gone)s are gone."),
    "villages_went": gettext_lazy("%(moved)s of its %(of)s villages now lie in “%(new_town)s”."),
    "villages_came": gettext_lazy("%(moved)s of its %(of)s villages lay in “%(old_town)s” before."),
    "towns_went": gettext_lazy("%(moved)s of its %(of)s towns now lie in “%(new_county)s”."),
    "formed_of": gettext_lazy("It seems to be formed of %(number)s: %(members)s."),
    "rivals": gettext_lazy("Several fit nearly as well: %(names)s."),
    "nothing_alike": gettext_lazy("Nothing around “%(town)s” resembles it."),
    "parent_not_followed": gettext_lazy("It is not known what became of “%(parent)s”, in which it lay."),
    "special_area": gettext_lazy("“%(name)s” is a special area: a farm, a reservoir or a zone, not a village."),
}
# At the top or the end of a list there is one neighbour only.
WITH_ONE_NEIGHBOUR: dict[str, Said] = {
    "same_place_in_list": gettext_lazy("It stands beside the same one in both lists: “%(neighbour)s”."),
    "neighbours_went": gettext_lazy("Its neighbour in the list, “%(neighbour)s”, went into “%(new_name)s”."),
}
HAPPENED: dict[str, Said] = {
    "unchanged": gettext_lazy("Unchanged"),
    "renamed": gettext_lazy("Renamed"),
    "recoded": gettext_lazy("New code"),
    "moved": gettext_lazy("Moved"),
    "merged": gettext_lazy("Merged"),
    "split": gettext_lazy("Divided"),
    "closed": gettext_lazy("Closed"),
    "new": gettext_lazy("New"),
    "unknown": gettext_lazy("Not known"),
}
SHAPES = {
    "unchanged": "s-done", "renamed": "l-rename", "recoded": "l-rename", "moved": "l-move", "merged": "l-merge",
    "split": "l-split", "closed": "s-stop", "new": "plus", "unknown": "s-todo",
}  # fmt: skip
VERDICTS: dict[str, Said] = {
    "sure": gettext_lazy("Sure"),
    "doubtful": gettext_lazy("Doubtful"),
    "unknown": gettext_lazy("Not known"),
}
LEVELS: dict[str, Said] = {
    "city": gettext_lazy("City"),
    "county": gettext_lazy("County"),
    "town": gettext_lazy("Town or street"),
    "village": gettext_lazy("Village or community"),
    "employer": gettext_lazy("Employer"),
}
DECISIONS: dict[str, tuple[str, str, Said]] = {
    Decision.OPEN: ("warn", "s-todo", gettext_lazy("Open")),
    Decision.ACCEPTED: ("ok", "s-done", gettext_lazy("Accepted")),
    Decision.CHOSEN: ("ok", "s-done", gettext_lazy("Another chosen")),
    Decision.UNKNOWN: ("calm", "s-stop", gettext_lazy("Left unknown")),
    Decision.TAKEN: ("", "chain", gettext_lazy("Settled with another finding")),
}
# From which confidence on it is called so. Nobody reads 0.83; what it means is said on the page.
HOW_SURE: tuple[tuple[float, Said], ...] = (
    (SURE_FROM, gettext_lazy("as good as certain")),
    (0.9, gettext_lazy("very likely")),
    (0.75, gettext_lazy("likely")),
    (0.5, gettext_lazy("more likely than not")),
    (0.25, gettext_lazy("possible")),
    (0.0, gettext_lazy("unlikely")),
)


def words_of(reconciliation: Reconciliation) -> dict[str, Said]:
    """The word for each thing that can happen in a list of this kind."""
    return FIRM_HAPPENED if reconciliation.is_of_firms else HAPPENED


def how_sure(confidence: float) -> str:
    return str(next(said for least, said in HOW_SURE if confidence >= least))


def sentence(evidence: Mapping[str, Any]) -> str:
    """One reason. Names that are several are listed."""
    gaps = {
        key: "、".join(f"“{each}”" for each in value) if isinstance(value, list | tuple) else value
        for key, value in evidence["gaps"].items()
    }
    if evidence["kind"] in FIRM_EVIDENCE:
        return firm_sentence(evidence["kind"], gaps)
    said, kind = EVIDENCE[evidence["kind"]], evidence["kind"]
    if kind in WITH_ONE_NEIGHBOUR and not (gaps["before"] and gaps["after"]):
        said, gaps["neighbour"] = WITH_ONE_NEIGHBOUR[kind], gaps["before"] or gaps["after"]
    return str(said) % gaps


# == names ==
@dataclass(frozen=True)
class Place:
    """A division or firm as it is shown: its name, its code and what it lies in. `unit` opens its page."""

    name: str
    code: str
    within: str
    unit: int | None = None
    address: str = ""


class Names:
    """The divisions that some findings speak of, with what they lie in. Four queries, however many there are."""

    def __init__(self, reconciliation: Reconciliation, units: Iterable[int], numbers: Iterable[int]) -> None:
        self.is_of_firms = reconciliation.is_of_firms
        day = reconciliation.as_of - timedelta(days=1)
        self.units: dict[int, tuple[str, str, str, int | None]] = {}
        self.rows: dict[int, ListedRow] = {}
        wanted, above = set(units), set()
        for _step in range(2):
            entries = UnitEntry.objects.on(day).filter(unit_id__in=wanted - self.units.keys())
            for entry in entries:
                code = entry.credit_code if self.is_of_firms else entry.code
                name = entry.name if self.is_of_firms else entry.official_name or entry.name
                self.units[entry.unit_id] = (name, code, entry.address, entry.parent_id)
                above.add(entry.parent_id)
            wanted = {each for each in above if each}
        numbers = set(numbers)
        for _step in range(2):
            for row in reconciliation.rows.filter(number__in=numbers - self.rows.keys()):
                self.rows[row.number] = row
            numbers = {row.parent for row in self.rows.values() if row.parent}
        self.meant = self._meant(reconciliation)

    def _meant(self, reconciliation: Reconciliation) -> dict[int, str]:
        """What the places of firms are understood as."""
        units = {row.lies_in_id for row in self.rows.values() if row.lies_in_id}
        if not units:
            return {}
        return dict(UnitEntry.objects.on(reconciliation.as_of).filter(unit_id__in=units).values_list("unit_id", "name"))

    def unit(self, pk: int) -> Place:
        name, code, address, parent = self.units.get(pk, ("?", "", "", None))
        return Place(name, code, self.units.get(parent or 0, ("", "", "", None))[0], pk, address)

    def row(self, number: int) -> Place:
        row = self.rows[number]
        if self.is_of_firms:
            return Place(row.name, row.code, self.meant.get(row.lies_in_id or 0, row.place), None, row.address)
        above = self.rows.get(row.parent or 0)
        return Place(row.name, row.code, above.name if above else "")

    def told(self, happened: str, old: list[Place], new: list[Place]) -> str:
        """What would have happened, as one sentence."""
        return told_of_firm(happened, old, new) if self.is_of_firms else told(happened, old, new)


def names_for(reconciliation: Reconciliation, findings: Iterable[Finding]) -> Names:
    findings = list(findings)
    others = [other for each in findings for other in each.alternatives]
    units = [*(pk for each in findings for pk in each.old), *(pk for other in others for pk in other["old"])]
    rows = [*(n for each in findings for n in each.new), *(n for other in others for n in other["new"])]
    return Names(reconciliation, units, rows)


def names_of(reconciliation: Reconciliation, *, old: Iterable[int] = (), new: Iterable[int] = ()) -> str:
    found = Names(reconciliation, old := list(old), new := list(new))
    return "、".join([*(found.unit(pk).name for pk in old), *(found.row(number).name for number in new)])


# == what happened ==
def told(happened: str, old: list[Place], new: list[Place]) -> str:
    """What would have happened, as one sentence."""
    a, b = (old[0] if old else None), (new[0] if new else None)
    gaps = {
        "old": a.name if a else "",
        "new": "、".join(f"“{each.name}”" for each in new) if happened == "split" else (b.name if b else ""),
        "old_town": a.within if a else "",
        "new_town": b.within if b else "",
        "old_code": a.code if a else "",
        "new_code": b.code if b else "",
    }
    said = {
        "unchanged": _("“%(old)s” goes on as it was."),
        "renamed": _("“%(old)s” is now called “%(new)s”."),
        "recoded": _("“%(old)s” has a new code: %(old_code)s became %(new_code)s."),
        "moved": _("“%(old)s” went from “%(old_town)s” to “%(new_town)s”."),
        "merged": _("“%(old)s” was merged into “%(new)s”."),
        "split": _("“%(old)s” was divided among %(new)s."),
        "closed": _("“%(old)s” was closed."),
        "new": _("“%(new)s” in “%(new_town)s” is new."),
        "unknown": _("It is not known what became of “%(old)s”."),
    }[happened]
    return said % gaps


@dataclass(frozen=True)
class Other:
    """An alternative, as it is shown under the key with its number."""

    number: int
    told: str
    place: Place
    how_sure: str
    reasons: list[str]
    is_chosen: bool


@dataclass(frozen=True)
class Shown:
    """A finding, ready to be shown."""

    finding: Finding
    title: str
    happened: str
    shape: str
    level: str
    verdict: str
    how_sure: str
    old: list[Place]
    new: list[Place]
    also: list[str]
    reasons: list[str]
    shares: list[tuple[str, float, str]]
    others: list[Other] = field(default_factory=list)
    decision: tuple[str, str, Said] = ("", "", "")
    decided: str = ""


def shown(finding: Finding, names: Names) -> Shown:
    old, new = [names.unit(pk) for pk in finding.old], [names.row(number) for number in finding.new]
    happened = FIRM_HAPPENED if names.is_of_firms else HAPPENED
    return Shown(
        finding=finding,
        title=names.told(_or_told_more(finding), old, new),
        happened=str(happened[finding.happened]),
        shape=(FIRM_SHAPES if names.is_of_firms else SHAPES)[finding.happened],
        level=str(LEVELS[finding.level]),
        verdict=str(VERDICTS[finding.verdict]),
        how_sure="" if finding.happened in ("unknown", "claimed_twice") else how_sure(finding.confidence),
        old=old,
        new=new,
        also=[str(happened[each]) for each in finding.also],
        reasons=[sentence(each) for each in finding.evidence],
        shares=[
            (names.row(row).name, share * 100, _("%(count)s of %(of)s villages") % {"count": villages, "of": of})
            for row, share, villages, of in finding.shares or []
        ],
        others=[_other(finding, number, other, names) for number, other in enumerate(finding.alternatives, start=1)],
        decision=DECISIONS[finding.decision],
        decided="" if finding.decision == Decision.OPEN else decision_in_words(finding, names),
    )


def _or_told_more(finding: Finding) -> str:
    """A firm that goes on unchanged is kept only if the list tells more of it than the register knew."""
    return "told_more" if finding.level == "employer" and finding.happened == "unchanged" else finding.happened


def _other(finding: Finding, number: int, other: Mapping[str, Any], names: Names) -> Other:
    old, new = [names.unit(pk) for pk in other["old"]], [names.row(row) for row in other["new"]]
    return Other(
        number=number,
        told=names.told(other["happened"], old, new),
        place=new[0] if finding.old or not old else old[0],
        how_sure="" if finding.happened == "claimed_twice" else how_sure(other["confidence"]),
        reasons=[sentence(each) for each in other["evidence"]],
        is_chosen=finding.decision == Decision.CHOSEN and finding.chosen == number,
    )


def decision_in_words(finding: Finding, names: Names | None = None) -> str:
    """What was decided, as a sentence."""
    match finding.decision:
        case Decision.CHOSEN:
            names = names or names_for(finding.reconciliation, [finding])
            other = finding.alternatives[(finding.chosen or 1) - 1]
            return names.told(
                other["happened"], [names.unit(pk) for pk in other["old"]], [names.row(row) for row in other["new"]]
            )
        case Decision.UNKNOWN:
            return _("Left as it is.") if finding.reconciliation.is_of_firms else _("Left unknown.")
        case Decision.TAKEN:
            return _("Settled with another finding.")
        case Decision.ACCEPTED:
            return _("Accepted as proposed.")
    return _("Open.")
