"""What is done with accounts by those who may: open, close, help who lost a password or a factor."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from . import sessions
from .events import tell
from .models import User


def open_account(
    username: str, *, name: str, password: str | None = None, email: str = "", request: HttpRequest | None = None
) -> User:
    """Open an account. Without a password its owner sets one by `password_path`, or a provider signs in to it.

    Raises ValidationError with sentences: a name that is taken or cannot be typed, a password that is too weak.
    """
    username, email = username.strip(), email.strip().lower()
    _check_username(username)
    if email:
        validate_email(email)
    if password is not None:
        validate_password(password, User(username=username, name=name, email=email))
    user = User(username=username, name=name.strip() or username, email=email)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as taken:
        raise ValidationError(_("This user name or e-mail belongs to another account.")) from taken
    tell("account_opened", request, user)
    return user


def password_path(account: User) -> str:
    """The address, good once and for three days, at which the owner sets a password. Whoever has it has the account."""
    key = default_token_generator.make_token(account)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(account), "key": key})


def close_account(account: User, *, request: HttpRequest | None = None) -> None:
    """Nobody signs in to it any more, and whoever is signed in is out."""
    account.is_active = False
    account.save(update_fields=["is_active"])
    sessions.end_others(None, account)
    tell("account_closed", request, account)


def strip_account(account: User, *, name: str, request: HttpRequest | None = None) -> None:
    """Take out of an account whatever tells whose it was; it stays, nameless, because deeds were done by it."""
    account.username, account.name, account.email = f"closed-{account.pk}", name, ""
    account.set_unusable_password()
    account.save(update_fields=["username", "name", "email", "password"])
    for model in (Authenticator, EmailAddress, SocialAccount, UserSession):
        model.objects.filter(user=account).delete()
    tell("account_stripped", request, account)


def reopen_account(account: User, *, request: HttpRequest | None = None) -> None:
    account.is_active = True
    account.save(update_fields=["is_active"])
    tell("account_reopened", request, account)


def remove_factors(account: User, *, request: HttpRequest | None = None) -> None:
    """For somebody who lost phone and recovery codes: the password alone signs in until a new factor is set up."""
    Authenticator.objects.filter(user=account).delete()
    sessions.end_others(None, account)
    tell("factors_removed", request, account)


def _check_username(username: str) -> None:
    if not username or len(username) > 150 or not username.isprintable() or "@" in username or " " in username:
        raise ValidationError(_("A user name has 1 to 150 letters or digits, no spaces and no @."))
    if User.objects.filter(username__iexact=username).exists():
        raise ValidationError(_("This user name belongs to another account."))
