"""Where the asks lead that organisations owe to deeds."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.asks.matters import Tell
from gongjian.register.access import Reader
from gongjian.register.models import Body

from .access import deeds_visible_to, kept
from .owing import OWED


def tell_owed(kind: str) -> Tell:
    """To what waits, for whoever keeps the body with which it lies."""

    def tell(reader: Reader, id: int) -> tuple[str, str] | None:
        is_kept = Body.objects.filter(kept(reader, ""), pk=id).exists()
        return (str(OWED[kind].title), reverse("deeds_waiting")) if is_kept else None

    return tell


def tell_deed(reader: Reader, id: int) -> tuple[str, str] | None:
    found = deeds_visible_to(reader).filter(pk=id).first()
    return (found.title or _("A deed that was taken back"), reverse("deed", args=[id])) if found else None
