"""The forms of allauth in our words."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base import forms as factors
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from cryptography.exceptions import InvalidSignature
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from . import limits
from .limits import Pots
from .tasks import send_password_letters

PASSWORD_HELP = lazy(lambda: " ".join(password_validators_help_texts()), str)()


def _word(form: forms.BaseForm, name: str, label: Any, help_text: Any = "", **attrs: str) -> None:
    """Give a field its label, in place of what allauth writes into it."""
    field = form.fields[name]
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs |= attrs


def _word_new(form: forms.BaseForm) -> None:
    _word(form, "password1", _("New password"), PASSWORD_HELP)
    _word(form, "password2", _("The new password once more"))


class SignInForm(account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].max_length = 254
        _word(
            self, "login", _("User name or e-mail"), autocomplete="username webauthn", autocapitalize="none",
            spellcheck="false", maxlength="254",
        )  # fmt: skip
        _word(self, "password", _("Password"), maxlength="1000")
        _word(self, "remember", _("Keep me signed in on this device for two weeks"))

    def user_credentials(self) -> dict[str, Any]:
        return {"username": self.cleaned_data["login"], "password": self.cleaned_data["password"]}


class PasswordAgainForm(account.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "password", _("Password"))


class ChangePasswordForm(account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "oldpassword", _("Present password"))
        _word_new(self)


class FirstPasswordForm(account.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word_new(self)


class NewPasswordForm(account.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word_new(self)


class ForgottenPasswordForm(account.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "email", _("E-mail"), _("The one that is written down with your account."))

    def save(self, request: HttpRequest, **others: Any) -> str:
        """Hand the letter to the worker; for an e-mail that nobody has, a letter to nobody."""
        site = request.build_absolute_uri("/").rstrip("/")
        ids = [user.pk for user in self.users]
        send_password_letters.defer(account_ids=ids, site=site, language=get_language() or settings.LANGUAGE_CODE)
        return self.cleaned_data["email"]


class _Code(factors.BaseAuthenticateForm):
    """A code against the app and the recovery codes, under our own limits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "code", _("Code"), maxlength="20", inputmode="numeric")

    def pots(self) -> Pots:
        return limits.pots_for_code(context.request, self.user)

    def clean_code(self) -> str:
        pots = self.pots()
        if not limits.take(pots):
            raise get_adapter().validation_error("too_many_login_attempts")
        code = super().clean_code()
        limits.give_back(pots)
        return code


class CodeForm(_Code, factors.AuthenticateForm):
    """After the password."""


class CodeAgainForm(_Code, factors.ReauthenticateForm):
    """Proving once more who one is, while signed in."""

    def pots(self) -> Pots:
        return limits.pots_again(self.user)


class AddAppForm(totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "code", _("The six digits that the app shows now"), inputmode="numeric", maxlength="20")


ODD = (ValueError, KeyError, IndexError, TypeError, AttributeError, struct.error, InvalidSignature)


@contextmanager
def _odd_ones_refused() -> Iterator[None]:
    """What no browser sends breaks the parsers below in many ways; the answer is one."""
    try:
        yield
    except ODD as odd:
        raise get_adapter().validation_error("incorrect_code") from odd


class _CredentialField(forms.JSONField):
    """What the browser says of a passkey; nested deeper than can be read, it is no JSON to us."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError as deep:
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": ""}) from deep

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except RecursionError:
            return None


class _Passkey(webauthn.AuthenticateWebAuthnForm):
    credential = _CredentialField(required=True, widget=forms.HiddenInput)

    def clean_credential(self) -> Authenticator:
        with _odd_ones_refused():
            return super().clean_credential()


class PasskeySignInForm(_Passkey, webauthn.LoginWebAuthnForm):
    """Without a password."""


class PasskeyForm(_Passkey):
    """After the password."""


class PasskeyAgainForm(_Passkey, webauthn.ReauthenticateWebAuthnForm):
    """Proving once more who one is, while signed in."""


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    credential = _CredentialField(required=True, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "name", _("Name of the passkey"), _("So that you know it again, such as “office computer”."))
        self.fields["name"].max_length = 100
        _word(
            self,
            "passwordless",
            _("Sign in with it alone, without name and password"),
            _("The device then asks for your finger, your face or its own code."),
        )
        self.fields["passwordless"].initial = True

    def clean(self) -> dict[str, Any]:
        with _odd_ones_refused():
            return super().clean()


class NamePasskeyForm(webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "name", _("Name of the passkey"), maxlength="100")
