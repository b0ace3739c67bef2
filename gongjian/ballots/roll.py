"""The roll of a poll: drawn up from the register on a day, frozen and hashed; later changes by unit, with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from gongjian.chronicle.record import record
from gongjian.register.access import Reader, persons_visible_to
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, Line, Membership, Person, Unit, UnitEntry
from gongjian.register.refusals import Refused
from gongjian.register.walks import path_range

from . import log
from .making import held
from .models import FEWEST_VOTERS, LogRow, Poll, Voter
from .states import subject_of

# The unit one step below the seat of whoever holds the poll, or that seat itself: the turnout is told of these.
DRAW_UP = """
INSERT INTO ballots_voter (poll_id, person_id, unit_id, is_off)
SELECT %(poll)s, m.person_id, min(coalesce(near.id, seat.id)), false
FROM register_membership m
JOIN register_body b ON b.id = m.body_id
JOIN register_bodyentry e ON e.body_id = b.id AND e.valid @> %(day)s::date
JOIN register_unit seat ON seat.id = e.seat_id
LEFT JOIN register_unit near ON near.path <> '' AND near.path = substring(seat.path FROM %(below)s)
WHERE m.valid @> %(day)s::date AND {bodies}
GROUP BY m.person_id
ON CONFLICT (poll_id, person_id) DO NOTHING
"""
IN_LINE = "b.line_id = %(line)s AND b.line_path >= %(first)s AND b.line_path < %(past)s"
LED = "b.line_id = %(line)s AND b.lead_path >= %(first)s AND b.lead_path < %(past)s"
MOST_NAMED = 500


@in_sentences
def draw_up(poll: Poll, *, line: Line | None, day: date, by: Reader) -> int:
    """Put on the roll whoever was a member on the day: of the body and those below it in its own line or, with
    another `line`, of the bodies of that line that it leads. How many there are now. Raises Refused."""
    poll, office = held(poll, by, Poll.State.DRAFT)
    bodies, gaps = _reach_of(poll.held_by, line)
    below = f"^{_seat_path(poll.held_by, day)}[^.]+[.]"
    with connection.cursor() as cursor:
        given = {"poll": poll.pk, "day": day, "below": below, **gaps}
        cursor.execute(DRAW_UP.format(bodies=bodies), given)
        added = cursor.rowcount
    if not added:
        raise Refused(_("Nobody was added: there are no further members there on %(day)s.") % {"day": day})
    poll.roll_day = day
    poll.save(update_fields=["roll_day"])
    facts = {"added": added, "line": line.pk if line else poll.held_by.line_id}
    record("ballots.draw_up_roll", by=by, subject=subject_of(poll), on=day, facts=facts, as_office=office)
    return poll.voters.count()


def _reach_of(body: Body, line: Line | None) -> tuple[str, dict[str, Any]]:
    is_own = line is None or line.pk == body.line_id
    path = body.line_path if is_own else body.lead_path
    if not path:
        raise Refused(_("The organisation leads nobody in that line today. Choose another line."))
    first, past = path_range(path)
    return (IN_LINE if is_own else LED), {
        "line": body.line_id if is_own else line.pk if line else "", "first": first, "past": past,
    }  # fmt: skip


def _seat_path(body: Body, day: date) -> str:
    entry = body.entries.filter(valid__contains=day).select_related("seat").first()
    return entry.seat.path.replace(".", "[.]") if entry else ""


@in_sentences
def put_on(poll: Poll, persons: Iterable[int], *, day: date, by: Reader) -> int:
    """Put persons on the roll of a draft whom the register shows to whoever does it. Raises Refused."""
    poll, office = held(poll, by, Poll.State.DRAFT)
    wanted = sorted(set(persons))[:MOST_NAMED]
    units = _units_of(wanted, day, poll)
    Voter.objects.bulk_create(
        [Voter(poll=poll, person_id=person, unit_id=units[person]) for person in wanted], ignore_conflicts=True
    )
    poll.roll_day = poll.roll_day or day
    poll.save(update_fields=["roll_day"])
    facts = {"added": len(wanted)}
    record("ballots.draw_up_roll", by=by, subject=subject_of(poll), on=day, facts=facts, as_office=office)
    return poll.voters.count()


@in_sentences
def clear(poll: Poll, *, by: Reader) -> None:
    """Begin the roll of a draft anew."""
    poll, office = held(poll, by, Poll.State.DRAFT)
    poll.voters.all().delete()
    record("ballots.clear_roll", by=by, subject=subject_of(poll), as_office=office)


def _units_of(persons: list[int], day: date, poll: Poll) -> dict[int, int]:
    """The seat of a body each belongs to on the day; that of the poll's own body for whoever belongs to none."""
    own = poll.held_by.entries.filter(valid__contains=day).values_list("seat", flat=True).first()
    if own is None:
        raise Refused(_("The organisation does not stand on %(day)s. Choose another day.") % {"day": day})
    seats = Membership.objects.filter(person__in=persons, valid__contains=day, body__entries__valid__contains=day)
    found = dict(seats.order_by("-body_id").values_list("person", "body__entries__seat"))
    return {person: found.get(person, own) for person in persons}


# == after it was frozen ==
@in_sentences
def add_later(poll: Poll, person: Person, *, why: str, today: date, now: datetime, by: Reader) -> Voter:
    """Somebody forgotten gets on the frozen roll; the log says in which unit and why, and not who. Raises Refused."""
    poll, office = held(poll, by, Poll.State.READY, Poll.State.OPEN)
    voter = Voter.objects.filter(poll=poll, person=person).first()
    if voter is not None and not voter.is_off:
        raise Refused(_("This person is on the roll already."))
    if voter is None:
        unit = _units_of([person.pk], today, poll)[person.pk]
        voter = Voter.objects.create(poll=poll, person=person, unit_id=unit)
    else:
        voter.is_off = False
        voter.save(update_fields=["is_off"])
    _tell(poll, voter, 1, why, today, now, by, office)
    return voter


@in_sentences
def take_off(voter: Voter, *, why: str, today: date, now: datetime, by: Reader) -> Voter:
    """Somebody gets off the frozen roll; what they cast does not count. Raises Refused."""
    poll, office = held(voter.poll, by, Poll.State.READY, Poll.State.OPEN)
    voter = Voter.objects.select_for_update(no_key=True).get(pk=voter.pk)
    if voter.is_off:
        raise Refused(_("This person is off the roll already."))
    voter.is_off = True
    voter.save(update_fields=["is_off"])
    _tell(poll, voter, -1, why, today, now, by, office)
    return voter


def _tell(poll: Poll, voter: Voter, change: int, why: str, today: date, now: datetime, by: Reader, office: str) -> None:
    if not why.strip():
        raise Refused(_("Say why the roll changes. Everybody reads it, so name nobody."))
    unit = UnitEntry.objects.filter(unit=voter.unit_id, valid__contains=today).values_list("name", flat=True).first()
    what = {
        "unit": unit or _("a unit that has ended"),
        "day": today.isoformat(),
        "added": max(change, 0),
        "removed": max(-change, 0),
        "why": why.strip(),
    }
    log.add(poll, [log.content(LogRow.Kind.ROLL_CHANGE, what)], now)
    verb = "ballots.add_to_roll" if change > 0 else "ballots.take_off_roll"
    facts = {"unit": voter.unit_id, "why": why.strip()}
    record(verb, by=by, subject=subject_of(poll), on=today, facts=facts, as_office=office)


# == questions ==
def on_roll(poll: Poll) -> int:
    return Voter.objects.filter(poll=poll, is_off=False).count()


def is_long_enough(poll: Poll) -> bool:
    return on_roll(poll) >= FEWEST_VOTERS


def by_unit(poll: Poll, day: date) -> list[tuple[str, int]]:
    """How many are on the roll of each unit, by its code's order of the register. Two queries."""
    counts = dict(Voter.objects.filter(poll=poll, is_off=False).order_by().values_list("unit").annotate(Count("pk")))
    names = dict(UnitEntry.objects.filter(unit__in=counts, valid__contains=day).values_list("unit", "name"))
    order = Unit.objects.filter(pk__in=counts).order_by("path", "pk").values_list("pk", flat=True)
    return [(names.get(id, ""), counts[id]) for id in order]


def offered(reader: Reader, poll: Poll, name: str) -> list[Person]:
    """People of this name whom the reader may see and who are not on the roll."""
    known = Voter.objects.filter(poll=poll, is_off=False).values("person")
    found = persons_visible_to(reader).filter(~Q(pk__in=known), name=name.strip())
    return list(found.order_by("pk")[:20]) if name.strip() else []
