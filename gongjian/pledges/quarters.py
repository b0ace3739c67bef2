"""Having the word of each quarter asked of the bodies below: ordered once, then done by the worker."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.asks.sending import ask
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.authority.reach import TODAY
from gongjian.register.models import Body, BodyEntry
from gongjian.register.refusals import Refused

from .fulfilling import owing_a_word
from .models import QuarterCall, StandingOrder
from .models.quarters import quarter_of
from .refusing import keeping

MINUTES, DAYS = 5, 14


@in_sentences
def order(body: Body, *, today: date, by: User) -> StandingOrder:
    """From now on the word of each quarter is asked of the bodies below, in the name of who orders it."""
    office = keeping(by, body)
    record("pledges.order_words", by=by, subject=f"register.body:{body.pk}", as_office=office)
    return StandingOrder.objects.update_or_create(body=body, defaults={"by": by, "since": today})[0]


@in_sentences
def call_off(body: Body, *, by: Reader) -> None:
    """Nothing more is asked by itself."""
    office = keeping(by, body)
    if StandingOrder.objects.filter(body=body).delete()[0]:
        record("pledges.call_off_words", by=by, subject=f"register.body:{body.pk}", as_office=office)


def ask_all(today: date, now: datetime) -> int:
    """Every order once for this quarter; how many bodies were asked. Run again it asks nobody twice."""
    orders = StandingOrder.objects.select_related("body__line", "by").order_by("pk")
    return sum(ask_of(each, today, now) for each in orders)


def ask_of(order: StandingOrder, today: date, now: datetime) -> int:
    """The bodies right below that owe a word and were not asked; whom one cannot ask now is asked the next day."""
    year, quarter = quarter_of(today)
    asked = 0
    for body in bodies_that_owe(order.body, year, quarter):
        try:
            asked += _ask_one(order, body, year, quarter, today, now)
        except Refused:  # the office of who ordered it has ended, or the month of the body is full
            continue
    return asked


@transaction.atomic
def _ask_one(order: StandingOrder, body: Body, year: int, quarter: int, today: date, now: datetime) -> bool:
    call, new = QuarterCall.objects.get_or_create(body=body, year=year, quarter=quarter)
    if not new:
        return False
    told = {
        "kind": "tell", "minutes": MINUTES, "title": _("Say how your pledges stand this quarter"),
        "why": _("Each quarter everybody can read how what was promised stands."),
        "what": _("A sentence for each pledge is enough. Nothing else is asked for."),
        "due_on": today + timedelta(days=DAYS),
    }  # fmt: skip
    ask([body], sender=order.body, about=call.reference, today=today, now=now, by=order.by, **told)
    return True


def bodies_that_owe(above: Body, year: int, quarter: int) -> list[Body]:
    """Right below it, or led by it at the top of their line, with an open pledge that has no word in the quarter."""
    today = BodyEntry.objects.filter(valid__contains=TODAY)
    below = today.filter(superior=above).values("body")
    led = today.filter(superior=None, leader=above).values("body")
    owed = owing_a_word(year, quarter)
    bodies = Body.objects.filter(pk__in=owed.values("body")).select_related("line").order_by("pk")
    called = QuarterCall.objects.filter(year=year, quarter=quarter).values("body")
    return list((bodies.filter(pk__in=below) | bodies.filter(pk__in=led)).exclude(pk__in=called))
