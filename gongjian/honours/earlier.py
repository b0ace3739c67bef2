"""A file of honours given earlier: each row is looked at, all of it is entered at once, and taken back as one.

Only of units and organisations: a person is not put on a list by somebody else. What has no document under an address
is entered and not published.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.imports import cells
from gongjian.register.imports.sheets import Table, Unreadable, open_table
from gongjian.register.models import Body, BodyEntry, UnitEntry
from gongjian.register.refusals import Refused

from .access import account_of, files_visible_to
from .calling import may_not
from .models import Award, AwardStep, EarlierFile, Honour
from .refusing import keeping
from .rules import rules_of
from .states import move_all

MOST_ROWS, DAYS = 5_000, 30
FIRST = date(1949, 10, 1)
COLUMNS = {
    "honour": ("荣誉名称", "荣誉", "称号", "honour"),
    "holder": ("获得者", "获奖单位", "单位名称", "集体名称", "holder"),
    "team": ("班组", "集体", "team"),
    "number": ("证书编号", "编号", "number"),
    "document": ("文号", "文件", "document"),
    "issuer": ("发文机关", "授予机关", "issuer"),
    "day": ("授予日期", "日期", "day"),
    "link": ("文件地址", "链接", "link"),
}
NEEDED = ("honour", "holder", "number", "issuer", "day")
LONGEST = {"team": 60, "number": 40, "document": 120, "issuer": 100, "link": 300}
Row = dict[str, Any]


@dataclass(frozen=True)
class _Known:
    """What rows are looked up in: honours by name, units and bodies of a name, numbers that are taken."""

    honours: dict[str, Honour]
    holders: dict[str, list[tuple[str, int, date, date | None]]]
    taken: set[str]


@in_sentences
def look_at(body: Body, file: UploadedFile[Any], *, today: date, now: datetime, by: Reader) -> EarlierFile:
    """What is in the file, row by row, and what is wrong with it. Nothing is entered yet. Raises Refused."""
    keeping(by, Body.objects.get(pk=body.pk))
    raw = list(_rows(file))
    if not raw:
        raise Refused(_("The file has no rows. Look at it, and send it again."))
    read = [(at, *_read_all(row)) for at, row in raw]
    known = _known([values for _at, values, _wrong in read])
    refused = {each.pk: may_not(body, each, rules_of(each.definition), today) for each in known.honours.values()}
    times = Counter(values["number"] for _at, values, _wrong in read)
    rows, problems = [], []
    for at, values, wrong in read:
        found = {} if wrong else _looked_at(values, known, refused, times, today, wrong)
        problems += [{"row": at, "said": each} for each in wrong]
        if not wrong:
            rows.append(found | {"row": at})
    return EarlierFile.objects.create(
        body=body, name=Path(str(file.name)).name[-200:], rows=rows, problems=problems, by=account_of(by), at=now
    )


def _rows(file: UploadedFile[Any]) -> Iterable[tuple[int, Row]]:
    with tempfile.NamedTemporaryFile(suffix=Path(str(file.name)).suffix[:10]) as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        try:
            table = open_table(copy.name, str(file.name))
            places = _places(table)
            for count, (at, row) in enumerate(table.rows()):
                if count >= MOST_ROWS:
                    raise Refused(_("More than 5,000 rows. Divide the file."))
                yield at, {name: row[place] if place is not None else None for name, place in places.items()}
        except Unreadable as unreadable:
            raise Refused(unreadable.sentence) from None


def _places(table: Table) -> dict[str, int | None]:
    """In which column each stands. Raises Refused for what is missing."""
    headings = [each.strip().casefold() for each in table.headers]
    places = {
        name: next((headings.index(word) for word in words if word in headings), None)
        for name, words in COLUMNS.items()
    }
    if missing := [COLUMNS[name][0] for name in NEEDED if places[name] is None]:
        raise Refused(_("The file lacks these columns: %(columns)s. Add them with just these headings.") % {
            "columns": _(", ").join(missing)
        })  # fmt: skip
    return places


def _known(read: list[Row]) -> _Known:
    names = {row["holder"] for row in read}
    numbers = [row["number"] for row in read]
    holders: dict[str, list[tuple[str, int, date, date | None]]] = {}
    for kind, rows in (("unit", UnitEntry.objects.filter(name__in=names)),
                       ("body", BodyEntry.objects.filter(name__in=names))):  # fmt: skip
        for each in rows:
            key = getattr(each, f"{kind}_id")
            holders.setdefault(each.name, []).append((kind, key, each.since, each.until))
    honours = {name: each for each in Honour.objects.all() for name in each.names.values()}
    return _Known(honours, holders, set(Award.objects.filter(number__in=numbers).values_list("number", flat=True)))


def _read_all(row: Row) -> tuple[Row, list[str]]:
    """The row as values – texts, and the day –, and which cells cannot be read."""
    wrong: list[str] = []
    read: Row = {name: _read(cells.text, row[name], wrong) or "" for name in COLUMNS if name != "day"}
    return read | {"day": _read(cells.day, row["day"], wrong)}, wrong


def _looked_at(
    read: Row, known: _Known, refused: dict[str, str], times: Counter[str], today: date, wrong: list[str]
) -> Row:
    """What is entered of the row; nothing, and in `wrong` why, where it cannot be."""
    day: date | None = read["day"]
    honour = known.honours.get(read["honour"])
    if honour is None:
        wrong.append(_("“%(name)s” is not in the catalogue. Write the honour as it is called there.") % {
            "name": read["honour"]
        })  # fmt: skip
    elif refused[honour.pk]:
        wrong.append(f"{read['honour']}: {refused[honour.pk]}")
    if day is None or not FIRST <= day <= today:
        wrong.append(_("The day is missing, is one to come, or lies before 1949. Write the day of the document."))
    for name in ("number", "issuer"):
        if not read[name]:
            wrong.append(_("“%(column)s” is empty. Fill it in.") % {"column": COLUMNS[name][0]})
    for name, most in LONGEST.items():
        if len(read[name]) > most:
            gaps = {"column": COLUMNS[name][0], "most": most}
            wrong.append(_("“%(column)s” has more than %(most)s characters. Shorten it.") % gaps)
    if read["number"] and (read["number"] in known.taken or times[read["number"]] > 1):
        wrong.append(_("The number “%(number)s” is there twice. Each certificate has its own.") % {
            "number": read["number"]
        })  # fmt: skip
    if read["link"] and not _is_address(read["link"]):
        wrong.append(_("The address of the document is none. Write it whole, with https://."))
    holder = _holder(read, known, honour, day, wrong) if honour and day else None
    if wrong or honour is None or day is None or holder is None:
        return {}
    return read | {"honour": honour.pk, "day": day.isoformat(), "kind": holder[0], "id": holder[1]}


def _read(reader: Callable[[object], Any], value: object, wrong: list[str]) -> Any:
    try:
        return reader(value)
    except cells.Bad as bad:
        wrong.append(str(bad))
        return None


def _is_address(link: str) -> bool:
    try:
        URLValidator(schemes=["http", "https"])(link)
    except ValidationError:
        return False
    return True


def _holder(read: Row, known: _Known, honour: Honour, day: date, wrong: list[str]) -> tuple[str, int] | None:
    """The one that was called so on the day; else on any day, if it is one only."""
    if honour.holder == "person":
        wrong.append(_("Honours of persons are not entered from a file: each agrees first."))
        return None
    all_of_them = [each for each in known.holders.get(read["holder"], ()) if each[0] == honour.holder]
    on_the_day = {each[:2] for each in all_of_them if each[2] <= day and (each[3] is None or day < each[3])}
    found = on_the_day or {each[:2] for each in all_of_them}
    if len(found) == 1:
        return next(iter(found))
    gaps = {"name": read["holder"]}
    wrong.append(
        _("Several are called “%(name)s”. Write which one under its full name.") % gaps if found
        else _("Nothing called “%(name)s” stands in the register. Mend the name, or enter it there first.") % gaps
    )  # fmt: skip
    return None


@in_sentences
def enter(earlier: EarlierFile, *, by: Reader) -> int:
    """All rows at once, in one act; those with a document under an address are published. Raises Refused."""
    found = _held(earlier, EarlierFile.State.CHECKED, by)
    if found.problems:
        raise Refused(_("Some rows are wrong. Mend them in the file and send it again: all come in, or none."))
    subject = f"honours.earlierfile:{found.pk}"
    act = record("honours.enter_earlier", by=by, subject=subject, facts={"rows": len(found.rows)})
    honours = {each.pk: each for each in Honour.objects.all()}
    made = Award.objects.bulk_create(_award(found, row, honours[row["honour"]]) for row in found.rows)
    published = [each for each in made if each.document and each.link]
    move_all(published, "publish", by=by, subject=subject, fields=())
    AwardStep.objects.bulk_create(
        AwardStep(award=each, verb="publish", on=each.awarded_on, act=act) for each in published
    )
    found.state, found.act = EarlierFile.State.ENTERED, act
    found.save(update_fields=["state", "act"])
    return len(made)


def _award(earlier: EarlierFile, row: Row, honour: Honour) -> Award:
    day = date.fromisoformat(row["day"])
    years = rules_of(honour.definition).recheck_years
    return Award(
        honour=honour, giver=earlier.body, earlier=earlier, year=day.year, awarded_on=day, number=row["number"],
        document=row["document"], issuer=row["issuer"], link=row["link"],
        recheck_on=date(day.year + years, day.month, min(day.day, 28)),
        team=row["team"] if row["kind"] == "unit" else "", **{f"{row['kind']}_id": row["id"]},
    )  # fmt: skip


@in_sentences
def undo(earlier: EarlierFile, *, today: date, by: Reader) -> int:
    """As if it had never been entered, within 30 days, and while nothing was done with it since. Raises Refused."""
    found = _held(earlier, EarlierFile.State.ENTERED, by)
    if found.act and timezone.localtime(found.act.at).date() + timedelta(days=DAYS) < today:
        raise Refused(_("This can be taken back for 30 days. Withdraw single honours instead."))
    rows = Award.objects.filter(earlier=found)
    touched = rows.filter(steps__act__gt=found.act_id).order_by("number").first()
    if touched is not None:
        raise Refused(_("Something was done with “%(number)s” since. It stays, and so does the file.") % {
            "number": touched.number
        })  # fmt: skip
    count = rows.count()
    record("honours.undo_earlier", by=by, subject=f"honours.earlierfile:{found.pk}", facts={"rows": count})
    rows.delete()
    found.state = EarlierFile.State.UNDONE
    found.save(update_fields=["state"])
    return count


def _held(earlier: EarlierFile, state: str, by: Reader) -> EarlierFile:
    rows = files_visible_to(by).select_for_update(of=("self",)).filter(pk=earlier.pk)
    found = rows.select_related("body", "act").first()
    if found is None:
        raise Refused(_("This file is not there any more, or not open to you."))
    keeping(by, found.body)
    if found.state != state:
        raise Refused(_("It is “%(state)s” now. Look at it again.") % {"state": found.get_state_display()})
    return found
