"""The tables of facts that a snapshot of one day holds. No name of a person is among them.

Numbers without a source are null, which is not nought.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["id", "word", "number", "truth"]


@dataclass(frozen=True)
class Relation:
    """Rows of another table that belong to a row: `theirs` names in them what `ours` names here."""

    table: str
    ours: str
    theirs: str


@dataclass(frozen=True)
class FactTable:
    """Its columns, the rows of other tables that belong to one of its rows, and where in the territory a row lies."""

    columns: Mapping[str, Kind]
    relations: Mapping[str, Relation]


UNITS = FactTable(
    {
        "unit": "id",
        "division": "id",
        "parent": "id",
        "place": "id",
        "level": "word",
        "kind": "word",
        "status": "word",
        "trade": "word",
        "ownership": "word",
        "stands_in": "word",
        "staff": "number",
        "women": "number",
        "under_35": "number",
        "dispatched": "number",
        "migrant": "number",
    },
    {
        "covered_by": Relation("covers", "unit", "unit"),
        "seat_of": Relation("bodies", "unit", "seat"),
        "venue": Relation("venues", "unit", "unit"),
        "plaque": Relation("plaques", "unit", "unit"),
        "agreement": Relation("agreements", "unit", "unit"),
    },
)
BODIES = FactTable(
    {
        "body": "id",
        "division": "id",
        "seat": "id",
        "line": "word",
        "kind": "word",
        "form": "word",
        "term": "word",
        "led": "truth",
        "heads": "number",
        "officers": "number",
        "members": "number",
        "pledges": "word",
        "comment": "word",
        "problems": "word",
    },
    {"covers": Relation("covers", "body", "body"), "venue": Relation("venues", "body", "owner")},
)
COVERS = FactTable(
    {"unit": "id", "body": "id", "division": "id", "line": "word", "kind": "word", "form": "word"},
    {},
)
VENUES = FactTable(
    {
        "venue": "id",
        "division": "id",
        "unit": "id",
        "owner": "id",
        "lines": "number",
        "items": "number",
        "hours": "truth",
        "keeper": "truth",
    },
    {"plaque": Relation("plaques", "venue", "venue")},
)
PLAQUES = FactTable({"venue": "id", "division": "id", "unit": "id", "kind": "word"}, {})
# A row for each unit in each collective agreement that is in force.
AGREEMENTS = FactTable({"unit": "id", "division": "id", "scope": "word"}, {})
TABLES: Mapping[str, FactTable] = {
    "units": UNITS,
    "bodies": BODIES,
    "covers": COVERS,
    "venues": VENUES,
    "plaques": PLAQUES,
    "agreements": AGREEMENTS,
}
# What may be counted, and what one row of it is called.
SUBJECTS = {"units": "unit", "bodies": "body", "venues": "venue"}
HEADS = {"units": ("staff", "women", "under_35", "dispatched", "migrant"), "bodies": ("members",), "venues": ()}
# For each walk: of which place (`place`) a leaf (`leaf`) is a part, itself included.
WAYS: Mapping[str, Kind] = {"walk": "word", "leaf": "id", "place": "id"}
# What somebody left out of an indicator, with a reason that stands in the register: the ledger of the denominators.
EXCLUSIONS: Mapping[str, Kind] = {"indicator": "word", "subject": "id"}
