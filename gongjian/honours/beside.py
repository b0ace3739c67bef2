"""The block of honours on the page of a unit, a body or a person: what it held on the day of the page."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.register.access import Reader
from gongjian.register.queries.beside import Block, Line

from .access import awards_visible_to
from .models import Award

MOST = 10


def tell(reader: Reader, day: date, kind: str, id: int) -> Block:
    """What was given until that day, the last first; what was withdrawn by then says so. One query. Of a unit or a
    body the last ones, and where the others stand; of a person all."""
    rows = awards_visible_to(reader).filter(**{kind: id}, awarded_on__lte=day).exclude(state=Award.State.ENTERED)
    rows = rows.select_related("honour").order_by("-awarded_on", "-id")
    found = list(rows if kind == "person" else rows[: MOST + 1])
    if kind == "person" or len(found) <= MOST:
        return Block(_("Honours"), [_line(each, day) for each in found])
    whole = Line(
        _("All honours"), reverse(f"{kind}_honours", args=[id]), _("These are the last %(most)s.") % {"most": MOST}
    )
    return Block(_("Honours"), [*(_line(each, day) for each in found[:MOST]), whole])


def _line(award: Award, day: date) -> Line:
    name = f"{award.honour} · {award.team}" if award.team else str(award.honour)
    had_ended = award.ended_on is not None and award.ended_on <= day
    since = award.awarded_on.isoformat()
    note = f"{since} · {award.get_state_display()}" if had_ended else since
    return Line(name, reverse("honour_award", args=[award.pk]), note)
