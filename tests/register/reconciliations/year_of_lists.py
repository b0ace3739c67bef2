"""A generated year of monthly lists as offices send them, and what truly happened to each firm from month to month.

Beside what happens to firms the lists have the mess of real ones: addresses written with or without province and
county, villages left out, codes mistyped or missing, rows twice, and firms that are left out of one list by mistake.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from gongjian.register.reconcile.credit_codes import CHARACTERS, check_character

from ..reconcile.year_of_firms import SYLLABLES, TRADES

# How many of a thousand firms each thing happens to in a month.
HAPPENS = {
    "closed": 8, "moved": 7, "renamed": 6, "renamed and moved": 1, "registered anew": 1, "left out": 1.5,
    "mistyped": 4, "mistyped and renamed": 0.5, "code missing": 2, "code missing and moved": 0.5, "twice": 1.5,
}  # fmt: skip
NEW, NEW_WITHOUT_CODE, BRANCHES = 12, 0.5, 3
SLOPPY = 0.15  # of the rows have their address or place written otherwise than the month before


@dataclass(frozen=True)
class Known:
    """A firm as it truly is; `key` is its identity through all changes."""

    key: int
    code: str
    name: str
    town: str
    village: str
    address: str


@dataclass
class Month:
    """The rows of a list, each with the key of its firm, and what happened: (happened, key)."""

    rows: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    truth: set[tuple[str, int]] = field(default_factory=set)
    copies: list[tuple[str, ...]] = field(default_factory=list)  # rows that claim the code of another


class Year:
    """`places`: (town, village) of the county."""

    def __init__(self, seed: int, firms: int, places: list[tuple[str, str]], county: str = "诸暨市") -> None:
        self.chance = random.Random(seed)
        self.places, self.county = places, county
        self.count = 0
        self.firms = [self.made() for _ in range(firms)]
        self.coded: set[int] = set()  # whose code the register has

    def first(self) -> Month:
        self.coded = {firm.key for firm in self.firms}
        return Month([(firm.key, self.written(firm)) for firm in self.firms], {("new", f.key) for f in self.firms})

    def next(self) -> Month:
        month, kept = Month(), []
        for firm in self.firms:
            what = self.chance.choices([*HAPPENS, ""], [*HAPPENS.values(), 1000 - sum(HAPPENS.values())])[0]
            if (lives_on := self.goes_on(firm, what, month)) is not None:
                kept.append(lives_on)
        for number in range(round(NEW * len(kept) / 1000)):
            firm = self.made()
            kept.append(firm)
            has_code = number >= NEW_WITHOUT_CODE * len(kept) / 1000
            self.coded |= {firm.key} if has_code else set()
            month.rows.append((firm.key, self.written(firm, firm.code if has_code else "")))
            month.truth.add(("new", firm.key))
        for head in self.chance.sample(kept, round(BRANCHES * len(kept) / 1000)):
            name = head.name + self.chance.choice(("", "城西", "第二")) + self.chance.choice(("分公司", "分店"))
            branch = replace(self.made(), name=name)
            kept.append(branch)
            self.coded.add(branch.key)
            month.rows.append((branch.key, self.written(branch)))
            month.truth.add(("branch_opened", branch.key))
        self.firms = kept
        self.chance.shuffle(month.rows)
        return month

    def goes_on(self, firm: Known, what: str, month: Month) -> Known | None:
        if what in ("closed", "left out"):
            month.truth |= {("closed", firm.key)} if what == "closed" else set()
            return firm if what == "left out" else None
        if "renamed" in what:
            firm = replace(firm, name=self.made().name)
            month.truth.add(("renamed", firm.key))
        if "moved" in what:
            firm = self.moved(firm)
            month.truth.add(("moved", firm.key))
        if what == "registered anew":
            firm = replace(firm, code=self.code())
            month.truth.add(("recoded", firm.key))
        code = self.slipped(firm.code) if "mistyped" in what else ("" if "missing" in what else firm.code)
        self.tell_code(firm, code, month)
        month.rows.append((firm.key, self.written(firm, code, has_address="moved" in what)))
        if what == "twice":
            town, village = self.chance.choice(self.places)
            month.copies.append((firm.name, code, town, village, firm.address, "copy"))
            month.rows.append((firm.key, month.copies[-1]))
            month.truth = {each for each in month.truth if each[1] != firm.key} | {("claimed_twice", firm.key)}
        return firm

    def tell_code(self, firm: Known, code: str, month: Month) -> None:
        if firm.key not in self.coded:
            if code:
                month.truth.add(("recoded", firm.key))
                self.coded |= {firm.key} if code == firm.code else set()
        elif code != firm.code:
            month.truth.add(("mistyped" if code else "recoded", firm.key))

    # == how it is written ==
    def written(self, firm: Known, code: str | None = None, *, has_address: bool = False) -> tuple[str, ...]:
        town, village, address = firm.town, firm.village, firm.address
        if self.chance.random() < SLOPPY:
            ways = [f"浙江省{self.county}{address}", f"{self.county}{address}", address.replace("路", "路 "), ""]
            address = self.chance.choice(ways[:3] if has_address else ways)
        if self.chance.random() < SLOPPY:
            village = self.chance.choice(("", village.removesuffix("村"), f"{village}委会"))
        return firm.name, firm.code if code is None else code, town, village, address, ""

    def slipped(self, code: str) -> str:
        at = self.chance.randrange(len(code) - 1)
        if self.chance.random() < 0.3 and code[at] != code[at + 1]:
            return code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        if self.chance.random() < 0.2:
            return code[:at] + code[at + 1 :]
        return code[:at] + self.chance.choice([c for c in CHARACTERS if c != code[at]]) + code[at + 1 :]

    # == firms ==
    def made(self) -> Known:
        self.count += 1
        name = "诸暨" + "".join(self.chance.choices(SYLLABLES, k=3)) + self.chance.choice(TRADES) + "有限公司"
        return self.moved(Known(self.count, self.code(), name, "", "", ""))

    def moved(self, firm: Known) -> Known:
        town, village = self.chance.choice([place for place in self.places if place[1] != firm.village])
        road = self.chance.choice("东南西北中")
        return replace(firm, town=town, village=village, address=f"{town}{road}路{self.chance.randrange(1, 999)}号")

    def code(self) -> str:
        """Made of chance: real codes of one county do not lie one slip apart in rows either."""
        body = "91330681MA" + "".join(self.chance.choices(CHARACTERS, k=7))
        return body + check_character(body)
