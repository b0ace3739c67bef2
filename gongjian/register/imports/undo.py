"""Taking an import back: all that its file has written, as one."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act

from .. import undo as general
from ..access import Reader
from ..authority.wall import behind_it
from ..models import ImportDraft
from ..progress import telling
from ..undo import DAYS as DAYS  # who shows an import finds here until when it may be taken back
from ..undo import StoodOn as StoodOn
from .apply import IMPORTED
from .staging import State, move, working_on

UNDONE = "register.import.undone"


def standing_on(draft: ImportDraft) -> list[str]:
    """Sentences that name what has been built on the import since; none = it may be undone."""
    return general.standing_on(_acts_of(draft))


def undo(draft: ImportDraft, *, by: Reader | None, today: date | None = None) -> Act:
    """Put the register back to what it was before the import was applied. Raises Refused, StoodOn."""
    with working_on(draft), telling(draft) as tell:
        draft.progress, draft.failure = 0, ""
        draft.save(update_fields=["progress", "failure"])
        try:
            with behind_it():
                undoing = general.undo(
                    _acts_of(draft),
                    by=by,
                    today=today or timezone.localdate(),
                    verb=UNDONE,
                    tell=tell,
                    file=draft.filename,
                )
                move(draft, State.UNDONE, act=None, undo_act=undoing)
                return undoing
        except IntegrityError as error:
            raise StoodOn([_("Something entered later needs what is to be taken back.")]) from error


def _acts_of(draft: ImportDraft) -> list[Act]:
    """What the draft has written and not yet taken back, oldest first."""
    last = Act.objects.filter(subject=draft.subject, verb=UNDONE).aggregate(last=Max("id"))["last"] or 0
    return list(Act.objects.filter(subject=draft.subject, verb=IMPORTED, id__gt=last).order_by("id"))
