"""What the register says of applications, worked by hand for each named honour of the pack; and what is no honour."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongjian.agreements.models import Agreement, CoveredUnit
from gongjian.appraisal.models import Case, Round, Scheme, SchemeVersion
from gongjian.honours.eligibility import Finding, find, marks_of, verdict
from gongjian.honours.models import Application, Award
from gongjian.honours.refuse import faults
from gongjian.honours.rules import rules_of
from gongjian.honours.words import finding_said, names_of_honours
from gongjian.register.models import Cover, Headcount, Membership, Office, Term
from tests.register import town as small

from .conftest import HONOURS, begin, define, definition


def found(called, key, said=None, today=None, **whose):
    """Verdict by code, of an application that is not written down."""
    honour = define(key)
    whose = {name: getattr(called.town, "people" if name == "person" else {"unit": "units", "body": "bodies"}[name])[of]
             for name, of in whose.items() if name != "team"} | {"team": whose.get("team", "")}  # fmt: skip
    its = Application(pk=1, by_body=called.joint, said=said or {}, **whose)
    rules = rules_of(honour.definition)
    return {
        f"{each.code}:{each.facts.get('key') or each.facts.get('count') or ''}".rstrip(":"): each
        for each in find([its], rules, key, today or called.today)[1]
    }


def verdicts(called, key, *args, **given):
    return {code: each.verdict for code, each in found(called, key, *args, **given).items()}


YOUTH = {"statements": {"head_under_40": True, "open_to_supervision": True}}


# == 青年文明号 ==
@pytest.mark.parametrize(
    ("staff", "young", "fits"),
    [(6, 3, ("ok", "ok")), (5, 5, ("no", "ok")), (200, 100, ("ok", "ok")), (201, 200, ("no", "ok")),
     (99, 49, ("ok", "no")), (98, 49, ("ok", "ok")), (7, 3, ("ok", "no"))],
)  # fmt: skip
def test_a_youth_model_unit_has_6_to_200_people_and_half_of_them_aged_35_or_under(called, staff, young, fits):
    Headcount.objects.filter(unit=called.town.units["hosiery"]).update(staff=staff, under_35=young, women=0)
    said = verdicts(called, "youth_civility", YOUTH, unit="hosiery")
    assert (said["composition:staff"], said["composition:under_35"]) == fits
    assert said["statement:head_under_40"] == "ok" == said["not_standing"]
    assert said["breach_of_law"] == "unknown" == said["opinion:discipline"]


def test_what_nobody_confirmed_does_not_fit(called):
    said = verdicts(called, "youth_civility", {"statements": {"head_under_40": True}}, unit="hosiery")
    assert (said["statement:head_under_40"], said["statement:open_to_supervision"]) == ("ok", "no")


def test_of_a_team_the_numbers_are_those_it_says_and_unknown_without_them(called):
    assert verdicts(called, "youth_civility", unit="hosiery", team="班组")["composition:staff"] == "unknown"
    said = {"counts": {"staff": 20, "under_35": 12}}
    its = found(called, "youth_civility", said, unit="hosiery", team="班组")["composition:staff"]
    assert its.verdict == "ok" and its.facts["said"] and its.records == []


def test_a_number_the_register_has_not_may_be_said_but_never_instead_of_one_it_has(called):
    said = {"counts": {"staff": 100, "under_35": 99}}
    its = found(called, "youth_civility", said, unit="hosiery")
    assert its["composition:staff"].facts["value"] == 312 and its["composition:staff"].verdict == "no"
    logistics = found(called, "youth_civility", {"counts": {"under_35": 29}}, unit="logistics")["composition:under_35"]
    assert (logistics.facts["value"], logistics.facts["whole"], logistics.verdict) == (29, 58, "ok")


def test_the_provinces_wants_the_citys_for_a_year(called):
    honour, units = define("youth_civility"), called.town.units
    assert verdicts(called, "youth_civility_province", YOUTH, unit="hosiery")["lower"] == "no"
    its = Award.objects.create(
        honour=honour, giver=called.town.bodies["city_union"], unit=units["hosiery"], year=2025, number="1",
        document="样例1号", link="https://example.com", issuer="样例", state="standing",
        awarded_on=called.today.replace(year=called.today.year - 1, day=min(called.today.day, 28)),
    )  # fmt: skip
    held = found(called, "youth_civility_province", YOUTH, unit="hosiery")["lower"]
    assert held.verdict == "ok" and held.records == [["award", its.pk, "1"]]
    assert verdicts(called, "youth_civility_province", YOUTH, unit="hosiery", team="班组")["lower"] == "no"
    Award.objects.update(awarded_on=called.today - timedelta(days=300))
    assert verdicts(called, "youth_civility_province", YOUTH, unit="hosiery")["lower"] == "no"
    Award.objects.update(awarded_on=called.today - timedelta(days=3000), state="withdrawn", ended_on=called.today)
    assert verdicts(called, "youth_civility_province", YOUTH, unit="hosiery")["lower"] == "no"
    assert verdicts(called, "youth_civility", YOUTH, unit="hosiery")["withdrawn_before"] == "no"
    Award.objects.update(ended_on=called.today - timedelta(days=5 * 366))
    assert verdicts(called, "youth_civility", YOUTH, unit="hosiery")["withdrawn_before"] == "ok"


# == 巾帼文明岗 ==
@pytest.mark.parametrize(("women", "fits"), [(156, "ok"), (155, "no"), (312, "ok")])
def test_a_womens_model_post_has_half_women_and_is_led_by_one(called, women, fits):
    Headcount.objects.filter(unit=called.town.units["hosiery"]).update(staff=312, women=women)
    said = verdicts(called, "women_post", {"statements": {"led_by_a_woman": False, "experts": True}}, unit="hosiery")
    assert said["composition:women"] == fits
    assert (said["statement:led_by_a_woman"], said["statement:experts"]) == ("no", "ok")


# == 五一 ==
@pytest.mark.parametrize("key", ["may_day_certificate", "worker_pioneer"])
def test_without_a_union_no_may_day_honour(called, key):
    its = found(called, key, unit="hosiery")["no_union"]
    assert its.verdict == "ok" and its.records == [["body", called.joint.pk, "上下文村联合工会"]]
    Cover.objects.filter(unit=called.town.units["hosiery"]).delete()
    said = verdicts(called, key, unit="hosiery")
    assert said["no_union"] == "no"
    assert {said[each] for each in ("breach_of_law", "accident", "wage_arrears")} == {"unknown"}


def test_an_enterprise_without_a_wage_agreement_in_force_is_excluded_whatever_is_said(called):
    fine = found(called, "may_day_certificate", unit="hosiery")["no_wage_agreement"]
    its = Agreement.objects.get(employer=called.town.units["hosiery"])
    assert (fine.verdict, fine.records) == ("ok", [["agreement", its.pk, its.title]])
    CoveredUnit.objects.filter(agreement=its).update(valid=(its.since, called.today))
    gone = found(called, "may_day_certificate", unit="hosiery")["no_wage_agreement"]
    assert gone.verdict == "no" and gone.records[0][:2] == ["unit", called.town.units["hosiery"].pk]


def test_of_whoever_sits_in_no_enterprise_an_opinion_says_whether_wages_are_bargained(called):
    assert verdicts(called, "may_day_medal", person="chair")["no_wage_agreement"] == "unknown"


def test_marks_of_a_medal_are_read_or_said(called):
    town = called.town
    rules = rules_of(define("may_day_medal").definition)
    worker = small.person("工人样例")
    small.membership(worker, called.joint)
    its = [
        Application(pk=1, by_body=called.joint, person=town.people["chair"], said={}),
        Application(pk=2, by_body=called.joint, person=worker, said={"marks": {"woman": True, "leader": True}}),
    ]
    marks = marks_of(its, rules, called.today)
    borne = {pk: {name for name, value in each.items() if value == "yes"} for pk, each in marks.items()}
    assert borne == {1: {"leader"}, 2: {"woman"}}
    said = verdicts(called, "may_day_medal", person="chair")
    assert said["not_standing"] == "ok" == said["no_union"]
    Office.objects.filter(person=town.people["chair"]).delete()
    Membership.objects.filter(person=town.people["chair"]).delete()
    assert verdicts(called, "may_day_medal", person="chair")["not_standing"] == "no"


# == 劳动竞赛, 双学双比, 两优一先, 示范点 ==
def test_a_contest_winner_took_part_and_its_term_has_not_expired(called):
    said = verdicts(called, "contest_winner", {"statements": {"entered": True}}, body="joint_union")
    assert (said["statement:entered"], said["term_expired"], said["accident"]) == ("ok", "ok", "unknown")
    Term.objects.filter(body=called.joint).update(valid=(small.REFORM, called.today))
    assert verdicts(called, "contest_winner", body="joint_union")["term_expired"] == "no"


def test_rural_womens_collectives_stand_and_are_heard_on(called):
    assert verdicts(called, "rural_women", body="joint_union") == {
        "not_standing": "ok", "withdrawn_before": "ok", "breach_of_law": "unknown", "opinion:discipline": "unknown",
    }  # fmt: skip


@pytest.mark.parametrize("key", ["advanced_party_body", "demonstration_point"])
def test_whoever_was_graded_worst_when_last_graded_is_excluded(called, key):
    town = called.town
    grades = [{"key": each, "names": {"zh-hans": each}} for each in ("good", "poor")]
    rules = {"grades": grades, "items": [{"key": "a", "names": {"zh-hans": "a"}, "source": "superior", "weight": 100}],
             "kinds": [], "bands": {"good": 60}}  # fmt: skip
    scheme = Scheme.objects.create(key="s", names={"zh-hans": "样例"}, in_force=town.today, definition=rules)
    version = SchemeVersion.objects.create(scheme=scheme, number=1, since=town.today, definition=rules)
    days = {"self_due": town.today, "review_due": town.today, "opened_on": town.today, "notice_on": town.today,
            "notice_until": town.today + timedelta(days=7), "fixed_on": town.today}  # fmt: skip
    branch = town.bodies["village_party"]
    for years, grade in ((1, "poor"), (0, "good")):
        its = Round.objects.create(
            keeper=town.bodies["county_party"], approver=town.bodies["city_party"], version=version, state="filed",
            title="样例", of_until=town.today - timedelta(days=366 * years), proposed_by=town.stranger,
            fixed_by=town.clerk, **days,
        )  # fmt: skip
        Case.objects.create(round=its, body=branch, unit=town.units["village"], reviewer=town.bodies["street_party"],
                            grade=grade)  # fmt: skip
    said = verdicts(called, key, body="village_party")
    assert (said["worst_grade"], said["term_expired"]) == ("ok", "no")  # its term ended in 2019
    Case.objects.filter(round=its).update(grade="poor")
    worst = found(called, key, body="village_party")["worst_grade"]
    assert worst.verdict == "no" and worst.records[0][0] == "case"


def test_an_excellent_member_belongs_to_the_body(called):
    assert verdicts(called, "excellent_member", person="chair")["not_standing"] == "ok"
    assert verdicts(called, "excellent_member", person="secretary")["not_standing"] == "no"


# == all at once ==
def test_every_finding_has_a_sentence_and_opens_records_that_are_there(called, client):
    names = names_of_honours()
    for key, row in HONOURS.items():
        whose = {"unit": {"unit": "hosiery"}, "body": {"body": "joint_union"}, "person": {"person": "chair"}}
        rules = rules_of(define(key).definition)
        for each in found(called, key, **whose[row["holder"]]).values():
            said = finding_said(rules, each.kept(), names)
            assert said.endswith((".", "%")) and "%(" not in said, (key, each)


def test_it_takes_the_same_number_of_queries_for_one_and_for_many(called):
    rules = rules_of(define("may_day_certificate").definition)
    units = [called.town.units[key] for key in ("hosiery", "hardware", "logistics")]
    its = [Application(pk=pk, by_body=called.joint, unit=unit, said={}) for pk, unit in enumerate(units, start=1)]
    counts = []
    for some in (its[:1], its):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(find(some, rules, "may_day_certificate", called.today)) == len(some)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


@pytest.mark.parametrize(
    ("some", "worst"), [(["ok"], "ok"), (["ok", "unknown"], "unknown"), (["unknown", "no"], "no"), ([], "ok")]
)
def test_the_worst_finding_decides(some, worst):
    assert verdict([Finding("a", one) for one in some]) == worst


# == what is no honour ==
def test_the_packs_honours_may_be_given():
    assert {key: faults(row["holder"], definition(key)) for key, row in HONOURS.items()} == {key: [] for key in HONOURS}


LEADERS = [{"mark": "leader", "most_share": 30}]
COUNTY = {"level": "county", "giver": "party", "cycle_years": 5, "places": 50}


@pytest.mark.parametrize(
    ("holder", "change", "said"),
    [
        ("unit", {"level": "town"}, "Towns and streets may set no awards"),
        ("unit", {"level": "county"}, "Departments and mass organisations of a county may set no awards"),
        ("unit", {"level": "county", "giver": "department"}, "may set no awards"),
        ("unit", {"sort": "demonstration"}, "may run no demonstration activities"),
        ("unit", {"approved_by": "city"}, "approval of the central authorities or of the province"),
        ("unit", COUNTY | {"places": 51}, "50 at most"),
        ("person", COUNTY | {"places": 151, "quotas": []}, "150 at most"),
        ("unit", COUNTY | {"cycle_years": 4}, "every 5 years as a rule"),
        ("person", COUNTY | {"marks": [{"key": "leader", "names": {"zh-hans": "领导"}}], "quotas": LEADERS}, "20 %"),
        ("person", {"quotas": []}, "how many in a hundred may be leaders"),
        ("unit", {"cycle_years": 0}, "after how many years it is given again"),
        ("unit", {"places": 0}, "how many may get it"),
        ("unit", {"recheck_years": 0}, "looked at again"),
        ("unit", {"notice_days": 4}, "5 at least"),
        ("unit", {"level": "village"}, "Say the level"),
        ("unit", {"opinions": []}, "Nobody could tell whether"),
        ("unit", {"vetoes": ["luck"]}, "no ground that excludes"),
        ("unit", {"criteria": [{"key": "a", "names": {"zh-hans": "点赞数"}, "weight": 100}]}, "is refused"),
        ("unit", {"criteria": [{"key": "a", "names": {"zh-hans": "业绩"}, "weight": 90}]}, "come to 90"),
        ("unit", {"quotas": [{"mark": "x", "least_share": 5}]}, "not among the marks"),
        ("unit", {"marks": [{"key": "x", "names": {"zh-hans": "x"}}],
                  "quotas": [{"mark": "x", "least_share": 60, "most_share": 50}]}, "the least not above the most"),
        ("unit", {"composition": [{"count": "men", "least": 1}]}, "Mend it"),
        ("unit", {"statements": [{"key": "leader", "names": {"zh-hans": "负责人"}}]}, "nobody has to say it"),
    ],
)  # fmt: skip
def test_what_the_rules_on_awards_forbid_is_refused_with_a_sentence(holder, change, said):
    assert any(said in each for each in faults(holder, definition("may_day_certificate", **change)))


def test_what_is_within_ones_own_organisation_is_no_award_to_others():
    assert faults("unit", definition("may_day_certificate", level="county", within=True, approved_by="")) == []


def test_a_changed_honour_is_a_new_version_and_a_call_keeps_its_own(called):
    honour = called.call.version.honour
    define("may_day_certificate")
    assert honour.versions.count() == 1
    define("may_day_certificate", places=5)
    assert [each.number for each in honour.versions.all()] == [2, 1]
    assert called.again().version.number == 1
    assert begin(called.town, define("may_day_certificate", places=5)).version.number == 2
