"""Open an officer's file and find the table in it: encoding, delimiter, sheet, title rows, headings, end.

`open_table` answers with a `Table` whose `rows()` stream the data rows under their row numbers in the file.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from django.utils.translation import gettext as _
from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from .cells import ERROR_WORDS, ErrorCell, Formula, text
from .columns import recognised
from .old_excel import walk_xls
from .workbooks import (
    Look,
    Marks,
    Merge,
    Unreadable,
    Walk,
    broken,
    checked_archive,
    encrypted,
    inspect_xlsx,
    too_wide_apart,
    walk_ods,
    walk_xlsx,
)

__all__ = ["MAX_BYTES", "MAX_ROWS", "ErrorCell", "Formula", "Skipped", "Table", "Unreadable", "open_table"]

MAX_BYTES = 64 * 1024 * 1024
MAX_ROWS = 300_000
MAX_SHEETS_TRIED = 20
_HEAD = 40  # rows in which the headings are looked for

Line = tuple[int, list[object]]


@dataclass(frozen=True)
class Skipped:
    """A row that is no data: why is "total", "heading" (repeated) or "note" (signatures, remarks)."""

    row_no: int
    why: Literal["total", "heading", "note"]


@dataclass
class Table:
    """A table in a file. `header_row`: the first row of headings, counted from 1; `header_depth`: how many.

    `skipped` is filled while `rows()` runs. A row is at least as long as `headers`; it is longer where cells
    stand to the right of the last heading.
    """

    headers: list[str]
    header_row: int
    header_depth: int
    sheet_names: list[str]
    sheet: str
    height: int  # lines of the sheet, or about as many
    lines: Callable[[], Iterator[Line]] = field(repr=False)
    head: list[list[object]] = field(repr=False)
    skipped: list[Skipped] = field(default_factory=list)

    def rows(self) -> Iterator[Line]:
        """(row number in the file, cells) of each data row: no blank, total or repeated heading rows."""
        self.skipped = []
        first = self.header_row + self.header_depth
        width = len(self.headers)
        repeated = {_lead(row): row for row in self.head if _lead(row)}
        for row_no, cells in self.lines():
            if row_no < first:
                continue
            lead = next((cell for cell in cells if cell != "" and not _is_only_blank(cell)), None)
            if lead is None:
                continue
            if isinstance(lead, str) and (why := _why_no_data(lead, cells, repeated, row_no == first)):
                self.skipped.append(Skipped(row_no, why))
                continue
            if row_no - first >= MAX_ROWS:
                raise _too_many_rows()
            yield row_no, _of_width(cells, width)


# == opening ==


def open_table(path: str | Path, filename: str, sheet: str | None = None) -> Table:
    """The table in a CSV, text, xlsx, xlsm, xls or ods file, told by its content, not by its name.

    `sheet` chooses one of `sheet_names`; else the first that looks like a table. Raises `Unreadable`.
    """
    path = Path(path)
    size = path.stat().st_size
    if size == 0:
        raise Unreadable(_("The file is empty."))
    if size > MAX_BYTES:
        raise Unreadable(
            _("The file is %(size)s MB. Files of up to %(most)s MB are read: divide it, and send the parts.")
            % {"size": size // 1024 // 1024, "most": MAX_BYTES // 1024 // 1024}
        )
    with path.open("rb") as source:
        start = source.read(4096)
    if start.startswith(b"PK"):
        return _open_archive(path, sheet)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return _open_old_excel(path, sheet)
    _refuse_other_formats(start, filename)
    return _open_text(path, start)


def _refuse_other_formats(start: bytes, filename: str) -> None:
    plain = start.replace(b"\x00", b"").lower()
    if plain.startswith((b"%pdf", b"{\\rtf", b"\x89png", b"\xff\xd8\xff", b"rar!", b"7z\xbc\xaf")):
        raise _not_a_table(filename)
    if any(sign in plain for sign in (b"<html", b"<!doctype html", b"<table", b"office:spreadsheet", b"<?mso-app")):
        raise Unreadable(
            _(
                "The file is a web page under the name of an Excel file, as some systems export it. "
                "Open it in Excel, save it as .xlsx, and send that."
            )
        )


def _not_a_table(filename: str) -> Unreadable:
    return Unreadable(
        _("“%(filename)s” is not a table. Send an Excel file (.xlsx) or a CSV file.") % {"filename": filename}
    )


def _open_archive(path: Path, sheet: str | None) -> Table:
    with checked_archive(path) as archive:
        names = set(archive.namelist())
    if "content.xml" in names:
        walks = walk_ods(path)
        with _reader_errors():
            book = CalamineWorkbook.from_path(str(path))
        return _choose_sheet(book, sheet, lambda name: walks.get(name, Walk()))
    if "xl/workbook.xml" not in {name.lstrip("/").casefold() for name in names}:
        raise (_not_a_table(path.name) if any("word/" in name or "ppt/" in name for name in names) else broken())
    looks = inspect_xlsx(path)
    with _reader_errors():
        book = CalamineWorkbook.from_path(str(path))
    return _choose_sheet(book, sheet, lambda name: _walk_if_needed(path, looks.get(name)))


def _walk_if_needed(path: Path, found: tuple[str, Look] | None) -> Walk | None:
    """None for a sheet whose part is missing: then it is not opened."""
    if found is None:
        return None
    part, look = found
    return look.walk if look.is_plain else walk_xlsx(path, part)


def _open_old_excel(path: Path, sheet: str | None) -> Table:
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise encrypted()
    if "WordDocument".encode("utf-16-le") in content:
        raise Unreadable(_("The file is a Word document. Copy the table into Excel, save it as .xlsx, and send that."))
    walks = walk_xls(content)
    with _reader_errors():
        book = CalamineWorkbook.from_path(str(path))
    of_sheet = dict(zip(book.sheet_names, walks, strict=False))
    return _choose_sheet(book, sheet, lambda name: of_sheet.get(name, Walk()))


@contextmanager
def _reader_errors() -> Iterator[None]:
    """Whatever the reader says of a damaged file becomes one sentence; its panics are no `Exception`."""
    try:
        yield
    except Unreadable:
        raise
    except PasswordError:
        raise encrypted() from None
    except Exception:
        raise broken() from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise broken() from None
        raise


# == sheets of a workbook ==


def _choose_sheet(book: CalamineWorkbook, wanted: str | None, walk_of: Callable[[str], Walk | None]) -> Table:
    names = [
        each.name
        for each in book.sheets_metadata
        if each.typ == SheetTypeEnum.WorkSheet and each.visible == SheetVisibleEnum.Visible
    ] or list(book.sheet_names)
    if wanted is not None:
        if wanted not in names:
            raise Unreadable(
                _("There is no sheet “%(sheet)s”. The file has: %(names)s.")
                % {"sheet": wanted, "names": "、".join(names)}
            )
        return _sheet_table(book, wanted, names, walk_of)
    return _first_table(book, names, walk_of)


def _first_table(book: CalamineWorkbook, names: list[str], walk_of: Callable[[str], Walk | None]) -> Table:
    """The first sheet with two known headings, else the first with any table."""
    spare: Table | None = None
    refusal: Unreadable | None = None
    for name in names[:MAX_SHEETS_TRIED]:
        try:
            table = _sheet_table(book, name, names, walk_of)
        except Unreadable as error:
            refusal = refusal or error
            continue
        if recognised(table.headers) >= 2:
            return table
        spare = spare or table
    if spare is None:
        raise refusal or _no_table()
    return spare


def _sheet_table(book: CalamineWorkbook, name: str, names: list[str], walk_of: Callable[[str], Walk | None]) -> Table:
    walk = walk_of(name)
    if walk is None:
        raise broken()
    with _reader_errors():
        sheet = book.get_sheet_by_name(name)
    if sheet.total_height * sheet.total_width > 65_536 * 256:
        raise too_wide_apart(sheet.total_height, sheet.total_width)
    merges = [*(sheet.merged_cell_ranges or []), *walk.merges]

    def lines() -> Iterator[Line]:
        return _sheet_lines(sheet, walk.marks, merges)

    return _table(lines, sheet.total_height, merges, names, name)


def _sheet_lines(sheet: CalamineSheet, marks: Marks, merges: list[Merge]) -> Iterator[Line]:
    """Rows from 1, with marks where the reader gave nothing, and merged values in each of their rows."""
    falling = _falling_merges(merges)
    open_cells: dict[int, tuple[int, object]] = {}
    row = -1
    for row, cells in enumerate(_read_rows(sheet)):
        if row in marks:
            _put_marks(cells, marks[row])
        if falling:
            _fill_down(row, cells, falling, open_cells)
        if not ERROR_WORDS.isdisjoint(cells):
            cells = [ErrorCell(cell) if cell in ERROR_WORDS else cell for cell in cells]
        yield row + 1, cells
    for later in sorted(each for each in marks if each > row):
        cells = []
        _put_marks(cells, marks[later])
        yield later + 1, cells


def _read_rows(sheet: CalamineSheet) -> Iterator[list[object]]:
    with _reader_errors():
        yield from sheet.iter_rows()  # type: ignore[misc]


def _put_marks(cells: list[object], marks: dict[int, Formula | ErrorCell]) -> None:
    for column, mark in marks.items():
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = mark


def _falling_merges(merges: list[Merge]) -> dict[int, list[tuple[int, int]]]:
    """{first row: [(column, last row)]} of merges over several rows."""
    falling: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _right) in merges:
        if bottom > top:
            falling.setdefault(top, []).append((left, bottom))
    return falling


def _fill_down(
    row: int,
    cells: list[object],
    falling: dict[int, list[tuple[int, int]]],
    open_cells: dict[int, tuple[int, object]],
) -> None:
    for column, (last, value) in list(open_cells.items()):
        if row > last:
            del open_cells[column]
        elif column < len(cells) and cells[column] == "":
            cells[column] = value
    for column, last in falling.get(row, ()):
        if column < len(cells) and cells[column] != "":
            open_cells[column] = (last, cells[column])


# == text files ==


def _open_text(path: Path, start: bytes) -> Table:
    encoding = _encoding(path, start)
    with path.open(encoding=encoding, newline="") as source:
        sample = source.read(64 * 1024)
    delimiter = _delimiter(sample)

    def lines() -> Iterator[Line]:
        return _text_lines(path, encoding, delimiter)

    return _table(lines, _line_breaks(path), [], [], "")


def _line_breaks(path: Path) -> int:
    with path.open("rb") as source:
        return sum(piece.count(b"\n") for piece in iter(lambda: source.read(1024 * 1024), b""))


def _encoding(path: Path, start: bytes) -> str:
    if start.startswith(codecs.BOM_UTF8):
        return _decodable(path, ["utf-8-sig"])
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decodable(path, ["utf-16"])
    if b"\x00" in start:
        even, odd = start[0::2].count(0), start[1::2].count(0)
        encoding = "utf-16-be" if even > odd else "utf-16-le"
        if "\n" not in start[: len(start) // 2 * 2].decode(encoding, "replace"):
            raise _unknown_encoding()
        return _decodable(path, [encoding])
    return _decodable(path, ["utf-8", "gb18030"])


def _decodable(path: Path, encodings: Sequence[str]) -> str:
    """The first encoding that the whole file keeps to, without null characters."""
    for encoding in encodings:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as source:
                while piece := source.read(1024 * 1024):
                    if "\x00" in decoder.decode(piece):
                        raise _unknown_encoding()
                decoder.decode(b"", final=True)
        except UnicodeError:
            continue
        return encoding
    raise _unknown_encoding()


def _unknown_encoding() -> Unreadable:
    return Unreadable(
        _("The characters of this file cannot be read. Open it in Excel, save it as .xlsx, and send that.")
    )


def _delimiter(sample: str) -> str:
    first = sample.split("\n", 1)[0].strip().lower()
    if first.startswith("sep=") and len(first) == 5:
        return first[4]
    return max(",\t;，|", key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(sample: str, delimiter: str) -> int:
    """How many cells stand in rows of the most usual width, when rows are cut at this sign."""
    if delimiter not in sample:
        return 0
    try:
        widths = [len(row) for row in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), 200)]
    except csv.Error:
        return 0
    counts = {width: widths.count(width) * (width - 1) for width in set(widths) if width > 1}
    return max(counts.values(), default=0)


_MOST_LINES_IN_A_ROW = 200


def _text_lines(path: Path, encoding: str, delimiter: str) -> Iterator[Line]:
    with path.open(encoding=encoding, newline="") as source:
        reader = csv.reader(source, delimiter=delimiter)
        line_before = 0
        try:
            for row_no, cells in enumerate(reader, 1):
                if reader.line_num - line_before > _MOST_LINES_IN_A_ROW:
                    raise _open_quotation(line_before + 1)
                line_before = reader.line_num
                if not ERROR_WORDS.isdisjoint(cells):
                    yield row_no, [ErrorCell(cell) if cell in ERROR_WORDS else cell for cell in cells]
                else:
                    yield row_no, cells  # type: ignore[misc]
        except csv.Error:
            raise _open_quotation(line_before + 1) from None


def _open_quotation(line: int) -> Unreadable:
    return Unreadable(
        _("From line %(line)s on, a quotation mark is opened and not closed. Close or delete it.") % {"line": line}
    )


# == headings ==


@dataclass(frozen=True)
class _Headings:
    labels: list[str]
    top: int  # index within the head
    depth: int


def _table(
    lines: Callable[[], Iterator[Line]], height: int, merges: list[Merge], names: list[str], sheet: str
) -> Table:
    opening = list(islice(lines(), _HEAD))
    head: list[list[object]] = []
    for row_no, cells in opening:
        head.extend([] for _gap in range(row_no - 1 - len(head)))
        head.append(cells)
    raw = [[_label(cell) for cell in row] for row in head]
    found = _find_headings(_without_fillings(raw, merges), merges)
    if found is None:
        raise _no_table()
    return Table(
        headers=found.labels,
        header_row=found.top + 1,
        header_depth=found.depth,
        sheet_names=names,
        sheet=sheet,
        height=height,
        lines=lines,
        head=head[: found.top + found.depth],
    )


def _no_table() -> Unreadable:
    return Unreadable(
        _("No row of headings was found. The table needs one row that names each column, such as 单位名称.")
    )


def _too_many_rows() -> Unreadable:
    return Unreadable(_("The table has more than %(most)s rows. Divide it, and send the parts.") % {"most": MAX_ROWS})


def _label(cell: object) -> str:
    return "" if isinstance(cell, Formula | ErrorCell) else text(cell)


def _without_fillings(rows: list[list[str]], merges: list[Merge]) -> list[list[str]]:
    """Merged cells keep their text in the first row only, so that headings are not said twice."""
    for (top, left), (bottom, _right) in merges:
        for row in range(top + 1, min(bottom + 1, len(rows))):
            if left < len(rows[row]):
                rows[row][left] = ""
    return rows


def _find_headings(rows: list[list[str]], merges: list[Merge]) -> _Headings | None:
    """The row, or rows taken together, with most known headings; else the first row that looks like it."""
    best: tuple[tuple[int, int, int], _Headings] | None = None
    for top, row in enumerate(rows):
        if len(set(filter(None, row))) < 2:
            continue
        merged_depth = _merged_depth(top, rows, merges)
        for depth in _possible_depths(rows[top : top + 2], merged_depth):
            if top + depth > len(rows) or not _may_be_headings(rows[top : top + depth]):
                continue
            labels = _combined(rows, top, depth, merges)
            rank = (recognised(labels), depth == merged_depth, -top)
            if best is None or rank > best[0]:
                best = (rank, _Headings(labels, top, depth))
    if best and best[0][0] >= 2:
        return best[1]
    return _plainest_headings(rows, merges)


def _plainest_headings(rows: list[list[str]], merges: list[Merge]) -> _Headings | None:
    """Where hardly a heading is known: the first row about as full as the fullest, of words only."""
    fullest = max((len(set(filter(None, row))) for row in rows), default=0)
    for top, row in enumerate(rows):
        words = list(filter(None, row))
        is_sole = fullest == 1 and recognised(words) == 1
        is_full = len(set(words)) >= 2 and len(set(words)) * 3 >= fullest * 2
        if (is_sole or is_full) and not any(_is_datum(word) for word in words) and any(map(any, rows[top + 1 :])):
            depth = _merged_depth(top, rows, merges)
            return _Headings(_combined(rows, top, depth, merges), top, depth)
    return None


_DATUM = re.compile(r"[\d\s./:\-,%年月日]+|.{61,}", re.DOTALL)


def _is_datum(word: str) -> bool:
    return _DATUM.fullmatch(word) is not None


def _may_be_headings(rows: list[list[str]]) -> bool:
    words = [word for row in rows for word in row if word]
    return sum(map(_is_datum, words)) * 4 <= len(words)


def _merged_depth(top: int, rows: list[list[str]], merges: list[Merge]) -> int:
    """How many rows the headings take, going by the cells merged in their first row."""
    starting = [merge for merge in merges if merge[0][0] == top]
    falls = [bottom - top + 1 for (_top, _left), (bottom, _right) in starting if bottom > top]
    if falls:
        return min(max(falls), 3)
    below = rows[top + 1] if top + 1 < len(rows) else []
    is_divided = any(right > left and any(below[left : right + 1]) for (_t, left), (_b, right) in starting)
    return 2 if is_divided and not any(_is_datum(word) for word in below if word) else 1


def _possible_depths(rows: list[list[str]], merged_depth: int) -> set[int]:
    return {1, merged_depth, 2} if len(rows) == 2 and _fills_gaps(*rows) else {1, merged_depth}


def _fills_gaps(upper: list[str], lower: list[str]) -> bool:
    """CSV files keep no merges: 职工,, above 总数,女,35岁以下 and nothing below the other headings."""
    under_gap = [column for column, word in enumerate(lower) if word and not (upper[column : column + 1] or [""])[0]]
    under_word = [column for column, word in enumerate(lower) if word and column not in under_gap]
    groups = {column for column in under_word if column + 1 in under_gap}
    return bool(under_gap) and set(under_word) == groups and not any(_is_datum(word) for word in lower if word)


def _combined(rows: list[list[str]], top: int, depth: int, merges: list[Merge]) -> list[str]:
    """One label a column: the headings above each other joined by a stroke, 职工/总数."""
    block = rows[top : top + depth]
    width = max(map(len, block))
    spread = [
        _spread(row + [""] * (width - len(row)), top + level, block[level + 1 :], merges)
        for level, row in enumerate(block)
    ]
    labels = ["/".join(dict.fromkeys(filter(None, column))) for column in zip(*spread, strict=True)]
    while labels and not labels[-1]:
        labels.pop()
    return labels


def _spread(row: list[str], row_index: int, below: list[list[str]], merges: list[Merge]) -> list[str]:
    """A heading over several columns, said in each of them: by its merged cell, or over gaps filled below."""
    spread = list(row)
    across = [merge for merge in merges if merge[0][0] == row_index and merge[1][1] > merge[0][1]]
    for (_top, left), (_bottom, right) in across:
        spread[left : right + 1] = [row[left]] * (min(right + 1, len(row)) - left) if left < len(row) else []
    if not across and below:
        for column in range(1, len(row)):
            is_filled_below = any(column < len(other) and other[column] for other in below)
            if not row[column] and is_filled_below:
                spread[column] = spread[column - 1]
    return spread


# == rows that are no data ==

_TOTAL = re.compile(r"(?:合计|总计|共计|小计|总合计|本页小计|本页合计|累计|(?:grand )?total)[:：]?", re.IGNORECASE)
_NOTE = re.compile(
    r"(?:填表人|填报人|制表人|制表|制表单位|审核人|审核|单位负责人|负责人签字|填报单位|填报日期|填表日期|制表日期|注|备注|说明)"
    r"[（(]?[^:：]{0,6}[)）]?[:：]"
)
_COLUMN_NUMBER = re.compile(r"[甲乙丙丁戊]|[(（]?\d{1,2}[)）]?|[A-Z]")


def _lead(cells: Iterable[object]) -> object:
    return next((cell for cell in cells if cell != ""), None)


def _is_only_blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and (cell.isspace() or cell == "\ufeff"))


def _why_no_data(
    lead: str, cells: list[object], repeated: dict[object, list[object]], is_first: bool
) -> Literal["total", "heading", "note"] | None:
    if lead in repeated and _is_same_row(cells, repeated[lead]):
        return "heading"
    if is_first and _numbers_columns(cells):
        return "heading"
    if len(lead) < 40 and _NOTE.match(lead.strip()):
        return "note"
    if _says_total(lead) or any(_says_total(cell) for cell in cells[1:3] if isinstance(cell, str)):
        return "total"
    return None


def _says_total(cell: str) -> bool:
    return len(cell) < 20 and _TOTAL.fullmatch("".join(cell.split())) is not None


def _is_same_row(one: list[object], other: list[object]) -> bool:
    return [cell for cell in one if cell != ""] == [cell for cell in other if cell != ""]


def _numbers_columns(cells: list[object]) -> bool:
    """甲 乙 1 2 3 under the headings of a statistical table."""
    said = [text(cell) for cell in cells if cell != "" and not isinstance(cell, Formula | ErrorCell)]
    return len(said) >= 3 and all(map(_COLUMN_NUMBER.fullmatch, said)) and len(set(said)) == len(said)


def _of_width(cells: list[object], width: int) -> list[object]:
    if len(cells) < width:
        return cells + [""] * (width - len(cells))
    while len(cells) > width and (cells[-1] == "" or _is_only_blank(cells[-1])):
        cells.pop()
    return cells
