"""The pages: what shows to whom, what is refused, the same number of queries however long a list is."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongjian.appraisal import boxes, deciding, rounds
from gongjian.appraisal.models import BallotCode, Box, Case, Objection, Round
from quotas.__main__ import differences

from .conftest import begin, counted, give_notice, noon, propose, score_all


@pytest.fixture
def door(signed_in):
    def open_(who, name, *args):
        return signed_in(who).get(reverse(name, args=args), headers={"Accept-Language": "en"})

    return open_


PAGES = ("appraisal_round", "appraisal_cases", "appraisal_grades")


def test_every_page_of_a_round_opens_to_those_it_concerns(opened, door, signed_in):
    counted(opened.case, [30, 6, 3, 1, 0], "people", opened.street, opened.county)
    boxes.open_box(opened.case_of(1), "people", roll=30, now=noon(opened), by=opened.street)
    Box.objects.filter(state="open").delete()
    give_notice(opened)
    deciding.raise_objection(opened.case, reason="不服", today=opened.town.today, now=noon(opened), by=opened.branch)
    for who in (opened.county, opened.city, opened.street, opened.branch):
        for name in ("appraisals", "appraisal_schemes"):
            assert door(who, name).status_code == 200
        assert door(who, "appraisal_scheme", "four_grades").status_code == 200
        for name in PAGES:
            assert door(who, name, opened.round.pk).status_code == 200
        for name in ("appraisal_case", "appraisal_calculation", "appraisal_calculation_taken"):
            assert door(who, name, opened.case.pk).status_code == 200
    for name in ("appraisal_grades_export", "appraisal_grades_pdf"):
        assert door(opened.branch, name, opened.round.pk).status_code == 200
    whole = {who: door(getattr(opened, who), "appraisal_round_taken", opened.round.pk).status_code
             for who in ("county", "city", "street", "branch")}  # fmt: skip
    assert whole == {"county": 200, "city": 200, "street": 404, "branch": 404}
    assert door(opened.town.stranger, "appraisal_round", opened.round.pk).status_code == 404
    assert door(opened.branch, "appraisal_case", opened.case_of(3).pk).status_code == 404


def test_before_notice_the_body_sees_neither_grade_nor_the_score_from_above(opened, door):
    score_all(opened, least=87, step=0)
    propose(opened)
    page = door(opened.branch, "appraisal_case", opened.case.pk).content.decode()
    assert "87.00" in page and page.count("87.00") == 1
    assert door(opened.branch, "appraisal_calculation", opened.case.pk).status_code == 404
    assert door(opened.branch, "appraisal_grades", opened.round.pk).status_code == 404
    assert door(opened.county, "appraisal_calculation", opened.case.pk).status_code == 200


def test_a_case_and_a_whole_round_are_computed_again_from_their_files(opened, door):
    counted(opened.case, [30, 6, 3, 1, 0], "people", opened.street, opened.county)
    give_notice(opened)
    case = json.loads(door(opened.branch, "appraisal_calculation_taken", opened.case.pk).content)
    assert list(differences(case)) == []
    case["case"]["score"] = "99.00"
    assert len(list(differences(case))) == 1
    whole = json.loads(door(opened.county, "appraisal_round_taken", opened.round.pk).content)
    assert len(whole["cases"]) == 12 and list(differences(whole)) == []
    whole["cases"][0]["grade"] = "good"
    assert len(list(differences(whole))) == 1


def test_a_round_is_begun_and_led_through_its_pages(judged, signed_in):
    town, browser = judged.town, signed_in(judged.county)
    keeper = town.bodies["county_party"].pk
    days = {"self_due": "2030-01-10", "review_due": "2030-01-20"}
    from datetime import timedelta

    days = {"self_due": town.today + timedelta(days=10), "review_due": town.today + timedelta(days=20)}
    typed = {
        "scheme": "four_grades",
        "title": "样例一轮",
        "of_until": town.today,
        "kind": "party_branch",
        "below": "",
        "seed": "",
    }
    answer = browser.post(reverse("appraisal_new", args=[keeper]), typed | days)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    made = Round.objects.get(title="样例一轮")
    for verb, state in (("open", "self"), ("review", "reviewing")):
        browser.post(reverse("appraisal_move", args=[made.pk]), {"do": verb})
        made.refresh_from_db()
        assert made.state == state
    judged.round = made
    score = {"value_superior": "88", "evidence_superior": "台账齐全"}
    street = signed_in(judged.street)
    assert street.post(reverse("appraisal_score", args=[judged.case.pk, "above"]), score).status_code == 302
    assert (
        street.post(
            reverse("appraisal_score", args=[judged.case.pk, "above"]), score | {"value_superior": "NaN"}
        ).status_code
        == 400
    )
    own = {"value_self": "80", "evidence_self": "", "value_superior": "90", "evidence_superior": ""}
    assert (
        signed_in(judged.branch).post(reverse("appraisal_score", args=[judged.case.pk, "self"]), own).status_code == 302
    )
    chosen = [each.pk for each in Case.objects.filter(round=made, self_at=None)]
    browser.post(reverse("appraisal_leave_out", args=[made.pk]), {"cases": chosen, "reason": "未开展"})
    assert Case.objects.filter(round=made, left_out="").count() == 1
    mine = signed_in(judged.branch).get(reverse("appraisal_mine", args=[made.pk]))
    assert mine.url == reverse("appraisal_case", args=[judged.case.pk])


def test_a_code_votes_once_without_an_account(opened, client, signed_in):
    box = boxes.open_box(opened.case, "people", roll=12, now=noon(opened), by=opened.street)
    page = signed_in(opened.street).post(reverse("appraisal_box_codes", args=[box.pk]), {"count": 12})
    assert page.status_code == 200 and page["Cache-Control"] == "no-store"
    code = page.context["codes"][0]
    where = reverse("appraisal_vote")
    assert client.get(where).status_code == 200
    assert client.post(where, {"code": "0000-0000-0000-0000"}).status_code == 400
    ballot = client.post(where, {"code": code.lower()})
    assert ballot.status_code == 200 and opened.town.units["village"].pk
    assert client.post(where, {"code": code, "sent": "1"}).status_code == 400
    assert client.post(where, {"code": code, "option": "1"}).status_code == 200
    assert client.post(where, {"code": code, "option": "0"}).status_code == 400
    box.refresh_from_db()
    assert box.phone == [0, 1, 0, 0, 0]
    assert BallotCode.objects.filter(is_used=True).count() == 1


def test_papers_typed_differently_show_to_both_and_count_for_neither(opened, signed_in):
    box = boxes.open_box(opened.case, "people", roll=20, now=noon(opened), by=opened.street)
    where, count = reverse("appraisal_box", args=[box.pk]), reverse("appraisal_box_count", args=[box.pk])
    typed = {f"option_{at}": number for at, number in enumerate((15, 3, 1, 1, 0))}
    one, other = signed_in(opened.street), signed_in(opened.county)
    one.post(count, typed)
    assert "15 / 3 / 1 / 1 / 0" not in other.get(where).content.decode()
    other.post(count, typed | {"option_0": 14, "option_4": 1})
    for browser in (one, other):
        page = browser.get(where).content.decode()
        assert "15 / 3 / 1 / 1 / 0" in page and "14 / 3 / 1 / 1 / 1" in page
    assert other.post(reverse("appraisal_box_close", args=[box.pk])).status_code == 302
    box.refresh_from_db()
    assert (box.state, box.paper) == ("open", None)
    other.post(count, typed)
    one.post(reverse("appraisal_box_close", args=[box.pk]))
    box.refresh_from_db()
    assert box.told == {"as": "counts", "numbers": [15, 3, 1, 1, 0], "ballots": 20}


@pytest.mark.parametrize("name", ["appraisal_cases", "appraisal_grades", "appraisal_round"])
def test_a_page_takes_the_same_number_of_queries_with_two_rows_and_with_twelve(opened, signed_in, name):
    give_notice(opened)
    browser = signed_in(opened.county)

    def queries():
        browser.get(reverse(name, args=[opened.round.pk]))
        with CaptureQueriesContext(connection) as found:
            assert browser.get(reverse(name, args=[opened.round.pk])).status_code == 200
        return len(found)

    many = queries()
    Case.objects.filter(pk__in=[opened.case_of(at).pk for at in range(2, 12)]).delete()
    assert queries() == many


def test_the_list_of_rounds_takes_the_same_number_of_queries_with_one_and_with_three(opened, signed_in):
    browser = signed_in(opened.county)

    def queries():
        browser.get(reverse("appraisals"))
        with CaptureQueriesContext(connection) as found:
            assert browser.get(reverse("appraisals")).status_code == 200
        return len(found)

    one = queries()
    for at in range(2):
        rounds.open_round(begin(opened.town, opened.round.version.scheme, title=f"第{at}轮"), today=opened.town.today,
                          now=noon(opened), by=opened.county)  # fmt: skip
    assert queries() == one


def test_an_objection_is_handed_in_and_answered_on_the_page(opened, signed_in):
    give_notice(opened)
    branch = signed_in(opened.branch)
    assert branch.post(reverse("appraisal_object", args=[opened.case.pk]), {"reason": ""}).status_code == 400
    branch.post(reverse("appraisal_object", args=[opened.case.pk]), {"reason": "漏计"})
    found = Objection.objects.get()
    answer = {"do": "reject", "answer": "核对无误"}
    assert branch.post(reverse("appraisal_answer", args=[found.pk]), answer).status_code == 400
    assert signed_in(opened.colleague).post(reverse("appraisal_answer", args=[found.pk]), answer).status_code == 302
    assert "核对无误" in branch.get(reverse("appraisal_case", args=[opened.case.pk])).content.decode()


def test_the_api_tells_what_the_pages_tell(opened, signed_in):
    browser = signed_in(opened.branch)
    at = f"/api/v1/appraisal/cases/{opened.case.pk}"
    assert browser.get(at).json()["score"] is None
    give_notice(opened)
    assert browser.get(at).json()["score"] == "60.00"
    grades = browser.get(f"/api/v1/appraisal/rounds/{opened.round.pk}/grades").json()["grades"]
    assert len(grades) == 12 and all("score" not in each for each in grades)
    assert browser.get("/api/v1/appraisal/rounds").json()["rounds"][0]["state"] == "notice"


def test_home_says_where_ones_organisation_stands_in_the_round(opened, signed_in):
    page = signed_in(opened.branch).get("/").content.decode()
    assert reverse("appraisal_case", args=[opened.case.pk]) in page
    assert "/appraisal/cases/" not in signed_in(opened.town.stranger).get("/").content.decode()
