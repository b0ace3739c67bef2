"""The stage is set once for each module; what a test plants on it goes with the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from .stage import Stage


@pytest.fixture(scope="module")
def set_stage(django_db_setup, django_db_blocker) -> Iterator[Stage]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield Stage()
        transaction.set_rollback(True)


@pytest.fixture
def stage(set_stage: Stage, db: None) -> Stage:
    return set_stage
