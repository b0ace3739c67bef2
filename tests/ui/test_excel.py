import io
import tempfile
import tracemalloc
from datetime import UTC, date, datetime
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongjian.ui import excel
from gongjian.ui.excel import Column, workbook_response, write_workbook

COLUMNS = [Column("名称", 30), Column("代码"), Column("起", kind="day"), Column("职工", kind="number")]


def written(columns: list[Column], rows: list[tuple]) -> openpyxl.worksheet.worksheet.Worksheet:
    file = io.BytesIO()
    write_workbook(file, columns, rows)
    file.seek(0)
    return openpyxl.load_workbook(file).active


def test_codes_stay_text_days_are_days_and_figures_figures() -> None:
    sheet = written(COLUMNS, [("上下文村", "330681113264", date(2016, 7, 31), 1234), ("空", "", None, None)])
    assert [cell.value for cell in sheet[2]] == ["上下文村", "330681113264", datetime(2016, 7, 31), 1234]
    assert [cell.value for cell in sheet[3]] == ["空", None, None, None]
    assert sheet["C2"].number_format == "yyyy-mm-dd"
    assert sheet["B2"].number_format == "@"


def test_the_header_stays_in_view_and_filters() -> None:
    sheet = written(COLUMNS, [("a", "b", None, 1), ("c", "d", None, 2)])
    assert [cell.value for cell in sheet[1]] == ["名称", "代码", "起", "职工"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:D3")
    assert sheet.column_dimensions["A"].width == pytest.approx(30, abs=1)


def test_a_moment_is_written_as_the_day_it_was_in_the_city() -> None:
    sheet = written([Column("x", kind="day")], [(datetime(2018, 1, 4, 20, tzinfo=UTC),)])
    assert sheet["A2"].value == datetime(2018, 1, 5)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "http://x.cn", '=HYPERLINK("x")', "007", "1E5"]))
)
def test_no_text_becomes_a_formula_a_link_or_a_number(texts: list[str]) -> None:
    sheet = written([Column("x")], [(text,) for text in texts])
    cells = [sheet.cell(row, 1) for row in range(2, len(texts) + 2)]
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in cells] == [(text, "s", None) for text in texts]


def test_the_download_has_its_chinese_name() -> None:
    response = workbook_response("诸暨企业.xlsx", COLUMNS, iter([("a", "b", None, 1)]))
    assert response["content-disposition"] == "attachment; filename*=utf-8''%E8%AF%B8%E6%9A%A8%E4%BC%81%E4%B8%9A.xlsx"
    assert response["content-type"] == excel.XLSX
    content = response.getvalue()
    assert ZipFile(io.BytesIO(content)).testzip() is None
    assert int(response["content-length"]) == len(content)


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "LAST_ROW", 4)
    assert write_workbook(io.BytesIO(), [Column("x")], [("a",)] * 3) == 3
    with pytest.raises(ValueError, match="1,048,575"):
        write_workbook(io.BytesIO(), [Column("x")], [("a",)] * 4)


def test_length_costs_no_memory() -> None:
    columns = [Column("x"), Column("n", kind="number")]

    def peak(rows: int) -> int:
        with tempfile.TemporaryFile() as file:
            tracemalloc.start()
            write_workbook(file, columns, ((f"名称{n}", n) for n in range(rows)))
            size = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return size

    assert peak(8000) < peak(500) + 1_000_000
