"""What goes into the log and what does not, whoever casts at once and however often."""

from __future__ import annotations

import threading
from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from gongjian.ballots import casting, making, roll
from gongjian.ballots.casting import WHY, Cast, NotTaken
from gongjian.ballots.models import Envelope, Log, LogRow, Poll, SignedHead, Voter
from gongjian.chronicle.models import Act
from gongjian.register.authority.wall import ROLE, reading_as
from verivote import log as records
from verivote import merkle, receipt

from .conftest import CHOICES, Held, build_open, cast, close_now, open_now, seal


def group(held: Held, casts: list[Cast]) -> list[casting.Answer]:
    with transaction.atomic(), connection.cursor() as cursor:
        return casting.append(cursor, casting.box_of(held.poll), casts)


def leaves(held: Held) -> list[bytes]:
    rows = LogRow.objects.filter(poll=held.poll).order_by("index").values_list("kind", "hash")
    return [merkle.leaf_hash(records.record(kind, bytes(hash))) for kind, hash in rows]


def test_a_ballot_gets_a_receipt_that_holds_and_stands_in_the_log_once(held):
    before = Act.objects.count()
    told = cast(held, 0, sealed := seal(held))
    receipt.check(told, held.poll.entry)
    assert told["leaf"] == sha256(sealed).hexdigest()
    assert told["index"] == LogRow.objects.get(poll=held.poll, kind=1).index == 1
    envelope = Envelope.objects.get(poll=held.poll)
    assert (envelope.voter_id, bytes(envelope.sealed), envelope.channel) == (held.voters[0].pk, sealed, "web")
    assert Act.objects.count() == before


def test_a_group_is_told_apart_and_each_receipt_holds_in_one_head(held):
    answers = group(held, [Cast(voter.pk, seal(held), "web") for voter in held.voters[:9]])
    for told in answers:
        receipt.check(told, held.poll.entry)
    assert {told["signed_head"]["head"]["size"] for told in answers} == {10}
    assert SignedHead.objects.get(poll=held.poll, size=10).root == merkle.root(leaves(held))


def test_casting_again_replaces_and_the_same_envelope_again_gets_the_same_receipt(held):
    first = cast(held, 0, one := seal(held))
    for at in range(1, 5):
        cast(held, at)
    second = cast(held, 0, two := seal(held))
    assert cast(held, 0, one) == first
    assert cast(held, 0, two) == second
    assert LogRow.objects.filter(poll=held.poll, kind=1).count() == 6
    assert bytes(Envelope.objects.get(voter=held.voters[0]).sealed) == two
    receipt.check(first, held.poll.entry)


def test_twice_in_one_group_the_last_counts_and_a_repetition_is_one(held):
    one, two = seal(held), seal(held)
    told = group(held, [Cast(held.voters[0].pk, each, "web") for each in (one, two, one)])
    assert told[0] == told[2] and told[0]["index"] + 1 == told[1]["index"]
    assert bytes(Envelope.objects.get(poll=held.poll).sealed) == two


def test_an_envelope_of_somebody_else_is_not_taken(held):
    """A page that was tampered with could give two voters one ballot between them."""
    cast(held, 0, sealed := seal(held))
    assert cast(held, 1, sealed) == NotTaken("taken")
    assert Envelope.objects.filter(poll=held.poll).count() == 1


@pytest.mark.parametrize("size", [0, 1, -1, 1000])
def test_whatever_is_not_of_the_one_size_is_refused(held, size):
    sealed = seal(held)
    wrong = sealed + b"x" * size if size > 0 else sealed[:size]
    assert cast(held, 0, wrong) == NotTaken("wrong_size")
    assert not LogRow.objects.filter(poll=held.poll, kind=1).exists()


def test_before_and_after_the_window_nothing_is_taken(ready):
    assert cast(ready, 0) == NotTaken("not_open")
    open_now(ready)
    assert isinstance(cast(ready, 0), dict)
    Poll.objects.filter(pk=ready.poll.pk).update(closes_at=timezone.now())
    assert cast(ready, 0) == NotTaken("closed")
    close_now(ready)
    assert cast(ready, 0) == NotTaken("closed")


def test_whoever_is_not_on_the_roll_or_was_taken_off_is_refused(held):
    stranger = Cast(2**40, seal(held), "web")
    assert casting.cast_one(held.poll, stranger) == NotTaken("not_on_roll")
    today, now = held.town.today, timezone.now()
    roll.take_off(held.voters[0], why="工作调动", today=today, now=now, by=held.chair)
    assert cast(held, 0) == NotTaken("not_on_roll")
    row = LogRow.objects.get(poll=held.poll, kind=2)
    assert row.content["removed"] == 1 and row.content["why"] == "工作调动" and "会员" not in str(row.content)


def test_paper_at_the_desk_is_final(held):
    cast(held, 0)
    assert isinstance(cast(held, 0, channel="desk", is_final=True), dict)
    assert cast(held, 0) == NotTaken("paper_is_final")
    assert Envelope.objects.get(poll=held.poll).channel == "desk"


def test_a_clock_that_was_set_back_takes_nothing(held):
    Log.objects.filter(poll=held.poll).update(moment=timezone.now() + timedelta(hours=2))
    assert cast(held, 0) == NotTaken("clock_back")


def test_every_refusal_has_a_sentence():
    assert all(NotTaken(code).sentence for code in WHY)


@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_once_by_one_person_over_all_channels_leave_one(settings):
    held = build_open()
    sealed = [seal(held) for _each in range(20)]
    channels = ("web", "server", "web", "desk")
    answers: list[casting.Answer] = []

    def many(at: int) -> None:
        try:
            for number in range(20):
                channel = channels[(at + number) % 4]
                last = at == 9 and number == 19
                one = Cast(held.voters[0].pk, sealed[number], "desk" if last else channel, is_final=last)
                answers.append(casting.cast_one(held.poll, one))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=many, args=(at,)) for at in range(10)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(answers) == 200
    assert Envelope.objects.filter(poll=held.poll).count() == 1
    every = LogRow.objects.filter(poll=held.poll, kind=1)
    told = [each for each in answers if isinstance(each, dict)]
    assert {each["leaf"] for each in told} == {bytes(row.hash).hex() for row in every}
    assert merkle.Frontier.from_bytes(bytes(Log.objects.get(poll=held.poll).frontier)).root() == merkle.root(
        leaves(held)
    )


@pytest.mark.django_db(transaction=True)
def test_ballots_come_in_while_somebody_is_at_work_on_the_poll():
    """Who works on it holds the poll, and may want the end of the log next; who casts holds the end of the log."""
    held = build_open()
    answers: list[casting.Answer] = []

    def one() -> None:
        try:
            answers.append(cast(held, 3))
        finally:
            connections.close_all()

    casting_ = threading.Thread(target=one)
    with transaction.atomic():
        making.held(held.poll, held.chair, "open")
        roll.take_off(held.voters[4], why="工作调动", today=held.town.today, now=timezone.now(), by=held.chair)
        casting_.start()
        casting_.join(0.3)
        assert not answers, "it waits for the end of the log, which is held now"
    casting_.join(10)
    with transaction.atomic():
        making.held(held.poll, held.chair, "open")
        casting_ = threading.Thread(target=one)
        casting_.start()
        casting_.join(10)
        assert len(answers) == 2, "it does not wait for whoever holds the poll alone"
    assert all(isinstance(each, dict) for each in answers)


def test_the_database_holds_one_envelope_a_voter_and_each_leaf_once(held):
    cast(held, 0)
    row = LogRow.objects.get(poll=held.poll, kind=1)
    for again in (
        lambda: Envelope.objects.create(poll=held.poll, voter=held.voters[0], sealed=b"x", leaf=bytes(32), channel="w"),
        lambda: LogRow.objects.create(poll=held.poll, index=99, kind=1, hash=row.hash),
        lambda: LogRow.objects.create(poll=held.poll, index=row.index, kind=1, hash=bytes(32)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            again()


def test_pages_cannot_read_envelopes_and_see_of_a_roll_only_oneself(held):
    """The second wall, as the role of the pages."""
    with reading_as(held.account(0).pk), connection.cursor() as cursor:
        cursor.execute(f"SELECT current_setting('role') = '{ROLE}'")
        assert cursor.fetchone() == (True,)
        assert Voter.objects.get().person == held.town.people["member0"]
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            Envelope.objects.count()
    with reading_as(held.chair.pk):
        assert Voter.objects.filter(poll=held.poll).count() == len(held.voters)
    with reading_as(held.town.secretary.pk):
        assert not Voter.objects.exists()


def test_choices_stand_nowhere_in_the_tables(held):
    """Neither the candidates nor the words of a ballot, in any column that casting writes."""
    for at in range(5):
        cast(held, at, seal(held, CHOICES))
    with connection.cursor() as cursor:
        cursor.execute("SELECT convert_from(decode(replace(encode(sealed, 'escape'), '\\', ''), 'escape'), 'LATIN1') "
                       "FROM ballots_envelope")  # fmt: skip
        sealed = [text for (text,) in cursor.fetchall()]
        sizes = {len(bytes(each)) for each in Envelope.objects.values_list("sealed", flat=True)}
        cursor.execute("SELECT e.voter_id::text || e.channel || encode(e.leaf, 'hex') FROM ballots_envelope e")
        rest = [text for (text,) in cursor.fetchall()]
    assert len(sizes) == 1
    assert not any('"choices"' in text or '"org"' in text or "样例支部" in text for text in [*sealed, *rest])


def test_a_withdrawn_candidate_is_in_the_log_and_cannot_be_chosen_any_more(held):
    making.withdraw(held.poll, group="org", candidate="02", why="本人申请", now=timezone.now(), by=held.chair)
    assert making.withdrawn_from(held.poll) == {("org", "02")}
    assert isinstance(cast(held, 0, seal(held, {"org": ["02"], "per": ["21"]})), dict), "chosen before, it stays valid"
