"""What is typed about rounds, scores, marks, boxes and objections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.register.office_forms import DayField
from gongjian.ui.widgets import Select

from .boxes import MOST_CODES, MOST_ON_ROLL
from .models import LONGEST, Box, Score
from .rules import Item, Rules, Term

TEXT = {"class": "input", "autocomplete": "off"}
NUMBER = {"class": "input", "inputmode": "numeric"}
DECIMAL = {"class": "input", "inputmode": "decimal", "autocomplete": "off"}
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices here. Choose again.")}


def _text(label: Any, length: int, missing: Any = "", *, help_text: Any = "", rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"class": "input", "rows": rows}) if rows else forms.TextInput(attrs=TEXT)
    return forms.CharField(
        label=label, max_length=length, required=bool(missing), help_text=help_text, widget=widget,
        error_messages={"required": missing} if missing else None,
    )  # fmt: skip


def _number(label: Any, least: int, most: int, *, help_text: Any = "") -> forms.IntegerField:
    gaps = {"least": least, "most": most}
    wrong = lazy(lambda: gettext("Write a whole number from %(least)s to %(most)s.") % gaps, str)()
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, help_text=help_text, widget=forms.NumberInput(attrs=NUMBER),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )  # fmt: skip


class RoundForm(forms.Form):
    """By which scheme, for which time, over which bodies, and until when each part is done."""

    scheme = forms.ChoiceField(label=_("Scheme"), widget=Select, error_messages=NOT_A_CHOICE)
    title = _text(_("Title of the round"), 60, _("Give the round a title."))
    of_until = DayField(
        label=_("Last day of the time appraised"), help_text=_("Figures are those read until that day.")
    )
    below = forms.ChoiceField(label=_("Place"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    kind = forms.ChoiceField(
        label=_("Kind of organisation"), required=False, widget=Select, error_messages=NOT_A_CHOICE
    )
    self_due = DayField(label=_("Self-scores are due on"))
    review_due = DayField(label=_("Scores from above are due on"))
    seed = _text(
        _("Public number to draw with"), 40, help_text=_("Only for schemes that draw among those who are level.")
    )

    def __init__(
        self, data: Any, *, schemes: Sequence[tuple[str, Any]], places: Sequence[tuple[int, str]],
        kinds: Sequence[tuple[str, str]], initial: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial=initial)
        fields: Any = self.fields
        fields["scheme"].choices = [(key, str(name)) for key, name in schemes]
        fields["below"].choices = [("", gettext("All below")), *((str(id), name) for id, name in places)]
        fields["kind"].choices = [("", gettext("All kinds of the scheme")), *kinds]

    def receivers(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"below": int(given["below"]) if given["below"] else None, "kind": given["kind"]}


class ReasonForm(forms.Form):
    """A reason, where a verb needs one."""

    reason = _text(_("Reason for it"), 300, _("Say why."))


class LeaveOutForm(forms.Form):
    """Which of the cases shown are not graded, and why."""

    cases = forms.TypedMultipleChoiceField(coerce=int, widget=forms.CheckboxSelectMultiple)
    reason = _text(_("Why they are not graded"), 300, _("Say why they are not graded. They read it."))

    def __init__(self, data: Any, *, ids: Iterable[int]) -> None:
        super().__init__(data)
        self.fields["cases"].choices = [(str(id), str(id)) for id in ids]  # type: ignore[attr-defined]


class ScoreForm(forms.Form):
    """A number from 0 to 100 for each item, and on what it stands."""

    def __init__(self, data: Any, *, items: Sequence[Item], given: Iterable[Score] = ()) -> None:
        kept = {each.item: each for each in given}
        super().__init__(data)
        self.items = items
        for item in items:
            own = kept.get(item.key)
            wrong = {"required": gettext("Write a number from 0 to 100.")}
            self.fields[f"value_{item.key}"] = forms.CharField(
                label=str(item), max_length=8, widget=forms.TextInput(attrs=DECIMAL), error_messages=wrong,
                initial=f"{own.value.normalize():f}" if own else None, help_text=gettext("0 to 100"),
            )  # fmt: skip
            self.fields[f"evidence_{item.key}"] = forms.CharField(
                label=gettext("What “%(item)s” stands on") % {"item": item}, max_length=LONGEST, required=False,
                widget=forms.Textarea(attrs={"class": "input", "rows": 2}), initial=own.evidence if own else None,
                help_text=gettext("Facts in a few words, or where they can be read. No photos are needed."),
            )  # fmt: skip

    def given(self) -> dict[str, tuple[str, str]]:
        told = self.cleaned_data
        return {each.key: (told[f"value_{each.key}"], told[f"evidence_{each.key}"]) for each in self.items}


class MarkForm(forms.Form):
    """A deduction, a bonus or a veto with its evidence."""

    what = forms.ChoiceField(label=_("What is entered"), widget=Select, error_messages=NOT_A_CHOICE)
    points = forms.CharField(
        label=_("Points"), max_length=8, required=False, widget=forms.TextInput(attrs=DECIMAL),
        help_text=_("For a veto leave it empty."),
    )  # fmt: skip
    evidence = _text(_("On what it stands"), LONGEST, _("Say what it stands on: a document, a fact, a day."), rows=2)

    def __init__(self, data: Any, *, rules: Rules) -> None:
        super().__init__(data)
        self.fields["what"].choices = marks_offered(rules)  # type: ignore[attr-defined]

    def given(self) -> tuple[str, str, str, str]:
        kind, _colon, key = self.cleaned_data["what"].partition(":")
        return kind, key, self.cleaned_data["points"], self.cleaned_data["evidence"]


def marks_offered(rules: Rules) -> list[tuple[str, str]]:
    """What can be entered beside the items, with its most."""
    said = [("deduction", gettext("Deduction: %(what)s, at most %(most)s points"), rules.deductions)]
    said.append(("bonus", gettext("Bonus: %(what)s, at most %(most)s points"), rules.bonuses))
    rows = [
        (f"{kind}:{each.key}", words % {"what": each, "most": each.most}) for kind, words, some in said for each in some
    ]
    vetoes = [
        (
            f"veto:{each.key}",
            gettext("Veto: %(what)s, at best “%(grade)s”") % {"what": each, "grade": rules.grade(each.grade)},
        )
        for each in rules.vetoes
    ]
    return rows + vetoes


class BoxForm(forms.Form):
    """How many may vote."""

    roll = _number(
        _("How many may vote"), 0, MOST_ON_ROLL, help_text=_("Members, or people's representatives who are invited.")
    )


class CodesForm(forms.Form):
    count = _number(_("How many codes"), 1, MOST_CODES, help_text=_("One for each who votes on a phone."))


class CountForm(forms.Form):
    """The papers of a box, as counted in the meeting: a number for each option."""

    def __init__(self, data: Any, *, options: Sequence[Term]) -> None:
        super().__init__(data)
        for at, option in enumerate(options):
            self.fields[f"option_{at}"] = _number(str(option), 0, MOST_ON_ROLL)

    def numbers(self) -> list[int]:
        return [self.cleaned_data[name] for name in self.fields]


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"), max_length=40,
        widget=forms.TextInput(attrs=TEXT | {"autocapitalize": "characters", "spellcheck": "false"}),
        help_text=_("16 letters and digits, with or without hyphens."),
        error_messages={"required": _("Type the code of your slip.")},
    )  # fmt: skip


class ObjectionForm(forms.Form):
    reason = _text(
        _("What is wrong, and what it stands on"), LONGEST, _("Say what is wrong, and what it stands on."), rows=3
    )


class AnswerForm(forms.Form):
    answer = _text(
        _("Reason of the answer"), LONGEST, _("Give the reason of the answer. Whoever objected reads it."), rows=3
    )


def day_after(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() + days)


BOX_WORDS = {
    Box.Kind.MEMBERS: _("Members' ballot"),
    Box.Kind.PEOPLE: _("People's review"),
}
