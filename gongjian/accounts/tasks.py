"""Letters, sent by the worker: the page that asks for one takes as long for an e-mail nobody has."""

from django.core.mail import send_mail
from django.db import close_old_connections
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from . import actions
from .models import User


@app.task(queue="letters", name="accounts.send_password_letters", retry=RetryStrategy(max_attempts=5, linear_wait=30))
def send_password_letters(account_ids: list[int], site: str, language: str) -> None:
    """Send each of the accounts the address at which it sets a new password. `site` is https://host."""
    close_old_connections()
    with override(language):
        for account in User.objects.filter(pk__in=account_ids, is_active=True):
            address = site + actions.password_path(account)
            text = render_to_string("accounts/new_password.txt", {"account": account, "address": address})
            send_mail(_("Set a new password for Gongjian"), text.strip() + "\n", None, [account.email])
