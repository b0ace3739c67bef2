"""What the page of one's letters asks."""

from __future__ import annotations

from dataclasses import dataclass

from gongjian.accounts.models import User
from gongjian.ui.keyset import Page, page_of

from .access import letters_visible_to
from .models import Preference

SIZE = 20


@dataclass(frozen=True)
class OwnLetters:
    page: Page
    wants_mail: bool


def wants_mail(account: User) -> bool:
    return not Preference.objects.filter(account=account, by_mail=False).exists()


def own_letters(account: User, *, after: str = "", before: str = "") -> OwnLetters:
    """The letters of somebody, the newest first. Two queries."""
    page = page_of(letters_visible_to(account), ["-day", "-id"], size=SIZE, after=after, before=before)
    return OwnLetters(page, wants_mail(account))
