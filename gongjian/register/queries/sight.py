"""Who can see somebody: for each organisation they belong to, the offices that open what stands there of them.

The same openings as `authority.policy` gives for one body, for all of them in one query; a test holds that they agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from ..access import Reader, offices_visible_to
from ..authority.policy import Opening
from ..authority.reach import Walk
from ..models import BodyEntry, Membership, Office, Permission, Person
from .why import TOLD, Holder, holder_of, names_of, once

SOUGHT = (Permission.SEE_PEOPLE, Permission.APPOINT, Permission.KEEP_REGISTER, Permission.SEE_CHANGES)
OF_THE_WHOLE = {Permission.KEEP_REGISTER.value, Permission.SEE_CHANGES.value}


@dataclass(frozen=True)
class Opened:
    """An opening of one of the bodies, the words it carries, and whether it reaches the whole territory."""

    body_id: int
    opening: Opening
    words: frozenset[str]
    is_whole: bool


@dataclass(frozen=True)
class Way:
    """An office or a membership of somebody, who sees it (the nearest first), and who mends it."""

    office: Office | None
    membership: Membership | None
    body_id: int
    body: str
    since: date
    until: date | None
    is_public: bool
    holders: list[Holder]
    count: int
    keepers: list[Holder]


@dataclass(frozen=True)
class Sight:
    """All the ways in which somebody is seen, and who sees what they wrote into the register."""

    ways: list[Way]
    sees_deeds: list[Holder]
    keeps_all: list[Holder]


def who_sees(reader: Reader, person: Person, today: date) -> Sight:
    """By which of their offices and memberships of today a person is seen, and by whose office. Six queries."""
    offices = list(Office.objects.on(today).filter(person=person).select_related("kind").order_by("kind", "id"))
    memberships = list(Membership.objects.on(today).filter(person=person).order_by("id"))
    everything: list[Office | Membership] = [*offices, *memberships]
    bodies = {each.body_id for each in everything}
    if not bodies:
        return Sight([], [], [])
    found = openings_of(bodies, today)
    names = names_of(reader, [each.opening for each in found], today)
    called = dict(BodyEntry.objects.filter(body__in=bodies).order_by("valid").values_list("body_id", "name"))
    public = set(
        offices_visible_to(AnonymousUser()).filter(pk__in=[each.pk for each in offices]).values_list("pk", flat=True)
    )

    def told(some: Iterable[Opened]) -> list[Holder]:
        return [holder_of(each, names, person.pk) for each in once([each.opening for each in some])]

    def way(held: Office | Membership) -> Way:
        here = [each for each in found if each.body_id == held.body_id]
        is_office = isinstance(held, Office)
        holders = told(
            each
            for each in here
            if Permission.SEE_PEOPLE in each.words and (is_office or each.opening.walk == Walk.LINE)
        )
        return Way(
            office=held if isinstance(held, Office) else None,
            membership=held if isinstance(held, Membership) else None,
            body_id=held.body_id,
            body=called.get(held.body_id, "?"),
            since=held.since,
            until=held.until,
            is_public=held.pk in public if is_office else False,
            holders=holders[:TOLD],
            count=len(holders),
            keepers=told(each for each in here if Permission.APPOINT in each.words and each.opening.steps > 0)[:1],
        )

    whole = [each for each in found if each.is_whole]
    return Sight(
        ways=[way(held) for held in everything],
        sees_deeds=_each_once(told(each for each in whole if OF_THE_WHOLE & each.words)),
        keeps_all=_each_once(told(each for each in whole if Permission.KEEP_REGISTER in each.words)),
    )


def _each_once(holders: list[Holder]) -> list[Holder]:
    seen: dict[tuple[str, int, str, bool], Holder] = {}
    for each in holders:
        seen.setdefault((each.office, each.body_id, each.name, each.is_lent), each)
    return list(seen.values())[:TOLD]


def openings_of(bodies: Iterable[int], today: date) -> list[Opened]:
    """Every office that carries a sought word over one of the bodies today, the nearest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _OPENINGS,
            {"bodies": list(bodies), "day": today, "words": [word.value for word in SOUGHT]},
        )
        found = [
            Opened(body, Opening(*rest), frozenset(words), is_whole)
            for body, *rest, words, is_whole in cursor.fetchall()
        ]
    return sorted(
        found,
        key=lambda each: (
            each.opening.steps, each.opening.walk, each.opening.office_id, each.opening.delegation_id or 0,
            each.opening.role_id,
        ),
    )  # fmt: skip


# A path names what stands above, a step each, "b12." for 12; what stands no more has the path of where it last lay.
_OPENINGS = """
WITH place(body, line, walk, path, off) AS (
  SELECT id, line_id, 'line', coalesce(nullif(line_path, ''), last_line_path), (line_path = '')::int
  FROM register_body WHERE id = ANY(%(bodies)s)
  UNION ALL
  SELECT id, NULL, 'leadership', coalesce(nullif(lead_path, ''), last_lead_path), (lead_path = '')::int
  FROM register_body WHERE id = ANY(%(bodies)s)
  UNION ALL
  SELECT e.body_id, NULL, 'territory', coalesce(nullif(u.path, ''), u.last_path), (u.path = '')::int
  FROM register_bodyentry e JOIN register_unit u ON u.id = e.seat_id
  WHERE e.body_id = ANY(%(bodies)s) AND e.valid @> %(day)s::date
), above(body, line, walk, at, steps, is_top) AS (
  SELECT p.body, p.line, p.walk, substr(s.step, 2)::bigint, cardinality(p.steps) - s.number + p.off, s.number = 1
  FROM (SELECT *, string_to_array(rtrim(path, '.'), '.') AS steps FROM place WHERE path <> '') p
  CROSS JOIN LATERAL unnest(p.steps) WITH ORDINALITY AS s(step, number)
), sitting(body, line, walk, at, steps, is_top) AS (
  SELECT body, line, walk, at, steps, is_top FROM above WHERE walk <> 'territory'
  UNION ALL
  SELECT a.body, a.line, a.walk, e.body_id, a.steps, a.is_top
  FROM above a JOIN register_bodyentry e ON e.seat_id = a.at AND e.valid @> %(day)s::date
  WHERE a.walk = 'territory'
)
SELECT t.body, s.office_id, s.delegation_id, s.person_id, s.body_id, o.kind_id, s.role_id, s.walk, t.steps,
  s.permissions, t.walk = 'territory' AND t.is_top AND s.depth IS NULL
FROM sitting t
JOIN register_scope s ON s.body_id = t.at AND s.walk = t.walk AND s.valid @> %(day)s::date
  AND s.permissions::text[] && %(words)s::text[] AND (s.depth IS NULL OR t.steps <= s.depth)
  AND (t.line IS NULL OR s.line_id = t.line)
JOIN register_office o ON o.id = s.office_id
"""
