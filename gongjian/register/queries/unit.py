"""All that a unit's page shows, brought by a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, Window
from django.utils.translation import gettext as _

from ..access import (
    Reader,
    bodies_with_people_open_to,
    body_entries_visible_to,
    can_count,
    counted_bodies,
    covers_visible_to,
    headcounts_visible_to,
    housings_visible_to,
    offices_visible_to,
    terms_visible_to,
    unit_entries_visible_to,
    units_visible_to,
    venues_visible_to,
)
from ..models import (
    BodyEntry,
    Choice,
    Headcount,
    Office,
    Plaque,
    Term,
    UnitEntry,
    Venue,
    VenueCheck,
)
from ..walks import TERRITORY, way_up
from .life import Change, Namer, Reform, days_stood, life, name_on, standing_on
from .onwards import Becoming, becoming, links_of
from .reforms import Flow, flows_of, reforms_of
from .walk import TERRITORY_ROAD, Row, rows_of

HOUSED, CHILDREN, BODIES = 10, 20, 60
DIVISIONS = {"city", "county", "town", "village"}
REGISTRATION = ("status", "trade", "sector", "ownership")
CHECKLIST = "check_item"


@dataclass(frozen=True)
class BodyHere:
    """A body that has its seat in a unit or covers it, and whom to ask for."""

    entry: BodyEntry
    is_seated: bool
    superior: str
    leader: str
    head: Office | None
    sees_head: bool
    term: Term | None
    term_state: str


@dataclass(frozen=True)
class VenueHere:
    """A venue on a day: whose it is, who keeps it, what hangs on its door, and the last check of its items.

    `keeper` is empty for whoever may not see people.
    """

    venue: Venue
    owner: str
    keeper: str
    plaques: list[str]
    shared_by: list[str]
    checked_on: date | None = None
    has: list[str] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class UnitPage:
    """A unit on a day. `entry` is None when it does not stand; `nearest` is then what it was last or next."""

    id: int
    entry: UnitEntry | None
    nearest: UnitEntry
    today: UnitEntry | None
    stood: list[tuple[date, date | None]]
    way: list[tuple[int, str]]
    parent_today: str
    formerly: list[UnitEntry]
    events: list[dict[str, Any]]
    words: dict[str, str]
    sees_counts: bool
    headcount: Headcount | None
    place: tuple[int, str] | None
    housed: list[tuple[int, str]]
    housed_count: int
    bodies: list[BodyHere]
    bodies_count: int
    venues: list[VenueHere]
    children: list[Row]
    children_count: int
    becoming: Becoming | None
    flows: list[Flow]


def unit_page(
    reader: Reader, unit_id: int, day: date, today: date, official_days: Sequence[date] = ()
) -> UnitPage | None:
    """The page of a unit; None if there is no such unit on any day."""
    visible = unit_entries_visible_to(reader)
    entries = list(
        visible.filter(unit__in=units_visible_to(reader).filter(pk=unit_id))
        .select_related("unit", "kind", "act__by")
        .order_by("valid")
    )
    if not entries:
        return None
    entry, now = standing_on(entries, day), standing_on(entries, today)
    nearest = entry or next((each for each in entries if each.since > day), entries[-1])
    way = way_up(TERRITORY, unit_id, day) if entry else []
    housings = housings_visible_to(reader).on(day)
    place = housings.filter(unit=unit_id).values_list("place_id", flat=True).first()
    housed, housed_count = first_rows(housings.filter(place=unit_id).order_by("id"), HOUSED)
    links = links_of("unit", [unit_id])
    reformed = {id for link in links for id in (link.old_id, link.new_id)}
    linked = {*way, place, *(link.unit_id for link in housed), *(each.parent_id for each in entries), *reformed} - {
        None
    }
    name = name_on(_entries_of(visible, linked))
    reforms = reforms_of(unit_id, links, name, lambda on: standing_on(entries, on) is not None)
    choices = {(choice.list, choice.key): str(choice) for choice in Choice.objects.all()}
    bodies, bodies_count = bodies_at(reader, unit_id, day)
    children = list(
        TERRITORY_ROAD.below(TERRITORY_ROAD.entries(reader, day), [unit_id])
        .annotate(total=Window(Count("*")))
        .order_by(*TERRITORY_ROAD.order)[:CHILDREN]
    )
    return UnitPage(
        id=unit_id,
        entry=entry,
        nearest=nearest,
        today=now,
        stood=days_stood(entries),
        way=[(id, name(id, day)) for id in way],
        parent_today=name(now.parent_id, today) if now else "",
        formerly=_formerly(entries, nearest),
        events=_events(entries, name, choices, today, official_days, reforms),
        words={key: choices.get((key, getattr(nearest, key)), getattr(nearest, key)) for key in REGISTRATION},
        sees_counts=can_count(reader, nearest.unit),
        headcount=headcounts_visible_to(reader, [nearest.unit]).on(day).first(),
        place=(place, name(place, day)) if place else None,
        housed=[(link.unit_id, name(link.unit_id, day)) for link in housed],
        housed_count=housed_count,
        bodies=bodies,
        bodies_count=bodies_count,
        venues=venues_at(reader, Q(unit=unit_id), day, choices),
        children=rows_of(TERRITORY_ROAD, reader, day, children, {}),
        children_count=children[0].total if children else 0,
        becoming=becoming(reader, "unit", entries, day),
        flows=flows_of(unit_id, links, name),
    )


def first_rows(rows: QuerySet, size: int) -> tuple[list[Any], int]:
    """The first rows, and how many there are in all, in one query."""
    found = list(rows.annotate(total=Window(Count("*")))[:size])
    return found, found[0].total if found else 0


def _entries_of(visible: QuerySet, ids: Iterable[int]) -> dict[int, list[UnitEntry]]:
    found: dict[int, list[UnitEntry]] = {}
    for entry in visible.filter(unit__in=ids).only("unit_id", "name", "valid").order_by("valid"):
        found.setdefault(entry.unit_id, []).append(entry)
    return found


def _formerly(entries: list[UnitEntry], nearest: UnitEntry) -> list[UnitEntry]:
    """Other names and codes it has had: the last entry of each pair."""
    seen = {(nearest.name, nearest.code)}
    others = []
    for entry in reversed(entries):
        if (entry.name, entry.code) not in seen:
            seen.add((entry.name, entry.code))
            others.append(entry)
    return others


def _events(
    entries: list[UnitEntry],
    name: Namer,
    choices: dict,
    today: date,
    official_days: Sequence[date],
    reforms: Sequence[Reform],
) -> list[dict[str, Any]]:
    def began(entry: UnitEntry) -> str:
        facts = {"name": entry.name, "parent": name(entry.parent_id, entry.since), "code": entry.code}
        if facts["parent"] and entry.code:
            return _("%(name)s in %(parent)s, code %(code)s") % facts
        return _("%(name)s in %(parent)s") % facts if facts["parent"] else entry.name

    def changes(old: UnitEntry, new: UnitEntry) -> list[Change]:
        return unit_changes(old, new, name, choices)

    is_listed = entries[0].kind.level in DIVISIONS and bool(entries[0].source)
    days = official_days if is_listed else ()
    return life(entries, changes, began, today=today, official_days=days, reforms=reforms)


def unit_changes(old: UnitEntry, new: UnitEntry, name: Namer, choices: dict) -> list[Change]:
    """What differs between two entries that follow each other, as sentences."""
    found = []
    facts: dict[str, str]
    if old.parent_id != new.parent_id:
        facts = {"old": name(old.parent_id, old.since), "new": name(new.parent_id, new.since)}
        found.append(Change(_("Moved from %(old)s to %(new)s") % facts, "l-move", 5))
    if old.name != new.name:
        facts = {"old": old.name, "new": new.name}
        found.append(Change(_("Renamed from %(old)s to %(new)s") % facts, "l-rename", 4))
    if old.kind_id != new.kind_id:
        found.append(Change(_("Its kind is now: %(kind)s") % {"kind": new.kind}, "l-rename", 3))
    if old.code != new.code:
        facts = {"old": old.code or "–", "new": new.code or "–"}
        found.append(Change(_("Code changed from %(old)s to %(new)s") % facts, "l-rename", 2))
    if old.credit_code != new.credit_code:
        facts = {"old": old.credit_code or "–", "new": new.credit_code or "–"}
        found.append(Change(_("Credit code changed from %(old)s to %(new)s") % facts, "l-rename", 2))
    if old.status != new.status:
        status = choices.get(("status", new.status), new.status)
        found.append(Change(_("Its status is now: %(status)s") % {"status": status}, "s-doing", 1))
    return found


# == bodies here ==
def bodies_at(reader: Reader, unit_id: int, day: date) -> tuple[list[BodyHere], int]:
    """Bodies with their seat in a unit or covering it, as far as the reader sees covers, and how many in all."""
    visible = body_entries_visible_to(reader).on(day)
    covering = covers_visible_to(reader).on(day).filter(unit=unit_id)
    covering_ids = list(covering.order_by("id").values_list("body_id", flat=True)[:BODIES])
    here = visible.filter(Q(seat=unit_id) | Q(body__in=covering_ids)).select_related("body__line", "kind", "form")
    entries, count = first_rows(here.order_by("body__line__position", "kind__position", "name"), BODIES)
    ids = [entry.body_id for entry in entries]
    linked = {entry.superior_id for entry in entries} | {entry.leader_id for entry in entries}
    names = dict(visible.filter(body__in=linked - {None}).values_list("body_id", "name"))
    terms = last_terms(reader, ids, day)
    counted = counted_bodies(reader, ids)
    heads, open_ones = heads_of(reader, ids, day), bodies_with_people_open_to(reader, ids)
    bodies = [
        BodyHere(
            entry=entry,
            is_seated=entry.seat_id == unit_id,
            superior=names.get(entry.superior_id, ""),
            leader=names.get(entry.leader_id, ""),
            head=heads.get(entry.body_id),
            sees_head=entry.body_id in open_ones,
            term=terms.get(entry.body_id),
            term_state=term_state(entry, terms.get(entry.body_id), day) if entry.body_id in counted else "shut",
        )
        for entry in entries
    ]
    return bodies, count


def heads_of(reader: Reader, body_ids: Iterable[int], day: date) -> dict[int, Office]:
    """Who heads each body on a day, of those the reader may see."""
    heads = offices_visible_to(reader).on(day).filter(body__in=body_ids, kind__heads=True)
    heads = heads.select_related("person", "kind").order_by("-kind__position", "-valid")
    return {office.body_id: office for office in heads}


def last_terms(reader: Reader, body_ids: Iterable[int], day: date) -> dict[int, Term]:
    """The term each body is in on a day, or was in last, of those the reader may see."""
    terms = terms_visible_to(reader).filter(body__in=body_ids, valid__startswith__lte=day).order_by("valid")
    return {term.body_id: term for term in terms}


def term_state(entry: BodyEntry, term: Term | None, day: date) -> str:
    """none (elected for no term), unknown, expired or running; pages say "shut" where the reader may not see it."""
    if not entry.kind.has_term:
        return "none"
    if term is None:
        return "unknown"
    return "expired" if term.until is not None and term.until <= day else "running"


# == venues ==
def venues_at(reader: Reader, where: Q, day: date, choices: dict) -> list[VenueHere]:
    """Venues on a day with plaques, the lines that share them, and the last check up to that day.

    Who keeps one is told where the reader may see who holds office in the body that owns it.
    """
    checks = VenueCheck.objects.filter(checked_on__lte=day).order_by("-checked_on")
    venues = list(
        venues_visible_to(reader)
        .filter(where, valid__contains=day)
        .select_related("keeper")
        .prefetch_related(
            Prefetch("plaques", Plaque.objects.on(day).order_by("kind"), to_attr="on_the_door"),
            Prefetch("checks", checks, to_attr="looked"),
            "shares__line",
        )
        .order_by("name", "id")
    )
    owners = body_entries_visible_to(reader).on(day).filter(body__in=[venue.owner_id for venue in venues])
    names = dict(owners.values_list("body_id", "name"))
    open_ones = bodies_with_people_open_to(reader, {venue.owner_id for venue in venues} - {None})
    items = [key for list_, key in choices if list_ == CHECKLIST]
    return [
        _venue_here(
            venue,
            names.get(venue.owner_id, ""),
            venue.keeper.name if venue.keeper and venue.owner_id in open_ones else "",
            items,
            choices,
            day,
        )
        for venue in venues
    ]


def _venue_here(venue: Any, owner: str, keeper: str, items: list[str], choices: dict, day: date) -> VenueHere:
    last = venue.looked[0] if venue.looked else None
    had = set(last.items) if last else set()
    return VenueHere(
        venue=venue,
        owner=owner,
        keeper=keeper,
        plaques=[choices.get(("plaque", plaque.kind), plaque.kind) for plaque in venue.on_the_door],
        shared_by=[str(share.line) for share in venue.shares.all() if standing_on([share], day)],
        checked_on=last.checked_on if last else None,
        has=[choices[CHECKLIST, key] for key in items if key in had],
        lacks=[choices[CHECKLIST, key] for key in items if key not in had],
    )
