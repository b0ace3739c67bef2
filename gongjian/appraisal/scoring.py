"""Scores from 0 to 100, with what they stand on: of the body itself, of those beside it, of the one above it.

Deductions, bonuses and vetoes are entered by the body above; a veto counts once another person approves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from gongjian.asks import sending
from gongjian.chronicle.record import record
from gongjian.programme.access import office_that_keeps
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.refusals import Refused, check_texts

from .access import (
    account_of,
    cases_visible_to,
    fixes,
    holds_office_in,
    keeps,
    peers_of,
    scores_from_above,
    scores_itself,
)
from .models import Case, Mark, Round, Score
from .rules import Item, Rules, rules_of

Given = Mapping[str, tuple[Any, str]]  # by item: the score, and what it stands on
CENT = Decimal("0.01")


# == scores ==
@in_sentences
def score_itself(case: Case, given: Given, *, now: datetime, by: Reader) -> Case:
    """The body's own score. Of an item that is scored from above it is for reference. Raises Refused."""
    case = held_case(case, by)
    office = scores_itself(by, case)
    if office is None:
        raise Refused(
            _("A body's own score is given by whoever keeps its yearly plan. Your office is not one of those.")
        )
    _check_open(case, Round.State.SELF, Round.State.REVIEWING)
    _put(case, Score.By.SELF, case.body, given, rules(case).of_source("self", "superior"), now, by, office)
    Case.objects.filter(pk=case.pk).update(self_at=now)
    _close_own(case, now, by)
    return case


@in_sentences
def score_from_above(case: Case, given: Given, *, now: datetime, by: Reader) -> Case:
    """The score of the body above. Raises Refused, also for whoever holds an office in the body that is scored."""
    case = held_case(case, by)
    if holds_office_in(by, case.body):
        raise Refused(_("You hold an office in this organisation, so you do not score it. Somebody else does."))
    office = scores_from_above(by, case)
    if office is None:
        raise Refused(
            _("It is scored by whoever keeps the yearly plan of the body above it. You are not one of those.")
        )
    _check_reviewed(case)
    _put(case, Score.By.SUPERIOR, case.reviewer, given, rules(case).of_source("superior"), now, by, office)
    Case.objects.filter(pk=case.pk).update(reviewed_at=now)
    waiting = Case.objects.filter(round=case.round_id, reviewer=case.reviewer_id, reviewed_at=None, left_out="")
    if not waiting.exists():
        sending.close_of(case.round.about_review, [case.reviewer_id], now=now, by=account_of(by))
    return case


@in_sentences
def score_beside(case: Case, giver: Body, given: Given, *, now: datetime, by: Reader) -> Case:
    """What a body of the same class, below the same one, gives this one. Raises Refused."""
    round = case.round
    office = office_that_keeps(by, giver)
    own = Case.objects.filter(round=round, body=giver, left_out="").first()
    if office is None or own is None or own.reviewer_id != case.reviewer_id or own.group != case.group:
        raise Refused(
            _("Bodies score each other below the same body above and in the same class. Choose one of those.")
        )
    if (
        case.body_id == giver.pk
        or holds_office_in(by, case.body)
        or not peers_of(by, round).filter(pk=case.pk).exists()
    ):
        raise Refused(_("You hold an office in this organisation, so you do not score it. Somebody else does."))
    _check_open(case, Round.State.SELF, Round.State.REVIEWING)
    _put(case, Score.By.PEER, giver, given, rules(case).of_source("peers"), now, by, office)
    _close_own(own, now, by)
    return case


def _close_own(case: Case, now: datetime, by: Reader) -> None:
    """A body has done its part once it has scored itself and all beside it."""
    asked = rules(case)
    if asked.of_source("self") and not Score.objects.filter(case=case, by_whom=Score.By.SELF).exists():
        return
    if items := asked.of_source("peers"):
        beside = Case.objects.filter(round=case.round_id, reviewer=case.reviewer_id, group=case.group, left_out="")
        done = Score.objects.filter(case__in=beside, giver=case.body_id, by_whom=Score.By.PEER)
        if done.count() < (beside.count() - 1) * len(items):
            return
    sending.close_of(case.round.about, [case.body_id], now=now, by=account_of(by))


def _put(
    case: Case, by_whom: str, giver: Body, given: Given, items: list[Item], now: datetime, by: Reader, office: str
) -> None:
    known = {each.key: each for each in items}
    rows = [
        Score(case=case, item=key, by_whom=by_whom, giver=giver, value=number(value, known[key]),
              evidence=_evidence(evidence), by=account_of(by), at=now)
        for key, (value, evidence) in given.items() if key in known
    ]  # fmt: skip
    if len(rows) < len(given) or not rows:
        raise Refused(_("This scheme has no such item to be scored here. Open the page again."))
    Score.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["case", "by_whom", "giver", "item"],
        update_fields=["value", "evidence", "by", "at"],
    )  # fmt: skip
    facts = {"by_whom": by_whom, "giver": giver.pk, "items": sorted(given)}
    record("appraisal.score", by=by, subject=subject_of_case(case), facts=facts, as_office=office)


def number(value: Any, item: Any = "") -> Decimal:
    """A score from 0 to 100, in hundredths at most. Raises Refused, also for NaN and infinity."""
    sentence = _("“%(item)s”: write a number from 0 to 100, with two decimals at most.") % {"item": item}
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise Refused(sentence) from error
    if not found.is_finite() or not 0 <= found <= 100 or found != found.quantize(CENT):
        raise Refused(sentence)
    return found


def _evidence(text: str) -> str:
    check_texts(Score, {"evidence": text.strip()})
    return text.strip()


# == deductions, bonuses, vetoes ==
@in_sentences
def mark(case: Case, kind: str, key: str, *, points: Any = 0, evidence: str, now: datetime, by: Reader) -> Mark:
    """Enter a deduction, a bonus or a veto with its evidence. Raises Refused."""
    case = held_case(case, by)
    office = _marking(case, by)
    _check_reviewed(case)
    evidence = evidence.strip()
    if not evidence:
        raise Refused(_("Say what it stands on: a document, a fact, a day. The body reads it."))
    check_texts(Mark, {"evidence": evidence})
    worth = _points(rules(case), kind, key, points)
    fields = {"points": worth, "evidence": evidence, "by": account_of(by), "at": now}
    fields |= {"approved_by": None, "approved_at": None}
    made, _new = Mark.objects.update_or_create(case=case, kind=kind, key=key, defaults=fields)
    facts = {"kind": kind, "key": key, "points": str(worth)}
    record("appraisal.mark", by=by, subject=subject_of_case(case), facts=facts, as_office=office)
    return made


@in_sentences
def take_mark_back(mark: Mark, *, by: Reader) -> None:
    """It was entered wrongly. Raises Refused."""
    case = held_case(mark.case, by)
    office = _marking(case, by)
    _check_reviewed(case)
    facts = {"kind": mark.kind, "key": mark.key}
    record("appraisal.take_mark_back", by=by, subject=subject_of_case(case), facts=facts, as_office=office)
    Mark.objects.filter(pk=mark.pk).delete()


@in_sentences
def approve_veto(mark: Mark, *, now: datetime, by: Reader) -> Mark:
    """From now on it counts. By another person than who entered it, who keeps or fixes the round. Raises Refused."""
    case = held_case(mark.case, by)
    mark = Mark.objects.select_for_update(of=("self",)).get(pk=mark.pk)
    if mark.kind != Mark.Kind.VETO or mark.approved_at:
        raise Refused(_("There is nothing to approve. Look at it again."))
    if not (keeps(by, case.round) or fixes(by, case.round)):
        raise Refused(_("A veto is approved by whoever keeps the round or fixes its grades."))
    if mark.by_id == by.pk or holds_office_in(by, case.body):
        raise Refused(_("A veto is approved by another person than who entered it. Ask a colleague."))
    _check_reviewed(case)
    mark.approved_by, mark.approved_at = account_of(by), now
    mark.save(update_fields=["approved_by", "approved_at"])
    record("appraisal.approve_veto", by=by, subject=subject_of_case(case), facts={"key": mark.key})
    return mark


def _points(rules: Rules, kind: str, key: str, points: Any) -> Decimal:
    rows: Any = {Mark.Kind.DEDUCTION: rules.deductions, Mark.Kind.BONUS: rules.bonuses, Mark.Kind.VETO: rules.vetoes}
    found = next((each for each in rows.get(kind, ()) if each.key == key), None)
    if found is None:
        raise Refused(_("The scheme has no such deduction, bonus or veto. Open the page again."))
    if kind == Mark.Kind.VETO:
        return Decimal(0)
    worth = number(points, found)
    if not 0 < worth <= found.most:
        gaps = {"what": found, "most": found.most}
        raise Refused(_("“%(what)s” is worth more than 0 and at most %(most)s points. Write another number.") % gaps)
    return worth


def _marking(case: Case, by: Reader) -> str:
    if holds_office_in(by, case.body):
        raise Refused(_("You hold an office in this organisation, so you do not score it. Somebody else does."))
    office = scores_from_above(by, case)
    if office is None:
        office = office_that_keeps(by, case.round.keeper)
    if office is None:
        raise Refused(
            _("It is scored by whoever keeps the yearly plan of the body above it. You are not one of those.")
        )
    return office


# == what is looked at first ==
def held_case(case: Case, by: Reader) -> Case:
    """The case as it stands, its round held, so that nothing is given while grades are computed. Raises Refused."""
    found = cases_visible_to(by).filter(pk=case.pk).first()
    if found is None:
        raise Refused(_("This case is not there any more, or not open to you. Go back to the list."))
    share(found.round_id)
    beside = ("body", "reviewer", "round__version__scheme", "round__keeper", "round__approver")
    return Case.objects.select_related(*beside).get(pk=found.pk)


def share(round_id: int) -> None:
    """Many give at once; while somebody moves the round all of them wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM appraisal_round WHERE id = %s FOR SHARE", [round_id])


def rules(case: Case) -> Rules:
    return rules_of(case.round.version.definition)


def subject_of_case(case: Case) -> str:
    return f"appraisal.case:{case.pk}"


def _check_open(case: Case, *states: str) -> None:
    if case.left_out:
        raise Refused(_("It is not graded in this round: %(reason)s") % {"reason": case.left_out})
    if case.round.state not in states:
        gaps = {"state": case.round.get_state_display()}
        raise Refused(_("The round is at “%(state)s” now, so nothing more is given for it.") % gaps)


def _check_reviewed(case: Case) -> None:
    """While it is reviewed; later only where an objection was upheld, or is to be looked at."""
    if not (case.round.state == Round.State.NOTICE and case.is_mended):
        _check_open(case, Round.State.SELF, Round.State.REVIEWING)
