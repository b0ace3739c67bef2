"""What people do with good practice: hand it in, check and recommend it above, send it back, take it up elsewhere."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.refusals import Refused, check_texts

from .access import office_that_checks, practices_visible_to
from .hosting import check_stands, office_in
from .models import Practice, Uptake
from .states import move, note, subject_of


@in_sentences
def hand_in(body: Body, *, today: date, by: Reader, **fields: str) -> Practice:
    """What a body did and would tell others: title, done, came_of, conditions. Nobody has to. Raises Refused."""
    office = office_in(body, by)
    check_stands(body, today)
    made = Practice.objects.create(body=body, handed_in_on=today, **_checked(fields))
    record("activities.hand_in_practice", by=by, subject=subject_of(made), facts={"body": body.pk}, as_office=office)
    return made


@in_sentences
def amend(practice: Practice, *, by: Reader, **fields: str) -> Practice:
    """Write it anew, before it is checked or after it was sent back. Raises Refused."""
    practice = _locked(practice, by)
    office = office_in(practice.body, by)
    if practice.state not in (Practice.State.HANDED_IN, Practice.State.SENT_BACK):
        raise Refused(_("It was checked as it stands. Ask whoever checked it to send it back first."))
    values = _checked(fields)
    note(practice, "amend_practice", by=by, as_office=office)
    for name, value in values.items():
        setattr(practice, name, value)
    practice.save(update_fields=list(values))
    return practice


@in_sentences
def hand_in_again(practice: Practice, *, by: Reader) -> Practice:
    """After it was sent back. Raises Refused."""
    practice = _locked(practice, by)
    office = office_in(practice.body, by)
    move(practice, "hand_in", by=by, as_office=office, sent_back_words="")
    return practice


@in_sentences
def judge(practice: Practice, verb: str, *, words: str = "", today: date, by: Reader) -> Practice:
    """Check it, recommend it, no longer recommend it, or send it back with words. Raises Refused."""
    practice = _locked(practice, by)
    office = office_that_checks(by, practice, today)
    if office is None:
        raise Refused(_("It is checked by whoever keeps the plan of an organisation above. None of your offices does."))
    words = words.strip()
    if verb == "send_back" and not words:
        raise Refused(_("Say what is missing or not so. Whoever handed it in goes by that."))
    check_texts(Practice, {"sent_back_words": words})
    said = words if verb == "send_back" else ""
    move(practice, verb, by=by, as_office=office, sent_back_words=said)
    return practice


# == taking up ==
@in_sentences
def take_up(practice: Practice, body: Body, *, since: date, effect: str = "", today: date, by: Reader) -> Uptake:
    """Another body does it too, since a day. Raises Refused."""
    office = office_in(body, by)
    practice = _locked(practice, by)
    if practice.state != Practice.State.RECOMMENDED:
        raise Refused(_("Only what is recommended is taken up. Wait until it was checked above."))
    if practice.body_id == body.pk:
        raise Refused(_("It is this organisation's own practice. Others take it up."))
    if since > today:
        raise Refused(_("The day has not come yet. Write the day from which it is done."))
    check_stands(body, today)
    if practice.uptakes.filter(body=body).exists():
        raise Refused(_("It has taken it up already. Amend what is written there."))
    facts = {"body": body.pk}
    record("activities.take_up_practice", by=by, subject=subject_of(practice), facts=facts, as_office=office)
    return Uptake.objects.create(practice=practice, body=body, since=since, effect=_effect(effect))


@in_sentences
def tell_effect(uptake: Uptake, *, effect: str, by: Reader) -> Uptake:
    """With what effect, in words. Raises Refused."""
    office = office_in(uptake.body, by)
    uptake = Uptake.objects.select_for_update(of=("self",)).get(pk=uptake.pk)
    facts = {"uptake": uptake.pk}
    act = record("activities.tell_effect", by=by, subject=subject_of(uptake.practice), facts=facts, as_office=office)
    keep_before(act, Uptake._meta.db_table, "r.id = %s", [uptake.pk])
    uptake.effect = _effect(effect)
    uptake.save(update_fields=["effect"])
    return uptake


@in_sentences
def give_up(uptake: Uptake, *, by: Reader) -> None:
    """It was entered by mistake, or is not done any more. Raises Refused."""
    office = office_in(uptake.body, by)
    facts = {"body": uptake.body_id}
    act = record(
        "activities.give_up_practice", by=by, subject=subject_of(uptake.practice), facts=facts, as_office=office
    )
    keep_before(act, Uptake._meta.db_table, "r.id = %s", [uptake.pk], deleted=True)
    uptake.delete()


def _effect(text: str) -> str:
    text = text.strip()
    check_texts(Uptake, {"effect": text})
    return text


def _checked(fields: dict[str, str]) -> dict[str, Any]:
    values = {name: text.strip() for name, text in fields.items()}
    check_texts(Practice, values)
    if not all(values[name] for name in ("title", "done", "came_of")):
        raise Refused(_("Say what it is called, what was done, and what came of it."))
    return values


def _locked(practice: Practice, by: Reader) -> Practice:
    rows = practices_visible_to(by).select_for_update(of=("self",)).select_related("body")
    found: Practice | None = rows.filter(pk=practice.pk).first()
    if found is None:
        raise Refused(_("This practice is not there any more, or not open to you. Go back to the list."))
    return found
