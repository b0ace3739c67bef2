"""What is typed about an event, and what the list of events is narrowed to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongjian.programme.models import FEWEST_TOLD, PlanItem, Stage
from gongjian.register.models import BodyEntry, Line, Venue
from gongjian.register.office_forms import DayField
from gongjian.ui.widgets import Select

from .fields import NOT_A_CHOICE, Hosted, MomentField, line_of_text, number, offer_words, words
from .models import LONGEST_SUMMARY, Event, EventKind
from .queries_events import EventFilters


class EventForm(Hosted):
    """What, when and where; who may come, and until when one signs up."""

    title = line_of_text(_("Title"), 80, required=True, missing=_("The title is empty. Say in a few words what it is."))
    kind = forms.ModelChoiceField(EventKind.objects.all(), label=_("Kind"), empty_label=None)
    starts_at = MomentField(label=_("Begins at"))
    ends_at = MomentField(label=_("Ends at"))
    venue = forms.ModelChoiceField(
        Venue.objects.none(), label=_("Venue of the register"), required=False, empty_label=_("none of these")
    )
    place = line_of_text(_("Or where, in words"), 200)
    what = words(_("What happens, and what to bring"), 2000)
    sign_up_until = DayField(
        label=_("Sign up until"), required=False, help_text=_("Left empty, nobody has to sign up: people just come.")
    )
    capacity = number(_("Room for how many people"), help_text=_("Left empty, there is room for all."))
    stage = forms.ModelChoiceField(Stage.objects.all(), label=_("Stage"), required=False, empty_label=_("none"))
    item = forms.ModelChoiceField(
        PlanItem.objects.none(), label=_("Item of the plan"), required=False, empty_label=_("none")
    )

    field_order = [
        "title", "kind", "starts_at", "ends_at", "venue", "place", "what", "sign_up_until", "capacity", "hosts",
        "stage", "item",
    ]  # fmt: skip

    def __init__(
        self, data: Any, *, hosts: list[BodyEntry], venues: Any, items: Any, event: Event | None = None
    ) -> None:
        super().__init__(data, initial=_event_as_it_stands(event))
        self.fields["venue"].queryset = venues  # type: ignore[attr-defined]
        self.fields["item"].queryset = items  # type: ignore[attr-defined]
        self.offer(hosts)


def _event_as_it_stands(event: Event | None) -> dict[str, Any]:
    if event is None:
        return {}
    names = [name for name in EventForm.base_fields if name != "hosts"]
    return {name: getattr(event, name) for name in names} | {"hosts": [each.body_id for each in event.hosts.all()]}


class SummaryForm(forms.Form):
    """How it was, in words."""

    summary = words(
        _("How it was"),
        LONGEST_SUMMARY,
        rows=6,
        required=True,
        help_text=_("A few sentences, at most 1,000 characters. Photos are not needed."),
        missing=_("Write in a few sentences how it was."),
    )
    took_part = number(
        _("About how many took part"),
        least=FEWEST_TOLD,
        help_text=_("Only if you know it. It is no mark, and is nowhere added up."),
        too_small=_("Fewer than 5 people are not told as a number. Leave it empty."),
    )


class EventFilterForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    stage = forms.ChoiceField(label=_("Stage"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    line = forms.ChoiceField(label=_("Line"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    when = forms.ChoiceField(
        label=_("When"), required=False, widget=Select, error_messages=NOT_A_CHOICE,
        choices=[("", _("Still to come")), ("past", _("Past ones"))],
    )  # fmt: skip
    own = forms.BooleanField(label=_("Only those I keep"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        offer_words(self, kind=EventKind.objects.all(), stage=Stage.objects.all(), line=Line.objects.all())

    def filters(self) -> EventFilters:
        given = dict(self.cleaned_data)
        return EventFilters(past=given.pop("when") == "past", **given)
