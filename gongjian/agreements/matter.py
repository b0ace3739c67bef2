"""Where an ask leads that stands on an agreement, or on all that is late below a body."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.register.access import Reader

from .access import agreements_visible_to


def tell_agreement(reader: Reader, id: int) -> tuple[str, str] | None:
    found = agreements_visible_to(reader).filter(pk=id).first()
    return (found.title, reverse("agreement", args=[found.pk])) if found else None


def tell_late(reader: Reader, id: int) -> tuple[str, str] | None:
    return (_("Agreements that are late"), reverse("agreements") + "?due=late") if reader.is_authenticated else None
