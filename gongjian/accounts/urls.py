"""Addresses of the account, each of them drawn here: allauth's own lists are not mounted."""

from collections.abc import Callable

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.db import transaction
from django.http import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache

from gongjian.ui import converters

from . import views

assert converters  # <id:…> is known from here on


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    """None of them may lie in a cache, the browser's neither: what they show is between the two of us.

    None of them is one transaction: what a wrong try costs is kept whatever comes after, and waits for nobody.
    """
    return path(route, transaction.non_atomic_requests(never_cache(view)), name=name)


SIGNING_IN = [
    page("sign-in/", views.SignIn.as_view(), name="account_login"),
    page("sign-in/factor/", mfa.authenticate, name="mfa_authenticate"),
    page("sign-in/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    page("sign-in/provider/<slug:provider_id>/", views.to_provider, name="openid_connect_login"),
    page("sign-in/provider/<slug:provider_id>/back/", oidc.callback, name="openid_connect_callback"),
    page("sign-out/", allauth.logout, name="account_logout"),
    page("again/password/", allauth.reauthenticate, name="account_reauthenticate"),
    page("again/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    page("again/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
]

PASSWORD = [
    page("password/", allauth.password_change, name="account_change_password"),
    page("password/first/", allauth.password_set, name="account_set_password"),
    page("password/forgotten/", views.Forgotten.as_view(), name="account_reset_password"),
    page("password/forgotten/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    page("password/new/done/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    page(
        "password/new/<slug:uidb36>/<slug:key>/",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]

FACTORS = [
    page("factors/", views.own_factors, name="mfa_index"),
    page("factors/", views.own_factors, name="mfa_list_webauthn"),  # allauth goes back to the one or the other
    page("factors/app/add/", totp.activate_totp, name="mfa_activate_totp"),
    page("factors/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    page("factors/passkeys/add/", views.AddPasskey.as_view(), name="mfa_add_webauthn"),
    page("factors/passkeys/<id:pk>/name/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    page("factors/passkeys/<id:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    page("factors/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    page("factors/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    page("factors/codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]

urlpatterns = [
    page("", views.account, name="account"),
    page("sessions/others/end/", views.end_other_sessions, name="end_other_sessions"),
    page("sessions/<id:session_id>/end/", views.end_session, name="end_session"),
    page("provider/link/", views.link_provider, name="link_provider"),
    page("provider/links/<id:link_id>/remove/", views.unlink_provider, name="unlink_provider"),
    *SIGNING_IN,
    *PASSWORD,
    *FACTORS,
]
