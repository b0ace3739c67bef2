"""One thing at a time: a change counts from a day, and what stood before keeps its days."""

import threading
import time
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from gongjian.chronicle.models import Act, Before
from gongjian.register import actions
from gongjian.register.models import BodyEntry, Cover, Headcount, StandsIn, UnitEntry

from . import town as small

DAY = date(2022, 3, 1)
LATER = date(2023, 3, 1)


def names(unit) -> list[tuple]:
    return [(e.name, e.since, e.until) for e in UnitEntry.objects.filter(unit=unit).order_by("valid")]


@pytest.fixture
def village(town):
    return small.unit("甲村", "village", town.units["county"], code="330681999001")


def test_a_new_name_counts_from_its_day_and_the_old_one_keeps_its_days(town, village):
    actions.amend_unit(village, on=DAY, today=town.today, by=town.clerk, name="乙村")
    assert names(village) == [("甲村", small.FIRST, DAY), ("乙村", DAY, None)]


def test_a_change_from_the_first_day_replaces_and_is_kept_in_the_chronicle(town, village):
    actions.amend_unit(village, on=small.FIRST, today=town.today, by=town.clerk, name="乙村")
    assert names(village) == [("乙村", small.FIRST, None)]
    act = Act.objects.latest("pk")
    assert (act.verb, act.by, act.subject) == ("register.amend", town.clerk, f"register.unit:{village.pk}")
    assert [before.was["name"] for before in Before.objects.filter(act=act)] == ["甲村"]


def test_a_change_in_the_past_is_carried_on_until_the_same_thing_changes_again(town, village):
    actions.amend_unit(village, on=LATER, today=town.today, by=None, status="suspended")
    actions.amend_unit(village, on=LATER + timedelta(days=9), today=town.today, by=None, name="丙村")
    actions.amend_unit(village, on=DAY, today=town.today, by=None, name="乙村")
    assert names(village) == [
        ("甲村", small.FIRST, DAY),
        ("乙村", DAY, LATER),
        ("乙村", LATER, LATER + timedelta(days=9)),
        ("丙村", LATER + timedelta(days=9), None),
    ]
    assert [e.status for e in UnitEntry.objects.filter(unit=village).order_by("valid")] == [
        "active",
        "active",
        "suspended",
        "suspended",
    ]


def test_saying_what_is_so_already_writes_nothing(town, village):
    acts = Act.objects.count()
    actions.amend_unit(village, on=DAY, today=town.today, by=None, name="甲村")
    assert (names(village), Act.objects.count()) == ([("甲村", small.FIRST, None)], acts)


@pytest.mark.parametrize("day", [small.FIRST - timedelta(days=1), date(1990, 1, 1)])
def test_a_change_on_a_day_it_did_not_stand_is_refused(town, village, day):
    with pytest.raises(actions.Refused, match=str(day)):
        actions.amend_unit(village, on=day, today=town.today, by=None, name="乙村")


def test_a_unit_cannot_be_put_below_itself(town):
    with pytest.raises(actions.Refused):
        actions.move_unit(town.units["county"], to=town.units["village"], on=town.today, today=town.today, by=None)


def test_a_parent_that_does_not_stand_that_day_is_refused(town, village):
    with pytest.raises(actions.Refused):
        actions.move_unit(village, to=town.units["old_town"], on=town.today, today=town.today, by=None)


def test_closing_ends_the_life_and_takes_the_unit_out_of_todays_walk(town, village):
    actions.close_unit(village, on=DAY, today=town.today, by=town.clerk)
    assert (names(village), village.path) == ([("甲村", small.FIRST, DAY)], "")


@pytest.mark.parametrize("name", ["street", "village"])
def test_a_unit_on_which_something_stands_is_not_closed(town, name):
    with pytest.raises(actions.Refused):
        actions.close_unit(town.units[name], on=DAY, today=town.today, by=None)


def test_closing_twice_is_refused(town, village):
    actions.close_unit(village, on=DAY, today=town.today, by=None)
    with pytest.raises(actions.Refused):
        actions.close_unit(village, on=DAY, today=town.today, by=None)


def test_ending_a_body_ends_its_covers_with_it(town, village):
    union = small.body("甲工会", "union_committee", village)
    small.cover(union, village)
    actions.close_body(union, on=DAY, today=town.today, by=town.clerk)
    assert Cover.objects.get(body=union).until == DAY
    assert BodyEntry.objects.get(body=union).until == DAY


def test_a_body_with_others_below_it_is_not_ended(town):
    top = small.body("甲", "union_federation", town.units["county"])
    small.body("乙", "union_committee", town.units["county"], superior=top)
    with pytest.raises(actions.Refused):
        actions.close_body(top, on=DAY, today=town.today, by=None)


def test_a_cover_outside_the_life_of_the_body_or_twice_is_refused(town, village):
    union = small.body("甲工会", "union_committee", village, since=DAY)
    with pytest.raises(actions.Refused):
        actions.cover(union, village, on=small.FIRST, by=None)
    actions.cover(union, village, on=DAY, by=None)
    with pytest.raises(actions.Refused):
        actions.cover(union, village, on=LATER, by=None)


def test_an_action_that_is_refused_leaves_no_act(town, village):
    acts = Act.objects.count()
    with pytest.raises(actions.Refused):
        actions.move_unit(village, to=village, on=DAY, today=town.today, by=None)
    assert Act.objects.count() == acts


def test_a_day_before_its_life_ends_nothing(town, village):
    for day in (small.FIRST, small.FIRST - timedelta(days=1)):
        with pytest.raises(actions.Refused, match=str(day)):
            actions.close_unit(village, on=day, today=town.today, by=None)
    assert names(village) == [("甲村", small.FIRST, None)]


def test_a_building_with_employers_or_a_venue_in_it_is_not_closed(town):
    with pytest.raises(actions.Refused):
        actions.close_unit(town.units["building"], on=DAY, today=town.today, by=None)
    hall = small.unit("样例礼堂", "building", town.units["street"], since=small.REFORM)
    small.venue("礼堂", hall, town.bodies["joint_union"], since=small.REFORM)
    with pytest.raises(actions.Refused):
        actions.close_unit(hall, on=DAY, today=town.today, by=None)


def test_closing_an_employer_ends_its_headcounts_and_its_place(town):
    firm = small.unit("样例鞋业", "enterprise", town.units["street"], since=small.REFORM)
    small.headcount(firm, since=small.REFORM, staff=9)
    small.stands_in(firm, town.units["building"], since=small.REFORM)
    actions.close_unit(firm, on=DAY, today=town.today, by=town.clerk)
    assert (Headcount.objects.get(unit=firm).until, StandsIn.objects.get(unit=firm).until) == (DAY, DAY)


def test_an_office_does_not_outlive_its_body(town, village):
    union = small.body("甲工会", "union_committee", village)
    office = small.office(small.person("郑样例", account=small.account("主席")), union, "union_chair")
    actions.close_body(union, on=DAY, today=town.today, by=town.clerk)
    office.refresh_from_db()
    assert office.until == DAY


def test_a_seat_or_a_covered_unit_that_does_not_stand_that_day_is_refused(town, village):
    gone = town.units["old_town"]
    with pytest.raises(actions.Refused):
        small.body("甲工会", "union_committee", gone, since=DAY)
    union = small.body("乙工会", "union_committee", village)
    with pytest.raises(actions.Refused):
        actions.cover(union, gone, on=DAY, by=None)


# == what ends later ==
def test_a_parent_that_ends_later_is_refused_with_the_day(town):
    day = date(2018, 1, 1)
    with pytest.raises(actions.Refused, match=r"草塔镇.*2020-06-30"):
        small.unit("新样例村", "village", town.units["old_town"], since=day)
    made = small.unit("新样例村", "village", town.units["county"], since=day)
    with pytest.raises(actions.Refused, match=r"草塔镇.*2020-06-30"):
        actions.move_unit(made, to=town.units["old_town"], on=date(2019, 1, 1), today=town.today, by=None)
    assert names(made) == [("新样例村", day, None)]


def test_a_parent_may_end_when_its_child_has_moved_or_ended_by_then(town):
    day, street = date(2018, 1, 1), town.units["street"]
    made = small.unit("新样例村", "village", town.units["county"], since=day)
    actions.move_unit(made, to=street, on=small.REFORM, today=town.today, by=None)
    actions.move_unit(made, to=town.units["old_town"], on=date(2019, 1, 1), today=town.today, by=None)
    parents = UnitEntry.objects.filter(unit=made).order_by("valid").values_list("parent", flat=True)
    assert list(parents) == [town.units["county"].pk, town.units["old_town"].pk, street.pk]
    ended = small.unit("短样例村", "village", town.units["old_town"], since=day, until=small.REFORM)
    assert names(ended) == [("短样例村", day, small.REFORM)]


def test_a_renaming_is_not_refused_for_a_parent_it_does_not_touch(town, village):
    UnitEntry.objects.filter(unit=village).update(parent=town.units["old_town"])
    actions.amend_unit(village, on=date(2019, 1, 1), today=town.today, by=None, name="乙村")
    assert len(names(village)) == 2


@pytest.mark.parametrize("link", ["seat", "superior", "leader"])
def test_a_seat_superior_or_leader_that_ends_later_is_refused_with_the_day(town, village, link):
    ends = small.unit("短样例村", "village", town.units["county"], until=LATER)
    kind = "union_federation" if link == "superior" else "party_committee"
    above = ends if link == "seat" else small.body("短组织", kind, ends, until=LATER)
    union = small.body("甲工会", "union_committee", village)
    with pytest.raises(actions.Refused, match=rf"短.*{LATER}"):
        actions.amend_body(union, on=DAY, today=town.today, by=None, **{link: above})
    given = {"seat": village, link: above}
    with pytest.raises(actions.Refused, match=rf"短.*{LATER}"):
        small.body("乙工会", "union_committee", since=DAY, **given)
    small.body("丙工会", "union_committee", since=DAY, until=LATER, **given)


def test_a_cover_ends_with_the_unit_it_covers(town, village):
    ends = small.unit("短样例厂", "enterprise", village, until=LATER)
    union = small.body("甲工会", "union_committee", village)
    small.cover(union, ends)
    assert Cover.objects.get(body=union).until == LATER


def test_a_life_that_ends_before_it_begins_is_refused(town):
    with pytest.raises(actions.Refused):
        small.unit("新样例村", "village", town.units["county"], since=DAY, until=DAY)


def test_a_body_that_keeps_a_venue_is_not_ended(town, village):
    union = small.body("甲工会", "union_committee", village)
    small.venue("职工之家", village, union)
    with pytest.raises(actions.Refused):
        actions.close_body(union, on=DAY, today=town.today, by=None)


# == sentences instead of what the database says ==
@pytest.mark.parametrize("name", ["", "   ", None])
def test_an_empty_name_is_refused(town, village, name):
    union = small.body("甲工会", "union_committee", village)
    for change in (
        lambda: small.unit(name, "village", town.units["county"]),
        lambda: actions.amend_unit(village, on=DAY, today=town.today, by=None, name=name),
        lambda: small.body(name, "union_committee", village),
        lambda: actions.amend_body(union, on=DAY, today=town.today, by=None, name=name),
    ):
        with pytest.raises(actions.Refused):
            change()


@pytest.mark.parametrize(("field", "most"), [("name", 200), ("code", 20), ("credit_code", 18), ("address", 200)])
def test_a_text_that_is_too_long_is_refused_with_its_length(town, village, field, most):
    text = "九" * (most + 1)
    with pytest.raises(actions.Refused, match=f"{most + 1}.*{most}"):
        actions.amend_unit(village, on=DAY, today=town.today, by=None, **{field: text})
    with pytest.raises(actions.Refused):
        small.unit(**{"name": "乙村", "kind": "village", "parent": town.units["county"], field: text})


def test_a_sign_that_cannot_be_kept_is_refused(town, village):
    with pytest.raises(actions.Refused, match="甲乙"):
        actions.amend_unit(village, on=DAY, today=town.today, by=None, name="甲\x00乙")


def test_a_code_of_another_unit_is_refused_with_its_holder_and_days(town, village):
    """草塔镇 held 330681113 until the reform, 大唐街道 holds 330681005 from then on."""
    before, after = date(2019, 1, 1), date(2021, 1, 1)
    for code, day, said in (
        ("330681113", before, r"(?=.*草塔镇)(?=.*2016-07-31).*2020-06-30"),
        ("330681005", after, r"(?=.*大唐街道).*2020-06-30"),
    ):
        with pytest.raises(actions.Refused, match=said):
            actions.amend_unit(village, on=day, today=town.today, by=None, code=code)
    with pytest.raises(actions.Refused, match=r"(?=.*大唐街道).*2020-06-30"):
        small.unit("乙村", "village", town.units["county"], since=before, code="330681005")
    actions.amend_unit(village, on=after, today=town.today, by=None, code="330681113")


def test_a_code_of_another_body_is_refused_with_its_holder(town, village):
    union = small.body("甲工会", "union_committee", village)
    with pytest.raises(actions.Refused, match=r"(?=.*P3306).*绍兴市委"):
        actions.amend_body(union, on=DAY, today=town.today, by=None, code="P3306")


def test_a_body_below_itself_on_a_later_day_is_refused(town, village):
    """From 2023 the second stands below the first, so the first cannot stand below the second from 2022 on."""
    first, second = (small.body(name, "union_federation", village) for name in ("甲总工会", "乙总工会"))
    actions.amend_body(second, on=LATER, today=town.today, by=None, superior=first)
    acts = Act.objects.count()
    with pytest.raises(actions.Refused, match=r"itself|自己"):
        actions.amend_body(first, on=DAY, today=town.today, by=None, superior=second)
    assert (Act.objects.count(), BodyEntry.objects.filter(body=first).count()) == (acts, 1)


def test_what_is_missing_is_named(town, village):
    union = small.body("甲工会", "union_committee", village)
    for change in (
        lambda: actions.open_unit(on=DAY, today=town.today, by=None, name="乙村"),
        lambda: actions.amend_body(union, on=DAY, today=town.today, by=None, seat=None),
        lambda: actions.amend_body(union, on=DAY, today=town.today, by=None, form=None),
    ):
        with pytest.raises(actions.Refused):
            change()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_code_the_second_is_told_who_holds_it(town, village):
    """The first writes past the actions, so that only the constraint can stop the second."""
    told: list[str] = []

    def second() -> None:
        try:
            actions.amend_unit(village, on=DAY, today=town.today, by=None, code="330681888")
        except actions.Refused as refused:
            told.append(str(refused))
        finally:
            connection.close()

    waiting = threading.Thread(target=second)
    with transaction.atomic():
        UnitEntry.objects.filter(unit=town.units["street"]).update(code="330681888")
        waiting.start()
        _until_somebody_waits()
    waiting.join(20)
    assert len(told) == 1 and "大唐街道" in told[0] and "330681888" in told[0]


def _until_somebody_waits() -> None:
    for _try in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")
