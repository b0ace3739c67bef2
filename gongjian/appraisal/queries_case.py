"""What the page of one case shows: what is given for it, its boxes, what came out, and its own past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from gongjian.programme.access import keeping_body
from gongjian.register.access import Reader
from gongjian.register.queries.lists import body_names
from quotas.adding import shown

from . import words
from .access import (
    TOLD,
    boxes_visible_to,
    cases_visible_to,
    decides,
    is_told,
    may_answer,
    may_object,
    objections_visible_to,
    office_for_box,
    scores_from_above,
    scores_itself,
)
from .models import Box, Case, Mark, Objection, Regrade, Round, Score
from .rules import CLOSED, Item, Rules, rules_of

MOST_PAST = 20
BESIDE = ("body__line", "reviewer__line", "round__keeper", "round__approver", "round__version__scheme")


@dataclass(frozen=True)
class ItemRow:
    """An item with what is given for it so far; what came out once that is told."""

    item: Item
    source: str
    own: Score | None
    above: Score | None
    value: str
    facts: dict[str, Any]
    told: str


@dataclass(frozen=True)
class CaseShown:
    """One case with all its page shows to this reader."""

    case: Case
    rules: Rules
    name: str
    reviewer_name: str
    acting_name: str
    keeper_name: str
    class_said: str
    items: list[ItemRow]
    marks: list[Mark]
    boxes: list[Box]
    to_open: list[str]
    scores_itself: bool
    scores_above: bool
    marks_it: bool
    decides: bool
    is_told: bool
    may_object: bool
    decided: str
    missing: str
    luck: list[str]
    objections: list[Objection]
    regrades: list[Regrade]
    past: list[Case]

    @property
    def grade(self) -> str:
        return self.rules.grade(self.case.grade)


def case_of(reader: Reader, case_id: int) -> Case | None:
    return cases_visible_to(reader).select_related(*BESIDE).filter(pk=case_id).first()


def case_shown(reader: Reader, case_id: int, today: date) -> CaseShown | None:
    """None if there is none that the reader may see. A fixed number of queries."""
    case = case_of(reader, case_id)
    if case is None:
        return None
    rules = rules_of(case.round.version.definition)
    is_above, is_deciding = scores_from_above(reader, case) is not None, decides(reader, case.round)
    told = is_told(reader, case)
    acting = keeping_body(case.reviewer)
    names = body_names(reader, today, [case.body_id, case.reviewer_id, acting.pk, case.round.keeper_id])
    sees_above = is_above or is_deciding or case.round.is_told
    marks = list(case.marks.order_by("kind", "pk")) if sees_above else []
    for mark in marks:
        mark.said = _mark_said(rules, mark)  # type: ignore[attr-defined]
    takes = case.round.state in (Round.State.SELF, Round.State.REVIEWING) and not case.left_out
    mends = takes or (case.round.state == Round.State.NOTICE and case.is_mended)
    boxes = list(boxes_visible_to(reader).filter(case=case).order_by("pk"))
    for box in boxes:
        box.told_said = words.told_box(rules, box.told) if box.told else ""  # type: ignore[attr-defined]
    may_box = {kind for kind in rules.ballots if takes and office_for_box(reader, case, kind) is not None}
    there = {each.kind for each in boxes if each.state != Box.State.VOID}
    objections = list(objections_visible_to(reader).filter(case=case).order_by("pk"))
    for objection in objections:
        objection.case = case
        objection.to_answer = objection.state == Objection.State.RAISED and may_answer(reader, objection)  # type: ignore[attr-defined]
    return CaseShown(
        case=case, rules=rules, name=names.get(case.body_id, ""), reviewer_name=names.get(case.reviewer_id, ""),
        acting_name=names.get(acting.pk, "") if acting.pk != case.reviewer_id else "",
        keeper_name=names.get(case.round.keeper_id, ""), class_said=words.class_said(rules, case.group),
        items=_items(case, rules, sees_above, told), marks=marks, boxes=boxes,
        to_open=[kind for kind in rules.ballots if kind in may_box - there],
        scores_itself=takes and scores_itself(reader, case) is not None and bool(rules.of_source("self", "superior")),
        scores_above=mends and is_above, marks_it=mends and (is_above or is_deciding), decides=is_deciding,
        is_told=told, may_object=may_object(reader, case) and today <= (case.round.notice_until or today),
        decided=words.decided(rules, case.result) if told else "",
        missing=words.missing(rules, case.result) if told else "",
        luck=words.luck(case.result) if told else [], objections=objections,
        regrades=_regrades(case, rules) if told else [], past=_past(reader, case),
    )  # fmt: skip


def _items(case: Case, rules: Rules, sees_above: bool, told: bool) -> list[ItemRow]:
    given: dict[tuple[str, str], Score] = {}
    for score in case.scores.filter(by_whom__in=(Score.By.SELF, Score.By.SUPERIOR)).order_by("pk"):
        given[score.by_whom, score.item] = score
    results = case.result.get("items", {}) if told else {}
    rows = []
    for item in rules.items:
        found = results.get(item.key, {})
        facts = found.get("facts", {})
        said = words.told_box(rules, facts) if item.source in CLOSED and "as" in facts else ""
        above = given.get((Score.By.SUPERIOR, item.key)) if sees_above else None
        rows.append(ItemRow(item, str(words.SOURCES[item.source]), given.get((Score.By.SELF, item.key)), above,
                            found.get("value") or "", facts, said))  # fmt: skip
    return rows


def _mark_said(rules: Rules, mark: Mark) -> str:
    rows: tuple[Any, ...] = (*rules.deductions, *rules.bonuses, *rules.vetoes)
    return next((str(each) for each in rows if each.key == mark.key), mark.key)


def _regrades(case: Case, rules: Rules) -> list[Regrade]:
    rows = list(case.regrades.all())
    for each in rows:
        each.before, each.after = rules.grade(each.grade_before), rules.grade(each.grade_after)  # type: ignore[attr-defined]
    return rows


def _past(reader: Reader, case: Case) -> list[Case]:
    """The body's own grades of other rounds, the last first: a trend of oneself, and nobody else's."""
    found = cases_visible_to(reader).filter(body=case.body_id, round__state__in=TOLD).exclude(pk=case.pk)
    rows = list(
        found.exclude(grade="").select_related("round__version__scheme").order_by("-round__of_until")[:MOST_PAST]
    )
    for each in rows:
        each.grade_said = rules_of(each.round.version.definition).grade(each.grade)  # type: ignore[attr-defined]
    return rows


# == the calculation ==
@dataclass(frozen=True)
class Part:
    """One line of the sum: the value by its weight, scaled to 100."""

    item: Item
    source: str
    value: str
    weight: str
    share: str
    facts: dict[str, Any]
    told: str


@dataclass(frozen=True)
class Calculation:
    """Each step of a score with its numbers."""

    parts: list[Part]
    left_out: list[Item]
    weight: str
    base: str
    minus: str
    bonus: str
    score: str
    start: str
    class_said: str


def calculation_of(case: Case, rules: Rules) -> Calculation:
    """As the page shows it. What is shown is cut off after four decimals; what is added up is exact."""
    result = case.result
    weight = Decimal(result["weight"])
    parts, left_out = [], []
    for item in rules.items:
        found = result["items"].get(item.key, {})
        if found.get("exact") is None:
            left_out.append(item)
            continue
        share = Fraction(found["exact"]) * Fraction(item.weight) / Fraction(weight)
        facts = found["facts"]
        said = words.told_box(rules, facts) if "as" in facts else ""
        parts.append(Part(item, str(words.SOURCES[item.source]), found["value"], str(item.weight), str(shown(share)),
                          facts, said))  # fmt: skip
    return Calculation(
        parts, left_out, str(weight), str(shown(Fraction(result["base"]))), result["minus"], result["bonus"],
        result["score"], rules.grade(result["start"]), words.class_said(rules, result["class"]),
    )  # fmt: skip


def taken_away(case: Case, rules: Rules) -> dict[str, Any]:
    """The whole sum of one case as a file: `python -m quotas` computes it again."""
    return {"scheme": scheme_taken(rules), "case": case_taken(case.pk, case.result)}


def round_taken(round: Round, rules: Rules) -> dict[str, Any]:
    """The same of a whole round: `python -m quotas` grades it again."""
    cases = Case.objects.filter(round=round).exclude(grade="").order_by("pk").values_list("pk", "result")
    return {
        "scheme": scheme_taken(rules),
        "seed": round.seed,
        "cases": [case_taken(*each) for each in cases.iterator()],
    }


def scheme_taken(rules: Rules) -> dict[str, Any]:
    """The numbers of the scheme, as quotas reads them."""
    scheme = rules.scheme
    quotas = [{name: _plain(value) for name, value in vars(each).items() if value not in (None, "")}
              for each in scheme.quotas]  # fmt: skip
    return {
        "grades": list(scheme.grades), "bands": {key: str(value) for key, value in scheme.bands.items()},
        "weights": {key: str(value) for key, value in scheme.weights.items()}, "quotas": quotas,
        "bonus_most": str(scheme.bonus_most), "ties": scheme.ties, "step": str(scheme.step),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def case_taken(id: int, result: dict[str, Any]) -> dict[str, Any]:
    """What is given for a case, and what came out."""
    return {
        "id": str(id), "class": result["class"],
        "values": {key: each["exact"] for key, each in result["items"].items() if each["exact"] is not None},
        "minus": result["minus"], "bonus": result["bonus"], "ceilings": result["ceilings"],
        "score": result["score"], "start": result["start"], "grade": result["grade"],
    }  # fmt: skip
