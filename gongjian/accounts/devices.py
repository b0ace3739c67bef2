"""Where a request comes from: its address, and whether this device has signed in to an account before.

A device that has is known by a signed cookie. It has tries of its own at a password (`limits.py`), so that nobody who
guesses elsewhere can shut its owner out.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from .models import User

COOKIE = "gongjian_device"
SALT = "gongjian.accounts.devices"
AGE = 180 * 24 * 3600
ACCOUNTS_A_DEVICE = 20  # a village office shares one computer
NOWHERE = "::"


def address_of(request: HttpRequest) -> str:
    """The address the request comes from; behind a proxy the one that the proxy saw. `::` if it cannot be told."""
    return address_in(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR"))


def address_in(peer: str, forwarded: str | None) -> str:
    """The same without a request: who is connected, and the header, which counts only where a proxy writes it."""
    said = forwarded.rpartition(",")[2] if settings.BEHIND_PROXY and forwarded is not None else peer
    try:
        address = ip_address(said.strip())
    except ValueError:
        return NOWHERE
    return str(getattr(address, "ipv4_mapped", None) or address)


def network_of(request: HttpRequest) -> str:
    """The address as limits count it: of IPv6 one customer's network, for addresses in it cost nothing."""
    return network_in(address_of(request))


def network_in(said: str) -> str:
    address = ip_address(said)
    return str(ip_network(f"{address}/64", strict=False)) if isinstance(address, IPv6Address) else str(address)


def hash_of(name: str) -> str:
    """A name as it is kept where it must not be read."""
    return salted_hmac(SALT, name.strip().casefold()).hexdigest()[:24]


def device_for(request: HttpRequest, name: str) -> str | None:
    """The device's own word, if somebody has signed in here as `name` before."""
    device, known = _read(request)
    return device if hash_of(name) in known else None


def remember(request: HttpRequest, account: User) -> None:
    """From the answer to this request on the device is known for the account."""
    request.known_account = account  # type: ignore[attr-defined]


class DeviceMiddleware:
    """Hands the cookie to the device on which somebody has just signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        account = getattr(request, "known_account", None)
        if account is not None:
            device, known = _read(request)
            names = [hash_of(name) for name in (account.username, account.email) if name]
            kept = [*names, *(each for each in known if each not in names)][: 2 * ACCOUNTS_A_DEVICE]
            response.set_cookie(
                COOKIE,
                signing.dumps([device, kept], salt=SALT),
                max_age=AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        device, known = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=AGE)
        return str(device), [str(each) for each in known]
    except (signing.BadSignature, TypeError, ValueError):
        return secrets.token_hex(12), []
