"""Carrying the rules out: from the votes of the published poll to what became of each candidate, and by which rule."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from io import BytesIO
from shutil import copyfileobj
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.ballots.models import SignedHead
from gongjian.register.actions import in_sentences
from gongjian.register.refusals import Refused
from quotas.faults import Fault
from quotas.selecting import canonical, selected

from . import owing
from .models import Candidate, Selection
from .polling import public_candidates, public_rules, standing
from .refuse import of_fault
from .refusing import held
from .states import move


@in_sentences
def carry_out(selection: Selection, *, today: date, now: datetime, by: User) -> Selection:
    """Work the rules out with the votes of the poll. Raises Refused: not published, or they cannot be met."""
    selection, office = held(selection, by, Selection.State.POLLING, Selection.State.RANKED)
    told = _given(selection)
    try:
        outcomes = {each["id"]: each for each in selected(told)}
    except Fault as fault:
        raise Refused(of_fault(fault)) from fault
    listed = standing(selection)
    for each in listed:
        row = outcomes[each.number]
        each.votes, each.outcome, each.by_rule, each.facts = row["votes"], row["outcome"], row["by"], row["facts"]
    Candidate.objects.bulk_update(listed, ["votes", "outcome", "by_rule", "facts"])
    chosen = [each.number for each in listed if each.outcome == Candidate.Outcome.CHOSEN]
    move(
        selection, "carry_out", by=by, as_office=office, facts={"chosen": len(chosen)}, carried_out_by=by,
        root=told["root"], draw=told["draw"], withdrawn=told["withdrawn"], result=list(outcomes.values()),
    )  # fmt: skip
    owing.owe(selection, "decide", due_on=today, today=today, now=now, by=by)
    return selection


def file_of(selection: Selection) -> dict[str, Any]:
    """All that `python -m quotas` needs to work the selection out anew, as it was carried out: who leaves later changes
    nothing of it. Raises Refused before the poll is published."""
    kept = {name: getattr(selection, name) for name in ("withdrawn", "root", "draw", "result")}
    return _given(selection) | kept


def _given(selection: Selection) -> dict[str, Any]:
    """As it is now."""
    poll = selection.poll
    if poll is None or not poll.is_told:
        raise Refused(_("The poll is not published yet. Its holders count and its observers sign first."))
    listed = standing(selection)
    head = SignedHead.objects.filter(poll=poll).order_by("-size").values_list("root", flat=True).first()
    votes = {id: number for group in poll.result.tally["tallies"].values() for id, number in group.items()}
    return {
        "format": 1,
        "poll": poll.ref,
        "basis": selection.basis,
        "rules": public_rules(selection),
        "candidates": public_candidates(listed),
        "votes": votes,
        "withdrawn": {each.number: each.reason for each in listed if each.state == Candidate.State.WITHDRAWN},
        "root": bytes(head or b"").hex(),
        "draw": poll.result.drawn,
    }


def write_bundle(selection: Selection, target: BinaryIO) -> None:
    """The poll's bundle and the file of the selection in one: poll.zip and selection.json, stored as they are."""
    assert selection.poll is not None
    told = BytesIO(as_bytes(file_of(selection)))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as file, selection.poll.result.bundle.open("rb") as poll:
        for name, content in (("poll.zip", poll), ("selection.json", told)):
            with file.open(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), "w", force_zip64=True) as part:
                copyfileobj(content, part)


def as_bytes(told: dict[str, Any]) -> bytes:
    return canonical(told)
