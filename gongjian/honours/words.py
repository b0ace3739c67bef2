"""What was found, and why somebody is proposed or not, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Honour
from .rules import FINE, HEARD, READ, Rules

PEOPLE = {
    "staff": gettext_lazy("staff"), "women": gettext_lazy("women"), "under_35": gettext_lazy("aged 35 or under"),
    "migrant": gettext_lazy("migrant workers"),
}  # fmt: skip


def finding_said(rules: Rules, found: Mapping[str, Any], honours: Mapping[str, str]) -> str:
    """One finding as a sentence. `honours`: names by key."""
    code, facts, verdict = found["code"], found["facts"], found["verdict"]
    if code == "composition":
        return _composition(facts)
    if code == "statement":
        term = next((each for each in rules.statements if each.key == facts["key"]), facts["key"])
        gaps = {"what": term}
        return _("Confirmed: %(what)s.") % gaps if verdict == "ok" else _("Not confirmed: %(what)s.") % gaps
    if code == "lower":
        gaps = {"honour": honours.get(facts["honour"], facts["honour"]), "years": facts["years"]}
        if verdict == "ok":
            return _("It has held “%(honour)s” for %(years)s years or longer.") % gaps
        return _("“%(honour)s” has to be held for %(years)s years first.") % gaps
    if code == "opinion":
        return _opinion(rules.opinion(facts["key"]) or facts["key"], verdict)
    ground = READ.get(code) or HEARD.get(code, code)
    if verdict == "ok" and code in FINE:
        return str(FINE[code])
    said = {"no": _("It is excluded: %(ground)s."),
            "unknown": _("Not known yet: %(ground)s. An opinion has to answer for it.")}[verdict]  # fmt: skip
    return said % {"ground": ground}


def _opinion(name: Any, verdict: str) -> str:
    said = {"ok": _("Heard, and nothing against it: %(who)s."), "no": _("Heard, and something against it: %(who)s."),
            "unknown": _("Still to be heard: %(who)s.")}[verdict]  # fmt: skip
    return said % {"who": name}


def _composition(facts: Mapping[str, Any]) -> str:
    what = PEOPLE[facts["count"]]
    gaps = {"what": what, "value": facts["value"], "whole": facts["whole"], "wanted": _wanted(facts)}
    if facts["value"] is None or (facts["of"] and not facts["whole"]):
        return _("How many are %(what)s is not known. Enter it in the register, or say it in the application.") % gaps
    if facts["of"]:
        told = _("%(value)s of %(whole)s are %(what)s; wanted: %(wanted)s.") % gaps
    else:
        told = _("%(value)s people; wanted: %(wanted)s.") % gaps
    return f"{told} {_('As said in the application.')}" if facts["said"] else told


def _wanted(facts: Mapping[str, Any]) -> str:
    gaps = {"least": facts["least"], "most": facts["most"]}
    if facts["of"]:
        if facts["most"] is None:
            return _("%(least)s %% or more") % gaps
        return _("%(least)s to %(most)s %%") % (gaps | {"least": facts["least"] or 0})
    if facts["most"] is None:
        return _("%(least)s or more") % gaps
    if facts["least"] is None:
        return _("%(most)s or fewer") % gaps
    return _("%(least)s to %(most)s") % gaps


def outcome_said(rules: Rules, outcome: Mapping[str, Any]) -> str:
    """Why it is proposed or not: the rule that decided."""
    code, facts = outcome.get("code"), outcome.get("facts", {})
    names = {each.key: str(each) for each in rules.marks}
    bounds = _(", ").join(sorted({names.get(part.split(" ")[0], part) for part in facts.get("bounds", ())}))
    match code:
        case "chosen" | "kept_in":
            return _("It is within the places, in the order of what the review gave, and no quota stands against it.")
        case "full":
            return _("The quota has its most already: %(bounds)s.") % {"bounds": bounds}
        case "kept":
            return _("The places left are kept so that a quota can have its least: %(bounds)s.") % {"bounds": bounds}
        case "drawn":
            return _("It was level with others and not drawn, by the public number of the call.")
        case "places":
            return str(_("All %(places)s places went to those the review put before it.") % facts)
        case "ineligible":
            return _("It does not meet the conditions, or something excludes it.")
    return ""


def names_of_honours() -> dict[str, str]:
    return {each.key: str(each) for each in Honour.objects.all()}
