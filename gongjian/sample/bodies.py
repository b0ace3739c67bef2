"""The organisations of the four lines: from the city down to the village complete, among employers with gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from gongjian.register.identity import place_of

from .stretches import OPEN, Stretch, days_between, later, valid, weave, within
from .world import LAST_DAY, SOURCE, Employer, Made, Place, Standing, World

Layer = Sequence[Stretch[int]]
Named = Sequence[Stretch[tuple[str, str, str]]]

# Bodies of employers at true size, with those that were dissolved since.
PARTY_FIRMS, UNION_FIRMS, LEAGUE_FIRMS, WOMEN_FIRMS = 10_900, 7_700, 7_600, 3_600
PARTY_JOINT, LEAGUE_JOINT, ORGANISERS, TRADE_UNIONS = 1_500, 800, 300, 200

# How far a county is: small firms in joint unions, firms with a union of their own, elections that are overdue.
PACE = {
    "越城": (0.64, 1.5, 0.03),
    "柯桥": (0.56, 1.2, 0.05),
    "上虞": (0.48, 1.0, 0.07),
    "诸暨": (0.27, 0.55, 0.13),
    "嵊州": (0.38, 0.8, 0.10),
    "新昌": (0.50, 1.1, 0.06),
}
_MIDDLING = (0.45, 1.0, 0.08)

LETTER = {"party": "D", "union": "G", "league": "T", "women": "F"}
_YEARS = {"party": 3, "union": 5, "league": 3, "women": 5}
_NO_TERM = {
    "party_working_committee",
    "party_group",
    "leading_group",
    "leading_group_office",
    "union_organiser",
    "league_working_committee",
    "women_group",
}
# Of the schools, institutions …: the part that has a body of each line, and of which kind.
_RATES = {
    "agency": (1.0, 0.93, 0.75, 0.85),
    "institution": (0.9, 0.82, 0.58, 0.72),
    "school": (0.95, 0.95, 0.93, 0.68),
    "cooperative": (0.12, 0.05, 0.08, 0.06),
    "association": (0.35, 0.3, 0.1, 0.05),
}
MOST_COVERED = 60


class Founder:
    """Sets up bodies and knows for each unit which body of a line stands over it, day by day."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._over: dict[tuple[str, int], list[Stretch[int]]] = {}
        self._above: dict[tuple[str, int], list[Stretch[int]]] = {}
        self._full_names: dict[int, list[Stretch[str]]] = {}
        self.pace: dict[int, tuple[float, float, float]] = {}
        for id in world.counties:
            name = place_of(world.places[id].stood[0][2][0], "county")
            self.pace[id] = PACE.get(name, _MIDDLING)

    def set_up(
        self,
        line: str,
        seat: int,
        since: str,
        until: str,
        named: Named,
        superior: Layer,
        leader: Layer = (),
        *,
        county: int,
        level: str,
    ) -> int:
        """A body with its entries, its terms and the cover of its seat. Returns its id."""
        world, act = self.world, self.world.acts["bodies"]
        lines = world.rows["register_body"]
        body = world.rows.next_id("register_body")
        lines.append(f"{body}\t{line}")
        entries = world.rows["register_bodyentry"]
        entry = world.rows.next_id("register_bodyentry")
        kind, code = "", "" if level == "employer" else f"YL{LETTER[line]}{body:07d}"
        for a, b, ((kind, form, name), above, led) in weave(since, until, named, superior, leader):
            entries.append(
                f"{entry}\t{body}\t{valid(a, b)}\t{name}\t{code}\t{kind}\t{form}\t{seat}\t"
                f"{above or chr(92) + 'N'}\t{led or chr(92) + 'N'}\t{SOURCE}\t{act}"
            )
            entry += 1
            if not world.spellings or world.spellings[-1] != name:
                world.spellings.append(name)
        self.cover(body, seat, since, until)
        elected = [] if kind in _NO_TERM else self._terms(body, line, since, until, county, level)
        world.bodies.append(Made(body, line, kind, seat, since, until, level, elected))
        return body

    def set_up_main(self, line: str, seat: int, since: str, until: str, *args: Any, **more: Any) -> int:
        body = self.set_up(line, seat, since, until, *args, **more)
        self.world.main[line][seat] = Standing(body, since, until)
        return body

    def cover(self, body: int, unit: int, since: str, until: str) -> None:
        lines = self.world.rows["register_cover"]
        id = self.world.rows.next_id("register_cover")
        lines.append(f"{id}\t{body}\t{unit}\t{valid(since, until)}\t{self.world.acts['bodies']}")

    def _terms(self, body: int, line: str, since: str, until: str, county: int, level: str) -> list[str]:
        """The last term, of a body of the territory all; where an election is overdue, the last has expired."""
        rng = self.world.rng
        of_territory = level != "employer"
        days = 365 * (5 if of_territory else _YEARS[line]) + 1
        first = since if since > self.world.first_day else later(since, -rng.randint(0, days - 1))
        held = days_between(first, min(until, LAST_DAY)) // days
        overdue = held > 0 and until == OPEN and rng.random() < self.pace.get(county, _MIDDLING)[2]
        last = held - 1 if overdue else held
        elected = []
        for number in range(0 if of_territory else last, last + 1):
            a, b = later(first, number * days), min(until, later(first, (number + 1) * days))
            if a < b:
                self._term(body, a, b, number + 1)
                elected.append(a)
        return elected

    def _term(self, body: int, since: str, until: str, number: int) -> None:
        lines = self.world.rows["register_term"]
        id = self.world.rows.next_id("register_term")
        lines.append(f"{id}\t{body}\t{valid(since, until)}\t{number}\t{self.world.acts['bodies']}")

    def over(self, line: str, unit: int) -> list[Stretch[int]]:
        """The body of the line that stands in this division, or else over it."""
        key = line, unit
        if key not in self._over:
            own, place = self.world.main[line].get(unit), self.world.places[unit]
            above = self.above(line, unit)
            if own is None:
                self._over[key] = above
            else:
                here = [(own.since, own.until, own.body)]
                self._over[key] = [
                    (a, b, at_seat or higher)
                    for a, b, (at_seat, higher) in weave(place.since, place.until, here, above)
                    if at_seat or higher
                ]
        return self._over[key]

    def above(self, line: str, unit: int) -> list[Stretch[int]]:
        """The body of the line that stands over this division without being its own."""
        key = line, unit
        if key not in self._above:
            self._above[key] = [
                piece
                for a, b, (_, parent, _) in self.world.places[unit].stood
                if parent
                for piece in within(a, b, self.over(line, parent))
            ]
        return self._above[key]

    def over_employer(self, line: str, employer: Employer, *, large: bool) -> list[Stretch[int]]:
        """A large employer stands below the town, a small one below its village."""
        pieces: list[Stretch[int]] = []
        for a, b, (_, parent) in employer.stood:
            skip = large and self.world.places[parent].level == "village"
            pieces += within(a, b, (self.above if skip else self.over)(line, parent))
        return pieces

    def led_by(self, seat: int, otherwise: Layer = ()) -> Layer:
        """The Party body of the seat leads, as long as it stands."""
        party = self.world.main["party"].get(seat)
        return [(party.since, party.until, party.body)] if party else otherwise

    def full_names(self, unit: int) -> list[Stretch[str]]:
        """大唐街道上下文村, and how it was called before; a town with the name of its county."""
        if unit not in self._full_names:
            places = self.world.places
            self._full_names[unit] = [
                (c, d, f"{above}{name}")
                for a, b, (name, parent, _) in places[unit].stood
                if parent
                for c, d, (above, _, _) in within(a, b, places[parent].stood)
            ]
        return self._full_names[unit]


def set_up_all(world: World) -> None:
    """Every line of the territory, then the employers'."""
    founder = Founder(world)
    steps: tuple[Callable[[Founder], None], ...] = (
        _city_and_counties,
        _towns_and_villages,
        _others,
        _party_of_firms,
        _unions_of_firms,
        _mass_bodies_of_firms,
        _joint_branches,
        _joint_unions,
    )
    for number, step in enumerate(steps):
        world.report("bodies", number, len(steps))
        step(founder)
    world.report("bodies", len(steps), len(steps))


def _one(layer: Sequence[Stretch[str]], kind: str, form: str, before: str, after: str) -> Named:
    return [(a, b, (kind, form, f"{before}{name}{after}")) for a, b, name in layer]


def _city_and_counties(founder: Founder) -> None:
    world = founder.world
    for unit in (world.city, *world.counties):
        place = world.places[unit]
        names = [(a, b, name) for a, b, (name, _, _) in place.stood]
        since, until = place.since, place.until
        where: dict[str, Any] = {"county": unit if unit != world.city else 0, "level": place.level}
        party = _one(names, "party_committee", "single", "中共", "委员会")
        founder.set_up_main("party", unit, since, until, party, founder.above("party", unit), **where)
        if unit == world.city:
            _leading_group(founder, names)
        for line, kind, before, after in (
            ("union", "union_federation", "", "总工会"),
            ("league", "league_committee", "共青团", "委员会"),
            ("women", "women_federation", "", "妇女联合会"),
        ):
            named = _one(names, kind, "single", before, after)
            above, led = founder.above(line, unit), founder.led_by(unit)
            founder.set_up_main(line, unit, since, until, named, above, led, **where)


def _leading_group(founder: Founder, names: Sequence[Stretch[str]]) -> None:
    """创先争优活动领导小组 and its office stand below the city's committee."""
    unit, first = founder.world.city, founder.world.first_day
    above = founder.world.main["party"][unit]
    for kind, after in (
        ("leading_group", "创先争优活动领导小组"),
        ("leading_group_office", "创先争优活动领导小组办公室"),
    ):
        superior = [(above.since, above.until, above.body)]
        named = _one(names, kind, "single", "", after)
        body = founder.set_up("party", unit, first, OPEN, named, superior, county=0, level="city")
        above = Standing(body, first, OPEN)


def _towns_and_villages(founder: Founder) -> None:
    for town in founder.world.towns:
        _town(founder, founder.world.places[town])
    for village in founder.world.villages:
        _village(founder, founder.world.places[village])


def _town(founder: Founder, place: Place) -> None:
    """A street has working committees, a town or township committees."""
    unit, since, until = place.id, place.since, place.until
    where: dict[str, Any] = {"county": place.county, "level": "town"}
    names = weave(since, until, founder.full_names(unit), [(a, b, kind) for a, b, (_, _, kind) in place.stood])
    party, league = [], []
    for a, b, (name, kind) in names:
        working = kind in ("street", "town_other")
        ending = "工作委员会" if working else "委员会"
        party.append((a, b, (f"party_{'working_' if working else ''}committee", "single", f"中共{name}{ending}")))
        league.append((a, b, (f"league_{'working_' if working else ''}committee", "single", f"共青团{name}{ending}")))
    full = founder.full_names(unit)
    founder.set_up_main("party", unit, since, until, party, founder.above("party", unit), **where)
    for line, named in (
        ("union", _one(full, "union_federation", "single", "", "总工会")),
        ("league", league),
        ("women", _one(full, "women_federation", "single", "", "妇女联合会")),
    ):
        founder.set_up_main(line, unit, since, until, named, founder.above(line, unit), founder.led_by(unit), **where)


_NUMERALS = "一二三四五"


def _village(founder: Founder, place: Place) -> None:
    rng = founder.world.rng
    unit, since, until = place.id, place.since, place.until
    where: dict[str, Any] = {"county": place.county, "level": "village"}
    full = founder.full_names(unit)
    chance = rng.random()
    kind, ending = (
        ("party_committee", "委员会")
        if chance < 0.12
        else ("party_general_branch", "总支部委员会")
        if chance < 0.45
        else ("party_branch", "支部委员会")
    )
    party = founder.set_up_main(
        "party", unit, since, until, _one(full, kind, "single", "中共", ending), founder.above("party", unit), **where
    )
    for number in range(rng.randint(2, 5) if chance < 0.45 else 0):
        named = _one(full, "party_branch", "single", "中共", f"第{_NUMERALS[number]}支部委员会")
        founder.set_up("party", unit, since, until, named, [(since, until, party)], **where)
    led = founder.led_by(unit)
    slow = founder.pace.get(place.county, _MIDDLING)[0] < 0.35
    if rng.random() < (0.78 if slow else 0.92):
        named = _one(full, "joint_union", "area", "", "联合工会")
        founder.set_up_main("union", unit, since, until, named, founder.above("union", unit), led, **where)
    if rng.random() < 0.94:
        general = rng.random() < 0.2
        named = _one(
            full,
            "league_general_branch" if general else "league_branch",
            "single",
            "共青团",
            "总支部委员会" if general else "支部委员会",
        )
        founder.set_up_main("league", unit, since, until, named, founder.above("league", unit), led, **where)
    # In 2017 the women's congress of each village became a federation 会改联.
    changed = later("2017-03-01", rng.randint(0, 240))
    women = [
        (a, b, ("women_committee", "single", f"{name}妇女代表会"))
        if was
        else (a, b, ("women_federation", "single", f"{name}妇女联合会"))
        for a, b, (name, was) in weave(since, until, full, [("2005-01-01", changed, True)])
    ]
    founder.set_up_main("women", unit, since, until, women, founder.above("women", unit), led, **where)


def _founded(world: World, employer: Employer) -> tuple[str, str]:
    """When a body of the employer began and ended: within its life, often years after it opened."""
    rng, since = world.rng, employer.since
    if since > world.first_day or rng.random() > 0.6:
        day = later(since, 60 + int(rng.random() * 1500))
        if day < min(employer.until, LAST_DAY):
            since = day
    until = employer.until
    if rng.random() < 0.02:
        day = later(since, 300 + int(rng.random() * 1500))
        until = min(until, day) if day <= LAST_DAY else until
    return since, until


def _body_of(
    founder: Founder,
    line: str,
    employer: Employer,
    kind: str,
    before: str,
    after: str,
    superior: Layer = (),
    *,
    main: bool = True,
) -> int:
    """A body of one employer, led by the Party body of its seat; without one, at times by that of its place."""
    world = founder.world
    since, until = _founded(world, employer)
    named = [(a, b, (kind, "single", f"{before}{name}{after}")) for a, b, (name, _) in employer.stood]
    large = employer.staff >= 50 or employer.kind != "enterprise"
    superior = superior or founder.over_employer(line, employer, large=large)
    leader: Layer = ()
    if line != "party":
        nearby = founder.over_employer("party", employer, large=large) if world.rng.random() < 0.5 else ()
        leader = founder.led_by(employer.id, nearby)
    how = founder.set_up_main if main else founder.set_up
    return how(line, employer.id, since, until, named, superior, leader, county=employer.county, level="employer")


def _others(founder: Founder) -> None:
    """Agencies, institutions, schools, co-operatives and associations."""
    rng = founder.world.rng
    for employer in founder.world.employers:
        if employer.kind == "enterprise":
            continue
        party, union, league, women = (rng.random() < rate for rate in _RATES[employer.kind])
        if employer.kind == "agency":
            _body_of(founder, "party", employer, "party_group", "中共", "党组", main=False)
        if party:
            large = employer.staff >= 60
            kind, after = ("party_general_branch", "总支部委员会") if large else ("party_branch", "支部委员会")
            _body_of(founder, "party", employer, kind, "中共", after)
        if union:
            _body_of(founder, "union", employer, "union_committee", "", "工会委员会")
        if league:
            _league_of(founder, employer)
        if women:
            _body_of(founder, "women", employer, "women_committee", "", "妇女委员会")


def _league_of(founder: Founder, employer: Employer) -> None:
    """A school has a committee with a branch in each year; others a branch."""
    if employer.kind != "school":
        _body_of(founder, "league", employer, "league_branch", "共青团", "支部委员会")
        return
    body = _body_of(founder, "league", employer, "league_committee", "共青团", "委员会")
    life = founder.world.main["league"][employer.id]
    led = founder.led_by(employer.id)
    for number in range(founder.world.rng.randint(3, 8)):
        named = [
            (a, b, ("league_branch", "single", f"共青团{name}第{number + 1}支部委员会"))
            for a, b, (name, _) in employer.stood
        ]
        founder.set_up(
            "league",
            employer.id,
            life.since,
            life.until,
            named,
            [(life.since, life.until, body)],
            led,
            county=employer.county,
            level="employer",
        )


def _firms(world: World) -> list[Employer]:
    return [employer for employer in world.employers if employer.kind == "enterprise"]


def _by_size(founder: Founder, firms: list[Employer], small: float) -> list[float]:
    """The larger, the likelier; unevenly by county."""
    weights = []
    for firm in firms:
        size = 40.0 if firm.staff >= 200 else 18.0 if firm.staff >= 100 else 5.0 if firm.staff >= 25 else small
        weights.append(size * founder.pace.get(firm.county, _MIDDLING)[1])
    return weights


def _party_of_firms(founder: Founder) -> None:
    firms = _firms(founder.world)
    count = founder.world.count(PARTY_FIRMS)
    for firm in founder.world.weighted(firms, _by_size(founder, firms, 0.5), count):
        kind, after = (
            ("party_committee", "委员会")
            if firm.staff >= 800
            else ("party_general_branch", "总支部委员会")
            if firm.staff >= 250
            else ("party_branch", "支部委员会")
        )
        _body_of(founder, "party", firm, kind, "中共", after)


def _unions_of_firms(founder: Founder) -> None:
    firms = _firms(founder.world)
    count = founder.world.count(UNION_FIRMS)
    for firm in founder.world.weighted(firms, _by_size(founder, firms, 0.15), count):
        _body_of(founder, "union", firm, "union_committee", "", "工会委员会")


def _mass_bodies_of_firms(founder: Founder) -> None:
    """League and women: mostly where there is a Party body or a union already, at times first of all."""
    world, firms = founder.world, _firms(founder.world)
    party, union = world.main["party"], world.main["union"]
    after_others = [
        weight * (2.0 if firm.id in party else 1.0) * (1.5 if firm.id in union else 0.6)
        for firm, weight in zip(firms, _by_size(founder, firms, 0.3), strict=True)
    ]
    for firm in world.weighted(firms, after_others, world.count(LEAGUE_FIRMS)):
        if firm.staff >= 500:
            _body_of(founder, "league", firm, "league_committee", "共青团", "委员会")
        elif firm.staff >= 150:
            _body_of(founder, "league", firm, "league_general_branch", "共青团", "总支部委员会")
        else:
            _body_of(founder, "league", firm, "league_branch", "共青团", "支部委员会")
    for firm in world.weighted(firms, after_others, world.count(WOMEN_FIRMS)):
        kind, after = ("women_staff_committee", "女职工委员会") if firm.staff >= 25 else ("women_group", "妇女小组")
        _body_of(founder, "women", firm, kind, "", after)


def _by_village(founder: Founder, line: str) -> dict[int, list[Employer]]:
    """Small firms without a body of the line, by the village they stand in last."""
    found: dict[int, list[Employer]] = defaultdict(list)
    main, places = founder.world.main[line], founder.world.places
    for firm in _firms(founder.world):
        home = firm.stood[-1][2][1]
        if firm.staff < 25 and firm.id not in main and places[home].level == "village":
            found[home].append(firm)
    return found


def _since_in(firm: Employer) -> str:
    """The day from which the firm has stood in its last home, under whatever name."""
    since, home = firm.since, firm.stood[-1][2][1]
    for a, _, (_, parent) in firm.stood:
        if parent != home:
            since = OPEN
        elif since == OPEN:
            since = a
    return since


def _joint_branches(founder: Founder) -> None:
    """Two to five small firms of a village share a branch of the Party or of the League."""
    world, rng = founder.world, founder.world.rng
    for line, count, kind, before in (
        ("party", PARTY_JOINT, "party_joint_branch", "中共"),
        ("league", LEAGUE_JOINT, "league_joint_branch", "共青团"),
    ):
        groups = [(home, firms) for home, firms in _by_village(founder, line).items() if len(firms) >= 5]
        for number in range(min(world.count(count), 3 * len(groups))):
            home, firms = groups[number % len(groups)]
            place = world.places[home]
            since = later(world.first_day, rng.randint(0, 3400))
            since = max(since, place.since)
            if since >= min(place.until, LAST_DAY):
                continue
            members = rng.sample(firms, rng.randint(2, 5))
            which = _NUMERALS[number // len(groups)]
            named = _one(
                founder.full_names(home),
                kind,
                "joint",
                before,
                f"企业第{which}联合支部委员会",
            )
            body = founder.set_up(
                line,
                home,
                since,
                place.until,
                named,
                founder.over(line, home),
                founder.led_by(home) if line != "party" else (),
                county=place.county,
                level="employer",
            )
            for firm in members:
                _cover_firm(founder, body, since, place.until, firm)


def _cover_firm(founder: Founder, body: int, since: str, until: str, firm: Employer) -> bool:
    """From the day both stand there, at times later, until one of them goes."""
    a, b = max(since, _since_in(firm)), min(until, firm.until)
    if founder.world.rng.random() < 0.5:
        day = later(a, int(founder.world.rng.random() * 1200))
        a = day if day < min(b, LAST_DAY) else a
    if a >= b:
        return False
    founder.cover(body, firm.id, a, b)
    return True


def _joint_unions(founder: Founder) -> None:
    """Area, trade, building, park and market unions for those without one of their own; then the organisers."""
    covered: set[int] = set()
    _site_unions(founder, covered)
    _trade_unions(founder, covered)
    _village_unions(founder, covered)
    _organisers(founder, covered)


def _site_unions(founder: Founder, covered: set[int]) -> None:
    world, rng = founder.world, founder.world.rng
    housed: dict[int, list[Employer]] = defaultdict(list)
    for employer in world.employers:
        if employer.place and employer.id not in world.main["union"]:
            housed[employer.place].append(employer)
    rates = {"park": 0.8, "building": 0.6, "market": 0.6, "migrant_settlement": 0.5}
    forms = {"park": "park", "building": "building", "market": "area", "migrant_settlement": "migrant_settlement"}
    for site in world.sites:
        if rng.random() > rates[site.kind]:
            continue
        since, until = _founded(world, site)
        named = [(a, b, ("joint_union", forms[site.kind], f"{name}联合工会")) for a, b, (name, _) in site.stood]
        superior = founder.over_employer("union", site, large=True)
        led = founder.over_employer("party", site, large=True)
        body = founder.set_up_main(
            "union", site.id, since, until, named, superior, led, county=site.county, level="employer"
        )
        for firm in housed[site.id][:MOST_COVERED]:
            if rng.random() < 0.75 and _cover_firm_in(founder, body, since, until, firm, firm.since):
                covered.add(firm.id)


def _cover_firm_in(founder: Founder, body: int, since: str, until: str, firm: Employer, came: str) -> bool:
    a, b = max(since, came), min(until, firm.until)
    if a < b:
        founder.cover(body, firm.id, a, b)
    return a < b


def _trade_unions(founder: Founder, covered: set[int]) -> None:
    """The most common trades of a town have a union that spans its small firms."""
    world, rng = founder.world, founder.world.rng
    groups: dict[tuple[int, str], list[Employer]] = defaultdict(list)
    for firm in _firms(world):
        if firm.town and firm.staff < 60 and firm.id not in world.main["union"] and firm.id not in covered:
            groups[firm.town, firm.word].append(firm)
    standing = [key for key in groups if world.places[key[0]].until == OPEN and len(groups[key]) >= 5]
    standing.sort(key=lambda key: (-len(groups[key]), key))
    for town, word in standing[: world.count(TRADE_UNIONS)]:
        place = world.places[town]
        since = max(place.since, later(world.first_day, rng.randint(0, 2000)))
        named = _one(founder.full_names(town), "trade_union_federation", "trade", "", f"{word}行业工会联合会")
        body = founder.set_up(
            "union",
            town,
            since,
            OPEN,
            named,
            founder.over("union", town),
            founder.led_by(town),
            county=place.county,
            level="town",
        )
        share = founder.pace.get(place.county, _MIDDLING)[0]
        firms = [firm for firm in groups[town, word] if rng.random() < share]
        for firm in firms[:MOST_COVERED]:
            if _cover_firm_in(founder, body, since, OPEN, firm, firm.since):
                covered.add(firm.id)


def _village_unions(founder: Founder, covered: set[int]) -> None:
    """Follows each small firm through the villages it stood in; a union closes with its village."""
    world, rng, unions = founder.world, founder.world.rng, founder.world.main["union"]
    held: dict[int, int] = defaultdict(int)
    for firm in _firms(world):
        if firm.id in unions or firm.id in covered:
            continue
        share = founder.pace.get(firm.county, _MIDDLING)[0]
        if rng.random() > (share if firm.staff < 25 else share * 0.7):
            continue
        joined = firm.since if rng.random() < 0.5 else later(firm.since, int(rng.random() * 1800))
        homes = weave(firm.since, firm.until, [(a, b, parent) for a, b, (_, parent) in firm.stood])
        for a, b, (home,) in homes:
            union = unions.get(home)
            if union is None or world.places[home].level != "village" or held[union.body] >= MOST_COVERED:
                continue
            since, until = max(a, joined, union.since), min(b, union.until)
            if since < until and since <= LAST_DAY:
                founder.cover(union.body, firm.id, since, until)
                held[union.body] += 1
                covered.add(firm.id)


def _organisers(founder: Founder, covered: set[int]) -> None:
    """Where there is no committee an organiser serves a few firms."""
    world, rng = founder.world, founder.world.rng
    groups = [
        (home, [firm for firm in firms if firm.id not in covered])
        for home, firms in _by_village(founder, "union").items()
        if world.places[home].until == OPEN
    ]
    groups = [(home, firms) for home, firms in groups if len(firms) >= 3]
    for home, firms in groups[: world.count(ORGANISERS)]:
        place = world.places[home]
        since = max(place.since, later(world.first_day, rng.randint(0, 3000)))
        named = _one(founder.full_names(home), "union_organiser", "organiser", "", "工会组织员")
        body = founder.set_up(
            "union",
            home,
            since,
            OPEN,
            named,
            founder.above("union", home),
            founder.led_by(home),
            county=place.county,
            level="employer",
        )
        for firm in firms[: rng.randint(1, 4)]:
            if _cover_firm(founder, body, since, OPEN, firm):
                covered.add(firm.id)
