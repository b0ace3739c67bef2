"""What is typed to ask others for something, and to answer."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import BodyEntry, BodyKind, Choice, Line, UnitKind
from gongjian.register.office_forms import DayField
from gongjian.register.papers import check_paper
from gongjian.ui.templatetags.ui import names_zh
from gongjian.ui.widgets import Select

from .answering import Sheet
from .models import MOST_MINUTES, Question, Sending
from .reading import asked_in
from .writing import Asked

TEXT = {"class": "input", "autocomplete": "off"}
LEVELS = {
    UnitKind.Level.CITY: _("City"),
    UnitKind.Level.COUNTY: _("County"),
    UnitKind.Level.TOWN: _("Town or street"),
    UnitKind.Level.VILLAGE: _("Village or community"),
    UnitKind.Level.PLACE: _("Building, park, market"),
    UnitKind.Level.EMPLOYER: _("Employer"),
}


class SendingForm(forms.Form):
    """One thing to be done: what, why, by when, how long it takes, and the facts it asks for, one a line."""

    body = forms.ChoiceField(label=_("In the name of"), widget=Select)
    title = forms.CharField(
        label=_("What is to be done"), max_length=60, widget=forms.TextInput(attrs=TEXT),
        error_messages={"required": _("Say in a few words what is to be done.")},
    )  # fmt: skip
    what = forms.CharField(
        label=_("How"), max_length=1000, required=False, widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
        help_text=_("What whoever does it has to know. Empty, if the line above says it all."),
    )  # fmt: skip
    why = forms.CharField(
        label=_("Why"), max_length=300, widget=forms.TextInput(attrs=TEXT),
        error_messages={"required": _("Say why. Whoever is asked reads it.")},
        help_text=_("The plan, decision, gap or rule it follows from."),
    )  # fmt: skip
    about = forms.ChoiceField(label=_("It belongs to"), required=False, widget=Select)
    kind = forms.ChoiceField(label=_("It is answered by"), choices=Sending.Kind.choices, widget=Select)
    questions = forms.CharField(
        label=_("Facts asked for, one a line"), required=False, max_length=6000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 6}),
        help_text=_("A choice is written as “Kind: direct/indirect”. What is known already is shown and not asked."),
    )  # fmt: skip
    href = forms.CharField(
        label=_("Page on which it is done"), max_length=300, required=False, widget=forms.TextInput(attrs=TEXT),
        help_text=_("Only where it is done on its own page: the address, as /units/12/."),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("Minutes it takes"), min_value=1, max_value=MOST_MINUTES,
        widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
        error_messages={"required": _("Say how many minutes it takes."), "invalid": _("Write a whole number, as 5.")},
    )  # fmt: skip
    due_on = DayField(label=_("Due on"))

    def __init__(
        self,
        data: Any = None,
        *,
        senders: list[BodyEntry],
        matters: list[tuple[str, str]],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["body"].choices = [(str(each.body_id), each.name) for each in senders]  # type: ignore[attr-defined]
        self.fields["about"].choices = [("", _("nothing that is kept here")), *matters]  # type: ignore[attr-defined]
        if not matters:
            del self.fields["about"]

    def asked(self) -> list[Asked]:
        lines = self.cleaned_data["questions"].splitlines()
        return [asked_in(line) for line in lines if line.strip()]

    def what_is_said(self) -> dict[str, Any]:
        """The fields of a sending."""
        names = ("title", "what", "why", "kind", "href", "minutes", "due_on")
        return {name: self.cleaned_data[name] for name in names} | {"about": self.cleaned_data.get("about", "")}


class ReceiversForm(forms.Form):
    """To whom it goes: organisations of a line, of a kind, on a level, of a class of places, below a place."""

    line = forms.ChoiceField(label=_("Line"), required=False, widget=Select)
    level = forms.ChoiceField(label=_("Level of the place they sit in"), required=False, widget=Select)
    place_class = forms.ChoiceField(label=_("Class of places"), required=False, widget=Select)
    kind = forms.ChoiceField(label=_("Kind of organisation"), required=False, widget=Select)
    below = forms.ChoiceField(label=_("In"), required=False, widget=Select)

    def __init__(
        self, data: Any = None, *, places: list[tuple[int, str]], initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        every = [("", _("All"))]
        self._offer("line", [*every, *((line.key, str(line)) for line in Line.objects.all())])
        self._offer("level", [*every, *((level.value, name) for level, name in LEVELS.items())])
        classes = Choice.objects.filter(list="place_class")
        self._offer("place_class", [*every, *((each.key, str(each)) for each in classes)])
        kinds = BodyKind.objects.select_related("line")
        self._offer("kind", [*every, *((each.key, f"{each.line} · {each}") for each in kinds)])
        self._offer("below", [*every, *((str(id), name) for id, name in places)])

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def receivers(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return given | ({"below": int(given["below"])} if "below" in given else {})


class AnswerForm(forms.Form):
    """What is still to be said: each question asked, words, a file. Its token makes a second sending harmless."""

    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, sheet: Sheet, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"token": uuid4()})
        self.sheet = sheet
        for question in sheet.asked:
            self.fields[f"q{question.pk}"] = _field(question)
        if sheet.needs_text:
            self.fields["text"] = forms.CharField(
                label=_("How it went"), max_length=2000, widget=forms.Textarea(attrs={"class": "input", "rows": 4}),
                error_messages={"required": _("Tell it in words. One sentence is enough.")},
            )  # fmt: skip
        if sheet.needs_file:
            self.fields["file"] = forms.FileField(label=_("File"), error_messages={"required": _("Hand in a file.")})

    def clean_file(self) -> UploadedFile[Any]:
        return check_paper(self.cleaned_data["file"])

    def given(self) -> dict[str, Any]:
        """What `answering.answer` takes."""
        data = self.cleaned_data
        token: UUID = data["token"]
        return {
            "token": token,
            "text": data.get("text", ""),
            "values": {question.pk: _plain(data[f"q{question.pk}"]) for question in self.sheet.asked},
            "file": data.get("file"),
        }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _field(question: Question) -> forms.Field:
    missing = {"required": _("This is not answered."), "invalid": _("This does not fit. Look at the question again.")}
    common: dict[str, Any] = {"label": names_zh(question.label), "error_messages": missing}
    match question.type:
        case Question.Type.NUMBER:
            return forms.IntegerField(
                min_value=0, max_value=10**12, **common,
                widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
            )  # fmt: skip
        case Question.Type.DAY:
            return DayField(**common)
        case Question.Type.YES_NO:
            return forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect, **common)
        case Question.Type.CHOICE:
            options = [(option, option) for option in question.options]
            return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **common)
    return forms.CharField(max_length=300, widget=forms.TextInput(attrs=TEXT), **common)


class ReasonForm(forms.Form):
    """Why something is declined, returned, withdrawn, or has to be asked all the same."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.TextInput(attrs=TEXT),
        error_messages={"required": _("Say why. It is written down and read by whoever it concerns.")},
    )  # fmt: skip


class HandOverForm(ReasonForm):
    """To whom, and why."""

    to = forms.ChoiceField(label=_("To"), widget=Select)

    def __init__(self, data: Any = None, *, bodies: list[BodyEntry]) -> None:
        super().__init__(data)
        self.fields["to"].choices = [(str(each.body_id), each.name) for each in bodies]  # type: ignore[attr-defined]
        self.order_fields(["to", "reason"])
