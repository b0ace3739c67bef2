"""Writing, choosing, looking, sending: whom it reaches, what is refused, ceilings, merging, consent, withdrawing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongjian.asks import receivers, sending, writing
from gongjian.asks.models import Ask, Consent, Sending
from gongjian.asks.writing import Asked
from gongjian.chronicle.models import Act
from gongjian.register import actions
from gongjian.register.refusals import Refused
from tests.register import town as small

from .conftest import soon


def asked_of(found: Sending) -> set[int]:
    return set(found.asks.values_list("body_id", flat=True))


def test_it_is_asked_of_each_body_chosen_once_and_written_into_the_chronicle(town, send):
    found = send()
    assert asked_of(found) == {town.bodies["village_party"].pk}
    ask = found.asks.get()
    assert (ask.unit_id, ask.minutes, ask.state) == (town.units["village"].pk, 5, "open")
    act = Act.objects.get(verb="asks.sent")
    assert act.subject == f"asks.sending:{found.pk}" and act.by == town.clerk and act.office
    again = sending.send(found, today=town.today, now=timezone.now(), by=town.clerk)
    assert again.sent_at == found.sent_at and found.asks.count() == 1


def test_the_leading_line_asks_the_organisations_it_leads_and_a_union_only_unions(town, send, write):
    led = send(receivers={"line": "union"})
    assert asked_of(led) == {town.bodies[key].pk for key in ("city_union", "county_union", "joint_union")}
    with pytest.raises(Refused, match="does not ask others"):
        write(by=town.accounts["chair"], sender=town.bodies["county_union"])
    draft = write(by=town.accounts["chair"], sender=town.bodies["joint_union"], receivers={"line": "party"})
    with pytest.raises(Refused, match="Nobody is left"):
        sending.send(draft, today=town.today, now=timezone.now(), by=town.accounts["chair"])


def test_whoever_holds_no_office_that_asks_writes_nothing(town, write):
    for nobody in (town.stranger, town.inspector):
        with pytest.raises(Refused, match="does not ask others"):
            write(by=nobody)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"due_on": -1}, "over or today"),
        ({"due_on": 0}, "over or today"),
        ({"due_on": 500}, "400 days"),
        ({"title": "  "}, "name is empty|in a few words"),
        ({"why": ""}, "Say why"),
        ({"minutes": 0}, "how many minutes"),
        ({"minutes": 241}, "how many minutes"),
        ({"kind": "elsewhere", "href": "https://evil.example/"}, "address of the page"),
        ({"kind": "elsewhere", "href": "//evil.example/"}, "address of the page"),
        ({"kind": "facts"}, "one fact at least"),
        ({"questions": ["会议次数", "会议次数"]}, "asked twice"),
        ({"questions": [Asked("方式", "choice", ["一种"])]}, "two answers"),
        ({"questions": ["职工总数", "工会主席", "换届时间"]}, "known already"),
    ],
)
def test_what_cannot_be_written_is_refused_in_a_sentence_and_nothing_is_kept(town, write, said, sentence):
    said = dict(said)
    if isinstance(said.get("due_on"), int):
        said["due_on"] = town.today + timedelta(days=said["due_on"])
    with pytest.raises(Refused, match=sentence):
        write(**said)
    assert not Sending.objects.exists()


def test_an_address_is_kept_only_where_it_is_done_on_its_own_page(town, write):
    assert write(href="/units/1/").href == ""
    assert write(kind="elsewhere", href="/units/1/").href == "/units/1/"


def test_it_is_not_sent_to_nobody_nor_to_a_body_that_has_ended(town, write):
    with pytest.raises(Refused, match="to whom it goes"):
        sending.send(write(receivers={}), today=town.today, now=timezone.now(), by=town.clerk)
    branch = town.bodies["other_branch"]
    draft = write(receivers={"bodies": [branch.pk]})
    actions.close_body(branch, on=town.today, today=town.today, by=None)
    with pytest.raises(Refused, match="Nobody is left"):
        sending.send(draft, today=town.today, now=timezone.now(), by=town.clerk)
    assert not Ask.objects.exists()


def test_of_what_is_asked_the_known_is_shown_and_the_rest_asked(town, send):
    found = send(questions=["职工总数（人）", "组织生活会次数"])
    facts = {question.label: question.fact for question in found.questions.all()}
    assert facts == {"职工总数（人）": "unit.staff", "组织生活会次数": ""}
    assert found.asks.get().questions == 1


def test_the_outlook_says_what_sending_would_do(town, write):
    draft = write(receivers={"level": "village"}, minutes=7)
    seen = receivers.outlook(town.clerk, draft, town.today)
    assert (seen.bodies, seen.units, seen.minutes, seen.over_count) == (3, 1, 21, 0)
    assert seen.fullest and (seen.fullest.before, seen.fullest.after, seen.fullest.ceiling) == (0, 21, 60)
    assert not Ask.objects.exists()


def test_over_the_ceiling_it_is_not_sent(town, send, write):
    send(minutes=58, title="先前的样例")
    draft = write(minutes=5)
    seen = receivers.outlook(town.clerk, draft, town.today)
    assert [(month.before, month.after, month.ceiling) for month in seen.over] == [(58, 63, 60)]
    with pytest.raises(Refused, match="more than their ceiling"):
        sending.send(draft, today=town.today, now=timezone.now(), by=town.clerk)
    assert draft.asks.count() == 0


def test_what_is_due_in_another_month_does_not_count(town, send, write):
    send(minutes=58)
    draft = write(minutes=5, due_on=soon(town) + timedelta(days=62))
    assert receivers.outlook(town.clerk, draft, town.today).over_count == 0


def test_those_over_the_ceiling_are_left_out(town, send, write):
    send(minutes=58)
    draft = write(minutes=5, receivers={"line": "party"})
    assert writing.drop_those_over(draft, today=town.today, by=town.clerk).dropped == [town.bodies["village_party"].pk]
    found = sending.send(draft, today=town.today, now=timezone.now(), by=town.clerk)
    assert town.bodies["village_party"].pk not in asked_of(found) and found.asks.count() == 3


def test_merged_with_an_earlier_one_what_both_ask_is_asked_once(town, send, write):
    earlier = send(minutes=57, title="先前的样例", questions=["会议次数", "志愿者人数"])
    draft = write(minutes=5, questions=["会议次数", "联系户数"])
    assert [(each, count) for each, count in receivers.to_merge_with(town.clerk, draft, town.today)] == [(earlier, 1)]
    merged = writing.merge_with(draft, earlier, today=town.today, by=town.clerk)
    seen = receivers.outlook(town.clerk, merged, town.today)
    assert (seen.over_count, seen.merged, seen.minutes) == (0, 1, 6)  # one question more than its own two
    found = sending.send(merged, today=town.today, now=timezone.now(), by=town.clerk)
    ask = found.asks.get()
    assert (ask.minutes, ask.questions, ask.merges.state) == (6, 3, "withdrawn")


def test_only_an_earlier_one_of_the_same_sender_is_merged(town, send, write):
    other = send(minutes=58, by=town.accounts["county"], sender=town.bodies["county_party"])
    draft = write(minutes=5)
    assert receivers.to_merge_with(town.clerk, draft, town.today) == []
    with pytest.raises(Refused, match="still has that to answer"):
        writing.merge_with(draft, other, today=town.today, by=town.clerk)


def test_with_the_superiors_consent_the_ceiling_is_passed(town, send, write):
    county, clerk = town.accounts["county"], town.clerk
    send(minutes=58)
    draft = write(minutes=5, by=county, sender=town.bodies["county_party"])
    consent = sending.ask_consent(draft, reason="汛期要用", today=town.today, by=county)
    assert consent.body == town.bodies["city_party"] and consent.over == 1
    with pytest.raises(Refused, match="does not decide"):
        sending.give_consent(consent, now=timezone.now(), by=county)
    with pytest.raises(Refused, match="more than their ceiling"):
        sending.send(draft, today=town.today, now=timezone.now(), by=county)
    sending.give_consent(consent, now=timezone.now(), by=clerk)
    found = sending.send(draft, today=town.today, now=timezone.now(), by=county)
    assert found.state == "sent" and found.asks.count() == 1
    verbs = set(Act.objects.filter(subject=f"asks.sending:{draft.pk}").values_list("verb", flat=True))
    assert verbs == {"asks.consent_asked", "asks.consent_given", "asks.sent"}


def test_refused_consent_says_why_and_the_draft_is_written_on(town, send, write):
    county = town.accounts["county"]
    send(minutes=58)
    draft = write(minutes=5, by=county, sender=town.bodies["county_party"])
    consent = sending.ask_consent(draft, reason="汛期要用", today=town.today, by=county)
    with pytest.raises(Refused, match="Say why not"):
        sending.refuse_consent(consent, note=" ", now=timezone.now(), by=town.clerk)
    sending.refuse_consent(consent, note="下月再报", now=timezone.now(), by=town.clerk)
    draft.refresh_from_db()
    assert draft.state == "draft"
    writing.rewrite(draft, today=town.today, by=county, title="下月报")
    draft.refresh_from_db()
    assert draft.title == "下月报"


def test_writing_on_ends_what_was_agreed(town, send, write):
    county = town.accounts["county"]
    send(minutes=58)
    draft = write(minutes=5, by=county, sender=town.bodies["county_party"])
    sending.ask_consent(draft, reason="汛期要用", today=town.today, by=county)
    draft.refresh_from_db()
    writing.rewrite(draft, today=town.today, by=county, minutes=200)
    assert not Consent.objects.exists()


def test_withdrawn_nobody_has_to_answer(town, send):
    found = send()
    with pytest.raises(Refused, match="Say why"):
        sending.withdraw(found, reason="", now=timezone.now(), by=town.clerk)
    sending.withdraw(found, reason="已从登记带出", now=timezone.now(), by=town.clerk)
    ask = found.asks.get()
    assert (ask.state, ask.reason) == ("withdrawn", "已从登记带出")
    with pytest.raises(Refused, match="withdrawn by now"):
        sending.withdraw(found, reason="再来", now=timezone.now(), by=town.clerk)


def test_other_matters_open_work_and_close_it(town):
    found = sending.ask(
        [town.bodies["village_party"]], sender=town.bodies["city_party"], today=town.today, now=timezone.now(),
        by=town.clerk, title="把换届补上", why="届期已过", kind="elsewhere", href="/bodies/1/", about="register.body:1",
        minutes=3, due_on=soon(town),
    )  # fmt: skip
    assert found.asks.get().state == "open"
    assert sending.close("register.body:1", now=timezone.now()) == 1
    assert found.asks.get().state == "done" and sending.close("register.body:1", now=timezone.now()) == 0


def test_what_was_asked_of_many_is_closed_for_one(town):
    village, street = town.bodies["village_party"], town.bodies["street_party"]
    found = sending.ask(
        [village, street], sender=town.bodies["city_party"], today=town.today, now=timezone.now(), by=town.clerk,
        title="讲述", why="样例", kind="elsewhere", href="/tellings/", about="telling.round:1", minutes=3,
        due_on=soon(town),
    )  # fmt: skip
    assert sending.close_of("telling.round:1", [village.pk], now=timezone.now()) == 1
    assert {each.body_id: each.state for each in found.asks.all()} == {village.pk: "done", street.pk: "open"}


def test_sending_to_more_bodies_takes_no_more_queries(town, write):
    def queries(receivers: dict[str, str]) -> int:
        draft = write(receivers=receivers, title=f"样例{receivers}")
        with CaptureQueriesContext(connection) as asked:
            sending.send(draft, today=town.today, now=timezone.now(), by=town.clerk)
        return len(asked)

    one, many = queries({"line": "party", "level": "village"}), queries({"line": "union"})
    small.body("样例分会", "joint_union", town.units["village"], form="joint", superior=town.bodies["county_union"])
    assert one == many == queries({"line": "union"})
