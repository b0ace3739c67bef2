"""The command `gongjian`: the sample city, serving, and the register from the command line."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import textwrap
import time
from datetime import date
from pathlib import Path
from typing import Any

OK, NOT_FOUND, PROBLEMS, USAGE, UNAVAILABLE = 0, 1, 1, 2, 3


class Stop(Exception):
    """Ends the command with a sentence and an exit code."""

    def __init__(self, sentence: str, code: int = USAGE) -> None:
        super().__init__(sentence)
        self.code = code


def main(arguments: list[str] | None = None) -> int:
    """Entry point; returns the exit code: 0 done, 1 not found or problems, 2 usage, 3 no database."""
    options = _parser().parse_args(arguments)
    started_here = False
    try:
        started_here = _open_database()
        _set_up()
        return options.run(options)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.code
    except KeyboardInterrupt:
        return 130
    finally:
        if started_here and not getattr(options, "keep_database", False):
            _close_database()


# == what stands around every command ==
def _open_database() -> bool:
    """Start the embedded PostgreSQL unless DATABASE_URL names another. Returns whether it was started here."""
    if os.environ.get("DATABASE_URL"):
        return False
    from gongjian import postgres  # optional: only without a server of one's own

    try:
        was_running = postgres.is_running()
        os.environ["DATABASE_URL"] = postgres.ensure_running()
        os.environ["PGAPPNAME"] = f"gongjian {os.getpid()}"
    except postgres.NotStarted as problem:
        raise Stop(str(problem), UNAVAILABLE) from problem
    return not was_running


def _close_database() -> None:
    """Stop what this command started, unless another command has begun to use it meanwhile."""
    from gongjian import postgres  # optional: only without a server of one's own

    if not _others_are_connected():
        postgres.stop()


def _others_are_connected() -> bool:
    import psycopg  # slow: only at the end

    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_backend_pid() AND application_name <> %s",
            [f"gongjian {os.getpid()}"],
        ).fetchone()
    return bool(others and others[0])


def _set_up() -> None:
    import django  # slow: --help and usage errors must not wait for it

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongjian.settings")
    django.setup()


def _today() -> date:
    from django.utils import timezone  # app ready: needs settings

    return timezone.localdate()


def _migrate() -> None:
    from django.core.management import call_command  # app ready: needs settings
    from django.db import OperationalError  # app ready: needs settings

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as problem:
        raise Stop(f"The database does not answer: {problem}\nCheck DATABASE_URL.", UNAVAILABLE) from problem


# == demo and serve ==
def demo(options: argparse.Namespace) -> int:
    from gongjian.sample import city  # app ready: models

    began = time.monotonic()
    if options.reset:
        _empty_database()
    _migrate()
    city.build(seed=options.seed, scale=options.scale, report=Progress())
    print(f"Sample city ready after {time.monotonic() - began:.0f} s.")
    if options.no_serve:
        return OK
    return serve(options)


def _empty_database() -> None:
    """Drop everything in the database of the sample city; refuse any other database."""
    from django.db import ProgrammingError, connection, transaction  # app ready: needs settings

    from gongjian.sample.mark import is_sample_city  # app ready: models

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        if cursor.fetchone()[0] == 0:
            return
    try:
        with transaction.atomic():
            sample = is_sample_city()
    except ProgrammingError:
        sample = False
    if not sample:
        raise Stop("This database does not hold the sample city, so demo --reset leaves it alone.")
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def serve(options: argparse.Namespace) -> int:
    from django.conf import settings  # app ready: needs settings

    from gongjian import serving  # app ready: after the database
    from gongjian.sample.mark import is_sample_city  # app ready: models

    _migrate()
    _refresh_paths_soon()
    doors = is_sample_city() and serving.is_loopback(options.host) and not settings.LIVE
    os.environ["GONGJIAN_PERSONA_DOORS"] = "1" if doors else "0"
    port = serving.free_port(options.host, options.port)
    address = f"http://{options.host}:{port}"

    def ready() -> None:
        print(f"\n  Gongjian 共建: {address}/\n")
        if doors:
            for line in _persona_links(address):
                print(line)
        print("\n  Ctrl+C stops it. Everything is kept.\n", flush=True)

    try:
        serving.run(options.host, port, on_ready=ready)
    except serving.NotServing as problem:
        raise Stop(str(problem), UNAVAILABLE) from problem
    return OK


def _refresh_paths_soon() -> None:
    """Days may have passed since the last time: the worker catches up while pages are served already."""
    from procrastinate.exceptions import AlreadyEnqueued  # app ready: models

    from gongjian.register.tasks import refresh_paths  # app ready: models

    with contextlib.suppress(AlreadyEnqueued):
        refresh_paths.defer()


def _persona_links(address: str) -> list[str]:
    from gongjian.sample.personas import PERSONAS  # app ready: models

    return [f"  {persona.label:<26} {address}/sample/enter/{persona.key}/" for persona in PERSONAS]


def migrate(options: argparse.Namespace) -> int:
    _migrate()
    print("The database is up to date.")
    return OK


class Progress:
    """Prints one line a step; on a terminal the line counts while the step runs."""

    def __init__(self) -> None:
        self.step = ""
        self.began = 0.0
        self.live = sys.stdout.isatty()

    def __call__(self, step: str, done: int, total: int) -> None:
        if step != self.step:
            self.step, self.began = step, time.monotonic()
        if done < total:
            if self.live:
                print(f"\r  {step}: {done:,}/{total:,}", end="\033[K", flush=True)
            return
        took = time.monotonic() - self.began
        print(
            f"{chr(13) if self.live else ''}  {step}: {total:,} ({took:.1f} s)",
            end="\033[K\n" if self.live else "\n",
            flush=True,
        )


# == register ==
def stats(options: argparse.Namespace) -> int:
    from gongjian.register.access import OPERATOR  # app ready: models
    from gongjian.register.queries.records import day_counts  # app ready: models

    counts = day_counts(OPERATOR, options.on or _today())
    if options.json:
        _print_json(counts)
    else:
        for name in (
            "on",
            "divisions",
            "counties",
            "towns",
            "villages",
            "places",
            "employers",
            "units",
            "bodies",
        ):
            print(f"{name:<10} {counts[name]}")
    return OK


def show(options: argparse.Namespace) -> int:
    from gongjian.register.access import OPERATOR  # app ready: models
    from gongjian.register.queries import records  # app ready: models

    day = options.on or _today()
    unit = records.unit_with_code(OPERATOR, options.code, day)
    body = None if unit else records.body_with_code(OPERATOR, options.code, day)
    if unit:
        told = records.unit_told(OPERATOR, unit, day)
    elif body:
        told = records.body_told(OPERATOR, body, day)
    else:
        raise Stop(_nobody_holds(options.code, day), NOT_FOUND)
    if options.json:
        _print_json(told)
    else:
        above = told["under"] if told["type"] == "unit" else [x for x in (told["superior"], told["seat"]) if x]
        print(f"{told['name']} ({told['type']} {told['id']}), on {told['on']}")
        print("  " + " › ".join([*(x["name"] for x in above), told["name"]]))
        print(
            f"  code {told['code'] or '–'}, {told['kind']}, from {told['since']}"
            + (f" until {told['until']}" if told["until"] else "")
        )
    return OK


def _nobody_holds(code: str, day: date) -> str:
    from gongjian.register.access import OPERATOR  # app ready: models
    from gongjian.register.queries.records import holders_of_code  # app ready: models

    held = holders_of_code(OPERATOR, code)
    if not held:
        return f"Nothing in the register ever held the code {code}. Search by name on the page /search/."
    days = "; ".join(f"{entry.name} from {entry.since} until {entry.until or 'today'}" for entry in held)
    return f"Nothing held the code {code} on {day}. It was held by: {days}. Ask with --on one of these days."


def import_file(options: argparse.Namespace) -> int:
    from gongjian.register.actions import Refused  # app ready: models
    from gongjian.register.imports.apply import apply  # app ready: models
    from gongjian.register.imports.names import learn_names  # app ready: models
    from gongjian.register.imports.preflight import preflight  # app ready: models
    from gongjian.register.imports.staging import start_draft  # app ready: models

    path = Path(options.file)
    if not path.is_file():
        raise Stop(f"{path} is not a file. Check the name.")
    try:
        with path.open("rb") as file:
            draft = start_draft(file, path.name, options.kind, options.on or _today(), by=None)
        draft = preflight(draft)
    except Refused as refused:
        raise Stop(str(refused), PROBLEMS) from refused
    if draft.state == draft.State.FAILED:
        raise Stop(draft.failure, PROBLEMS)
    _print_preflight(draft, options.json)
    problems = draft.counts.get("problems", 0)
    if options.dry_run:
        draft.delete()
        return PROBLEMS if problems else OK
    try:
        draft = apply(draft, by=None, all_or_nothing=options.all_or_nothing)
        if draft.act_id:
            learn_names(draft.act_id)  # pages leave this to the worker, which need not run here
    except Refused as refused:
        raise Stop(str(refused), PROBLEMS) from refused
    if not options.json:
        print(f"Applied as draft {draft.pk}." if draft.act_id else "Nothing to change: the register says so already.")
    return PROBLEMS if problems else OK


def _print_preflight(draft: Any, as_json: bool) -> None:
    found = [
        {"row": p.number, "column": p.column, "found": p.found, "what": p.sentence}
        for p in draft.problems.order_by("number")[:1000]
    ]
    if as_json:
        _print_json({"counts": draft.counts, "problems": found})
        return
    print(", ".join(f"{verdict} {count:,}" for verdict, count in draft.counts.get("verdicts", {}).items()))
    for problem in found[:50]:
        print(f"  row {problem['row']}, {problem['column'] or '–'}: {problem['what']}")
    if len(found) > 50:
        print(f"  … and {draft.counts['problems'] - 50:,} more; --json lists up to 1,000")


def reconcile(options: argparse.Namespace) -> int:
    from django.utils.translation import override  # app ready: needs settings

    if options.dry_run and (options.accept_sure or options.apply):
        raise Stop("--dry-run keeps nothing, so nothing can be accepted or applied with it. Leave one of them out.")
    with override("en"):
        return _reconcile(options)


def _reconcile(options: argparse.Namespace) -> int:
    from gongjian.register.actions import Refused  # app ready: models
    from gongjian.register.imports.names import learn_names  # app ready: models
    from gongjian.register.reconciliations.applying import apply  # app ready: models
    from gongjian.register.reconciliations.comparing import discard  # app ready: models
    from gongjian.register.reconciliations.deciding import accept_sure  # app ready: models

    try:
        found = _compared(options)
        accepted = accept_sure(found, by=None) if options.accept_sure else 0
        told = _reconciled(found) | {"accepted": accepted}
        if options.dry_run:
            discard(found)
        elif options.apply:
            apply(found, by=None, today=_today(), with_open=options.open_as_unknown)
            learn_names(found.act_id)  # pages leave this to the worker, which need not run here
            told |= {"state": found.state, "written": found.counts["written"]}
    except Refused as refused:
        raise Stop(str(refused), PROBLEMS) from refused
    if options.json:
        _print_json(told)
    else:
        _print_reconciled(told, found, options.dry_run)
    return OK


def _compared(options: argparse.Namespace) -> Any:
    """The list of the file, compared with the register. Nothing is kept of one that is refused."""
    from gongjian.register.actions import Refused  # app ready: models
    from gongjian.register.reconciliations.comparing import compare, confirm, discard, start  # app ready: models

    path = Path(options.file)
    if not path.is_file():
        raise Stop(f"{path} is not a file. Check the name.")
    with path.open("rb") as file:
        found = start(file, path.name, as_of=options.as_of, today=_today(), by=None)
    if found.state == found.State.ASKED:
        if not options.whole:
            rows, standing = found.counts["rows"], found.counts["standing"]
            discard(found)
            raise Refused(
                f"The list has {rows:,} rows, the register {standing:,} divisions: less than half. "
                "If the list is whole all the same, say so with --whole."
            )
        confirm(found)
    return compare(found)


def _reconciled(found: Any) -> dict[str, Any]:
    """The findings counted: what happened, by how sure that is."""
    counts: dict[str, dict[str, int]] = {}
    for happened, verdict in found.findings.values_list("happened", "verdict"):
        of_kind = counts.setdefault(happened, {"sure": 0, "doubtful": 0, "unknown": 0})
        of_kind[verdict] += 1
    return {
        "reconciliation": found.pk,
        "as_of": found.as_of.isoformat(),
        "rows": found.counts["rows"],
        "standing": found.counts["standing"],
        "state": found.state,
        "findings": counts,
    }


def _print_reconciled(told: dict[str, Any], found: Any, is_dry: bool) -> None:
    print(
        f"{told['standing']:,} divisions stood on the day before {told['as_of']}; the list has {told['rows']:,} rows."
    )
    print(f"  {'':<10}{'sure':>8}{'doubtful':>10}{'unknown':>9}")
    for happened, of_kind in sorted(told["findings"].items(), key=lambda each: -sum(each[1].values())):
        print(f"  {happened:<10}{of_kind['sure']:>8,}{of_kind['doubtful']:>10,}{of_kind['unknown']:>9,}")
    if told["accepted"]:
        print(f"{told['accepted']:,} accepted together.")
    if is_dry:
        print("Nothing was kept.")
    elif "written" in told:
        print("Written: " + ", ".join(f"{what} {count:,}" for what, count in told["written"].items()) + ".")
    else:
        print(f"Nothing is written yet. Decide what is open on the page /reconciliations/{found.pk}/.")


def export(options: argparse.Namespace) -> int:
    from gongjian.register.access import OPERATOR  # app ready: models
    from gongjian.register.export import UnknownEnding, write_export  # app ready: models

    path = Path(options.output)
    try:
        written = write_export(path, options.kind, options.on or _today(), _today(), reader=OPERATOR)
    except UnknownEnding as error:
        raise Stop(f"{path.name} ends neither in .xlsx nor in .csv. Name the file so that it does.") from error
    except OSError as error:
        raise Stop(f"{path} cannot be written: {error.strerror}. Choose another place.") from error
    print(f"{written:,} rows written to {path}.")
    return OK


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


# == the words of the command line ==
def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day. Write it as 2018-10-31.") from None


def _scale(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError("a scale lies above 0 and at most at 1")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gongjian",
        description="Gongjian 共建: a strive-for-excellence programme across a federation of organisations.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=textwrap.dedent(
            """\
            examples:
              gongjian demo                                          the sample city, served on 127.0.0.1:8000
              gongjian register stats --on 2018-10-31 --json         what stood on a day
              gongjian register show 330681113264 --on 2018-10-31    who held a code on a day
              gongjian register import firms.xlsx --kind units --dry-run

            exit codes: 0 done, 1 not found or rows with problems, 2 usage, 3 no database
            The embedded PostgreSQL is used unless DATABASE_URL names a server of your own."""
        ),
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    command = _command(commands, "demo", demo, "load the sample city and serve it", "gongjian demo --no-serve")
    command.add_argument("--no-serve", action="store_true", help="load, then end")
    command.add_argument("--reset", action="store_true", help="throw the sample city away and load it anew")
    command.add_argument("--seed", type=int, default=20101215, help="same seed, same city")
    command.add_argument(
        "--scale", type=_scale, default=1.0, help="share of employers and bodies, 0.01 for a small city"
    )
    _where(command)
    _where(_command(commands, "serve", serve, "serve what is in the database", "gongjian serve --port 8080"))
    _command(commands, "migrate", migrate, "bring the database up to date", "gongjian migrate")

    register = commands.add_parser("register", help="ask and fill the register").add_subparsers(
        dest="register", required=True, metavar="WHAT"
    )
    command = _command(
        register,
        "stats",
        stats,
        "count what stood on a day",
        "gongjian register stats --on 2018-10-31 --json",
    )
    _on(command)
    command = _command(
        register,
        "show",
        show,
        "who held a code on a day",
        "gongjian register show 330681113264 --on 2018-10-31",
    )
    command.add_argument("code", help="statistical code, credit code or code of a body")
    _on(command)
    command = _command(
        register, "import", import_file, "check a file and apply its sound rows",
        "gongjian register import firms.xlsx --kind units --on 2026-01-01 --dry-run",
    )  # fmt: skip
    command.add_argument("file", help="CSV or Excel")
    command.add_argument("--kind", choices=["units", "bodies"], help="default: guessed from the headings")
    command.add_argument("--dry-run", action="store_true", help="only check; nothing is written")
    command.add_argument("--all-or-nothing", action="store_true", help="apply nothing if any row has a problem")
    _on(command)
    command = _command(
        register, "reconcile", reconcile, "lay a newer official list of divisions beside the register",
        "gongjian register reconcile shaoxing-2020-06-30.csv --as-of 2020-06-30 --dry-run",
    )  # fmt: skip
    command.add_argument("file", help="CSV or Excel: code, name, and perhaps the parent's code or the level")
    command.add_argument("--as-of", type=_day, metavar="DAY", required=True, help="the day of which the list is")
    command.add_argument("--dry-run", action="store_true", help="only compare; nothing is kept")
    command.add_argument("--accept-sure", action="store_true", help="accept what is sure, in one step")
    command.add_argument("--apply", action="store_true", help="write it into the register")
    command.add_argument("--open-as-unknown", action="store_true", help="with --apply: what is open, as not known")
    command.add_argument("--whole", action="store_true", help="the list is whole although half its rows are gone")
    command.add_argument("--json", action="store_true", help="as JSON")
    command = _command(
        register, "export", export, "write units or bodies to Excel or CSV",
        "gongjian register export --kind units --on 2018-10-31 --output units.xlsx",
    )  # fmt: skip
    command.add_argument("--kind", choices=["units", "bodies"], default="units")
    command.add_argument("--output", required=True, help="a name ending in .xlsx or .csv")
    command.add_argument("--on", type=_day, metavar="DAY", help="the day asked about, as 2018-10-31; default today")
    return parser


def _command(group: Any, name: str, run: Any, what: str, example: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = group.add_parser(name, help=what, description=what, epilog=f"example: {example}")
    command.set_defaults(run=run)
    return command


def _on(command: argparse.ArgumentParser) -> None:
    command.add_argument("--on", type=_day, metavar="DAY", help="the day asked about, as 2018-10-31; default today")
    command.add_argument("--json", action="store_true", help="as JSON")


def _where(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", default="127.0.0.1", help="personas exist on loopback only")
    command.add_argument("--port", type=int, default=8000, help="another free one is taken if it is in use")


if __name__ == "__main__":
    sys.exit(main())
