"""What is typed to give an office, to end it, and to invite whoever holds it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .appointments import LONGEST_LOAN
from .models import Office, OfficeKind, Person

NO_DAY = {"invalid": _("This is not a day. Write it as 2026-03-17."), "required": _("Choose the day.")}
DAY = {"class": "input", "type": "date"}


class DayField(forms.DateField):
    def __init__(self, **more: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs=DAY)
        super().__init__(widget=widget, error_messages=NO_DAY, **more)


class AppointForm(forms.Form):
    """Who, which office, from when. Somebody the register knows is chosen; somebody new is written in."""

    known = forms.ModelChoiceField(
        Person.objects.none(), label=_("Somebody of this organisation"), required=False, empty_label=_("somebody new")
    )
    name = forms.CharField(label=_("Name of somebody new"), max_length=80, required=False)
    kind = forms.ModelChoiceField(OfficeKind.objects.none(), label=_("Office"), empty_label=None)
    since = DayField(label=_("From"))
    until = DayField(label=_("Until the day before"), required=False)

    def __init__(self, data: Any, *, kinds: Any, people: Any, today: date) -> None:
        super().__init__(data, initial={"since": today})
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]
        self.fields["known"].queryset = people  # type: ignore[attr-defined]
        self.fields["name"].widget.attrs |= {"class": "input", "autocomplete": "off"}
        for name in ("known", "kind"):
            self.fields[name].widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        name = (given.get("name") or "").strip()
        if bool(given.get("known")) == bool(name):
            self.add_error("name", _("Choose somebody, or write the name of somebody new – one of the two."))
        return given | {"name": name}


class EndForm(forms.Form):
    on = DayField(label=_("From this day on no longer held"))

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"on": today})


class InviteForm(forms.Form):
    """The user name of whoever holds an office and has no account yet."""

    username = forms.CharField(label=_("User name"), max_length=150)

    def __init__(self, *args: Any, office: Office, **more: Any) -> None:
        super().__init__(*args, **more)
        self.office = office
        self.fields["username"].widget.attrs |= {"class": "input", "autocomplete": "off", "autocapitalize": "none"}


class LendForm(forms.Form):
    """To whom the rights of an office are lent, and the last day."""

    person = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("To whom"),
        empty_label=_("choose"),
        error_messages={
            "required": _("Choose somebody."),
            "invalid_choice": _("This person is not among those to whom it can be lent. Choose again."),
        },
    )
    last_day = DayField(label=_("Last day"))

    def __init__(self, data: Any, *, people: Any, office: Office, today: date) -> None:
        super().__init__(data)
        self.office, self.today = office, today
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["person"].widget.attrs["class"] = "input"

    def offer(self, people: list[Person]) -> None:
        """Show these in the list; any of the query can be chosen."""
        chosen = [("", _("choose")), *((each.pk, each.name) for each in people)]
        self.fields["person"].widget.choices = chosen

    def clean_last_day(self) -> date:
        last: date = self.cleaned_data["last_day"]
        if last < self.today:
            raise forms.ValidationError(_("This day is over. Choose today or a later day."))
        if last >= self.today + timedelta(days=LONGEST_LOAN):
            raise forms.ValidationError(_("Rights are lent for a year at most. Choose an earlier day."))
        return last

    @property
    def until(self) -> date:
        """The first day on which the rights are no longer lent."""
        last: date = self.cleaned_data["last_day"]
        return last + timedelta(days=1)
