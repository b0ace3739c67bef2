"""Keyset pages against plain slices of the sorted list."""

from collections.abc import Iterator
from datetime import date
from operator import attrgetter
from typing import Any

import pytest
from django.core.exceptions import BadRequest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext, isolate_apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjian.ui import keyset

ORDERS = [
    ["id"],
    ["-id"],
    ["staff", "id"],
    ["-staff", "-id"],
    ["-staff", "id"],
    ["day", "-staff", "id"],
    ["name", "staff", "id"],
    ["-day", "name", "-staff", "id"],
]
ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["a", "b", "c"]), st.dates(date(2018, 1, 1), date(2018, 1, 3))),
    max_size=25,
)


@pytest.fixture
def firms(db: None) -> Iterator[type[models.Model]]:
    with isolate_apps("gongjian.ui"):

        class Firm(models.Model):  # noqa: DJ008
            staff = models.IntegerField(null=True)
            name = models.CharField(max_length=9)
            day = models.DateField()

            class Meta:
                app_label = "ui"

        with connection.schema_editor() as editor:
            editor.create_model(Firm)
        yield Firm
        with connection.schema_editor() as editor:
            editor.delete_model(Firm)


def sorted_ids(firms: Any, order: list[str]) -> list[int]:
    rows = list(firms.objects.all())
    for column in reversed(order):
        rows.sort(key=attrgetter(column.lstrip("-")), reverse=column.startswith("-"))
    return [row.id for row in rows]


def fill(firms: Any, rows: list[tuple]) -> None:
    firms.objects.all().delete()
    firms.objects.bulk_create(firms(staff=staff, name=name, day=day) for staff, name, day in rows)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, order=st.sampled_from(ORDERS), size=st.integers(1, 9))
def test_pages_forwards_and_back_are_slices_of_the_sorted_list(
    firms: Any, rows: list, order: list[str], size: int
) -> None:
    fill(firms, rows)
    ids = sorted_ids(firms, order)
    slices = [ids[at : at + size] for at in range(0, len(ids), size)] or [[]]
    page = keyset.page_of(firms.objects.all(), order, size=size)
    assert page.is_start and page.previous is None
    forwards = [page]
    while page.next:
        page = keyset.page_of(firms.objects.all(), order, size=size, after=page.next)
        forwards.append(page)
    assert [[row.id for row in page.rows] for page in forwards] == slices
    back = [page]
    while page.previous:
        page = keyset.page_of(firms.objects.all(), order, size=size, before=page.previous)
        assert page.next
        back.append(page)
    seen = [row.id for page in reversed(back) for row in page.rows]
    assert seen == ids and back[-1].is_start


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, order=st.sampled_from(ORDERS), size=st.integers(1, 5))
def test_rows_that_come_and_go_between_pages_neither_repeat_nor_skip_the_others(
    firms: Any, rows: list, order: list[str], size: int
) -> None:
    fill(firms, rows)
    first = keyset.page_of(firms.objects.all(), order, size=size)
    ids = sorted_ids(firms, order)
    firms.objects.filter(id__in=ids[:size]).delete()
    if first.next:
        second = keyset.page_of(firms.objects.all(), order, size=size, after=first.next)
        assert [row.id for row in second.rows] == ids[size : 2 * size]


def test_a_page_is_one_query_without_a_count(firms: Any) -> None:
    fill(firms, [(1, "a", date(2018, 1, 1))] * 9)
    cursor = keyset.page_of(firms.objects.all(), ["-staff", "id"], size=3).next
    with CaptureQueriesContext(
        connection,
    ) as queries:
        keyset.page_of(firms.objects.all(), ["-staff", "id"], size=3, after=cursor)
    assert len(queries) == 1 and "COUNT" not in queries[0]["sql"]


def test_rows_in_one_direction_are_compared_as_rows(firms: Any) -> None:
    fill(firms, [(1, "a", date(2018, 1, 1))] * 9)
    cursor = keyset.page_of(firms.objects.all(), ["-staff", "-id"], size=3).next
    with CaptureQueriesContext(connection) as queries:
        keyset.page_of(firms.objects.all(), ["-staff", "-id"], size=3, after=cursor)
    assert ") < (" in queries[0]["sql"] and " OR " not in queries[0]["sql"]


def test_rows_as_dictionaries_are_paged_too(firms: Any) -> None:
    fill(firms, [(n, "a", date(2018, 1, 1)) for n in range(5)])
    values = firms.objects.values("id", "staff")
    first = keyset.page_of(values, ["-staff", "id"], size=2)
    second = keyset.page_of(values, ["-staff", "id"], size=2, after=first.next)
    assert [row["staff"] for row in [*first.rows, *second.rows]] == [4, 3, 2, 1]


def test_a_cursor_made_up_cut_or_for_another_order_is_refused(firms: Any) -> None:
    fill(firms, [(n, "a", date(2018, 1, 1)) for n in range(5)])
    cursor = keyset.page_of(firms.objects.all(), ["staff", "id"], size=2).next
    assert cursor
    for bad, order in [
        ("x", ["staff", "id"]),
        (cursor[:-1], ["staff", "id"]),
        ("A" + cursor[1:], ["staff", "id"]),
        (cursor, ["-staff", "id"]),
        (cursor, ["id"]),
        ("\x00é", ["id"]),
    ]:
        with pytest.raises(BadRequest):
            keyset.page_of(firms.objects.all(), order, size=2, after=bad)


def test_a_column_with_null_is_refused_where_it_would_cut_a_page(firms: Any) -> None:
    firms.objects.bulk_create(firms(staff=None, name="a", day=date(2018, 1, 1)) for _ in range(3))
    with pytest.raises(ValueError, match="NULL"):
        keyset.page_of(firms.objects.all(), ["staff", "id"], size=2)


def test_past_the_end_there_is_a_way_back_to_the_start(firms: Any) -> None:
    fill(firms, [(n, "a", date(2018, 1, 1)) for n in range(3)])
    cursor = keyset.page_of(firms.objects.all(), ["id"], size=2).next or ""
    firms.objects.all().delete()
    page = keyset.page_of(firms.objects.all(), ["id"], size=2, after=cursor)
    assert (page.rows, page.previous, page.next, page.is_start) == ([], None, None, False)
