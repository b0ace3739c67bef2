"""What an agreement has its union body do, through the one door: the next step, the yearly report, the renewal.

Each is what the statute requires, so it is asked in the body's own name (asks/owing.py), once, until it is done. A step
whose last day cannot be counted yet is asked for once it can. Whoever stands above is asked to help with what is late.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from gongjian.accounts.models import User
from gongjian.asks import owing, sending
from gongjian.register.models import Body

from .access import keeping_body
from .models import Agreement
from .wording import NEXT

S = Agreement.State
LANGUAGE = settings.LANGUAGE_CODE
LATE_DAYS = 5  # until somebody above has looked at what is late: a setting, without a source

# By state: what is to be done, why, and how many minutes that takes.
STEPS: Mapping[str, tuple[Any, Any, int]] = {
    S.DEMANDED: (
        gettext_lazy("Write down the answer to the demand"),
        gettext_lazy("Whoever was asked to bargain answers in writing, and may not refuse."), 5,
    ),
    S.ANSWERED: (
        gettext_lazy("Name the delegates of both sides"),
        gettext_lazy("Delegates of both sides bargain; the employer's are not more than the workers'."), 15,
    ),
    S.DELEGATED: (
        gettext_lazy("Call the meeting and hand over the papers"),
        gettext_lazy("Topics, delegates and true figures are exchanged before the meeting."), 10,
    ),
    S.CALLED: (
        gettext_lazy("Write down how the meeting went"), gettext_lazy("Both sides sign the minutes."), 10,
    ),
    S.MET: (
        gettext_lazy("Write the draft"), gettext_lazy("What was agreed goes to the workers as a draft."), 60,
    ),
    S.DRAFTED: (
        gettext_lazy("Bring the draft before the workers' congress"),
        gettext_lazy("The workers vote on the draft; more than half of all have to agree."), 30,
    ),
    S.REJECTED: (
        gettext_lazy("Negotiate anew and bring the draft back"),
        gettext_lazy("The draft did not pass. It is changed and voted on again."), 60,
    ),
    S.PASSED: (
        gettext_lazy("Have the agreement signed"), gettext_lazy("The chief delegates of both sides sign it."), 10,
    ),
    S.SIGNED: (
        gettext_lazy("See that the agreement is filed"),
        gettext_lazy("The employer files it with the labour authority, the union with the union above."), 15,
    ),
    S.IN_FORCE: (
        gettext_lazy("Publish the agreement to all staff"),
        gettext_lazy("Everybody for whom it holds can read it."), 10,
    ),
    S.MEDIATED: (
        gettext_lazy("Write down how the mediation ended"),
        gettext_lazy("A dispute about bargaining is mediated within a set time."), 5,
    ),
}  # fmt: skip


def follow(agreement: Agreement, *, today: date, now: datetime, by: User | None) -> None:
    """The step that was owed is done; the one that is owed now is asked for."""
    sending.close(agreement.about, now=now, by=by)
    step = STEPS.get(agreement.state)
    if step is None or agreement.due_on is None:
        return
    title, why, minutes = step
    with override(LANGUAGE):
        told = {"title": str(title), "why": str(why), "minutes": minutes, "href": _page(agreement)}
        _owe(agreement, agreement.about, agreement.due_on, today, now, by, **told)


def ask_report(agreement: Agreement, *, today: date, now: datetime) -> None:
    with override(LANGUAGE):
        told = {
            "title": _("Report to the workers' congress how the agreement is kept"), "minutes": 20,
            "why": _("Once a year at least the workers' congress hears how it is kept."), "href": _page(agreement),
        }  # fmt: skip
        _owe(agreement, agreement.about_report, agreement.due_on or today, today, now, None, **told)


def ask_renewal(agreement: Agreement, *, today: date, now: datetime) -> None:
    with override(LANGUAGE):
        told = {
            "title": _("Demand to bargain for the time after this agreement"), "minutes": 10,
            "why": _("It runs out soon. A new one can be demanded from now on."),
            "href": reverse("agreement_new", args=[agreement.union_id]),
        }  # fmt: skip
        _owe(agreement, agreement.about_renewal, agreement.until or today, today, now, None, **told)


def close_report(agreement: Agreement, *, now: datetime, by: User | None) -> None:
    sending.close(agreement.about_report, now=now, by=by)


def close_renewal(agreement: Agreement, *, now: datetime, by: User | None) -> None:
    sending.close(agreement.about_renewal, now=now, by=by)


def close_all(agreement: Agreement, *, now: datetime, by: User | None) -> None:
    for about in (agreement.about, agreement.about_report, agreement.about_renewal):
        sending.close(about, now=now, by=by)


def _owe(
    agreement: Agreement, about: str, due_on: date, today: date, now: datetime, by: User | None, **told: Any
) -> None:
    body = keeping_body(agreement.union)
    owing.owe(body, about=about, due_on=due_on, today=today, now=now, by=by, **told)


def _page(agreement: Agreement) -> str:
    return reverse("agreement_step", args=[agreement.pk, NEXT[agreement.state]])


# == what is late, for whoever stands above ==
def about_late(body: int) -> str:
    return f"agreements.late:{body}"


def ask_to_help(above: Body, count: int, *, due_on: date, today: date, now: datetime) -> bool:
    """One ask for all that is late below. Whether it was asked now."""
    with override(LANGUAGE):
        made = owing.owe(
            above, about=about_late(above.pk), minutes=min(5 * count, 60),
            title=_("Look after agreements that are late"),
            why=_("Steps of collective bargaining below are past their day."),
            href=reverse("agreements") + "?due=late", due_on=due_on, today=today, now=now, by=None,
        )  # fmt: skip
    return made is not None


def close_help(above: int, *, now: datetime) -> None:
    sending.close(about_late(above), now=now)
