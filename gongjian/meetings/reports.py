"""Reports of members: what plan and figures say by themselves, and words of one's own. Handed in, both stand still."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongjian.chronicle.record import keep_before, record
from gongjian.indicators.queries import last_read, place_figures
from gongjian.programme.access import items_visible_to, office_that_keeps
from gongjian.programme.models import PlanItem
from gongjian.register.access import Reader, body_entries_visible_to
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.refusals import Refused, check_texts

from .access import meetings_visible_to, members_on
from .models import LineReport, Meeting

MOST_ROWS = 20
FEWEST = 5  # a rate of fewer is not told
LATER = timedelta(days=92)


def facts_of(body: Body, reader: Reader, today: date) -> dict[str, Any]:
    """What the plan of the year and the last readings of its place say of a body. A fixed number of queries."""
    return {"day": today.isoformat(), "plan": _plan(body, reader, today), "figures": _figures(body, reader, today)}


def _plan(body: Body, reader: Reader, today: date) -> dict[str, list[dict[str, str]]]:
    """What of its items was finished, is late and why, and is due next."""
    own = Q(owner=body) | Q(plan__body=body)
    items = items_visible_to(reader).filter(own, plan__year=today.year).order_by("due_on", "pk")
    found: dict[str, list[dict[str, str]]] = {"finished": [], "late": [], "next": []}
    for each in items.exclude(state=PlanItem.State.DROPPED):
        row = {"title": each.title, "due_on": each.due_on.isoformat()}
        if each.state == PlanItem.State.DONE:
            found["finished"].append(row | {"done_on": each.done_on.isoformat() if each.done_on else ""})
        elif each.is_late(today):
            found["late"].append(row | {"reason": each.late_reason})
        elif each.due_on <= today + LATER:
            found["next"].append(row)
    return {name: rows[:MOST_ROWS] for name, rows in found.items()}


def _figures(body: Body, reader: Reader, today: date) -> list[dict[str, str | int]]:
    """The figures of the body's line at the place where it sits, as far as the reader may see them."""
    entry = body_entries_visible_to(reader).on(today).filter(body=body).first()
    run = last_read(today)
    if entry is None or run is None:
        return []
    found = place_figures(reader, entry.seat_id, run)
    with override(settings.LANGUAGE_CODE):
        return [
            {
                "name": str(each.indicator),
                "numerator": int(each.now.numerator),
                "denominator": int(each.now.denominator),
                "goal": f"{each.aim.target.goal:g}" if each.aim else "",
                "day": run.day.isoformat(),
            }
            for each in found
            if each.indicator.line_id == body.line_id and each.now and each.now.denominator >= FEWEST
        ]


@in_sentences
def save_report(meeting: Meeting, body: Body, *, text: str, by: Reader) -> LineReport:
    """A draft that is open to whoever keeps the plans of the body. Raises Refused."""
    meeting, office = _writing(meeting, body, by)
    text = text.strip().replace("\r\n", "\n")
    check_texts(LineReport, {"text": text})
    report, is_new = LineReport.objects.select_for_update().get_or_create(meeting=meeting, body=body)
    if report.is_handed_in:
        raise Refused(_("The report is handed in. Take it back, then change it."))
    act = record("meetings.save_report", by=by, subject=_subject(report), as_office=office)
    if not is_new:
        keep_before(act, LineReport._meta.db_table, "r.id = %s", [report.pk])
    report.text = text
    report.save(update_fields=["text"])
    return report


@in_sentences
def hand_in_report(report: LineReport, *, today: date, now: datetime, by: Reader) -> LineReport:
    """From now on host and members read it; plan and figures stand as they are today. Raises Refused."""
    _meeting, office = _writing(report.meeting, report.body, by)
    report = LineReport.objects.select_for_update().get(pk=report.pk)
    if report.is_handed_in:
        raise Refused(_("The report is handed in already."))
    act = record("meetings.hand_in_report", by=by, subject=_subject(report), as_office=office)
    keep_before(act, LineReport._meta.db_table, "r.id = %s", [report.pk])
    report.facts, report.handed_in_at = facts_of(report.body, by, today), now
    report.save(update_fields=["facts", "handed_in_at"])
    return report


@in_sentences
def take_back_report(report: LineReport, *, by: Reader) -> LineReport:
    """A draft again, until the meeting is held. Raises Refused."""
    _meeting, office = _writing(report.meeting, report.body, by)
    report = LineReport.objects.select_for_update().get(pk=report.pk)
    act = record("meetings.take_back_report", by=by, subject=_subject(report), as_office=office)
    keep_before(act, LineReport._meta.db_table, "r.id = %s", [report.pk])
    report.facts, report.handed_in_at = {}, None
    report.save(update_fields=["facts", "handed_in_at"])
    return report


def _writing(meeting: Meeting, body: Body, by: Reader) -> tuple[Meeting, str]:
    seen = meetings_visible_to(by).select_for_update(of=("self",)).select_related("series")
    found = seen.filter(pk=meeting.pk).first()
    if found is None or not members_on(found).filter(body=body).exists():
        raise Refused(_("This organisation is no member of the series on the day of the meeting."))
    office = office_that_keeps(by, Body.objects.get(pk=body.pk))
    if office is None:
        raise Refused(_("Its report is written by whoever keeps its yearly plan. Your office does not."))
    if found.state not in (Meeting.State.COLLECTING, Meeting.State.AGENDA_SET):
        raise Refused(_("The meeting was held or cancelled. Its reports stand as they are."))
    return found, office


def _subject(report: LineReport) -> str:
    return f"meetings.report:{report.pk}"
