"""Place names and their variants."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjian.register.reconcile.names import is_joined, is_variant, likeness, longest_piece, place_name


def kind(old: str, new: str, town: str = "") -> str:
    return likeness(place_name(old, "village"), place_name(new, "village"), town).evidence.kind


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("上下文村委会", "上下文村委会", "same_name"),
        ("上下文村委会", "上下文社区居民委员会", "other_kind_word"),
        ("沈村委会", "沈村村委会", "other_kind_word"),
        ("荘前村委会", "庄前村委会", "other_kind_word"),
        ("胜乔村委会", "胜桥村委会", "variant_character"),
        ("浦岱村委会", "蒲岱村委会", "variant_character"),
        ("花溪村委会", "梅溪村委会", "one_character_other"),
        ("胜利社区", "胜利路社区", "one_character_more"),
        ("路西新村委会", "路西社区", "one_character_less"),
        ("甘霖尹家村委会", "尹家村委会", "town_prefix_dropped"),
        ("尹家村委会", "甘霖尹家村委会", "town_prefix_added"),
        ("玩石村委会", "玩石梁岙村委会", "name_within_name"),
        ("梁家山居委会", "梁江社区", "names_share_characters"),
        ("高旺村委会", "东风村委会", "name_unlike"),
    ],
)
def test_two_names_compare(old, new, told):
    assert kind(old, new, "甘霖") == told


def test_neighbours_that_a_word_tells_apart_are_less_alike_than_any_others():
    a, b, c = (place_name(name, "village") for name in ("上沈村委会", "下沈村委会", "东风村委会"))
    assert likeness(a, b).weight < likeness(a, c).weight < 0


@pytest.mark.parametrize(("x", "y", "variant"), [("乔", "桥", True), ("未", "末", True), ("山", "水", False)])
def test_characters_that_sound_or_look_alike_are_variants(x, y, variant):
    assert is_variant(x, y) is variant


@pytest.mark.parametrize(
    ("joined", "one", "other", "kept"),
    [
        ("玩石梁岙", "玩石", "方梁岙", 2),
        ("甲乙", "甲", "乙", 2),
        ("红墅", "红江", "西墅", 1),
        ("红墅", "西墅", "红江", 1),
        ("东西", "东安", "西安", 0),
        ("长乐二三", "长乐二", "长乐三", 3),
        ("长乐二三", "长乐二", "三阳", 0),
        ("前溪岙", "管梁", "下燕", 0),
    ],
)
def test_joined_names_keep_a_part_of_both(joined, one, other, kept):
    assert is_joined(joined, one, other) == kept


@given(st.text("上下文青山", max_size=5), st.text("上下文青山", max_size=5))
def test_the_longest_piece_stands_in_both(a, b):
    piece = longest_piece(a, b)
    assert piece in a and piece in b
    assert bool(piece) == bool(set(a) & set(b))
