"""What is typed about checks; and what the calendar is narrowed to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import MAXYEAR, date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.register.office_forms import DayField
from gongjian.ui.widgets import Select

from .forms import NOT_A_CHOICE, NUMBER, text
from .queries_inspection import StopFilters

SEEN = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)


def months_from(first: date, count: int) -> list[date]:
    """The first days of so many months, as far as years go."""
    before = first.year * 12 + first.month - 1
    months = [(before + at) for at in range(count) if (before + at) // 12 <= MAXYEAR]
    return [date(each // 12, each % 12 + 1, 1) for each in months]


class CalendarForm(forms.Form):
    """Month, who inspects, where, and only where several come in the month."""

    month = forms.RegexField(
        r"^2[01]\d\d-(0[1-9]|1[0-2])$", label=_("Month"), required=False, widget=Select,
        error_messages={"invalid": _("This is no month. Write it as 2026-03.")},
    )  # fmt: skip
    body = forms.IntegerField(label=_("Who inspects"), required=False, min_value=1, max_value=2**63 - 1, widget=Select)
    below = forms.IntegerField(label=_("In"), required=False, min_value=1, max_value=2**63 - 1, widget=Select)
    clash = forms.BooleanField(label=_("Only where several come in the month"), required=False)

    def __init__(self, data: Any, *, day: date) -> None:
        super().__init__(data, initial={"month": f"{day:%Y-%m}"})
        self.day = day

    def offer(self, bodies: Iterable[tuple[int, str]], units: Iterable[tuple[int, str]]) -> None:
        shown = self.filters().month
        months = sorted({*months_from(self.day.replace(month=1, day=1), 24), shown})
        self.fields["month"].widget.choices = [(f"{each:%Y-%m}", f"{each:%Y-%m}") for each in months]
        self.data = {**self.data, "month": f"{shown:%Y-%m}"}
        self.fields["body"].widget.choices = [("", gettext("All")), *bodies]
        self.fields["below"].widget.choices = [("", gettext("The whole register")), *units]

    def filters(self) -> StopFilters:
        given = {name: value for name, value in self.cleaned_data.items() if value}
        month = _month(given["month"]) if "month" in given else self.day.replace(day=1)
        return StopFilters(**given | {"month": month})


def _month(written: str) -> date:
    return date.fromisoformat(f"{written}-01")


class StopsForm(forms.Form):
    """Where it comes to, one place a line, and when. `seen`: who else comes there, as shown before."""

    month = forms.ChoiceField(label=_("Month"), widget=Select, error_messages=NOT_A_CHOICE)
    day = forms.IntegerField(
        label=_("Day of the month"), required=False, min_value=1, max_value=31,
        widget=forms.NumberInput(attrs=NUMBER), help_text=_("Empty: some day of the month."),
        error_messages={
            "invalid": _("Write the day as a number, for example 15."),
            "min_value": _("A month has days from 1 to 31. Write one of them."),
            "max_value": _("A month has days from 1 to 31. Write one of them."),
        },
    )  # fmt: skip
    places = text(
        _("Organisations or units, one a line"), 6000, rows=3,
        missing=_("Say where it comes to, one place at least."),
        help_text=_("Name or code as in the register. An organisation is looked for first."),
    )  # fmt: skip
    seen = SEEN

    def __init__(self, data: Any, *, months: Sequence[date]) -> None:
        super().__init__(data)
        self.fields["month"].choices = [(f"{each:%Y-%m}", f"{each:%Y-%m}") for each in months]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("month") and given.get("day"):
            try:
                given["on"] = _month(given["month"]).replace(day=given["day"])
            except ValueError:
                gaps = {"month": given["month"], "day": given["day"]}
                self.add_error("day", gettext("%(month)s has no day %(day)s. Choose another one.") % gaps)
        return given

    @property
    def first_day(self) -> date:
        return _month(self.cleaned_data["month"])

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["places"].splitlines() if line.strip()]

    @property
    def seen_ids(self) -> set[int]:
        return {int(each) for each in self.cleaned_data["seen"].split() if each.isdecimal() and len(each) < 19}

    def show(self, others: Iterable[int]) -> None:
        """The next time it is sent, these have been looked at."""
        self.data = {**self.data, "seen": " ".join(str(each) for each in others)}


class InspectionForm(StopsForm):
    """A check of the yearly plan with its number, or one with a reason instead."""

    title = text(_("What is looked at"), 60, missing=_("Say in a few words what is looked at."))
    document = text(_("Document it is based on"), 200, missing=_("Name the document it is based on."))
    number = text(_("Number in the yearly plan"), 40, help_text=_("Empty, if it is not in the plan."))
    reason = text(
        _("Not planned: why it is wanted all the same"), 300,
        help_text=_("It counts only once the organisation above has agreed."),
    )  # fmt: skip
    field_order = ("title", "document", "number", "reason", "month", "day", "places", "seen")


class DecideForm(forms.Form):
    said = text(_("Note; needed to refuse"), 300)


class CallOffForm(forms.Form):
    said = text(_("Why it is called off"), 300, missing=_("Say why it is called off. Those it came to read it."))


class MergeForm(forms.Form):
    """Which stops go together, and on which day."""

    on = DayField(label=_("Day on which they go together"))
