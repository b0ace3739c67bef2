"""The search box: what finds a thing, how hits are told, and what the page says when there are none."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongjian.register import actions, spelling
from gongjian.register.models import BodyEntry, UnitEntry
from gongjian.register.queries import search
from gongjian.register.queries.search import found
from gongjian.register.reorganise.units import merge_units

from . import town as small


@pytest.fixture
def town(town):
    """The town, its names findable."""
    spelling.learn(
        [*UnitEntry.objects.values_list("name", flat=True), *BodyEntry.objects.values_list("name", flat=True)]
    )
    return town


def names(reader, words, day, **more):
    return [hit.name for hit in found(reader, words, day, **more).hits]


VILLAGE = ["上下文村", "上下文村党支部", "上下文村团支部", "上下文村联合工会"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("上下文", VILLAGE),
        ("下文村", VILLAGE),
        (" 上下 ", VILLAGE),
        ("袜", ["大唐样例袜业001"]),
        ("物流", ["大唐样例物流002"]),
        ("shangxiawen", VILLAGE),
        ("WENCUN", VILLAGE),
        ("sxwc", VILLAGE),
        ("xwclhgh", ["上下文村联合工会"]),
        ("总工会", ["绍兴市总工会", "诸暨市总工会"]),
        ("330681005247", ["上下文村"]),
        ("330681113264", ["上下文村"]),
        ("３３０６８１００５", ["大唐街道", "上下文村"]),
        ("91330681sample", ["大唐样例袜业001"]),
        ("P3306", ["绍兴市委"]),
        ("330", []),
        ("不存在的", []),
        ("？", []),
        ("100%_'\\", []),
    ],
)
def test_words_find(town, reader, words, expected):
    assert sorted(names(reader, words, town.today)) == sorted(expected)


def test_exact_before_prefix_before_part_and_higher_levels_first(town, reader):
    small.unit("诸暨", "community", town.units["street"], since=small.REFORM)
    small.unit("小诸暨市场", "building", town.units["county"])
    spelling.learn(["诸暨", "小诸暨市场"])
    assert names(reader, "诸暨", town.today) == ["诸暨", "诸暨市", "诸暨市委", "诸暨市总工会", "小诸暨市场"]


def test_a_former_code_says_which_and_when(town, reader):
    [hit] = found(reader, "330681113264", town.today).hits
    assert (hit.name, hit.where, hit.other) == ("上下文村", ["诸暨市", "大唐街道"], "330681113264")
    assert (hit.other_first, hit.other_is_later) == (small.FIRST, False)
    assert hit.other_last.isoformat() == "2020-06-29"


def test_a_former_name_finds_the_thing_under_its_name_of_the_day(town, reader):
    hosiery = town.units["hosiery"]
    actions.amend_unit(hosiery, on=town.today, today=town.today, by=None, name="新样例针织")
    spelling.learn(["新样例针织"])
    [hit] = found(reader, "袜业", town.today).hits
    assert (hit.id, hit.name, hit.other, hit.stands) == (hosiery.pk, "新样例针织", "大唐样例袜业001", True)
    [then] = found(reader, "新样例针织", small.REFORM).hits
    assert (then.name, then.other, then.other_is_later) == ("大唐样例袜业001", "新样例针织", True)


def test_what_no_longer_stands_is_found_after_what_does_with_its_days(town, reader):
    hits = found(reader, "大唐", town.today).hits
    gone = [hit for hit in hits if not hit.stands]
    assert [hit.name for hit in gone] == ["大唐镇"]
    assert hits[-1] is gone[0] or all(hit.stands for hit in hits[: hits.index(gone[0])])
    assert (gone[0].first, gone[0].last.isoformat()) == (small.FIRST, "2020-06-29")
    [then] = [hit for hit in found(reader, "大唐镇", small.BEFORE).hits]
    assert then.stands


def test_a_thing_is_told_once_however_often_it_was_renamed(town, reader):
    for turn, name in enumerate(("上下文新村", "上下文老村"), start=1):
        day = small.REFORM.replace(year=2020 + turn)
        actions.amend_unit(town.units["village"], on=day, today=town.today, by=None, name=name)
        spelling.learn([name])
    units = [hit for hit in found(reader, "上下文", town.today).hits if hit.thing == "unit"]
    assert [(hit.name, hit.other) for hit in units] == [("上下文老村", "")]


def test_pages_lead_over_every_hit_once(town, reader):
    small.employers(40, town.units["street"], name="满堂样例")
    spelling.learn(UnitEntry.objects.values_list("name", flat=True))
    first, second = (found(reader, "满堂", town.today, page=page) for page in (1, 2))
    assert (len(first.hits), first.has_more, len(second.hits), second.has_more) == (30, True, 10, False)
    assert len({hit.id for hit in (*first.hits, *second.hits)}) == 40


def test_a_part_that_very_many_share_finds_a_bounded_number(town, reader, monkeypatch):
    monkeypatch.setattr(search, "MOST_NAMES", 8)
    monkeypatch.setattr(search, "MOST_FOUND", 5)
    small.employers(40, town.units["street"], name="满堂样例")
    spelling.learn(UnitEntry.objects.values_list("name", flat=True))
    assert 0 < len(found(reader, "样例", town.today).hits) <= 10


def test_it_asks_as_often_for_thirty_hits_as_for_one(town, reader):
    small.employers(40, town.units["street"], name="满堂样例")
    spelling.learn(UnitEntry.objects.values_list("name", flat=True))
    counts = []
    for words in ("满堂样例00001", "满堂"):
        found(reader, words, town.today)
        with CaptureQueriesContext(connection) as asked:
            hits = found(reader, words, town.today).hits
        counts.append((len(hits), len(asked)))
    assert [hits for hits, _queries in counts] == [1, 30]
    assert counts[0][1] <= counts[1][1] + 2 and counts[1][1] <= 14


# == the page ==
def test_the_page_tells_units_and_organisations_and_keeps_the_day(town, organiser, signed_in):
    answer = signed_in(organiser).get(f"/search/?q=上下文&on={small.BEFORE}", headers={"accept-language": "en"})
    page = answer.content.decode()
    assert f"/units/{town.units['village'].pk}/?on={small.BEFORE}" in page
    assert f"/bodies/{town.bodies['joint_union'].pk}/?on={small.BEFORE}" in page
    assert page.index(">Units<") < page.index(">Organisations<")
    assert "Not on this day" in page and "In the register from 2020-06-30" in page


def test_the_page_says_formerly(town, organiser, signed_in):
    page = signed_in(organiser).get("/search/?q=330681113264", headers={"accept-language": "en"}).content.decode()
    assert "Formerly" in page and "2016-07-31 to 2020-06-29" in page


@pytest.mark.parametrize("words", ["没有这样的", "<script>", "\x00", "a" * 500, "{{ zzz }}", "%"])
def test_nothing_found_says_what_to_try(town, organiser, signed_in, words):
    answer = signed_in(organiser).get("/search/", {"q": words}, headers={"accept-language": "en"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<script>”" not in page
    if words != "\x00":
        assert "Two characters of the name are enough" in page


def test_without_words_the_page_says_what_may_be_typed(town, organiser, signed_in):
    page = signed_in(organiser).get("/search/", headers={"accept-language": "en"}).content.decode()
    assert "Any part of a name" in page


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999", "²"])
def test_a_page_number_that_is_none_does_no_harm(town, organiser, signed_in, page):
    assert signed_in(organiser).get("/search/", {"q": "大唐", "page": page}).status_code == 200


def test_search_is_open_to_whoever_has_no_account(town, client):
    assert "大唐街道" in client.get("/search/?q=大唐").content.decode()


def test_what_has_ended_is_found_with_what_it_has_become(town, reader):
    village, given = town.units["village"], {"on": date(2022, 1, 1), "today": town.today, "by": None}
    other = small.unit("乙村", "village", town.units["street"], since=small.REFORM)
    merge_units([village], into=other, **given)
    (hit,) = [hit for hit in found(reader, "330681113264", town.today).hits if hit.thing == "unit"]
    assert [(end.name, end.share) for end in hit.becoming.others] == [("乙村", 1)]
    (gone,) = found(reader, "330681113209", town.today).hits
    assert (gone.becoming.others, len(gone.becoming.lost)) == ([], 1)


def test_the_page_of_results_says_what_something_has_become(town, reader, signed_in):
    gone = signed_in(reader).get("/search/", {"q": "330681113209"}, headers={"accept-language": "en"})
    assert "Nobody knows what became of it from 2020-06-30 on." in gone.content.decode()


# == while one types ==
def suggested(client: Client, words: str, **more: str) -> list[str]:
    page = client.get(reverse("suggest"), {"q": words, **more}).content.decode()
    return re.findall(r'data-href="([^"]+)"', page)


def test_the_box_suggests_what_the_search_finds_first(town, signed_in):
    client = signed_in(town.stranger)
    hits = found(town.stranger, "上下文", town.today).hits
    pages = {"unit": "units", "body": "bodies"}
    assert suggested(client, "上下文") == [f"/{pages[hit.thing]}/{hit.id}/" for hit in hits] and len(hits) == 4


def test_suggestions_are_of_the_day_of_the_page_and_lead_there(town, signed_in):
    client = signed_in(town.stranger)
    page = client.get(reverse("suggest"), {"q": "上下文村", "on": "2018-10-31"}).content.decode()
    assert f"/units/{town.units['village'].pk}/?on=2018-10-31" in page and "草塔镇" in page and "330681113264" in page


def test_at_most_eight_are_suggested_at_the_cost_of_a_search(town, signed_in):
    client = signed_in(town.stranger)
    small.employers(30, town.units["street"], name="样例企业")
    spelling.learn([f"样例企业{number:05}" for number in range(1, 31)])
    with CaptureQueriesContext(connection) as search:
        client.get(reverse("search"), {"q": "样例企业"})
    with CaptureQueriesContext(connection) as suggest:
        assert len(suggested(client, "样例企业")) == 8
    assert len(suggest) <= len(search)


def test_nothing_is_suggested_for_nothing_and_something_without_an_account(town, client, signed_in):
    assert suggested(signed_in(town.stranger), "  ") == []
    assert client.get(reverse("suggest"), {"q": "村"}).status_code == 200
