"""Collects every sentence for people, keeps its Chinese in one .po file, and compiles that for gettext.

    python scripts/messages.py                          collect and compile
    python scripts/messages.py --merge chinese.json     also take translations from {"English": "中文"}
    python scripts/messages.py --check                  change nothing; fail when a sentence has no Chinese

Needs Babel and Django's template parser, not GNU gettext. The sentences are English: English needs no file.
"""

import argparse
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "gongjian"
PO = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
HEADER = """\
# Chinese (simplified) sentences of Gongjian. Collected by scripts/messages.py; edit the msgstr lines only.
msgid ""
msgstr ""
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
GAP = re.compile(r"%\((\w+)\)[sd]")

Key = tuple[str | None, str]  # context, English


def sources(package: Path = PACKAGE) -> Iterator[Path]:
    """Python files and templates of the package, in order."""
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package).parts
        if path.suffix == ".py" or ("templates" in inside and path.suffix in {".html", ".txt"}):
            yield path


def sentences_in(path: Path) -> Iterator[Key]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What is left of a template reads as Python once nothing is indented.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).split("\n"))
    for _line, function, found, _comments in extract_python(io.BytesIO(text.encode()), KEYWORDS, [], {}):
        parts = [found] if isinstance(found, str) else [str(part) for part in found or () if part]
        if str(function).startswith("pgettext"):
            yield parts[0], parts[1]
        elif parts:
            yield None, parts[0]


def collected(package: Path = PACKAGE) -> dict[Key, list[str]]:
    """Every sentence and the files it stands in."""
    found: dict[Key, list[str]] = {}
    for path in sources(package):
        name = path.relative_to(package.parent).as_posix()
        for key in sentences_in(path):
            files = found.setdefault(key, [])
            if name not in files:
                files.append(name)
    return found


def translations(po: Path = PO) -> dict[Key, Message]:
    if not po.exists():
        return {}
    with po.open("rb") as file:
        return {(message.context, str(message.id)): message for message in read_po(file) if message.id}


def problems(package: Path = PACKAGE, po: Path = PO) -> list[str]:
    """What keeps the Chinese from being complete, one line each; empty when it is."""
    wanted, have = collected(package), translations(po)
    found = []
    for (context, english), files in sorted(wanted.items(), key=_by_english):
        message = have.get((context, english))
        where = f"{english!r} in {', '.join(files)}"
        if message is None:
            found.append(f"not collected: {where}. Run `make messages`")
        elif not message.string:
            found.append(f"no Chinese: {where}")
        elif message.fuzzy:
            found.append(f"marked fuzzy: {where}")
        elif set(GAP.findall(english)) != set(GAP.findall(str(message.string))):
            found.append(f"other gaps than the English: {where}")
    gone = sorted(english for _context, english in have.keys() - wanted.keys())
    found += [f"no longer in the code: {english!r}. Run `make messages`" for english in gone]
    return found


def write_collected(chinese: dict[Key, str], package: Path = PACKAGE, po: Path = PO) -> None:
    """Write the .po anew: what the code says now, with the Chinese there was and the Chinese given."""
    have = translations(po)
    catalog = Catalog(locale="zh_Hans", charset="utf-8", fuzzy=False)
    for key, files in sorted(collected(package).items(), key=_by_english):
        context, english = key
        old = have.get(key)
        string = chinese.get(key) or (str(old.string) if old else "")
        flags = {"python-format"} if GAP.search(english) else set()
        catalog.add(english, string, locations=[(name, 0) for name in files], flags=flags, context=context)
    body = io.BytesIO()
    write_po(body, catalog, width=110, omit_header=True, include_lineno=False, sort_by_file=False)
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_text(HEADER + body.getvalue().decode().rstrip("\n") + "\n", encoding="utf-8", newline="\n")


def compile_mo(po: Path = PO, mo: Path = MO) -> None:
    with po.open("rb") as file:
        catalog = read_po(file, locale="zh_Hans")
    unfinished = mo.with_name(f".{mo.name}.{os.getpid()}")
    with unfinished.open("wb") as file:
        write_mo(file, catalog)
    os.replace(unfinished, mo)


def compile_if_stale(po: Path = PO, mo: Path = MO) -> bool:
    """Compile when the .po is newer than its .mo; say whether it was. Several processes may call at once."""
    if not po.exists() or (mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns):
        return False
    compile_mo(po, mo)
    return True


def read_merge(path: Path) -> dict[Key, str]:
    """{"English": "中文"}; a sentence with a context is written "context\\u0004English"."""
    given: dict[Key, str] = {}
    for key, chinese in json.loads(path.read_text(encoding="utf-8")).items():
        context, mark, english = key.rpartition("\x04")
        given[(context if mark else None, english)] = chinese
    return given


def _by_english(item: tuple[Key, object]) -> tuple[str, str]:
    (context, english), _rest = item
    return english, context or ""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, fail when anything is missing")
    parser.add_argument("--compile", action="store_true", help="only compile, and only if the .po is newer")
    parser.add_argument("--merge", action="append", default=[], type=Path, metavar="FILE.json")
    options = parser.parse_args(arguments)
    if options.compile:
        compile_if_stale()
        return 0
    if not options.check:
        chinese: dict[Key, str] = {}
        for path in options.merge:
            chinese |= read_merge(path)
        write_collected(chinese)
        compile_mo()
        for _context, english in sorted(chinese.keys() - collected().keys(), key=str):
            print(f"not used: {english!r}")
    found = problems()
    print("\n".join(found) if found else "Every sentence has its Chinese.")
    return 1 if options.check and found else 0


if __name__ == "__main__":
    sys.exit(main())
