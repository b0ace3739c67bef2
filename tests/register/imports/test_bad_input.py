"""Bad files and bad moments: nothing is half done, and everybody is told what to do."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openpyxl
import psycopg
import pytest
from django.db import OperationalError, connection

from gongjian.chronicle.models import Act
from gongjian.chronicle.sealing import seal_waiting
from gongjian.chronicle.verify import verify
from gongjian.register.actions import Refused
from gongjian.register.imports.apply import apply
from gongjian.register.imports.preflight import preflight
from gongjian.register.imports.problems import problems_workbook
from gongjian.register.imports.staging import look, start_draft
from gongjian.register.models import ImportDraft, UnitEntry
from gongjian.register.tasks import WHEN_DATABASE_IS_AWAY, apply_draft

from ..town import Town
from .files import DAY, checked, problems, taken_in, verdicts
from .moments import held, in_thread, parameters, until, waiting_for

pytestmark = pytest.mark.django_db(transaction=True)

FIRMS = "单位名称,单位类别,所属村社,职工总数\n"
TWO = FIRMS + "新样例厂一,企业,上下文村,50\n新样例厂二,企业,上下文村,60\n"


# == bad files ==
def test_broken_workbook_is_refused_with_advice(town: Town) -> None:
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    with pytest.raises(Refused):
        taken_in(book.getvalue()[:-400], name="坏.xlsx")
    assert not ImportDraft.objects.exists()


class _Endless(io.RawIOBase):
    """A file of 200 MB that nobody has to keep."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        piece = b"a,b\n" * (size // 4)
        self.given += len(piece)
        return piece if self.given <= 200_000_000 else b""


def test_file_of_200_mb_is_refused_before_it_is_read_to_its_end(town: Town) -> None:
    file: Any = _Endless()
    with pytest.raises(Refused):
        start_draft(file, "大.csv", "units", DAY, None)
    assert file.given < 100_000_000
    assert not ImportDraft.objects.exists()


def test_zip_bomb_is_refused(town: Town) -> None:
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    bomb = io.BytesIO()
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if not name.endswith("sheet1.xml"):
                target.writestr(name, source.read(name))
        with target.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _piece in range(100):
                sheet.write(b" " * 1_000_000)
    with pytest.raises(Refused):
        taken_in(bomb.getvalue(), name="弹.xlsx")


def test_formula_without_a_stored_result_is_a_problem_of_its_cell(town: Town) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["单位名称", "单位类别", "所属村社", "职工总数"], ["新样例厂", "企业", "上下文村", "=SUM(1,2)"]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    draft = checked(file.getvalue(), name="公式.xlsx")
    assert problems(draft) == {2: ["staff"]}
    assert draft.problems.get().column == "职工总数"


def test_ten_thousand_faulty_rows_are_all_told(town: Town) -> None:
    draft = checked(FIRMS + "".join(f"坏样例厂{n},企业,无此村,很多\n" for n in range(10_000)))
    assert draft.counts["verdicts"] == {"problem": 10_000}
    assert draft.counts["problems"] == 20_000
    sheet = openpyxl.load_workbook(problems_workbook(draft), read_only=True).worksheets[0]
    assert sum(1 for row in sheet.iter_rows(min_row=2, values_only=True) if row[4]) == 10_000
    apply(draft, by=None)
    assert not Act.objects.filter(verb="register.import").exists()


def test_circle_of_parents_is_told_to_each_row_in_it(town: Town) -> None:
    rows = ["甲楼,商务楼宇,A,B", "乙楼,商务楼宇,B,C", "丙楼,商务楼宇,C,A", "丁楼,商务楼宇,D,C"]
    draft = checked("单位名称,单位类别,代码,上级代码\n" + "\n".join(rows) + "\n")
    assert set(verdicts(draft).values()) == {"problem"}
    assert all("2、3、4" in problem.sentence for problem in draft.problems.filter(number__lte=4))


def test_circle_of_a_thousand_rows_is_found_quickly(town: Town) -> None:
    rows = "".join(f"楼{n},商务楼宇,B{n},B{(n + 1) % 1000}\n" for n in range(1000))
    started = time.monotonic()
    draft = checked("单位名称,单位类别,代码,上级代码\n" + rows)
    assert draft.counts["verdicts"] == {"problem": 1000}
    assert time.monotonic() - started < 30


def test_sheet_that_cannot_be_read_to_its_end_leaves_the_draft_failed(town: Town) -> None:
    draft = taken_in(TWO)
    with open(draft.file.path, "w", encoding="utf-8") as file:
        file.write(FIRMS + '"新样例厂,企业,上下文村,5\n' + "新样例厂,企业,上下文村,5\n" * 600)
    preflight(draft)
    assert draft.state == "failed" and draft.failure


# == bad moments ==
def _settings_of_child() -> dict[str, str]:
    named = parameters()
    account = f"{named['user']}:{named.get('password') or ''}"
    place = f"{named['dbname']}?host={named['host']}&port={named.get('port') or 5432}"
    url = f"postgresql://{account}@/{place}"
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "gongjian.settings"}


def test_killed_process_leaves_nothing_half_done(town: Town) -> None:
    draft = checked(TWO)
    with held("register_headcount"):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.register.imports.killed", str(draft.pk)], env=_settings_of_child()
        )
        until(lambda: bool(waiting_for("register_headcount")))
        assert ImportDraft.objects.get().state == "applying"
        assert look(draft.pk).state == "applying"  # somebody is alive
        child.send_signal(signal.SIGKILL)
        child.wait()
    until(lambda: look(draft.pk).state == "checked")
    assert not UnitEntry.objects.filter(name__startswith="新样例厂").exists()
    assert not Act.objects.filter(verb="register.import").exists()
    apply(look(draft.pk), by=None)
    assert UnitEntry.objects.filter(name__startswith="新样例厂").count() == 2
    assert seal_waiting() and not verify().findings


def test_two_imports_of_one_file_at_once_write_it_once(town: Town) -> None:
    drafts = [checked(TWO), checked(TWO)]
    with held("register_headcount"):
        running = [in_thread(lambda draft=draft: apply(look(draft.pk), by=None)) for draft in drafts]
        until(lambda: bool(waiting_for("register_headcount")))
    for thread, _outcome in running:
        thread.join(60)
    assert [type(outcome[0]) for _thread, outcome in running] == [ImportDraft, ImportDraft]
    assert UnitEntry.objects.filter(name__startswith="新样例厂").count() == 2
    assert Act.objects.filter(verb="register.import").count() == 1


def test_one_draft_applied_twice_at_once_is_refused_once(town: Town) -> None:
    draft = checked(TWO)
    with held("register_headcount"):
        thread, outcome = in_thread(lambda: apply(look(draft.pk), by=None))
        until(lambda: bool(waiting_for("register_headcount")))
        with pytest.raises(Refused):
            apply(ImportDraft.objects.get(), by=None)
    thread.join(60)
    assert outcome[0].state == "applied"
    assert Act.objects.filter(verb="register.import").count() == 1


@contextmanager
def _database_away(seconds: float, *, but: int) -> Iterator[None]:
    """All connections but one are cut, and no new one is let in for a while."""
    with psycopg.connect(**parameters(dbname="postgres"), autocommit=True) as server:
        name = parameters()["dbname"]
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s", [name, but]
            )
            yield
            time.sleep(seconds)
        finally:
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def test_database_gone_for_ten_seconds_leaves_the_draft_to_be_applied_by_the_next_try(town: Town) -> None:
    draft = checked(TWO)
    with held("register_headcount") as other:
        thread, outcome = in_thread(lambda: apply_draft.func(draft.pk, None))
        until(lambda: bool(waiting_for("register_headcount")))
        with _database_away(seconds=10, but=other.info.backend_pid):
            thread.join(60)
            connection.close()
            with pytest.raises(OperationalError):
                apply_draft.func(draft.pk, None)
    assert isinstance(outcome[0], OperationalError)
    assert OperationalError in set(WHEN_DATABASE_IS_AWAY.retry_exceptions or ())
    connection.close()
    assert look(draft.pk).state == "checked"
    apply_draft.func(draft.pk, None)
    assert look(draft.pk).state == "applied"
    assert UnitEntry.objects.filter(name__startswith="新样例厂").count() == 2
    assert seal_waiting() and not verify().findings
