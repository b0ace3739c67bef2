"""The findings as a workbook with a column for decisions, and decisions read back from it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from gongjian.ui.excel import Column

from ..access import Reader
from ..actions import Refused
from ..imports import cells
from ..imports.sheets import Unreadable, open_table
from ..imports.staging import copied
from ..models import Finding, Reconciliation
from .deciding import Decision, accept, choose, is_number, leave_unknown
from .words import Shown, decision_in_words, names_for, shown

NUMBER, DECISION = gettext_lazy("No."), gettext_lazy("Decision")
BATCH = 500
MOST_ALTERNATIVES = 4
LANGUAGES = ("zh-hans", "en")
ACCEPT_WORDS = gettext_lazy("accept, accepted, yes, y")
UNKNOWN_WORDS = gettext_lazy("unknown, not known, leave it")


# == out ==
def columns(reconciliation: Reconciliation) -> list[Column]:
    of = _("Town or street") if reconciliation.is_of_firms else _("County")
    heads = [
        Column(str(NUMBER), 8, "number"), Column(of, 12), Column(_("Level"), 12),
        Column(_("Until now"), 20), Column(_("Code until now"), 16), Column(_("Lies in"), 16),
        Column(_("What happened"), 44), Column(_("How sure"), 16), Column(_("Why"), 60),
    ]  # fmt: skip
    heads += [Column(_("Alternative %(number)s") % {"number": n}, 30) for n in range(1, MOST_ALTERNATIVES + 1)]
    return [*heads, Column(str(DECISION), 12), Column(_("Decided by"), 14), Column(_("Document"), 24)]


def lines(reconciliation: Reconciliation, findings: QuerySet[Finding]) -> Iterator[list[Any]]:
    counties = dict(reconciliation.counties)
    numbers = list(findings.order_by("number").values_list("number", flat=True))
    for start in range(0, len(numbers), BATCH):
        some = list(findings.filter(number__in=numbers[start : start + BATCH]).order_by("number"))
        names = names_for(reconciliation, some)
        yield from (_line(shown(each, names), counties) for each in some)


def _line(seen: Shown, counties: dict[str, str]) -> list[Any]:
    finding = seen.finding
    place = (seen.old or seen.new)[0]
    others = [f"{other.told} ({other.how_sure})" for other in seen.others[:MOST_ALTERNATIVES]]
    return [
        finding.number,
        counties.get(finding.county, ""),
        seen.level,
        place.name if seen.old else "",
        place.code if seen.old else "",
        place.within,
        seen.title,
        seen.how_sure,
        " ".join(seen.reasons),
        *(others + [""] * (MOST_ALTERNATIVES - len(others))),
        _decision_word(finding),
        finding.decided_by.name if finding.decided_by else "",
        str(finding.document or ""),
    ]


def _decision_word(finding: Finding) -> str:
    """As it may be typed again."""
    match finding.decision:
        case Decision.ACCEPTED:
            return _first(ACCEPT_WORDS)
        case Decision.CHOSEN:
            return str(finding.chosen)
        case Decision.UNKNOWN:
            return _first(UNKNOWN_WORDS)
    return ""


# == in ==
@dataclass
class Taken:
    """What came of a workbook: decisions set, rows that said nothing new, and what is wrong by row."""

    set: int = 0
    same: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)


def take_decisions(
    reconciliation: Reconciliation, file: IO[bytes] | File[bytes], filename: str, *, by: Reader | None
) -> Taken:
    """Set the decisions that are filled in. A blank cell decides nothing, and nobody's decision is written over.

    Raises Refused if the file is no such workbook.
    """
    taken = Taken()
    with tempfile.NamedTemporaryFile(suffix=Path(filename).suffix) as copy:
        copied(file, copy)
        try:
            typed = _typed(copy.name, filename, taken)
        except Unreadable as unreadable:
            raise Refused(unreadable.sentence) from None
    findings = {f.number: f for f in reconciliation.findings.filter(number__in=[n for _row, n, _word in typed])}
    for row, number, word in typed:
        finding = findings.get(number)
        if finding is None:
            taken.problems.append(
                (row, _("There is no finding %(number)s in this reconciliation.") % {"number": number})
            )
            continue
        try:
            _set(finding, word, by, taken)
        except Refused as refused:
            taken.problems.append((row, str(refused)))
    taken.problems.sort()
    return taken


def _typed(path: str, filename: str, taken: Taken) -> list[tuple[int, int, str]]:
    """(row, number of the finding, what stands in the column of decisions) of the rows that are filled in."""
    table = open_table(path, filename)
    at = [_column(table.headers, word) for word in (NUMBER, DECISION)]
    found = []
    for row, values in table.rows():
        try:
            number, word = cells.text(values[at[0]]), cells.text(values[at[1]]).strip().casefold()
        except cells.Bad as bad:
            taken.problems.append((row, bad.sentence))
            continue
        if word and is_number(number):
            found.append((row, int(number), word))
        elif word:
            taken.problems.append((row, _("The number of the finding is missing. Leave that column as it was.")))
    return found


def _column(headers: list[str], word: Any) -> int:
    for language in LANGUAGES:
        with override(language):
            if str(word) in headers:
                return headers.index(str(word))
    raise Refused(
        _("There is no column “%(name)s”. Take the findings along as a workbook, and fill in that one.")
        % {"name": word}
    )


def _set(finding: Finding, word: str, by: Reader | None, taken: Taken) -> None:
    if finding.decision != Decision.OPEN:
        if word in _words_of(finding):
            taken.same += 1
            return
        raise Refused(
            _("This is decided already: %(what)s Decide it otherwise on its page.")
            % {"what": decision_in_words(finding)}
        )
    if is_number(word):
        choose(finding, int(word), version=finding.version, by=by)
    elif word in _spellings(ACCEPT_WORDS):
        accept(finding, version=finding.version, by=by)
    elif word in _spellings(UNKNOWN_WORDS):
        leave_unknown(finding, version=finding.version, by=by)
    else:
        raise Refused(
            _("“%(word)s” is no decision. Write “%(accept)s”, the number of an alternative, or “%(unknown)s”.")
            % {"word": word, "accept": _first(ACCEPT_WORDS), "unknown": _first(UNKNOWN_WORDS)}
        )
    taken.set += 1


def _words_of(finding: Finding) -> set[str]:
    if finding.decision == Decision.CHOSEN:
        return {str(finding.chosen)}
    return _spellings(ACCEPT_WORDS if finding.decision == Decision.ACCEPTED else UNKNOWN_WORDS)


def _spellings(words: Any) -> set[str]:
    """In any language: an officer may open the workbook of another."""
    found: set[str] = set()
    for language in LANGUAGES:
        with override(language):
            found |= {word.casefold() for word in str(words).replace("、", ", ").split(", ")}
    return found


def _first(words: Any) -> str:
    return str(words).replace("、", ", ").split(", ")[0]
