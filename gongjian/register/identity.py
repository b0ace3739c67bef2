"""What a division is called, and what kind it is. Pure Python.

A code is not an identity: which division of one list is the same unit on the next says `reconcile`.
"""

import re
from dataclasses import dataclass

LEVELS = ("city", "county", "town", "village")

# The word for a kind at the end of a published name, longest first; what stands before it is the place.
_KIND_WORDS = {
    "city": re.compile("市$"),
    "county": re.compile("[市区县]$"),
    "town": re.compile("(街道办事处|街道|镇|乡)$"),
    "village": re.compile("(社区居民委员会|社区居委会|居民委员会|居委会|村民委员会|村委会|社区|管理区|村)$"),
}


@dataclass(frozen=True)
class Division:
    code: str
    name: str
    level: str
    parent_code: str


def short_name(published_name: str, level: str) -> str:
    """The name of the place; the published name of a village is often that of its committee, which is a body.

    上下文村委会 is 上下文村, 沈村村委会 is 沈村, 花溪社区居委会 is 花溪社区. 浦口居委会 stays (居民委员会 is
    shortened to it): 浦口社区 would be invented, and is the name of another unit in the same town.
    """
    if level != "village":
        return published_name
    if found := re.fullmatch("(.+?)村?(村民委员会|村委会)", published_name):
        return found[1] + "村"
    if found := re.fullmatch("(.+社区)(居民委员会|居委会)", published_name):
        return found[1]
    if found := re.fullmatch("(.+)居民委员会", published_name):
        return found[1] + "居委会"
    return published_name


def kind_of(name: str, level: str) -> str:
    """The key of the kind that a name tells, published or short; raises ValueError for an unknown level."""
    match level:
        case "city":
            return "city"
        case "county":
            return {"区": "district", "市": "county_city"}.get(name[-1:], "county")
        case "town":
            return _kind_by_ending(name, "town_other", street=("街道", "街道办事处"), town=("镇",), township=("乡",))
        case "village":
            return _kind_by_ending(
                name,
                "village_other",
                community=("社区", "居委会", "居民委员会"),
                village=("村", "村委会", "村民委员会"),
            )
    raise ValueError(f"{level!r} is not a level of divisions; use one of {', '.join(LEVELS)}.")


def _kind_by_ending(name: str, other: str, **endings: tuple[str, ...]) -> str:
    return next((kind for kind, words in endings.items() if name.endswith(words)), other)


def place_of(name: str, level: str) -> str:
    """The name without the word for its kind: 上下文 of 上下文村委会, 大唐 of 大唐街道."""
    place = _KIND_WORDS[level].sub("", name) or name
    # 沈村委会 and 沈村村委会 are one village: the second 村 belongs to the kind.
    return place.removesuffix("村") or place if level == "village" else place
