"""Builds the sample city: the real divisions of the official days, and made-up employers, bodies and people.

The same seed gives the same city. All is written in one transaction: a build that is killed leaves nothing behind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import record
from gongjian.packs.load import load_pack
from gongjian.packs.read import Pack, read_pack
from gongjian.register import spelling, walks
from gongjian.register.models import Body, Document, Person, Reconciliation, Unit

from . import (
    activities,
    agreements,
    appraisals,
    asks,
    bodies,
    contacts,
    deeds,
    divisions,
    employers,
    honours,
    loading,
    meetings,
    particulars,
    people,
    personas,
    plans,
    pledges,
    polls,
    reviews,
    targets,
    tellings,
    venues,
)
from .models import SampleMark
from .world import World

GUESSED = "样例城市：有疑问的由程序按最可能的取，没有人看过"
SEED = 20101215  # the day of the speech

Report = Callable[[str, int, int], None]

UNITS = ["register_unit", "register_unitentry", "register_unitlineage", "register_standsin", "register_headcount"]
BODIES = ["register_body", "register_bodyentry", "register_term", "register_cover"]
PEOPLE = ["register_person", "register_membership", "register_office"]
ASKS = ["asks_sending", "asks_question", "asks_ask", "asks_answer"]
VENUES = ["register_venue", "register_venueshare", "register_plaque", "register_venuecheck"]


class NotEmpty(RuntimeError):
    """The sample city goes only into a register that holds nothing else."""

    def __str__(self) -> str:
        return _("This database already holds a register; load the sample city into an empty database.")


def build(
    seed: int = SEED,
    report: Report = lambda step, done, total: None,
    *,
    scale: float = 1.0,
    counties: Iterable[str] | None = None,
    today: date | None = None,
) -> bool:
    """Load the sample city; False if it is there already, whole.

    `scale` 1 is the true size, 0.01 a small town for tests; `counties` (codes such as 330681) leaves the others out.
    `report(step, done, total)` is called as it goes on. Raises NotEmpty.
    """
    pack = read_pack(Path(settings.PACKS_ROOT) / "shaoxing")
    if is_built():
        load_pack(pack)  # a newer program may bring a newer pack
        return False
    if Unit.objects.exists() or Body.objects.exists() or Person.objects.exists():
        raise NotEmpty
    today = today or timezone.localdate()
    load_pack(pack)
    with _Learning(beside=not connection.in_atomic_block) as learning, transaction.atomic():
        SampleMark.objects.update_or_create(id=1, defaults={"seed": seed, "finished_at": None})
        world = _generate_and_load(pack, seed, scale, counties, report, learning)
        _measure([*UNITS, *BODIES, *PEOPLE, *VENUES])
        learning.finish(report)
        _refresh_paths(today, report)
        act = record("sample.appoint_personas", on=today)
        personas.settle(act, {persona.key: world.names.person() for persona in personas.PERSONAS}, today)
        record("sample.make_particulars", on=today, facts={"persons": particulars.keep(seed)})
        with override(settings.LANGUAGE_CODE):  # what is written down, asks too, is read by officers
            targets.set_all(today)
            asks.send_all(today)
            _measure(ASKS)
            plans.make_all(record("sample.make_plans", on=today), today)
            activities.make_all(today)
            contacts.make_all(record("sample.make_contacts", on=today), today)
            meetings.hold_all(today)
            polls.hold_all(today)
            pledges.make_all(record("sample.make_pledges", on=today), today)
            tellings.make_all(today)
            agreements.make_all(today)
            appraisals.make_all(today)
            deeds.make_all(today)
            honours.make_all(record("sample.make_honours", on=today), today)
            names = [world.names.person() for _each in range(reviews.NAMES)]
            reviews.make_all(record("sample.make_reviews", on=today), names, today)
        SampleMark.objects.filter(id=1).update(finished_at=timezone.now())
    _tidy(report)
    return True


def is_built() -> bool:
    return SampleMark.objects.filter(finished_at__isnull=False).exists()


def _generate_and_load(
    pack: Pack,
    seed: int,
    scale: float,
    counties: Iterable[str] | None,
    report: Report,
    learning: _Learning,
) -> World:
    """Makes the next rows while the database takes the last ones in."""
    steps = divisions.steps_of(divisions.lists_of(pack, counties), report)
    acts = _acts(pack, steps)
    guess = Document.objects.create(title=GUESSED)
    world = World(seed, scale, report, min(steps), acts, guess.pk)
    cursor = connection.connection.cursor()
    with ThreadPoolExecutor(1) as loader:

        def load(tables: list[str]) -> Future[None]:
            return loader.submit(loading.load, cursor, world.rows.take(tables))

        divisions.settle(world, steps)
        employers.found(world)
        loads = [load(UNITS)]
        learning.take(world)
        bodies.set_up_all(world)
        loads.append(load(BODIES))
        learning.take(world)
        heads = people.enrol(world)
        loads.append(load(PEOPLE))
        venues.open_venues(world, pack, heads)
        loads.append(load(VENUES))
        for number, waiting in enumerate(loads):
            report("writing", number, len(loads))
            waiting.result()
        report("writing", len(loads), len(loads))
    return world


def _acts(pack: Pack, steps: Mapping[str, divisions.Step]) -> dict[str, int]:
    """One act for each official day, as the list of that day that was applied, and one for each matter made up."""
    acts: dict[str, Act] = {}
    for day in pack.official_days:
        step = steps[day.isoformat()]
        facts = {"pack": pack.key, "doubtful": GUESSED, "counts": step.counts}
        acts[day.isoformat()] = act = record("sample.load_official_day", on=day, facts=facts)
        _note_list(pack, day, step, act)
    for matter in ("employers", "bodies", "people", "venues"):
        acts[matter] = record(f"sample.make_{matter}", on=pack.official_days[0])
    return {key: act.pk for key, act in acts.items()}


def _note_list(pack: Pack, day: date, step: divisions.Step, act: Act) -> None:
    """The list of an official day among the reconciliations, so that an older one is refused later on."""
    name = f"{pack.key}-{day}.csv"
    content = "\n".join(f"{each.code},{each.name}" for each in step.divisions).encode()
    outcome = step.outcome
    Reconciliation.objects.create(
        state=Reconciliation.State.APPLIED,
        filename=name,
        sha256=hashlib.sha256(content).hexdigest(),
        as_of=day,
        counts={
            "rows": len(step.divisions),
            "standing": len(outcome.continues) + len(outcome.ended()),
            "written": {
                "continues": len(outcome.continues),
                "new": len(step.divisions) - len(outcome.continues),
                "merged": len(outcome.merged),
                "split": len(outcome.split),
                "closed": len(outcome.closed),
                "unknown": len(outcome.unknown),
            },
        },
        act=act,
    )


class _Learning:
    """Makes the names findable. They are a dictionary, true whether or not the city is finished, so they are learnt
    `beside` the building, over a connection of their own; inside somebody's transaction they wait for their turn."""

    def __init__(self, *, beside: bool) -> None:
        self._thread = ThreadPoolExecutor(1) if beside else None
        self._waiting: list[tuple[int, Callable[[], object]]] = []

    def __enter__(self) -> _Learning:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._thread:
            self._thread.submit(connection.close)
            self._thread.shutdown(cancel_futures=_error[0] is not None)

    def take(self, world: World) -> None:
        """The names that were given since the last time."""
        names, world.spellings = world.spellings, []
        for start in range(0, len(names), 20_000):
            batch = names[start : start + 20_000]
            learn = partial(spelling.learn, batch)
            self._waiting.append((len(batch), self._thread.submit(learn).result if self._thread else learn))

    def finish(self, report: Report) -> None:
        done, total = 0, sum(count for count, _ in self._waiting)
        for count, wait in self._waiting:
            report("search", done, total)
            wait()
            done += count
        report("search", total, total)


def _refresh_paths(today: date, report: Report) -> None:
    report("paths", 0, 2)
    walks.refresh_unit_paths(today)
    report("paths", 1, 2)
    walks.refresh_body_paths(today)
    report("paths", 2, 2)


def _measure(tables: list[str]) -> None:
    """Tell the planner what has come, for what is made out of it: it may know these tables as empty ones."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def _tidy(report: Report) -> None:
    """What the planner knows is brought up to date; outside a transaction space is given back too."""
    report("tidying", 0, 1)
    tables = ", ".join([*UNITS, *BODIES, *PEOPLE, *VENUES, "register_particulars", "register_spelling"])
    with connection.cursor() as cursor:
        inside = connection.in_atomic_block
        cursor.execute(f"{'ANALYZE' if inside else 'VACUUM (ANALYZE)'} {tables}")
    report("tidying", 1, 1)
