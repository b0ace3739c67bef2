"""What a version of an honour says, read once from its data. Rules are chosen among those that are code here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from json import dumps, loads
from typing import Any

from django.utils.translation import gettext_lazy as _

from gongjian.register.models.words import spoken

LEVELS = {"central": _("central"), "province": _("province"), "city": _("city"), "county": _("county"),
          "town": _("town or street")}  # fmt: skip
GIVERS = {"party": _("Party committee"), "government": _("government"), "department": _("department"),
          "mass": _("mass organisation")}  # fmt: skip
PARTY_OR_STATE = ("party", "government")
SORTS = {"award": _("an award"), "demonstration": _("a demonstration activity")}
# What a composition rule counts, of the unit or team; each stands in the register's head-counts under this name.
COUNTS = ("staff", "women", "under_35", "migrant")
# What excludes, and how the register can tell; the others nobody but an opinion can.
READ = {
    "no_union": _("no trade union, where one can be had"),
    "term_expired": _("the term of office has expired"),
    "worst_grade": _("the last appraisal gave the worst grade"),
    "withdrawn_before": _("this honour was withdrawn in the last years"),
    "not_standing": _("it does not stand in the register any more"),
}
# Nobody but an opinion can tell; the first of them is read, too, where it is an enterprise that applies.
HEARD = {
    "no_wage_agreement": _("no collective wage agreement in force"),
    "breach_of_law": _("breach of law or discipline"),
    "accident": _("a major accident or a serious occupational disease"),
    "wage_arrears": _("wages in arrears"),
}
# The same said of one that is not excluded.
FINE = {
    "no_union": _("A trade union covers it."),
    "term_expired": _("The term of office has not expired."),
    "worst_grade": _("The last appraisal did not give the worst grade."),
    "withdrawn_before": _("This honour was not withdrawn in the last years."),
    "not_standing": _("It stands in the register today."),
    "no_wage_agreement": _("A collective wage agreement is in force."),
    "breach_of_law": _("No breach of law or discipline."),
    "accident": _("No major accident and no serious occupational disease."),
    "wage_arrears": _("No wages in arrears."),
}
ASKED_OF = {"leader": _("the Party organisation that leads it"), "superior": _("the organisation above it"),
            "keeper": _("the organisation that keeps the call")}  # fmt: skip
MARKS_READ = ("leader", "enterprise")


@dataclass(frozen=True)
class Term:
    """A word of the honour with its names in each language."""

    key: str
    names: Mapping[str, str]

    def __str__(self) -> str:
        return spoken(dict(self.names))


@dataclass(frozen=True)
class Composition:
    """So many people, or, where `of` is set, so many in a hundred of those."""

    count: str
    of: str = ""
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Mark(Term):
    """What the quotas count: read from the register, or said by whoever applies."""

    is_read: bool = False


@dataclass(frozen=True)
class Quota:
    """Of those who are chosen so many in a hundred at least, or at most, bear the mark."""

    mark: str
    least_share: Decimal | None = None
    most_share: Decimal | None = None


@dataclass(frozen=True)
class OpinionOf(Term):
    """An opinion that must be heard: of whom, and which of the grounds that exclude it answers for."""

    of: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Weighted(Term):
    weight: Decimal


@dataclass(frozen=True)
class Phase(Weighted):
    """Reviewers of a blind phase see the number and the deeds, and neither name nor place."""

    blind: bool = False


@dataclass(frozen=True)
class Lower:
    """This honour has to be held for so many years."""

    honour: str
    years: int


@dataclass(frozen=True)
class Rules:
    """`places`: the most of a call. `recheck_years`: after so many it is looked at again. `within`: nobody but the
    giver's own people get it, so the rules on awards to others do not apply."""

    sort: str
    level: str
    giver: str
    approved_by: str
    cycle_years: int
    places: int
    notice_days: int
    recheck_years: int
    within: bool
    levels_held: tuple[str, ...]
    kinds: tuple[str, ...]
    lower: Lower | None
    composition: tuple[Composition, ...]
    statements: tuple[Term, ...]
    marks: tuple[Mark, ...]
    quotas: tuple[Quota, ...]
    vetoes: tuple[str, ...]
    opinions: tuple[OpinionOf, ...]
    criteria: tuple[Weighted, ...]
    phases: tuple[Phase, ...]

    def phase(self, key: str) -> Phase | None:
        return next((each for each in self.phases if each.key == key), None)

    def opinion(self, key: str) -> OpinionOf | None:
        return next((each for each in self.opinions if each.key == key), None)

    @property
    def said_marks(self) -> tuple[Mark, ...]:
        return tuple(each for each in self.marks if not each.is_read)

    @property
    def counts(self) -> tuple[str, ...]:
        """Which numbers of people the composition rests on, in the order of the register."""
        used = {name for each in self.composition for name in (each.count, each.of) if name}
        return tuple(name for name in COUNTS if name in used)


def rules_of(definition: Mapping[str, Any]) -> Rules:
    return _read(dumps(definition, sort_keys=True, default=str))


@lru_cache(maxsize=64)
def _read(text: str) -> Rules:
    table: dict[str, Any] = loads(text)
    lower = table.get("lower")
    return Rules(
        sort=table.get("sort", "award"), level=table.get("level", ""), giver=table.get("giver", ""),
        approved_by=table.get("approved_by", ""), cycle_years=table.get("cycle_years", 0),
        places=table.get("places", 0), notice_days=table.get("notice_days", 5),
        recheck_years=table.get("recheck_years", 0), within=table.get("within", False),
        levels_held=tuple(table.get("levels_held", ())), kinds=tuple(table.get("kinds", ())),
        lower=Lower(lower["honour"], lower["years"]) if lower else None,
        composition=tuple(
            Composition(each["count"], each.get("of", ""), each.get("least"), each.get("most"))
            for each in table.get("composition", ())
        ),
        statements=tuple(Term(each["key"], each["names"]) for each in table.get("statements", ())),
        marks=tuple(Mark(each["key"], each["names"], each["key"] in MARKS_READ) for each in table.get("marks", ())),
        quotas=tuple(
            Quota(each["mark"], _number(each.get("least_share")), _number(each.get("most_share")))
            for each in table.get("quotas", ())
        ),
        vetoes=tuple(table.get("vetoes", ())),
        opinions=tuple(
            OpinionOf(each["key"], each["names"], each.get("of", "leader"), tuple(each.get("about", ())))
            for each in table.get("opinions", ())
        ),
        criteria=tuple(
            Weighted(each["key"], each["names"], Decimal(str(each["weight"]))) for each in table.get("criteria", ())
        ),
        phases=tuple(
            Phase(each["key"], each["names"], Decimal(str(each["weight"])), each.get("blind", False))
            for each in table.get("phases", ())
        ),
    )  # fmt: skip


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
