"""Writing what was decided into the register for the day of the list: one act, one transaction, set by set; and undo.

What goes on under another name, code or parent gets a new entry; what is new is opened; what was merged or divided ends
with its lineage; what became of nobody knows what ends with a lineage that says so. What stands in whatever ends goes
along to its successor, or to that of the town it lay in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import record

from .. import undo as undoing
from ..access import Reader
from ..actions import ALL_WALKS, GUARDS, Refused, lock
from ..authority.wall import behind_it
from ..identity import kind_of, short_name
from ..imports.names import learn_or_queue
from ..models import Finding, ListedRow, Reconciliation, Unit, UnitKind, UnitLineage
from ..progress import Tell, telling
from ..reorganise.along import Routes, carry, end, end_links
from ..walks import refresh_body_paths, refresh_unit_paths
from .comparing import State, is_no_longer_newer, is_stale, move, working_on
from .deciding import TOGETHER, Decision, effective
from .firm_standing import stretch_of
from .firm_writing import FirmPlan, plan_of, write_firms
from .outcome import Outcome, outcome_of
from .writing import Division, clashes, ends_too_early, stands_later, write

RECONCILED, UNDONE = "register.reconcile", "register.reconcile.undone"
How = UnitLineage.How
SMALL = 300  # findings that are written while one waits


# == applying ==
def forbids_applying(reconciliation: Reconciliation, *, with_open: bool) -> list[str]:
    """What stands against applying now, that can be told beforehand; an empty list if nothing does."""
    still = reconciliation.findings.filter(decision=Decision.OPEN)
    sure = still.filter(TOGETHER).count()
    rest = still.count() - sure
    found = []
    if sure:
        found.append(_("%(count)s sure findings are open. Accept them first.") % {"count": f"{sure:,}"})
    if rest and not with_open:
        said = _("%(count)s findings are open. Decide them, or say that what is open is to be written as not known.")
        if reconciliation.is_of_firms:
            said = _("%(count)s findings are open. Decide them, or say that what is open is to be left as it is.")
        found.append(said % {"count": f"{rest:,}"})
    found += is_no_longer_newer(reconciliation)
    if stale := is_stale(reconciliation):
        found += [*stale, _("Compare the list again: decisions on what is found again stay.")]
    return found


def is_long(reconciliation: Reconciliation) -> bool:
    """So much is to be written that nobody should wait for it: what goes on as it was, and what is left, is not."""
    findings = reconciliation.findings.exclude(decision=Decision.TAKEN)
    if reconciliation.is_of_firms:
        findings = findings.filter(decision__in=[Decision.ACCEPTED, Decision.CHOSEN])
    else:
        findings = findings.exclude(decision=Decision.ACCEPTED, happened="unchanged")
    return findings.count() > SMALL


def apply(reconciliation: Reconciliation, *, by: Reader | None, today: date, with_open: bool = False) -> Reconciliation:
    """Write it all, or nothing. `with_open`: what nobody has decided is written as not known. Raises Refused."""
    with working_on(reconciliation):
        before = State.OPEN if reconciliation.state == State.APPLYING else reconciliation.state
        if reconciliation.state != State.APPLYING:
            move(reconciliation, State.APPLYING, failure="", progress=5)
        try:
            with telling(reconciliation) as tell:
                return _apply(reconciliation, by, today, with_open, tell)
        except IntegrityError as error:
            said = _("The register does not take this list: %(reason)s") % {"reason": _reason(error)}
            _back(reconciliation, before, failure=said)
            raise Refused(said) from error
        except Refused as refused:
            _back(reconciliation, before, failure=str(refused))
            raise


def _back(reconciliation: Reconciliation, state: str, failure: str) -> None:
    Reconciliation.objects.filter(pk=reconciliation.pk).update(state=state, progress=0, failure=failure)
    reconciliation.refresh_from_db()


def _reason(error: IntegrityError) -> str:
    told = getattr(getattr(error.__cause__, "diag", None), "message_detail", None)
    return told or str(error).split("\n", 1)[0]


@behind_it()
def _apply(
    reconciliation: Reconciliation, by: Reader | None, today: date, with_open: bool, tell: Tell
) -> Reconciliation:
    lock(*ALL_WALKS)
    if sentences := forbids_applying(reconciliation, with_open=with_open):
        raise Refused(" ".join(sentences))
    if reconciliation.is_of_firms:
        return _apply_firms(reconciliation, by, today, tell)
    plan = _plan(reconciliation)
    if sentences := [
        *_unknown_kinds(plan.divisions),
        *stands_later(plan.outcome.ended(), reconciliation.as_of),
    ]:
        raise Refused(" ".join(sentences))
    documents = sorted({pk for pk in plan.documents.values() if pk})
    act = _recorded(reconciliation, by, plan.counts(), documents=documents)
    tell(0.2)
    _write(reconciliation, plan, act, today, tell)
    return _applied(reconciliation, act, plan.counts())


def _recorded(reconciliation: Reconciliation, by: Reader | None, counts: Mapping[str, int], **more: Any) -> Act:
    facts = {"file": reconciliation.filename, "sha256": reconciliation.sha256, "counts": counts, **more}
    return record(RECONCILED, by=by, subject=reconciliation.subject, on=reconciliation.as_of, facts=facts)


def _applied(reconciliation: Reconciliation, act: Act, written: Mapping[str, int]) -> Reconciliation:
    counts = {**reconciliation.counts, "written": written}
    return move(reconciliation, State.APPLIED, act=act, undo_act=None, counts=counts, progress=0)


def _write(reconciliation: Reconciliation, plan: Plan, act: Act, today: date, tell: Tell) -> None:
    on, ended = reconciliation.as_of, plan.outcome.ended()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # codes may swap hands within the act
    end(act, on, units=ended)
    changed = write(act, on, plan.divisions, reconciliation.source)
    tell(0.4)
    _plan_for_what_was_written()
    end_links(act, on, units=[*plan.outcome.closed, *plan.outcome.unknown])
    moved = carry(act, on, Routes(units=plan.routes()))
    tell(0.6)
    _write_lineage(act, on, plan)
    if sentences := [*clashes(act), *ends_too_early(act)]:
        raise Refused(" ".join(sentences))
    learn_or_queue(act.pk, len(changed))
    tell(0.8)
    refresh_unit_paths(today, {*changed, *ended, *moved.units})
    refresh_body_paths(today, moved.bodies)
    tell(0.9)
    _hold_to_account()


def _plan_for_what_was_written() -> None:
    """Without it the database plans what follows for the tables as they were, and a large list takes for ever."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE register_unit, register_unitentry")


def _hold_to_account() -> None:
    """What was deferred must hold now: codes once a day, and the guards."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS register_unit_one_entry_a_day, register_unit_code_once_a_day, "
            f"register_unit_credit_code_once_a_day, {GUARDS} IMMEDIATE"
        )
        cursor.execute(f"SET CONSTRAINTS {GUARDS} DEFERRED")


# == businesses ==
def _apply_firms(reconciliation: Reconciliation, by: Reader | None, today: date, tell: Tell) -> Reconciliation:
    plan = _firm_plan(reconciliation)
    if sentences := stands_later(plan.ends, reconciliation.as_of):
        raise Refused(" ".join(sentences))
    findings = reconciliation.findings.exclude(document=None).order_by("document_id")
    documents = list(findings.values_list("document_id", flat=True).distinct())
    branches = [list(pair) for pair in sorted(plan.branches.items())]  # branch, head office
    act = _recorded(reconciliation, by, plan.counts(), documents=documents, branches=branches)
    tell(0.2)
    _write_firms(reconciliation, plan, act, today, tell)
    return _applied(reconciliation, act, plan.counts())


def _firm_plan(reconciliation: Reconciliation) -> FirmPlan:
    assert reconciliation.within is not None  # a constraint holds it
    findings = list(reconciliation.findings.exclude(decision=Decision.TAKEN))
    numbers = {n for each in findings for n in each.new} | {
        n for each in findings for other in each.alternatives for n in other["new"]
    }
    rows = {row.number: row for row in reconciliation.rows.filter(number__in=numbers)}
    units = {pk for each in findings for pk in each.old} | {
        pk for each in findings for other in each.alternatives for pk in other["old"]
    }
    stretch = stretch_of(reconciliation.within, reconciliation.as_of, units)
    return plan_of(findings, rows, stretch, reconciliation.within.pk)


def _write_firms(reconciliation: Reconciliation, plan: FirmPlan, act: Act, today: date, tell: Tell) -> None:
    """What stands in a firm that has closed goes to what it lay in; its covers end."""
    on = reconciliation.as_of
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # codes may swap hands within the act
    end(act, on, units=plan.ends)
    changed = write_firms(act, on, plan, reconciliation.source)
    tell(0.4)
    _plan_for_what_was_written()
    end_links(act, on, units=plan.ends)
    moved = carry(act, on, Routes(units={firm: parent for firm, parent in plan.ends.items() if parent}))
    if sentences := [*clashes(act, "credit_code"), *ends_too_early(act)]:
        raise Refused(" ".join(sentences))
    learn_or_queue(act.pk, len(changed))
    tell(0.7)
    refresh_unit_paths(today, {*changed, *plan.ends, *moved.units})
    refresh_body_paths(today, moved.bodies)
    tell(0.9)
    _hold_to_account()


# == lineage ==
def _write_lineage(act: Act, on: date, plan: Plan) -> None:
    links: list[tuple[int, int | None, str, Decimal | None]] = [
        *((old, plan.unit_of[row], How.MERGED, Decimal(1)) for old, row in plan.outcome.merged.items()),
        *(
            (old, plan.unit_of[row], How.SPLIT, share)
            for old, parts in plan.outcome.split.items()
            for row, share in parts
        ),
        *((old, None, How.UNKNOWN, None) for old in sorted(plan.outcome.unknown)),
    ]
    UnitLineage.objects.bulk_create(
        (
            UnitLineage(
                old_id=old, new_id=new, how=how, share=share, on=on, act=act, document_id=plan.documents.get(old)
            )
            for old, new, how, share in links
        ),
        batch_size=1000,
    )


# == what is to be written ==
@dataclass
class Plan:
    """The decisions put together. `unit_of` names for each row of the list the unit it is, new ones included."""

    outcome: Outcome[int, int]
    divisions: list[Division]
    unit_of: dict[int, int]
    parents: dict[int, int | None]
    documents: dict[int, int | None]

    def routes(self) -> dict[int, int]:
        """Where what stands in a unit that ends goes. Raises Refused where nothing above it goes on."""
        found: dict[int, int] = {}
        for old in self.outcome.ended():
            row = self.outcome.successor(old, self.parents)
            if row is None:
                raise Refused(_("Nothing of the city is found in the list again, so it cannot be written."))
            found[old] = self.unit_of[row]
        return found

    def counts(self) -> dict[str, int]:
        outcome = self.outcome
        return {
            "continues": len(outcome.continues),
            "new": sum(division.is_new for division in self.divisions),
            "merged": len(outcome.merged),
            "split": len(outcome.split),
            "closed": len(outcome.closed),
            "unknown": len(outcome.unknown),
        }


def _plan(reconciliation: Reconciliation) -> Plan:
    findings = list(reconciliation.findings.exclude(decision=Decision.TAKEN))
    try:
        outcome = outcome_of(map(effective, findings))
    except ValueError as error:
        raise Refused(_("Two divisions would go on as the same one. Compare the list again.")) from error
    rows = list(reconciliation.rows.order_by("number"))
    held = {row: unit for unit, row in outcome.continues.items()}
    begun = [row.number for row in rows if row.number not in held]
    unit_of = held | dict(zip(begun, (unit.pk for unit in _new_units(len(begun))), strict=True))
    was = {int(unit): (str(name), parent) for unit, (name, _code, parent) in reconciliation.standing.items()}
    return Plan(
        outcome=outcome,
        divisions=[_division(row, unit_of, was.get(unit_of[row.number], (None, None))[0]) for row in rows],
        unit_of=unit_of,
        parents={unit: parent for unit, (_name, parent) in was.items()},
        documents=_documents(findings),
    )


def _new_units(count: int) -> list[Unit]:
    return Unit.objects.bulk_create([Unit() for _number in range(count)], batch_size=1000)


def _division(row: ListedRow, unit_of: Mapping[int, int], name_before: str | None) -> Division:
    """What the list says of a row. A name published as before leaves name and kind as an officer may have set them."""
    name = short_name(row.name, row.level)
    is_called_as_before = name_before == row.name
    is_of_kind_as_before = name_before is not None and kind_of(name_before, row.level) == kind_of(row.name, row.level)
    return Division(
        unit=unit_of[row.number],
        is_new=name_before is None,
        name=None if is_called_as_before else name,
        official_name=None if is_called_as_before else (row.name if row.name != name else ""),
        kind=None if is_of_kind_as_before else kind_of(row.name, row.level),
        code=row.code,
        parent=None if row.parent is None else unit_of[row.parent],
    )


def _unknown_kinds(divisions: Iterable[Division]) -> list[str]:
    wanted = {division.kind for division in divisions if division.kind}
    missing = wanted - set(UnitKind.objects.filter(key__in=wanted).values_list("key", flat=True))
    return [
        _("The list has units of the kind “%(kind)s”, which the pack does not define.") % {"kind": kind}
        for kind in sorted(missing)
    ]


def _documents(findings: Iterable[Finding]) -> dict[int, int | None]:
    return {old: each.document_id for each in findings for old in effective(each).old}


# == taking it back ==
def undo(reconciliation: Reconciliation, *, by: Reader | None, today: date) -> Reconciliation:
    """Put the register back to what it was; the decisions stay. Raises Refused, and StoodOn with what stands on it."""
    with working_on(reconciliation), behind_it():
        if reconciliation.act is None or reconciliation.state != State.APPLIED:
            raise Refused(_("Nothing of this list is in the register, so there is nothing to undo."))
        act = undoing.undo([reconciliation.act], by=by, today=today, verb=UNDONE)
        return move(reconciliation, State.UNDONE, undo_act=act)


def standing_on_it(reconciliation: Reconciliation) -> list[str]:
    """Sentences that name what has been built on it since; none = it can be undone."""
    return undoing.standing_on([reconciliation.act]) if reconciliation.act else []
