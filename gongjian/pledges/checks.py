"""What an outsider could not check in a pledge, what it is like, how many there are: told to who writes and reviews.

Each rule is a function of what is written. None of them refuses: a person decides, and says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from gongjian.register.access import Reader, body_entries_visible_to

from .access import pledges_visible_to
from .define import norms
from .models import Likeness, Pledge, VagueWord

# Words that promise more or less of something, without saying how much.
MORE_OR_LESS = re.compile(r"提高|提升|增加|减少|降低|下降|压缩|节约|翻番|increase|reduce|raise|lower|fewer|more ", re.I)
NUMBER = re.compile(r"[0-9０-９]|[一二三四五六七八九十百千万两]+[个名次件户条场天家人盏米元份]|百分之")


@dataclass(frozen=True)
class Written:
    """A pledge as it is written, with the words of its measures."""

    pledge: Pledge
    measures: Sequence[str]

    @property
    def words(self) -> str:
        return " ".join([self.pledge.title, *self.measures])


@dataclass(frozen=True)
class Found:
    """What a rule found: its name, and a sentence that says what to do."""

    rule: str
    said: str


Rule = Callable[[Written], str]


def no_baseline(written: Written) -> str:
    """More or less is promised, or a number, and nobody is told of how much it is now."""
    pledge = written.pledge
    if pledge.counted:
        return _("It does not say how much it is now. Add the number.") if pledge.baseline is None else ""
    if MORE_OR_LESS.search(written.words):
        return _("It promises more or less of something, without how much it is now and how much it will be.")
    return _("There is a number in it, but it is not counted. Say from how much to how much.") if (
        NUMBER.search(pledge.title)
    ) else ""  # fmt: skip


def no_target(written: Written) -> str:
    missing = written.pledge.counted and written.pledge.target is None
    return _("It does not say how much it will be. Add the number.") if missing else ""


def no_change(written: Written) -> str:
    pledge = written.pledge
    same = pledge.counted and pledge.target is not None and pledge.target == pledge.baseline
    return _("What is promised is there already. Say what will be different.") if same else ""


def no_unit(written: Written) -> str:
    missing = written.pledge.counted and not written.pledge.unit
    return _("It does not say what is counted. Add the unit.") if missing else ""


def no_evidence(written: Written) -> str:
    return "" if written.pledge.evidence else _("It does not say how one can tell that it is done.")


def no_day(written: Written) -> str:
    return "" if written.pledge.due_on else _("It does not say until when.")


def no_measure(written: Written) -> str:
    return "" if written.measures else _("It does not say what will be done. Add a measure or two.")


def nobody_responsible(written: Written) -> str:
    missing = written.pledge.person_id is None and not written.pledge.responsible
    return _("It does not say which office or group is responsible.") if missing else ""


def no_wish(written: Written) -> str:
    missing = written.pledge.kind == Pledge.Kind.PRACTICAL and not (written.pledge.wish or written.pledge.source)
    return _("It does not say which wish of the people it answers.") if missing else ""


RULES: dict[str, Rule] = {
    each.__name__: each
    for each in (
        no_baseline, no_target, no_change, no_unit, no_evidence, no_day, no_measure, nobody_responsible, no_wish,
    )
}  # fmt: skip
NEEDED = ("no_baseline", "no_target", "no_change", "no_unit", "no_evidence")  # of a counted pledge, before its review


def found_in(written: Written, vague: Iterable[str] = ()) -> list[Found]:
    """All that an outsider could not check, in the order of the rules, vague words last."""
    found = [Found(name, said) for name, rule in RULES.items() if (said := rule(written))]
    used = [word for word in vague if word.lower() in written.words.lower()]
    if used:
        words = " ".join(f"“{word}”" for word in used)
        said = _("Nobody can check these words: %(words)s. Say what is done.")
        found.append(Found("vague_words", said % {"words": words}))
    return found


def missing_of(written: Written) -> list[str]:
    """What keeps it from being handed in: what a counted pledge must have, and its day."""
    needed = NEEDED if written.pledge.counted else ()
    missing = [said for name in needed if (said := RULES[name](written))]
    if written.pledge.span != Pledge.Span.LONG:
        missing += [said] if (said := no_day(written)) else []
    return missing


def vague_words() -> list[str]:
    """In every language of the pack."""
    return [word for each in VagueWord.objects.all() for word in each.names.values()]


# == how many there are ==
@dataclass(frozen=True)
class Load:
    """How many pledges a body or a person has in a year, beside the numbers to begin with. `least` may be 0."""

    count: int
    least: int
    most: int

    @property
    def said(self) -> str:
        """A sentence where it is many or few, else nothing. It refuses nothing."""
        if self.count > self.most:
            gaps = {"count": self.count, "most": self.most}
            said = _("Pledges in this year: %(count)s; up to %(most)s are usual. Fewer, and kept, are worth more.")
            return said % gaps
        return ""


def load_of(pledge: Pledge) -> Load:
    """Of the same body or person in the same year, this one among them."""
    same = Pledge.objects.filter(body=pledge.body_id, person=pledge.person_id, year=pledge.year)
    count = same.exclude(state=Pledge.State.WITHDRAWN).count()
    numbers = norms()
    if pledge.person_id is not None:
        return Load(count, 0, numbers["person_most"])
    return Load(count, numbers["body_least"], numbers["body_most"])


# == what it is like ==
@dataclass(frozen=True)
class Alike:
    """Another pledge whose words are nearly the same; `name` of its body. Without a name of a person."""

    pledge: Pledge
    name: str
    percent: int


def alike(reader: Reader, pledge: Pledge, today: date, *, most: int = 5) -> list[Alike]:
    """The nearest ones among those that the reader may read. A fixed number of queries."""
    rows = Likeness.objects.filter(pledge=pledge, other__in=pledges_visible_to(reader))
    found = list(rows.select_related("other").order_by("-share", "other_id")[:most])
    entries = body_entries_visible_to(reader).on(today).filter(body__in=[each.other.body_id for each in found])
    names = dict(entries.values_list("body_id", "name"))
    return [Alike(each.other, names.get(each.other.body_id, ""), round(each.share * 100)) for each in found]
