"""What is typed to say that a doubt is no fault."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

USUAL = 365  # days
DAY = {"class": "input", "type": "date"}


class SetAsideForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is no fault"), max_length=200, error_messages={"required": _("Say why it is no fault.")}
    )
    until = forms.DateField(
        label=_("Until the day before"),
        help_text=_("From this day on it counts again. Three years at most."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY),
        error_messages={
            "invalid": _("This is not a day. Write it as 2026-03-17."),
            "required": _("Choose the day."),
        },
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"until": today + timedelta(days=USUAL)})
