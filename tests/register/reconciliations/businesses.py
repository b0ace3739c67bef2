"""Monthly lists of businesses, taken in and decided as the pages and the command line do."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date

from gongjian.register.models import Finding, Reconciliation, Unit, UnitEntry
from gongjian.register.reconciliations.applying import apply
from gongjian.register.reconciliations.comparing import compare, start_firms
from gongjian.register.reconciliations.deciding import accept_sure
from gongjian.sample.names import credit_code

from .lists import TODAY

HEADINGS = ["序号", "企业名称", "统一社会信用代码", "所在镇街", "所在村社", "经营地址", "从业人数"]
COUNTY = "330681"
FIRST, SECOND, THIRD = date(2019, 1, 31), date(2019, 2, 28), date(2019, 3, 31)
CODES = [credit_code(number, department="91", region=COUNTY) for number in range(1, 30)]

Line = tuple[str, ...]
TOWN, VILLAGE = "大唐镇", "路西村"


def line(name: str, code: str, town: str = TOWN, village: str = VILLAGE, address: str = "", staff: str = "") -> Line:
    return name, code, town, village, address, staff


# A month of the small city: four firms, in two towns.
SOCKS = line("诸暨大唐样例袜业有限公司", CODES[0], address="大唐镇中路1号", staff="42")
PEARLS = line("诸暨样例珍珠有限公司", CODES[1], address="大唐镇中路2号")
CLOTH = line("诸暨样例纺织有限公司", CODES[2], "草塔镇", "上下文村", "草塔镇东路3号")
SCREWS = line("诸暨样例五金有限公司", CODES[3], "草塔镇", "上旺村", "草塔镇西路4号")
MONTH = [SOCKS, PEARLS, CLOTH, SCREWS]


def written(lines: Iterable[Line], headings: list[str] | None = None) -> bytes:
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(headings or HEADINGS)
    out.writerows([number, *each] if headings is None else each for number, each in enumerate(lines, start=1))
    return text.getvalue().encode()


def stretch(code: str = COUNTY, on: date = FIRST) -> Unit:
    return UnitEntry.objects.on(on).get(code=code).unit


def sent(lines: Iterable[Line], on: date, *, headings: list[str] | None = None, within: str = COUNTY) -> Reconciliation:
    file = io.BytesIO(written(lines, headings))
    return start_firms(file, "企业名录.csv", within=stretch(within, on), as_of=on, today=TODAY, by=None)


def compared(lines: Iterable[Line], on: date) -> Reconciliation:
    return compare(sent(lines, on))


def in_the_register(lines: Iterable[Line], on: date) -> Reconciliation:
    """Accepted as far as it is sure, and written; what is open stays as it is."""
    found = compared(lines, on)
    accept_sure(found, by=None)
    return apply(found, by=None, today=TODAY, with_open=True)


def told(found: Reconciliation) -> list[tuple[str, str, list[str]]]:
    """(what happened, how sure, names of the rows or else of the employer), in the order of work."""
    rows = dict(found.rows.values_list("number", "name"))
    return [(f.happened, f.verdict, [rows[n] for n in f.new] or [name_of(pk) for pk in f.old]) for f in found_in(found)]


def found_in(found: Reconciliation) -> list[Finding]:
    return list(found.findings.order_by("number"))


def name_of(unit: int) -> str:
    return UnitEntry.objects.filter(unit=unit).latest("valid").name


def firms(on: date) -> list[tuple[str, str, str, str]]:
    """(name, credit code, what it lies in, address) of the employers of a day, by name."""
    entries = UnitEntry.objects.on(on)
    names = dict(entries.values_list("unit_id", "name"))
    rows = entries.filter(kind__level="employer").values_list("name", "credit_code", "parent_id", "address")
    return sorted((name, code, names[parent], address) for name, code, parent, address in rows)


def as_firm(each: Line) -> tuple[str, str, str, str]:
    return each[0], each[1], each[3], each[4]
