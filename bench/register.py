"""The figures of reading and changing the register: lists, past days, coverage, moving a subtree, search."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db import OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongjian.register.access import OPERATOR
from gongjian.register.actions import move_unit
from gongjian.register.models import Unit, UnitEntry
from gongjian.register.queries.coverage import coverage_today
from gongjian.register.queries.search import found
from gongjian.register.spelling import syllables
from gongjian.register.walks import TERRITORY, ids_below, path_range
from gongjian.serving import collect_rarely

from .figure import COUNTING, Figure, figure, in_turn, percentile, python_loop, seconds
from .people import signed_in, somebody

PAST = date(2019, 6, 30)  # a tenth of the villages stood elsewhere then
CASES = 210
COUNTIES = 60
SUBTREE = 10_000
LONGEST_TRY = 30  # seconds for one of the statements written by hand
CALIBRATION = "counting 1,000,000 generated rows in SQL"
# Two filters each, beside the subtree.
FILTERS = (
    {"level": "village", "coverage": "with-union"},
    {"level": "village", "coverage": "without-women"},
    {"level": "employer", "trade": "C"},
    {"level": "employer", "staff_from": "50"},
    {"kind": "enterprise", "coverage": "with-union"},
    {"status": "active", "coverage": "without-party"},
    {"level": "village", "text": "新村"},
)


def calibrate() -> float:
    """Milliseconds for a fixed piece of work of the database."""
    with connection.cursor() as cursor:
        return 1000 * seconds(lambda: cursor.execute(COUNTING))


def calibration(size: str) -> Figure:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        server = cursor.fetchone()[0].split(" on ")[0]
    turns = in_turn(ours=calibrate, reference=lambda: 1000 * seconds(python_loop), runs=7)
    return figure(
        "calibration",
        size,
        CALIBRATION,
        turns,
        unit="ms",
        reference="a loop of 1,000,000 steps in Python",
        both_sides=f"How fast this machine is, measured in the same run as all below. {server}, settings of "
        f"gongjian/postgres.py.",
    )


# == lists ==
def lists(size: str) -> Iterator[Figure]:
    client = _signed_in()
    cases = _cases(random.Random(1))
    large, small = _counted_queries(client, cases)
    counted = in_turn(ours=lambda: float(large), reference=lambda: float(small), runs=1)
    yield figure(
        "register.list_queries",
        size,
        "the most queries of a page in the larger half of the subtrees of register.list",
        counted,
        unit="queries",
        reference="in the smaller half",
        most_ratio=1,
        both_sides=(
            "Both are whole pages with rows, session and all, counted once: the number does not grow with the subtree. "
            "Where more than 5,000 units stand below, another road is taken, with at most as many queries."
        ),
    )
    yield _page_figure(
        "register.list",
        size,
        f"first page of a subtree's units with two filters, p95 of {CASES} subtrees",
        client,
        cases,
        60,
        "Where more than 5,000 units stand below and more than a page of them fit, the page says so, and the count "
        "comes after it: register.list_count.",
    )
    yield _page_figure(
        "register.list_count",
        size,
        "the count, up to 10,000, that a long list asks for after its page, p95 of the same subtrees, long or not",
        client,
        [case | {"part": "count"} for case in cases],
        None,
    )


def past_lists(size: str) -> Iterator[Figure]:
    counties = _counties(random.Random(2))
    cases = [{"below": county, "level": "village", "on": PAST.isoformat()} for county in counties]
    yield _page_figure(
        "register.past_list",
        size,
        f"first page of a county's villages on a past day, p95 of {len(cases)}",
        _signed_in(),
        cases,
        150,
    )

    def walk(county: int) -> None:
        below = ids_below(TERRITORY, county, PAST)
        list(UnitEntry.objects.on(PAST).filter(unit__in=below).values_list("unit_id", "name"))

    turns = in_turn(
        ours=lambda: 1000 * percentile(seconds(partial(walk, county)) for county in counties), reference=calibrate
    )
    yield figure(
        "register.past_subtree",
        size,
        f"all units of a county on a past day with their names, p95 of {len(counties)}",
        turns,
        unit="ms",
        reference=CALIBRATION,
        most=150,
        both_sides="Ours follows the dated links from the county down and fetches every name. The reference "
        "only tells how fast the machine is.",
    )


def _page_figure(
    key: str,
    size: str,
    what: str,
    client: Client,
    cases: list[dict[str, Any]],
    most: float | None,
    more: str = "",
) -> Figure:
    turns = in_turn(
        ours=lambda: 1000 * percentile(seconds(partial(_ask, client, case)) for case in cases), reference=calibrate
    )
    return figure(
        key,
        size,
        what,
        turns,
        unit="ms",
        reference=CALIBRATION,
        most=most,
        both_sides=(
            "Ours is the whole page through Django's test client: session, queries, template; no network. "
            f"The reference only tells how fast the machine is. {more}"
        ).strip(),
    )


def _signed_in() -> Client:
    collect_rarely()  # as in the process that serves
    with transaction.atomic():
        return signed_in(somebody("see_counts"))


def _ask(client: Client, case: dict[str, Any]) -> bytes:
    answer = client.get(f"/units/?{urlencode(case)}")
    if answer.status_code != 200:
        raise RuntimeError(f"/units/?{urlencode(case)} answers {answer.status_code}")
    return bytes(answer.content)


def _counted_queries(client: Client, cases: list[dict[str, Any]]) -> tuple[int, int]:
    """The most queries of a page with rows: in the upper, larger half of the subtrees, and in the smaller one."""
    counts: list[tuple[int, int]] = []
    _ask(client, cases[0])
    for case in cases:
        with CaptureQueriesContext(connection) as asked:
            page = _ask(client, case)
        if b"<tbody" in page:
            counts.append((case["below"], len(asked)))
    ordered = [count for _below, count in sorted(counts)]  # ids run from the top down
    half = len(ordered) // 2
    return max(ordered[:half]), max(ordered[half:])


def _cases(rng: random.Random) -> list[dict[str, Any]]:
    """As many subtrees of each height, as far as there are, each with a pair of filters; none twice."""
    by_height = _rows(
        "SELECT length(path) - length(replace(path, '.', '')) AS height, array_agg(unit_id ORDER BY unit_id) "
        "FROM register_unit u JOIN register_unitentry e ON e.unit_id = u.id AND upper_inf(e.valid) "
        "JOIN register_unitkind k ON k.key = e.kind_id "
        "WHERE path <> '' AND k.level IN ('city', 'county', 'town', 'village') GROUP BY 1 ORDER BY 1"
    )
    found: list[dict[str, Any]] = []
    for number, (_height, units) in enumerate(by_height):
        most = (CASES - len(found)) // (len(by_height) - number)
        pairs = [(unit, filters) for unit in rng.sample(units, min(most, len(units))) for filters in FILTERS]
        found += [{"below": unit, **filters} for unit, filters in rng.sample(pairs, min(most, len(pairs)))]
    return found


def _counties(rng: random.Random) -> list[int]:
    found = _rows(
        "SELECT e.unit_id FROM register_unitentry e JOIN register_unitkind k ON k.key = e.kind_id "
        "WHERE k.level = 'county' ORDER BY 1"
    )
    return [rng.choice(found)[0] for _ in range(COUNTIES)]


def _rows(sql: str, params: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


# == coverage ==
# The best that was found by hand; the quickest on the day is the reference. County is a fixed step of the path here.
COUNTED = """
  SELECT e.unit_id FROM register_unitentry e JOIN register_unitkind k ON k.key = e.kind_id
  WHERE e.valid @> %(today)s::date AND k.level = %(of_level)s AND e.status = 'active'"""
COVERED = """
  SELECT DISTINCT c.unit_id FROM register_cover c JOIN register_body b ON b.id = c.body_id
  WHERE c.valid @> %(today)s::date AND b.line_id = %(line)s"""
PLACES = """
  SELECT e.unit_id AS id FROM register_unitentry e JOIN register_unitkind k ON k.key = e.kind_id
  WHERE e.valid @> %(today)s::date AND k.level = 'county'"""
BY_HAND = {
    "a step of the path and a hash": f"""
        SELECT p.id, count(c.unit_id), count(s.id) FROM ({PLACES}) p
        LEFT JOIN (
          SELECT u.id, substr(split_part(u.path, '.', %(depth)s), 2)::bigint AS place
          FROM register_unit u JOIN ({COUNTED}) x ON x.unit_id = u.id
        ) s ON s.place = p.id
        LEFT JOIN ({COVERED}) c ON c.unit_id = s.id GROUP BY p.id ORDER BY p.id""",
    "a step of the path, covers by EXISTS": f"""
        SELECT p.id, coalesce(covered, 0), coalesce(n, 0) FROM ({PLACES}) p LEFT JOIN (
          SELECT split_part(u.path, '.', %(depth)s) AS place, count(*) AS n, count(*) FILTER (WHERE EXISTS (
            SELECT 1 FROM register_cover c JOIN register_body b ON b.id = c.body_id
            WHERE c.unit_id = x.unit_id AND c.valid @> %(today)s::date AND b.line_id = %(line)s)) AS covered
          FROM register_unit u JOIN ({COUNTED}) x ON x.unit_id = u.id GROUP BY 1
        ) s ON s.place = left(register_step(p.id), -1) ORDER BY p.id""",
    "ranges of paths": f"""
        SELECT p.id, count(c.unit_id), count(x.unit_id)
        FROM ({PLACES}) p JOIN register_unit top ON top.id = p.id
        LEFT JOIN register_unit u ON u.path > top.path AND u.path < left(top.path, -1) || '/'
        LEFT JOIN ({COUNTED}) x ON x.unit_id = u.id
        LEFT JOIN ({COVERED}) c ON c.unit_id = x.unit_id GROUP BY p.id ORDER BY p.id""",
    "parent by parent": f"""
        WITH standing AS (SELECT unit_id, parent_id FROM register_unitentry WHERE valid @> %(today)s::date),
        counted AS (
          SELECT x.unit_id, CASE WHEN %(of_level)s = 'employer' THEN c.parent_id ELSE b.parent_id END AS place
          FROM ({COUNTED}) x JOIN standing a ON a.unit_id = x.unit_id JOIN standing b ON b.unit_id = a.parent_id
          LEFT JOIN standing c ON c.unit_id = b.parent_id
        )
        SELECT p.id, count(c.unit_id), count(x.unit_id) FROM ({PLACES}) p
        LEFT JOIN counted x ON x.place = p.id
        LEFT JOIN ({COVERED}) c ON c.unit_id = x.unit_id GROUP BY p.id ORDER BY p.id""",
}


def coverage(size: str) -> Iterator[Figure]:
    of_level = "village" if size == "nation" else "employer"
    today = timezone.localdate()
    asked = {"line": "union", "of_level": of_level, "today": today, "depth": _depth_of_counties()}

    def ours() -> list[tuple[int, int, int]]:
        shares = coverage_today("union", "county", today, of_level=of_level)
        return [(share.unit_id, share.covered, share.all) for share in shares]

    answer = ours()
    took = {name: _tried(sql, asked, answer) for name, sql in BY_HAND.items()}
    best = min(took, key=lambda name: took[name])
    turns = in_turn(
        ours=lambda: 1000 * seconds(ours), reference=lambda: 1000 * seconds(lambda: _rows(BY_HAND[best], asked)), runs=7
    )
    others = ", ".join(
        f"{name} {1000 * time:.0f} ms" if time < math.inf else f"{name} over {LONGEST_TRY} s"
        for name, time in took.items()
    )
    yield figure(
        "register.coverage",
        size,
        f"coverage by unions of each county's {of_level}s ({len(answer):,} counties)",
        turns,
        unit="ms",
        reference=f"the best SQL by hand ({best})",
        most_ratio=1.3,
        both_sides=f"Both answer the same rows from the same tables; by hand the depth of counties is "
        f"known. Tried by hand: {others}.",
    )


def _tried(sql: str, asked: dict[str, Any], answer: list[tuple[int, int, int]]) -> float:
    """The better of two runs, infinite when it takes too long; the answer has to be the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [f"{LONGEST_TRY}s"])
    try:
        if _rows(sql, asked) != answer:
            raise AssertionError("coverage_today and the SQL written by hand differ")
        return min(seconds(partial(_rows, sql, asked)) for _ in range(2))
    except OperationalError:
        return math.inf
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")


def _depth_of_counties() -> int:
    depths = _rows(
        "SELECT DISTINCT length(path) - length(replace(path, '.', '')) FROM register_unit u "
        "JOIN register_unitentry e ON e.unit_id = u.id JOIN register_unitkind k ON k.key = e.kind_id WHERE "
        "k.level = 'county'"
    )
    assert len(depths) == 1
    return int(depths[0][0])


# == moving ==
def moving(size: str) -> Iterator[Figure]:
    unit, below = _subtree_near(SUBTREE)
    today = timezone.localdate()
    home = Unit.objects.get(pk=_rows("SELECT parent_id FROM register_unitentry WHERE unit_id = %s", [unit.pk])[0][0])
    other = Unit.objects.get(
        pk=_rows(
            "SELECT unit_id FROM register_unitentry WHERE parent_id = %s AND unit_id <> %s AND code <> '' "
            "ORDER BY 1 LIMIT 1",
            [home.pk, unit.pk],
        )[0][0]
    )
    was = list(UnitEntry.objects.filter(unit=unit))

    def restore() -> None:
        with transaction.atomic():
            UnitEntry.objects.filter(unit=unit).delete()
            UnitEntry.objects.bulk_create(was)
        _rows_of_vacuum("register_unit", "register_unitentry")

    def there_and_back() -> float:
        took = seconds(lambda: move_unit(unit, to=other, on=today, today=today, by=None))
        return (took + seconds(lambda: move_unit(unit, to=home, on=today, today=today, by=None))) / 2

    def bare() -> float:
        return (_put_under(unit.path, other.path) + _put_under(_under(other.path, unit.path), home.path)) / 2

    turns = in_turn(restore, ours=there_and_back, reference=bare, runs=7)
    yield figure(
        "register.move",
        size,
        f"moving a subtree of {below:,} units under another parent",
        turns,
        unit="s",
        reference="the bare UPDATE of the same paths",
        most=1,
        both_sides=(
            "Ours is actions.move_unit: locks, checks, chronicle, dated entries, paths, guards, commit. "
            "The reference rewrites the paths of the same units and commits. How fast the machine is: see calibration."
        ),
    )


def _under(parent: str, path: str) -> str:
    return parent + path.rstrip(".").rpartition(".")[2] + "."


def _put_under(path: str, parent: str) -> float:
    first, end = path_range(path)
    bare = "UPDATE register_unit SET path = %s || substr(path, %s) WHERE path >= %s AND path < %s"
    with connection.cursor() as cursor:
        return seconds(lambda: cursor.execute(bare, [_under(parent, path), len(path) + 1, first, end]))


def _subtree_near(many: int) -> tuple[Unit, int]:
    """The unit below the top whose subtree comes nearest to so many units, itself counted."""
    unit, below = _rows(
        "SELECT substr(split_part(path, '.', step), 2)::bigint AS top, count(*) "
        "FROM register_unit CROSS JOIN generate_series(2, 4) step WHERE split_part(path, '.', step) <> '' "
        "GROUP BY 1 ORDER BY abs(count(*) - %s), 1 LIMIT 1",
        [many],
    )[0]
    return Unit.objects.get(pk=unit), below


def _rows_of_vacuum(*tables: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM {', '.join(tables)}")


# == search ==
def search(size: str) -> Iterator[Figure]:
    rng, today = random.Random(3), timezone.localdate()
    names = [
        row[0] for row in _rows("SELECT name FROM register_spelling TABLESAMPLE SYSTEM (1) REPEATABLE (1) LIMIT 5000")
    ]
    codes = [
        row[0]
        for row in _rows("SELECT code FROM register_unitentry WHERE code <> '' ORDER BY hashtext(code) LIMIT 100")
    ]

    def part(name: str) -> str:
        start = rng.randrange(max(1, len(name) - 1))
        return name[start : start + 2]

    sorts: dict[str, tuple[str, Callable[[str], str], list[str]]] = {
        "two_characters": ("two characters of a name", part, names),
        "pinyin": ("the pinyin of a name's beginning", lambda name: "".join(syllables(name)[:3]), names),
        "initials": (
            "the initials of a name's beginning",
            lambda name: "".join(s[0] for s in syllables(name)[:4]),
            names,
        ),
        "code": ("a code", str, codes),
    }
    for key, (what, typed, source) in sorts.items():
        words = [typed(rng.choice(source)) for _ in range(60)]
        turns = in_turn(ours=partial(_search_all, words, today), reference=calibrate)
        yield figure(
            f"register.search_{key}",
            size,
            f"search by {what}, p95 of {len(words)}",
            turns,
            unit="ms",
            reference=CALIBRATION,
            both_sides="Ours finds and tells the first page of units and bodies. The reference only tells "
            "how fast the machine is.",
        )


def _search_all(words: list[str], day: date) -> float:
    return 1000 * percentile(seconds(partial(found, OPERATOR, each, day)) for each in words)
