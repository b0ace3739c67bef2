"""Where one is signed in: seen, and ended."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongjian.accounts import sessions

from .conftest import is_in, sign_in

PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile MicroMessenger/8.0"


@pytest.fixture
def here(anna, browser):
    client = browser("192.0.2.1")
    sign_in(client)
    return client


@pytest.fixture
def there(anna, browser):
    client = browser("192.0.2.2")
    client.defaults["HTTP_USER_AGENT"] = PHONE
    sign_in(client)
    return client


def listed(client) -> list[tuple[str, str, str, bool]]:
    rows = client.get("/account/").context["sessions"]
    return [(str(row.browser), row.system, row.address, row.is_current) for row in rows]


def test_sessions_are_listed_with_device_and_address_the_own_first(here, there):
    assert listed(here) == [("Firefox", "Windows", "192.0.2.1", True), ("WeChat", "Android", "192.0.2.2", False)]
    assert listed(there)[0] == ("WeChat", "Android", "192.0.2.2", True)


def test_one_session_is_ended(here, there, told):
    [other] = [row for row in here.get("/account/").context["sessions"] if not row.is_current]
    here.post(f"/account/sessions/{other.id}/end/")
    assert there.get("/account/").status_code == 302
    assert listed(here) == [("Firefox", "Windows", "192.0.2.1", True)]
    assert told()[-1]["event"] == "session_ended"


def test_all_others_are_ended(here, there):
    here.post("/account/sessions/others/end/")
    assert there.get("/account/").status_code == 302 and here.get("/account/").status_code == 200


def test_nobody_ends_a_session_of_somebody_else(here, bert, browser):
    other = browser()
    sign_in(other, "bert")
    row = UserSession.objects.get(user=bert)
    assert here.post(f"/account/sessions/{row.pk}/end/").status_code == 404
    assert other.get("/account/").status_code == 200


def test_a_link_ends_nothing(here, there):
    for path in ("/account/sessions/others/end/", f"/account/sessions/{UserSession.objects.first().pk}/end/"):
        assert here.get(path).status_code == 405


def test_a_session_that_has_run_out_is_not_listed(here, there):
    key = there.session.session_key
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(days=1))
    assert len(listed(here)) == 1


def test_last_seen_follows_within_five_minutes_and_costs_one_query(here, monkeypatch):
    here.get("/account/factors/")
    monkeypatch.setattr(sessions, "SEEN_EVERY", 0)
    before = UserSession.objects.get().last_seen_at
    with CaptureQueriesContext(connection) as noted:
        here.get("/account/factors/")
    monkeypatch.setattr(sessions, "SEEN_EVERY", 300)
    with CaptureQueriesContext(connection) as quiet:
        here.get("/account/factors/")
    assert UserSession.objects.get().last_seen_at > before
    assert len(noted) == len(quiet) + 1


def test_an_ordinary_page_pays_nothing_for_signing_in(town, signed_in):
    """But the session and the account, which every page asked for before."""
    client = signed_in(town.stranger)
    client.get("/units/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/units/")
    ours = [q["sql"] for q in asked if "usersessions" in q["sql"] or "mfa_" in q["sql"] or "accounts_" in q["sql"]]
    assert len(ours) == 1 and "accounts_user" in ours[0]


def test_a_move_to_another_address_is_noted_at_once(here):
    here.defaults["REMOTE_ADDR"] = "203.0.113.9"
    here.get("/account/")
    assert UserSession.objects.get().ip == "203.0.113.9"


def test_a_session_without_an_address_says_so(anna, browser):
    client = browser("")
    sign_in(client)
    assert is_in(client) and b"Unknown" in client.get("/account/").content


def test_the_page_asks_as_much_for_one_session_as_for_four(here, anna, browser):
    here.get("/account/")
    with CaptureQueriesContext(connection) as one:
        here.get("/account/")
    for n in range(3):
        sign_in(browser(f"192.0.2.{n + 10}"))
    with CaptureQueriesContext(connection) as four:
        assert len(listed(here)) == 4
    assert len(four) == len(one)
