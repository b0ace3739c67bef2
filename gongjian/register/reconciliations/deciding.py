"""What officers decide about findings: accept, choose another, leave unknown, take a decision back, attach a document.

Each decision names the version of the finding it was made of: of two officers who decide the same one, the second is
told who decided what. Nothing here touches the register.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.ui.templatetags.ui import moment

from ..access import Reader
from ..actions import Refused
from ..models import Document, Finding, Reconciliation
from .comparing import State
from .firm_findings import EMPLOYER
from .firm_findings import GOES_ON as CONTINUES
from .outcome import Told
from .words import decision_in_words, names_of

Decision = Finding.Decision
Verdict = Finding.Verdict
WORKABLE = {State.OPEN, State.UNDONE}
# What needs no look of its own: what is sure, and new rows for which there is nothing to choose. They stand in the
# list; what they came of is decided with those that are gone.
# A firm that is not surely new is looked at: its code is missing or wrong, or its place is not known.
TOGETHER = Q(verdict=Verdict.SURE) | (Q(happened="new", alternatives=[]) & ~Q(level=EMPLOYER))


class Overtaken(Refused):
    """Somebody else has decided this finding meanwhile."""


def effective(finding: Finding) -> Told[int, int]:
    """What counts for a finding as it is decided now; one that is open or left unknown counts as not known."""
    if finding.decision == Decision.CHOSEN:
        other = finding.alternatives[(finding.chosen or 1) - 1]
        return Told(other["happened"], tuple(other["old"]), tuple(other["new"]))
    if finding.decision == Decision.ACCEPTED:
        shares = None if finding.shares is None else tuple(share[1] for share in finding.shares)
        return Told(finding.happened, tuple(finding.old), tuple(finding.new), shares)
    return Told("unknown", tuple(finding.old), ())


# == deciding ==
def accept(finding: Finding, *, version: int, by: Reader | None, document: Document | None = None) -> Finding:
    """It happened as proposed. Raises Refused, Overtaken."""

    def decide(fresh: Finding) -> None:
        if fresh.happened == "claimed_twice":
            raise Refused(_("Several rows claim one credit code. Choose which of them counts."))
        fresh.decision = Decision.UNKNOWN if fresh.happened == "unknown" else Decision.ACCEPTED
        if fresh.happened in CONTINUES:
            _refuse_if_taken(fresh, fresh.new[0])

    return _decide(finding, version, by, document, decide)


def is_number(typed: str) -> bool:
    """Whether it is a number of a row, a finding or an alternative. ² is a digit to Python, and no number."""
    return typed.isdecimal() and len(typed) < 10


def choose(
    finding: Finding, number: int, *, version: int, by: Reader | None, document: Document | None = None
) -> Finding:
    """One of the alternatives happened instead, counted from 1. Raises Refused, Overtaken."""

    def decide(fresh: Finding) -> None:
        if not 1 <= number <= len(fresh.alternatives):
            raise Refused(_("There is no alternative %(number)s here.") % {"number": number})
        fresh.decision, fresh.chosen = Decision.CHOSEN, number
        other = fresh.alternatives[number - 1]
        if other["happened"] in CONTINUES:
            _refuse_if_taken(fresh, other["new"][0])
            _refuse_if_settled(fresh, other["old"][0])

    return _decide(finding, version, by, document, decide)


def leave_unknown(finding: Finding, *, version: int, by: Reader | None, document: Document | None = None) -> Finding:
    """Nobody knows what became of it; that is what the register will say. A firm stays as it is. Raises Refused."""

    def decide(fresh: Finding) -> None:
        if not fresh.old and not fresh.reconciliation.is_of_firms:
            raise Refused(_("It stands in the list, so it is entered as new. Accept it."))
        fresh.decision = Decision.UNKNOWN

    return _decide(finding, version, by, document, decide)


def reopen(finding: Finding, *, version: int) -> Finding:
    """Take a decision back: the finding is open again, and what it took with it. Raises Refused, Overtaken."""
    with _at_work(finding.reconciliation_id):
        fresh = _fresh(finding, version)
        if fresh.decision == Decision.TAKEN:
            raise Refused(_("This was settled with another finding. Take that decision back instead."))
        _open([fresh.pk, *fresh.takes.values_list("pk", flat=True)])
    finding.refresh_from_db()
    return finding


def undo_last(reconciliation: Reconciliation, *, by: Reader | None) -> Finding | None:
    """Take back what this officer decided last by itself; None if there is nothing."""
    mine = reconciliation.findings.filter(is_together=False, decided_by=by if isinstance(by, User) else None)
    last = mine.exclude(decision__in=[Decision.OPEN, Decision.TAKEN]).order_by("-decided_at", "-number").first()
    return reopen(last, version=last.version) if last else None


def accept_sure(reconciliation: Reconciliation, *, by: Reader | None, county: str | None = None) -> int:
    """Accept all sure ones that are open, in one step. Returns how many."""
    with _at_work(reconciliation.pk):
        still = reconciliation.findings.filter(TOGETHER, decision=Decision.OPEN)
        if county is not None:
            still = still.filter(county=county)
        if taken := list(_rows_chosen(reconciliation)):
            still = still.exclude(Q(happened__in=CONTINUES) & Q(new__overlap=taken))
        return still.update(
            decision=Decision.ACCEPTED,
            is_together=True,
            decided_by=by if isinstance(by, User) else None,
            decided_at=timezone.now(),
            version=F("version") + 1,
        )


def accept_guesses(reconciliation: Reconciliation, *, by: Reader | None) -> int:
    """Accept the best guess for all that is doubtful and open. For the sample city only: an officer looks at each."""
    with _at_work(reconciliation.pk):
        still = reconciliation.findings.filter(decision=Decision.OPEN, verdict=Verdict.DOUBTFUL)
        return still.update(
            decision=Decision.ACCEPTED,
            is_together=True,
            decided_by=by if isinstance(by, User) else None,
            decided_at=timezone.now(),
            version=F("version") + 1,
        )


# == documents ==
def add_document(
    reconciliation: Reconciliation,
    *,
    by: Reader | None,
    number: str = "",
    title: str = "",
    issued_on: date | None = None,
    file: UploadedFile | None = None,
) -> Document:
    """A paper on which decisions of this reconciliation stand; it is offered for the next ones."""
    if not (number or title or file):
        raise Refused(_("A document needs a number, a title or a file. Give one of them."))
    document = Document(number=number, title=title, issued_on=issued_on, by=by if isinstance(by, User) else None)
    if file is not None:
        content = file.read()
        document.sha256 = hashlib.sha256(content).hexdigest()
        file.seek(0)
        document.file.save(str(file.name), file, save=False)
    with transaction.atomic():
        document.save()
        reconciliation.documents.add(document)
    return document


# == what they share ==
@contextmanager
def _at_work(reconciliation_id: int) -> Iterator[Reconciliation]:
    """One decision of a reconciliation at a time, and none while it is being applied."""
    with transaction.atomic():
        found = Reconciliation.objects.select_for_update(of=("self",)).get(pk=reconciliation_id)
        if found.state not in WORKABLE:
            raise Refused(_("The list is being written or is written already, so decisions are closed."))
        yield found


def _fresh(finding: Finding, version: int) -> Finding:
    fresh = Finding.objects.select_related("decided_by", "reconciliation").get(pk=finding.pk)
    if fresh.version != version:
        raise Overtaken(_told_of(fresh))
    return fresh


def _told_of(fresh: Finding) -> str:
    if fresh.decision == Decision.OPEN:
        return _("Somebody has taken the decision back meanwhile. Look at it again, then decide.")
    return _("%(name)s has decided this at %(at)s: %(what)s Look at it again before you decide otherwise.") % {
        "name": fresh.decided_by.name if fresh.decided_by else _("Somebody"),
        "at": moment(fresh.decided_at),
        "what": decision_in_words(fresh),
    }


def _decide(
    finding: Finding, version: int, by: Reader | None, document: Document | None, decide: Callable[[Finding], None]
) -> Finding:
    with _at_work(finding.reconciliation_id):
        fresh = _fresh(finding, version)
        if fresh.decision == Decision.TAKEN:
            raise Refused(_("This was settled with another finding. Take that decision back instead."))
        fresh.chosen, fresh.is_together, fresh.document = None, False, document
        _open(list(fresh.takes.values_list("pk", flat=True)))
        decide(fresh)
        fresh.decided_by, fresh.decided_at = (by if isinstance(by, User) else None), timezone.now()
        fresh.version += 1
        fresh.save()
        _take(fresh)
    finding.refresh_from_db()
    return finding


def _open(ids: list[int]) -> None:
    nothing: dict[str, Any] = {name: None for name in ("chosen", "taken_by", "decided_by", "decided_at", "document")}
    Finding.objects.filter(pk__in=ids).update(
        decision=Decision.OPEN, is_together=False, version=F("version") + 1, **nothing
    )


def _take(fresh: Finding) -> None:
    """A row thought new is given to a division that stood, or such a division to it: that finding is settled too."""
    if fresh.decision != Decision.CHOSEN:
        return
    told = effective(fresh)
    if told.happened not in CONTINUES:
        return
    others = Finding.objects.filter(reconciliation=fresh.reconciliation).exclude(pk=fresh.pk)
    of_row = Q(happened="new", new__contains=[told.new[0]])
    of_unit = Q(old__contains=[told.old[0]])
    others.filter(of_row | of_unit).update(
        decision=Decision.TAKEN,
        chosen=None,
        taken_by=fresh,
        decided_by=fresh.decided_by,
        decided_at=fresh.decided_at,
        version=F("version") + 1,
    )


def _rows_chosen(reconciliation: Reconciliation) -> dict[int, Finding]:
    """Rows that were chosen for a division that stood, instead of what was proposed."""
    told = ((effective(each), each) for each in reconciliation.findings.filter(decision=Decision.CHOSEN))
    return {each.new[0]: finding for each, finding in told if each.happened in CONTINUES}


def _refuse_if_taken(fresh: Finding, row: int) -> None:
    accepted = fresh.reconciliation.findings.filter(
        decision=Decision.ACCEPTED, happened__in=CONTINUES, new__contains=[row]
    )
    holder = accepted.exclude(pk=fresh.pk).first() or _rows_chosen(fresh.reconciliation).get(row)
    if holder is None or holder.pk == fresh.pk:
        return
    raise Refused(
        _("“%(old)s” goes on as “%(new)s” already. Take that decision back first, or choose another one.")
        % {
            "old": names_of(fresh.reconciliation, old=effective(holder).old),
            "new": names_of(fresh.reconciliation, new=[row]),
        }
    )


def _refuse_if_settled(fresh: Finding, unit: int) -> None:
    """For a row that is to have come of a division: that one must not have been decided otherwise."""
    if fresh.old:
        return
    other = fresh.reconciliation.findings.filter(old__contains=[unit]).exclude(decision=Decision.OPEN).first()
    if other:
        raise Refused(
            _("What became of “%(old)s” is decided already. Take that decision back first.")
            % {"old": names_of(fresh.reconciliation, old=[unit])}
        )
