"""What is done for those who are nurtured: begin, stages, to an application or to an honest end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.asks import owing, sending
from gongjian.asks.models import Ask
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, BodyEntry, Membership, Office, Person, Unit, UnitEntry
from gongjian.register.refusals import Refused

from .access import account_of, nurturings_visible_to, office_that_keeps, tends
from .models import Application, Honour, Nurturing, NurturingStage
from .refusing import keeping, texts
from .states import move, subject_of

MOST_STAGES, DAYS_BEFORE, MINUTES, LONGEST = 6, 14, 10, 1100  # settings, without a source


@in_sentences
def begin(
    keeper: Body,
    *,
    mentor: Person,
    aim: str,
    stages: Sequence[tuple[str, date]],
    unit: Unit | None = None,
    body: Body | None = None,
    person: Person | None = None,
    honour: Honour | None = None,
    agreed_how: str = "",
    today: date,
    by: Reader,
) -> Nurturing:
    """With a mentor and one stage at least. A person agrees first. Raises Refused."""
    keeper = Body.objects.select_for_update(no_key=True).get(pk=keeper.pk)  # two at once come one after the other
    office = keeping(by, keeper)
    said = texts(Nurturing, {"aim": aim, "agreed_how": agreed_how}, {"aim": _("Say for what it is to be an example.")})
    if [bool(unit), bool(body), bool(person)].count(True) != 1:
        raise Refused(_("Say who is nurtured: one unit, one organisation or one person."))
    if wrong := _cannot(keeper, unit, body, person, today):
        raise Refused(wrong)
    if person is not None and not said["agreed_how"]:
        raise Refused(_("Say how the person agreed, and when. Without that nobody is nurtured."))
    if mentor == person or not Office.objects.filter(person=mentor, valid__contains=today).exists():
        raise Refused(_("A mentor is somebody else, who holds an office today."))
    same = Nurturing.objects.filter(unit=unit, body=body, person=person, keeper=keeper, state=Nurturing.State.GROWING)
    if same.exists():
        raise Refused(_("You nurture this one already. Add a stage there."))
    made = Nurturing.objects.create(
        keeper=keeper, mentor=mentor, honour=honour, begun_on=today, unit=unit, body=body, person=person, **said
    )
    _add(made, stages, today)
    record("honours.nurture", by=by, subject=subject_of(made), facts={"keeper": keeper.pk}, as_office=office)
    return made


def _cannot(keeper: Body, unit: Unit | None, body: Body | None, person: Person | None, today: date) -> str:
    """Nobody nurtures what is none of theirs: the body itself, one below it, where one of these sits, its people."""
    below = BodyEntry.objects.filter(body__line=keeper.line_id, valid__contains=today)
    below = below.filter(body__line_path__startswith=keeper.line_path) if keeper.line_path else below.none()
    if unit is not None:
        stands = UnitEntry.objects.filter(unit=unit, valid__contains=today).exists()
        if not stands or not below.filter(seat=unit).exists():
            return _("Choose a unit where your organisation, or one below it, sits.")
    if body is not None and not below.filter(body=body).exists():
        return _("Choose your own organisation, or one below it in the line.")
    if person is not None:
        here = {"person": person, "body__in": below.values("body"), "valid__contains": today}
        if not (Office.objects.filter(**here).exists() or Membership.objects.filter(**here).exists()):
            return _("Choose somebody who belongs to your organisation, or to one below it in the line.")
    return ""


def _add(nurturing: Nurturing, stages: Sequence[tuple[str, date]], today: date) -> None:
    known = list(nurturing.stages.values_list("due_on", flat=True))
    if not stages or len(known) + len(stages) > MOST_STAGES:
        raise Refused(_("Give one stage at least and %(most)s at most.") % {"most": MOST_STAGES})
    for what, due_on in stages:
        said = texts(NurturingStage, {"what": what}, {"what": _("Say what is to be reached in each stage.")})
        if not today < due_on <= today + timedelta(days=LONGEST) or due_on in known:
            raise Refused(_("Each stage has a day of its own ahead, within three years. Mend the days."))
        known.append(due_on)
        NurturingStage.objects.create(nurturing=nurturing, due_on=due_on, **said)


@in_sentences
def add_stage(nurturing: Nurturing, *, what: str, due_on: date, today: date, by: Reader) -> Nurturing:
    """Raises Refused."""
    found, office = _held(nurturing, by)
    _growing(found)
    _add(found, [(what, due_on)], today)
    record("honours.add_stage", by=by, subject=subject_of(found), as_office=office)
    return found


@in_sentences
def reach(stage: NurturingStage, *, word: str, today: date, now: datetime, by: Reader) -> NurturingStage:
    """What was reached, in a sentence; by who keeps it or by the mentor. Raises Refused."""
    found, office = _held(stage.nurturing, by)
    _growing(found)
    rows = NurturingStage.objects.select_for_update().filter(pk=stage.pk, nurturing=found, done_on=None)
    its = rows.first()
    if its is None:
        raise Refused(_("This stage is reached already. Look at it again."))
    said = texts(NurturingStage, {"word": word}, {"word": _("Say in a sentence what was reached.")})
    its.done_on, its.word = today, said["word"]
    its.save(update_fields=["done_on", "word"])
    record("honours.reach_stage", by=by, subject=subject_of(found), facts={"stage": its.pk}, as_office=office)
    sending.close(found.about, now=now, by=account_of(by))
    return its


def led_to(nurturing: Nurturing) -> QuerySet[Application]:
    """The applications for the same one that were handed in since, and not taken back."""
    same = {f"{nurturing.holder_kind}_id": nurturing.holder[1]}
    rows = Application.objects.filter(**same, handed_in_on__gte=nurturing.begun_on)
    return rows.exclude(state__in=(Application.State.DRAFT, Application.State.WITHDRAWN))


@in_sentences
def lead_to(nurturing: Nurturing, application: Application, *, today: date, now: datetime, by: Reader) -> Nurturing:
    """It led to this application, which is for the same one. Raises Refused."""
    found, office = _kept(nurturing, by)
    if application.holder != found.holder:
        raise Refused(_("This application is for another one. Choose that of whom you nurture."))
    if not led_to(found).filter(pk=application.pk).exists():
        raise Refused(_("It was not handed in since the nurturing began. Choose one that was, or end it without one."))
    move(found, "apply", by=by, as_office=office, application=application, ended_on=today)
    sending.close(found.about, now=now, by=account_of(by))
    return found


@in_sentences
def end(nurturing: Nurturing, *, because: str, today: date, now: datetime, by: Reader) -> Nurturing:
    """Without an application, and why. Nobody is worse off for it. Raises Refused."""
    found, office = _kept(nurturing, by)
    said = texts(Nurturing, {"ended_because": because}, {"ended_because": _("Say why it ends, honestly.")})
    move(found, "end", by=by, as_office=office, ended_on=today, ended_because=said["ended_because"])
    sending.close(found.about, now=now, by=account_of(by))
    return found


def _kept(nurturing: Nurturing, by: Reader) -> tuple[Nurturing, str]:
    """How it ends, who keeps it says, and not the mentor."""
    found, _office = _held(nurturing, by)
    office = office_that_keeps(by, found.keeper)
    if office is None:
        raise Refused(_("How it ends is kept by whoever nurtures. Tell them."))
    return found, office


def _held(nurturing: Nurturing, by: Reader) -> tuple[Nurturing, str]:
    rows = nurturings_visible_to(by).select_for_update(of=("self",)).filter(pk=nurturing.pk)
    found = rows.select_related("keeper").first()
    office = tends(by, found) if found else None
    if found is None or office is None:
        raise Refused(_("This is kept by whoever nurtures, and by the mentor."))
    return found, office


def _growing(nurturing: Nurturing) -> None:
    if nurturing.state != Nurturing.State.GROWING:
        raise Refused(_("It has ended. Begin anew, if it goes on."))


def owe_stages(today: date, now: datetime) -> None:
    """Each night: an ask of the body that nurtures, for the stage that is due next, and no second one."""
    until = today + timedelta(days=DAYS_BEFORE)
    rows = Nurturing.objects.filter(state=Nurturing.State.GROWING, stages__done_on=None, stages__due_on__lte=until)
    due: dict[int, Any] = {each.pk: each for each in rows.select_related("keeper").distinct()}
    abouts = {each.about: each.pk for each in due.values()}
    asked = Ask.objects.filter(sending__about__in=abouts, state=Ask.State.OPEN).values_list("sending__about", flat=True)
    for pk in sorted(set(due) - {abouts[about] for about in asked}):
        owing.owe(
            due[pk].keeper, about=due[pk].about, title=_("A stage of nurturing is due"), minutes=MINUTES,
            why=_("Who is nurtured as an example has stages with days. Say what was reached."),
            href=reverse("honour_nurturing", args=[pk]), due_on=until, today=today, now=now, by=None,
        )  # fmt: skip
