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
from gongjian.register.models import BodyEntry, Office, OfficeKind, Person, Role
from gongjian.register.queries.lists import UnitFilters, count_up_to, unit_list

from .figure import Figure, figure, in_turn, percentile, seconds
from .people import SINCE

OFFICES = (1, 3, 20)
PLACES = 12
PAGE = 50
WORDS = ["see_counts", "see_people"]
KINDS = (("line", "territory"), ("leadership",), ("territory",))
Ask = Callable[[Reader, BodyEntry], object]
Cases = list[tuple[Any, BodyEntry]]


class Undone(Exception):
    """The offices made for it go again."""


def visible(size: str) -> Iterator[Figure]:
    figures: list[Figure] = []
    try:
        with transaction.atomic():
            seats = _unions(size)
            for offices in OFFICES:
                figures += _with(size, offices, seats)
            raise Undone
    except Undone:
        yield from figures


def _with(size: str, offices: int, seats: list[BodyEntry]) -> Iterator[Figure]:
    readers = [_reader(offices, seats, at) for at in range(PLACES)]
    theirs: Cases = list(zip(readers, seats, strict=False))
    everything: Cases = [(OPERATOR, seat) for seat in seats[:PLACES]]
    where = f"for whoever holds {offices} offices: p95 of {PLACES} places"
    about = (
        "Both are the queries alone, without page and session. One office is in the place asked about, over the line "
        "and over the territory, the next over the leadership and the territory alone, the others in other places. "
    )
    for key, what, ask in LISTS:
        yield figure(
            f"register.visible_{key}_{offices}",
            size,
            f"{what}, {where}",
            in_turn(ours=partial(_slow, ask, theirs), reference=partial(_slow, ask, everything)),
            unit="ms",
            reference="the same rows unfiltered",
            most_ratio=1.5,
            both_sides=about + "Ours is filtered by access.py, the reading of one's offices included.",
        )
    yield figure(
        f"register.wall_people_{offices}",
        size,
        f"{LISTS[1][1]}, row security and all, {where}",
        in_turn(ours=partial(_slow, _people, theirs, walled=True), reference=partial(_slow, _people, theirs)),
        unit="ms",
        reference="the same without row security",
        both_sides=about + "Both are filtered by access.py. Ours is read as the role of the pages, in a transaction "
        "of its own that says who reads; the reference as the owner.",
    )


def _slow(ask: Ask, cases: Cases, walled: bool = False) -> float:
    """Milliseconds, p95. Each reader is as new as on each request."""
    times = []
    for reader, seat in cases:
        getattr(reader, "__dict__", {}).pop("_reach", None)
        door: AbstractContextManager[None] = reading_as(reader.pk) if walled else nullcontext()

        def asked(reader: Any = reader, seat: BodyEntry = seat, door: Any = door) -> None:
            with door:
                ask(reader, seat)

        times.append(1000 * seconds(asked))
    return percentile(times)


# == what is asked ==
def _units(reader: Reader, seat: BodyEntry) -> None:
    today = timezone.localdate()
    unit_list(reader, today, today, UnitFilters(below=seat.seat_id, without_line="union"), size=PAGE)


def _people(reader: Reader, seat: BodyEntry) -> None:
    _page_of(memberships_visible_to(reader, under=seat.body))


def _offices(reader: Reader, seat: BodyEntry) -> None:
    _page_of(offices_visible_to(reader, under=seat.body))


def _page_of(rows: Any) -> None:
    list(rows.prefetch_related("person").order_by("body__line_path", "id")[:PAGE])
    count_up_to(rows)


LISTS: tuple[tuple[str, str, Ask], ...] = (
    ("units", "first page of a place's units without a union, and their count", _units),
    ("people", "first page of the members of a place's unions with their names, and their count", _people),
    ("offices", "first page of who holds office in a place's unions, and their count", _offices),
)


# == who asks ==
def _unions(size: str) -> list[BodyEntry]:
    """The unions of some cities of the nation, or of the counties and then some towns of a city."""
    found: list[BodyEntry] = []
    for level in ("city",) if size == "nation" else ("county", "town"):
        at = BodyEntry.objects.on(timezone.localdate()).filter(body__line="union", seat__entries__kind__level=level)
        found += list(at.select_related("body").order_by("body_id")[:: max(1, at.count() // 40)])
    return found


def _reader(offices: int, seats: list[BodyEntry], at: int) -> User:
    account = User.objects.open_account(username=f"bench-visible-{offices}-{at}", name="样例")
    person = Person.objects.create(name="样例", account=account)
    act = record("bench.offices")
    for number in range(offices):
        body = seats[at] if number < 3 else seats[(at + number) % len(seats)]
        kind = _kind(KINDS[number % 3])
        if not Office.objects.filter(person=person, body=body.body, kind=kind).exists():
            Office.objects.create(person=person, body=body.body, kind=kind, valid=(SINCE, None), act=act)
    return account


def _kind(walks: tuple[str, ...]) -> OfficeKind:
    key = f"bench_visible_{'_'.join(walks)}"
    kind, is_new = OfficeKind.objects.get_or_create(key=key, defaults={"names": {"zh-hans": "样例"}})
    if is_new:
        kind.roles.set(
            Role.objects.create(key=f"{key}_{walk}", names={"zh-hans": "样例"}, walk=walk, permissions=WORDS)
            for walk in walks
        )
    return kind
