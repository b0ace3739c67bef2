"""What a record has to look like, said as data, so that the verifier in the browser reads the same sheet.

A shape is a dict with one of these keys:

    text: [least, most]     characters (code points)     hex: n           n bytes, in small letters
    number: [least, most]   whole number                 one_of: [...]    one of these values
    minute, second: true    a moment in UTC              day: true        a day, 2026-03-16
    null_or: shape          null, or of that shape       list: shape      with least, most: how many
    record: {name: shape}   all of these fields; `optional` as well, and `more` for fields of any other name
    map: shape              any names, 1 to 64 characters long; `most`: how many
    kinds: {kind: shape}    a record told apart by its field "kind"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from .errors import VerivoteError

Shape = Mapping[str, Any]
MOMENT = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
NAMES = [1, 64]


def check(shape: Shape, value: Any, where: str) -> None:
    """Raises VerivoteError, naming the place within `where`, unless the value has the shape."""
    for name, looks in LOOKS.items():
        if name in shape:
            looks(shape, value, where)


def moment(text: str) -> datetime:
    """A moment as it stands in records, whole seconds in UTC: "2026-03-16T01:00:00Z". ValueError if it is none."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _text(shape: Shape, value: Any, where: str) -> None:
    least, most = shape["text"]
    if type(value) is not str or not least <= len(value) <= most:
        raise VerivoteError("not_text", where=where, least=least, most=most)


def _number(shape: Shape, value: Any, where: str) -> None:
    least, most = shape["number"]
    if type(value) is not int or not least <= value <= most:
        raise VerivoteError("not_number", where=where, least=least, most=most)


def _hex(shape: Shape, value: Any, where: str) -> None:
    if type(value) is not str or not re.fullmatch(f"[0-9a-f]{{{2 * shape['hex']}}}", value):
        raise VerivoteError("not_hex", where=where, bytes=shape["hex"])


def _one_of(shape: Shape, value: Any, where: str) -> None:
    if not any(type(value) is type(each) and value == each for each in shape["one_of"]):
        raise VerivoteError("not_one_of", where=where, choices=", ".join(map(str, shape["one_of"])))


def _minute(shape: Shape, value: Any, where: str) -> None:
    if not _is_moment(value) or not value.endswith(":00Z"):
        raise VerivoteError("not_minute", where=where)


def _second(shape: Shape, value: Any, where: str) -> None:
    if not _is_moment(value):
        raise VerivoteError("not_moment", where=where)


def _day(shape: Shape, value: Any, where: str) -> None:
    if type(value) is not str or not _is_moment(f"{value}T00:00:00Z"):
        raise VerivoteError("not_day", where=where)


def _is_moment(value: Any) -> bool:
    if type(value) is not str or not MOMENT.fullmatch(value):
        return False
    try:
        moment(value)
    except ValueError:
        return False
    return True


def _null_or(shape: Shape, value: Any, where: str) -> None:
    if value is not None:
        check(shape["null_or"], value, where)


def _list(shape: Shape, value: Any, where: str) -> None:
    least, most = shape.get("least", 0), shape["most"]
    if type(value) is not list or not least <= len(value) <= most:
        raise VerivoteError("not_list", where=where, least=least, most=most)
    for at, each in enumerate(value):
        check(shape["list"], each, f"{where}[{at}]")


def _record(shape: Shape, value: Any, where: str) -> None:
    fields = shape["record"]
    optional, more = shape.get("optional", {}), shape.get("more")
    if type(value) is not dict or not fields.keys() <= value.keys():
        raise VerivoteError("not_record", where=where, fields=", ".join(fields))
    for name, inner in value.items():
        wanted = fields.get(name) or optional.get(name) or more
        if wanted is None:
            raise VerivoteError("unknown_field", where=where, name=name)
        check(wanted, inner, f"{where}.{name}")


def _map(shape: Shape, value: Any, where: str) -> None:
    if type(value) is not dict or len(value) > shape["most"]:
        raise VerivoteError("not_map", where=where, most=shape["most"])
    for name, inner in value.items():
        check({"text": NAMES}, name, where)
        check(shape["map"], inner, f"{where}.{name}")


def _kinds(shape: Shape, value: Any, where: str) -> None:
    kind = value.get("kind") if type(value) is dict else None
    if type(kind) is not str or kind not in shape["kinds"]:
        raise VerivoteError("unknown_kind", where=where, choices=", ".join(shape["kinds"]))
    check(shape["kinds"][kind], value, where)


LOOKS: dict[str, Callable[[Shape, Any, str], None]] = {
    "text": _text,
    "number": _number,
    "hex": _hex,
    "one_of": _one_of,
    "minute": _minute,
    "second": _second,
    "day": _day,
    "null_or": _null_or,
    "list": _list,
    "record": _record,
    "map": _map,
    "kinds": _kinds,
}
