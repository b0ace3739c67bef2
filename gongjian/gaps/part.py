"""What part of the gaps has to be found anew: the counties in which something differs that gaps are found by.

Units are grouped within a county, and whoever is responsible for one sits above it. So where the facts of a county are
as they were when its gaps were last found, by the same rules, its gaps stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from django.forms.models import model_to_dict
from ibis.expr.types import Table

import rollup
from gongjian.indicators.define import definition_of
from gongjian.indicators.models import Indicator, Run
from gongjian.register.models import Threshold
from rollup.change import Change, places_of
from rollup.engine import fetched
from rollup.lake import Facts

from .models import Decision, Joining, Rewrite

COUNTY = "county"
# What of the bodies says who is responsible, and which area's body is near.
SEATED = {"bodies": ("body", "division", "seat", "line", "form")}


@dataclass(frozen=True)
class Part:
    """What is found anew: the facts of today of some counties, or all; the units of these, now or before; and what lies
    above them now."""

    facts: Facts
    counties: frozenset[int] | None = None
    units: Sequence[int] = ()
    above: Table | None = None

    @property
    def around(self) -> Table:
        """The units of today of these counties, and those above."""
        units = self.facts.tables["units"]
        return units if self.above is None else units.union(self.above)


def indicators_of(joining: Joining) -> Iterable[Indicator]:
    """Those of which the missing units are listed."""
    return Indicator.objects.filter(key__in=joining.indicators, of="units", awaits="")


def digest_of_rules(joinings: Sequence[Joining], day: date) -> str:
    """A digest of all that gaps are found by but the facts: the pack's rules, what was decided, and the code."""
    thresholds = Threshold.objects.filter(valid__contains=day).order_by("key").values("key", "least")
    definitions = Indicator.objects.order_by("pk").values("pk", "version", "awaits")
    decided = Decision.objects.order_by("pk").values("verdict", "suggestion__line", "suggestion__units")
    digest = sha256(repr([*map(model_to_dict, joinings), *thresholds, *definitions, *decided]).encode())
    for source in sorted([*Path(__file__).parent.glob("*.py"), *Path(rollup.__file__).parent.glob("*.py")]):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def part_of(facts: Facts, joinings: Sequence[Joining], rules: str, since: tuple[Run, Change] | None) -> Part:
    """Where anything differs that gaps are found by; all, where that cannot be said."""
    if since is None or not Rewrite.objects.filter(run=since[0], rules=rules).exists():
        return Part(facts)
    change = since[1]
    definitions = [definition_of(each) for joining in joinings for each in indicators_of(joining)]
    counties = places_of(change, definitions, SEATED, COUNTY)
    if counties is None:
        return Part(facts)
    now, then = (_within(each, counties) for each in (facts, change.before))
    units = fetched(now.select("unit").union(then.select("unit"), distinct=True))["unit"].to_pylist()
    return Part(replace(facts, tables={**facts.tables, "units": now}), counties, units, _above(facts, counties))


def _within(facts: Facts, places: frozenset[int]) -> Table:
    """The units of these places."""
    units, ways = facts.tables["units"], facts.ways
    leaves = ways.filter((ways.walk == "territory") & ways.place.isin(sorted(places))).select("leaf").distinct()
    return units.semi_join(leaves, units.division == leaves.leaf)


def _above(facts: Facts, places: frozenset[int]) -> Table:
    """The units that these places are a part of, without themselves."""
    units, ways, some = facts.tables["units"], facts.ways, sorted(places)
    ways = ways.filter((ways.walk == "territory") & ways.leaf.isin(some) & ~ways.place.isin(some))
    above = ways.select("place").distinct()
    return units.semi_join(above, units.unit == above.place)
