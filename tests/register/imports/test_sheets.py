"""Whole files: what officers send is found and read, what cannot be read is refused with a sentence."""

import csv
import os
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from gongjian.register.imports import cells, sheets
from gongjian.register.imports.sheets import ErrorCell, Formula, Skipped, Unreadable, open_table

HEADERS = ["统一社会信用代码", "单位名称", "所属村社", "职工人数"]
ROWS = [["91330100799655058B", "甲厂", "上下文村", "12"], ["", "乙厂", "上下文村", "7"]]


@pytest.fixture(autouse=True, scope="module")
def _english():
    with translation.override("en"):
        yield


def write_xlsx(path, lines, merges=()):
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("单位")
    for row, line in enumerate(lines):
        for column, value in enumerate(line):
            if value is not None:
                sheet.write(row, column, value)
    for top, left, bottom, right, value in merges:
        sheet.merge_range(top, left, bottom, right, value)
    book.close()
    return path


def write_csv(path, lines, encoding="utf-8", delimiter=","):
    with path.open("w", encoding=encoding, newline="") as target:
        csv.writer(target, delimiter=delimiter).writerows(lines)
    return path


def repack(path, change):
    """The same archive with parts changed: {part: function of its bytes}."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, edit in change.items():
        parts[name] = edit(parts.get(name, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def cells_of(table):
    return [row for _row_no, row in table.rows()]


def sentence(path, filename="单位.xlsx", **choice):
    with pytest.raises(Unreadable) as refused:
        list(open_table(path, filename, **choice).rows())
    return refused.value.sentence


SHEET = "xl/worksheets/sheet1.xml"


# == text files ==


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "，"])
def test_text_files_in_every_usual_encoding_and_delimiter(tmp_path, encoding, delimiter):
    path = write_csv(
        tmp_path / "a.csv", [["2023年单位名册"], [], HEADERS, *ROWS, [], ["", "", ""]], encoding, delimiter
    )
    table = open_table(path, "a.csv")
    assert (table.headers, table.header_row, table.header_depth) == (HEADERS, 3, 1)
    assert list(table.rows()) == [(4, ROWS[0]), (5, ROWS[1])]


def test_a_file_is_told_by_its_content_not_by_its_name(tmp_path):
    path = write_csv(tmp_path / "a.xls", [HEADERS, *ROWS], "gbk", "\t")
    assert cells_of(open_table(path, "名册.xls")) == ROWS


def test_rows_can_be_read_again(tmp_path):
    table = open_table(write_csv(tmp_path / "a.csv", [HEADERS, *ROWS]), "a.csv")
    assert list(table.rows()) == list(table.rows())


def test_a_cell_with_line_breaks_and_a_comma_is_one_cell(tmp_path):
    row = ["", "甲厂\n（二车间）", "上下文村，草塔镇", "1,234"]
    path = write_csv(tmp_path / "a.csv", [HEADERS, row, ROWS[1]])
    assert list(open_table(path, "a.csv").rows()) == [(2, row), (3, ROWS[1])]


def test_cells_right_of_the_last_heading_are_kept(tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADERS, [*ROWS[0], "", "再加"], [*ROWS[1], "", " "]])
    assert cells_of(open_table(path, "a.csv")) == [[*ROWS[0], "", "再加"], ROWS[1]]


def test_an_open_quotation_mark_is_named_and_swallows_nothing(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(",".join(HEADERS) + "\n" + 'x,"甲厂,村,1\n' + "y,乙厂,村,2\n" * 1000, encoding="utf-8")
    assert sentence(path) == "From line 2 on, a quotation mark is opened and not closed. Close or delete it."


# == headings ==


def test_title_rows_totals_repeated_headings_and_notes_are_left_out_and_said(tmp_path):
    lines = [
        ["绍兴市单位名册", "", "", ""],
        ["填报单位：市总", "", "", "2023年"],
        HEADERS,
        ["甲", "乙", "丙", "1"],
        ROWS[0],
        ["本页小计", "", "", "12"],
        HEADERS,
        ROWS[1],
        ["", "合 计", "", "19"],
        ["填表人：张三", "", "审核人：李四", ""],
        ["", "", "", ""],
    ]
    for path in (write_csv(tmp_path / "a.csv", lines, "gbk"), write_xlsx(tmp_path / "a.xlsx", lines)):
        table = open_table(path, path.name)
        assert (table.headers, table.header_row) == (HEADERS, 3)
        assert list(table.rows()) == [(5, ROWS[0]), (8, ROWS[1])]
        assert table.skipped == [
            Skipped(4, "heading"),
            Skipped(6, "total"),
            Skipped(7, "heading"),
            Skipped(9, "total"),
            Skipped(10, "note"),
        ]


TWO_ROWS = ["单位名称", "所属村社", "职工/总数", "职工/女", "职工/35岁以下", "备注"]


def test_merged_headings_in_two_rows_become_one_label_a_column(tmp_path):
    merges = [
        (0, 0, 0, 5, "2023年单位名册"),
        (1, 0, 2, 0, "单位名称"),
        (1, 1, 2, 1, "所属村社"),
        (1, 2, 1, 4, "职工"),
        (1, 5, 2, 5, "备注"),
    ]
    lines = [[], [], [None, None, "总数", "女", "35岁以下"], ["甲厂", "上下文村", 12, 5, 3, "好"]]
    table = open_table(write_xlsx(tmp_path / "a.xlsx", lines, merges), "a.xlsx")
    assert (table.headers, table.header_row, table.header_depth) == (TWO_ROWS, 2, 2)
    assert list(table.rows()) == [(4, ["甲厂", "上下文村", 12.0, 5.0, 3.0, "好"])]


def test_headings_in_two_rows_of_a_csv_file(tmp_path):
    row = ["甲厂", "上下文村", "12", "5", "3", ""]
    lines = [
        ["名册"],
        ["单位名称", "所属村社", "职工", "", "", "备注"],
        ["", "", "总数", "女", "35岁以下", ""],
        row,
    ]
    table = open_table(write_csv(tmp_path / "a.csv", lines), "a.csv")
    assert (table.headers, table.header_row, table.header_depth) == (TWO_ROWS, 2, 2)
    assert list(table.rows()) == [(4, row)]


def test_a_first_row_with_gaps_is_not_taken_for_a_second_row_of_headings(tmp_path):
    lines = [["单位名称", "", "备注"], ["甲厂", "x", ""], ["乙厂", "", "y"]]
    assert cells_of(open_table(write_csv(tmp_path / "a.csv", lines), "a.csv")) == lines[1:]


def test_unknown_headings_are_found_by_their_shape(tmp_path):
    lines = [["某表"], ["某甲", "某乙", "某丙"], ["1", "2", "3"]]
    table = open_table(write_csv(tmp_path / "a.csv", lines), "a.csv")
    assert (table.headers, table.header_row) == (lines[1], 2)


def test_a_merged_cell_counts_in_each_of_its_rows(tmp_path):
    lines = [["单位名称", "所属村社"], ["甲厂"], ["乙厂"], ["丙厂", "下村"]]
    path = write_xlsx(tmp_path / "a.xlsx", lines, [(1, 1, 2, 1, "上村")])
    assert cells_of(open_table(path, "a.xlsx")) == [["甲厂", "上村"], ["乙厂", "上村"], ["丙厂", "下村"]]


def test_the_first_sheet_with_a_table_is_taken_and_another_can_be_chosen(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("说明").write(0, 0, "请填写后面的表")
    for name, unit in (("单位", "甲厂"), ("另一张", "乙厂")):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["单位名称", "所属村社"])
        sheet.write_row(1, 0, [unit, "上村"])
    hidden = book.add_worksheet("字典")
    hidden.hide()
    book.close()
    table = open_table(path, "a.xlsx")
    assert (table.sheet, table.sheet_names) == ("单位", ["说明", "单位", "另一张"])
    assert cells_of(table) == [["甲厂", "上村"]]
    assert cells_of(open_table(path, "a.xlsx", sheet="另一张")) == [["乙厂", "上村"]]
    assert sentence(path, sheet="没有") == "There is no sheet “没有”. The file has: 说明、单位、另一张."


WORDS = st.text(st.characters(codec="gbk", exclude_categories=("C", "Z")), min_size=1, max_size=12).filter(
    lambda word: not word.startswith(("=", "#", "'", "{")) and word not in cells.ERROR_WORDS
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(WORDS, WORDS, st.integers(0, 10**6)), min_size=1, max_size=8),
    st.integers(0, 3),
    st.sampled_from(["xlsx", "gbk", "utf-8"]),
)
def test_a_table_under_titles_with_blank_ends_reads_back_equal(rows, titles, form):
    written = [["单位" + name, parent, str(staff)] for name, parent, staff in rows]
    lines = [*[["某年某表"]] * titles, ["单位名称", "所属村社", "职工人数"], *written, ["", "", ""], [" "]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        if form == "xlsx":
            book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
            for row, line in enumerate(lines):
                book.worksheets() or book.add_worksheet()
                for column, value in enumerate(line):
                    book.worksheets()[0].write_string(row, column, value)
            book.close()
        else:
            write_csv(path, lines, form)
        table = open_table(path, "a")
        assert list(table.rows()) == [(titles + 2 + place, row) for place, row in enumerate(written)]


def test_days_and_numbers_keep_their_kind(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["单位代码", "单位名称", "成立日期"])
    sheet.write_row(1, 0, [330681113264, "甲厂"])
    sheet.write_datetime(1, 2, date(2010, 12, 15), book.add_format({"num_format": 'yyyy"年"m"月"d"日"'}))
    book.close()
    [[code, name, opened_on]] = cells_of(open_table(path, "a.xlsx"))
    assert (cells.code(code), name, cells.day(opened_on)) == ("330681113264", "甲厂", date(2010, 12, 15))


# == formulas and errors ==


def formula_file(path, *written):
    write_xlsx(path, [["单位名称", "职工人数"], *[[f"厂{n}", 1] for n in range(len(written))]])

    def put(xml):
        for row, cell in enumerate(written, 2):
            plain = f'<c r="B{row}"><v>1</v></c>'.encode()
            assert plain in xml
            xml = xml.replace(plain, cell.replace("B?", f"B{row}").encode())
        return xml

    return repack(path, {SHEET: put})


def test_formulas_without_a_result_and_errors_do_not_vanish(tmp_path):
    path = formula_file(
        tmp_path / "a.xlsx",
        '<c r="B?"><f>SUM(A1:A2)</f></c>',
        '<c r="B?"><f>A1</f><v></v></c>',
        '<c r="B?" t="e"><f>A1/0</f><v>#DIV/0!</v></c>',
        '<c r="B?" t="e"><v>#REF!</v></c>',
        '<c r="B?"><f>3+4</f><v>7</v></c>',
        '<c r="B?" t="str"><f>IF(A1=1,"","")</f><v></v></c>',
        '<c t="e"><v>#N/A</v></c>',
        '<c r="B?"><f t="shared" si="0"/></c>',
    )
    assert [row[1] for row in cells_of(open_table(path, "a.xlsx"))] == [
        Formula("=SUM(A1:A2)"),
        Formula("=A1"),
        ErrorCell("#DIV/0!"),
        ErrorCell("#REF!"),
        7.0,
        "",
        ErrorCell("#N/A"),
        Formula("="),
    ]


def test_formulas_under_a_namespace_prefix_are_found(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [["单位名称", "职工人数"]])
    body = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>单位名称</x:t></x:is></x:c>'
        '<x:c r="B1" t="inlineStr"><x:is><x:t>职工人数</x:t></x:is></x:c></x:row>'
        '<x:row r="2"><x:c r="A2" t="inlineStr"><x:is><x:t>甲厂</x:t></x:is></x:c>'
        '<x:c r="B2"><x:f>1+1</x:f></x:c></x:row></x:sheetData></x:worksheet>'
    )
    repack(path, {SHEET: lambda _xml: body.encode()})
    assert cells_of(open_table(path, "a.xlsx")) == [["甲厂", Formula("=1+1")]]


def test_errors_as_words_in_a_text_file_are_errors_too(tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADERS, ["", "甲厂", "#N/A", "#REF!"]])
    assert cells_of(open_table(path, "a.csv")) == [["", "甲厂", ErrorCell("#N/A"), ErrorCell("#REF!")]]


def test_ten_thousand_faulty_rows_are_read_each_with_its_fault(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["单位名称", "成立日期", "职工人数", "所属村社"])
    for row in range(1, 10_001):
        sheet.write(row, 0, f"厂{row}")
        sheet.write(row, 1, "2010年2月30日")
        sheet.write_formula(row, 2, "=1/0", None, "#DIV/0!")
        sheet.write(row, 3, f"村{row}")
    book.close()
    faults = 0
    begun = time.process_time()
    for _row_no, row in open_table(path, "a.xlsx").rows():
        for reader, cell in ((cells.day, row[1]), (cells.count, row[2])):
            with pytest.raises(cells.Bad):
                reader(cell)
            faults += 1
    assert faults == 20_000
    assert time.process_time() - begun < 10


# == old Excel ==


def xls_record(kind, content=b""):
    return struct.pack("<HH", kind, len(content)) + content


def xls_text(row, column, word):
    return xls_record(0x0204, struct.pack("<HHHHB", row, column, 0, len(word), 1) + word.encode("utf-16-le"))


def write_xls(path, cell_records):
    """The least workbook: one sheet 单位 in a container of 512-byte sectors."""
    name = "单位"
    begin = xls_record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0005, 0, 1997, 0, 6))
    page = xls_record(0x0042, struct.pack("<H", 1200))
    bound_length = 4 + 4 + 2 + 2 + 2 * len(name)
    offset = len(begin) + len(page) + bound_length + 4
    bound = xls_record(0x0085, struct.pack("<LHBB", offset, 0, len(name), 1) + name.encode("utf-16-le"))
    sheet = xls_record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0010, 0, 1997, 0, 6))
    stream = begin + page + bound + xls_record(0x000A) + sheet + b"".join(cell_records) + xls_record(0x000A)
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    table = [0xFFFFFFFD, end, *range(3, sectors + 2), end]

    def entry(title, kind, child, first, length):
        raw = (title.encode("utf-16-le") + b"\0\0").ljust(64, b"\0")
        raw += struct.pack("<HBBLLL", 2 * len(title) + 2, kind, 1, free, free, child)
        return raw + bytes(36) + struct.pack("<LQ", first, length)

    directory = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, 2, len(stream))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xLLLLLLLLL", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109L", 0, *[free] * 108)
    content = header + struct.pack("<128L", *table, *[free] * (128 - len(table))) + directory.ljust(512, b"\0")
    path.write_bytes(content + stream)
    return path


def test_an_old_workbook_is_read_and_its_errors_do_not_vanish(tmp_path):
    failed = struct.pack("<HHHB5xH", 2, 1, 0, 2, 0xFFFF)
    failed = failed[:8] + b"\x07" + failed[9:] + struct.pack("<HLH", 0, 0, 0)
    records = [
        xls_text(0, 0, "单位名称"),
        xls_text(0, 1, "职工人数"),
        xls_text(1, 0, "甲厂"),
        xls_record(0x0203, struct.pack("<HHHd", 1, 1, 0, 12.0)),
        xls_text(2, 0, "乙厂"),
        xls_record(0x0006, failed),
        xls_text(3, 0, "丙厂"),
        xls_record(0x0205, struct.pack("<HHHBB", 3, 1, 0, 0x17, 1)),
    ]
    table = open_table(write_xls(tmp_path / "a.xls", records), "a.xls")
    assert (table.headers, table.sheet_names) == (["单位名称", "职工人数"], ["单位"])
    assert cells_of(table) == [["甲厂", 12.0], ["乙厂", ErrorCell("#DIV/0!")], ["丙厂", ErrorCell("#REF!")]]


# == OpenDocument ==


def write_ods(path, rows_xml):
    names = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }
    spaces = " ".join(f'xmlns:{key}="{value}"' for key, value in names.items())
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="单位">{rows_xml}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def ods_cell(word, more=""):
    return f'<table:table-cell office:value-type="string" {more}><text:p>{word}</text:p></table:table-cell>'


ODS_HEAD = f"<table:table-row>{ods_cell('单位名称')}{ods_cell('职工人数')}</table:table-row>"


FAILED = 'calcext:value-type="error"'


def test_an_opendocument_sheet_is_read_with_its_faults(tmp_path):
    rows = [
        f'<table:table-row>{ods_cell("甲厂")}<table:table-cell office:value-type="float" office:value="12"/>',
        f'<table:table-row>{ods_cell("乙厂")}<table:table-cell table:formula="of:=A1"/>',
        f"<table:table-row>{ods_cell('丙厂')}{ods_cell('#REF!', FAILED)}",
    ]
    path = write_ods(tmp_path / "a.ods", ODS_HEAD + "".join(row + "</table:table-row>" for row in rows))
    table = open_table(path, "a.ods")
    assert table.headers == ["单位名称", "职工人数"]
    assert cells_of(table) == [["甲厂", 12.0], ["乙厂", Formula("of:=A1")], ["丙厂", ErrorCell("#REF!")]]


def test_an_opendocument_cell_repeated_without_end_is_refused(tmp_path):
    wide = ods_cell("x", 'table:number-columns-repeated="16384"')
    tall = f'<table:table-row table:number-rows-repeated="1000000">{wide}</table:table-row>'
    path = write_ods(tmp_path / "a.ods", ODS_HEAD + tall)
    assert "reaches as far as row 1000001, column 16384" in sentence(path)


# == refusals ==


@pytest.mark.parametrize("keep", [4, 100, 3000, -30])
def test_a_broken_workbook_is_refused(tmp_path, keep):
    path = write_xlsx(tmp_path / "a.xlsx", [HEADERS, *ROWS])
    path.write_bytes(path.read_bytes()[:keep])
    assert sentence(path).startswith("The file is damaged or was not sent completely.")


def test_a_workbook_with_a_scrambled_sheet_is_refused(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [HEADERS, *ROWS])
    for part in (SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"):
        spoilt = tmp_path / "b.xlsx"
        spoilt.write_bytes(path.read_bytes())
        repack(spoilt, {part: lambda xml: xml[: len(xml) // 2]})
        assert sentence(spoilt)


def test_an_old_workbook_cut_short_is_refused(tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    assert "damaged" in sentence(path)


def test_a_locked_workbook_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le"))
    assert "locked with a password" in sentence(path)


def test_a_file_of_200_mb_is_refused_at_once(tmp_path):
    path = tmp_path / "a.csv"
    path.touch()
    os.truncate(path, 200 * 1024 * 1024)
    begun = time.monotonic()
    assert sentence(path).startswith("The file is 200 MB. Files of up to 64 MB are read")
    assert time.monotonic() - begun < 0.5


def test_an_empty_file_and_one_without_headings_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.touch()
    assert sentence(path) == "The file is empty."
    path.write_text("1,2\n3,4\n")
    assert sentence(path).startswith("No row of headings was found.")
    assert sentence(write_xlsx(tmp_path / "a.xlsx", [])).startswith("No row of headings was found.")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7 \x00", "is not a table"),
        ("<html><meta charset=gbk><table><tr><td>单位名称".encode("gbk"), "is a web page under the name"),
        (
            b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
            "is a web page under the name",
        ),
        (b"\xd0\xcf\x11\xe0" + bytes(600) + "WordDocument".encode("utf-16-le"), "is a Word document"),
        (b"a,b\x00c\n1,2\n" * 50 + b"\x00\xff\xfe\x81", "characters of this file cannot be read"),
        (b"name,staff\n\xff\xff\xff,1\n", "characters of this file cannot be read"),
    ],
)
def test_other_files_are_refused_by_what_they_are(tmp_path, content, said):
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    assert said in sentence(path)


def test_more_rows_than_are_read_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    path = write_csv(tmp_path / "a.csv", [HEADERS, *ROWS, *ROWS])
    assert sentence(path) == "The table has more than 3 rows. Divide it, and send the parts."


def test_a_zip_bomb_is_refused_by_what_it_states(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [HEADERS, *ROWS])
    repack(path, {SHEET: lambda xml: xml.replace(b"</sheetData>", b" " * 60_000_000 + b"</sheetData>")})
    assert path.stat().st_size < 200_000
    assert sentence(path).startswith("Unpacked, the file would be far larger")


def test_a_zip_bomb_that_lies_about_its_size_is_refused(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [HEADERS, *ROWS])
    repack(path, {SHEET: lambda xml: xml.replace(b"</sheetData>", b" " * 60_000_000 + b"</sheetData>")})
    with zipfile.ZipFile(path) as archive:
        true_size = archive.getinfo(SHEET).file_size
    content = path.read_bytes()
    assert content.count(struct.pack("<L", true_size)) == 2
    path.write_bytes(content.replace(struct.pack("<L", true_size), struct.pack("<L", 1000)))
    assert sentence(path).startswith("Unpacked, the file would be far larger")


@pytest.mark.parametrize("far", ["XFD1048576", "A1048576", "XFD300000"])
def test_a_stray_cell_far_off_is_named_and_not_laid_out(tmp_path, far):
    path = write_xlsx(tmp_path / "a.xlsx", [HEADERS, *ROWS])
    row = far.lstrip("XFDA")
    stray = f'<row r="{row}"><c r="{far}"><v>1</v></c></row></sheetData>'.encode()
    repack(path, {SHEET: lambda xml: xml.replace(b"</sheetData>", stray)})
    if far == "A1048576":
        assert sentence(path)
    else:
        assert f"reaches as far as row {row}, column 16384" in sentence(path)


def test_far_cells_without_a_place_are_counted_too(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [HEADERS, *ROWS])
    wide = b"<row>" + b"<c><v>1</v></c>" * 16_000 + b"</row>"
    tall = b"".join(b"<row><c><v>%d</v></c></row>" % row for row in range(2000))
    repack(path, {SHEET: lambda xml: xml.replace(b"</sheetData>", wide + tall + b"</sheetData>")})
    assert "reaches as far as row" in sentence(path)


def test_entities_are_neither_unfolded_nor_fetched(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    for part in (SHEET, "xl/workbook.xml"):
        path = write_xlsx(tmp_path / "a.xlsx", [HEADERS, *ROWS])
        kind = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'.encode()
        repack(path, {part: lambda xml, kind=kind: xml.replace(b"?>", b"?>" + kind, 1)})
        assert "damaged" in sentence(path)


# == size ==

MEASURE = """
import sys
from django.conf import settings
settings.configure(USE_I18N=False)
import django
django.setup()
from gongjian.register.imports import cells
from gongjian.register.imports.sheets import open_table
import time
table = open_table(sys.argv[1], "a.xlsx")
count = sum(1 for _row in table.rows())
readers = [cells.code, *[cells.text] * 8, cells.count, cells.count, cells.count, cells.day, cells.text]


def seconds_of_a_pass():
    begun = time.process_time()
    for _row_no, row in table.rows():
        for reader, cell in zip(readers, row):
            reader(cell)
    return time.process_time() - begun


normalised = min(seconds_of_a_pass() for _pass in range(3))
# Not getrusage: its peak is at first that of the process that started this one.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(count, int(peak.split()[1]) // 1024, normalised)
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak of memory from /proc")
def test_a_hundred_thousand_rows_stay_under_300_mb_and_are_normalised_in_4_s(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["统一社会信用代码", "单位名称", "所属村社", *[f"列{n}" for n in range(6)],
                           "职工人数", "女职工", "35岁以下", "成立日期", "备注"])  # fmt: skip
    for row in range(1, 100_001):
        sheet.write_row(row, 0, [f"9133068{row:011}", f"绍兴市第{row}纺织厂", f"草塔镇第{row % 2000}村",
                                 *[f"内容{row % 97}之{n}" for n in range(6)], row % 500, row % 250, row % 200,
                                 f"2010年12月{row % 28 + 1}日", ""])  # fmt: skip
    book.close()
    said = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], check=True, capture_output=True, text=True, timeout=300
    )
    count, megabytes, seconds = said.stdout.split()
    assert int(count) == 100_000
    assert int(megabytes) < 300
    assert float(seconds) < 4, "reading the rows and every cell, the best of three passes"
