"""The reforms in the life of a unit or a body, in sentences: merged, divided, received, with shares and documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from babel.lists import format_list
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongjian.ui.templatetags.ui import percent

from ..models import BodyLineage, UnitLineage
from .life import Namer, Reform

Link = UnitLineage | BodyLineage


def reforms_of(id: int, links: Sequence[Link], name: Namer, stands: Callable[[date], bool]) -> list[Reform]:
    """The reforms of one thing from its links, oldest first. `stands` tells whether it stands on a day."""

    def of_one_kind(link: Link) -> tuple[date, bool, str]:
        return link.on, link.old_id == id, link.how

    ordered = sorted(links, key=of_one_kind)
    return [_reform(id, list(group), name, stands) for _kind, group in groupby(ordered, key=of_one_kind)]


def _reform(id: int, links: list[Link], name: Namer, stands: Callable[[date], bool]) -> Reform:
    on, how, left = links[0].on, links[0].how, links[0].old_id == id
    ends = [(_other(link, id), _name_of_other(link, id, name)) for link in links if link.new_id]
    shares = [link.share if how == UnitLineage.How.SPLIT else None for link in links if link.new_id]
    shown = _listed([_with_share(its, share) for (_id, its), share in zip(ends, shares, strict=True)])
    return Reform(
        on=on,
        sentence=_sentence(how, left, len(ends), stands(on)) % {"names": shown},
        notes=_notes(links),
        icon={"merged": "l-merge", "split": "l-split"}.get(how, "s-stop"),
        ends=ends,
    )


def _sentence(how: str, left: bool, count: int, stays: bool) -> str:
    if how == UnitLineage.How.UNKNOWN:
        return _("Ended, and nobody knows what became of it")
    if how == UnitLineage.How.MERGED:
        if left:
            return _("Merged into %(names)s")
        return _("%(names)s was merged into it") if count == 1 else _("%(names)s were merged into it")
    if not left:
        return _("It received a part of %(names)s")
    if not stays:
        return _("Divided into %(names)s")
    return _("A part of it went to %(names)s, the rest stays")


def _notes(links: list[Link]) -> list[str]:
    notes = []
    if any(link.how == link.How.SPLIT and link.share is None for link in links):
        notes.append(_("About the shares nothing is known."))
    documents = {link.document_id: link.document for link in links if link.document}
    notes += [_("Document: %(document)s") % {"document": document} for document in documents.values()]
    return notes


def _with_share(name: str, share: Decimal | None) -> str:
    if share is None:
        return name
    return _("%(name)s (%(share)s %%)") % {"name": name, "share": percent(float(share))}


def _other(link: Link, id: int) -> int:
    return link.old_id if link.new_id == id else link.new_id or 0


def _name_of_other(link: Link, id: int, name: Namer) -> str:
    """What it was called when it went, or was called first when it was received."""
    return name(link.old_id, link.on) if link.new_id == id else name(link.new_id, link.on)


def _listed(names: list[str]) -> str:
    """甲村、乙村和丙村; 甲村, 乙村 and 丙村."""
    return format_list(names, locale="zh_Hans" if (get_language() or "").startswith("zh") else "en_GB")


@dataclass(frozen=True)
class Flow:
    """A reform as it is drawn: what went in, from the left, and what came out; each as (id, name, share in words)."""

    on: date
    before: list[tuple[int, str, str]]
    after: list[tuple[int, str, str]]


def flows_of(id: int, links: Sequence[Link], name: Namer) -> list[Flow]:
    """The reforms of one thing that have two ends or more on a side: a picture says them better."""
    flows = []
    for on, group in groupby(sorted(links, key=lambda link: (link.on, link.pk)), key=lambda link: link.on):
        of_day = [link for link in group if link.new_id]
        came = [(link.old_id, name(link.old_id, on), _share_in_words(link)) for link in of_day if link.new_id == id]
        left = [
            (link.new_id or 0, name(link.new_id, on), _share_in_words(link)) for link in of_day if link.old_id == id
        ]
        itself = [(id, name(id, on), "")]
        flows += [
            Flow(on, before, after) for before, after in ((came, itself), (itself, left)) if len(before + after) > 2
        ]
    return flows


def _share_in_words(link: Link) -> str:
    if link.share is None:
        return _("share not known")
    return _("all of it") if link.share == 1 else _("%(share)s %% of it") % {"share": percent(float(link.share))}
