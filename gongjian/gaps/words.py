"""Why a way is suggested, in sentences: the numbers used, the threshold, and the paper it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gongjian.register.models import Threshold
from gongjian.register.models.words import spoken
from gongjian.ui.templatetags.ui import thousands

from .models import Gap, Joining, Way


@dataclass(frozen=True)
class Paper:
    """A rule in the language of the page, and what it stands on as the pack writes it: English, with Chinese titles."""

    said: str
    source: str


@dataclass(frozen=True)
class Rules:
    """The line's rule, and its threshold on the day."""

    joining: Joining
    threshold: Threshold | None

    @property
    def least(self) -> int:
        return self.threshold.least if self.threshold else 0

    @property
    def papers(self) -> list[Paper]:
        """The rule and the threshold, each with what it stands on."""
        told = [Paper(str(self.joining), self.joining.source)]
        if self.threshold:
            told.append(Paper(f"{spoken(self.threshold.names)}: {self.threshold.least}", self.threshold.source))
        return told


def why(gap: Gap, rules: Rules, *, together: int | None, units: int, body: str, is_place: bool) -> str:
    """One sentence. `together`: heads of the group, if the reader may know of it; `body`: who is responsible."""
    facts = {"heads": thousands(gap.heads), "least": rules.least, "body": body, "units": units}
    facts |= {"together": thousands(together), "most": rules.joining.most_units or 0}
    if gap.way == Way.OWN and is_place:
        return _("It is a place, and each place of this kind has a body of its own, whatever its size.")
    if gap.way == Way.JOINT and together is None:
        return _("%(heads)s people, and alone it needs %(least)s. With neighbours elsewhere it reaches that.") % facts
    return _sentences()[Way(gap.way)] % facts


def _sentences() -> Mapping[Way, str]:
    return {
        Way.OWN: _("%(heads)s people, and from %(least)s on a unit has a body of its own."),
        Way.JOINT: _(
            "%(heads)s people, and alone it needs %(least)s. The units named count %(together)s together, "
            "and are %(units)s of at most %(most)s."
        ),
        Way.AREA: _("It is too small alone or not counted, and no group was found. “%(body)s” stands there already."),
        Way.ORGANISER: _(
            "%(heads)s people, fewer than %(least)s; no group was found, and no area's body stands there."
        ),
        Way.MASS_FIRST: _(
            "%(heads)s staff, and a mass organisation covers it. How many Party members there are is not kept."
        ),
        Way.ASK_NUMBERS: _("Nobody has said how many members it could have. Ask before anything is planned."),
    }
