"""The small town with indicators, thresholds and joining rules of the pack, firms without a union, and its gaps.

Made once for the tests of a file; each of them works on a copy that is thrown away.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from gongjian.figures import snapshot
from gongjian.gaps.define import define_joining
from gongjian.gaps.rewrite import rewrite
from gongjian.indicators.define import define_indicator
from gongjian.indicators.models import Run
from gongjian.packs.read import read_pack
from gongjian.register.define import define_body_kind, define_threshold
from gongjian.register.models import BodyKind, Form
from gongjian.settings import ROOT
from rollup import engine, lake
from tests.register import town as small
from tests.register.town import REFORM, Town, build_town

# In 上下文村, by staff. 16, 10 and 2 reach the threshold together; 40 does alone; nobody has counted the last one.
FIRMS = {"large": 40, "sixteen": 16, "ten": 10, "two": 2, "unknown": None}
# Of the pack's indicators, those that show a difference.
LISTED = {
    "union": ["union_enterprises", "union_enterprises_25", "union_villages"],
    "party": ["party_employers", "party_enterprises_50", "party_places"],
    "league": ["league_employers"],
    "women": ["women_villages"],
}
JOINING = (
    "names", "position", "line", "indicators", "threshold", "members", "own", "joint", "area_forms", "most_units",
    "mass_lines", "mass_from", "ease", "source",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Town]:
    with django_db_blocker.unblock(), transaction.atomic():
        town = build_town()
        define_gaps()
        for name, staff in FIRMS.items():
            firm(town, name, staff)
        find(tmp_path_factory.mktemp("facts") / "day", town.today)
        yield town
        transaction.set_rollback(True)


@pytest.fixture
def found(made: Town, db: None) -> Town:
    """The town after a night run; accounts of its own, since an account keeps what it was found to reach."""
    accounts = {name: copy(each) for name, each in made.accounts.items()}
    return replace(made, units=dict(made.units), bodies=dict(made.bodies), accounts=accounts)


@pytest.fixture
def run_again(found: Town, tmp_path: Path):
    """The gaps of the town found anew, as the night run does it."""
    return lambda: find(tmp_path / "day", found.today)


def find(folder: Path, day: date) -> int:
    snapshot.write(folder, day)
    return rewrite(a_run(day), lake.read(engine.duckdb(threads=1), folder), day)


def a_run(day: date) -> Run:
    """A run of the day that ended well."""
    now = timezone.now()
    return Run.objects.create(day=day, engine="duckdb", state=Run.State.DONE, began_at=now, ended_at=now)


def firm(town: Town, name: str, staff: int | None, **values: object) -> None:
    """An enterprise in the village, without a union."""
    given = {"parent": town.units["village"], "trade": "C"} | values
    town.units[name] = small.unit(f"样例{name}厂", "enterprise", since=REFORM, **given)
    if staff is not None:
        small.headcount(town.units[name], since=REFORM, staff=staff, under_35=staff // 8, source="样例统计")


def area_union(town: Town) -> None:
    """An area's union stands in the village."""
    Form.objects.create(key="area", names=small.names("区域组建", "Area"), position=9)
    town.bodies["area_union"] = small.body(
        "上下文村区域工会", "joint_union", town.units["village"], since=REFORM, form="area",
        superior=town.bodies["county_union"],
    )  # fmt: skip


def define_gaps() -> None:
    """What of the pack the gaps need, beside what the town has."""
    pack = read_pack(ROOT / "packs" / "shaoxing")
    listed = {key for keys in LISTED.values() for key in keys}
    for each in pack.indicators:
        if each.key in listed | {"four_lines", "union_joint_share", "womens_home"}:
            words = {name: getattr(each, name) for name in ("names", "position", "line", "of", "words", "definition")}
            define_indicator(each.key, source=each.source, awaits=each.awaits, **words)
    for kind in pack.body_kinds:
        if not BodyKind.objects.filter(pk=kind.key).exists():
            fields = {name: getattr(kind, name) for name in ("names", "position", "line", "many_units", "has_term")}
            define_body_kind(kind.key, **fields)
    for each in pack.thresholds:
        fields = {name: getattr(each, name) for name in ("since", "until", "line", "least", "names", "source")}
        define_threshold(each.key, **fields)
    for each in pack.joinings:
        fields = {name: getattr(each, name) for name in JOINING} | {"indicators": LISTED[each.line]}
        define_joining(each.key, **fields)
