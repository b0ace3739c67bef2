"""The life of a pledge: written, handed in, reviewed, public, worked off, told of, closed; and what is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.models.expressions import RawSQL

from gongjian.asks.access import asks_to_answer
from gongjian.asks.models import Ask
from gongjian.chronicle.models import Act, Before
from gongjian.notices.models import Letter
from gongjian.pledges import fulfilling, reviewing, writing
from gongjian.pledges.access import (
    office_that_reviews,
    pledges_public,
    pledges_to_review,
    pledges_visible_to,
    reviewed_by,
)
from gongjian.pledges.models import Pledge, PublicName
from gongjian.pledges.states import PLEDGE_MOVES, moves_of
from gongjian.register import actions as register
from gongjian.register.appointments import remove
from gongjian.register.authority.reach import OPERATOR
from gongjian.register.forgetting import _more
from gongjian.register.models import Body, Office
from gongjian.register.refusals import Refused
from tests.register import town as small

from .conftest import NOW, close, done, hand_in, published, reviewed, write

S = Pledge.State


def test_who_reviews_one_pledge_is_who_finds_it_among_many(town):
    """`office_that_reviews` beside `reviewed_by`, for every account and the pledges of every body and of two people."""
    by, readers = town.secretary, list(town.accounts.values())
    fields = {"kind": "practical", "year": town.today.year, "title": "样例", "wish": "样例", "evidence": "签字",
              "responsible": "样例", "due_on": town.today, "state": "review"}  # fmt: skip
    for body in town.bodies.values():
        for given in ({}, {"handed_in_by": by}, {"person": town.people["member"]}, {"person": town.people["street"]}):
            Pledge.objects.create(body=body, **fields | given)
    small.office(town.people["member"], town.bodies["village_party"], "party_secretary")
    found = 0
    for ended in (None, "street_party"):
        if ended:
            Body.objects.filter(pk=town.bodies[ended].pk).update(line_path="", last_line_path="a1.")
        for reader in readers:
            among = set(Pledge.objects.filter(reviewed_by(reader)).values_list("pk", flat=True))
            each = {its.pk for its in Pledge.objects.all() if office_that_reviews(reader, its) is not None}
            assert among == each, (ended, reader)
            found += len(among)
    assert found > 40


# == the table ==
def test_every_state_is_reached_and_what_is_closed_does_not_move():
    assert {S.DRAFT, *PLEDGE_MOVES.values()} == set(S)
    ends = {S.KEPT, S.LATE, S.EXCUSED, S.BROKEN, S.WITHDRAWN}
    assert {state for state, _verb in PLEDGE_MOVES} == set(S) - ends


def test_the_whole_life_with_its_acts(town):
    pledge = published(town)
    assert (pledge.state, pledge.public_on, pledge.shown_at) == (S.PUBLIC, town.today, "村务公开栏")
    done(pledge, town)
    assert pledge.state == S.DOING
    fulfilling.tell(pledge, telling="26盏都亮，电费村集体出", by=town.secretary)
    pledge = close(pledge, "keep", town)
    assert (pledge.state, pledge.closed_on, moves_of(pledge)) == (S.KEPT, town.today, [])
    verbs = list(Act.objects.filter(verb__startswith="pledges.").order_by("pk").values_list("verb", flat=True))
    assert verbs == [
        "pledges.write_pledge", "pledges.hand_in_pledge", "pledges.pass_pledge", "pledges.publish_pledge",
        "pledges.begin_pledge", *["pledges.enter_progress"] * 3, "pledges.tell_pledge", "pledges.keep_pledge",
    ]  # fmt: skip
    assert Act.objects.get(verb="pledges.pass_pledge").office.startswith("register.office:")


# == writing ==
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": " "}, "in a line"),
        ({"baseline": Decimal(26)}, "there already"),
        ({"target": Decimal("NaN")}, "cannot be kept"),
        ({"target": Decimal("Infinity")}, "cannot be kept"),
        ({"target": Decimal("0.123")}, "two places"),
        ({"year": 1999}, "this year"),
        ({"source": "javascript:alert(1)"}, "kind and number"),
        ({"measures": [f"样例{n}" for n in range(11)]}, "ten measures"),
        ({"title": "\x00"}, "sign that cannot be kept"),
    ],
)
def test_what_cannot_be_written(given, said, town):
    with pytest.raises(Refused, match=said):
        write(town, **given)


def test_a_day_past_is_refused_when_written_and_when_handed_in(town):
    with pytest.raises(Refused, match="day is past"):
        write(town, due_on=town.today - timedelta(days=1))
    pledge = write(town)
    with pytest.raises(Refused, match="day is past"):
        writing.hand_in(pledge, today=pledge.due_on + timedelta(days=1), now=NOW, by=town.secretary)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"baseline": None}, "how much it is now"),
        ({"target": None}, "how much it will be"),
        ({"unit": ""}, "what is counted"),
        ({"evidence": ""}, "how one can tell"),
        ({"due_on": None}, "until when"),
    ],
)
def test_a_counted_pledge_is_not_handed_in_without_all_of_its_parts(given, said, town):
    with pytest.raises(Refused, match=said):
        hand_in(write(town, **given), town)


def test_the_database_holds_it_too(town):
    pledge = published(town)
    for fields in (
        {"target": RawSQL("'NaN'::numeric", [])}, {"target": pledge.baseline}, {"unit": ""}, {"due_on": None},
        {"public_on": None}, {"state": "broken", "closed_on": town.today}, {"counted": False}, {"title": ""},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Pledge.objects.filter(pk=pledge.pk).update(**fields)


def test_only_whose_it_is_writes_it_and_only_as_a_draft(town):
    with pytest.raises(Refused, match="You are neither"):
        write(town, by=town.accounts["member"])
    with pytest.raises(Refused, match="on the roll"):
        write(town, person=town.people["street"])
    own = write(town, person=town.people["member"], by=town.accounts["member"], counted=False)
    assert (own.unit, own.target) == ("", None)
    with pytest.raises(Refused, match="You are neither"):
        write(town, person=town.people["other"], by=town.accounts["member"])
    pledge = hand_in(write(town), town)
    with pytest.raises(Refused, match="words stay"):
        writing.rewrite(
            pledge, measures=[], kind="common", span="annual", year=town.today.year, title="改", today=town.today,
            by=town.secretary,
        )  # fmt: skip
    before = pledge.measures.first().pk
    writing.take_back(pledge, now=NOW, by=town.secretary)
    writing.rewrite(
        pledge, measures=["只一条"], kind="common", span="long", year=town.today.year, title="改", today=town.today,
        by=town.secretary,
    )  # fmt: skip
    assert [each.words for each in pledge.measures.all()] == ["只一条"]
    assert Before.objects.filter(table="pledges_measure", row=before).exists()
    writing.withdraw(pledge, now=NOW, by=town.secretary)
    with pytest.raises(Refused, match="taken back"):
        hand_in(pledge, town)


# == review ==
def test_a_returned_pledge_is_asked_of_its_body_and_done_once_it_is_handed_in_again(town):
    pledge = reviewed(hand_in(write(town), town), "return", town)
    assert pledge.state == S.RETURNED
    ask = Ask.objects.select_related("sending").get(body=pledge.body)
    assert (ask.body, ask.sending.about, ask.sending.why) == (pledge.body, pledge.reference, "写明哪一段路")
    hand_in(pledge, town)
    ask.refresh_from_db()
    assert ask.state == Ask.State.DONE


def test_to_return_it_takes_a_reason(town):
    pledge = hand_in(write(town), town)
    with pytest.raises(Refused, match="Say why"):
        reviewing.review(pledge, "return", today=town.today, now=NOW, by=town.accounts["street"])
    assert not pledge.reviews.exists()


def test_nobody_reviews_what_is_theirs(town):
    pledge = hand_in(write(town), town)
    with pytest.raises(Refused, match="Nobody reviews what is theirs"):
        reviewing.review(pledge, "pass", today=town.today, now=NOW, by=town.secretary)
    with pytest.raises(Refused, match="not open to you"):
        reviewing.review(pledge, "pass", today=town.today, now=NOW, by=town.accounts["county"])
    own = hand_in(write(town, person=town.people["secretary"]), town)
    assert not pledges_to_review(town.secretary).exists()
    assert set(pledges_to_review(town.accounts["street"])) == {pledge, own}
    reviewed(own, "pass", town)


def test_a_member_s_pledge_is_reviewed_in_the_branch_and_not_above(town):
    member = town.accounts["member"]
    pledge = hand_in(write(town, person=town.people["member"], by=member), town, member)
    assert set(pledges_to_review(town.secretary)) == {pledge}
    assert not pledges_to_review(town.accounts["street"]).exists()
    with pytest.raises(Refused, match="Nobody reviews"):
        reviewing.review(pledge, "pass", today=town.today, now=NOW, by=member)
    reviewing.review(pledge, "return", reason="写明几户", today=town.today, now=NOW, by=town.secretary)
    assert Letter.objects.get(account=member).about == [pledge.reference]
    assert not Ask.objects.filter(state="open").exists()


def test_of_two_reviewers_the_second_is_told_what_it_is_by_now(town):
    pledge = hand_in(write(town), town)
    reviewed(pledge, "pass", town)
    with pytest.raises(Refused, match="reviewed, not yet public by now"):
        reviewing.review(pledge, "return", reason="样例", today=town.today, now=NOW, by=town.accounts["street"])
    assert pledge.reviews.count() == 1


def test_where_the_superior_is_dissolved_meanwhile_the_body_above_it_reviews(town):
    pledge = hand_in(write(town), town)
    register.amend_body(
        town.bodies["village_party"], on=town.today, today=town.today, by=None, superior=town.bodies["county_party"]
    )
    remove(Office.objects.get(person=town.people["street"]), on=town.today, today=town.today, by=OPERATOR)
    register.close_body(town.bodies["street_party"], on=town.today, today=town.today, by=None)
    assert not pledges_to_review(town.accounts["street"]).exists()
    assert reviewed(pledge, "pass", town, by="county").state == S.PASSED


def test_the_review_of_all_that_wait_is_one_ask_until_none_does(town):
    first, second = hand_in(write(town), town), hand_in(write(town, title="样例：三户漏雨的屋顶修好"), town)
    owed = Ask.objects.get()
    assert (owed.body, owed.minutes, owed.state) == (town.bodies["street_party"], 10, "open")
    assert list(asks_to_answer(town.accounts["street"])) == [owed]
    reviewed(first, "pass", town)
    owed.refresh_from_db()
    assert owed.state == "open"
    writing.take_back(second, now=NOW, by=town.secretary)
    owed.refresh_from_db()
    assert owed.state == "done"


def test_an_owed_review_is_done_as_well_where_another_body_came_to_review_it(town):
    pledge = hand_in(write(town), town)
    owed = Ask.objects.get()
    register.amend_body(
        town.bodies["village_party"], on=town.today, today=town.today, by=None, superior=town.bodies["county_party"]
    )
    reviewed(pledge, "pass", town, by="county")
    owed.refresh_from_db()
    assert owed.state == "done"


@pytest.mark.parametrize(("key", "body"), [("member", "village_party"), ("secretary", "street_party")])
def test_a_person_s_pledge_lies_with_their_organisation_and_above_it_where_they_hold_office(key, body, town):
    who = town.accounts.get(key) or town.secretary
    person = town.people.get(key) or small.Person.objects.get(account=who)
    hand_in(write(town, person=person, by=who), town, by=who)
    assert Ask.objects.get().body == town.bodies[body]


# == doing ==
def test_a_measure_is_crossed_off_once_and_taken_out_again(town):
    pledge = published(town)
    measure = pledge.measures.first()
    entry = fulfilling.enter(pledge, on=town.today, measure=measure, today=town.today, by=town.secretary)
    assert (entry.words, entry.measure) == ("定点位", measure)
    with pytest.raises(Refused, match="crossed off already"):
        fulfilling.enter(pledge, on=town.today, measure=measure, today=town.today, by=town.secretary)
    fulfilling.take_out(entry, by=town.secretary)
    measure.refresh_from_db()
    assert measure.crossed_off_on is None and Before.objects.filter(table="pledges_progress").exists()


def test_a_paper_goes_with_an_entry_and_keeps_its_sum(town, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    pledge = published(town)
    paper = SimpleUploadedFile("签收.pdf", b"%PDF-1.7 sample")
    entry = fulfilling.enter(pledge, on=town.today, words="签收", file=paper, today=town.today, by=town.secretary)
    assert len(entry.sha256) == 64 and entry.file.open().read() == b"%PDF-1.7 sample"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"words": ""}, "Say in a sentence"),
        ({"days": 1}, "until today"),
        ({"days": -9}, "until today"),
        ({"value": Decimal("NaN")}, "cannot be kept"),
    ],
)
def test_progress_that_is_refused(given, said, town):
    pledge = published(town)
    on = town.today + timedelta(days=given.pop("days", 0))
    with pytest.raises(Refused, match=said):
        fulfilling.enter(pledge, on=on, **{"words": "样例"} | given, today=town.today, by=town.secretary)


def test_the_same_measure_twice_is_one(town):
    assert [each.words for each in write(town, measures=["装灯", " 装灯 ", "通电"]).measures.all()] == ["装灯", "通电"]


def test_progress_is_told_by_whose_it_is_alone(town):
    pledge = published(town)
    with pytest.raises(Refused, match="Progress is told by"):
        fulfilling.enter(pledge, on=town.today, words="样例", today=town.today, by=town.accounts["street"])
    fulfilling.enter(pledge, on=town.today, words="样例", today=town.today, by=town.secretary)
    with pytest.raises(Refused, match="told already"):
        fulfilling.enter(pledge, on=town.today, words="样例", today=town.today, by=town.secretary)


# == how it ends ==
def test_kept_is_only_what_is_done_and_late_only_what_is_after_its_day(town):
    pledge = published(town)
    fulfilling.enter(pledge, on=town.today, words="18盏", value=Decimal(18), today=town.today, by=town.secretary)
    with pytest.raises(Refused, match=r"crossed off.*does not reach"):
        close(pledge, "keep", town)
    done(pledge, town)
    with pytest.raises(Refused, match="in time"):
        close(pledge, "keep_late", town)
    after = pledge.due_on + timedelta(days=19)
    with pytest.raises(Refused, match="kept late"):
        close(pledge, "keep", town, on=after, today=after)
    assert close(pledge, "keep_late", town, on=after, today=after).state == S.LATE


def test_the_day_of_closing_is_not_before_what_the_ledger_tells(town):
    pledge = published(town)
    after = pledge.due_on + timedelta(days=19)
    told = {"on": after, "today": after, "by": town.secretary}
    for measure in pledge.measures.all():
        fulfilling.enter(pledge, measure=measure, **told)
    fulfilling.enter(pledge, words="26盏都亮", value=Decimal(26), **told)
    with pytest.raises(Refused, match="ledger tells of more"):
        close(pledge, "keep", town, on=pledge.due_on, today=after)
    assert close(pledge, "keep_late", town, on=after, today=after).state == S.LATE


@pytest.mark.parametrize(("verb", "state"), [("excuse", S.EXCUSED), ("break", S.BROKEN)])
def test_what_is_not_kept_is_explained_in_public(verb, state, town):
    pledge = published(town)
    with pytest.raises(Refused, match="Everybody reads it"):
        close(pledge, verb, town)
    assert close(pledge, verb, town, outcome="样例：管线图没有来").state == state


def test_nobody_closes_their_own_promise_but_the_branch_or_the_one_above_does(town):
    own = write(town, person=town.people["secretary"], counted=False)
    reviewed(hand_in(own, town), "pass", town)
    reviewing.publish(own, today=town.today, by=town.secretary)
    with pytest.raises(Refused, match="nobody closes"):
        close(own, "break", town, by="", outcome="样例")
    with pytest.raises(Refused, match="nobody closes"):
        close(published(town), "break", town, by="county", outcome="样例")
    assert close(own, "break", town, outcome="样例").state == S.BROKEN
    assert close(published(town), "excuse", town, by="", outcome="样例").state == S.EXCUSED


def test_downwards_counts_as_well():
    pledge = Pledge(counted=True, baseline=Decimal(40), target=Decimal(10))
    assert pledge.is_reached_by(Decimal(9)) and not pledge.is_reached_by(Decimal(11))


# == who reads ==
def test_who_reads_a_pledge_from_the_draft_to_the_public(town):
    pledge = write(town)
    readers = {key: town.accounts[key] for key in ("street", "county", "member", "stranger")}

    def read_by() -> set[str]:
        return {key for key, reader in readers.items() if pledges_visible_to(reader).filter(pk=pledge.pk).exists()}

    assert read_by() == set()
    hand_in(pledge, town)
    assert read_by() == {"street"}
    reviewed(pledge, "pass", town)
    assert not pledges_public().exists()
    reviewing.publish(pledge, today=town.today, by=town.secretary)
    assert read_by() == set(readers) and pledges_public().get() == pledge


def test_of_a_person_everybody_reads_only_what_they_agreed_to_and_the_chronicle_keeps_no_name(town):
    member = town.accounts["member"]
    pledge = hand_in(write(town, person=town.people["member"], by=member), town, member)
    reviewing.review(pledge, "pass", today=town.today, now=NOW, by=town.secretary)
    reviewing.publish(pledge, today=town.today, by=town.secretary)
    seen = {key for key in ("street", "county", "other", "stranger") if pledges_visible_to(town.accounts[key]).exists()}
    assert seen == {"street", "county"}  # the line above sees people; nobody else
    assert not pledges_public().exists()
    with pytest.raises(Refused, match="Only the person"):
        fulfilling.agree(pledge, name="沈样例", today=town.today, by=town.secretary)
    fulfilling.agree(pledge, name="老沈", today=town.today, by=member)
    assert pledges_public().get() == pledge and pledges_visible_to(town.accounts["other"]).get() == pledge
    assert "老沈" not in str(list(Act.objects.values_list("facts", flat=True)))
    fulfilling.no_longer(pledge, by=member)
    assert not pledges_public().exists() and not Before.objects.filter(table="pledges_publicname").exists()


def test_who_agreed_to_be_named_agreed_to_these_words_alone(town):
    member = town.accounts["member"]
    pledge = write(town, person=town.people["member"], by=member, title="样例：每周陪老人")
    said = {"kind": "common", "span": "annual", "year": town.today.year, "title": "样例：每天陪老人", "measures": []}
    for writer, named in ((member, True), (town.secretary, False)):
        fulfilling.agree(pledge, name="老沈", today=town.today, by=member)
        writing.rewrite(pledge, today=town.today, by=writer, **said)
        assert PublicName.objects.exists() == named


def test_with_a_person_their_public_name_is_forgotten(town):
    pledge = write(town, person=town.people["member"])
    PublicName.objects.create(pledge=pledge, name="老沈", given_on=town.today)
    for forget in _more:
        forget(town.people["member"])
    assert not PublicName.objects.exists()
