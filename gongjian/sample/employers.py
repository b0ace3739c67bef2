"""Employers, parks, buildings and markets: made up, at true size, founded, renamed, moved and closed on their days."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise

from gongjian.register.identity import place_of

from .divisions import Successors
from .names import LATER_WORDS, credit_code, trades_of
from .stretches import DAYS, OPEN, Stretch, days_between, later, valid, within
from .world import LAST_DAY, SOURCE, Employer, Place, World

# How many there are at true size, with those that were closed since.
ENTERPRISES = 91_300
SITES = {"park": 150, "building": 600, "market": 150, "migrant_settlement": 40}
OTHERS = {"school": 1_000, "institution": 1_500, "agency": 600, "cooperative": 1_500, "association": 300}

# Which part of the city's employers a county has.
SHARE = {"越城": 20, "柯桥": 22, "上虞": 16, "诸暨": 25, "嵊州": 10, "新昌": 7}

_SITE_NAMES = {"park": "工业园区", "building": "大厦", "market": "市场", "migrant_settlement": "新居民公寓"}
_OTHER_NAMES = {
    "school": (("小学", 5), ("中学", 3), ("幼儿园", 4)),
    "institution": (("卫生院", 3), ("文化站", 2), ("服务中心", 4), ("水利站", 1)),
    "agency": (("局", 5), ("办公室", 2), ("委员会", 1)),
    "cooperative": (("专业合作社", 1),),
    "association": (("行业协会", 2), ("商会", 1)),
}
_TRADE = {"school": "P", "institution": "Q", "agency": "S", "cooperative": "A", "association": "S"}
_SECTOR = {
    "school": "institution",
    "institution": "institution",
    "agency": "agency",
    "cooperative": "cooperative",
    "association": "social_organisation",
}
_DEPARTMENT = {"school": "12", "institution": "12", "agency": "11", "cooperative": "93", "association": "51"}
_OWNERSHIP = {"school": "state", "institution": "state", "agency": "state", "cooperative": "collective"}
_STREETS = ("样例路", "样例街", "样例大道", "样例巷")

# Ownership, sector, ending of the name, and how often.
_FIRMS = (
    ("private", "170", "有限公司", 56),
    ("private", "150", "有限公司", 12),
    ("self_employed", "self_employed", "经营部", 19),
    ("joint_stock", "160", "股份有限公司", 4),
    ("collective", "120", "厂", 3),
    ("state", "110", "有限公司", 2),
    ("hong_kong_macau_taiwan", "200", "有限公司", 2),
    ("foreign", "300", "有限公司", 2),
)
_OPENED = [day for day in DAYS if "2016-08-15" < day <= LAST_DAY]


class Ground:
    """Where employers can stand: villages by weight for each stretch between official days."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.successors = Successors(world)
        self._weight: dict[int, float] = {}
        by_town: dict[int, float] = {}
        for id in world.villages:
            place = world.places[id]
            county = place_of(world.places[place.county].stood[0][2][0], "county")
            town = place.stood[0][2][1] or 0
            if town not in by_town:
                by_town[town] = world.rng.lognormvariate(0, 0.5)
            self._weight[id] = SHARE.get(county, 10) * by_town[town] * world.rng.lognormvariate(0, 0.6)
        self._even_out()
        self._eras: dict[str, tuple[list[int], list[float]]] = {}
        self._trades: dict[tuple[str, str], tuple[list[tuple[str, str]], list[int]]] = {}
        self._starts = sorted({a for id in world.villages for a, _, _ in world.places[id].stood})

    def _even_out(self) -> None:
        """A county's part of the employers must not grow with the number of its villages."""
        total: dict[int, float] = {}
        places = self._world.places
        for id, weight in self._weight.items():
            total[places[id].county] = total.get(places[id].county, 0.0) + weight
        for id in self._weight:
            county = places[id].county
            share = SHARE.get(place_of(places[county].stood[0][2][0], "county"), 10)
            self._weight[id] *= share / total[county]

    def villages(self, day: str, count: int) -> list[int]:
        """Villages that stand on the day, some of them several times."""
        era = max((start for start in self._starts if start <= day), default=self._starts[0])
        if era not in self._eras:
            standing = [id for id in self._world.villages if self._world.places[id].stands_on(era)]
            self._eras[era] = (standing, list(accumulate(self._weight[id] for id in standing)))
        standing, weights = self._eras[era]
        return self._world.rng.choices(standing, cum_weights=weights, k=count)

    def town_of(self, village: int, day: str) -> Place:
        place = self._world.places[village]
        parent = next(parent for a, b, (_, parent, _) in place.stood if a <= day < b)
        assert parent is not None
        return self._world.places[parent]

    def trades(self, county: str, town: str) -> tuple[list[tuple[str, str]], list[int]]:
        """What firms of a town do, with cumulated weights."""
        if (county, town) not in self._trades:
            words, weights = trades_of(county, town)
            self._trades[county, town] = words, list(accumulate(weights))
        return self._trades[county, town]

    def county_name(self, place: Place) -> str:
        return place_of(self._world.places[place.county].name_on(self._world.first_day), "county")


def found(world: World) -> None:
    """Everything that is no division."""
    ground = Ground(world)
    for kind, at_true_size in SITES.items():
        for village in ground.villages(world.first_day, world.count(at_true_size)):
            _site(world, ground, kind, village)
    _others(world, ground)
    _enterprises(world, ground)


def _site(world: World, ground: Ground, kind: str, village: int) -> None:
    """A park or market stands in a town, a building or settlement in a village or community."""
    rng, town = world.rng, ground.town_of(village, world.first_day)
    label = place_of(town.name_on(world.first_day), "town")
    name = world.names.numbered(f"{ground.county_name(town)}{label}样例") + _SITE_NAMES[kind]
    since = world.first_day if rng.random() < 0.7 else rng.choice(_OPENED)
    home = town.id if kind in ("park", "market") else village
    homes = within(since, OPEN, ground.successors.homes(home))
    site = Employer(
        len(world.places) + len(world.sites) + len(world.employers) + 1,
        kind,
        since,
        OPEN,
        town.county,
        town.id,
        0,
        "",
        [(a, b, (name, parent)) for a, b, parent in homes],
    )
    world.sites.append(site)
    _write(world, site, "", "", "", "", f"{town.name_on(world.first_day)}{rng.choice(_STREETS)}{rng.randint(1, 400)}号")


def _others(world: World, ground: Ground) -> None:
    rng = world.rng
    for kind, at_true_size in OTHERS.items():
        endings, weights = zip(*_OTHER_NAMES[kind], strict=True)
        count = world.count(at_true_size)
        for number, village in enumerate(ground.villages(world.first_day, count)):
            town = ground.town_of(village, world.first_day)
            county = ground.county_name(town)
            label = county + place_of(town.name_on(world.first_day), "town")
            home = town.id if kind in ("institution", "agency") else village
            if kind == "agency" and number % 10 < 4:
                home, label = (world.city, "绍兴市") if number % 10 == 0 else (town.county, county)
            name = world.names.numbered(f"{label}样例") + rng.choices(endings, weights)[0]
            since = world.first_day if rng.random() < 0.85 else rng.choice(_OPENED)
            until = OPEN if rng.random() < 0.95 else rng.choice(_OPENED)
            if until <= since:
                until = OPEN
            homes = within(since, until, ground.successors.homes(home))
            staff = max(2, round(rng.lognormvariate(3.4 if kind in ("school", "agency") else 2.6, 0.7)))
            employer = Employer(
                len(world.places) + len(world.sites) + len(world.employers) + 1,
                kind,
                since,
                until,
                town.county,
                home if home != village else town.id,
                staff,
                "",
                [(a, b, (name, parent)) for a, b, parent in homes],
            )
            world.employers.append(employer)
            code = credit_code(employer.id, department=_DEPARTMENT[kind], region="330600")
            address = f"{town.name_on(world.first_day)}{rng.choice(_STREETS)}{rng.randint(1, 400)}号"
            _write(world, employer, code, _TRADE[kind], _SECTOR[kind], _OWNERSHIP.get(kind, ""), address)
            _count_heads(world, employer, 0.7 if kind != "agency" else 0.45)


def _enterprises(world: World, ground: Ground) -> None:
    rng, total = world.rng, world.count(ENTERPRISES)
    old = round(total * 0.55)
    starts = sorted([world.first_day] * old + rng.choices(_OPENED, k=total - old))
    weights = list(accumulate(weight for *_, weight in _FIRMS))
    sites: dict[int, list[Employer]] = {}
    for site in world.sites:
        sites.setdefault(site.town or 0, []).append(site)
    done = 0
    for day, count in _runs(starts):
        villages = ground.villages(day, count)
        for village in villages:
            done += 1
            if done % 5000 == 0 and done < total:
                world.report("employers", done, total)
            ownership, sector, ending, _ = rng.choices(_FIRMS, cum_weights=weights)[0]
            _enterprise(world, ground, day, village, (ownership, sector, ending), sites)
    world.report("employers", total, total)


def _runs(days: list[str]) -> Iterator[tuple[str, int]]:
    start = 0
    for i in range(1, len(days) + 1):
        if i == len(days) or days[i] != days[start]:
            yield days[start], i - start
            start = i


def _enterprise(
    world: World,
    ground: Ground,
    since: str,
    village: int,
    firm: tuple[str, str, str],
    sites: dict[int, list[Employer]],
) -> None:
    rng, (ownership, sector, ending) = world.rng, firm
    town = ground.town_of(village, since)
    town_name = town.name_on(since)
    county, label = ground.county_name(town), place_of(town_name, "town")
    words, chances = ground.trades(county, label)
    word, trade = rng.choices(words, cum_weights=chances)[0]
    until = OPEN
    if rng.random() < 0.11:
        closed = later(since, 200 + int(rng.random() * 3400))
        until = closed if closed <= LAST_DAY else OPEN
    self_employed = ownership == "self_employed"
    staff = rng.randint(1, 9) if self_employed else max(1, min(6000, round(rng.lognormvariate(2.4, 1.15))))
    name = world.names.numbered(f"{county}{label}样例{word}") + ending
    homes = within(since, until, ground.successors.homes(village))
    stood = [(a, b, (name, parent)) for a, b, parent in homes]
    stood = _renamed_or_moved(world, ground, stood, word)
    employer = Employer(
        len(world.places) + len(world.sites) + len(world.employers) + 1,
        "enterprise",
        since,
        until,
        town.county,
        town.id,
        staff,
        word,
        stood,
    )
    world.employers.append(employer)
    code = "" if self_employed else credit_code(employer.id, department="91", region="330600")
    address = f"{town_name}{rng.choice(_STREETS)}{rng.randint(1, 400)}号"
    suspended = later(LAST_DAY, -rng.randint(30, 900)) if until == OPEN and rng.random() < 0.02 else OPEN
    _write(world, employer, code, trade, sector, ownership, address, suspended)
    _count_heads(world, employer, 0.6 if word in ("袜业", "纺织", "领带", "衬衫") else 0.4)
    if town.id in sites and rng.random() < 0.14:
        _stand_in(world, employer, rng.choice(sites[town.id]))


def _renamed_or_moved(
    world: World, ground: Ground, stood: list[Stretch[tuple[str, int]]], word: str
) -> list[Stretch[tuple[str, int]]]:
    chance = world.rng.random()
    if chance > 0.075:
        return stood
    since, until = stood[0][0], min(stood[-1][1], LAST_DAY)
    length = days_between(since, until)
    if length < 400:
        return stood
    day = later(since, world.rng.randint(150, length - 150))
    if chance < 0.04:
        new = LATER_WORDS.get(word, word + "科技")
        return [
            piece
            for a, b, (name, parent) in stood
            for piece in _cut(a, b, day, (name, parent), (name.replace(f"样例{word}", f"样例{new}"), parent))
        ]
    village = ground.villages(day, 1)[0]
    if ground.county_name(world.places[village]) != ground.county_name(world.places[stood[0][2][1]]):
        return stood
    name = stood[0][2][0]
    before = within(since, day, stood)
    after = [(a, b, (name, parent)) for a, b, parent in within(day, stood[-1][1], ground.successors.homes(village))]
    return before + after if before[-1][2] != after[0][2] else stood


def _cut(
    a: str, b: str, day: str, before: tuple[str, int], after: tuple[str, int]
) -> Iterator[Stretch[tuple[str, int]]]:
    if a < day:
        yield (a, min(b, day), before)
    if day < b:
        yield (max(a, day), b, after)


def _write(
    world: World,
    unit: Employer,
    code: str,
    trade: str,
    sector: str,
    ownership: str,
    address: str,
    suspended: str = OPEN,
) -> None:
    """Entries as the unit stood; from the day `suspended` on its business rests."""
    world.rows["register_unit"].append(str(unit.id))
    lines, act = world.rows["register_unitentry"], world.acts["employers"]
    entry = world.rows.next_id("register_unitentry")
    stood = unit.stood
    rests = [(a, b, name, parent, a >= suspended) for a, b, (name, parent) in stood]
    if unit.since < suspended < unit.until:
        rests = [
            (max(a, c), min(b, d), name, parent, c == suspended)
            for a, b, (name, parent) in stood
            for c, d in ((unit.since, suspended), (suspended, OPEN))
            if max(a, c) < min(b, d)
        ]
    for a, b, name, parent, resting in rests:
        status = "suspended" if resting else "active"
        lines.append(
            f"{entry}\t{unit.id}\t{valid(a, b)}\t{name}\t\t\t{code}\t{unit.kind}\t{parent}\t{status}\t"
            f"{trade}\t{sector}\t{ownership}\t{address}\t{SOURCE}\t{act}"
        )
        entry += 1
    name = stood[0][2][0]
    world.spellings.append(name)
    if stood[-1][2][0] != name:
        world.spellings.append(stood[-1][2][0])


def _count_heads(world: World, unit: Employer, women: float) -> None:
    """One or two counts with their days; some employers were never counted."""
    rng, lines = world.rng, world.rows["register_headcount"]
    if rng.random() < 0.06:
        return
    staff, act = unit.staff, world.acts["employers"]
    for a, b in (("2018-12-31", "2023-12-31"), ("2023-12-31", OPEN)):
        since, until = max(a, unit.since), min(b, unit.until)
        if since >= until:
            continue
        if a == "2018-12-31" and staff < 20 and rng.random() < 0.5:
            continue
        of_women = min(staff, round(staff * women * (0.7 + 0.6 * rng.random())))
        young, migrant = round(staff * 0.6 * rng.random()), round(staff * 0.7 * rng.random())
        dispatched = round(staff * 0.1 * rng.random()) if staff > 40 else 0
        id = world.rows.next_id("register_headcount")
        lines.append(
            f"{id}\t{unit.id}\t{valid(since, until)}\t{staff}\t{of_women}\t{young}\t{dispatched}\t{migrant}\t"
            f"{SOURCE}\t{act}"
        )
        staff = max(1, round(staff * (0.8 + 0.5 * rng.random())))


def _stand_in(world: World, unit: Employer, site: Employer) -> None:
    """It leaves the place when it moves to another village."""
    until = next((b for (_, b, (_, p)), (_, _, (_, q)) in pairwise(unit.stood) if p != q), unit.until)
    since = max(unit.since, site.since)
    if since < until:
        world.dated("register_standsin", since, until, unit.id, site.id, act="employers")
        unit.place = site.id
