"""The three walks: by territory, by line, by leadership. A tree on wide screens, one level at a time everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.ui.templatetags.ui import keep_day, thousands

from ..models import Line
from ..queries.walk import LEAD_ROAD, ROWS, TERRITORY_ROAD, Road, Row, WalkPage, line_road, rows_below, walk_page
from .door import DayRequest

Address = Callable[..., str]


def territory(request: DayRequest, unit_id: int | None = None) -> HttpResponse:
    return _show(request, "territory", TERRITORY_ROAD, unit_id, _addresses(request, "walk_territory"), "unit")


def line(request: DayRequest, line_key: str = "", body_id: int | None = None) -> HttpResponse:
    lines = list(Line.objects.all())
    chosen = next((each for each in lines if each.key == line_key), None) if line_key else lines[0] if lines else None
    if chosen is None:
        raise Http404
    address = _addresses(request, "walk_line", chosen.key)
    return _show(request, "line", line_road(chosen), body_id, address, "body", line=chosen, lines=lines)


def lead(request: DayRequest, body_id: int | None = None) -> HttpResponse:
    return _show(request, "lead", LEAD_ROAD, body_id, _addresses(request, "walk_lead"), "body")


def territory_below(request: DayRequest, unit_id: int) -> HttpResponse:
    return _branch(request, TERRITORY_ROAD, unit_id, _addresses(request, "walk_territory"))


def line_below(request: DayRequest, line_key: str, body_id: int) -> HttpResponse:
    road = line_road(get_object_or_404(Line, key=line_key))
    return _branch(request, road, body_id, _addresses(request, "walk_line", line_key))


def lead_below(request: DayRequest, body_id: int) -> HttpResponse:
    return _branch(request, LEAD_ROAD, body_id, _addresses(request, "walk_lead"))


def _show(
    request: DayRequest, walk: str, road: Road, at: int | None, address: Address, thing: str, **facts: Any
) -> HttpResponse:
    """One page of a walk. `thing` names the page of what is walked: unit or body."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = walk_page(road, request.user, request.day, at=at, after=after, before=before)
    if page is None:
        raise Http404
    chosen = facts.get("line")
    if chosen and page.here and page.here.line and page.here.line != chosen:
        return redirect(keep_day(reverse("walk_line", args=[page.here.line.key, page.here.id]), request))
    facts |= {
        "walk": walk,
        "thing": thing,
        "page": page,
        "own_page": keep_day(reverse(thing, args=[at]), request) if at else "",
        "rows": [(row, address(row.id)) for row in page.rows],
        "trail": [(row.name, address(row.id)) for row in page.way],
        "nodes": _tree(page, address),
    }
    return render(request, "register/walk.html", facts)


def _branch(request: DayRequest, road: Road, at: int, address: Address) -> HttpResponse:
    """The rows right below one row of the tree, fifty at a time."""
    rows, page, total = rows_below(road, request.user, request.day, at, request.GET.get("after", ""))
    typed = request.GET.get("seen", "")
    seen = int(typed) if typed.isdecimal() and len(typed) < 10 else 0
    facts = {
        "nodes": [_node(row, address) for row in rows],
        "more": _more(at, address, page.next, total - seen - len(rows), seen + len(rows)),
        "announce": _("%(shown)s of %(all)s rows are shown.")
        % {"shown": thousands(seen + len(rows)), "all": thousands(total)},
    }
    return render(request, "ui/tree_children.html", facts)


def _addresses(request: DayRequest, name: str, *before: str) -> Address:
    """A maker of addresses in one walk: of the page at an id, or of the branch below it, on the day now shown."""

    def address(id: int, *, below: bool = False, **query: Any) -> str:
        path = reverse(f"{name}_below" if below else name, args=[*before, id])
        return keep_day(f"{path}?{urlencode(query)}" if query else path, request)

    return address


def _tree(page: WalkPage, address: Address) -> list[dict[str, Any]]:
    """The way from the top, opened down to here, with the neighbours of here."""
    if page.here is None:
        return [_node(row, address) for row in page.neighbours]
    beside = page.neighbours
    if page.here.id not in {row.id for row in beside}:
        beside = [page.here, *beside]
    nodes = [_node(row, address) | {"is_current": row.id == page.here.id} for row in beside]
    above = page.way[:-1]
    for height, row in enumerate(reversed(above)):
        if height == 0:
            cursor = page.neighbours_page.next if page.neighbours_page else None
            more = _more(row.id, address, cursor, row.below - len(page.neighbours), len(page.neighbours))
        else:
            text = _("All %(count)s here") % {"count": thousands(row.below)}
            more = {"text": text, "href": address(row.id)} if row.below > 1 else None
        nodes = [_node(row, address) | {"is_open": True, "children": nodes, "more": more}]
    return nodes


def _node(row: Row, address: Address) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "href": address(row.id),
        "count": row.below or None,
        "mark": row.line.mark if row.line else "",
        "children_href": address(row.id, below=True) if row.below else None,
    }


def _more(at: int, address: Address, cursor: str | None, left: int, seen: int) -> dict[str, str] | None:
    if not cursor:
        return None
    return {
        "text": _("%(count)s more") % {"count": thousands(min(left, ROWS))},
        "href": address(at, after=cursor),
        "fetch_href": address(at, below=True, after=cursor, seen=seen),
    }
