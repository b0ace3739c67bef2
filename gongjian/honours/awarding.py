"""What becomes of an award: its document, publishing, looking at it again, warning, withdrawal; and the public name."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.asks import owing, sending
from gongjian.asks.models import Ask
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.authority.reach import reach_of
from gongjian.register.models import Body
from gongjian.register.refusals import Refused, check_texts

from .access import account_of, awards_kept_by, awards_visible_to
from .models import Award, AwardName, AwardStep
from .refusing import keeping, paper, texts
from .states import move, subject_of

DAYS_BEFORE, MINUTES, MOST_YEARS = 30, 10, 10  # settings, without a source


@in_sentences
def publish(
    award: Award, *, document: str, link: str = "", file: UploadedFile[Any] | None = None, today: date, by: Reader
) -> Award:
    """One that was entered without its document gets it, and everybody reads it. Raises Refused."""
    found, office = _held(award, by)
    said = texts(Award, {"document": document, "link": link}, {
        "document": _("Write the number and title of the document. Without one nothing is published."),
    })  # fmt: skip
    fields: dict[str, Any] = {"document": said["document"]} | paper(file, said["link"])
    _step(found, "publish", "", today, by, office, **fields)
    return found


@in_sentences
def keep(award: Award, *, reason: str, recheck_on: date, today: date, now: datetime, by: Reader) -> Award:
    """It was looked at again and stays, until the next time. Raises Refused."""
    found, office = _held(award, by)
    _within_years(recheck_on, today)
    _step(found, "keep", _reason(reason, _("Say what was found when it was looked at.")), today, by, office,
          recheck_on=recheck_on)  # fmt: skip
    _settle(found.giver, today, now, by)
    return found


@in_sentences
def warn(award: Award, *, reason: str, recheck_on: date, today: date, by: Reader) -> Award:
    """Something has to be put right until a day; else it is withdrawn. Everybody reads it. Raises Refused."""
    found, office = _held(award, by)
    if recheck_on <= today:
        raise Refused(_("Say until when it has to be put right: a day ahead."))
    _within_years(recheck_on, today)
    _step(found, "warn", _reason(reason, _("Say what has to be put right. Everybody reads it.")), today, by, office,
          recheck_on=recheck_on)  # fmt: skip
    return found


@in_sentences
def clear(award: Award, *, reason: str, recheck_on: date, today: date, now: datetime, by: Reader) -> Award:
    """It was put right. Raises Refused."""
    found, office = _held(award, by)
    _within_years(recheck_on, today)
    _step(found, "clear", _reason(reason, _("Say how it was put right.")), today, by, office, recheck_on=recheck_on)
    _settle(found.giver, today, now, by)
    return found


@in_sentences
def withdraw(award: Award, *, reason: str, today: date, now: datetime, by: Reader) -> Award:
    """It is held no more; the register keeps it, with the reason. Raises Refused."""
    found, office = _held(award, by)
    _step(found, "withdraw", _reason(reason, _("Say why it is withdrawn. Everybody reads it.")), today, by, office,
          ended_on=today)  # fmt: skip
    _settle(found.giver, today, now, by)
    return found


@in_sentences
def lapse(award: Award, *, reason: str, today: date, now: datetime, by: Reader) -> Award:
    """It has ended without a fault: the unit is gone, or its time is over. Raises Refused."""
    found, office = _held(award, by)
    _step(found, "lapse", _reason(reason, _("Say why it has ended.")), today, by, office, ended_on=today)
    _settle(found.giver, today, now, by)
    return found


def _held(award: Award, by: Reader) -> tuple[Award, str]:
    found = awards_kept_by(by).select_for_update(of=("self",)).filter(pk=award.pk).first()
    if found is None:
        raise Refused(_("Honours are kept by whoever keeps the yearly plan of the organisation that gave them."))
    return found, keeping(by, Body.objects.get(pk=found.giver_id))


def _within_years(recheck_on: date, today: date) -> None:
    if not today < recheck_on <= date(today.year + MOST_YEARS, today.month, min(today.day, 28)):
        raise Refused(_("Say a day ahead on which it is looked at again, within %(years)s years.") % {
            "years": MOST_YEARS
        })  # fmt: skip


def _reason(reason: str, missing: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Refused(missing)
    check_texts(AwardStep, {"reason": reason})
    return reason


def _step(award: Award, verb: str, reason: str, today: date, by: Reader, office: str, **fields: Any) -> None:
    act = move(award, verb, by=by, as_office=office, **fields)
    AwardStep.objects.create(award=award, verb=verb, on=today, reason=reason, act=act)


# == what is owed: looking again ==
def reference(giver: int) -> str:
    return f"honours.recheck:{giver}"


def due_with(giver: int, today: date) -> int:
    """How many of what it gave are to be looked at again within the next weeks."""
    until = today + timedelta(days=DAYS_BEFORE)
    states = (Award.State.STANDING, Award.State.WARNED)
    return Award.objects.filter(giver=giver, state__in=states, recheck_on__lte=until).count()


def owe_rechecks(today: date, now: datetime) -> None:
    """Each night: one ask of each body that gave what is to be looked at again soon, and no second one."""
    until = today + timedelta(days=DAYS_BEFORE)
    states = (Award.State.STANDING, Award.State.WARNED)
    rows = Award.objects.filter(state__in=states, recheck_on__lte=until).order_by()
    givers = set(rows.values_list("giver", flat=True).distinct())
    abouts = {reference(giver): giver for giver in givers}
    asked = Ask.objects.filter(sending__about__in=abouts, state=Ask.State.OPEN).values_list("sending__about", flat=True)
    for giver in Body.objects.filter(pk__in=givers - {abouts[about] for about in asked}).order_by("pk"):
        owing.owe(
            giver, about=reference(giver.pk), title=_("Look at honours again"), minutes=MINUTES,
            why=_("What this organisation gave is looked at again after some years: kept, warned or withdrawn."),
            href=reverse("honours_due"), due_on=until, today=today, now=now, by=None,
        )  # fmt: skip


def _settle(giver: Body, today: date, now: datetime, by: Reader) -> None:
    sending.hold()
    if not due_with(giver.pk, today):
        sending.close(reference(giver.pk), now=now, by=account_of(by))


# == the public name of a person ==
@in_sentences
def show_name(award: Award, *, name: str, by: Reader) -> AwardName:
    """The person lets everybody read of it, under this name. Raises Refused."""
    found = _own(award, by)
    said = texts(AwardName, {"name": name}, {})["name"]
    record("honours.show_name", by=by, subject=subject_of(found))
    made, _new = AwardName.objects.update_or_create(award=found, defaults={"name": said})
    return made


@in_sentences
def hide_name(award: Award, *, by: Reader) -> None:
    """And takes that back. Raises Refused."""
    found = _own(award, by)
    record("honours.hide_name", by=by, subject=subject_of(found))
    AwardName.objects.filter(award=found).delete()


def _own(award: Award, by: Reader) -> Award:
    found = awards_visible_to(by).select_for_update(of=("self",)).filter(pk=award.pk).first()
    own = reach_of(by).person_id
    if found is None or own is None or found.person_id != own:
        raise Refused(_("Only the person who was honoured decides whether everybody reads their name."))
    if not found.is_published:
        raise Refused(_("It is not published yet. Come back when it is."))
    return found
