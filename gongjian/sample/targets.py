"""Targets of the sample city: made up, but for the rates that the speech names."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from gongjian.indicators.models import Indicator
from gongjian.indicators.targets import set_target
from gongjian.register.authority.reach import OPERATOR
from gongjian.register.models import BodyEntry, UnitEntry

DOCUMENT = "样例文件：市创先争优活动年度目标"
# In per cent, by the end of next year. Only 90 and 100 are rates of the speech of 15 December 2010.
GOALS = {
    "union_enterprises": 90,
    "union_enterprises_25": 95,
    "party_employers": 25,
    "league_employers": 22,
    "womens_home": 100,
    "venues_six_items": 40,
    "terms_running": 85,
}


def set_all(today: date) -> int:
    """Set the city's targets, in force since the beginning of last year; how many. None where there is no city."""
    city = UnitEntry.objects.on(today).filter(parent=None).select_related("unit").first()
    if city is None:
        return 0
    begins, due = date(today.year - 1, 1, 1), date(today.year + 1, 12, 31)
    owners = {
        entry.body.line_id: entry.body
        for entry in BodyEntry.objects.on(today).filter(seat=city.unit_id).select_related("body").order_by("-body_id")
    }
    found = Indicator.objects.filter(pk__in=GOALS)
    for each in found:
        set_target(
            each,
            city.unit,
            goal=Decimal(GOALS[each.pk]),
            due=due,
            baseline_on=begins,
            document=DOCUMENT,
            today=begins,
            by=OPERATOR,
            owner=owners.get(each.line_id or "party"),
        )
    return len(found)
