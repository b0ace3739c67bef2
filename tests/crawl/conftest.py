"""A marked town that stands for a whole file of tests, in a transaction that is rolled back at its end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from gongjian.accounts import sessions

from .town import MarkedTown, build_marked_town


@pytest.fixture(scope="module")
def marked_town(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[MarkedTown]:
    uploads: Path = tmp_path_factory.mktemp("crawl") / "uploads"
    sessions._seen.clear()
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=uploads), transaction.atomic():
        yield build_marked_town()
        transaction.set_rollback(True)
