"""What the page of one application shows, and what is told of it to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from gongjian.register.access import Reader
from gongjian.register.authority.reach import reach_of
from gongjian.register.queries.lists import body_names

from . import words
from .access import (
    applications_told_to,
    applications_visible_to,
    keeps,
    may_answer,
    objections_visible_to,
    opinions_visible_to,
    writes,
)
from .applying import missing_in
from .eligibility import Finding, find
from .models import Application, Call, Objection, Opinion
from .names import application_names
from .rules import Rules, rules_of
from .states import moves_of

PAGES = {"unit": "unit", "body": "body", "award": "honour_award", "case": "appraisal_case",
         "agreement": "agreement"}  # fmt: skip
ICONS = {"ok": ("ok", "s-done"), "no": ("late", "s-stop"), "unknown": ("warn", "s-wait")}


@dataclass(frozen=True)
class Shown:
    """One finding for the page: a sentence, its chip, and the records behind it."""

    verdict: str
    said: str
    chip: tuple[str, str]
    records: list[tuple[str, str]]


@dataclass(frozen=True)
class ApplicationShown:
    """`is_whole`: the reader reads all of it; else what a notice tells."""

    application: Application
    call: Call
    rules: Rules
    name: str
    by_name: str
    is_whole: bool
    is_own: bool
    is_oneself: bool
    is_kept: bool
    moves: list[str]
    missing: list[str]
    findings: list[Shown]
    outcome: str
    statements: list[str]
    counts: list[tuple[str, int]]
    marks: list[str]
    opinions: list[tuple[Opinion, str, str]]
    objections: list[tuple[Objection, bool]]
    may_object: bool


def application_of(reader: Reader, application_id: int) -> tuple[Application, bool] | None:
    """The application, and whether the reader reads all of it."""
    beside = ("call__keeper__line", "call__version__honour", "by_body__line")
    for rows, is_whole in ((applications_visible_to(reader), True), (applications_told_to(reader), False)):
        found = rows.select_related(*beside).filter(pk=application_id).first()
        if found is not None:
            return found, is_whole
    return None


def application_shown(reader: Reader, application_id: int, today: date) -> ApplicationShown | None:
    """None if there is none that the reader may see. A fixed number of queries."""
    found = application_of(reader, application_id)
    if found is None:
        return None
    application, is_whole = found
    call = application.call
    rules = rules_of(call.version.definition)
    is_own, is_kept = writes(reader, application) is not None, keeps(reader, call)
    own = reach_of(reader).person_id
    opinions = _opinions(reader, application, rules, today) if is_whole else []
    name = application_names(reader, today, [application])[application.pk]
    by_name = body_names(reader, today, [application.by_body_id]).get(application.by_body_id, "")
    said = application.said
    is_oneself = own is not None and own == application.person_id
    return ApplicationShown(
        application=application, call=call, rules=rules, name=name, by_name=by_name, is_whole=is_whole, is_own=is_own,
        is_oneself=is_oneself, is_kept=is_kept, moves=_moves(application, is_own or is_oneself, is_kept),
        missing=missing_in(application) if is_own else [],
        findings=_findings(application, rules, today) if is_whole else [],
        outcome=words.outcome_said(rules, application.outcome) if is_whole else "",
        statements=[str(each) for each in rules.statements if said.get("statements", {}).get(each.key)],
        counts=[(str(words.PEOPLE[key]), value) for key, value in said.get("counts", {}).items()],
        marks=[str(each) for each in rules.said_marks if said.get("marks", {}).get(each.key)] if is_whole else [],
        opinions=opinions, objections=_objections(reader, application),
        may_object=call.state == Call.State.NOTICE and application.state == Application.State.PROPOSED
        and bool(call.notice_until and today <= call.notice_until),
    )  # fmt: skip


OF_OWN, OF_KEEPER = ("hand_in", "take_back"), ("return", "exclude")


def _moves(application: Application, is_own: bool, is_kept: bool) -> list[str]:
    verbs = moves_of(application)
    mine = [verb for verb in verbs if verb in OF_OWN and is_own]
    kept = [verb for verb in verbs if verb in OF_KEEPER and is_kept]
    if application.call.state != Call.State.OPEN and "return" in kept:
        kept.remove("return")
    return mine + kept


def _findings(application: Application, rules: Rules, today: date) -> list[Shown]:
    """As the register says today; once a list was proposed, as it said then."""
    kept: list[dict[str, Any]] = application.findings
    if not kept:
        live: list[Finding] = find([application], rules, application.call.version.honour_id, today)[application.pk]
        kept = [each.kept() for each in live]
    names = words.names_of_honours()
    return [_shown(rules, each, names) for each in kept]


def _shown(rules: Rules, each: dict[str, Any], names: dict[str, str]) -> Shown:
    records = [(name, reverse(PAGES[kind], args=[id])) for kind, id, name in each["records"]]
    return Shown(each["verdict"], words.finding_said(rules, each, names), ICONS[each["verdict"]], records)


def _opinions(reader: Reader, application: Application, rules: Rules, today: date) -> list[tuple[Opinion, str, str]]:
    rows = list(opinions_visible_to(reader).filter(application=application).order_by("pk"))
    names = body_names(reader, today, {each.body_id for each in rows}) if rows else {}
    return [(each, str(rules.opinion(each.kind) or each.kind), names.get(each.body_id, "")) for each in rows]


def _objections(reader: Reader, application: Application) -> list[tuple[Objection, bool]]:
    rows = objections_visible_to(reader).filter(application=application).order_by("at")
    found = []
    for each in rows:
        each.application = application
        found.append((each, each.state == Objection.State.RAISED and may_answer(reader, each)))
    return found
