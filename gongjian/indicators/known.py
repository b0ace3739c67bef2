"""What the figures know of where an organisation sits, told to the catalogue of known facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy

from gongjian.asks.facts import Fact, Source, Value, add
from gongjian.register.access import Reader, body_entries_visible_to

from .access import place_readings_visible_to
from .models import Indicator, Reading
from .queries import last_read


def _facts() -> list[Fact]:
    return [
        Fact(f"figures.{each.pk}", lazystr(each), called=(f"{each.names['zh-hans']}率",))
        for each in Indicator.objects.filter(awaits="")
    ]


def _read(reader: Reader, bodies: Sequence[int], day: date) -> dict[int, dict[str, Value | None]]:
    run = last_read(day)
    if run is None:
        return {}
    seats = dict(
        body_entries_visible_to(reader).on(day).filter(body__in=bodies).values_list("body_id", "seat_id").order_by()
    )
    told: dict[int | None, dict[str, Value | None]] = {}
    for reading in place_readings_visible_to(reader).filter(unit__in=set(seats.values()), day=run.day):
        told.setdefault(reading.unit_id, {})[f"figures.{reading.indicator_id}"] = _said(reading)
    return {body: told.get(seat, {}) for body, seat in seats.items()}


def _said(reading: Reading) -> str | None:
    """As it stands on the page of figures: 84.2% (1203/1429)."""
    return None if reading.rate is None else f"{reading.rate:.1%} ({reading.numerator}/{reading.denominator})"


def _where(unit: int) -> str:
    return reverse("place_indicators", args=[unit])


def tell() -> None:
    add(Source("figures", gettext_lazy("the figures"), _where, _read, more=_facts))
