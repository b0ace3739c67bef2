"""Closed ballots about a case: opened with a roll, cast with codes on a phone or counted from paper by two, told once.

Of a box only the numbers of each option are kept, and once it is closed only what may be told (rollup.branch_counts).
Who voted stands apart: a code knows that it was used, and neither what for nor when. Casting writes no act.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection
from django.utils.translation import gettext as _

from gongjian.accounts.limits import Allowance, Pots
from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.authority.wall import behind_it
from gongjian.register.refusals import Refused
from rollup.branch_counts import LEAST, may_be_told

from .access import boxes_visible_to, may_print_codes, office_for_box
from .models import BallotCode, Box, Case, PaperCount, Round
from .rules import Rules
from .scoring import held_case, rules, share
from .sources import written
from .states import move, subject_of

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
CODE_LENGTH = 16
TYPISTS = 2
MOST_CODES, MOST_ON_ROLL = 500, 100_000
LEAST_ON_PHONE = {Box.Kind.MEMBERS: 20, Box.Kind.PEOPLE: LEAST}  # below that members vote on paper, in the meeting
GUESSES = Allowance(20, regained=timedelta(seconds=30))
CAST = "UPDATE appraisal_box SET phone[%s] = phone[%s] + 1 WHERE id = %s AND state = 'open'"


@dataclass(frozen=True)
class Opened:
    """What a code opens: the box, whose it is, and what can be chosen."""

    box: Box
    rules: Rules


# == opening ==
@in_sentences
def open_box(case: Case, kind: str, *, roll: int, now: datetime, by: Reader) -> Box:
    """A box with how many may vote in it. Raises Refused where nothing of it could ever be told."""
    case = held_case(case, by)
    office = _keeping(case, kind, by)
    _check_round(case)
    asked = rules(case)
    if kind not in asked.ballots:
        raise Refused(_("The scheme of this round has no such ballot."))
    if not LEAST <= roll <= MOST_ON_ROLL:
        raise Refused(
            _("With fewer than %(least)s who may vote, nothing of the ballot can be told without giving votes away, so "
              "it can be no part of a grade. Leave it: the other items count for more.") % {"least": LEAST}
        )  # fmt: skip
    if Box.objects.filter(case=case, kind=kind).exclude(state=Box.State.VOID).exists():
        raise Refused(_("There is a box for this ballot already. A ballot is told once, so there is no second one."))
    box = Box.objects.create(case=case, kind=kind, roll=roll, phone=[0] * len(asked.options), opened_at=now)
    facts = {"kind": kind, "roll": roll}
    record("appraisal.open_box", by=by, subject=subject_of(box), facts=facts, as_office=office)
    return box


@in_sentences
def print_codes(box: Box, count: int, *, by: Reader) -> list[str]:
    """So many new codes, each for one vote on a phone. They are shown once. Raises Refused."""
    box, office = _held(box, by)
    if not may_print_codes(by, box):
        raise Refused(_("You hold an office in this organisation. Somebody of the one above prints the slips."))
    least = LEAST_ON_PHONE[Box.Kind(box.kind)]
    if box.roll < least:
        raise Refused(_("With fewer than %(least)s on the roll, vote on paper in the meeting.") % {"least": least})
    room = min(box.roll - box.codes.count(), MOST_CODES)
    if not 1 <= count <= room:
        raise Refused(_("Print from 1 to %(room)s codes: no more than may vote, and 500 at a time.") % {"room": room})
    codes = [new_code() for _each in range(count)]
    BallotCode.objects.bulk_create(BallotCode(box=box, hash=hash_of(code)) for code in sorted(codes))
    record("appraisal.print_codes", by=by, subject=subject_of(box), facts={"count": count}, as_office=office)
    return codes


# == casting, without an account ==
def opened_by(code: str) -> Opened | None:
    """What a code that was not used opens, as long as the box is open."""
    if len(plain(code)) != CODE_LENGTH:
        return None
    with behind_it():
        found = BallotCode.objects.filter(hash=hash_of(code), is_used=False, box__state=Box.State.OPEN)
        known = found.select_related("box__case__round__version__scheme", "box__case__body").first()
    if known is None or not known.box.case.round.takes_reviews:
        return None
    return Opened(known.box, rules(known.box.case))


def cast(code: str, option: int) -> bool:
    """Count one vote, once: of two at once with the same code one counts. False if the code opens nothing. Raises
    Refused for an option that is none."""
    opened = opened_by(code)
    if opened is None:
        return False
    if not 0 <= option < len(opened.rules.options):
        raise Refused(_("Choose one of the options."))
    with behind_it():
        share(opened.box.case.round_id)
        if not BallotCode.objects.filter(hash=hash_of(code), is_used=False).update(is_used=True):
            return False
        with connection.cursor() as cursor:
            cursor.execute(CAST, [option + 1, option + 1, opened.box.pk])
            if not cursor.rowcount:
                raise Refused(_("The box was closed just now. Your vote is not in it."))
    return True


def pots_of(network: str) -> Pots:
    """From which pot a guess at a code is taken."""
    return {f"appraisal-code:{network}": GUESSES}


def new_code() -> str:
    """80 random bits, as 16 letters in fours."""
    letters = "".join(secrets.choice(LETTERS) for _letter in range(CODE_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, CODE_LENGTH, 4))


def plain(typed: str) -> str:
    letters = "".join(each for each in typed.upper() if each.isascii() and each.isalnum())
    return letters.translate(READ_AS)


def hash_of(code: str) -> str:
    """Under which a code is kept; with 80 random bits nobody finds the code by trying."""
    return sha256(plain(code).encode()).hexdigest()


# == paper ==
@in_sentences
def type_counts(box: Box, numbers: Sequence[int], *, by: User) -> Box:
    """The numbers of the papers as one person counted them; typed again, they replace what the same person typed.

    Where two people agree they count. Where they differ neither counts, and both see both. Raises Refused.
    """
    box, _office = _held(box, by)
    if len(numbers) != len(box.phone) or any(number < 0 for number in numbers):
        raise Refused(_("Write a whole number for each option, 0 if nobody chose it."))
    if sum(numbers) + sum(box.phone) > box.roll:
        gaps = {"count": sum(numbers) + sum(box.phone), "roll": box.roll}
        raise Refused(_("That makes %(count)s votes, and only %(roll)s may vote. Count the papers again.") % gaps)
    if box.paper is not None:
        raise Refused(_("Two people agreed on the papers already."))
    others = [each for each in box.typed.exclude(by=by) if each.numbers == list(numbers)]
    if others:
        box.paper = list(numbers)
        box.save(update_fields=["paper"])
        box.typed.all().delete()
    elif box.typed.exclude(by=by).count() >= TYPISTS and not box.typed.filter(by=by).exists():
        raise Refused(_("Two people have typed the papers in, and differ. The two of them count again, together."))
    else:
        PaperCount.objects.update_or_create(box=box, by=by, defaults={"numbers": list(numbers)})
    record("appraisal.type_counts", by=by, subject=subject_of(box), facts={"agrees": bool(others)})
    return box


def typed_shown(box: Box, reader: Reader) -> list[tuple[str, list[int], bool]]:
    """What was typed, for whoever typed: one's own alone until another has; then both. By whom, what, whether own."""
    rows = list(box.typed.select_related("by").order_by("pk"))
    if not any(each.by_id == reader.pk for each in rows):
        return []
    return [(each.by.name, each.numbers, each.by_id == reader.pk) for each in rows]


# == closing ==
@in_sentences
def close_box(box: Box, *, now: datetime, by: Reader) -> Box:
    """Count, and tell what may be told, once. Too few votes: it does not count, and another may be opened. Raises
    Refused while two typists differ."""
    box, office = _held(box, by)
    if box.typed.exists():
        raise Refused(_("The papers wait for a second person, or the two differ. Let them agree first."))
    numbers = [a + b for a, b in zip(box.phone, box.paper or [0] * len(box.phone), strict=True)]
    ballots = sum(numbers)
    box.codes.all().delete()
    if ballots > box.roll:
        raise Refused(_("There are more votes than may vote. Count the papers again."))
    emptied = {"phone": [0] * len(numbers), "paper": None, "closed_at": now}
    if ballots < rules(box.case).quorum * box.roll:
        facts = {"ballots": ballots, "roll": box.roll}
        move(box, "void", by=by, as_office=office, facts=facts, **emptied)
        return box
    told = written(may_be_told(numbers), ballots)
    facts = {"ballots": ballots, "as": told["as"]}
    move(box, "close", by=by, as_office=office, facts=facts, told=told, **emptied)
    return box


# == what is looked at first ==
def _held(box: Box, by: Reader) -> tuple[Box, str]:
    if not boxes_visible_to(by).filter(pk=box.pk).exists():
        raise Refused(_("This box is not there any more, or not open to you. Go back to the case."))
    case = held_case(box.case, by)
    found = Box.objects.select_for_update().get(pk=box.pk)
    found.case = case
    if found.state != Box.State.OPEN:
        raise Refused(_("The box is closed. What was told of it stays."))
    _check_round(case)
    return found, _keeping(case, found.kind, by)


def _keeping(case: Case, kind: str, by: Reader) -> str:
    office = office_for_box(by, case, kind)
    if office is None:
        raise Refused(
            _("People's review is kept by the organisation above or by the round, and by nobody of the organisation "
              "that is reviewed; a members' ballot by the organisation as well.")
        )  # fmt: skip
    return office


def _check_round(case: Case) -> None:
    if case.left_out:
        raise Refused(_("It is not graded in this round: %(reason)s") % {"reason": case.left_out})
    if case.round.state not in (Round.State.SELF, Round.State.REVIEWING):
        gaps = {"state": case.round.get_state_display()}
        raise Refused(_("The round is at “%(state)s” now, so nothing more is given for it.") % gaps)
