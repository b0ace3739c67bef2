"""What an ask that stands on a decision leads to."""

from __future__ import annotations

from django.urls import reverse

from gongjian.register.access import Reader

from .access import decisions_visible_to


def tell(reader: Reader, decision_id: int) -> tuple[str, str] | None:
    """The decision in its words, and its place on the page of the meeting."""
    found = decisions_visible_to(reader).filter(pk=decision_id).first()
    return (found.words, f"{reverse('meeting', args=[found.meeting_id])}#decisions") if found else None
