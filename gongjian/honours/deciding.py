"""From reviews to awards: add up and propose, give notice, answer objections, mend the list, award."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.asks import owing, sending
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.authority.reach import reach_of
from gongjian.register.refusals import Refused, check_texts
from quotas.choosing import Candidate, Choice, Rule, choose, share
from quotas.faults import Fault
from quotas.meeting import Bound

from .access import account_of, applications_told_to, may_answer
from .eligibility import NO, UNKNOWN, Finding, find, marks_of, verdict
from .models import Application, Award, AwardStep, Call, Objection, Opinion, Review, Reviewer
from .refusing import held_call, locked_call, notice_until, paper, texts
from .reviewing import owed
from .rules import Phase, Rules, rules_of
from .states import move, move_all, subject_of
from .words import finding_said, names_of_honours

STEP = Decimal("0.01")
ANSWER_MINUTES = 15  # what answering an objection takes: a setting, without a source
LONGEST = 300


# == adding up ==
def totals(call: Call, rules: Rules, applications: Iterable[Application]) -> dict[int, Decimal]:
    """Of each application, out of 100: in each phase the mean of its reviewers, then by the weights of the phases.

    Cut off after two decimals, never rounded up. Without a review in some phase an application has none.
    """
    weights = {each.key: each.weight for each in rules.criteria}
    given: dict[tuple[int, str], list[Decimal]] = defaultdict(list)
    for each in Review.objects.filter(reviewer__call=call, conflict="").select_related("reviewer"):
        whole = sum((weights[key] * Decimal(value) for key, value in each.given.items()), Decimal(0)) / 100
        given[each.application_id, each.reviewer.phase].append(whole)
    found = {}
    for application in applications:
        parts = [(phase, given.get((application.pk, phase.key), [])) for phase in rules.phases]
        if all(values for _phase, values in parts):
            whole = sum((phase.weight * sum(values) / len(values) for phase, values in parts), Decimal(0)) / 100
            found[application.pk] = whole.quantize(STEP, rounding="ROUND_DOWN")
    return found


def bounds_of(rules: Rules, places: int) -> tuple[Bound, ...]:
    """The quotas of so many places: a least rounded up, a most rounded down."""
    return tuple(share(each.mark, "yes", places, least=each.least_share, most=each.most_share) for each in rules.quotas)


def chosen_of(
    rules: Rules, places: int, candidates: list[Candidate], *, kept_in: Collection[str] = (), seed: str = ""
) -> tuple[int, Choice | None]:
    """The largest number of places up to `places` within the quotas, and who is chosen; None if it is not even one."""
    for count in range(min(places, len(candidates)), max(len(kept_in), 1) - 1, -1):
        try:
            return count, choose(Rule(count, bounds_of(rules, count)), candidates, kept_in=kept_in, seed=seed)
        except Fault as fault:
            if fault.code != "bounds_cannot_be_met":
                raise
    return 0, None


# == proposing ==
@dataclass
class _Standing:
    """All that was handed in and not left, with what was found of each."""

    applications: list[Application]
    findings: dict[int, list[Finding]]
    out: list[Application] = field(default_factory=list)

    def verdict(self, each: Application) -> str:
        return verdict(self.findings[each.pk])


def _standing(call: Call, rules: Rules, states: Collection[str], today: date) -> _Standing:
    rows = call.applications.select_for_update(of=("self",)).filter(state__in=states).order_by("number")
    applications = list(rows)
    for each in applications:
        each.call = call
    return _Standing(applications, find(applications, rules, call.version.honour_id, today))


def waiting(call: Call, today: date) -> list[str]:
    """What keeps a list from being proposed, each as a sentence that says what to do."""
    rules = rules_of(call.version.definition)
    open_ones = call.applications.filter(state=Application.State.HANDED_IN)
    found = []
    asked = Opinion.objects.filter(application__in=open_ones, state=Opinion.State.ASKED)
    if count := asked.count():
        found.append(_("Opinions still to be heard: %(count)s.") % {"count": count})
    found += _reviews_missing(call, rules, list(open_ones))
    findings = find(list(open_ones), rules, call.version.honour_id, today)
    names = names_of_honours()
    for each in open_ones.order_by("number"):
        if verdict(findings[each.pk]) == UNKNOWN:
            said = [finding_said(rules, one.kept(), names) for one in findings[each.pk]
                    if one.verdict == UNKNOWN and one.code == "composition"]  # fmt: skip
            if said:
                gaps = {"number": each.number, "what": " ".join(said)}
                found.append(_("Application %(number)s: %(what)s Or leave it out.") % gaps)
    return found


def _reviews_missing(call: Call, rules: Rules, applications: list[Application]) -> list[str]:
    if count := owed(call, list(Reviewer.objects.filter(call=call, left_on=None))):
        return [_("Reviews still to be given: %(count)s.") % {"count": count}]
    return [_nobody(phase, lacking) for phase, lacking in _unreviewed(call, rules, applications)]


def _unreviewed(call: Call, rules: Rules, applications: list[Application]) -> list[tuple[Phase, list[int]]]:
    given = set(
        Review.objects.filter(reviewer__call=call, conflict="").values_list("application_id", "reviewer__phase")
    )
    lacking = [
        (phase, [each.number for each in applications if (each.pk, phase.key) not in given]) for phase in rules.phases
    ]
    return [(phase, numbers) for phase, numbers in lacking if numbers]


def _nobody(phase: Phase, numbers: list[int]) -> str:
    gaps = {"phase": phase, "numbers": _(", ").join(map(str, numbers))}
    return _("In the phase “%(phase)s” nobody without a conflict reviews: %(numbers)s. Name another reviewer.") % gaps


@in_sentences
def propose(call: Call, *, today: date, now: datetime, by: Reader) -> Call:
    """Leave out who does not meet the conditions, add up, and choose within the quotas. Raises Refused."""
    call, office = held_call(call, by)
    rules = rules_of(call.version.definition)
    if call.state == Call.State.REVIEWING and (wrong := waiting(call, today)):
        raise Refused(" ".join(wrong))
    facts: dict[str, Any] = {}
    if call.state == Call.State.REVIEWING:
        standing = _standing(call, rules, [Application.State.HANDED_IN], today)
        _leave_out(call, rules, standing, by)
        facts = _choose(call, rules, standing, by, today)
    move(call, "propose", by=by, as_office=office, facts=facts, proposed_by=account_of(by), to_mend=False)
    sending.close(call.about_review, now=now, by=account_of(by))
    return call


def _leave_out(call: Call, rules: Rules, standing: _Standing, by: Reader) -> None:
    """Who does not meet the conditions, each with all reasons."""
    names = names_of_honours()
    for each in standing.applications:
        each.findings = [one.kept() for one in standing.findings[each.pk]]
        if standing.verdict(each) == NO:
            said = [finding_said(rules, one.kept(), names) for one in standing.findings[each.pk] if one.verdict == NO]
            each.reason = " ".join(said)[:LONGEST]
            each.outcome = {"code": "ineligible", "facts": {}}
            standing.out.append(each)
    move_all(standing.out, "exclude", by=by, subject=subject_of(call), fields=("findings", "reason", "outcome"))


def _choose(
    call: Call, rules: Rules, standing: _Standing, by: Reader, today: date, kept_in: Collection[Application] = ()
) -> dict[str, Any]:
    """Who is proposed and who is not, each with the rule that decided. Raises Refused where somebody has to decide."""
    able = [each for each in standing.applications if each not in standing.out]
    given = totals(call, rules, able)
    marks = marks_of(able, rules, today)
    candidates = [Candidate(str(each.pk), (given[each.pk],), marks[each.pk]) for each in able if each.pk in given]
    staying = [str(each.pk) for each in kept_in]
    places, choice = chosen_of(rules, call.places, candidates, kept_in=staying, seed=call.seed)
    if choice is None and kept_in:
        raise Refused(_("Without those who are out the quotas cannot be met. Send it back to be reviewed."))
    if choice is None:
        raise Refused(_("Not even one can be proposed within the quotas of this honour. Call it off with the reason."))
    if choice.level:
        numbers = sorted(each.number for each in able if str(each.pk) in choice.level)
        gaps = {"numbers": _(", ").join(map(str, numbers))}
        raise Refused(_("Level for the last places: %(numbers)s. Let reviewers look again. (A public number to draw "
                        "with is said before a review begins.)") % gaps)  # fmt: skip
    chosen, over = [], []
    for each in able:
        decided = choice.decided[str(each.pk)]
        facts = dict(decided.facts) | {"places": places}
        each.outcome = {"code": decided.code, "facts": facts, "total": str(given[each.pk])}
        if str(each.pk) not in choice.chosen:
            over.append(each)
        elif each not in kept_in:
            chosen.append(each)
    fields = ("findings", "outcome")
    move_all(chosen, "choose", by=by, subject=subject_of(call), fields=fields)
    move_all([each for each in over if each.state == Application.State.HANDED_IN], "pass_over", by=by,
             subject=subject_of(call), fields=fields)  # fmt: skip
    return {"places": places, "proposed": len(choice.chosen)}


@in_sentences
def send_back(call: Call, *, reason: str, by: Reader) -> Call:
    """It is reviewed again; what was proposed is so no more. Raises Refused."""
    call, office = held_call(call, by)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why it is reviewed again."))
    check_texts(Call, {"reason": reason})
    move(call, "send_back", by=by, as_office=office, facts={"reason": reason}, reason=reason, proposed_by=None,
         to_mend=False)  # fmt: skip
    states = (Application.State.PROPOSED, Application.State.NOT_PROPOSED)
    again = list(call.applications.filter(state__in=states))
    for each in again:
        each.findings, each.outcome = [], {}
    move_all(again, "reopen", by=by, subject=subject_of(call), fields=("findings", "outcome"))
    return call


# == notice and objections ==
@in_sentences
def give_notice(call: Call, *, today: date, by: Reader) -> Call:
    """Whoever is signed in sees who is proposed, and may object. Raises Refused."""
    call, office = held_call(call, by)
    if call.to_mend:
        raise Refused(
            _("Somebody left the list since it was proposed. Send it back to be reviewed, and propose again.")
        )
    until = notice_until(today, rules_of(call.version.definition).notice_days)
    facts = {"until": until.isoformat()}
    move(call, "give_notice", by=by, as_office=office, facts=facts, notice_on=today, notice_until=until)
    return call


@in_sentences
def raise_objection(application: Application, *, reason: str, today: date, now: datetime, by: Reader) -> Objection:
    """Whoever is signed in, with a reason, while notice is given. Raises Refused."""
    call = locked_call(application.call_id, by)
    found = applications_told_to(by).filter(pk=application.pk, call__state=Call.State.NOTICE).first()
    if found is None or (call.notice_until and today > call.notice_until):
        raise Refused(_("Objections are taken while notice is given. Talk to whoever keeps the call."))
    said = texts(Objection, {"reason": reason}, {"reason": _("Say what is wrong, and what it stands on.")})
    if Objection.objects.filter(application=found, by=by.pk, state=Objection.State.RAISED).exists():
        raise Refused(_("Your objection to this one waits for an answer already."))
    account = account_of(by)
    made = Objection.objects.create(application=found, by=account, at=now, **said)
    record("honours.object", by=by, subject=subject_of(made), facts={"application": found.pk})
    owing.owe(
        call.keeper, about=made.about, title=_("Answer an objection: %(call)s") % {"call": call.title[:40]},
        why=_("Nobody is awarded before every objection is answered."), minutes=ANSWER_MINUTES,
        href=reverse("honour_application", args=[found.pk]) + "#objections",
        due_on=max(call.notice_until or today, today), today=today, now=now, by=account,
    )  # fmt: skip
    return made


@in_sentences
def answer(objection: Objection, verb: str, *, words: str, now: datetime, by: Reader) -> Objection:
    """Uphold it, and the one it is about is left out; or not. By another person than who proposed the list. Raises
    Refused."""
    call, _office = held_call(objection.application.call, by)
    rows = Objection.objects.select_for_update(of=("self",)).select_related("application__by_body")
    found = rows.get(pk=objection.pk)
    found.application.call = call
    if not may_answer(by, found):
        raise Refused(_("An objection is answered by another person than who proposed the list or who objects, and by "
                        "nobody of the organisation itself. Ask a colleague."))  # fmt: skip
    if verb not in ("uphold", "reject"):
        raise Refused(_("Uphold it, or do not."))
    if call.state != Call.State.NOTICE:
        raise Refused(_("Objections are answered while notice is given. It is not given now."))
    said = texts(
        Objection, {"answer": words}, {"answer": _("Give the reason of the answer. Whoever objected reads it.")}
    )
    move(found, verb, by=by, answer=said["answer"], answered_by=account_of(by), answered_at=now)
    sending.close(found.about, now=now, by=account_of(by))
    if verb == "uphold" and found.application.state == Application.State.PROPOSED:
        move(found.application, "exclude", by=by, reason=said["answer"][:LONGEST])
        Call.objects.filter(pk=call.pk).update(to_mend=True)
    return found


@in_sentences
def mend_list(call: Call, *, today: date, now: datetime, by: Reader) -> Call:
    """Who is out – by an objection, taken back, or by what the register says today – is replaced by the next in order
    within the quotas, and notice of the whole list is given anew. Raises Refused."""
    call, office = held_call(call, by)
    if call.state != Call.State.NOTICE:
        raise Refused(_("A list is mended while notice of it is given. Look at the call again."))
    rules = rules_of(call.version.definition)
    states = [Application.State.PROPOSED, Application.State.NOT_PROPOSED]
    standing = _standing(call, rules, states, today)
    _leave_out(call, rules, standing, by)
    if not call.to_mend and not standing.out:
        raise Refused(_("All on the list still meet the conditions, so there is nothing to mend."))
    able = [each for each in standing.applications if each not in standing.out]
    staying = [each for each in able if each.state == Application.State.PROPOSED]
    facts = _choose(call, rules, standing, by, today, kept_in=staying)
    until = notice_until(today, rules.notice_days)
    move(call, "renew_notice", by=by, as_office=office, facts=facts | {"until": until.isoformat()}, to_mend=False,
         notice_on=today, notice_until=until, proposed_by=account_of(by))  # fmt: skip
    return call


# == awarding ==
def not_awarded_because(call: Call, today: date) -> list[str]:
    """What keeps it from being awarded, each as a sentence that says what to do."""
    found = []
    if call.notice_until and today <= call.notice_until:
        found.append(_("Notice is given until %(day)s. Award after that.") % {"day": call.notice_until})
    raised = Objection.objects.filter(application__call=call, state=Objection.State.RAISED)
    if count := raised.count():
        found.append(_("Objections without an answer: %(count)s. Answer them first.") % {"count": count})
    if call.to_mend:
        found.append(_("Somebody on the list is out. Mend the list first."))
    rules = rules_of(call.version.definition)
    listed = list(call.applications.filter(state=Application.State.PROPOSED).order_by("number"))
    if not listed:
        found.append(_("Nobody is on the list. Mend it, send it back to be reviewed, or call it off."))
    findings, names = find(listed, rules, call.version.honour_id, today), names_of_honours()
    for each in listed:
        bad = [finding_said(rules, one.kept(), names) for one in findings[each.pk] if one.verdict != "ok"]
        if bad:
            gaps = {"number": each.number, "what": " ".join(bad)}
            is_out = verdict(findings[each.pk]) == NO
            found.append(
                _("Application %(number)s does not meet the conditions any more: %(what)s Mend the list.") % gaps
                if is_out else _("Application %(number)s: %(what)s Or leave it out.") % gaps
            )  # fmt: skip
    return found


@in_sentences
def award(
    call: Call,
    *,
    document: str,
    issuer: str,
    awarded_on: date,
    link: str = "",
    file: UploadedFile[Any] | None = None,
    today: date,
    now: datetime,
    by: Reader,
) -> list[Award]:
    """All on the list are given the honour by this document, and published. By another person than who proposed it.
    Raises Refused."""
    call, office = held_call(call, by)
    if call.proposed_by_id is not None and call.proposed_by_id == by.pk:
        raise Refused(_("You proposed the list, or mended it. Another person awards."))
    own = reach_of(by).person_id
    if own is not None and call.applications.filter(state=Application.State.PROPOSED, person=own).exists():
        raise Refused(_("You are on the list yourself. Another person awards."))
    said = texts(Award, {"document": document, "issuer": issuer, "link": link}, {
        "document": _("Write the number and title of the document. Without one nothing is awarded."),
        "issuer": _("Write whose decision it is, as on the document."),
    })  # fmt: skip
    if awarded_on > today or call.notice_until is None or awarded_on <= call.notice_until:
        raise Refused(_("The document is of a day after the notice, and not of a day to come. Look at it again."))
    if call.state == Call.State.NOTICE and (wrong := not_awarded_because(call, today)):
        raise Refused(" ".join(wrong))
    its_paper = paper(file, said.pop("link"))
    move(call, "award", by=by, as_office=office, facts={"document": said["document"]}, awarded_by=account_of(by),
         awarded_on=awarded_on)  # fmt: skip
    listed = list(call.applications.filter(state=Application.State.PROPOSED).order_by("number"))
    act = move_all(listed, "award", by=by, subject=subject_of(call), fields=())
    recheck = _years_after(awarded_on, rules_of(call.version.definition).recheck_years)
    first, *others = [
        Award(
            honour_id=call.version.honour_id, giver=call.keeper, of_body=each.by_body, application=each, unit=each.unit,
            team=each.team, body=each.body, person_id=each.person_id, year=call.year, awarded_on=awarded_on,
            number=number, recheck_on=recheck, **said,
        )
        for each, number in zip(listed, _numbers(call), strict=False)
    ]  # fmt: skip
    for name, value in its_paper.items():
        setattr(first, name, value)
    first.save()  # the file is stored once, and all stand on it
    for each in others:
        each.link, each.sha256, each.file.name = first.link, first.sha256, first.file.name
    made = [first, *Award.objects.bulk_create(others)]
    move_all(made, "publish", by=by, subject=subject_of(call), fields=())
    AwardStep.objects.bulk_create(AwardStep(award=each, verb="publish", on=awarded_on, act=act) for each in made)
    return made


def _numbers(call: Call) -> Iterator[str]:
    """Of the certificates, one after the other; without those that came in with a file of earlier ones."""
    first = f"{call.year}-{call.pk:04}-"
    taken = set(Award.objects.filter(number__startswith=first).values_list("number", flat=True))
    return (number for at in itertools.count(1) if (number := f"{first}{at:03}") not in taken)


def _years_after(day: date, years: int) -> date:
    return date(day.year + years, day.month, min(day.day, 28) if day.month == 2 else day.day)
