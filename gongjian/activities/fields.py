"""The fields that the forms of activities are made of, and the half that events and contests share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import Body, BodyEntry
from gongjian.ui.templatetags.ui import name_zh

TEXT = {"class": "input", "autocomplete": "off"}
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices here. Choose again.")}
WHOLE = {
    "invalid": _("Write a whole number, for example 25."),
    "max_value": _("This number is too large for the register. Write a smaller one."),
}


def line_of_text(
    label: Any, length: int, *, required: bool = False, help_text: Any = "", missing: Any = ""
) -> forms.CharField:
    messages = {"required": missing} if missing else None
    widget = forms.TextInput(attrs=TEXT)
    return forms.CharField(
        label=label, max_length=length, required=required, help_text=help_text, error_messages=messages, widget=widget
    )


def words(
    label: Any, length: int, *, rows: int = 4, required: bool = False, help_text: Any = "", missing: Any = ""
) -> forms.CharField:
    messages = {"required": missing} if missing else None
    widget = forms.Textarea(attrs={"class": "input", "rows": rows})
    return forms.CharField(
        label=label, max_length=length, required=required, help_text=help_text, error_messages=messages, widget=widget
    )


def number(label: Any, *, least: int = 1, help_text: Any = "", too_small: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=least,
        max_value=1_000_000,
        help_text=help_text,
        error_messages=WHOLE | {"min_value": too_small or _("Write at least 1, or leave it empty.")},
        widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
    )


class MomentField(forms.DateTimeField):
    """A day and a time of day, as the browser asks for them."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"class": "input", "type": "datetime-local"})
        no_moment = _("Give a day and a time, for example 2026-07-01 14:00.")
        super().__init__(widget=widget, error_messages={"required": no_moment, "invalid": no_moment}, **more)


class Hosted(forms.Form):
    """What events and contests have in common: who else holds it."""

    hosts = forms.MultipleChoiceField(
        label=_("Together with"), required=False, widget=forms.CheckboxSelectMultiple, error_messages=NOT_A_CHOICE
    )

    def offer(self, hosts: Iterable[BodyEntry]) -> None:
        self._bodies: dict[str, Body] = {str(each.body_id): each.body for each in hosts}
        self.fields["hosts"].choices = [(each.body_id, name_zh(each.name)) for each in hosts]  # type: ignore[attr-defined]
        if not self._bodies:
            del self.fields["hosts"]

    def given(self) -> dict[str, Any]:
        """As the actions take it."""
        given = dict(self.cleaned_data)
        return given | {"hosts": [self._bodies[id] for id in given.pop("hosts", ())]}


def offer_words(form: forms.Form, **lists: Iterable[Any]) -> None:
    """The words of a list, and the choice of all of them."""
    for name, rows in lists.items():
        choices = [("", gettext("All")), *((each.pk, str(each)) for each in rows)]
        form.fields[name].choices = choices  # type: ignore[attr-defined]
