"""The sample city in small, built once for all tests of this folder. None of them may need an empty register."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from gongjian.sample.city import build

from ..conftest import TODAY


@pytest.fixture(scope="package")
def small_city(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        build(scale=0.01, today=TODAY)
        yield
        transaction.set_rollback(True)
