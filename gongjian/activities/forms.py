"""What is typed about good practice and about publicity, and what their lists are narrowed to."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.programme.models import PlanItem
from gongjian.register.models import Body, BodyEntry, Line
from gongjian.register.office_forms import DayField
from gongjian.ui.widgets import Select

from .fields import NOT_A_CHOICE, line_of_text, offer_words, words
from .models import Channel, Practice, PublicityItem
from .queries import PracticeFilters, PublicityFilters

MONTH = re.compile(r"(20\d\d|21\d\d)-(0[1-9]|1[0-2])")


# == good practice ==
class PracticeForm(forms.Form):
    """What was done, what came of it, and under which conditions it works elsewhere."""

    title = line_of_text(_("Title"), 40, required=True, missing=_("The title is empty. Give it a short one."))
    done = words(_("What was done"), 2000, required=True, missing=_("Say what was done."))
    came_of = words(
        _("What came of it"),
        2000,
        required=True,
        help_text=_("What changed for people, with a number if there is one."),
        missing=_("Say what came of it."),
    )
    conditions = words(_("What it takes elsewhere"), 1000, rows=3)


class UptakeForm(forms.Form):
    body = forms.ChoiceField(label=_("Which organisation"), error_messages=NOT_A_CHOICE)
    since = DayField(label=_("Done since"))
    effect = words(_("With what effect"), 500, rows=3, help_text=_("It can be told later as well."))

    def __init__(self, data: Any, *, takers: Iterable[tuple[int, str]], today: date) -> None:
        super().__init__(data, initial={"since": today})
        self.fields["body"].choices = list(takers)  # type: ignore[attr-defined]


class PracticeFilterForm(forms.Form):
    q = line_of_text(_("Words in it"), 60)
    line = forms.ChoiceField(label=_("Line"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    state = forms.ChoiceField(label=_("State"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    own = forms.BooleanField(label=_("Only those I handed in or check"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        offer_words(self, line=Line.objects.all())
        self.fields["state"].choices = [("", gettext("All")), *Practice.State.choices]  # type: ignore[attr-defined]

    def filters(self) -> PracticeFilters:
        return PracticeFilters(**self.cleaned_data)


# == publicity ==
class PublicityForm(forms.Form):
    """What is to be published, where, on which day, and who sees to it."""

    subject = line_of_text(
        _("Subject"), 120, required=True, missing=_("The subject is empty. Say in a few words what it is about.")
    )
    channel = forms.ModelChoiceField(Channel.objects.all(), label=_("Channel"), empty_label=None)
    planned_on = DayField(label=_("Planned for"))
    responsible = forms.ChoiceField(label=_("Who sees to it"), error_messages=NOT_A_CHOICE)
    item = forms.ModelChoiceField(
        PlanItem.objects.none(), label=_("Item of the plan"), required=False, empty_label=_("none")
    )

    def __init__(
        self, data: Any, *, body: Body, offered: list[BodyEntry], items: Any, item: PublicityItem | None = None
    ) -> None:
        names = ("subject", "channel", "planned_on", "item")
        known = {name: getattr(item, name) for name in names} if item else {}
        super().__init__(data, initial=known | {"responsible": item.responsible_id if item else body.pk})
        self._bodies = {str(each.body_id): each.body for each in offered}
        self.fields["responsible"].choices = [(each.body_id, each.name) for each in offered]  # type: ignore[attr-defined]
        self.fields["item"].queryset = items  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return given | {"responsible": self._bodies[given["responsible"]]}


class PublishedForm(forms.Form):
    """Where it came out, and when."""

    address = line_of_text(
        _("Address or issue"), 300, required=True, missing=_("Say where it can be read: the address, or the issue.")
    )
    on = DayField(label=_("Came out on"))


class PublicityFilterForm(forms.Form):
    channel = forms.ChoiceField(label=_("Channel"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    state = forms.ChoiceField(label=_("State"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    line = forms.ChoiceField(label=_("Line"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    month = forms.RegexField(
        MONTH, required=False, widget=forms.HiddenInput, error_messages={"invalid": _("Write a month as 2026-07.")}
    )
    body = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    own = forms.BooleanField(label=_("Only those I keep"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        offer_words(self, channel=Channel.objects.all(), line=Line.objects.all())
        self.fields["state"].choices = [("", gettext("All")), *PublicityItem.State.choices]  # type: ignore[attr-defined]

    def filters(self) -> PublicityFilters:
        return PublicityFilters(**{name: value for name, value in self.cleaned_data.items() if name != "month"})

    def month_shown(self, day: date) -> tuple[date, date]:
        """The first and the last day of the month that was chosen, or of the one the day lies in."""
        if chosen := self.cleaned_data["month"]:
            day = date(int(chosen[:4]), int(chosen[5:7]), 1)
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
