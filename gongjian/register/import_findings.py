"""What the import pages tell about a draft: what was found, what would be written, and how far its job has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from gongjian.chronicle.models import Act

from .imports.apply import IMPORTED
from .imports.staging import READING
from .imports.undo import DAYS, UNDONE
from .models import BodyKind, ImportDraft, UnitKind
from .models.words import spoken

State = ImportDraft.State
WORKER_SILENT = timedelta(seconds=30)  # a living worker tells so every ten

STATES: dict[str, tuple[str, str, str | Promise]] = {
    State.UPLOADED: ("", "s-draft", gettext_lazy("Columns to confirm")),
    State.CHECKING: ("calm", "s-doing", gettext_lazy("Being checked")),
    State.CHECKED: ("warn", "s-todo", gettext_lazy("Checked, not yet written")),
    State.APPLYING: ("calm", "s-doing", gettext_lazy("Being written")),
    State.APPLIED: ("ok", "s-done", gettext_lazy("In the register")),
    State.UNDONE: ("", "s-redo", gettext_lazy("Taken back")),
    State.FAILED: ("late", "s-late", gettext_lazy("Could not be read")),
}
VERDICTS: dict[str, str | Promise] = {
    "add": gettext_lazy("New"),
    "change": gettext_lazy("Changed"),
    "end": gettext_lazy("Ended"),
    "same": gettext_lazy("Already so"),
    "repeat": gettext_lazy("Repeated"),
    "problem": gettext_lazy("To mend"),
}
WRITES = ("add", "change", "end")


def counted(number: int) -> str:
    return f"{number:,}"


@dataclass(frozen=True)
class Part:
    """A stretch of the bar: how many rows share one fate."""

    shade: str
    name: str
    count: int
    is_wide: bool


@dataclass(frozen=True)
class Findings:
    """What the check found, ready to be shown."""

    rows: int
    sound: int
    wrong: int
    skipped: int
    headline: str
    parts: list[Part]
    heads: list[str]
    lines: list[tuple[str, list[int]]]
    totals: list[int]

    @property
    def in_words(self) -> str:
        """The bar for who cannot see it."""
        return "; ".join(f"{part.name} {counted(part.count)}" for part in self.parts)


def findings_of(draft: ImportDraft) -> Findings:
    verdicts = {verdict: int(draft.counts.get("verdicts", {}).get(verdict, 0)) for verdict in VERDICTS}
    rows = int(draft.counts.get("rows", draft.row_count))
    sound = sum(verdicts[verdict] for verdict in WRITES)
    shown = [verdict for verdict in VERDICTS if verdict in WRITES or verdicts[verdict]]
    by_kind: Mapping[str, Mapping[str, int]] = draft.counts.get("kinds", {})
    names = _kind_names(draft.kind)
    places = {key: place for place, key in enumerate(names)}
    return Findings(
        rows=rows,
        sound=sound,
        wrong=verdicts["problem"],
        skipped=int(draft.counts.get("skipped", 0)),
        headline=_headline(rows, sound, verdicts["problem"]),
        parts=_parts(rows, sound, verdicts, _("Written") if draft.state == State.APPLIED else _("Can be imported")),
        heads=[str(VERDICTS[verdict]) for verdict in shown],
        lines=[
            (names.get(kind, _("Kind not known")), [int(counts.get(verdict, 0)) for verdict in shown])
            for kind, counts in sorted(by_kind.items(), key=lambda line: places.get(line[0], len(places)))
        ],
        totals=[verdicts[verdict] for verdict in shown],
    )


def _kind_names(kind: str) -> dict[str, str]:
    model: Any = UnitKind if kind == "units" else BodyKind
    return {key: spoken(names) for key, names in model.objects.values_list("key", "names")}


def _headline(rows: int, sound: int, wrong: int) -> str:
    gaps = {"rows": counted(rows), "sound": counted(sound), "wrong": counted(wrong)}
    if not rows:
        return _("There are no rows below the headings")
    if wrong and not sound:
        return _("Of %(rows)s rows none can be imported yet; rows to mend: %(wrong)s") % gaps
    if wrong:
        return _("Of %(rows)s rows %(sound)s can be imported; rows to mend: %(wrong)s") % gaps
    if not sound:
        return _("Nothing to import: the register already says what the %(rows)s rows say") % gaps
    if sound == rows:
        return _("All %(rows)s rows can be imported") % gaps
    return _("Of %(rows)s rows %(sound)s can be imported; with the others there is nothing to do") % gaps


def _parts(rows: int, sound: int, verdicts: Mapping[str, int], fate: str) -> list[Part]:
    shares = [
        ("q4", fate, sound),
        ("q0", str(VERDICTS["same"]), verdicts["same"]),
        ("qx", str(VERDICTS["repeat"]), verdicts["repeat"]),
        ("q2", str(VERDICTS["problem"]), verdicts["problem"]),
    ]
    return [Part(shade, name, count, count * 4 > rows) for shade, name, count in shares if count]


# == what was written ==
def written_rows(draft: ImportDraft) -> int:
    """How many rows the file has written and not taken back."""
    return sum(count for _verdict, count in written_counts(draft))


def written_counts(draft: ImportDraft) -> list[tuple[str, int]]:
    """What the file has written and not taken back, by verdict."""
    acts = _standing_acts([draft])[draft.pk]
    counts = {verdict: sum(int(act.facts.get(verdict, 0)) for act in acts) for verdict in WRITES}
    return [(str(VERDICTS[verdict]), count) for verdict, count in counts.items() if count]


def undo_days(drafts: Iterable[ImportDraft]) -> dict[int, date]:
    """Draft → the last day on which its import can be taken back, counted from the first rows it wrote. One query."""
    return {
        pk: timezone.localdate(acts[0].at) + timedelta(days=DAYS) for pk, acts in _standing_acts(drafts).items() if acts
    }


def _standing_acts(drafts: Iterable[ImportDraft]) -> dict[int, list[Act]]:
    """Draft → its imports since it was last taken back, oldest first."""
    subjects = {draft.subject: draft.pk for draft in drafts}
    standing: dict[int, list[Act]] = {pk: [] for pk in subjects.values()}
    for act in Act.objects.filter(subject__in=subjects, verb__in=[IMPORTED, UNDONE]).order_by("id"):
        if act.verb == UNDONE:
            standing[subjects[act.subject]].clear()
        else:
            standing[subjects[act.subject]].append(act)
    return standing


def has_written(draft: ImportDraft) -> bool:
    """Whether the draft was ever written, taken back or not: then it is kept."""
    return Act.objects.filter(subject=draft.subject).exists()


# == jobs ==
@dataclass(frozen=True)
class Job:
    """Long work on a draft: what it is, how far it has come, and whether anybody does it."""

    label: str
    percent: int
    rows: int
    is_waiting: bool
    is_nobody_there: bool

    @property
    def is_measured(self) -> bool:
        return 0 < self.percent < 100


def job_of(draft: ImportDraft) -> Job | None:
    """The work under way or waiting for the worker; None if there is none. Two queries at most."""
    labels = {
        State.CHECKING: _("Checking the rows"),
        State.APPLYING: _("Writing into the register"),
    }
    if draft.state == State.CHECKING and 0 < draft.progress < READING:
        return Job(_("Reading the file"), draft.progress, 0, False, False)
    if draft.state in labels:
        return Job(labels[State(draft.state)], draft.progress, draft.row_count, False, False)
    waiting = ProcrastinateJob.objects.filter(queued(), args__draft_id=draft.pk).only("task_name", "status").first()
    if waiting is None:
        return None
    if "undo" in waiting.task_name:
        is_begun = waiting.status == "doing"
        percent, nobody = (draft.progress, False) if is_begun else (0, not is_worker_alive())
        return Job(_("Taking the import back"), percent, draft.row_count, not is_begun, nobody)
    label = labels[State.APPLYING if "apply" in waiting.task_name else State.CHECKING]
    return Job(label, 0, draft.row_count, True, not is_worker_alive())


def queued() -> Q:
    """Jobs that wait, or that a living worker does."""
    return Q(status="todo") | Q(status="doing", worker__last_heartbeat__gt=timezone.now() - WORKER_SILENT)


def is_worker_alive() -> bool:
    return ProcrastinateWorker.objects.filter(last_heartbeat__gt=timezone.now() - WORKER_SILENT).exists()
