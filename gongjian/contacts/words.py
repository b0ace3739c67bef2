"""How a contact point and its visits of the year are told, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .pace import Pace, Standing

STATES: dict[str, str | Promise] = {
    "stands": gettext_lazy("In force"),
    "mend": gettext_lazy("To be mended"),
    "to_come": gettext_lazy("Not begun yet"),
    "ended": gettext_lazy("Ended"),
}


def pace_said(pace: Pace) -> str:
    """2 of 4, the next until 2026-09-30."""
    gaps = {"made": pace.made, "wanted": pace.wanted, "day": pace.next_by.isoformat() if pace.next_by else ""}
    match pace.standing:
        case Standing.REACHED:
            return _("%(made)s of %(wanted)s, all that were wanted this year") % gaps
        case Standing.IN_TIME:
            return _("%(made)s of %(wanted)s, the next until %(day)s") % gaps
        case Standing.BEHIND:
            return _("%(made)s of %(wanted)s, the next was wanted until %(day)s") % gaps
        case Standing.TOO_EARLY:
            return _("%(made)s of %(wanted)s, too early to say; the first until %(day)s") % gaps
        case Standing.NONE_WANTED:
            return _("none wanted this year any more")
