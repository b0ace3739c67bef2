"""What is typed about calls, applications, reviews, opinions, objections, awards and nurturing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.register.office_forms import DayField
from gongjian.register.papers import check_paper
from gongjian.ui.widgets import Select

from .models import Application, Honour, Review
from .models.calls import STORY
from .rules import Rules
from .words import PEOPLE

TEXT = {"class": "input", "autocomplete": "off"}
NUMBER = {"class": "input", "inputmode": "numeric"}
DECIMAL = {"class": "input", "inputmode": "decimal", "autocomplete": "off"}
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices here. Choose again.")}


def text(label: Any, length: int, missing: Any = "", *, help_text: Any = "", rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"class": "input", "rows": rows}) if rows else forms.TextInput(attrs=TEXT)
    return forms.CharField(
        label=label, max_length=length, required=bool(missing), help_text=help_text, widget=widget,
        error_messages={"required": missing} if missing else None,
    )  # fmt: skip


def number(label: Any, least: int, most: int, *, help_text: Any = "", required: bool = True) -> forms.IntegerField:
    gaps = {"least": least, "most": most}
    wrong = lazy(lambda: gettext("Write a whole number from %(least)s to %(most)s.") % gaps, str)()
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, help_text=help_text, required=required,
        widget=forms.NumberInput(attrs=NUMBER),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )  # fmt: skip


def choice(label: Any, choices: Sequence[tuple[Any, Any]], *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=[(str(key), str(name)) for key, name in choices], widget=Select, required=required,
        error_messages=NOT_A_CHOICE,
    )  # fmt: skip


# == calls ==
class CallForm(forms.Form):
    """Which honour, by which approval, how many, until when."""

    honour = choice(_("Honour"), [])
    title = text(_("Title of the call"), 60, _("Give the call a title."))
    year = number(_("Year"), 2000, 2100)
    document = text(
        _("Document that approves this honour"), 120,
        help_text=_("Number and title. Without it the call is not opened. Empty: as the catalogue has it."),
    )  # fmt: skip
    places = number(_("Places"), 1, 30_000, help_text=_("How many are honoured at most. The rules say the most."))
    apply_until = DayField(label=_("Applications until"))
    review_until = DayField(label=_("Review until"))
    seed = text(
        _("Public number to draw with"), 40,
        help_text=_("May stay empty. With it those who are level for the last places are drawn: say how it comes about "
                    "before anybody knows it."),
    )  # fmt: skip

    def __init__(self, data: Any, *, honours: Sequence[Honour], today: date) -> None:
        super().__init__(data, initial={"year": today.year})
        self.fields["honour"] = choice(_("Honour"), [(each.pk, each) for each in honours])
        self.order_fields(["honour", "title", "year", "document", "places", "apply_until", "review_until", "seed"])


class MendCallForm(forms.Form):
    """The approval, and the number to draw with."""

    document = text(_("Document that approves this honour"), 120)
    seed = text(_("Public number to draw with"), 40)


class ReviewerForm(forms.Form):
    """Who reviews in which phase."""

    name = text(
        _("Name of the reviewer"), 80, _("Write the name of somebody who holds an office."),
        help_text=_("As it stands in the register, of somebody whom you may see there."),
    )  # fmt: skip
    phase = choice(_("Phase of the review"), [])

    def __init__(self, data: Any, *, rules: Rules) -> None:
        super().__init__(data)
        self.fields["phase"] = choice(_("Phase of the review"), [(each.key, each) for each in rules.phases])


class ReasonForm(forms.Form):
    """Why."""

    reason = text(_("Reason"), 300)


# == applications ==
class ApplyForm(forms.Form):
    """For whom."""

    def __init__(self, data: Any, *, holder: str, units: Sequence[Any], people: Sequence[Any]) -> None:
        super().__init__(data)
        if holder == "unit":
            self.fields["unit"] = choice(_("Unit"), units)
            self.fields["team"] = text(
                _("Name of the team, if it is for one team of it"), 60,
                help_text=_("The register does not know teams. Their numbers you say yourself."),
            )  # fmt: skip
        elif holder == "person":
            self.fields["person"] = choice(_("Person"), people)


class StoryForm(forms.Form):
    """The deeds, what is confirmed, numbers that the register does not have."""

    story = text(
        _("What was done, and what came of it"), STORY, rows=6,
        help_text=_("Up to 500 characters. Whoever reviews blind reads just this: write no names in it."),
    )  # fmt: skip

    def __init__(self, data: Any, *, rules: Rules, application: Application, unknown: Sequence[str]) -> None:
        said = application.said
        known = {"story": application.story}
        known |= {f"count_{key}": value for key, value in said.get("counts", {}).items()}
        known |= {f"says_{key}": value for key, value in said.get("statements", {}).items()}
        known |= {f"mark_{key}": value for key, value in said.get("marks", {}).items()}
        super().__init__(data, initial=known)
        for key in unknown:
            label = lazy(lambda key=key: gettext("How many: %(what)s") % {"what": PEOPLE[key]}, str)()
            self.fields[f"count_{key}"] = number(label, 0, 10_000_000, required=False)
        for each in rules.statements:
            self.fields[f"says_{each.key}"] = forms.BooleanField(label=str(each), required=False)
        for mark in rules.said_marks:
            self.fields[f"mark_{mark.key}"] = forms.BooleanField(
                label=str(mark),
                required=False,
                help_text=_("Counted for the quotas of this honour alone."),
            )

    def said(self) -> dict[str, dict[str, Any]]:
        """As the action takes it."""
        found: dict[str, dict[str, Any]] = {"counts": {}, "statements": {}, "marks": {}}
        parts = {"count": "counts", "says": "statements", "mark": "marks"}
        for name, value in self.cleaned_data.items():
            part, _line, key = name.partition("_")
            if part in parts:
                found[parts[part]][key] = value
        return found


class AgreeForm(forms.Form):
    """Where the agreement on paper is kept."""

    how = text(_("Where the agreement on paper is kept"), 100)


# == reviewing ==
class ReviewForm(forms.Form):
    """A number for each criterion."""

    def __init__(self, data: Any, *, rules: Rules, review: Review | None) -> None:
        known = {f"value_{key}": value for key, value in review.given.items()} if review else {}
        super().__init__(data, initial=known | {"words": review.words if review else ""})
        for each in rules.criteria:
            label = lazy(lambda each=each: gettext("%(criterion)s (0–100, weight %(weight)s)") % {
                "criterion": each, "weight": each.weight
            }, str)()  # fmt: skip
            wrong = lazy(lambda: gettext("Write a number from 0 to 100."), str)()
            self.fields[f"value_{each.key}"] = forms.DecimalField(
                label=label, min_value=0, max_value=100, decimal_places=2, widget=forms.TextInput(attrs=DECIMAL),
                error_messages=dict.fromkeys(
                    ("required", "invalid", "min_value", "max_value", "max_decimal_places"), wrong
                ),
            )  # fmt: skip
        self.fields["words"] = text(_("In words"), 300, rows=3)

    def given(self) -> dict[str, Any]:
        return {name[6:]: value for name, value in self.cleaned_data.items() if name.startswith("value_")}


class ConflictForm(forms.Form):
    """What ties one to it."""

    conflict = text(_("What ties you to it"), 200, _("Say what ties you to it, in a few words."))


class OpinionForm(forms.Form):
    """What it stands on."""

    words = text(
        _("What it stands on"), 300, _("Say what the opinion stands on; a document, if there is one."),
        help_text=_("For example: number and day of the office's letter."),
    )  # fmt: skip


# == notice and award ==
class ObjectionForm(forms.Form):
    """What is wrong."""

    reason = text(_("What is wrong"), 1000, _("Say what is wrong, and what it stands on."), rows=4)


class AnswerForm(forms.Form):
    """The answer with its reason."""

    answer = text(_("Answer"), 1000, _("Give the reason of the answer. Whoever objected reads it."), rows=4)


class DocumentForm(forms.Form):
    """The document of a decision, as a file or under an address."""

    document = text(_("Number and title of the document"), 120, _("Write the number and title of the document."))
    link = forms.URLField(
        label=_("Address of the document"), required=False, max_length=300, assume_scheme="https",
        widget=forms.URLInput(attrs=TEXT),
    )  # fmt: skip
    file = forms.FileField(label=_("Or the document as a file"), required=False)

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        return check_paper(file) if file else None


class AwardForm(DocumentForm):
    """The decision by which all on the list are honoured."""

    issuer = text(_("Whose decision it is"), 100, _("Write whose decision it is, as on the document."))
    awarded_on = DayField(label=_("Day of the document"))

    field_order = ("document", "issuer", "awarded_on", "link", "file")


class StepForm(forms.Form):
    """What was found, and when it is looked at again."""

    reason = text(_("What was found, or why"), 300, _("Say what was found, or why. Everybody reads it."))
    recheck_on = DayField(label=_("To be looked at again by"), required=False, help_text=_("Needed, if it is kept."))


class NameForm(forms.Form):
    """Under which name everybody reads it."""

    name = text(_("Name that everybody reads"), 80, _("Write the name."))


# == nurturing ==
class StageForm(forms.Form):
    """One stage."""

    what = text(_("What is to be reached"), 200, _("Say what is to be reached."))
    due_on = DayField(label=_("To be reached by"))


class NurturingForm(forms.Form):
    """Who is nurtured, by whom, for what, in which stages."""

    kind = choice(
        _("Who is nurtured"), [("body", _("an organisation")), ("unit", _("a unit")), ("person", _("a person"))]
    )
    name = text(
        _("Name as in the register"), 200, _("Write the name as it stands in the register."),
        help_text=_("One of your own or of an organisation below yours."),
    )  # fmt: skip
    agreed_how = text(_("How the person agreed, and when"), 100, help_text=_("Only for a person."))
    mentor = text(_("Mentor"), 80, _("Write the name of the mentor, who holds an office."))
    honour = choice(_("For which honour"), [], required=False)
    aim = text(_("For what it is to be an example"), 300, _("Say for what it is to be an example."), rows=2)
    what1 = text(_("First stage: what is to be reached"), 200, _("Say what is to be reached."))
    due1 = DayField(label=_("To be reached by"))
    what2 = text(_("Second stage, if there is one"), 200)
    due2 = DayField(label=_("To be reached by"), required=False)

    def __init__(self, data: Any, *, honours: Sequence[Honour]) -> None:
        super().__init__(data)
        choices = [("", gettext("none in particular")), *((each.pk, each) for each in honours)]
        self.fields["honour"].choices = [(key, str(name)) for key, name in choices]  # type: ignore[attr-defined]

    def stages(self) -> list[tuple[str, date]]:
        """As the action takes it."""
        given = self.cleaned_data
        pairs = [(given["what1"], given["due1"]), (given["what2"], given["due2"])]
        return [(what, due) for what, due in pairs if what and due]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("what2") and not given.get("due2"):
            self.add_error("due2", gettext("Choose the day of the second stage."))
        return given


class EarlierForm(forms.Form):
    """A file of honours given earlier."""

    file = forms.FileField(
        label=_("Excel file"),
        error_messages={"required": _("Choose the file.")},
        help_text=_("One row for each honour. The first row names the columns."),
    )
