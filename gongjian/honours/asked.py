"""Where an ask leads that stands on a call, a review, an opinion, an objection, a re-check or nurturing."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.register.access import Reader
from gongjian.register.models import Body

from .access import calls_visible_to, kept, nurturings_visible_to, objections_visible_to


def tell_call(reader: Reader, id: int) -> tuple[str, str] | None:
    return _call(reader, id, "honour_call")


def tell_review(reader: Reader, id: int) -> tuple[str, str] | None:
    return _call(reader, id, "honour_reviewing")


def tell_opinions(reader: Reader, id: int) -> tuple[str, str] | None:
    return _call(reader, id, "honour_opinions")


def _call(reader: Reader, id: int, page: str) -> tuple[str, str] | None:
    found = calls_visible_to(reader).filter(pk=id).first()
    return (found.title, reverse(page, args=[found.pk])) if found else None


def tell_objection(reader: Reader, id: int) -> tuple[str, str] | None:
    found = objections_visible_to(reader).select_related("application__call").filter(pk=id).first()
    if found is None:
        return None
    return found.application.call.title, reverse("honour_application", args=[found.application_id]) + "#objections"


def tell_recheck(reader: Reader, id: int) -> tuple[str, str] | None:
    """To what is due, for whoever keeps the body."""
    if not Body.objects.filter(kept(reader, ""), pk=id).exists():
        return None
    return _("Honours to look at again"), reverse("honours_due")


def tell_nurturing(reader: Reader, id: int) -> tuple[str, str] | None:
    found = nurturings_visible_to(reader).filter(pk=id).first()
    return (found.aim[:60], reverse("honour_nurturing", args=[found.pk])) if found else None
