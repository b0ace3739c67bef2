"""What is typed about a contest and its results, and what the list of contests is narrowed to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import BodyEntry, Line, UnitKind
from gongjian.register.office_forms import DayField
from gongjian.ui.widgets import Select

from .contests import MOST_ITEMS, Compared
from .fields import NOT_A_CHOICE, Hosted, line_of_text, offer_words, words
from .models import ComparedItem, Contest, ContestType
from .queries_contests import ContestFilters

LINES_OF_ITEMS = 3  # at first; a draft that is amended has as many more


class ContestForm(Hosted):
    """What, for whom, from when until when, what is compared, and to whom prizes go, if there are any."""

    title = line_of_text(_("Title"), 80, required=True, missing=_("The title is empty. Say in a few words what it is."))
    type = forms.ModelChoiceField(ContestType.objects.all(), label=_("Type"), empty_label=None)
    what = words(_("In more words"), 2000)
    level = forms.ChoiceField(label=_("For organisations in"), required=False, error_messages=NOT_A_CHOICE)
    begins_on = DayField(label=_("Begins on"))
    ends_on = DayField(label=_("Last day"))
    prizes = forms.ChoiceField(
        label=_("Prizes"), choices=Contest.Prizes.choices, widget=forms.RadioSelect, error_messages=NOT_A_CHOICE
    )
    approval = line_of_text(
        _("Document of approval"),
        200,
        help_text=_("Only for prizes to others: number and title. Without it they are not given."),
    )
    approved_at = forms.ChoiceField(
        label=_("Approved by"),
        required=False,
        choices=[("", _("nobody")), *Contest.Approval.choices],
        error_messages=NOT_A_CHOICE,
    )

    def __init__(self, data: Any, *, hosts: list[BodyEntry], contest: Contest | None = None) -> None:
        super().__init__(data, initial=_contest_as_it_stands(contest))
        self.fields["level"].choices = [(key, level_words(key)) for key in ("", *UnitKind.Level.values)]  # type: ignore[attr-defined]
        for at in range(LINES_OF_ITEMS if contest is None else min(MOST_ITEMS, contest.items.count() + LINES_OF_ITEMS)):
            gaps = {"number": at + 1}
            self.fields[f"words_{at}"] = line_of_text(_("What is compared, %(number)s") % gaps, 80)
            self.fields[f"measure_{at}"] = line_of_text(_("Unit of measure, %(number)s") % gaps, 20)
            self.fields[f"better_{at}"] = forms.ChoiceField(
                label=_("Which is better, %(number)s") % gaps, choices=ComparedItem.Better.choices, required=False
            )
        self.offer(hosts)
        self.order_fields([*(name for name in self.fields if name != "hosts"), "hosts"])

    def given(self) -> dict[str, Any]:
        given = super().given()
        names = [name for name in given if re.fullmatch(r"(words|measure|better)_\d+", name)]
        taken = {name: given.pop(name) for name in names}
        given["items"] = [
            Compared(taken[f"words_{at}"], taken[f"measure_{at}"], taken[f"better_{at}"])
            for at in range(len(names) // 3)
        ]
        return given


def level_words(key: str) -> str:
    """For whom a contest is, in words."""
    return {
        "": gettext("any place or employer below"),
        "city": gettext("the city"),
        "county": gettext("counties"),
        "town": gettext("towns and streets"),
        "village": gettext("villages and communities"),
        "place": gettext("buildings, parks and markets"),
        "employer": gettext("employers"),
    }[key]


def _contest_as_it_stands(contest: Contest | None) -> dict[str, Any]:
    if contest is None:
        return {"prizes": Contest.Prizes.NONE}
    names = ("title", "type", "what", "level", "begins_on", "ends_on", "prizes", "approval", "approved_at")
    own: dict[str, Any] = {name: getattr(contest, name) for name in names}
    for at, item in enumerate(contest.items.all()):
        own |= {f"words_{at}": item.words, f"measure_{at}": item.measure, f"better_{at}": item.better}
    return own | {"hosts": [each.body_id for each in contest.hosts.all()]}


class ContestFilterForm(forms.Form):
    type = forms.ChoiceField(label=_("Type"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    state = forms.ChoiceField(label=_("State"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    line = forms.ChoiceField(label=_("Line"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    own = forms.BooleanField(label=_("Only those I keep"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        offer_words(self, type=ContestType.objects.all(), line=Line.objects.all())
        self.fields["state"].choices = [("", gettext("All")), *Contest.State.choices]  # type: ignore[attr-defined]

    def filters(self) -> ContestFilters:
        return ContestFilters(**self.cleaned_data)


class ResultsForm(forms.Form):
    """What one entrant came to, a number for each thing that is compared; empty: not known."""

    def __init__(self, data: Any, *, items: Iterable[ComparedItem], known: dict[int, Any]) -> None:
        super().__init__(data)
        for item in items:
            self.fields[f"item_{item.pk}"] = forms.DecimalField(
                label=f"{item.words}（{item.measure}）" if item.measure else item.words,
                required=False,
                max_digits=14,
                decimal_places=2,
                initial=known.get(item.pk),
                error_messages={"invalid": _("Write a number, for example 12.5.")},
                widget=forms.NumberInput(attrs={"class": "input", "inputmode": "decimal", "step": "0.01"}),
            )

    def values(self) -> dict[int, Any]:
        return {int(name.removeprefix("item_")): value for name, value in self.cleaned_data.items()}
