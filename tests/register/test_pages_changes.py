"""In which office a change was made: written down at the door, told on the pages of the changes."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from gongjian.chronicle.models import Act
from gongjian.register import appointments, tasks
from gongjian.register.authority.acting import office_that_keeps
from gongjian.register.imports.staging import start_draft
from gongjian.register.models import Office, OfficeKind

from . import town as small

EN = {"accept-language": "en"}


def rename(browser, town):
    address = reverse("unit_change", args=[town.units["village"].pk, "amend"])
    return browser.post(f"{address}?step=2&on_day={town.today.isoformat()}&name=新样例村", headers=EN)


def pages(browser, act):
    """The list of changes and the one, as text."""
    answers = [browser.get(reverse("changes"), headers=EN), browser.get(reverse("change", args=[act.pk]), headers=EN)]
    return [re.sub("</?span[^>]*>", "", answer.content.decode()) for answer in answers]


def test_a_unit_is_renamed_in_the_office_that_keeps_the_register(town, signed_in):
    browser = signed_in(town.clerk)
    assert rename(browser, town).status_code == 302
    act = Act.objects.get(verb="register.amend", by=town.clerk)
    assert act.office == f"register.office:{Office.objects.get(person=town.people['clerk']).pk}"
    assert all("Officer of the organisation department of 绍兴市委" in page for page in pages(browser, act))


def test_what_somebody_does_with_a_borrowed_office_says_that_it_was_lent(town, signed_in):
    account = small.account("孙样例")
    borrower = small.person("孙样例", account=account)
    small.membership(borrower, town.bodies["city_party"])
    office = Office.objects.get(person=town.people["clerk"])
    days = {"on": town.today, "until": town.today + timedelta(days=2), "today": town.today}
    loan = appointments.lend(office, borrower, by=town.clerk, **days)
    browser = signed_in(account)
    assert rename(browser, town).status_code == 302
    act = Act.objects.get(verb="register.amend", by=account)
    assert act.office == f"register.delegation:{loan.pk}"
    assert all("Officer of the organisation department of 绍兴市委, lent" in page for page in pages(browser, act))


def test_an_office_given_says_by_which_office(town, signed_in):
    chair = small.account("郑样例")
    small.office(small.person("郑样例", account=chair), town.bodies["county_union"], "union_chair")
    kind = OfficeKind.objects.get(key="union_chair")
    days = {"on": town.today, "today": town.today}
    appointments.appoint(town.bodies["joint_union"], small.person("吴样例"), kind, by=chair, **days)
    act = Act.objects.get(verb="register.appoint")
    assert all("Chair of 诸暨市总工会" in page for page in pages(signed_in(town.clerk), act))


def test_what_the_system_did_is_told_without_an_office(town, signed_in):
    small.unit("样例村", "village", town.units["street"], since=small.REFORM)
    answer = signed_in(town.clerk).get(reverse("changes"), headers=EN)
    assert "The system" in answer.content.decode() and " of 绍兴市委" not in answer.content.decode()


@pytest.mark.parametrize("role", ["secretary", "inspector", "stranger"])
def test_whoever_keeps_nothing_keeps_by_no_office(town, role):
    assert office_that_keeps(town.accounts[role]) == ""


def test_what_the_worker_writes_for_somebody_is_written_in_their_office(town, tmp_path, monkeypatch):
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)  # it would end the test's transaction
    path = tmp_path / "村.csv"
    path.write_text("名称,类别,上级\n样例新村,村,大唐街道\n", encoding="utf-8")
    with path.open("rb") as file:
        draft = start_draft(file, path.name, "units", town.today, by=town.clerk)
    tasks.preflight_draft(draft.pk)
    tasks.apply_draft(draft.pk, town.clerk.pk)
    draft.refresh_from_db()
    assert Act.objects.get(pk=draft.act_id).office == office_that_keeps(town.clerk) != ""
