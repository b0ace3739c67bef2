"""Opening a round over many bodies at once, closing it, taking it up again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.refusals import Refused, check_texts
from gongjian.register.walks import path_range

from . import asking
from .models import TellingRound
from .refusing import keeping
from .states import move, subject_of

LONGEST_ROUND = timedelta(days=200)
FURTHEST = timedelta(days=366)

# The bodies below the host in its line, and those it leads, all the way down; each is commented on by its superior, if
# that is among them or the host itself, else by the one that leads it, else by the host.
FOUND = """
WITH around AS (
  SELECT b.id, e.superior_id, e.leader_id FROM register_body b
  JOIN register_bodyentry e ON e.body_id = b.id AND e.valid @> %(today)s::date
  WHERE b.line_id = %(line)s AND b.line_path >= %(first)s AND b.line_path < %(end)s
  UNION
  SELECT b.id, e.superior_id, e.leader_id FROM register_body b
  JOIN register_bodyentry e ON e.body_id = b.id AND e.valid @> %(today)s::date
  WHERE b.lead_path >= %(lead_first)s AND b.lead_path < %(lead_end)s
),
found AS (
  SELECT a.id, CASE
      WHEN a.superior_id IN (SELECT id FROM around) THEN a.superior_id
      WHEN a.leader_id IN (SELECT id FROM around) THEN a.leader_id
      ELSE %(host)s END AS commenter
  FROM around a JOIN register_body b ON b.id = a.id
  JOIN register_bodyentry e ON e.body_id = a.id AND e.valid @> %(today)s::date
  JOIN register_unitentry u ON u.unit_id = e.seat_id AND u.valid @> %(today)s::date
  JOIN register_unitkind k ON k.key = u.kind_id
  WHERE a.id <> %(host)s AND (%(of_line)s = '' OR b.line_id = %(of_line)s) AND (%(kind)s = '' OR e.kind_id = %(kind)s)
    AND (%(level)s = '' OR k.level = %(level)s)
    AND (NOT %(direct)s OR a.superior_id = %(host)s OR a.leader_id = %(host)s)
)
"""
PUT_IN = """
INSERT INTO telling_telling (round_id, body_id, commenter_id, state, promised, done, undone, reason, range)
SELECT %(round)s, id, commenter, 'scheduled', '[]', '', '', '', '' FROM found ORDER BY id
"""


@dataclass(frozen=True)
class Outlook:
    """How many bodies a choice finds, and how many comment on them."""

    bodies: int
    commenters: int


class Opened(NamedTuple):
    """A round, and in sentences why some in it were not asked."""

    round: TellingRound
    unasked: list[str]


def outlook(host: Body, chosen: Mapping[str, Any], today: date) -> Outlook:
    with connection.cursor() as cursor:
        cursor.execute(f"{FOUND} SELECT count(*), count(DISTINCT commenter) FROM found", _given(host, chosen, today))
        return Outlook(*cursor.fetchone())


@in_sentences
def open_round(host: Body, *, chosen: Mapping[str, Any], today: date, now: datetime, by: User, **fields: Any) -> Opened:
    """`fields`: name, kind, since, until, tell_by, comment_by, days_to_put_right, range. Each body found has its
    telling; it is asked to tell, and who comments is asked to comment. Raises Refused."""
    office = keeping(by, host)
    if not host.line_path:
        raise Refused(_("The organisation does not stand any more. Choose another one."))
    fields["name"] = fields["name"].strip()
    _check_days(fields, today)
    if not fields["name"] or TellingRound.objects.filter(host=host, name=fields["name"]).exists():
        raise Refused(_("Give the round a name that none of this organisation's has."))
    check_texts(TellingRound, {"name": fields["name"]})
    kept = {key: value for key, value in chosen.items() if value}
    made = TellingRound.objects.create(host=host, chosen=kept, opened_by=by, opened_at=now, **fields)
    with connection.cursor() as cursor:
        cursor.execute(FOUND + PUT_IN, _given(host, chosen, today) | {"round": made.pk})
        count = cursor.rowcount
    if not count:
        raise Refused(_("Nobody stands below this organisation that fits. Choose wider."))
    facts = {"bodies": count, "chosen": kept, "tell_by": made.tell_by.isoformat()}
    record("telling.open_round", by=by, subject=subject_of(made), on=made.since, facts=facts, as_office=office)
    return Opened(made, asking.ask_round(made, today=today, now=now, by=by))


@in_sentences
def close_round(found: TellingRound, *, now: datetime, by: Reader) -> TellingRound:
    """Nothing more is told, commented on or put right in it, and nobody is asked any longer. Raises Refused."""
    found, office = _held(found, by)
    move(found, "close", by=by, as_office=office)
    asking.close_all(found, now=now, by=by)
    return found


@in_sentences
def reopen_round(found: TellingRound, *, by: Reader) -> TellingRound:
    """It goes on where it stood. Raises Refused."""
    found, office = _held(found, by)
    move(found, "reopen", by=by, as_office=office)
    return found


def _held(found: TellingRound, by: Reader) -> tuple[TellingRound, str]:
    locked = TellingRound.objects.select_for_update(of=("self",)).select_related("host__line").get(pk=found.pk)
    return locked, keeping(by, locked.host)


def _check_days(fields: Mapping[str, Any], today: date) -> None:
    since, until, tell_by, comment_by = (fields[name] for name in ("since", "until", "tell_by", "comment_by"))
    if not since <= until or until - since > LONGEST_ROUND:
        raise Refused(_("A round tells of a quarter or half a year. Choose its first and last day anew."))
    if tell_by <= today or not since <= tell_by <= comment_by:
        raise Refused(_("It is told from tomorrow on, and commented on after that. Choose the days anew."))
    if comment_by - today > FURTHEST:
        raise Refused(_("That is more than a year off. Open the round nearer to it."))


def _given(host: Body, chosen: Mapping[str, Any], today: date) -> dict[str, Any]:
    first, end = path_range(host.line_path) if host.line_path else ("", "")
    lead_first, lead_end = path_range(host.lead_path) if host.lead_path else ("", "")
    return {
        "host": host.pk, "line": host.line_id, "first": first, "end": end, "lead_first": lead_first,
        "lead_end": lead_end, "today": today, "of_line": chosen.get("line") or "", "kind": chosen.get("kind") or "",
        "level": chosen.get("level") or "", "direct": bool(chosen.get("direct")),
    }  # fmt: skip
