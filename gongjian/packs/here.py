"""Which federation this installation runs: its name and official days, on each request."""

import time
from collections.abc import Callable
from datetime import date

from django.http import HttpRequest, HttpResponse

from gongjian.register.models.words import spoken

from .models import LoadedPack

KEPT = 60  # seconds a process keeps what it read

_read: tuple[float, LoadedPack | None] | None = None


def loaded_pack() -> LoadedPack | None:
    """The pack of this installation, read again after a minute."""
    global _read
    if _read is None or time.monotonic() - _read[0] > KEPT:
        _read = (time.monotonic(), LoadedPack.objects.order_by("loaded_at").last())
    return _read[1]


def forget() -> None:
    """A pack was loaded: read it anew."""
    global _read
    _read = None


class PackMiddleware:
    """Sets `request.city_name` and `request.official_days`, which the head of each page shows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        pack = loaded_pack()
        request.city_name = spoken(pack.names) if pack else ""  # type: ignore[attr-defined]
        request.official_days = [date.fromisoformat(day) for day in pack.official_days] if pack else []  # type: ignore[attr-defined]
        return self.get_response(request)
