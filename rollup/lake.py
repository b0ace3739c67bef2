"""Where the facts of a day lie as files, and how an engine reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import ibis
from ibis.backends import BaseBackend
from ibis.expr.types import Table

from .facts import TABLES, Kind

TYPES: Mapping[Kind, str] = {"id": "int64", "word": "string", "number": "int64", "truth": "boolean"}


@dataclass(frozen=True)
class Facts:
    """The facts of one day, as tables of one engine."""

    tables: Mapping[str, Table]
    ways: Table
    exclusions: Table


def schema_of(columns: Mapping[str, Kind]) -> ibis.Schema:
    """The types of the columns."""
    return ibis.schema({name: TYPES[kind] for name, kind in columns.items()})


def read(engine: BaseBackend, folder: Path, name: str = "") -> Facts:
    """The facts that lie in a folder: `<table>/*.parquet`, `ways.parquet`, `exclusions.parquet`.

    `name` tells the facts of one day from those of another in the same engine.
    """
    return Facts(
        {table: engine.read_parquet(f"{folder / table}/*.parquet", table_name=f"{name}{table}") for table in TABLES},
        engine.read_parquet(str(folder / "ways.parquet"), table_name=f"{name}ways"),
        engine.read_parquet(str(folder / "exclusions.parquet"), table_name=f"{name}exclusions"),
    )
