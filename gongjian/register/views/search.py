"""The one search box: results as a page that works without script, and the first hits while one types."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from ..queries.search import MOST_FOUND, PAGE, found
from .door import DayRequest

LONGEST = 100
SUGGESTED = 8


def search(request: DayRequest) -> HttpResponse:
    words = _words(request)
    facts = {
        "q": words,
        "place": "search",
        "found": found(request.user, words, request.day, _page(request)) if words else None,
    }
    return render(request, "register/search.html", facts)


def suggest(request: DayRequest) -> HttpResponse:
    """The best hits on the day of the page, for the box while one types in it."""
    hits = found(request.user, _words(request), request.day, size=SUGGESTED)
    said = _("Hits: %(count)s. Down and up choose one.") % {"count": len(hits.hits)} if hits.hits else _("No hit yet")
    return render(request, "register/suggest.html", {"found": hits, "said": said})


def _words(request: DayRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]


def _page(request: DayRequest) -> int:
    typed = request.GET.get("page", "")
    return min(max(int(typed), 1), 2 * MOST_FOUND // PAGE) if typed.isdecimal() and len(typed) < 4 else 1
