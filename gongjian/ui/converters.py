"""The converter of addresses: <id:unit_id>."""

from django.urls import register_converter
from django.urls.converters import IntConverter


class IdConverter(IntConverter):
    """A number that the database can hold; a longer one names nothing, and is not found."""

    regex = "[0-9]{1,18}"


register_converter(IdConverter, "id")
