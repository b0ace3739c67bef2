"""The page of unevenness: places of one class beside each other, for whoever may count them, in a constant number of
queries."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from operator import attrgetter

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from gongjian.chronicle.record import record
from gongjian.indicators.define import define_indicator
from gongjian.indicators.funnel import WIDE, Funnel
from gongjian.indicators.models import Reading, Run, Target
from gongjian.indicators.spread import SORTS, Place, page_from, sorted_rows, spread_of
from gongjian.indicators.spread_words import sentences
from gongjian.packs.read import read_pack
from gongjian.register.models import Choice
from gongjian.settings import ROOT
from tests.register import town as small

KEY = "union_enterprises"


@pytest.fixture
def read(town):
    """The small town with the classes of the pack, one indicator, and a run without readings."""
    pack = read_pack(ROOT / "packs" / "shaoxing")
    for each in pack.place_classes:
        names = {**each.names, "kinds": " ".join(each.kinds)}
        Choice.objects.create(list="place_class", key=each.key, names=names, position=each.position)
    for each in pack.indicators:
        if each.key in (KEY, "teams"):
            words = {name: getattr(each, name) for name in ("names", "position", "line", "of", "words", "definition")}
            define_indicator(each.key, source=each.source, awaits=each.awaits, **words)
    now = timezone.now()
    return Run.objects.create(day=town.today, state=Run.State.DONE, engine="duckdb", began_at=now, ended_at=now)


def keep(run: Run, unit, having: int, counted: int) -> None:
    Reading.objects.create(
        run=run, indicator_id=KEY, version=1, day=run.day, walk="territory", unit=unit,
        denominator=counted, numerator=having, left_out=0, heads=0, heads_having=0, heads_unknown=0,
    )  # fmt: skip


def villages(town, run: Run, how_many: int, *, start: int = 0) -> None:
    """Villages of the street in which 80 of 100 have it, but for the first one: 30 of 100."""
    for at in range(start, start + how_many):
        code, street = f"3306810029{at:02}", town.units["street"]
        unit = small.unit(f"样例{at:03}村", "village", street, code=code, since=small.REFORM)
        keep(run, unit, 80 if at else 30, 100)


@pytest.fixture
def uneven(town, read):
    villages(town, read, 6)
    keep(read, town.units["street"], 670, 900)
    keep(read, town.units["village"], 0, 0)
    return f"/indicators/{KEY}/spread/?in={town.units['city'].pk}"


def test_the_places_of_one_class_stand_beside_each_other_and_open(town, uneven, signed_in):
    browser = signed_in(town.inspector)
    page = browser.get(f"{uneven}&class=villages")
    assert page.status_code == 200
    rows = [row for row, *_told in page.context["rows"]]
    assert rows[0].place.name == "样例000村" and rows[0].standing.luck == "lower" and rows[0].standing.band == 2
    assert {row.place.name for row in rows} == {f"样例{at:03}村" for at in range(6)}
    assert {row.standing.luck for row in rows[1:]} <= {"within", "high"}
    assert {row.place.where for row in rows} == {"大唐街道"}
    classes = [(each.key, len(each.places)) for each, _href in page.context["choices"]]
    assert classes == [("streets", 1), ("villages", 6)]
    for _row, href, *_told in page.context["rows"][:2]:
        assert browser.get(href).status_code == 200
    assert browser.get(f"{uneven}&level=village").context["picked"].key == "villages"
    assert browser.get(uneven).context["picked"].key == "streets"


def test_where_there_is_nothing_to_compare_the_page_says_so(town, uneven, signed_in):
    browser = signed_in(town.inspector)
    inside = f"/indicators/{KEY}/spread/?in={town.units['village'].pk}"
    day = town.today - timedelta(days=400)
    for address in (inside, f"{uneven}&on={day}", f"{uneven}&level=county", f"{uneven}&class=nonsense"):
        page = browser.get(address)
        told = page.content.decode()
        assert page.context["picked"] is None and ("No places to compare" in told or "没有可比的地方" in told), address
        assert browser.get(address.replace("/spread/", "/spread.xlsx")).status_code == 404


def test_places_that_count_one_each_have_no_rate(town, read, signed_in):
    keep(read, town.units["street"], 1, 1)
    keep(read, town.units["county"], 1, 2)
    page = signed_in(town.inspector).get(f"/indicators/{KEY}/spread/?in={town.units['city'].pk}")
    assert [each.key for each, _href in page.context["choices"]] == ["counties"]


def test_the_file_holds_what_the_page_shows(town, uneven, signed_in):
    browser = signed_in(town.inspector)
    page = browser.get(f"{uneven}&class=villages&sort=name")
    address = f"{uneven}&class=villages&sort=name".replace("/spread/", "/spread.xlsx")
    file = b"".join(browser.get(address).streaming_content)
    book = openpyxl.load_workbook(BytesIO(file))
    rows = list(book.worksheets[0].iter_rows(values_only=True))[1:]
    shown = [row for row, *_told in page.context["rows"]]
    told = [(each.place.name, each.place.counted, each.place.having) for each in shown]
    assert [(row[0], row[2], row[3]) for row in rows] == told
    assert [row[1] for row in book.worksheets[1].iter_rows(values_only=True)] == page.context["sentences"]


def test_who_has_gained_nothing_since_the_target_counts_is_named(town, uneven, signed_in):
    """Of six villages one has gained by the quarter, three by today, one not at all; one had nothing left to do."""
    browser = signed_in(town.inspector)
    assert browser.get(f"{uneven}&class=villages").context["starts"] is None
    since, quarter = town.today - timedelta(days=200), town.today - timedelta(days=100)
    set_target(town, baseline_on=since)
    found = list(Reading.objects.filter(unit__entries__kind="village", denominator=100).order_by("unit_id"))
    for day, counts in ((since, [30, 50, 60, 60, 60, 100]), (quarter, [30, 55, 60, 60, 60, 100])):
        run = a_run(day)
        for row, having in zip(found, counts, strict=True):
            keep(run, row.unit, having, 100)

    page = browser.get(f"{uneven}&class=villages")
    starts = page.context["starts"]
    assert [place.name for place in starts.waiting] == ["样例000村"] and "样例000村" in page.content.decode()
    assert starts.half_by == town.today and len(starts.gained) == 5
    assert starts.gained[found[1].unit_id] == quarter and found[5].unit_id not in starts.gained
    file = b"".join(browser.get(f"{uneven}&class=villages".replace("/spread/", "/spread.xlsx")).streaming_content)
    first = {row[0]: row[-1] for row in openpyxl.load_workbook(BytesIO(file)).worksheets[0].iter_rows(values_only=True)}
    assert first["样例001村"].date() == quarter and first["样例000村"] is None


def test_while_fewer_than_half_have_gained_the_page_says_so(town, uneven, signed_in):
    set_target(town, baseline_on=town.today - timedelta(days=200))
    run = a_run(town.today - timedelta(days=200))
    for row in Reading.objects.filter(unit__entries__kind="village", denominator=100, day=town.today):
        keep(run, row.unit, row.numerator, 100)
    starts = signed_in(town.inspector).get(f"{uneven}&class=villages").context["starts"]
    assert starts.half_by is None and len(starts.waiting) == 6


def a_run(day) -> Run:
    now = timezone.now()
    return Run.objects.create(day=day, state=Run.State.DONE, engine="duckdb", began_at=now, ended_at=now)


def set_target(town, *, baseline_on) -> None:
    Target.objects.create(
        indicator_id=KEY, unit=town.units["city"], goal=90, due=town.today + timedelta(days=300), document="样例",
        baseline_on=baseline_on, valid=(baseline_on, None), act=record("indicators.target", by=None, facts={}),
    )  # fmt: skip


def test_whoever_may_not_count_is_refused_and_an_odd_question_is_not_found(town, uneven, signed_in, client):
    for address in (uneven, uneven.replace("/spread/", "/spread.xlsx")):
        assert signed_in(town.stranger).get(address).status_code == 403
        assert client.get(address).status_code == 302
    browser = signed_in(town.inspector)
    for asked in ("&level=planet", "&sort=rank", "&after=x", "&after=-1", f"&before={'9' * 20}"):
        assert browser.get(f"{uneven}{asked}").status_code == 404, asked
    assert browser.get(uneven.replace(KEY, "teams")).status_code == 404


def test_the_page_takes_the_same_number_of_queries_for_more_places(town, read, signed_in, django_assert_num_queries):
    browser = signed_in(town.inspector)
    villages(town, read, 1)
    address = f"/indicators/{KEY}/spread/?in={town.units['city'].pk}&class=villages"
    browser.get(address)
    with CaptureQueriesContext(connection) as few:
        browser.get(address)
    villages(town, read, 4, start=1)
    with django_assert_num_queries(len(few)):
        assert len(browser.get(address).context["rows"]) == 5


# == the table and the drawing ==
def test_a_long_table_has_pages_and_none_is_left_out(monkeypatch):
    monkeypatch.setattr("gongjian.indicators.spread.PAGE", 4)
    rows = sorted_rows(spread_of(places(*[(at, 20) for at in range(9)])).rows, "-counted")
    first, second, last = (page_from(rows, start) for start in (0, 4, 8))
    assert first.rows + second.rows + last.rows == rows
    assert [(page.previous, page.next, page.is_start) for page in (first, second, last)] == [
        (None, "4", True), ("4", "8", False), ("8", None, False),
    ]  # fmt: skip


@pytest.mark.parametrize("sort", SORTS)
def test_a_table_is_sorted_by_band_name_or_number_and_within_a_band_by_code(sort):
    spread = spread_of(places(*[(at * 10, 100) for at in range(9)], (300, 1_000)))
    rows = sorted_rows(spread.rows, sort)
    by = {"band": "standing.band", "name": "place.name", "counted": "place.counted"}[sort.lstrip("-")]
    keys = [attrgetter(by)(row) for row in rows]
    assert keys == sorted(keys, reverse=sort.startswith("-"))
    if "band" in sort:
        for band in set(keys):
            codes = [row.place.unit_id for row in rows if row.standing.band == band]
            assert codes == sorted(codes)


@pytest.mark.parametrize(
    "counts", [[(1, 1), (0, 1)], [(0, 9)] * 3, [(80, 100)] * 8 + [(30, 100)], [(10**6, 10**7)] * 2]
)
def test_every_point_is_drawn_within_the_box(counts):
    funnel = Funnel(spread_of(places(*counts)))
    drawn = "".join((funnel.lower, funnel.within, funnel.higher))
    assert drawn.count("M") == len(counts)
    assert funnel.lower.count("M") == (1 if len(counts) == 9 else 0)
    assert [label.text for label in funnel.named] == (["样例8"] if len(counts) == 9 else [])
    numbers = [float(each) for each in re.findall(r"[\d.]+", drawn.replace("h0", "") + funnel.sure + funnel.warned)]
    assert all(0 <= each <= WIDE for each in numbers)
    for labels in (funnel.rates, funnel.numbers):
        assert labels and all(0 <= label.at <= 100 and 0 <= label.up <= 100 for label in labels)


# == in words ==
def places(*counts: tuple[int, int]) -> list[Place]:
    return [Place(at, f"样例{at}", "", *count) for at, count in enumerate(counts)]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([(8, 10)], ["There is one place of this class here"]),
        ([(80, 100)] * 5, ["Towns compared: 5. None is lower or higher", "no difference between them is shown"]),
        (
            [(800, 1_000)] * 40 + [(500, 1_000)],
            ["Lower than luck explains: 1. Higher: 0. The other 40", "Beyond luck they differ by ±", "these stand out"],
        ),
        ([(900, 1_000), (500, 1_000)], ["None is left", "Beyond luck", "none stands out"]),
    ],
)  # fmt: skip
def test_the_sentences_say_what_can_be_told_apart(counts, said):
    with override("en"):
        told = sentences(spread_of(places(*counts)), "Towns")
    assert len(told) >= len(said) and all(part in sentence for part, sentence in zip(said, told, strict=False)), told
