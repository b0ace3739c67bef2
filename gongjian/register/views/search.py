"""The one search box: results as a page that works without script."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from ..queries.search import MOST_FOUND, PAGE, found
from .door import DayRequest, signed_in_only

LONGEST = 100


@signed_in_only
def search(request: DayRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    facts = {
        "q": words,
        "place": "search",
        "found": found(request.user, words, request.day, _page(request)) if words else None,
    }
    return render(request, "register/search.html", facts)


def _page(request: DayRequest) -> int:
    typed = request.GET.get("page", "")
    return min(max(int(typed), 1), 2 * MOST_FOUND // PAGE) if typed.isdecimal() and len(typed) < 4 else 1
