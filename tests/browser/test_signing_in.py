"""Signing in, in a real browser: by password, by a passkey the browser keeps, by an app, by a recovery code.

Under the name localhost: no passkey belongs to a number.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Browser, Page, expect

from .conftest import IN_TURN, LOCALES
from .looking import flaws, overheard
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PASSWORD = "lantern-river-42"
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip

Opened = Callable[..., Page]


@pytest.fixture
def account(site: Site, request: pytest.FixtureRequest) -> str:
    """The user name of an account with a password, new for each test."""
    name = f"anna{time.time_ns()}"
    site.asked(
        "INSERT INTO accounts_user (password, username, name, email, is_active, joined_at)"
        " VALUES (%s, %s, '样例', '', true, now()) RETURNING id",
        make_password(PASSWORD),
        name,
    )
    return name


@pytest.fixture
def opened(browser: Browser, site: Site) -> Iterator[Opened]:
    contexts = []

    def open_page(path: str, lang: str = "zh-Hans") -> Page:
        context = browser.new_context(
            base_url=site.address.replace("127.0.0.1", "localhost"), locale=LOCALES[lang], reduced_motion="reduce",
            viewport={"width": 1440, "height": 900},
        )  # fmt: skip
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page: Page, name: str) -> None:
    page.goto("/account/sign-in/")
    page.fill("#id_login", name)
    page.fill("#id_password", PASSWORD)
    page.locator("main form button[type=submit]").first.click()


def show_password(page: Page) -> None:
    if "/again/" in page.url:
        page.fill("#id_password", PASSWORD)
        page.locator("main button[type=submit]").click()


def sign_out(page: Page) -> None:
    page.locator(".top form button").click()
    expect(page.locator(".top a[href='/account/sign-in/']")).to_be_visible()


def keep_passkeys(page: Page) -> None:
    """The browser has an authenticator, and its owner's finger is on it."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def add_passkey(page: Page) -> None:
    page.goto("/account/factors/passkeys/add/")
    show_password(page)
    page.fill("#id_name", "办公室电脑")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/account/factors/codes/")


def set_up_app(page: Page) -> str:
    page.goto("/account/factors/app/add/")
    show_password(page)
    secret = page.locator("#app-key").inner_text()
    assert page.locator(".qr").evaluate("image => image.complete && image.naturalWidth > 100")
    page.fill("#id_code", code_of(secret))
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/account/factors/codes/")
    return secret


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_password_then_passkey_then_in_by_the_passkey_alone(opened: Opened, account: str) -> None:
    page = opened("/")
    with overheard(page) as said:
        keep_passkeys(page)
        sign_in(page, account)
        expect(page.locator(".top a[href='/account/']")).to_be_visible()
        add_passkey(page)
        page.goto("/account/factors/")
        expect(page.locator("main")).to_contain_text("办公室电脑")
        sign_out(page)
        page.goto("/account/sign-in/?next=/account/")
        page.locator("#passkey_login").click()
        page.wait_for_url(re.compile(r"/account/$"))
        expect(page.locator("main")).to_contain_text(account)
        sign_out(page)
        sign_in(page, account)
        page.wait_for_url("**/account/sign-in/factor/")
        page.locator("#passkey_second").click()
        page.wait_for_url(re.compile(r"localhost:\d+/$"))
    assert said == []


def test_a_passkey_that_is_not_there_is_told_in_words(opened: Opened) -> None:
    page = opened("/account/sign-in/")
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR | {"isUserVerified": False}})
    with overheard(page) as said:
        expect(page.locator("#passkey-failed")).to_be_hidden()
        page.locator("#passkey_login").click()
        expect(page.locator("#passkey-failed")).to_be_visible()
    assert said == []


def test_app_then_a_recovery_code_in_place_of_it(opened: Opened, account: str) -> None:
    page = opened("/")
    with overheard(page) as said:
        sign_in(page, account)
        set_up_app(page)
        codes = page.locator("#recovery-codes li").all_inner_texts()
        assert len(set(codes)) == 10
        sign_out(page)
        sign_in(page, account)
        page.fill("#id_code", codes[3])
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url(re.compile(r"localhost:\d+/$"))
    assert said == []


OPEN = [
    "/account/sign-in/",
    "/account/password/forgotten/",
    "/account/password/new/x/y/",
    "/account/password/new/done/",
]
INNER = [
    "/account/", "/account/factors/", "/account/password/", "/account/sign-out/", "/account/again/password/",
    "/account/factors/passkeys/add/", "/account/factors/codes/", "/account/factors/codes/new/",
    "/account/factors/app/remove/", "/account/again/code/",
]  # fmt: skip


@pytest.mark.parametrize("lang", IN_TURN)
def test_the_pages_of_the_door_have_no_flaw(opened: Opened, account: str, lang: str) -> None:
    page = opened("/", lang)
    found: dict[str, list[str]] = {}
    with overheard(page) as said:
        for path in OPEN:
            found[path] = looked_at(page, path, lang)
        page.set_viewport_size({"width": 1440, "height": 900})
        sign_in_wrongly(page)
        found["refused"] = flaws(page, lang)
        page.set_viewport_size({"width": 1440, "height": 900})
        sign_in(page, account)
        page.goto("/account/factors/app/add/")
        show_password(page)
        found["app"] = flaws(page, lang)
        page.set_viewport_size({"width": 1440, "height": 900})
        set_up_app(page)
        for path in INNER:
            found[path] = looked_at(page, path, lang)
        page.set_viewport_size({"width": 1440, "height": 900})
        sign_out(page)
        sign_in(page, account)
        page.wait_for_url("**/account/sign-in/factor/")
        found["second factor"] = flaws(page, lang)
    assert {path: flaws for path, flaws in found.items() if flaws} == {}
    assert said == []


def looked_at(page: Page, path: str, lang: str) -> list[str]:
    page.goto(path)
    return flaws(page, lang)


def sign_in_wrongly(page: Page) -> None:
    page.goto("/account/sign-in/")
    page.fill("#id_login", "nobody")
    page.fill("#id_password", "wrong")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main [role=alert]").first).to_be_visible()
