"""The command `gongjian`: the sample city, serving, and the register from the command line."""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gongjian import language
from gongjian.commands import figures, offices
from gongjian.commands.speech import (
    NOT_FOUND,
    OK,
    PROBLEMS,
    UNAVAILABLE,
    Stop,
    add_command,
    as_day,
    local_today,
    print_json,
)
from gongjian.commands.speech import USAGE as USAGE  # one of the codes that this command ends with
from gongjian.language import gettext as _
from gongjian.language import gettext_noop, padded


def main(arguments: list[str] | None = None) -> int:
    """Entry point; returns the exit code: 0 done, 1 not found or problems, 2 usage, 3 no database."""
    language.teach_argparse()
    options = _parser().parse_args(arguments)
    started_here = False
    try:
        started_here = _open_database()
        _set_up()
        with _spoken(options), _from_the_command_line():
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


@contextlib.contextmanager
def _spoken(options: argparse.Namespace) -> Iterator[None]:
    """People are answered in their language, programs always in that of the site."""
    from django.utils import translation  # app ready: needs settings

    if getattr(options, "json", False):
        yield
        return
    with translation.override(language.chosen()):
        yield


@contextlib.contextmanager
def _from_the_command_line() -> Iterator[None]:
    """What a command does is written down as coming from here."""
    from gongjian.chronicle import whence  # app ready: needs settings

    with whence.coming_from(whence.COMMAND_LINE):
        yield


def _migrate() -> None:
    from django.core.management import call_command  # app ready: needs settings
    from django.db import OperationalError  # app ready: needs settings

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as problem:
        said = _("The database does not answer: %(problem)s Check DATABASE_URL.") % {"problem": f"{problem}\n"}
        raise Stop(said, UNAVAILABLE) from problem


# == demo and serve ==
def demo(options: argparse.Namespace) -> int:
    from gongjian.sample import city  # app ready: models

    began = time.monotonic()
    if options.reset:
        _empty_database()
    _migrate()
    if options.no_serve or city.is_built():
        city.build(seed=options.seed, scale=options.scale, report=Progress())
        print(_("Sample city ready after %(seconds)s s.") % {"seconds": f"{time.monotonic() - began:.0f}"})
        return OK if options.no_serve else serve(options)
    # Building takes memory that is given back with its process, while serving goes on for hours.
    build = ["demo", "--no-serve", f"--seed={options.seed}", f"--scale={options.scale}"]
    built = subprocess.run([sys.executable, "-m", "gongjian.cli", *build], check=False).returncode
    return built or serve(options)


# As a new database is: whoever may connect finds what is in the schema, and so do the pages, which do not own it.
EMPTY = ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "GRANT USAGE ON SCHEMA public TO PUBLIC")


def _empty_database() -> None:
    """Drop everything in the database of the sample city, or of one that was broken off; refuse any other database."""
    from django.db import ProgrammingError, connection, transaction  # app ready: needs settings

    from gongjian.accounts.models import User  # app ready: models
    from gongjian.chronicle import heads  # app ready: models
    from gongjian.register.models import Body, Person, Unit  # app ready: models
    from gongjian.sample.mark import is_sample_city  # app ready: models

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        if cursor.fetchone()[0] == 0:
            return
    try:
        with transaction.atomic():
            is_ours = is_sample_city() or not any(each.objects.exists() for each in (User, Unit, Body, Person))
    except ProgrammingError:
        is_ours = False
    if not is_ours:
        raise Stop(_("This database does not hold the sample city, so demo --reset leaves it alone."))
    with connection.cursor() as cursor:
        for statement in EMPTY:
            cursor.execute(statement)
    heads.set_aside()


def serve(options: argparse.Namespace) -> int:
    from django.conf import settings  # app ready: needs settings

    from gongjian import serving  # app ready: after the database
    from gongjian.sample.mark import is_sample_city  # app ready: models

    _migrate()
    _catch_up_soon()
    doors = is_sample_city() and serving.is_loopback(options.host) and not settings.LIVE
    os.environ["GONGJIAN_PERSONA_DOORS"] = "1" if doors else "0"
    port = serving.free_port(options.host, options.port)
    address = f"http://{options.host}:{port}"

    def ready() -> None:
        print(f"\n  Gongjian 共建: {address}/\n")
        if doors:
            for line in _persona_links(address):
                print(line)
        print("\n  " + _("Ctrl+C stops it. Everything is kept.") + "\n", flush=True)

    try:
        serving.run(options.host, port, on_ready=ready)
    except serving.NotServing as problem:
        raise Stop(str(problem), UNAVAILABLE) from problem
    return OK


def _catch_up_soon() -> None:
    """Days may have passed since the last time: the worker catches up while pages are served already."""
    from procrastinate.exceptions import AlreadyEnqueued  # app ready: models

    from gongjian.consistency.tasks import go_round  # app ready: models
    from gongjian.figures.tasks import read_indicators  # app ready: models
    from gongjian.register.tasks import refresh_paths  # app ready: models

    for task in (refresh_paths, read_indicators, go_round):
        with contextlib.suppress(AlreadyEnqueued):
            task.defer()


def _persona_links(address: str) -> list[str]:
    from gongjian.sample.personas import PERSONAS  # app ready: models

    return [f"  {padded(str(persona.label), 26)} {address}/sample/enter/{persona.key}/" for persona in PERSONAS]


def migrate(options: argparse.Namespace) -> int:
    _migrate()
    print(_("The database is up to date."))
    return OK


STEPS = {
    "divisions": gettext_noop("divisions"),
    "employers": gettext_noop("employers"),
    "bodies": gettext_noop("bodies"),
    "people": gettext_noop("people"),
    "venues": gettext_noop("venues"),
    "writing": gettext_noop("writing"),
    "search": gettext_noop("search"),
    "paths": gettext_noop("paths"),
    "tidying": gettext_noop("tidying"),
}


class Progress:
    """Prints one line a step; on a terminal the line counts while the step runs."""

    def __init__(self) -> None:
        self.step = ""
        self.began = 0.0
        self.live = sys.stdout.isatty()

    def __call__(self, step: str, done: int, total: int) -> None:
        if step != self.step:
            self.step, self.began = step, time.monotonic()
        told = _(STEPS.get(step, step))
        if done < total:
            if self.live:
                print(f"\r  {told}: {done:,}/{total:,}", end="\033[K", flush=True)
            return
        took = time.monotonic() - self.began
        print(
            f"{chr(13) if self.live else ''}  {told}: {total:,} ({took:.1f} s)",
            end="\033[K\n" if self.live else "\n",
            flush=True,
        )


# == register ==
COUNTED = {
    "on": gettext_noop("as of"),
    "divisions": gettext_noop("divisions"),
    "counties": gettext_noop("counties"),
    "towns": gettext_noop("towns"),
    "villages": gettext_noop("villages"),
    "places": gettext_noop("places"),
    "employers": gettext_noop("employers"),
    "units": gettext_noop("units"),
    "bodies": gettext_noop("bodies"),
}
VERDICTS = {
    "add": gettext_noop("add"),
    "change": gettext_noop("change"),
    "end": gettext_noop("end"),
    "same": gettext_noop("same"),
    "repeat": gettext_noop("repeat"),
    "problem": gettext_noop("problem"),
}


def stats(options: argparse.Namespace) -> int:
    from gongjian.register.access import OPERATOR  # app ready: models
    from gongjian.register.queries.records import day_counts  # app ready: models

    counts = day_counts(OPERATOR, options.on or local_today())
    if options.json:
        print_json(counts)
    else:
        for name, told in COUNTED.items():
            print(f"{padded(_(told), 10)} {counts[name]}")
    return OK


def show(options: argparse.Namespace) -> int:
    from gongjian.register.access import OPERATOR  # app ready: models
    from gongjian.register.queries.onwards import answer_told, answers  # app ready: models

    day = options.on or local_today()
    found = [answer_told(OPERATOR, answer, options.code, day) for answer in answers(OPERATOR, options.code, day)]
    if not found:
        said = _(
            "Nothing in the register ever held the code %(code)s or was called so. "
            "Search by a part of the name on the page /search/."
        )
        raise Stop(said % {"code": options.code}, NOT_FOUND)
    if len(found) > 1:
        named = "; ".join(f"{told['name']} {told['code'] or '–'} ({told['type']} {told['id']})" for told in found)
        said = _("Several are called %(code)s on %(day)s: %(named)s. Ask by a code.")
        raise Stop(said % {"code": options.code, "day": day, "named": named}, NOT_FOUND)
    (told,) = found
    if options.json:
        print_json(told)
    else:
        _print_standing(told) if told["stands"] else _print_becoming(told)
        _print_asked(told)
    return OK if told["stands"] or told["lineage"]["ends"] else NOT_FOUND


def _print_standing(told: dict[str, Any]) -> None:
    above = told["under"] if told["type"] == "unit" else [x for x in (told["superior"], told["seat"]) if x]
    heading = (
        _("%(name)s (unit %(id)s), on %(on)s") if told["type"] == "unit" else _("%(name)s (body %(id)s), on %(on)s")
    )
    print(heading % {key: told[key] for key in ("name", "id", "on")})
    print("  " + " › ".join([*(x["name"] for x in above), told["name"]]))
    life = (
        _("code %(code)s, %(kind)s, from %(since)s until %(until)s")
        if told["until"]
        else _("code %(code)s, %(kind)s, from %(since)s")
    )
    print("  " + life % {**told, "code": told["code"] or "–"})


def _print_becoming(told: dict[str, Any]) -> None:
    lineage = told["lineage"]
    is_back = lineage["direction"] == "back"
    print(_("%(name)s does not stand on %(on)s.") % {"name": told["name"], "on": told["on"]})
    for end in lineage["ends"]:
        facts = {"name": end["name"], "code": end["code"] or "–", "share": end["share"]}
        print("  " + (_end_told(is_back, bool(end["share"])) % facts))
    for lost in lineage["lost"]:
        said = (
            _("Nobody knows what came before %(on)s.")
            if is_back
            else _("Nobody knows what became of it from %(on)s on.")
        )
        print("  " + said % {"on": lost["on"]})


def _end_told(is_back: bool, has_share: bool) -> str:
    if is_back:
        if has_share:
            return _("it came from %(name)s (%(code)s), share %(share)s")
        return _("it came from %(name)s (%(code)s), about whose share nothing is known")
    if has_share:
        return _("it went on in %(name)s (%(code)s), share %(share)s")
    return _("it went on in %(name)s (%(code)s), about whose share nothing is known")


def _print_asked(told: dict[str, Any]) -> None:
    asked = told["asked"]
    if not asked["is_of_the_day"]:
        said = (
            _("asked by %(by)s, which %(name)s bore from %(since)s until %(until)s")
            if asked["until"]
            else _("asked by %(by)s, which %(name)s bore from %(since)s")
        )
        print("  " + said % asked)
    for other in told["others"]:
        said = (
            _("%(by)s is on other days that of %(name)s, from %(since)s until %(until)s")
            if other["until"]
            else _("%(by)s is on other days that of %(name)s, from %(since)s")
        )
        print("  " + said % {**other, "by": asked["by"]})


def import_file(options: argparse.Namespace) -> int:
    from gongjian.register.actions import Refused  # app ready: models
    from gongjian.register.imports.apply import apply  # app ready: models
    from gongjian.register.imports.names import learn_names  # app ready: models
    from gongjian.register.imports.preflight import preflight  # app ready: models
    from gongjian.register.imports.staging import start_draft  # app ready: models

    path = Path(options.file)
    if not path.is_file():
        raise Stop(_("%(path)s is not a file. Check the name.") % {"path": path})
    try:
        with path.open("rb") as file:
            draft = start_draft(file, path.name, options.kind, options.on or local_today(), by=None)
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
        done = _("Applied as draft %(id)s.") if draft.act_id else _("Nothing to change: the register says so already.")
        print(done % {"id": draft.pk})
    return PROBLEMS if problems else OK


def _print_preflight(draft: Any, as_json: bool) -> None:
    found = [
        {"row": p.number, "column": p.column, "found": p.found, "what": p.sentence}
        for p in draft.problems.order_by("number")[:1000]
    ]
    if as_json:
        print_json({"counts": draft.counts, "problems": found})
        return
    verdicts = draft.counts.get("verdicts", {})
    print(", ".join(f"{_(VERDICTS[verdict])} {count:,}" for verdict, count in verdicts.items()))
    for problem in found[:50]:
        print("  " + _("row %(row)s, %(column)s: %(what)s") % {**problem, "column": problem["column"] or "–"})
    if len(found) > 50:
        more = f"{draft.counts['problems'] - 50:,}"
        print("  " + _("… and %(more)s more; --json lists up to 1,000") % {"more": more})


HAPPENED = {
    "unchanged": gettext_noop("unchanged"),
    "renamed": gettext_noop("renamed"),
    "recoded": gettext_noop("recoded"),
    "moved": gettext_noop("moved"),
    "merged": gettext_noop("merged"),
    "split": gettext_noop("divided"),
    "closed": gettext_noop("closed"),
    "new": gettext_noop("new"),
    "unknown": gettext_noop("unknown"),
    "mistyped": gettext_noop("mistyped"),
    "branch_opened": gettext_noop("new branch"),
    "claimed_twice": gettext_noop("claimed twice"),
}


def reconcile(options: argparse.Namespace) -> int:
    from django.utils.translation import override  # app ready: needs settings

    if options.dry_run and (options.accept_sure or options.apply):
        raise Stop(_("--dry-run keeps nothing, so nothing can be accepted or applied with it. Leave one of them out."))
    with override(language.chosen()):
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
            apply(found, by=None, today=local_today(), with_open=options.open_as_unknown)
            learn_names(found.act_id)  # pages leave this to the worker, which need not run here
            told |= {"state": found.state, "written": found.counts["written"]}
    except Refused as refused:
        raise Stop(str(refused), PROBLEMS) from refused
    if options.json:
        print_json(told)
    else:
        _print_reconciled(told, found, options.dry_run)
    return OK


def _compared(options: argparse.Namespace) -> Any:
    """The list of the file, compared with the register. Nothing is kept of one that is refused."""
    from gongjian.register.actions import Refused  # app ready: models
    from gongjian.register.reconciliations.comparing import compare, confirm, discard  # app ready: models

    path = Path(options.file)
    if not path.is_file():
        raise Stop(_("%(path)s is not a file. Check the name.") % {"path": path})
    found = _taken_in(options, path)
    if found.state == found.State.ASKED:
        if not options.whole:
            rows, standing = found.counts["rows"], found.counts["standing"]
            discard(found)
            said = _(
                "The list has %(rows)s rows, the register %(standing)s divisions: less than half. "
                "If the list is whole all the same, say so with --whole."
            )
            if found.is_of_firms:
                said = _(
                    "The list has %(rows)s rows, the register %(standing)s employers there: less than half. "
                    "If the list is whole all the same, say so with --whole."
                )
            raise Refused(said % {"rows": f"{rows:,}", "standing": f"{standing:,}"})
        confirm(found)
    return compare(found)


def _taken_in(options: argparse.Namespace, path: Path) -> Any:
    from gongjian.register.models import UnitEntry  # app ready: models
    from gongjian.register.reconciliations.comparing import start, start_firms  # app ready: models

    when: dict[str, Any] = {"as_of": options.as_of, "today": local_today(), "by": None}
    if options.kind != "firms":
        with path.open("rb") as file:
            return start(file, path.name, **when)
    if not options.within:
        raise Stop(_("--kind firms needs --in CODE: the code of the county or city whose businesses the list has."))
    entry = UnitEntry.objects.on(options.as_of).filter(code=options.within).select_related("unit").first()
    if entry is None:
        said = _("No unit has the code %(code)s on %(day)s. Give that of a county or city.")
        raise Stop(said % {"code": options.within, "day": options.as_of})
    with path.open("rb") as file:
        return start_firms(file, path.name, within=entry.unit, **when)


def _reconciled(found: Any) -> dict[str, Any]:
    """The findings counted: what happened, by how sure that is."""
    counts: dict[str, dict[str, int]] = {}
    for happened, verdict in found.findings.values_list("happened", "verdict"):
        of_kind = counts.setdefault(happened, {"sure": 0, "doubtful": 0, "unknown": 0})
        of_kind[verdict] += 1
    if unchanged := found.counts.get("unchanged"):  # firms; nothing is kept of them
        counts.setdefault("unchanged", {"sure": 0, "doubtful": 0, "unknown": 0})["sure"] += unchanged
    return {
        "reconciliation": found.pk,
        "as_of": found.as_of.isoformat(),
        "rows": found.counts["rows"],
        "standing": found.counts["standing"],
        "state": found.state,
        "findings": counts,
    }


def _print_reconciled(told: dict[str, Any], found: Any, is_dry: bool) -> None:
    said = _("Divisions on the day before %(as_of)s: %(standing)s. Rows of the list: %(rows)s.")
    if found.is_of_firms:
        said = _("Employers there on %(as_of)s: %(standing)s. Rows of the list: %(rows)s.")
    print(said % {"as_of": told["as_of"], "standing": f"{told['standing']:,}", "rows": f"{told['rows']:,}"})
    heads = (_("sure"), _("doubtful"), _("unknown"))
    print(padded("", 15) + "".join(padded(head, 12) for head in heads))
    for happened, of_kind in sorted(told["findings"].items(), key=lambda each: -sum(each[1].values())):
        counts = (of_kind["sure"], of_kind["doubtful"], of_kind["unknown"])
        print(padded(_(HAPPENED[happened]), 15) + "".join(padded(f"{count:,}", 12) for count in counts))
    if told["accepted"]:
        print(_("Accepted together: %(count)s") % {"count": f"{told['accepted']:,}"})
    if is_dry:
        print(_("Nothing was kept."))
    elif "written" in told:
        counted = ", ".join(f"{what} {count:,}" for what, count in told["written"].items())
        print(_("Written: %(counts)s") % {"counts": counted})
    else:
        where = f"/reconciliations/{found.pk}/"
        print(_("Nothing is written yet. Decide what is open on the page %(where)s.") % {"where": where})


def export(options: argparse.Namespace) -> int:
    from django.conf import settings  # app ready: needs settings
    from django.utils import translation  # app ready: needs settings

    from gongjian.register.access import OPERATOR  # app ready: models
    from gongjian.register.export import UnknownEnding, write_export  # app ready: models

    path = Path(options.output)
    try:
        with translation.override(settings.LANGUAGE_CODE):  # a file for officers, whoever runs the command
            written = write_export(path, options.kind, options.on or local_today(), local_today(), reader=OPERATOR)
    except UnknownEnding as error:
        said = _("%(name)s ends neither in .xlsx nor in .csv. Name the file so that it does.")
        raise Stop(said % {"name": path.name}) from error
    except OSError as error:
        said = _("%(path)s cannot be written: %(why)s. Choose another place.")
        raise Stop(said % {"path": path, "why": error.strerror}) from error
    print(_("%(rows)s rows written to %(path)s.") % {"rows": f"{written:,}", "path": path})
    return OK


# == people ==
def forget_person(options: argparse.Namespace) -> int:
    from gongjian.chronicle.record import NoReason  # app ready: models
    from gongjian.register import forgetting  # app ready: models
    from gongjian.register.access import OPERATOR, persons_visible_to  # app ready: models
    from gongjian.register.refusals import Refused  # app ready: models

    person = persons_visible_to(OPERATOR).filter(pk=options.id).first()
    if person is None:
        raise Stop(_("There is no person with the number %(id)s.") % {"id": options.id}, NOT_FOUND)
    try:
        forgetting.forget(person, reason=options.reason, today=local_today(), by=OPERATOR)
    except (Refused, NoReason) as refused:
        raise Stop(str(refused), PROBLEMS) from refused
    print(_("Person %(id)s is forgotten. Copies of the database made before still hold the name.") % {"id": person.pk})
    return OK


def minimise_people(options: argparse.Namespace) -> int:
    from django.conf import settings  # app ready: needs settings

    from gongjian.register import forgetting  # app ready: models
    from gongjian.register.access import OPERATOR  # app ready: models

    days, today = settings.KEEP_PEOPLE_DAYS, local_today()
    said = _("Persons whose last office and membership ended more than %(days)s days ago: %(count)s.")
    facts = {"days": f"{days:,}", "count": f"{forgetting.long_gone(today, days).count():,}"}
    print(said % facts)
    if options.dry_run:
        print(_("Nothing was changed."))
        return OK
    done = sum(1 for _id in forgetting.minimise(today=today, days=days, by=OPERATOR))
    print(_("Forgotten: %(count)s.") % {"count": f"{done:,}"})
    return OK


# == chronicle ==
def seal(options: argparse.Namespace) -> int:
    from gongjian.chronicle import heads  # app ready: models
    from gongjian.chronicle.sealing import seal_waiting  # app ready: models

    count = seal_waiting()
    try:
        written = heads.write_out()
    except OSError as error:
        said = _("The heads cannot be written to %(path)s: %(why)s. What is sealed stays sealed.")
        raise Stop(said % {"path": heads.folder(), "why": error.strerror}, PROBLEMS) from error
    print(
        _("Sealed: %(count)s. Heads written to %(path)s: %(written)s.")
        % {"count": f"{count:,}", "written": f"{written:,}", "path": heads.folder()}
    )
    return OK


def print_heads(options: argparse.Namespace) -> int:
    from gongjian.chronicle import heads  # app ready: models

    for head in heads.all_heads() if options.all else heads.last_of_each_day():
        print(head.line)
    return OK


def verify_chronicle(options: argparse.Namespace) -> int:
    from gongjian.chronicle import heads  # app ready: models
    from gongjian.chronicle.verify import verify  # app ready: models

    path = Path(options.heads) if options.heads else heads.folder()
    if options.heads and not path.exists():
        raise Stop(_("%(path)s is not a file. Check the name.") % {"path": path})
    try:
        report = verify(heads.heads_in(path) if path.exists() else ())
    except heads.NotHeads as problem:
        raise Stop(str(problem)) from problem
    if options.json:
        print_json(
            {
                "sealed": report.sealed,
                "waiting": report.waiting,
                "heads": report.heads,
                "heads_elsewhere": report.heads_elsewhere,
                "findings": [
                    {"what": each.what, "entry": each.entry, "act": each.act, "sentence": each.sentence}
                    for each in report.findings
                ],
            }
        )
    else:
        _print_verified(report, path)
    return PROBLEMS if report.findings else OK


def _print_verified(report: Any, path: Path) -> None:
    facts = {"sealed": f"{report.sealed:,}", "waiting": f"{report.waiting:,}", "path": path}
    print(_("Entries in the chain: %(sealed)s. Not yet sealed: %(waiting)s.") % facts)
    counts = {"heads": f"{report.heads:,}", "elsewhere": f"{report.heads_elsewhere:,}", "path": path}
    print(_("Signed heads in the database: %(heads)s; kept in %(path)s: %(elsewhere)s.") % counts)
    if not report.heads_elsewhere:
        print(_("No head was kept outside the database, so a tail cut together with its heads could not be noticed."))
    for each in report.findings:
        print("  " + each.sentence)
    if not report.findings:
        print(_("The chain holds. Nothing is altered, missing or reordered."))


# == keys ==
def list_keys(options: argparse.Namespace) -> int:
    from gongjian.keys import columns, ring  # app ready: needs settings

    with _ring_sound():
        known = ring.ring()
    counts: dict[str, int] = {}
    for column in columns.sealed_columns():
        for key_id, count in columns.counted(column).items():
            counts[key_id] = counts.get(key_id, 0) + count
    sealing = [{"id": key_id, "values": counts.pop(key_id, 0)} for key_id in known.sealing]
    signing = [{"id": key_id, "public": known.public_key(key_id)} for key_id in known.signing]
    missing = [{"id": key_id, "values": count} for key_id, count in counts.items()]
    if options.json:
        print_json({"sealing": sealing, "signing": signing, "missing": missing})
    else:
        for at, key in enumerate(sealing):
            said = (
                _("%(id)s seals and reads; values under it: %(values)s")
                if not at
                else _("%(id)s reads; values under it: %(values)s")
            )
            print(said % {**key, "values": f"{key['values']:,}"})
        for at, signer in enumerate(signing):
            said = _("%(id)s signs; public key %(public)s") if not at else _("%(id)s verifies; public key %(public)s")
            print(said % signer)
        for key in missing:
            said = _("“%(id)s” is not in the key ring, and %(values)s values are under it.")
            print(said % {**key, "values": f"{key['values']:,}"})
    return PROBLEMS if missing else OK


def new_key(options: argparse.Namespace) -> int:
    from django.conf import settings  # app ready: needs settings

    from gongjian.keys import ring  # app ready: needs settings

    def change(text: str) -> tuple[str, str]:
        return ring.with_new_key(text, local_today().year, signing=options.signing)

    with _ring_sound():
        if settings.KEYS:
            _id, text = change(settings.KEYS)
            print(_("Set GONGJIAN_KEYS to this, start anew, then run: gongjian keys rotate"), file=sys.stderr)
            print(text)
            return OK
        made = ring.change_kept(change)
    told = (
        _("The key %(id)s signs from now on.")
        if options.signing
        else _("The key %(id)s seals from now on. To seal anew what stands under older keys: gongjian keys rotate")
    )
    print(told % {"id": made})
    return OK


def rotate_keys(options: argparse.Namespace) -> int:
    from gongjian.keys import columns, ring  # app ready: needs settings

    with _ring_sound():
        for column in columns.sealed_columns():
            try:
                count = columns.rotate(column)
            except (ring.KeyUnknown, ring.Altered) as problem:
                said = _("%(column)s cannot be sealed anew: %(problem)s")
                raise Stop(
                    said % {"column": f"{column.table}.{column.column}", "problem": problem}, PROBLEMS
                ) from problem
            said = _("%(column)s: %(count)s values sealed anew under %(id)s.")
            named = {"column": f"{column.table}.{column.column}", "count": f"{count:,}", "id": ring.ring().newest}
            print(said % named)
    return OK


@contextlib.contextmanager
def _ring_sound() -> Iterator[None]:
    from gongjian.keys import ring  # app ready: needs settings

    try:
        yield
    except ring.KeyRingBroken as problem:
        raise Stop(str(problem)) from problem


# == the words of the command line ==
def _scale(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(_("a scale lies above 0 and at most at 1"))
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gongjian",
        description=_("Gongjian 共建: a strive-for-excellence programme across a federation of organisations."),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(
            [
                _("examples:"),
                "  gongjian demo                                          "
                + _("the sample city, served on 127.0.0.1:8000"),
                "  gongjian register stats --on 2018-10-31 --json         " + _("what stood on a day"),
                "  gongjian register show 330681113264 --on 2018-10-31    " + _("a unit on a day, by any code it had"),
                "  gongjian register import firms.xlsx --kind units --dry-run",
                "",
                _("exit codes: 0 done, 1 not found or rows with problems, 2 usage, 3 no database"),
                _("The embedded PostgreSQL is used unless DATABASE_URL names a server of your own."),
            ]
        ),
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    command = add_command(commands, "demo", demo, _("load the sample city and serve it"), "gongjian demo --no-serve")
    command.add_argument("--no-serve", action="store_true", help=_("load, then end"))
    command.add_argument("--reset", action="store_true", help=_("throw the sample city away and load it anew"))
    command.add_argument("--seed", type=int, default=20101215, help=_("same seed, same city"))
    command.add_argument(
        "--scale", type=_scale, default=1.0, help=_("share of employers and bodies, 0.01 for a small city")
    )
    _where(command)
    _where(add_command(commands, "serve", serve, _("serve what is in the database"), "gongjian serve --port 8080"))
    add_command(commands, "migrate", migrate, _("bring the database up to date"), "gongjian migrate")

    register = commands.add_parser("register", help=_("ask and fill the register")).add_subparsers(
        dest="register", required=True, metavar="WHAT"
    )
    command = add_command(
        register,
        "stats",
        stats,
        _("count what stood on a day"),
        "gongjian register stats --on 2018-10-31 --json",
    )
    _on(command)
    command = add_command(
        register,
        "show",
        show,
        _("what bears a code or a name, as it stands on a day"),
        "gongjian register show 330681113264 --on 2018-10-31",
    )
    command.add_argument("code", help=_("a code or the full name it has, or ever had"))
    _on(command)
    command = add_command(
        register, "import", import_file, _("check a file and apply its sound rows"),
        "gongjian register import firms.xlsx --kind units --on 2026-01-01 --dry-run",
    )  # fmt: skip
    command.add_argument("file", help=_("CSV or Excel"))
    command.add_argument("--kind", choices=["units", "bodies"], help=_("default: guessed from the headings"))
    command.add_argument("--dry-run", action="store_true", help=_("only check; nothing is written"))
    command.add_argument("--all-or-nothing", action="store_true", help=_("apply nothing if any row has a problem"))
    _on(command)
    command = add_command(
        register, "reconcile", reconcile, _("lay a newer official list of divisions beside the register"),
        "gongjian register reconcile shaoxing-2020-06-30.csv --as-of 2020-06-30 --dry-run",
    )  # fmt: skip
    command.add_argument("file", help=_("CSV or Excel: code, name, and perhaps the parent's code or the level"))
    command.add_argument(
        "--kind", choices=["divisions", "firms"], default="divisions", help=_("what it lists; firms by credit code")
    )
    command.add_argument("--in", dest="within", metavar="CODE", help=_("of firms: the county or city, by its code"))
    command.add_argument("--as-of", type=as_day, metavar="DAY", required=True, help=_("the day of which the list is"))
    command.add_argument("--dry-run", action="store_true", help=_("only compare; nothing is kept"))
    command.add_argument("--accept-sure", action="store_true", help=_("accept what is sure, in one step"))
    command.add_argument("--apply", action="store_true", help=_("write it into the register"))
    command.add_argument("--open-as-unknown", action="store_true", help=_("with --apply: what is open, as not known"))
    command.add_argument("--whole", action="store_true", help=_("the list is whole although half its rows are gone"))
    command.add_argument("--json", action="store_true", help=_("as JSON"))
    command = add_command(
        register, "export", export, _("write units or bodies to Excel or CSV"),
        "gongjian register export --kind units --on 2018-10-31 --output units.xlsx",
    )  # fmt: skip
    command.add_argument("--kind", choices=["units", "bodies"], default="units")
    command.add_argument("--output", required=True, help=_("a name ending in .xlsx or .csv"))
    command.add_argument(
        "--on", type=as_day, metavar="DAY", help=_("the day asked about, as 2018-10-31; default today")
    )
    offices.add_words(commands)
    figures.add_words(commands)
    _people_words(commands)
    _chronicle_words(commands)
    _keys_words(commands)
    return parser


def _people_words(commands: Any) -> None:
    people = commands.add_parser("people", help=_("forget somebody, or all who left long ago"))
    people = people.add_subparsers(dest="people", required=True, metavar="WHAT")
    command = add_command(
        people, "forget", forget_person, _("take a person’s name and all that is kept of them out, for good"),
        "gongjian people forget 123 --reason 'asked for by the person, letter 7 of 2026'",
    )  # fmt: skip
    command.add_argument("id", type=int, help=_("the number in the address of the person’s page"))
    command.add_argument("--reason", required=True, help=_("why; it is written down, so name nobody in it"))
    command = add_command(
        people, "minimise", minimise_people, _("forget those who left longer ago than GONGJIAN_KEEP_PEOPLE_DAYS"),
        "gongjian people minimise --dry-run",
    )  # fmt: skip
    command.add_argument("--dry-run", action="store_true", help=_("only count; nothing is changed"))


def _chronicle_words(commands: Any) -> None:
    chronicle = commands.add_parser("chronicle", help=_("seal and verify who did what")).add_subparsers(
        dest="chronicle", required=True, metavar="WHAT"
    )
    add_command(
        chronicle, "seal", seal, _("seal what is not sealed yet, and write the signed heads to their files"),
        "gongjian chronicle seal",
    )  # fmt: skip
    command = add_command(
        chronicle, "heads", print_heads, _("print the signed head of each day, to be kept elsewhere"),
        "gongjian chronicle heads > heads.jsonl",
    )  # fmt: skip
    command.add_argument("--all", action="store_true", help=_("every head, not the last of each day alone"))
    command = add_command(
        chronicle, "verify", verify_chronicle, _("recompute the chain, and name whatever is altered or missing"),
        "gongjian chronicle verify --heads heads.jsonl",
    )  # fmt: skip
    command.add_argument(
        "--heads", metavar="FILE", help=_("heads kept elsewhere, a file or a folder; default: those of the sealer")
    )
    command.add_argument("--json", action="store_true", help=_("as JSON"))


def _keys_words(commands: Any) -> None:
    keys = commands.add_parser("keys", help=_("the keys that seal personal data and sign the chronicle"))
    keys = keys.add_subparsers(dest="keys", required=True, metavar="WHAT")
    command = add_command(
        keys, "list", list_keys, _("the ids of the keys, and how much stands under each"), "gongjian keys list"
    )
    command.add_argument("--json", action="store_true", help=_("as JSON"))
    command = add_command(
        keys, "new", new_key, _("make a key that writes from now on; the others go on reading"), "gongjian keys new"
    )
    command.add_argument("--signing", action="store_true", help=_("one that signs, not one that seals"))
    add_command(
        keys, "rotate", rotate_keys, _("seal anew under the newest key; may be cut off and run again"),
        "gongjian keys rotate",
    )  # fmt: skip


def _on(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--on", type=as_day, metavar="DAY", help=_("the day asked about, as 2018-10-31; default today")
    )
    command.add_argument("--json", action="store_true", help=_("as JSON"))


def _where(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", default="127.0.0.1", help=_("personas exist on loopback only"))
    command.add_argument("--port", type=int, default=8000, help=_("another free one is taken if it is in use"))


if __name__ == "__main__":
    sys.exit(main())
