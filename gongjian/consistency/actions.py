"""What people do about doubts: say that one is no fault, until a day, and take that back."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.authority.wall import behind_it
from gongjian.register.refusals import Refused, check_texts

from .models import Doubt, SetAside

LONGEST = 1096  # days: after three years whoever looks after it has to look again


@behind_it()
def set_aside(doubt: Doubt, *, reason: str, until: date, today: date, by: Reader) -> SetAside:
    """From today it counts as no fault; `until` is the first day on which it counts again. Raises Refused.

    The reason stands in the row, not in the act: it may name somebody.
    """
    doubt = Doubt.objects.select_for_update(of=("self",)).get(pk=doubt.pk)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why it is no fault. The reason is shown to whoever sees it."))
    check_texts(SetAside, {"reason": reason})
    if not today < until <= today + timedelta(days=LONGEST):
        raise Refused(_("Choose a day after today, within three years."))
    if doubt.gone_on is not None:
        raise Refused(_("It is not found any more; there is nothing to set aside."))
    if SetAside.objects.filter(doubt=doubt, valid__overlap=(today, until)).exists():
        raise Refused(_("It is set aside already."))
    facts = {"check": doubt.raised_by_id, "until": until.isoformat(), doubt.about[0]: doubt.about[1]}
    act = record("consistency.set_aside", by=by, subject=doubt.subject, on=today, facts=facts)
    return SetAside.objects.create(doubt=doubt, reason=reason, valid=(today, until), act=act)


@behind_it()
def take_back(aside: SetAside, *, today: date, by: Reader) -> None:
    """From today on it counts again. Raises Refused."""
    aside = SetAside.objects.select_for_update(of=("self",)).select_related("doubt").get(pk=aside.pk)
    if not aside.since <= today <= aside.last_day:
        raise Refused(_("It is not set aside any more."))
    doubt = aside.doubt
    facts = {"check": doubt.raised_by_id, doubt.about[0]: doubt.about[1]}
    act = record("consistency.take_back", by=by, subject=doubt.subject, on=today, facts=facts)
    is_undone = today == aside.since
    keep_before(act, "consistency_setaside", "r.id = %s", [aside.pk], deleted=is_undone)
    if is_undone:
        aside.delete()
        return
    aside.valid, aside.act = (aside.since, today), act
    aside.save(update_fields=["valid", "act"])
