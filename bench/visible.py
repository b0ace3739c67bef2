"""The figures of the two walls: lists of what a reader may see, beside the same lists of everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.register.access import OPERATOR, Reader, memberships_visible_to, offices_visible_to
from gongjian.register.authority.wall import reading_as
from gongjian.register.models import BodyEntry, Membership, Office, OfficeKind, Person, Role
from gongjian.register.queries.lists import UnitFilters, count_up_to, unit_list

from .figure import Figure, figure, in_turn, percentile, seconds
from .people import SINCE

OFFICES = (1, 3, 20)
COUNTIES = 12
PAGE = 50
WORDS = ["see_counts", "see_people"]
Ask = Callable[[Reader, BodyEntry], object]


class Undone(Exception):
    """The offices made for it go again."""


def visible(size: str) -> Iterator[Figure]:
    figures: list[Figure] = []
    try:
        with transaction.atomic():
            seats = _county_unions()
            for offices in OFFICES:
                figures += _with(size, offices, seats)
            raise Undone
    except Undone:
        yield from figures


def _with(size: str, offices: int, seats: list[BodyEntry]) -> Iterator[Figure]:
    readers = [_reader(offices, seats, at) for at in range(COUNTIES)]
    for key, what, ask, walled in (
        ("units", "first page of a county's units without a union, and their count", _units, False),
        ("people", "first page of the members of a county's unions with their names, and their count", _people, True),
        ("offices", "first page of who holds office in a county's unions, and their count", _offices, True),
    ):
        yield figure(
            f"register.visible_{key}_{offices}",
            size,
            f"{what}, for whoever holds {offices} offices: p95 of {COUNTIES} counties",
            in_turn(
                ours=partial(_slow, ask, list(zip(readers, seats, strict=False)), walled),
                reference=partial(_slow, ask, [(OPERATOR, seat) for seat in seats[:COUNTIES]], False),
            ),
            unit="ms",
            reference="the same rows unfiltered",
            most_ratio=1.5,
            both_sides="Both are the queries alone, without page and session; one office is in the county asked about, "
            "over the territory, the next over the line and the leadership, the others in other counties. "
            + (
                "Ours is filtered by access.py and read in front of the wall, row security included; the reference "
                "has neither. Each transaction's beginning and the reading of one's offices are counted."
                if walled
                else "Ours is filtered by access.py, the reading of one's offices included; the reference is not."
            ),
        )


def _slow(ask: Ask, cases: list[tuple[Any, BodyEntry]], walled: bool) -> float:
    """Milliseconds, p95. Each reader is as new as on each request."""
    times = []
    for reader, seat in cases:
        if reader is not OPERATOR:
            vars(reader).pop("_reach", None)
        door: AbstractContextManager[None] = reading_as(reader.pk) if walled else nullcontext()

        def asked(reader: Reader = reader, seat: BodyEntry = seat, door: Any = door) -> None:
            with door:
                ask(reader, seat)

        times.append(1000 * seconds(asked))
    return percentile(times)


# == what is asked ==
def _units(reader: Reader, seat: BodyEntry) -> None:
    today = timezone.localdate()
    unit_list(reader, today, today, UnitFilters(below=seat.seat_id, without_line="union"), size=PAGE)


def _people(reader: Reader, seat: BodyEntry) -> None:
    everybody = Membership.objects.all() if reader is OPERATOR else memberships_visible_to(reader)
    rows = _below(everybody, seat)
    list(rows.select_related("person").order_by("body__line_path", "id")[:PAGE])
    count_up_to(rows)


def _offices(reader: Reader, seat: BodyEntry) -> None:
    everybody = Office.objects.all() if reader is OPERATOR else offices_visible_to(reader)
    rows = _below(everybody, seat)
    list(rows.select_related("person").order_by("body__line_path", "id")[:PAGE])
    count_up_to(rows)


def _below(rows: Any, seat: BodyEntry) -> Any:
    path = seat.body.line_path
    return rows.filter(body__line_path__gte=path, body__line_path__lt=path[:-1] + "/")


# == who asks ==
def _county_unions() -> list[BodyEntry]:
    """Of as many counties as there are, their unions; those after the first ones are for the other offices."""
    entries = BodyEntry.objects.on(timezone.localdate()).filter(seat__entries__kind__level="county", body__line="union")
    found = list(entries.select_related("body").order_by("body_id")[:: max(1, entries.count() // 40)])
    return (found * COUNTIES)[: max(len(found), COUNTIES)]


def _reader(offices: int, seats: list[BodyEntry], at: int) -> User:
    account = User.objects.open_account(username=f"bench-visible-{offices}-{at}", name="样例")
    person = Person.objects.create(name="样例", account=account)
    act = record("bench.offices")
    for number in range(offices):
        body = seats[at] if number < 3 else seats[(at + number) % len(seats)]
        kind = _kind(("territory", "line", "leadership")[number % 3])
        if not Office.objects.filter(person=person, body=body.body, kind=kind).exists():
            Office.objects.create(person=person, body=body.body, kind=kind, valid=(SINCE, None), act=act)
    return account


def _kind(walk: str) -> OfficeKind:
    key = f"bench_visible_{walk}"
    kind, is_new = OfficeKind.objects.get_or_create(key=key, defaults={"names": {"zh-hans": "样例"}})
    if is_new:
        role = Role.objects.create(key=key, names={"zh-hans": "样例"}, walk=walk, permissions=WORDS)
        kind.roles.set([role])
    return kind
