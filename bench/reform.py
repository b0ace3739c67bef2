"""The figures of a reform: two towns with 100 villages become one, with 2,000 bodies and 5,000 offices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.register.models import Body, BodyEntry, Office, OfficeKind, Person, Unit, UnitEntry
from gongjian.register.queries.reform import units_outlook
from gongjian.register.reorganise.units import merge_units
from gongjian.register.undo import undo
from gongjian.register.walks import refresh_body_paths, refresh_unit_paths

from .figure import Figure, figure, in_turn, seconds
from .people import signed_in, somebody
from .register import CALIBRATION, calibrate

VILLAGES, BODIES, OFFICES = 50, 1_000, 2_500  # in each of the two towns
SINCE = date(2016, 7, 31)
BOTH = (
    "Both in a transaction that is rolled back afterwards, guards checked at its end; the commit itself is left out. "
)
ONLY_TELLS = "The reference only tells how fast the machine is."


class Undone(Exception):
    """Takes the transaction of a run back."""


def reform(size: str) -> Iterator[Figure]:
    """All in one transaction, which is rolled back: the database is left as it was."""
    figures: list[Figure] = []
    try:
        with transaction.atomic():
            figures += _measured(size)
            raise Undone
    except Undone:
        yield from figures


def _measured(size: str) -> Iterator[Figure]:
    today = timezone.localdate()
    towns, pairs, keeper = _two_towns(today)
    ids = [town.pk for town in towns]
    client = signed_in(keeper)
    asked = {"step": 2, "on_day": today, "also1": f"[{ids[1]}]", "name": "新样例镇"}
    page = f"/units/{ids[0]}/change/merge/?{urlencode(asked)}"
    looked = in_turn(ours=lambda: seconds(partial(_seen, client, page)), reference=lambda: calibrate() / 1000)
    yield figure(
        "register.reform_preview",
        size,
        "the outlook of a merger of two towns with 100 villages, 2,000 bodies and 5,000 offices, as a page",
        looked,
        unit="s",
        reference=CALIBRATION,
        most=2,
        both_sides=f"Ours is the whole page through Django's test client. {ONLY_TELLS}",
    )
    units_outlook(keeper, ids, today, today)
    merge = partial(_merge, towns, pairs, keeper, today)
    turns = in_turn(ours=lambda: _rolled_back(merge), reference=lambda: _rolled_back(partial(_bare, ids, pairs, today)))
    yield figure(
        "register.reform_apply",
        size,
        "that merger, 1,000 of the bodies merged into their like",
        turns,
        unit="s",
        reference="the same rows by SQL written by hand",
        most=2,
        both_sides=BOTH
        + "Ours also keeps what each row was, writes the act and the lineage, checks, and refreshes the "
        "paths of three walks. The reference ends and writes the same entries, offices and paths, and nothing else.",
    )

    def there_and_back() -> float:
        act = merge()
        return seconds(lambda: undo([act], by=keeper, today=today))

    back = in_turn(ours=lambda: _rolled_back(there_and_back, inner=True), reference=lambda: calibrate() / 1000)
    yield figure(
        "register.reform_undo",
        size,
        "taking that merger back",
        back,
        unit="s",
        reference=CALIBRATION,
        both_sides=f"Ours finds what stands on it, removes and puts back. {ONLY_TELLS}",
    )


def _seen(client: Client, page: str) -> None:
    answer = client.get(page)
    if answer.status_code != 200 or b"2,000" not in answer.content:
        raise RuntimeError(f"{page} answers {answer.status_code}")


def _rolled_back(run: Any, *, inner: bool = False) -> float:
    """Seconds of `run` with all guards, or those it tells itself; what it wrote is gone afterwards."""
    took = 0.0
    try:
        with transaction.atomic():
            took = run() if inner else seconds(lambda: _guarded(run))
            raise Undone
    except Undone:
        return took


def _guarded(run: Any) -> None:
    run()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _merge(towns: list[Unit], pairs: dict[int, int], keeper: User, today: date) -> Any:
    entry = UnitEntry.objects.on(today).get(unit=towns[0])
    values = {"name": "新样例镇", "kind": entry.kind, "parent": entry.parent}
    return merge_units(towns, into=None, on=today, today=today, by=keeper, values=values, bodies=pairs)


# == the same by hand ==
BARE = """
INSERT INTO register_unit (id, path) SELECT %(new)s, u.path || register_step(%(new)s) FROM register_unit u
WHERE u.id = (SELECT parent_id FROM register_unitentry WHERE unit_id = %(one)s);
INSERT INTO register_unitentry (unit_id, valid, name, official_name, code, credit_code, kind_id, parent_id, status,
  trade, sector, ownership, address, source, act_id)
SELECT %(new)s, daterange(%(on)s, NULL), '新样例镇', '', '', '', kind_id, parent_id, status, '', '', '', '', '', act_id
FROM register_unitentry WHERE unit_id = %(one)s;
UPDATE register_unitentry SET valid = daterange(lower(valid), %(on)s)
WHERE unit_id = ANY(%(towns)s) OR parent_id = ANY(%(towns)s);
INSERT INTO register_unitentry (unit_id, valid, name, official_name, code, credit_code, kind_id, parent_id, status,
  trade, sector, ownership, address, source, act_id)
SELECT unit_id, daterange(%(on)s, NULL), name, official_name, code, credit_code, kind_id, %(new)s, status, trade,
  sector, ownership, address, source, act_id FROM register_unitentry WHERE parent_id = ANY(%(towns)s);
UPDATE register_bodyentry SET valid = daterange(lower(valid), %(on)s) WHERE seat_id = ANY(%(towns)s);
INSERT INTO register_bodyentry (body_id, valid, name, code, kind_id, form_id, seat_id, superior_id, leader_id, source,
  act_id)
SELECT body_id, daterange(%(on)s, NULL), name, code, kind_id, form_id, %(new)s, superior_id, leader_id, source, act_id
FROM register_bodyentry WHERE seat_id = ANY(%(towns)s) AND NOT body_id = ANY(%(ended)s);
UPDATE register_office SET valid = daterange(lower(valid), %(on)s) WHERE body_id = ANY(%(ended)s);
UPDATE register_unit u SET path = n.path || register_step(u.id) FROM register_unit n, register_unitentry e
WHERE n.id = %(new)s AND e.unit_id = u.id AND e.parent_id = %(new)s;
UPDATE register_unit SET path = '' WHERE id = ANY(%(towns)s);
UPDATE register_body SET line_path = '' WHERE id = ANY(%(ended)s)
"""


def _bare(towns: list[int], pairs: dict[int, int], today: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('register_unit', 'id'))")
        named = {"new": cursor.fetchone()[0], "one": towns[0], "towns": towns, "on": today, "ended": list(pairs)}
        for statement in BARE.split(";\n"):
            cursor.execute(statement, named)


# == what is merged ==
def _two_towns(today: date) -> tuple[list[Unit], dict[int, int], User]:
    """The two towns, which body is merged into which, and somebody who keeps the register."""
    act = record("bench.reform")
    county = UnitEntry.objects.on(today).filter(kind__level="county").order_by("unit_id").first()
    assert county is not None
    towns = _units(act, "样例镇", "town", [county.unit] * 2)
    _units(act, "样例村", "village", [town for town in towns for _number in range(VILLAGES)])
    bodies = [_bodies(act, town) for town in towns]
    member = OfficeKind.objects.create(key="bench_member", names={"zh-hans": "样例"})
    people = Person.objects.bulk_create(Person(name=f"样例{number}") for number in range(2 * OFFICES))
    held = [body for town in bodies for body in town]
    Office.objects.bulk_create(
        Office(person=each, body=held[at % len(held)], kind=member, valid=(SINCE, None), act=act)
        for at, each in enumerate(people)
    )
    refresh_unit_paths(today, [town.pk for town in towns])
    refresh_body_paths(today, [body.pk for body in held])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE register_unitentry, register_bodyentry, register_office, register_unit, register_body")
    merged = {one.pk: other.pk for one, other in zip(*bodies, strict=True)}
    return towns, merged, somebody("see_counts", "keep_register")


def _units(act: Any, name: str, kind: str, parents: list[Unit]) -> list[Unit]:
    units = Unit.objects.bulk_create(Unit() for _parent in parents)
    UnitEntry.objects.bulk_create(
        UnitEntry(unit=unit, name=f"{name}{at}", kind_id=kind, parent=parent, valid=(SINCE, None), act=act)
        for at, (unit, parent) in enumerate(zip(units, parents, strict=True))
    )
    return units


def _bodies(act: Any, town: Unit) -> list[Body]:
    bodies = Body.objects.bulk_create(Body(line_id="union") for _number in range(BODIES))
    BodyEntry.objects.bulk_create(
        BodyEntry(
            body=body,
            name=f"样例工会{at}",
            kind_id="union_committee",
            form_id="single",
            seat=town,
            valid=(SINCE, None),
            act=act,
        )
        for at, body in enumerate(bodies)
    )
    return bodies
