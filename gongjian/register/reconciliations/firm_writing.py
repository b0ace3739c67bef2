"""What the decisions on a list of businesses come to, and writing it: one act, set by set.

What is open or left as it is changes nothing. A code that is wrong or missing in the list is never written: the
register keeps the one it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from gongjian.chronicle.models import Act

from ..models import Choice, Finding, ListedRow, Unit, UnitKind
from ..reconcile.credit_codes import is_sound, written_plainly
from ..reconcile.firms import plain, plain_address
from .firm_findings import GOES_ON
from .firm_standing import BUSINESS, Employer, Stretch
from .writing import write_listed

Decision = Finding.Decision
COOPERATIVE = "cooperative"  # 93…: farmers' specialised co-operatives
COLUMNS = ("name", "official_name", "credit_code", "parent_id", "address")

LAY = """
CREATE TEMP TABLE listed (unit_id bigint PRIMARY KEY, is_new boolean NOT NULL, name text, official_name text,
  kind_id text, credit_code text, parent_id bigint, address text, trade text, staff integer) ON COMMIT DROP
"""
OPENED = """
INSERT INTO register_unitentry (unit_id, valid, name, official_name, code, credit_code, kind_id, parent_id, status,
  trade, sector, ownership, address, source, act_id)
SELECT unit_id, daterange(%(on)s::date, NULL), name, official_name, '', credit_code, kind_id, parent_id, 'active',
  trade, '', '', address, %(source)s, %(act)s
FROM listed WHERE is_new ORDER BY unit_id;
INSERT INTO register_headcount (unit_id, valid, staff, source, act_id)
SELECT unit_id, daterange(%(on)s::date, NULL), staff, %(source)s, %(act)s
FROM listed WHERE is_new AND staff IS NOT NULL ORDER BY unit_id
"""


@dataclass(frozen=True, slots=True)
class Business:
    """What is written of a firm; None leaves as it is what the register says."""

    unit: int
    is_new: bool
    name: str | None = None
    official_name: str | None = None
    kind: str | None = None
    credit_code: str | None = None
    parent: int | None = None
    address: str | None = None
    trade: str = ""
    staff: int | None = None

    @property
    def says_something(self) -> bool:
        return self.is_new or any((self.name, self.credit_code, self.parent, self.address))


@dataclass
class FirmPlan:
    """`ends`: firm → what it lay in. `branches`: new branch → its head office, where that is known."""

    businesses: list[Business] = field(default_factory=list)
    ends: dict[int, int | None] = field(default_factory=dict)
    branches: dict[int, int] = field(default_factory=dict)
    left: int = 0

    def counts(self) -> dict[str, int]:
        new = sum(each.is_new for each in self.businesses)
        return {
            "changed": len(self.businesses) - new,
            "new": new,
            "closed": len(self.ends),
            "left": self.left,
        }


def plan_of(findings: Sequence[Finding], rows: Mapping[int, ListedRow], stretch: Stretch, top: int) -> FirmPlan:
    """Put the decisions together."""
    plan, opens = FirmPlan(), []
    employers = {each.unit: each for each in stretch.employers}
    for finding in findings:
        told = _told(finding)
        if told is None:
            plan.left += 1
            continue
        happened, old, new = told
        if happened in GOES_ON:
            plan.businesses.append(_changed(employers[old[0]], rows[new[0]], stretch))
        elif happened == "closed":
            plan.ends[old[0]] = employers[old[0]].parent
        # rows after the first are other firms that claim its code
        opens += [(rows[n], at == 0) for at, n in enumerate(new) if at or happened not in GOES_ON]
    plan.businesses = [each for each in plan.businesses if each.says_something]
    made = _opened(opens, top)
    plan.businesses += made.values()
    plan.branches = _branches(findings, {number: each.unit for number, each in made.items()})
    return plan


def _told(finding: Finding) -> tuple[str, list[int], list[int]] | None:
    """What happened, as decided; None where the register is left as it is."""
    if finding.decision == Decision.CHOSEN:
        other = finding.alternatives[(finding.chosen or 1) - 1]
        return other["happened"], other["old"], other["new"]
    if finding.decision == Decision.ACCEPTED and finding.happened != "claimed_twice":
        return finding.happened, finding.old, finding.new
    return None


def _changed(employer: Employer, row: ListedRow, stretch: Stretch) -> Business:
    is_renamed = plain(employer.name) != plain(row.name)
    code = row.code if is_sound(row.code) and row.code != written_plainly(employer.credit_code) else None
    has_address = bool(row.address) and plain_address(row.address) != plain_address(employer.address)
    return Business(
        unit=employer.unit,
        is_new=False,
        name=row.name if is_renamed else None,
        official_name="" if is_renamed else None,
        credit_code=code,
        parent=None if stretch.places.stays(employer.parent, row.lies_in_id) else row.lies_in_id,
        address=row.address if has_address else None,
    )


def _opened(rows: Sequence[tuple[ListedRow, bool]], top: int) -> dict[int, Business]:
    """New firms by the number of their row; one whose place is not known lies in the stretch itself."""
    units = Unit.objects.bulk_create([Unit() for _row in rows], batch_size=1000)
    kinds = set(UnitKind.objects.values_list("key", flat=True))
    trades = {
        word: choice.key
        for choice in Choice.objects.filter(list="trade")
        for word in (choice.key, *choice.names.values())
    }
    return {
        row.number: Business(
            unit=unit.pk,
            is_new=True,
            name=row.name,
            official_name="",
            kind=COOPERATIVE if row.code.startswith("93") and COOPERATIVE in kinds else BUSINESS,
            credit_code=row.code if bears_it and is_sound(row.code) else "",
            parent=row.lies_in_id or top,
            address=row.address,
            trade=trades.get(row.trade, ""),
            staff=row.staff,
        )
        for (row, bears_it), unit in zip(rows, units, strict=True)
    }


def _branches(findings: Iterable[Finding], unit_of: Mapping[int, int]) -> dict[int, int]:
    """From the evidence: the unit of the head office, or its row, if that is opened too."""
    found: dict[int, int] = {}
    for finding in findings:
        if finding.happened == "branch_opened" and finding.decision == Decision.ACCEPTED:
            for gaps in (each["gaps"] for each in finding.evidence if each["kind"] == "branch_of"):
                head = gaps.get("head_unit") or unit_of.get(gaps.get("head_row", 0))
                found |= {unit_of[finding.new[0]]: head} if head else {}
    return found


def write_firms(act: Act, on: date, plan: FirmPlan, source: str) -> set[int]:
    """Open what is new and change what differs, from the day on. Returns the units that were written."""
    return write_listed(act, on, source, LAY, OPENED, COLUMNS, plan.businesses)
