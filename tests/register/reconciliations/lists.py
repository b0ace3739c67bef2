"""Published lists, taken in, decided and applied as the pages and the command line do."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from gongjian.register.models import Finding, Reconciliation, UnitEntry
from gongjian.register.reconciliations.applying import apply
from gongjian.register.reconciliations.comparing import compare, start
from gongjian.register.reconciliations.deciding import accept_guesses, accept_sure

PACK = Path(__file__).parents[3] / "packs" / "shaoxing"
DAYS = tuple(
    map(date.fromisoformat, ("2016-07-31", "2018-10-31", "2020-06-30", "2021-10-31", "2022-10-31", "2023-06-30"))
)
TODAY = date(2026, 6, 30)
HEADINGS = "统计代码,单位名称,上级代码\n"

# A small city, and what became of it two years later.
OLD = """\
3306,绍兴市,
330681,诸暨市,3306
330681113,草塔镇,330681
330681113264,上下文村委会,330681113
330681113265,上旺村委会,330681113
330681113266,下旺村委会,330681113
330681105,大唐镇,330681
330681105201,路西村委会,330681105
330681105202,杭坞社区居委会,330681105
"""


def published(day: date) -> bytes:
    return (PACK / "divisions" / f"shaoxing-{day}.csv").read_bytes()


def listed(text: str) -> bytes:
    return (HEADINGS + text).encode()


def taken_in(content: bytes, on: date, *, name: str = "区划.csv") -> Reconciliation:
    return start(io.BytesIO(content), name, as_of=on, today=TODAY, by=None)


def compared(content: bytes, on: date) -> Reconciliation:
    return compare(taken_in(content, on))


def settled(content: bytes, on: date) -> Reconciliation:
    """Sure ones accepted, doubtful ones by the best guess, the rest not known; applied."""
    found = compared(content, on)
    accept_sure(found, by=None)
    accept_guesses(found, by=None)
    return apply(found, by=None, today=TODAY, with_open=True)


def standing(on: date) -> list[tuple[str, str, str]]:
    """(code, name as published, code of its parent) of the divisions of a day, by code."""
    codes = dict(UnitEntry.objects.on(on).values_list("unit_id", "code"))
    rows = UnitEntry.objects.on(on).values_list("code", "name", "official_name", "parent_id")
    return sorted((code, official or name, codes.get(parent, "")) for code, name, official, parent in rows)


NEW = """\
3306,绍兴市,
330681,诸暨市,3306
330681005,大唐街道,330681
330681005201,路西村委会,330681005
330681005202,杭坞社区居委会,330681005
330681005264,上下文村委会,330681005
330681005265,上旺下旺村委会,330681005
"""
THEN, NOW = DAYS[1], DAYS[2]


def finding_of(found: Reconciliation, code: str) -> Finding:
    """The finding about the division that bore the code on the day before."""
    unit = UnitEntry.objects.on(found.as_of - timedelta(days=1)).get(code=code).unit_id
    return found.findings.get(old__contains=[unit])


def row_of(found: Reconciliation, code: str) -> int:
    return found.rows.get(code=code).number


def thought(found: Reconciliation, code: str, happened: str, *codes: str, **more: Any) -> Finding:
    """Let the finding about a division be another one, as the engine would have told it."""
    finding = finding_of(found, code)
    finding.happened, finding.new = happened, [row_of(found, each) for each in codes]
    finding.verdict, finding.shares, finding.alternatives = "doubtful", None, []
    for name, value in more.items():
        setattr(finding, name, value)
    finding.save()
    return finding


def other(found: Reconciliation, finding: Finding, happened: str, code: str, confidence: float = 0.3) -> dict[str, Any]:
    """An alternative of a finding."""
    new = [row_of(found, code)]
    return {"old": finding.old, "new": new, "happened": happened, "confidence": confidence, "evidence": []}
