"""From where a deed comes: the address, the request and the office, kept beside the running code.

The middleware sets it for a page, the command line for a command; `record` writes it into the act. It imports no
models, because the log is set up before there are any.
"""

from __future__ import annotations

import ipaddress
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
COMMAND_LINE = "command line"


@dataclass(frozen=True)
class Whence:
    """Where something comes from. Nothing is known of what the system does by itself."""

    address: str = ""
    request: str = ""
    office: str = ""


NOWHERE = Whence()
_whence: ContextVar[Whence] = ContextVar("whence", default=NOWHERE)


def here() -> Whence:
    """From where the running code was called."""
    return _whence.get()


@contextmanager
def coming_from(address: str) -> Iterator[Whence]:
    """What is done inside comes from this address, under a request id of its own."""
    token = _whence.set(Whence(address=address, request=secrets.token_hex(8)))
    try:
        yield here()
    finally:
        _whence.reset(token)


def act_as(office: str) -> None:
    """From here to the end of the request or command, deeds are done in this office (an opaque reference)."""
    _whence.set(replace(here(), office=office))


@contextmanager
def in_office(office: str) -> Iterator[None]:
    """What is done inside is done in this office (an opaque reference): for the worker, which has no request."""
    token = _whence.set(replace(here(), office=office))
    try:
        yield
    finally:
        _whence.reset(token)


class RequestIdMiddleware:
    """Gives every request an id of our own – one that came along could be anything – and notes its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with coming_from(address_of(request)) as whence:
            response = self.get_response(request)
        response.headers[HEADER] = whence.request
        return response


def address_of(request: HttpRequest) -> str:
    """The IP address of the caller; behind a proxy the one that the proxy has seen, which it puts last."""
    seen = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        seen = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or seen
    try:
        return str(ipaddress.ip_address(seen))
    except ValueError:
        return ""


class RequestInLog(logging.Filter):
    """Puts the request id into every line of the log; – outside a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = here().request or "–"
        return True
