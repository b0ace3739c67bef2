"""What allauth and Django call out at the door, handed on to `events.tell`; and what follows from a new password."""

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa_signals
from allauth.socialaccount import signals as provider_signals
from django.contrib.auth import signals as auth_signals
from django.http import HttpRequest

from . import devices, sessions
from .events import tell
from .factors import REMOVED
from .models import User


def connect() -> None:
    uid = "gongjian.accounts"
    auth_signals.user_logged_in.connect(_signed_in, dispatch_uid=uid)
    auth_signals.user_logged_out.connect(_signed_out, dispatch_uid=uid)
    account_signals.password_changed.connect(_password_changed, dispatch_uid=uid)
    account_signals.password_set.connect(_password_changed, dispatch_uid=uid)
    account_signals.password_reset.connect(_password_reset, dispatch_uid=uid)
    mfa_signals.authenticator_added.connect(_factor_added, dispatch_uid=uid)
    mfa_signals.authenticator_removed.connect(_factor_removed, dispatch_uid=uid)
    mfa_signals.authenticator_reset.connect(_codes_renewed, dispatch_uid=uid)
    mfa_signals.authentication_failed.connect(_code_refused, dispatch_uid=uid)
    provider_signals.social_account_added.connect(_provider_linked, dispatch_uid=uid)
    provider_signals.social_account_removed.connect(_provider_unlinked, dispatch_uid=uid)


def _signed_in(request: HttpRequest, user: User, **others: Any) -> None:
    devices.remember(request, user)
    steps = [str(record.get("type") or record["method"]) for record in get_authentication_records(request, user)]
    tell("signed_in", request, user, by="+".join(steps) or None)


def _signed_out(request: HttpRequest, user: User | None, **others: Any) -> None:
    if user is not None:
        tell("signed_out", request, user)


def _password_changed(request: HttpRequest, user: User, **others: Any) -> None:
    tell("password_changed", request, user)
    sessions.end_others(request, user)


def _password_reset(request: HttpRequest, user: User, **others: Any) -> None:
    devices.remember(request, user)
    tell("password_reset", request, user)
    sessions.end_others(None, user)


def _factor_added(request: HttpRequest, user: User, authenticator: Any, **others: Any) -> None:
    tell("factor_added", request, user, factor=authenticator.type)


def _factor_removed(request: HttpRequest, user: User, authenticator: Any, **others: Any) -> None:
    request.session[REMOVED] = True
    tell("factor_removed", request, user, factor=authenticator.type)


def _codes_renewed(request: HttpRequest, user: User, **others: Any) -> None:
    tell("recovery_codes_renewed", request, user)


def _code_refused(request: HttpRequest, user: User, authenticator: Any, **others: Any) -> None:
    tell("code_refused", request, user, factor=authenticator.type)


def _provider_linked(request: HttpRequest, sociallogin: Any, **others: Any) -> None:
    tell("provider_linked", request, sociallogin.user)


def _provider_unlinked(request: HttpRequest, socialaccount: Any, **others: Any) -> None:
    tell("provider_unlinked", request, socialaccount.user)
