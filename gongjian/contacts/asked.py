"""Where an ask leads that stands on a problem of a contact point."""

from __future__ import annotations

from django.urls import reverse

from gongjian.register.access import Reader

from .access import problems_visible_to


def tell(reader: Reader, id: int) -> tuple[str, str] | None:
    """To the problem, for whoever reads the visits of its contact point; whoever is asked has its words in the ask."""
    found = problems_visible_to(reader).filter(pk=id).first()
    return (found.what, reverse("problem", args=[found.pk])) if found else None
