"""What a body does with its application, and what the keeper does with one before a list is proposed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.asks import owing, sending
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.authority.reach import reach_of
from gongjian.register.models import Body, Cover, Membership, Office, Person, Unit, UnitEntry
from gongjian.register.refusals import Refused

from . import opinions
from .access import account_of, bodies_within, is_close_to, writes
from .models import Application, Call
from .refusing import entry_of, held_call, keeping, locked_application, locked_call, texts
from .rules import Rules, rules_of
from .states import move, subject_of

LOOK_MINUTES, LOOK_DAYS = 5, 10  # what looking at one takes, and until when: settings, without a source
MOST_PEOPLE = 10_000_000


@in_sentences
def apply(
    call: Call,
    by_body: Body,
    *,
    unit: Unit | None = None,
    team: str = "",
    body: Body | None = None,
    person: Person | None = None,
    today: date,
    by: Reader,
) -> Application:
    """A draft in the name of a body: for itself, a unit or team where it sits or which it covers, or one of its people.
    Raises Refused."""
    call = locked_call(call.pk, by)
    by_body = Body.objects.get(pk=by_body.pk)
    office = keeping(by, by_body)
    _takes_applications(call, today)
    honour, rules = call.version.honour, rules_of(call.version.definition)
    if honour.line_id not in (None, by_body.line_id):
        raise Refused(_("Organisations of another line apply for this honour. Choose one of your line."))
    if wrong := not_within(call, by_body):
        raise Refused(wrong)
    if [bool(unit), bool(body), bool(person)].count(True) != 1 or not {"unit": unit, "body": body, "person": person}[
        honour.holder
    ]:
        raise Refused(_("Say for whom it is: this honour is for %(holder)s.") % {
            "holder": honour.get_holder_display()
        })  # fmt: skip
    said = texts(Application, {"team": team}, {})
    if wrong := _cannot_hold(by_body, rules, unit, body, person, today):
        raise Refused(wrong)
    same = Application.objects.filter(call=call, unit=unit, team=said["team"], body=body, person=person)
    if same.exclude(state=Application.State.WITHDRAWN).exists():
        raise Refused(_("There is an application for the same one in this call. Look at that."))
    number = (Application.objects.filter(call=call).aggregate(last=Max("number"))["last"] or 0) + 1
    made = Application.objects.create(
        call=call, by_body=by_body, unit=unit, body=body, person=person, number=number, **said
    )
    record("honours.apply", by=by, subject=subject_of(made), facts={"call": call.pk}, as_office=office)
    return made


def not_within(call: Call, by_body: Body) -> str:
    """Why this organisation does not apply in the call: it stands elsewhere."""
    if bodies_within(call).filter(pk=by_body.pk).exists():
        return ""
    return _("This call is for organisations below the one that keeps it, or in its territory. Look for one of your "
             "own county, or of the city.")  # fmt: skip


def _takes_applications(call: Call, today: date) -> None:
    if call.state != Call.State.OPEN:
        raise Refused(_("This call takes no applications now. Look at its page."))
    if today > call.apply_until:
        raise Refused(_("Applications were taken until %(day)s.") % {"day": call.apply_until})


def _cannot_hold(
    by_body: Body, rules: Rules, unit: Unit | None, body: Body | None, person: Person | None, today: date
) -> str:
    """Why it cannot be for this one."""
    entry = entry_of(by_body.pk, today)
    if entry is None:
        return _("This organisation does not stand today. Choose one that does.")
    if unit is not None:
        level = UnitEntry.objects.filter(unit=unit, valid__contains=today).values_list("kind__level", flat=True).first()
        near = unit.pk == entry.seat_id or Cover.objects.filter(body=by_body, unit=unit, valid__contains=today).exists()
        if level is None or not near:
            return _("Choose the unit where your organisation sits, or one that it covers.")
        if rules.levels_held and level not in rules.levels_held:
            return _("This honour is for workplaces and their teams. Choose an employer.")
    if body is not None:
        if body.pk != by_body.pk:
            return _("An organisation applies for itself.")
        if rules.kinds and entry.kind_id not in rules.kinds:
            return _("Organisations of this kind do not get this honour. Its rules say which do.")
    if person is not None:
        here = {"person": person, "body": by_body, "valid__contains": today}
        if not (Office.objects.filter(**here).exists() or Membership.objects.filter(**here).exists()):
            return _("Choose somebody who is a member of your organisation or holds an office in it.")
    return ""


def units_near(by_body: Body, rules: Rules, today: date) -> list[tuple[int, str]]:
    """The units for which the body may apply, by name."""
    entry = entry_of(by_body.pk, today)
    if entry is None:
        return []
    covered = Cover.objects.filter(body=by_body, valid__contains=today).values("unit")
    rows = UnitEntry.objects.filter(Q(unit=entry.seat_id) | Q(unit__in=covered), valid__contains=today)
    rows = rows.filter(kind__level__in=rules.levels_held) if rules.levels_held else rows
    return list(rows.order_by("name", "unit_id").values_list("unit_id", "name")[:500])


# == writing it ==
@in_sentences
def write(application: Application, *, story: str, said: dict[str, Any], by: Reader) -> Application:
    """The deeds in words, what it confirms, and numbers the register does not have. Raises Refused."""
    found, office = _own(application, by)
    if found.state not in (Application.State.DRAFT, Application.State.RETURNED):
        raise Refused(_("It is handed in. Ask the keeper of the call to return it, if something is to be mended."))
    words = texts(Application, {"story": story}, {})
    found.story, found.said = words["story"], _said(rules_of(found.call.version.definition), said)
    found.save(update_fields=["story", "said"])
    record("honours.write_application", by=by, subject=subject_of(found), as_office=office)
    return found


def _said(rules: Rules, said: dict[str, Any]) -> dict[str, Any]:
    """What the rules ask of it and nothing else."""
    counts = {}
    for name in rules.counts:
        value = said.get("counts", {}).get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_PEOPLE:
            raise Refused(_("Write numbers of people as whole numbers."))
        counts[name] = value
    for rule in rules.composition:
        if rule.of and counts.get(rule.count, 0) > counts.get(rule.of, MOST_PEOPLE):
            raise Refused(_("A part of the people is larger than all of them. Look at the numbers again."))
    statements = {each.key: bool(said.get("statements", {}).get(each.key)) for each in rules.statements}
    marks = {each.key: bool(said.get("marks", {}).get(each.key)) for each in rules.said_marks}
    return {"counts": counts, "statements": statements, "marks": marks}


@in_sentences
def agree(application: Application, *, how: str = "", today: date, by: Reader) -> Application:
    """The person agrees to be put forward, and that who is proposed is told while notice is given; by themselves, or on
    paper, which the keeper says where it lies. Raises Refused."""
    found = locked_application(application, by)
    if found.person_id is None:
        raise Refused(_("Only a person has to agree."))
    if found.state not in (Application.State.DRAFT, Application.State.RETURNED):
        raise Refused(_("It is handed in already."))
    is_oneself = reach_of(by).person_id == found.person_id
    how = texts(Application, {"agreed_how": how}, {})["agreed_how"]
    if not is_oneself:
        keeping(by, found.by_body)
        if not how:
            raise Refused(_("Say where the agreement on paper is kept. Without it nobody is put forward."))
    record("honours.agree", by=by, subject=subject_of(found), facts={"by_oneself": is_oneself})
    found.agreed_on, found.agreed_how = today, how
    found.save(update_fields=["agreed_on", "agreed_how"])
    return found


@in_sentences
def hand_in(application: Application, *, today: date, now: datetime, by: Reader) -> Application:
    """It lies with the keeper of the call, whose inbox says so. Raises Refused."""
    found, office = _own(application, by)
    if found.state in (Application.State.DRAFT, Application.State.RETURNED):
        # One that was returned was in time: it is handed in again as long as the review has not begun.
        _takes_applications(found.call, found.call.apply_until if found.handed_in_on else today)
        if wrong := missing_in(found):
            raise Refused(" ".join(wrong))
    account = account_of(by)
    move(found, "hand_in", by=by, as_office=office, handed_in_on=today, handed_in_by=account, reason="")
    call = found.call
    owing.owe(
        call.keeper, about=call.about, minutes=LOOK_MINUTES, due_on=max(call.apply_until, today) + timedelta(LOOK_DAYS),
        title=_("Look at applications: %(call)s") % {"call": call.title[:40]},
        why=_("Each is looked at before the review begins, and returned if something is missing."),
        href=reverse("honour_call", args=[call.pk]), today=today, now=now, by=account,
    )  # fmt: skip
    return found


def missing_in(application: Application) -> list[str]:
    """What keeps it from being handed in, each as a sentence that says what to do."""
    found = []
    if not application.story:
        found.append(_("Say in up to 500 characters what was done, and what came of it."))
    if application.person_id and application.agreed_on is None:
        found.append(_("The person has not agreed yet. Let them agree on the page of the application, or on paper."))
    return found


@in_sentences
def take_back(application: Application, *, reason: str, today: date, now: datetime, by: Reader) -> Application:
    """By the body, or by the person themselves; also in mid-round, and then the list is mended. Raises Refused."""
    found = locked_application(application, by)
    is_oneself = found.person_id is not None and reach_of(by).person_id == found.person_id
    office = "" if is_oneself else keeping(by, found.by_body)
    said = texts(Application, {"reason": reason}, {})
    leaves_list = found.state == Application.State.PROPOSED
    move(found, "take_back", by=by, as_office=office, reason=said["reason"])
    left(found, leaves_list, now=now, by=by)
    return found


# == what the keeper does ==
@in_sentences
def send_back(application: Application, *, reason: str, by: Reader) -> Application:
    """Something is missing: it is written on. Raises Refused."""
    found, office = _kept(application, by)
    if found.call.state != Call.State.OPEN:
        raise Refused(_("The call takes applications no longer, so it could not be handed in again. Leave it out, with "
                        "the reason, if it cannot stay."))  # fmt: skip
    said = texts(Application, {"reason": reason}, {"reason": _("Say what is missing. Whoever applied reads it.")})
    move(found, "return", by=by, as_office=office, reason=said["reason"])
    return found


@in_sentences
def exclude(application: Application, *, reason: str, now: datetime, by: Reader) -> Application:
    """It is out, with the reason, which whoever applied reads. Raises Refused."""
    found, office = _kept(application, by)
    if found.call.state in (Call.State.AWARDED, Call.State.CALLED_OFF):
        raise Refused(_("The call is over: nobody is left out any more."))
    if found.call.proposed_by_id is not None and found.call.proposed_by_id == by.pk:
        raise Refused(_("You proposed the list. Another person leaves somebody out of it, or it is sent back to be "
                        "reviewed."))  # fmt: skip
    said = texts(Application, {"reason": reason}, {"reason": _("Say why it is left out. Whoever applied reads it.")})
    leaves_list = found.state == Application.State.PROPOSED
    move(found, "exclude", by=by, as_office=office, facts={"reason": said["reason"]}, reason=said["reason"])
    left(found, leaves_list, now=now, by=by)
    return found


def left(application: Application, leaves_list: bool, *, now: datetime, by: Reader) -> None:
    """After one has left the round: nobody is asked for an opinion on it, and a list it was on is to be mended."""
    if leaves_list:
        Call.objects.filter(pk=application.call_id).update(to_mend=True)
    opinions.settle_all(application.call, now=now, by=account_of(by))
    waiting = Application.objects.filter(call=application.call_id, state=Application.State.HANDED_IN)
    if application.call.state == Call.State.OPEN and not waiting.exists():
        sending.close(application.call.about, now=now, by=account_of(by))


def _own(application: Application, by: Reader) -> tuple[Application, str]:
    found = locked_application(application, by)
    office = writes(by, found)
    if office is None:
        raise Refused(
            _("The application is written by whoever keeps the yearly plan of the organisation that applies.")
        )
    return found, office


def _kept(application: Application, by: Reader) -> tuple[Application, str]:
    found = locked_application(application, by)
    _call, office = held_call(found.call, by)
    if is_close_to(by, found):
        raise Refused(_("It is for yourself, or you hold an office in the organisation that applies. Ask a colleague."))
    return found, office
