"""Made-up people: who heads each body, term by term, and about fifty thousand members."""

from __future__ import annotations

from itertools import accumulate

from .stretches import OPEN, later, valid
from .world import LAST_DAY, Made, World

MEMBERS = 50_000

_HEAD = {
    "party": "party_secretary",
    "union": "union_chair",
    "league": "league_secretary",
    "women": "women_chair",
    "leading_group": "leading_group_head",
    "leading_group_office": "leading_group_office_director",
    "union_organiser": "union_organiser",
    "women_committee": "women_committee_director",
    "women_staff_committee": "women_committee_director",
    "women_group": "women_group_leader",
}
_BESIDE = {
    "party": ("party_deputy_secretary", "party_organisation_commissioner"),
    "union": ("union_vice_chair",),
    "league": ("league_deputy_secretary",),
    "women": ("women_vice_chair", "women_executive_member"),
}
# Which part of the members is on the roll of which line.
_MEMBERS_OF = {"party": 0.32, "union": 0.42, "league": 0.18, "women": 0.08}
_NO_ROLL = {"leading_group", "leading_group_office", "party_group", "union_organiser"}


def enrol(world: World) -> dict[int, int]:
    """Fills the offices, then the rolls. Returns who heads each body that still stands."""
    heads: dict[int, int] = {}
    secretaries: dict[int, tuple[int, str]] = {}
    for number, made in enumerate(world.bodies):
        if number % 10_000 == 0:
            world.report("people", number, len(world.bodies))
        person = _heads(world, made, secretaries)
        if made.until == OPEN:
            heads[made.body] = person
        if made.level in ("city", "county", "town") or (made.level == "village" and world.rng.random() < 0.5):
            for kind in _BESIDE[made.line]:
                since = max([made.since, *made.elected[-1:]])
                _office(world, _person(world), made.body, kind, since, made.until)
    _members(world)
    world.report("people", len(world.bodies), len(world.bodies))
    return heads


def _person(world: World) -> int:
    lines = world.rows["register_person"]
    id = world.rows.next_id("register_person")
    lines.append(f"{id}\t{world.names.person()}")
    return id


def _office(world: World, person: int, body: int, kind: str, since: str, until: str) -> None:
    lines = world.rows["register_office"]
    id = world.rows.next_id("register_office")
    lines.append(f"{id}\t{person}\t{body}\t{kind}\t{valid(since, until)}\t{world.acts['people']}")


def _heads(world: World, made: Made, secretaries: dict[int, tuple[int, str]]) -> int:
    """One head after another; half of them stay for the next term. The Party secretary at times heads others too."""
    rng, kind = world.rng, _HEAD.get(made.kind, _HEAD[made.line])
    begun = sorted({max(made.since, day) for day in made.elected}) or [made.since]
    if made.level == "employer":
        begun = [made.since]
    person, since = 0, begun[0]
    for day in begun:
        if person and rng.random() < 0.5:
            continue
        if person:
            _office(world, person, made.body, kind, since, day)
        person, since = 0, day
        secretary, from_day = secretaries.get(made.seat, (0, OPEN))
        if secretary and made.line != "party" and from_day <= day and rng.random() < 0.2:
            person = secretary
        person = person or _person(world)
    _office(world, person, made.body, kind, since, made.until)
    if made.line == "party" and made.seat not in secretaries:
        secretaries[made.seat] = (person, since)
    return person


def _members(world: World) -> None:
    rng, lines = world.rng, world.rows["register_membership"]
    for line, part in _MEMBERS_OF.items():
        bodies = [made for made in world.bodies if made.line == line and made.kind not in _NO_ROLL]
        weights = list(accumulate(0.1 if made.level in ("city", "county", "town") else 1.0 for made in bodies))
        for made in rng.choices(bodies, cum_weights=weights, k=world.count(round(MEMBERS * part))):
            since = later(made.since, int(rng.random() * 1500))
            since = since if since < min(made.until, LAST_DAY) else made.since
            until = made.until
            if rng.random() < 0.06:
                left = later(since, 200 + int(rng.random() * 1500))
                until = left if left < min(until, LAST_DAY) else until
            person, id = _person(world), world.rows.next_id("register_membership")
            lines.append(f"{id}\t{person}\t{made.body}\t{valid(since, until)}\t{world.acts['people']}")
