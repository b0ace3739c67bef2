"""The door itself: password, sign-out, new passwords, and nothing that tells whether a name is known."""

import re
from html import unescape
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import get_hasher
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from gongjian.accounts import actions
from gongjian.accounts.backend import AccountBackend
from gongjian.accounts.models import User
from gongjian.accounts.tasks import send_password_letters

from .conftest import PASSWORD, SIGN_IN, is_in, show_password, sign_in

NEW = "another-quiet-hill-7"


@pytest.mark.parametrize("name", ["anna", "ANNA", " anna ", "anna@example.cn", "Anna@Example.cn"])
def test_user_name_and_email_both_sign_in(anna, browser, name):
    client = browser()
    assert sign_in(client, name)["Location"] == "/"
    assert is_in(client)


def test_where_somebody_was_going_is_kept_but_only_on_this_site(anna, browser):
    assert sign_in(browser(), next="/units/")["Location"] == "/units/"
    assert sign_in(browser(), next="https://evil.example/")["Location"] == "/"


def words(response) -> str:
    text = re.sub(r"(?s)<script.*?</script>|<input[^>]*>|<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(text))


@pytest.mark.parametrize("name", ["anna", "anna@example.cn", "nobody", "nobody@example.cn", "closed", "x" * 254])
def test_a_wrong_password_and_an_unknown_or_closed_name_are_answered_alike(anna, bert, browser, name):
    closed = actions.open_account("closed", name="Closed", password=PASSWORD)
    actions.close_account(closed)
    refused = words(sign_in(browser("192.0.2.7"), "bert", "not it at all"))
    client = browser()
    password = PASSWORD if name == "closed" else "not it at all"
    assert words(sign_in(client, name, password)) == refused
    assert not is_in(client)


@pytest.mark.parametrize("name", ["anna", "anna@example.cn", "nobody", "nobody@example.cn", "without"])
def test_a_password_is_hashed_exactly_once_whatever_the_name(anna, monkeypatch, name):
    actions.open_account("without", name="Without a password")
    hashed = []
    hasher = type(get_hasher("argon2"))
    encode, verify = hasher.encode, hasher.verify
    monkeypatch.setattr(hasher, "encode", lambda *a, **k: hashed.append("encode") or encode(*a, **k))
    monkeypatch.setattr(hasher, "verify", lambda *a, **k: hashed.append("verify") or verify(*a, **k))
    assert AccountBackend().authenticate(None, username=name, password="not it at all") is None
    assert len(hashed) == 1


def test_passwords_are_kept_by_argon2(anna):
    assert anna.password.startswith("argon2$argon2id$")


def test_signing_out_asks_and_then_does_it(anna, browser):
    client = browser()
    sign_in(client)
    assert b"Sign out on this device?" in client.get("/account/sign-out/").content and is_in(client)
    assert client.post("/account/sign-out/")["Location"] == "/"
    assert not is_in(client)


def test_without_keep_me_signed_in_the_session_ends_with_the_browser(anna, browser):
    short, long = browser(), browser()
    sign_in(short)
    sign_in(long, remember="on")
    assert short.session.get_expire_at_browser_close()
    assert not long.session.get_expire_at_browser_close()


def test_nobody_signs_up(db, client):
    assert client.get("/account/sign-up/").status_code == 404
    assert client.get("/accounts/signup/").status_code == 404


def test_a_changed_password_counts_and_ends_the_other_sessions(anna, browser):
    here, there = browser(), browser("192.0.2.2")
    sign_in(here)
    sign_in(there)
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post("/account/password/", form).status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert is_in(here) and not sign_in(browser(), password=PASSWORD).has_header("Location")
    assert sign_in(browser(), password=NEW)["Location"] == "/"


@pytest.mark.parametrize("password", ["short", "password1234", "1234567890123", "anna@example.cn"])
def test_a_weak_password_is_refused_with_a_reason(anna, browser, password):
    client = browser()
    sign_in(client)
    form = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert b"field--error" in client.post("/account/password/", form).content
    assert User.objects.get().check_password(PASSWORD)


def test_where_no_letters_are_sent_the_page_says_whom_to_ask(anna, browser):
    client = browser()
    for response in (client.get("/account/password/forgotten/"), client.post("/account/password/forgotten/")):
        assert b"Ask the office that opened your account" in response.content
        assert b"<input" not in re.search(rb"(?s)<main.*</main>", response.content)[0]
    assert mail.outbox == []


def test_the_letter_sets_a_new_password_once_and_ends_every_session(anna, browser, settings):
    settings.MAIL = "console"
    there, client = browser("192.0.2.2"), browser()
    sign_in(there)
    sent = client.post("/account/password/forgotten/", {"email": "ANNA@example.cn"})
    work_off()
    [letter] = mail.outbox
    assert letter.to == ["anna@example.cn"] and "Your user name is anna." in letter.body
    path = re.search(r"http://testserver(/account/password/new/\S+)", letter.body)[1]
    page = client.get(path, follow=True)
    form = page.redirect_chain[0][0]
    assert client.post(form, {"password1": NEW, "password2": NEW})["Location"] == "/account/password/new/done/"
    assert there.get("/account/").status_code == 302
    assert sign_in(browser(), password=NEW)["Location"] == "/"
    assert b"no longer works" in browser().get(path, follow=True).content
    unknown = browser().post("/account/password/forgotten/", {"email": "nobody@example.cn"})
    assert (unknown.status_code, unknown["Location"]) == (sent.status_code, sent["Location"])
    assert work_off() == 1 and len(mail.outbox) == 1


def test_asking_for_a_letter_does_the_same_work_whether_or_not_somebody_has_the_email(anna, browser, settings):
    settings.MAIL = "console"
    asked = []
    for email in ("anna@example.cn", "nobody@example.cn"):
        client = browser()
        client.get("/account/password/forgotten/")
        with CaptureQueriesContext(connection) as queries:
            client.post("/account/password/forgotten/", {"email": email})
        asked.append([re.sub(r"'[^']*'|\d+|\[[^]]*\]", "", q["sql"]) for q in queries])
    assert len(asked[0]) == len(asked[1]) and mail.outbox == []


def work_off() -> int:
    """What the worker does with the letters that wait; how many jobs those were."""
    jobs = list(ProcrastinateJob.objects.filter(task_name="accounts.send_password_letters"))
    with patch("gongjian.accounts.tasks.close_old_connections"):  # the test's own connection is not the worker's
        for job in jobs:
            send_password_letters(**job.args)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_events")
        cursor.execute("DELETE FROM procrastinate_jobs")
    return len(jobs)


def test_an_invited_account_gets_its_password_by_a_path(db, browser):
    account = actions.open_account("carl", name="Carl")
    client = browser()
    assert not sign_in(client, "carl", "").has_header("Location")
    form = client.get(actions.password_path(account), follow=True).redirect_chain[0][0]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert sign_in(client, "carl", NEW)["Location"] == "/"


@pytest.mark.parametrize("username", ["", "a b", "a@b", "x" * 151, "a\x00b", "ANNA"])
def test_a_user_name_that_cannot_be_typed_or_is_taken_opens_nothing(anna, username):
    with pytest.raises(ValidationError):
        actions.open_account(username, name="Somebody", password=PASSWORD)
    assert User.objects.count() == 1


def test_an_email_belongs_to_one_account(anna):
    with pytest.raises(ValidationError):
        actions.open_account("other", name="Other", email="ANNA@example.cn")


def test_a_closed_account_is_out_at_once_and_comes_back_when_reopened(anna, browser):
    client = browser()
    sign_in(client)
    actions.close_account(anna)
    assert client.get("/account/").status_code == 302
    actions.reopen_account(anna)
    assert sign_in(client)["Location"] == "/"


def test_the_head_of_each_page_offers_what_one_can_do(anna, browser):
    client = browser()
    assert b'href="/account/sign-in/"' in client.get("/").content
    sign_in(client)
    page = client.get("/account/").content
    assert b'href="/account/"' in page and b'action="/account/sign-out/"' in page


def test_last_login_is_not_kept(anna, browser):
    sign_in(browser())
    assert "last_login" not in {field.name for field in User._meta.get_fields()}


def test_what_touches_security_asks_for_the_password_again(anna, browser):
    client = browser()
    sign_in(client)
    asked = client.get("/account/factors/app/add/")
    assert asked["Location"].startswith("/account/again/password/")
    assert b"This is not your password" in show_password(client, "wrong").content
    show_password(client)
    assert client.get("/account/factors/app/add/").status_code == 200


def test_a_form_without_its_token_is_refused(anna):
    client = Client(enforce_csrf_checks=True)
    assert client.post(SIGN_IN, {"login": "anna", "password": PASSWORD}).status_code == 403


@pytest.mark.parametrize("name", ["\x00", "x" * 100_000, "'\" OR 1=1 --", "\ud800".encode("utf-16", "surrogatepass")])
def test_an_odd_name_is_refused_and_breaks_nothing(anna, browser, name):
    client = browser()
    assert sign_in(client, name).status_code == 200 and not is_in(client)
