"""What stands between the site and whoever means it ill, and that docs/security.md tells of it truly."""

from __future__ import annotations

import ast
import json
import logging
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from gongjian.accounts import actions
from gongjian.keys.ring import new_text
from gongjian.ui.logs import JSONLine
from tests.register.town import Town

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
PASSWORD = "lantern-river-42"


def live(tmp_path: Path, **more: str) -> dict[str, str]:
    """The environment of a site that is live."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("GONGJIAN_")},
        "GONGJIAN_LIVE": "1",
        "GONGJIAN_SECRET_KEY": secrets.token_urlsafe(50),
        "GONGJIAN_KEYS": new_text(2026),
        "GONGJIAN_HOSTS": "gongjian.example.cn",
        "GONGJIAN_HOME": str(tmp_path / "home"),
        **more,
    }


def run(code: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *code], env=environment, cwd=ROOT, capture_output=True, text=True)


def test_the_checks_for_a_live_site_find_nothing(tmp_path: Path) -> None:
    check = ["-m", "django", "check", "--deploy", "--fail-level", "WARNING", "--settings", "gongjian.settings"]
    done = run(check, live(tmp_path))
    assert done.returncode == 0, done.stderr


def test_what_is_silenced_of_them_has_its_reason_in_the_docs() -> None:
    told = PAGE.read_text(encoding="utf-8")
    assert settings.SILENCED_SYSTEM_CHECKS
    assert [each for each in settings.SILENCED_SYSTEM_CHECKS if f"`{each}`" not in told] == []


def test_a_live_site_takes_its_cookies_from_no_neighbour_and_stays_on_https(tmp_path: Path) -> None:
    asked = (
        "import json, django; django.setup(); from django.conf import settings as s; print(json.dumps("
        "[s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        " s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.DEBUG, s.PERSONA_DOORS]))"
    )
    environment = live(
        tmp_path, DJANGO_SETTINGS_MODULE="gongjian.settings", GONGJIAN_DEBUG="1", GONGJIAN_PERSONA_DOORS="1"
    )
    session, csrf, *rest = json.loads(run(["-c", asked], environment).stdout)
    assert session.startswith("__Host-") and csrf.startswith("__Host-")
    assert rest == [True, True, True, 31_536_000, True, False, False]


def test_no_page_may_be_framed(client: Client, db: None) -> None:
    answer = client.get("/")
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_what_somebody_signed_in_saw_does_not_stay_in_the_browser(town: Town, signed_in: Any, client: Client) -> None:
    for address in ("/", "/units/", "/units.xlsx", "/api/v1/units", "/nowhere/"):
        assert "no-store" in signed_in(town.clerk).get(address)["Cache-Control"], address
    assert "no-store" not in client.get("/units/").get("Cache-Control", "")


def test_no_secret_gets_into_the_log(town: Town, client: Client, caplog: Any, monkeypatch: Any) -> None:
    """Neither what is typed at the door, nor the session, nor a key – not even when a page breaks on it."""
    caplog.set_level(logging.DEBUG)
    actions.open_account("anna", name="Anna", password=PASSWORD)
    client.raise_request_exception = False
    client.post("/account/sign-in/", {"login": "anna", "password": "wrong-river-43"})
    client.post("/account/sign-in/", {"login": PASSWORD, "password": PASSWORD})
    client.post("/account/sign-in/", {"login": "anna", "password": PASSWORD})
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    monkeypatch.setattr("gongjian.accounts.views.own_factors", lambda request: 1 / 0)
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": "other-river-44"})
    monkeypatch.setattr("gongjian.ui.asof.read_day", lambda typed: 1 / 0)
    assert client.post("/account/again/password/?on=x", {"password": PASSWORD}).status_code == 500
    text = logging.Formatter("%(message)s %(exc_text)s")
    said = "\n".join(text.format(r) for r in caplog.records if not r.name.startswith("django.db"))
    assert "ZeroDivisionError" in said
    for each in (PASSWORD, "wrong-river-43", "other-river-44", session, settings.SECRET_KEY):
        assert each not in said


def test_a_line_break_in_an_address_makes_no_line_of_the_log(client: Client, db: None, caplog: Any) -> None:
    client.get("/nowhere%0a2026-01-01 INFO – gongjian.accounts: made up/")
    assert [r.getMessage() for r in caplog.records if "made up" in r.getMessage()]
    assert not [r for r in caplog.records if "\n" in r.getMessage()]


def test_a_line_of_the_log_as_json_is_one_object_with_request_and_moment() -> None:
    record = logging.LogRecord("gongjian.accounts", logging.INFO, "", 1, "one\ntwo %s", ("三",), None)
    record.created, record.request_id = 1_767_225_600.5, "4f"
    line = JSONLine().format(record)
    assert "\n" not in line
    assert json.loads(line) == {
        "at": "2026-01-01T00:00:00.500+00:00",
        "level": "INFO",
        "request": "4f",
        "from": "gongjian.accounts",
        "said": "one\ntwo 三",
    }


def test_a_broken_page_tells_nothing_of_the_inside(town: Town, signed_in: Any, monkeypatch: Any) -> None:
    browser = signed_in(town.clerk)
    browser.raise_request_exception = False
    monkeypatch.setattr("gongjian.ui.asof.read_day", lambda typed: 1 / 0)
    answer = browser.get("/units/?on=2021-01-01")
    assert answer.status_code == 500
    assert not re.search(rb"Traceback|ZeroDivision|/gongjian/|SELECT ", answer.content)


# == docs/security.md ==
def rows() -> list[tuple[str, str]]:
    """(ids, what holds it) of each line of the table of requirements."""
    text = PAGE.read_text(encoding="utf-8").partition("## ASVS")[2]
    return re.findall(r"^\| ([\d., –-]+) \|[^|]*\| (.+) \|$", text, re.M)


def named_in_the_page() -> set[str]:
    return set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", PAGE.read_text(encoding="utf-8")))


def stands(name: str) -> bool:
    path, _, test = name.partition("::")
    if not (ROOT / path).is_file():
        return False
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == test for node in ast.walk(tree))


def test_every_test_that_the_page_names_stands() -> None:
    assert len(named_in_the_page()) > 40
    assert sorted(name for name in named_in_the_page() if not stands(name)) == []


def test_a_test_that_does_not_stand_is_noticed() -> None:
    assert not stands("tests/house/test_security.py::test_nothing")
    assert not stands("tests/house/test_nothing.py::test_nothing")


@pytest.mark.parametrize("chapter", range(1, 18))
def test_every_chapter_is_gone_through(chapter: int) -> None:
    assert [ids for ids, _ in rows() if re.match(rf"{chapter}\.", ids)]


def test_every_line_names_its_test_or_says_why_not() -> None:
    dumb = [ids for ids, held in rows() if "`tests/" not in held and len(held.split()) < 5]
    assert dumb == []
