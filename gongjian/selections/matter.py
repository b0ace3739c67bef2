"""Where the asks lead that stand on a selection."""

from __future__ import annotations

from django.urls import reverse

from gongjian.register.access import Reader

from .access import selections_visible_to


def tell_selection(reader: Reader, id: int) -> tuple[str, str] | None:
    found = selections_visible_to(reader).filter(pk=id).first()
    return (found.title, reverse("selection", args=[found.pk])) if found else None
