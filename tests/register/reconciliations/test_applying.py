"""What is written for the day of the list, what goes along, what is refused – and that undo is its true inverse."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from gongjian.chronicle.models import Act
from gongjian.register import actions
from gongjian.register.actions import Refused
from gongjian.register.models import BodyEntry, Cover, Unit, UnitEntry, UnitKind, UnitLineage, Venue
from gongjian.register.reconciliations.applying import apply, standing_on_it, undo
from gongjian.register.reconciliations.comparing import compare
from gongjian.register.reconciliations.deciding import (
    accept,
    accept_guesses,
    accept_sure,
    add_document,
    choose,
    leave_unknown,
)
from gongjian.register.undo import StoodOn
from gongjian.register.walks import TERRITORY, refresh_paths

from .. import town as here
from ..reorganise.state import register_state as state
from .lists import (
    DAYS,
    NEW,
    NOW,
    OLD,
    THEN,
    TODAY,
    compared,
    finding_of,
    listed,
    other,
    published,
    settled,
    standing,
    thought,
)

TOWN, VILLAGE, OTHER = "330681113", "330681113265", "330681113266"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def unit_with(code: str, on: date) -> Unit:
    return UnitEntry.objects.on(on).get(code=code).unit


def written(text: str) -> list[tuple[str, str, str]]:
    return sorted((code, name, parent) for code, name, parent in (line.split(",") for line in text.splitlines()))


def all_accepted(found):
    accept_sure(found, by=None)
    accept_guesses(found, by=None)
    return apply(found, by=None, today=TODAY)


@pytest.fixture
def peopled(small):
    """An employer, a branch with its cover and its venue in 上旺村, all of which stand when the list comes."""
    village = unit_with(VILLAGE, THEN)
    firm = here.unit("上旺样例袜业", "enterprise", village, since=THEN)
    branch = here.body("上旺村党支部", "party_branch", village, since=THEN)
    here.cover(branch, village, since=THEN)
    here.cover(branch, firm, since=THEN)
    here.venue("上旺村会堂", village, branch, since=THEN)
    return {"village": village, "firm": firm, "branch": branch}


# == what is written ==
def test_the_register_says_what_the_list_says_from_its_day_on(small):
    all_accepted(small)
    assert standing(NOW) == written(NEW)
    assert standing(NOW - timedelta(days=1)) == written(OLD)
    assert (small.state, small.act.verb, small.act.on) == ("applied", "register.reconcile", NOW)
    assert small.act.facts["counts"] == {
        "continues": 6, "new": 1, "merged": 3, "split": 0, "closed": 0, "unknown": 0,
    }  # fmt: skip


def test_one_unit_goes_on_through_name_code_and_town(small):
    all_accepted(small)
    entries = UnitEntry.objects.filter(unit=unit_with("330681113264", THEN)).order_by("valid")
    assert [(e.since, e.name, e.official_name, e.code, e.kind_id, e.source) for e in entries] == [
        (THEN, "上下文村", "上下文村委会", "330681113264", "village", "统计用区划代码"),
        (NOW, "上下文村", "上下文村委会", "330681005264", "village", "统计用区划代码"),
    ]


def test_mergers_are_kept_as_lineage_with_the_document_they_stand_on(small, officers):
    document = add_document(small, by=officers[0], number="绍政函〔2020〕12号")
    accept_sure(small, by=None)
    accept(finding_of(small, TOWN), version=1, by=officers[0], document=document)
    apply(small, by=officers[0], today=TODAY)
    links = {
        (link.old_id, link.new_id): (link.how, link.share, link.on, link.document) for link in UnitLineage.objects.all()
    }
    into = unit_with("330681005265", NOW).pk
    assert links == {
        (unit_with(TOWN, THEN).pk, unit_with("330681005", NOW).pk): ("merged", Decimal(1), NOW, document),
        (unit_with(VILLAGE, THEN).pk, into): ("merged", Decimal(1), NOW, None),
        (unit_with(OTHER, THEN).pk, into): ("merged", Decimal(1), NOW, None),
    }


def test_what_stands_in_it_goes_along_to_its_successor(small, peopled):
    all_accepted(compare(small))
    into = unit_with("330681005265", NOW)
    assert UnitEntry.objects.on(NOW).get(unit=peopled["firm"]).parent == into
    assert BodyEntry.objects.on(NOW).get(body=peopled["branch"]).seat == into
    assert set(Cover.objects.on(NOW).values_list("body", "unit")) == {
        (peopled["branch"].pk, into.pk), (peopled["branch"].pk, peopled["firm"].pk),
    }  # fmt: skip
    assert Venue.objects.on(NOW).get().unit == into


def test_what_nobody_knows_is_kept_as_unknown_and_what_stood_there_goes_to_its_town(small, peopled):
    compare(small)
    village = finding_of(small, VILLAGE)
    accept_sure(small, by=None)
    village.refresh_from_db()
    leave_unknown(village, version=village.version, by=None)
    accept(finding_of(small, TOWN), version=1, by=None)
    apply(small, by=None, today=TODAY)
    link = UnitLineage.objects.get(old=peopled["village"])
    assert (link.how, link.new, link.share) == ("unknown", None, None)
    town = unit_with("330681005", NOW)
    assert UnitEntry.objects.on(NOW).get(unit=peopled["firm"]).parent == town
    assert BodyEntry.objects.on(NOW).get(body=peopled["branch"]).seat == town
    assert list(Cover.objects.on(NOW).values_list("unit", flat=True)) == [
        peopled["firm"].pk
    ]  # that of the village ends


def test_a_town_that_was_divided_keeps_its_shares(small):
    row = {code: small.rows.get(code=code).number for code in ("330681005", "330681005201")}
    shares = [[row["330681005"], 2 / 3, 2, 3], [row["330681005201"], 1 / 3, 1, 3]]
    thought(small, TOWN, "split", "330681005", "330681005201", shares=shares)
    all_accepted(small)
    links = UnitLineage.objects.filter(old=unit_with(TOWN, THEN)).order_by("-share")
    assert [(link.how, link.share) for link in links] == [
        ("split", Decimal("0.66666667")), ("split", Decimal("0.33333333")),
    ]  # fmt: skip


def test_codes_swap_hands_in_one_act(words):
    settled(listed(OLD), THEN)
    swapped = OLD.replace("330681113265,上旺村委会", "330681113266,上旺村委会").replace(
        "330681113266,下旺村委会", "330681113265,下旺村委会"
    )
    found = compared(listed(swapped), NOW)
    thought(found, "330681113265", "recoded", "330681113266")
    thought(found, "330681113266", "recoded", "330681113265")
    all_accepted(found)
    assert unit_with("330681113265", THEN) == unit_with("330681113266", NOW)
    assert unit_with("330681113266", THEN) == unit_with("330681113265", NOW)


def test_a_chosen_alternative_is_what_is_written(small):
    village = finding_of(small, VILLAGE)
    village = thought(small, VILLAGE, "unknown", alternatives=[other(small, village, "renamed", "330681005265")])
    choose(village, 1, version=1, by=None)
    all_accepted(small)
    assert unit_with(VILLAGE, THEN) == unit_with("330681005265", NOW)
    assert small.act.facts["counts"]["new"] == 0


def test_a_name_that_an_officer_has_corrected_stays_while_it_is_published_the_same(small):
    village = unit_with("330681113264", THEN)
    actions.amend_unit(village, on=THEN, today=TODAY, by=None, name="上下文新村")
    all_accepted(compare(small))
    assert UnitEntry.objects.on(NOW).get(unit=village).name == "上下文新村"


def test_a_later_change_of_the_same_unit_stays_and_what_it_left_alone_follows(small):
    village, later = unit_with("330681113264", THEN), date(2021, 1, 1)
    actions.amend_unit(village, on=later, today=TODAY, by=None, name="上下文和美村")
    all_accepted(small)
    street = unit_with("330681005", NOW)
    entry = UnitEntry.objects.on(later).get(unit=village)
    assert (entry.name, entry.code, entry.parent) == ("上下文和美村", "330681005264", street)


def test_today_s_paths_are_those_of_the_new_list(small, peopled):
    all_accepted(compare(small))
    assert refresh_paths(TERRITORY, TODAY) == 0
    assert Unit.objects.get(pk=peopled["firm"].pk).path.startswith(unit_with("330681005265", NOW).path)
    assert unit_with(VILLAGE, THEN).path == ""


# == what is refused ==
def refusal(found, **how) -> str:
    before = state()
    with pytest.raises(Refused) as refused:
        apply(found, by=None, today=TODAY, **how)
    assert state() == before
    found.refresh_from_db()
    assert found.state == "open"
    return str(refused.value)


def test_open_findings_are_not_written_without_a_word(small):
    accept_sure(small, by=None)
    assert refusal(small) == (
        "1 findings are open. Decide them, or say that what is open is to be written as not known."
    )
    apply(small, by=None, today=TODAY, with_open=True)
    assert UnitLineage.objects.get(old=unit_with(TOWN, THEN)).how == "unknown"


def test_sure_ones_are_never_written_as_unknown(small):
    assert refusal(small, with_open=True).startswith("9 sure findings are open. Accept them first.")


def test_a_register_that_has_changed_since_is_compared_again_first(small):
    village = unit_with("330681113264", THEN)
    accept_sure(small, by=None)
    actions.amend_unit(village, on=THEN, today=TODAY, by=None, code="330681113999")
    assert refusal(small, with_open=True) == (
        "“上下文村委会” has been changed since the list was compared. "
        "Compare the list again: decisions on what is found again stay."
    )
    compare(small)
    accept_sure(small, by=None)
    apply(small, by=None, today=TODAY, with_open=True)


def test_what_would_end_but_was_changed_later_is_named(small):
    actions.amend_unit(unit_with(VILLAGE, THEN), on=date(2021, 3, 1), today=TODAY, by=None, name="上旺新村")
    accept_sure(small, by=None)
    accept_guesses(small, by=None)
    assert refusal(small) == (
        "“上旺新村” would end on 2020-06-30, but was changed from 2021-03-01 on. "
        "Undo that change first, or decide otherwise."
    )


def test_a_code_that_another_unit_bears_later_is_named(small):
    county = unit_with("330681", THEN)
    here.unit("样例新镇", "town", county, since=date(2022, 1, 1), code="330681005")
    accept_sure(small, by=None)
    accept_guesses(small, by=None)
    assert refusal(small) == (
        "The code 330681005 of “大唐街道” is borne by “样例新镇” from 2022-01-01 on. Correct one of the two."
    )


def test_what_would_stand_in_something_that_ends_before_it_does_is_named(small):
    street = unit_with("330681105", THEN)
    firm = here.unit("大唐样例袜业", "enterprise", street, since=THEN)
    villages = [unit_with(f"33068110520{n}", THEN) for n in (1, 2)]
    later = date(2021, 1, 1)
    county = unit_with("330681", THEN)
    for each in [firm, *villages]:
        actions.move_unit(each, to=county, on=later, today=TODAY, by=None)
    actions.close_unit(street, on=later, today=TODAY, by=None)
    accept_sure(small, by=None)
    accept_guesses(small, by=None)
    assert "“大唐街道” stands only until 2021-01-01." in refusal(small)


def test_a_kind_that_the_pack_does_not_define_is_named(small):
    UnitEntry.objects.filter(kind="street").update(kind="town")
    UnitKind.objects.filter(key="street").delete()
    accept_sure(small, by=None)
    accept_guesses(small, by=None)
    assert refusal(small) == "The list has units of the kind “street”, which the pack does not define."


def test_a_list_is_not_written_twice_nor_an_older_one_after_it(small):
    older = compared(listed(NEW), DAYS[1] + timedelta(days=30))
    all_accepted(small)
    with pytest.raises(Refused, match="in another state"):
        apply(small, by=None, today=TODAY)
    accept_sure(older, by=None)
    assert refusal(older, with_open=True).startswith("The register has been listed for 2020-06-30 meanwhile.")


# == undo ==
def test_undo_puts_back_every_row_and_the_decisions_stay(small, peopled):
    compare(small)
    before = state()
    all_accepted(small)
    assert state() != before
    undo(small, by=None, today=timezone.localdate())
    assert state() == before
    assert (small.state, small.undo_act.verb) == ("undone", "register.reconcile.undone")
    assert not small.findings.filter(decision="open").exists()
    apply(small, by=None, today=TODAY)
    assert [row for row in standing(NOW) if row[0]] == written(NEW)


def test_undo_is_refused_with_the_names_of_what_stands_on_it(small):
    all_accepted(small)
    here.unit("样例袜业", "enterprise", unit_with("330681005265", NOW), since=NOW)
    assert standing_on_it(small) == ["“样例袜业” stands in “上旺下旺村”."]
    before = state()
    with pytest.raises(StoodOn, match="“样例袜业” stands in “上旺下旺村”"):
        undo(small, by=None, today=timezone.localdate())
    assert state() == before and small.state == "applied"


def test_undo_is_open_for_thirty_days(small):
    all_accepted(small)
    with pytest.raises(Refused, match="for 30 days"):
        undo(small, by=None, today=timezone.localdate() + timedelta(days=31))


# == at true size ==
def test_the_published_lists_are_what_the_register_says_and_undo_is_exact(words):
    settled(published(DAYS[1]), DAYS[1])
    before, acts = state(), Act.objects.count()
    found = settled(published(DAYS[2]), DAYS[2])
    rows = csv.DictReader(io.StringIO(published(DAYS[2]).decode()))
    assert standing(DAYS[2]) == sorted((row["code"], row["name"], row["parent_code"]) for row in rows)
    assert unit_with("330681113264", DAYS[1]) == unit_with("330681005247", DAYS[2])
    assert Act.objects.count() == acts + 1
    undo(found, by=None, today=timezone.localdate())
    assert state() == before


def test_a_list_of_any_length_takes_the_same_number_of_queries(words):
    def queries(old: bytes, new: bytes, on: date) -> tuple[int, int]:
        found = settled(old, on - timedelta(days=1))
        with CaptureQueriesContext(connection) as comparing:
            found = compared(new, on)
        accept_sure(found, by=None)
        with CaptureQueriesContext(connection) as applying:
            apply(found, by=None, today=TODAY, with_open=True)
        undo(found, by=None, today=timezone.localdate())
        return len(comparing), len(applying)

    few = queries(listed(OLD), listed(NEW), NOW)
    many_old = OLD + "".join(f"330681113{n},样例{n}村委会,330681113\n" for n in range(300, 700))
    many_new = NEW + "".join(f"330681005{n},样例{n}村委会,330681005\n" for n in range(300, 700))
    many = queries(listed(many_old), listed(many_new), NOW + timedelta(days=400))
    assert many[0] == few[0]
    assert abs(many[1] - few[1]) <= 2  # what has to be removed of the last act's temporary tables
