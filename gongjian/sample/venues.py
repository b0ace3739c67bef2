"""Venues that lines share: a service centre in each village, rooms in parks and buildings; plaques and checks."""

from __future__ import annotations

from gongjian.packs.read import Pack

from .stretches import OPEN, later, valid
from .world import LAST_DAY, Standing, World

_PLAQUES = (("party_home", 0.97), ("womens_home", 0.96), ("workers_home", 0.8), ("youth_home", 0.74))
_LINES = ("party", "union", "league", "women")
_HOURS = ("每天8:30—17:00", "周一至周五9:00—17:30", "每天9:00—20:00")


def open_venues(world: World, pack: Pack, heads: dict[int, int]) -> None:
    items = [choice.key for choice in pack.choices if choice.list == "check_item"]
    for number, village in enumerate(world.villages):
        if number % 500 == 0:
            world.report("venues", number, len(world.villages))
        place = world.places[village]
        name = place.stood[-1][2][0]
        owner = world.main["party"].get(village)
        if owner:
            _venue(world, f"{name}党群服务中心", village, owner, heads.get(owner.body), items, _LINES)
    for site in world.sites:
        owner = world.main["union"].get(site.id)
        if owner and world.rng.random() < 0.6:
            name = f"{site.stood[-1][2][0]}职工服务站"
            _venue(world, name, site.id, owner, heads.get(owner.body), items, ("party", "union"))
    world.report("venues", len(world.villages), len(world.villages))


def _venue(
    world: World, name: str, unit: int, owner: Standing, keeper: int | None, items: list[str], lines: tuple[str, ...]
) -> None:
    rng, act = world.rng, world.acts["venues"]
    since, until = owner.since, owner.until
    area, hours = rng.randint(6, 90) * 10, rng.choice(_HOURS)
    venue = world.write("register_venue", name, unit, owner.body, keeper, "", area, hours, valid(since, until), act)
    for line in lines:
        if line == "party" or rng.random() < 0.9:
            world.dated("register_venueshare", since, until, venue, line, act="venues")
    for kind, rate in _PLAQUES:
        if kind != "workers_home" and "women" not in lines:
            continue
        if rng.random() < rate:
            hung = later(since, rng.randint(0, 900))
            hung = hung if hung < min(until, LAST_DAY) else since
            world.dated("register_plaque", hung, until, venue, kind, act="venues")
    if until == OPEN and rng.random() < 0.88:
        has = [item for item in items if rng.random() < 0.86]
        day = later(LAST_DAY, -rng.randint(5, 500))
        if day > since:
            world.write("register_venuecheck", venue, day, "{" + ",".join(has) + "}")
