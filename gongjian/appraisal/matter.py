"""What an ask that stands on a round leads to."""

from __future__ import annotations

from django.urls import reverse

from gongjian.register.access import Reader

from .access import rounds_visible_to


def tell(reader: Reader, round_id: int) -> tuple[str, str] | None:
    """The round by its title, and the page of one's own part in it."""
    found = rounds_visible_to(reader).filter(pk=round_id).first()
    return (found.title, reverse("appraisal_mine", args=[found.pk])) if found else None
