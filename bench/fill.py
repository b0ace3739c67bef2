"""Fills a database set by set: divisions as given, employers and bodies made up by hash, so the same at every run.

Constraints are taken off while the tables fill and put back over all rows at once, so all of them hold; only the
guards of the walks do not fire, whose promise the tests check on a small filling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from gongjian.chronicle.record import record
from gongjian.packs.read import read_pack
from gongjian.register.identity import kind_of, short_name
from gongjian.register.models import BodyKind, Choice, Form, Line, OfficeKind, UnitKind
from gongjian.register.spelling import forget_readings, terms

LEVELS = ["nation", "province", "city", "county", "town", "village", "employer"]
LINES = ["party", "union", "league", "women"]
# Which bodies stand at a level, line by line: kind, ending of the name, and in how many of a thousand units.
_OF_DIVISIONS = (
    ("party_committee", "党委", 1000),
    ("union_federation", "总工会", 1000),
    ("league_committee", "团委", 1000),
    ("women_federation", "妇联", 1000),
)
BODIES = {
    **dict.fromkeys(("nation", "province", "city", "county", "town"), _OF_DIVISIONS),
    "village": (
        ("party_branch", "党支部", 1000),
        ("joint_union", "联合工会", 600),
        ("league_branch", "团支部", 300),
        ("women_federation", "妇联", 700),
    ),
    "employer": (
        ("party_branch", "党支部", 80),
        ("union_committee", "工会委员会", 350),
        ("league_branch", "团支部", 40),
        ("women_committee", "妇委会", 60),
    ),
}
TABLES = (
    "unit", "unitentry", "headcount", "body", "bodyentry", "cover", "term", "person", "membership", "office", "spelling"
)  # fmt: skip
Say = Callable[[str], object]


def fill(divisions: Iterable[tuple[str, str, str, str]], employers: int, say: Say = print) -> None:
    """Fill the empty tables and leave them as autovacuum would."""
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '128MB'; SET synchronous_commit = off")
        fill_tables(divisions, employers, say)
        cursor.execute("RESET maintenance_work_mem; RESET work_mem; RESET synchronous_commit")
        say("vacuum")
        cursor.execute("VACUUM (ANALYZE)")


def fill_tables(divisions: Iterable[tuple[str, str, str, str]], employers: int, say: Say) -> None:
    """The divisions, so many employers in their villages, and the bodies of all, in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        _words()
        act = record("bench.fill").pk
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with _bare(cursor, say):
            _take_divisions(cursor, divisions)
            say("units")
            _units(cursor, employers, act)
            say("bodies")
            _bodies(cursor, act)
            say("people")
            _people(cursor, act)
            say("spellings")
            _spellings(cursor)
        cursor.execute("DROP TABLE bench_division, bench_unit, bench_body, bench_chance, bench_member")


def _words() -> None:
    """The vocabulary of the pack; what stands above a city in the nation stands on the level of cities, too."""
    pack = read_pack(Path(__file__).resolve().parent.parent / "packs" / "shaoxing")

    def spell(word: Any) -> dict[str, Any]:
        return {"key": word.key, "names": word.names, "position": word.position}

    Line.objects.bulk_create(Line(mark=x.mark, leads=x.leads, **spell(x)) for x in pack.lines)
    UnitKind.objects.bulk_create(UnitKind(level=x.level, under=x.under, **spell(x)) for x in pack.unit_kinds)
    UnitKind.objects.bulk_create(
        UnitKind(key=key, level="city", names={"zh-hans": name, "en": key})
        for key, name in (("nation", "国家"), ("province", "省"))
    )
    BodyKind.objects.bulk_create(
        BodyKind(line_id=x.line, many_units=x.many_units, has_term=x.has_term, **spell(x)) for x in pack.body_kinds
    )
    Form.objects.bulk_create(Form(**spell(x)) for x in pack.forms)
    OfficeKind.objects.create(key="bench_chair", names={"zh-hans": "样例"})
    Choice.objects.bulk_create(Choice(list=x.list, **spell(x)) for x in pack.choices)
    Choice.objects.bulk_create(Choice(list="reading", key=x.word, names={"pinyin": x.pinyin}) for x in pack.readings)
    forget_readings()


@contextmanager
def _bare(cursor: Any, say: Say) -> Iterator[None]:
    """Take guards, foreign keys, exclusions and the index of the spellings off, and put them back over all rows."""
    tables = [f"register_{table}" for table in TABLES]
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('x', 'f') ORDER BY contype DESC, oid",
        [tables],
    )
    taken_off = cursor.fetchall()
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT IN "
        "(SELECT conname FROM pg_constraint)",
        [tables],
    )
    indexes = cursor.fetchall()
    for table, name, _ in taken_off:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    say("indexes and constraints")
    for table in tables:
        if table != "register_spelling":
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
    for _, definition in indexes:
        cursor.execute(definition)
    for table, name, definition in taken_off:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _take_divisions(cursor: Any, divisions: Iterable[tuple[str, str, str, str]]) -> None:
    cursor.execute(
        "CREATE UNLOGGED TABLE bench_division "
        "(code text, published text, name text, kind text, level text, parent_code text)"
    )
    with cursor.copy("COPY bench_division FROM STDIN") as copy:
        for code, name, level, parent_code in divisions:
            kind = level if level in ("nation", "province") else kind_of(name, level)
            copy.write_row((code, name, short_name(name, level), kind, level, parent_code))


def _drawn(what: str, of: int, seed: int) -> str:
    """SQL for a whole number below `of` that looks random and is always the same for `what`."""
    return f"abs(hashint8extended({what}, {seed}) %% {of})::int"


def _units(cursor: Any, employers: int, act: int) -> None:
    """The divisions with ids from the top down, then the employers; a tenth of the villages stood elsewhere before."""
    cursor.execute(
        f"""
        CREATE UNLOGGED TABLE bench_unit AS
        WITH numbered AS (
          SELECT row_number() OVER (ORDER BY array_position(%s, level), code) AS id, d.* FROM bench_division d
        )
        SELECT n.id, n.code, n.name, n.published, n.kind, n.level, p.id AS parent, g.id AS above_parent
        FROM numbered n LEFT JOIN numbered p ON p.code = n.parent_code LEFT JOIN numbered g ON g.code = p.parent_code;
        INSERT INTO bench_unit
        WITH village AS (
          SELECT v.id, v.parent, t.name AS town, row_number() OVER (ORDER BY v.id) AS number
          FROM bench_unit v JOIN bench_unit t ON t.id = v.parent WHERE v.level = 'village'
        ), most AS (SELECT max(number)::int AS villages, (SELECT max(id) FROM bench_unit) AS units FROM village)
        SELECT m.units + k, '', left(v.town, -1) || '样例' ||
                 ('{{商贸,机械,纺织,建筑,物流,餐饮,袜业,五金,电子,农业}}'::text[])[1 + {_drawn("k", 10, 1)}] ||
                 lpad(k::text, 7, '0') || '有限公司', '', 'enterprise', 'employer', v.id, v.parent
        FROM generate_series(1, %s) k CROSS JOIN most m
        JOIN village v ON v.number = 1 + {_drawn("k", 1_000_000_000, 2)} %% m.villages;
        CREATE UNIQUE INDEX ON bench_unit (id);
        CREATE INDEX ON bench_unit (parent);
        ANALYZE bench_unit;
        """,
        [LEVELS, employers],
    )
    cursor.execute(
        """
        WITH RECURSIVE t(id, path) AS (
          SELECT id, register_step(id) FROM bench_unit WHERE parent IS NULL
          UNION ALL SELECT u.id, t.path || register_step(u.id) FROM t JOIN bench_unit u ON u.parent = t.id
        )
        INSERT INTO register_unit (id, path) SELECT id, path FROM t ORDER BY id
        """
    )
    cursor.execute(
        f"""
        INSERT INTO register_unitentry (unit_id, valid, name, official_name, code, credit_code, kind_id, parent_id,
                                        status, trade, sector, ownership, address, source, act_id)
        SELECT u.id, days, CASE WHEN upper_inf(days) THEN name ELSE '旧' || name END,
               CASE WHEN published <> name THEN published ELSE '' END, code,
               CASE WHEN level = 'employer' THEN '9' || lpad(u.id::text, 17, '0') ELSE '' END, kind,
               CASE WHEN upper_inf(days) THEN parent ELSE elsewhere END,
               CASE WHEN level = 'employer' AND {_drawn("u.id", 100, 3)} < 4 THEN 'closed' ELSE 'active' END,
               CASE WHEN level = 'employer' THEN substr('CFEGHIKLMR', 1 + {_drawn("u.id", 10, 4)}, 1) ELSE '' END, '',
               CASE WHEN level = 'employer' THEN 'private' ELSE '' END, '', '', %s
        FROM (
          SELECT b.*, lag(parent, 20, parent) OVER (PARTITION BY level, above_parent ORDER BY id) AS elsewhere
          FROM bench_unit b
        ) u CROSS JOIN LATERAL (
          SELECT unnest(
            CASE WHEN level = 'village' AND {_drawn("u.id", 10, 5)} = 0
            THEN ARRAY['[2016-07-31,2020-06-30)'::daterange, '[2020-06-30,)']
            ELSE ARRAY['[2016-07-31,)'::daterange] END) AS days
        ) d ORDER BY u.id;
        INSERT INTO register_headcount (unit_id, valid, staff, women, source, act_id)
        SELECT id, '[2023-12-31,)', staff, staff * {_drawn("id", 100, 6)} / 100, '', %s
        FROM (
          SELECT id, 1 + ({_drawn("id", 100, 7)} ^ 2 / 50)::int AS staff FROM bench_unit WHERE level = 'employer'
        ) e WHERE {_drawn("id", 100, 8)} < 94;
        """,
        [act, act],
    )


def _bodies(cursor: Any, act: int) -> None:
    """Bodies by the chances of their level, each below the next of its line and led by the Party's body at hand."""
    chances = [
        (level, line, kind, ending, chance)
        for level, kinds in BODIES.items()
        for line, (kind, ending, chance) in enumerate(kinds)
    ]
    cursor.execute("CREATE TEMP TABLE bench_chance (level text, line int, kind text, ending text, chance int)")
    cursor.executemany("INSERT INTO bench_chance VALUES (%s, %s, %s, %s, %s)", chances)
    cursor.execute(
        f"""
        CREATE UNLOGGED TABLE bench_body AS
        WITH body AS MATERIALIZED (
          SELECT u.id * 4 + c.line AS id, u.id AS unit, c.line, c.kind, u.name || c.ending AS name, u.parent,
                 u.above_parent
          FROM bench_unit u JOIN bench_chance c USING (level) WHERE {_drawn("u.id * 4 + c.line", 1000, 9)} < c.chance
        )
        SELECT b.id, b.unit, b.line, b.kind, b.name, b.parent, coalesce(s.id, t.id) AS superior,
               CASE WHEN b.line > 0 THEN coalesce(own.id, near.id) END AS leader
        FROM body b
        LEFT JOIN body s ON s.id = b.parent * 4 + b.line LEFT JOIN body t ON t.id = b.above_parent * 4 + b.line
        LEFT JOIN body own ON own.id = b.unit * 4 LEFT JOIN body near ON near.id = b.parent * 4;
        CREATE UNIQUE INDEX ON bench_body (id);
        ANALYZE bench_body;
        WITH RECURSIVE
        line(id, path) AS (
          SELECT id, register_step(id) FROM bench_body WHERE superior IS NULL
          UNION ALL SELECT b.id, t.path || register_step(b.id) FROM line t JOIN bench_body b ON b.superior = t.id
        ),
        lead(id, path) AS (
          SELECT id, register_step(id) FROM bench_body WHERE leader IS NULL AND superior IS NULL
          UNION ALL SELECT b.id, t.path || register_step(b.id)
          FROM lead t JOIN bench_body b ON coalesce(b.leader, b.superior) = t.id
        )
        INSERT INTO register_body (id, line_id, line_path, lead_path)
        SELECT b.id, (%s::text[])[1 + b.line], line.path, lead.path
        FROM bench_body b JOIN line ON line.id = b.id JOIN lead ON lead.id = b.id ORDER BY b.id;
        INSERT INTO register_bodyentry (body_id, valid, name, code, kind_id, form_id, seat_id, superior_id, leader_id,
                                        source, act_id)
        SELECT id, '[2017-01-01,)', name, '', kind, CASE kind WHEN 'joint_union' THEN 'joint' ELSE 'single' END, unit,
               superior, leader, '', %s
        FROM bench_body ORDER BY id;
        INSERT INTO register_cover (body_id, unit_id, valid, act_id)
        SELECT id, unit, daterange '[2017-01-01,)', %s FROM bench_body
        UNION ALL  -- a joint union covers some of the employers in its village that have none of their own
        SELECT j.id, e.id, daterange '[2019-01-01,)', %s
        FROM bench_body j JOIN bench_unit e ON e.parent = j.unit AND e.level = 'employer'
        WHERE j.kind = 'joint_union' AND {_drawn("e.id", 1000, 10)} < 400
          AND NOT EXISTS (SELECT 1 FROM bench_body o WHERE o.id = e.id * 4 + 1)
        ORDER BY 1;
        INSERT INTO register_term (body_id, valid, number, act_id)
        SELECT id, daterange(begins, (begins + interval '5 years')::date), NULL, %s
        FROM (
          SELECT b.id, '2019-01-01'::date + {_drawn("b.id", 2000, 11)} AS begins
          FROM bench_body b JOIN register_bodykind k ON k.key = b.kind
          WHERE k.has_term AND {_drawn("b.id", 100, 12)} < 85
        ) t;
        """,
        [LINES, act, act, act, act],
    )


def _people(cursor: Any, act: int) -> None:
    """In each fourth body somebody who is a member of it and holds an office in it."""
    cursor.execute(
        """
        CREATE TEMP TABLE bench_member AS
        SELECT row_number() OVER (ORDER BY id) AS person, id AS body FROM bench_body WHERE id %% 16 < 4;
        INSERT INTO register_person (id, name) SELECT person, '样例' FROM bench_member;
        INSERT INTO register_membership (person_id, body_id, valid, act_id)
        SELECT person, body, daterange '[2017-01-01,)', %s FROM bench_member;
        INSERT INTO register_office (person_id, body_id, kind_id, valid, act_id)
        SELECT person, body, 'bench_chair', daterange '[2017-01-01,)', %s FROM bench_member;
        """,
        [act, act],
    )


def _spellings(cursor: Any) -> None:
    cursor.execute("SELECT DISTINCT name FROM register_unitentry UNION SELECT name FROM register_bodyentry")
    names = [row[0] for row in cursor.fetchall()]
    terms("样例")  # reads the readings of the pack now: the connection is busy while it copies
    with cursor.copy("COPY register_spelling (name, terms) FROM STDIN") as copy:
        for name in names:
            copy.write_row((name, " ".join(f"'{term}'" for term in terms(name))))
