"""The tiles of a map and their table are written without a template: names escaped, numbers as everywhere."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from gongjian.indicators.models import Reading
from gongjian.indicators.templatetags.tiles import tile_rows, tiles
from gongjian.indicators.treemap import Box, Group, Tile


@pytest.fixture
def group() -> Group:
    def tile(id: int, name: str, numerator: int, denominator: int) -> Tile:
        return Tile(id, name, Reading(numerator=numerator, denominator=denominator), Box(0, 12.3, 50, 100))

    return Group(7, "甲<镇>", Box(0, 0, 100, 100), [tile(8, "乙<b>村", 1, 2000), tile(9, "丙村", 3, 3)])


def test_each_tile_lies_where_it_lies_and_the_first_makes_room_for_the_name(group):
    with override("zh-hans"):
        first, second = tiles(group).split("</div>")[:2]
    assert "left:0.00%;top:12.30%;width:50.00%;height:100.00%" in first
    assert "乙&lt;b&gt;村 0.1" in first and "<b>" not in first and "padding-top" in first
    assert "丙村 100.0" in second and "padding-top" not in second and " q5" in second


def test_each_row_leads_to_its_place_on_the_day_that_was_asked_for(group):
    with override("en"):
        rows = tile_rows(group, "/indicators/x/?on=2024-03-01&").split("</tr>")[:2]
    assert '<a href="/indicators/x/?on=2024-03-01&amp;in=8"><span lang="zh-Hans">乙&lt;b&gt;村</span></a>' in rows[0]
    assert "甲&lt;镇&gt;" in rows[0] and '<td class="num">1 / 2,000</td><td class="num">1,999</td>' in rows[0]
    assert "in=9" in rows[1] and "100.0 %" in rows[1]
