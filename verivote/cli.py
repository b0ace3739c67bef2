"""The command line: `python -m verivote`, or `verivote` where it is installed."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from . import bundle, compare, count, holders, observers, page, receipt, recount, verify
from .canonical import canonical, read
from .errors import VerivoteError
from .locked import put
from .verify import Report
from .words import LANGUAGES, say

HELD = {True: "✓", False: "✗"}


def main(arguments: list[str] | None = None) -> int:
    """0 only if all holds; 1 if something does not; 2 for wrong use or a file that cannot be read."""
    options = _parser().parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except VerivoteError as problem:
        print(problem.sentence(options.language), file=sys.stderr)
        return 2


# == what anybody does ==
def _verify(options: argparse.Namespace) -> int:
    elsewhere = [_record(path) for path in options.head]
    return _told(verify.verify(options.bundle, elsewhere), options.language)


def _check_receipt(options: argparse.Namespace) -> int:
    return _told(verify.check_receipt(_receipt(options.receipt), options.bundle), options.language)


def _compare(options: argparse.Namespace) -> int:
    return _told(compare.compare(options.first, options.second), options.language, rests=False)


def _page(options: argparse.Namespace) -> int:
    sys.stdout.write(page.html())
    return 0


def _told(report: Report, language: str, rests: bool = True) -> int:
    for each in report.checks:
        print(f"{HELD[each.ok]} {each.code}: {each.sentence(language)}")
    failed = len(report.failed)
    print(say("not_all" if failed else "all_holds", {"number": failed or len(report.checks)}, language))
    if rests:
        print(say("rests", {}, language))
    return 1 if failed else 0


# == what holders and observers do ==
def _keygen(options: argparse.Namespace) -> int:
    passphrases = {name: _new_passphrase(name, options.language) for name in options.holder}
    files = holders.make(passphrases, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    holders.write(options.folder, files)
    print(say("key_made", {"folder": options.folder}, options.language))
    return 0


def _count(options: argparse.Namespace) -> int:
    tally = count.count(options.counting, _opened(options.key, options.language), options.processes)
    told = {"envelopes": tally.envelopes, "counted": tally.counted, "void": sum(tally.void.values())}
    print(say("counted", told, options.language), file=sys.stderr)
    if options.bundle:
        recount.check_counted(options.counting, options.bundle)
        print(say("counted_log", {}, options.language), file=sys.stderr)
    print(canonical(tally.as_record()).decode())
    return 0


def _opened(path: str, language: str) -> EllipticCurvePrivateKey:
    data = _bytes(path)
    first, second = (_passphrase(name, language) for name in holders.pair_of(data))
    return holders.open_key(data, first, second)


def _observer_key(options: argparse.Namespace) -> int:
    data = observers.make(options.name, _new_passphrase(options.name, options.language))
    put(Path(options.file), data)
    facts = {"name": options.file, "signer": observers.look(data)["signer"]}
    print(say("observer_made", facts, options.language))
    return 0


def _sign(options: argparse.Namespace) -> int:
    """Sign what holds in every other way; the signature goes to standard output."""
    report = verify.verify(options.bundle)
    if set(report.failed) - {"signatures"}:
        return _told(report, options.language)
    data = _bytes(options.key)
    name, private = observers.open_key(data, _passphrase(observers.look(data)["name"], options.language))
    with bundle.opened(options.bundle) as file:
        signed = observers.sign(name, private, file.entry(), file.heads()[-1]["head"], file.result())
    print(canonical(signed).decode())
    return 0


def _new_passphrase(name: str, language: str) -> str:
    typed = _passphrase(name, language)
    if getpass.getpass(say("ask_again", {}, language)) != typed:
        raise VerivoteError("not_again")
    return typed


def _passphrase(name: str, language: str) -> str:
    return getpass.getpass(say("ask_passphrase", {"name": name}, language))


# == files ==
def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as problem:
        raise VerivoteError("no_file", name=path, why=problem.strerror) from problem


def _record(path: str) -> Any:
    """A record in a file; white space around and in it does not matter, since people copy heads by hand."""
    try:
        return read(canonical(json.loads(_bytes(path))))
    except (ValueError, RecursionError) as problem:
        raise VerivoteError("not_canonical") from problem


def _receipt(place: str) -> Any:
    """A receipt as its line, or in a file as line or record."""
    if place.startswith(receipt.PREFIX):
        return receipt.from_text(place)
    data = _bytes(place)
    return receipt.from_text(data.decode()) if data.startswith(receipt.PREFIX.encode()) else _record(place)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="verivote", description="Ballots that anybody can check.")
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, told: str) -> Callable[..., argparse.Action]:
        return commands.add_parser(name, help=told, description=told).add_argument

    add = command("verify", "check a bundle")
    add("bundle")
    add("--head", action="append", default=[], metavar="FILE", help="a signed head from elsewhere; may be repeated")
    add = command("check-receipt", "check that the envelope of a receipt stands in the log")
    add("receipt", help="the line of the receipt, or a file with it")
    add("bundle")
    add = command("compare", "lay two bundles side by side")
    add("first")
    add("second")
    command("page", "write out the page that checks a bundle in the browser")
    add = command("keygen", "make the key of a poll, for three holders")
    add("folder")
    add(
        "--holder", action="append", default=[], required=True, metavar="NAME", help="three times, in the order A, B, C"
    )
    add = command("count", "open the envelopes of a counting file and add up")
    add("counting")
    add("key", help="AB.key, AC.key or BC.key")
    add("--bundle", help="check that every envelope stands in the log of this bundle, too")
    add("--processes", type=int, help="how many work at once; by default one a core")
    add = command("observer-key", "make the signing key of an observer")
    add("file")
    add("--name", required=True)
    add = command("sign", "check a bundle as an observer and sign its result")
    add("bundle")
    add("key")
    return parser


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "verify": _verify,
    "check-receipt": _check_receipt,
    "compare": _compare,
    "page": _page,
    "keygen": _keygen,
    "count": _count,
    "observer-key": _observer_key,
    "sign": _sign,
}
