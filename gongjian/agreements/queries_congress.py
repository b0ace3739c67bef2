"""What the page of a workers' congress shows: its delegates, and its sessions with what they decided."""

from __future__ import annotations

from dataclasses import dataclass

from gongjian.register.access import Reader
from gongjian.register.models import Body
from gongjian.ui.keyset import Page, page_of

from .access import congresses_visible_to
from .models import Congress, CongressSession

PAGE = 20


@dataclass(frozen=True)
class CongressShown:
    """None entered yet, or none that is open to the reader: `congress` is None."""

    congress: Congress | None
    sessions: list[CongressSession]
    page: Page


def congress_shown(reader: Reader, body: Body, *, after: str = "", before: str = "") -> CongressShown:
    found = congresses_visible_to(reader).filter(body=body).first()
    sessions = CongressSession.objects.filter(congress=found).prefetch_related("resolutions__agreement")
    page = page_of(sessions, ["-on", "-id"], size=PAGE, after=after, before=before)
    return CongressShown(found, page.rows, page)
