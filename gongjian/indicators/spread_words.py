"""What unevenness comes to, in sentences; and what is said of one place."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongjian.ui.templatetags.ui import percent, thousands
from rollup.uneven import Luck

from .spread import Row, Spread

NAMED = 5  # so many places are named in a sentence, and no more


def sentences(spread: Spread, called: str) -> list[str]:
    """What can be told apart, how much is luck, and who stands out; `called` is the name of the class."""
    if len(spread.rows) < 2:
        return [_("There is one place of this class here: nothing to compare it with.")]
    return [_told_apart(spread, called), _beyond_luck(spread), *_standing_out(spread)]


def _told_apart(spread: Spread, called: str) -> str:
    lower, higher, all = len(spread.of("lower")), len(spread.of("higher")), len(spread.rows)
    gaps = {
        "class": called,
        "all": thousands(all),
        "lower": thousands(lower),
        "higher": thousands(higher),
        "rest": thousands(all - lower - higher),
        "rate": percent(spread.comparison.overall),
        "expected": f"{spread.comparison.expected_outside:.{1 if all >= 50 else 2}f}",
    }
    if not lower + higher:
        sentence = _(
            "%(class)s compared: %(all)s. None is lower or higher than luck explains: they cannot be told apart from "
            "the whole, %(rate)s %%."
        )
    elif lower + higher == all:
        sentence = _(
            "%(class)s compared: %(all)s. Lower than luck explains: %(lower)s. Higher: %(higher)s. None is left that "
            "could be taken for the whole, %(rate)s %%. By luck alone about %(expected)s would lie outside."
        )
    else:
        sentence = _(
            "%(class)s compared: %(all)s. Lower than luck explains: %(lower)s. Higher: %(higher)s. The other %(rest)s "
            "cannot be told apart from the whole, %(rate)s %%. By luck alone about %(expected)s would lie outside."
        )
    return sentence % gaps


def _beyond_luck(spread: Spread) -> str:
    found = spread.comparison.spread
    gaps = {name: f"{100 * getattr(found, name):.1f}" for name in ("seen", "luck", "beyond", "low", "high")}
    if not found.is_real:
        sentence = _(
            "Their rates differ by ± %(seen)s points; equal places would differ by ± %(luck)s by luck. So no "
            "difference between them is shown, though one of up to ± %(high)s points could hide in it."
        )
    else:
        sentence = _(
            "Their rates differ by ± %(seen)s points; equal places would differ by ± %(luck)s by luck. Beyond luck "
            "they differ by ± %(beyond)s points (between %(low)s and %(high)s)."
        )
    return sentence % gaps


def _standing_out(spread: Spread) -> list[str]:
    """Only where the places differ: otherwise whoever lies outside the limits stands out, and that was said."""
    if not spread.comparison.spread.is_real:
        return []
    rows = spread.standing_out
    if not rows:
        return [_("Among places that differ so much none stands out.")]
    if len(rows) > NAMED:
        return [_("Even among places that differ so much, %(count)s stand out.") % {"count": thousands(len(rows))}]
    gaps = {"names": "、".join(row.place.name for row in rows)}
    return [_("Even among places that differ so much, these stand out: %(names)s.") % gaps]


def verdict(luck: Luck) -> str:
    """What is said of one place."""
    return {
        "lower": _("Lower than luck explains"),
        "higher": _("Higher than luck explains"),
        "low": _("Rather low; one in twenty is by luck"),
        "high": _("Rather high; one in twenty is by luck"),
        "within": _("Cannot be told apart from the whole"),
    }[luck]


def short_verdict(row: Row) -> str:
    """The same in a few words, for a table; empty within the limits."""
    return {
        "lower": _("lower than luck"),
        "higher": _("higher than luck"),
        "low": _("rather low"),
        "high": _("rather high"),
        "within": "",
    }[row.standing.luck]
