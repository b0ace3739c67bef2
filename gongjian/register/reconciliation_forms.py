"""What is typed into the pages of a reconciliation: the list and its day, a document, a workbook with decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Reconciliation
from .papers import check_paper
from .reconciliations.words import VERDICTS, words_of

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
    """A published list, what it lists, and the day of which it is."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it lists"),
        required=False,
        choices=[
            ("divisions", gettext_lazy("Divisions: towns and villages")),
            ("firms", gettext_lazy("Businesses, by credit code")),
        ],
    )
    within = forms.TypedChoiceField(
        label=gettext_lazy("Whose businesses"),
        help_text=gettext_lazy("For businesses only: the county or city whose businesses the list has, all of them."),
        required=False,
        coerce=int,
        empty_value=None,
    )
    file = forms.FileField(
        label=gettext_lazy("The newer list"),
        help_text=gettext_lazy(
            "Excel or CSV. Of divisions: a code and a name a row, from the city down to the villages. "
            "Of businesses: name and credit code; if you like also place, address, trade and staff."
        ),
        error_messages=NO_FILE,
    )
    as_of = _day(
        label=gettext_lazy("The list is of"),
        help_text=gettext_lazy("The day for which it was published. Changes count from this day."),
    )

    def __init__(self, *given: Any, stretches: Mapping[int, str], **named: Any) -> None:
        super().__init__(*given, **named)
        field: forms.TypedChoiceField = self.fields["within"]  # type: ignore[assignment]
        field.choices = [("", "–"), *stretches.items()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") == "firms" and not cleaned.get("within") and "within" not in self.errors:
            self.add_error("within", _("Say of which county or city the businesses are."))
        return cleaned


class DocumentForm(forms.Form):
    """The paper on which decisions stand. One of the three is enough."""

    number = forms.CharField(label=gettext_lazy("Document number"), max_length=80, required=False)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, required=False)
    issued_on = _day(label=gettext_lazy("Issued on"), required=False)
    file = forms.FileField(label=gettext_lazy("The file itself"), required=False, max_length=100)

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        return check_paper(file) if file else file


class WorkbookForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("The workbook with decisions"), error_messages=NO_FILE)


class FindingFilter(forms.Form):
    """Which findings a list shows. What cannot be read is left aside."""

    county = forms.ChoiceField(label=gettext_lazy("County"), required=False)
    verdict = forms.ChoiceField(
        label=gettext_lazy("How sure"), required=False, choices=[("", gettext_lazy("All")), *VERDICTS.items()]
    )
    happened = forms.ChoiceField(label=gettext_lazy("What happened"), required=False)
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("open", gettext_lazy("Open")),
            ("decided", gettext_lazy("Decided")),
        ],
    )

    def __init__(self, data: object, reconciliation: Reconciliation) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        if reconciliation.is_of_firms:
            self.fields["county"].label = gettext_lazy("Town or street")
        self._offer("county", dict(reconciliation.counties))
        self._offer("happened", words_of(reconciliation))

    def _offer(self, name: str, words: Mapping[str, Any]) -> None:
        field: forms.ChoiceField = self.fields[name]  # type: ignore[assignment]
        field.choices = [("", gettext_lazy("All")), *words.items()]

    def asked(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
