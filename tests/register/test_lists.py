"""Lists of units and bodies: what a filter lets through, in which order, on which day, and the Excel of it."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongjian.register import spelling
from gongjian.register.forms import BodyFilterForm, UnitFilterForm
from gongjian.register.models import BodyEntry, UnitEntry
from gongjian.register.queries import lists
from gongjian.register.queries.lists import BodyFilters, UnitFilters

from . import town as small


@pytest.fixture
def town(town):
    """The town, its names findable."""
    spelling.learn(
        [*UnitEntry.objects.values_list("name", flat=True), *BodyEntry.objects.values_list("name", flat=True)]
    )
    return town


@pytest.fixture
def units(town, reader):
    def names(day=None, sort="", **filters):
        listed = lists.unit_list(reader, day or town.today, town.today, UnitFilters(**filters), sort=sort)
        assert listed.count == len(listed.page.rows)
        return [row.name for row in listed.page.rows]

    return names


@pytest.fixture
def bodies(town, reader):
    def names(day=None, sort="", **filters):
        listed = lists.body_list(reader, day or town.today, town.today, BodyFilters(**filters), sort=sort)
        assert listed.count == len(listed.page.rows)
        return [row.name for row in listed.page.rows]

    return names


EMPLOYERS = {"大唐样例袜业001", "大唐样例物流002", "大唐样例五金003"}
STREET = {"大唐街道", "上下文村", "样例大厦", *EMPLOYERS}


# == units ==
def test_without_filters_everything_that_stands_is_listed_along_the_tree(town, units):
    listed = units()
    assert set(listed) == {"绍兴市", "诸暨市", "越城区", *STREET}
    assert listed[0] == "绍兴市"
    assert listed.index("诸暨市") < listed.index("大唐街道") < listed.index("大唐样例袜业001")


def test_below_a_unit_lists_it_and_all_that_stands_below_it_on_the_day(town, units):
    assert set(units(below=town.units["street"].pk)) == STREET
    assert set(units(small.BEFORE, below=town.units["old_town"].pk)) == {"草塔镇", "上下文村", "莼塘东村"}
    assert units(small.BEFORE, below=town.units["street"].pk) == []
    assert units(below=town.units["old_town"].pk) == []


def test_a_unit_that_does_not_exist_has_nothing_below_it(units):
    assert units(below=10**9) == []


def test_on_a_past_day_the_list_follows_the_codes(units):
    assert units(small.BEFORE, level="village") == ["莼塘东村", "上下文村"]
    assert units(small.BEFORE, level="town") == ["大唐镇", "草塔镇"]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"level": "employer"}, EMPLOYERS),
        ({"kind": "village"}, {"上下文村"}),
        ({"trade": "C"}, {"大唐样例袜业001", "大唐样例五金003"}),
        ({"trade": "C", "ownership": "private"}, {"大唐样例袜业001"}),
        ({"status": "suspended"}, set()),
        ({"staff_from": 58}, {"大唐样例袜业001", "大唐样例物流002"}),
        ({"staff_from": 59}, {"大唐样例袜业001"}),
        ({"staff_from": 10, "staff_to": 58}, {"大唐样例物流002"}),
        ({"staff_to": 311}, {"大唐样例物流002"}),
        ({"with_line": "union"}, {"上下文村", "大唐样例袜业001", "大唐样例五金003"}),
        ({"without_line": "union", "level": "employer"}, {"大唐样例物流002"}),
        ({"with_line": "union", "without_line": "party"}, {"大唐样例袜业001", "大唐样例五金003"}),
        ({"text": "样例"}, {"样例大厦", *EMPLOYERS}),
        ({"text": "袜"}, {"大唐样例袜业001"}),
        ({"text": "datangyangliwaye"}, {"大唐样例袜业001"}),
        ({"text": "dtjd"}, {"大唐街道"}),
        ({"text": "33068100"}, {"大唐街道", "上下文村"}),
        ({"text": "91330681sample"}, {"大唐样例袜业001"}),
        ({"text": "？！"}, set()),
        ({"text": "100%_'\\"}, set()),
    ],
)
def test_a_filter_lets_through(units, filters, names):
    assert set(units(**filters)) == names


def test_what_stands_in_a_building(town, units):
    assert units(place=town.units["building"].pk) == ["大唐样例袜业001"]
    assert units(small.BEFORE, place=town.units["building"].pk) == []


def test_a_cover_counts_only_on_its_days(town, units):
    assert units(with_line="union", day=small.REFORM - timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("staff", ["大唐样例五金003", "大唐样例物流002", "大唐样例袜业001"]),
        ("-staff", ["大唐样例袜业001", "大唐样例物流002", "大唐样例五金003"]),
        ("name", ["大唐样例五金003", "大唐样例物流002", "大唐样例袜业001"]),
        ("-name", ["大唐样例袜业001", "大唐样例物流002", "大唐样例五金003"]),
    ],
)
def test_sorted_by(units, sort, names):
    assert units(level="employer", sort=sort) == names


def test_a_row_tells_where_the_unit_stands_and_which_lines_cover_it(town, reader):
    filters = UnitFilters(text="上下文村")
    [now] = lists.unit_list(reader, town.today, town.today, filters).page.rows
    [then] = lists.unit_list(reader, small.BEFORE, town.today, filters).page.rows
    assert (now.where, now.lines, now.code) == (["诸暨市", "大唐街道"], {"party", "union"}, "330681005247")
    assert (then.where, then.lines, then.code) == (["诸暨市", "草塔镇"], {"party"}, "330681113264")


@pytest.mark.parametrize("sort", ["", "-name", "code", "staff", "-staff"])
def test_pages_lead_forth_and_back_over_every_row_once(town, reader, sort, monkeypatch):
    small.employers(12, town.units["street"])
    ask = (reader, town.today, town.today, UnitFilters(below=town.units["street"].pk))
    whole = [row.pk for row in lists.all_units(*ask, sort=sort, batch=5)]
    assert len(whole) == 18
    # Few rows; more than are counted at once; more than are looked at for a page, which then is found there or is not.
    for at_once, near in ((1000, 5000), (3, 5000), (3, 10), (3, 2)):
        monkeypatch.setattr(lists, "AT_ONCE", at_once)
        monkeypatch.setattr(lists, "NEAR", near)
        walked, page = [], lists.unit_list(*ask, sort=sort, size=7).page
        walked += [row.pk for row in page.rows]
        while page.next:
            page = lists.unit_list(*ask, sort=sort, size=7, after=page.next).page
            walked += [row.pk for row in page.rows]
        assert walked == whole
        back = lists.unit_list(*ask, sort=sort, size=7, before=page.previous).page
        assert [row.pk for row in back.rows] == whole[7:14]


@pytest.mark.parametrize("near", [17, 5])
def test_where_many_stand_below_the_count_comes_after_the_page_unless_few_fit(town, reader, near, monkeypatch):
    small.employers(12, town.units["street"])
    monkeypatch.setattr(lists, "NEAR", near)
    ask = (reader, town.today, town.today)
    listed = lists.unit_list(*ask, UnitFilters(below=town.units["street"].pk), size=4)
    assert (len(listed.page.rows), listed.count, listed.least, listed.among) == (4, None, 4, near + 1)
    listed = lists.unit_list(*ask, UnitFilters(below=town.units["street"].pk, trade="C", ownership="private"), size=4)
    assert ([row.name for row in listed.page.rows], listed.count) == (["大唐样例袜业001"], 1)


@pytest.mark.parametrize("words", ["样例", "袜", "大唐", "dtjd", "33068100", "样例　袜业", "？！", "100%_'\\"])
def test_few_names_are_looked_at_and_many_are_looked_up_alike(town, units, words, monkeypatch):
    looked_at = units(text=words)
    monkeypatch.setattr(lists, "NEAR", 0)
    assert units(text=words) == looked_at


NOBODYS = [UnitFilters(without_line="union"), UnitFilters(with_line="union"), UnitFilters(staff_from=0)]


@pytest.mark.parametrize("filters", NOBODYS)
def test_sizes_and_gaps_are_not_told_to_whoever_has_no_account(town, filters):
    assert lists.unit_list(AnonymousUser(), town.today, town.today, filters).page.rows == []
    assert lists.unit_list(AnonymousUser(), town.today, town.today, UnitFilters(), sort="staff").page.rows == []
    rows = lists.unit_list(AnonymousUser(), town.today, town.today, UnitFilters()).page.rows
    assert {(row.staff, row.is_counted, frozenset(row.lines)) for row in rows} == {(None, False, frozenset())}


@pytest.mark.parametrize("filters", [BodyFilters(term="expired"), BodyFilters(term="none"), BodyFilters(covers_from=0)])
def test_terms_and_covers_are_not_told_to_whoever_has_no_account(town, filters):
    assert lists.body_list(AnonymousUser(), town.today, town.today, filters).page.rows == []
    rows = lists.body_list(AnonymousUser(), town.today, town.today, BodyFilters()).page.rows
    assert {(row.covers, row.is_counted, row.term_last) for row in rows} == {(0, False, None)}


# == bodies ==
PARTY = ["绍兴市委", "诸暨市委", "大唐街道党工委", "上下文村党支部"]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"line": "party"}, PARTY),
        ({"line": "union"}, ["绍兴市总工会", "诸暨市总工会", "上下文村联合工会"]),
        ({"kind": "joint_union"}, ["上下文村联合工会"]),
        ({"form": "joint"}, ["上下文村联合工会"]),
        ({"term": "running"}, ["上下文村联合工会"]),
        ({"term": "expired"}, ["上下文村党支部"]),
        ({"term": "none", "line": "party"}, ["绍兴市委", "诸暨市委"]),
        ({"leader": "has", "line": "union"}, ["绍兴市总工会", "诸暨市总工会", "上下文村联合工会"]),
        ({"leader": "none"}, []),
        ({"covers_from": 2}, ["上下文村联合工会"]),
        ({"covers_from": 1, "covers_to": 1}, ["上下文村党支部"]),
        ({"covers_to": 0, "line": "league"}, ["上下文村团支部"]),
        ({"text": "总工会"}, ["绍兴市总工会", "诸暨市总工会"]),
        ({"text": "P3306"}, ["绍兴市委"]),
    ],
)
def test_a_filter_lets_bodies_through(bodies, filters, names):
    assert bodies(**filters) == names


def test_bodies_below_a_unit_under_a_body_and_led_by_one(town, bodies):
    assert bodies(below=town.units["street"].pk) == [
        "大唐街道党工委",
        "上下文村党支部",
        "上下文村联合工会",
        "上下文村团支部",
    ]
    assert bodies(under=town.bodies["county_union"].pk) == ["诸暨市总工会", "上下文村联合工会"]
    assert set(bodies(led_by=town.bodies["village_party"].pk)) == {
        "上下文村党支部",
        "上下文村联合工会",
        "上下文村团支部",
    }
    assert set(bodies(small.BEFORE, under=town.bodies["county_party"].pk)) == {"诸暨市委", "上下文村党支部"}
    assert bodies(small.BEFORE, below=town.units["street"].pk) == []


def test_a_term_is_judged_on_the_day_of_the_list(town, bodies):
    assert bodies(small.BEFORE, term="running") == ["上下文村党支部"]
    assert bodies(small.BEFORE, term="expired") == []


def test_a_body_row_tells_seat_superior_leader_covers_and_term(town, reader):
    [row] = lists.body_list(reader, town.today, town.today, BodyFilters(kind="joint_union")).page.rows
    assert (row.where, row.superior_name, row.leader_name) == (
        ["大唐街道", "上下文村"],
        "诸暨市总工会",
        "上下文村党支部",
    )
    assert (row.covers, row.term_state, row.term_last.isoformat()[4:]) == (3, "running", "-12-31")


# == pages ==
def shown(answer):
    return {row.name for row in answer.context["page"].rows}


def test_the_page_keeps_the_day_and_names_its_conditions(town, organiser, signed_in):
    browser = signed_in(organiser)
    address = f"/units/?below={town.units['old_town'].pk}&level=village&on={small.BEFORE}"
    answer = browser.get(address, headers={"accept-language": "en"})
    assert shown(answer) == {"上下文村", "莼塘东村"}
    assert [words for words, _address in answer.context["tags"]] == ["In 草塔镇", "Level: Village"]
    for _words, without in answer.context["tags"]:
        assert f"on={small.BEFORE}" in without
    assert f"/units/{town.units['village'].pk}/?on={small.BEFORE}" in answer.content.decode()


def test_the_count_says_out_of_how_many(town, organiser, signed_in):
    browser = signed_in(organiser)
    answer = browser.get("/units/?coverage=without-union&level=employer", headers={"accept-language": "en"})
    assert answer.context["summary"] == "Units: 1 out of 9"
    assert shown(answer) == {"大唐样例物流002"}


def test_a_long_list_is_counted_after_the_page_has_come(town, organiser, signed_in, monkeypatch):
    monkeypatch.setattr(lists, "AT_ONCE", 4)
    monkeypatch.setattr(lists, "MOST", 8)
    browser = signed_in(organiser)
    answer = browser.get("/units/", headers={"accept-language": "en"})
    assert answer.context["summary"] == "Units: more than 4"
    assert 'hx-get="?part=count"' in answer.content.decode()
    counted = browser.get("/units/?part=count", headers={"accept-language": "en"})
    assert counted.content.decode() == "Units: more than 8"
    monkeypatch.setattr(lists, "MOST", 50)
    assert '<noscript><a class="btn btn--small" href="?counted=1">' in answer.content.decode()
    counted = browser.get("/units/?counted=1", headers={"accept-language": "en"})
    assert (counted.context["summary"], len(shown(counted))) == ("Units: 9", 9)
    assert "part=count" not in counted.content.decode()
    assert browser.get("/bodies/?counted=1").status_code == 200


@pytest.mark.parametrize(
    ("path", "is_large", "most"), [("/units/", False, 24), ("/units/", True, 24), ("/bodies/", False, 24)]
)
def test_a_list_page_asks_as_often_for_three_rows_as_for_one(
    town, organiser, signed_in, path, is_large, most, monkeypatch
):
    browser = signed_in(organiser)
    words = {"/units/": ("袜业", "大唐样例"), "/bodies/": ("党支部", "上下文村")}[path]
    counts = []
    if is_large:
        monkeypatch.setattr(lists, "NEAR", 0)
    for word in (words[0], *words):
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(path, {"text": word, "below": town.units["county"].pk})
        counts.append((len(answer.context["page"].rows), len(asked)))
    assert [rows for rows, _queries in counts] == [1, 1, 3]
    assert counts[1][1] == counts[2][1] <= most


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("level=moon", "“moon” is not one of the choices here. Choose again."),
        ("staff_from=many", "Write a whole number, for example 25."),
        ("staff_from=-1", "Write a number from 0 upwards."),
        ("staff_from=30&staff_to=20", "The second number is smaller than the first. Swap them, or take one away."),
        ("below=99999999999999999999", "This number is too large for the register. Write a smaller one."),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_listed(town, organiser, signed_in, query, sentence):
    browser = signed_in(organiser)
    answer = browser.get(f"/units/?{query}", headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert "page" not in answer.context
    assert browser.get(f"/units.xlsx?{query}").status_code == 400


@pytest.mark.parametrize("address", ["/units/?after=nonsense", "/bodies/?before=nonsense"])
def test_a_place_in_the_list_that_was_changed_is_refused(town, organiser, signed_in, address):
    assert signed_in(organiser).get(address).status_code == 400


@pytest.mark.parametrize("path", ["/units/", "/bodies/"])
def test_lists_are_open_to_whoever_has_no_account_but_not_as_a_file(town, client, path):
    answer = client.get(path, headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert "Excel of this list" not in answer.content.decode()
    assert client.get(f"/{path.strip('/')}.xlsx").status_code == 302


def test_every_choice_of_the_forms_can_be_asked(town, reader):
    for form_class, ask in ((UnitFilterForm, lists.unit_rows), (BodyFilterForm, lists.body_rows)):
        for name, asked in form_class({}).fields.items():
            for key, _words in getattr(asked, "choices", []):
                form = form_class({name: key})
                if key and not isinstance(_words, list):
                    assert form.is_valid(), (name, key)
                    list(ask(reader, town.today, town.today, form.filters()))


# == Excel ==
def sheet_of(answer):
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def test_excel_has_exactly_what_is_filtered_with_codes_as_text(town, organiser, signed_in):
    browser = signed_in(organiser)
    answer = browser.get(f"/units.xlsx?trade=C&on={town.today}", headers={"accept-language": "en"})
    rows = list(sheet_of(answer).worksheets[0].values)
    assert rows[0][:4] == ("Name", "Official name", "Code", "Credit code")
    assert {row[0]: row[3] for row in rows[1:]} == {"大唐样例袜业001": "91330681SAMPLE0017", "大唐样例五金003": None}
    village = browser.get(f"/units.xlsx?kind=village&on={small.BEFORE}&text=上下文")
    [_head, row] = list(sheet_of(village).worksheets[0].values)
    assert (row[1], row[2], row[5]) == ("上下文村委会", "330681113264", "诸暨市 › 草塔镇")


def test_excel_of_bodies(town, organiser, signed_in):
    answer = signed_in(organiser).get("/bodies.xlsx?kind=joint_union", headers={"accept-language": "en"})
    [head, row] = list(sheet_of(answer).worksheets[0].values)
    told = dict(zip(head, row, strict=True))
    assert (told["Name"], told["Superior"], told["Units covered"]) == ("上下文村联合工会", "诸暨市总工会", 3)


def test_a_second_sheet_says_what_was_filtered_on_which_day_and_by_whom(town, organiser, signed_in):
    answer = signed_in(organiser).get(f"/units.xlsx?trade=C&on={small.REFORM}", headers={"accept-language": "en"})
    notes = dict(sheet_of(answer).worksheets[1].values)
    assert (notes["As of"], notes["Filtered by"], notes["Exported by"]) == (
        "2020-06-30",
        "Trade: Manufacturing",
        "李样例",
    )
