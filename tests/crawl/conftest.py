"""A marked town that stands for all tests here, in a transaction that is rolled back at the end; and one walk in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from gongjian.accounts import sessions

from .town import MarkedTown, build_marked_town
from .walk import Crawler

# Of each sort of right one but whoever reads everything; the far walk, which is slow, is that of all personas.
SOME = ("nobody", "stranger", "village secretary", "organiser")
WITHOUT_OFFICE = ("nobody", "stranger")


@pytest.fixture(scope="package")
def marked_town(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[MarkedTown]:
    uploads: Path = tmp_path_factory.mktemp("crawl") / "uploads"
    sessions._seen.clear()
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=uploads), transaction.atomic():
        yield build_marked_town()
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def walked(marked_town: MarkedTown) -> Crawler:
    """Some personas walked, and everything they saw was asked as those without an office."""
    crawler = Crawler(marked_town)
    crawler.walk(SOME)
    crawler.replay(WITHOUT_OFFICE)
    return crawler
