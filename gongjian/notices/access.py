"""Whose letters somebody may read: their own; and who has a say in whether they come by mail."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from gongjian.accounts.models import User

from .models import Letter


def letters_visible_to(reader: User | AnonymousUser) -> QuerySet[Letter]:
    return Letter.objects.filter(account=reader.pk) if reader.is_authenticated else Letter.objects.none()


def can_choose_mail(account: User) -> bool:
    """Only where mail could come is there something to switch."""
    return bool(settings.MAIL and account.email)
