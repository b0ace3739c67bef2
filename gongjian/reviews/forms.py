"""What is typed about years, meetings, ballots, grades and objections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.register.office_forms import DayField
from gongjian.ui.templatetags.ui import names_zh
from gongjian.ui.widgets import Select

from .grading import Chosen
from .models import LONGEST, MemberReview
from .queries import Row
from .rules import Rules

NUMBER = {"class": "input", "inputmode": "numeric"}
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices here. Choose again.")}
MOST = 100_000


def text(label: Any, length: int, *, missing: Any = "", help_text: Any = "", rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"class": "input", "rows": rows, "lang": "zh-Hans"})
    return forms.CharField(
        label=label, max_length=length, required=bool(missing), help_text=help_text, widget=widget,
        error_messages={"required": missing} if missing else None,
    )  # fmt: skip


def number(label: Any, least: int, most: int, *, initial: int | None = None, help_text: Any = "") -> forms.IntegerField:
    gaps = {"least": least, "most": most}
    wrong = lazy(lambda: gettext("Write a whole number from %(least)s to %(most)s.") % gaps, str)()
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, initial=initial, help_text=help_text,
        widget=forms.NumberInput(attrs=NUMBER),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )  # fmt: skip


def choice(label: Any, choices: Any, *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=required, widget=Select, error_messages=NOT_A_CHOICE
    )  # fmt: skip


class YearForm(forms.Form):
    """For which year, and of which day the rolls are; where a year is opened, until when branches hand up."""

    year = choice(_("Year"), ())
    roll_on = DayField(label=_("Members on the day"), help_text=_("Who was a member on that day is on the roll."))
    due_on = DayField(label=_("Handed up by"))

    def __init__(self, data: Any, *, today: date, opens: bool) -> None:
        super().__init__(data, initial={"year": str(today.year), "roll_on": today})
        self.fields["year"].choices = [(str(each), str(each)) for each in (today.year, today.year - 1)]  # type: ignore[attr-defined]
        if not opens:
            del self.fields["due_on"]

    def given(self) -> dict[str, Any]:
        return self.cleaned_data | {"year": int(self.cleaned_data["year"])}


class RollForm(forms.Form):
    roll_on = DayField(label=_("Members on the day"))


class MeetingForm(forms.Form):
    """Of the meeting nothing but its day and numbers."""

    held_on = DayField(label=_("Day of the meeting"))
    to_come = number(_("Were to come"), 1, MOST)
    came = number(_("Came"), 0, MOST)
    valid = number(
        _("Valid ballots"), 0, MOST, help_text=_("How many handed in a valid ballot paper; 0 if there was no ballot.")
    )

    def __init__(self, data: Any, *, review: MemberReview, today: date, roll: int) -> None:
        first = {"held_on": review.held_on or today, "to_come": review.to_come or roll, "came": review.came,
                 "valid": review.valid}  # fmt: skip
        super().__init__(data, initial=first)


class SheetForm(forms.Form):
    """For each who is graded, a number for each grade."""

    def __init__(self, data: Any, *, rows: Sequence[Row], rules: Rules, most: int) -> None:
        super().__init__(data)
        self.rows = [row for row in rows if not row.grade.ungraded]
        self.rules = rules
        for row in self.rows:
            for at, grade in enumerate(rules.grades):
                self.fields[f"n_{row.grade.pk}_{at}"] = number(str(grade), 0, most, initial=0)

    def people(self) -> list[dict[str, Any]]:
        """Each with the fields to type."""
        return [
            {"name": row.name, "fields": [self[f"n_{row.grade.pk}_{at}"] for at in range(len(self.rules.grades))]}
            for row in self.rows
        ]

    def numbers(self) -> dict[int, list[int]]:
        return {
            row.grade.pk: [self.cleaned_data[f"n_{row.grade.pk}_{at}"] for at in range(len(self.rules.grades))]
            for row in self.rows
        }


class GradesForm(forms.Form):
    """One chooser a person, and a reason; one's own row is not among them."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, review: MemberReview, rows: Sequence[Row], rules: Rules) -> None:
        super().__init__(data, initial={"version": review.version}, auto_id="%s")
        self.rows = list(rows)
        choices = [("", gettext("– not yet –"))] + [(each.key, str(each)) for each in (*rules.grades, *rules.ungraded)]
        for row in self.rows:
            if row.is_own:
                continue
            pk = row.grade.pk
            self.fields[f"grade_{pk}"] = choice(names_zh(row.name), choices, required=False)
            self.fields[f"grade_{pk}"].initial = row.grade.grade or row.grade.ungraded
            reason = forms.CharField(
                label=_("Reason"), max_length=300, required=False, initial=row.grade.reason,
                widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "lang": "zh-Hans"}),
            )  # fmt: skip
            self.fields[f"reason_{pk}"] = reason

    def people(self) -> list[dict[str, Any]]:
        """Each row with its fields; one's own without."""
        return [
            {"row": row, "grade": None if row.is_own else self[f"grade_{row.grade.pk}"],
             "reason": None if row.is_own else self[f"reason_{row.grade.pk}"],
             "is_empty": not (row.grade.grade or row.grade.ungraded)}
            for row in self.rows
        ]  # fmt: skip

    def chosen(self) -> dict[int, Chosen]:
        return {
            row.grade.pk: Chosen(
                self.cleaned_data[f"grade_{row.grade.pk}"], self.cleaned_data[f"reason_{row.grade.pk}"]
            )
            for row in self.rows
            if not row.is_own
        }


class SayForm(forms.Form):
    words = text(
        _("How my year was"), LONGEST, rows=5, help_text=_("Up to you. A few sentences are enough; leave it empty to "
                                                           "take it out."),
    )  # fmt: skip


class ToldForm(forms.Form):
    told_on = DayField(label=_("Told in person on"))


class ObjectForm(forms.Form):
    reason = text(_("What is wrong, and what it stands on"), LONGEST, missing=_("Say what is wrong."))


class AnswerForm(forms.Form):
    words = text(_("Answer"), LONGEST, missing=_("Give the reason of the answer. Whoever objected reads it."))
    choice = choice(_("Grade instead, if it is upheld"), (), required=False)

    def __init__(self, data: Any, *, rules: Rules) -> None:
        super().__init__(data)
        first = [("", gettext("– none –"))]
        self.fields["choice"].choices = first + [(each.key, str(each)) for each in rules.grades]  # type: ignore[attr-defined]


class ReturnForm(forms.Form):
    reason = text(_("What is to be looked at again"), LONGEST, missing=_("Say what is to be looked at again."))
