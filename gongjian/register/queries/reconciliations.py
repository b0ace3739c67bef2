"""What the pages ask about a reconciliation: how far the work is by county, and single findings in their order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from ..models import Finding, Reconciliation, UnitEntry
from ..reconciliations.deciding import TOGETHER
from ..reconciliations.words import words_of

OPEN = Finding.Decision.OPEN
GROUPS = ("sure", "doubtful", "unknown")
# How a finding is worked: together with the sure ones, or by itself.
GROUP = Case(When(TOGETHER, then=Value("sure")), default=F("verdict"), output_field=CharField())


@dataclass
class Work:
    """How many findings of a county there are, and how many of them are open, by how they are worked."""

    code: str
    name: str
    all: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GROUPS, 0))
    open: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GROUPS, 0))

    @property
    def still(self) -> int:
        """Open ones that are decided one by one."""
        return self.open["doubtful"] + self.open["unknown"]

    @property
    def each(self) -> int:
        return self.all["doubtful"] + self.all["unknown"]

    @property
    def done(self) -> float:
        """Per cent of what is decided one by one."""
        return 100.0 if not self.each else 100 * (self.each - self.still) / self.each


@dataclass(frozen=True)
class Overview:
    """All of it, by county in the order of the list."""

    counties: list[Work]
    total: Work
    happened: list[tuple[str, dict[str, int]]]


def overview(reconciliation: Reconciliation) -> Overview:
    """Two queries, however long the list."""
    works = {code: Work(code, name) for code, name in [["", _top_of(reconciliation)], *reconciliation.counties]}
    total = Work("", _("All"))
    grouped = reconciliation.findings.order_by().annotate(group=GROUP)
    rows = grouped.values_list("county", "group").annotate(n=Count("id"), still=Count("id", filter=Q(decision=OPEN)))
    for county, group, count, still in rows:
        for work in (works.setdefault(county, Work(county, county)), total):
            work.all[group] += count
            work.open[group] += still
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(GROUPS, 0))
    for happened, group, count in grouped.values_list("happened", "group").annotate(n=Count("id")):
        counts[happened][group] = count
    if unchanged := reconciliation.counts.get("unchanged"):
        counts["unchanged"]["sure"] += unchanged  # firms; nothing is kept of them
    return Overview(
        counties=[work for work in works.values() if sum(work.all.values())],
        total=total,
        happened=[(str(word), counts[key]) for key, word in words_of(reconciliation).items() if key in counts],
    )


def _top_of(reconciliation: Reconciliation) -> str:
    """What stands above all counties, or all towns of a stretch."""
    if not reconciliation.is_of_firms:
        return _("The city itself")
    return stretches(reconciliation.as_of).get(reconciliation.within_id or 0, "")


def stretches(day: date) -> dict[int, str]:
    """The cities and counties whose businesses may be listed: unit → name, by code."""
    entries = UnitEntry.objects.on(day).filter(kind__level__in=["city", "county"]).order_by("code")
    return dict(entries.values_list("unit_id", "name"))


# == one by one ==
def worked(reconciliation: Reconciliation, county: str | None = None) -> QuerySet[Finding]:
    """The findings that are decided one by one, of a county or of all."""
    found = reconciliation.findings.exclude(TOGETHER)
    return found if county is None else found.filter(county=county)


def next_open(reconciliation: Reconciliation, county: str | None, after: int = 0) -> int | None:
    """The number of the next open one; from the beginning again if none is left behind it."""
    still = worked(reconciliation, county).filter(decision=OPEN)
    return _first(still.filter(number__gt=after)) or _first(still)


def beside(reconciliation: Reconciliation, county: str | None, number: int) -> tuple[int | None, int | None]:
    """The numbers of the ones before and after, decided or not."""
    found = worked(reconciliation, county)
    before = found.filter(number__lt=number).order_by("-number").values_list("number", flat=True).first()
    return before, _first(found.filter(number__gt=number))


def _first(found: QuerySet[Finding]) -> int | None:
    return found.order_by("number").values_list("number", flat=True).first()


def filtered(reconciliation: Reconciliation, asked: dict[str, Any]) -> QuerySet[Finding]:
    """The findings of a list page. `asked`: county, verdict, happened, decision ("open" or "decided"), each or ""."""
    found = reconciliation.findings.select_related("decided_by", "document")
    for name in ("county", "verdict", "happened"):
        if asked.get(name):
            found = found.filter(**{name: asked[name]})
    match asked.get("decision"):
        case "open":
            found = found.filter(decision=OPEN)
        case "decided":
            found = found.exclude(decision=OPEN)
    return found
