"""The pages of a reconciliation: send a list, see how far the work is, accept what is sure, write it, take it back.

They are for whoever may change the register; for everybody else they do not exist. Single findings: `findings.py`.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from gongjian.ui.keyset import page_of

from .. import undo as undoing
from ..actions import Refused
from ..import_findings import WORKER_SILENT, Job, counted, is_worker_alive
from ..models import Reconciliation, Unit
from ..queries.reconciliations import Overview, overview, stretches
from ..reconciliation_forms import ListForm
from ..reconciliations import applying, comparing, deciding
from ..reconciliations.comparing import SMALL, State
from ..reconciliations.reading import ListRefused
from ..tasks import apply_list, compare_list
from .door import DayRequest, keepers_only

ON_A_PAGE = 30
STATES: dict[str, tuple[str, str, str | Promise]] = {
    State.ASKED: ("late", "s-late", gettext_lazy("Is it whole?")),
    State.READ: ("", "s-draft", gettext_lazy("Read, not compared")),
    State.COMPARING: ("calm", "s-doing", gettext_lazy("Being compared")),
    State.OPEN: ("warn", "s-todo", gettext_lazy("To be decided")),
    State.APPLYING: ("calm", "s-doing", gettext_lazy("Being written")),
    State.APPLIED: ("ok", "s-done", gettext_lazy("In the register")),
    State.UNDONE: ("", "s-redo", gettext_lazy("Taken back")),
    State.FAILED: ("late", "s-late", gettext_lazy("Could not be compared")),
}
WRITTEN: dict[str, str | Promise] = {
    "continues": gettext_lazy("Go on, some under another name, code or town"),
    "new": gettext_lazy("Opened"),
    "merged": gettext_lazy("Ended, merged into another"),
    "split": gettext_lazy("Ended, divided among several"),
    "closed": gettext_lazy("Closed"),
    "unknown": gettext_lazy("Ended, not known in what they went on"),
    "changed": gettext_lazy("Go on under another name, code, place or address"),
    "left": gettext_lazy("Left as they are"),
}
DELETABLE = {State.ASKED, State.READ, State.OPEN, State.FAILED}


def reconciliation_or_404(reconciliation_id: int) -> Reconciliation:
    try:
        return comparing.look(reconciliation_id)
    except Reconciliation.DoesNotExist:
        raise Http404 from None


def back_to(reconciliation: Reconciliation) -> HttpResponse:
    return redirect("reconciliation", reconciliation.pk)


def trail_of(reconciliation: Reconciliation, *below: str) -> list[tuple[str, str | None]]:
    above: list[tuple[str, str | None]] = [(_("Reconciliations"), reverse("reconciliations"))]
    if not below:
        return [*above, (reconciliation.filename, None)]
    here = reverse("reconciliation", args=[reconciliation.pk])
    return [*above, (reconciliation.filename, here), *((step, None) for step in below)]


# == the list, and a new one ==
@keepers_only
@require_GET
def all_lists(request: DayRequest) -> HttpResponse:
    return _list_page(request, ListForm(stretches=stretches(request.today)))


@keepers_only
@require_POST
def send(request: DayRequest) -> HttpResponse:
    """Take a list in and compare it; a small one at once. One that is refused says why, and nothing is kept."""
    form = ListForm(request.POST, request.FILES, stretches=stretches(request.today))
    if not form.is_valid():
        return _list_page(request, form, status=422)
    try:
        made = _taken_in(request, form.cleaned_data)
    except ListRefused as refused:
        return _list_page(request, form, status=422, reasons=refused.sentences)
    except Refused as refused:
        return _list_page(request, form, status=422, reasons=[str(refused)])
    if twin := _open_twin(made):
        comparing.discard(made)
        messages.info(request, _("You have sent this very list already. Here it is, with what has been decided."))
        return back_to(twin)
    if made.state == State.READ:
        _compare(request, made)
    return back_to(made)


def _taken_in(request: DayRequest, sent: dict[str, Any]) -> Reconciliation:
    file: UploadedFile = sent["file"]
    when: dict[str, Any] = {"as_of": sent["as_of"], "today": request.today, "by": request.user}
    if sent["kind"] == Reconciliation.Kind.FIRMS:
        within = Unit.objects.get(pk=sent["within"])
        return comparing.start_firms(file, str(file.name), within=within, **when)
    return comparing.start(file, str(file.name), **when)


def _open_twin(made: Reconciliation) -> Reconciliation | None:
    still = [State.ASKED, State.READ, State.COMPARING, State.OPEN]
    same = Reconciliation.objects.filter(sha256=made.sha256, as_of=made.as_of, within=made.within, state__in=still)
    return same.exclude(pk=made.pk).first()


def _list_page(
    request: DayRequest, form: ListForm, status: int = 200, reasons: list[str] | None = None
) -> HttpResponse:
    page = page_of(
        Reconciliation.objects.select_related("by", "act").defer("standing"),
        ["-id"],
        size=ON_A_PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    facts = {
        "form": form,
        "reasons": reasons,
        "page": page,
        "rows": [(each, STATES[each.state], undo_until(each)) for each in page.rows],
        "trail": [(_("Reconciliations"), None)],
    }
    return render(request, "register/reconciliations.html", facts, status=status)


def undo_until(reconciliation: Reconciliation) -> date | None:
    """The last day on which it can be taken back; None if nothing of it is in the register."""
    if reconciliation.state != State.APPLIED or reconciliation.act is None or not _has_findings(reconciliation):
        return None
    return timezone.localdate(reconciliation.act.at) + timedelta(days=undoing.DAYS)


def _has_findings(reconciliation: Reconciliation) -> bool:
    """A list that was loaded with the sample city has none."""
    return bool(reconciliation.counts.get("findings"))


# == comparing ==
def _compare(request: DayRequest, reconciliation: Reconciliation) -> None:
    """Short lists while one waits, long ones by the worker."""
    if reconciliation.counts["rows"] > SMALL:
        defer_once(compare_list, reconciliation, reconciliation_id=reconciliation.pk)
        return
    try:
        comparing.compare(reconciliation)
    except Refused as refused:
        messages.error(request, str(refused))


def defer_once(task: Any, reconciliation: Reconciliation, **what: Any) -> None:
    """Once only: what is asked again while it waits, is under way or has just been done, is not done again."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        held = Reconciliation.objects.select_for_update(no_key=True).get(pk=reconciliation.pk)
        if held.state != reconciliation.state or job_of(held):
            return
        task.configure(queueing_lock=f"reconciliation {reconciliation.pk}").defer(**what)


@keepers_only
@require_POST
def confirm(request: DayRequest, reconciliation_id: int) -> HttpResponse:
    """The list is whole although half its rows are gone."""
    reconciliation = reconciliation_or_404(reconciliation_id)
    if reconciliation.state == State.ASKED:
        _compare(request, comparing.confirm(reconciliation))
    return back_to(reconciliation)


@keepers_only
@require_POST
def compare(request: DayRequest, reconciliation_id: int) -> HttpResponse:
    """Compare again with the register as it is now."""
    reconciliation = reconciliation_or_404(reconciliation_id)
    if State.COMPARING in comparing.MOVES[reconciliation.state] and not job_of(reconciliation):
        _compare(request, reconciliation)
    return back_to(reconciliation)


# == the work ==
@keepers_only
@require_GET
def overview_page(request: DayRequest, reconciliation_id: int) -> HttpResponse:
    reconciliation = reconciliation_or_404(reconciliation_id)
    facts: dict[str, Any] = {
        "reconciliation": reconciliation,
        "state": STATES[reconciliation.state],
        "job": job_of(reconciliation),
        "poll_href": reverse("reconciliation-job", args=[reconciliation.pk]),
        "may_delete": reconciliation.state in DELETABLE and reconciliation.act_id is None,
        "undo_until": undo_until(reconciliation),
        "written": _written(reconciliation),
        "where": stretches(reconciliation.as_of).get(reconciliation.within_id or 0, ""),
        "trail": trail_of(reconciliation),
    }
    if (
        not facts["job"]
        and reconciliation.state in {State.OPEN, State.UNDONE, State.APPLIED}
        and _has_findings(reconciliation)
    ):
        work = overview(reconciliation)
        facts |= {"work": work, "parts": _parts(work), "forbids": _forbids(reconciliation, work)}
    return render(request, "register/reconciliation.html", facts)


def _written(reconciliation: Reconciliation) -> list[tuple[str, int]]:
    if reconciliation.state != State.APPLIED:
        return []
    counts = reconciliation.counts.get("written", {})
    return [(str(word), counts[key]) for key, word in WRITTEN.items() if counts.get(key)]


def _parts(work: Overview) -> list[tuple[str, str, int, bool]]:
    """The bar: shade, word, count, whether the word fits into it."""
    total = work.total
    decided = sum(total.all.values()) - sum(total.open.values())
    shares = [
        ("q4", _("Decided"), decided),
        ("q2", _("Sure, not yet accepted"), total.open["sure"]),
        ("q1", _("Doubtful"), total.open["doubtful"]),
        ("qx", _("Not known"), total.open["unknown"]),
    ]
    return [(shade, word, count, count * 5 > sum(total.all.values())) for shade, word, count in shares if count]


def _forbids(reconciliation: Reconciliation, work: Overview) -> list[str]:
    """What stands against writing it now, beside what is plainly open."""
    if reconciliation.state == State.APPLIED or work.total.open["sure"]:
        return []
    return applying.forbids_applying(reconciliation, with_open=True)


@keepers_only
@require_POST
def accept(request: DayRequest, reconciliation_id: int) -> HttpResponse:
    """All sure ones in one step; of one county, if it is named."""
    reconciliation = reconciliation_or_404(reconciliation_id)
    try:
        count = deciding.accept_sure(reconciliation, by=request.user, county=request.POST.get("county"))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(count)s findings are accepted.") % {"count": counted(count)})
    return back_to(reconciliation)


# == writing and taking back ==
@keepers_only
@require_POST
def apply(request: DayRequest, reconciliation_id: int) -> HttpResponse:
    """Write it all, or nothing; much of it by the worker. Asked twice it is done once."""
    reconciliation = reconciliation_or_404(reconciliation_id)
    with_open = "with_open" in request.POST
    if reconciliation.state == State.APPLIED:
        messages.info(request, _("This has been done already. Nothing was written twice."))
        return back_to(reconciliation)
    if job_of(reconciliation):
        return back_to(reconciliation)
    try:
        if not applying.is_long(reconciliation):
            applying.apply(reconciliation, by=request.user, today=request.today, with_open=with_open)
        elif reasons := applying.forbids_applying(reconciliation, with_open=with_open):
            messages.error(request, " ".join(reasons))
        else:
            ids = {"reconciliation_id": reconciliation.pk, "by_id": request.user.pk}
            defer_once(apply_list, reconciliation, **ids, with_open=with_open)
    except Refused as refused:
        messages.error(request, str(refused))
    return back_to(reconciliation)


@keepers_only
@require_http_methods(["GET", "POST"])
def undo(request: DayRequest, reconciliation_id: int) -> HttpResponse:
    """GET says what would be taken back, or what stands on it; POST takes it back."""
    reconciliation = reconciliation_or_404(reconciliation_id)
    until = undo_until(reconciliation)
    if until is None:
        return back_to(reconciliation)
    if request.method == "POST":
        try:
            applying.undo(reconciliation, by=request.user, today=request.today)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("reconciliation-undo", reconciliation.pk)
        messages.success(
            request, _("The list is taken back. The register is as it was before; the decisions are kept.")
        )
        return back_to(reconciliation)
    reasons = applying.standing_on_it(reconciliation)
    if until < request.today:
        reasons.append(_("It could be taken back until %(day)s. Correct single entries instead.") % {"day": until})
    facts = {
        "reconciliation": reconciliation,
        "reasons": reasons,
        "written": _written(reconciliation),
        "trail": trail_of(reconciliation, _("Take back")),
    }
    return render(request, "register/reconciliation_undo.html", facts)


@keepers_only
@require_POST
def delete(request: DayRequest, reconciliation_id: int) -> HttpResponse:
    reconciliation = reconciliation_or_404(reconciliation_id)
    if job_of(reconciliation):
        return back_to(reconciliation)
    if reconciliation.state not in DELETABLE or reconciliation.act_id is not None:
        messages.error(request, _("This has been written into the register, so it is kept."))
        return back_to(reconciliation)
    comparing.discard(reconciliation)
    messages.success(
        request, _("“%(file)s” is thrown away. The register was not touched.") % {"file": reconciliation.filename}
    )
    return redirect("reconciliations")


# == long work ==
@keepers_only
@require_GET
def job(request: DayRequest, reconciliation_id: int) -> HttpResponse:
    """How far the work is, for the page that waits for it."""
    reconciliation = reconciliation_or_404(reconciliation_id)
    at_work = job_of(reconciliation)
    facts: dict[str, Any] = {"reconciliation": reconciliation, "job": at_work, "poll_href": request.path}
    if not at_work:
        facts["said"] = reconciliation.failure or str(STATES[reconciliation.state][2])
    return render(request, "register/reconciliation_job.html", facts)


def job_of(reconciliation: Reconciliation) -> Job | None:
    """The work under way or waiting for the worker; None if there is none."""
    labels = {State.COMPARING: _("Comparing the list"), State.APPLYING: _("Writing into the register")}
    rows = int(reconciliation.counts.get("rows", 0))
    if reconciliation.state in labels:
        return Job(labels[State(reconciliation.state)], reconciliation.progress, rows, False, False)
    alive = timezone.now() - WORKER_SILENT
    queued = Q(status="todo") | Q(status="doing", worker__last_heartbeat__gt=alive)
    waiting = ProcrastinateJob.objects.filter(queued, args__reconciliation_id=reconciliation.pk).first()
    if waiting is None:
        return None
    label = labels[State.APPLYING if "apply" in waiting.task_name else State.COMPARING]
    return Job(label, 0, rows, True, not is_worker_alive())
