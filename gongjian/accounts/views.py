"""The pages of one's own account, and the few of allauth's views that behave otherwise here."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView, PasswordResetView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import AddWebAuthnView
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal.flows.connect import disconnect, validate_disconnect
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from . import factors, sessions


class SignIn(LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "provider": provider_facts()}


class Forgotten(PasswordResetView):
    """Where no letters are sent, the page says whom to ask."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not settings.MAIL:
            return render(request, "account/password_reset.html", {"is_off": True})
        return super().dispatch(request, *args, **kwargs)


class AddPasskey(AddWebAuthnView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **kwargs, "is_number": _is_number(self.request)}


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    facts = {
        "sessions": sessions.sessions_of(request.user, request.session.session_key),  # type: ignore[arg-type]
        "factors": list(Authenticator.objects.filter(user_id=request.user.pk).order_by("created_at")),
        "provider": provider_facts(),
        "links": _links(request),
    }
    return render(request, "accounts/account.html", facts)


@login_required
@require_safe
def own_factors(request: HttpRequest) -> HttpResponse:
    found = Authenticator.objects.filter(user_id=request.user.pk).order_by("created_at", "id")
    by_type: dict[str, list[Authenticator]] = {}
    for each in found:
        by_type.setdefault(each.type, []).append(each)
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES, [])
    facts = {
        "app": next(iter(by_type.get(Authenticator.Type.TOTP, [])), None),
        "passkeys": by_type.get(Authenticator.Type.WEBAUTHN, []),
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
        "is_missing": factors.is_missing(request),
    }
    return render(request, "accounts/factors.html", facts)


@login_required
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    if not sessions.end(request, request.user, session_id):  # type: ignore[arg-type]
        raise Http404
    messages.success(request, _("The session is ended. That device is signed out."))
    return redirect("account")


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    number = sessions.end_others(request, request.user)  # type: ignore[arg-type]
    said = _("Every other session is ended: %(number)s.") if number else _("There was no other session.")
    messages.success(request, said % {"number": number})
    return redirect("account")


@require_safe
def to_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """On to the operator's provider, to sign in there. A link, not a form: the policy stops forms that lead away."""
    return _away(request, provider_id, AuthProcess.LOGIN)


@login_required
@require_POST
@reauthentication_required
def link_provider(request: HttpRequest) -> HttpResponse:
    """Shows the link that leads to the provider and back, after which the two accounts are linked."""
    facts = provider_facts()
    if facts is None:
        raise Http404
    answer = _away(request, facts["id"], AuthProcess.CONNECT)
    if not isinstance(answer, HttpResponseRedirect):
        return answer
    return render(request, "accounts/link.html", {"provider": facts, "away": answer.url})


@login_required
@require_POST
@reauthentication_required
def unlink_provider(request: HttpRequest, link_id: int) -> HttpResponse:
    link = get_object_or_404(SocialAccount, pk=link_id, user=request.user)
    try:
        validate_disconnect(request, link)
    except ValidationError:
        messages.error(request, _("Set a password first: without the link you could not sign in."))
    else:
        disconnect(request, link)
    return redirect("account")


def provider_facts() -> dict[str, str] | None:
    """The operator's provider, if there is one: what pages call it, and its word in addresses."""
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return {"id": apps[0]["provider_id"], "name": apps[0]["name"]} if apps else None


def _links(request: HttpRequest) -> list[SocialAccount]:
    facts = provider_facts()
    return list(SocialAccount.objects.filter(user_id=request.user.pk, provider=facts["id"])) if facts else []


def _away(request: HttpRequest, provider_id: str, process: str) -> HttpResponse:
    try:
        provider = get_adapter().get_provider(request, provider_id)
        next_url = get_next_redirect_url(request) if process == AuthProcess.LOGIN else None
        return provider.redirect(request, process, next_url=next_url)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (RequestException, OAuth2Error, KeyError, ValueError):
        return render(request, "socialaccount/authentication_error.html", status=502)


def _is_number(request: HttpRequest) -> bool:
    """Whether the site is called by a number such as 127.0.0.1: no passkey can be bound to that."""
    try:
        ip_address(request.get_host().rpartition(":")[0].strip("[]") or request.get_host())
    except ValueError:
        return False
    return True
