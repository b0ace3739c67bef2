"""Readings of a past day in the structure of today: exact where it can be told, and nothing lost at the root."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.db import transaction
from django.utils import timezone

from gongjian.figures import run as night
from gongjian.indicators.models import Indicator, Reading
from gongjian.indicators.structure import gather
from gongjian.register.access import OPERATOR
from gongjian.register.actions import Refused, move_unit
from gongjian.register.models import Unit, UnitEntry, UnitKind
from gongjian.register.reorganise.units import Part, close_unit, merge_units, split_unit
from rollup.tally import MEASURES
from tests.figures.test_run import few, town
from tests.register import town as small

assert town  # the fixture: the small town with the pack's indicators

BEFORE, REFORM = date(2022, 1, 1), date(2023, 1, 1)


@pytest.fixture
def street(town):
    """甲村 and 乙村 with ten and five firms in 大唐街道; 乙街道 beside it, still empty. Read before any reform."""
    few(town).units["other"] = small.unit("乙街道", "street", town.units["county"], since=small.REFORM)
    for name, count in (("甲村", 10), ("乙村", 5)):
        town.units[name] = small.unit(name, "village", town.units["street"], since=small.REFORM)
        for firm in small.employers(count, town.units[name], name=name, since=small.REFORM):
            small.headcount(firm, since=small.REFORM, staff=30)
    town.run = night.read_indicators(BEFORE)
    return town


def gathered(town, place: str, key: str = "union_enterprises"):
    return gather(OPERATOR, town.units[place].pk, [Indicator.objects.get(pk=key)], town.run, town.today)


def counted(numbers, key: str = "union_enterprises"):
    return numbers[key].exact["denominator"] if key in numbers else 0


def parts(gathering):
    named = dict(UnitEntry.objects.order_by("valid").values_list("unit_id", "name"))
    told = {(named[id],): counted(numbers) for id, numbers in gathering.parts.items()}
    told |= {tuple(sorted(named[id] for id in ids)): counted(its) for ids, its in gathering.between.items()}
    return {places: number for places, number in told.items() if number}


def split(town, village: str, parts, *, stays: bool = False):
    kind = UnitKind.objects.get(key="village")
    made = [
        Part(values={"name": name, "kind": kind, "parent": town.units[where]}, share=share and Decimal(share))
        for name, where, share in parts
    ]
    split_unit(town.units[village], parts=made, stays=stays, on=REFORM, today=town.today, by=None)


def test_without_reforms_both_are_the_same(street):
    whole = gathered(street, "street").whole["union_enterprises"]
    then = Reading.objects.get(run=street.run, indicator="union_enterprises", unit=street.units["street"])
    assert {name: whole.exact[name] for name in MEASURES} == {name: getattr(then, name) for name in MEASURES}
    assert (whole.missing, whole.rate, whole.heads_rate) == (then.missing, then.rate, then.heads_rate)


def test_a_village_that_moved_is_counted_where_it_lies_today(street):
    move_unit(street.units["甲村"], to=street.units["other"], on=REFORM, today=street.today, by=None)
    assert parts(gathered(street, "county")) == {("大唐街道",): 8, ("乙街道",): 10}
    assert parts(gathered(street, "other")) == {("甲村",): 10}
    assert parts(gathered(street, "street")) == {("大唐街道",): 2, ("上下文村",): 1, ("乙村",): 5}


def test_streets_that_merged_add_up(street):
    merge_units([street.units["street"]], into=street.units["other"], on=REFORM, today=street.today, by=None)
    assert parts(gathered(street, "county")) == {("乙街道",): 18}
    assert gathered(street, "street") is None
    assert parts(gathered(street, "other")) == {("乙街道",): 2, ("甲村",): 10, ("乙村",): 5, ("上下文村",): 1}


def test_known_shares_divide_exactly_and_unknown_ones_stand_between(street):
    split(street, "甲村", [("东村", "street", "0.33333333"), ("西村", "other", "0.66666667")])
    split(street, "乙村", [("南村", "street", None), ("北村", "other", None)])
    assert parts(gathered(street, "county")) == {
        ("大唐街道",): 3 + Decimal("3.33333330"),
        ("乙街道",): Decimal("6.66666670"),
        ("乙街道", "大唐街道"): 5,
    }
    whole = gathered(street, "county").whole["union_enterprises"]
    assert (whole.exact["denominator"], whole.denominator) == (18, 18)
    other = gathered(street, "other").whole["union_enterprises"]
    assert (other.exact["denominator"], other.denominator) == (Decimal("6.66666670"), Decimal("6.7"))


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 20))])
def test_at_the_root_both_structures_agree(street, seed):
    """After random reforms, for every indicator and to the last share."""
    reform(street, random.Random(seed), count=6)
    root = street.units["city"].pk
    indicators = list(Indicator.objects.filter(awaits=""))
    whole = gather(OPERATOR, root, indicators, street.run, street.today).whole
    then = {each.indicator_id: each for each in Reading.objects.filter(run=street.run, unit=root)}
    assert whole.keys() == then.keys() and len(then) == 5
    for key, numbers in whole.items():
        assert {name: numbers.exact[name] for name in MEASURES} == {name: getattr(then[key], name) for name in MEASURES}


def reform(town, chance: random.Random, count: int) -> None:
    done = 0
    for at in range(60):
        if done == count:
            return
        try:
            with transaction.atomic():
                reform_once(town, chance, REFORM + timedelta(days=10 * at), f"新{at}")
            done += 1
        except Refused:
            pass
    assert done > 2, "the town is closed before anything of note happened to it"


def reform_once(town, chance: random.Random, on: date, name: str) -> None:
    standing, by = UnitEntry.objects.on(on), {"on": on, "today": town.today, "by": None}

    def some(kind: str) -> Unit:
        there = list(Unit.objects.filter(entries__in=standing.filter(kind=kind)).order_by("pk"))
        if not there:
            raise Refused(f"no {kind} is left")
        return chance.choice(there)

    match chance.choice(["merge villages", "merge streets", "move", "divide", "close"]):
        case "merge villages":
            merge_units([some("village")], into=some("village"), **by)
        case "merge streets":
            merge_units([some("street")], into=some("street"), **by)
        case "move":
            move_unit(some("village"), to=some("street"), **by)
        case "divide":
            shares = chance.choice([(None, None), (Decimal("0.25"), Decimal("0.75"))])
            values = {"kind": UnitKind.objects.get(key="village")}
            new = [
                Part(values={**values, "name": f"{name}{at}", "parent": some("street")}, share=share)
                for at, share in enumerate(shares)
            ]
            split_unit(some("village"), parts=new, stays=False, **by)
        case _:
            close_unit(some("village"), to=some("street"), is_known=chance.random() < 0.5, **by)


# == pages ==
def test_the_pages_show_a_past_day_in_both_structures(street, signed_in):
    move_unit(street.units["甲村"], to=street.units["other"], on=REFORM, today=street.today, by=None)
    browser, county = signed_in(street.inspector), street.units["county"].pk
    told = {}
    for structure in ("then", "today"):
        page = browser.get(f"/indicators/union_enterprises/?in={county}&on={BEFORE}&structure={structure}")
        rows = {row.name: row.reading.denominator for row, _hrefs in page.context["below"] if row.reading}
        told[structure] = (page.context["figure"].now.denominator, rows)
    assert told == {"then": (18, {"大唐街道": 18}), "today": (18, {"大唐街道": 8, "乙街道": 10})}


def test_each_link_of_a_page_keeps_the_structure_and_opens(street, signed_in):
    browser, county = signed_in(street.inspector), street.units["county"].pk
    page = browser.get(f"/units/{county}/indicators/?on={BEFORE}&structure=today")
    assert [is_shown for _called, _href, is_shown in page.context["structures"]] == [False, True]
    hrefs = [hrefs for _figure, hrefs in [*page.context["main"], *page.context["rows"]]]
    assert all(list(each) == ["own"] and "structure=today" in each["own"] for each in hrefs)
    assert page.context["heat"][-1].name == "诸暨市"
    followed = [hrefs[0]["own"], page.context["export_href"], *(href for _c, href, _is in page.context["structures"])]
    for href in followed:
        address = href if href.startswith("/") else f"/units/{county}/indicators/{href}"
        assert browser.get(address).status_code == 200, address
    today = browser.get(f"/units/{county}/indicators/?structure=today")
    assert (today.context["structures"], today.context["is_today"]) == ([], False)


def test_the_file_holds_what_the_page_shows_in_the_structure_of_today(street, signed_in):
    split(street, "甲村", [("东村", "street", None), ("西村", "other", None)])
    address = f"/indicators/union_enterprises.xlsx?in={street.units['county'].pk}&on={BEFORE}&structure=today"
    file = b"".join(signed_in(street.inspector).get(address).streaming_content)
    rows = list(openpyxl.load_workbook(BytesIO(file)).active.iter_rows(values_only=True))[1:]
    told = {row[0]: row[1] for row in rows if row[1]}
    assert told.pop("大唐街道") == 8
    ((between, number),) = told.items()
    assert number == 10 and "大唐街道" in between and "乙街道" in between


def test_a_place_that_ended_has_no_structure_of_today(street, signed_in):
    merge_units([street.units["street"]], into=street.units["other"], on=REFORM, today=street.today, by=None)
    browser, address = signed_in(street.inspector), f"/units/{street.units['street'].pk}/indicators/?on={BEFORE}"
    assert browser.get(address).context["structures"] == []
    assert browser.get(f"{address}&structure=today").status_code == 404


def test_whoever_may_not_count_is_refused_in_both_structures(street, signed_in):
    address = f"/units/{street.units['county'].pk}/indicators/?on={BEFORE}&structure=today"
    assert signed_in(street.stranger).get(address).status_code == 403


def test_more_divisions_take_no_more_queries(
    street, signed_in, django_assert_num_queries, django_assert_max_num_queries
):
    browser, county = signed_in(street.inspector), street.units["county"].pk
    address = f"/indicators/union_enterprises/?in={county}&on={BEFORE}&structure=today"
    browser.get(address)
    with django_assert_max_num_queries(35) as taken:
        browser.get(address)
    for at in range(3):
        small.unit(f"新{at}村", "village", street.units["other"], since=small.REFORM)
    night.read_indicators(BEFORE)
    assert timezone.localdate() == street.today
    with django_assert_num_queries(len(taken)):
        browser.get(address)
