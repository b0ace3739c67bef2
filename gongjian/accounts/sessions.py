"""Where an account is signed in: the sessions one can look at and end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .devices import address_of
from .events import tell
from .models import User

SEEN_EVERY = 300  # seconds between two notes of when and where a session was last seen
KEPT = 20_000

_seen: dict[str, tuple[float, str]] = {}

# The first that fits: browsers name themselves after their forebears.
BROWSERS: list[tuple[str, str | Promise]] = [
    ("MicroMessenger", _("WeChat")), ("DingTalk", _("DingTalk")), ("HuaweiBrowser", "Huawei Browser"),
    ("MiuiBrowser", "Mi Browser"), ("QQBrowser", "QQ Browser"), ("UCBrowser|UBrowser", "UC Browser"),
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"),
]  # fmt: skip
SYSTEMS = [
    ("HarmonyOS|OpenHarmony", "HarmonyOS"), ("Android", "Android"), ("iPhone|iPad", "iOS"), ("Windows", "Windows"),
    ("Mac OS", "macOS"), ("Linux", "Linux"),
]  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """A session as its owner sees it."""

    id: int
    browser: str | Promise
    system: str
    address: str
    since: datetime
    last_seen_at: datetime
    is_current: bool


def sessions_of(account: User, current: str | None) -> list[Seen]:
    """The sessions that are open, the current one first, then the one last seen."""
    rows = UserSession.objects.filter(user=account).order_by("-last_seen_at", "-id")
    alive = set(
        Session.objects.filter(
            session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    shown = [_seen_as(row, current) for row in rows if row.session_key in alive]
    return sorted(shown, key=lambda session: not session.is_current)


def end(request: HttpRequest, account: User, session_id: int) -> bool:
    """End one session of the account; whether there was such a one."""
    row = UserSession.objects.filter(user=account, pk=session_id).first()
    if row is None:
        return False
    _close([row])
    tell("session_ended", request, account, session=row.pk)
    return True


def end_others(request: HttpRequest | None, account: User) -> int:
    """End every session of the account but the one of this request; how many those were."""
    current = request.session.session_key if request is not None else None
    rows = list(UserSession.objects.filter(user=account).exclude(session_key=current or ""))
    _close(rows)
    if rows:
        tell("sessions_ended", request, account, number=len(rows))
    return len(rows)


class LastSeenMiddleware:
    """Notes when and where a session was last seen, in one query every five minutes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated:
            _note(key, request)
        return self.get_response(request)


def _note(key: str, request: HttpRequest) -> None:
    address = address_of(request)
    at, where = _seen.get(key, (0.0, ""))
    if where == address and time.monotonic() - at < SEEN_EVERY:
        return
    if len(_seen) >= KEPT:
        _seen.clear()
    _seen[key] = (time.monotonic(), address)
    now = timezone.now()
    row = UserSession(
        user_id=request.user.pk, session_key=key, ip=address, created_at=now, last_seen_at=now,
        user_agent=request.headers.get("User-Agent", "").replace("\x00", "")[:200],
    )  # fmt: skip
    UserSession.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["session_key"],
        update_fields=["ip", "user_agent", "last_seen_at"],
    )  # fmt: skip


def _close(rows: list[UserSession]) -> None:
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _seen_as(row: UserSession, current: str | None) -> Seen:
    return Seen(
        id=row.pk,
        browser=next((name for sign, name in BROWSERS if re.search(sign, row.user_agent)), _("Another browser")),
        system=next((name for sign, name in SYSTEMS if re.search(sign, row.user_agent)), ""),
        address="" if row.ip == "::" else row.ip,
        since=row.created_at,
        last_seen_at=row.last_seen_at,
        is_current=row.session_key == current,
    )
