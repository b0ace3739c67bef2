"""Who keeps a selection, who proposes candidates for it, and what everybody reads.

A selection is kept by whoever keeps the plans of the body that holds it. Once its rules stand everybody reads it, its
candidates and, from the notice on, what became of each.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from gongjian.deeds.models import Deed
from gongjian.programme.access import bodies_kept_by, kept, office_that_keeps
from gongjian.register.access import Reader
from gongjian.register.models import Body

from .models import PUBLIC_STATES, Candidate, Selection, SelectionObjection

__all__ = ["bodies_kept_by", "kept", "office_that_keeps"]
S = Selection.State


# == reading ==
def selections_visible_to(reader: Reader) -> QuerySet[Selection]:
    """Rules that stand are everybody's; while candidates come in, whoever is signed in; a draft is its keepers'."""
    public = Q(state__in=PUBLIC_STATES) | Q(state=S.CALLED_OFF, poll__isnull=False)
    if not reader.is_authenticated:
        return Selection.objects.filter(public)
    return Selection.objects.filter(public | Q(state=S.NOMINATING) | kept(reader, "held_by__"))


def candidates_visible_to(reader: Reader) -> QuerySet[Candidate]:
    """Those that stand, with the selection; proposed and refused ones for its keepers and for who proposed them."""
    standing = (Candidate.State.ACCEPTED, Candidate.State.WITHDRAWN)
    public = Q(selection__state__in=PUBLIC_STATES, state__in=standing) & ~Q(number="")
    if not reader.is_authenticated:
        return Candidate.objects.filter(public)
    return Candidate.objects.filter(public | kept(reader, "selection__held_by__") | kept(reader, "proposed_by__"))


def objections_visible_to(reader: Reader) -> QuerySet[SelectionObjection]:
    """One's own, and those to selections that one keeps."""
    if not reader.is_authenticated:
        return SelectionObjection.objects.none()
    own = Q(by=reader.pk) if reader.pk else Q(pk__in=())
    return SelectionObjection.objects.filter(own | kept(reader, "selection__held_by__"))


# == keeping and proposing ==
def keeps(reader: Reader, selection: Selection) -> bool:
    return office_that_keeps(reader, selection.held_by) is not None


def deeds_to_propose(reader: Reader, selection: Selection) -> QuerySet[Deed]:
    """Shown deeds that stand nowhere yet, selected in the body that holds it or below it, of which the reader keeps
    either the deed's selecting body or the selection."""
    body = selection.held_by
    inside = Q(selected_by=body)
    if body.line_path:
        inside |= Q(selected_by__line=body.line_id, selected_by__line_path__startswith=body.line_path)
    if body.lead_path:
        inside |= Q(selected_by__lead_path__startswith=body.lead_path)
    rows = Deed.objects.filter(inside, state__in=(Deed.State.SHOWN, Deed.State.STAR))
    rows = rows.exclude(candidacies__selection=selection)
    return rows if keeps(reader, selection) else rows.filter(kept(reader, "selected_by__"))


def proposing_body(reader: Reader, selection: Selection, deed: Deed) -> tuple[Body, str] | None:
    """In whose name the reader proposes the deed, and in which office; None for whoever may not."""
    office = office_that_keeps(reader, selection.held_by)
    if office is not None:
        return selection.held_by, office
    if deed.selected_by is None:
        return None
    own = office_that_keeps(reader, deed.selected_by)
    return (deed.selected_by, own) if own is not None else None
