"""What is typed about agreements and congresses. Each step of an agreement has one short form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.register.office_forms import DayField
from gongjian.ui.widgets import Select

from .congresses import Votes
from .models import Agreement, Congress, ContentHeading, Scope, Side
from .models.agreements import LONGEST
from .models.congress import MOST_DELEGATES
from .queries import DUE, Filters
from .verbs import Seat

TEXT = {"class": "input", "autocomplete": "off"}
NUMBER = {"class": "input", "inputmode": "numeric"}
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices here. Choose again.")}


def text(label: Any, length: int, *, missing: Any = "", help_text: Any = "", rows: int = 0) -> forms.CharField:
    """A line, or `rows` of them; `missing`: what is said if it is empty and must not be."""
    lines = forms.Textarea(attrs={"class": "input", "rows": rows, "lang": "zh-Hans"})
    return forms.CharField(
        label=label, max_length=length, required=bool(missing), help_text=help_text,
        widget=lines if rows else forms.TextInput(attrs=TEXT),
        error_messages={"required": missing} if missing else None,
    )  # fmt: skip


def number(label: Any, least: int, *, required: bool = True, help_text: Any = "") -> forms.IntegerField:
    gaps = {"least": least, "most": MOST_DELEGATES}
    wrong = lazy(lambda: gettext("Write a whole number from %(least)s to %(most)s.") % gaps, str)()
    return forms.IntegerField(
        label=label, min_value=least, max_value=MOST_DELEGATES, required=required, help_text=help_text,
        widget=forms.NumberInput(attrs=NUMBER),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )  # fmt: skip


def choice(label: Any, choices: Any = (), *, required: bool = True, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=required, widget=Select, help_text=help_text, error_messages=NOT_A_CHOICE
    )


# == lists ==
class AgreementFilterForm(forms.Form):
    due = choice(_("What is due"), required=False)
    state = choice(_("State"), required=False)
    scope = choice(_("For whom"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        every = ("", gettext("All"))
        self.fields["due"].choices = [every, *((key, label) for key, label in DUE.items())]  # type: ignore[attr-defined]
        self.fields["state"].choices = [every, *Agreement.State.choices]  # type: ignore[attr-defined]
        self.fields["scope"].choices = [every, *Scope.choices]  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        return Filters(**{name: self.cleaned_data[name] for name in ("due", "state", "scope")})


# == the demand ==
class DemandForm(forms.Form):
    """For one employer, or for those of an area or a trade; who asked whom, and when.

    `employers`: those to choose from; None where they are too many, and one is typed.
    """

    scope = choice(_("For whom"), Scope.choices)
    employer = choice(_("Employer"), required=False, help_text=_("Only for an agreement of one employer."))
    above_scale = forms.BooleanField(
        label=_("The employer is above the statistical scale"), required=False,
        help_text=_("Then there are more delegates."),
    )  # fmt: skip
    association = text(
        _("Who speaks for the employers"), 120, help_text=_("Only for an area or trade: their association.")
    )
    trade = choice(_("Trade"), required=False, help_text=_("Only for an agreement of a trade."))
    demanded_by = choice(_("Who demanded to bargain"), Side.choices)
    on = DayField(label=_("Day of the written demand"))

    def __init__(
        self, data: Any, *, employers: Sequence[tuple[int, str]] | None, trades: Sequence[tuple[str, str]], today: date
    ) -> None:
        first = str(employers[0][0]) if employers and len(employers) == 1 else ""
        super().__init__(data, initial={"on": today, "demanded_by": Side.WORKERS, "employer": first})
        none = ("", gettext("Choose"))
        if employers is None:
            self.fields["employer"] = text(
                _("Employer"), 200, help_text=_("Its full name or credit code. Only for an agreement of one employer.")
            )
        else:
            self.fields["employer"].choices = [none, *((str(id), name) for id, name in employers)]  # type: ignore[attr-defined]
        self.fields["trade"].choices = [none, *trades]  # type: ignore[attr-defined]


# == steps ==
class StepForm(forms.Form):
    """On which day it was done; that is all that some steps need."""

    on = DayField(label=_("On the day"))

    def __init__(self, data: Any, *, agreement: Agreement, today: date, **initial: Any) -> None:
        super().__init__(data, initial={"on": today} | initial)
        self.order_fields([name for name in self.fields if name != "on"] + ["on"])

    def given(self) -> dict[str, Any]:
        """As the action takes it."""
        return dict(self.cleaned_data)


class WordsForm(StepForm):
    words = text(_("In a sentence, if there is something to say"), 300, rows=2)


class ReasonForm(StepForm):
    words = text(_("Why"), 300, missing=_("Say why. Whoever stands above reads it."), rows=2)


class NameForm(StepForm):
    """A line for each delegate; the first one of a side is its chief."""

    workers = text(
        _("Workers' side"), 1000, missing=_("Name the delegates of the workers, a line each."), rows=4,
        help_text=_("A line each, by office or work. The first one is the chief delegate."),
    )  # fmt: skip
    workers_outside = text(_("Experts from outside on the workers' side"), 1000, rows=2)
    employer = text(
        _("Employer's side"), 1000, missing=_("Name the delegates of the employer, a line each."), rows=4,
        help_text=_("A line each, by office or work. The first one is the chief delegate."),
    )  # fmt: skip
    employer_outside = text(_("Experts from outside on the employer's side"), 1000, rows=2)

    def __init__(self, data: Any, *, agreement: Agreement, today: date) -> None:
        lists: dict[str, list[str]] = {}
        for each in agreement.delegates.all():
            side = "workers" if each.side == Side.WORKERS else "employer"
            lists.setdefault(f"{side}_outside" if each.is_outside else side, []).append(each.post)
        super().__init__(
            data, agreement=agreement, today=today, **{name: "\n".join(each) for name, each in lists.items()}
        )

    def given(self) -> dict[str, Any]:
        sides = {side: self._seats(side) for side in ("workers", "employer")}
        return {**sides, "on": self.cleaned_data["on"]}

    def _seats(self, side: str) -> list[Seat]:
        own, outside = (_lines(self.cleaned_data[name]) for name in (side, f"{side}_outside"))
        return [Seat(post, is_chief=not at) for at, post in enumerate(own)] + [
            Seat(post, is_outside=True) for post in outside
        ]


def _lines(words: str) -> list[str]:
    return [line.strip() for line in words.splitlines() if line.strip()]


class CallForm(StepForm):
    meets_on = DayField(label=_("Day of the meeting"))
    papers_on = DayField(label=_("Papers handed over on"))

    def __init__(self, data: Any, *, agreement: Agreement, today: date) -> None:
        told = {"meets_on": agreement.meets_on, "papers_on": agreement.papers_on}
        super().__init__(data, agreement=agreement, today=today, **{k: v for k, v in told.items() if v})


class DraftForm(StepForm):
    """A text for each heading of the statute."""

    def __init__(self, data: Any, *, agreement: Agreement, today: date) -> None:
        written = {each.heading_id: each.words for each in agreement.clauses.all()}
        super().__init__(data, agreement=agreement, today=today)
        self._headings = list(ContentHeading.objects.all())
        for each in self._headings:
            self.fields[each.pk] = text(str(each), LONGEST, rows=2)
            self.initial[each.pk] = written.get(each.pk, "")
        self.order_fields([each.pk for each in self._headings] + ["on"])

    def given(self) -> dict[str, Any]:
        clauses = {each.pk: self.cleaned_data[each.pk] for each in self._headings}
        return {"clauses": clauses, "on": self.cleaned_data["on"]}


class SessionForm(StepForm):
    """How many were there."""

    present = number(_("Delegates present"), 1)
    women = number(_("of them women"), 0, required=False)


class VoteForm(SessionForm):
    yes = number(_("For it"), 0)
    no = number(_("Against it"), 0)
    abstained = number(_("Abstained"), 0)

    def given(self) -> dict[str, Any]:
        return votes_of(self.cleaned_data)


class ReportForm(SessionForm):
    words = text(_("How it is kept, in a sentence"), 120, missing=_("Say in a sentence how it is kept."), rows=2)


class SignForm(StepForm):
    until = DayField(label=_("It holds until"))


class PublishForm(StepForm):
    summary = text(
        _("What was agreed, for everybody"), LONGEST, rows=5,
        missing=_("Say in a few sentences what was agreed for all. Everybody reads it."),
        help_text=_("What holds for all or for a post. Never what a single person earns."),
    )  # fmt: skip


# == congresses ==
class CongressForm(forms.Form):
    kind = choice(_("Which"), Congress.Kind.choices)
    delegates = number(_("Delegates"), 1, help_text=_("Of a meeting of all staff: all of them."))
    women = number(_("of them women"), 0, required=False)
    elected_on = DayField(label=_("Elected on"))

    def __init__(self, data: Any, *, congress: Congress | None, today: date) -> None:
        names = ("kind", "delegates", "women", "elected_on")
        super().__init__(
            data, initial={each: getattr(congress, each) for each in names} if congress else {"elected_on": today}
        )


class DecideForm(forms.Form):
    title = text(_("What was decided"), 120, missing=_("Say in a few words what was decided."))
    present = number(_("Delegates present"), 1)
    women = number(_("of them women"), 0, required=False)
    yes = number(_("For it"), 0)
    no = number(_("Against it"), 0)
    abstained = number(_("Abstained"), 0)
    on = DayField(label=_("On the day"))

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, initial={"on": today, "abstained": 0})

    def given(self) -> dict[str, Any]:
        return votes_of(self.cleaned_data)


def votes_of(given: dict[str, Any]) -> dict[str, Any]:
    """The three numbers as one thing, the rest beside it."""
    rest = {name: value for name, value in given.items() if name not in ("yes", "no", "abstained")}
    return rest | {"votes": Votes(given["yes"], given["no"], given["abstained"])}
