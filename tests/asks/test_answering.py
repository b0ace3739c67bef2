"""Answering, declining, handing over, taking back, giving back; a form sent twice; who may."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import FileField
from django.utils import timezone

from gongjian.asks import answering, sending, writing
from gongjian.asks.access import asks_to_answer, asks_visible_to
from gongjian.asks.forms import AnswerForm
from gongjian.asks.models import Answer, Ask, Question, Sending
from gongjian.chronicle.models import Act
from gongjian.register import actions
from gongjian.register.refusals import Refused
from tests.register import town as small


@pytest.fixture
def answer(town):
    def answered(ask: Ask, by=None, **said) -> Answer:
        said = {"token": uuid4()} | said
        return answering.answer(ask, today=town.today, now=timezone.now(), by=by or town.secretary, **said)

    return answered


def test_it_is_answered_by_whoever_holds_the_office_and_by_nobody_else(town, asked, answer):
    ask = asked()
    for nobody in (town.stranger, town.clerk, town.accounts["chair"], town.accounts["county"]):
        with pytest.raises(Refused, match="does not answer"):
            answer(ask, by=nobody)
    answer(ask)
    ask.refresh_from_db()
    assert (ask.state, ask.ended_by) == ("done", town.secretary)
    assert Act.objects.get(verb="asks.answered").subject == f"asks.ask:{ask.pk}"


def test_the_same_form_sent_twice_is_one_answer(town, asked, answer):
    ask, token = asked(kind="tell"), uuid4()
    first = answer(ask, token=token, text="办好了")
    assert answer(ask, token=token, text="办好了") == first
    assert Answer.objects.count() == 1 and Act.objects.filter(verb="asks.answered").count() == 1
    with pytest.raises(Refused, match="done by now"):
        answer(ask, text="再报一次")


def test_a_form_that_belongs_to_something_else_is_refused(town, asked, answer):
    token = uuid4()
    answer(asked(title="一"), token=token)
    other = asked(title="二")
    with pytest.raises(Refused, match="belongs to something else"):
        answer(other, token=token)
    other.refresh_from_db()
    assert other.state == "open"


def test_what_is_missing_is_said_and_nothing_is_kept(town, asked, answer):
    with pytest.raises(Refused, match="in words"):
        answer(asked(kind="tell", title="一"))
    with pytest.raises(Refused, match="Hand in a file"):
        answer(asked(kind="file", title="二"))
    with pytest.raises(Refused, match="“会议次数” is not answered"):
        answer(asked(questions=["会议次数", "职工总数"], title="三"))
    assert not Answer.objects.exists() and set(Ask.objects.values_list("state", flat=True)) == {"open"}


def test_known_facts_go_along_and_what_the_register_lacks_is_asked(town, asked, answer):
    ask = asked(questions=["党组织名称", "职工总数", "会议次数"])
    sheet = answering.sheet_of(ask, town.secretary, town.today)
    assert [(q.label, value) for q, value, _source in sheet.known] == [("党组织名称", "上下文村党支部")]
    assert {q.label for q in sheet.asked} == {"职工总数", "会议次数"}  # nobody has counted the village's staff
    ids = {q.label: q.pk for q in Question.objects.all()}
    found = answer(ask, values={ids["职工总数"]: 12, ids["会议次数"]: 3})
    assert found.values == {str(ids["职工总数"]): 12, str(ids["会议次数"]): 3}
    assert found.known == {str(ids["党组织名称"]): "上下文村党支部"}


def test_a_merged_ask_answers_both(town, send, write, answer):
    earlier = send(minutes=57, questions=["会议次数", "志愿者人数"], title="先前的")
    draft = writing.merge_with(
        write(minutes=5, questions=["会议次数", "联系户数"]), earlier, today=town.today, by=town.clerk
    )
    ask = sending.send(draft, today=town.today, now=timezone.now(), by=town.clerk).asks.get()
    sheet = answering.sheet_of(ask, town.secretary, town.today)
    assert sorted(q.label for q in sheet.asked) == ["会议次数", "志愿者人数", "联系户数"]
    answer(ask, values={question.pk: 1 for question in sheet.asked})
    assert set(Ask.objects.values_list("state", flat=True)) == {"done", "withdrawn"}


def test_a_file_is_kept_with_its_hash(town, asked, answer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    found = answer(asked(kind="file"), file=SimpleUploadedFile("样例.pdf", b"%PDF-1.7 sample"))
    assert found.sha256 == "b5d4c2daa152f53c02621a70601b11dc5b4aecbda1cc3f5962bc5f7f491bad40"
    assert found.file.read() == b"%PDF-1.7 sample"


@pytest.mark.parametrize("kind", Sending.Kind.values)
def test_only_an_ask_for_a_file_wants_one(town, asked, kind):
    said = {"facts": {"questions": ["样例数"]}, "elsewhere": {"href": "/units/1/", "kind": kind}}.get(
        kind, {"kind": kind}
    )
    sheet = answering.sheet_of(asked(**said), town.secretary, town.today)
    wanted = [name for name, field in AnswerForm(sheet).fields.items() if isinstance(field, FileField)]
    assert wanted == (["file"] if kind == Sending.Kind.FILE else [])


def test_it_is_declined_with_a_reason(town, asked):
    ask = asked()
    with pytest.raises(Refused, match="Say why not"):
        answering.decline(ask, reason=" ", now=timezone.now(), by=town.secretary)
    answering.decline(ask, reason="本村没有企业", now=timezone.now(), by=town.secretary)
    ask.refresh_from_db()
    assert (ask.state, ask.reason) == ("declined", "本村没有企业")


def test_it_is_handed_over_to_a_neighbour_and_never_in_a_circle(town, send):
    branch = town.bodies["other_branch"]
    found = send(receivers={"bodies": [town.bodies["village_party"].pk]})
    ask = found.asks.get()
    small.office(small.person("孙样例", account=small.account("孙样例")), branch, "party_secretary")
    other = branch.offices.get().person.account
    handed = answering.hand_over(
        ask, branch, reason="企业在你们那里", today=town.today, now=timezone.now(), by=town.secretary
    )
    ask.refresh_from_db()
    assert (ask.state, handed.state, handed.unit_id) == ("handed_over", "open", town.units["street"].pk)
    for back in (town.bodies["village_party"], branch):
        with pytest.raises(Refused, match="cannot be handed over"):
            answering.hand_over(handed, back, reason="退回", today=town.today, now=timezone.now(), by=other)
    assert list(asks_to_answer(town.secretary).filter(state="open")) == []
    assert list(asks_to_answer(other).filter(state="open")) == [handed]


def test_a_union_that_the_party_asks_hands_over_to_a_union(town, send):
    ask = send(receivers={"bodies": [town.bodies["county_union"].pk]}).asks.get()
    near = answering.may_take_over(ask, town.clerk, town.today)
    assert set(near.values_list("body", flat=True)) == {town.bodies["joint_union"].pk}


def test_it_is_not_handed_over_to_a_body_that_has_ended(town, asked):
    ask, branch = asked(), town.bodies["other_branch"]
    actions.close_body(branch, on=town.today, today=town.today, by=None)
    with pytest.raises(Refused, match="cannot be handed over"):
        answering.hand_over(ask, branch, reason="给你", today=town.today, now=timezone.now(), by=town.secretary)


def test_what_was_answered_is_taken_back_and_answered_anew(town, asked, answer):
    ask = asked(kind="tell")
    answer(ask, text="第一次")
    answering.take_back(ask, by=town.secretary)
    answer(ask, text="第二次")
    assert [each.text for each in ask.answers.order_by("at")] == ["第一次", "第二次"]


def test_whoever_asked_gives_it_back_with_what_is_missing(town, asked, answer):
    ask = asked(kind="tell")
    answer(ask, text="好")
    with pytest.raises(Refused, match="does not ask others"):
        answering.return_(ask, reason="写具体", by=town.secretary)
    answering.return_(ask, reason="写具体", by=town.clerk)
    ask.refresh_from_db()
    assert (ask.state, ask.reason, ask.ended_at) == ("open", "写具体", None)


def test_it_stays_with_the_organisation_when_the_office_changes_hands(town, asked):
    ask = asked()
    office = town.people["secretary"].offices.get()
    office.valid = (office.valid.lower, town.today)
    office.save(update_fields=["valid"])
    successor = small.account("新样例")
    small.office(
        small.person("新样例", account=successor), town.bodies["village_party"], "party_secretary", since=town.today
    )
    fresh = type(town.secretary).objects.get
    assert list(asks_to_answer(fresh(pk=town.secretary.pk))) == []
    assert list(asks_to_answer(fresh(pk=successor.pk))) == [ask]


def test_an_ask_for_one_office_is_for_its_holder_alone(town, send):
    found = send(receivers={"bodies": [town.bodies["village_party"].pk]}, office_id="party_secretary")
    assert list(asks_to_answer(town.secretary)) == [found.asks.get()]
    small.office(
        small.person("钱样例", account=small.account("钱样例")), town.bodies["village_party"], "organisation_officer"
    )
    other = town.bodies["village_party"].offices.get(kind="organisation_officer").person.account
    assert list(asks_to_answer(other)) == []


def test_who_reads_it(town, asked):
    ask = asked(by=town.accounts["county"], sender=town.bodies["county_party"])
    readers = {name for name, account in town.accounts.items() if asks_visible_to(account).filter(pk=ask.pk).exists()}
    assert readers == {"secretary", "county", "clerk"}
