"""What whoever keeps a selection owes next, as one ask: it is closed by the next step, which opens the next one."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongjian.accounts.models import User
from gongjian.asks import owing, sending
from gongjian.programme.access import keeping_body

from .models import Selection

MINUTES = 20  # a setting, without a source
STEPS: dict[str, str | Promise] = {
    "hold_poll": gettext_lazy("Close the list of candidates and hold the poll"),
    "carry_out": gettext_lazy("Carry the rules of the selection out"),
    "decide": gettext_lazy("Give notice, then write down what was decided"),
    "publish": gettext_lazy("Publish the result of the selection"),
}


def owe(selection: Selection, step: str, *, due_on: date, today: date, now: datetime, by: User) -> None:
    """The step before is done by that."""
    settle(selection, now=now, by=by)
    owing.owe(
        keeping_body(selection.held_by), about=selection.about, minutes=MINUTES, due_on=max(due_on, today),
        title=str(STEPS[step]), href=reverse("selection", args=[selection.pk]),
        why=_("Selection: %(title)s. Its rules say what follows.") % {"title": selection.title},
        today=today, now=now, by=by,
    )  # fmt: skip


def settle(selection: Selection, *, now: datetime, by: User | None) -> None:
    sending.hold()
    sending.close(selection.about, now=now, by=by)
