"""Place names and their variants: how two names of perhaps one place compare, and which names are joined ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, pinyin

from ..identity import kind_of, place_of
from .evidence import Evidence

# Traditional and variant forms that occur in place names, and characters often written for each other by their look.
_FOLDED = str.maketrans(
    dict(
        zip(
            "荘莊裡裏灣嶺橋東陽張劉馬門關龍鳳鄉樓溝壩塢壠壟嶴嶨峯谿澗濱蘇陳趙錢孫吳鄭馮蔣韓楊黃廟園華萬興樹葉劍銀鐵鎮縣區衛聯錦鴻鳴鶴麗蓮蘆漁灘濟潔瀝瀆壽義愛",
            "庄庄里里湾岭桥东阳张刘马门关龙凤乡楼沟坝坞垄垄岙岙峰溪涧滨苏陈赵钱孙吴郑冯蒋韩杨黄庙园华万兴树叶剑银铁镇县区卫联锦鸿鸣鹤丽莲芦渔滩济洁沥渎寿义爱",
            strict=True,
        )
    )
)
_LOOK_ALIKE_PAIRS = (
    "未末 己已 巳已 戊戌 塔搭 坞圬 坞乌 岙岱 湾弯 庄压 峰蜂 垟洋 浦蒲 浦埔 堰偃 坑炕 墩敦 璜黄 璜磺 岔岱 石右 "
    "土士 天夫 天大 太大 人入 日曰 干千 千于 于干 王玉 玉五 田由 由甲 申甲 东车 车年 乌鸟 岛鸟 今令 令领 冶治 "
    "泊汩 汨汩 凤风 夙凤 坂坡 板坂 板版 杨扬 汤场 汤荡 荡汤 清青 清靖 溇楼 溇缕 埭棣 棣隶 埂梗 墅野 皋皐 濮璞 "
    "珑龙 垅陇 垅龙 垄垅 陡徒 徙徒 汪江 汇江 江红 圩坪 坪平 坪评 枰坪 岩岸 崖岸 洪淇 淇琪 淤於 贝见 具贝 官宫 "
    "管官 营宫 池地 他池 林村 材村 衬村 祥样 详祥 样洋 洋羊 羊样 盘蟠 堡保 桃挑 沙纱 莎沙 岗冈 刚岗 岗岚 "
)
_LOOK_ALIKE = frozenset(map(frozenset, _LOOK_ALIKE_PAIRS.split()))
# Groups whose members tell neighbours apart: 上沈 and 下沈 are two places.
_IN_BRACKETS = re.compile(".+[（(](.+[村区会])[）)]")
_NUMBERS = "一二三四五六七八九十"
_TELLING_APART = (
    "上下中",
    "东南西北中",
    "前后中",
    "里外内",
    "大小",
    "新老旧古",
    "左右",
    "高低",
    "一二三四五六七八九十",
)
_APART = frozenset("".join(_TELLING_APART))


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A published name taken apart: its place in one spelling, and the key of its kind."""

    published: str
    place: str
    kind: str


@lru_cache(maxsize=200_000)
def place_name(published: str, level: str) -> PlaceName:
    """上小余村委会 is the place 上小余 and a village. Traditional characters are folded, 第 in front goes.

    A village in brackets is meant: 城胜经济合作社（城胜村） is 城胜.
    """
    meant = found[1] if level == "village" and (found := _IN_BRACKETS.fullmatch(published)) else published
    place = place_of(meant, level).translate(_FOLDED)
    if len(place) > 1 and place.startswith("第"):
        place = place[1:]
    return PlaceName(published, place, kind_of(meant, level))


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two names are: the natural logarithm of how much the comparison speaks for one place, and why."""

    weight: float
    evidence: Evidence


# The weights are logarithms of odds, set by hand and then checked against known truth (docs/reconcile.md).
SAME_NAME = 9.0
OTHER_KIND_WORD = 7.5
TOWN_PREFIX = 6.0
VARIANT = 5.5
ONE_MORE = 3.6
ONE_OTHER = {1: 0.0, 2: 2.8, 3: 4.6}  # by the length of the place; longer ones as 3
WITHIN = 2.6
SHARED = 0.8
UNLIKE = -2.0
NEIGHBOUR = -3.5


def likeness(old: PlaceName, new: PlaceName, old_town: str = "", new_town: str = "") -> Likeness:
    """How much the two names speak for one place; the towns are the places of the towns' names, for the prefix."""
    a, b = old.place, new.place
    if old.published == new.published:
        return Likeness(SAME_NAME, Evidence("same_name", {"name": new.published}))
    if a == b:
        gaps = {"old_name": old.published, "new_name": new.published}
        return Likeness(OTHER_KIND_WORD, Evidence("other_kind_word", gaps))
    if found := _town_prefix(a, b, old_town, new_town) or _one_character(a, b):
        return found
    if (len(a) > 1 and a in b) or (len(b) > 1 and b in a):
        shorter, longer = sorted((a, b), key=len)
        return Likeness(WITHIN, Evidence("name_within_name", {"shorter": shorter, "longer": longer}))
    if shared := "".join(c for c in a if c in b and c not in _APART):
        gaps = {"characters": shared, "old_name": old.published, "new_name": new.published}
        return Likeness(SHARED if len(shared) > 1 else 0.0, Evidence("names_share_characters", gaps))
    return Likeness(UNLIKE, Evidence("name_unlike", {"old_name": old.published, "new_name": new.published}))


def _town_prefix(a: str, b: str, old_town: str, new_town: str) -> Likeness | None:
    for town in (old_town, new_town):
        if len(town) > 1 and a == town + b:
            return Likeness(TOWN_PREFIX, Evidence("town_prefix_dropped", {"prefix": town}))
        if len(town) > 1 and b == town + a:
            return Likeness(TOWN_PREFIX, Evidence("town_prefix_added", {"prefix": town}))
    return None


def _one_character(a: str, b: str) -> Likeness | None:
    """One character is another, or one is more or less."""
    if len(a) == len(b):
        differing = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
        return _other_character(*differing[0], length=len(a)) if len(differing) == 1 else None
    if abs(len(a) - len(b)) != 1 or min(len(a), len(b)) < 2:
        return None
    shorter, longer = sorted((a, b), key=len)
    at = next((i for i, (x, y) in enumerate(zip(shorter, longer, strict=False)) if x != y), len(shorter))
    if shorter[at:] != longer[at + 1 :]:
        return None
    kind = "one_character_more" if longer == b else "one_character_less"
    weight = ONE_MORE - (1.6 if longer[at] in _APART and longer[at] != "新" else 0)
    return Likeness(weight, Evidence(kind, {"character": longer[at]}))


def _other_character(x: str, y: str, length: int) -> Likeness:
    gaps = {"old_character": x, "new_character": y}
    if any(x in group and y in group for group in _TELLING_APART):
        return Likeness(NEIGHBOUR, Evidence("one_character_other", gaps))
    if is_variant(x, y):
        return Likeness(VARIANT if length > 1 else VARIANT - 2.5, Evidence("variant_character", gaps))
    return Likeness(ONE_OTHER[min(length, 3)], Evidence("one_character_other", gaps))


def is_variant(x: str, y: str) -> bool:
    """The two characters sound alike (tones aside) or are taken for each other by their look."""
    return frozenset((x, y)) in _LOOK_ALIKE or bool(_sounds(x) & _sounds(y))


@lru_cache(maxsize=20_000)
def _sounds(character: str) -> frozenset[str]:
    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return frozenset(found[0]) if found else frozenset()


def longest_piece(a: str, b: str) -> str:
    """The longest stretch of characters that stands in both; the first of equally long ones, "" if none."""
    for length in range(min(len(a), len(b)), 0, -1):
        for start in range(len(a) - length + 1):
            if a[start : start + length] in b:
                return a[start : start + length]
    return ""


def tells_apart(piece: str) -> bool:
    """Only characters that many names share and that tell neighbours apart: 上, 东, 新 …"""
    return all(c in _APART for c in piece)


def is_joined(joined: str, one: str, other: str) -> int:
    """How many characters of places kept whole the joined one has, at least 1; 0 if it is not made of the two.

    甲村 and 乙村 make 甲乙村: each gives a stretch of its name, and not both only one that tells neighbours apart.
    """
    best = 0
    for cut in range(1, len(joined)):
        head, tail = joined[:cut], joined[cut:]
        for first, second in ((one, other), (other, one)):
            fits = head in first and tail in second and not (tells_apart(head) and tells_apart(tail))
            if fits and not _is_run_of_numbers(head, tail, second):
                best = max(best, cut * (head == first) + (len(joined) - cut) * (tail == second), 1)
    return best


def _is_run_of_numbers(head: str, tail: str, second: str) -> bool:
    """长乐二三 is of 长乐二 and 长乐三, not of 长乐二 and 三阳."""
    return head[-1] in _NUMBERS and all(c in _NUMBERS for c in tail) and not second.startswith(head[:1])
