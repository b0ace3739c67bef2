"""Every address of the account is one we drew: allauth's lists are not mounted, and none of its templates shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.test.signals import template_rendered

import gongjian.accounts
from gongjian.accounts.urls import urlpatterns

from .conftest import show_password, sign_in
from .test_factors import set_up_app

OURS = Path(gongjian.accounts.__file__).parent / "templates"
ADDRESSES = {
    "": "account",
    "sessions/others/end/": "end_other_sessions",
    "sessions/<id:session_id>/end/": "end_session",
    "provider/link/": "link_provider",
    "provider/links/<id:link_id>/remove/": "unlink_provider",
    "sign-in/": "account_login",
    "sign-in/factor/": "mfa_authenticate",
    "sign-in/passkey/": "mfa_login_webauthn",
    "sign-in/provider/<slug:provider_id>/": "openid_connect_login",
    "sign-in/provider/<slug:provider_id>/back/": "openid_connect_callback",
    "sign-out/": "account_logout",
    "again/password/": "account_reauthenticate",
    "again/code/": "mfa_reauthenticate",
    "again/passkey/": "mfa_reauthenticate_webauthn",
    "password/": "account_change_password",
    "password/first/": "account_set_password",
    "password/forgotten/": "account_reset_password",
    "password/forgotten/sent/": "account_reset_password_done",
    "password/new/done/": "account_reset_password_from_key_done",
    "password/new/<slug:uidb36>/<slug:key>/": "account_reset_password_from_key",
    "factors/": "mfa_list_webauthn",
    "factors/app/add/": "mfa_activate_totp",
    "factors/app/remove/": "mfa_deactivate_totp",
    "factors/passkeys/add/": "mfa_add_webauthn",
    "factors/passkeys/<id:pk>/name/": "mfa_edit_webauthn",
    "factors/passkeys/<id:pk>/remove/": "mfa_remove_webauthn",
    "factors/codes/": "mfa_view_recovery_codes",
    "factors/codes/new/": "mfa_generate_recovery_codes",
    "factors/codes/file/": "mfa_download_recovery_codes",
}
# What these tests do not reach: they are drawn where a provider or a limit comes in (test_provider.py, test_limits.py).
ELSEWHERE = {
    "429.html", "account/signup_closed.html", "accounts/link.html", "socialaccount/authentication_error.html",
    "accounts/new_password.txt",
    "mfa/webauthn/reauthenticate.html",
}  # fmt: skip


def test_the_addresses_are_these_and_no_others():
    assert {str(pattern.pattern): pattern.name for pattern in urlpatterns} == ADDRESSES


@pytest.fixture
def drawn():
    """The files of the templates that are drawn."""
    files: set[Path] = set()

    def note(template, **others) -> None:
        files.add(Path(template.origin.name))

    template_rendered.connect(note)
    yield files
    template_rendered.disconnect(note)


def walk(client: Client, pk: int = 1) -> None:
    for address in ADDRESSES:
        path = f"/account/{address}".replace("<id:session_id>", "1").replace("<id:pk>", str(pk))
        if "<" not in path:
            assert client.get(path).status_code in {200, 302, 403, 404, 405}, path


def test_no_template_of_allauth_shows_on_the_way_and_each_of_ours_does(anna, bert, browser, drawn):
    nobody = browser()
    walk(nobody)
    nobody.get("/account/password/new/x/y/")
    bare = browser("192.0.2.2")
    sign_in(bare, "bert")
    walk(bare)
    bert.set_unusable_password()
    bert.save()
    bare.force_login(bert)
    walk(bare)
    client = browser("192.0.2.3")
    sign_in(client)
    show_password(client)
    walk(client)
    set_up_app(client)
    key = Authenticator.objects.create(user=anna, type="webauthn", data={"name": "k", "credential": {}})
    Authenticator.objects.filter(pk=key.pk).update(user=anna)
    for path in (f"factors/passkeys/{key.pk}/name/", f"factors/passkeys/{key.pk}/remove/", "factors/", ""):
        assert client.get(f"/account/{path}").status_code == 200
    key.delete()
    walk(client)
    second = browser("192.0.2.4")
    sign_in(second)
    walk(second)
    assert [str(file) for file in drawn if "allauth" in file.parts] == []
    shown = {str(file.relative_to(OURS)) for file in drawn if file.is_relative_to(OURS)}
    assert {str(file.relative_to(OURS)) for file in OURS.rglob("*.*")} - shown == ELSEWHERE
