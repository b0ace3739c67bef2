"""Lists of units and of bodies on any day: what may be asked for, in which order, and what a row shows beside itself.

Today's subtree is a range of paths and the list runs along it; on other days the dated links are followed first.
Where very many units stand in the range, a page is sought among the next few thousand, and the count comes after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeAlias

from django.db import transaction
from django.db.models import (
    Count,
    Exists,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from gongjian.ui.keyset import Page, page_of, place_of

from ..access import (
    Reader,
    bodies_visible_to,
    body_entries_visible_to,
    can_count,
    counted_bodies,
    covers_visible_to,
    headcounts_visible_to,
    is_counted_body,
    is_counted_unit,
    is_covered_unit,
    is_uncovered_unit,
    terms_visible_to,
    unit_entries_visible_to,
    units_visible_to,
)
from ..models import BodyEntry, Term, Unit, UnitEntry, UnitKind
from ..models.dated import DatedQuerySet
from ..spelling import condition, name_holds, plain
from ..walks import LEADERSHIP, LINE, TERRITORY, Walk, bodies_below, ids_below, path_range

PAGE = 50
MOST = 10_000
AT_ONCE = 1_000  # so many rows are counted before a page is shown; the rest in a request of its own
NEAR = 5_000  # so many units are looked at one by one in a few hundredths of a second
TREE = ["unit__path"]
CODE_LEAST = 4

Paths: TypeAlias = tuple[str, str]  # a half-open range of today's paths
EVERYWHERE: Paths = ("a", "{")  # each step begins with a letter, and "{" comes after "z"
NOWHERE: Paths = ("", "")


@dataclass(frozen=True)
class UnitFilters:
    """What a list of units is narrowed to. `below` and `place` are ids of units, `*_line` keys of lines."""

    below: int | None = None
    level: str = ""
    kind: str = ""
    status: str = ""
    trade: str = ""
    ownership: str = ""
    staff_from: int | None = None
    staff_to: int | None = None
    with_line: str = ""
    without_line: str = ""
    place: int | None = None
    text: str = ""
    by_size: bool = False

    @property
    def asks_for_counts(self) -> bool:
        """Does the list tell of a unit what only some may see: its size, or that it lacks something?"""
        return bool(self.without_line or self.by_size) or (self.staff_from, self.staff_to) != (None, None)

    def sorted_by(self, sort: str) -> UnitFilters:
        """The same, knowing in which order: one by size tells the sizes."""
        return replace(self, by_size=sort.removeprefix("-") == "staff")


@dataclass(frozen=True)
class BodyFilters:
    """What a list of bodies is narrowed to: `below` a unit, `under` a body in its line, `led_by` a body."""

    below: int | None = None
    under: int | None = None
    led_by: int | None = None
    line: str = ""
    kind: str = ""
    form: str = ""
    term: str = ""
    leader: str = ""
    covers_from: int | None = None
    covers_to: int | None = None
    text: str = ""

    @property
    def asks_for_counts(self) -> bool:
        """Does the list tell of a body what only some may see: what it covers, how its term stands?"""
        return bool(self.term) or (self.covers_from, self.covers_to) != (None, None)


# == pages and counts ==
@dataclass(frozen=True)
class Cut:
    """Where a page is cut out of a list: what its rows bring along, their order, how many, and from which cursor."""

    dress: Callable[[QuerySet[Any]], QuerySet[Any]]
    order: list[str]
    size: int
    after: str
    before: str

    @property
    def is_back(self) -> bool:
        return bool(self.before and not self.after)

    def out_of(self, rows: QuerySet[Any]) -> Page:
        return page_of(self.dress(rows), self.order, size=self.size, after=self.after, before=self.before)


@dataclass(frozen=True)
class Listed:
    """A page of a list and how many rows the whole list has: None stands for more than `least`.

    `among` is how many units stand in the same place today, NEAR + 1 for more than NEAR; None on other days.
    """

    page: Page
    count: int | None
    least: int
    among: int | None = None


def _counted(rows: QuerySet[Any], cut: Cut, along: Sequence[str] = ()) -> Listed:
    """Count first, at most to AT_ONCE, then cut the page out of what was found.

    Where few rows fit, running along the order until fifty are found would look at the whole register; what the
    count found is put in order instead. Where many fit, the run is short.
    """
    is_tree = cut.order == TREE
    found = list(rows.order_by(*along).values_list(*(TREE if is_tree else ()), "pk")[: AT_ONCE + 1])
    if len(found) > AT_ONCE:
        return Listed(cut.out_of(rows), None, AT_ONCE)
    ids = [row[-1] for row in (_beside_cursor(found, cut) if is_tree else found)]
    rows = rows.model._default_manager.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [ids]))
    return Listed(cut.out_of(rows), len(found), AT_ONCE)


def _beside_cursor(found: list[tuple[str, int]], cut: Cut) -> list[tuple[str, int]]:
    """Of paths and ids, those on the page and one more. Paths sort here as in the database: by their characters."""
    first, end = _rest_of(EVERYWHERE, cut)
    beyond = [row for row in found if first < row[0] < end]
    return sorted(beyond, reverse=cut.is_back)[: cut.size + 1]


# == units ==
def unit_rows(reader: Reader, day: date, today: date, filters: UnitFilters) -> QuerySet[UnitEntry]:
    """The entries of `day` that the filters let through, in no order."""
    standing = _standing_below(reader, "unit", filters.below, day, today)
    return _fitting(reader, day, today, filters).filter(standing, _unit_called(filters.text))


def _fitting(reader: Reader, day: date, today: date, filters: UnitFilters) -> QuerySet[UnitEntry]:
    """The entries of `day` that every filter lets through but where they stand and how they are called."""
    within = _unit_above(reader, day, today, filters)
    rows = unit_entries_visible_to(reader).on(day)
    exact = {
        "kind": filters.kind,
        "status": filters.status,
        "trade": filters.trade,
        "ownership": filters.ownership,
    }
    rows = rows.filter(**{column: value for column, value in exact.items() if value})
    if filters.level:
        # The kinds by name, not by a join: the database then knows how rare they are.
        rows = rows.filter(kind__in=list(UnitKind.objects.filter(level=filters.level).values_list("key", flat=True)))
    if filters.with_line:
        rows = rows.filter(is_covered_unit(reader, filters.with_line, day, within))
    if filters.without_line:
        rows = rows.filter(is_uncovered_unit(reader, filters.without_line, day, within))
    if filters.place:
        rows = rows.filter(unit__stands_in__place=filters.place, unit__stands_in__valid__contains=day)
    if filters.staff_from is not None or filters.staff_to is not None:
        rows = rows.filter(_counting(filters.staff_from, filters.staff_to, day))
    if filters.asks_for_counts:
        # Of other units a lack, or a size, is not told.
        rows = rows.filter(is_counted_unit(reader, "unit__", within))
    return rows


def _unit_above(reader: Reader, day: date, today: date, filters: UnitFilters) -> Unit | None:
    """The unit that all of them stand below, where what is asked about covers and counts can be narrowed to it."""
    if not filters.below or day != today or not (filters.with_line or filters.asks_for_counts):
        return None
    return units_visible_to(reader).filter(pk=filters.below).first()


def _unit_called(words: str) -> Q:
    return _called(UnitEntry, words, ("code", "credit_code")) if words else Q()


def _standing_below(reader: Reader, column: str, below: int | None, day: date, today: date) -> Q:
    if day == today:
        # Whatever stands today has a path; saying so lets the list run along it.
        return _within(column, _paths_below(reader, below))
    if below is None:
        return Q()
    is_seen = units_visible_to(reader).filter(pk=below).exists()
    return Q(**{f"{column}__in": ids_below(TERRITORY, below, day)}) if is_seen else Q(pk__in=())


def unit_at_and_below(reader: Reader, unit_id: int, day: date, today: date, unit: str = "unit") -> Q:
    """The rows whose unit stands at or below another one on the day. `unit` leads from the row to the unit."""
    return _standing_below(reader, unit, unit_id, day, today)


def _paths_below(reader: Reader, below: int | None) -> Paths:
    """Where the unit and all below it stand today."""
    if below is None:
        return EVERYWHERE
    path = units_visible_to(reader).filter(pk=below).values_list("path", flat=True).first()
    return path_range(path) if path else NOWHERE


def _within(column: str, paths: Paths) -> Q:
    return Q(**{f"{column}__path__gte": paths[0], f"{column}__path__lt": paths[1]})


def _units_within(reader: Reader, paths: Paths) -> QuerySet[Unit]:
    return units_visible_to(reader).filter(path__gte=paths[0], path__lt=paths[1])


def _counting(least: int | None, most: int | None, day: date) -> Q:
    """One headcount of the day within both limits. Who is not counted is neither few nor many."""
    within = Q(unit__headcounts__valid__contains=day, unit__headcounts__staff__gte=least or 0)
    return within if most is None else within & Q(unit__headcounts__staff__lte=most)


def _called(entry: type[UnitEntry] | type[BodyEntry], words: str, codes: Sequence[str]) -> Q:
    """Entries whose name the words find, or one of whose codes begins with them."""
    found = names_like(words)
    if found is None:
        return Q(pk__in=())
    if not looks_like_code(words):
        return Q(name__in=found)
    entries = entry._default_manager.values("pk")
    coded = [entries.filter(coded_as(words, code)) for code in codes]
    return Q(pk__in=entries.filter(name__in=found).union(*coded))


def coded_as(words: str, column: str) -> Q:
    """Entries whose code begins with the words; that it is not empty has to be said, or no index is used."""
    return Q(~Q(**{column: ""}), **{f"{column}__startswith": plain(words).upper()})


def names_like(words: str) -> RawSQL | None:
    """The names found by a part, by pinyin or by initials, as a subquery; None when nothing was typed."""
    sought = condition(words)
    return RawSQL(f"SELECT name FROM register_spelling WHERE {sought[0]}", sought[1]) if sought else None


def looks_like_code(words: str) -> bool:
    """Four or more letters and digits, a digit among them."""
    text = plain(words)
    return len(text) >= CODE_LEAST and text.isascii() and any(character.isdigit() for character in text)


UNIT_SORTS = ("name", "code", "staff")


def unit_order(sort: str, day: date, today: date) -> list[str]:
    """The columns of an order, for `page_of`: of the tree today and of the codes on other days, unless sorted."""
    down = "-" if sort.startswith("-") else ""
    key = sort.removeprefix("-")
    if key == "staff":
        return [f"{down}staff_order", f"{down}id"]
    if key in UNIT_SORTS:
        return [f"{down}{key}", f"{down}id"]
    return TREE if day == today else ["code", "id"]


def unit_list(
    reader: Reader,
    day: date,
    today: date,
    filters: UnitFilters,
    *,
    sort: str = "",
    size: int = PAGE,
    after: str = "",
    before: str = "",
) -> Listed:
    """One page and the count; each row also carries `staff`, `where` and `lines`. A fixed number of queries."""
    order, filters = unit_order(sort, day, today), filters.sorted_by(sort)
    cut = Cut(partial(_dressed_units, order=order, day=day), order, size, after, before)
    if day == today:
        listed = _units_of_today(reader, today, filters, cut)
    else:
        listed = _counted(unit_rows(reader, day, today, filters), cut)
    _tell_units(reader, day, listed.page.rows)
    return listed


def _units_of_today(reader: Reader, today: date, filters: UnitFilters, cut: Cut) -> Listed:
    """Look at every unit below where they are few; where they are many, at the next ones along the tree first."""
    rows = _fitting(reader, today, today, filters)
    in_sight = rows.filter(name_holds(filters.text) or _unit_called(filters.text))
    below = _paths_below(reader, filters.below)
    near = _next_of(reader, below)
    if near == below:
        listed = _counted(in_sight.filter(_within("unit", below)), cut)
        return replace(listed, among=_units_within(reader, below).count())
    if cut.order == TREE:
        rest = _rest_of(below, cut)
        near = _next_of(reader, rest, cut.is_back) if rest != below else near
        page = cut.out_of(in_sight.filter(_within("unit", near)))
        if near == rest or (page.previous if cut.is_back else page.next):
            return Listed(page, None, cut.size, NEAR + 1)
    return replace(_counted(rows.filter(_within("unit", below), _unit_called(filters.text)), cut), among=NEAR + 1)


def _rest_of(paths: Paths, cut: Cut) -> Paths:
    """What lies beyond the cursor."""
    if cut.after:
        return place_of(cut.after, TREE)[0], paths[1]
    return (paths[0], place_of(cut.before, TREE)[0]) if cut.before else paths


def _next_of(reader: Reader, paths: Paths, is_back: bool = False) -> Paths:
    """The first NEAR units of the range, or the last; the range itself if there are no more."""
    standing = _units_within(reader, paths).values_list("path", flat=True)
    end = list(standing.order_by("-path" if is_back else "path")[NEAR : NEAR + 1])
    if not end:
        return paths
    return (end[0], paths[1]) if is_back else (paths[0], end[0])


def _dressed_units(entries: QuerySet[UnitEntry], order: Sequence[str], day: date) -> QuerySet[UnitEntry]:
    entries = entries.select_related("unit", "kind")
    if order[0].lstrip("-") == "staff_order":  # those whose staff is not known stand before those who count none
        counted = FilteredRelation("unit__headcounts", condition=Q(unit__headcounts__valid__contains=day))
        entries = entries.annotate(counted=counted, staff_order=Coalesce("counted__staff", Value(-1)))
    return entries


def _tell_units(reader: Reader, day: date, rows: Iterable[Any]) -> None:
    rows = list(rows)
    ids = [row.unit_id for row in rows]
    places = places_above(reader, day, [row.parent_id for row in rows])
    lines: dict[int, set[str]] = {}
    covers = covers_visible_to(reader).on(day).filter(unit__in=ids)
    for unit, line in covers.values_list("unit_id", "body__line_id"):
        lines.setdefault(unit, set()).add(line)
    headcounts = headcounts_visible_to(reader, [row.unit for row in rows]).on(day)
    staff = dict(headcounts.values_list("unit_id", "staff"))
    for row in rows:
        row.is_counted = can_count(reader, row.unit)
        row.staff = staff.get(row.unit_id)
        row.where = places.get(row.parent_id, [])
        row.lines = lines.get(row.unit_id, set())


def places_above(reader: Reader, day: date, units: Iterable[int | None]) -> dict[int | None, list[str]]:
    """For each unit the name of what it stands in on that day and its own name. One query."""
    ids = {id for id in units if id is not None}
    if not ids:
        return {}
    standing = unit_entries_visible_to(reader).on(day)
    above = Subquery(standing.filter(unit=OuterRef("parent")).values("name")[:1])
    rows = standing.filter(unit__in=ids).annotate(above=above).values_list("unit_id", "name", "above")
    return {unit: [part for part in (far, name) if part] for unit, name, far in rows}


# == bodies ==
def body_rows(reader: Reader, day: date, today: date, filters: BodyFilters) -> QuerySet[BodyEntry]:
    """The entries of `day` that the filters let through, in no order."""
    rows = body_entries_visible_to(reader).on(day)
    if filters.below:
        rows = rows.filter(_standing_below(reader, "seat", filters.below, day, today))
    elif day == today:
        rows = rows.filter(body__line_path__gt="")
    for walk, top in ((LINE, filters.under), (LEADERSHIP, filters.led_by)):
        if top:
            rows = rows.filter(_body_below(reader, walk, top, day, today))
    exact = {"body__line": filters.line, "kind": filters.kind, "form": filters.form}
    rows = rows.filter(**{column: value for column, value in exact.items() if value})
    rows = rows.filter(_in_term(filters.term, day, terms_visible_to(reader)), _led(filters.leader))
    if filters.covers_from is not None or filters.covers_to is not None:
        rows = _covering(rows, _cover_count(reader, day), filters.covers_from, filters.covers_to)
    if filters.text:
        rows = rows.filter(_called(BodyEntry, filters.text, ("code",)))
    if filters.asks_for_counts:
        rows = rows.filter(is_counted_body(reader, "body__"))
    return rows


def _covering(rows: QuerySet[Any], covers: Coalesce, least: int | None, most: int | None) -> Any:
    rows = rows.annotate(covers=covers).filter(covers__gte=least or 0)
    return rows if most is None else rows.filter(covers__lte=most)


def _cover_count(reader: Reader, day: date) -> Coalesce:
    covers = covers_visible_to(reader).on(day).filter(body=OuterRef("body_id")).order_by().values("body")
    return Coalesce(Subquery(covers.annotate(count=Count("pk")).values("count"), output_field=IntegerField()), Value(0))


def _body_below(reader: Reader, walk: Walk, top: int, day: date, today: date) -> Q:
    body = bodies_visible_to(reader).filter(pk=top).first()
    path = getattr(body, walk.path, "")
    if body is None or (day == today and not path):
        return Q(pk__in=())
    if day == today:
        first, end = path_range(path)
        return Q(**{f"body__{walk.path}__gte": first, f"body__{walk.path}__lt": end})
    return Q(body__in=bodies_below(walk, body, day, today).values("pk"))


def _in_term(term: str, day: date, visible: DatedQuerySet[Term]) -> Q:
    """Only kinds that are elected for a term can lack one or have it expired."""
    if not term:
        return Q()
    terms = visible.filter(body=OuterRef("body_id"))
    running = Exists(terms.on(day))
    if term == "running":
        return Q(running)
    begun = Exists(terms.filter(valid__startswith__lte=day))
    if term == "expired":
        return Q(begun, ~running, kind__has_term=True)
    return Q(~begun, kind__has_term=True)


def _led(leader: str) -> Q:
    """Bodies of the leading line lack no leader: they stand below their superior."""
    if leader == "none":
        return Q(leader__isnull=True, body__line__leads=False)
    return Q(leader__isnull=False) if leader == "has" else Q()


BODY_SORTS = ("name", "code")


def body_order(sort: str, day: date, today: date, filters: BodyFilters) -> list[str]:
    """The columns of an order, for `page_of`. The default follows the walk that the list was narrowed by."""
    down = "-" if sort.startswith("-") else ""
    key = sort.removeprefix("-")
    if key in BODY_SORTS:
        return [f"{down}{key}", f"{down}id"]
    if day != today:
        return ["code", "id"]
    if filters.led_by:
        return ["body__lead_path"]
    if filters.below and not filters.under:
        return ["seat__path", "id"]
    return ["body__line_id", "body__line_path"]


def body_list(
    reader: Reader,
    day: date,
    today: date,
    filters: BodyFilters,
    *,
    sort: str = "",
    size: int = PAGE,
    after: str = "",
    before: str = "",
) -> Listed:
    """One page and the count; each row also carries `covers`, `term_state`, `where`, `superior_name`, `leader_name`."""
    order = body_order(sort, day, today, filters)
    rows = body_rows(reader, day, today, filters)
    along = order if "body__line_path" in order else ()  # bodies of a line lie together there and nowhere else
    listed = _counted(rows, Cut(_dressed_bodies, order, size, after, before), along)
    _tell_bodies(reader, day, listed.page.rows)
    return listed


def _dressed_bodies(entries: QuerySet[BodyEntry]) -> QuerySet[BodyEntry]:
    return entries.select_related("body__line", "kind", "form", "seat")


def _tell_bodies(reader: Reader, day: date, rows: Iterable[Any]) -> None:
    rows = list(rows)
    places = places_above(reader, day, [row.seat_id for row in rows])
    linked = {id for row in rows for id in (row.superior_id, row.leader_id) if id}
    named = body_entries_visible_to(reader).on(day).filter(body__in=linked).values_list("body_id", "name")
    names = dict(named) if linked else {}
    ids = [row.body_id for row in rows]
    covers = covers_visible_to(reader).on(day).filter(body__in=ids).values_list("body_id").annotate(Count("pk"))
    counts = dict(covers.order_by())
    # Later terms overwrite earlier ones: the last that has begun is the one that counts.
    begun = terms_visible_to(reader).filter(body__in=ids, valid__startswith__lte=day)
    terms = dict(begun.order_by("valid").values_list("body_id", "valid"))
    counted = counted_bodies(reader, ids)
    for row in rows:
        row.is_counted = row.body_id in counted
        row.where = places.get(row.seat_id, [])
        row.superior_name = names.get(row.superior_id, "")
        row.leader_name = names.get(row.leader_id, "")
        row.covers = counts.get(row.body_id, 0)
        term = terms.get(row.body_id)
        row.term_last = term.upper - timedelta(days=1) if term and term.upper else None
        row.term_state = _term_state(row.kind.has_term, term, day)


def _term_state(has_term: bool, term: Any, day: date) -> str:
    """running, expired, none – or nothing for a kind that has no term."""
    if not has_term:
        return ""
    if term is None:
        return "none"
    return "running" if term.upper is None or term.upper > day else "expired"


# == counts and whole lists ==
def count_up_to(rows: QuerySet[Any], most: int = MOST) -> int:
    """How many rows there are; one more than `most` stands for more, and nothing beyond is looked at."""
    return rows.order_by().values("pk")[: most + 1].count()


@dataclass(frozen=True)
class Counted:
    """How many rows fit: `number`, or more than that."""

    number: int
    is_more: bool


def counted(rows: QuerySet[Any], most: int = AT_ONCE) -> Counted:
    """How many rows there are, looking no further than `most`."""
    found = count_up_to(rows, most)
    return Counted(min(found, most), found > most)


def units_in(reader: Reader, below: int | None) -> int:
    """How many units stand below a unit today, as `count_up_to` counts."""
    return count_up_to(_units_within(reader, _paths_below(reader, below)))


def all_units(
    reader: Reader, day: date, today: date, filters: UnitFilters, sort: str = "", batch: int = 2000
) -> Iterator[Any]:
    """Every row of the list in order, told as on the page, in memory that does not grow with the list."""
    order, filters = unit_order(sort, day, today), filters.sorted_by(sort)
    rows = _dressed_units(unit_rows(reader, day, today, filters), order, day).order_by(*order)
    for some in _batches(rows, batch):
        _tell_units(reader, day, some)
        yield from some


def all_bodies(
    reader: Reader, day: date, today: date, filters: BodyFilters, sort: str = "", batch: int = 2000
) -> Iterator[Any]:
    """Every row of the list in order, told as on the page, in memory that does not grow with the list."""
    rows = _dressed_bodies(body_rows(reader, day, today, filters)).order_by(*body_order(sort, day, today, filters))
    for some in _batches(rows, batch):
        _tell_bodies(reader, day, some)
        yield from some


def _batches(rows: QuerySet[Any], size: int) -> Iterator[list[Any]]:
    with transaction.atomic():  # a cursor of the server lives in a transaction; outside one it would copy the list
        batch: list[Any] = []
        for row in rows.iterator(chunk_size=size):
            batch.append(row)
            if len(batch) == size:
                yield batch
                batch = []
        if batch:
            yield batch


# == what a filter may be narrowed to ==
def units_to_narrow_to(reader: Reader, day: date, below: int | None, most: int = 300) -> list[tuple[int, str]]:
    """Ids and names of the divisions directly in `below` – or at the top – that the list can be narrowed to."""
    divisions = unit_entries_visible_to(reader).on(day).filter(parent=below)
    divisions = divisions.exclude(kind__level__in=(UnitKind.Level.PLACE, UnitKind.Level.EMPLOYER))
    return list(divisions.order_by("code", "id").values_list("unit_id", "name")[:most])


def unit_names(reader: Reader, day: date, ids: Iterable[int | None]) -> dict[int | None, str]:
    """Names on the day; of units that do not stand on it, the last name they had."""
    rows = unit_entries_visible_to(reader).filter(unit__in=[id for id in ids if id])
    return _best_names(rows.order_by("valid").values_list("unit_id", "name", "valid"), day)


def body_names(reader: Reader, day: date, ids: Iterable[int | None]) -> dict[int | None, str]:
    """Names on the day; of bodies that do not stand on it, the last name they had."""
    rows = body_entries_visible_to(reader).filter(body__in=[id for id in ids if id])
    return _best_names(rows.order_by("valid").values_list("body_id", "name", "valid"), day)


def _best_names(rows: Iterable[tuple[int, str, Any]], day: date) -> dict[int | None, str]:
    names: dict[int | None, str] = {}
    settled: set[int] = set()
    for id, name, valid in rows:
        if id not in settled:
            names[id] = name
        if day in valid:
            settled.add(id)
    return names
