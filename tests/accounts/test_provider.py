"""Signing in through the operator's own provider: to accounts that exist, and to no others."""

from __future__ import annotations

import re
from html import unescape

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.exceptions import ImproperlyConfigured

from gongjian import settings as ours
from gongjian.accounts import actions
from gongjian.accounts.models import User

from .conftest import is_in, show_password, sign_in
from .provider import CLIENT, SECRET, Provider, running


@pytest.fixture
def provider(settings, monkeypatch):
    with running() as server:
        monkeypatch.setenv("GONGJIAN_OIDC_CLIENT_ID", CLIENT)
        monkeypatch.setenv("GONGJIAN_OIDC_CLIENT_SECRET", SECRET)
        apps = ours._provider(server.address, "Town gate")
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": apps}}
        settings.OIDC_TRUST = "nothing"
        server.word = apps[0]["provider_id"]
        yield server


def through(client, provider: Provider, **sent: str):
    """Click on the sign-in page, sign in there, come back."""
    page = client.get("/account/sign-in/").content.decode()
    door = unescape(re.search(r'href="(/account/sign-in/provider/[^"]+)"', page)[1])
    away = client.get(door)["Location"]
    return client.get(f"/account/sign-in/provider/{provider.word}/back/", provider.approve(away) | sent)


def link(client, provider: Provider):
    page = client.post("/account/provider/link/").content.decode()
    away = unescape(re.search(rf'href="({provider.address}[^"]+)"', page)[1])
    return client.get(f"/account/sign-in/provider/{provider.word}/back/", provider.approve(away))


def test_a_linked_account_signs_in(provider, anna, browser):
    own = browser()
    sign_in(own)
    show_password(own)
    assert link(own, provider)["Location"] == "/account/"
    assert SocialAccount.objects.get().user == anna
    other = browser("192.0.2.2")
    assert through(other, provider)["Location"] == "/"
    assert other.session["_auth_user_id"] == str(anna.pk)


def test_somebody_unknown_gets_no_account(provider, anna, browser):
    provider.claims = {"sub": "s-9", "preferred_username": "anna", "email": "anna@example.cn", "email_verified": True}
    client = browser()
    assert b"No account belongs to this sign-in" in through(client, provider).content
    assert not is_in(client) and User.objects.count() == 1 and not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    ("trust", "claims", "is_trusted"),
    [
        ("username", {"preferred_username": "Anna"}, True),
        ("username", {"preferred_username": "nobody", "email": "anna@example.cn", "email_verified": True}, False),
        ("username", {"preferred_username": "anna@example.cn"}, False),
        ("email", {"email": "ANNA@example.cn", "email_verified": True}, True),
        ("email", {"email": "anna@example.cn", "email_verified": False}, False),
        ("email", {"email": "anna@example.cn"}, False),
        ("email", {"preferred_username": "anna"}, False),
        ("nothing", {"preferred_username": "anna", "email": "anna@example.cn", "email_verified": True}, False),
    ],
)
def test_a_claim_links_only_if_the_operator_trusts_it(provider, anna, browser, settings, trust, claims, is_trusted):
    settings.OIDC_TRUST = trust
    provider.claims = {"sub": "s-2", **claims}
    client = browser()
    through(client, provider)
    assert is_in(client) is is_trusted
    assert SocialAccount.objects.exists() is is_trusted


def test_a_trusted_claim_does_not_take_an_account_that_is_linked_or_closed(provider, anna, bert, browser, settings):
    settings.OIDC_TRUST = "username"
    SocialAccount.objects.create(user=anna, provider=provider.word, uid="s-1")
    actions.close_account(bert)
    for name in ("anna", "bert"):
        provider.claims = {"sub": f"other-{name}", "preferred_username": name}
        client = browser()
        through(client, provider)
        assert not is_in(client)


def test_a_closed_account_stays_closed(provider, anna, browser):
    SocialAccount.objects.create(user=anna, provider=provider.word, uid="s-1")
    actions.close_account(anna)
    client = browser()
    assert through(client, provider)["Location"] == "/account/sign-in/"
    assert not is_in(client)


@pytest.mark.parametrize("what", ["issuer", "audience"])
def test_a_token_of_another_issuer_or_for_another_site_is_refused(provider, anna, browser, what):
    SocialAccount.objects.create(user=anna, provider=provider.word, uid="s-1")
    setattr(provider, what, "https://evil.example")
    client = browser()
    assert through(client, provider).status_code == 401
    assert not is_in(client)


@pytest.mark.parametrize("sent", [{"state": "made up"}, {"code": "stolen"}])
def test_an_answer_that_was_not_asked_for_is_refused(provider, anna, browser, sent):
    SocialAccount.objects.create(user=anna, provider=provider.word, uid="s-1")
    client = browser()
    assert b"The other side did not sign you in" in through(client, provider, **sent).content
    assert not is_in(client)


def test_breaking_off_leads_back_with_a_word(provider, browser, db):
    client = browser()
    away = client.get(f"/account/sign-in/provider/{provider.word}/")["Location"]
    answer = {"error": "access_denied", "state": provider.approve(away)["state"]}
    page = client.get(f"/account/sign-in/provider/{provider.word}/back/", answer, follow=True)
    assert b"you broke it off" in page.content


def test_where_somebody_was_going_is_kept_but_only_on_this_site(provider, anna, browser):
    SocialAccount.objects.create(user=anna, provider=provider.word, uid="s-1")
    for wanted, reached in (("/units/", "/units/"), ("https://evil.example/", "/"), ("//evil.example", "/")):
        client = browser()
        away = client.get(f"/account/sign-in/provider/{provider.word}/", {"next": wanted})["Location"]
        answer = client.get(f"/account/sign-in/provider/{provider.word}/back/", provider.approve(away))
        assert answer["Location"] == reached


def test_linking_asks_for_the_password_and_for_a_form(provider, anna, browser):
    client = browser()
    sign_in(client)
    assert client.get("/account/provider/link/").status_code == 405
    assert client.post("/account/provider/link/")["Location"].startswith("/account/again/")
    away = client.get(f"/account/sign-in/provider/{provider.word}/", {"process": "connect"})["Location"]
    client.get(f"/account/sign-in/provider/{provider.word}/back/", provider.approve(away))
    assert not SocialAccount.objects.exists()


def test_the_link_is_undone_by_its_owner_and_not_while_it_is_the_only_way_in(provider, anna, bert, browser):
    row = SocialAccount.objects.create(user=anna, provider=provider.word, uid="s-1")
    other, own = browser("192.0.2.9"), browser()
    sign_in(other, "bert")
    show_password(other)
    assert other.post(f"/account/provider/links/{row.pk}/remove/").status_code == 404
    through(own, provider)
    show_password(own)
    own.post(f"/account/provider/links/{row.pk}/remove/")
    assert not SocialAccount.objects.exists()
    alone = actions.open_account("alone", name="Alone")
    row = SocialAccount.objects.create(user=alone, provider=provider.word, uid="s-7")
    provider.claims = {"sub": "s-7"}
    client = browser("192.0.2.8")
    through(client, provider)
    assert b"Set a password first" in client.post(f"/account/provider/links/{row.pk}/remove/", follow=True).content
    assert SocialAccount.objects.exists()


def test_no_token_of_the_provider_is_kept(provider, anna, browser):
    SocialAccount.objects.create(user=anna, provider=provider.word, uid="s-1")
    through(browser(), provider)
    assert not SocialToken.objects.exists()


def test_another_issuer_is_another_provider(monkeypatch):
    monkeypatch.setenv("GONGJIAN_OIDC_CLIENT_ID", CLIENT)
    words = {ours._provider(f"https://{name}.example", "")[0]["provider_id"] for name in ("a", "b")}
    assert len(words) == 2


def test_a_provider_that_does_not_answer_says_so(settings, browser, db, monkeypatch):
    monkeypatch.setenv("GONGJIAN_OIDC_CLIENT_ID", CLIENT)
    apps = ours._provider("http://127.0.0.1:9", "Away")
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": apps}}
    answer = browser().get(f"/account/sign-in/provider/{apps[0]['provider_id']}/")
    assert answer.status_code == 502 and b"The other side did not sign you in" in answer.content


def test_without_a_provider_there_is_no_door(db, browser):
    client = browser()
    assert b"/account/sign-in/provider/" not in client.get("/account/sign-in/").content
    assert client.get("/account/sign-in/provider/oidc/").status_code == 404
    assert client.get("/account/sign-in/provider/oidc/back/?code=1&state=1").status_code == 404


def test_half_a_provider_does_not_start(monkeypatch):
    monkeypatch.delenv("GONGJIAN_OIDC_CLIENT_ID", raising=False)
    with pytest.raises(ImproperlyConfigured, match="GONGJIAN_OIDC_CLIENT_ID"):
        ours._provider("https://gate.example", "")
    monkeypatch.setenv("GONGJIAN_OIDC_TRUST", "everything")
    with pytest.raises(ImproperlyConfigured, match="nothing, username, email"):
        ours._one_of("GONGJIAN_OIDC_TRUST", "nothing", "username", "email")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://me:p%40ss@mail.example", ("mail.example", 587, "me", "p@ss", False, True)),
        ("smtps://mail.example", ("mail.example", 465, "", "", True, False)),
        ("smtp://mail.example:25?tls=0", ("mail.example", 25, "", "", False, False)),
    ],
)
def test_letters_go_where_the_environment_says(url, expected):
    made = ours._mail(url)
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_SSL", "USE_TLS")
    assert tuple(made[f"EMAIL_{name}"] for name in names) == expected


def test_an_unreadable_address_for_letters_does_not_start():
    with pytest.raises(ImproperlyConfigured, match="GONGJIAN_MAIL"):
        ours._mail("mail.example")
