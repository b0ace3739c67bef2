"""Loads a pack into the register: says first what would change, then changes just that, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from gongjian.activities.define import define_channel, define_contest_type, define_event_kind
from gongjian.activities.models import Channel, ContestType, EventKind
from gongjian.agreements.define import define_content_heading, define_statute
from gongjian.agreements.models import ContentHeading, Statute
from gongjian.appraisal.define import define_scheme
from gongjian.appraisal.models import Scheme
from gongjian.asks.define import define_ceiling
from gongjian.asks.models import Ceiling
from gongjian.chronicle.record import record
from gongjian.consistency.define import define_check
from gongjian.consistency.models import Check
from gongjian.contacts.define import define_visit_norm
from gongjian.contacts.models import VisitNorm
from gongjian.gaps.define import define_joining
from gongjian.gaps.models import Joining
from gongjian.honours.define import define_honour
from gongjian.honours.models import Honour
from gongjian.indicators.define import define_indicator
from gongjian.indicators.models import Indicator
from gongjian.meetings.define import define_custom
from gongjian.meetings.models import Custom
from gongjian.pledges.define import define_catalogue_post, define_pledge_norm, define_post_category, define_vague_word
from gongjian.pledges.models import CataloguePost, PledgeNorm, PostCategory, VagueWord
from gongjian.programme.define import define_carrier, define_programme, define_stage, define_task, define_tier
from gongjian.programme.models import Carrier, Programme, Stage, Task, Tier
from gongjian.register import define, spelling
from gongjian.register.models import BodyKind, Choice, Form, Line, OfficeKind, Role, Threshold, UnitKind
from gongjian.reviews.define import define_review_rule
from gongjian.reviews.models import ReviewRule
from gongjian.selections.define import define_selection_rule
from gongjian.selections.models import SelectionRule
from gongjian.telling.define import define_comment_kind, define_hollow_phrase, define_telling_norm
from gongjian.telling.models import CommentKind, HollowPhrase, TellingNorm
from gongjian.workdays import calendar
from gongjian.workdays.define import define_year
from gongjian.workdays.models import Year

from . import here
from .models import LoadedPack
from .read import Pack, PackFault

Fields = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One line of the difference: `sign` is + for added, ~ for changed, - for removed."""

    sign: str
    what: str
    key: str
    before: Fields
    after: Fields

    def __str__(self) -> str:
        if self.sign != "~":
            return f"{self.sign} {self.what} {self.key}"
        before, after = _flat(self.before), _flat(self.after)
        fields = ", ".join(
            f"{name}: {before.get(name)} → {after.get(name)}"
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        )
        return f"~ {self.what} {self.key} ({fields})"


def _flat(fields: Fields) -> Fields:
    """names.en beside the other fields, so that the difference shows no more than what differs."""
    flat: Fields = {}
    for name, value in fields.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{part}": text for part, text in value.items()}
        else:
            flat[name] = value
    return flat


# In the order in which words may point to each other.
_LISTS: tuple[tuple[str, type[Model], Callable[..., Any], tuple[str, ...]], ...] = (
    ("role", Role, define.define_role, ("names", "position", "permissions", "walk", "depth", "second_factor")),
    ("line", Line, define.define_line, ("names", "position", "mark", "leads")),
    ("unit_kind", UnitKind, define.define_unit_kind, ("names", "position", "level", "under")),
    ("body_kind", BodyKind, define.define_body_kind, ("names", "position", "line", "many_units", "has_term")),
    ("form", Form, define.define_form, ("names", "position")),
    ("office_kind", OfficeKind, define.define_office_kind, ("names", "position", "line", "heads", "roles")),
    ("choice", Choice, define.define_choice, ("list", "names", "position")),
    ("threshold", Threshold, define.define_threshold, ("since", "until", "line", "least", "names", "source")),
    ("ceiling", Ceiling, define_ceiling, ("names", "position", "minutes", "source")),
    (
        "indicator",
        Indicator,
        define_indicator,
        ("names", "position", "line", "of", "words", "definition", "source", "awaits", "public_to"),
    ),
    (
        "check",
        Check,
        define_check,
        ("names", "position", "finds", "given", "severity", "line", "owner", "mends", "words"),
    ),
    (
        "joining",
        Joining,
        define_joining,
        (
            "names",
            "position",
            "line",
            "indicators",
            "threshold",
            "members",
            "own",
            "joint",
            "area_forms",
            "most_units",
            "mass_lines",
            "mass_from",
            "ease",
            "source",
        ),
    ),
    ("year", Year, define_year, ("days_off", "days_worked", "source")),
    (
        "programme",
        Programme,
        define_programme,
        ("names", "position", "theme", "begins_on", "ends_on", "lines", "document"),
    ),
    (
        "stage",
        Stage,
        define_stage,
        ("names", "position", "programme", "begins_on", "ends_on", "key_date", "yearly", "purpose"),
    ),
    ("carrier", Carrier, define_carrier, ("names", "position", "programme", "line")),
    ("tier", Tier, define_tier, ("names", "position", "carrier", "wanted", "counts")),
    ("task", Task, define_task, ("names", "position", "programme", "lines", "words")),
    ("event_kind", EventKind, define_event_kind, ("names", "position")),
    ("contest_type", ContestType, define_contest_type, ("names", "position")),
    ("channel", Channel, define_channel, ("names", "position")),
    ("visit_norm", VisitNorm, define_visit_norm, ("names", "position", "visits", "source")),
    ("custom", Custom, define_custom, ("names", "position", "months", "closes_before", "source")),
    ("post_group", PostCategory, define_post_category, ("names", "position")),
    (
        "catalogue_post",
        CataloguePost,
        define_catalogue_post,
        ("names", "position", "category", "duties", "source"),
    ),
    ("vague_word", VagueWord, define_vague_word, ("names", "position")),
    ("pledge_norm", PledgeNorm, define_pledge_norm, ("names", "position", "value", "source")),
    ("comment_kind", CommentKind, define_comment_kind, ("names", "position")),
    ("hollow_phrase", HollowPhrase, define_hollow_phrase, ("names", "position")),
    ("telling_norm", TellingNorm, define_telling_norm, ("names", "position", "value", "source")),
    ("statute", Statute, define_statute, ("names", "position", "line", "region", "source", "rules")),
    ("content_heading", ContentHeading, define_content_heading, ("names", "position", "clause")),
    ("review_rule", ReviewRule, define_review_rule, ("names", "position", "line", "definition", "source")),
    ("scheme", Scheme, define_scheme, ("names", "position", "line", "in_force", "definition", "source")),
    ("selection_rule", SelectionRule, define_selection_rule, ("names", "position", "definition", "source")),
    (
        "honour",
        Honour,
        define_honour,
        ("names", "position", "line", "holder", "document", "in_force", "definition", "source"),
    ),
)


def difference(pack: Pack) -> list[Change]:
    """What loading the pack would add, change and remove; empty if the register has it already."""
    return [change for what, *_rest in _LISTS for change in _changes(what, pack)]


def load_pack(
    pack: Pack, say: Callable[[str], None] = lambda line: None, *, by: AbstractBaseUser | None = None
) -> list[Change]:
    """Bring the register's words to those of the pack and return what was changed, each `say`-d beforehand.

    Raises PackFault, and changes nothing, if a word that is no longer in the pack is still used.
    """
    with transaction.atomic():
        changes = difference(pack)
        for change in changes:
            say(str(change))
        loaded = LoadedPack.objects.filter(key=pack.key).first()
        if not changes and loaded and loaded.sha256 == pack.sha256:
            return []
        _apply(changes)
        LoadedPack.objects.update_or_create(
            key=pack.key,
            defaults={
                "version": pack.version,
                "sha256": pack.sha256,
                "names": pack.names,
                "official_days": [day.isoformat() for day in pack.official_days],
            },
        )
        facts = {"version": pack.version, "sha256": pack.sha256, "changes": [str(change) for change in changes]}
        record("load_pack", by=by, subject=f"packs.pack:{pack.key}", facts=facts)
    spelling.forget_readings()
    here.forget()
    calendar.forget()
    return changes


def _apply(changes: list[Change]) -> None:
    """Drops come first, from those that point to those pointed to: a rule may give its days to the next version."""
    lists = {what: (model, defines) for what, model, defines, _fields in _LISTS}
    kept = []
    for change in reversed([change for change in changes if change.sign == "-"]):
        try:
            define.drop(_row(lists[change.what][0], change))
        except define.StillUsed:
            sentence = _("The %(what)s “%(key)s” is still used in the register; put it back into the pack.")
            kept.append(sentence % {"what": change.what, "key": change.key})
    if kept:
        raise PackFault(kept)
    for change in changes:
        if change.sign != "-":
            lists[change.what][1](change.key.rpartition("/")[2].partition("@")[0], **change.after)


def _row(model: type[Model], change: Change) -> Model:
    if model is Choice:
        return Choice.objects.get(list=change.before["list"], key=change.key.partition("/")[2])
    if model is Threshold:
        return Threshold.objects.get(key=change.key.partition("@")[0], valid__startswith=change.before["since"])
    return model._default_manager.get(pk=change.key)


def _changes(what: str, pack: Pack) -> Iterator[Change]:
    before, after = _in_register(what), _in_pack(what, pack)
    for key, fields in after.items():
        if key not in before:
            yield Change("+", what, key, {}, fields)
        elif before[key] != fields:
            yield Change("~", what, key, before[key], fields)
    for key, fields in before.items():
        if key not in after:
            yield Change("-", what, key, fields, {})


def _in_pack(what: str, pack: Pack) -> dict[str, Fields]:
    names = next(fields for known, _model, _define, fields in _LISTS if known == what)
    words = [
        (_key(what, {**vars(word), "key": word.key}), {name: getattr(word, name) for name in names})
        for word in getattr(pack, f"{what}s")
    ]
    if what == "choice":
        words += [
            (
                f"reading/{reading.word}",
                {
                    "list": "reading",
                    "names": {"zh-hans": reading.word, "pinyin": reading.pinyin, "basis": reading.basis},
                    "position": position,
                },
            )
            for position, reading in enumerate(pack.readings)
        ]
        words += [
            (
                f"place_class/{each.key}",
                {
                    "list": "place_class",
                    "names": {**each.names, "kinds": " ".join(each.kinds)},
                    "position": each.position,
                },
            )
            for each in pack.place_classes
        ]
    return dict(words)


def _in_register(what: str) -> dict[str, Fields]:
    _what, model, _define, names = next(row for row in _LISTS if row[0] == what)
    found: dict[str, Fields] = {}
    rows = model._default_manager.all()
    for row in rows.prefetch_related("roles") if model is OfficeKind else rows:
        fields = {name: _value(row, name) for name in names}
        found[_key(what, {**fields, "key": row.key})] = fields  # type: ignore[attr-defined]
    return found


def _value(row: Any, name: str) -> Any:
    match name:
        case "line":
            return row.line_id
        case "own" | "joint" | "programme" | "carrier" | "category":
            return getattr(row, f"{name}_id")
        case "roles":
            return sorted(role.pk for role in row.roles.all())
        case "since":
            return row.valid.lower
        case "until":
            return row.valid.upper
    return getattr(row, name)


def _key(what: str, fields: Fields) -> str:
    """status/active for a choice, union_committee@2001-10-27 for a version of a threshold."""
    match what:
        case "choice":
            return f"{fields['list']}/{fields['key']}"
        case "threshold":
            return f"{fields['key']}@{fields['since']}"
    return str(fields["key"])
