"""The API keeps to its own document, whoever asks whatever: no call breaks, and every answer is one it tells of."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gongjian.accounts.models import User

from .town import MarkedTown

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("crawl")]
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PERSONAS = ["nobody", "stranger", "village secretary", "firm's union chair", "county union chair",
            "who was lent an office", "organiser", "auditor"]  # fmt: skip


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The application is called in the transaction of the test, and must not close its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ask_all(made: MarkedTown, persona: str, number: int) -> int:
    """So many calls of every operation, sound and unsound ones; how many were answered."""
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    cookies = cookies_of(made, persona)
    asked = 0

    def call(case: schemathesis.Case) -> None:
        nonlocal asked
        asked += 1
        with transaction.atomic():
            case.call_and_validate(cookies=cookies, checks=CHECKS)

    for found in document.get_all_operations():
        for mode in GenerationMode:
            cases = found.ok().as_strategy(generation_mode=mode)
            few = examples(
                max_examples=number, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            few(given(case=cases)(call))()
    return asked


def cookies_of(made: MarkedTown, persona: str) -> dict[str, str]:
    who = made.reader(persona)
    if not isinstance(who, User):
        return {}
    browser = Client()
    browser.force_login(who)
    return {settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value}


@pytest.mark.parametrize("persona", ["nobody", "village secretary", "organiser"])  # all of them, in many calls: slow
def test_the_api_keeps_to_its_document(marked_town: MarkedTown, persona: str) -> None:
    assert set(PERSONAS) == set(marked_town.personas)
    assert ask_all(marked_town, persona, 4) > 20


@pytest.mark.slow
@pytest.mark.parametrize("persona", PERSONAS)
def test_the_api_keeps_to_its_document_in_many_calls(marked_town: MarkedTown, persona: str) -> None:
    assert ask_all(marked_town, persona, 100) > 500
