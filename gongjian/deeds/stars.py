"""Naming deeds the stars of a month, a quarter or a year: by the body that selected them or one above, on a ground."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.refusals import Refused

from .models import Deed, Star
from .refusing import held_deed, keeping, texts
from .states import move


def first_of(span: str, day: date) -> date:
    """The first day of the month, quarter or year in which the day lies."""
    if span == Star.Span.YEAR:
        return date(day.year, 1, 1)
    month = day.month if span == Star.Span.MONTH else (day.month - 1) // 3 * 3 + 1
    return date(day.year, month, 1)


@in_sentences
def name_star(deed: Deed, *, body: Body, span: str, of: date, ground: str, today: date, by: Reader) -> Star:
    """`of`: any day of the span. `ground`: the selection, or who decided and on what ground. Raises Refused."""
    deed = held_deed(deed, by)
    office = keeping(by, body, _("Stars are named by whoever keeps the plan of the organisation. Your offices do not."))
    if not _stands_below(deed, body):
        raise Refused(_("This deed was selected elsewhere. Choose one of your own organisation or of one below."))
    if deed.state == Deed.State.RUNNING:
        raise Refused(_("It stands in a selection, which names its own stars. Name it once that is published."))
    return star_of(deed, body=body, span=span, of=of, ground=ground, today=today, by=by, office=office)


def star_of(
    deed: Deed, *, body: Body, span: str, of: date, ground: str, today: date, by: Reader, office: str
) -> Star:  # fmt: skip
    """The same for whoever found out already that it may be named, as a selection does. Raises Refused."""
    since = first_of(span, of)
    if since > today:
        raise Refused(_("This time has not begun yet. Choose one that has."))
    said = texts(Star, {"ground": ground}, {"ground": _("Say on what ground: which selection, or who decided.")})
    if Star.objects.filter(deed=deed, body=body, span=span, since=since).exists():
        raise Refused(_("It was named for this time already."))
    act = move(deed, "name_star", by=by, as_office=office)
    return Star.objects.create(deed=deed, body=body, span=span, since=since, named_on=today, act=act, **said)


def _stands_below(deed: Deed, body: Body) -> bool:
    """Was it selected by the body, or by one below it in its line or led by it?"""
    chosen = deed.selected_by
    if chosen is None:
        return False
    in_line = bool(body.line_path) and chosen.line_id == body.line_id and chosen.line_path.startswith(body.line_path)
    is_led = bool(body.lead_path) and chosen.lead_path.startswith(body.lead_path)
    return chosen == body or in_line or is_led
