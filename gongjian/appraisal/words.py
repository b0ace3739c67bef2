"""What was computed, in sentences: which rule decided, what is missing to the next better grade, what luck may do."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongjian.register.models import BodyKind, Form

from .rules import TOGETHER, Rules

SOURCES = {
    "self": gettext_lazy("scored by the body itself"),
    "peers": gettext_lazy("mean of the bodies beside it"),
    "superior": gettext_lazy("scored by the body above"),
    "members": gettext_lazy("members' ballot"),
    "people": gettext_lazy("people's review"),
    "indicator": gettext_lazy("read from the figures"),
    "pledges_kept": gettext_lazy("pledges that were kept"),
    "rectified": gettext_lazy("problems that were put right"),
}
LEVELS = {
    "city": gettext_lazy("city level"),
    "county": gettext_lazy("county level"),
    "town": gettext_lazy("town level"),
    "village": gettext_lazy("village level"),
    "place": gettext_lazy("place of work"),
    "employer": gettext_lazy("employer"),
}


def decided(rules: Rules, result: Mapping[str, Any]) -> str:
    """The rule that decided, with its facts."""
    code, facts = result["decided"]
    gaps = {name: facts.get(name, "") for name in ("score", "least", "places", "level", "level_at")}
    gaps |= {"score": facts.get("score", result["score"]), "grade": rules.grade(result["grade"])}
    gaps["better"] = rules.grade(str(facts.get("from", "")))
    match code:
        case "band" if facts.get("least"):
            return _("%(score)s points: from %(least)s on it is “%(grade)s”.") % gaps
        case "band" if rules.scheme.bands:
            return _("%(score)s points are below all other bands: “%(grade)s”.") % gaps
        case "band":
            return _("%(score)s points, and there was a place in “%(grade)s”.") % gaps
        case "veto":
            veto = next((each for each in rules.vetoes if each.key == facts["reason"]), facts["reason"])
            words = {"veto": veto, "grade": gaps["grade"], "band": rules.grade(facts["band"])}
            return _("The points would do for “%(band)s”, but the veto “%(veto)s” leaves “%(grade)s”.") % words
        case "most":
            return _("“%(better)s” has %(places)s places in this class, and others have more points.") % gaps
        case "most_over_all":
            return _("“%(better)s” is full over all classes, and others have more points.") % gaps
        case "kept_below":
            gaps["kept_for"] = rules.grade(str(facts.get("kept_for", "")))
            return _("“%(better)s” has %(places)s places, as “%(kept_for)s” must have its own.") % gaps
        case "level":
            return _("%(level)s are level for %(places)s places in “%(better)s”, so all of them stay below.") % gaps
        case "behind_level":
            return (
                _("Those with %(level_at)s points are level and stay below “%(better)s”, and so do all behind them.")
                % gaps
            )
        case "drawn":
            return _("%(level)s were level for %(places)s places in “%(better)s”; the public draw decided.") % gaps
    return str(code)


def missing(rules: Rules, result: Mapping[str, Any]) -> str:
    """What would have led to the next better grade; empty for the best one."""
    found = result.get("missing")
    if not found:
        return ""
    gaps = {"grade": rules.grade(found["grade"]), "points": found["points"], "places": found["places"]}
    if found["reason"] == "veto":
        return _("No number of points leads to “%(grade)s” while the veto stands.") % gaps
    if found["points"] is None:
        return _("No number of points would have led to “%(grade)s”: it had no place left.") % gaps
    if Decimal(found["points"]) <= 0 and found["places"]:
        return _("%(places)s more places would have led to “%(grade)s”.") % gaps
    if found["places"]:
        return _("%(points)s points more, or %(places)s places more, would have led to “%(grade)s”.") % gaps
    return _("%(points)s points more would have led to “%(grade)s”.") % gaps


def luck(result: Mapping[str, Any]) -> list[str]:
    """What chance may have done, as numbers of bodies: no order of them."""
    found = result.get("luck")
    if not found:
        return []
    said = [_("With what chance does to ballots, the score lies between %(low)s and %(high)s.") % found]
    if found["alike"] is None:
        said.append(_("So few voted that nothing can be said about others."))
    elif found["of"]:
        said.append(_("It cannot be told apart from %(alike)s of the %(of)s others of its class.") % found)
    return said


def told_box(rules: Rules, told: Mapping[str, Any]) -> str:
    """What is told of a box."""
    match told["as"]:
        case "counts":
            pairs = zip(rules.options, told["numbers"], strict=True)
            return " · ".join(f"{option} {number}" for option, number in pairs)
        case "band":
            gaps = {"option": rules.options[told["option"]], "outside": told["outside"], "ballots": told["ballots"]}
            return _("Nearly all of %(ballots)s: “%(option)s”. At most %(outside)s otherwise.") % gaps
    return _("Too few took part, so nothing is told.")


def class_said(rules: Rules, group: str) -> str:
    """The class in words."""
    return classes_said(rules, [group])[group]


def classes_said(rules: Rules, groups: list[str]) -> dict[str, str]:
    """The classes in words, by what is kept of them. At most two queries."""
    kinds = {each.pk: str(each) for each in BodyKind.objects.all()}
    forms = {each.pk: str(each) for each in Form.objects.all()} if rules.classes == "form" else {}
    return {group: _class(rules, group, kinds, forms) for group in groups}


def _class(rules: Rules, group: str, kinds: Mapping[str, str], forms: Mapping[str, str]) -> str:
    if group in ("", TOGETHER):
        return _("Small classes together") if rules.classes != "none" else _("All together")
    if rules.classes == "form":
        return forms.get(group, group)
    kind, _slash, level = group.partition("/")
    name = kinds.get(kind, kind)
    return f"{name} · {LEVELS[level]}" if level in LEVELS else name
