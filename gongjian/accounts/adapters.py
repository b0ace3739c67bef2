"""Where django-allauth asks us: limits, addresses, sentences, and which account a provider's word is good for."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import devices, limits
from .events import tell
from .models import User

REFUSED = gettext_lazy("The user name or the password is not right. Look at both again.")
TOO_OFTEN = gettext_lazy("That was tried too often. Wait a few minutes and try again, or use a passkey.")

# allauth says these through templates; what is not named here is not said.
SAYINGS = {
    "account/messages/logged_out.txt": gettext_lazy("You are signed out."),
    "account/messages/password_changed.txt": gettext_lazy("The password is changed. It counts from now on."),
    "account/messages/password_set.txt": gettext_lazy("The password is set. You can sign in with it from now on."),
    "mfa/messages/totp_activated.txt": gettext_lazy("The app is set up. Signing in by password asks for its code."),
    "mfa/messages/totp_deactivated.txt": gettext_lazy("The app is removed. Its codes are no longer taken."),
    "mfa/messages/webauthn_added.txt": gettext_lazy("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": gettext_lazy("The passkey is removed. Delete it on your device as well."),
    "mfa/messages/recovery_codes_generated.txt": gettext_lazy("New recovery codes are made. Keep them on paper."),
    "socialaccount/messages/account_connected.txt": gettext_lazy("The accounts are linked."),
    "socialaccount/messages/account_connected_updated.txt": gettext_lazy("The accounts were linked already."),
    "socialaccount/messages/account_connected_other.txt": gettext_lazy(
        "That account is linked to somebody else here. Sign out there, then link again as yourself."
    ),
    "socialaccount/messages/account_disconnected.txt": gettext_lazy("The accounts are no longer linked."),
}


class SignInAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": REFUSED,
        "email_password_mismatch": REFUSED,
        "too_many_login_attempts": TOO_OFTEN,
        "rate_limited": TOO_OFTEN,
        "incorrect_password": gettext_lazy("This is not your password. Type it again."),
        "enter_current_password": gettext_lazy("This is not your present password. Type it again."),
        "invalid_password_reset": gettext_lazy("This link has been used or is too old. Ask for a new one."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return devices.address_of(request)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """At the sign-in page. Unknown and known names cost the same, in tries and in time."""
        name = credentials.get("username") or ""
        pots = limits.pots_for(request, name)
        if not limits.take(pots):
            tell("sign_in_held_back", request, name=devices.hash_of(name))
            raise self.validation_error("too_many_login_attempts")
        user = authenticate(request, username=name, password=credentials.get("password"))
        if user is None:
            tell("sign_in_failed", request, name=devices.hash_of(name))
            return None
        limits.give_back(pots)
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        """Proving once more who one is, while signed in."""
        pots = limits.pots_again(user)
        if not limits.take(pots):
            raise self.validation_error("too_many_login_attempts")
        if not user.check_password(password):
            tell("password_again_failed", context.request, user)
            return False
        limits.give_back(pots)
        return True

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        messages.error(request, _("This account is closed. Ask the office that opened it."))
        return redirect("account_login")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        said = message or SAYINGS.get(message_template or "")
        if said:
            messages.add_message(request, level, said, extra_tags=extra_tags)


def _ring() -> MultiFernet:
    """Keys made from the site's secret key and the ones before it; the first one writes."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"gongjian.accounts.factors:" + secret.encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class FactorsAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This is not right, or it has grown too old. Try again with a new one."),
    }

    def encrypt(self, text: str) -> str:
        return _ring().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        return _ring().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}


class ProviderAdapter(DefaultSocialAccountAdapter):
    """The operator's own provider signs in to accounts that exist. It opens none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        return False

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        return reverse("account")

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Link the account that a trusted claim names, if it names one and this is about signing in."""
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        account = trusted_account(sociallogin)
        if account is None:
            tell("provider_unknown", request)
            return
        sociallogin.connect(request, account)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        if error == AuthError.CANCELLED:
            messages.info(request, _("Nothing happened: you broke it off at the other side."))
            raise ImmediateHttpResponse(redirect("account_login"))
        tell("provider_failed", request, why=type(exception).__name__ if exception else "state")


def trusted_account(sociallogin: SocialLogin) -> User | None:
    """The open account named by the claim that the operator trusts (GONGJIAN_OIDC_TRUST), without a link so far."""
    claims = sociallogin.account.extra_data
    claims = claims.get("userinfo") or claims.get("id_token") or claims
    found = User.objects.none()
    if settings.OIDC_TRUST == "username" and claims.get("preferred_username"):
        found = User.objects.filter(username__iexact=str(claims["preferred_username"]))
    if settings.OIDC_TRUST == "email" and claims.get("email") and claims.get("email_verified") is True:
        found = User.objects.filter(email__iexact=str(claims["email"]))
    linked = SocialAccount.objects.filter(provider=sociallogin.account.provider).values("user_id")
    return found.filter(is_active=True).exclude(pk__in=linked).first()
