"""What an honour may not be: set by who may not set one, without approval, cycle or places, or decided by activity.

The rules on awards 评比达标表彰, and on creating demonstrations 创建示范 of 2022, as docs/honours.md tells them. Each
fault is a sentence that says what to do. Looked at before a pack is loaded, and again when an honour is defined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gongjian.appraisal.refuse import REFUSED

from .rules import (
    ASKED_OF,
    COUNTS,
    GIVERS,
    HEARD,
    LEVELS,
    MARKS_READ,
    PARTY_OR_STATE,
    READ,
    SORTS,
    Composition,
    Quota,
    Rules,
    rules_of,
)

LEAST_NOTICE = 5  # working days
COUNTY_COLLECTIVES, COUNTY_PERSONS, COUNTY_CYCLE, COUNTY_LEADERS = 50, 150, 5, Decimal(20)
WHOLE = Decimal(100)


def faults(holder: str, definition: Mapping[str, Any]) -> list[str]:
    """All that keeps an honour from being used, each as a sentence; empty if nothing does."""
    rules = rules_of(definition)
    found = [*_of_words(rules)]
    if found:
        return found
    return [
        *_of_who_may(rules), *_of_county(holder, rules), *_of_frame(holder, rules), *_of_activity(rules),
        *_of_weights(rules), *_of_quotas(rules), *_of_grounds(rules), *_of_keys(rules),
    ]  # fmt: skip


def _of_words(rules: Rules) -> Iterator[str]:
    known: list[tuple[str, Mapping[str, Any], str]] = [
        (rules.level, LEVELS, _("the level on which it is given")),
        (rules.giver, GIVERS, _("what gives it")),
        (rules.sort, SORTS, _("its sort")),
    ]
    for value, words, what in known:
        if value not in words:
            gaps = {"what": what, "value": value, "known": ", ".join(words)}
            yield _("Say %(what)s: “%(value)s” is none of %(known)s.") % gaps


# == who may ==
def _of_who_may(rules: Rules) -> Iterator[str]:
    if rules.within:
        return
    if rules.level == "town":
        yield _("Towns and streets may set no awards and no demonstration activities. Leave it to the county or above.")
    elif rules.level == "county" and rules.giver not in PARTY_OR_STATE:
        yield _("Departments and mass organisations of a county may set no awards. Leave it to the county's Party "
                "committee or government, or to the level above.")  # fmt: skip
    elif rules.sort == "demonstration" and rules.level == "city" and rules.giver not in PARTY_OR_STATE:
        yield _("Departments and mass organisations of a city may run no demonstration activities (rules of 2022). "
                "Leave it to the city's Party committee or government.")  # fmt: skip
    if rules.approved_by not in ("central", "province"):
        yield _("Awards need the approval of the central authorities or of the province. Say which of the two.")


def _of_county(holder: str, rules: Rules) -> Iterator[str]:
    if rules.level != "county" or rules.within:
        return
    most = COUNTY_PERSONS if holder == "person" else COUNTY_COLLECTIVES
    if rules.places > most:
        yield _("A county may honour %(most)s at most at a time, and this one has %(places)s places. Mend them.") % {
            "most": most, "places": rules.places,
        }  # fmt: skip
    if 0 < rules.cycle_years < COUNTY_CYCLE:
        yield _("A county repeats the same award every %(years)s years as a rule. Set the cycle to that or more.") % {
            "years": COUNTY_CYCLE
        }
    leaders = next((each.most_share for each in rules.quotas if each.mark == "leader"), None)
    if holder == "person" and leaders is not None and leaders > COUNTY_LEADERS:
        yield _("Of those a county honours, %(most)s %% at most may be leaders. Mend the share.") % {
            "most": COUNTY_LEADERS
        }


def _of_frame(holder: str, rules: Rules) -> Iterator[str]:
    if rules.cycle_years < 1:
        yield _("Say after how many years it is given again.")
    if rules.places < 1:
        yield _("Say how many may get it at most.")
    if holder == "person" and not any(each.mark == "leader" and each.most_share is not None for each in rules.quotas):
        yield _("Say how many in a hundred may be leaders at most.")
    if rules.notice_days < LEAST_NOTICE:
        yield _("Notice is given for %(days)s working days. Give it for %(least)s at least.") % {
            "days": rules.notice_days, "least": LEAST_NOTICE,
        }  # fmt: skip
    if rules.recheck_years < 1:
        yield _("Say after how many years it is looked at again.")


# == how it is decided ==
def _of_activity(rules: Rules) -> Iterator[str]:
    for each in (*rules.criteria, *rules.statements, *rules.marks):
        called = " ".join([*each.names.values(), each.key.replace("_", " ")]).casefold()
        for words, why in REFUSED.values():
            if any(word in called for word in words):
                yield _("“%(item)s” is refused: %(why)s. Leave it out.") % {"item": each.names["zh-hans"], "why": why}
                break


def _of_weights(rules: Rules) -> Iterator[str]:
    for what, rows in ((_("criteria"), rules.criteria), (_("phases of the review"), rules.phases)):
        whole = sum((each.weight for each in rows), Decimal(0))
        if any(each.weight <= 0 for each in rows) or whole != WHOLE:
            yield _("The weights of the %(what)s come to %(whole)s. Let them come to 100, each above 0.") % {
                "what": what, "whole": whole,
            }  # fmt: skip


def _of_quotas(rules: Rules) -> Iterator[str]:
    known = {each.key for each in rules.marks}
    for quota in rules.quotas:
        if quota.mark not in known:
            yield _("A quota counts “%(mark)s”, which is not among the marks. Add it there.") % {"mark": quota.mark}
        if not _in_order(quota):
            yield _("The quota of “%(mark)s” cannot be: shares lie from 0 to 100, the least not above the most.") % {
                "mark": quota.mark
            }
    for each in rules.composition:
        if not _counts(each):
            yield _("A rule on who belongs to it counts “%(count)s”, or has no bounds in order. Mend it.") % {
                "count": each.count
            }


def _in_order(quota: Quota) -> bool:
    low = Decimal(0) if quota.least_share is None else quota.least_share
    high = WHOLE if quota.most_share is None else quota.most_share
    return Decimal(0) <= low <= high <= WHOLE and (quota.least_share is not None or quota.most_share is not None)


def _counts(each: Composition) -> bool:
    is_known = each.count in COUNTS and each.of in ("", *COUNTS)
    has_bounds = each.least is not None or each.most is not None
    return is_known and has_bounds and (each.least or 0) <= (each.most if each.most is not None else 10**9)


def _of_grounds(rules: Rules) -> Iterator[str]:
    answered = {ground for each in rules.opinions for ground in each.about}
    for ground in (*rules.vetoes, *answered):
        if ground not in READ and ground not in HEARD:
            yield _("“%(ground)s” is no ground that excludes. Known are: %(known)s.") % {
                "ground": ground, "known": ", ".join((*READ, *HEARD)),
            }  # fmt: skip
    for ground in rules.vetoes:
        if ground in HEARD and ground not in answered:
            yield _("Nobody could tell whether there is “%(ground)s”: the register does not know it. Name an opinion "
                    "that answers for it.") % {"ground": HEARD[ground]}  # fmt: skip
    for each in rules.opinions:
        if each.of not in ASKED_OF:
            yield _("The opinion “%(opinion)s” is asked of nobody. Choose one of %(known)s.") % {
                "opinion": each.names["zh-hans"], "known": ", ".join(ASKED_OF),
            }  # fmt: skip


def _of_keys(rules: Rules) -> Iterator[str]:
    for rows in (rules.criteria, rules.phases, rules.statements, rules.marks, rules.opinions):
        keys = [each.key for each in rows]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield _("“%(key)s” stands twice; give one of them another key.") % {"key": key}
    for mark in MARKS_READ:
        if any(each.key == mark for each in rules.statements):
            yield _("“%(key)s” is read from the register, so nobody has to say it. Leave it out.") % {"key": mark}
