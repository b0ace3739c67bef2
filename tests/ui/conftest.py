"""Pages of this folder run on the frame alone: no table is read."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

WITHOUT_TABLES = [
    "gongjian.ui.headers.SecurityHeadersMiddleware",
    "gongjian.ui.database_away.DatabaseAwayMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "gongjian.ui.asof.AsOfMiddleware",
]


@pytest.fixture
def pages(settings) -> Client:
    settings.ROOT_URLCONF = "tests.ui.urls"
    settings.MIDDLEWARE = WITHOUT_TABLES
    return Client(raise_request_exception=False)


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def language_as_set() -> Iterator[None]:
    """What a request leaves active does not reach the next test."""
    with translation.override("zh-hans"):
        yield
