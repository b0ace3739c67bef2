"""A federation made up as files of facts, as a night run leaves them: so many units and bodies over real divisions.

All is made set by set, by hash, so the same at every run. Every division has a body of each line; the other bodies sit
at employers in the villages. Some employers are covered by a joint body of their village as well, some only by it.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from rollup.facts import TABLES

WALKS = ("territory", "line", "leadership")
STEP = 2_654_435_761  # a prime: so many employers' lines further on is the next body
LINES = "['party', 'union', 'league', 'women']"
KINDS = "['party_branch', 'union_committee', 'league_branch', 'women_committee']"

# Names in braces are numbers: of divisions, villages, employers, and bodies that sit at employers.
MADE = """
CREATE MACRO part(x, seed, whole) AS (hash(x, seed) % whole)::BIGINT;
CREATE TABLE division AS
  SELECT l.id, l.level, p.id AS parent FROM listed l LEFT JOIN listed p ON p.code = l.parent_code;
CREATE TABLE village AS
  SELECT id, row_number() OVER (ORDER BY id) - 1 AS nth FROM division WHERE level = 'village';
CREATE TABLE up AS WITH RECURSIVE u(leaf, place) AS (
  SELECT id, id FROM division
  UNION ALL SELECT u.leaf, d.parent FROM u JOIN division d ON d.id = u.place WHERE d.parent IS NOT NULL
) SELECT leaf, place FROM u;
CREATE TABLE employer AS
  SELECT i AS nth, {divisions} + 1 + i AS unit, v.id AS division
  FROM range({employers}) t(i) JOIN village v ON v.nth = part(i, 1, {villages});
CREATE TABLE body AS
  SELECT 4 * (d.id - 1) + n + 1 AS body, d.id AS division, d.id AS seat, n,
    CASE WHEN d.level = 'village' THEN 'joint' ELSE 'single' END AS form
  FROM division d, range(4) t(n)
  UNION ALL
  SELECT 4 * {divisions} + 1 + j, e.division, e.unit, x % 4, 'single'
  FROM (SELECT j, j * {step} % (4 * {employers}) AS x FROM range({seated}) t(j)) b JOIN employer e ON e.nth = b.x // 4;
"""
QUERIES = {
    "units": """
        SELECT id AS unit, id AS division, parent, NULL::BIGINT AS place, level, level AS kind,
          'active' AS status, '' AS trade, '' AS ownership, '' AS stands_in, NULL::BIGINT AS staff,
          NULL::BIGINT AS women, NULL::BIGINT AS under_35,
          NULL::BIGINT AS dispatched, NULL::BIGINT AS migrant FROM division
        UNION ALL
        SELECT unit, division, division, NULL::BIGINT, 'employer',
          CASE WHEN part(nth, 2, 100) < 85 THEN 'enterprise' WHEN part(nth, 2, 100) < 94 THEN 'institution'
            ELSE 'agency' END,
          CASE WHEN part(nth, 3, 100) < 94 THEN 'active' ELSE 'suspended' END,
          chr((65 + part(nth, 4, 20))::INTEGER),
          ['private', 'state', 'collective', 'foreign', 'hong_kong_macau_taiwan'][1 + part(nth, 5, 12) % 5],
          CASE WHEN part(nth, 6, 10) = 0 THEN 'building' ELSE '' END,
          staff, staff * part(nth, 7, 101) // 100, staff * part(nth, 8, 90) // 100,
          CASE WHEN part(nth, 9, 8) = 0 THEN staff // 5 ELSE 0 END, staff * part(nth, 10, 60) // 100
        FROM (SELECT *, CASE WHEN part(nth, 11, 100) < 3 THEN NULL
            ELSE 1 + part(nth, 12, 40) * CASE WHEN part(nth, 13, 100) < 3 THEN 30 ELSE 1 END END AS staff
          FROM employer)""",
    "bodies": """
        SELECT body, division, seat, {lines}[n + 1] AS line, {kinds}[n + 1] AS kind, form,
          CASE WHEN part(body, 20, 100) < 70 THEN 'running' WHEN part(body, 20, 100) < 85 THEN 'expired'
            WHEN part(body, 20, 100) < 93 THEN 'unknown' ELSE 'none' END AS term,
          n > 0 AND part(body, 21, 10) < 8 AS led, (part(body, 22, 10) > 0)::BIGINT AS heads,
          1 + part(body, 23, 6) AS officers, 3 + part(body, 24, 50) AS members,
          CASE WHEN part(body, 25, 10) < 5 THEN 'none' WHEN part(body, 25, 10) < 9 THEN 'kept'
            ELSE 'not_kept' END AS pledges,
          CASE WHEN part(body, 26, 10) < 2 THEN 'none' WHEN part(body, 26, 10) < 9 THEN 'commented'
            ELSE 'missing' END AS comment,
          CASE WHEN part(body, 27, 10) < 6 THEN 'none' WHEN part(body, 27, 10) < 9 THEN 'put_right'
            ELSE 'open' END AS problems FROM body""",
    "covers": """
        SELECT seat AS unit, body, division, {lines}[n + 1] AS line, {kinds}[n + 1] AS kind, form FROM body
        UNION ALL
        SELECT unit, 4 * (division - 1) + n + 1, division, {lines}[n + 1], {kinds}[n + 1], 'joint'
        FROM employer, range(2) t(n) WHERE part(nth, 30 + n, 10) < 1 + 2 * n""",
    "venues": """
        SELECT id AS venue, id AS division, id AS unit, 4 * (id - 1) + 1 AS owner, 1 + part(id, 40, 4) AS lines,
          part(id, 41, 7) AS items, part(id, 42, 10) < 7 AS hours, part(id, 43, 10) < 6 AS keeper
        FROM village WHERE part(id, 44, 10) < 7""",
    "plaques": """
        SELECT id AS venue, id AS division, id AS unit,
          CASE WHEN part(id, 45, 2) = 0 THEN 'womens_home' ELSE 'youth_home' END AS kind
        FROM village WHERE part(id, 44, 10) < 7 AND part(id, 46, 10) < 8""",
    "agreements": """
        SELECT unit, division, CASE WHEN part(nth, 47, 3) = 0 THEN 'single' ELSE 'area' END AS scope
        FROM employer WHERE part(nth, 48, 10) < 4""",
}
WAYS = {
    "territory": "SELECT 'territory' AS walk, leaf, place FROM up",
    "line": """
        SELECT 'line' AS walk, b.body AS leaf, 4 * (u.place - 1) + b.n + 1 AS place
        FROM body b JOIN up u ON u.leaf = b.division
        WHERE (u.place, b.n) IN (
          SELECT parent, n FROM division, range(4) t(n) WHERE parent IS NOT NULL
          UNION SELECT division, n FROM body WHERE seat > {divisions})""",
    "leadership": """
        SELECT 'leadership' AS walk, b.body AS leaf, 4 * (u.place - 1) + 1 AS place
        FROM body b JOIN up u ON u.leaf = b.division""",
}
EXCLUSIONS = """
SELECT 'union_enterprises' AS indicator, unit AS subject FROM employer WHERE part(nth, 50, 500) = 0
UNION ALL SELECT 'party_employers', unit FROM employer WHERE part(nth, 51, 1000) = 0
"""


def made(
    home: Path, listed: Iterable[tuple[str, str, str, str]], units: int, bodies: int, walks: Sequence[str] = WALKS
) -> Path:
    """A folder in `home` with the facts of so many units, divisions among them, and so many bodies.

    `listed` are code, name, level and parent's code of the divisions, parents first. What is there already is used.
    """
    rows = [(code, level, parent) for code, _name, level, parent in listed]
    told = repr((Path(__file__).read_text(encoding="utf-8"), rows, units, bodies, tuple(walks)))
    folder = home / f"facts-{bodies}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    if not folder.exists():
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        _make(part, rows, units, bodies, walks)
        part.rename(folder)
    return folder


def _make(folder: Path, rows: list[tuple[str, str, str]], units: int, bodies: int, walks: Sequence[str]) -> None:
    columns = dict(zip(("code", "level", "parent_code"), zip(*rows, strict=True), strict=True))
    listed = pa.table({"id": range(1, len(rows) + 1), **{name: list(told) for name, told in columns.items()}})
    numbers = {
        "divisions": len(rows),
        "villages": sum(level == "village" for _code, level, _parent in rows),
        "employers": units - len(rows),
        "seated": bodies - 4 * len(rows),
        "step": STEP,
        "lines": LINES,
        "kinds": KINDS,
    }
    if not 0 < numbers["seated"] <= 4 * numbers["employers"]:
        raise ValueError(f"{bodies} bodies do not go over {len(rows)} divisions and {numbers['employers']} employers.")
    config = {"preserve_insertion_order": False, "temp_directory": str(folder / "scratch")}
    with duckdb.connect(config=config) as engine:
        engine.register("listed", listed)
        engine.execute(MADE.format(**numbers))
        for name, query in QUERIES.items():
            (folder / name).mkdir()
            some = f"SELECT {', '.join(TABLES[name].columns)} FROM ({query.format(**numbers)})"
            _write(engine, some, folder / name / "facts.parquet")
        along = " UNION ALL ".join(WAYS[walk] for walk in walks)
        _write(engine, along.format(**numbers), folder / "ways.parquet")
        _write(engine, EXCLUSIONS, folder / "exclusions.parquet")
    shutil.rmtree(folder / "scratch", ignore_errors=True)


def _write(engine: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    engine.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet)")
