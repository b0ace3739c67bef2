"""The pages of a reconciliation, through the client: what is sent, decided and written, and how much it asks."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from procrastinate.contrib.django.models import ProcrastinateJob

from gongjian.accounts.models import User
from gongjian.register import actions
from gongjian.register.models import Finding, Reconciliation, UnitEntry
from gongjian.register.reconciliations.applying import SMALL
from gongjian.register.reconciliations.deciding import accept, accept_sure, add_document
from gongjian.register.tasks import apply_list
from gongjian.register.views import reconciliations as pages

from .. import town as here
from .lists import NEW, NOW, OLD, THEN, TODAY, finding_of, listed, other, settled, thought

TOWN, VILLAGE = "330681113", "330681113265"


@pytest.fixture
def keeper(city_of_2018) -> User:
    """Somebody with an office that keeps the register; the register holds the small city of 2018."""
    city = UnitEntry.objects.get(code="3306").unit
    body = here.body("绍兴市委", "party_committee", city, since=THEN)
    made = here.account("李样例")
    here.office(here.person("李样例", account=made), body, "organisation_officer", since=THEN)
    return made


@pytest.fixture
def desk(keeper, signed_in):
    browser = here.with_a_factor(signed_in(keeper))
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return browser


@pytest.fixture
def open_one(desk) -> Reconciliation:
    send(desk, listed(NEW))
    return Reconciliation.objects.latest("id")


def send(desk, content: bytes, day: str = "2020-06-30"):
    file = SimpleUploadedFile("2020年区划.csv", content)
    return desk.post(reverse("reconciliation-new"), {"file": file, "as_of": day}, follow=True)


def words_of(response) -> str:
    page = response.content.decode()
    main = re.sub(r'<span lang="zh-Hans">([^<]*)</span>', r"\1", page[page.index("<main") : page.index("</main>")])
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def decide(desk, finding: Finding, decision: str, **more: str):
    address = reverse("finding-decide", args=[finding.reconciliation_id, finding.number])
    return desk.post(address, {"decision": decision, "version": finding.version, **more}, follow=True)


# == sending ==
def test_a_list_is_sent_compared_and_told_in_figures(desk):
    said = words_of(send(desk, listed(NEW)))
    assert "The list is of 2020-06-30 and has 7 rows. On the day before, 9 divisions stood in the register." in said
    assert "9 are sure; 1 want a look" in said and "Accept the 9 sure ones" in said
    assert "诸暨市" in said


def test_a_list_that_is_refused_says_why_and_is_not_kept(desk):
    answer = send(desk, listed(NEW + "3307,金华市,\n"))
    assert answer.status_code == 422
    assert "The list has several cities at its top: 绍兴市 (3306)、金华市 (3307)." in words_of(answer)
    assert Reconciliation.objects.count() == 1


def test_half_a_list_stops_and_asks_and_goes_on_only_when_told(desk):
    half = "3306,绍兴市,\n330681,诸暨市,3306\n330681113,草塔镇,330681\n"
    assert "More than half of the divisions would be gone" in words_of(send(desk, listed(half)))
    found = Reconciliation.objects.latest("id")
    assert (found.state, found.findings.count()) == ("asked", 0)
    desk.post(reverse("reconciliation-confirm", args=[found.pk]))
    found.refresh_from_db()
    assert (found.state, found.findings.count()) == ("open", 9)


def test_the_same_list_sent_again_leads_to_the_one_that_is_open(desk, open_one):
    said = words_of(send(desk, listed(NEW)))
    assert "You have sent this very list already." in said
    assert Reconciliation.objects.latest("id") == open_one


# == deciding ==
def test_sure_ones_in_one_step_the_rest_one_after_the_other_then_written(desk, open_one):
    desk.post(reverse("reconciliation-accept", args=[open_one.pk]))
    page = desk.get(reverse("finding-work", args=[open_one.pk]), follow=True)
    said = words_of(page)
    assert "“草塔镇” was merged into “大唐街道”." in said and "1 of 1 still open" in said
    assert "3 of its 3 villages now lie in “大唐街道”." in said and "This is likely" in said
    said = words_of(decide(desk, finding_of(open_one, TOWN), "accept"))
    assert "Accepted as proposed." in said and "All is decided" in said
    said = words_of(desk.post(reverse("reconciliation-apply", args=[open_one.pk]), follow=True))
    assert "The list is in the register" in said
    assert UnitEntry.objects.on(NOW).filter(code="330681005").exists()
    said = words_of(desk.post(reverse("reconciliation-undo", args=[open_one.pk]), follow=True))
    assert "The list is taken back" in said
    assert not UnitEntry.objects.filter(code="330681005").exists()


def test_an_alternative_is_shown_with_its_reasons_and_chosen_by_its_number(desk, open_one):
    village = finding_of(open_one, VILLAGE)
    with_reason = other(open_one, village, "renamed", "330681005265") | {
        "evidence": [{"kind": "same_code", "gaps": {"code": "330681113265"}}]
    }
    village = thought(open_one, VILLAGE, "unknown", alternatives=[with_reason])
    said = words_of(desk.get(reverse("finding", args=[open_one.pk, village.number])))
    assert "“上旺村委会” is now called “上旺下旺村委会”." in said
    assert "It bears the same code, 330681113265." in said
    decide(desk, village, "1")
    village.refresh_from_db()
    assert (village.decision, village.chosen) == ("chosen", 1)


def test_the_second_officer_is_told_on_the_page(desk, open_one):
    town = finding_of(open_one, TOWN)
    accept(finding_of(open_one, TOWN), version=1, by=here.account("王样例"))
    assert "王样例 has decided this at" in words_of(decide(desk, town, "unknown"))
    assert finding_of(open_one, TOWN).decision == "accepted"


def test_the_same_key_pressed_twice_is_one_decision(desk, keeper, open_one):
    town = finding_of(open_one, TOWN)
    decide(desk, town, "accept")
    said = words_of(decide(desk, town, "accept"))
    assert "has decided this at" not in said
    assert finding_of(open_one, TOWN).version == 2


def test_the_last_decision_is_undone_and_one_is_led_there(desk, open_one):
    town = finding_of(open_one, TOWN)
    decide(desk, town, "accept")
    said = words_of(desk.post(reverse("finding-undo", args=[open_one.pk, 1]), follow=True))
    assert f"No. {town.number} is open again." in said and "“草塔镇” was merged into" in said


def test_a_document_stays_for_the_next_decisions_until_another_is_chosen(desk, open_one):
    town, village = finding_of(open_one, TOWN), finding_of(open_one, VILLAGE)
    address = reverse("finding-document", args=[open_one.pk, town.number])
    said = words_of(desk.post(address, {"number": "绍政函〔2020〕12号"}, follow=True))
    assert "Stands on: 绍政函〔2020〕12号" in said
    decide(desk, town, "accept")
    decide(desk, village, "accept")
    assert {str(each.document) for each in (finding_of(open_one, TOWN), finding_of(open_one, VILLAGE))} == {
        "绍政函〔2020〕12号"
    }
    desk.post(address, {"chosen": ""})
    assert "Stands on" not in words_of(desk.get(reverse("finding", args=[open_one.pk, town.number])))
    assert desk.post(address, {"title": ""}).status_code == 422


@pytest.mark.parametrize("odd", ["²", "①", "9" * 5000, "-1", "1e9"])
def test_what_looks_like_a_number_and_is_none_decides_nothing(desk, open_one, odd):
    town = finding_of(open_one, TOWN)
    assert decide(desk, town, odd).status_code == 404
    assert desk.post(reverse("finding-decide", args=[open_one.pk, town.number]), {"version": odd}).status_code == 404
    desk.post(reverse("finding-document", args=[open_one.pk, town.number]), {"chosen": odd})
    assert desk.get(reverse("finding", args=[open_one.pk, town.number])).status_code == 200
    assert finding_of(open_one, TOWN).decision == "open"


@pytest.mark.parametrize("name, content", [("x.html", b"<script>"), ("x.pdf", b"<script>"), ("x.exe", b"MZ")])
def test_a_document_that_is_no_paper_is_not_kept(desk, open_one, name, content):
    address = reverse("finding-document", args=[open_one.pk, finding_of(open_one, TOWN).number])
    answer = desk.post(address, {"number": "一号", "file": SimpleUploadedFile(name, content)})
    assert (answer.status_code, open_one.documents.count()) == (422, 0)


def test_findings_are_filtered(desk, open_one):
    def numbers(**asked: str) -> set[int]:
        page = desk.get(reverse("findings", args=[open_one.pk]), asked)
        return {int(number) for number in re.findall(r"/settle/(\d+)/\"", page.content.decode())}

    every = set(open_one.findings.values_list("number", flat=True))
    merged = set(open_one.findings.filter(happened="merged").values_list("number", flat=True))
    assert numbers() == every and numbers(happened="merged") == merged
    assert numbers(verdict="doubtful") == {finding_of(open_one, TOWN).number}
    assert numbers(county="330681", verdict="sure", decision="decided") == set()
    accept_sure(open_one, by=None)
    assert numbers(decision="open") == {finding_of(open_one, TOWN).number}
    assert numbers(verdict="nonsense") == every


# == long lists ==
def long_lists(count: int) -> tuple[str, str]:
    """The small city before and after, with so many villages more, which all go along to the new street."""
    numbers = range(300, 300 + count)
    return (
        OLD + "".join(f"330681113{n},样例{n}村委会,330681113\n" for n in numbers),
        NEW + "".join(f"330681005{n},样例{n}村委会,330681005\n" for n in numbers),
    )


@pytest.fixture
def long_one(keeper, desk) -> Reconciliation:
    """A list of which more is to be written than anybody waits for; all of it is decided."""
    old, new = long_lists(SMALL + 10)
    settled(listed(old), THEN.replace(year=2019))
    send(desk, listed(new))
    found = Reconciliation.objects.latest("id")
    accept_sure(found, by=None)
    for each in found.findings.filter(decision="open"):
        accept(each, version=each.version, by=None)
    return found


def jobs_of(found: Reconciliation):
    return ProcrastinateJob.objects.filter(args__reconciliation_id=found.pk)


def work(found: Reconciliation) -> None:
    """What the worker does with the job that waits."""
    (job,) = jobs_of(found).filter(status="todo")
    assert job.task_name == apply_list.name
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job.pk])
        apply_list.func(**job.args)
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job.pk])


@pytest.mark.django_db(transaction=True)  # a task looks after its own connection
def test_a_long_list_is_written_by_the_worker_once_however_often_it_is_asked(desk, long_one):
    for _click in range(2):
        said = words_of(desk.post(reverse("reconciliation-apply", args=[long_one.pk]), follow=True))
    assert "Writing into the register" in said and "The worker is not running" in said
    assert not UnitEntry.objects.filter(code="330681005300").exists()
    work(long_one)
    assert UnitEntry.objects.on(NOW).filter(code__startswith="330681005").count() == SMALL + 10 + 5
    part = desk.get(reverse("reconciliation-job", args=[long_one.pk])).content.decode()
    assert "In the register" in part and "Look at the outcome" in part
    said = words_of(desk.post(reverse("reconciliation-apply", args=[long_one.pk]), follow=True))
    assert "The list is in the register" in said and jobs_of(long_one).count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_waits_for_the_worker_is_neither_compared_again_nor_thrown_away(desk, long_one):
    desk.post(reverse("reconciliation-apply", args=[long_one.pk]))
    before = set(long_one.findings.values_list("id", flat=True))
    for name in ("reconciliation-compare", "reconciliation-delete"):
        assert "Writing into the register" in words_of(desk.post(reverse(name, args=[long_one.pk]), follow=True))
    assert set(long_one.findings.values_list("id", flat=True)) == before


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_while_the_job_is_just_done_is_not_done_again(keeper, desk, long_one):
    asked = Reconciliation.objects.get(pk=long_one.pk)  # as the second click saw it
    desk.post(reverse("reconciliation-apply", args=[long_one.pk]))
    work(long_one)
    pages.defer_once(apply_list, asked, reconciliation_id=asked.pk, by_id=keeper.pk)
    assert not jobs_of(long_one).filter(status="todo").exists()


@pytest.mark.django_db(transaction=True)
def test_what_the_worker_was_refused_is_told(desk, long_one):
    desk.post(reverse("reconciliation-apply", args=[long_one.pk]))
    village = UnitEntry.objects.on(THEN).get(code="330681113264").unit
    actions.amend_unit(village, on=THEN, today=TODAY, by=None, code="330681113999")
    work(long_one)
    assert "has been changed since the list was compared" in words_of(
        desk.get(reverse("reconciliation", args=[long_one.pk]))
    )
    assert not UnitEntry.objects.filter(code="330681005300").exists()


def test_a_long_list_with_open_findings_is_refused_at_once(desk, long_one):
    merged = long_one.findings.filter(happened="merged")
    merged.update(decision="open", decided_at=None, decided_by=None, is_together=False)
    said = words_of(desk.post(reverse("reconciliation-apply", args=[long_one.pk]), follow=True))
    assert "findings are open." in said and not jobs_of(long_one).exists()


def test_a_long_list_of_which_little_is_to_be_written_is_written_at_once(desk, keeper):
    old, _new = long_lists(SMALL + 10)
    settled(listed(old), THEN.replace(year=2019))
    send(desk, listed(old + "330681113999,样例新村委会,330681113\n"))
    found = Reconciliation.objects.latest("id")
    accept_sure(found, by=None)
    assert found.findings.count() > SMALL
    assert "The list is in the register" in words_of(
        desk.post(reverse("reconciliation-apply", args=[found.pk]), follow=True)
    )


# == workbooks ==
def workbook(desk, found: Reconciliation) -> list[list[object]]:
    answer = desk.get(reverse("findings-workbook", args=[found.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def sent_back(desk, found: Reconciliation, rows: list[list[object]]):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    address = reverse("findings-decisions", args=[found.pk])
    return desk.post(address, {"file": SimpleUploadedFile("决定.xlsx", file.getvalue())})


def test_decisions_go_out_and_come_back_in_a_workbook(desk, open_one):
    add_document(open_one, by=None, number="绍政函〔2020〕12号")
    accept_sure(open_one, by=None)
    rows = workbook(desk, open_one)
    heads = rows[0]
    at = {name: heads.index(name) for name in ("No.", "What happened", "Decision", "Until now")}
    assert len(rows) - 1 == open_one.findings.count()
    (town,) = (row for row in rows if row[at["Until now"]] == "草塔镇")
    assert town[at["What happened"]] == "“草塔镇” was merged into “大唐街道”."
    assert [row[at["Decision"]] for row in rows[1:]].count("accept") == 9 and town[at["Decision"]] is None

    town[at["Decision"]] = "不明"
    said = words_of(sent_back(desk, open_one, rows))
    assert "Decided: 1. Already so: 9." in said
    assert finding_of(open_one, TOWN).decision == "unknown"


def test_problems_of_a_workbook_are_told_by_row_and_nothing_is_written_over(desk, open_one):
    town, village = finding_of(open_one, TOWN), finding_of(open_one, VILLAGE)
    accept(town, version=1, by=None)
    rows = [
        ["No.", "Decision"],
        [town.number, "unknown"],
        [village.number, "perhaps"],
        [999, "accept"],
        [village.number, 7],
    ]
    said = words_of(sent_back(desk, open_one, rows))
    assert "No decision was taken over" in said
    assert "This is decided already: Accepted as proposed. Decide it otherwise on its page." in said
    assert "“perhaps” is no decision." in said
    assert "There is no finding 999" in said and "There is no alternative 7 here." in said
    assert finding_of(open_one, VILLAGE).decision == "open"


def test_a_file_that_is_no_such_workbook_is_refused(desk, open_one):
    answer = sent_back(desk, open_one, [["代码", "名称"], ["3306", "绍兴市"]])
    assert answer.status_code == 422 and "There is no column “No.”" in words_of(answer)


# == how much is asked ==
@pytest.mark.parametrize("name", ["reconciliations", "reconciliation", "findings"])
def test_a_page_asks_as_much_for_many_as_for_few(desk, open_one, name):
    def queries(found: Reconciliation) -> int:
        address = reverse(name, args=[] if name == "reconciliations" else [found.pk])
        desk.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(address).status_code == 200
        return len(asked)

    few = queries(open_one)
    more = NEW + "".join(f"330681005{n},样例{n}村委会,330681005\n" for n in range(300, 340))
    send(desk, listed(more))
    assert queries(Reconciliation.objects.latest("id")) == few


def test_every_page_is_complete_in_chinese(keeper, signed_in, open_one):
    browser = here.with_a_factor(signed_in(keeper))
    for address in (
        reverse("reconciliations"),
        reverse("reconciliation", args=[open_one.pk]),
        reverse("findings", args=[open_one.pk]),
        reverse("finding", args=[open_one.pk, finding_of(open_one, TOWN).number]),
    ):
        said = words_of(browser.get(address, headers={"Accept-Language": "zh-hans"}))
        assert not re.search(r"\b(the|of|is|was)\b", said), said
    with translation.override("zh-hans"):
        assert "并入" in said
