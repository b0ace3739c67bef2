"""After closing: what goes out to be counted, what comes back, the draw, and the rules carried out.

Envelopes go out without persons, sorted by their hash. Two holders open them on a machine apart; only numbers return.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from django.db.models import Count
from django.utils.translation import gettext as _

from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.authority.wall import behind_it
from gongjian.register.models import UnitEntry
from gongjian.register.refusals import Refused
from verivote import count, observers
from verivote import result as ranking
from verivote.log import changes_by_unit_and_day

from . import aside, log
from .making import held, withdrawn_from
from .models import Envelope, LogRow, Poll, Result, SetAside, SignedHead, Voter
from .states import move, subject_of

OFF_ROLL = "off_roll"
FEWEST_IN_UNIT = 20
LARGEST_UPLOAD = 4 << 20
TALLY_KEYS = {"tallies", "void", "envelopes", "counted"}


@dataclass(frozen=True)
class Sorted:
    """Envelopes by what becomes of them: numbers alone."""

    counting: int
    superseded: int
    set_aside: dict[str, int]

    def as_counting(self, poll: Poll) -> dict[str, Any]:
        gone = [{"group": group, "candidate": candidate} for group, candidate in sorted(withdrawn_from(poll))]
        return {"format": 1, "superseded": self.superseded, "set_aside": self.set_aside, "withdrawn": gone}


def sorted_envelopes(poll: Poll) -> Sorted:
    """Behind the wall."""
    every = LogRow.objects.filter(poll=poll, kind=LogRow.Kind.ENVELOPE).count()
    kept = Envelope.objects.filter(poll=poll).count()
    reasons = Counter(reason for _pk, reason in _left_out(poll))
    return Sorted(kept - reasons.total(), every - kept, dict(reasons))


def _left_out(poll: Poll) -> Iterator[tuple[int, str]]:
    """Envelopes that are not counted, with the reason: their voter left the roll, or two people set them aside."""
    off = Envelope.objects.filter(poll=poll, voter__is_off=True).values_list("pk", flat=True)
    told = {pk: OFF_ROLL for pk in off}
    holding = (SetAside.State.AGREED, SetAside.State.UPHELD)
    leaves = {bytes(leaf): why for leaf, why in SetAside.objects.filter(poll=poll, state__in=holding)
              .values_list("leaf", "reason")}  # fmt: skip
    for pk, leaf in Envelope.objects.filter(poll=poll, leaf__in=list(leaves)).values_list("pk", "leaf"):
        told.setdefault(pk, leaves[bytes(leaf)])
    yield from told.items()


# == out ==
@in_sentences
def write_counting_file(poll: Poll, target: BinaryIO, *, by: Reader) -> int:
    """The file that the holders open; how many envelopes are in it. Raises Refused: not closed, something pending."""
    poll, office = held(poll, by, Poll.State.CLOSED)
    if aside.pending(poll):
        raise Refused(_("Something about a ballot that was set aside is not decided yet. Decide it first."))
    found = sorted_envelopes(poll)
    out = [pk for pk, _why in _left_out(poll)]
    sealed = Envelope.objects.filter(poll=poll).exclude(pk__in=out).values_list("sealed", flat=True)
    assert poll.entry is not None
    count.write(target, poll.entry, (bytes(each) for each in sealed), found.as_counting(poll))
    facts = {"envelopes": found.counting}
    record("ballots.take_counting_file", by=by, subject=subject_of(poll), facts=facts, as_office=office)
    return found.counting


# == back ==
@in_sentences
def take_tally(poll: Poll, file: bytes, *, by: Reader) -> Result:
    """What `verivote count` wrote. Raises Refused: no such file, or of other envelopes than those that went out."""
    poll, office = held(poll, by, Poll.State.CLOSED)
    tally = _read_tally(file)
    found = sorted_envelopes(poll)
    if tally["envelopes"] != found.counting or tally["counted"] + sum(tally["void"].values()) != found.counting:
        gaps = {"told": tally["envelopes"], "wanted": found.counting}
        said = _("The file counts %(told)s ballots, but %(wanted)s went out. Count the file that lies here.")
        raise Refused(said % gaps)
    _check_names(poll, tally)
    numbers = {
        "superseded": found.superseded,
        "set_aside": found.set_aside,
        "by_channel": _by_channel(poll),
        **turnout(poll),
    }
    made, _new = Result.objects.update_or_create(
        poll=poll, defaults={"tally": tally, "numbers": numbers, "drawn": "", "steps": [], "signatures": []}
    )
    move(poll, "tell_result", by=by, as_office=office, facts={"envelopes": found.counting})
    carry_out(made)
    return made


def _read_tally(file: bytes) -> dict[str, Any]:
    wrong = _("This is not what `verivote count` writes. Choose result.json as it came from the other machine.")
    try:
        tally = json.loads(file[:LARGEST_UPLOAD])
        tally = tally.get("tally", tally)
        tally = {key: tally[key] for key in TALLY_KEYS}
        numbers = [tally["envelopes"], tally["counted"], *tally["void"].values()]
        numbers += [votes for each in tally["tallies"].values() for votes in each.values()]
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as problem:
        raise Refused(wrong) from problem
    if any(type(each) is not int or each < 0 for each in numbers):
        raise Refused(wrong)
    return tally


def _check_names(poll: Poll, tally: dict[str, Any]) -> None:
    wanted = {group["id"]: {each["id"] for each in group["candidates"]} for group in poll.rules["groups"]}
    if {group: set(votes) for group, votes in tally["tallies"].items()} != wanted:
        raise Refused(_("The file names other candidates. It belongs to another poll."))


def _by_channel(poll: Poll) -> dict[str, int]:
    """How the last envelope of each voter came."""
    rows = Envelope.objects.filter(poll=poll).order_by()
    return dict(rows.values_list("channel").annotate(Count("pk")))


def turnout(poll: Poll) -> dict[str, Any]:
    """By unit of 20 on the roll or more; the others together, with the smallest of these where they are too few.

    Whoever left the roll is not on it any more, but what they cast is told where it was cast.
    """
    on_roll = dict(Voter.objects.filter(poll=poll, is_off=False).order_by().values_list("unit").annotate(Count("pk")))
    cast = dict(Envelope.objects.filter(poll=poll).order_by().values_list("voter__unit").annotate(Count("pk")))
    units = on_roll.keys() | cast.keys()
    is_large = {unit: FEWEST_IN_UNIT <= on_roll.get(unit, 0) >= cast.get(unit, 0) for unit in units}
    large = sorted((on_roll[unit], unit) for unit in units if is_large[unit])
    small = [unit for unit in units if not is_large[unit]]
    while small and large and sum(on_roll.get(unit, 0) for unit in small) < FEWEST_IN_UNIT:
        small.append(large.pop(0)[1])
    names = _names([unit for _size, unit in large], poll.roll_day or date.today())
    rows = [
        {"unit": names[unit], "roll": size, "cast": cast.get(unit, 0)}
        for size, unit in sorted(large, key=lambda each: each[1])
    ]
    whole = {"units": len(small), "roll": sum(on_roll.get(unit, 0) for unit in small),
             "cast": sum(cast.get(unit, 0) for unit in small)}  # fmt: skip
    return {"turnout": rows, "rest": whole if small else None}


def _names(units: list[int], day: date) -> dict[int, str]:
    """Each another: of two that are called the same the second bears its number too."""
    known = dict(UnitEntry.objects.filter(unit__in=units, valid__contains=day).values_list("unit", "name"))
    names: dict[int, str] = {}
    for unit in units:
        name = known.get(unit, str(unit))
        names[unit] = f"{name}（{unit}）" if name in names.values() else name
    return names


# == the draw and the rules ==
@in_sentences
def tell_draw(poll: Poll, drawn: str, *, now: datetime, by: Reader) -> Result:
    """What the public draw came to; ties are decided by it. Raises Refused before it is held."""
    poll, office = held(poll, by, Poll.State.OPENED)
    if not poll.draw:
        raise Refused(_("The rules of this poll name no draw."))
    if poll.draw_held_after and now < poll.draw_held_after:
        raise Refused(_("A tie waits for the public draw, which is still to come."))
    if not drawn.strip():
        raise Refused(_("Write what was drawn, as it was announced."))
    found = poll.result
    found.drawn, found.signatures = drawn.strip(), []
    found.save(update_fields=["drawn", "signatures"])
    record("ballots.tell_draw", by=by, subject=subject_of(poll), facts={"drawn": found.drawn}, as_office=office)
    carry_out(found)
    return found


def carry_out(found: Result) -> None:
    """The steps of the rules, worked through with what is known by now."""
    poll = found.poll
    head = SignedHead.objects.filter(poll=poll).order_by("-size").first()
    assert head is not None
    seed = ranking.seed(bytes(head.root), found.drawn or None)
    found.steps = ranking.results(poll.rules, found.tally["tallies"], seed, withdrawn_from(poll))
    found.save(update_fields=["steps"])


def is_undecided(found: Result) -> bool:
    """Does a tie still wait for the draw, or whoever goes on with the votes?"""
    if found.poll.basis and not found.drawn:
        return True
    return any(row["outcome"] == "undecided" for step in found.steps for row in step["candidates"])


def result_record(found: Result) -> dict[str, Any]:
    """What observers sign, and what stands in the bundle."""
    poll, numbers = found.poll, found.numbers
    return {
        "format": 1,
        "tallies": found.tally["tallies"],
        "counted": found.tally["counted"],
        "void": {why: many for why, many in found.tally["void"].items() if many},
        "superseded": numbers["superseded"],
        "set_aside": numbers["set_aside"],
        "by_channel": numbers["by_channel"],
        "turnout": numbers["turnout"],
        "rest": numbers["rest"],
        "roll_changes": roll_changes(poll),
        "draw": found.drawn or None,
        "steps": found.steps,
    }


def roll_changes(poll: Poll) -> list[dict[str, Any]]:
    """By unit and day, so that stuffing shows."""
    rows = LogRow.objects.filter(poll=poll, kind=LogRow.Kind.ROLL_CHANGE).order_by("index")
    return changes_by_unit_and_day(what for what in rows.values_list("content", flat=True) if what)


# == observers ==
@behind_it()
def final_head(poll: Poll) -> dict[str, Any]:
    head = SignedHead.objects.filter(poll=poll).order_by("-size").first()
    assert head is not None
    return log.signed_of(head, poll.ref)


@in_sentences
def take_signature(poll: Poll, file: bytes, *, by: Reader) -> Result:
    """An observer's signature over entry, final head and result. Raises Refused if it is none of these observers'."""
    poll, office = held(poll, by, Poll.State.OPENED)
    found, wrong = poll.result, _("This is not a signature of one of the observers over this result.")
    assert poll.entry is not None
    try:
        signature = json.loads(file[:LARGEST_UPLOAD])
        known = {each["key"]: each["name"] for each in poll.entry["observers"]}
        message = observers.message(poll.entry, final_head(poll)["head"], result_record(found))
        holds = signature["key"] in known and observers.holds(signature, message)
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise Refused(wrong) from problem
    if not holds:
        raise Refused(wrong)
    given = {"name": known[signature["key"]], "key": signature["key"], "signature": signature["signature"]}
    found.signatures = [each for each in found.signatures if each["key"] != given["key"]] + [given]
    found.save(update_fields=["signatures"])
    facts = {"key": given["key"]}
    record("ballots.take_signature", by=by, subject=subject_of(poll), facts=facts, as_office=office)
    return found


@in_sentences
def count_again(poll: Poll, *, by: Reader) -> Poll:
    """The count is taken back, to be done once more. What was signed goes."""
    poll, office = held(poll, by, Poll.State.OPENED)
    Result.objects.filter(poll=poll).delete()
    move(poll, "count_again", by=by, as_office=office)
    return poll
