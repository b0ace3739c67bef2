"""What each step is called, on buttons, in the course of an agreement and after it is done; and titles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from .models import Agreement, Scope

S = Agreement.State

# The one step that is owed in each state; what waits for others, or is over, has none.
NEXT: Mapping[str, str] = {
    S.DEMANDED: "answer", S.ANSWERED: "name", S.DELEGATED: "call", S.CALLED: "meet", S.MET: "draft",
    S.REJECTED: "draft", S.DRAFTED: "vote", S.PASSED: "sign", S.SIGNED: "file", S.IN_FORCE: "publish",
    S.PUBLISHED: "report", S.MEDIATED: "settle",
}  # fmt: skip
# By verb of a page: the button, the sentence above the form, and which number of the statute it is about.
PAGES: Mapping[str, tuple[Any, Any, str]] = {
    "answer": (
        _("Write down the answer"),
        _("The other side answers in writing that it bargains. It may not refuse."), "answer",
    ),
    "name": (
        _("Name the delegates"),
        _("By office or work, a line each. Who sits there is not kept here."), "delegates_least",
    ),
    "call": (
        _("Call the meeting"),
        _("Topics, delegates and true figures are handed over before it."), "papers",
    ),
    "meet": (_("Write down the meeting"), _("Both sides signed the minutes."), ""),
    "draft": (
        _("Write the draft"),
        _("What was agreed, heading by heading. It can be kept and written on later."), "",
    ),
    "vote": (
        _("Write down the vote"),
        _("The workers' congress votes on the draft. More than half of all have to agree."), "majority",
    ),
    "sign": (_("Write down the signature"), _("The chief delegates of both sides signed."), "term_usual"),
    "file": (
        _("Write down that it is filed"),
        _("The employer handed it in with the labour authority, the union with the union above."), "file",
    ),
    "object": (
        _("The authority objected"),
        _("It is negotiated anew, voted on and filed again."), "objection",
    ),
    "publish": (
        _("Publish the agreement"),
        _("All staff can read it. What you write here is read by everybody, without an account."), "publish",
    ),
    "report": (
        _("Write down the report"),
        _("Once a year at least the workers' congress hears how it is kept."), "report",
    ),
    "mediate": (
        _("Ask for mediation"),
        _("The labour authority mediates where the two sides do not agree."), "mediation",
    ),
    "prolong": (_("The mediation takes longer"), _("Once, by the days that the statute allows."), "mediation_longer"),
    "settle": (_("The mediation brought them together"), _("They go on from here."), ""),
    "end": (
        _("End it without going on"),
        _("Withdrawn, broken off, or a party stands no longer. What was done stays."), "",
    ),
}  # fmt: skip
# What a step is called once it is done.
DONE: Mapping[str, Any] = {
    "demand": _("Demanded in writing"), "answer": _("Answered"), "name": _("Delegates named"),
    "call": _("Meeting called"), "meet": _("Met, minutes signed"), "draft": _("Draft written"),
    "pass": _("Passed by the congress"), "reject": _("Not passed by the congress"), "sign": _("Signed"),
    "file": _("Filed"), "object": _("The authority objected"), "take_effect": _("Took effect"),
    "publish": _("Published to all staff"), "report": _("Reported to the congress"), "run_out": _("Ran out"),
    "end": _("Ended early"), "mediate": _("Mediation began"), "prolong": _("Mediation prolonged"),
    "resume": _("Mediation ended, goes on"), "settle": _("Mediation ended in agreement"),
    "give_up": _("Ended without going on"),
}  # fmt: skip
# What each number of a statute is called.
NUMBERS: Mapping[str, Any] = {
    "answer": _("To answer the demand"), "name": _("To name delegates"), "call": _("To call the meeting"),
    "delegates_least": _("Delegates of a side, at least"),
    "delegates_least_large": _("Delegates of a side above scale, at least"),
    "outside_most": _("Experts from outside, at most"), "papers": _("Papers before the meeting"),
    "write": _("To write the draft"), "congress": _("Before the congress"), "quorum": _("Present, at least"),
    "majority": _("For it, more than"), "bring_back": _("To bring a draft back that did not pass"),
    "sign": _("To sign"), "file": _("To file"), "objection": _("For objections"), "publish": _("To publish"),
    "term_usual": _("Holds as a rule"), "term_most": _("Holds at most"), "renewal": _("Renewal before the end"),
    "report": _("Report to the congress"), "mediation": _("Mediation"), "mediation_longer": _("Mediation, longer by"),
}  # fmt: skip


def title_of(scope: str, name: str, trade: str = "") -> str:
    """As such agreements are called: after the employer, the place, or the trade in it."""
    kind = {Scope.SINGLE: "", Scope.AREA: "区域性", Scope.TRADE: f"{trade}行业性"}[Scope(scope)]
    return f"{name}{kind}工资专项集体合同"[:120]
