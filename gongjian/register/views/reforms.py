"""Reforms by hand: rename or move, merge, divide, close, reopen. What is meant, what it brings, and then the deed.

The first two steps are read by GET, so that the outlook has an address; the deed is sent by POST. For whoever may
change the register; for everybody else the pages do not exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gongjian.ui.templatetags.ui import keep_day

from .. import actions
from ..access import body_entries_visible_to, unit_entries_visible_to
from ..actions import Refused
from ..models import Document
from ..queries.changes import last_change
from ..queries.reform import Outlook, beside, bodies_outlook, bodies_to_part, by_kind, to_part, units_outlook, what_ends
from ..queries.reform_sight import merger_sight
from ..reform_forms import AmendForm, CloseForm, DocumentForm, MergeForm, ReformForm, ReopenForm, SplitForm
from ..reorganise import bodies, units
from .door import DayRequest, keepers_only

ACTS: dict[str, tuple[type[ReformForm], str | Promise, str | Promise]] = {
    "amend": (
        AmendForm,
        gettext_lazy("Rename, recode or move"),
        gettext_lazy("What it was keeps its days; what is new counts from the day you choose."),
    ),
    "merge": (
        MergeForm,
        gettext_lazy("Merge into another"),
        gettext_lazy("It ends on the day. What stands in it, covers it or has its seat there goes along."),
    ),
    "split": (
        SplitForm,
        gettext_lazy("Divide"),
        gettext_lazy("It is divided into parts. You say which part each thing goes to."),
    ),
    "close": (
        CloseForm,
        gettext_lazy("Close"),
        gettext_lazy("It ends without a successor. What stands on it goes where you say."),
    ),
    "reopen": (
        ReopenForm,
        gettext_lazy("Reopen"),
        gettext_lazy("It stands again from the day, as it stood last. Its bodies and covers do not come back with it."),
    ),
}
PAIR = re.compile(r"^body-(\d{1,18})$")
PLACED = re.compile(r"^goes-(child|seat|cover|venue|superior|leader)-(\d{1,18})$")


@keepers_only
@require_http_methods(["GET", "POST"])
def unit_change(request: DayRequest, unit_id: int, act: str) -> HttpResponse:
    entries = unit_entries_visible_to(request.user).filter(unit=unit_id).select_related("kind", "unit", "parent")
    return _change(request, "unit", entries, act)


@keepers_only
@require_http_methods(["GET", "POST"])
def body_change(request: DayRequest, body_id: int, act: str) -> HttpResponse:
    entries = body_entries_visible_to(request.user).filter(body=body_id).select_related("kind", "form", "body__line")
    return _change(request, "body", entries, act)


def _change(request: DayRequest, thing: str, entries: Any, act: str) -> HttpResponse:
    entry = entries.on(request.day).first() or entries.order_by("-valid").first()
    if entry is None or act not in ACTS:
        raise Http404
    asked = bool(request.GET.get("on_day") or request.GET.get("step"))
    data = _renamed(request.GET) if asked else None
    form = ACTS[act][0](data, thing=thing, entry=entry, reader=request.user, day=request.day)
    if not asked or not form.is_valid():
        return _page(request, thing, entry, act, form, status=422 if asked else 200)
    sent = request.method == "POST"
    document = DocumentForm(request.POST, request.FILES) if sent else DocumentForm()
    if sent and document.is_valid():
        try:
            done = _done(request, thing, entry, act, form, document)
        except Refused as refused:
            return _page(request, thing, entry, act, form, document=document, refusal=str(refused), status=422)
        if done is None:
            messages.info(request, _("The register said so already; nothing was changed."))
            return redirect(keep_day(reverse(thing, args=[_id(thing, entry)]), request))
        messages.success(request, _("Done. It can be taken back here for 30 days."))
        return redirect("change", done)
    return _page(request, thing, entry, act, form, document=document, status=422 if sent else 200)


def _renamed(given: Mapping[str, str]) -> dict[str, str]:
    """`on` in an address is the day the page speaks of; the day of the reform goes by another name there."""
    return {**{name: given[name] for name in given if name != "on"}, "on": given.get("on_day", "")}


def _page(
    request: DayRequest,
    thing: str,
    entry: Any,
    act: str,
    form: ReformForm,
    *,
    document: DocumentForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    name, lede = ACTS[act][1:]
    page = keep_day(reverse(thing, args=[_id(thing, entry)]), request)
    facts: dict[str, Any] = {
        "thing": thing,
        "entry": entry,
        "act": act,
        "title": name,
        "lede": lede,
        "form": form,
        "page": page,
        "beside": beside(request.user, entry, request.day),
        "trail": [(entry.name, page), (str(name), None)],
        "refusal": refusal,
        "walk": "territory" if thing == "unit" else "line",
    }
    if document is not None:
        facts |= _outlook(request, thing, entry, act, form) | {"document": document, "again": _again(request)}
    return render(request, "register/reform.html", facts, status=status)


def _again(request: DayRequest) -> str:
    """The address of the first step with what was filled in."""
    query = request.GET.copy()
    query.pop("step", None)
    return f"{request.path}?{query.urlencode()}"


def _id(thing: str, entry: Any) -> int:
    id: int = entry.unit_id if thing == "unit" else entry.body_id
    return id


# == the outlook ==
def _outlook(request: DayRequest, thing: str, entry: Any, act: str, form: Any) -> dict[str, Any]:
    """What stands against it, what it brings, and what is still to be chosen."""
    on, reader = form.cleaned_data["on"], request.user
    facts: dict[str, Any] = {"on": on, "waits": on > request.today, "forbids": [], "changes": []}
    match act:
        case "merge":
            sources, into = form.sources, form.cleaned_data.get("into")
            forbids: Any = units.forbids_merger if thing == "unit" else bodies.forbids_merger
            facts["forbids"] = forbids(sources, into, on)
            facts["outlook"] = _merger(request, thing, [each.pk for each in sources], into, on)
            facts["was"] = [form.name_of(each) for each in sources]
            facts["becomes"] = [form.cleaned_data.get("name") or form.name_of(into)]
            ending = (
                {twin.old.body_id for twin in facts["outlook"].twins}
                if thing == "unit"
                else {body.pk for body in form.sources}
            )
            sight = merger_sight(reader, form.sources, into, request.today, ending)
            facts["sight"] = [(form.name_of(each.thing), each) for each in sight]
        case "split":
            parts = _parts(thing, form)
            forbids = units.forbids_split if thing == "unit" else bodies.forbids_split
            facts["forbids"] = forbids(entry.unit if thing == "unit" else entry.body, parts, on, stays=_stays(form))
            placed, facts["has_more"] = (to_part if thing == "unit" else bodies_to_part)(reader, _id(thing, entry), on)
            facts["placed"] = by_kind(placed)
            facts["parts"] = _part_names(form)
            facts["stays"] = _stays(form)
            facts["was"] = [entry.name]
            facts["becomes"] = [*([entry.name] if _stays(form) else []), *facts["parts"]]
            ends = what_ends(reader, thing, _id(thing, entry), on, request.today)
            if not _stays(form) and not ends.is_empty:
                facts["outlook"] = ends
        case "close":
            ids = [_id(thing, entry)]
            facts["outlook"] = (
                units_outlook(reader, ids, on, request.today, keeps_covers=False)
                if thing == "unit"
                else bodies_outlook(reader, ids, on, request.today, keeps_links=False)
            )
    if hasattr(form, "values"):
        facts["changes"] = _told_changes(form)
    return facts


def _merger(request: DayRequest, thing: str, ids: list[int], into: Any, on: Any) -> Outlook:
    if thing == "unit":
        return units_outlook(request.user, ids, on, request.today, into=into.pk if into else None)
    return bodies_outlook(request.user, ids, on, request.today)


def _stays(form: Any) -> bool:
    return bool(form.cleaned_data.get("stays"))


def _parts(thing: str, form: Any) -> list[Any]:
    if thing == "unit":
        return [units.Part(unit=of, values=values, share=share) for of, values, share in form.parts()]
    return [bodies.BodyPart(body=of, values=values, share=share) for of, values, share in form.parts()]


def _part_names(form: Any) -> list[str]:
    return [form.name_of(of) if of else values["name"] for of, values, _share in form.parts()]


def _told_changes(form: Any) -> list[tuple[str, str, str]]:
    """(what, as it is, as it will be) for the values that were filled in."""
    into = form.cleaned_data.get("into")
    told = []
    for name, value in form.values().items():
        if name not in form.fields or not form.cleaned_data.get(name):
            continue
        was = "" if into or form.entry is None or isinstance(form, MergeForm) else getattr(form.entry, name)
        told.append((str(form.fields[name].label), _told(form, was), _told(form, value)))
    return told


def _told(form: ReformForm, value: Any) -> str:
    return form.name_of(value) if hasattr(value, "entries") else str(value or "–")


# == the deed ==
def _done(request: DayRequest, thing: str, entry: Any, act: str, form: Any, document: DocumentForm) -> int | None:
    """The deed and its document, both or neither. The id of the act; None if nothing had to be changed."""
    paper = None
    try:
        with transaction.atomic():
            paper = document.save(request.user)
            return _do(request, thing, entry, act, form, paper)
    except Exception:
        if paper is not None and paper.file:
            paper.file.delete(save=False)  # what lies on disk knows no transaction
        raise


def _do(request: DayRequest, thing: str, entry: Any, act: str, form: Any, document: Document | None) -> int | None:
    """The id of the act; None if nothing had to be changed. Raises Refused."""
    given: dict[str, Any] = {"on": form.cleaned_data["on"], "today": request.today, "by": request.user}
    of = entry.unit if thing == "unit" else entry.body
    given["document"] = document
    if act == "amend":
        before = last_change(thing, of.pk)
        amend: Any = actions.amend_unit if thing == "unit" else actions.amend_body
        amend(of, **given, **form.values())
        after = last_change(thing, of.pk)
        return after if after != before else None
    verbs: Any = units if thing == "unit" else bodies
    match act:
        case "merge":
            into = form.cleaned_data.get("into")
            more = {"bodies": _pairs(request, form)} if thing == "unit" else {}
            merge = verbs.merge_units if thing == "unit" else verbs.merge_bodies
            return int(merge(form.sources, into=into, values=form.values(), **more, **given).pk)
        case "split":
            split = verbs.split_unit if thing == "unit" else verbs.split_body
            placed = _placed(request, len(form.parts()))
            return int(split(of, parts=_parts(thing, form), stays=_stays(form), apart=placed, **given).pk)
        case "close":
            known = bool(form.cleaned_data["is_known"])
            close = verbs.close_unit if thing == "unit" else verbs.close_body
            return int(close(of, to=form.cleaned_data["to"], is_known=known, **given).pk)
    reopen = verbs.reopen_unit if thing == "unit" else verbs.reopen_body
    return int(reopen(of, values=form.values(), **given).pk)


def _pairs(request: DayRequest, form: Any) -> dict[int, int]:
    """Which bodies are merged into their like: those of the outlook that were ticked as body-417."""
    twins = _merger(
        request, "unit", [each.pk for each in form.sources], form.cleaned_data.get("into"), form.cleaned_data["on"]
    ).twins
    ticked = {int(found[1]) for name in request.POST if (found := PAIR.match(name))}
    return {twin.old.body_id: twin.new.body_id for twin in twins if twin.old.body_id in ticked}


def _placed(request: DayRequest, parts: int) -> dict[Any, int]:
    """Which part each thing goes to, by the number of the part; what is left out stays with the first or the old."""
    placed = {}
    for name, value in request.POST.items():
        found = PLACED.match(name)
        if found and str(value).isdecimal() and int(str(value)[:3]) < parts:
            placed[found[1], int(found[2])] = int(str(value))
    # Whoever has its seat there covers the part its seat goes to.
    return {("cover", id): part for (link, id), part in placed.items() if link == "seat"} | placed
