"""Where an ask leads that stands on a year or on a review."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.register.access import Reader

from .access import reviews_visible_to, years_visible_to


def tell_year(reader: Reader, id: int) -> tuple[str, str] | None:
    found = years_visible_to(reader).filter(pk=id).first()
    if found is None:
        return None
    return _("Members' review of %(year)s") % {"year": found.year}, reverse("review_own", args=[found.pk])


def tell_review(reader: Reader, id: int) -> tuple[str, str] | None:
    found = reviews_visible_to(reader).filter(pk=id).first()
    if found is None:
        return None
    return _("Members' review of %(year)s") % {"year": found.year}, reverse("review", args=[found.pk])
