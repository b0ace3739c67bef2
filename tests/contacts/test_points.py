"""Setting, handing on and ending contact points; visits and what they find; what becomes of a problem."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from gongjian.asks import answering, sending
from gongjian.asks.models import Ask
from gongjian.chronicle.models import Act, Before
from gongjian.contacts import demonstrating, points, problems, visits
from gongjian.contacts.access import contacts_told_to, office_that_sets, office_that_visits, visits_visible_to
from gongjian.contacts.demonstrating import who_may_not
from gongjian.contacts.models import ContactPoint, Demonstration, Problem, Visit
from gongjian.contacts.pace import pace
from gongjian.contacts.queries import ContactFilters, contacts_listed
from gongjian.contacts.queries_point import problem_shown
from gongjian.contacts.states import PROBLEM_MOVES, moves_of
from gongjian.contacts.visits import Found
from gongjian.register import actions as register
from gongjian.register.appointments import remove
from gongjian.register.authority.reach import OPERATOR
from gongjian.register.refusals import Refused
from tests.register import town as small

from .conftest import SINCE, holder, office_of, set_point, tell


# == contact points ==
def test_the_county_s_secretary_sets_one_and_it_is_on_record(contact, town):
    assert (contact.leader_body, contact.leader_kind_id) == (town.bodies["county_party"], "party_secretary")
    act = Act.objects.get(verb="contacts.set_point")
    assert act.by == town.accounts["county"] and act.office.startswith("register.office:")


def test_nobody_else_sets_one_for_the_county_s_secretary(town):
    for who in ("clerk", "secretary", "inspector", "stranger", "chair"):
        assert office_that_sets(town.accounts[who], town.bodies["county_party"]) is None
        with pytest.raises(Refused, match="set by whoever keeps"):
            set_point(town, by=town.accounts[who])


WRONG_POINTS = [
    ({"wanted": 0}, "from 1 to 52"), ({"wanted": 53}, "from 1 to 52"), ({"why": "  "}, "Say why"),
        ({"why": "x" * 301}, "at most 300"), ({"until": date(2000, 1, 1)}, "end before it begins"),
        ({"point": "county_party"}, "another organisation"), ({"point": "city_union"}, "outside the place"),
]  # fmt: skip


def test_what_is_wrong_is_refused_with_what_to_do(town):
    for given, said in WRONG_POINTS:
        with pytest.raises(Refused, match=said):
            set_point(town, **given)
    assert not ContactPoint.objects.exists()


def test_the_same_office_does_not_have_it_twice_on_a_day(contact, town):
    with pytest.raises(Refused, match="already on some of these days"):
        set_point(town, since=town.today)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPoint.objects.create(
            leader=contact.leader, leader_body=contact.leader_body, leader_kind=contact.leader_kind, act=contact.act,
            point=contact.point, valid=(town.today, None), wanted=1, why="x",
        )  # fmt: skip


def test_one_that_was_set_by_mistake_is_taken_out_and_one_with_visits_is_ended(contact, town):
    tell(contact, town, on=town.today - timedelta(days=9))
    with pytest.raises(Refused, match="End it, with a reason"):
        points.take_out(contact, by=town.accounts["county"])
    with pytest.raises(Refused, match="visit on that day or later"):
        points.end(contact, on=town.today - timedelta(days=9), because="样例", by=town.accounts["county"])
    ended = points.end(contact, on=town.today, because="样例：分工调整", by=town.accounts["county"])
    assert ended.has_ended(town.today) and ended.ended_because == "样例：分工调整"
    other = set_point(town, since=town.today)
    points.take_out(other, by=town.accounts["county"])
    assert not ContactPoint.objects.filter(pk=other.pk).exists()
    assert Before.objects.get(table="contacts_contactpoint", deleted=True).row == other.pk


def test_an_office_that_ended_shows_it_to_be_mended_and_it_is_handed_on(contact, town):
    holder(town, "next", "孙样例", "county_party", "party_secretary")
    remove(office_of(town, "county"), on=town.today, today=town.today, by=OPERATOR)

    def listed(state):
        filters = ContactFilters(state=state)
        return [row.state for row in contacts_listed(town.stranger, filters, town.today).rows]

    assert listed("mend") == ["mend"]
    following = office_of(town, "next")
    made = points.hand_on(contact, following, on=town.today, today=town.today, by=town.accounts["next"])
    contact.refresh_from_db()
    assert (contact.until, made.since, made.leader_id, made.wanted) == (town.today, town.today, following.pk, 4)
    assert listed("mend") == [] and listed("open") == ["stands"] and listed("ended") == ["ended"]


def test_a_dissolved_point_is_to_be_mended_and_only_ends(town):
    contact = set_point(town, point="league")
    register.close_body(town.bodies["league"], on=town.today, today=town.today, by=None)
    (row,) = contacts_listed(town.stranger, ContactFilters(state="mend"), town.today).rows
    assert row.state == "mend" and row.visits_said == ""
    holder(town, "next", "孙样例", "county_party", "party_secretary")
    given = {"on": town.today, "today": town.today, "by": town.accounts["county"]}
    for key, said in (("next", "does not stand"), ("clerk", "within the leader's"), ("county", "has it already")):
        with pytest.raises(Refused, match=said):
            points.hand_on(contact, office_of(town, key), **given)
    points.end(contact, on=town.today, because="样例：已撤销", by=town.accounts["county"])
    with pytest.raises(Refused, match="does not stand today"):
        set_point(town, point="league", since=town.today)


# == visits ==
def test_the_leader_tells_of_a_visit_without_keeping_anything(town):
    contact = set_point(town, "inspector", "joint_union")
    assert office_that_visits(town.inspector, contact) and office_that_sets(town.inspector, contact.leader_body) is None
    found = [Found("路灯坏了", "当天换好"), Found("没有停车的地方"), Found("  ")]
    visit = tell(contact, town, met="样例：夜班职工", people=12, problems=found, by=town.inspector)
    told = [(each.what, each.state, each.outcome) for each in visit.problems.order_by("pk")]
    assert told == [("路灯坏了", "solved", "当天换好"), ("没有停车的地方", "open", "")]
    assert Act.objects.get(verb="contacts.visit").office == f"register.office:{contact.leader_id}"


WRONG_VISITS = [
    ({"on": date(2199, 1, 1)}, "has not come yet"), ({"on": SINCE - timedelta(days=1)}, "no contact point on that"),
        ({"seen": " "}, "what was seen"), ({"people": 4}, "Fewer than 5"), ({"met": "x" * 201}, "at most 200"),
        ({"problems": [Found("甲")] * 4}, "At most 3"),
]  # fmt: skip


def test_what_is_wrong_about_a_visit_is_refused(contact, town):
    for given, said in WRONG_VISITS:
        with pytest.raises(Refused, match=said):
            tell(contact, town, **given)
    assert not Visit.objects.exists()


def test_sent_twice_it_is_one_visit(contact, town):
    tell(contact, town)
    with pytest.raises(Refused, match="told already"):
        tell(contact, town)
    with pytest.raises(Refused, match="You do not"):
        tell(contact, town, on=town.today - timedelta(days=1), by=town.secretary)


def test_a_visit_is_corrected_and_taken_back_and_the_chronicle_keeps_it(contact, town):
    by = town.accounts["county"]
    visit = tell(contact, town, problems=[Found("路灯坏了")])
    visits.correct(visit, on=visit.on, seen="样例：看了服务大厅和路灯", today=town.today, by=by)
    with pytest.raises(Refused, match="You do not"):
        visits.take_back(visit, by=town.secretary)
    visits.take_back(visit, by=by)
    assert not Visit.objects.exists() and not Problem.objects.exists()
    kept = Before.objects.filter(table="contacts_visit").order_by("pk").values_list("was__seen", "deleted")
    assert list(kept) == [("样例：看了服务大厅", False), ("样例：看了服务大厅和路灯", True)]
    with pytest.raises(Refused, match="taken back by now"):
        visits.correct(visit, on=visit.on, seen="样例", today=town.today, by=by)


def test_visits_are_read_by_leader_point_and_those_above_the_leader(contact, town):
    visit = tell(contact, town)
    readers = {key for key in town.accounts if visits_visible_to(town.accounts[key]).filter(pk=visit.pk).exists()}
    assert readers == {"county", "secretary", "clerk"}  # the clerk's committee stands above
    assert {key for key in town.accounts if contacts_told_to(town.accounts[key]).exists()} == readers


# == problems ==
@pytest.fixture
def problem(contact, town):
    return tell(contact, town, problems=[Found("没有停车的地方")]).problems.get()


def test_a_problem_moves_as_the_table_says_and_no_other_way(problem, town):
    by, today = town.accounts["county"], town.today
    with pytest.raises(Refused, match="The point reads it"):
        problems.settle(problem, "give_up", outcome=" ", today=today, by=by)
    given_up = problems.settle(problem, "give_up", outcome="样例：那里是农田", today=today, by=by)
    assert (given_up.state, given_up.outcome, given_up.ended_on) == ("unsolvable", "样例：那里是农田", today)
    with pytest.raises(Refused, match="by now"):
        problems.settle(problem, "solve", outcome="样例", today=today, by=by)
    again = problems.reopen(problem, by=by)
    assert (again.state, again.outcome) == ("open", "")
    assert problems.settle(problem, "solve", outcome="样例：划了车位", today=today, by=by).state == "solved"
    for state in Problem.State:
        problem.state = state
        assert moves_of(problem) == [verb for held, verb in PROBLEM_MOVES if held == state]


def test_taken_on_it_is_asked_of_another_body_and_its_ask_says_the_rest(problem, town):
    by, street = town.accounts["county"], town.bodies["street_party"]
    given = {"today": town.today, "now": timezone.now(), "by": by}
    problems.take_on(problem, street, due_on=town.today + timedelta(days=20), **given)
    asked = Ask.objects.get(sending__about=f"contacts.problem:{problem.pk}")
    assert (asked.body, asked.sending.why, asked.sending.kind) == (street, "没有停车的地方", "tell")
    row = problem_shown(town.secretary, problem.pk, town.today)
    assert (row.asked_of, row.is_done, row.is_stuck) == ("大唐街道党工委", False, False)
    with pytest.raises(Refused, match="still being asked"):
        problems.put_back(problem, by=by)
    with pytest.raises(Refused, match="so it stays"):
        visits.take_back(problem.visit, by=by)
    sending.withdraw(asked.sending, reason="样例", now=timezone.now(), by=by)
    assert problem_shown(town.secretary, problem.pk, town.today).is_stuck
    assert problems.put_back(problem, by=by).state == "open"
    holder(town, "street", "冯样例", "street_party", "party_secretary")
    problems.take_on(problem, street, due_on=town.today + timedelta(days=20), **given)
    second = Ask.objects.get(sending__about=problem.reference, state="open")
    token = "0b3c6e2a-5f0e-4c3e-9a0d-0a6f5f0d1e11"
    days = {"today": town.today, "now": timezone.now()}
    answering.answer(second, token=token, text="样例：划了十个车位", by=town.accounts["street"], **days)
    row = problem_shown(town.secretary, problem.pk, town.today)
    assert row.is_done and row.answer == "样例：划了十个车位"


def test_asked_of_a_body_that_does_not_stand_below_it_stays_open(problem, town):
    with pytest.raises(Refused):
        problems.take_on(
            problem, town.bodies["city_union"], due_on=town.today + timedelta(days=9), today=town.today,
            now=timezone.now(), by=town.accounts["county"],
        )  # fmt: skip
    problem.refresh_from_db()
    assert problem.state == "open" and not Ask.objects.exists()


# == how many visits ==
@pytest.mark.parametrize(
    "since, until, made, today, told",
    [
        (date(2025, 3, 1), None, 0, date(2026, 2, 1), (4, date(2026, 4, 1), "too_early")),
        (date(2025, 3, 1), None, 0, date(2026, 4, 2), (4, date(2026, 4, 1), "behind")),
        (date(2025, 3, 1), None, 2, date(2026, 9, 1), (4, date(2026, 9, 30), "in_time")),
        (date(2025, 3, 1), None, 2, date(2026, 10, 1), (4, date(2026, 9, 30), "behind")),
        (date(2025, 3, 1), None, 5, date(2026, 9, 1), (4, None, "reached")),
        (date(2026, 7, 1), None, 0, date(2026, 7, 2), (2, date(2026, 9, 30), "too_early")),
        (date(2025, 3, 1), date(2026, 4, 1), 0, date(2026, 3, 1), (1, date(2026, 3, 31), "too_early")),
        (date(2026, 12, 20), None, 0, date(2026, 12, 24), (0, None, "none_wanted")),
        (date(2024, 3, 1), date(2025, 4, 1), 0, date(2026, 3, 1), (0, None, "none_wanted")),
    ],
)
def test_visits_of_a_year_are_spread_evenly_and_what_is_too_early_is_said(since, until, made, today, told):
    found = pace(2026, since, until, 4, made, today)
    assert (found.wanted, found.next_by, found.standing.value) == told


# == demonstration points ==
def approve(contact: ContactPoint, town: small.Town, **given: object) -> Demonstration:
    said = {
        "document": "样委〔2026〕1号", "approver": "样例市委", "approver_kind": "party", "level": "city",
        "approved_on": town.today, "recheck_on": town.today + timedelta(days=300), "link": "https://example.cn/1",
        "today": town.today, "by": town.accounts["county"],
    }  # fmt: skip
    return demonstrating.approve(contact, **said | given)


APPROVERS = [
    ("county", "department", "leave it to the Party committee"), ("city", "mass", "leave it to the Party committee"),
        ("town", "party", "Towns and streets may not"), ("town", "government", "Towns and streets may not"),
        ("county", "party", ""), ("city", "government", ""), ("province", "mass", ""), ("central", "department", ""),
]  # fmt: skip


def test_who_may_approve_a_demonstration_point(contact, town):
    for level, kind, said in APPROVERS:
        assert said in who_may_not(level, kind) and bool(said) == bool(who_may_not(level, kind))
    for level, kind, said in APPROVERS[:4]:
        with pytest.raises(Refused, match=said):
            approve(contact, town, level=level, approver_kind=kind)
        with pytest.raises(IntegrityError), transaction.atomic():
            Demonstration.objects.create(
                contact=contact, document="x", approver="x", approver_kind=kind, level=level, approved_on=town.today,
                link="https://example.cn", recheck_on=town.today + timedelta(days=9), act=contact.act,
            )  # fmt: skip
    assert approve(contact, town, level="county").stands


WRONG_APPROVALS = [
    ({"document": " "}, "Without one"), ({"approver": ""}, "who approved it"), ({"link": ""}, "as a file, or give"),
        ({"recheck_on": date(2000, 1, 1)}, "must be ahead"), ({"recheck_on": date(2199, 1, 1)}, "within three years"),
        ({"approved_on": date(2199, 1, 1)}, "a day to come"),
        ({"link": "", "file": SimpleUploadedFile("a.pdf", b"not a pdf")}, "none inside"),
]  # fmt: skip


def test_what_is_wrong_about_an_approval_is_refused(contact, town):
    for given, said in WRONG_APPROVALS:
        with pytest.raises(Refused, match=said):
            approve(contact, town, **given)
    with pytest.raises(Refused, match="set by whoever keeps"):
        approve(contact, town, by=town.secretary)


def test_a_demonstration_point_is_looked_at_again_and_stays_on_record(contact, town, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = approve(contact, town, link="", file=SimpleUploadedFile("批复.pdf", b"%PDF-1.7 sample"))
    assert len(made.sha256) == 64 and not made.is_due(town.today) and made.is_due(made.recheck_on)
    with pytest.raises(Refused, match="a demonstration point already"):
        approve(contact, town)
    later, by = made.recheck_on, town.accounts["county"]
    demonstrating.keep(made, note="样例：仍然符合", recheck_on=later + timedelta(days=300), today=later, by=by)
    with pytest.raises(Refused, match="today already"):
        demonstrating.withdraw(made, because="样例", today=later, by=by)
    gone = demonstrating.withdraw(made, because="样例：不再开放", today=later + timedelta(days=1), by=by)
    assert not gone.stands and [each.kept for each in gone.rechecks.order_by("on")] == [True, False]
    with pytest.raises(Refused, match="withdrawn by now"):
        demonstrating.keep(made, note="x", recheck_on=later, today=town.today, by=by)
    assert approve(contact, town).stands and contact.demonstrations.count() == 2
