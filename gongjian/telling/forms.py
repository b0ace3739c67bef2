"""What is typed about rounds, tellings, comments and what is put right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.meetings.models import Meeting
from gongjian.register.models import BodyKind, Line, Person
from gongjian.register.office_forms import DayField
from gongjian.ui.widgets import Select

from .models import Comment, CommentKind, Point, Range, Rectification, Telling, TellingRound
from .models.comments import MOST_PRESENT
from .models.rounds import LONGEST
from .queries import MISSING, Filters

TEXT = {"class": "input", "autocomplete": "off"}
NUMBER = {"class": "input", "inputmode": "numeric"}
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices here. Choose again.")}
LEVELS = [
    ("", _("All")), ("county", _("in counties")), ("town", _("in towns and streets")),
    ("village", _("in villages and communities")), ("employer", _("in firms and institutions")),
]  # fmt: skip
LACKS = [
    ("", _("All")), ("telling", _("not told")), ("comment", _("not commented on")), ("publishing", _("not published")),
    ("putting_right", _("not put right")), ("late", _("late")),
]  # fmt: skip


def text(label: Any, length: int, *, missing: Any = "", help_text: Any = "", rows: int = 0) -> forms.CharField:
    """A line, or `rows` of them; `missing`: what is said if it is empty and must not be."""
    widget = (
        forms.Textarea(attrs={"class": "input", "rows": rows, "lang": "zh-Hans"})
        if rows
        else forms.TextInput(attrs=TEXT)
    )
    return forms.CharField(
        label=label, max_length=length, required=bool(missing), help_text=help_text, widget=widget,
        error_messages={"required": missing} if missing else None,
    )  # fmt: skip


def number(label: Any, least: int, most: int, *, required: bool = True, help_text: Any = "") -> forms.IntegerField:
    gaps = {"least": least, "most": most}
    wrong = lazy(lambda: gettext("Write a whole number from %(least)s to %(most)s.") % gaps, str)()
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, required=required, help_text=help_text,
        widget=forms.NumberInput(attrs=NUMBER),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )  # fmt: skip


def choice(label: Any, choices: Any = (), *, required: bool = True, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=required, widget=Select, help_text=help_text, error_messages=NOT_A_CHOICE
    )


# == rounds ==
class RoundForm(forms.Form):
    """When, over whom, how far it is published."""

    name = text(_("Name of the round"), 60, missing=_("Give the round a name."))
    kind = choice(_("How often"), TellingRound.Kind.choices)
    since = DayField(label=_("Tells of the time from"))
    until = DayField(label=_("to the day"))
    tell_by = DayField(label=_("Told by"))
    comment_by = DayField(label=_("Comments are due by"))
    days_to_put_right = number(_("Days to put right what is named"), 1, 366)
    range = choice(_("Published at most"), Range.choices, help_text=_("Who comments may publish less far."))
    line = choice(_("Only of the line"), required=False)
    body_kind = choice(_("Only of the kind"), required=False)
    level = choice(_("Only where they sit"), LEVELS, required=False)
    direct = forms.BooleanField(label=_("Only those directly below"), required=False)

    def __init__(self, data: Any, *, today: date, norms: dict[str, int]) -> None:
        super().__init__(data, initial=_start_values(today, norms))
        every = ("", gettext("All"))
        self.fields["line"].choices = [every, *((each.pk, str(each)) for each in Line.objects.all())]  # type: ignore[attr-defined]
        kinds = BodyKind.objects.select_related("line").order_by("line__position", "position")
        self.fields["body_kind"].choices = [every, *((each.pk, f"{each.line} · {each}") for each in kinds)]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "line": given["line"],
            "kind": given["body_kind"],
            "level": given["level"],
            "direct": given["direct"],
        }

    def fields_of_round(self) -> dict[str, Any]:
        names = ("name", "kind", "since", "until", "tell_by", "comment_by", "days_to_put_right", "range")
        return {name: self.cleaned_data[name] for name in names}


def _start_values(today: date, norms: dict[str, int]) -> dict[str, Any]:
    """The half of the year that is running, or that is over since not so long."""
    back = today - timedelta(days=60)
    since, until = (
        (date(back.year, 1, 1), date(back.year, 6, 30))
        if back.month <= 6
        else (date(back.year, 7, 1), date(back.year, 12, 31))
    )
    tell_by = max(today, until) + timedelta(days=norms["days_to_tell"])
    half = gettext("first half") if since.month == 1 else gettext("second half")
    return {
        "name": gettext("Telling and comments, %(half)s of %(year)s") % {"half": half, "year": since.year},
        "kind": TellingRound.Kind.HALF_YEAR, "since": since, "until": until, "tell_by": tell_by,
        "comment_by": tell_by + timedelta(days=norms["days_to_comment"]),
        "days_to_put_right": norms["days_to_put_right"], "range": Range.MEMBERS,
    }  # fmt: skip


class RoundFilterForm(forms.Form):
    """What is missing, state, line. `by` comes with a link from who has not commented."""

    missing = choice(_("What is missing"), LACKS, required=False)
    state = choice(_("State"), required=False)
    line = choice(_("Line"), required=False)
    by = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        every = ("", gettext("All"))
        self.fields["state"].choices = [every, *Telling.State.choices]  # type: ignore[attr-defined]
        self.fields["line"].choices = [every, *((each.pk, str(each)) for each in Line.objects.all())]  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        given = self.cleaned_data
        missing = given["missing"] if given["missing"] in MISSING else ""
        return Filters(given["state"], given["line"], missing, given["by"])


# == telling ==
class TellingForm(forms.Form):
    done = text(_("What was carried out"), LONGEST, missing=_("Say in a sentence what was done."), rows=4)
    undone = text(_("What was not done"), LONGEST, rows=3)
    reason = text(_("Why not"), LONGEST, rows=3)

    def __init__(self, data: Any, *, telling: Telling | None = None) -> None:
        names = ("done", "undone", "reason")
        super().__init__(data, initial={each: getattr(telling, each) for each in names} if telling else None)


class SayForm(forms.Form):
    words = text(_("How it went with me"), LONGEST, missing=_("Say in a sentence how it went."), rows=4)


class MemberCommentForm(forms.Form):
    """To whom, and one sentence of each sort."""

    person = choice(_("To whom"))
    strength = text(_("Main result"), 300, missing=_("Name one main result at least."), rows=2)
    problem = text(
        _("Problem"), 300, missing=_("Name one problem at least: without one there is nothing to put right."), rows=2
    )
    direction = text(_("Advice"), 300, missing=_("Give one piece of advice at least."), rows=2)

    def __init__(self, data: Any, *, people: Sequence[Person]) -> None:
        super().__init__(data)
        self._people = {str(each.pk): each for each in people}
        self.fields["person"].choices = [(str(each.pk), each.name) for each in people]  # type: ignore[attr-defined]

    def person_chosen(self) -> Person:
        return self._people[self.cleaned_data["person"]]


# == commenting ==
class CommentForm(forms.Form):
    """Three lists, a sentence a line; then how, when and where, and how many were there."""

    strengths = text(
        _("Main results"), 4000, missing=_("Name one main result at least."), rows=4,
        help_text=_("A sentence a line: what, where, how many."),
    )  # fmt: skip
    problems = text(
        _("Problems"), 4000, missing=_("Name one problem at least: without one there is nothing to put right."), rows=4,
        help_text=_("A sentence a line. Each is put right, and you confirm it."),
    )  # fmt: skip
    directions = text(
        _("Advice"), 4000, missing=_("Give one piece of advice at least."), rows=3, help_text=_("A sentence a line.")
    )
    kind = choice(_("How it is commented on"))
    on = DayField(label=_("Commented on the day"))
    where = text(_("Where it took place"), 120)
    meeting = choice(_("At the meeting"), required=False)
    present = number(_("So many were there"), 0, MOST_PRESENT, required=False)
    outsiders = number(
        _("of them from outside"), 0, MOST_PRESENT, required=False,
        help_text=_("Ordinary members and residents. Counts alone: no names are kept."),
    )  # fmt: skip
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, kinds: Sequence[CommentKind], meetings: Sequence[Meeting], today: date,
        comment: Comment | None = None, points: Sequence[Point] = (),
    ) -> None:  # fmt: skip
        initial: dict[str, Any] = {"on": today, "version": 0}
        if comment is not None:
            names = ("on", "where", "present", "outsiders", "version")
            initial = {each: getattr(comment, each) for each in names}
            initial |= {"kind": comment.kind_id, "meeting": comment.meeting_id or ""}
            for sort, name in LISTS.items():
                initial[name] = "\n".join(each.words for each in points if each.sort == sort)
        super().__init__(data, initial=initial)
        self._kinds = {each.pk: each for each in kinds}
        self._meetings = {str(each.pk): each for each in meetings}
        none = ("", gettext("at none"))
        self.fields["kind"].choices = [(each.pk, str(each)) for each in kinds]  # type: ignore[attr-defined]
        self.fields["meeting"].choices = [  # type: ignore[attr-defined]
            none, *((str(each.pk), f"{each.day} {each.series.name}") for each in meetings)
        ]  # fmt: skip

    def given(self) -> dict[str, Any]:
        """As the action takes it."""
        given = self.cleaned_data
        return {
            "kind": self._kinds[given["kind"]],
            "meeting": self._meetings.get(given["meeting"]),
            "lists": {sort: given[name].splitlines() for sort, name in LISTS.items()},
        } | {name: given[name] for name in ("on", "where", "present", "outsiders", "version")}


LISTS = {Point.Sort.STRENGTH: "strengths", Point.Sort.PROBLEM: "problems", Point.Sort.DIRECTION: "directions"}


class PublishForm(forms.Form):
    """Only as far as the round says, or less."""

    range = choice(_("Who reads it"))
    put_right_by = DayField(label=_("To be put right by"))

    def __init__(self, data: Any, *, telling: Telling, today: date) -> None:
        due = today + timedelta(days=telling.round.days_to_put_right)
        super().__init__(data, initial={"range": telling.round.range, "put_right_by": due})
        widest = Range.values.index(telling.round.range)
        self.fields["range"].choices = Range.choices[: widest + 1]  # type: ignore[attr-defined]


# == putting right ==
class PlanForm(forms.Form):
    measure = text(_("What is done about it"), 300, missing=_("Say what is done about it."), rows=2)
    owner = text(
        _("Office or group that does it"), 100, missing=_("Say which office or group does it. Nobody is named.")
    )
    due_on = DayField(label=_("To be done by"))

    def __init__(self, data: Any, *, each: Rectification | None = None) -> None:
        names = ("measure", "owner", "due_on")
        initial = {name: getattr(each, name) for name in names} if each else None
        super().__init__(data, initial=initial, auto_id=f"plan_{each.pk if each else 0}_%s")


class FinishForm(forms.Form):
    proof = text(
        _("How one can see it"), 500, missing=_("Say how one can tell that it is done. Words are enough."), rows=2,
        help_text=_("Words or a link. No photo is asked for. Once confirmed it is read by whoever reads the comment."),
    )  # fmt: skip


class ReopenForm(forms.Form):
    reason = text(_("What is missing"), 300, missing=_("Say what is missing. The organisation reads it."), rows=2)
    due_on = DayField(label=_("To be done by"))
