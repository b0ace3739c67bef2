"""What is looked at before anything is written; each refuses with a sentence."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from gongjian.deeds.models import Deed
from gongjian.register.access import Reader
from gongjian.register.refusals import Refused, check_texts

from .access import office_that_keeps, selections_visible_to
from .models import Selection


def texts(model: type[models.Model], given: dict[str, Any], missing: dict[str, str]) -> dict[str, Any]:
    """The texts without blanks around them. `missing`: what is said of one that is empty and must not be."""
    stripped = {name: str(value or "").strip() for name, value in given.items()}
    for name, sentence in missing.items():
        if not stripped[name]:
            raise Refused(sentence)
    check_texts(model, stripped)
    return stripped


def locked(selection: Selection, by: Reader) -> Selection:
    """Under its lock, so that two at once come one after the other."""
    rows = selections_visible_to(by).select_for_update(of=("self",)).select_related("held_by__line", "poll")
    found = rows.filter(pk=selection.pk).first()
    if found is None:
        raise Refused(_("This is not there any more, or not open to you. Go back to the list."))
    return found


def lock_deeds(selection: Selection) -> None:
    """Whoever takes a deed back comes before or after a step that moves deeds, never between reading and writing."""
    ids = selection.candidates.order_by().values("deed")
    list(Deed.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def held(selection: Selection, by: Reader, *states: str) -> tuple[Selection, str]:
    """Locked, and in which office it is kept. Raises Refused for whoever does not keep it, or too late."""
    found = locked(selection, by)
    office = office_that_keeps(by, found.held_by)
    if office is None:
        raise Refused(_("A selection is kept by whoever keeps the plan of the organisation. Your offices do not."))
    if states and found.state not in states:
        raise Refused(_("This is “%(state)s” by now. Look at it again.") % {"state": found.get_state_display()})
    return found, office
