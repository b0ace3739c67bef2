"""The pages of reforms: what is meant, what it brings, the deed, and taking it back."""

import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from gongjian.chronicle.models import Act
from gongjian.register.models import BodyEntry, Document, UnitEntry, UnitLineage
from gongjian.register.queries.reform import to_part

from . import town as small
from .reorganise.state import register_state

DAY = date(2022, 3, 1)


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"
    with override("en"):
        yield


@pytest.fixture
def villages(town):
    street = town.units["street"]
    made = {}
    for number, name in enumerate(("甲村", "乙村")):
        made[name] = small.unit(name, "village", street, since=small.REFORM, code=f"33068100590{number}")
        made[f"{name}党"] = small.body(
            f"{name}党支部", "party_branch", made[name], since=small.REFORM, superior=town.bodies["street_party"]
        )
    made["厂"] = small.unit("甲样例厂", "enterprise", made["甲村"], since=small.REFORM)
    return made


@pytest.fixture
def keeper(organiser, signed_in):
    browser = signed_in(organiser)
    browser.cookies["django_language"] = "en"
    return browser


def address(thing, act, **given) -> str:
    page = "units" if hasattr(thing, "path") else "bodies"
    asked = {"step": 2, "on_day": DAY.isoformat()} | given
    return f"/{page}/{thing.pk}/change/{act}/?{urlencode(asked)}"


def entry_on(unit, day=DAY):
    return UnitEntry.objects.on(day).get(unit=unit)


def test_a_merger_from_the_outlook_to_the_deed_and_back(town, villages, keeper):
    before = register_state()
    where = address(villages["甲村"], "merge", into="330681005901")
    outlook = keeper.get(where).content.decode()
    assert "甲村党支部" in outlook and "甲样例厂" in outlook and f"body-{villages['甲村党'].pk}" in outlook
    assert register_state() == before, "looking writes nothing"
    done = keeper.post(where, {f"body-{villages['甲村党'].pk}": "1", "number": "诸政发〔2022〕3号"})
    act = Act.objects.get(verb="register.merge_units")
    assert done.url == f"/changes/{act.pk}/"
    assert entry_on(villages["厂"]).parent == villages["乙村"]
    assert not BodyEntry.objects.on(DAY).filter(body=villages["甲村党"]).exists()
    assert UnitLineage.objects.get().document.number == "诸政发〔2022〕3号"
    assert "诸政发〔2022〕3号" in keeper.get(done.url).content.decode()
    assert keeper.post(done.url).status_code == 302
    assert register_state() == before
    assert "Taken back" in keeper.get(done.url).content.decode()


def test_a_body_that_is_not_ticked_keeps_standing(town, villages, keeper):
    keeper.post(address(villages["甲村"], "merge", into="乙村"))
    assert BodyEntry.objects.on(DAY).get(body=villages["甲村党"]).seat == villages["乙村"]


def test_only_bodies_of_the_outlook_can_be_merged_along(town, villages, keeper):
    keeper.post(address(villages["甲村"], "merge", into="乙村"), {f"body-{town.bodies['village_party'].pk}": "1"})
    assert BodyEntry.objects.on(DAY).filter(body=town.bodies["village_party"]).exists()


def test_a_new_unit_stands_where_the_old_one_stood(town, villages, keeper):
    keeper.post(address(villages["甲村"], "merge", also1="乙村", name="甲乙村", code="330681005900"))
    made = UnitEntry.objects.on(DAY).get(name="甲乙村")
    assert (made.parent, made.kind_id, made.code) == (town.units["street"], "village", "330681005900")


def test_a_rename_shows_before_and_after_and_can_be_taken_back(town, villages, keeper):
    before = register_state()
    where = address(villages["甲村"], "amend", name="丙村", parent="绍兴市 [" + str(town.units["county"].pk) + "]")
    outlook = keeper.get(where).content.decode()
    assert "丙村" in outlook and "诸暨市" in outlook
    done = keeper.post(where)
    assert (entry_on(villages["甲村"]).name, entry_on(villages["甲村"]).parent) == ("丙村", town.units["county"])
    keeper.post(done.url)
    assert register_state() == before


def test_a_division_gives_what_is_chosen_to_its_part(town, villages, keeper):
    where = address(villages["甲村"], "split", name0="东甲村", share0="60", name1="西甲村", share1="40")
    assert f"goes-child-{villages['厂'].pk}" in keeper.get(where).content.decode()
    keeper.post(where, {f"goes-child-{villages['厂'].pk}": "1"})
    assert entry_on(entry_on(villages["厂"]).parent).name == "西甲村"
    assert sorted(UnitLineage.objects.values_list("share", flat=True)) == [Decimal("0.4"), Decimal("0.6")]


def test_what_is_divided_stands_by_its_kind_with_counts(town, villages, keeper, organiser):
    for name in ("第二样例厂", "第三样例厂"):
        small.unit(name, "enterprise", villages["甲村"], since=small.REFORM)
    page = keeper.get(address(villages["甲村"], "split", name0="东甲村", name1="西甲村")).content.decode()
    placed, _more = to_part(organiser, villages["甲村"].pk, DAY)
    groups = re.findall(r"<summary>([^·<]+) · <span data-sift-count>(\d+)</span>", page)
    assert dict(groups) == {kind: str(count) for kind, count in Counter(each.what for each in placed).items()}
    assert len(groups) > 1 and page.count('name="goes-') == len(placed)


def test_closing_and_reopening(town, villages, keeper):
    keeper.post(address(villages["甲村"], "close", to="大唐街道", is_known=""))
    assert list(UnitLineage.objects.values_list("how", flat=True)) == ["unknown"]
    page = keeper.get(f"/units/{villages['甲村'].pk}/").content.decode()
    assert "/change/reopen/" in page and "/change/merge/" not in page
    keeper.post(address(villages["甲村"], "reopen", on_day="2023-01-01"))
    assert entry_on(villages["甲村"], date(2023, 1, 1)).name == "甲村"


def test_bodies_are_merged_and_divided_too(town, villages, keeper):
    keeper.post(address(villages["甲村党"], "merge", into="乙村党支部"))
    assert not BodyEntry.objects.on(DAY).filter(body=villages["甲村党"]).exists()
    keeper.post(address(villages["乙村党"], "split", stays="on", name0="丙支部", on_day="2023-01-01"))
    assert BodyEntry.objects.on(date(2023, 1, 1)).get(name="丙支部").seat == villages["乙村"]


@pytest.mark.parametrize(
    "act, given, says",
    [
        ("merge", {}, "Say into which one it goes"),
        ("merge", {"into": "没有这个村"}, "Nothing that stands on that day is called"),
        ("merge", {"into": "乙村", "on_day": "2022-02-30"}, "This is not a day"),
        ("amend", {}, "Nothing is filled in"),
        ("split", {}, "Name at least one part"),
        ("split", {"name0": "东", "share0": "-3"}, "field--error"),
        ("close", {}, "Say where what stands on it goes"),
    ],
)
def test_what_is_not_meant_clearly_is_told_beside_its_field(town, villages, keeper, act, given, says):
    answer = keeper.get(address(villages["甲村"], act, **given))
    assert (answer.status_code, says in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "act, given, says",
    [
        ("merge", {"into": "甲样例厂"}, "would stand in itself"),
        ("merge", {"into": "乙村", "on_day": "2020-06-30"}, "does not stand on 2020-06-30"),
        ("split", {"name0": "东甲村"}, "at least two parts"),
    ],
)
def test_what_cannot_be_done_has_no_button_and_is_refused(town, villages, keeper, act, given, says):
    where = address(villages["甲村"], act, **given)
    page = keeper.get(where).content.decode()
    assert says in page and "Do it" not in page
    before = register_state()
    assert keeper.post(where).status_code == 422
    assert register_state() == before


def test_a_name_that_several_bear_is_asked_again_with_their_places(town, villages, keeper):
    twin = small.unit("乙村", "village", town.units["district"], since=small.REFORM)
    answer = keeper.get(address(villages["甲村"], "merge", into="乙村")).content.decode()
    assert f"乙村 [{twin.pk}]" in answer and "越城区" in answer
    assert keeper.get(address(villages["甲村"], "merge", into=f"乙村 [{twin.pk}]")).status_code == 200


def test_a_day_to_come_is_said_to_wait(town, villages, keeper):
    later = town.today + timedelta(days=20)
    where = address(villages["甲村"], "merge", into="乙村", on_day=later.isoformat())
    assert f"It waits until {later}" in keeper.get(where).content.decode()
    assert "Waits" in keeper.get(keeper.post(where).url).content.decode()


def test_the_paper_is_kept_and_only_saved_never_shown(town, villages, keeper):
    paper = SimpleUploadedFile("文件.pdf", b"%PDF-1.4 sample")
    keeper.post(address(villages["甲村"], "merge", into="乙村"), {"title": "并村的批复", "file": paper})
    document = Document.objects.get()
    answer = keeper.get(f"/documents/{document.pk}/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 sample"


@pytest.mark.parametrize("name, content", [("bad.html", b"<script>"), ("bad.pdf", b"<script>"), ("bad.docx", b"%PDF-")])
def test_a_paper_of_another_sort_is_refused_and_nothing_is_done(town, villages, keeper, name, content):
    before = register_state()
    paper = SimpleUploadedFile(name, content)
    answer = keeper.post(address(villages["甲村"], "merge", into="乙村"), {"file": paper})
    assert (answer.status_code, Document.objects.count()) == (422, 0)
    assert register_state() == before


def test_a_refused_deed_keeps_no_document(town, villages, keeper):
    answer = keeper.post(address(villages["甲村"], "merge", into="甲样例厂"), {"number": "一号"})
    assert (answer.status_code, Document.objects.count()) == (422, 0)


def test_later_work_stands_against_taking_back(town, villages, keeper):
    done = keeper.post(address(villages["甲村"], "merge", also1="乙村", name="甲乙村"))
    made = UnitEntry.objects.on(DAY).get(name="甲乙村").unit
    small.unit("后来样例厂", "enterprise", made, since=date(2023, 1, 1))
    page = keeper.get(done.url).content.decode()
    assert "后来样例厂" in page and 'method="post" action="/changes/' not in page
    assert keeper.post(done.url).status_code == 409


def test_the_list_tells_the_changes_of_one_unit(town, villages, keeper):
    keeper.post(address(villages["甲村"], "merge", into="乙村"))
    keeper.post(address(town.units["logistics"], "amend", name="改名样例物流"))
    of_source = keeper.get(f"/changes/?unit={villages['甲村'].pk}").content.decode()
    assert "乙村" in of_source and "改名样例物流" not in of_source


@pytest.mark.parametrize("role", ["secretary", "inspector", "stranger"])
def test_for_whoever_may_not_change_the_register_the_pages_do_not_exist(town, villages, signed_in, role):
    browser = signed_in(town.accounts[role])
    there = [address(villages["甲村"], "merge"), "/changes/", "/changes/1/", "/documents/1/"]
    assert [browser.get(where).status_code for where in there] == [404] * 4
    assert browser.post(address(villages["甲村"], "merge", into="乙村")).status_code == 404
    assert "/change/" not in browser.get(f"/units/{villages['甲村'].pk}/").content.decode()


def test_the_outlook_takes_as_many_queries_for_much_as_for_little(town, villages, keeper):
    where = address(villages["甲村"], "merge", into="乙村")
    keeper.get(where)
    with CaptureQueriesContext(connection) as little:
        keeper.get(where)
    small.employers(30, villages["甲村"], since=small.REFORM)
    for number in range(4):
        union = small.body(f"甲{number}工会", "union_committee", villages["甲村"], since=small.REFORM)
        small.cover(union, villages["甲村"], since=small.REFORM)
    with CaptureQueriesContext(connection) as much:
        keeper.get(where)
    assert len(much) <= len(little) + 1  # the unions' line is named as well


def test_dividing_a_body_tells_whose_office_ends(town, villages, keeper):
    small.office(small.person("郑样例"), villages["甲村党"], "party_secretary", since=small.REFORM)
    ends = keeper.get(address(villages["甲村党"], "split", name0="东支部", name1="西支部")).content.decode()
    stays = keeper.get(address(villages["甲村党"], "split", name0="东支部", stays="on")).content.decode()
    assert ("郑样例" in ends, "郑样例" in stays) == (True, False)
