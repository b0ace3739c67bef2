"""What is typed about selections: preparing one, proposing, holding the poll, deciding, objecting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongjian.ballots.forms import PollForm
from gongjian.deeds.forms import text
from gongjian.deeds.models import Star
from gongjian.register.models.words import spoken
from gongjian.register.office_forms import DayField
from gongjian.ui.widgets import Select

from .models import Candidate, Selection, SelectionRule
from .queries import Standing

NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices here. Choose again.")}


class SelectionForm(forms.Form):
    """By which rules, of what time, and until when candidates come in."""

    rule = forms.ModelChoiceField(
        SelectionRule.objects.all(), label=_("Rules"), empty_label=None, error_messages=NOT_A_CHOICE, widget=Select
    )
    title = text(_("What is selected"), 60, missing=_("The title is empty. Say what is selected."))
    span = forms.ChoiceField(
        label=_("It names stars"), required=False, choices=[("", _("of no time")), *Star.Span.choices], widget=Select,
        error_messages=NOT_A_CHOICE,
    )  # fmt: skip
    of = DayField(label=_("Any day of that time"), required=False)
    nominate_until = DayField(label=_("Candidates come in until"))

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, initial={"nominate_until": today + timedelta(days=14), "of": today, "span": "month"})

    def said(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return given if given["span"] else given | {"of": None}


class ProposeForm(forms.Form):
    """The marks of one candidate that are typed."""

    def __init__(self, data: Any, *, selection: Selection) -> None:
        super().__init__(data)
        for mark in selection.rules["marks"]:
            if mark["source"] == "typed":
                self.fields[mark["key"]] = forms.ChoiceField(
                    label=spoken(mark["names"]), error_messages=NOT_A_CHOICE, widget=Select,
                    choices=[(each["key"], spoken(each["names"])) for each in mark["options"]],
                )  # fmt: skip


class HoldPollForm(PollForm):
    """The poll of a selection: its kind and title follow from the selection, and it always names its draw."""

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        del self.fields["kind"]
        del self.fields["title"]
        self.fields["draw"].required = True
        self.fields["draw_held_after"].required = True


class ReasonForm(forms.Form):
    reason = text(_("Reason"), 200, rows=2)


class WordsForm(forms.Form):
    words = text(
        _("What is wrong, and what it stands on"), 500, rows=3, missing=_("Say what is wrong, and what it stands on.")
    )


class AnswerForm(forms.Form):
    words = text(
        _("Answer, with the reason"), 500, rows=3,
        missing=_("Give the reason of the answer. Whoever objected reads it."),
    )  # fmt: skip


class DecideForm(forms.Form):
    """Whom the panel chose; what the rules came to is ticked beforehand."""

    chosen = forms.MultipleChoiceField(
        label=_("Chosen"), widget=forms.CheckboxSelectMultiple, error_messages={
            "required": _("Nobody is chosen. Call the selection off if that is what was decided."),
            "invalid_choice": _("The decision names somebody who does not stand. Choose from the list."),
        },
    )  # fmt: skip
    panel = text(_("Who decided, by office"), 100, missing=_("Say who decided, by office: the panel, the committee."))
    departs_why = text(
        _("Why it departs from the rules' result"), 500, rows=3,
        help_text=_("Needed where somebody else is chosen than the rules named. Everybody reads it."),
    )  # fmt: skip

    def __init__(self, data: Any, *, standing: Sequence[Standing]) -> None:
        named = [each.candidate.number for each in standing if each.candidate.outcome == "chosen"]
        super().__init__(data, initial={"chosen": named})
        self.fields["chosen"].choices = [  # type: ignore[attr-defined]
            (each.candidate.number, _called(each.candidate)) for each in standing if each.candidate.state == "accepted"
        ]


def _called(candidate: Candidate) -> str:
    return f"{candidate.number} {candidate.title}（{candidate.get_outcome_display()}）"
