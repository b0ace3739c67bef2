"""Widgets of forms whose own markup differs from Django's."""

from django import forms


class Select(forms.Select):
    """A chooser written by one template: Django's renders two more for each option, and a filter has hundreds."""

    template_name = "ui/select.html"
