"""Taking a list in, and keeping what the engine finds when it is compared with the register. Writes no unit.

What lists of businesses have for themselves is in the `firm_…` files.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.db import connection, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongjian.accounts.models import User

from ..access import Reader
from ..actions import TERRITORY_LOCK, Refused, lock
from ..imports.staging import copied
from ..models import Finding, ListedRow, Reconciliation, Unit
from ..reconcile.divisions import reconcile
from ..reconcile.evidence import Evidence
from ..reconcile.lists import Listed
from ..reconcile.proposals import Proposal
from . import firm_standing
from .firm_findings import compare_firms
from .firm_lists import FirmRow, read_firms
from .reading import ListRefused, Row, read_list
from .standing import (
    Standing,
    as_listed,
    changed_since,
    forbids_list,
    is_half_gone,
    newest_day,
    remembered,
    standing_on,
)

State = Reconciliation.State
MOVES: dict[str, set[str]] = {
    State.ASKED: {State.READ},
    State.READ: {State.COMPARING, State.FAILED},
    State.COMPARING: {State.OPEN, State.READ, State.FAILED},
    State.OPEN: {State.COMPARING, State.APPLYING},
    State.APPLYING: {State.APPLIED, State.OPEN},
    State.APPLIED: {State.UNDONE},
    State.UNDONE: {State.COMPARING, State.APPLYING},
    State.FAILED: {State.COMPARING},
}
ALIVE = 71022  # class of the advisory locks that tell whether somebody works on a reconciliation
SMALL = 5_000  # rows that are compared while one waits
BATCH = 1_000
OF_FIRMS = "企业名录"  # the source that entries name


def move(reconciliation: Reconciliation, to: str, **fields: Any) -> Reconciliation:
    """Bring it into another state, and write the fields that go with it. Raises Refused."""
    if to not in MOVES[reconciliation.state]:
        raise Refused(
            _("This is not possible now: the reconciliation of “%(file)s” is in another state.")
            % {"file": reconciliation.filename}
        )
    reconciliation.state = to
    for name, value in fields.items():
        setattr(reconciliation, name, value)
    reconciliation.save(update_fields=["state", *fields])
    return reconciliation


# == taking a list in ==
def start(
    file: IO[bytes] | File[bytes], filename: str, *, as_of: date, today: date, by: Reader | None
) -> Reconciliation:
    """Keep a list that can be compared. One that has lost half its rows waits for a word. Raises ListRefused."""
    with tempfile.NamedTemporaryFile(suffix=Path(filename).suffix) as copy:
        digest = copied(file, copy)
        rows = read_list(copy.name, filename)
        old = standing_on(as_of - timedelta(days=1))
        if sentences := forbids_list(rows, old, as_of, today):
            raise ListRefused(sentences)
        made = Reconciliation(
            state=State.ASKED if is_half_gone(rows, old) else State.READ,
            filename=Path(filename).name[-200:],
            sha256=digest,
            as_of=as_of,
            listed_before=newest_day(),
            counts={"rows": len(rows), "standing": len(old)},
            counties=[[row.code, row.name] for row in rows if row.level == "county"],
            by=by if isinstance(by, User) else None,
            language=(get_language() or "zh-hans")[:10],
        )
        copy.seek(0)
        made.file.save(f"{digest[:16]}{Path(filename).suffix[:10]}", File(copy), save=False)
        _keep(made, rows)
    return made


def start_firms(
    file: IO[bytes] | File[bytes], filename: str, *, within: Unit, as_of: date, today: date, by: Reader | None
) -> Reconciliation:
    """Keep a list of the businesses of a county or city. Half gone, it waits for a word. Raises ListRefused."""
    with tempfile.NamedTemporaryFile(suffix=Path(filename).suffix) as copy:
        digest = copied(file, copy)
        rows = read_firms(copy.name, filename)
        stretch = firm_standing.stretch_on(within, as_of, [row.code for row in rows])
        if sentences := firm_standing.forbids_firms(rows, stretch, within, as_of, today):
            raise ListRefused(sentences)
        made = Reconciliation(
            kind=Reconciliation.Kind.FIRMS,
            within=within,
            state=State.ASKED if firm_standing.is_half_gone(rows, stretch) else State.READ,
            filename=Path(filename).name[-200:],
            sha256=digest,
            source=OF_FIRMS,
            as_of=as_of,
            listed_before=firm_standing.newest_day(within, as_of),
            counts={"rows": len(rows), "standing": sum(each.is_inside for each in stretch.employers)},
            counties=stretch.places.towns(),
            by=by if isinstance(by, User) else None,
            language=(get_language() or "zh-hans")[:10],
        )
        copy.seek(0)
        made.file.save(f"{digest[:16]}{Path(filename).suffix[:10]}", File(copy), save=False)
        _keep(made, rows)
    return made


@transaction.atomic
def _keep(made: Reconciliation, rows: Sequence[Row | FirmRow]) -> None:
    made.save()
    columns = "reconciliation_id, number, code, name, level, parent, place, address, trade, staff"
    with connection.cursor() as cursor, cursor.copy(f"COPY register_listedrow ({columns}) FROM STDIN") as copy:
        for row in rows:
            if isinstance(row, Row):
                copy.write_row((made.pk, row.number, row.code, row.name, row.level, row.parent, "", "", "", None))
            else:
                of_firm = (row.place, row.address, row.trade, row.staff)
                copy.write_row((made.pk, row.number, row.code, row.name, "employer", None, *of_firm))


def confirm(reconciliation: Reconciliation) -> Reconciliation:
    """The list is whole although half its rows are gone: somebody has said so."""
    return move(reconciliation, State.READ)


def discard(reconciliation: Reconciliation) -> None:
    """Throw away what has never been written. Raises Refused."""
    if reconciliation.act_id is not None:
        raise Refused(_("This has been written into the register, so it is kept."))
    reconciliation.file.delete(save=False)
    reconciliation.delete()


def look(pk: int) -> Reconciliation:
    """The reconciliation as it is. One that a dead process left in the middle is brought back to where it was safe."""
    found = Reconciliation.objects.select_related("by", "act", "undo_act", "within").get(pk=pk)
    if found.state in {State.COMPARING, State.APPLYING}:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [ALIVE, pk])
            if cursor.fetchone()[0]:
                found.refresh_from_db()
                if found.state == State.COMPARING:
                    move(found, State.READ, progress=0)
                elif found.state == State.APPLYING:
                    move(found, State.OPEN, progress=0)
    return found


@contextmanager
def working_on(reconciliation: Reconciliation) -> Iterator[None]:
    """Hold it for oneself; whoever looks can tell that somebody is alive. Raises Refused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [ALIVE, reconciliation.pk])
        if not cursor.fetchone()[0]:
            raise Refused(_("Somebody is working on this list just now. Wait until it is done, then look again."))
    try:
        reconciliation.refresh_from_db()
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [ALIVE, reconciliation.pk])


# == comparing ==
def compare(reconciliation: Reconciliation) -> Reconciliation:
    """Compare the list with the register of the day before, and keep the findings. Decisions on findings that are
    found again stay. Raises Refused."""
    with working_on(reconciliation):
        move(reconciliation, State.COMPARING, progress=5, failure="")
        try:
            return _compare(reconciliation)
        except Refused as refused:
            reconciliation.refresh_from_db()
            move(reconciliation, State.FAILED, failure=str(refused), progress=0)
            raise
        except ValueError as error:  # the engine's word on lists that contradict themselves
            move(reconciliation, State.FAILED, failure=str(error), progress=0)
            raise Refused(str(error)) from error


def _compare(reconciliation: Reconciliation) -> Reconciliation:
    if sentences := is_no_longer_newer(reconciliation):
        raise Refused(" ".join(sentences))
    if reconciliation.is_of_firms:
        return _compare_firms(reconciliation)
    old = standing_on(reconciliation.as_of - timedelta(days=1))
    rows = list(reconciliation.rows.order_by("number"))
    proposals = reconcile(as_listed(old), _listed(rows))
    Reconciliation.objects.filter(pk=reconciliation.pk).update(progress=70)
    made = list(_findings(reconciliation, proposals, rows, old))
    counts = {"rows": len(rows), "standing": len(old), "findings": len(made)}
    return _kept(reconciliation, made, standing=remembered(old), counts=counts)


def is_no_longer_newer(reconciliation: Reconciliation) -> list[str]:
    """Another list of the same day or a later one has been applied meanwhile."""
    if reconciliation.within is not None:
        return firm_standing.is_no_longer_newer(reconciliation.within, reconciliation.as_of)
    newest = newest_day()
    if newest is None or reconciliation.as_of > newest:
        return []
    said = _("The register has been listed for %(newest)s meanwhile. This list is no longer newer.")
    return [said % {"newest": newest}]


@transaction.atomic
def _kept(reconciliation: Reconciliation, made: list[Finding], **fields: Any) -> Reconciliation:
    """Keep the findings in place of former ones; decisions on what is found again stay."""
    decided = _decided(reconciliation)
    reconciliation.findings.all().delete()
    for finding in made:
        _decide_as_before(finding, decided)
    Finding.objects.bulk_create(made, batch_size=BATCH)
    return move(reconciliation, State.OPEN, progress=0, **fields)


def _compare_firms(reconciliation: Reconciliation) -> Reconciliation:
    assert reconciliation.within is not None  # a constraint holds it
    rows = list(reconciliation.rows.order_by("number"))
    with transaction.atomic():
        lock(TERRITORY_LOCK)  # so that no act that is under way comes before `newest` unseen
        newest = firm_standing.newest_act()
        stretch = firm_standing.stretch_on(reconciliation.within, reconciliation.as_of, [row.code for row in rows])
    found = compare_firms(reconciliation, rows, stretch)
    Reconciliation.objects.filter(pk=reconciliation.pk).update(progress=70)
    _understand(rows, found.understood)
    counts = {
        "rows": len(rows),
        "standing": sum(each.is_inside for each in stretch.employers),
        "findings": len(found.findings),
        "unchanged": found.unchanged,
        "unplaced": found.unplaced,
        "uncoded": found.uncoded,
        "compared_after": newest,
    }
    return _kept(reconciliation, found.findings, counts=counts, counties=stretch.places.towns())


def _understand(rows: Iterable[ListedRow], understood: Mapping[int, int | None]) -> None:
    """Keep with each row the unit its place is understood as."""
    differs = [(row.pk, understood[row.number]) for row in rows if row.lies_in_id != understood[row.number]]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE register_listedrow r SET lies_in_id = u.unit "
            "FROM unnest(%s::bigint[], %s::bigint[]) AS u(id, unit) WHERE r.id = u.id",
            [[pk for pk, _unit in differs], [unit for _pk, unit in differs]],
        )


def _listed(rows: Iterable[ListedRow]) -> list[Listed]:
    return [
        Listed(str(row.number), row.code, row.name, row.level, "" if row.parent is None else str(row.parent))
        for row in rows
    ]


def _findings(
    reconciliation: Reconciliation, proposals: Iterable[Proposal], rows: Iterable[ListedRow], old: Iterable[Standing]
) -> Iterator[Finding]:
    old = list(old)
    county = _Counties(rows, old, proposals)
    for number, told in enumerate(proposals, start=1):
        yield Finding(
            reconciliation=reconciliation,
            number=number,
            level=told.level,
            county=county.of(told),
            happened=told.happened,
            also=list(told.also),
            old=[int(key) for key in told.old],
            new=[int(key) for key in told.new],
            shares=told.shares and [[int(s.new_key), s.share, s.villages, s.of] for s in told.shares],
            confidence=told.confidence,
            verdict=told.verdict if old else Finding.Verdict.SURE,  # the first list a register is given: all is new
            evidence=[_as_json(each) for each in told.evidence],
            alternatives=[
                {
                    "old": [int(other.key)] if not told.old else list(map(int, told.old)),
                    "new": list(map(int, told.new)) if not told.old else [int(other.key)],
                    "happened": other.happened,
                    "confidence": other.confidence,
                    "evidence": [_as_json(each) for each in other.evidence],
                }
                for other in told.alternatives
            ],
        )


def _as_json(evidence: Evidence) -> dict[str, Any]:
    gaps = {key: list(value) if isinstance(value, tuple) else value for key, value in evidence.gaps.items()}
    return {"kind": evidence.kind, "gaps": gaps}


class _Counties:
    """The code of the county whose officer looks at a finding: where it lies now, else where what it lay in went."""

    def __init__(self, rows: Iterable[ListedRow], old: Iterable[Standing], proposals: Iterable[Proposal]) -> None:
        self.rows = {str(row.number): row for row in rows}
        self.old = {str(each.unit): each for each in old}
        self.went = {key: told.new[0] for told in proposals if told.new for key in told.old}

    def of(self, told: Proposal) -> str:
        return self._of_row(told.new[0]) if told.new else self._of_old(told.old[0])

    def _of_row(self, key: str) -> str:
        row: ListedRow | None = self.rows[key]
        while row is not None and row.level != "county":
            row = self.rows.get(str(row.parent))
        return row.code if row else ""

    def _of_old(self, key: str) -> str:
        at: Standing | None = self.old[key]
        while at is not None:
            if str(at.unit) in self.went:
                return self._of_row(self.went[str(at.unit)])
            at = self.old.get(str(at.parent))
        return ""


# == decisions that stay when a list is compared again ==
Key = tuple[str, tuple[int, ...], tuple[int, ...]]
KEPT = ("decision", "decided_by_id", "decided_at", "document_id", "is_together", "version")


def _key(happened: str, old: Iterable[int], new: Iterable[int]) -> Key:
    return happened, tuple(old), tuple(new)


def _decided(reconciliation: Reconciliation) -> Mapping[Key, Finding]:
    """Accepted ones and those left unknown; a choice is made anew, since it speaks of what else there was."""
    kept = reconciliation.findings.filter(decision__in=[Finding.Decision.ACCEPTED, Finding.Decision.UNKNOWN])
    return {_key(each.happened, each.old, each.new): each for each in kept}


def _decide_as_before(finding: Finding, decided: Mapping[Key, Finding]) -> None:
    if before := decided.get(_key(finding.happened, finding.old, finding.new)):
        for name in KEPT:
            setattr(finding, name, getattr(before, name))


def is_stale(reconciliation: Reconciliation) -> list[str]:
    """Sentences that name what has changed in the register since the list was compared."""
    if reconciliation.is_of_firms:
        return firm_standing.changed_since(reconciliation)
    return changed_since(reconciliation.standing, reconciliation.as_of)
