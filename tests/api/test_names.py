"""Each record of the API has a name of its own: of two alike the document shows one for both."""

from __future__ import annotations

from collections import Counter

from ninja import Schema

from gongjian.api import api


def descendants(kind: type) -> set[type]:
    return {kind} | {each for child in kind.__subclasses__() for each in descendants(child)}


def test_no_two_records_of_the_api_have_the_same_name():
    assert api.get_openapi_schema()["components"]["schemas"]
    ours = {each for each in descendants(Schema) if each.__module__.startswith("gongjian.")}
    counted = Counter(each.__name__ for each in ours)
    assert [name for name, number in counted.items() if number > 1] == []
