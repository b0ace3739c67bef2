"""The Excel of a long list: written by the worker, fetched from a page by whoever asked, gone after a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from gongjian.accounts.models import User
from gongjian.register.export import KEPT
from gongjian.register.models import ListExport
from gongjian.register.tasks import forget_lists, write_list
from gongjian.register.views import exports as pages

from .town import BEFORE, Town


@pytest.fixture(autouse=True)
def long_from_three_rows(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(pages, "LONG_LIST", 2)


@pytest.fixture
def clerk(organiser: User, signed_in: Callable[[User], Client]) -> Client:
    client = signed_in(organiser)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def ask(client: Client, kind: str = "units", **query: Any) -> ListExport:
    response = client.get(reverse(f"{kind}_export"), query)
    export = ListExport.objects.latest("id")
    assert response.headers["Location"] == reverse("list_export", args=[export.pk])
    return export


def write(export: ListExport) -> None:
    """What the worker does with the job that waits."""
    job = ProcrastinateJob.objects.get(args__export_id=export.pk, status="todo")
    assert job.task_name == write_list.name
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job.pk])
        write_list.func(export_id=export.pk)
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job.pk])


def page(client: Client, export: ListExport, **headers: str) -> HttpResponse:
    return client.get(reverse("list_export", args=[export.pk]), headers=headers)


def fetch(client: Client, export: ListExport) -> Any:
    response: Any = client.get(reverse("list_export_file", args=[export.pk]))
    return openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))


@pytest.mark.django_db
def test_a_short_list_comes_at_once(clerk: Client) -> None:
    response = clerk.get(reverse("units_export"), {"kind": "city"})
    assert response.status_code == 200 and not ListExport.objects.exists()


@pytest.mark.django_db(transaction=True)  # a task looks after its own connection
@pytest.mark.parametrize("kind", ["units", "bodies"])
def test_a_long_list_is_written_by_the_worker_and_is_the_list_that_was_asked_for(clerk: Client, kind: str) -> None:
    query = {"below": "", "sort": "-name", "on": BEFORE.isoformat()}
    export = ask(clerk, kind, **query)
    told = page(clerk, export).content.decode()
    assert "The worker is not running" in told and "You may" not in told
    write(export)
    told = page(clerk, export).content.decode()
    assert told.count("The file is ready") == 1 and "hx-swap-oob" not in told
    assert "hx-swap-oob" in page(clerk, export, HX_Request="true").content.decode()
    assert reverse("list_export_file", args=[export.pk]) in told
    sheet, about = fetch(clerk, export).worksheets
    names = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    listed = clerk.get(reverse(kind), query).context["page"].rows
    assert names == [row.name for row in listed] and len(names) > 2
    assert next(row[1] for row in about.iter_rows(values_only=True)) == BEFORE.isoformat()


@pytest.mark.django_db
def test_asked_again_it_is_the_same_file_and_anew_it_is_another(clerk: Client) -> None:
    export = ask(clerk, text="样例")
    assert ask(clerk, text="样例") == export and ask(clerk, text="大唐") != export
    assert clerk.post(reverse("list_export", args=[export.pk])).headers["Location"].endswith(f"/{export.pk}/")
    ListExport.objects.filter(pk=export.pk).update(file="exports/x.xlsx")
    assert not clerk.post(reverse("list_export", args=[export.pk])).headers["Location"].endswith(f"/{export.pk}/")


@pytest.mark.django_db
def test_the_page_asks_again_until_it_is_over(clerk: Client) -> None:
    export = ask(clerk)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers) "
            "WHERE args->>'export_id' = %s",
            [str(export.pk)],
        )
    ListExport.objects.filter(pk=export.pk).update(progress=50, rows=30_000)
    part = page(clerk, export, HX_Request="true").content.decode()
    assert "15,000/30,000" in part and 'hx-trigger="every 1s"' in part and "<html" not in part
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
    assert "The work was broken off" in page(clerk, export, HX_Request="true").content.decode()


@pytest.mark.django_db(transaction=True)  # a task looks after its own connection
def test_it_is_for_whoever_asked_and_for_nobody_else(
    clerk: Client, town: Town, signed_in: Callable[[User], Client]
) -> None:
    export = ask(clerk)
    write(export)
    other = signed_in(town.secretary)
    for name in ("list_export", "list_export_file"):
        assert other.get(reverse(name, args=[export.pk])).status_code == 404
    assert other.post(reverse("list_export", args=[export.pk])).status_code == 404


@pytest.mark.django_db(transaction=True)  # a task looks after its own connection
def test_after_a_day_it_is_gone(clerk: Client) -> None:
    export = ask(clerk)
    write(export)
    export.refresh_from_db()
    path = Path(export.file.path)
    forget_lists.func()
    assert path.exists()
    ListExport.objects.update(made_at=timezone.now() - KEPT - timedelta(seconds=1))
    assert page(clerk, export).status_code == 404
    forget_lists.func()
    assert not path.exists() and not ListExport.objects.exists()
    write_list.func(export_id=export.pk)  # what was thrown away meanwhile is not written
