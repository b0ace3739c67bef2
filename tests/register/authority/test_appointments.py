"""Giving, taking and lending offices: by the body above, dated, in the chronicle, and safe against a race."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import translation

from gongjian.chronicle.models import Act
from gongjian.register import access, actions, appointments
from gongjian.register.access import OPERATOR
from gongjian.register.authority.reach import reach_of
from gongjian.register.models import Delegation, Office, OfficeKind, Permission
from tests.register import town as small


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def fresh(account):
    """The same account as the next request meets it."""
    return type(account).objects.get(pk=account.pk)


@pytest.fixture
def county(town):
    """The chair of the county's union, who appoints in the joint union of the village below it."""
    chair = small.account("郑样例")
    small.office(small.person("郑样例", account=chair), town.bodies["county_union"], "union_chair")
    return chair


def appoint(town, body, person, by, kind="union_chair", **days):
    given = {"on": town.today, "today": town.today} | days
    return appointments.appoint(town.bodies[body], person, OfficeKind.objects.get(key=kind), by=by, **given)


def test_the_body_above_gives_an_office_and_with_it_its_rights(town, county):
    account = small.account("吴样例")
    person = small.person("吴样例", account=account)
    assert not access.memberships_visible_to(account).exists()
    office = appoint(town, "joint_union", person, county)
    assert (office.since, office.until) == (town.today, None)
    assert access.memberships_visible_to(fresh(account)).exists()
    act = Act.objects.get(pk=office.act_id)
    assert (act.verb, act.by_id, act.on) == ("register.appoint", county.pk, town.today)


@pytest.mark.parametrize("by", ["stranger", "secretary", "inspector", "clerk"])
def test_nobody_else_gives_an_office_there(town, by):
    with pytest.raises(actions.Refused, match="given by the bodies above it"):
        appoint(town, "joint_union", small.person("吴样例"), town.accounts[by])


def test_whoever_heads_a_body_gives_no_office_in_it(town, county):
    with pytest.raises(actions.Refused, match="given by the bodies above it"):
        appoint(town, "county_union", small.person("吴样例"), county)
    assert appointments.can_appoint(OPERATOR, town.bodies["county_union"], town.today)


def test_what_cannot_be_is_refused_with_a_sentence(town, county):
    person = small.person("吴样例")
    with pytest.raises(actions.Refused, match="no office of this line"):
        appoint(town, "joint_union", person, county, kind="party_secretary")
    with pytest.raises(actions.Refused, match="does not stand on 2019-01-01"):
        appoint(town, "joint_union", person, county, on=small.date(2019, 1, 1))
    with pytest.raises(actions.Refused, match="last day lies before"):
        appoint(town, "joint_union", person, county, until=town.today)
    appoint(town, "joint_union", person, county)
    with pytest.raises(actions.Refused, match="holds this office already"):
        appoint(town, "joint_union", person, county)


def test_taking_an_office_ends_its_rights_and_what_was_lent(town, county):
    held, lent = small.account("吴样例"), small.account("周样例二")
    holder, other = small.person("吴样例", account=held), small.person("周样例二", account=lent)
    small.membership(other, town.bodies["joint_union"], since=small.REFORM)
    office = appoint(town, "joint_union", holder, county, on=small.REFORM)
    until = town.today + timedelta(days=30)
    appointments.lend(office, other, on=town.today, until=until, today=town.today, by=held)
    assert reach_of(fresh(lent)).may(Permission.SEE_PEOPLE)
    assert not reach_of(fresh(lent)).may(Permission.APPOINT)
    appointments.remove(office, on=town.today, today=town.today, by=county)
    assert [reach_of(fresh(each)).stretches for each in (held, lent)] == [(), ()]
    assert Office.objects.get(pk=office.pk).until == town.today


def test_what_is_lent_ends_by_itself(town, county):
    lent = small.account("周样例二")
    other = small.person("周样例二", account=lent)
    small.membership(other, town.bodies["joint_union"], since=small.REFORM)
    office = Office.objects.get(person__account=county)
    with pytest.raises(actions.Refused, match="for a year at most"):
        days = {"on": town.today, "until": town.today + timedelta(days=400)}
        appointments.lend(office, other, **days, today=town.today, by=county)
    with pytest.raises(actions.Refused, match="Only whoever holds an office"):
        days = {"on": town.today, "until": town.today + timedelta(days=4)}
        appointments.lend(office, other, **days, today=town.today, by=town.clerk)
    loan = appointments.lend(office, other, **days, today=town.today, by=county)
    Delegation.objects.filter(pk=loan.pk).update(valid=(town.today - timedelta(days=4), town.today))
    assert reach_of(fresh(lent)).stretches == ()


def test_what_is_lent_can_be_taken_back(town, county):
    lent = small.account("周样例二")
    other = small.person("周样例二", account=lent)
    small.membership(other, town.bodies["joint_union"], since=small.REFORM)
    office = Office.objects.get(person__account=county)
    days = {"on": town.today, "until": town.today + timedelta(days=4)}
    loan = appointments.lend(office, other, **days, today=town.today, by=county)
    appointments.take_back(loan, today=town.today, by=county)
    assert reach_of(fresh(lent)).stretches == () and not Delegation.objects.exists()


def test_an_office_ends_with_its_body_and_so_do_its_rights(town, county):
    account, above = small.account("吴样例"), town.bodies["county_union"]
    town.bodies["firm"] = small.body(
        "甲工会", "union_committee", town.units["hosiery"], superior=above, since=small.REFORM
    )
    appoint(town, "firm", small.person("吴样例", account=account), county, on=small.REFORM)
    assert reach_of(fresh(account)).stretches
    actions.close_body(town.bodies["firm"], on=town.today, today=town.today, by=town.clerk)
    assert reach_of(fresh(account)).stretches == ()


@pytest.mark.django_db(transaction=True)
def test_of_a_removal_and_an_appointment_at_once_no_right_is_left_behind():
    """The county's chair loses the office while appointing: either it was given before, or not at all."""
    town = small.build_town()
    for _again in range(6):
        account = small.account(f"郑样例{_again}")
        office = small.office(small.person("郑样例", account=account), town.bodies["county_union"], "union_chair")
        person, gate, refused = small.person("吴样例"), Barrier(2), []

        def give(gate=gate, person=person, account=account, refused=refused):
            gate.wait()
            try:
                appoint(town, "joint_union", person, account)
            except actions.Refused as no:
                refused.append(no)
            connection.close()

        def take(gate=gate, office=office):
            gate.wait()
            appointments.remove(office, on=town.today, today=town.today, by=OPERATOR)
            connection.close()

        both = [Thread(target=give), Thread(target=take)]
        for each in both:
            each.start()
        for each in both:
            each.join()
        given = Act.objects.filter(verb="register.appoint").order_by("-id").first()
        taken = Act.objects.filter(verb="register.remove").order_by("-id").first()
        assert Office.objects.filter(person=person).exists() is not bool(refused)
        if not refused:
            assert given.pk < taken.pk  # ids are taken under the lock: it was given while the office was still held


# == in which office it was done ==
def last_act():
    return Act.objects.order_by("id").last()


def test_the_chronicle_says_by_which_office_somebody_was_appointed_removed_and_invited(town, county):
    mine = f"register.office:{Office.objects.get(person__account=county).pk}"
    office = appoint(town, "joint_union", small.person("吴样例"), county)
    assert last_act().office == mine
    appointments.invite(office, "wu", today=town.today, by=fresh(county))
    assert (last_act().verb, last_act().office) == ("register.invite", mine)
    appointments.remove(office, on=town.today, today=town.today, by=fresh(county))
    assert (last_act().verb, last_act().office) == ("register.remove", mine)


def test_of_several_offices_it_is_the_nearest_that_counts(town, county):
    high = small.office(county.person, town.bodies["city_union"], "union_chair")
    appoint(town, "joint_union", small.person("吴样例"), fresh(county))
    near = Office.objects.get(person=county.person, body=town.bodies["county_union"])
    assert last_act().office == f"register.office:{near.pk}" != f"register.office:{high.pk}"


def test_lending_is_done_in_the_office_that_is_lent_and_the_operator_in_none(town, county):
    office = Office.objects.get(person__account=county)
    borrower = small.person("孙样例")
    small.membership(borrower, town.bodies["county_union"])
    days = {"on": town.today, "until": town.today + timedelta(days=2), "today": town.today}
    loan = appointments.lend(office, borrower, by=county, **days)
    assert last_act().office == f"register.office:{office.pk}"
    appointments.take_back(loan, today=town.today, by=county)
    assert (last_act().verb, last_act().office) == ("register.take_back", f"register.office:{office.pk}")
    appoint(town, "city_union", small.person("吴样例"), OPERATOR)
    assert last_act().office == ""
