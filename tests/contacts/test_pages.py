"""The pages of contact points and of the calendar: what they show, for whom, in how many queries; files and the API."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongjian.asks.models import Ask
from gongjian.contacts.models import ContactPoint, Inspection, Problem, Stop, Visit
from tests.register.town import with_a_factor

from .conftest import inspect, month_ahead, office_of, place, set_point, tell

LIST = "/contact-points/"


def queries(browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def rows_of(answer) -> list[tuple]:
    file = b"".join(answer.streaming_content)
    return list(openpyxl.load_workbook(BytesIO(file)).active.iter_rows(values_only=True))[1:]


# == contact points ==
def test_one_is_set_on_the_page_and_a_wrong_name_is_said_there(town, signed_in):
    browser = signed_in(town.accounts["county"])
    address = f"/bodies/{town.bodies['county_party'].pk}/contact-points/new/"
    sent = {"leader": office_of(town, "county").pk, "since": town.today, "wanted": "6", "why": "样例", "point": "没有"}
    assert browser.get(address).context["form"].initial["wanted"] == 4
    page = browser.post(address, sent)
    assert page.status_code == 400 and page.context["form"].non_field_errors()
    made = browser.post(address, sent | {"point": "上下文村党支部"})
    contact = ContactPoint.objects.get()
    assert made["Location"] == f"{LIST}{contact.pk}/" and contact.wanted == 6
    for account in (town.secretary, town.stranger):
        assert signed_in(account).get(address).status_code == 403


def test_mine_come_first_and_the_list_is_narrowed(contact, town, signed_in):
    set_point(town, "inspector", "joint_union")
    page = signed_in(town.accounts["county"]).get(LIST)
    assert [row.point for row in page.context["own"]] == ["上下文村党支部"]
    shown = {row.point: row.pace is not None for row in page.context["listed"].rows}
    assert shown == {
        "上下文村党支部": True,
        "上下文村联合工会": False,
    }

    def found(query: str) -> list[str]:
        return [row.point for row in page.client.get(f"{LIST}?{query}").context["listed"].rows]

    assert found("line=union") == found(f"leader={town.bodies['city_union'].pk}") == ["上下文村联合工会"]
    assert found(f"point={town.bodies['village_party'].pk}") == ["上下文村党支部"]
    assert found("state=ended") == found("state=mend") == found("demonstration=on") == []
    assert page.client.get(f"{LIST}?line=nothing").status_code == 400
    assert [line[0] for line in rows_of(page.client.get("/contact-points.xlsx?line=party"))] == ["上下文村党支部"]
    leads = page.client.get(f"/bodies/{town.bodies['county_party'].pk}/contact-points/")
    assert leads["Location"] == f"{LIST}?leader={town.bodies['county_party'].pk}"


def test_the_list_and_one_page_take_as_many_queries_for_three_as_for_one(contact, town, signed_in):
    browser = signed_in(town.accounts["county"])
    page = f"{LIST}{contact.pk}/"
    tell(contact, town)
    one, one_page = queries(browser, LIST), queries(browser, page)
    for key in ("league", "joint_union"):
        set_point(town, point=key)
    for days in (3, 6):
        tell(contact, town, on=town.today - timedelta(days=days))
    assert (queries(browser, LIST), queries(browser, page)) == (one, one_page)


def test_a_visit_with_problems_is_one_form_and_the_point_reads_what_became_of_them(contact, town, signed_in):
    browser, page = signed_in(town.accounts["county"]), f"{LIST}{contact.pk}/"
    sent = {"on": town.today, "seen": "样例：看了大厅", "met": "样例：村民", "people": "", "what1": "路灯坏了"}
    sent |= {"done1": "当天换好", "what2": "没有停车的地方", "done2": "", "what3": "", "done3": ""}
    assert browser.post(f"{page}visits/new/", sent | {"done3": "没说是什么"}).status_code == 400
    assert browser.post(f"{page}visits/new/", sent | {"people": "3"}).status_code == 400
    assert browser.post(f"{page}visits/new/", sent).status_code == 302
    told = signed_in(town.secretary).get(page).content.decode()
    for said in ("样例：看了大厅", "路灯坏了", "当天换好", "没有停车的地方"):
        assert said in told
    assert "样例：看了大厅" not in signed_in(town.stranger).get(page).content.decode()
    problem = Problem.objects.get(state="open")
    address = f"{LIST}problems/{problem.pk}/"
    assert signed_in(town.stranger).get(address).status_code == 404
    assert signed_in(town.secretary).get(address).context["moves"] == []
    assert signed_in(town.secretary).post(f"{address}move/", {"do": "solve", "outcome": "样例"}).status_code == 403
    asked = {"body": "大唐街道党工委", "due_on": town.today + timedelta(days=9)}
    assert browser.post(f"{address}take-on/", asked | {"body": "没有"}).status_code == 400
    assert browser.post(f"{address}take-on/", asked).status_code == 302
    assert "大唐街道党工委" in signed_in(town.secretary).get(page).content.decode() and Ask.objects.count() == 1
    visit = Visit.objects.get()
    assert browser.get(f"{LIST}visits/{visit.pk}/").context["form"].initial["seen"] == "样例：看了大厅"
    assert browser.post(f"{LIST}visits/{visit.pk}/", {"on": town.today, "seen": "改了"}).status_code == 302
    browser.post(f"{LIST}visits/{visit.pk}/take-back/")
    assert Visit.objects.get().seen == "改了"  # somebody was asked, so it stays


def test_it_is_handed_on_amended_and_ended_on_its_pages(contact, town, signed_in):
    browser, page = signed_in(town.accounts["county"]), f"{LIST}{contact.pk}/"
    assert browser.get(f"{page}hand-on/").context["nobody"]
    assert browser.post(f"{page}edit/", {"wanted": "6", "why": "样例：改"}).status_code == 302
    assert browser.post(f"{page}end/", {"on": "2000-01-01", "because": "样例"}).status_code == 400
    assert browser.post(f"{page}end/", {"on": town.today, "because": "样例"}).status_code == 302
    contact.refresh_from_db()
    assert (contact.wanted, contact.has_ended(town.today)) == (6, True)
    assert browser.get(page).context["is_over"]
    assert signed_in(town.secretary).post(f"{page}take-out/").status_code == 403


def test_a_demonstration_point_is_approved_and_withdrawn_on_the_page(contact, town, signed_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    browser, page = signed_in(town.accounts["county"]), f"{LIST}{contact.pk}/"
    sent = {
        "document": "样委〔2026〕1号", "approver": "样例市委", "approver_kind": "mass", "level": "city",
        "approved_on": town.today, "recheck_on": town.today + timedelta(days=300),
    }  # fmt: skip
    refused = browser.post(f"{page}demonstration/", sent | {"link": "https://example.cn/1"})
    assert refused.status_code == 400 and "2022" in str(refused.context["form"].non_field_errors())
    paper = SimpleUploadedFile("批复.pdf", b"%PDF-1.7 sample")
    assert browser.post(f"{page}demonstration/", sent | {"approver_kind": "party", "file": paper}).status_code == 302
    made = contact.demonstrations.get()
    paper = signed_in(town.stranger).get(f"{LIST}demonstrations/{made.pk}/paper/")
    assert "attachment" in paper["Content-Disposition"] and b"".join(paper.streaming_content).startswith(b"%PDF")
    recheck = f"{LIST}demonstrations/{made.pk}/recheck/"
    browser.post(recheck, {"do": "keep", "note": "样例"})
    assert not made.rechecks.exists()
    browser.post(recheck, {"do": "withdraw", "note": "样例：不再开放"})
    assert "样例：不再开放" in signed_in(town.stranger).get(page).content.decode()


# == the calendar ==
def test_a_check_is_entered_after_who_else_comes_there_was_shown(town, signed_in):
    first = inspect(town)
    browser = with_a_factor(signed_in(town.accounts["county_chair"]))
    address = f"/bodies/{town.bodies['county_union'].pk}/inspections/new/"
    month = month_ahead(town)
    sent = {
        "title": "样例",
        "document": "样例文件",
        "number": "工1",
        "month": f"{month:%Y-%m}",
        "day": "",
        "places": "上下文村",
    }
    assert browser.post(address, sent | {"places": "没有这里"}).status_code == 400
    assert browser.post(address, sent | {"day": "31", "month": "2000-02"}).status_code == 400
    shown = browser.post(address, sent)
    assert [row.by for row in shown.context["others"]] == ["诸暨市委"] and Inspection.objects.count() == 1
    seen = shown.context["form"]["seen"].value()
    made = browser.post(address, sent | {"seen": seen})
    second = Inspection.objects.exclude(pk=first.pk).get()
    assert made["Location"] == f"/inspections/{second.pk}/"
    merged = signed_in(town.clerk).post(
        "/inspections/together/merge/", {"stop": list(Stop.objects.values_list("pk", flat=True)), "on": month}
    )
    assert merged.status_code == 302 and Stop.objects.exclude(joint=None).count() == 2
    page = browser.get(f"/inspections/?month={month:%Y-%m}")
    assert [row.along for row in page.context["listed"].rows] == [["诸暨市总工会"], ["诸暨市委"]]


def test_a_month_has_the_days_it_has(town, signed_in):
    browser = signed_in(town.accounts["county"])
    address = f"/bodies/{town.bodies['county_party'].pk}/inspections/new/"
    february = next(month for ahead in range(1, 13) if (month := month_ahead(town, ahead)).month == 2)
    sent = {"title": "样例", "document": "样例文件", "number": "1", "month": f"{february:%Y-%m}", "day": "30"}
    page = browser.post(address, sent | {"places": "上下文村"})
    assert page.status_code == 400 and page.context["form"].errors["day"]


def test_the_calendar_is_narrowed_and_its_file_has_the_same(town, signed_in):
    inspect(town)
    inspect(town, number="样例2", places=[place(town, day=5, body="street_party")])
    browser, month = signed_in(town.accounts["county"]), f"{month_ahead(town):%Y-%m}"

    def found(query: str) -> int:
        return len(browser.get(f"/inspections/?month={month}&{query}").context["listed"].rows)

    assert [found(""), found(f"below={town.units['village'].pk}"), found(f"body={town.bodies['city_union'].pk}")] == [
        2,
        1,
        0,
    ]
    assert [found("clash=on"), len(rows_of(browser.get(f"/inspections.xlsx?month={month}")))] == [0, 2]
    assert browser.get("/inspections/?month=2026-13").status_code == 400
    one = queries(browser, f"/inspections/?month={month}&below={town.units['village'].pk}")
    inspect(town, number="样例3", places=[place(town, unit="hosiery")])
    assert found("") == 3
    assert queries(browser, f"/inspections/?month={month}&below={town.units['county'].pk}") == one
    ours = signed_in(town.secretary).get(f"/bodies/{town.bodies['village_party'].pk}/inspections/")
    assert [row.by for row in ours.context["shown"].rows] == ["诸暨市委"]


def test_consent_is_given_on_the_page_of_the_check_by_the_body_above_alone(town, signed_in):
    asked = inspect(town, number="", reason="样例：群众反映")
    page = f"/inspections/{asked.pk}/"
    assert signed_in(town.accounts["county_chair"]).get(page).status_code == 404
    assert signed_in(town.accounts["county"]).post(f"{page}decide/", {"do": "agree"}).status_code == 403
    above = signed_in(town.clerk)
    assert above.get(page).context["decides"]
    above.post(f"{page}decide/", {"do": "refuse", "said": ""})
    asked.refresh_from_db()
    assert asked.state == "waiting"
    above.post(f"{page}decide/", {"do": "agree", "said": ""})
    browser = signed_in(town.accounts["county"])
    browser.post(f"{page}call-off/", {"said": "样例：情况变了"})
    asked.refresh_from_db()
    assert (asked.state, asked.said) == ("cancelled", "样例：情况变了")
    assert "样例：情况变了" in browser.get(page).content.decode()


def test_the_api_tells_the_same(contact, town, signed_in):
    tell(contact, town, people=12)
    inspect(town)
    browser = signed_in(town.secretary)
    (line,) = browser.get("/api/v1/contact-points").json()["contact_points"]
    assert (line["name"], line["state"], line["pace"]["made"]) == ("上下文村党支部", "stands", 1)
    assert browser.get(f"/api/v1/contact-points/{contact.pk}").json()["visits"][0]["people"] == 12
    other = signed_in(town.stranger).get(f"/api/v1/contact-points/{contact.pk}").json()
    assert (other["pace"], other["visits"]) == (None, [])
    assert browser.get("/api/v1/contact-points/999999").status_code == 404
    month = f"{month_ahead(town):%Y-%m}"
    (stop,) = browser.get(f"/api/v1/inspections?month={month}").json()["stops"]
    assert (stop["title"], stop["state"]) == ("样例检查", "stands")
    assert signed_in(town.stranger).get(f"/api/v1/inspections?month={month}").json()["stops"] == []
