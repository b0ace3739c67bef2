"""What is typed where an officer keeps a unit, an organisation or a venue true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.ui.widgets import Select

from .models import Body, Choice, Headcount, Line, UnitEntry, Venue
from .office_forms import DayField
from .reform_forms import ThingField

MOST_PEOPLE, MOST_AREA, MOST_TERMS = 1_000_000, 1_000_000, 100
TEXT = {"class": "input", "autocomplete": "off"}
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices here. Choose again.")}
HEADS = {
    "staff": _("Staff"), "women": _("Women"), "under_35": _("35 or younger"), "dispatched": _("Dispatched"),
    "migrant": _("Migrant"),
}  # fmt: skip
STATES = {"status": _("State of the unit"), "trade": _("Trade"), "ownership": _("Ownership")}


def _number(label: Any, most: int, *, help_text: Any = "") -> forms.IntegerField:
    said = lazy(lambda: gettext("Write a whole number from 0 to %(most)s, or leave it empty.") % {"most": most}, str)()
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=most, help_text=help_text,
        widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), said),
    )  # fmt: skip


def _text(label: Any, length: int, *, missing: Any = "", help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, required=bool(missing), help_text=help_text,
        widget=forms.TextInput(attrs=TEXT), error_messages={"required": missing} if missing else None,
    )  # fmt: skip


def words(list: str) -> list[tuple[str, str]]:
    return [(each.key, str(each)) for each in Choice.objects.filter(list=list)]


class _OnADay(forms.Form):
    """Each has the day from which it counts; `prefix` keeps the forms of one page apart."""

    on = DayField(label=_("From which day"))

    def __init__(self, data: Any, *, today: date, prefix: str, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix=prefix, initial={"on": today, **(initial or {})})


class CountForm(_OnADay):
    staff, women, under_35, dispatched, migrant = (_number(HEADS[kind], MOST_PEOPLE) for kind in Headcount.KINDS)
    source = _text(_("Where the numbers come from"), 200, help_text=_("A report, a visit, the year's return."))

    def __init__(self, data: Any, *, now: Headcount | None, today: date) -> None:
        initial = {kind: getattr(now, kind) for kind in Headcount.KINDS} if now else None
        super().__init__(data, today=today, prefix="count", initial=initial)

    def counts(self) -> dict[str, int | None]:
        return {kind: self.cleaned_data[kind] for kind in Headcount.KINDS}


class StateForm(_OnADay):
    def __init__(self, data: Any, *, now: UnitEntry, today: date) -> None:
        super().__init__(data, today=today, prefix="state", initial={name: getattr(now, name) for name in STATES})
        for name, label in STATES.items():
            choices = [*([("", gettext("not known"))] if name != "status" else []), *words(name)]
            self.fields[name] = forms.ChoiceField(
                label=label, choices=choices, required=name == "status", widget=Select, error_messages=NOT_A_CHOICE
            )

    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in STATES}


class TermForm(_OnADay):
    on = DayField(label=_("Elected on"))
    last = DayField(label=_("Last day of the term"))
    number = _number(_("Which term it is"), MOST_TERMS)

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, today=today, prefix="term")

    def until(self) -> date:
        last: date = self.cleaned_data["last"]
        return last + timedelta(days=1) if last < date.max else last


class CoverForm(_OnADay):
    unit = ThingField("unit", label=_("Unit"), help_text=_("Its whole name, or its code."))

    def __init__(self, data: Any, *, reader: Any, today: date, prefix: str) -> None:
        super().__init__(data, today=today, prefix=prefix)
        field: Any = self.fields["unit"]
        field.among = (reader, today)


class VenueForm(_OnADay):
    name = _text(_("Name"), 200, missing=_("Give the venue a name."))
    hours = _text(_("Opening hours"), 100, help_text=_("As on the door: Monday to Friday 8:30–17:00."))
    address = _text(_("Address"), 200)
    area = _number(_("Area in square metres"), MOST_AREA)
    lines = forms.ModelMultipleChoiceField(
        Line.objects.all(), label=_("Shared by"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, data: Any, *, today: date, venue: Venue | None = None, shared_by: Iterable[str] = (),
        owners: Iterable[tuple[int, str]] = (),
    ) -> None:  # fmt: skip
        initial = {name: getattr(venue, name) for name in ("name", "hours", "address", "area")} if venue else {}
        super().__init__(data, today=today, prefix="venue", initial={**initial, "lines": list(shared_by)})
        if venue is None:
            self.fields["owner"] = forms.ChoiceField(
                label=_("Kept by"), choices=[(str(id), name) for id, name in owners], widget=Select,
                error_messages=NOT_A_CHOICE | {"required": _("Choose the organisation that keeps it.")},
            )  # fmt: skip

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "hours", "address", "area")}

    def owner(self) -> Body:
        return Body.objects.get(pk=self.cleaned_data["owner"])


class PlaqueForm(_OnADay):
    kind = forms.ChoiceField(label=_("Plaque"), widget=Select, error_messages=NOT_A_CHOICE)

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, today=today, prefix="plaque")
        self.fields["kind"].choices = words("plaque")  # type: ignore[attr-defined]


class LookForm(_OnADay):
    on = DayField(label=_("Looked at on"))
    items = forms.MultipleChoiceField(
        label=_("What is there"), required=False, widget=forms.CheckboxSelectMultiple, error_messages=NOT_A_CHOICE
    )

    def __init__(self, data: Any, *, items: Iterable[str], today: date) -> None:
        super().__init__(data, today=today, prefix="look", initial={"items": list(items)})
        self.fields["items"].choices = words("check_item")  # type: ignore[attr-defined]


class DayForm(_OnADay):
    """Only a day: until which something was there."""

    on = DayField(label=_("From this day on it is not there any more"))
