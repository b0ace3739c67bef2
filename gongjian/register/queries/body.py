"""All that a body's page shows, brought by a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from gongjian.ui.keyset import Page, page_of

from ..access import (
    Reader,
    bodies_visible_to,
    bodies_with_people_open_to,
    body_entries_visible_to,
    counted_bodies,
    covers_visible_to,
    offices_visible_to,
    terms_visible_to,
    unit_entries_visible_to,
)
from ..models import BodyEntry, Choice, Office, Term
from ..walks import LEADERSHIP, LINE, way_up
from .life import Change, Namer, Reform, days_stood, life, name_on, standing_on
from .members import BodyMembers, body_members
from .onwards import Becoming, becoming, links_of
from .reforms import Flow, flows_of, reforms_of
from .unit import CHECKLIST, VenueHere, first_rows, term_state, venues_at

INFERIORS, COVERED, OFFICES = 20, 20, 30


@dataclass(frozen=True)
class BodyPage:
    """A body on a day. `entry` is None when it does not stand; `nearest` is then what it was last or next."""

    id: int
    entry: BodyEntry | None
    nearest: BodyEntry
    stood: list[tuple[date, date | None]]
    line_way: list[tuple[int, str]]
    lead_way: list[tuple[int, str]]
    seat: str
    inferiors: list[BodyEntry]
    inferiors_count: int
    led: list[BodyEntry]
    led_count: int
    sees_counts: bool
    covered: list[tuple[int, str, date]]
    covered_count: int
    covers_page: Page
    offices: list[Office]
    sees_people: bool
    members: BodyMembers
    terms: list[Term]
    term: Term | None
    term_state: str
    venues: list[VenueHere]
    events: list[dict[str, Any]]
    becoming: Becoming | None
    flows: list[Flow]


def body_page(
    reader: Reader, body_id: int, day: date, today: date, *, after: str = "", before: str = ""
) -> BodyPage | None:
    """The page of a body; None if there is no such body on any day. `after` and `before` turn its list of covers."""
    visible = body_entries_visible_to(reader)
    entries = list(
        visible.filter(body__in=bodies_visible_to(reader).filter(pk=body_id))
        .select_related("body__line", "kind", "form", "act__by")
        .order_by("valid")
    )
    if not entries:
        return None
    entry = standing_on(entries, day)
    nearest = entry or next((each for each in entries if each.since > day), entries[-1])
    line_way = way_up(LINE, body_id, day)[:-1] if entry else []
    lead_way = way_up(LEADERSHIP, body_id, day)[:-1] if entry else []
    links = links_of("body", [body_id])
    linked: set[int | None] = {*line_way, *lead_way, *(id for link in links for id in (link.old_id, link.new_id))}
    for each in entries:
        linked |= {each.superior_id, each.leader_id}
    body_name = name_on(_by_id(visible.filter(body__in=linked - {None}).order_by("valid"), "body_id"))
    covers = covers_visible_to(reader).on(day).filter(body=body_id)
    covers_page = page_of(covers, ["id"], size=COVERED, after=after, before=before)
    places = {each.seat_id for each in entries} | {link.unit_id for link in covers_page.rows}
    units = unit_entries_visible_to(reader).filter(unit__in=places).order_by("valid")
    unit_name = name_on(_by_id(units, "unit_id"))
    standing = visible.on(day).select_related("body__line", "kind")
    order = ("kind__position", "name", "body_id")
    inferiors, inferiors_count = first_rows(standing.filter(superior=body_id).order_by(*order), INFERIORS)
    led, led_count = first_rows(standing.filter(leader=body_id).order_by("body__line__position", *order), INFERIORS)
    sees_counts = bool(counted_bodies(reader, [body_id]))
    terms = list(terms_visible_to(reader).filter(body=body_id).order_by("-valid"))
    term = next((each for each in terms if each.since <= day), None)
    words = Choice.objects.filter(list__in=["plaque", CHECKLIST])
    choices = {(choice.list, choice.key): str(choice) for choice in words}
    return BodyPage(
        id=body_id,
        entry=entry,
        nearest=nearest,
        stood=days_stood(entries),
        line_way=[(id, body_name(id, day)) for id in line_way],
        lead_way=[(id, body_name(id, day)) for id in lead_way],
        seat=unit_name(nearest.seat_id, day),
        inferiors=inferiors,
        inferiors_count=inferiors_count,
        led=led,
        led_count=led_count,
        sees_counts=sees_counts,
        covered=[(link.unit_id, unit_name(link.unit_id, day), link.since) for link in covers_page.rows],
        covered_count=covers.count(),
        covers_page=covers_page,
        offices=_offices(offices_visible_to(reader), body_id, day),
        sees_people=bool(bodies_with_people_open_to(reader, [body_id])),
        members=body_members(reader, body_id, nearest.body.line_id, day, sees_counts=sees_counts),
        terms=terms,
        term=term,
        term_state=term_state(nearest, term, day) if sees_counts else "shut",
        venues=venues_at(reader, Q(owner=body_id), day, choices),
        events=_events(
            entries,
            body_name,
            unit_name,
            today,
            reforms_of(body_id, links, body_name, lambda on: standing_on(entries, on) is not None),
        ),
        becoming=becoming(reader, "body", entries, day),
        flows=flows_of(body_id, links, body_name),
    )


def _offices(people: Any, body_id: int, day: date) -> list[Office]:
    """Who held an office up to the day, those who hold one first."""
    known = people.filter(body=body_id, valid__startswith__lte=day).select_related("person", "kind")
    offices = list(known.order_by("-valid", "kind__position")[:OFFICES])
    return sorted(offices, key=lambda office: (standing_on([office], day) is None, office.kind.position))


def _by_id(entries: Any, thing: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for entry in entries.only(thing, "name", "valid"):
        found.setdefault(getattr(entry, thing), []).append(entry)
    return found


def _events(
    entries: Sequence[BodyEntry], body_name: Namer, unit_name: Namer, today: date, reforms: Sequence[Reform]
) -> list[dict[str, Any]]:
    def began(entry: BodyEntry) -> str:
        return _("%(name)s set up in %(place)s") % {"name": entry.name, "place": unit_name(entry.seat_id, entry.since)}

    def changes(old: BodyEntry, new: BodyEntry) -> list[Change]:
        return body_changes(old, new, body_name, unit_name)

    return life(entries, changes, began, today=today, reforms=reforms)


def body_changes(old: BodyEntry, new: BodyEntry, body_name: Namer, unit_name: Namer) -> list[Change]:
    """What differs between two entries that follow each other, as sentences."""
    found = []
    facts: dict[str, str]
    if old.name != new.name:
        facts = {"old": old.name, "new": new.name}
        found.append(Change(_("Renamed from %(old)s to %(new)s") % facts, "l-rename", 6))
    if old.superior_id != new.superior_id:
        facts = {"new": body_name(new.superior_id, new.since) or "–"}
        found.append(Change(_("Its superior is now: %(new)s") % facts, "walk-line", 5))
    if old.leader_id != new.leader_id:
        facts = {"new": body_name(new.leader_id, new.since) or "–"}
        found.append(Change(_("It is now led by: %(new)s") % facts, "walk-lead", 4))
    if old.seat_id != new.seat_id:
        facts = {"old": unit_name(old.seat_id, old.since), "new": unit_name(new.seat_id, new.since)}
        found.append(Change(_("Its seat moved from %(old)s to %(new)s") % facts, "l-move", 3))
    if old.kind_id != new.kind_id:
        found.append(Change(_("Its kind is now: %(kind)s") % {"kind": new.kind}, "l-rename", 2))
    if old.form_id != new.form_id:
        found.append(Change(_("Its form is now: %(form)s") % {"form": new.form}, "l-rename", 2))
    if old.code != new.code:
        facts = {"old": old.code or "–", "new": new.code or "–"}
        found.append(Change(_("Code changed from %(old)s to %(new)s") % facts, "l-rename", 1))
    return found
