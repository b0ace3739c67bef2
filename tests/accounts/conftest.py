"""An account with a password, its browser, and what it does at the door."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from gongjian.accounts import actions, sessions
from gongjian.accounts.models import User

PASSWORD = "lantern-river-42"
SIGN_IN = "/account/sign-in/"


@pytest.fixture(autouse=True)
def _seen_anew() -> None:
    """What a process remembers of sessions it has noted belongs to one test."""
    sessions._seen.clear()


@pytest.fixture
def anna(db: None) -> User:
    return actions.open_account("anna", name="Anna", password=PASSWORD, email="anna@example.cn")


@pytest.fixture
def bert(db: None) -> User:
    return actions.open_account("bert", name="Bert", password=PASSWORD)


@pytest.fixture
def browser() -> Callable[..., Client]:
    """`browser(address="…")` is a browser of nobody, in English, from this address."""

    def opened(address: str = "192.0.2.1", **more: Any) -> Client:
        return Client(REMOTE_ADDR=address, headers={"Accept-Language": "en", "User-Agent": "Firefox Windows"}, **more)

    return opened


def sign_in(client: Client, name: str = "anna", password: str = PASSWORD, **more: Any) -> Any:
    return client.post(SIGN_IN, {"login": name, "password": password, **more})


def show_password(client: Client, password: str = PASSWORD) -> Any:
    """Prove once more who one is."""
    return client.post("/account/again/password/", {"password": password})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """`told()` is what has been written about the door so far."""
    caplog.set_level(logging.INFO, "gongjian.accounts")
    yield lambda: [json.loads(r.message) for r in caplog.records if r.name == "gongjian.accounts"]
