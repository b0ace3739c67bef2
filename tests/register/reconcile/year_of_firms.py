"""A generated year of twelve monthly business lists, with what truly happened from each to the next."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from gongjian.register.reconcile.credit_codes import CHARACTERS, check_character
from gongjian.register.reconcile.firms import Firm

TOWNS = ("大唐街道", "草塔镇", "店口镇", "枫桥镇", "次坞镇", "牌头镇")
TRADES = ("袜业", "纺织", "五金", "商贸", "机械", "珍珠")
SYLLABLES = "安宝昌德恩丰广恒宏华汇吉嘉建金锦康利隆茂明鹏庆瑞盛泰通旺新兴永裕源泽正志"

# How many of a hundred firms each thing happens to in a month.
A_MONTH = {
    "closed": 0.8,
    "moved": 0.7,
    "renamed": 0.6,
    "mistyped": 0.4,
    "both": 0.1,
    "blanked": 0.15,
    "mistyped and renamed": 0.05,
    "blanked and moved": 0.05,  # nobody can follow it but by a name that others may bear
}
NEW, BRANCHES, TWICE = 1.2, 0.3, 0.15


@dataclass(frozen=True)
class Month:
    """A list, and what happened since the list before: (happened, key before, key now), "" where there is none."""

    firms: list[Firm]
    truth: set[tuple[str, str, str]]
    twice: set[str]


class Year:
    def __init__(self, seed: int, firms: int) -> None:
        self._chance = random.Random(seed)
        self._count = 0
        self._rows = 0
        self._firms = [self._made() for _ in range(firms)]  # as they truly are, by position

    def months(self) -> list[Month]:
        months = [Month([replace(firm, key=self._key()) for firm in self._firms], set(), set())]
        for _ in range(11):
            months.append(self._next(months[-1]))
        return months

    def _key(self) -> str:
        self._rows += 1
        return f"r{self._rows}"

    def _code(self) -> str:
        self._count += 1
        body = "9133068" + "1MA" + "".join(CHARACTERS[(self._count // 31**place) % 31] for place in range(7))
        return body + check_character(body)

    def _made(self) -> Firm:
        town = self._chance.choice(TOWNS)
        name = "诸暨" + "".join(self._chance.choices(SYLLABLES, k=3)) + self._chance.choice(TRADES) + "有限公司"
        return Firm("", self._code(), name, town, self._address(town))

    def _address(self, town: str) -> str:
        return f"{town}{self._chance.choice('东南西北中')}路{self._chance.randrange(1, 999)}号"

    def _next(self, before: Month) -> Month:
        truth: set[tuple[str, str, str]] = set()
        rows: list[Firm] = []
        kept: list[Firm] = []
        for firm, listed in zip(self._firms, before.firms[: len(self._firms)], strict=True):
            what = self._what()
            if what == "closed":
                truth.add(("closed", listed.key, ""))
                continue
            changed = self._changed(firm, what)
            row = self._as_listed(changed, what)
            kept.append(changed)
            rows.append(row)
            truth |= {(happened, listed.key, row.key) for happened in _differences(listed, row)}
        for _ in range(round(NEW / 100 * len(self._firms))):
            kept.append(self._made())
            rows.append(replace(kept[-1], key=self._key()))
            truth.add(("new", "", rows[-1].key))
        for head in self._chance.sample(kept, round(BRANCHES / 100 * len(kept))):
            branch = replace(head, credit_code=self._code(), name=self._branch_name(head))
            kept.append(branch)
            rows.append(replace(branch, key=self._key()))
            truth.add(("branch_opened", "", rows[-1].key))
        self._firms = kept
        coded = [row for row in rows if row.credit_code]
        twice = self._chance.sample(coded, round(TWICE / 100 * len(rows)))
        truth |= {("closed", copy.key, "") for copy in before.firms[len(before.firms) - len(before.twice) :]}
        copies = [replace(row, key=self._key(), place=self._other_town(row.place)) for row in twice]
        truth |= {("new", "", copy.key) for copy in copies}
        return Month([*rows, *copies], truth, {row.credit_code for row in twice})

    def _what(self) -> str:
        return self._chance.choices([*A_MONTH, ""], [*A_MONTH.values(), 100 - sum(A_MONTH.values())])[0]

    def _other_town(self, town: str) -> str:
        return self._chance.choice([t for t in TOWNS if t != town])

    def _branch_name(self, head: Firm) -> str:
        return head.name + self._chance.choice(("", "城西", "第二")) + self._chance.choice(("分公司", "分店"))

    def _changed(self, firm: Firm, what: str) -> Firm:
        if what in ("moved", "both", "blanked and moved"):
            town = self._other_town(firm.place)
            firm = replace(firm, place=town, address=self._address(town))
        if what in ("renamed", "both", "mistyped and renamed"):
            firm = replace(firm, name=self._made().name)
        return firm

    def _as_listed(self, firm: Firm, what: str) -> Firm:
        code = firm.credit_code
        if what.startswith("mistyped"):
            at = self._chance.randrange(len(code))
            code = code[:at] + self._chance.choice([c for c in CHARACTERS if c != code[at]]) + code[at + 1 :]
        return replace(firm, key=self._key(), credit_code="" if what.startswith("blanked") else code)


def _differences(a: Firm, b: Firm) -> set[str]:
    found = set()
    if a.credit_code != b.credit_code:
        found.add("mistyped" if a.credit_code and b.credit_code else "recoded")
    if a.place != b.place or a.address != b.address:
        found.add("moved")
    if a.name != b.name:
        found.add("renamed")
    return found or {"unchanged"}
