"""Look into xlsx and ods files before they are read: bombs, stray far cells, and cells the reader would lose.

The reader lays a sheet out as one full rectangle and gives formulas without a stored result, and errors, as
empty text. So every part is unpacked here once, in pieces and under limits, and suspicious sheets are walked
cell by cell.
"""

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from .cells import ErrorCell, Formula

MAX_UNPACKED = 512 * 1024 * 1024
MAX_RATIO = 200
RATIO_MATTERS_FROM = 20 * 1024 * 1024
MAX_PARTS = 10_000
MAX_CELLS = 8_000_000
MAX_SMALL_PART = 4 * 1024 * 1024
_PIECE = 1024 * 1024

Mark = Formula | ErrorCell
Marks = dict[int, dict[int, Mark]]
Merge = tuple[tuple[int, int], tuple[int, int]]


class Unreadable(Exception):
    """A file that cannot be read as a table. `sentence` is for the person who sent it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass
class Walk:
    """What a walk over a sheet found: how far it reaches, and the cells the reader would lose (from 0)."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    marks: Marks = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)

    def reach(self, row: int, column: int, repeated: int = 1) -> None:
        self.rows = max(self.rows, row + 1)
        self.columns = max(self.columns, column + 1)
        self.cells += repeated
        if self.rows * self.columns > MAX_CELLS or self.cells > MAX_CELLS:
            raise too_wide_apart(row + 1, column + 1)

    def mark(self, row: int, column: int, mark: Mark) -> None:
        self.marks.setdefault(row, {})[column] = mark


# == sentences ==


def broken() -> Unreadable:
    return Unreadable(
        _("The file is damaged or was not sent completely. Open it in Excel, save it as .xlsx, and send it again.")
    )


def encrypted() -> Unreadable:
    return Unreadable(_("The file is locked with a password. Remove the password in Excel and send it again."))


def _bomb() -> Unreadable:
    return Unreadable(
        _(
            "Unpacked, the file would be far larger than a table needs. "
            "Copy the table into a new workbook and send that."
        )
    )


def too_wide_apart(row: int, column: int) -> Unreadable:
    return Unreadable(
        _(
            "The sheet reaches as far as row %(row)s, column %(column)s. "
            "Delete the rows and columns after the table, save the file and send it again."
        )
        % {"row": row, "column": column}
    )


# == parts of the archive ==


def checked_archive(path: Path) -> zipfile.ZipFile:
    """The archive, when the sizes it states are bearable. What it states may still be untrue."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        raise broken() from None
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    packed = path.stat().st_size
    if total > MAX_UNPACKED or len(parts) > MAX_PARTS or _is_steep(total, packed):
        raise _bomb()
    if any(part.flag_bits & 1 for part in parts):
        raise encrypted()
    if len({part.filename.casefold() for part in parts}) < len(parts):
        raise broken()
    return archive


def _is_steep(total: int, packed: int) -> bool:
    return total > RATIO_MATTERS_FROM and total > MAX_RATIO * max(packed, 1)


class Unpacking:
    """Unpacks parts in pieces and counts what truly comes out, over all parts together."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.packed = path.stat().st_size
        self.total = 0

    def pieces(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        with self.path.open("rb") as source:
            _go_to_content(source, part)
            for piece in _inflated(source, part):
                self.total += len(piece)
                if self.total > MAX_UNPACKED or _is_steep(self.total, self.packed):
                    raise _bomb()
                yield piece


def _go_to_content(source: IO[bytes], part: zipfile.ZipInfo) -> None:
    source.seek(part.header_offset)
    header = source.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise broken()
    name_length, extra_length = struct.unpack_from("<HH", header, 26)
    source.seek(name_length + extra_length, 1)


def _inflated(source: IO[bytes], part: zipfile.ZipInfo) -> Iterator[bytes]:
    """What the part unpacks to, by its packed size alone: the stated unpacked size is not believed."""
    left = part.compress_size
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise broken()
    unpacker = zlib.decompressobj(-15) if part.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0:
        packed = source.read(min(left, _PIECE))
        if not packed:
            raise broken()
        left -= len(packed)
        if unpacker is None:
            yield packed
            continue
        try:
            while packed:
                yield unpacker.decompress(packed, _PIECE)
                packed = unpacker.unconsumed_tail
        except zlib.error:
            raise broken() from None
        if unpacker.eof:
            return


# == xlsx ==

# A sheet is plain when each cell names its place first, within A to Z and 200,000 rows, without formula or error.
_NOT_PLAIN = re.compile(rb'<c(?! r="[A-Z](?:\d{1,5}|1\d{5})"|[a-zA-Z])')
_NO_PLACE = re.compile(rb'<c(?! r="[A-Z]{1,3}\d{1,7}"|[a-zA-Z])')
_PLACE = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
_TELLING = (
    b"<f>",
    b"<f ",
    b"<f/",
    b":f>",
    b":f ",
    b":f/",
    b":c ",
    b":c>",
    b' t="e"',
    b" t='e'",
    b"<!DOCTYPE",
    b"\x00",
)
_LONGEST_TAG = 4096


@dataclass
class Look:
    """A first look at one sheet; `is_plain` means that the reader may be trusted with it."""

    is_plain: bool = True
    walk: Walk = field(default_factory=Walk)


def inspect_xlsx(path: Path) -> dict[str, tuple[str, Look]]:
    """{sheet name: (part, first look)} after unpacking everything once under the limits."""
    with checked_archive(path) as archive:
        parts = {part.filename.lstrip("/").casefold(): part for part in archive.infolist()}
        unpacking = Unpacking(path)
        sheets = _sheet_parts(parts, unpacking)
        looks = {}
        for name, part in parts.items():
            if name in sheets.values():
                looks[name] = _first_look(unpacking.pieces(part))
            else:
                for _piece in unpacking.pieces(part):
                    pass
    return {sheet: (parts[name].filename, looks[name]) for sheet, name in sheets.items() if name in looks}


def _sheet_parts(parts: dict[str, zipfile.ZipInfo], unpacking: Unpacking) -> dict[str, str]:
    book = _tree(parts, "xl/workbook.xml", unpacking)
    links = _tree(parts, "xl/_rels/workbook.xml.rels", unpacking)
    targets = {
        link.get("Id"): posixpath.normpath(posixpath.join("/xl", link.get("Target", ""))).lstrip("/").casefold()
        for link in links
    }
    sheets = {}
    for each in book.iter():
        if each.tag.endswith("}sheet"):
            link = next((value for key, value in each.attrib.items() if key.endswith("}id")), "")
            sheets[each.get("name", "")] = targets.get(link, "")
    return sheets


def _tree(parts: dict[str, zipfile.ZipInfo], name: str, unpacking: Unpacking):  # type: ignore[no-untyped-def]
    if name not in parts:
        raise broken()
    content = bytearray()
    for piece in unpacking.pieces(parts[name]):
        content += piece
        if len(content) > MAX_SMALL_PART:
            raise _bomb()
    try:
        return fromstring(bytes(content))
    except Exception:  # defusedxml and the parser refuse with many classes
        raise broken() from None


def _first_look(pieces: Iterator[bytes]) -> Look:
    """Search, do not parse: this must cost little on a hundred thousand sound rows."""
    look = Look()
    tail = b""
    for piece in pieces:
        chunk = tail + piece
        cut = chunk.rfind(b"<")  # a tag may go on in the next piece
        if cut < len(chunk) - _LONGEST_TAG:
            cut = len(chunk)
        _search(chunk[:cut], look)
        tail = chunk[cut:]
    _search(tail, look)
    return look


def _search(chunk: bytes, look: Look) -> None:
    look.walk.cells += chunk.count(b"<c ")
    if look.walk.cells > MAX_CELLS:
        raise _bomb()
    if not look.is_plain or any(word in chunk for word in _TELLING):
        look.is_plain = False
    elif _NOT_PLAIN.search(chunk):
        if _NO_PLACE.search(chunk):
            look.is_plain = False
            return
        for letters, row in set(_PLACE.findall(chunk)):
            look.walk.rows = max(look.walk.rows, int(row))
            look.walk.columns = max(look.walk.columns, column_number(letters.decode()))
        if look.walk.rows * look.walk.columns > MAX_CELLS:
            raise too_wide_apart(look.walk.rows, look.walk.columns)


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def walk_xlsx(path: Path, part_name: str) -> Walk:
    """Every cell of one sheet: the true reach, and each formula without a result and each error."""
    with checked_archive(path) as archive:
        part = archive.getinfo(part_name)
    walker = _SheetWalker()
    _parse(Unpacking(path).pieces(part), walker.start, walker.end, walker.text)
    return walker.walk


class _SheetWalker:
    def __init__(self) -> None:
        self.walk = Walk()
        self.row = self.column = -1
        self.kind = ""
        self.formula: str | None = None
        self.value: str | None = None
        self.inside = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self.row = int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else self.row + 1
                self.column = -1
            case "c":
                self._start_cell(attributes)
            case "f":
                self.formula, self.inside = "", "f"
            case "v" | "is":
                self.value, self.inside = "", "v"

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r", "").replace("$", "").upper()
        letters = place.rstrip("0123456789")
        self.column += 1
        if letters and letters.isalpha() and letters.isascii() and len(place) > len(letters):
            self.column = column_number(letters) - 1
            self.row = int(place[len(letters) :]) - 1
        self.kind = attributes.get("t", "")
        self.formula = self.value = None

    def text(self, text: str) -> None:
        if self.inside == "v":
            self.value = (self.value or "") + text
        elif self.inside == "f":
            self.formula = (self.formula or "") + text

    def end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "f" | "v" | "is":
                self.inside = ""
            case "c":
                self._end_cell()

    def _end_cell(self) -> None:
        if self.formula is None and self.value is None:
            return
        self.walk.reach(self.row, self.column)
        if self.kind == "e":
            self.walk.mark(self.row, self.column, ErrorCell(self.value or "#N/A"))
        elif self.formula is not None and not self.value and not (self.kind == "str" and self.value == ""):
            # t="str" with an empty <v> is a stored result: IF(…,"",…) came out empty.
            self.walk.mark(self.row, self.column, Formula("=" + self.formula))


# == ods ==


def walk_ods(path: Path) -> dict[str, Walk]:
    """{sheet name: walk} over every table of an OpenDocument spreadsheet."""
    with checked_archive(path) as archive:
        parts = {part.filename: part for part in archive.infolist()}
    unpacking = Unpacking(path)
    walker = _OdsWalker()
    if "content.xml" not in parts:
        raise broken()
    for name, part in parts.items():
        if name == "content.xml":
            _parse(unpacking.pieces(part), walker.start, walker.end, walker.text)
        else:
            for _piece in unpacking.pieces(part):
                pass
    return walker.walks


class _OdsWalker:
    def __init__(self) -> None:
        self.walks: dict[str, Walk] = {}
        self.walk = Walk()
        self.row = self.column = 0
        self.repeat_row = self.repeat_cell = 1
        self.cell: dict[str, str] = {}
        self.said = ""
        self.in_cell = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "table:table":
                self.walk = self.walks.setdefault(attributes.get("table:name", ""), Walk())
                self.row = 0
            case "table:table-row":
                self.column = 0
                self.repeat_row = _times(attributes, "table:number-rows-repeated")
            case "table:table-cell" | "table:covered-table-cell":
                self.cell, self.said, self.in_cell = attributes, "", True
                self.repeat_cell = _times(attributes, "table:number-columns-repeated")

    def text(self, text: str) -> None:
        if self.in_cell:
            self.said += text

    def end(self, name: str) -> None:
        if name == "table:table-row":
            self.row += self.repeat_row
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._end_cell()
            self.column += self.repeat_cell
            self.in_cell = False

    def _end_cell(self) -> None:
        has_value = bool(self.cell.get("office:value-type") or self.said)
        if not has_value and "table:formula" not in self.cell:
            return
        last_row, last_column = self.row + self.repeat_row - 1, self.column + self.repeat_cell - 1
        self.walk.reach(last_row, last_column, self.repeat_row * self.repeat_cell)
        if self.cell.get("calcext:value-type") == "error":
            self.walk.mark(self.row, self.column, ErrorCell(self.said or "#N/A"))
        elif not has_value:
            self.walk.mark(self.row, self.column, Formula(self.cell["table:formula"]))
        down, across = (
            _times(self.cell, "table:number-rows-spanned"),
            _times(self.cell, "table:number-columns-spanned"),
        )
        if down > 1 or across > 1:
            self.walk.merges.append(((self.row, self.column), (self.row + down - 1, self.column + across - 1)))


def _times(attributes: dict[str, str], name: str) -> int:
    said = attributes.get(name, "1")
    return max(int(said), 1) if said.isdecimal() and len(said) < 12 else 1


# == parsing ==


def _parse(
    pieces: Iterator[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Expat without document types, so that no entity is ever declared, fetched or unfolded."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError):
        raise broken() from None


def _refuse_document_type(*_declaration: object) -> None:
    raise broken()
