"""Near-copies of pledges, where it is known which were copied: precision, recall and time, beside exact matching.

Pledges are made of items drawn from lists of what such pledges really speak of. A third are copies of another one, with
names of places and numbers swapped, a sentence added, the items in another order, a few words changed, or two of these
at once.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rollup.likeness import near_copies

from .figure import Figure, Turns, figure

PLEDGES = 30_000
COPIED = 1 / 3
WORDS = """
places: 枫桥镇 店口镇 大唐街道 次坞镇 牌头镇 安华镇 山下湖镇 岭北镇 崇仁镇 长乐镇 甘霖镇 三界镇 盖北镇 丰惠镇
    章镇镇 平水镇 兰亭街道 钱清街道
who: 村党总支 村委会 社区党委 机关支部 卫生院支部 学校党支部 供电所支部 企业工会 村妇联 团支部 信用社支部 农技站
do: 走访 帮扶 清理 改造 培训 修缮 慰问 排查 新建 疏浚 调解 公开 接送 联系 整治 代办 资助 绿化 维护 宣讲
whom: 独居老人 困难职工家庭 留守儿童 外来务工人员 残疾村民 种粮大户 返乡青年 退役军人 孕产妇 小微企业 来料加工户
    珍珠养殖户 茶农 香榧种植户 袜机工人 失业妇女 高三学生 沿河住户 安置小区居民 个体商户
what: 村口破损路段 公共厕所 灌溉渠道 农家书屋 健身场地 路灯 垃圾分类点 老年食堂 危旧房屋 山塘水库 自来水管网
    消防通道 村务公开栏 通村公交站 卫生室药柜 法律咨询台 假日学校 职工食堂 充电车棚 文化礼堂 河道护栏 蔬菜大棚
    冷藏仓库 电商服务点 晒谷场 桥梁栏杆
how: 由支部委员轮流负责 每季度公布一次进度 请村民代表现场验收 经费从集体收入列支 与派出所一起上门
    由退休教师义务讲解 按户建立台账 邀请农技专家到田头 先征求住户意见再动工 由党员志愿者周末承担 和相邻村共同出资
    将账目贴在公开栏 联系县医院医生坐诊 由青年突击队完成 每月十五日集中办理 委托第三方检测水质 结对到户到人
    在夜间开设两小时窗口 安排双语志愿者 由调解员三日内回访
why: 解决雨天出行难 让办事少跑一趟 使投诉比去年减少 保证饮水合格 让孩子放学有人管 使欠薪当月结清 让老人吃上热饭
    减少交通事故 使亩均收入提高 让新职工住得安心 杜绝垃圾乱倒 使纠纷不出村 让产品卖得出去 保障汛期安全
more: 欢迎广大群众监督。 如有变化将及时说明原因。 请党员群众随时提出意见。 完成情况年底向大会报告。
    我们说到做到。 联系电话见公开栏。
"""
PLACES, WHO, DO, WHOM, WHAT, HOW, WHY, MORE = (part.split() for part in re.split(r"^\w+:", WORDS, flags=re.M)[1:])
BEGUN = ["", "承诺", "计划", "在年内", "争取"]


@dataclass(frozen=True)
class Pledges:
    """Texts, for each the family it belongs to (a pledge and its copies), and in which way it was copied."""

    texts: list[str]
    family: list[int]
    way: list[str]


@dataclass(frozen=True)
class Found:
    """`precision` of the pairs told; `recall` of the copies that are told beside one of their family, by way too."""

    precision: float
    recall: float
    by_way: dict[str, float]
    pairs: int


def pledges(number: int = PLEDGES, seed: int = 4) -> Pledges:
    chance = random.Random(seed)
    own = number - round(number * COPIED)
    items = [[_item(chance) for _ in range(chance.choice([2, 3, 3, 4]))] for _ in range(own)]
    rows = [(_text(some), at, "") for at, some in enumerate(items)]
    for _copy in range(number - own):
        at = chance.randrange(own)
        way = chance.choice(["names and numbers", "a sentence more", "another order", "a few words", "two at once"])
        rows.append((_copied(items[at], way, chance), at, way))
    chance.shuffle(rows)
    texts, family, ways = zip(*rows, strict=True)
    return Pledges(list(texts), list(family), list(ways))


def _item(chance: random.Random) -> str:
    pick = chance.choice
    parts = [
        f"{pick(PLACES)}{pick(WHO)}{pick(BEGUN)}{pick(DO)}{pick(WHOM)}{chance.randrange(3, 90)}户",
        f"{chance.randrange(2, 12)}月底前{pick(DO)}{pick(WHAT)}{chance.randrange(2, 40)}处",
        f"{pick(DO)}{pick(WHAT)}和{pick(WHAT)}",
        f"为{pick(WHOM)}{pick(DO)}{pick(WHAT)}",
    ]
    return f"{pick(parts)}，{pick(HOW)}，{pick(WHY)}"


def _text(items: Iterable[str]) -> str:
    return "；".join(items) + "。"


def _copied(items: Sequence[str], way: str, chance: random.Random) -> str:
    some = list(items)
    ways = (
        chance.sample(["names and numbers", "a sentence more", "another order"], 2) if way == "two at once" else [way]
    )
    if "another order" in ways:
        some = some[1:] + some[:1] if len(some) < 3 else chance.sample(some, len(some))
    text = _text(some)
    if "names and numbers" in ways:
        text = re.sub("|".join(PLACES), lambda _name: chance.choice(PLACES), text)
        text = re.sub(r"\d+", lambda _number: str(chance.randrange(2, 90)), text)
    if "a sentence more" in ways:
        text += chance.choice(MORE)
    if "a few words" in ways:
        for _word in range(2):
            text = text.replace(chance.choice(HOW), chance.choice(HOW)).replace(chance.choice(DO), chance.choice(DO))
        spot = chance.randrange(len(text) - 4)
        text = text[:spot] + chance.choice(["切实", "认真", "积极", "努力"]) + text[spot + 2 :]
    return text


def found(given: Pledges, pairs: Iterable[tuple[int, int]]) -> Found:
    told = list(pairs)
    right = [(one, other) for one, other in told if given.family[one] == given.family[other]]
    seen = {at for pair in right for at in pair}
    copied = Counter(way for way in given.way if way)
    hit = Counter(given.way[at] for at in seen if given.way[at])
    return Found(
        precision=len(right) / len(told) if told else 1.0,
        recall=sum(hit.values()) / sum(copied.values()),
        by_way={way: hit[way] / number for way, number in sorted(copied.items())},
        pairs=len(told),
    )


def by_likeness(texts: Sequence[str], like: float | None = None) -> list[tuple[int, int]]:
    copies = near_copies(texts) if like is None else near_copies(texts, like=like)
    return [(each.one, each.other) for each in copies]


def exactly(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Each text with the first that is the same, letter by letter."""
    firsts: dict[str, int] = {}
    return [(first, at) for at, text in enumerate(texts) if (first := firsts.setdefault(text, at)) != at]


def figures(size: str) -> Iterator[Figure]:
    given = pledges()
    times, results = {}, {}
    ways: dict[str, Callable[[Sequence[str]], list[tuple[int, int]]]] = {"ours": by_likeness, "reference": exactly}
    for side, way in ways.items():
        began = time.perf_counter()
        pairs = way(given.texts)
        times[side] = [time.perf_counter() - began]
        results[side] = found(given, pairs)
    both = f"{PLEDGES:,} generated pledges, a third of them copies that were changed; fixed seed"
    words = {"reference": "exact matching", "both_sides": both}
    yield figure("likeness.time", size, "near-copies of 30,000 pledges", Turns(times, 0), unit="s", most=60, **words)
    for name, what in (("precision", "of pairs told, copies"), ("recall", "of copies, found")):
        shares = {side: [100 * getattr(each, name)] for side, each in results.items()}
        if not all(shares["reference"]) or shares["reference"] == [0.0]:
            shares["reference"] = [1e-9]
        yield figure(f"likeness.{name}", size, what, Turns(shares, 0), unit="%", least=90, **words)


if __name__ == "__main__":
    drawn = pledges()
    print("exact", found(drawn, exactly(drawn.texts)))
    for threshold in (0.6, 0.65, 0.7, 0.75, 0.8, 0.85):
        began = time.perf_counter()
        pairs = by_likeness(drawn.texts, threshold)
        print(threshold, f"{time.perf_counter() - began:.1f} s", found(drawn, pairs))
