"""What is typed about contact points, visits, problems and demonstration points; and what their list is narrowed to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import Line, Office
from gongjian.register.office_forms import DayField
from gongjian.register.papers import check_paper
from gongjian.ui.widgets import Select

from .models import ContactPoint, Demonstration, Visit
from .models.points import FEWEST_TOLD, MOST_PROBLEMS, MOST_VISITS
from .queries import ContactFilters
from .visits import Found

TEXT = {"class": "input", "autocomplete": "off"}
NUMBER = {"class": "input", "inputmode": "numeric"}
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices here. Choose again.")}


def text(label: Any, length: int, *, missing: Any = "", help_text: Any = "", rows: int = 0) -> forms.CharField:
    """A line, or `rows` of them; `missing`: what is said if it is empty and must not be."""
    widget = forms.Textarea(attrs={"class": "input", "rows": rows}) if rows else forms.TextInput(attrs=TEXT)
    return forms.CharField(
        label=label, max_length=length, required=bool(missing), help_text=help_text, widget=widget,
        error_messages={"required": missing} if missing else None,
    )  # fmt: skip


# == the list ==
class ContactFilterForm(forms.Form):
    """Line, whose, how they stand, demonstration points alone. `point` comes with a link from the page of a body."""

    line = forms.ChoiceField(label=_("Line"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    leader = forms.IntegerField(label=_("Leader's organisation"), required=False, min_value=1, max_value=2**63 - 1,
                                widget=Select)  # fmt: skip
    state = forms.ChoiceField(label=_("State"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    demonstration = forms.BooleanField(label=_("Demonstration points only"), required=False)
    point = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["line"].choices = [("", gettext("All")), *((each.key, str(each)) for each in Line.objects.all())]  # type: ignore[attr-defined]
        states = [("", _("Not ended")), ("mend", _("To be mended")), ("ended", _("Ended")), ("all", _("All"))]
        self.fields["state"].choices = states  # type: ignore[attr-defined]

    def offer_leaders(self, bodies: Iterable[tuple[int, str]]) -> None:
        self.fields["leader"].widget.choices = [("", gettext("All")), *bodies]

    def filters(self) -> ContactFilters:
        return ContactFilters(**{name: value for name, value in self.cleaned_data.items() if value})


# == contact points ==
class PointForm(forms.Form):
    """Whose contact point, which body, from when until when, how many visits a year, and why this one."""

    leader = forms.ModelChoiceField(
        Office.objects.none(), label=_("Leader who keeps in touch"), empty_label=None, error_messages=NOT_A_CHOICE,
        help_text=_("The office, whoever holds it."),
    )  # fmt: skip
    point = text(
        _("Name or code of the organisation"), 200,
        missing=_("Write the name of the organisation as it stands in the register."),
        help_text=_("Any organisation that sits within the place of the leader's."),
    )  # fmt: skip
    since = DayField(label=_("From"))
    until = DayField(label=_("Until the day before"), required=False)
    wanted = forms.IntegerField(
        label=_("Visits a year"), min_value=1, max_value=MOST_VISITS, widget=forms.NumberInput(attrs=NUMBER),
        error_messages={"invalid": _("Write a whole number, as 4."), "required": _("Write a whole number, as 4.")},
    )  # fmt: skip
    why = text(_("Why this one"), 300, missing=_("Say why this organisation was chosen. It reads it."))

    def __init__(self, data: Any, *, offices: Iterable[Office], today: date, wanted: int) -> None:
        super().__init__(data, initial={"since": today, "wanted": wanted})
        offer_offices(self.fields["leader"], offices)


def offer_offices(field: Any, offices: Iterable[Office]) -> None:
    """Those of a body, each with who holds it."""
    held = list(offices)
    field.queryset = Office.objects.filter(pk__in=[each.pk for each in held])
    field.widget.attrs["class"] = "input"
    field.widget.choices = [(each.pk, f"{each.kind} {each.person.name}") for each in held]


class AmendPointForm(forms.Form):
    wanted = forms.IntegerField(
        label=_("Visits a year"), min_value=1, max_value=MOST_VISITS, widget=forms.NumberInput(attrs=NUMBER),
        error_messages={"invalid": _("Write a whole number, as 4."), "required": _("Write a whole number, as 4.")},
    )  # fmt: skip
    why = text(_("Why this one"), 300, missing=_("Say why this organisation was chosen. It reads it."))

    def __init__(self, data: Any, *, contact: ContactPoint) -> None:
        super().__init__(data, initial={"wanted": contact.wanted, "why": contact.why})


class EndPointForm(forms.Form):
    on = DayField(label=_("From this day on no contact point"))
    because = text(_("Why it ends"), 200, missing=_("Say why it ends. The point reads it."))

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, initial={"on": today})


class HandOnForm(forms.Form):
    """To which office of the same body."""

    leader = forms.ModelChoiceField(
        Office.objects.none(), label=_("Leader who keeps in touch"), empty_label=None, error_messages=NOT_A_CHOICE
    )
    on = DayField(label=_("From"))

    def __init__(self, data: Any, *, offices: Iterable[Office], today: date) -> None:
        super().__init__(data, initial={"on": today})
        offer_offices(self.fields["leader"], offices)


# == visits ==
class VisitForm(forms.Form):
    """One visit: the day, what was seen, whom one met. Two minutes on a phone."""

    on = DayField(label=_("Day of the visit"))
    seen = text(_("What was seen"), 1000, rows=4, missing=_("Say in a sentence what was seen."))
    met = text(_("Whom one met"), 200, help_text=_("Groups, no names: workers of the second shift, young teachers."))
    people = forms.IntegerField(
        label=_("How many people"), required=False, min_value=FEWEST_TOLD, max_value=30_000,
        widget=forms.NumberInput(attrs=NUMBER), help_text=_("May stay empty. Fewer than 5 are not told as a number."),
        error_messages={
            "invalid": _("Write a whole number, for example 25."),
            "min_value": _("Fewer than 5 people are not told as a number. Leave it empty."),
            "max_value": _("This number is too large for the register. Write a smaller one."),
        },
    )  # fmt: skip

    def __init__(self, data: Any, *, today: date, visit: Visit | None = None) -> None:
        names = ("on", "seen", "met", "people")
        known = {name: getattr(visit, name) for name in names} if visit else {"on": today}
        super().__init__(data, initial=known)


class NewVisitForm(VisitForm):
    """The same with up to three problems that were found."""

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, today=today)
        for number in range(1, MOST_PROBLEMS + 1):
            self.fields[f"what{number}"] = text(_("Problem"), 300)
            self.fields[f"done{number}"] = text(
                _("Solved on the spot: what was done"), 300, help_text=_("Empty, if it is still to be solved.")
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for number in range(1, MOST_PROBLEMS + 1):
            if given.get(f"done{number}") and not given.get(f"what{number}"):
                self.add_error(f"what{number}", gettext("Say which problem was solved."))
        return given

    @property
    def numbers(self) -> list[tuple[Any, Any]]:
        """The fields of each problem."""
        return [(self[f"what{number}"], self[f"done{number}"]) for number in range(1, MOST_PROBLEMS + 1)]

    def visit_given(self) -> dict[str, Any]:
        """As the action takes it."""
        given = {name: self.cleaned_data[name] for name in ("on", "seen", "met", "people")}
        pairs = [(self.cleaned_data[f"what{n}"], self.cleaned_data[f"done{n}"]) for n in range(1, MOST_PROBLEMS + 1)]
        return given | {"problems": [Found(what, done) for what, done in pairs if what]}


# == problems ==
class OutcomeForm(forms.Form):
    """What was done, or why it cannot be solved."""

    outcome = text(_("What was done, or why it cannot be solved"), 300,
                   missing=_("Say what was done, or why it cannot be solved. The point reads it."))  # fmt: skip


class TakeOnForm(forms.Form):
    """Who is asked to solve it, and until when."""

    body = text(_("Name or code of the organisation"), 200,
                missing=_("Write the name of the organisation as it stands in the register."),
                help_text=_("One that stands below the leader's organisation: it gets it into its inbox."))  # fmt: skip
    due_on = DayField(label=_("Due on"))
    what = text(_("In more words"), 500, rows=2)


# == demonstration points ==
class DemonstrationForm(forms.Form):
    """The approval: document, by whom, on which level, and when it is looked at again."""

    document = text(
        _("Number of the document"), 80,
        missing=_("Write the number of the document. Without one there is no demonstration point."),
    )  # fmt: skip
    approver = text(_("Approved by"), 100, missing=_("Write the name of who approved it, as on the document."))
    approver_kind = forms.ChoiceField(label=_("Which is a"), choices=Demonstration.Approver.choices, widget=Select,
                                      error_messages=NOT_A_CHOICE)  # fmt: skip
    level = forms.ChoiceField(label=_("Level"), choices=Demonstration.Level.choices, widget=Select,
                              error_messages=NOT_A_CHOICE)  # fmt: skip
    approved_on = DayField(label=_("Day of the document"))
    recheck_on = DayField(label=_("To be looked at again by"), help_text=_("Within three years."))
    link = forms.URLField(label=_("Address of the document"), required=False, max_length=300, assume_scheme="https",
                          widget=forms.URLInput(attrs=TEXT))  # fmt: skip
    file = forms.FileField(label=_("Or the document as a file"), required=False)

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        return check_paper(file) if file else None


class RecheckForm(forms.Form):
    """Kept until the next time, or withdrawn."""

    note = text(_("What was found, or why it is withdrawn"), 200,
                missing=_("Say what was found, or why it is withdrawn."))  # fmt: skip
    recheck_on = DayField(label=_("To be looked at again by"), required=False, help_text=_("Needed to keep it."))
