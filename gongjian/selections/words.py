"""The words in which what became of a candidate, and the rule that decided it, are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gongjian.register.models.words import spoken

from .models import Candidate


def why(candidate: Candidate, rules: Mapping[str, Any]) -> str:
    """Which rule decided, in a sentence."""
    facts = candidate.facts
    match candidate.by_rule:
        case "votes":
            return _("By votes, within all rules.")
        case "barred":
            return _barred(candidate, rules)
        case "full":
            return _("Full: %(bounds)s has as many as the rules allow.") % {"bounds": _bounds(facts["bounds"], rules)}
        case "kept":
            gaps = {"bounds": _bounds(facts["bounds"], rules)}
            return _("The places left are kept for %(bounds)s.") % gaps if facts["bounds"] else _("By votes.")
        case "places":
            return _("All places of the group were filled by more votes.")
        case "drawn":
            return _("As many votes as others at the edge; the public draw decided.")
        case "level":
            return _("Level with others at the edge; the public draw decides.")
    return ""


def _barred(candidate: Candidate, rules: Mapping[str, Any]) -> str:
    code = candidate.facts.get("filter", "")
    if code == "withdrawn":
        return _("Withdrawn: %(why)s") % {"why": candidate.reason}
    named = next((each["names"] for each in rules.get("filters", ()) if each["code"] == code), None)
    return _("Not ranked: %(filter)s.") % {"filter": spoken(named) if named else code}


def _bounds(names: list[str], rules: Mapping[str, Any]) -> str:
    """“county 诸暨市, group org” as people say it."""
    groups = {each["id"]: spoken(each["names"]) for each in rules["groups"]}
    told = []
    for name in names:
        parts = [part.partition(" ")[::2] for part in name.split(", ")]
        told.append(" · ".join(groups.get(value, value) if key == "group" else value for key, value in parts))
    return "、".join(told)


def rule_lines(rules: Mapping[str, Any]) -> list[str]:
    """The rules as sentences, in the order in which they are carried out."""
    marks = {each["key"]: spoken(each["names"]) for each in rules["marks"]}
    groups = {each["id"]: spoken(each["names"]) for each in rules["groups"]}
    lines = []
    for each in rules["groups"]:
        gaps = {"group": groups[each["id"]], "least": each["least"], "most": each["most"], "places": each["places"]}
        if each["least"] == each["most"]:
            said = _("%(group)s: choose exactly %(most)s, or the whole ballot is void; %(places)s places.")
        else:
            said = _("%(group)s: choose from %(least)s to %(most)s, or the whole ballot is void; %(places)s places.")
        lines.append(said % gaps)
    lines += [_("Not ranked: %(filter)s.") % {"filter": spoken(each["names"])} for each in rules.get("filters", ())]
    for each in rules.get("caps", ()):
        gaps = {"by": marks[each["by"]], "most": each["most"], "group": groups.get(each.get("group", ""), "")}
        said = (
            _("At most %(most)s of each %(by)s: %(group)s.")
            if gaps["group"]
            else _("At most %(most)s of each %(by)s in all.")
        )
        lines.append(said % gaps)
    for each in rules.get("leasts", ()):
        options = next((one.get("options", ()) for one in rules["marks"] if one["key"] == each["mark"]), ())
        value = next((spoken(one["names"]) for one in options if one["key"] == each["value"]), each["value"])
        lines.append(_("At least %(least)s: %(value)s.") % {"least": each["least"], "value": value})
    lines.append(_("The rest by votes; those who are level at the edge by the public draw."))
    if rules.get("reserve"):
        lines.append(
            _("In reserve: %(count)s of each group who could step in without breaking a rule.")
            % {"count": rules["reserve"]}
        )
    lines.append(_("Notice: %(days)s working days.") % {"days": rules["notice_days"]})
    return lines
