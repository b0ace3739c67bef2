"""The day a page speaks of: ?on=2018-10-31 in the address, today without it."""

import re
from collections.abc import Callable
from datetime import date

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjian.ui.errors import bad_request

DAY = re.compile(r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})")


class BadDay(BadRequest):
    """What was typed names no day; the message says so to the reader."""


def read_day(typed: str) -> date:
    """The day somebody typed: 2018-10-31, 2018/10/31, 2018.10.31, 2018-1-5 or 20181031."""
    found = DAY.fullmatch(typed.strip())
    if found is None or (not found[2] and len(typed.strip()) != 8):
        raise BadDay(
            _("“%(typed)s” is not a day. Write it as year-month-day, for example 2018-10-31.") % {"typed": typed[:40]}
        )
    try:
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        raise BadDay(
            _("There is no day %(typed)s in the calendar. Look at the month and the day again.") % {"typed": typed[:40]}
        ) from None


class AsOfMiddleware:
    """Sets request.day, request.today, request.is_past and request.is_future."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        set_day(request, today, today)
        typed = request.GET.get("on", "").strip()
        if typed:
            try:
                set_day(request, read_day(typed), today)
            except BadDay as bad:
                return bad_request(request, bad)
        return self.get_response(request)


def set_day(request: HttpRequest, day: date, today: date) -> None:
    request.day = day  # type: ignore[attr-defined]
    request.today = today  # type: ignore[attr-defined]
    request.is_past = day < today  # type: ignore[attr-defined]
    request.is_future = day > today  # type: ignore[attr-defined]
