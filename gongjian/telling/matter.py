"""Where an ask leads that stands on a round, on a telling, or on what was put right."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.register.access import Reader

from .access import rounds_visible_to, tellings_visible_to


def tell_round(reader: Reader, id: int) -> tuple[str, str] | None:
    found = rounds_visible_to(reader).filter(pk=id).first()
    return (found.name, reverse("telling_round", args=[found.pk])) if found else None


def tell_telling(reader: Reader, id: int) -> tuple[str, str] | None:
    found = tellings_visible_to(reader).filter(pk=id).select_related("round").first()
    if found is None:
        return None
    return _("Comment and what is put right: %(round)s") % {"round": found.round.name}, reverse("telling", args=[id])
