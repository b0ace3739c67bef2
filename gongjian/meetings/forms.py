"""What is typed about series, meetings, topics, minutes and reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.asks.models import MOST_MINUTES
from gongjian.register.models import Body, BodyEntry, OfficeKind
from gongjian.register.office_forms import DayField
from gongjian.register.papers import check_paper
from gongjian.ui.templatetags.ui import name_zh
from gongjian.ui.widgets import Select

from .models import LONGEST_ITEM, MOST_DAYS_BEFORE, MOST_MONTHS, Attendance, Decision, Meeting, Series, Topic

TEXT = {"class": "input", "autocomplete": "off"}
NUMBER = {"class": "input", "inputmode": "numeric"}
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


# == series ==
class SeriesForm(forms.Form):
    """What it is called, who chairs it, in which rhythm it meets; a new one also its kind and first members."""

    kind = forms.ChoiceField(label=_("Kind of meeting"), choices=Series.Kind.choices, widget=Select)
    name = _text(_("Name of the series"), 60, _("Give the series a name."))
    chair = _text(
        _("Chaired by"), 80, _("Say which office chairs it, for example the secretary. Nobody is named."),
        help_text=_("An office in words, for example “secretary of the committee”."),
    )  # fmt: skip
    secretariat = _text(_("Secretariat"), 80, help_text=_("Who gathers topics and takes minutes, in words."))
    months = _number(_("Every how many months"), 1, MOST_MONTHS)
    closes_before = _number(_("Topics close so many days before"), 0, MOST_DAYS_BEFORE)
    members = forms.MultipleChoiceField(
        label=_("Member organisations"), required=False, widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_A_CHOICE, help_text=_("They take part from today on. Others can join later."),
    )  # fmt: skip

    def __init__(
        self, data: Any, *, series: Series | None = None, offered: Sequence[BodyEntry] = (), initial: Any = None
    ) -> None:
        names = ("name", "chair", "secretariat", "months", "closes_before")
        super().__init__(data, initial={each: getattr(series, each) for each in names} if series else initial)
        self._bodies = {str(each.body_id): each.body for each in offered}
        if series is not None:
            del self.fields["kind"]
        if series is not None or not offered:
            del self.fields["members"]
        else:
            self.fields["members"].choices = _named(offered)  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """As the actions take it."""
        given = dict(self.cleaned_data)
        if "members" in given:
            given["members"] = [self._bodies[id] for id in given["members"]]
        return given


class MemberForm(forms.Form):
    """Which organisation takes part, from when."""

    body = forms.ChoiceField(label=_("Organisation"), widget=Select, error_messages=NOT_A_CHOICE)
    since = DayField(label=_("From"))

    def __init__(self, data: Any, *, offered: Sequence[BodyEntry], today: date) -> None:
        super().__init__(data, initial={"since": today})
        self._bodies = {str(each.body_id): each.body for each in offered}
        self.fields["body"].choices = [(str(each.body_id), each.name) for each in offered]  # type: ignore[attr-defined]

    @property
    def body_chosen(self) -> Body:
        return self._bodies[self.cleaned_data["body"]]


def _named(entries: Iterable[BodyEntry]) -> list[tuple[str, Any]]:
    return [(str(each.body_id), name_zh(each.name)) for each in entries]


# == meetings ==
class MeetingForm(forms.Form):
    """When and where, and until when topics are handed in."""

    day = DayField(label=_("Day of the meeting"))
    begins_at = forms.TimeField(
        label=_("Begins at"), widget=forms.TimeInput(format="%H:%M", attrs={"class": "input", "type": "time"}),
        error_messages=dict.fromkeys(("required", "invalid"), _("Write the time as 09:00.")),
    )  # fmt: skip
    place = _text(_("Place of the meeting"), 120, _("Say where it is held."))
    topics_close_on = DayField(
        label=_("Topics close on"), required=False,
        help_text=_("The last day on which members hand topics in. Left empty, it follows from the series."),
    )  # fmt: skip

    def __init__(self, data: Any, *, meeting: Meeting | None = None, initial: Any = None) -> None:
        names = ("day", "begins_at", "place", "topics_close_on")
        super().__init__(data, initial={each: getattr(meeting, each) for each in names} if meeting else initial)
        self.fields["topics_close_on"].required = meeting is not None


class ReasonForm(forms.Form):
    reason = _text(_("Reason"), 200, _("Say why. It is written down and read by whoever it concerns."))


# == topics ==
class TopicForm(forms.Form):
    """What it is about, what the problem is, what is proposed, how long it takes."""

    body = forms.ChoiceField(label=_("Handed in by"), widget=Select, error_messages=NOT_A_CHOICE)
    title = _text(_("Topic"), 80, _("The title is empty. Say in a few words what it is about."))
    problem = _text(
        _("What the problem is"), 1000, _("Say what the problem is. Members read it before the meeting."), rows=4
    )
    proposal = _text(_("What is proposed"), 1000, rows=4)
    minutes = _number(_("Minutes it needs in the meeting"), 1, LONGEST_ITEM)
    late_reason = _text(_("Why it is still taken after the closing day"), 200)

    def __init__(
        self, data: Any, *, bodies: Sequence[tuple[int, str]] = (), topic: Topic | None = None, is_late: bool = False
    ) -> None:
        names = ("title", "problem", "proposal", "minutes")
        initial = {each: getattr(topic, each) for each in names} if topic else {"minutes": 15}
        super().__init__(data, initial=initial)
        if topic is not None or not is_late:
            del self.fields["late_reason"]
        if topic is not None:
            del self.fields["body"]
        else:
            self.fields["body"].choices = [(str(id), name) for id, name in bodies]  # type: ignore[attr-defined]


class PaperForm(forms.Form):
    file = forms.FileField(
        label=_("Paper for the topic"), error_messages={"required": _("Choose a file first.")},
        help_text=_("PDF, Word or a picture, 20 MB at most."),
    )  # fmt: skip

    def clean_file(self) -> Any:
        return check_paper(self.cleaned_data["file"])


class AgendaForm(forms.Form):
    """For each topic on the agenda its place and its minutes."""

    def __init__(self, data: Any, *, topics: Sequence[Topic]) -> None:
        super().__init__(data)
        self._topics = topics
        for at, topic in enumerate(topics, start=1):
            self.fields[f"place_{topic.pk}"] = _number(_("Place on the agenda"), 1, 99)
            self.fields[f"minutes_{topic.pk}"] = _number(_("Minutes"), 1, LONGEST_ITEM)
            self.initial[f"place_{topic.pk}"], self.initial[f"minutes_{topic.pk}"] = at, topic.minutes

    def rows(self) -> list[tuple[Topic, Any, Any]]:
        return [(each, self[f"place_{each.pk}"], self[f"minutes_{each.pk}"]) for each in self._topics]

    def order(self) -> list[tuple[Topic, int]]:
        """Where two have the same place, the one that stood first stays first."""
        given = self.cleaned_data
        topics = sorted(self._topics, key=lambda each: given[f"place_{each.pk}"])
        return [(each, given[f"minutes_{each.pk}"]) for each in topics]


# == minutes ==
class AttendanceForm(forms.Form):
    """For each organisation whether it was there, and which of its offices stood for it."""

    def __init__(self, data: Any, *, bodies: Sequence[tuple[Body, str]], noted: dict[int, Attendance]) -> None:
        super().__init__(data)
        self._bodies = bodies
        kinds: dict[str, list[OfficeKind]] = {}
        for kind in OfficeKind.objects.order_by("position", "key"):
            kinds.setdefault(kind.line_id or "", []).append(kind)
        self._kinds = {kind.pk: kind for found in kinds.values() for kind in found}
        for body, _name in bodies:
            before = noted.get(body.pk)
            offices = [("", gettext("not said")), *((k.pk, str(k)) for k in kinds.get(body.line_id, []))]
            self.fields[f"how_{body.pk}"] = forms.ChoiceField(
                label=_("Attendance"), choices=Attendance.How.choices, widget=Select, error_messages=NOT_A_CHOICE
            )
            self.fields[f"office_{body.pk}"] = forms.ChoiceField(
                label=_("Represented by"), choices=offices, widget=Select, required=False, error_messages=NOT_A_CHOICE
            )
            self.initial[f"how_{body.pk}"] = before.how if before else Attendance.How.PRESENT
            self.initial[f"office_{body.pk}"] = (before.office_id or "") if before else ""

    def rows(self) -> list[tuple[str, Any, Any]]:
        return [(name, self[f"how_{body.pk}"], self[f"office_{body.pk}"]) for body, name in self._bodies]

    def given(self) -> list[tuple[Body, str, OfficeKind | None]]:
        told = self.cleaned_data
        return [
            (body, told[f"how_{body.pk}"], self._kinds.get(told[f"office_{body.pk}"])) for body, _name in self._bodies
        ]


class PassageForm(forms.Form):
    text = forms.CharField(max_length=5000, required=False, widget=forms.Textarea)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class DecisionForm(forms.Form):
    """What was decided, on which item, who does it, until when, and how long it takes to report on it."""

    kind = forms.ChoiceField(label=_("What it is"), choices=Decision.Kind.choices, widget=Select)
    words = _text(_("What was decided"), 400, _("Say what was decided."), rows=3)
    topic = forms.ChoiceField(label=_("On which item"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    owner = forms.ChoiceField(label=_("Who carries it out"), widget=Select, error_messages=NOT_A_CHOICE)
    due_on = DayField(label=_("To be done by"))
    minutes = _number(
        _("Minutes it takes to report on it"), 1, MOST_MINUTES, help_text=_("Not the work itself: the report on it.")
    )

    def __init__(
        self, data: Any, *, topics: Sequence[Topic], owners: Sequence[tuple[Body, str]],
        decision: Decision | None = None, initial: Any = None,
    ) -> None:  # fmt: skip
        names = ("kind", "words", "due_on", "minutes")
        if decision is not None:
            initial = {each: getattr(decision, each) for each in names}
            initial |= {"topic": decision.topic_id or "", "owner": decision.owner_id}
        super().__init__(data, initial=initial)
        self._topics = {str(each.pk): each for each in topics}
        self._owners = {str(body.pk): body for body, _name in owners}
        none = ("", gettext("on none of them"))
        self.fields["topic"].choices = [none, *((str(each.pk), each.title) for each in topics)]  # type: ignore[attr-defined]
        self.fields["owner"].choices = [(str(body.pk), name) for body, name in owners]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """As the actions take it."""
        given = dict(self.cleaned_data)
        return given | {"topic": self._topics.get(given["topic"]), "owner": self._owners[given["owner"]]}


class ReportForm(forms.Form):
    text = _text(
        _("In words of one's own"), 5000, rows=10,
        help_text=_("What plan and figures do not say: what was difficult, what is needed. 5,000 characters at most."),
    )  # fmt: skip
