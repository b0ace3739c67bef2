"""What is typed into the pages of a reconciliation: the list and its day, a document, a workbook with decisions."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from .reconciliations.words import HAPPENED, VERDICTS

NO_FILE = {
    "required": gettext_lazy("No file is chosen. Choose one and send again."),
    "empty": gettext_lazy("The file is empty. Choose the one with the table."),
}
NO_DAY = {
    "required": gettext_lazy("The day is missing. Write it as 2010-12-15."),
    "invalid": gettext_lazy("This is not a day. Write it as 2010-12-15."),
}


def _day(**more: object) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=NO_DAY,
        **more,  # type: ignore[arg-type]
    )


class ListForm(forms.Form):
    """A published list and the day of which it is."""

    file = forms.FileField(
        label=gettext_lazy("The newer list"),
        help_text=gettext_lazy("Excel or CSV, with a code and a name a row, from the city down to the villages."),
        error_messages=NO_FILE,
    )
    as_of = _day(
        label=gettext_lazy("The list is of"),
        help_text=gettext_lazy("The day for which it was published. Changes count from this day."),
    )


class DocumentForm(forms.Form):
    """The paper on which decisions stand. One of the three is enough."""

    number = forms.CharField(label=gettext_lazy("Document number"), max_length=80, required=False)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, required=False)
    issued_on = _day(label=gettext_lazy("Issued on"), required=False)
    file = forms.FileField(label=gettext_lazy("The file itself"), required=False)


class WorkbookForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("The workbook with decisions"), error_messages=NO_FILE)


class FindingFilter(forms.Form):
    """Which findings a list shows. What cannot be read is left aside."""

    county = forms.ChoiceField(label=gettext_lazy("County"), required=False)
    verdict = forms.ChoiceField(
        label=gettext_lazy("How sure"), required=False, choices=[("", gettext_lazy("All")), *VERDICTS.items()]
    )
    happened = forms.ChoiceField(
        label=gettext_lazy("What happened"), required=False, choices=[("", gettext_lazy("All")), *HAPPENED.items()]
    )
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("open", gettext_lazy("Open")),
            ("decided", gettext_lazy("Decided")),
        ],
    )

    def __init__(self, data: object, counties: list[list[str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        field: forms.ChoiceField = self.fields["county"]  # type: ignore[assignment]
        field.choices = [("", gettext_lazy("All")), *((code, name) for code, name in counties)]

    def asked(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
