"""What is typed about pledges: writing, reviewing, telling, closing; and what their list is narrowed to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import Line, Person
from gongjian.register.office_forms import DayField
from gongjian.register.papers import check_paper
from gongjian.ui.widgets import Select

from .models import Pledge, Post
from .queries import PledgeFilters

TEXT = {"class": "input", "autocomplete": "off"}
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices here. Choose again.")}
NO_NUMBER = {"invalid": _("Write a number in digits, as 26 or 12.5.")}


def text(label: Any, length: int, *, missing: Any = "", help_text: Any = "", rows: int = 0) -> forms.CharField:
    """A line, or `rows` of them; `missing`: what is said if it is empty and must not be."""
    widget = forms.Textarea(attrs={"class": "input", "rows": rows}) if rows else forms.TextInput(attrs=TEXT)
    return forms.CharField(
        label=label, max_length=length, required=bool(missing), help_text=help_text, widget=widget,
        error_messages={"required": missing} if missing else None,
    )  # fmt: skip


def number(label: Any, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, max_digits=14, decimal_places=2, help_text=help_text, error_messages=NO_NUMBER,
        widget=forms.TextInput(attrs=TEXT | {"inputmode": "decimal"}),
    )  # fmt: skip


# == the list ==
class PledgeFilterForm(forms.Form):
    """Line, year, kind, whose, how they stand. `body` comes with a link from the page of a body."""

    line = forms.ChoiceField(label=_("Line"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    year = forms.IntegerField(
        label=_("Year"), required=False, min_value=2000, max_value=2200, error_messages=NO_NUMBER,
        widget=forms.TextInput(attrs=TEXT | {"inputmode": "numeric", "size": "6"}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    of = forms.ChoiceField(label=_("Whose"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    state = forms.ChoiceField(label=_("State"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    body = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        every = ("", gettext("All"))
        offered: dict[str, list[tuple[str, Any]]] = {
            "line": [(each.key, str(each)) for each in Line.objects.all()],
            "kind": list(Pledge.Kind.choices),
            "of": [("bodies", _("of organisations")), ("people", _("of people"))],
            "state": [("open", _("public, not closed")), ("late", _("past their day")), ("closed", _("settled")),
                      ("written", _("not yet public"))],
        }  # fmt: skip
        for name, choices in offered.items():
            self.fields[name].choices = [every, *choices]  # type: ignore[attr-defined]

    def filters(self) -> PledgeFilters:
        return PledgeFilters(
            **{name: self.cleaned_data[name] for name in ("line", "body", "year", "kind", "of", "state")}
        )


# == one pledge ==
class PledgeForm(forms.Form):
    """What is promised. Numbers only where one is promised: then all four of them."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Pledge.Kind.choices, error_messages=NOT_A_CHOICE)
    span = forms.ChoiceField(
        label=_("For how long"), choices=Pledge.Span.choices, initial="annual", error_messages=NOT_A_CHOICE
    )
    year = forms.TypedChoiceField(label=_("Year"), coerce=int, error_messages=NOT_A_CHOICE)
    title = text(
        _("What is promised"), 120, missing=_("Say in a line what is promised."),
        help_text=_("So that somebody from outside could check it: where, what, how much, until when."),
    )  # fmt: skip
    wish = text(_("What people asked for"), 300, rows=2, help_text=_("In their words; no names."))
    baseline = number(_("How much it is now"))
    target = number(_("How much it will be"))
    unit = text(_("What is counted"), 20, help_text=_("lamps, households, yuan, per cent"))
    evidence = text(
        _("How one can tell"), 200, help_text=_("By which list, count or signature; a photo is never needed.")
    )
    measures = text(
        _("Measures"), 2200, rows=4, help_text=_("Each on a line of its own. They are crossed off one by one.")
    )
    responsible = text(_("Who is responsible"), 100, help_text=_("An office or a group; no names."))
    with_whom = text(_("With whom"), 100)
    post = forms.ModelChoiceField(
        Post.objects.none(), label=_("Post"), required=False, empty_label=_("none"), error_messages=NOT_A_CHOICE
    )
    due_on = DayField(label=_("Until when"), required=False)
    source = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, posts: Iterable[Post], today: date, pledge: Pledge | None = None, source: str = ""
    ) -> None:
        initial: dict[str, Any] = {"year": today.year, "span": "annual", "kind": "practical", "source": source}
        if pledge is not None:
            initial = {name: getattr(pledge, name) for name in self.base_fields if name not in ("measures", "post")}
            initial |= {"post": pledge.post_id, "measures": "\n".join(each.words for each in pledge.measures.all())}
        super().__init__(data, initial=initial)
        years = sorted({today.year, today.year + 1, *([pledge.year] if pledge else [])})
        self.fields["year"].choices = [(each, str(each)) for each in years]  # type: ignore[attr-defined]
        field: Any = self.fields["post"]
        held = list(posts)
        field.queryset = Post.objects.filter(pk__in=[each.pk for each in held])
        field.widget.choices = [("", _("none")), *((each.pk, each.title) for each in held)]

    def said(self) -> dict[str, Any]:
        """As the actions take it; with any of the three that belong to a number, one is promised."""
        given = dict(self.cleaned_data)
        counted = given["baseline"] is not None or given["target"] is not None or bool(given["unit"])
        return given | {"counted": counted, "measures": given["measures"].splitlines()}


class NewPledgeForm(PledgeForm):
    """Whose it is, for whoever keeps the body's matters; oneself for everybody else."""

    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Whose"), required=False, empty_label=_("the organisation's"),
        error_messages=NOT_A_CHOICE,
    )  # fmt: skip
    field_order = ("person",)

    def __init__(self, data: Any, *, people: Iterable[Person], is_keeper: bool, **more: Any) -> None:
        super().__init__(data, **more)
        field: Any = self.fields["person"]
        known = list(people)
        field.queryset = Person.objects.filter(pk__in=[each.pk for each in known])
        empty = [("", _("the organisation's"))] if is_keeper else []
        field.widget.choices = [*empty, *((each.pk, each.name) for each in known)]
        field.required = not is_keeper


class ReviewForm(forms.Form):
    reason = text(
        _("Reason"), 500, rows=3, help_text=_("What to mend, and how. Needed to return it; whoever wrote it reads it.")
    )


class PublishForm(forms.Form):
    shown_at = text(_("Also shown at"), 100, help_text=_("The board or hall of the place. May stay empty."))


class ProgressForm(forms.Form):
    """An entry in the ledger: a measure to cross off, or a sentence; perhaps a number and a proof."""

    value = number(_("How much it is now"))
    measure = forms.TypedChoiceField(label=_("Measure"), required=False, coerce=int, empty_value=None,
                                     error_messages=NOT_A_CHOICE)  # fmt: skip
    on = DayField(label=_("Day"))
    words = text(_("What has been done"), 500, rows=2, help_text=_("May stay empty where a measure is crossed off."))
    proof = text(
        _("How one can see what was done"),
        300,
        help_text=_("A sentence or an address. May stay empty; a photo is never needed."),
    )
    file = forms.FileField(label=_("Paper"), required=False, widget=forms.FileInput(attrs={"class": "input"}))

    def __init__(self, data: Any, files: Any = None, *, pledge: Pledge, today: date) -> None:
        super().__init__(data, files, initial={"on": today})
        open_ones = [(each.pk, each.words) for each in pledge.measures.all() if each.crossed_off_on is None]
        field: Any = self.fields["measure"]
        field.choices = [("", _("none")), *open_ones]
        if not pledge.counted:
            del self.fields["value"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        return check_paper(file) if file else None


class WordForm(forms.Form):
    words = text(_("How it stands this quarter"), 300, rows=2, missing=_("Say in a sentence how it stands."))


class TellingForm(forms.Form):
    telling = text(_("How it went"), 1000, rows=4, missing=_("Say in a few sentences how it went."),
                   help_text=_("What was reached, what was not, and why."))  # fmt: skip


class CloseForm(forms.Form):
    on = DayField(label=_("On which day"))
    outcome = text(
        _("What is said in public"),
        500,
        rows=3,
        help_text=_("Needed where it was not kept: why, and what comes of it."),
    )

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, initial={"on": today})


class NameForm(forms.Form):
    name = text(_("Name shown to everybody"), 80, missing=_("Write the name under which everybody may read it."))
