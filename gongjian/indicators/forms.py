"""What is typed to set a target, and to leave a unit out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongjian.register.office_forms import DayField

PER_CENT = {"class": "input", "inputmode": "decimal", "step": "0.1", "min": "0", "max": "100"}
NO_NUMBER = {
    "invalid": _("This is not a number. Write it as 90 or 92.5."),
    "max_value": _("A rate is at most 100 per cent."),
    "min_value": _("A rate is not below 0."),
    "max_decimal_places": _("Two places after the point are enough."),
    "max_digits": _("A rate is at most 100 per cent."),
    "max_whole_digits": _("A rate is at most 100 per cent."),
    "required": _("Enter the rate to be reached."),
}


def _rate(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        widget=forms.NumberInput(attrs=PER_CENT),
        error_messages=NO_NUMBER,
        **more,
    )


class TargetForm(forms.Form):
    """Which rate by when, from which day on it is watched, and what sets it."""

    goal = _rate(_("Rate to be reached, in %"))
    due = DayField(label=_("By"))
    baseline_on = DayField(label=_("The course begins on"))
    baseline = _rate(
        _("Rate on that day, in %"), required=False, help_text=_("Empty: what was read on that day, or first after it.")
    )
    document = forms.CharField(
        label=_("Document or decision"),
        max_length=200,
        error_messages={"required": _("Say which document or decision sets the target.")},
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, today: date, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"baseline_on": today} | (initial or {}))


class LeaveOutForm(forms.Form):
    """Why a unit is not counted, and from which day it is counted again."""

    reason = forms.CharField(
        label=_("Why is it not counted?"),
        max_length=200,
        error_messages={
            "required": _("Say why it is not counted. The reason is written down, with your name and the day.")
        },
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    until = DayField(label=_("Counted again from"), required=False, help_text=_("Empty: until somebody says so."))
