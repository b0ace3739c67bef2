"""What a scheme may not be: resting on activity or on votes of the public, on a ballot alone, or impossible.

Each fault is a sentence that says what to do. Looked at before a pack is loaded, and again when a scheme is defined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quotas.faults import Fault

from .rules import CLOSED, COUNTED, GIVEN, Item, Rules, rules_of

WHOLE = Decimal(100)
LEAST_NOTICE = 5  # working days
# Of each what it is called in a scheme as a source, how items are called that count it, and why it is refused.
REFUSED: dict[str, tuple[tuple[str, ...], Any]] = {
    "public_votes": (
        ("网上投票", "网络投票", "公众投票", "票选", "online vote", "public vote"),
        gettext_lazy("votes of the public at large decide no grade. Ask those on a roll, by a closed ballot"),
    ),
    "likes": (("点赞", "关注数", "likes", "followers"), gettext_lazy("likes and followers are no basis of a grade")),
    "forwards": (("转发", "分享次数", "forwards", "reposts"), gettext_lazy("forwarding is no basis of a grade")),
    "log_ins": (
        ("登录", "签到", "打卡", "活跃度", "log-in", "login", "check-in"),
        gettext_lazy("signing in or checking in is no basis of a grade"),
    ),
    "time_online": (("在线时长", "学习时长", "time on line", "online time"), gettext_lazy("time on line is no work")),
    "articles": (
        ("信息报送", "稿件", "简报", "篇数", "articles", "briefs"),
        gettext_lazy("numbers of articles and briefs are no basis of a grade"),
    ),
    "photos": (
        ("照片", "视频", "留痕", "台账", "photos", "videos"),
        gettext_lazy("photos and traces are proof that may be given, not work that is graded"),
    ),
    "points": (
        ("积分", "排行", "points collected", "leader board"),
        gettext_lazy("collected points and places on a board are no basis of a grade"),
    ),
}
QUOTAS = {
    "grades_too_few_or_twice": gettext_lazy("It needs two grades at least, each once."),
    "weights_not_100": gettext_lazy("The weights of the items come to %(sum)s. Let them come to 100."),
    "weight_not_above_nought": gettext_lazy("The weight of “%(item)s” is %(weight)s. Give it one above 0."),
    "bands_not_of_all_but_the_last": gettext_lazy("Give the least score of every grade but the last, and of no other."),
    "bands_not_falling": gettext_lazy("From “%(grade)s” on, %(least)s points, less is wanted than for the grade above, "
                                      "%(above)s. Let the bands fall from the best grade to the worst."),
    "quota_of_unknown_grade": gettext_lazy("There is a quota for “%(grade)s”, which is no grade. Mend its spelling."),
    "quota_of_no_scope": gettext_lazy("The quota of “%(grade)s” counts over nothing. Choose “class” or “all”."),
    "share_out_of_range": gettext_lazy("“%(grade)s” is to have %(share)s %%. A share lies between 0 and 100."),
    "least_above_most": gettext_lazy("“%(grade)s” must have %(least)s at least and may have %(most)s. Mend one."),
    "least_shares_over_100": gettext_lazy("The least shares of all grades come to %(sum)s %%. They may be 100."),
    "most_shares_under_100": gettext_lazy("The most shares of all grades come to %(sum)s %%: some would have no grade. "
                                          "Leave one grade without a most."),
    "least_over_all_beside_classes": gettext_lazy("A least over all classes stands beside quotas of classes, so nobody "
                                                  "could say which class has to give way. Let all count over all."),
    "bonus_below_nought": gettext_lazy("The bonus is %(bonus_most)s at most. Give 0 or more."),
    "seed_missing": gettext_lazy("The scheme draws among those who are level. Give the public number to draw with."),
}  # fmt: skip


def said(fault: Fault) -> str:
    """A fault of quotas as a sentence."""
    facts = {"group": "", **fault.facts}
    if fault.code in QUOTAS:
        return str(QUOTAS[fault.code]) % facts
    told = ", ".join(f"{name}: {value}" for name, value in facts.items() if value)
    return _("Its numbers cannot be (%(code)s; %(facts)s). Mend them.") % {"code": fault.code, "facts": told}


def faults(definition: Mapping[str, Any]) -> list[str]:
    """All that keeps a scheme from being used, each as a sentence; empty if nothing does."""
    found = [*_of_activity(definition), *_of_twice(definition)]
    if found:
        return found
    try:
        rules = rules_of(definition)
    except Fault as fault:
        return [said(fault)]
    return [*_of_ballots(rules), *_of_options(rules), *_of_keys(rules), *_of_numbers(rules)]


def _of_activity(definition: Mapping[str, Any]) -> Iterator[str]:
    bonus = definition.get("bonus", {}).get("for", ())
    for each in [*definition["items"], *definition.get("deductions", ()), *bonus]:
        source = each.get("source", "")
        called = " ".join([*each["names"].values(), each["key"].replace("_", " ")]).casefold()
        for key, (words, why) in REFUSED.items():
            if source == key or any(word in called for word in words):
                gaps = {"item": each["names"]["zh-hans"], "why": why}
                yield _("“%(item)s” is refused: %(why)s. Leave it out.") % gaps
                break
        else:
            if source and source not in (*GIVEN, *CLOSED, *COUNTED):
                gaps = {"item": each["names"]["zh-hans"], "source": source}
                yield _("“%(item)s” comes from “%(source)s”, which nobody can tell. Choose another source.") % gaps


def _of_twice(definition: Mapping[str, Any]) -> Iterator[str]:
    bonus = definition.get("bonus", {}).get("for", ())
    lists = [definition.get(name, ()) for name in ("items", "options", "vetoes", "deductions")]
    for rows in (*lists, bonus):
        keys = [each["key"] for each in rows]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield _("“%(key)s” stands twice; give one of them another key.") % {"key": key}


def _of_ballots(rules: Rules) -> Iterator[str]:
    others = [each for each in rules.items if each.source not in CLOSED]
    if not others:
        yield _("It rests on closed ballots alone. A ballot may be one basis and never the only one: add another item.")
    elif rules.ballots and not any(each.is_owed for each in others):
        yield _("If all other items were missing, a ballot alone would decide. Let one of them be owed.")
    for each in others:
        if each.source == "indicator" and not each.indicator:
            yield _("“%(item)s” comes from an indicator. Say which one.") % {"item": each}
    if not any(_is_looked_at(each) for each in others):
        yield _("Nobody above looks at it. Add an item that the body above scores, or one that is known.")


def _is_looked_at(item: Item) -> bool:
    return item.source == "superior" or item.source in COUNTED


def _of_options(rules: Rules) -> Iterator[str]:
    if not rules.ballots:
        return
    worths = [each.worth for each in rules.options]
    falls = [each for each in worths if each is not None]
    if len(falls) < 2 or falls != sorted(set(falls), reverse=True) or falls[-1] < 0:
        yield _("A ballot needs options from the best to the worst, each worth less than the one before.")
    if worths[-1:] != [None] or worths.count(None) != 1:
        yield _("The last option of a ballot is “do not know” and is worth nothing: leave its worth out.")


def _of_keys(rules: Rules) -> Iterator[str]:
    grades = [each.key for each in rules.grades]
    for veto in rules.vetoes:
        if veto.grade not in grades:
            yield _("The veto “%(veto)s” leaves “%(grade)s”, which is no grade.") % {"veto": veto, "grade": veto.grade}


def _of_numbers(rules: Rules) -> Iterator[str]:
    if rules.notice_days < LEAST_NOTICE:
        yield _("Notice is given for %(days)s working days. Give it for %(least)s at least.") % {
            "days": rules.notice_days, "least": LEAST_NOTICE,
        }  # fmt: skip
    if not 0 < rules.quorum <= 1:
        yield _("The quorum is a share of those on the roll, above 0 and at most 1.")
    if rules.bonuses and not rules.scheme.bonus_most:
        yield _("It gives a bonus. Say how many points all of it comes to at most.")
