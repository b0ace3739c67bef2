"""Reads a pack from its folder, checks it, and says in sentences what is wrong with it."""

import csv
import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from gongjian.appraisal.refuse import faults as faults_of_scheme
from gongjian.consistency.checks import faults as faults_of_search
from gongjian.honours.refuse import faults as faults_of_honour
from gongjian.indicators.public import can_be_public, is_meant
from gongjian.register.identity import Division
from gongjian.reviews.rules import faults as faults_of_review
from gongjian.selections.refuse import faults as faults_of_selection
from rollup.definition import Definition, Unknown, check

SCHEMA = Path(__file__).parents[2] / "packs" / "schema"
PARTS = (
    "pack",
    "roles",
    "lines",
    "units",
    "choices",
    "thresholds",
    "readings",
    "indicators",
    "classes",
    "consistency",
    "asks",
    "workdays",
    "programme",
    "activities",
    "contacts",
    "meetings",
    "posts",
    "telling",
    "schemes",
    "agreements",
    "selections",
    "reviews",
    "honours",
)

# What the schemas say that a place should hold, in their "description".
EXPECTED = (
    gettext_noop("a key of at most 40 Latin letters, digits and low lines"),
    gettext_noop("a key of at most 20 Latin letters, digits and low lines"),
    gettext_noop("a whole number from 0 to 2000"),
    gettext_noop("a key of at most 60 Latin letters, digits and low lines"),
    gettext_noop("a text that is not empty"),
    gettext_noop("a text of at most 200 characters"),
    gettext_noop("a version of at most 20 characters without blanks"),
    gettext_noop("a day such as 2016-07-31"),
    gettext_noop("a list of days, each once"),
    gettext_noop("a year such as 2026, in quotation marks"),
    gettext_noop("at least one day, each once"),
    gettext_noop("at least one row"),
    gettext_noop("at least two texts"),
    gettext_noop("a table of fields"),
    gettext_noop("a table of names"),
    gettext_noop("a table of conditions"),
    gettext_noop("each level once"),
    gettext_noop("one character"),
    gettext_noop("digits with which codes of divisions begin, or none"),
    gettext_noop("true or false"),
    gettext_noop("a list of roles, each once"),
    gettext_noop("at least one kind of unit, each once"),
    gettext_noop("a list of keys, each once"),
    gettext_noop("a list of rows"),
    gettext_noop("at least one permission word, each once"),
    gettext_noop("a whole number from 0 to 20"),
    gettext_noop("a whole number from 0 to 100"),
    gettext_noop("a whole number from 1"),
    gettext_noop("a whole number from 2"),
    gettext_noop("a number, with decimals in quotation marks"),
    gettext_noop("a share as two whole numbers, such as [2, 3]"),
    gettext_noop("2 to 10 Chinese characters"),
    gettext_noop("syllables in small letters without tones, one blank between two"),
)

DEFINED = ("where", "having", "heads")
BESIDE_SCHEME = ("key", "names", "line", "in_force", "source")
BESIDE_RULES = ("key", "names", "line", "source")
BESIDE_HONOUR = (*BESIDE_SCHEME, "holder", "document")
MAY_BE_MISSING = ("joining", "stage", "carrier", "tier", "task")
Names = dict[str, str]
Tables = dict[str, Any]


@dataclass(frozen=True)
class Word:
    """A term with its names in each language; its place in the file is its place on the pages."""

    key: str
    names: Names
    position: int


@dataclass(frozen=True)
class Line(Word):
    mark: str
    leads: bool


@dataclass(frozen=True)
class BodyKind(Word):
    line: str
    many_units: bool
    has_term: bool


@dataclass(frozen=True)
class OfficeKind(Word):
    heads: bool
    roles: list[str]
    line: str | None = None


@dataclass(frozen=True)
class Role(Word):
    """Permission words over a stretch of one walk; without a depth, all the way down."""

    permissions: list[str]
    walk: str
    depth: int | None = None
    second_factor: bool = False


@dataclass(frozen=True)
class UnitKind(Word):
    level: str
    under: list[str]


@dataclass(frozen=True)
class Form(Word):
    pass


@dataclass(frozen=True)
class Choice(Word):
    list: str


@dataclass(frozen=True)
class Threshold:
    """Holds from `since` until the day before `until`; `unverified` says what of it nobody has looked up."""

    key: str
    line: str
    least: int
    since: date
    until: date | None
    names: Names
    source: str
    unverified: str


@dataclass(frozen=True)
class Indicator(Word):
    """What is counted; `definition` is rollup's: where, having and heads."""

    of: str
    words: Names
    definition: Tables
    line: str | None = None
    source: Names = field(default_factory=dict)
    awaits: str = ""
    public_to: str = ""


@dataclass(frozen=True)
class PlaceClass(Word):
    """分类指导: divisions of these kinds are compared with each other, and with no others."""

    kinds: list[str]


@dataclass(frozen=True)
class Ceiling(Word):
    """How many minutes a unit of a level, which is the key, may be asked for in a month."""

    minutes: int
    source: str


@dataclass(frozen=True)
class VisitNorm(Word):
    """With how many visits a year a contact point begins."""

    visits: int
    source: str


@dataclass(frozen=True)
class Check(Word):
    """What is looked for that does not agree; `given` holds the lines, kinds and limits for the search `finds`."""

    finds: str
    line: str
    severity: str
    owner: str
    mends: str
    words: Names
    given: Tables = field(default_factory=dict)


@dataclass(frozen=True)
class Joining(Word):
    """How a unit without a body of the line could come to one, and of which indicators the missing units are listed."""

    line: str
    indicators: list[str]
    own: str
    area_forms: list[str]
    ease: dict[str, int]
    source: str
    threshold: str = ""
    members: str = ""
    joint: str | None = None
    most_units: int | None = None
    mass_lines: list[str] = field(default_factory=list)
    mass_from: int | None = None
    unverified: str = ""


@dataclass(frozen=True)
class Year:
    """How a year departs from the week: weekdays off, and weekends worked."""

    key: str
    days_off: list[date]
    days_worked: list[date]
    source: str


@dataclass(frozen=True)
class Programme(Word):
    """What several lines do together under one theme; `unverified` says what of it nobody has looked up."""

    theme: Names
    begins_on: date
    lines: list[str]
    document: str
    ends_on: date | None = None
    unverified: str = ""


@dataclass(frozen=True)
class Stage(Word):
    """A stretch of a programme that leads to a key date; a yearly one comes again each year."""

    programme: str
    begins_on: date
    ends_on: date
    key_date: date
    purpose: Names
    yearly: bool = False
    unverified: str = ""


@dataclass(frozen=True)
class Carrier(Word):
    programme: str
    line: str


@dataclass(frozen=True)
class Tier(Word):
    """How many bodies, people or projects a carrier is to reach."""

    carrier: str
    wanted: int
    counts: str


@dataclass(frozen=True)
class Task(Word):
    """What a programme asks of its lines without a number."""

    programme: str
    lines: list[str]
    words: Names


@dataclass(frozen=True)
class EventKind(Word):
    pass


@dataclass(frozen=True)
class ContestType(Word):
    pass


@dataclass(frozen=True)
class Channel(Word):
    """Where something is published."""


@dataclass(frozen=True)
class Custom(Word):
    """What a new series of meetings of a kind begins with."""

    months: int
    closes_before: int
    source: str


@dataclass(frozen=True)
class PostCategory(Word):
    """Under which head a post of the catalogue stands."""


@dataclass(frozen=True)
class CataloguePost(Word):
    """A post that bodies may set up as it stands here; its duties in each language."""

    category: str
    duties: dict[str, list[str]]
    source: str


@dataclass(frozen=True)
class VagueWord(Word):
    """A word in pledges that nobody can check."""


@dataclass(frozen=True)
class PledgeNorm(Word):
    """A number for posts and pledges to begin with."""

    value: int
    source: str


@dataclass(frozen=True)
class CommentKind(Word):
    """How an organisation is commented on: at a meeting, in a talk …"""


@dataclass(frozen=True)
class HollowPhrase(Word):
    """A phrase in comments that tells nobody anything."""


@dataclass(frozen=True)
class TellingNorm(Word):
    """A number for rounds of telling to begin with."""

    value: int
    source: str


@dataclass(frozen=True)
class Scheme(Word):
    """By which rules bodies are graded; `definition` is what appraisal reads of it."""

    in_force: date
    definition: Tables
    source: str
    line: str | None = None


@dataclass(frozen=True)
class Statute(Word):
    """The statute of collective bargaining of a region: its numbers, each with its clause."""

    line: str
    region: str
    source: str
    rules: Tables


@dataclass(frozen=True)
class ContentHeading(Word):
    """A heading under which a wage agreement says what was agreed."""

    clause: str


@dataclass(frozen=True)
class SelectionRule(Word):
    """By which rules deeds are selected; `definition` is what selections read of it."""

    definition: Tables
    source: str


@dataclass(frozen=True)
class ReviewRule(Word):
    """By which rules members of a line are reviewed; `definition` is what reviews read of it."""

    line: str
    definition: Tables
    source: str


@dataclass(frozen=True)
class Honour(Word):
    """An honour that may be given; `definition` is what honours reads of it."""

    holder: str
    in_force: date
    definition: Tables
    source: str
    document: str = ""
    line: str | None = None


@dataclass(frozen=True)
class Pronunciation:
    """How a word of Chinese place names is read."""

    word: str
    pinyin: str
    basis: str


@dataclass(frozen=True)
class Pack:
    key: str
    version: str
    names: Names
    official_days: list[date]
    roles: list[Role]
    lines: list[Line]
    body_kinds: list[BodyKind]
    office_kinds: list[OfficeKind]
    unit_kinds: list[UnitKind]
    forms: list[Form]
    choices: list[Choice]
    thresholds: list[Threshold]
    readings: list[Pronunciation]
    indicators: list[Indicator]
    place_classes: list[PlaceClass]
    checks: list[Check]
    joinings: list[Joining]
    ceilings: list[Ceiling]
    years: list[Year]
    programmes: list[Programme]
    stages: list[Stage]
    carriers: list[Carrier]
    tiers: list[Tier]
    tasks: list[Task]
    event_kinds: list[EventKind]
    contest_types: list[ContestType]
    channels: list[Channel]
    visit_norms: list[VisitNorm]
    customs: list[Custom]
    post_groups: list[PostCategory]
    catalogue_posts: list[CataloguePost]
    vague_words: list[VagueWord]
    pledge_norms: list[PledgeNorm]
    comment_kinds: list[CommentKind]
    hollow_phrases: list[HollowPhrase]
    telling_norms: list[TellingNorm]
    schemes: list[Scheme]
    statutes: list[Statute]
    content_headings: list[ContentHeading]
    selection_rules: list[SelectionRule]
    review_rules: list[ReviewRule]
    honours: list[Honour]
    path: Path
    sha256: str

    def divisions(self, day: date) -> list[Division]:
        """The official list of one of the pack's days."""
        with _divisions_file(self.path, self.key, day).open(encoding="utf-8", newline="") as rows:
            return [
                Division(row["code"], row["name"], row["level"], row["parent_code"]) for row in csv.DictReader(rows)
            ]


class PackFault(ValueError):
    """The pack cannot be used; `sentences` say in which file and place, what is wrong and what to do."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class _Row(NamedTuple):
    file: str
    place: str
    values: Tables


def read_pack(path: Path | str) -> Pack:
    """The pack in this folder; raises PackFault with everything that is wrong at once."""
    path = Path(path)
    tables: dict[str, Tables] = {}
    faults: list[str] = []
    for part in PARTS:
        try:
            tables[part] = _read_part(path / f"{part}.toml")
        except PackFault as fault:
            faults += fault.sentences
    if not faults:
        faults = [*_contradictions(tables), *_faults_of_days(path, tables["pack"])]
    if not faults:  # else a check would be blamed for a word that another file has lost
        rows = dict(_rows(tables))
        faults = [*_faults_of_checks(rows), *_faults_of_schemes(rows), *_faults_of_selections(rows)]
        faults += [*_faults_of_reviews(rows), *_faults_of_honours(rows)]
    if faults:
        raise PackFault(faults)
    return _pack(path, tables)


def _read_part(file: Path) -> Tables:
    if not file.is_file():
        raise PackFault([_("%(file)s is missing from the pack; add it.") % {"file": file.name}])
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise PackFault([_("%(file)s is not written in UTF-8; save it so.") % {"file": file.name}]) from error
    except tomllib.TOMLDecodeError as error:
        sentence = _("%(file)s cannot be read as TOML: %(reason)s. Mend that place.")
        raise PackFault([sentence % {"file": file.name, "reason": error}]) from error
    schema = json.loads((SCHEMA / f"{file.stem}.json").read_text(encoding="utf-8"))
    as_json = json.loads(json.dumps(tables, default=str))
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    errors = sorted(validator.iter_errors(as_json), key=lambda error: [str(step) for step in error.path])
    if errors:
        raise PackFault([s for error in errors for s in _sentences(file.name, tables, error)])
    return tables


def _sentences(file: str, tables: Tables, error: ValidationError) -> Iterator[str]:
    """What is wrong in a place, and what to do, from an error of the schema."""
    gaps = {"file": file, "place": _place(list(error.absolute_path), tables)}
    match error.validator:
        case "required":
            sentence = _("%(file)s, %(place)s: “%(field)s” is missing; add it.")
            # One error for each missing field, which is named only in its message.
            field = next(name for name in error.validator_value if error.message.startswith(f"'{name}'"))
            yield sentence % {**gaps, "field": field}
        case "additionalProperties":
            sentence = _("%(file)s, %(place)s: “%(field)s” is not known here; remove it or mend its spelling.")
            for field in error.instance.keys() - error.schema["properties"].keys():
                yield sentence % {**gaps, "field": field}
        case "enum":
            sentence = _("%(file)s, %(place)s: “%(value)s” is not known here; write one of %(allowed)s.")
            yield sentence % {**gaps, "value": error.instance, "allowed": ", ".join(error.validator_value)}
        case _:
            sentence = _("%(file)s, %(place)s: “%(value)s” does not fit; write %(expected)s.")
            expected: str = error.schema["description"]
            yield sentence % {**gaps, "value": error.instance, "expected": _(expected)}


def _place(steps: list[str | int], tables: Any) -> str:
    """`line 2 (union) › names › en` for the path of steps into the tables."""
    words: list[str] = []
    for step in steps:
        tables = tables[step]
        if isinstance(step, str):
            words.append(step)
        else:
            named = isinstance(tables, dict) and (tables.get("key") or tables.get("word"))
            words[-1] += f" {step + 1} ({named})" if named else f" {step + 1}"
    return " › ".join(words) or _("at the top")


def _rows(tables: dict[str, Tables]) -> Iterator[tuple[str, list[_Row]]]:
    """Each list of the pack by name, its rows with the file and the place they stand in."""
    for part in PARTS[1:]:
        for name, rows in tables[part].items():
            yield (
                name,
                [_Row(f"{part}.toml", _place([name, i], tables[part]), row) for i, row in enumerate(rows)],
            )


def _contradictions(tables: dict[str, Tables]) -> Iterator[str]:
    """What each row alone may say, but not all together."""
    rows: dict[str, list[_Row]] = {name: [] for name in MAY_BE_MISSING} | dict(_rows(tables))
    for name, held in rows.items():
        if name != "threshold":
            yield from _standing_twice(held, "word" if name == "reading" else "key")
    yield from _unknown_lines(rows)
    yield from _unknown_roles(rows)
    leading = sum(row.values["leads"] for row in rows["line"])
    if leading != 1:
        sentence = _("lines.toml: %(count)s lines lead the others; write leads = true in exactly one.")
        yield sentence % {"count": leading}
    yield from _faults_of_thresholds(rows["threshold"])
    yield from _faults_of_indicators(rows["indicator"])
    yield from _faults_of_public(rows["indicator"], rows["unit_kind"])
    yield from _faults_of_classes(rows["place_class"], rows["unit_kind"])
    yield from _faults_of_joinings(rows)
    yield from _faults_of_years(rows["year"])
    yield from _faults_of_programmes(rows)
    yield from _unknown_categories(rows)
    for file, place, reading in rows["reading"]:
        if len(reading["word"]) != len(reading["pinyin"].split()):
            sentence = _("%(file)s, %(place)s: “%(pinyin)s” must have one syllable for each character.")
            yield sentence % {"file": file, "place": place, "pinyin": reading["pinyin"]}


def _standing_twice(rows: list[_Row], field: str) -> Iterator[str]:
    seen: set[str] = set()
    for file, place, values in rows:
        if values[field] in seen:
            sentence = _("%(file)s, %(place)s: “%(key)s” stands twice; keep one or give it another key.")
            yield sentence % {"file": file, "place": place, "key": values[field]}
        seen.add(values[field])


OF_A_LINE = (
    "body_kind", "office_kind", "threshold", "indicator", "check", "joining", "carrier", "scheme", "statute",
    "review_rule", "honour",
)  # fmt: skip


def _unknown_lines(rows: dict[str, list[_Row]]) -> Iterator[str]:
    lines = [row.values["key"] for row in rows["line"]]
    for file, place, values in [row for name in OF_A_LINE for row in rows[name]]:
        if values.get("line", lines[0]) not in lines:
            sentence = _("%(file)s, %(place)s: there is no line “%(line)s”; write one of %(allowed)s.")
            yield sentence % {
                "file": file,
                "place": place,
                "line": values["line"],
                "allowed": ", ".join(lines),
            }


def _unknown_roles(rows: dict[str, list[_Row]]) -> Iterator[str]:
    roles = [row.values["key"] for row in rows["role"]]
    for file, place, values in rows["office_kind"]:
        for role in set(values["roles"]) - set(roles):
            sentence = _("%(file)s, %(place)s: there is no role “%(role)s”; write one of %(allowed)s.")
            yield sentence % {"file": file, "place": place, "role": role, "allowed": ", ".join(roles)}


def _faults_of_indicators(rows: list[_Row]) -> Iterator[str]:
    for file, place, values in rows:
        definition = {name: values[name] for name in DEFINED if name in values}
        try:
            check(Definition(key=values["key"], of=values["of"], **definition))
        except Unknown as unknown:
            sentence = _("%(file)s, %(place)s: %(problem)s")
            yield sentence % {"file": file, "place": place, "problem": unknown}


def _faults_of_public(rows: list[_Row], unit_kinds: list[_Row]) -> Iterator[str]:
    """Told to everybody may be what counts over what everybody sees; and no two of which one limits the other."""
    kinds = [(row.values["key"], row.values["level"]) for row in unit_kinds]
    taken: list[tuple[str, Tables, set[str]]] = []
    for file, place, values in rows:
        if "public_to" not in values:
            continue
        gaps = {"file": file, "place": place}
        if values["of"] != "units" or "awaits" in values or not can_be_public(values["where"], values["having"]):
            sentence = _(
                "%(file)s, %(place)s: only units, by kind or level alone, having one cover by a line, venue or plaque, "
                "can be told to everybody; take “public_to” out."
            )
            yield sentence % gaps
            continue
        over = {key for key, level in kinds if is_meant(values["where"], key, level)}
        for other, having, others in taken:
            if having == values["having"] and over & others:
                sentence = _(
                    "%(file)s, %(place)s: it counts partly what “%(key)s” counts, and each would tell of the other; "
                    "take “public_to” out of one."
                )
                yield sentence % {**gaps, "key": other}
        taken.append((values["key"], values["having"], over))


def _faults_of_classes(rows: list[_Row], unit_kinds: list[_Row]) -> Iterator[str]:
    level_of = {row.values["key"]: row.values["level"] for row in unit_kinds}
    taken: set[str] = set()
    for file, place, values in rows:
        gaps = {"file": file, "place": place}
        unknown = [kind for kind in values["kinds"] if kind not in level_of]
        for kind in unknown:
            yield _("%(file)s, %(place)s: there is no kind of unit “%(kind)s”; mend it.") % {**gaps, "kind": kind}
        for kind in sorted(taken & set(values["kinds"])):
            yield _("%(file)s, %(place)s: “%(kind)s” is in a class before; keep it in one.") % {**gaps, "kind": kind}
        if not unknown and len({level_of[kind] for kind in values["kinds"]}) > 1:
            yield _("%(file)s, %(place)s: these kinds stand on more than one level; make a class of each.") % gaps
        taken |= set(values["kinds"])


def _faults_of_checks(rows: dict[str, list[_Row]]) -> Iterator[str]:
    known = {name: {row.values["key"] for row in held} for name, held in rows.items() if name != "reading"}
    for file, place, values in rows["check"]:
        for problem in faults_of_search(values["finds"], values.get("given", {}), known):
            sentence = _("%(file)s, %(place)s: %(problem)s")
            yield sentence % {"file": file, "place": place, "problem": problem}


def _faults_of_joinings(rows: dict[str, list[_Row]]) -> Iterator[str]:
    """What a joining rule names must be there; and its indicators must ask whether its line covers a unit."""
    known = {name: [row.values["key"] for row in rows[name]] for name in ("body_kind", "form", "line", "threshold")}
    havings = {row.values["key"]: (row.values["of"], row.values["having"]) for row in rows["indicator"]}
    for row in rows["joining"]:
        covers = ("units", {"covered_by": {"line": row.values["line"]}})
        known["indicator"] = [key for key, having in havings.items() if having == covers]
        for name, kind in _NAMED_BY_JOINING:
            given = row.values.get(name, [])
            for key in given if isinstance(given, list) else [given]:
                if key not in known[kind]:
                    sentence = _("%(file)s, %(place)s › %(field)s: “%(value)s” does not fit; write %(expected)s.")
                    told = {"file": row.file, "place": row.place, "field": name, "value": key}
                    yield sentence % (told | {"expected": ", ".join(dict.fromkeys(known[kind]))})


_NAMED_BY_JOINING = (
    ("indicators", "indicator"),
    ("threshold", "threshold"),
    ("own", "body_kind"),
    ("joint", "body_kind"),
    ("area_forms", "form"),
    ("mass_lines", "line"),
)


def _faults_of_programmes(rows: dict[str, list[_Row]]) -> Iterator[str]:
    """What a stage, carrier, tier or task names must be there, and days must be in order."""
    known = {name: [row.values["key"] for row in rows[name]] for name in ("line", "programme", "carrier")}
    for name, column, kind in _NAMED_BY_PROGRAMME:
        for row in rows[name]:
            given = row.values[column]
            for key in given if isinstance(given, list) else [given]:
                if key not in known[kind]:
                    sentence = _("%(file)s, %(place)s › %(field)s: “%(value)s” does not fit; write %(expected)s.")
                    told = {"file": row.file, "place": row.place, "field": column, "value": key}
                    yield sentence % (told | {"expected": ", ".join(known[kind])})
    for row in [*rows["programme"], *rows["stage"]]:
        begins, ends = _day(row.values["begins_on"]), _day(row.values.get("ends_on", date.max))
        if not begins <= _day(row.values.get("key_date", begins)) <= ends:
            sentence = _("%(file)s, %(place)s: the days are not in order; mend the beginning, the key date or the end.")
            yield sentence % {"file": row.file, "place": row.place}
        if row.values.get("yearly") and begins.year != ends.year:
            sentence = _("%(file)s, %(place)s: what comes again each year begins and ends in one year; mend its days.")
            yield sentence % {"file": row.file, "place": row.place}


def _unknown_categories(rows: dict[str, list[_Row]]) -> Iterator[str]:
    known = [row.values["key"] for row in rows["post_group"]]
    for file, place, values in rows["catalogue_post"]:
        if values["category"] not in known:
            sentence = _("%(file)s, %(place)s › %(field)s: “%(value)s” does not fit; write %(expected)s.")
            told = {"file": file, "place": place, "field": "category", "value": values["category"]}
            yield sentence % (told | {"expected": ", ".join(known)})


_NAMED_BY_PROGRAMME = (
    ("programme", "lines", "line"),
    ("stage", "programme", "programme"),
    ("carrier", "programme", "programme"),
    ("tier", "carrier", "carrier"),
    ("task", "programme", "programme"),
    ("task", "lines", "line"),
)


def _faults_of_schemes(rows: dict[str, list[_Row]]) -> Iterator[str]:
    """What a scheme rests on, its numbers, and the kinds and indicators it names."""
    kinds = {row.values["key"] for row in rows["body_kind"]}
    indicators = {row.values["key"] for row in rows["indicator"]}
    for file, place, values in rows["scheme"]:
        gaps = {"file": file, "place": place}
        asked = {each["indicator"] for each in values["items"] if "indicator" in each}
        for key in sorted({*values["kinds"]} - kinds | asked - indicators):
            sentence = _("%(file)s, %(place)s: nothing is called “%(key)s”; mend its spelling or define it.")
            yield sentence % (gaps | {"key": key})
        for problem in faults_of_scheme(values):
            yield _("%(file)s, %(place)s: %(problem)s") % (gaps | {"problem": problem})


def _faults_of_selections(rows: dict[str, list[_Row]]) -> Iterator[str]:
    """Numbers that cannot be, and marks that a rule names and nobody has."""
    for file, place, values in rows["selection_rule"]:
        for problem in faults_of_selection(values):
            yield _("%(file)s, %(place)s: %(problem)s") % {"file": file, "place": place, "problem": problem}


def _faults_of_reviews(rows: dict[str, list[_Row]]) -> Iterator[str]:
    """What rules of a review may not be, and two of one line."""
    lines: set[str] = set()
    for file, place, values in rows["review_rule"]:
        gaps = {"file": file, "place": place}
        if values["line"] in lines:
            yield _("%(file)s, %(place)s: this line has rules already; write them in one place.") % gaps
        lines.add(values["line"])
        for problem in faults_of_review(values):
            yield _("%(file)s, %(place)s: %(problem)s") % (gaps | {"problem": problem})


def _faults_of_honours(rows: dict[str, list[_Row]]) -> Iterator[str]:
    """What the rules on awards do not allow, and the kinds and lower honours it names."""
    kinds = {row.values["key"] for row in rows["body_kind"]}
    honours = {row.values["key"] for row in rows["honour"]}
    for file, place, values in rows["honour"]:
        gaps = {"file": file, "place": place}
        lower = {values["lower"]["honour"]} if "lower" in values else set()
        for key in sorted({*values.get("kinds", ())} - kinds | lower - honours):
            sentence = _("%(file)s, %(place)s: nothing is called “%(key)s”; mend its spelling or define it.")
            yield sentence % (gaps | {"key": key})
        for problem in faults_of_honour(values["holder"], values):
            yield _("%(file)s, %(place)s: %(problem)s") % (gaps | {"problem": problem})


def _faults_of_thresholds(rows: list[_Row]) -> Iterator[str]:
    until: dict[str, date] = {}
    for file, place, values in sorted(rows, key=lambda row: (row.values["key"], _day(row.values["since"]))):
        since, ends = _day(values["since"]), _day(values.get("until", date.max))
        if ends <= since:
            sentence = _("%(file)s, %(place)s: “until” is not after “since”; mend one of the two days.")
            yield sentence % {"file": file, "place": place}
        if since < until.get(values["key"], date.min):
            sentence = _("%(file)s, %(place)s: the version before still holds on %(day)s; give that one an “until”.")
            yield sentence % {"file": file, "place": place, "day": since}
        until[values["key"]] = ends


def _faults_of_years(rows: list[_Row]) -> Iterator[str]:
    for file, place, values in rows:
        for name in ("days_off", "days_worked"):
            for day in map(_day, values[name]):
                gaps = {"file": file, "place": place, "field": name, "day": day}
                if str(day.year) != values["key"]:
                    yield _("%(file)s, %(place)s › %(field)s: %(day)s is not of this year; move it.") % gaps
                if (day.weekday() < 5) != (name == "days_off"):
                    sentence = _("%(file)s, %(place)s › %(field)s: %(day)s is that by the week already; remove it.")
                    yield sentence % gaps


def _faults_of_days(path: Path, pack: Tables) -> Iterator[str]:
    for day in pack["official_days"]:
        file = _divisions_file(path, pack["key"], day)
        if not file.is_file():
            sentence = _("pack.toml: the official day %(day)s has no list; add %(file)s or remove the day.")
            yield sentence % {"day": day, "file": file.relative_to(path)}


def _divisions_file(path: Path, key: str, day: date | str) -> Path:
    return path / "divisions" / f"{key}-{day}.csv"


def _day(value: date | str) -> date:
    """TOML has days of its own; a day in quotation marks is one too."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def _pack(path: Path, tables: dict[str, Tables]) -> Pack:
    lists: dict[str, list[Tables]] = {name: [] for name in MAY_BE_MISSING}
    lists |= {name: [row.values for row in rows] for name, rows in _rows(tables)}

    def words(kind: type[Any], name: str, **more: str) -> list[Any]:
        return [kind(position=i, **values, **more) for i, values in enumerate(lists[name])]

    return Pack(
        key=tables["pack"]["key"],
        version=tables["pack"]["version"],
        names=tables["pack"]["names"],
        official_days=sorted(_day(day) for day in tables["pack"]["official_days"]),
        roles=words(Role, "role"),
        lines=words(Line, "line"),
        body_kinds=words(BodyKind, "body_kind"),
        office_kinds=[replace(kind, roles=sorted(kind.roles)) for kind in words(OfficeKind, "office_kind")],
        unit_kinds=words(UnitKind, "unit_kind"),
        forms=words(Form, "form"),
        choices=[choice for name in tables["choices"] for choice in words(Choice, name, list=name)],
        thresholds=[_threshold(row) for row in lists["threshold"]],
        readings=[Pronunciation(**row) for row in lists["reading"]],
        indicators=[_indicator(position, row) for position, row in enumerate(lists["indicator"])],
        place_classes=words(PlaceClass, "place_class"),
        checks=words(Check, "check"),
        joinings=words(Joining, "joining"),
        ceilings=words(Ceiling, "ceiling"),
        years=[_year(row) for row in lists["year"]],
        programmes=[replace(each, **_days(each, "begins_on", "ends_on")) for each in words(Programme, "programme")],
        stages=[replace(each, **_days(each, "begins_on", "ends_on", "key_date")) for each in words(Stage, "stage")],
        carriers=words(Carrier, "carrier"),
        tiers=words(Tier, "tier"),
        tasks=words(Task, "task"),
        event_kinds=words(EventKind, "event_kind"),
        contest_types=words(ContestType, "contest_type"),
        channels=words(Channel, "channel"),
        visit_norms=words(VisitNorm, "visit_norm"),
        customs=words(Custom, "custom"),
        post_groups=words(PostCategory, "post_group"),
        catalogue_posts=words(CataloguePost, "catalogue_post"),
        vague_words=words(VagueWord, "vague_word"),
        pledge_norms=words(PledgeNorm, "pledge_norm"),
        comment_kinds=words(CommentKind, "comment_kind"),
        hollow_phrases=words(HollowPhrase, "hollow_phrase"),
        telling_norms=words(TellingNorm, "telling_norm"),
        schemes=[_scheme(position, row) for position, row in enumerate(lists["scheme"])],
        statutes=words(Statute, "statute"),
        content_headings=words(ContentHeading, "content_heading"),
        selection_rules=[_selection(position, row) for position, row in enumerate(lists["selection_rule"])],
        review_rules=[_review_rule(position, row) for position, row in enumerate(lists["review_rule"])],
        honours=[_honour(position, row) for position, row in enumerate(lists["honour"])],
        path=path,
        sha256=_digest(path),
    )


def _days(each: Any, *names: str) -> dict[str, date | None]:
    return {name: _day(day) if (day := getattr(each, name)) else None for name in names}


def _indicator(position: int, row: Tables) -> Indicator:
    definition = {name: row[name] for name in DEFINED if name in row}
    return Indicator(position=position, definition=definition, **{k: v for k, v in row.items() if k not in DEFINED})


def _scheme(position: int, row: Tables) -> Scheme:
    definition = {name: value for name, value in row.items() if name not in BESIDE_SCHEME}
    beside = {name: row[name] for name in BESIDE_SCHEME if name in row}
    return Scheme(position=position, definition=definition, **beside | {"in_force": _day(row["in_force"])})


def _selection(position: int, row: Tables) -> SelectionRule:
    beside = {name: row[name] for name in ("key", "names", "source")}
    definition = {name: value for name, value in row.items() if name not in beside}
    return SelectionRule(position=position, definition=definition, **beside)


def _review_rule(position: int, row: Tables) -> ReviewRule:
    definition = {name: value for name, value in row.items() if name not in BESIDE_RULES}
    return ReviewRule(position=position, definition=definition, **{name: row[name] for name in BESIDE_RULES})


def _honour(position: int, row: Tables) -> Honour:
    definition = {name: value for name, value in row.items() if name not in BESIDE_HONOUR}
    beside = {name: row[name] for name in BESIDE_HONOUR if name in row}
    return Honour(position=position, definition=definition, **beside | {"in_force": _day(row["in_force"])})


def _threshold(row: Tables) -> Threshold:
    days = {"since": _day(row["since"]), "until": _day(row["until"]) if "until" in row else None}
    return Threshold(**{"unverified": "", **row, **days})


def _year(row: Tables) -> Year:
    return Year(**{**row, **{name: sorted(map(_day, row[name])) for name in ("days_off", "days_worked")}})


def _digest(path: Path) -> str:
    """Changes with the name or content of any file that the pack is read from."""
    digest = hashlib.sha256()
    for file in sorted([*path.glob("*.toml"), *path.glob("divisions/*.csv")]):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(path).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
