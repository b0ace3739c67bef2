"""What is typed about posts and who holds them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import Line, Person
from gongjian.register.office_forms import DayField
from gongjian.ui.widgets import Select

from .forms import NO_NUMBER, NOT_A_CHOICE, text
from .models import CataloguePost, Post, PostCategory
from .models.posts import MOST_SEATS
from .queries_posts import PostFilters


class PostFilterForm(forms.Form):
    line = forms.ChoiceField(label=_("Line"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    category = forms.ChoiceField(label=_("Post category"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    state = forms.ChoiceField(label=_("State"), required=False, widget=Select, error_messages=NOT_A_CHOICE)
    body = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        every = ("", gettext("All"))
        heads = [(each.key, str(each)) for each in PostCategory.objects.all()]
        fields: Any = self.fields
        fields["line"].choices = [every, *((each.key, str(each)) for each in Line.objects.all())]
        fields["category"].choices = [every, *heads, ("free", _("not of the catalogue"))]
        fields["state"].choices = [every, *Post.State.choices]

    def filters(self) -> PostFilters:
        return PostFilters(**{name: self.cleaned_data[name] for name in ("line", "body", "category", "state")})


class PostForm(forms.Form):
    """A post, as it stands in the catalogue or otherwise."""

    title = text(_("Name of the post"), 60, missing=_("Give the post a name."))
    area = text(_("Where it serves, or whom"), 100)
    seats = forms.IntegerField(
        label=_("Seats"), min_value=1, max_value=MOST_SEATS, initial=1, error_messages=NO_NUMBER,
        widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
    )  # fmt: skip
    duties = text(_("Duties"), 2200, rows=4, missing=_("Write two to ten duties, each on a line of its own."),
                  help_text=_("Two to ten, each on a line of its own."))  # fmt: skip
    content = text(_("What can be measured"), 300, rows=2,
                   missing=_("Say what of it can be measured: how often, how much, for whom."),
                   help_text=_("How often, how much, for whom."))  # fmt: skip
    since = DayField(label=_("First day of duty"))
    until = DayField(label=_("Last day of duty"))
    kind = forms.ModelChoiceField(CataloguePost.objects.all(), required=False, widget=forms.HiddenInput,
                                  error_messages=NOT_A_CHOICE)  # fmt: skip

    def __init__(self, data: Any, *, today: date, post: Post | None = None, kind: CataloguePost | None = None) -> None:
        initial: dict[str, Any] = {"since": today, "until": date(today.year, 12, 31)}
        if kind is not None:
            initial |= {"kind": kind.pk, "title": str(kind), "duties": "\n".join(kind.duties_said)}
        if post is not None:
            initial = {name: getattr(post, name) for name in ("title", "area", "seats", "content", "since", "until")}
            initial["duties"] = "\n".join(post.duties)
        super().__init__(data, initial=initial)

    def said(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return given | {"duties": given["duties"].splitlines()}


class NominateForm(forms.Form):
    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Whom"), empty_label=None, error_messages=NOT_A_CHOICE
    )

    def __init__(self, data: Any, *, people: Iterable[Person]) -> None:
        super().__init__(data)
        known = list(people)
        field: Any = self.fields["person"]
        field.queryset = Person.objects.filter(pk__in=[each.pk for each in known])
        field.widget.attrs["class"] = "input"
        field.widget.choices = [(each.pk, each.name) for each in known]


class ReasonForm(forms.Form):
    reason = text(_("Reason"), 200, missing=_("Say why. The person reads it."))


class RenewForm(forms.Form):
    until = DayField(label=_("Last day of duty"))


class MoveForm(forms.Form):
    post = forms.ModelChoiceField(
        Post.objects.none(), label=_("To which post"), empty_label=None, error_messages=NOT_A_CHOICE
    )
    because = text(_("Reason"), 200, missing=_("Say why. The person reads it."))

    def __init__(self, data: Any, *, posts: Iterable[Post]) -> None:
        super().__init__(data)
        known = list(posts)
        field: Any = self.fields["post"]
        field.queryset = Post.objects.filter(pk__in=[each.pk for each in known])
        field.widget.attrs["class"] = "input"
        field.widget.choices = [(each.pk, each.title) for each in known]
