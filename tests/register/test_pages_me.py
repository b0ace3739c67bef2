"""One's own page: who one is, who can see one, what is lent, and everything that is held, as a file."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from python_calamine import CalamineWorkbook

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import note_reading
from gongjian.register import appointments
from gongjian.register.authority.policy import openings
from gongjian.register.authority.reach import Walk
from gongjian.register.models import Body, Delegation, Office, OfficeKind, Permission
from gongjian.register.queries.own import everything_about
from gongjian.register.queries.sight import openings_of, who_sees

from . import town as small

EN = {"accept-language": "en"}


@pytest.fixture
def chair(town):
    """The chair of the village's joint union, with an account."""
    account = small.account("陈样例")
    town.people["chair"].account = account
    town.people["chair"].save()
    return account


@pytest.fixture
def county(town):
    """The chair of the county's union, above it."""
    account = small.account("郑样例")
    small.office(small.person("郑样例", account=account), town.bodies["county_union"], "union_chair")
    return account


def shown(browser, name="me", **more):
    answer = browser.get(reverse(name, kwargs=more), headers=EN)
    assert answer.status_code == 200
    return answer.content.decode()


def without_marks(page):
    return re.sub("</?span[^>]*>", "", page)


# == who one is ==
def test_an_office_holder_reads_what_the_office_opens_in_plain_words(town, chair, signed_in):
    page = shown(signed_in(chair))
    assert "Chair" in page and "上下文村联合工会" in page and "My memberships" in page
    assert "in this organisation and all of its line below it" in page
    assert "appoint and remove office holders" in page


def test_an_account_without_a_person_reads_that_nobody_entered_it(town, signed_in):
    page = shown(signed_in(town.stranger))
    assert "You are not on a roll" in page and "Who can see me" not in page and "Download my data" in page


def test_the_page_costs_the_same_for_one_office_and_for_many(town, chair, signed_in, django_assert_num_queries):
    browser = signed_in(chair)
    browser.get(reverse("me"))
    with CaptureQueriesContext(connection) as first:
        browser.get(reverse("me"))
    for body in ("county_union", "league", "street_party"):
        small.office(town.people["chair"], town.bodies[body], "union_chair", since=small.REFORM)
        small.membership(town.people["chair"], town.bodies[body], since=small.REFORM)
    with django_assert_num_queries(len(first)):
        browser.get(reverse("me"))


# == who sees one ==
@pytest.fixture
def firm(town):
    """A union in a firm, below the county's, with a chair and a member who is nobody else."""
    where = {"superior": town.bodies["county_union"], "leader": town.bodies["village_party"], "since": small.REFORM}
    town.bodies["firm"] = small.body("大唐样例袜业工会", "union_committee", town.units["hosiery"], **where)
    small.office(small.person("吴样例"), town.bodies["firm"], "union_chair", since=small.REFORM)
    member = small.person("钱样例", account=small.account("钱样例"))
    small.membership(member, town.bodies["firm"], since=small.REFORM)
    return member


def test_the_openings_of_many_bodies_are_those_of_each(town, county, firm):
    borrower = small.person("孙样例")
    small.membership(borrower, town.bodies["county_union"])
    office = Office.objects.get(person__account=county)
    days = {"on": town.today, "until": town.today + timedelta(days=3), "today": town.today}
    appointments.lend(office, borrower, by=county, **days)
    found = openings_of([body.pk for body in town.bodies.values()], town.today)
    words = (Permission.SEE_PEOPLE, Permission.APPOINT, Permission.KEEP_REGISTER, Permission.SEE_CHANGES)
    for body in Body.objects.all():
        for word in words:
            here = {each.opening for each in found if each.body_id == body.pk and word in each.words}
            assert here == set(openings(word, body, town.today)), (body.pk, word)
    assert any(each.opening.delegation_id for each in found) and any(each.is_whole for each in found)


def test_a_body_that_stands_no_more_is_seen_from_what_it_last_lay_under(town, county):
    where = {"superior": town.bodies["joint_union"], "since": small.REFORM}
    gone = small.body("旧样例工会", "union_committee", town.units["village"], **where)
    small.actions.close_body(gone, on=small.date(2022, 1, 1), today=town.today, by=None)
    found = openings_of([gone.pk], town.today)
    for word in (Permission.SEE_PEOPLE, Permission.APPOINT):
        here = {each.opening for each in found if word in each.words}
        assert here == set(openings(word, gone, town.today)) != set()


def test_a_member_of_a_firms_union_reads_which_offices_see_that_and_which_see_nothing(town, county, firm, signed_in):
    with translation.override("en"):
        (way,) = who_sees(firm.account, firm, town.today).ways
    seen = {(each.office, each.body) for each in way.holders}
    assert seen == {("Chair", "大唐样例袜业工会"), ("Chair", "诸暨市总工会"), ("Audit commissioner", "绍兴市总工会")}
    assert not way.is_public and [each.body for each in way.keepers] == ["诸暨市总工会"]
    expected = {
        each.office_id
        for each in openings(Permission.SEE_PEOPLE, town.bodies["firm"], town.today)
        if each.walk == Walk.LINE
    }
    assert len(expected) == way.count
    page = shown(signed_in(firm.account))
    assert "That you are a member of" in page and "No other line is told" in page
    assert "that office gives and ends offices there." not in page and "that office keeps the register." in page


def test_an_office_in_a_village_is_told_to_be_open_to_everybody(town, chair, county, signed_in):
    with translation.override("en"):
        office, membership = who_sees(chair, town.people["chair"], town.today).ways
    assert office.is_public and not membership.is_public
    page = without_marks(shown(signed_in(chair)))
    assert "everybody may know who holds office in it" in page
    assert "Tell the Chair of 诸暨市总工会: that office gives and ends offices there. Held by 郑样例." in page


# == taking it away ==
def taken(browser):
    answer = browser.post(reverse("take_own_data"), headers=EN)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"] and "attachment" in answer["Content-Disposition"]
    folder = zipfile.ZipFile(io.BytesIO(answer.content))
    (as_json,) = [name for name in folder.namelist() if name.endswith(".json")]
    (as_excel,) = [name for name in folder.namelist() if name.endswith(".xlsx")]
    return json.loads(folder.read(as_json)), CalamineWorkbook.from_filelike(io.BytesIO(folder.read(as_excel)))


def test_somebody_takes_everything_that_is_held_of_them(town, chair, county, signed_in):
    person = town.people["chair"]
    chair.set_password("a long sentence of my own")
    chair.save()
    office = Office.objects.get(person=person)
    borrower = small.person("孙样例")
    small.membership(borrower, town.bodies["joint_union"], since=small.REFORM)
    days = {"on": town.today, "until": town.today + timedelta(days=3), "today": town.today}
    appointments.lend(office, borrower, by=chair, **days)
    kind = OfficeKind.objects.get(key="union_chair")
    other = appointments.appoint(
        town.bodies["joint_union"], small.person("别人"), kind, on=town.today, today=town.today, by=county
    )
    note_reading("name", f"register.person:{person.pk}", county, "核对名册")
    told, book = taken(signed_in(chair))
    assert set(told) == {
        "account", "factors", "sessions", "provider_links", "person", "offices", "memberships", "loans", "acts_done",
        "acts_about", "readings", "letters", "letters_by_mail", "tier_entries",
        "sign_ups", "contact_points", "rolls", "posts", "pledges", "tellings", "deeds", "deed_comments",
        "candidacies", "selection_objections",
        "member_reviews", "grade_objections",
        "honours_applied", "honours", "nurturing", "honour_reviews",
    }  # fmt: skip
    assert told["account"][0]["username"] == "陈样例" and told["person"] == [{"id": person.pk, "name": "陈样例"}]
    assert [row["body"] for row in told["offices"]] == ["上下文村联合工会"]
    assert [row["since"] for row in told["memberships"]] == [small.REFORM.isoformat()]
    assert [(row["lender"], row["borrower"]) for row in told["loans"]] == [("陈样例", "孙样例")]
    assert [row["verb"] for row in told["acts_done"]] == ["register.lend", "register.take_own_data"]
    assert "register.lend" in [row["verb"] for row in told["acts_about"]]
    assert other.act_id and "register.appoint" not in [row["verb"] for row in told["acts_about"]]  # that was another's
    (reading,) = told["readings"]
    assert (reading["by"], reading["what"], reading["reason"]) == ("郑样例", "name", "核对名册")
    secret = json.dumps(told)
    assert chair.password not in secret and "argon2" not in secret
    assert len(book.sheet_names) == len(told)
    assert book.get_sheet_by_name("Offices").to_python()[1][1] == "上下文村联合工会"


def test_that_it_was_taken_stands_in_the_chronicle(town, chair, signed_in):
    taken(signed_in(chair))
    act = Act.objects.get(verb="register.take_own_data")
    assert (act.by, act.subject) == (chair, f"register.person:{town.people['chair'].pk}")


def test_an_account_without_a_person_takes_what_is_held_of_the_account(town, signed_in):
    told, _book = taken(signed_in(town.stranger))
    assert set(told) == {"account", "factors", "sessions", "provider_links", "letters", "letters_by_mail", "acts_done"}
    assert told["account"][0]["name"] == "周样例"


def test_nothing_of_anybody_else_is_in_it(town, chair, firm):
    told = json.dumps([table.rows for table in everything_about(firm, firm.account)], default=str)
    assert "陈样例" not in told and "王样例" not in told


# == lending ==
@pytest.fixture
def member(town):
    account = small.account("孙样例")
    made = small.person("孙样例", account=account)
    small.membership(made, town.bodies["joint_union"], since=small.REFORM)
    return made


def lending(town, chair):
    return reverse("lend", args=[Office.objects.get(person=town.people["chair"]).pk])


def test_whoever_belongs_to_the_body_is_found_by_name_and_nobody_else(town, chair, member, firm, signed_in):
    page = shown(signed_in(chair), "lend", office_id=Office.objects.get(person=town.people["chair"]).pk)
    assert "孙样例" in page and "钱样例" not in page and "王样例" not in page
    found = signed_in(chair).get(lending(town, chair), {"q": "没有"}, headers=EN).content.decode()
    assert "Nobody is called so here" in found and "孙样例" not in found


def test_lending_is_shown_in_words_before_and_done_after(town, chair, member, signed_in):
    browser = signed_in(chair)
    last = town.today + timedelta(days=9)
    typed = {"person": member.pk, "last_day": last.isoformat()}
    page = browser.get(lending(town, chair), typed, headers=EN).content.decode()
    assert "This is what you lend" in page and f"until {last}" in page
    assert "see who holds office and who is a member – in this organisation and all of its line below it" in page
    assert "appoint and remove" not in page and not Delegation.objects.exists()
    answer = browser.post(lending(town, chair), typed, follow=True, headers=EN)
    assert f"Lent to 孙样例. Last day: {last}." in " ".join(str(said) for said in answer.context["messages"])
    loan = Delegation.objects.get()
    assert (loan.person, loan.since, loan.last_day) == (member, town.today, last)
    assert "Lent by you" in answer.content.decode()


def test_the_borrower_reads_by_whom_and_until_when_on_both_pages(town, chair, member, signed_in):
    office = Office.objects.get(person=town.people["chair"])
    until = town.today + timedelta(days=9)
    appointments.lend(office, member, on=town.today, until=until, today=town.today, by=chair)
    told = f"lent by 陈样例, last day {until - timedelta(days=1)}"
    browser = signed_in(member.account)
    assert f"lent by 陈样例 from {town.today}, last day" in without_marks(shown(browser))
    assert told in without_marks(shown(browser, "body_access", body_id=office.body_id))
    others = without_marks(shown(signed_in(town.inspector), "body_access", body_id=office.body_id))
    assert "lent" in others and told not in others


@pytest.mark.parametrize("days", [-1, 366, 4000])
def test_a_day_that_cannot_be_is_said_beside_the_field(town, chair, member, signed_in, days):
    typed = {"person": member.pk, "last_day": (town.today + timedelta(days=days)).isoformat()}
    for method in ("get", "post"):
        answer = getattr(signed_in(chair), method)(lending(town, chair), typed, headers=EN)
        assert answer.status_code == 422 and 'class="field field--error"' in answer.content.decode()
    assert not Delegation.objects.exists()


def test_to_somebody_from_elsewhere_nothing_is_lent(town, chair, member, firm, signed_in):
    typed = {"person": firm.pk, "last_day": town.today.isoformat()}
    answer = signed_in(chair).post(lending(town, chair), typed, headers=EN)
    assert answer.status_code == 422 and "not among those" in answer.content.decode()
    assert not Delegation.objects.exists()


def test_somebody_elses_office_and_loan_do_not_exist(town, chair, county, member, signed_in):
    office = Office.objects.get(person=town.people["chair"])
    loan = appointments.lend(
        office, member, on=town.today, until=town.today + timedelta(days=3), today=town.today, by=chair
    )
    for account in (county, town.stranger, member.account):
        browser = signed_in(account)
        assert browser.get(reverse("lend", args=[office.pk])).status_code == 404
        assert browser.post(reverse("take_back", args=[loan.pk])).status_code == 404
    assert Delegation.objects.filter(pk=loan.pk).exists()


def test_what_was_lent_is_taken_back(town, chair, member, signed_in):
    office = Office.objects.get(person=town.people["chair"])
    loan = appointments.lend(
        office, member, on=town.today, until=town.today + timedelta(days=3), today=town.today, by=chair
    )
    answer = signed_in(chair).post(reverse("take_back", args=[loan.pk]), follow=True, headers=EN)
    assert "Taken back from 孙样例." in " ".join(str(said) for said in answer.context["messages"])
    assert not Delegation.objects.exists()


def test_directly_below_counts_and_further_below_does_not(town, county, chair, firm, signed_in):
    office = Office.objects.get(person__account=county)
    page = shown(signed_in(county), "lend", office_id=office.pk)
    assert "钱样例" in page and "陈样例" in page
    deeper = small.body(
        "样例小组", "union_committee", town.units["village"], since=small.REFORM, superior=town.bodies["firm"]
    )
    small.membership(small.person("深样例"), deeper, since=small.REFORM)
    assert "深样例" not in shown(signed_in(county), "lend", office_id=office.pk)
