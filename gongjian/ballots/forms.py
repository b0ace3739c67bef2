"""What is typed about polls: title and window, groups of candidates, key, observers, roll, paper, objections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from gongjian.register.models import Document, Line
from gongjian.register.office_forms import DayField
from gongjian.ui.widgets import Select

from .models import Poll, SetAside

TEXT = {"class": "input", "autocomplete": "off"}
NUMBER = {"class": "input", "inputmode": "numeric"}
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices here. Choose again.")}
ID = re.compile(r"[0-9A-Za-z]{1,8}")
MOST_CANDIDATES = 500
LARGEST_SHEET = 2 << 20
MOMENT = {"class": "input", "type": "datetime-local"}
CHANNELS = [
    ("web", _("on the phone or computer")),
    ("paper", _("on paper that is handed in")),
    ("desk", _("on paper at the desk")),
]


def _text(label: Any, length: int, missing: Any = "", *, help_text: Any = "", rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"class": "input", "rows": rows}) if rows else forms.TextInput(attrs=TEXT)
    return forms.CharField(
        label=label, max_length=length, required=bool(missing), help_text=help_text, widget=widget,
        error_messages={"required": missing} if missing else None,
    )  # fmt: skip


def _number(label: Any, least: int, most: int, *, initial: int | None = None, help_text: Any = "") -> Any:
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, initial=initial, help_text=help_text,
        widget=forms.NumberInput(attrs=NUMBER),
    )  # fmt: skip


def _moment(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateTimeField:
    wrong = _("Write day and minute as 2026-03-20 17:30.")
    return forms.DateTimeField(
        label=label, required=required, help_text=help_text,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs=MOMENT),
        error_messages={"required": wrong, "invalid": wrong},
    )  # fmt: skip


class PollForm(forms.Form):
    """Title, kind, window, ways, weight, and the draw that decides ties."""

    title = _text(_("What is voted on"), 80, _("The title is empty. Say what is voted on."))
    kind = forms.ChoiceField(label=_("Kind of poll"), choices=Poll.Kind.choices, widget=Select)
    opens_at = _moment(_("Opens at"))
    closes_at = _moment(_("Closes at"), help_text=_("To the minute. What comes in later is not taken."))
    channels = forms.MultipleChoiceField(
        label=_("Ways to vote"), choices=CHANNELS, widget=forms.CheckboxSelectMultiple, initial=["web"],
        error_messages={"required": _("Choose one way at least.")},
    )  # fmt: skip
    objection_days = _number(
        _("Objection days"), 3, 60, initial=7, help_text=_("After them ballots and the roll are erased.")
    )
    weight = _number(
        _("Weight in the decision, per cent"), 0, 100, initial=0,
        help_text=_("0: it advises, and somebody else decides. More needs the document that approves it."),
    )  # fmt: skip
    approval_number = _text(_("Number of the approving document"), 80)
    approval_title = _text(_("Title of the approving document"), 200)
    draw = _text(
        _("Public draw that decides ties"), 120,
        help_text=_("Name it beforehand, for example a lottery with its number. It is held after closing."),
    )  # fmt: skip
    draw_held_after = _moment(_("Not held before"), required=False)

    def __init__(self, data: Any, *, poll: Poll | None = None, now: datetime | None = None) -> None:
        super().__init__(data, initial=_initial(poll) if poll else {"draw_held_after": None})
        self._approval = poll.approval if poll else None

    def given(self, by: Any) -> dict[str, Any]:
        """As the actions take it; a new document is written down."""
        given = dict(self.cleaned_data)
        number, title = given.pop("approval_number").strip(), given.pop("approval_title").strip()
        given["approval"] = self._document(number, title, by) if number or title else None
        return given

    def _document(self, number: str, title: str, by: Any) -> Document:
        known = self._approval
        if known is not None and (known.number, known.title) == (number, title):
            return known
        return Document.objects.create(number=number, title=title, by=by)


def _initial(poll: Poll) -> dict[str, Any]:
    names = ("title", "kind", "channels", "objection_days", "weight", "draw")
    initial: dict[str, Any] = {each: getattr(poll, each) for each in names}
    for each in ("opens_at", "closes_at", "draw_held_after"):
        moment = getattr(poll, each)
        initial[each] = timezone.localtime(moment) if moment else None
    if poll.approval:
        initial |= {"approval_number": poll.approval.number, "approval_title": poll.approval.title}
    return initial


class GroupForm(forms.Form):
    """One group of candidates: how many are chosen, who they are, and how the result is found."""

    title = _text(_("Who or what is chosen, in one word"), 40, _("Give the group a name, for example “organisations”."))
    least = _number(_("At least so many"), 0, 500)
    most = _number(_("At most so many"), 1, 500)
    candidates = _text(
        _("Candidates, one a line"), 40_000, rows=12,
        help_text=_("Number, name, a few words, place – with commas or tabs between. Only number and name are needed."),
    )  # fmt: skip
    sheet = forms.FileField(
        label=_("Or an Excel sheet with these columns"), required=False,
        help_text=_("The first row is the heading. It replaces what stands above."),
    )  # fmt: skip
    places = _number(_("Places"), 1, 500, help_text=_("How many are named in the result."))
    reserves = _number(_("Reserves"), 0, 500, initial=0)
    cap = _number(_("At most so many from one place"), 0, 500, initial=0, help_text=_("0: no limit."))
    out = _text(
        _("Not ranked, one a line: number and reason"), 4_000, rows=3,
        help_text=_("For example whoever was honoured already. The reason is published."),
    )  # fmt: skip

    def __init__(self, data: Any, files: Any = None, *, group: Any = None, step: Any = None) -> None:
        super().__init__(data, files, initial=_of_group(group, step) if group else {"least": 1, "most": 1, "places": 1})

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        sheet = given.get("sheet")
        rows = _rows_of_sheet(sheet) if sheet else _rows_of_text(given.get("candidates", ""))
        given["read"] = found = _candidates(rows)
        if given.get("most") and given.get("least", 0) > given["most"]:
            raise forms.ValidationError(_("More are needed than are allowed. Change one of the two numbers."))
        if given.get("most") and len(found) < given["most"]:
            raise forms.ValidationError(_("There are fewer candidates than one may choose."))
        if given.get("cap") and not all(each.get("place") for each in found):
            raise forms.ValidationError(_("A limit by place needs the place of every candidate."))
        given["left_out"] = _left_out(given.get("out", ""), {each["id"] for each in found})
        return given

    def given(self, id: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The group and its step, as the rules have them."""
        told = self.cleaned_data
        group = {"id": id, "title": told["title"].strip(), "least": told["least"], "most": told["most"],
                 "candidates": told["read"]}  # fmt: skip
        step: dict[str, Any] = {"kind": "most_votes", "group": id, "places": told["places"]}
        step["reserves"] = told["reserves"]
        if told["cap"]:
            step["caps"] = [{"by": "place", "most": told["cap"]}]
        if told["left_out"]:
            step["out"] = told["left_out"]
        return group, step


def _of_group(group: dict[str, Any], step: dict[str, Any]) -> dict[str, Any]:
    lines = [
        "，".join([each["id"], each["title"], each.get("note", ""), each.get("place", "")]).rstrip("，")
        for each in group["candidates"]
    ]
    caps = step.get("caps", [])
    return {
        "title": group["title"], "least": group["least"], "most": group["most"], "candidates": "\n".join(lines),
        "places": step["places"], "reserves": step.get("reserves", 0), "cap": caps[0]["most"] if caps else 0,
        "out": "\n".join(f"{each['candidate']} {each['why']}" for each in step.get("out", [])),
    }  # fmt: skip


def _rows_of_text(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in re.split(r"[\t,，]", line)] for line in text.splitlines() if line.strip()]


def _rows_of_sheet(file: Any) -> list[list[str]]:
    if (file.size or 0) > LARGEST_SHEET:
        raise forms.ValidationError(_("The sheet is larger than 2 MB. Leave only the candidates in it."))
    try:
        rows = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    except (CalamineError, OSError, ValueError, IndexError) as problem:
        raise forms.ValidationError(_("This is no Excel sheet. Save it as .xlsx and send that.")) from problem
    return [[_cell(each) for each in row] for row in rows[1:] if any(str(each).strip() for each in row)]


def _cell(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _candidates(rows: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for at, row in enumerate(rows[: MOST_CANDIDATES + 1], start=1):
        id, title, note, place = [*row, "", "", "", ""][:4]
        if not ID.fullmatch(id) or not title or len(title) > 80:
            said = _("Line %(at)s: a number of up to 8 digits or letters, a comma, a name.")
            raise forms.ValidationError(said, params={"at": at})
        if any(each["id"] == id for each in found):
            raise forms.ValidationError(_("The number %(id)s stands there twice."), params={"id": id})
        one = {"id": id, "title": title, "note": note[:200], "place": place[:64]}
        found.append({name: text for name, text in one.items() if text})
    if not found:
        raise forms.ValidationError(_("No candidates yet. Type them, or take them from an Excel sheet."))
    if len(found) > MOST_CANDIDATES:
        raise forms.ValidationError(_("There are more than 500 candidates. Divide them into groups."))
    return found


def _left_out(text: str, known: set[str]) -> list[dict[str, str]]:
    out = []
    for line in filter(str.strip, text.splitlines()):
        id, _space, why = re.sub(r"[\t,，]", " ", line.strip()).partition(" ")
        if id not in known or not why.strip():
            raise forms.ValidationError(_("Not ranked: write a number from the list and why, one a line."))
        out.append({"candidate": id, "why": why.strip()[:200]})
    return out


class KeyForm(forms.Form):
    """public.json as `verivote keygen` wrote it."""

    file = forms.FileField(
        label=_("public.json from the key's machine"), error_messages={"required": _("Choose a file first.")},
        help_text=_("It holds no secret. The three files with endings .key never come here."),
    )  # fmt: skip


class ObserverForm(forms.Form):
    name = _text(_("Name of the observer"), 80, _("Write the name."))
    key = _text(
        _("Key of the observer"), 64, _("Write the 64 digits that `verivote observer-key` printed."),
        help_text=_("64 digits, as `verivote observer-key` prints them."),
    )  # fmt: skip
    is_by_lot = forms.BooleanField(label=_("drawn by lot"), required=False)


class RollForm(forms.Form):
    """Members on a day: of one's own line, or of the bodies of another line that one leads."""

    line = forms.ChoiceField(label=_("Members of which line"), widget=Select, error_messages=NOT_A_CHOICE)
    day = DayField(label=_("As of the day"))

    def __init__(self, data: Any, *, lines: Sequence[Line], own: str, today: date) -> None:
        super().__init__(data, initial={"line": own, "day": today})
        self._lines = {each.pk: each for each in lines}
        self.fields["line"].choices = [(each.pk, str(each)) for each in lines]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Line:
        return self._lines[self.cleaned_data["line"]]


class ReasonForm(forms.Form):
    why = _text(_("Reason"), 200, _("Say why. It is written down and read by whoever it concerns."))


class AsideForm(forms.Form):
    reason = forms.ChoiceField(label=_("Kind of reason"), choices=SetAside.Reason.choices, widget=Select)
    words = _text(_("In words, for the voter"), 200, _("Say why. It is written down and read by whoever it concerns."))


class ObjectionForm(forms.Form):
    words = _text(_("What is not right"), 500, _("Say in a few words what is not right."), rows=3)


class UploadForm(forms.Form):
    file = forms.FileField(label=_("File"), error_messages={"required": _("Choose a file first.")})


class DrawForm(forms.Form):
    drawn = _text(_("What was drawn"), 200, _("Write what was drawn, as it was announced."))


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code on your card"), max_length=40,
        widget=forms.TextInput(attrs={"class": "input mono", "autocomplete": "off", "spellcheck": "false",
                                      "autocapitalize": "characters"}),
        error_messages={"required": _("Type the code on your card.")},
        help_text=_("16 letters and digits. Dashes and small letters do not matter."),
    )  # fmt: skip


class ReceiptForm(forms.Form):
    number = forms.CharField(
        label=_("Number of the receipt"), max_length=40,
        widget=forms.TextInput(attrs={"class": "input mono", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Type the number of the receipt.")}, help_text=_("16 signs, on the receipt."),
    )  # fmt: skip
