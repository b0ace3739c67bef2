"""The doors of the sample city: one link signs a visitor in as a persona. They exist on a laptop only."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongjian.accounts import factors
from gongjian.accounts.models import User

from .mark import is_sample_city
from .personas import PERSONAS, Persona


def doors(request: HttpRequest) -> tuple[Persona, ...]:
    """The personas a visitor may be from where the request comes; none unless it is the same machine."""
    open_here = settings.PERSONA_DOORS and _is_from_here(request) and is_sample_city()
    return PERSONAS if open_here else ()


@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in as the persona. A link does it, too: `gongjian demo` prints one for each."""
    persona = next((persona for persona in doors(request) if persona.key == key), None)
    if persona is None:
        raise Http404
    user = get_object_or_404(User, username=persona.username)
    login(request, user, backend="gongjian.accounts.backend.AccountBackend")
    factors.excuse(request)
    return redirect("home")


def _is_from_here(request: HttpRequest) -> bool:
    """From the loopback address, and not handed on by a proxy that stands there."""
    try:
        local = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return local and not {"HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED"} & request.META.keys()
