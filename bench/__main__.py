"""`python -m bench [--large] [--only KEY]`: fill a database of the bench's own, measure, write results and page."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator

from gongjian import postgres

from . import database
from .figure import PAGE, RESULTS, Figure, keep, not_measured, put_table

# What is measured, by the beginning of its key; --only takes any beginning of these.
GROUPS = (
    "calibration",
    "register.list",
    "register.past",
    "register.coverage",
    "register.move",
    "register.search",
    "register.visible",
    "register.reform",
    "register.import",
    "appraisal",
    "asks",
    "figures",
    "reconcile",
    "rollup",
    "gaps.joining",
    "fairness",
    "likeness",
    "ballots",
    "bursts",
    "pledges",
    "honours",
    "telling",
    "agreements",
)
# These put everything back as it was; if they are cut off, the database has to be filled anew.
CHANGING = ("register.move", "register.import")
# These need no database or bring one of their own, and are measured alone without the bench's.
WITHOUT_DATABASE = ("reconcile", "rollup", "gaps.joining", "fairness", "likeness", "ballots", "bursts", "pledges",
                    "honours")  # fmt: skip
# Unasked, these belong to what takes long.
LONG = ("reconcile",)


def main(arguments: list[str] | None = None) -> int:
    """0 measured, 1 some figure could not be measured, 2 usage, 3 something needed is missing."""
    options = _parser().parse_args(arguments)
    size = "nation" if options.large else "city"
    chosen = [group for group in GROUPS if group.startswith(options.only) or options.only.startswith(group)]
    if not options.only and not options.large:
        chosen = [group for group in chosen if group not in LONG]
    if not chosen:
        print(
            f"Nothing that is measured begins with “{options.only}”. Choose from: register, {', '.join(GROUPS)}.",
            file=sys.stderr,
        )
        return 2
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongjian.settings"
    from .nation import Missing  # app ready: needs settings

    try:
        if set(chosen) <= set(WITHOUT_DATABASE):
            figures = _measure_without_database(size, chosen)
        else:
            groups = ["calibration", *(group for group in chosen if group != "calibration")]
            figures = _measure(size, _make_ready(size), groups)
    except (Missing, postgres.NotStarted) as problem:
        print(problem, file=sys.stderr)
        return 3
    finally:
        if not options.keep_running and not set(chosen) <= set(WITHOUT_DATABASE):
            database.stop()
    print(f"Written: {RESULTS} and the table in {PAGE}.")
    return 1 if any(each.value is None for each in figures) else 0


def _make_ready(size: str) -> str:
    """The address of the filled database; fills it if it is not, or was left in the middle of a change."""
    url = database.open_database(size)
    if not database.is_filled(size, url):
        database.drop_database(size)
        url = database.open_database(size)
    database.set_up(url)
    from . import city, fill, nation  # app ready: models

    if database.is_filled(size, url):
        return url
    source = nation if size == "nation" else city
    if size == "nation":
        nation.fetch()
    from django.core.management import call_command  # app ready: needs settings
    from django.db import connection  # app ready: needs settings

    began = time.monotonic()

    def say(step: str) -> None:
        print(f"  {time.monotonic() - began:6.0f} s  filling: {step}", flush=True)

    call_command("migrate", verbosity=0, interactive=False)
    fill.fill(source.divisions(), source.EMPLOYERS, say)
    database.note_filled(size, url)
    connection.close()
    database.stop()  # at its start the server sees how much it holds, and takes memory for that
    say("done")
    return database.open_database(size)


def _measure(size: str, url: str, chosen: list[str]) -> list[Figure]:
    from . import (  # app ready: models
        agreements,
        appraisal,
        asks,
        ballots,
        bursts,
        fairness,
        figures,
        gaps,
        honours,
        importing,
        likeness,
        night,
        pledges,
        reconcile,
        reform,
        register,
        telling,
        visible,
    )

    measures: dict[str, Callable[[str], Iterator[Figure]]] = {
        "calibration": lambda size: iter([register.calibration(size)]),
        "register.list": register.lists,
        "register.past": register.past_lists,
        "register.coverage": register.coverage,
        "register.move": register.moving,
        "register.search": register.search,
        "register.visible": visible.visible,
        "register.reform": reform.reform,
        "register.import": importing.imports,
        "asks": asks.asks,
        "appraisal": appraisal.appraisal,
        "figures": night.figures,
        "reconcile": reconcile.figures,
        "rollup": figures.figures,
        "gaps.joining": gaps.figures,
        "fairness": fairness.figures,
        "likeness": likeness.figures,
        "ballots": ballots.figures,
        "bursts": bursts.figures,
        "pledges": pledges.figures,
        "honours": honours.figures,
        "telling": telling.figures,
        "agreements": agreements.figures,
    }
    return _take(size, url, chosen, measures)


def _measure_without_database(size: str, chosen: list[str]) -> list[Figure]:
    import django  # slow: --help must not wait for it

    django.setup()
    from . import ballots, bursts, fairness, figures, gaps, honours, likeness, pledges, reconcile  # app ready: models

    free = {
        "reconcile": reconcile.figures,
        "rollup": figures.figures,
        "gaps.joining": gaps.figures,
        "fairness": fairness.figures,
        "likeness": likeness.figures,
        "ballots": ballots.figures,
        "bursts": bursts.figures,
        "pledges": pledges.figures,
        "honours": honours.figures,
    }
    return _take(size, "", chosen, free)


def _take(
    size: str, url: str, chosen: list[str], measures: dict[str, Callable[[str], Iterator[Figure]]]
) -> list[Figure]:
    """Take the figures of each group, writing each down as it comes."""
    figures: list[Figure] = []
    for group in chosen:
        try:
            if group in CHANGING:
                database.note_changed(url)
            for each in measures[group](size):
                figures.append(each)
                put_table(keep([each]))
                _print(each)
            if group in CHANGING:
                database.note_filled(size, url)
        except Exception as problem:
            figures.append(not_measured(group, size, f"{type(problem).__name__}: {problem}"))
            put_table(keep(figures[-1:]))
            print(f"{group}: not measured. {type(problem).__name__}: {problem}", flush=True)
    return figures


BEGAN = time.monotonic()


def _print(each: Figure) -> None:
    holds = {True: "holds", False: "DOES NOT HOLD", None: ""}[each.holds]
    print(
        f"{each.key:<32} {each.value:>9g} {each.unit:<8} beside {each.reference_value:>9g}  ratio {each.ratio:<8g} "
        f"{each.aim} {holds}  after {time.monotonic() - BEGAN:.0f} s",
        flush=True,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--large", action="store_true", help="at the size of the nation instead of a city")
    parser.add_argument(
        "--only", default="", metavar="KEY", help="only figures whose key begins so, as register.import"
    )
    parser.add_argument("--keep-running", action="store_true", help="leave the bench's database running at the end")
    return parser


if __name__ == "__main__":
    sys.exit(main())
