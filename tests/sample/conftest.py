"""The sample city in small: all divisions, a hundredth of the employers; built once for the tests of a file."""

import hashlib
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection, transaction

from gongjian.sample import loading
from gongjian.sample.city import build

TODAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def small_city(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        build(scale=0.01, today=TODAY)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def city(small_city, db) -> date:
    """The day on which the sample city was built."""
    return TODAY


def rows_of(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def content() -> str:
    """A digest of all rows but for the numbers of the acts that wrote them and of the documents they stand on."""
    digest = hashlib.sha256()
    tables = {**loading.COLUMNS, "register_unit": "id, path", "register_body": "id, line_id, line_path, lead_path"}
    for table, columns in tables.items():
        kept = columns.replace(", act_id", "").replace(", document_id", "")
        for row in rows_of(f"SELECT {kept} FROM {table} ORDER BY id"):
            digest.update(repr(row).encode())
    return digest.hexdigest()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What looks at the city runs in one process, so that it is built there alone."""
    for item in items:
        if "small_city" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("sample city"))
