"""What a search is: SQL over the register of a day that answers the ids of units, bodies or venues.

It reads the tables of standing.py (unit_now, body_now, cover_now, venue_now, term_now, officer_now) and, where time
matters, the register's own. `%(day)s` is the day; what else it needs – lines, kinds, limits – it names in its
decorator, and the pack gives it. A number of the pack is a whole number, or the key of one of its thresholds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from django.utils.translation import gettext as _

Of: TypeAlias = Literal["unit", "body", "venue"]
Known: TypeAlias = Mapping[str, Collection[str]]
# What may be given: one word of the pack or a list of them, a number, a column of head-counts, or plaque → line.
WORDS = {"line": "line", "level": "level", "heads": "heads"}
LISTS = {"kinds": "body_kind", "unit_kinds": "unit_kind", "forms": "form", "statuses": "status"}
HEADS = ("staff", "women", "under_35", "dispatched", "migrant")
LEVELS = ("city", "county", "town", "village", "place", "employer")


@dataclass(frozen=True)
class Search:
    """`asks`: what the pack has to give it, by name, and of which sort."""

    name: str
    of: Of
    sees: str
    asks: Mapping[str, str]
    sql: str


SEARCHES: dict[str, Search] = {}


def finds(of: Of, *, sees: str = "", **asks: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """Puts a function that returns the SQL among the searches, under its own name."""

    def taken(search: Callable[[], str]) -> Callable[[], str]:
        SEARCHES[search.__name__] = Search(search.__name__, of, sees, asks, search())
        return search

    return taken


# == parts of the SQL ==
WORKS = "u.status = 'active'"
EMPLOYER = "u.level = 'employer'"
# How many people the unit u counts, by the kind that the pack names; NULL where nobody knows.
COUNTED = "CASE %(heads)s {} END".format(" ".join(f"WHEN '{each}' THEN u.{each}" for each in HEADS))


def covered(line: str) -> str:
    """Whether a body of the line covers the unit u; `line` is the name under which the pack gives it."""
    return f"EXISTS (SELECT 1 FROM cover_now c WHERE c.unit = u.id AND c.line = %({line})s)"


# == what the pack gives ==
def faults(name: str, given: Mapping[str, Any], known: Known) -> Iterator[str]:
    """In sentences, what does not fit the search; `known` holds the pack's own words by their list."""
    search = SEARCHES.get(name)
    if search is None:
        yield _("there is no search “%(name)s”; write one of %(allowed)s.") % {
            "name": name,
            "allowed": ", ".join(sorted(SEARCHES)),
        }
        return
    for key in sorted(search.asks.keys() - given.keys()):
        yield _("“%(name)s” needs “%(key)s”; add it to “given”.") % {"name": name, "key": key}
    for key in sorted(given.keys() - search.asks.keys()):
        yield _("“%(name)s” does not know “%(key)s”; remove it from “given”.") % {"name": name, "key": key}
    for key in sorted(given.keys() & search.asks.keys()):
        if not _fits(search.asks[key], given[key], known):
            yield _("“%(value)s” does not fit “%(key)s”; write %(expected)s.") % {
                "value": given[key],
                "key": key,
                "expected": _expected(search.asks[key]),
            }


def _fits(sort: str, value: Any, known: Known) -> bool:
    if sort == "number":
        is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        return is_number or (isinstance(value, str) and value in known["threshold"])
    if sort == "plaques":
        is_map = isinstance(value, dict) and bool(value)
        return is_map and set(value) <= {*known["plaque"]} and set(value.values()) <= {*known["line"]}
    if sort in LISTS:
        return isinstance(value, list) and bool(value) and set(value) <= {*known[LISTS[sort]]}
    return isinstance(value, str) and value in {**known, "heads": HEADS, "level": LEVELS}[WORDS[sort]]


def _expected(sort: str) -> str:
    if sort == "number":
        return _("a whole number, or the key of a threshold")
    if sort == "plaques":
        return _("a table of plaques, each with its line")
    if sort in LISTS:
        return _("a list of keys that stand in the pack")
    return _("a key that stands in the pack")
