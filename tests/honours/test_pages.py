"""The pages: what shows to whom, what is refused, the same number of queries however long a list is."""

from datetime import timedelta
from io import BytesIO
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from gongjian.honours import applying, awarding
from gongjian.honours.models import Application, Award, Call, Nurturing, Opinion, Review, Reviewer

from .conftest import application, begin, begin_review, define, hand_in, noon, review

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def door(signed_in):
    def open_(who, name, *args):
        return signed_in(who).get(reverse(name, args=args), headers=ENGLISH)

    return open_


def anybody(name, *args, **more):
    return Client().get(reverse(name, args=args), headers=ENGLISH, **more)


def test_every_page_opens_to_those_it_concerns(awarded, door):
    its, held = application(awarded, "hosiery"), Award.objects.first()
    for who in (awarded.keeper, awarded.applicant, awarded.branch, awarded.reviewer, awarded.town.stranger):
        for name in ("honours", "honour_catalogue", "honour_awards", "honours_due", "honour_nurturings"):
            assert door(who, name).status_code == 200, name
        assert door(who, "honour", "may_day_certificate").status_code == 200
        assert door(who, "honour_call", awarded.call.pk).status_code == 200
        assert door(who, "honour_application", its.pk).status_code == 200
        assert door(who, "honour_award", held.pk).status_code == 200
    assert door(awarded.applicant, "honour_write", its.pk).status_code == 200
    assert door(awarded.keeper, "honour_awards_export").status_code == 200
    assert door(awarded.town.stranger, "honour_write", its.pk).status_code == 404
    assert door(awarded.town.stranger, "honour_call_award", awarded.call.pk).status_code == 404
    assert door(awarded.town.stranger, "honour_reviewing", awarded.call.pk).status_code == 404
    assert door(awarded.town.stranger, "honour_call_new", awarded.town.bodies["city_union"].pk).status_code == 403


def test_an_application_is_whole_only_for_those_concerned_and_the_notice_tells_the_rest(noticed, door):
    its = application(noticed, "hosiery")
    whole = door(noticed.applicant, "honour_application", its.pk).content.decode()
    told = door(noticed.town.stranger, "honour_application", its.pk).content.decode()
    for page in (whole, told):
        assert "大唐样例袜业001" in page and "减少了三成损耗" in page
    assert "What the register said when the list was proposed" in whole and "90.00 of 100" in whole
    assert "What the register said" not in told and "90.00" not in told and "Object to this one" in told


def test_before_the_notice_a_stranger_sees_no_applications(opened, door):
    page = door(opened.town.stranger, "honour_call", opened.call.pk).content.decode()
    assert "大唐样例袜业001" not in page and "None that you may read" in page
    assert door(opened.town.stranger, "honour_application", application(opened, "hosiery").pk).status_code == 404


def test_a_blind_reviewer_sees_number_and_deeds_and_no_name(opened, signed_in):
    Reviewer.objects.update(is_blind=True)
    begin_review(opened)
    its, browser = application(opened, "hosiery"), signed_in(opened.reviewer)
    reviewer = Reviewer.objects.get()
    pages = [reverse("honour_reviewing", args=[opened.call.pk]), reverse("honour_review", args=[reviewer.pk, its.pk])]
    for address in pages:
        page = browser.get(address, headers=ENGLISH).content.decode()
        assert "Application 1" in page and "袜业" not in page and "上下文村" not in page
    assert browser.get(reverse("honour_application", args=[its.pk])).status_code == 404
    assert "袜业" not in browser.get(reverse("honour_call", args=[opened.call.pk])).content.decode()
    answer = browser.post(pages[1], {"value_work": "90", "value_workers": "80.5", "words": "实"}, headers=ENGLISH)
    assert answer.status_code == 302 and Review.objects.get().given == {"work": "90", "workers": "80.5"}
    browser.post(pages[1], {"do": "conflict", "conflict": "亲属"})
    assert Review.objects.get().conflict == "亲属"


def test_it_goes_from_call_to_award_through_the_pages(called, signed_in):
    town = called.town
    keeper, colleague, applicant = (signed_in(who) for who in (called.keeper, called.colleague, called.applicant))
    form = {
        "honour": "may_day_certificate", "title": "样例评选", "year": town.today.year, "places": "2",
        "document": "样例1号",
        "apply_until": town.today + timedelta(days=5), "review_until": town.today + timedelta(days=9),
    }  # fmt: skip
    address = reverse("honour_call_new", args=[town.bodies["city_union"].pk])
    assert keeper.post(address, form | {"places": "99"}, headers=ENGLISH).status_code == 400
    assert keeper.post(address, form).status_code == 302
    call = Call.objects.latest("pk")
    move = reverse("honour_call_move", args=[call.pk])
    keeper.post(reverse("honour_reviewer_new", args=[call.pk]), {"name": "何样例", "phase": "panel"})
    assert [each.person for each in call.reviewers.all()] == [town.people["reviewer"]]
    keeper.post(move, {"do": "open"})
    apply = reverse("honour_apply", args=[call.pk, called.joint.pk])
    answer = applicant.post(apply, {"unit": town.units["hosiery"].pk, "team": ""})
    its = Application.objects.get(call=call)
    assert answer.url == reverse("honour_write", args=[its.pk])
    applicant.post(answer.url, {"story": "样例事迹"})
    applicant.post(reverse("honour_application_move", args=[its.pk]), {"do": "hand_in"})
    its.refresh_from_db()
    assert its.state == "handed_in" and its.story == "样例事迹"
    page = keeper.get(reverse("honour_call", args=[call.pk]), headers=ENGLISH).content.decode()
    assert "Applications are taken until" in page
    Call.objects.filter(pk=call.pk).update(apply_until=town.today - timedelta(days=1))
    keeper.post(move, {"do": "review"})
    for opinion in Opinion.objects.filter(application=its):
        who = called.branch if opinion.body == town.bodies["village_party"] else called.county
        given = {"do": "clear", "words": "样例函"}
        assert signed_in(who).post(reverse("honour_opinion", args=[opinion.pk]), given).status_code == 302
    review = reverse("honour_review", args=[Reviewer.objects.get(call=call).pk, its.pk])
    signed_in(called.reviewer).post(review, {"value_work": "90", "value_workers": "90"})
    keeper.post(move, {"do": "propose"})
    keeper.post(move, {"do": "give_notice"})
    signed_in(town.stranger).post(reverse("honour_object", args=[its.pk]), {"reason": "数字不对"})
    objection = its.objections.get()
    colleague.post(reverse("honour_answer", args=[objection.pk]), {"do": "reject", "answer": "核过"})
    Call.objects.filter(pk=call.pk).update(
        notice_on=town.today - timedelta(days=9), notice_until=town.today - timedelta(days=1)
    )
    assert (
        "Award by a document" in colleague.get(reverse("honour_call", args=[call.pk]), headers=ENGLISH).content.decode()
    )
    paper = SimpleUploadedFile("决定.pdf", b"%PDF-1.4 sample")
    said = {"document": "样例9号", "issuer": "样例市总工会", "awarded_on": town.today}
    award = reverse("honour_call_award", args=[call.pk])
    assert colleague.post(award, said, headers=ENGLISH).status_code == 400
    assert colleague.post(award, said | {"file": paper}).status_code == 302
    held = Award.objects.get()
    assert (held.state, len(held.sha256)) == ("standing", 64)
    assert b"%PDF" in b"".join(keeper.get(reverse("honour_award_paper", args=[held.pk])).streaming_content)
    assert anybody("honour_award_paper", held.pk).status_code == 302
    steps = reverse("honour_award_move", args=[held.pk])
    assert signed_in(called.applicant).post(steps, {"do": "withdraw", "reason": "不要"}).status_code == 302
    held.refresh_from_db()
    assert held.state == "standing"
    keeper.post(steps, {"do": "withdraw", "reason": "隐瞒事故"})
    page = anybody("honour_award", held.pk).content.decode()
    assert "was withdrawn" in page and "隐瞒事故" in page
    assert anybody("honour_certificate", held.pk).status_code == 404


def test_whoever_keeps_the_call_reads_who_was_taken_off_and_that_what_they_gave_counts(opened, signed_in):
    begin_review(opened)
    review(opened, "hosiery", "90")
    browser, page = signed_in(opened.keeper), reverse("honour_call", args=[opened.call.pk])
    drop = reverse("honour_reviewer_drop", args=[Reviewer.objects.get().pk])
    assert signed_in(opened.town.stranger).post(drop).status_code == 404
    assert drop in browser.get(page, headers=ENGLISH).content.decode()
    said = browser.post(drop, headers=ENGLISH, follow=True).content.decode()
    assert "What they gave until now counts." in said and "What they gave counts: 1" in said and drop not in said


# == the public register ==
def test_everybody_reads_the_register_of_units_and_bodies_and_may_keep_it(awarded):
    held = Award.objects.first()
    for answer in (anybody("honour_awards"), anybody("honour_award", held.pk),
                   anybody("unit_honours", held.unit_id)):  # fmt: skip
        page = answer.content.decode()
        assert answer.status_code == 200 and "大唐样例袜业001" in page
        assert answer["Cache-Control"] == "public, max-age=60"
    assert anybody("body_honours", awarded.joint.pk).status_code == 200
    pdf = anybody("honour_certificate", held.pk)
    assert pdf.content.startswith(b"%PDF") and pdf["Cache-Control"] == "public, max-age=60"
    Award.objects.update(awarded_on=awarded.today)
    assert "May Day certificate" in anybody("unit", held.unit_id).content.decode()


def test_a_page_that_names_a_person_is_never_kept(awarded, signed_in):
    medal = Award.objects.create(
        honour=define("may_day_medal"), giver=awarded.town.bodies["city_union"], of_body=awarded.joint, year=2026,
        person=awarded.town.people["chair"], number="M1", document="样例1号", link="https://example.com", issuer="样例",
        awarded_on=awarded.today, state="standing",
    )  # fmt: skip
    assert anybody("honour_award", medal.pk).status_code == 404
    assert "陈样例" not in anybody("honour_awards").content.decode()
    own = signed_in(awarded.applicant)
    assert "陈样例" in own.get(reverse("honour_award", args=[medal.pk])).content.decode()
    assert "May Day medal" in own.get(reverse("person", args=[medal.person_id]), headers=ENGLISH).content.decode()
    own.post(reverse("honour_award_name", args=[medal.pk]), {"do": "show", "name": "陈师傅"})
    answer = anybody("honour_award", medal.pk)
    assert "陈师傅" in answer.content.decode() and "Cache-Control" not in answer.headers
    own.post(reverse("honour_award_name", args=[medal.pk]), {"do": "hide"})
    assert anybody("honour_award", medal.pk).status_code == 404


def test_what_is_not_published_is_read_by_who_keeps_it_and_published_by_its_document(awarded, signed_in):
    held = Award.objects.first()
    Award.objects.filter(pk=held.pk).update(state="entered", document="", link="")
    assert anybody("honour_award", held.pk).status_code == 404
    keeper, move = signed_in(awarded.keeper), reverse("honour_award_move", args=[held.pk])
    assert (
        "Publish it by its document"
        in keeper.get(reverse("honour_award", args=[held.pk]), headers=ENGLISH).content.decode()
    )
    keeper.post(move, {"do": "publish", "document": "样例1号"})
    assert Award.objects.get(pk=held.pk).state == "entered"
    keeper.post(move, {"do": "publish", "document": "样例1号", "link": "https://example.com/1"})
    assert Award.objects.get(pk=held.pk).state == "standing"


def test_the_register_as_excel_holds_what_the_reader_may_see(awarded, signed_in):
    answer = signed_in(awarded.town.stranger).get(reverse("honour_awards_export"), headers=ENGLISH)
    rows = list(load_workbook(BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content),
                              read_only=True).active.values)  # fmt: skip
    assert [row[1] for row in rows[1:]] == ["大唐样例五金003", "大唐样例袜业001"]
    assert "Number" in rows[0]


def test_on_an_earlier_day_a_unit_held_nothing_yet(awarded, signed_in):
    held = Award.objects.first()
    browser = signed_in(awarded.keeper)
    page = reverse("unit", args=[held.unit_id])
    awarding.withdraw(held, reason="隐瞒", today=held.awarded_on, now=noon(held.awarded_on), by=awarded.keeper)
    Award.objects.filter(pk=held.pk).update(awarded_on=awarded.today - timedelta(days=9), ended_on=awarded.today)
    now = browser.get(page, headers=ENGLISH).content.decode()
    assert "May Day certificate" in now and "was withdrawn" in now
    then = browser.get(f"{page}?on={awarded.today - timedelta(days=5)}", headers=ENGLISH).content.decode()
    assert "May Day certificate" in then and "was withdrawn" not in then
    before = browser.get(f"{page}?on={awarded.today - timedelta(days=10)}", headers=ENGLISH).content.decode()
    assert "May Day certificate" not in before


def test_where_there_are_more_than_a_page_shows_it_says_so_and_leads_to_all(awarded, signed_in):
    first, browser = Award.objects.first(), signed_in(awarded.keeper)
    Award.objects.bulk_create(
        Award(honour=first.honour, giver=first.giver, unit=first.unit, team=f"班组{at}", year=2020, number=f"N{at:02}",
              document="样例", link="https://example.com", issuer="样例", state="standing",
              awarded_on=awarded.today - timedelta(days=at)) for at in range(40)
    )  # fmt: skip
    unit = browser.get(reverse("unit", args=[first.unit_id]), headers=ENGLISH).content.decode()
    whole = reverse("unit_honours", args=[first.unit_id])
    assert f'href="{whole}">All honours</a>' in unit and "These are the last 10." in unit
    page = browser.get(whole, headers=ENGLISH)
    seen, turned = set(), 0
    while True:
        shown = page.context["page"]
        seen |= {each.pk for each in shown.rows}
        if not shown.next:
            break
        assert f"after={quote(shown.next)}" in page.content.decode()
        page, turned = browser.get(whole, {"after": shown.next}, headers=ENGLISH), turned + 1
    assert seen == set(Award.objects.filter(unit=first.unit_id).values_list("pk", flat=True)) and turned == 1


# == nurturing ==
def test_nurturing_is_begun_and_ends_through_its_pages(opened, signed_in):
    browser = signed_in(opened.county)
    form = {"kind": "body", "name": "上下文村联合工会", "mentor": "郑样例", "aim": "样例方向", "what1": "样例阶段",
            "due1": opened.today + timedelta(days=9)}  # fmt: skip
    address = reverse("honour_nurturing_new", args=[opened.town.bodies["county_union"].pk])
    assert browser.post(address, form | {"name": "没有这个"}, headers=ENGLISH).status_code == 400
    assert browser.post(address, form).status_code == 302
    its = Nurturing.objects.get()
    move = reverse("honour_nurturing_move", args=[its.pk])
    browser.post(move, {"do": "reach", "id": its.stages.get().pk, "reason": "到了"})
    browser.post(move, {"do": "end", "reason": "条件不够"})
    its.refresh_from_db()
    assert (its.state, its.stages.get().word) == ("ended", "到了")
    for name, args in (("honour_nurturings", []), ("honour_nurturing", [its.pk])):
        assert "上下文村联合工会" in browser.get(reverse(name, args=args)).content.decode()
    assert signed_in(opened.town.stranger).get(reverse("honour_nurturing", args=[its.pk])).status_code == 404


# == the same number of queries ==
def counted(browser, address):
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


def test_lists_take_as_many_queries_for_three_rows_as_for_one(awarded, signed_in):
    browser = signed_in(awarded.keeper)
    call, page = reverse("honours"), reverse("honour_awards")
    of_unit, one = (
        reverse("unit_honours", args=[awarded.town.units["hosiery"].pk]),
        reverse("honour_call", args=[awarded.call.pk]),
    )
    addresses = [call, page, of_unit, one]
    first = Award.objects.order_by("pk").first()
    Award.objects.exclude(pk=first.pk).delete()
    Application.objects.exclude(pk=first.application_id).delete()
    browser.get(call)  # the first of a session takes two more
    few = [counted(browser, each) for each in addresses]
    for at in range(3):
        begin(awarded.town, awarded.call.version.honour, title=f"样例{at}")
        Award.objects.create(
            honour=first.honour, giver=first.giver, unit=first.unit, team=f"班组{at}", year=2026, number=f"N{at}",
            document="样例", link="https://example.com", issuer="样例", awarded_on=first.awarded_on, state="standing",
        )  # fmt: skip
        Application.objects.create(
            call=awarded.call, by_body=awarded.joint, unit=first.unit, team=f"班组{at}", number=90 + at, story="样例",
            handed_in_on=awarded.today, state="awarded",
        )  # fmt: skip
    assert [counted(browser, each) for each in addresses] == few
    assert max(few) <= 40


def test_a_call_in_review_takes_as_many_queries_however_many_applied(opened, signed_in):
    browser = signed_in(opened.keeper)
    for key in ("a", "b"):
        hand_in(opened, "hosiery", team=key)
    begin_review(opened)
    addresses = [reverse("honour_call", args=[opened.call.pk])]
    browser.get(reverse("honours"))
    many = [counted(browser, each) for each in addresses]
    for each in Application.objects.filter(call=opened.call).exclude(team=""):
        applying.exclude(each, reason="重复", now=noon(opened.after), by=opened.keeper)
    assert [counted(browser, each) for each in addresses] == many
