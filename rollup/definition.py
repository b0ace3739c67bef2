"""What an indicator counts, as data over a small vocabulary: of what, where, having what, by units and by heads.

There is no language of formulas. Conditions are columns of the tables of facts with a value, a list of values (one of
them) or `_from` and `_to` for numbers; or a relation with conditions of its own: some row of it fits. `no` before a
relation: none of its rows fits. A list of conditions on a relation: for each of them some row fits. All conditions
together must hold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .facts import HEADS, SUBJECTS, TABLES

Conditions: TypeAlias = Mapping[str, Any]
STANDING: Mapping[str, Conditions] = {"units": {"status": "active"}, "bodies": {}, "venues": {}}
NO = "no_"


class Unknown(ValueError):
    """A definition says what the vocabulary does not know; the message names it and what there is instead."""


@dataclass(frozen=True)
class Definition:
    """`where` says which rows are meant, `standing` which of those are counted, `having` which of these count as done.

    Rows meant but not counted, and rows on the ledger, are left out: they are told beside the figure. `heads` names
    the column of people that is added up beside the rows.
    """

    key: str
    of: str
    where: Conditions = field(default_factory=dict)
    having: Conditions = field(default_factory=dict)
    heads: str = ""
    standing: Conditions | None = None

    @property
    def counted(self) -> Conditions:
        return STANDING[self.of] if self.standing is None else self.standing


def check(definition: Definition) -> Definition:
    """The definition itself. Raises Unknown."""
    if definition.of not in SUBJECTS:
        raise Unknown(f"{definition.key}: “{definition.of}” cannot be counted. Choose from: {', '.join(SUBJECTS)}.")
    if definition.heads and definition.heads not in HEADS[definition.of]:
        known = ", ".join(HEADS[definition.of]) or "none"
        raise Unknown(f"{definition.key}: {definition.of} have no heads “{definition.heads}”. There are: {known}.")
    for part in ("where", "having", "counted"):
        _check_conditions(definition.key, part, definition.of, getattr(definition, part))
    return definition


def _check_conditions(key: str, part: str, table: str, conditions: Conditions) -> None:
    facts = TABLES[table]
    for name, value in conditions.items():
        relation = facts.relations.get(name.removeprefix(NO))
        if relation:
            if not all(isinstance(each, Mapping) for each in each_of(value)):
                raise Unknown(f"{key}: in {part}, “{name}” takes conditions on {relation.table}, as {{ line = … }}.")
            for each in each_of(value):
                _check_conditions(key, part, relation.table, each)
        elif name in facts.columns and facts.columns[name] != "id":
            _check_value(key, part, name, facts.columns[name], value)
        elif _limit(name) and facts.columns.get(_limit(name)) == "number":
            if not _is_number(value):
                raise Unknown(f"{key}: in {part}, “{name}” takes a number, not {value!r}.")
        else:
            known = [each for each, kind in facts.columns.items() if kind != "id"] + list(facts.relations)
            raise Unknown(f"{key}: in {part}, {table} have no “{name}”. There are: {', '.join(known)}.")


def _check_value(key: str, part: str, name: str, kind: str, value: Any) -> None:
    allowed = {"word": (str,), "number": (int,), "truth": (bool,)}[kind]
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(each, allowed) and (kind == "truth" or each is not True) for each in values):
        raise Unknown(f"{key}: in {part}, “{name}” takes a {kind}, or some in a list, not {value!r}.")


def _limit(name: str) -> str:
    """The column of which this is a limit; empty if it is none."""
    return next((name.removesuffix(end) for end in ("_from", "_to") if name.endswith(end)), "")


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def each_of(value: Any) -> list[Any]:
    """One or several conditions on a relation, as a list."""
    return value if isinstance(value, list) else [value]


def written(conditions: Conditions) -> str:
    """The conditions in one way of writing, so that equal ones are looked for once."""
    return json.dumps(conditions, sort_keys=True, ensure_ascii=False)
