"""What is typed about deeds: recommending, checking, agreeing, commenting, naming stars, and the filter of the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import Person
from gongjian.register.office_forms import DayField
from gongjian.ui.widgets import Select

from .models import LONGEST_STORY, Deed, Star, new_ref
from .queries import DeedFilters, span_of

TEXT = {"class": "input", "autocomplete": "off"}
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices here. Choose again.")}


def text(label: Any, length: int, *, missing: Any = "", help_text: Any = "", rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"class": "input", "rows": rows}) if rows else forms.TextInput(attrs=TEXT)
    return forms.CharField(
        label=label, max_length=length, required=bool(missing), help_text=help_text, widget=widget,
        error_messages={"required": missing} if missing else None,
    )  # fmt: skip


class DeedFilterForm(forms.Form):
    """A time, about whom, and the stars alone."""

    when = forms.ChoiceField(label=_("When"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    of = forms.ChoiceField(label=_("About whom"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    stars = forms.ChoiceField(label=_("Which deeds"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    body = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, times: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        every, asked = ("", gettext("All")), str(data.get("when", ""))
        known = dict(times)
        extra = [(asked, asked)] if asked and asked not in known and span_of(asked) else []
        offered: dict[str, list[Any]] = {
            "when": [every, *times, *extra], "of": [every, *Deed.Of.choices],
            "stars": [every, ("1", _("stars alone"))],
        }  # fmt: skip
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def filters(self) -> DeedFilters:
        given = self.cleaned_data
        return DeedFilters(given["when"], given["body"], given["of"], bool(given["stars"]))


class FindForm(forms.Form):
    q = forms.CharField(
        label=_("Organisation: part of its name, or pinyin"), max_length=80, required=False,
        widget=forms.TextInput(attrs=TEXT),
    )  # fmt: skip


class RecommendForm(forms.Form):
    """Whose deed, what was done. Nothing is asked of whoever recommends it."""

    whose = forms.ChoiceField(label=_("Whose deed"), widget=forms.RadioSelect, error_messages=NOT_A_CHOICE)
    name = text(
        _("Name of the person"), 40,
        help_text=_("Only where it is about somebody else. Nobody is shown who does not agree."),
    )  # fmt: skip
    title = text(_("What was done, in a line"), 60, missing=_("Say in a line what was done."))
    story = text(
        _("What happened"), LONGEST_STORY, rows=6, missing=_("Tell in a few sentences what was done."),
        help_text=_("When, where, for whom, what came of it. One deed, not a life. No names of others."),
    )  # fmt: skip
    service = forms.ChoiceField(label=_("Whom it serves"), choices=Deed.Service.choices, error_messages=NOT_A_CHOICE)
    done_on = DayField(label=_("On which day (of several the last)"))
    place = text(_("Where"), 100)
    links = text(_("Where else it was told of"), 300, help_text=_("An address of a newspaper or page. May stay empty."))
    ref = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, is_signed_in: bool, keeps: bool) -> None:
        super().__init__(data, initial={"ref": new_ref(), "whose": "other"})
        choices: list[tuple[str, Any]] = [("other", _("of somebody in it")), ("body", _("of the organisation itself"))]
        if is_signed_in:
            choices.append(("own", _("my own")))
        if keeps:
            choices += [("other_by_body", _("of somebody in it, in the name of the organisation")),
                        ("body_by_body", _("of the organisation, in its own name"))]  # fmt: skip
        self.fields["whose"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        is_of_other = given.get("whose") in ("other", "other_by_body")
        if is_of_other and not (given.get("name") or "").strip():
            self.add_error("name", _("Write whose deed it is."))
        return given

    def said(self) -> dict[str, Any]:
        """As the action takes it."""
        given = dict(self.cleaned_data)
        whose = given.pop("whose")
        about_body = whose in ("body", "body_by_body")
        name = given.pop("name") if whose in ("other", "other_by_body") else ""
        return given | {
            "of": Deed.Of.BODY if about_body else Deed.Of.PERSON, "is_own": whose == "own", "name": name,
            "in_name_of_body": whose.endswith("_by_body"),
        }  # fmt: skip


class CheckForm(forms.Form):
    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Who it is, of the roll"), required=False, empty_label=_("not on the roll"),
        error_messages=NOT_A_CHOICE,
        help_text=_("Who is chosen here and has an account is asked on their own page whether they agree."),
    )  # fmt: skip
    reason = text(
        _("Reason"), 300, rows=3,
        help_text=_("What is not right. Needed to return it; whoever recommended it reads it."),
    )  # fmt: skip

    def __init__(
        self, data: Any, *, people: Sequence[Person], with_person: bool = True, guess: int | None = None
    ) -> None:
        super().__init__(data, initial={"person": guess})
        if not with_person:
            del self.fields["person"]
            return
        field: Any = self.fields["person"]
        field.queryset = Person.objects.filter(pk__in=[each.pk for each in people])
        field.widget.choices = [("", _("not on the roll")), *((each.pk, each.name) for each in people)]


class PaperForm(forms.Form):
    kept_where = text(
        _("Where the signed paper is kept"), 100, missing=_("Say where the signed paper is kept."),
        help_text=_("The folder and the office. The paper itself is not put in here."),
    )  # fmt: skip


class StarForm(forms.Form):
    span = forms.ChoiceField(label=_("Star"), choices=Star.Span.choices, error_messages=NOT_A_CHOICE)
    of = DayField(label=_("Any day of that time"))
    ground = text(_("On what ground"), 200, missing=_("Say on what ground: which selection, or who decided."))

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, initial={"of": today})


class CommentForm(forms.Form):
    words = text(
        _("Your comment"), 300, rows=3, missing=_("Write what you want to say."),
        help_text=_("It is looked at before others read it, and stands without your name."),
    )  # fmt: skip


class LookForm(forms.Form):
    reason = text(_("Reason"), 200, rows=2)
