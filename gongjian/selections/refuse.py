"""What rules of a selection may not be, each with a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quotas.faults import Fault
from quotas.selecting import rules_from

# What the public at large presses is no basis of anything here, whatever a rule calls it.
PRESSED = ("点赞", "转发", "阅读量", "打卡", "积分", "人气", "网络投票", "like", "forward", "click", "view")
LEAST_NOTICE = 5

OF_FAULT: dict[str, str | Promise] = {
    "groups_named_twice_or_none": gettext_lazy("Name at least one group of candidates, each with a key of its own."),
    "group_impossible": gettext_lazy(
        "Group %(group)s: choose from %(least)s to %(most)s for %(places)s places cannot be. Mend the numbers."
    ),
    "filter_named_twice": gettext_lazy("Each filter has a name of its own, and none is called “withdrawn”."),
    "rule_of_unknown_group": gettext_lazy("A rule names the group %(group)s, which is none. Mend its spelling."),
    "cap_lets_nobody_in": gettext_lazy("A cap by %(by)s lets nobody in. It lets one in at least."),
    "least_beyond_places": gettext_lazy(
        "At least %(least)s by %(mark)s are more than the %(places)s places. Lower it."
    ),
    "reserve_impossible": gettext_lazy("The reserve cannot be %(reserve)s. Choose 0 or more."),
    "too_few_candidates": gettext_lazy(
        "%(candidates)s candidates are left for %(places)s places. Take more in, or choose rules with fewer places."
    ),
    "bounds_cannot_be_met": gettext_lazy(
        "Filters, caps and leasts cannot all be met with these candidates. Take others in, or choose other rules."
    ),
    "bounds_too_tangled": gettext_lazy("These caps and leasts cross too much to be worked out. Leave one out."),
}


def of_fault(fault: Fault) -> str:
    said = OF_FAULT.get(fault.code)
    return str(said) % fault.facts if said else str(fault)


def faults(definition: dict[str, Any]) -> list[str]:
    """Every fault of a rule of the pack; empty if it may be."""
    return list(_faults(definition))


def _faults(definition: dict[str, Any]) -> Iterator[str]:
    try:
        rules_from(definition)
    except Fault as fault:
        yield of_fault(fault)
        return
    marks = {each["key"]: {one["key"] for one in each.get("options", ())} for each in definition["marks"]}
    county = {each["key"] for each in definition["marks"] if each["source"] == "county"}
    for each in definition.get("filters", ()):
        if each["mark"] not in marks or each["mark"] in county or not {*each["bars"]} <= marks[each["mark"]]:
            yield _("The filter %(code)s names a mark or a value that is none. Mend its spelling.") % each
    for each in definition.get("caps", ()):
        if each["by"] not in marks:
            yield _("A cap counts by %(by)s, which is no mark. Mend its spelling.") % each
    for each in definition.get("leasts", ()):
        if each["mark"] not in marks or (each["mark"] not in county and each["value"] not in marks[each["mark"]]):
            yield _("A least counts %(mark)s %(value)s, which is none. Mend its spelling.") % each
    for each in (*definition.get("filters", ()), *definition["marks"]):
        if any(word in str(each.get("names", "")).casefold() for word in PRESSED):
            yield _("Likes, forwards, views and votes of the public at large are no basis. Leave this rule out.")
    if definition["notice_days"] < LEAST_NOTICE:
        yield _("Notice is given for five working days at least. Choose more.")
