"""What is typed about a plan, an item, and what a tier has reached; and what a list of plans is narrowed to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.indicators.models import Indicator
from gongjian.register.models import BodyEntry, Line, OfficeKind
from gongjian.register.office_forms import DayField
from gongjian.ui.templatetags.ui import name_zh
from gongjian.ui.widgets import Select

from .models import FEWEST_TOLD, Carrier, Plan, PlanItem, Stage, Tier
from .queries import PlanFilters

TEXT = {"class": "input", "autocomplete": "off"}
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices here. Choose again.")}


def _text(
    label: Any, length: int, *, required: bool = False, help_text: Any = "", missing: Any = ""
) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        help_text=help_text,
        error_messages={"required": missing} if missing else None,
        widget=forms.TextInput(attrs=TEXT),
    )


# == plans ==
class NewPlanForm(forms.Form):
    """Of which year, under which theme, and whether it begins with what the last plan left."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int, error_messages=NOT_A_CHOICE)
    theme = _text(_("Theme"), 200)
    document = _text(_("Document or decision"), 200)
    carries_over = forms.BooleanField(
        label=_("Begin with what the last plan left unfinished, and with what comes again each year"),
        required=False,
        initial=True,
    )

    def __init__(self, data: Any, *, years: Iterable[int], last: Plan | None) -> None:
        super().__init__(data)
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]
        self.fields["year"].widget.attrs["class"] = "input"
        if last is None:
            del self.fields["carries_over"]


class PlanForm(forms.Form):
    theme = _text(_("Theme"), 200)
    document = _text(_("Document or decision"), 200)


class PlanFilterForm(forms.Form):
    """Year, line, state, place, and only what has something late."""

    year = forms.TypedChoiceField(
        label=_("Year"), coerce=int, empty_value=None, required=False, widget=Select, error_messages=NOT_A_CHOICE
    )
    line = forms.ChoiceField(label=_("Line"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    state = forms.ChoiceField(label=_("State"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    below = forms.IntegerField(label=_("In"), required=False, min_value=1, max_value=2**63 - 1, widget=Select)
    late = forms.BooleanField(label=_("Only those with something late"), required=False)

    def __init__(self, data: Any, *, years: Iterable[int]) -> None:
        super().__init__(data)
        every = [("", gettext("All"))]
        choices: dict[str, list[tuple[Any, Any]]] = {
            "year": [(year, str(year)) for year in years],
            "line": [(line.key, str(line)) for line in Line.objects.all()],
            "state": list(Plan.State.choices),
        }
        for name, options in choices.items():
            self.fields[name].choices = [*every, *options]  # type: ignore[attr-defined]

    def offer_units(self, units: Iterable[tuple[int, str]]) -> None:
        self.fields["below"].widget.choices = [("", gettext("The whole register")), *units]

    def filters(self) -> PlanFilters:
        return PlanFilters(**{name: value for name, value in self.cleaned_data.items() if value})


# == items ==
class ItemForm(forms.Form):
    """What, by whom and with whom, from when until when, and by what it is seen that it is reached."""

    title = _text(
        _("What is to be done"),
        120,
        required=True,
        missing=_("The title is empty. Say in a few words what is to be done."),
    )
    what = forms.CharField(
        label=_("In more words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
    )
    owner = forms.ChoiceField(label=_("Who owns it"), error_messages=NOT_A_CHOICE)
    partners = forms.MultipleChoiceField(
        label=_("Done together with"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Organisations of other lines. It stays one item, and shows in their plans too."),
        error_messages=NOT_A_CHOICE,
    )
    starts_on = DayField(label=_("Begins on"))
    due_on = DayField(label=_("Due on"))
    milestone = _text(_("Milestone"), 200, help_text=_("By what it is seen that it is done."))
    indicator = forms.ModelChoiceField(
        Indicator.objects.filter(awaits=""), label=_("Indicator"), required=False, empty_label=_("none")
    )
    stage = forms.ModelChoiceField(Stage.objects.all(), label=_("Stage"), required=False, empty_label=_("none"))
    carrier = forms.ModelChoiceField(Carrier.objects.all(), label=_("Carrier"), required=False, empty_label=_("none"))
    recurs = forms.BooleanField(label=_("Comes again each year"), required=False)

    def __init__(
        self, data: Any, *, plan: Plan, owners: list[BodyEntry], partners: list[BodyEntry], item: PlanItem | None = None
    ) -> None:
        super().__init__(data, initial=_as_it_stands(plan, item))
        self._bodies = {str(each.body_id): each.body for each in [*owners, *partners]}
        if item is not None:
            self._bodies.setdefault(str(item.owner_id), item.owner)
        self.fields["owner"].choices = _offered(owners, item)  # type: ignore[attr-defined]
        self.fields["partners"].choices = [(each.body_id, name_zh(each.name)) for each in partners]  # type: ignore[attr-defined]
        if not partners:
            del self.fields["partners"]
        self.fields["carrier"].queryset = Carrier.objects.filter(line=plan.body.line_id)  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """As the actions take it."""
        given = dict(self.cleaned_data)
        given["owner"] = self._bodies[given["owner"]]
        given["partners"] = [self._bodies[id] for id in given.pop("partners", ())]
        return given


def _offered(owners: list[BodyEntry], item: PlanItem | None) -> list[tuple[int, str]]:
    """An owner of before stays among the choices, so that other things can be amended."""
    offered = [(each.body_id, each.name) for each in owners]
    if item is not None and item.owner_id not in dict(offered):
        last = BodyEntry.objects.filter(body=item.owner_id).order_by("valid").last()
        offered.append((item.owner_id, str(last or item.owner_id)))
    return offered


def _as_it_stands(plan: Plan, item: PlanItem | None) -> dict[str, Any]:
    if item is None:
        return {"owner": plan.body_id, "starts_on": date(plan.year, 1, 1), "due_on": date(plan.year, 12, 31)}
    names = ("title", "what", "starts_on", "due_on", "milestone", "indicator", "stage", "carrier", "recurs")
    own: dict[str, Any] = {name: getattr(item, name) for name in names}
    return own | {"owner": item.owner_id, "partners": [each.body_id for each in item.partners.all()]}


class OwnerForm(forms.Form):
    """Which body owns the item from now on."""

    owner = forms.ChoiceField(label=_("New owner"), error_messages=NOT_A_CHOICE)

    def __init__(self, data: Any, *, offered: Iterable[tuple[int, str]]) -> None:
        super().__init__(data)
        self.fields["owner"].choices = list(offered)  # type: ignore[attr-defined]


# == tiers ==
class EntryForm(forms.Form):
    """What a tier has reached: a project by name, an organisation, or of people how many or which office."""

    project = _text(_("Name of the project"), 120, required=True, missing=_("Write the name of the project."))
    body = _text(
        _("Name or code of the organisation"),
        200,
        required=True,
        missing=_("Write the name of the organisation as it stands in the register."),
    )
    people = forms.IntegerField(
        label=_("How many of its people"),
        required=False,
        min_value=FEWEST_TOLD,
        max_value=1_000_000,
        help_text=_("From 5 on; fewer are not told as a number."),
        error_messages={
            "invalid": _("Write a whole number, for example 25."),
            "min_value": _("Fewer than 5 people are not told as a number. Enter them with the organisation above."),
            "max_value": _("This number is too large for the register. Write a smaller one."),
        },
        widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
    )
    kind = forms.ModelChoiceField(
        OfficeKind.objects.none(),
        label=_("Or whoever holds this office in it"),
        required=False,
        empty_label=_("none"),
        help_text=_("The office is entered, not the person."),
    )
    since = DayField(label=_("Reached on"))
    note = _text(_("Note"), 200)

    def __init__(self, data: Any, *, tier: Tier, today: date) -> None:
        super().__init__(data, initial={"since": today})
        self.tier = tier
        kept = {
            Tier.Counts.PROJECTS: ("project", "since", "note"),
            Tier.Counts.BODIES: ("body", "since", "note"),
            Tier.Counts.PEOPLE: ("body", "people", "kind", "since", "note"),
        }[Tier.Counts(tier.counts)]
        for name in set(self.fields) - set(kept):
            del self.fields[name]
        if "kind" in self.fields:
            offices = OfficeKind.objects.filter(line=tier.carrier.line_id)
            self.fields["kind"].queryset = offices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "people" in self.fields and bool(given.get("people")) == bool(given.get("kind")) and not self.errors:
            self.add_error("people", _("Write how many, or choose an office – one of the two."))
        return given
