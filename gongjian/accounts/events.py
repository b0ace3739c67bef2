"""What happened at the door, in one line each: who signed in or failed to, which factor was added or removed.

Names as typed are never written: people type passwords into the wrong field.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from .devices import address_of
from .models import User

logger = logging.getLogger("gongjian.accounts")

Listener = Callable[[str, User | None, dict[str, Any]], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call `listener(event, account, facts)` for each event from now on: a floor above keeps them in its own way."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(event: str, request: HttpRequest | None, account: User | None = None, **facts: Any) -> None:
    """Write one line of JSON: the event, the account's id, the address, and what else is known."""
    known = {"account": account.pk if account else None, "address": address_of(request) if request else None, **facts}
    facts = {name: value for name, value in known.items() if value is not None}
    logger.info(json.dumps({"event": event, **facts}, ensure_ascii=False, default=str))
    for listener in _listeners:
        listener(event, account, facts)
