"""Figures among the known facts: a form need not ask for what the night run counts."""

from __future__ import annotations

import pytest
from django.utils import timezone

from gongjian.asks import facts
from gongjian.figures import run as night
from gongjian.indicators.models import Indicator, Reading
from tests.figures.test_run import town

assert town  # the fixture: the small town with the pack's indicators

FIGURE = "union_enterprises"


@pytest.fixture
def read(town):
    return night.read_indicators(timezone.localdate())


def test_a_form_means_a_figure_by_its_name_in_either_language(town, django_assert_num_queries):
    names = Indicator.objects.get(pk=FIGURE).names
    labels = [names["zh-hans"], "企业建会率", f"{names['en']} (%)", "会议次数"]
    with django_assert_num_queries(1):
        known = facts.known(labels)
    assert {label: fact.key for label, fact in known.items()} == dict.fromkeys(labels[:3], f"figures.{FIGURE}")


def test_what_waits_for_its_facts_is_asked(town):
    assert facts.known([Indicator.objects.get(pk="teams").names["zh-hans"]]) == {}


def test_what_was_counted_where_an_organisation_sits_is_told_to_whoever_may_see_it(town, read):
    body, key = town.bodies["city_party"], f"figures.{FIGURE}"
    there = Reading.objects.get(unit=town.units["city"], indicator=FIGURE, day=read.day)
    assert facts.read(town.inspector, [key], [body.pk], town.today) == {
        body.pk: {key: f"{there.rate:.1%} ({there.numerator}/{there.denominator})"}
    }
    assert facts.read(town.stranger, [key], [body.pk], town.today) == {body.pk: {}}
    assert facts.source_of(key).where(there.unit_id) == f"/units/{there.unit_id}/indicators/"


def test_before_anything_was_counted_nothing_is_told(town):
    body = town.bodies["city_party"]
    assert facts.read(town.inspector, [f"figures.{FIGURE}"], [body.pk], town.today) == {body.pk: {}}
