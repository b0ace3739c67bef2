"""Find the error cells of .xls workbooks, which the reader gives as empty text.

Follows [MS-CFB] for the container and [MS-XLS] for the records; reads nothing but where errors stand.
"""

import struct
from collections.abc import Iterator

from .cells import ErrorCell
from .workbooks import Walk, broken

_END = 0xFFFFFFFA  # sector numbers from here on are marks
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_BOUND_SHEET, _FORMULA, _BOOL_OR_ERROR, _BEGIN, _FINISH = 0x0085, 0x0006, 0x0205, 0x0809, 0x000A


def walk_xls(content: bytes) -> list[Walk]:
    """One walk a sheet, in the order of the workbook."""
    try:
        stream = _workbook_stream(content)
        return [_walk_sheet(stream, offset) for offset in _sheet_offsets(stream)]
    except (struct.error, IndexError, ValueError):
        raise broken() from None


# == the container ==


def _workbook_stream(content: bytes) -> bytes:
    size = 1 << struct.unpack_from("<H", content, 0x1E)[0]
    if size not in (512, 4096):
        raise ValueError("sector size")
    table = _sector_table(content, size)
    directory = _chain(content, size, table, struct.unpack_from("<L", content, 0x30)[0])
    entries = {_entry_name(directory, place): place for place in range(0, len(directory) - 127, 128)}
    place = entries.get("workbook", entries.get("book"))
    if place is None:
        raise ValueError("no workbook")
    first, length = struct.unpack_from("<LL", directory, place + 116)
    if length >= struct.unpack_from("<L", content, 0x38)[0]:
        return _chain(content, size, table, first)[:length]
    return _small_stream(content, size, table, directory, first)[:length]


def _sector_table(content: bytes, size: int) -> list[int]:
    """Which sector follows which."""
    sectors = list(struct.unpack_from("<109L", content, 0x4C))
    more = struct.unpack_from("<L", content, 0x44)[0]
    for _step in range(len(content) // size):
        if more >= _END:
            break
        further = struct.unpack_from(f"<{size // 4}L", content, (more + 1) * size)
        sectors += further[:-1]
        more = further[-1]
    table: list[int] = []
    for sector in sectors:
        if sector < _END:
            table += struct.unpack_from(f"<{size // 4}L", content, (sector + 1) * size)
    return table


def _chain(content: bytes, size: int, table: list[int], first: int) -> bytes:
    pieces = [content[(sector + 1) * size : (sector + 2) * size] for sector in _followed(table, first)]
    return b"".join(pieces)


def _followed(table: list[int], first: int) -> Iterator[int]:
    for _step in range(len(table) + 1):
        if first >= _END:
            return
        yield first
        first = table[first]
    raise ValueError("sectors in a circle")


def _small_stream(content: bytes, size: int, table: list[int], directory: bytes, first: int) -> bytes:
    small = 1 << struct.unpack_from("<H", content, 0x20)[0]
    packed = _chain(content, size, table, struct.unpack_from("<L", directory, 116)[0])
    listed = _chain(content, size, table, struct.unpack_from("<L", content, 0x3C)[0])
    following = list(struct.unpack(f"<{len(listed) // 4}L", listed))
    return b"".join(packed[each * small : (each + 1) * small] for each in _followed(following, first))


def _entry_name(directory: bytes, place: int) -> str:
    length = struct.unpack_from("<H", directory, place + 64)[0]
    return directory[place : place + max(length - 2, 0)].decode("utf-16-le", "replace").casefold()


# == the records ==


def _records(stream: bytes, place: int) -> Iterator[tuple[int, int, int]]:
    """(kind, where its content begins, length) of each record."""
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        yield kind, place + 4, length
        place += 4 + length


def _sheet_offsets(stream: bytes) -> list[int]:
    offsets = []
    for kind, start, _length in _records(stream, 0):
        if kind == _BOUND_SHEET:
            offsets.append(struct.unpack_from("<L", stream, start)[0])
        elif kind == _FINISH:
            break
    return offsets


def _walk_sheet(stream: bytes, offset: int) -> Walk:
    walk = Walk()
    depth = 0
    for kind, start, length in _records(stream, offset):
        if kind == _BEGIN:
            depth += 1
        elif kind == _FINISH:
            depth -= 1
            if depth <= 0:
                break
        elif depth == 1 and (code := _error_code(stream, kind, start, length)) is not None:
            row, column = struct.unpack_from("<HH", stream, start)
            walk.mark(row, column, ErrorCell(_ERRORS.get(code, "#N/A")))
    return walk


def _error_code(stream: bytes, kind: int, start: int, length: int) -> int | None:
    if kind == _BOOL_OR_ERROR and length >= 8 and stream[start + 7]:
        return stream[start + 6]
    if kind == _FORMULA and length >= 14 and stream[start + 12 : start + 14] == b"\xff\xff":
        return stream[start + 8] if stream[start + 6] == 2 else None
    return None
