"""What speaks for a proposal, free of language: a kind and its gaps. The pages turn each into a sentence.

`KINDS` is the whole list: each kind with the gaps it always fills. Names in gaps are published names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Gap = str | int | float | tuple[str, ...]

KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # Codes
        "same_code": ("code",),
        "other_code": ("old_code", "new_code"),
        "code_passed_on": ("code", "old_name", "new_name"),  # its code is now borne by the successor
        # Names of one division on two days
        "same_name": ("name",),
        "other_kind_word": ("old_name", "new_name"),  # 村委会 to 社区, the place is called the same
        "variant_character": ("old_character", "new_character"),  # sounds alike, or traditional, or looks alike
        "one_character_other": ("old_character", "new_character"),
        "one_character_more": ("character",),
        "one_character_less": ("character",),
        "town_prefix_dropped": ("prefix",),
        "town_prefix_added": ("prefix",),
        "name_within_name": ("shorter", "longer"),
        "names_share_characters": ("characters", "old_name", "new_name"),
        "name_unlike": ("old_name", "new_name"),
        "name_joined": ("members", "new_name"),  # the new name is put together from these old ones
        "name_shared": ("name", "times"),  # others in the lists are called the same
        # Parents and neighbours
        "town_continues": ("old_town", "new_town"),
        "siblings_moved": ("moved", "of", "old_town", "new_town"),
        "left_siblings": ("moved", "of", "old_town", "new_town"),  # few or none of its neighbours went there
        "county_changed": ("old_county", "new_county"),
        "same_place_in_list": ("before", "after"),  # it stands between the same two neighbours
        "neighbours_went": ("before", "after", "new_name"),
        # Counts
        "as_many_gone_as_new": ("gone", "new", "town"),
        "only_new_of_town": ("new_name", "gone", "town"),  # all that vanished can only have gone into this one
        # Towns and counties by what lies in them
        "villages_went": ("moved", "of", "new_town"),
        "villages_came": ("moved", "of", "old_town"),
        "towns_went": ("moved", "of", "new_county"),
        "formed_of": ("members", "number"),
        # What cannot be told
        "rivals": ("names",),  # others that fit nearly as well
        "nothing_alike": ("town",),
        "parent_not_followed": ("parent",),
        "special_area": ("name",),  # a farm, a reservoir, a development zone: not a village
    }
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason. Raises ValueError for a kind that is not in KINDS, or with other gaps than it has."""

    kind: str
    gaps: Mapping[str, Gap] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS or set(self.gaps) != set(KINDS[self.kind]):
            raise ValueError(f"{self.kind!r} with the gaps {sorted(self.gaps)} is no kind of evidence.")
