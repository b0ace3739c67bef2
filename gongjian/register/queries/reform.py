"""What a reform would bring about, before anybody does it: what goes along, what meets its like, what ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from ..access import (
    Reader,
    bodies_with_people_open_to,
    body_entries_visible_to,
    covers_visible_to,
    offices_visible_to,
    unit_entries_visible_to,
    venues_visible_to,
)
from ..authority.wall import behind_it
from ..models import BodyEntry, BodyKind, Headcount, Line, Membership, Office, StandsIn, Term, UnitEntry, UnitKind
from ..models.words import Word
from .lists import places_above

NAMED = 12  # of each kind of thing, the first few by name
TO_PART = 200  # things that a division offers to give to its parts one by one


@dataclass(frozen=True)
class Along:
    """Things of one kind that go along or end: how many, and the first few by id and name."""

    what: str
    count: int
    page: str = ""
    first: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Twin:
    """A body of what ends that has its like – the same line and kind – where it goes; each the only one there."""

    old: BodyEntry
    new: BodyEntry


@dataclass(frozen=True)
class Outlook:
    """What a reform of units or bodies would bring about on its day."""

    along: list[Along]
    ends: list[Along]
    twins: list[Twin] = field(default_factory=list)
    same_names: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    losing: list[Office] = field(default_factory=list)
    losing_count: int = 0
    sees_people: bool = False

    @property
    def is_empty(self) -> bool:
        return not any((self.along, self.ends, self.twins, self.same_names, self.later, self.losing_count))


def units_outlook(
    reader: Reader, ids: Sequence[int], on: date, today: date, *, into: int | None = None, keeps_covers: bool = True
) -> Outlook:
    """What the end of these units would bring about. A fixed number of queries, however much stands on them."""
    entries = unit_entries_visible_to(reader).on(on)
    inside = entries.filter(parent__in=ids).exclude(unit__in=ids)
    seated = body_entries_visible_to(reader).on(on).filter(seat__in=ids)
    covers = covers_visible_to(reader).on(on).filter(unit__in=ids)
    venues = venues_visible_to(reader).on(on).filter(unit__in=ids)
    housed = StandsIn.objects.on(on).filter(place__in=ids)
    along = [
        *_by_word(_("In it: %(what)s"), inside, "kind", UnitKind, "unit"),
        *_by_word(_("Seated there: %(what)s"), seated, "body__line", Line, "body"),
        _counted(_("Employers housed in it"), housed),
        _counted(_("Venues"), venues),
    ]
    cover = _counted(_("Covers of it"), covers)
    twins = _twins(reader, ids, into, on) if into else []
    losing, count, sees = losing_office(reader, [twin.old.body_id for twin in twins], on, today)
    ends = [
        *([] if keeps_covers else [cover]),
        _counted(_("Head-counts of it"), Headcount.objects.on(on).filter(unit__in=ids)),
    ]
    return Outlook(
        along=_some([*along, *([cover] if keeps_covers else [])]),
        ends=_some(ends),
        twins=twins,
        same_names=_same_names(inside, entries.filter(parent=into).exclude(unit__in=ids)) if into else [],
        later=_later(unit_entries_visible_to(reader).filter(unit__in=ids), on),
        losing=losing,
        losing_count=count,
        sees_people=sees,
    )


def bodies_outlook(reader: Reader, ids: Sequence[int], on: date, today: date, *, keeps_links: bool = True) -> Outlook:
    """What the end of these bodies would bring about. A fixed number of queries."""
    entries = body_entries_visible_to(reader).on(on).exclude(body__in=ids)
    covers = _counted(_("Units they cover"), covers_visible_to(reader).on(on).filter(body__in=ids))
    # How many, not who: that is open to whoever may change the bodies.
    with behind_it():
        members = _counted(_("Members"), Membership.objects.on(on).filter(body__in=ids))
    goes = [covers, members] if keeps_links else []
    losing, count, sees = losing_office(reader, ids, on, today)
    return Outlook(
        along=_some(
            [
                *_by_word(_("Below it: %(what)s"), entries.filter(superior__in=ids), "kind", BodyKind, "body"),
                *_by_word(_("Led by it: %(what)s"), entries.filter(leader__in=ids), "kind", BodyKind, "body"),
                _counted(_("Venues it keeps"), venues_visible_to(reader).on(on).filter(owner__in=ids)),
                *goes,
            ]
        ),
        ends=_some(
            [
                *([] if keeps_links else [covers, members]),
                _counted(_("Terms of office"), Term.objects.on(on).filter(body__in=ids)),
            ]
        ),
        later=_later(body_entries_visible_to(reader).filter(body__in=ids), on),
        losing=losing,
        losing_count=count,
        sees_people=sees,
    )


def what_ends(reader: Reader, thing: str, id: int, on: date, today: date) -> Outlook:
    """What ends when a unit or a body is divided and does not stay; where the rest goes is chosen one by one."""
    outlook = units_outlook if thing == "unit" else bodies_outlook
    return replace(outlook(reader, [id], on, today), along=[])


def losing_office(reader: Reader, body_ids: Iterable[int], on: date, today: date) -> tuple[list[Office], int, bool]:
    """Who holds an office in these bodies on the day and would lose it: the first of them, how many, may one see."""
    body_ids = list(body_ids)
    visible = offices_visible_to(reader)
    held = Office.objects.on(on).filter(body__in=list(body_ids))
    shown = visible.on(on).filter(body__in=list(body_ids)).select_related("person", "kind")
    sees = bodies_with_people_open_to(reader, body_ids) >= set(held.values_list("body_id", flat=True))
    return list(shown.order_by("-kind__heads", "body_id", "id")[: 2 * NAMED]), held.count(), sees


# == dividing ==
@dataclass(frozen=True)
class ToPart:
    """One thing that a division gives to one of the parts."""

    link: str
    id: int
    name: str
    what: str


def to_part(reader: Reader, unit_id: int, on: date) -> tuple[list[ToPart], bool]:
    """What stands in a unit, has its seat there, covers it from elsewhere or is a venue of it; is there more?

    Whoever has its seat there covers the part its seat goes to.
    """
    children = unit_entries_visible_to(reader).on(on).filter(parent=unit_id).select_related("kind")
    seated = body_entries_visible_to(reader).on(on).filter(seat=unit_id).select_related("kind", "body__line")
    covering = covers_visible_to(reader).on(on).filter(unit=unit_id).values("body")
    covers = body_entries_visible_to(reader).on(on).filter(body__in=covering).exclude(seat=unit_id)
    venues = venues_visible_to(reader).on(on).filter(unit=unit_id)
    most = TO_PART + 1
    found = [
        *(ToPart("child", each.unit_id, each.name, str(each.kind)) for each in children.order_by("code")[:most]),
        *(ToPart("seat", each.body_id, each.name, _("Seat")) for each in seated.order_by("id")[:most]),
        *(ToPart("cover", each.body_id, each.name, _("Cover")) for each in covers.order_by("id")[:most]),
        *(ToPart("venue", each.pk, each.name, _("Venue")) for each in venues.order_by("id")[:most]),
    ]
    return found[:TO_PART], len(found) > TO_PART


def by_kind(things: Iterable[ToPart]) -> list[tuple[str, list[ToPart]]]:
    """What is alike stands together, in the order in which each kind comes first."""
    found: dict[str, list[ToPart]] = {}
    for each in things:
        found.setdefault(each.what, []).append(each)
    return list(found.items())


def bodies_to_part(reader: Reader, body_id: int, on: date) -> tuple[list[ToPart], bool]:
    """The bodies below a body in its line, and those it leads; and whether there is more."""
    entries = body_entries_visible_to(reader).on(on).select_related("kind")
    most = TO_PART + 1
    found = [
        ToPart(link, each.body_id, each.name, str(each.kind))
        for link in ("superior", "leader")
        for each in entries.filter(**{link: body_id}).order_by("id")[:most]
    ]
    return found[:TO_PART], len(found) > TO_PART


# == whom one may choose ==
def beside(reader: Reader, entry: UnitEntry | BodyEntry, on: date, most: int = 300) -> list[tuple[int, str, str]]:
    """What stands beside a unit or a body on the day: (id, name, code). The first choice for a merger."""
    if isinstance(entry, UnitEntry):
        rows = unit_entries_visible_to(reader).on(on).filter(parent=entry.parent_id, kind__level=entry.kind.level)
        rows = rows.exclude(unit=entry.unit_id).order_by("code", "name")
        return list(rows.values_list("unit_id", "name", "code")[:most])
    bodies = body_entries_visible_to(reader).on(on).filter(body__line=entry.body.line_id)
    near = Q(seat=entry.seat_id) | Q(superior=entry.superior_id, superior__isnull=False)
    bodies = bodies.filter(near).exclude(body=entry.body_id).order_by(F("code").asc(), "name")
    return list(bodies.values_list("body_id", "name", "code")[:most])


def called(reader: Reader, thing: str, words: str, on: date, most: int = 6) -> list[tuple[int, str, str]]:
    """Units or bodies of exactly this code or name that stand on the day: (id, name, where)."""
    if thing == "unit":
        units = unit_entries_visible_to(reader).on(on)
        held = Q(name=words) | Q(official_name=words) | (~Q(code="") & Q(code=words))
        held |= ~Q(credit_code="") & Q(credit_code=words)
        found = list(units.filter(held).order_by("code", "id").values_list("unit_id", "name", "parent_id")[:most])
    else:
        bodies = body_entries_visible_to(reader).on(on)
        held = Q(name=words) | (~Q(code="") & Q(code=words))
        found = list(bodies.filter(held).order_by("code", "id").values_list("body_id", "name", "seat_id")[:most])
    places = places_above(reader, on, [above for _id, _name, above in found])
    return [(id, name, " › ".join(places.get(above, []))) for id, name, above in found]


# == parts of an outlook ==
def _some(things: Iterable[Along]) -> list[Along]:
    return [thing for thing in things if thing.count]


def _counted(what: str, rows: QuerySet[Any]) -> Along:
    return Along(what, rows.count())


def _by_word(what: str, rows: QuerySet[Any], by: str, words: type[Word], page: str) -> list[Along]:
    """A row for each word – a kind or a line –, the most frequent first, with the first few of each."""
    number = Window(RowNumber(), partition_by=[F(by)], order_by=["code", "id"])
    first: dict[str, list[tuple[int, str]]] = {}
    for key, id, name in rows.annotate(number=number).filter(number__lte=NAMED).values_list(by, f"{page}_id", "name"):
        first.setdefault(key, []).append((id, name))
    counts = dict(rows.order_by().values_list(by).annotate(Count("pk")))
    known = words._default_manager.in_bulk(list(counts))
    return [
        Along(what % {"what": known[key]}, count, page, first.get(key, []))
        for key, count in sorted(counts.items(), key=lambda pair: (-pair[1], known[pair[0]].position))
    ]


def _twins(reader: Reader, ids: Sequence[int], into: int, on: date) -> list[Twin]:
    """Bodies of one line and kind seated in what ends and where it goes; several of a kind are left alone."""
    seated = body_entries_visible_to(reader).on(on).filter(seat__in=[*ids, into])
    seated = seated.select_related("kind", "body__line").order_by("body__line__position", "kind__position", "id")
    alone = seated.values("kind", "seat").annotate(n=Count("pk")).filter(n=1).values_list("kind", "seat")
    singles = set(alone.order_by())
    entries = [entry for entry in seated.filter(kind__in={kind for kind, _seat in singles})[: 4 * TO_PART]]
    there = {e.kind_id: e for e in entries if e.seat_id == into and (e.kind_id, e.seat_id) in singles}
    return [
        Twin(entry, there[entry.kind_id])
        for entry in entries
        if entry.seat_id != into and (entry.kind_id, entry.seat_id) in singles and entry.kind_id in there
    ]


def _same_names(these: QuerySet[Any], those: QuerySet[Any]) -> list[str]:
    """Names that would stand side by side twice."""
    return list(these.filter(name__in=those.values("name")).order_by("name").values_list("name", flat=True)[:NAMED])


def _later(entries: QuerySet[Any], on: date) -> list[str]:
    """Entries that begin only after the day and would fall away."""
    rows = entries.filter(valid__startswith__gt=on).order_by("valid")[:NAMED]
    return [_("%(name)s, from %(day)s") % {"name": row.name, "day": row.since} for row in rows]
