"""Where an ask leads that stands on a pledge, on the word of a quarter, or on what waits for review."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.register.access import Reader
from gongjian.register.models import Body

from .access import kept, pledges_visible_to
from .models import QuarterCall


def tell_pledge(reader: Reader, id: int) -> tuple[str, str] | None:
    found = pledges_visible_to(reader).filter(pk=id).first()
    return (found.title, reverse("pledge", args=[found.pk])) if found else None


def tell_call(reader: Reader, id: int) -> tuple[str, str] | None:
    """To the body's open pledges, for whoever keeps them."""
    found = QuarterCall.objects.filter(kept(reader, "body__"), pk=id).first()
    if found is None:
        return None
    said = _("Pledges that wait for the word of the quarter")
    return said, f"{reverse('pledges')}?body={found.body_id}&state=open"


def tell_review(reader: Reader, id: int) -> tuple[str, str] | None:
    """To what waits, for whoever keeps the body with which the review lies."""
    if not Body.objects.filter(kept(reader, ""), pk=id).exists():
        return None
    return _("Waiting for review"), reverse("pledges_review")
