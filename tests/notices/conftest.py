"""People to write to, a mail server, and letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from gongjian.accounts.models import User
from gongjian.notices.actions import NewLetter, write_letters
from gongjian.workdays import calendar
from gongjian.workdays.define import define_year

from .mail_server import MailServer, serving

MONDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 7)
NOW = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)


@pytest.fixture
def year(db: None) -> None:
    define_year("2026", days_off=[date(2026, 3, 4)], days_worked=[date(2026, 3, 8)], source="样例")
    calendar.forget()


@pytest.fixture
def people(year: None) -> Callable[[int], list[User]]:
    """`people(3)` are three accounts with an address each."""

    def made(number: int) -> list[User]:
        names = [f"who{n}" for n in range(number)]
        return User.objects.bulk_create(
            User(username=name, name=name, email=f"{name}@example.cn", password="!") for name in names
        )

    return made


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serving() as server:
        yield server


@pytest.fixture
def mailing(server: MailServer, settings: Any) -> MailServer:
    """The server of the tests, to which this process sends as well."""
    settings.MAIL = server.url
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 10
    return server


def digest(account: User, day: date = MONDAY, **more: Any) -> NewLetter:
    given = {"subject": "今日要办 3 件", "body": "第一件\n第二件", "about": ["register.body:7"], **more}
    return NewLetter(account.pk, given.pop("kind", "digest"), day, **given)


def written(*accounts: User, **more: Any) -> int:
    return write_letters([digest(account, **more) for account in accounts], now=NOW)
