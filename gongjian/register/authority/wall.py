"""The second wall: the database itself shows a page nobody whom its reader may not see.

A process that serves pages stands in front of it all the time, as the role `gongjian_app`, which is not the owner:
outside a transaction that says for whom it reads it sees not one person, not even whose office is public (migration
0013). The middleware says it, one
transaction for each request. Commands and the worker run as the owner, behind the wall; a deed steps behind it for as
long as it lasts, since whoever merges two bodies moves members that they may not see.

Queries must be right without it, and are tested so. It is there for the one that is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

ROLE = "gongjian_app"
NOBODY = "0"  # a reader without an account; nothing said at all shows not even what is public


def stand_in_front() -> None:
    """From now on every new connection of this process stands in front of the wall. Before the first one is made."""
    options = settings.DATABASES["default"].setdefault("OPTIONS", {})
    options["options"] = f"{options.get('options', '')} -c role={ROLE}".strip()  # beside those of DATABASE_URL


@contextmanager
def reading_as(account_id: int | None) -> Iterator[None]:
    """In a transaction in which the database shows what this account may see, and no more."""
    inner = connection.in_atomic_block
    with transaction.atomic():
        before = _set(ROLE, NOBODY if account_id is None else str(account_id))
        yield
        if inner and not connection.needs_rollback:
            _set(*before)  # the end of the outermost transaction does it by itself


@contextmanager
def behind_it() -> Iterator[None]:
    """For the time of a deed, in a transaction: all rows are there to be read and written."""
    with transaction.atomic():
        before = _set("none", None)
        yield
        _set(*before)  # after an error the end of the transaction, or of its savepoint, brings it back


def _set(role: str, account: str | None) -> tuple[str, str]:
    """Set both to the end of the transaction; returns what they were. `account` None leaves it as it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT was.role, was.account, set_config('role', %s, true), "
            "set_config('gongjian.account', coalesce(%s, was.account), true) "
            "FROM (SELECT current_setting('role') AS role, coalesce(current_setting('gongjian.account', true), '') "
            "AS account OFFSET 0) was",
            [role, account],
        )
        was_role, was_account, _role, _account = cursor.fetchone()
    return was_role, was_account


class WallMiddleware:
    """One transaction for each request, in which the database shows what its reader may see.

    An answer of 500 and above undoes what the request wrote. A view that works long, or must keep what it wrote
    whatever comes after, says `@transaction.non_atomic_requests`; it then sees nobody outside its deeds.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_apart(request):
            return self.get_response(request)
        with reading_as(request.user.pk):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


def _is_apart(request: HttpRequest) -> bool:
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return "default" in getattr(view, "_non_atomic_requests", ())
