"""Figures from the command line: read all indicators on a day, and say what was read."""

from __future__ import annotations

import argparse
from typing import Any

from gongjian.language import gettext as _
from gongjian.serving import collect_rarely

from .speech import NOT_FOUND, OK, PROBLEMS, Stop, add_command, as_day, local_today, print_json


def run(options: argparse.Namespace) -> int:
    """Read every indicator on a day, or on the first days of past quarters. What was read stays if that fails."""
    from gongjian.figures.quarters import not_read  # app ready: models
    from gongjian.figures.run import NotRead, read_indicators  # app ready: models

    collect_rarely()
    today = local_today()
    days = not_read(today) if options.quarters else [options.on or today]
    for day in days:
        try:
            done = read_indicators(day, master=options.master or "")
        except NotRead as no:
            raise Stop(str(no), PROBLEMS) from no
        facts = {"day": done.day, "readings": f"{done.readings:,}", "engine": done.engine}
        print(_("%(readings)s readings of %(day)s, by %(engine)s.") % facts)
    if not days:
        print(_("The first day of each quarter has been read already."))
    return OK


def read(options: argparse.Namespace) -> int:
    """The readings of a place, on the last day until the one asked about."""
    from gongjian.indicators.queries import last_read, place_figures  # app ready: models
    from gongjian.register.access import OPERATOR, unit_entries_visible_to  # app ready: models

    day = options.on or local_today()
    entry = unit_entries_visible_to(OPERATOR).on(day).filter(code=options.place).first()
    if entry is None:
        raise Stop(_("No unit has the code “%(code)s” on %(day)s.") % {"code": options.place, "day": day}, NOT_FOUND)
    last = last_read(day)
    if last is None:
        told = _("Nothing has been read until %(day)s. Type: gongjian figures run --on %(day)s")
        raise Stop(told % {"day": day}, NOT_FOUND)
    rows = [_plain(figure) for figure in place_figures(OPERATOR, entry.unit_id, last)]
    if options.json:
        print_json({"place": entry.name, "code": entry.code, "day": last.day, "readings": rows})
        return OK
    print(f"{entry.name} {last.day}")
    for row in rows:
        told = f"{row['numerator']:,} / {row['denominator']:,}" if row["denominator"] is not None else _("no data")
        print(f"  {row['name']}: {told}")
    return OK


def check(options: argparse.Namespace) -> int:
    """Go through all checks on a day; with a place, say what each finds there."""
    from gongjian.consistency.find import find_doubts  # app ready: models
    from gongjian.consistency.queries import raised_at  # app ready: models
    from gongjian.register.access import OPERATOR, unit_entries_visible_to  # app ready: models

    day = options.on or local_today()
    entries = unit_entries_visible_to(OPERATOR).on(day).select_related("unit")
    entry = entries.filter(code=options.place).first() if options.place else None
    if options.place and entry is None:
        raise Stop(_("No unit has the code “%(code)s” on %(day)s.") % {"code": options.place, "day": day}, NOT_FOUND)
    done = find_doubts(day)
    if done is None:
        raise Stop(_("A later day than %(day)s has been checked; doubts are kept forwards.") % {"day": day}, PROBLEMS)
    if entry is None:
        print(_("%(doubts)s doubts on %(day)s.") % {"doubts": f"{done.doubts:,}", "day": done.day})
        return OK
    print(f"{entry.name} {done.day}")
    for each in raised_at(OPERATOR, entry, day, local_today()):
        print(f"  {each.check}: {each.open:,}")
    return OK


def gaps(options: argparse.Namespace) -> int:
    """What an indicator misses at a place today, the most worth doing first."""
    from gongjian.gaps import queries  # app ready: models
    from gongjian.indicators.models import Indicator  # app ready: models
    from gongjian.register.access import OPERATOR, unit_entries_visible_to  # app ready: models

    day = local_today()
    entry = unit_entries_visible_to(OPERATOR).on(day).filter(code=options.place).first()
    if entry is None:
        raise Stop(_("No unit has the code “%(code)s” on %(day)s.") % {"code": options.place, "day": day}, NOT_FOUND)
    indicator = Indicator.objects.filter(pk=options.indicator).first()
    rules = queries.rules_of(indicator, day) if indicator else None
    if indicator is None or rules is None:
        raise Stop(_("No list of gaps is kept for “%(key)s”.") % {"key": options.indicator}, NOT_FOUND)
    asked = queries.Asked(indicator, entry.unit_id)
    found = queries.listed(OPERATOR, rules, asked, day, size=options.most)
    rows = [_plain_gap(row) for row in found.page.rows]
    count = queries.gaps_counted(OPERATOR, rules, asked, day)
    if options.json:
        print_json({"place": entry.name, "code": entry.code, "count": _exact(count), "gaps": rows})
        return OK
    for row in rows:
        heads = "–" if row["heads"] is None else row["heads"]
        print(f"{row['name']}: {heads}, {row['way']} {' + '.join(row['with'])}")
    return OK


def _exact(count: Any) -> int | None:
    """None for more than are counted."""
    return None if count.is_more else count.number


def _plain_gap(row: Any) -> dict[str, Any]:
    neighbours = [name for _id, name in row.neighbours]
    facts = {"name": row.name, "heads": row.heads, "way": row.way, "with": neighbours}
    return facts | {"responsible": row.body_name, "leverage": row.leverage, "why": row.why}


def _plain(figure: Any) -> dict[str, Any]:
    measures = ("denominator", "numerator", "left_out", "heads", "heads_having", "heads_unknown")
    numbers = {name: getattr(figure.now, name) if figure.now else None for name in measures}
    return {"indicator": figure.indicator.key, "name": str(figure.indicator), **numbers}


def add_words(commands: Any) -> None:
    figures = commands.add_parser("figures", help=_("read the indicators and show readings")).add_subparsers(
        dest="figures", required=True, metavar="WHAT"
    )
    command = add_command(
        figures, "run", run, _("read every indicator on a day"), "gongjian figures run --on 2023-06-30"
    )
    which = command.add_mutually_exclusive_group()
    which.add_argument("--on", type=as_day, metavar="DAY", help=_("the day to read; default today"))
    which.add_argument(
        "--quarters", action="store_true", help=_("the first day of each quarter of two years that was not read yet")
    )
    command.add_argument("--master", metavar="ADDRESS", help=_("count on this Spark cluster, as spark://host:7077"))
    command = add_command(
        figures, "read", read, _("the readings of a place"), "gongjian figures read --place 330681000000 --json"
    )
    command.add_argument("--place", required=True, metavar="CODE", help=_("the unit, by its statistical code"))
    command.add_argument("--on", type=as_day, metavar="DAY", help=_("until this day; default today"))
    command.add_argument("--json", action="store_true", help=_("as JSON"))
    command = add_command(
        figures,
        "check",
        check,
        _("go through all checks for what does not agree"),
        "gongjian figures check --on 2023-06-30",
    )
    command.add_argument("--on", type=as_day, metavar="DAY", help=_("the day to check; default today"))
    command.add_argument("--place", metavar="CODE", help=_("say what is found at this unit, by its statistical code"))
    command = add_command(
        figures,
        "gaps",
        gaps,
        _("which units an indicator misses at a place, and what to do about them"),
        "gongjian figures gaps --place 330681000000 --indicator union_enterprises --json",
    )
    command.add_argument("--place", required=True, metavar="CODE", help=_("the unit, by its statistical code"))
    command.add_argument("--indicator", required=True, metavar="KEY", help=_("the key of an indicator"))
    command.add_argument("--most", type=int, default=50, metavar="N", help=_("so many units at most; default 50"))
    command.add_argument("--json", action="store_true", help=_("as JSON"))
