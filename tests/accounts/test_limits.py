"""Guessing is slow, and nobody who guesses can lock the owner out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from gongjian.accounts import limits
from gongjian.accounts.devices import network_of
from gongjian.accounts.models import Tries

from .conftest import PASSWORD, is_in, sign_in

WRONG = "not it at all"


def guess(client, name: str, times: int) -> list[bool]:
    """Whether each guess was held back unread."""
    return [b"That was tried too often" in sign_in(client, name, WRONG).content for _ in range(times)]


@pytest.mark.parametrize("name", ["anna", "nobody"])
def test_after_five_wrong_tries_from_one_address_the_pair_waits_known_or_not(anna, browser, name):
    assert guess(browser(), name, 7) == [False] * 5 + [True] * 2


def test_held_back_even_the_right_password_does_not_sign_in(anna, browser):
    client = browser()
    guess(client, "anna", 5)
    sign_in(client)
    assert not is_in(client)


def test_another_address_is_not_held_back_by_that(anna, browser):
    guess(browser("192.0.2.1"), "anna", 6)
    client = browser("192.0.2.2")
    sign_in(client)
    assert is_in(client)


def test_another_name_is_not_held_back_by_that(anna, bert, browser):
    guess(browser(), "bert", 6)
    client = browser()
    sign_in(client)
    assert is_in(client)


def test_many_addresses_together_get_twenty_tries_at_one_name(anna, browser):
    held = [held for n in range(6) for held in guess(browser(f"192.0.2.{n}"), "anna", 4)]
    assert held == [False] * 20 + [True] * 4


def test_whoever_guesses_from_everywhere_does_not_keep_the_owner_out_of_a_known_device(anna, browser):
    own = browser("198.51.100.1")
    sign_in(own)
    own.post("/account/sign-out/")
    for n in range(6):
        guess(browser(f"192.0.2.{n}"), "anna", 4)
    stranger = browser("192.0.2.99")
    sign_in(stranger)
    assert not is_in(stranger)
    sign_in(own)
    assert is_in(own)


def test_a_known_device_behind_the_address_of_the_guesser_gets_in_as_well(anna, browser):
    own, guesser = browser(), browser()
    sign_in(own)
    own.post("/account/sign-out/")
    guess(guesser, "anna", 6)
    sign_in(own)
    assert is_in(own)


def test_a_known_device_has_ten_tries_and_no_more(anna, browser):
    own = browser()
    sign_in(own)
    own.post("/account/sign-out/")
    assert guess(own, "anna", 12) == [False] * 10 + [True] * 2


def test_a_device_is_known_for_whom_it_signed_in_and_for_nobody_else(anna, bert, browser):
    own = browser()
    sign_in(own, "bert")
    own.post("/account/sign-out/")
    assert guess(own, "anna", 6) == [False] * 5 + [True]


def test_a_made_up_device_is_not_known(anna, browser):
    client = browser()
    client.cookies["gongjian_device"] = "WyJhIixbImIiXV0:1abc:forged"
    assert guess(client, "anna", 6) == [False] * 5 + [True]


def test_the_cookie_of_the_device_is_out_of_reach_of_scripts(anna, browser):
    client = browser()
    cookie = sign_in(client).cookies["gongjian_device"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and "anna" not in cookie.value


def test_one_address_gets_a_hundred_tries_over_all_names(db, browser, monkeypatch):
    monkeypatch.setattr(limits, "ADDRESS", limits.Allowance(3, timedelta(seconds=5)))
    client = browser()
    assert [guess(client, f"name{n}", 1)[0] for n in range(5)] == [False] * 3 + [True] * 2


def test_addresses_of_one_network_count_as_one(anna, browser):
    held = [guess(browser(f"2001:db8:1:1::{n}"), "anna", 1)[0] for n in range(1, 7)]
    assert held == [False] * 5 + [True]
    assert guess(browser("2001:db8:1:2::1"), "anna", 1) == [False]


def test_a_right_password_costs_no_try(anna, browser):
    for _ in range(8):
        client = browser()
        sign_in(client)
        assert is_in(client)
    assert set(Tries.objects.values_list("spent", flat=True)) == {0}


def test_a_right_password_does_not_give_back_the_wrong_ones_before(anna, bert, browser):
    client = browser()
    guess(client, "bert", 4)
    guess(client, "anna", 4)
    sign_in(client, "anna")
    assert 4 < Tries.objects.get(pk__startswith="address:").spent <= 8  # some come back while the passwords are tried


def test_tries_come_back_with_time(db):
    pots = {"pair:x": limits.PAIR}
    now = timezone.now()
    assert [limits.take(pots, now) for _ in range(6)] == [True] * 5 + [False]
    later = now + limits.PAIR.regained
    assert [limits.take(pots, later) for _ in range(2)] == [True, False]
    assert [limits.take(pots, now + timedelta(hours=1)) for _ in range(6)] == [True] * 5 + [False]


def test_a_clock_that_goes_back_gives_nothing(db):
    pots = {"pair:x": limits.PAIR}
    now = timezone.now()
    assert [limits.take(pots, now) for _ in range(5)] == [True] * 5
    assert not limits.take(pots, now - timedelta(hours=2))


def test_from_an_empty_pot_nothing_is_taken_of_the_others(db):
    full, empty = {"name:x": limits.NAME}, {"pair:x": limits.Allowance(0, timedelta(minutes=1))}
    assert not limits.take(full | empty)
    assert set(Tries.objects.values_list("spent", flat=True)) == {0}


def test_what_has_refilled_is_forgotten_after_a_day(db):
    now = timezone.now()
    limits.take({"pair:x": limits.PAIR}, now - timedelta(days=2))
    limits.take({"pair:y": limits.PAIR}, now)
    assert list(Tries.objects.values_list("key", flat=True)) == ["pair:y"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_more_tries_than_one_after_the_other():
    def once(_: int) -> bool:
        try:
            return limits.take({"pair:x": limits.PAIR, "name:x": limits.NAME})
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(once, range(24))) == 5


def test_neither_names_nor_addresses_are_kept(anna, browser):
    guess(browser("192.0.2.1"), "anna", 1)
    kept = " ".join(Tries.objects.values_list("key", flat=True))
    assert "anna" not in kept and "192.0.2" not in kept


def test_behind_a_proxy_the_address_is_the_one_the_proxy_saw(anna, browser, settings):
    settings.BEHIND_PROXY = True

    def from_there(forwarded: str) -> bool:
        client = browser("10.0.0.1")
        client.defaults["HTTP_X_FORWARDED_FOR"] = forwarded
        return guess(client, "anna", 1)[0]

    assert [from_there(f"203.0.113.{n}, 192.0.2.1") for n in range(6)] == [False] * 5 + [True]
    assert not from_there("192.0.2.1, 203.0.113.1")


def test_an_address_written_as_ipv6_is_the_address_itself():
    """A server that listens on both families writes so; all of them lie in one /64."""
    seen = [
        network_of(RequestFactory().get("/", REMOTE_ADDR=each)) for each in ("::ffff:192.0.2.1", "::ffff:192.0.2.2")
    ]
    assert seen == ["192.0.2.1", "192.0.2.2"]


def test_without_a_proxy_nobody_chooses_an_address(anna, browser):
    held = []
    for n in range(6):
        client = browser()
        client.defaults["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{n}"
        held += guess(client, "anna", 1)
    assert held == [False] * 5 + [True]


def test_what_is_written_of_the_door_holds_neither_names_nor_passwords(anna, browser, told, caplog):
    client = browser()
    sign_in(client, "my-secret-typed-as-name", WRONG)
    sign_in(client)
    client.post("/account/sign-out/")
    events = [(each["event"], each.get("account")) for each in told()]
    assert events == [("sign_in_failed", None), ("signed_in", anna.pk), ("signed_out", anna.pk)]
    for secret in ("my-secret-typed-as-name", WRONG, PASSWORD):
        assert secret not in caplog.text
