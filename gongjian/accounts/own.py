"""Everything that is held of an account, for whoever signs in with it. No password, key or code is among it."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.utils.translation import gettext as _

from gongjian.ui.takeaway import Table

from . import sessions
from .models import User


def everything_of(account: User) -> list[Table]:
    factors = Authenticator.objects.filter(user_id=account.pk).order_by("created_at", "id")
    links = SocialAccount.objects.filter(user_id=account.pk).order_by("id")
    seen = sessions.sessions_of(account, None)
    return [
        Table(
            "account",
            _("Account"),
            [
                ("username", _("User name")), ("name", _("Name")), ("email", _("E-mail")), ("joined_at", _("Opened")),
                ("is_active", _("May sign in")), ("has_password", _("Has a password")),
            ],
            [
                (account.username, account.name, account.email, account.joined_at, account.is_active,
                 account.has_usable_password()),
            ],
        ),
        Table(
            "factors",
            _("Factors"),
            [("type", _("Kind")), ("name", _("Name")), ("added_at", _("Added")), ("last_used_at", _("Last used"))],
            [(each.type, _name_of(each), each.created_at, each.last_used_at) for each in factors],
        ),
        Table(
            "sessions",
            _("Sessions"),
            [
                ("browser", _("Browser")), ("system", _("System")), ("address", _("Address")), ("since", _("Since")),
                ("last_seen_at", _("Last seen")),
            ],
            [(str(each.browser), each.system, each.address, each.since, each.last_seen_at) for each in seen],
        ),
        Table(
            "provider_links",
            _("Links to a provider"),
            [("provider", _("Provider")), ("uid", _("Called there")), ("linked_at", _("Linked"))],
            [(each.provider, each.uid, each.date_joined) for each in links],
        ),
    ]  # fmt: skip


def _name_of(factor: Authenticator) -> str:
    return str(factor.wrap().name) if factor.type == Authenticator.Type.WEBAUTHN else ""
