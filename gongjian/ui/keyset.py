"""Pages of a long list, cut by position in its order: the last page costs what the first does."""

import json
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import BadRequest, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Page:
    """Rows of one page, with the cursors of its neighbours (None where there is no neighbour)."""

    rows: list[Any]
    previous: str | None
    next: str | None
    is_start: bool


class JSONValues:
    """Dates, decimals and the like as JSON; the column's field reads them back."""

    def dumps(self, values: Any) -> bytes:
        return json.dumps(values, cls=DjangoJSONEncoder, separators=(",", ":")).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


def page_of(
    queryset: QuerySet, order: list[str], *, size: int, after: str | None = None, before: str | None = None
) -> Page:
    """Cut one page out of the queryset in the given order ("-staff", "id"), after or before a cursor.

    One query. The columns must together be unique and never NULL; the last one is usually the id.
    Raises BadRequest with a sentence when the cursor was not made here for this order.
    """
    backwards = bool(before) and not after
    wanted = [_flipped(column) for column in order] if backwards else order
    rows = queryset.order_by(*wanted)
    cursor = before if backwards else after
    if cursor:
        rows = _beyond(rows, wanted, _values_in(cursor, order))
    try:
        found = list(rows[: size + 1])
    except (ValidationError, ValueError, TypeError) as bad:
        if cursor:
            raise _unreadable() from bad
        raise
    is_more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_previous, has_next = (is_more, True) if backwards else (bool(cursor), is_more)
    return Page(
        rows=found,
        previous=_cursor_at(found[0], order) if found and has_previous else None,
        next=_cursor_at(found[-1], order) if found and has_next else None,
        is_start=not has_previous,
    )


def _flipped(column: str) -> str:
    return column[1:] if column.startswith("-") else "-" + column


def _beyond(queryset: QuerySet, order: list[str], values: list[Any]) -> QuerySet:
    names = [column.lstrip("-") for column in order]
    directions = {column.startswith("-") for column in order}
    if len(order) > 1 and len(directions) == 1:
        # One comparison of rows, which a single index range answers.
        lookup = TupleLessThan if True in directions else TupleGreaterThan
        return queryset.filter(lookup(Tuple(*(F(name) for name in names)), tuple(values)))
    beyond = Q()
    same = Q()
    for column, name, value in zip(order, names, values, strict=True):
        beyond |= same & Q(**{f"{name}__{'lt' if column.startswith('-') else 'gt'}": value})
        same &= Q(**{name: value})
    first = f"{names[0]}__{'lte' if order[0].startswith('-') else 'gte'}"
    return queryset.filter(Q(**{first: values[0]}) & beyond)  # the first column bounds the index range


def place_of(cursor: str, order: list[str]) -> list[Any]:
    """The values of the columns of `order` at a cursor of `page_of`. Raises BadRequest as it does."""
    return _values_in(cursor, order)


def _value(row: Any, name: str) -> Any:
    if isinstance(row, dict):
        return row[name]
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _salt(order: list[str]) -> str:
    return "keyset:" + ",".join(order)


def _cursor_at(row: Any, order: list[str]) -> str:
    values = [_value(row, column.lstrip("-")) for column in order]
    if None in values:
        raise ValueError(f"Keyset pages need columns without NULL; got {dict(zip(order, values, strict=True))}.")
    return signing.dumps(values, salt=_salt(order), serializer=JSONValues)


def _values_in(cursor: str, order: list[str]) -> list[Any]:
    try:
        values = signing.loads(cursor, salt=_salt(order), serializer=JSONValues)
    except (signing.BadSignature, ValueError) as bad:
        raise _unreadable() from bad
    if not isinstance(values, list) or len(values) != len(order):
        raise _unreadable()
    return values


def _unreadable() -> BadRequest:
    return BadRequest(
        _(
            "This place in the list cannot be found: the address was cut, changed, or sorted another way. "
            "Begin at the first page."
        )
    )
