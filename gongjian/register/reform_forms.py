"""What is typed into a reform: the day, what is meant by a name or a code, the new values, and the document."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.accounts.models import User

from .access import Reader
from .models import Body, BodyEntry, BodyKind, Choice, Document, Form, Unit, UnitEntry, UnitKind
from .papers import check_paper
from .queries.reform import called

PARTS = 4
NUMBERED = re.compile(r"\[(\d{1,18})\]\s*$")
NO_DAY = {"invalid": _("This is not a day. Write it as 2026-03-17."), "required": _("Choose the day.")}

Thing = Unit | Body


class ThingField(forms.CharField):
    """A unit or a body, named by its code, its name, or as a list offers it: 上下文村 [417]."""

    def __init__(self, thing: str, **more: Any) -> None:
        widget = forms.TextInput(attrs={"class": "input", "autocomplete": "off"})
        super().__init__(widget=widget, max_length=240, **more)
        self.thing = thing
        self.among: tuple[Reader, Any] | None = None

    def clean(self, value: Any) -> Any:
        words = super().clean(value).strip()
        if not words:
            return None
        assert self.among is not None, "the form tells whose eyes are meant, and which day"
        reader, on = self.among
        number = NUMBERED.search(words)
        model: Any = Unit if self.thing == "unit" else Body
        if number:
            entries: Any = (UnitEntry if self.thing == "unit" else BodyEntry).objects.on(on)
            if entries.filter(**{self.thing: int(number[1])}).exists():
                return model.objects.get(pk=int(number[1]))
            raise forms.ValidationError(gettext("“%(words)s” does not stand on that day. Choose another one."), params={
                "words": words})  # fmt: skip
        found = called(reader, self.thing, words, on)
        if len(found) == 1:
            return model.objects.get(pk=found[0][0])
        if not found:
            raise forms.ValidationError(
                gettext("Nothing that stands on that day is called “%(words)s”. Write the whole name, or the code."),
                params={"words": words},
            )
        those = "；".join(f"{name} [{id}]（{where}）" for id, name, where in found)
        raise forms.ValidationError(
            gettext("Several are called so: %(those)s. Copy the one you mean, with its number."),
            params={"those": those},
        )


class ReformForm(forms.Form):
    """The day, for every reform. `thing` is unit or body; `reader` names whose eyes find what is typed."""

    on = forms.DateField(
        label=_("From which day"),
        error_messages=NO_DAY,
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
        help_text=_("A day past, today or to come. One to come waits for its day."),
    )

    def __init__(self, data: Any, *, thing: str, entry: Any, reader: Reader, day: Any) -> None:
        super().__init__(data, initial={"on": day})
        self.thing, self.entry = thing, entry
        for name, field in self.fields.items():
            if isinstance(field, ThingField):
                field.widget.attrs["list"] = f"offered-{name}"
        self._reader, self._day = reader, day

    def name_of(self, thing: Any) -> str:
        """What a unit or a body is called on the day of the reform."""
        entries: Any = thing.entries.on(self.cleaned_data.get("on") or self._day)
        return str(entries.values_list("name", flat=True).first() or thing)

    def _clean_fields(self) -> None:
        """The day first: what is meant by a name depends on it."""
        on = self._day
        with suppress(forms.ValidationError):  # which is told at its own field
            on = self.fields["on"].clean(self.data.get(self.add_prefix("on")))
        for field in self.fields.values():
            if isinstance(field, ThingField):
                field.among = (self._reader, on)
        super()._clean_fields()  # type: ignore[misc]  # which Django has, and its stubs leave out


def _kinds(thing: str, line: str = "") -> list[tuple[str, str]]:
    words: Iterable[Any] = UnitKind.objects.all() if thing == "unit" else BodyKind.objects.filter(line=line)
    return [("", gettext("As it is")), *((word.key, str(word)) for word in words)]


def _add_values(form: ReformForm, fields: Iterable[str], *, required: Iterable[str] = ()) -> None:
    """The values an entry may take, as far as the reform asks for them."""
    thing, entry = form.thing, form.entry
    for name in fields:
        form.fields[name] = _value_field(name, thing, entry, name in required)


def _value_field(name: str, thing: str, entry: Any, required: bool) -> forms.Field:
    text = forms.TextInput(attrs={"class": "input", "autocomplete": "off"})
    match name:
        case "name":
            return forms.CharField(label=_("Name"), required=required, max_length=200, widget=text)
        case "code":
            return forms.CharField(label=_("Code"), required=False, max_length=20, widget=text)
        case "kind":
            line = entry.body.line_id if thing == "body" else ""
            return forms.ChoiceField(label=_("Kind"), required=False, choices=_kinds(thing, line))
        case "status":
            options = [(choice.key, str(choice)) for choice in Choice.objects.filter(list="status")]
            return forms.ChoiceField(label=_("Status"), required=False, choices=[("", gettext("As it is")), *options])
        case "form":
            options = [(form.key, str(form)) for form in Form.objects.all()]
            return forms.ChoiceField(label=_("Form"), required=False, choices=[("", gettext("As it is")), *options])
        case "parent":
            return ThingField("unit", label=_("Stands in"), required=False)
        case "seat":
            return ThingField("unit", label=_("Seat"), required=False)
        case "superior":
            return ThingField("body", label=_("Superior in its line"), required=False)
        case "leader":
            return ThingField("body", label=_("Led by"), required=False)
    raise KeyError(name)


VALUES = {"unit": ("name", "code", "kind", "parent", "status"), "body": (
    "name", "code", "kind", "form", "seat", "superior", "leader")}  # fmt: skip
WORDS = {"kind": (UnitKind, BodyKind), "form": (Form, Form)}


def _values(form: ReformForm, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an entry that were filled in, ready for the verbs."""
    found = {name: given.get(name) for name in VALUES[form.thing] if given.get(name)}
    for name, (of_unit, of_body) in WORDS.items():
        if name in found:
            model: Any = of_unit if form.thing == "unit" else of_body
            found[name] = model.objects.get(pk=found[name])
    return found


class AmendForm(ReformForm):
    """A new name, code, kind, parent …: only what differs counts."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _add_values(self, VALUES[self.thing])
        self.fields["name"].help_text = _("Leave a field empty to leave it as it is.")
        for name in ("name", "code"):
            self.fields[name].widget.attrs["placeholder"] = getattr(self.entry, name)
        for field in self.fields.values():
            if isinstance(field, ThingField):
                field.widget.attrs["list"] = ""

    def clean(self) -> None:
        if not self.errors and not self.values():
            raise forms.ValidationError(_("Nothing is filled in. Write what is to be different from the day on."))

    def values(self) -> dict[str, Any]:
        """What is to be different."""
        given = _values(self, self.cleaned_data)
        return {name: value for name, value in given.items() if value != getattr(self.entry, name)}


class MergeForm(ReformForm):
    """Into which one; or, if none is named, the name of the new one."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["into"] = ThingField(
            self.thing,
            label=_("Into"),
            required=False,
            help_text=_("Name or code of one that stands. Leave it empty to found a new one."),
        )
        for number in range(1, PARTS):
            self.fields[f"also{number}"] = ThingField(self.thing, label=_("Merged as well"), required=False)
        _add_values(self, ("name", "code", "kind"))
        self.fields["name"].label = _("Name afterwards")
        self.fields["name"].help_text = _("Of the new one; or a new name of the one it goes into.")
        for name, field in self.fields.items():
            if isinstance(field, ThingField):
                field.widget.attrs["list"] = "beside"
            if name.startswith("also"):
                field.help_text = ""

    def clean(self) -> None:
        if not self.errors and not self.cleaned_data.get("into") and not self.cleaned_data.get("name"):
            self.add_error("into", _("Say into which one it goes, or write the name of the new one."))

    @property
    def sources(self) -> list[Any]:
        """What ends, the one of this page first."""
        own = self.entry.unit if self.thing == "unit" else self.entry.body
        others = (self.cleaned_data.get(f"also{number}") for number in range(1, PARTS))
        return list(dict.fromkeys([own, *(each for each in others if each)]))

    def values(self) -> dict[str, Any]:
        """The values of the new one, which is else as the one of this page; or what the other one takes on."""
        given = _values(self, self.cleaned_data)
        if self.cleaned_data.get("into"):
            return given
        alike = ("kind", "parent") if self.thing == "unit" else ("kind", "form", "seat", "superior", "leader")
        return {name: getattr(self.entry, name) for name in alike} | given


class SplitForm(ReformForm):
    """Up to four parts, each a new one or one that stands, with shares in per cent where they are known."""

    stays = forms.BooleanField(label=_("It goes on itself, beside the parts"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        text = {"class": "input", "autocomplete": "off"}
        for number in range(PARTS):
            self.fields[f"name{number}"] = forms.CharField(
                label=_("Name"), required=False, max_length=200, widget=forms.TextInput(attrs=text)
            )
            self.fields[f"code{number}"] = forms.CharField(
                label=_("Code"), required=False, max_length=20, widget=forms.TextInput(attrs=text)
            )
            self.fields[f"stands{number}"] = ThingField(self.thing, label=_("Or one that stands"), required=False)
            self.fields[f"stands{number}"].widget.attrs["list"] = "beside"
            self.fields[f"share{number}"] = forms.DecimalField(
                label=_("Share, %"), required=False, min_value=Decimal("0.000001"), max_value=Decimal(100),
                max_digits=9, decimal_places=6, widget=forms.TextInput(attrs={**text, "inputmode": "decimal"}),
            )  # fmt: skip

    def clean(self) -> None:
        for number in range(PARTS):
            if self.cleaned_data.get(f"name{number}") and self.cleaned_data.get(f"stands{number}"):
                self.add_error(f"stands{number}", _("Write a new name, or name one that stands; not both."))
        if not self.errors and not self.parts():
            raise forms.ValidationError(_("Name at least one part."))

    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each part."""
        return [[self[f"{name}{number}"] for name in ("name", "code", "stands", "share")] for number in range(PARTS)]

    def parts(self) -> list[tuple[Any, dict[str, Any], Decimal | None]]:
        """Of each part: the one that stands or None, the values of a new one, and its share (of 1)."""
        alike = ("kind", "parent") if self.thing == "unit" else ("kind", "form", "seat", "superior", "leader")
        found: list[tuple[Any, dict[str, Any], Decimal | None]] = []
        for number in range(PARTS):
            given = {name: self.cleaned_data.get(f"{name}{number}") for name in ("name", "code", "stands", "share")}
            share = None if given["share"] is None else given["share"] / 100
            if given["stands"]:
                found.append((given["stands"], {}, share))
            elif given["name"]:
                values = {name: getattr(self.entry, name) for name in alike} | {"name": given["name"]}
                found.append((None, values | ({"code": given["code"]} if given["code"] else {}), share))
        return found


class CloseForm(ReformForm):
    """Where what stands on it goes, and whether it is known what became of it."""

    is_known = forms.ChoiceField(
        label=_("What became of it"),
        choices=[("yes", _("It was given up")), ("", _("Not known"))],
        widget=forms.RadioSelect,
        required=False,
        initial="yes",
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["to"] = ThingField(
            self.thing,
            label=_("What stands on it goes to"),
            help_text=_("Name or code. Units and seats in it, or bodies below it, go there."),
            error_messages={"required": _("Say where what stands on it goes.")},
        )
        self.fields["to"].widget.attrs["list"] = "beside"


class ReopenForm(ReformForm):
    """It stands again as it stood last, or with another name, code or place."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        names = ("name", "code", "parent") if self.thing == "unit" else ("name", "code", "seat", "superior", "leader")
        _add_values(self, names)
        for name in ("name", "code"):
            self.fields[name].widget.attrs["placeholder"] = getattr(self.entry, name)

    def values(self) -> dict[str, Any]:
        return _values(self, self.cleaned_data)


class DocumentForm(forms.Form):
    """文号, title, day and file of the paper on which it stands; all may stay empty."""

    number = forms.CharField(label=_("Document number"), required=False, max_length=80)
    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    issued_on = forms.DateField(
        label=_("Issued on"),
        required=False,
        error_messages=NO_DAY,
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
    )
    file = forms.FileField(label=_("The file itself"), required=False, max_length=100)

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        return check_paper(file) if file else file

    def clean(self) -> None:
        given = self.cleaned_data
        if given.get("issued_on") and not any(given.get(name) for name in ("number", "title", "file")):
            self.add_error("number", _("Write the number or the title of the document as well."))

    def save(self, by: Any) -> Document | None:
        """The document, or None if nothing was filled in."""
        given = self.cleaned_data
        if not any(given.get(name) for name in ("number", "title", "file")):
            return None
        document = Document(
            number=given["number"], title=given["title"], issued_on=given["issued_on"],
            by=by if isinstance(by, User) else None,
        )  # fmt: skip
        if given["file"]:
            document.sha256 = hashlib.sha256(given["file"].read()).hexdigest()
            given["file"].seek(0)
            document.file = given["file"]
        document.save()
        return document
