"""The grades of a round: values added up exactly, graded under bands and quotas, each with the rule that decided.

All cases at once, in a fixed number of queries. What is kept of a case is every step of its sum, and no place in any
order: of the others it tells only numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from json import dumps
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from gongjian.register.refusals import Refused
from quotas.adding import Sum, added, shown
from quotas.faults import Fault
from quotas.grading import Body, Ceiling, Grading, Verdict, grade
from rollup.apart import Marked, alike

from .models import Case, Mark, Regrade, Round
from .refuse import said
from .rules import Rules
from .sources import Value, luck_of, values_of
from .words import classes_said

AT_ONCE = 4_000
WRITE = """
UPDATE appraisal_case c SET score = v.score, grade = v.grade, result = v.result
FROM jsonb_to_recordset(%s::jsonb) AS v(id bigint, score numeric, grade text, result jsonb) WHERE c.id = v.id
"""


@dataclass
class _Weighed:
    """One case on its way to a grade."""

    id: int
    group: str
    values: Mapping[str, Value]
    marks: Mapping[str, list[tuple[str, Decimal]]]
    ceilings: tuple[Ceiling, ...]
    sum: Sum
    luck: dict[str, Any]


@dataclass(frozen=True)
class Computed:
    """`outcome`: numbers of grades by class, and quotas that were not met. `changed`: cases with another grade."""

    outcome: dict[str, Any]
    changed: list[int]


def missing(rules: Rules, values: Mapping[str, Value]) -> list[str]:
    """The keys of owed items without a value."""
    return [each.key for each in rules.items if each.is_owed and _value(values, each.key) is None]


def _value(values: Mapping[str, Value], key: str) -> Any:
    found = values.get(key)
    return found.value if found else None


def compute(round: Round, rules: Rules, *, now: datetime) -> Computed:
    """Grade all cases that are not left out, and write down what changed. Raises Refused where that cannot be."""
    before = {id: (grade, score) for id, grade, score in _graded(round).values_list("pk", "grade", "score")}
    weighed = list(_weighed(round, rules))
    _tell_luck(rules, weighed)
    try:
        graded = grade(rules.scheme, (_body(each) for each in weighed), seed=round.seed)
    except Fault as fault:
        raise Refused(said(fault)) from fault
    _write(weighed, rules, graded)
    changed = _note_changes(round, weighed, graded, before, now) if round.calculation else []
    return Computed(_outcome(graded, len(weighed)), changed)


def check_classes(rules: Rules, groups: Sequence[str]) -> None:
    """Raises Refused where a class is too small for what the scheme asks of each."""
    sizes = rules.classes_of(groups)
    try:
        rules.scheme.places(sizes)
    except Fault as fault:
        if fault.code != "class_too_small":
            raise Refused(said(fault)) from fault
        group = fault.facts["group"]
        gaps = {"class": classes_said(rules, [group])[group], "count": sizes[group]}
        raise Refused(_("“%(class)s” has too few organisations here, %(count)s, for what the scheme asks of each "
                        "class. Choose a wider place, or another scheme.") % gaps) from fault  # fmt: skip


def _graded(round: Round) -> Any:
    return Case.objects.filter(round=round, left_out="")


def _weighed(round: Round, rules: Rules) -> Iterator[_Weighed]:
    values, marks = values_of(round, rules), _marks(round)
    cases = list(_graded(round).order_by("pk").values_list("pk", "group"))
    short = sum(bool(missing(rules, values.get(id, {}))) for id, _group in cases)
    if short:
        sentence = _(
            "Organisations of which something is missing: %(count)s. Remind them, or leave them out with a reason."
        )
        raise Refused(sentence % {"count": short})
    groups = [group for _id, group in cases]
    check_classes(rules, groups)
    taken = rules.together(groups)
    for id, own in cases:
        yield _weigh(id, taken[own], rules, values.get(id, {}), marks.get(id, {}))


def _marks(round: Round) -> dict[int, dict[str, list[tuple[str, Decimal]]]]:
    """Deductions and bonuses as entered; vetoes once they are approved."""
    found: dict[int, dict[str, list[tuple[str, Decimal]]]] = defaultdict(lambda: defaultdict(list))
    rows = Mark.objects.filter(case__round=round).exclude(kind=Mark.Kind.VETO, approved_by=None)
    for case, kind, key, number in rows.order_by("pk").values_list("case_id", "kind", "key", "points"):
        found[case][kind].append((key, number))
    return found


def _weigh(
    id: int, group: str, rules: Rules, values: Mapping[str, Value], marks: Mapping[str, list[tuple[str, Decimal]]]
) -> _Weighed:
    there = {key: each.value for key, each in values.items() if each.value is not None}
    minus = sum((number for _key, number in marks.get(Mark.Kind.DEDUCTION, ())), Decimal(0))
    bonus = sum((number for _key, number in marks.get(Mark.Kind.BONUS, ())), Decimal(0))
    lowest = {each.key: each.grade for each in rules.vetoes}
    vetoes = [key for key, _number in marks.get(Mark.Kind.VETO, ())]
    ceilings = tuple(Ceiling(lowest[key], key) for key in vetoes if key in lowest)
    return _Weighed(id, group, values, marks, ceilings, added(rules.scheme, there, minus=minus, bonus=bonus), {})


def _body(each: _Weighed) -> Body:
    return Body(str(each.id), each.sum.score, each.group, each.ceilings)


# == what luck may have done ==
def _tell_luck(rules: Rules, weighed: Iterable[_Weighed]) -> None:
    """For each case with ballots: between which values its score lies, and with how many others it cannot be told
    apart within its class."""
    classes: dict[str, list[tuple[_Weighed, Marked]]] = defaultdict(list)
    for each in weighed:
        luck = luck_of(rules, each.values)
        if luck:
            mean = min(float(each.sum.score), 100.0)
            classes[each.group].append((each, Marked(mean, luck.variance, luck.ballots)))
    for rows in classes.values():
        told = alike([marked for _each, marked in rows])
        for (each, _marked), (score, number) in zip(rows, told, strict=True):
            each.luck = {"low": round(score.low, 1), "high": round(score.high, 1), "alike": number, "of": len(rows) - 1}


# == writing it down ==
def _write(weighed: list[_Weighed], rules: Rules, graded: Grading) -> None:
    with connection.cursor() as cursor:
        for first in range(0, len(weighed), AT_ONCE):
            some = weighed[first : first + AT_ONCE]
            rows = [_row(each, graded.verdicts[str(each.id)]) for each in some]
            cursor.execute(WRITE, [dumps(rows, default=str)])


def _row(each: _Weighed, verdict: Verdict) -> dict[str, Any]:
    return {"id": each.id, "score": each.sum.score, "grade": verdict.grade, "result": told(each, verdict)}


def told(each: _Weighed, verdict: Verdict) -> dict[str, Any]:
    """Every step of the sum, as it is kept."""
    return {
        "items": {key: _item(value) for key, value in each.values.items()},
        "weight": str(each.sum.weight),
        "base": str(each.sum.base),
        "marks": {kind: [[key, str(number)] for key, number in rows] for kind, rows in each.marks.items()},
        "minus": str(each.sum.minus),
        "bonus": str(each.sum.bonus),
        "score": str(each.sum.score),
        "ceilings": [[ceiling.grade, ceiling.reason] for ceiling in each.ceilings],
        "class": each.group,
        "start": verdict.start,
        "grade": verdict.grade,
        "decided": [verdict.decided.code, dict(verdict.decided.facts)],
        "missing": verdict.missing._asdict() if verdict.missing else None,
        "luck": each.luck,
    }


def _item(value: Value) -> dict[str, Any]:
    exact = None if value.value is None else str(value.value)
    read = None if value.value is None else str(shown(value.value))
    return {"exact": exact, "value": read, "facts": dict(value.facts)}


def _note_changes(
    round: Round, weighed: Iterable[_Weighed], graded: Grading, before: Mapping[int, Any], now: datetime
) -> list[int]:
    rows, changed = [], []
    for each in weighed:
        grade_before, score_before = before[each.id]
        after = graded.verdicts[str(each.id)].grade
        if (grade_before, score_before) == (after, each.sum.score):
            continue
        if grade_before != after:
            changed.append(each.id)
        rows.append(
            Regrade(case_id=each.id, calculation=round.calculation + 1, grade_before=grade_before, grade_after=after,
                    score_before=score_before, score_after=each.sum.score, at=now)
        )  # fmt: skip
    Regrade.objects.bulk_create(rows, batch_size=AT_ONCE)
    return changed


def _outcome(graded: Grading, bodies: int) -> dict[str, Any]:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for (group, key), number in sorted(graded.counts.items()):
        counts[group][key] = number
    unmet = [each._asdict() for each in graded.unmet]
    return {"bodies": bodies, "counts": counts, "unmet": unmet}
