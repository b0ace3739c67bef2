"""Fixtures of the whole suite: the small town and who walks in it."""

import os
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.packs import here
from gongjian.workdays import calendar
from scripts.messages import compile_if_stale

from .kept import once
from .register.town import Town, build_town
from .tables import tables

compile_if_stale()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix) -> None:
    """The database of the tests is a copy of the one that has the tables."""
    connection.settings_dict["TEST"]["TEMPLATE"] = tables(os.environ["DATABASE_URL"])


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """A test that commits is followed by a flush, which empties tables: in the database of the tests it may."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("act", "before", "seal", "head"):
            cursor.execute(f"ALTER TABLE chronicle_{table} DISABLE TRIGGER chronicle_{table}_not_emptied")


@pytest.fixture(autouse=True)
def _pack_read_once(monkeypatch) -> None:
    """What a process keeps of the pack for a minute is read once in each test, so that queries can be counted."""
    for each in (here, calendar):
        monkeypatch.setattr(each, "KEPT", 86_400)
        each.forget()


@pytest.fixture
def town(db) -> Town:
    """The small town of tests/register/town.py."""
    return once(("town", timezone.localdate()), build_town)


@pytest.fixture
def organiser(town: Town) -> User:
    """Whoever keeps the town's register: the clerk."""
    return town.clerk


@pytest.fixture
def reader(town: Town) -> User:
    """Whoever reads everything by office, and changes nothing: the inspector."""
    return town.inspector


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """`signed_in(account)` is a browser of that account; `client` is one of nobody."""

    def sign_in(account: User) -> Client:
        client = Client()
        client.force_login(account)
        return client

    return sign_in
