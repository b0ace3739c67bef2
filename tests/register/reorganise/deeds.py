"""Random deeds on a small town, as hypothesis makes them: drawn as plain numbers, read against what stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st

from gongjian.chronicle.models import Act
from gongjian.register import actions
from gongjian.register.models import (
    Body,
    BodyEntry,
    BodyKind,
    Cover,
    Form,
    Line,
    Unit,
    UnitEntry,
    UnitKind,
)
from gongjian.register.reorganise import bodies as of_bodies
from gongjian.register.reorganise import units as of_units

from .. import town as small

START = small.FIRST
LEVELS = ("city", "county", "town", "village", "employer")
KINDS = {"city": "city", "county": "county_city", "town": "town", "village": "village", "employer": "enterprise"}
SHARES: list[list[Decimal | None]] = [
    [None, None],
    [Decimal("0.5"), Decimal("0.5")],
    [Decimal("0.33333333"), Decimal("0.66666667")],
    [Decimal("0.12345678"), Decimal("0.2")],
    [None],
    [Decimal("0.4")],
]


def days() -> list[date]:
    today = timezone.localdate()
    return [date(2018, 10, 31), date(2020, 6, 30), date(2020, 7, 1), date(2022, 3, 1), today, today + timedelta(30)]


@dataclass(frozen=True)
class Deed:
    """A verb and the numbers it picks by; `what` it comes to depends on what stands."""

    verb: str
    day: int
    picks: tuple[int, int, int]
    flags: tuple[bool, bool]

    def __repr__(self) -> str:
        return f"Deed({self.verb!r}, {self.day}, {self.picks}, {self.flags})"


def deeds() -> st.SearchStrategy[Deed]:
    small_number = st.integers(0, 7)
    return st.builds(
        Deed,
        verb=st.sampled_from(sorted(VERBS)),
        day=st.integers(0, 5),
        picks=st.tuples(small_number, small_number, small_number),
        flags=st.tuples(st.booleans(), st.booleans()),
    )


# == the town ==
def build() -> None:
    """A city of two counties, three towns, four villages and three firms; the Party and the union beside them."""
    small.define_words()
    city = small.unit("样例市", "city", code="c0")
    counties = [small.unit(f"样例{n}县", "county_city", city, code=f"c1{n}") for n in "甲乙"]
    towns = [small.unit(f"样例{n}镇", "town", counties[at // 2], code=f"c2{n}") for at, n in enumerate("甲乙丙")]
    villages = [small.unit(f"样例{n}村", "village", towns[at % 3], code=f"c3{n}") for at, n in enumerate("甲乙丙丁")]
    firms = [small.unit(f"样例{n}厂", "enterprise", villages[at], credit_code=f"f{n}") for at, n in enumerate("甲乙丙")]
    building = small.unit("样例大厦", "building", towns[0])
    party = small.body("样例市委", "party_committee", city, code="p0")
    committees = [
        small.body(f"样例{n}镇党委", "party_committee", towns[at], superior=party) for at, n in enumerate("甲乙")
    ]
    for at, village in enumerate(villages[:2]):
        branch = small.body(f"样例{at}支部", "party_branch", village, superior=committees[at])
        union = small.body(f"样例{at}工会", "joint_union", village, leader=branch, form="joint")
        small.cover(union, village)
        small.cover(union, firms[at])
        member = small.person(f"王样例{at}")
        small.membership(member, branch)
        small.office(member, branch, "party_secretary")
        small.term(union, START, date(2023, 1, 1))
    small.headcount(firms[0], staff=312)
    small.stands_in(firms[0], building)
    small.venue("样例之家", villages[0], Body.objects.get(entries__name="样例0工会"), plaques=("workers_home",))


# == doing ==
def do(deed: Deed) -> Act | None:
    """Do it. Returns its act; None if it was refused, or is nothing here."""
    last = Act.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    try:
        VERBS[deed.verb](deed, days()[deed.day], {"today": timezone.localdate(), "by": None})
    except (actions.Refused, Nothing):
        return None
    return Act.objects.filter(pk__gt=last).order_by("pk").last()


class Nothing(Exception):
    """There is nothing it could be done to."""


def _standing(model: Any, on: date, level: str | None = None, **more: Any) -> list[Any]:
    entries = model.objects.on(on).filter(**more)
    entries = entries.filter(kind__level=level) if level else entries
    thing = "unit" if model is UnitEntry else "body"
    return [getattr(entry, thing) for entry in entries.select_related(thing).order_by(f"{thing}_id")]


def _pick(found: list[Any], at: int) -> Any:
    if not found:
        raise Nothing
    return found[at % len(found)]


def _units(deed: Deed, on: date, *, fresh: bool = False) -> list[Unit]:
    """Units of one level that stand."""
    return _standing(UnitEntry, on, LEVELS[deed.picks[0] % len(LEVELS)])


def _parent(deed: Deed, on: date, level: int) -> Unit | None:
    return _pick(_standing(UnitEntry, on, LEVELS[level - 1]), deed.picks[2]) if level else None


def _values(deed: Deed, on: date) -> dict[str, Any]:
    level = deed.picks[0] % len(LEVELS)
    kind = UnitKind.objects.get(key=KINDS[LEVELS[level]])
    code = f"n{deed.picks[1]}" if deed.flags[0] else ""
    return {"name": f"新样例{deed.picks[1]}", "kind": kind, "parent": _parent(deed, on, level), "code": code}


def open_unit(deed: Deed, on: date, given: dict[str, Any]) -> None:
    actions.open_unit(on=on, **given, **_values(deed, on))


def rename_unit(deed: Deed, on: date, given: dict[str, Any]) -> None:
    actions.amend_unit(_pick(_units(deed, on), deed.picks[1]), on=on, name=f"改样例{deed.picks[2]}", **given)


def recode_unit(deed: Deed, on: date, given: dict[str, Any]) -> None:
    code = ("c3甲", "c3乙", "n1", "n2")[deed.picks[2] % 4]
    actions.amend_unit(_pick(_units(deed, on), deed.picks[1]), on=on, code=code, **given)


def move_unit(deed: Deed, on: date, given: dict[str, Any]) -> None:
    parent = _parent(deed, on, deed.picks[0] % len(LEVELS))
    actions.move_unit(_pick(_units(deed, on), deed.picks[1]), to=parent, on=on, **given)


def merge_units(deed: Deed, on: date, given: dict[str, Any]) -> None:
    into, apart = deed.flags
    found = _units(deed, on)
    sources = list(dict.fromkeys([_pick(found, deed.picks[1]), _pick(found, deed.picks[1] + 1)]))
    target = _pick(found, deed.picks[2]) if into else None
    sources = [unit for unit in sources if unit != target]
    pairs = {} if apart else _pairs(on, deed)
    values = {"name": f"并样例{deed.picks[2]}"} if into else _values(deed, on)
    of_units.merge_units(sources, into=target, on=on, values=values, bodies=pairs, **given)


def _pairs(on: date, deed: Deed) -> dict[int, int]:
    bodies = _standing(BodyEntry, on, kind="party_branch")
    return {bodies[0].pk: bodies[1].pk} if len(bodies) > 1 and deed.picks[2] % 2 else {}


def split_unit(deed: Deed, on: date, given: dict[str, Any]) -> None:
    stays, existing = deed.flags
    unit = _pick(_units(deed, on), deed.picks[1])
    parts = [
        of_units.Part(values=_values(deed, on) | {"name": f"分样例{at}", "code": ""}, share=share)
        for at, share in enumerate(SHARES[deed.picks[2] % len(SHARES)])
    ]
    if existing:
        other = next((each for each in _units(deed, on) if each != unit), None)
        parts = [of_units.Part(unit=other, share=parts[0].share), *parts[1:]] if other else parts
    children = UnitEntry.objects.on(on).filter(parent=unit).values_list("unit_id", flat=True)
    apart = {("child", id): at % len(parts) for at, id in enumerate(children)}
    of_units.split_unit(unit, parts=parts, stays=stays, on=on, apart=apart, **given)


def close_unit(deed: Deed, on: date, given: dict[str, Any]) -> None:
    found = _units(deed, on)
    unit, to = _pick(found, deed.picks[1]), _pick(found, deed.picks[1] + 1 + deed.picks[2])
    of_units.close_unit(unit, to=to, on=on, is_known=deed.flags[0], **given)


def end_unit(deed: Deed, on: date, given: dict[str, Any]) -> None:
    actions.close_unit(_pick(_units(deed, on), deed.picks[1]), on=on, **given)


def reopen_unit(deed: Deed, on: date, given: dict[str, Any]) -> None:
    gone = Unit.objects.exclude(pk__in=UnitEntry.objects.on(on).values("unit_id")).order_by("pk")
    of_units.reopen_unit(_pick(list(gone), deed.picks[1]), on=on, **given)


def open_body(deed: Deed, on: date, given: dict[str, Any]) -> None:
    actions.open_body(Line.objects.get(key="party"), on=on, **_body_values(deed, on), **given)


def _body_values(deed: Deed, on: date) -> dict[str, Any]:
    return {
        "name": f"新支部{deed.picks[1]}",
        "kind": BodyKind.objects.get(key="party_branch"),
        "form": Form.objects.get(key="single"),
        "seat": _pick(_standing(UnitEntry, on, "village"), deed.picks[0]),
        "superior": _pick(_standing(BodyEntry, on, body__line="party"), deed.picks[2]),
    }


def _bodies(deed: Deed, on: date) -> list[Body]:
    return _standing(BodyEntry, on, body__line="party" if deed.picks[0] % 3 else "union")


def amend_body(deed: Deed, on: date, given: dict[str, Any]) -> None:
    body, party = _pick(_bodies(deed, on), deed.picks[1]), _standing(BodyEntry, on, body__line="party")
    above = _pick(party, deed.picks[2])
    link = "leader" if deed.picks[0] % 3 == 0 else "superior"
    change = {"seat": _pick(_standing(UnitEntry, on), deed.picks[2])} if deed.flags[0] else {link: above}
    actions.amend_body(body, on=on, **change, **given)


def merge_bodies(deed: Deed, on: date, given: dict[str, Any]) -> None:
    found = _bodies(deed, on)
    target = _pick(found, deed.picks[1])
    sources = [body for body in (_pick(found, deed.picks[2]),) if body != target]
    of_bodies.merge_bodies(sources, into=target, on=on, **given)


def split_body(deed: Deed, on: date, given: dict[str, Any]) -> None:
    body = _pick(_standing(BodyEntry, on, body__line="party"), deed.picks[1])
    values = _body_values(deed, on)
    parts = [
        of_bodies.BodyPart(values=values | {"name": f"分支部{at}"}, share=share)
        for at, share in enumerate(SHARES[deed.picks[2] % len(SHARES)])
    ]
    of_bodies.split_body(body, parts=parts, stays=deed.flags[0], on=on, **given)


def close_body(deed: Deed, on: date, given: dict[str, Any]) -> None:
    found = _bodies(deed, on)
    body, to = _pick(found, deed.picks[1]), _pick(found, deed.picks[1] + 1 + deed.picks[2])
    of_bodies.close_body(body, to=to, on=on, is_known=deed.flags[0], **given)


def end_body(deed: Deed, on: date, given: dict[str, Any]) -> None:
    actions.close_body(_pick(_bodies(deed, on), deed.picks[1]), on=on, **given)


def reopen_body(deed: Deed, on: date, given: dict[str, Any]) -> None:
    gone = Body.objects.exclude(pk__in=BodyEntry.objects.on(on).values("body_id")).order_by("pk")
    of_bodies.reopen_body(_pick(list(gone), deed.picks[1]), on=on, **given)


def cover(deed: Deed, on: date, given: dict[str, Any]) -> None:
    body = _pick(_standing(BodyEntry, on, body__line="union"), deed.picks[1])
    actions.cover(body, _pick(_standing(UnitEntry, on, "employer"), deed.picks[2]), on=on, by=None)


def end_cover(deed: Deed, on: date, given: dict[str, Any]) -> None:
    actions.end_cover(_pick(list(Cover.objects.on(on).order_by("pk")), deed.picks[1]), on=on, by=None)


VERBS: dict[str, Callable[[Deed, date, dict[str, Any]], None]] = {
    verb.__name__: verb
    for verb in (
        open_unit, rename_unit, recode_unit, move_unit, merge_units, split_unit, close_unit, end_unit, reopen_unit,
        open_body, amend_body, merge_bodies, split_body, close_body, end_body, reopen_body, cover, end_cover,
    )
}  # fmt: skip
