"""The second factor: a code from an app, or a passkey. Recovery codes stand in for one that was lost."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.ui.errors import is_api, problem

from .models import User

Predicate = Callable[[User], bool]
_predicates: list[Predicate] = []

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
REMOVED = "accounts_factor_removed"
EXCUSED = "accounts_factor_excused"
# Where somebody may go who must first set up a second factor, by the names of the addresses.
OPEN_WITHOUT = {
    "mfa_index", "mfa_list_webauthn", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn",
    "mfa_remove_webauthn", "mfa_edit_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes", "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    "account_logout", "set_language",
}  # fmt: skip


def has_second_factor(user: User | AnonymousUser) -> bool:
    """Whether signing in by password asks for a second factor."""
    return user.is_authenticated and Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()


def require_when(predicate: Predicate) -> None:
    """From now on whoever `predicate(account)` is true of gets no further without a second factor."""
    if predicate not in _predicates:
        _predicates.append(predicate)


def excuse(request: HttpRequest) -> None:
    """Never ask for a second factor in this session: nobody signed in, a door let a visitor be somebody made up."""
    request.session[EXCUSED] = True


def is_missing(request: HttpRequest) -> bool:
    """Whether the one who is signed in has to set up a second factor first.

    A session in which a factor was shown costs no query; another one costs what the predicates ask, and one more
    for whoever they are true of.
    """
    user = request.user
    if not _predicates or not user.is_authenticated or EXCUSED in request.session:
        return False
    shown = any(record.get("method") == "mfa" for record in get_authentication_records(request, user))
    if shown and REMOVED not in request.session:
        return False
    return any(predicate(user) for predicate in _predicates) and not has_second_factor(user)


class SecondFactorMiddleware:
    """Sends whoever has to set up a second factor to the page for it, and only there, until they have."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        match = request.resolver_match
        if (match is not None and match.url_name in OPEN_WITHOUT) or not is_missing(request):
            return None
        if is_api(request):
            return problem(403, _("Set up a second factor first"), _("Your office asks for one. Sign in on the pages."))
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": reverse("mfa_index")})
        return redirect("mfa_index")
