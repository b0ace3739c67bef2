"""One search for units and bodies: by any part of a name, its pinyin or initials, or a code – today's or any day's.

The work is bounded: of a part that thousands of names share, the names it begins and the first few thousand others
are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length, Replace

from ..access import Reader, body_entries_visible_to, unit_entries_visible_to
from ..models import BodyEntry, Line, UnitEntry, UnitKind
from ..spelling import condition, plain, syllables
from .lineage import Of
from .lists import coded_as, looks_like_code, places_above, unit_names
from .onwards import Becoming, became

PAGE = 30
MOST_NAMES = 1_000
MOST_FOUND = 300
LEVELS = [level.value for level in UnitKind.Level]


@dataclass
class Hit:
    """A unit or a body that was found. `name` and `kind` are those of the day, or of its last day before or after."""

    thing: str
    id: int
    name: str
    kind: str
    code: str
    line: Line | None = None
    where: list[str] = field(default_factory=list)
    stands: bool = True
    first: date | None = None
    last: date | None = None
    other: str = ""
    other_first: date | None = None
    other_last: date | None = None
    other_is_later: bool = False
    becoming: Becoming | None = None


@dataclass(frozen=True)
class Found:
    hits: list[Hit]
    page: int
    has_more: bool

    @property
    def units(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.thing == "unit"]

    @property
    def bodies(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.thing == "body"]


def found(reader: Reader, words: str, day: date, page: int = 1, size: int = PAGE) -> Found:
    """A page of what `words` find: exact before prefix before part, standing before gone, higher levels first."""
    ranked = _ranked(reader, words, day)
    start = (page - 1) * size
    return Found(_told(reader, ranked[start : start + size], day), page, len(ranked) > start + size)


# == candidates ==
@dataclass(frozen=True)
class _Candidate:
    """The entry by which a thing was found best, and how well."""

    rank: tuple[int, bool, float, int, int]
    thing: str
    id: int
    entry: int


def _ranked(reader: Reader, words: str, day: date) -> list[_Candidate]:
    words = words.strip()
    if not plain(words):
        return []
    close = {name: _closeness(words, name) for name in _names(words)}
    code = plain(words).upper() if looks_like_code(words) else ""
    best: dict[tuple[str, int], _Candidate] = {}
    for candidate in (*_units(reader, close, code, day), *_bodies(reader, close, code, day)):
        key = (candidate.thing, candidate.id)
        if key not in best or candidate.rank < best[key].rank:
            best[key] = candidate
    return sorted(best.values(), key=lambda candidate: (candidate.rank, candidate.thing, candidate.id))


def _names(words: str) -> list[str]:
    """The names that begin with the words, and up to MOST_NAMES others that the words find."""
    sought = condition(words)
    assert sought is not None
    begun = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    with connection.cursor() as cursor:
        cursor.execute(
            f"(SELECT name FROM register_spelling WHERE name LIKE %s ORDER BY length(name) LIMIT {MOST_NAMES // 4}) "
            f"UNION (SELECT name FROM register_spelling WHERE {sought[0]} LIMIT {MOST_NAMES})",
            [begun, *sought[1]],
        )
        return [name for (name,) in cursor.fetchall()]


def _closeness(words: str, name: str) -> int:
    """0 exact, 1 begins with the words, 2 holds them."""
    sought = plain(words)
    said = [plain(name)]
    if sought.isascii() and not looks_like_code(words):
        read = syllables(name)
        said += ["".join(read), "".join(syllable[0] for syllable in read)]
    if sought in said:
        return 0
    return 1 if any(each.startswith(sought) for each in said) else 2


def _units(reader: Reader, close: dict[str, int], code: str, day: date) -> Iterable[_Candidate]:
    levels = dict(UnitKind.objects.values_list("key", "level"))
    kinds = Case(
        *(When(kind__in=[k for k in levels if levels[k] == level], then=Value(at)) for at, level in enumerate(LEVELS)),
        default=Value(len(LEVELS)),
        output_field=IntegerField(),
    )
    columns = ("code", "credit_code")
    for row in _best(unit_entries_visible_to(reader), close, code, columns, kinds):
        rank = (_nearest(row, close, code, columns), day not in row["valid"], row["height"], len(row["name"]), 0)
        yield _Candidate(rank, "unit", row["unit_id"], row["id"])


def _bodies(reader: Reader, close: dict[str, int], code: str, day: date) -> Iterable[_Candidate]:
    steps = Length("body__line_path") - Length(Replace("body__line_path", Value("."), Value("")))
    for row in _best(body_entries_visible_to(reader), close, code, ("code",), steps):
        height = row["height"] - 0.5 if row["height"] else len(LEVELS)  # beside the unit it would have its seat in
        rank = (_nearest(row, close, code, ("code",)), day not in row["valid"], height, len(row["name"]), 1)
        yield _Candidate(rank, "body", row["body_id"], row["id"])


def _best(
    entries: QuerySet[Any], close: dict[str, int], code: str, codes: tuple[str, ...], height: Any
) -> list[dict[str, Any]]:
    """The entries of those names, or with such a code, the closest first, as far as the bound goes."""
    own = "unit_id" if entries.model is UnitEntry else "body_id"
    shown = ("id", own, "name", "valid", "height", *codes)
    entries = entries.annotate(height=height)
    closest = sorted(close, key=lambda name: (close[name], len(name), name))
    names = RawSQL("SELECT unnest(%s::text[])", [[name for name in closest if close[name] < 2]])
    others = RawSQL("SELECT unnest(%s::text[])", [[name for name in closest if close[name] == 2]])
    rows = list(entries.filter(name__in=names).order_by("height", "id").values(*shown)[:MOST_FOUND])
    rows += entries.filter(name__in=others).order_by("height", "id").values(*shown)[: MOST_FOUND - len(rows)]
    if code:
        coded = Q()
        for column in codes:
            coded |= coded_as(code, column)
        rows += entries.filter(coded).order_by("height", "id").values(*shown)[:MOST_FOUND]
    return rows


def _nearest(row: dict[str, Any], close: dict[str, int], code: str, codes: tuple[str, ...]) -> int:
    held = [row[column] for column in codes if code and row[column].startswith(code)]
    by_code = 0 if code in held else 1 if held else 2
    return min(by_code, close.get(row["name"], 2))


# == what a page tells ==
def _told(reader: Reader, candidates: list[_Candidate], day: date) -> list[Hit]:
    units = {c.id: c.entry for c in candidates if c.thing == "unit"}
    bodies = {c.id: c.entry for c in candidates if c.thing == "body"}
    unit_entries = unit_entries_visible_to(reader).filter(unit__in=units).select_related("kind")
    body_entries = body_entries_visible_to(reader).filter(body__in=bodies).select_related("kind", "body__line")
    hits = _hits("unit", unit_entries.order_by("valid"), units, day) | _hits(
        "body", body_entries.order_by("valid"), bodies, day
    )
    places = places_above(reader, day, (place for _hit, place in hits.values()))
    gone = unit_names(reader, day, (place for _hit, place in hits.values() if place not in places))
    for hit, place in hits.values():
        hit.where = places.get(place) or ([gone[place]] if place in gone else [])
    _tell_what_became(reader, [hit for hit, _place in hits.values()], day)
    return [hits[candidate.thing, candidate.id][0] for candidate in candidates]


def _tell_what_became(reader: Reader, hits: list[Hit], day: date) -> None:
    """Of what has ended by the day: what it has become."""
    things: tuple[Of, Of] = ("unit", "body")
    for of in things:
        ended = {hit.id: hit for hit in hits if hit.thing == of and hit.last and hit.last < day}
        found = became(reader, of, {id: hit.last for id, hit in ended.items() if hit.last}, day)
        for id, hit in ended.items():
            hit.becoming = found[id]


def _hits(
    thing: str, entries: Iterable[Any], by_entry: dict[int, int], day: date
) -> dict[tuple[str, int], tuple[Hit, int | None]]:
    """For each thing its hit, and the unit it stands or has its seat in."""
    lives: dict[int, list[Any]] = {}
    for entry in entries:
        lives.setdefault(entry.unit_id if thing == "unit" else entry.body_id, []).append(entry)
    return {
        (thing, id): (_hit(thing, id, life, by_entry[id], day), _place(thing, _shown(life, day)))
        for id, life in lives.items()
    }


def _place(thing: str, entry: Any) -> int | None:
    place: int | None = entry.parent_id if thing == "unit" else entry.seat_id
    return place


def _shown(life: list[Any], day: date) -> Any:
    """How it stood on the day, or last before it, or first after it."""
    before = [entry for entry in life if entry.since <= day]
    return before[-1] if before else life[0]


def _hit(thing: str, id: int, life: list[Any], entry: int, day: date) -> Hit:
    shown = _shown(life, day)
    hit = Hit(
        thing=thing,
        id=id,
        name=shown.name,
        kind=str(shown.kind),
        code=shown.code or getattr(shown, "credit_code", ""),
        line=shown.body.line if thing == "body" else None,
        stands=day in shown.valid,
        first=life[0].since,
        last=_last_day(life[-1]),
    )
    by = next(each for each in life if each.pk == entry)
    if by is not shown:
        differs = by.name if by.name != shown.name else by.code if by.code != shown.code else ""
        hit.other, hit.other_first, hit.other_last = differs, by.since, _last_day(by)
        hit.other_is_later = by.since > day
    return hit


def _last_day(entry: UnitEntry | BodyEntry) -> date | None:
    return entry.until - timedelta(days=1) if entry.until else None
