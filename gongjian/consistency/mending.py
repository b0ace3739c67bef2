"""Where a doubt is mended: the keys that a check of the pack may name, and the page that each of them opens."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongjian.register.access import can_change_register
from gongjian.register.keeping import keeps_unit
from gongjian.ui.templatetags.ui import keep_day

from .models import Doubt

ALL, PLACE, ANYBODY = "all", "place", "anybody"
# key: (address, what to do there, who comes in: whoever keeps the whole register, that of the place, anybody)
PAGES = {
    "unit": ("unit", (), _("Open the unit"), ANYBODY),
    "unit_amend": ("unit_change", ("amend",), _("Rename, recode or move"), ALL),
    "unit_close": ("unit_change", ("close",), _("Close the unit"), ALL),
    "unit_merge": ("unit_change", ("merge",), _("Merge the two"), ALL),
    "unit_keep": ("unit_keep", (), _("Enter head-counts, state or venues"), PLACE),
    "body_keep": ("body_keep", (), _("Enter a term or what it covers"), PLACE),
    "venue_keep": ("venue_keep", (), _("Enter hours, plaques or a check"), PLACE),
    "body": ("body", (), _("Open the organisation"), ANYBODY),
    "body_amend": ("body_change", ("amend",), _("Change what it stands under"), ALL),
    "body_close": ("body_change", ("close",), _("Close the organisation"), ALL),
    "body_merge": ("body_change", ("merge",), _("Merge the two"), ALL),
    "offices": ("offices", (), _("Give or end an office"), ANYBODY),
    "roll": ("roll", (), _("Look at the roll"), ANYBODY),
    "units_file": ("imports", (), _("Take in a file of units"), ALL),
    "bodies_file": ("imports", (), _("Take in a file of organisations"), ALL),
}


def way_to_mend(doubt: Doubt, mends: str, request: HttpRequest) -> tuple[str, str]:
    """The address of the page on which the reader can do something about it, and what that is.

    Who does not keep the register is led to the page of the thing itself, which says who does.
    """
    page, more, words, who = PAGES[mends]
    if not _comes_in(who, doubt, request):
        page, more, words, _who = PAGES[_thing(doubt)]
    if page == "imports":
        return reverse(page), str(words)
    return keep_day(reverse(page, args=[_id(doubt, page), *more]), request), str(words)


def _comes_in(who: str, doubt: Doubt, request: HttpRequest) -> bool:
    if who == PLACE:
        return keeps_unit(request.user, doubt.place)
    return who == ANYBODY or can_change_register(request.user)


def own_page(doubt: Doubt, request: HttpRequest) -> str:
    """The page that shows what the doubt is about; a venue stands on the page of its unit."""
    thing = _thing(doubt)
    return keep_day(reverse(thing, args=[_id(doubt, thing)]), request)


def _thing(doubt: Doubt) -> str:
    return "body" if doubt.body_id else "unit"


def _id(doubt: Doubt, page: str) -> int:
    """Of the page of a unit or of a body; a venue is kept by its owner and shown where it lies."""
    if page.startswith("venue"):
        return int(doubt.venue_id or 0)
    if page.startswith("unit"):
        return doubt.unit_id or (doubt.venue.unit_id if doubt.venue else doubt.place_id)
    return doubt.body_id or doubt.venue.owner_id  # type: ignore[union-attr]  # no check of units is mended at a body
