"""From reviews to filed grades: compute and propose, give notice, answer objections, compute again, fix, file."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.record import record
from gongjian.programme.access import office_that_keeps
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.refusals import Refused, check_texts
from gongjian.workdays import calendar

from .access import account_of, cases_visible_to, may_answer, may_object
from .computing import compute
from .models import Box, Case, Mark, Objection, Round
from .rounds import held, locked
from .rules import rules_of
from .scoring import share
from .states import move, subject_of


@in_sentences
def propose(round: Round, *, now: datetime, by: Any) -> Round:
    """Compute the grades. Raises Refused: something is missing, a veto waits, a box is open, the scheme cannot be."""
    round, office = held(round, by)
    if wrong := waiting(round):
        raise Refused(" ".join(wrong))
    computed = compute(round, rules_of(round.version.definition), now=now)
    move(
        round, "propose", by=by, as_office=office, facts={"bodies": computed.outcome["bodies"]},
        calculation=round.calculation + 1, computed_at=now, outcome=computed.outcome, proposed_by=account_of(by),
        reason="",
    )  # fmt: skip
    return round


def waiting(round: Round) -> list[str]:
    """What is begun and not ended, each as a sentence that says what to do."""
    found = []
    if count := Mark.objects.filter(case__round=round, kind=Mark.Kind.VETO, approved_at=None).count():
        found.append(
            _("Vetoes that nobody approved yet: %(count)s. Approve them or take them back.") % {"count": count}
        )
    if count := Box.objects.filter(case__round=round, case__left_out="", state=Box.State.OPEN).count():
        found.append(_("Boxes that are still open: %(count)s. Close them first.") % {"count": count})
    return found


@in_sentences
def send_back(round: Round, *, reason: str, by: Reader) -> Round:
    """The proposed grades are withdrawn, and bodies are reviewed further. Raises Refused."""
    round, office = _decided(round, by)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say what is to be looked at again."))
    check_texts(Round, {"reason": reason})
    facts = {"reason": reason}
    move(round, "send_back", by=by, as_office=office, facts=facts, reason=reason, proposed_by=None, calculation=0,
         outcome={}, computed_at=None)  # fmt: skip
    Case.objects.filter(round=round).update(score=None, grade="", result={})
    return round


@in_sentences
def give_notice(round: Round, *, today: date, by: Reader) -> Round:
    """All concerned see the grades and may object, for the working days of the scheme. Raises Refused."""
    round, office = _decided(round, by)
    until = _notice_until(round, today)
    facts = {"until": until.isoformat()}
    move(round, "give_notice", by=by, as_office=office, facts=facts, notice_on=today, notice_until=until)
    return round


def _notice_until(round: Round, today: date) -> date:
    """The last working day of the notice; the day on which it is given does not count."""
    try:
        return calendar.add_working(today, rules_of(round.version.definition).notice_days)
    except calendar.UnknownYear as unknown:
        raise Refused(str(unknown)) from unknown


# == objections ==
@in_sentences
def raise_objection(case: Case, *, reason: str, today: date, now: datetime, by: Reader) -> Objection:
    """Anyone concerned, with a reason, while notice is given. Raises Refused."""
    share(case.round_id)
    found = cases_visible_to(by).select_related("round__keeper", "round__approver", "body").filter(pk=case.pk).first()
    if found is None or not may_object(by, found) or (found.round.notice_until and today > found.round.notice_until):
        raise Refused(_("Objections are taken while notice is given. Talk to whoever keeps the round."))
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say what is wrong, and what it stands on."))
    check_texts(Objection, {"reason": reason})
    if Objection.objects.filter(case=found, by=by.pk, state=Objection.State.RAISED).exists():
        raise Refused(_("Your objection to this grade waits for an answer already."))
    made = Objection.objects.create(case=found, reason=reason, by=account_of(by), at=now)
    record("appraisal.object", by=by, subject=subject_of(made), facts={"case": found.pk})
    return made


@in_sentences
def answer(objection: Objection, verb: str, *, words: str, now: datetime, by: Reader) -> Objection:
    """Uphold it, and what was given for the case may be mended; or not. By another person than who proposed the
    grades. Raises Refused."""
    round = locked(objection.case.round, by)
    found = Objection.objects.select_for_update(of=("self",)).select_related("case__body").get(pk=objection.pk)
    found.case.round = round
    if not may_answer(by, found):
        raise Refused(_("An objection is answered by another person than who proposed the grades or who objects, and "
                        "by nobody of the body itself. Ask a colleague."))  # fmt: skip
    words = words.strip()
    if verb not in ("uphold", "reject"):
        raise Refused(_("Uphold it, or do not."))
    if not words:
        raise Refused(_("Give the reason of the answer. Whoever objected reads it."))
    check_texts(Objection, {"answer": words})
    move(found, verb, by=by, answer=words, answered_by=account_of(by), answered_at=now)
    if verb == "uphold":
        Case.objects.filter(pk=found.case_id).update(is_mended=True)
    return found


@in_sentences
def recompute(round: Round, *, today: date, now: datetime, by: Reader) -> Round:
    """Compute it again with what was mended. If a grade changes, notice of all is given anew. Raises Refused."""
    round, office = _decided(round, by)
    if round.state != Round.State.NOTICE or not round.cases.filter(is_mended=True).exists():
        raise Refused(_("No objection was upheld since it was last computed, so there is nothing to compute again."))
    if wrong := waiting(round):
        raise Refused(" ".join(wrong))
    computed = compute(round, rules_of(round.version.definition), now=now)
    fields: dict[str, Any] = {"calculation": round.calculation + 1, "computed_at": now, "outcome": computed.outcome}
    if computed.changed:
        fields |= {"notice_on": today, "notice_until": _notice_until(round, today)}
    move(round, "recompute", by=by, as_office=office, facts={"changed": len(computed.changed)}, **fields)
    Case.objects.filter(round=round, is_mended=True).update(is_mended=False)
    return round


# == fixing ==
@in_sentences
def fix(round: Round, *, today: date, by: Any) -> Round:
    """The approver fixes the grades: another person than who proposed them. Raises Refused."""
    round = locked(round, by)
    office = office_that_keeps(by, round.approver)
    if office is None:
        raise Refused(_("Grades are fixed by whoever keeps the yearly plan of the body above the keeper of the round."))
    if round.proposed_by_id == by.pk:
        raise Refused(_("You proposed the grades. Another person fixes them."))
    if wrong := not_fixed_because(round, today):
        raise Refused(" ".join(wrong))
    move(round, "fix", by=by, as_office=office, fixed_by=account_of(by), fixed_on=today)
    return round


def not_fixed_because(round: Round, today: date) -> list[str]:
    """What keeps the grades from being fixed, each as a sentence that says what to do."""
    found = []
    if round.notice_until and today <= round.notice_until:
        found.append(_("Notice is given until %(day)s. Fix the grades after that.") % {"day": round.notice_until})
    objections = Objection.objects.filter(case__round=round, state=Objection.State.RAISED)
    if count := objections.count():
        found.append(_("Objections without an answer: %(count)s. Answer them first.") % {"count": count})
    if round.cases.filter(is_mended=True).exists():
        found.append(_("An objection was upheld. Compute the round again first."))
    return found


@in_sentences
def file(round: Round, *, today: date, by: Reader) -> Round:
    """It is over and stays on record. Raises Refused."""
    round, office = _decided(round, by)
    move(round, "file", by=by, as_office=office, filed_on=today)
    return round


def _decided(round: Round, by: Reader) -> tuple[Round, str]:
    """The round under the lock, for whoever keeps or fixes it. Raises Refused."""
    round = locked(round, by)
    for body in (round.keeper, round.approver):
        office = office_that_keeps(by, body)
        if office is not None:
            return round, office
    return held(round, by)
