"""What is typed to open something that stays hidden: the reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Disclosure


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("For what you need it"),
        max_length=Disclosure._meta.get_field("reason").max_length,
        error_messages={"required": _("Say for what you need this. The reason is written down.")},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reason"].widget.attrs |= {"class": "input", "autocomplete": "off"}
