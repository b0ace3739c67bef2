"""From closing to publishing and erasing: what goes out, what comes back, and what anybody finds in the bundle."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from gongjian.ballots import aside, log, making, opening, paper, publishing, roll
from gongjian.ballots.clock import bring_forward, sign_heads
from gongjian.ballots.models import Envelope, Log, LogRow, Poll, Result, SetAside, SignedHead, Voter
from gongjian.register.refusals import Refused
from verivote import count, observers, verify
from verivote.canonical import canonical
from verivote.keys import sealing_hex

from .conftest import OBSERVERS, PRIVATE, Held, cast, fields, minute, seal


def lasting(held: Held) -> Held:
    """Open, by rules under which it opened fifty minutes ago and closes this minute: time stands still for the test."""
    now = timezone.now()
    opens, closes = minute(now - timedelta(minutes=50)), minute(now)
    by, early = held.chair, now - timedelta(hours=2)
    window = {"opens_at": opens, "closes_at": closes, "draw_held_after": closes}
    making.amend(held.poll, now=early, by=by, **fields(**window))
    making.make_ready(held.poll, today=held.town.today, now=early, by=by)
    later = now + timedelta(hours=1)
    Poll.objects.filter(pk=held.poll.pk).update(closes_at=later, draw_held_after=later)
    held.poll.refresh_from_db()
    held.poll = bring_forward(held.poll)
    return held


def closed(held: Held) -> Held:
    at = datetime.fromisoformat(held.poll.rules["closes"])
    Poll.objects.filter(pk=held.poll.pk).update(closes_at=at, draw_held_after=at)
    held.poll.refresh_from_db()
    held.poll = bring_forward(held.poll)
    return held


def counting_file(held: Held) -> BytesIO:
    file = BytesIO()
    opening.write_counting_file(held.poll, file, by=held.chair)
    file.seek(0)
    return file


def counted(held: Held) -> Result:
    tally = count.count(counting_file(held), PRIVATE, processes=1)
    return opening.take_tally(held.poll, canonical(tally.as_record()), by=held.chair)


def sign(held: Held, result: Result, names: str = "甲乙") -> None:
    file = BytesIO()
    publishing.write_bundle(result, file)
    assert set(verify.verify(file).failed) <= {"signatures"}
    for name in names:
        head = opening.final_head(held.poll)["head"]
        signed = observers.sign(name, OBSERVERS[name], held.poll.entry, head, opening.result_record(result))
        opening.take_signature(held.poll, canonical(signed), by=held.chair)


def published(held: Held) -> Poll:
    result = counted(held)
    held.poll.refresh_from_db()
    if opening.is_undecided(result):
        result = opening.tell_draw(held.poll, "03 07 12 19 25 31", now=timezone.now(), by=held.chair)
    sign(held, result)
    return publishing.publish(held.poll, today=held.town.today, now=timezone.now(), by=held.chair)


@pytest.fixture
def running(drafted: Held) -> Held:
    return lasting(drafted)


def fill(held: Held, number: int = 12) -> None:
    for at in range(number):
        cast(held, at, seal(held, {"org": ["01", "04"] if at % 3 else ["02"], "per": ["22" if at % 2 else "23"]}))


def test_a_life_from_the_draft_to_a_bundle_that_anybody_verifies_and_to_erasing(running, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    fill(running)
    cast(running, 0)
    told = cast(running, 1)
    roll.take_off(running.voters[2], why="工作调动", today=running.town.today, now=timezone.now(), by=running.chair)
    void = paper.give_out(running.voters[15], channel="desk", by=running.chair)
    for by in (running.chair, running.second):
        paper.type_in(void, None, by=by)
    making.withdraw(running.poll, group="org", candidate="05", why="本人申请", now=timezone.now(), by=running.chair)
    closed(running)
    assert running.poll.state == "closed"
    poll = published(running)
    with poll.result.bundle.open("rb") as file:
        report = verify.verify(file, heads=[told["signed_head"]], receipt=told)
    assert report.failed == []
    assert report.result["superseded"] == 2 and report.result["set_aside"] == {"off_roll": 1}
    assert (report.result["counted"], report.result["void"]) == (11, {"declared": 1})
    assert report.result["by_channel"] == {"web": 12, "desk": 1}
    assert publishing.erase_due(poll.objections_until) == 0
    assert publishing.erase_due(poll.objections_until + timedelta(days=1)) == 1
    poll.refresh_from_db()
    assert (poll.state, poll.secret) == ("erased", None)
    assert not Envelope.objects.exists() and not Voter.objects.exists()
    assert LogRow.objects.filter(poll=poll, kind=1).count() == 15
    assert verify.verify(poll.result.bundle.open("rb")).ok


def test_the_count_is_the_same_whoever_cast_which_envelope(running):
    fill(running)
    closed(running)
    first = counting_file(running).getvalue()
    voters = list(Envelope.objects.order_by("pk").values_list("pk", "voter"))
    for pk, _voter in voters:  # out of the way, since no two may have one voter
        Envelope.objects.filter(pk=pk).update(voter=running.voters[len(voters) + voters.index((pk, _voter))].pk)
    assert counting_file(running).getvalue() == first
    assert not any(str(each.pk).encode() in first for each in running.voters if each.pk > 10_000)


def test_what_comes_back_belongs_to_what_went_out(running):
    fill(running, 5)
    closed(running)
    tally = count.count(counting_file(running), PRIVATE, processes=1).as_record()
    for wrong in (
        tally | {"envelopes": 6, "counted": 6},
        tally | {"tallies": {"org": {}, "per": {}}},
        tally | {"counted": "5"},
        {"x": 1},
    ):
        with pytest.raises(Refused):
            opening.take_tally(running.poll, json.dumps(wrong).encode(), by=running.chair)
    with pytest.raises(Refused):
        opening.take_tally(running.poll, b"\x00", by=running.chair)
    assert not Result.objects.exists()


def test_a_tie_waits_for_the_draw_and_two_observers_sign_before_it_is_published(running):
    cast(running, 0, seal(running, {"org": ["01"], "per": ["22"]}))
    cast(running, 1, seal(running, {"org": ["02"], "per": ["23"]}))
    closed(running)
    result = counted(running)
    running.poll.refresh_from_db()
    assert opening.is_undecided(result)
    said = publishing.missing(running.poll, timezone.now())
    assert len(said) == 2 and "tie" in said[0] and "observers" in said[1].lower()
    with pytest.raises(Refused):
        publishing.publish(running.poll, today=running.town.today, now=timezone.now(), by=running.chair)
    early = running.poll.draw_held_after - timedelta(seconds=1)
    with pytest.raises(Refused, match="still to come"):
        opening.tell_draw(running.poll, "03 07", now=early, by=running.chair)
    result = opening.tell_draw(running.poll, "03 07", now=timezone.now(), by=running.chair)
    assert not opening.is_undecided(result)
    sign(running, result, "甲")
    running.poll.refresh_from_db()
    assert len(publishing.missing(running.poll, timezone.now())) == 1
    stranger = observers.sign("甲", OBSERVERS["乙"], running.poll.entry, {"size": 1}, {})
    with pytest.raises(Refused):
        opening.take_signature(running.poll, canonical(stranger), by=running.chair)


def test_a_ballot_is_set_aside_by_two_blind_the_voter_is_told_and_objects(running):
    cast(running, 0)
    cast(running, 1)
    first, second, voter = running.chair, running.second, running.account(0)
    made = aside.propose(running.voters[0], reason="not_own", words="本人说没有投过", by=first)
    unseen = aside.propose(running.voters[5], reason="other", words="没有投票也看不出来", by=first)
    with pytest.raises(Refused):
        aside.answer(made, agrees=True, today=running.town.today, now=timezone.now(), by=first)
    aside.answer(made, agrees=True, today=running.town.today, now=timezone.now(), by=second)
    assert voter.letters.get().kind == f"aside:{made.pk}"
    assert opening.sorted_envelopes(running.poll).set_aside == {"not_own": 1}
    with pytest.raises(Refused):
        aside.object_to(made, words="是我投的", by=running.account(1))
    aside.object_to(made, words="是我投的", by=voter)
    closed(running)
    with pytest.raises(Refused, match="not decided"):
        counting_file(running)
    aside.answer(unseen, agrees=False, today=running.town.today, now=timezone.now(), by=second)
    with pytest.raises(Refused):
        aside.decide(made, lifts=True, words="核对无误", by=first)
    aside.decide(made, lifts=True, words="核对无误", by=second)
    assert opening.sorted_envelopes(running.poll).counting == 2


def test_whoever_casts_again_after_that_has_a_ballot_that_counts(running):
    cast(running, 0)
    made = aside.propose(running.voters[0], reason="forced", words="有人旁看", by=running.chair)
    aside.answer(made, agrees=True, today=running.town.today, now=timezone.now(), by=running.second)
    cast(running, 0)
    with pytest.raises(Refused, match="proposed already"):  # or whoever keeps it would learn that they did
        aside.propose(running.voters[0], reason="forced", words="再来一次", by=running.chair)
    assert SetAside.objects.get().holds and opening.sorted_envelopes(running.poll).set_aside == {}


def test_turnout_is_told_of_units_of_twenty_and_of_the_others_together(running):
    fill(running, 4)
    told = opening.turnout(running.poll)
    assert sum(each["roll"] for each in told["turnout"]) + (told["rest"] or {"roll": 0})["roll"] == 24
    assert all(each["roll"] >= 20 for each in [*told["turnout"], *filter(None, [told["rest"]])])


def test_a_head_is_signed_while_nobody_votes_and_none_once_it_is_closed(running):
    now = timezone.now()
    Log.objects.filter(poll=running.poll).update(moment=now - timedelta(minutes=25))
    before = SignedHead.objects.count()
    assert (sign_heads(), sign_heads()) == (1, 0)
    assert SignedHead.objects.count() == before + 1
    closed(running)
    Log.objects.filter(poll=running.poll).update(moment=now - timedelta(minutes=25))
    assert sign_heads() == 0


def test_another_key_opens_nothing_and_void_ballots_are_told_by_reason(running):
    cast(running, 0)
    cast(running, 1, bytes(len(seal(running))))
    closed(running)
    file = counting_file(running)
    with pytest.raises(ValueError):
        count.count(file, ec.generate_private_key(ec.SECP256R1()), processes=1)
    assert count.count(file, PRIVATE, processes=1).void == {"cannot_open": 1}
    assert running.poll.entry["key"] == sealing_hex(PRIVATE)


LATER = "2031-01-01T00:00:00Z"
ATTACKS: list[tuple[str, Any]] = [
    ("heads_roots", lambda poll: LogRow.objects.filter(poll=poll, index=3).update(hash=b"\x07" * 32)),
    ("heads_roots", lambda poll: LogRow.objects.filter(poll=poll, index=3).delete()),
    ("closed", lambda poll: LogRow.objects.filter(poll=poll, kind=4).update(kind=5)),
    ("entry", lambda poll: _change_entry(poll, lambda entry: entry["rules"].update(weight=10))),
    ("entry_first", lambda poll: _change_entry(poll, lambda entry: entry["rules"].update(title="另一个"))),
    ("entry_first", lambda poll: _change_entry(poll, lambda entry: entry["rules"].update(closes=LATER, tie=None))),
    ("heads_signed", lambda poll: SignedHead.objects.filter(poll=poll).update(signature=bytes(64))),
]


def _change_entry(poll: Poll, change: Any) -> None:
    change(poll.entry)
    Poll.objects.filter(pk=poll.pk).update(entry=poll.entry)


@pytest.mark.parametrize("failed, attack", ATTACKS)
def test_whoever_writes_to_the_database_is_found_out_by_the_bundle(running, failed, attack):
    fill(running, 6)
    closed(running)
    result = counted(running)
    attack(Poll.objects.get(pk=running.poll.pk))
    file = BytesIO()
    publishing.write_bundle(Result.objects.select_related("poll").get(pk=result.pk), file)
    assert failed in verify.verify(file).failed


def test_a_fork_shown_to_two_observers_is_found(running):
    told = cast(running, 0)
    poll = running.poll
    SignedHead.objects.filter(poll=poll, size__gt=1).delete()
    LogRow.objects.filter(poll=poll, index__gt=0).delete()
    Envelope.objects.all().delete()
    first = SignedHead.objects.get(poll=poll)
    edge = log.merkle.Frontier()
    edge.append(log.Record(0, bytes(poll.entry_hash)).leaf)
    Log.objects.filter(poll=poll).update(size=1, frontier=edge.to_bytes(), moment=first.moment)
    cast(running, 1)
    result = counted(closed(running))
    file = BytesIO()
    publishing.write_bundle(result, file)
    assert "fork" in verify.verify(file, heads=[told["signed_head"]]).failed
