"""The filters of the lists as forms: the shape of what was typed, and the conditions in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.ui.widgets import Select

from .models import BodyKind, Choice, Form, Line, UnitKind
from .models.words import Word
from .queries.lists import BodyFilters, UnitFilters

Options = Iterable[tuple[Any, Any]]
Names = Mapping[int | None, str]

LEVELS = {
    UnitKind.Level.CITY: _("City"),
    UnitKind.Level.COUNTY: _("County"),
    UnitKind.Level.TOWN: _("Town"),
    UnitKind.Level.VILLAGE: _("Village"),
    UnitKind.Level.PLACE: _("Building, park, market"),
    UnitKind.Level.EMPLOYER: _("Employer"),
}
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices here. Choose again.")}
NOT_A_NUMBER = {
    "invalid": _("Write a whole number, for example 25."),
    "min_value": _("Write a number from 0 upwards."),
    "max_value": _("This number is too large for the register. Write a smaller one."),
}


def _choice(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, widget=Select, error_messages=NOT_A_CHOICE)


def _number(label: Any, least: int = 0, widget: Any = None) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=least,
        max_value=2_147_483_647 if least == 0 else 2**63 - 1,
        widget=widget or forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
        error_messages=NOT_A_NUMBER,
    )


def _pointer() -> forms.IntegerField:
    """The id of a thing the list hangs below; it comes from a link and stays in the address."""
    return _number("", least=1, widget=forms.HiddenInput())


class _FilterForm(forms.Form):
    """What both lists ask: a part of the name, and the unit below which to look."""

    text = forms.CharField(
        label=_("Name, code or pinyin"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "input", "type": "search", "autocomplete": "off"}),
    )
    below = _number(_("In"), least=1, widget=Select())

    def offer(self, name: str, options: Options) -> None:
        choices = [("", gettext("All")), *options]
        chooser = self.fields[name]
        assert isinstance(chooser, forms.ChoiceField)
        chooser.choices = choices

    def offer_units(self, options: Iterable[tuple[int, str]]) -> None:
        """The units the list can be narrowed to."""
        self.fields["below"].widget.choices = [("", gettext("The whole register")), *options]

    def chosen(self, name: str) -> str:
        """The chosen option in words."""
        value = str(self.cleaned_data.get(name, ""))
        for key, words in self.fields[name].widget.choices:
            if isinstance(words, (list, tuple)):
                found = [inner for inner_key, inner in words if str(inner_key) == value]
                if found:
                    return str(found[0])
            elif str(key) == value:
                return str(words)
        return value

    def clean_range(self, least: str, most: str) -> None:
        low, high = self.cleaned_data.get(least), self.cleaned_data.get(most)
        if low is not None and high is not None and low > high:
            self.add_error(most, _("The second number is smaller than the first. Swap them, or take one away."))

    def hides_errors(self, first: Iterable[str]) -> bool:
        """Whether something is wrong in a condition that is not among those always in sight."""
        return bool(set(self.errors) - set(first))


def _words(words: Iterable[Word]) -> list[tuple[str, str]]:
    return [(word.key, str(word)) for word in words]


def _choices_of(lists: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    options: dict[str, list[tuple[str, str]]] = {name: [] for name in lists}
    for choice in Choice.objects.filter(list__in=list(options)):
        options[choice.list].append((choice.key, str(choice)))
    return options


class UnitFilterForm(_FilterForm):
    """`lines` and `words` are what the rows of the list are told in: read once, for choosing and for telling."""

    coverage = _choice(_("Bodies covering it"))
    level = _choice(_("Level"))
    kind = _choice(_("Kind"))
    status = _choice(_("Status"))
    trade = _choice(_("Trade"))
    ownership = _choice(_("Ownership"))
    staff_from = _number(_("Staff from"))
    staff_to = _number(_("Staff to"))
    place = _pointer()

    FIRST = ("text", "below", "coverage", "place")

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        kinds = list(UnitKind.objects.all())
        self.lines = list(Line.objects.all())
        self.words = _choices_of(("status", "trade", "ownership"))
        lines = _words(self.lines)
        self.offer("level", [(key, words) for key, words in LEVELS.items() if any(k.level == key for k in kinds)])
        self.offer("kind", _words(kinds))
        without = [(f"without-{key}", gettext("Without: %(line)s") % {"line": words}) for key, words in lines]
        with_ = [(f"with-{key}", gettext("With: %(line)s") % {"line": words}) for key, words in lines]
        self.offer("coverage", [*without, *with_])
        for name, options in self.words.items():
            self.offer(name, options)

    def clean(self) -> None:
        self.clean_range("staff_from", "staff_to")

    def filters(self) -> UnitFilters:
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        how, _dash, line = given.pop("coverage", "").partition("-")
        if line:
            given[f"{how}_line"] = line
        return UnitFilters(**given)

    def conditions(self, names: Names) -> list[tuple[str, str]]:
        """Each condition in words, with the field that holds it. `names` are those of the units pointed to."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        said = {
            "text": gettext("Name, code or pinyin: %(words)s") % {"words": given.get("text", "")},
            "below": gettext("In %(place)s") % {"place": names.get(given.get("below"), "?")},
            "place": gettext("Stands in %(place)s") % {"place": names.get(given.get("place"), "?")},
            "staff_from": gettext("Staff from %(number)s") % {"number": given.get("staff_from")},
            "staff_to": gettext("Staff up to %(number)s") % {"number": given.get("staff_to")},
        }
        return [(name, said.get(name) or _said(self, name)) for name in self.fields if name in given]


def _said(form: _FilterForm, name: str) -> str:
    return gettext("%(what)s: %(which)s") % {"what": form.fields[name].label, "which": form.chosen(name)}


class BodyFilterForm(_FilterForm):
    line = _choice(_("Line"))
    kind = _choice(_("Kind"))
    form = _choice(_("Form"))
    term = _choice(_("Term of office"))
    leader = _choice(_("Leader"))
    covers_from = _number(_("Covers units from"))
    covers_to = _number(_("Covers units to"))
    under = _pointer()
    led_by = _pointer()

    FIRST = ("text", "below", "line", "under", "led_by")

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        lines = list(Line.objects.all())
        kinds = list(BodyKind.objects.all())
        self.offer("line", _words(lines))
        grouped = [(str(line), _words(kind for kind in kinds if kind.line_id == line.key)) for line in lines]
        self.offer("kind", [group for group in grouped if group[1]])
        self.offer("form", _words(Form.objects.all()))
        terms = [("running", _("Running")), ("expired", _("Expired")), ("none", _("None entered"))]
        self.offer("term", terms)
        self.offer("leader", [("has", _("Has a leader")), ("none", _("Has no leader"))])

    def clean(self) -> None:
        self.clean_range("covers_from", "covers_to")

    def filters(self) -> BodyFilters:
        return BodyFilters(**{name: value for name, value in self.cleaned_data.items() if value not in (None, "")})

    def conditions(self, units: Names, bodies: Names) -> list[tuple[str, str]]:
        """Each condition in words, with the field that holds it."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        said = {
            "text": gettext("Name, code or pinyin: %(words)s") % {"words": given.get("text", "")},
            "below": gettext("In %(place)s") % {"place": units.get(given.get("below"), "?")},
            "under": gettext("Under %(body)s in its line") % {"body": bodies.get(given.get("under"), "?")},
            "led_by": gettext("Led by %(body)s") % {"body": bodies.get(given.get("led_by"), "?")},
            "covers_from": gettext("Covers from %(number)s units") % {"number": given.get("covers_from")},
            "covers_to": gettext("Covers up to %(number)s units") % {"number": given.get("covers_to")},
        }
        return [(name, said.get(name) or _said(self, name)) for name in self.fields if name in given]
