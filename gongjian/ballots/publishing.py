"""Publishing: the bundle that anybody can check, for as long as the objection days last; then erasing the ballots."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from hashlib import file_digest
from itertools import groupby
from typing import Any, BinaryIO

from django.core.files import File
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.authority.wall import behind_it
from gongjian.register.refusals import Refused
from verivote import bundle
from verivote import log as records

from . import log
from .making import held
from .models import Envelope, LogRow, Poll, Result, SetAside, SignedHead
from .opening import is_undecided, result_record
from .states import move

FEWEST_SIGNATURES = 2
AT_A_TIME = 10_000


def missing(poll: Poll, now: datetime) -> list[str]:
    """What keeps the result from being published, as sentences; empty if nothing does."""
    found, said = poll.result, []
    if is_undecided(found):
        if poll.draw_held_after and now < poll.draw_held_after:
            said.append(_("A tie waits for the public draw, which is still to come."))
        else:
            said.append(_("A tie waits for the draw. Write down what was drawn."))
    if len(found.signatures) < FEWEST_SIGNATURES:
        said.append(_("Two observers at least recount and sign. Hand their signatures in."))
    return said


@in_sentences
def publish(poll: Poll, *, today: date, now: datetime, by: Reader) -> Poll:
    """Make the bundle and show it to everybody. Raises Refused."""
    poll, office = held(poll, by, Poll.State.OPENED)
    if lacking := missing(poll, now):
        raise Refused(" ".join(lacking))
    found = poll.result
    with tempfile.TemporaryFile(suffix=".zip") as file:
        write_bundle(found, file)
        file.seek(0)
        found.bundle_sha256 = file_digest(file, "sha256").hexdigest()
        file.seek(0)
        found.bundle.save(f"{poll.ref}.zip", File(file), save=False)
    found.save(update_fields=["bundle", "bundle_sha256"])
    forget_arrivals(poll)
    until = today + timedelta(days=poll.objection_days)
    facts = {"bundle": found.bundle_sha256, "objections_until": until.isoformat()}
    move(poll, "publish", by=by, as_office=office, facts=facts, published_at=now, objections_until=until)
    return poll


def forget_arrivals(poll: Poll) -> None:
    """How the ballots came is for before the count; from publishing on nobody knows it."""
    if poll.keeps_arrivals:
        Envelope.objects.filter(poll=poll).update(half_hour=None, network=b"", is_by_card=False)
        poll.bursts.update(half_hour=None)


def write_bundle(found: Result, target: BinaryIO) -> None:
    poll = found.poll
    assert poll.entry is not None
    bundle.write(
        target,
        entry=poll.entry,
        records=_records(poll),
        contents=_contents(poll),
        signed_heads=(log.signed_of(each, poll.ref) for each in hourly(poll)),
        result=result_record(found),
        signatures=found.signatures,
    )


def _records(poll: Poll) -> Iterator[bytes]:
    rows = LogRow.objects.filter(poll=poll).order_by("index").values_list("kind", "hash")
    for kind, hash in rows.iterator(AT_A_TIME):
        yield records.record(kind, bytes(hash))


def _contents(poll: Poll) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = LogRow.objects.filter(poll=poll, kind__gt=LogRow.Kind.ENVELOPE).order_by("index")
    for index, what in rows.values_list("index", "content"):
        assert what is not None
        yield index, what


def hourly(poll: Poll) -> list[SignedHead]:
    """The heads that stand in the bundle: the last of each half hour, so that they do not tell when somebody votes."""
    rows = SignedHead.objects.filter(poll=poll).order_by("size")
    return list(_last_of_each(rows.iterator(AT_A_TIME)))


def heads_told(poll: Poll, now: datetime) -> list[SignedHead]:
    """Those that everybody reads by now. While ballots come in, the running half hour is not told, or whoever looked
    every second would see each of them come."""
    if poll.state != Poll.State.OPEN:
        return hourly(poll)
    return [each for each in hourly(poll) if _half_hour(each.moment) < _half_hour(now)]


def _half_hour(moment: datetime) -> int:
    return int(moment.timestamp()) // 1800


def _last_of_each(rows: Iterable[SignedHead]) -> Iterator[SignedHead]:
    for _half, heads in groupby(rows, key=lambda each: _half_hour(each.moment)):
        *_earlier, last = heads
        yield last


# == erasing ==
def erase_due(today: date) -> int:
    """Every poll whose objection days are over; how many there were."""
    due = list(Poll.objects.filter(state=Poll.State.PUBLISHED, objections_until__lt=today))
    for poll in due:
        with behind_it():
            erase(poll)
    return len(due)


def erase(poll: Poll) -> Poll:
    """Envelopes, the roll, codes and papers go for good; rules, log, published heads, result and bundle stay."""
    poll = Poll.objects.select_for_update().get(pk=poll.pk)
    kept = [each.pk for each in hourly(poll)]
    voters = poll.voters.count()
    SetAside.objects.filter(poll=poll).update(words="–", objection="", outcome="")
    poll.bursts.update(words="–", facts={})
    poll.voters.all().delete()  # envelopes and papers go with them
    poll.code_batches.all().delete()
    SignedHead.objects.filter(poll=poll).exclude(pk__in=kept).delete()
    move(poll, "erase", facts={"voters": voters}, erased_at=timezone.now(), secret=None)
    return poll
