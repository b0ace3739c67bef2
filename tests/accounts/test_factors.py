"""The second factor: set up, asked for, stood in for by a recovery code, taken away, and made compulsory."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from gongjian.accounts import actions, factors
from gongjian.accounts.models import User

from .conftest import is_in, show_password, sign_in

APP = "/account/factors/app/add/"
CODES = "/account/factors/codes/"
SECOND = "/account/sign-in/factor/"


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def set_up_app(client) -> str:
    """The key of the app that has been set up."""
    show_password(client)
    secret = re.search(r'id="app-key">([A-Z2-7]+)<', client.get(APP).content.decode())[1]
    assert client.post(APP, {"code": code_of(secret)})["Location"] == CODES
    return secret


@pytest.fixture
def protected(anna, browser):
    """Anna's browser, signed out again, and the key of her app."""
    client = browser()
    sign_in(client)
    secret = set_up_app(client)
    client.get(CODES)
    client.post("/account/sign-out/")
    return client, secret


def recovery_codes(account) -> list[str]:
    return Authenticator.objects.get(user=account, type="recovery_codes").wrap().get_unused_codes()


def test_with_an_app_the_password_alone_does_not_sign_in(protected, anna):
    client, secret = protected
    assert sign_in(client)["Location"] == SECOND
    assert not is_in(client)
    assert client.get("/account/").status_code == 302
    assert client.post(SECOND, {"code": code_of(secret)})["Location"] == "/"
    assert is_in(client)


def test_a_code_of_the_app_is_taken_once(protected, browser):
    client, secret = protected
    other = browser("192.0.2.2")
    code = code_of(secret)
    for each in (client, other):
        sign_in(each)
        each.post(SECOND, {"code": code})
    assert is_in(client) and not is_in(other)


def test_a_recovery_code_stands_in_once(protected, anna):
    client, _ = protected
    code = recovery_codes(anna)[0]
    for expected in (True, False):
        sign_in(client)
        client.post(SECOND, {"code": code})
        assert is_in(client) is expected
        client.post("/account/sign-out/")
    assert len(recovery_codes(anna)) == 9


def test_wrong_codes_are_held_back_but_not_for_the_device_that_is_known(protected, browser, anna):
    own, secret = protected
    thief = browser("203.0.113.1")
    for _ in range(6):
        sign_in(thief)
        page = thief.post(SECOND, {"code": "000000"})
    assert b"That was tried too often" in page.content
    sign_in(own)
    own.post(SECOND, {"code": code_of(secret, 1)})
    assert is_in(own)


def test_keys_and_codes_are_encrypted_where_they_are_kept(protected, anna):
    _, secret = protected
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept


def test_a_new_secret_key_of_the_site_reads_what_the_one_before_wrote(protected, settings):
    client, secret = protected
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "x" * 60
    sign_in(client)
    client.post(SECOND, {"code": code_of(secret)})
    assert is_in(client)


def test_codes_are_shown_saved_and_made_anew_only_after_the_password(anna, browser):
    client = browser()
    sign_in(client)
    set_up_app(client)
    first = recovery_codes(anna)
    page = client.get(CODES).content.decode()
    assert all(code in page for code in first)
    assert client.get(f"{CODES}file/").content.decode().split()[-10:] == first
    client.post(f"{CODES}new/")
    assert not set(recovery_codes(anna)) & set(first)
    again = browser("192.0.2.3")
    sign_in(again)
    again.post(SECOND, {"code": recovery_codes(anna)[0]})
    assert again.get(CODES)["Location"].startswith("/account/again/")


def test_removing_the_app_takes_the_recovery_codes_along(protected, anna, told):
    client, secret = protected
    sign_in(client)
    client.post(SECOND, {"code": code_of(secret)})
    show_password(client)
    client.post("/account/factors/app/remove/")
    assert not Authenticator.objects.exists() and not factors.has_second_factor(anna)
    removed = [each["factor"] for each in told() if each["event"] == "factor_removed"]
    assert removed == ["totp", "recovery_codes"]


def test_who_lost_phone_and_codes_is_helped_by_an_action(protected, anna):
    client, _ = protected
    actions.remove_factors(anna)
    assert sign_in(client)["Location"] == "/"


@pytest.mark.parametrize("path", ["name", "remove"])
def test_somebody_elses_passkey_is_not_found(anna, bert, browser, path):
    key = Authenticator.objects.create(user=bert, type="webauthn", data={"name": "Bert's", "credential": {}})
    client = browser()
    sign_in(client)
    show_password(client)
    assert client.post(f"/account/factors/passkeys/{key.pk}/{path}/", {"name": "mine"}).status_code == 404
    assert Authenticator.objects.get(pk=key.pk).data["name"] == "Bert's"


DEEP = pytest.param("[" * 100_000, id="nested deeper than can be read")


@pytest.mark.parametrize(
    "credential", ["", "{}", "[]", '"x"', "nonsense", '{"id": "a", "response": {"userHandle": 1}}', DEEP]
)
def test_a_made_up_passkey_signs_nobody_in(anna, browser, credential):
    client = browser()
    client.get("/account/sign-in/passkey/", headers={"Accept": "application/json"})
    response = client.post("/account/sign-in/passkey/", {"credential": credential})
    assert response["Location"] == "/account/sign-in/" and not is_in(client)


ODD = [
    "",
    "{}",
    "[]",
    '"x"',
    "7",
    '{"id": "a"}',
    '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}',
    DEEP,
]


@pytest.mark.parametrize("credential", ODD)
def test_a_made_up_passkey_is_not_added(anna, browser, credential):
    client = browser()
    sign_in(client)
    show_password(client)
    client.get("/account/factors/passkeys/add/")
    page = client.post("/account/factors/passkeys/add/", {"name": "mine", "credential": credential})
    assert page.status_code == 200 and not Authenticator.objects.exists()


@pytest.mark.parametrize("credential", ODD)
def test_a_made_up_passkey_is_no_second_factor(protected, credential):
    client, _ = protected
    sign_in(client)
    assert client.post(SECOND, {"credential": credential}).status_code == 200
    assert not is_in(client)


def test_under_a_number_the_page_says_that_passkeys_need_a_name(anna, browser, settings):
    client = browser(SERVER_NAME="127.0.0.1")
    sign_in(client)
    show_password(client)
    assert b"passkeys belong to names" in client.get("/account/factors/passkeys/add/").content


@pytest.fixture
def compulsory(anna, monkeypatch):
    """For Anna, and for her only."""
    monkeypatch.setattr(factors, "_predicates", [])
    factors.require_when(is_anna)
    factors.require_when(is_anna)
    assert factors._predicates == [is_anna]


def is_anna(account) -> bool:
    return account.username == "anna"


def test_whoever_needs_a_factor_gets_only_to_the_page_for_it(compulsory, bert, browser):
    client = browser()
    sign_in(client)
    for path in ("/", "/units/", "/account/", "/account/password/"):
        assert client.get(path)["Location"] == "/account/factors/"
    assert client.get("/api/v1/units").status_code == 403
    assert client.get("/units/", headers={"HX-Request": "true"})["HX-Redirect"] == "/account/factors/"
    assert b"Your office asks for a second factor" in client.get("/account/factors/").content
    assert client.get("/account/sign-out/").status_code == 200
    other = browser("192.0.2.2")
    sign_in(other, "bert")
    assert other.get("/account/").status_code == 200


def test_once_it_is_set_up_the_rest_opens_and_closes_again_when_it_is_removed(compulsory, browser):
    client = browser()
    sign_in(client)
    set_up_app(client)
    assert client.get("/account/").status_code == 200
    client.post("/account/factors/app/remove/")
    assert client.get("/account/")["Location"] == "/account/factors/"


def test_a_session_that_showed_a_factor_pays_no_query_for_it(compulsory, protected, django_assert_num_queries, rf):
    client, secret = protected
    sign_in(client)
    client.post(SECOND, {"code": code_of(secret)})
    request = rf.get("/")
    request.session, request.user = client.session, is_anna_account()
    request.session.get("warm")
    with django_assert_num_queries(0):
        assert not factors.is_missing(request)


def is_anna_account():
    return User.objects.get(username="anna")


def test_nobody_is_asked_for_anything_while_no_floor_above_asks(anna, browser, monkeypatch):
    monkeypatch.setattr(factors, "_predicates", [])
    client = browser()
    sign_in(client)
    assert client.get("/account/").status_code == 200
