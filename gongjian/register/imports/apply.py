"""Bringing the sound rows of a checked file into the register: all of them in one transaction, or none."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjian.chronicle.record import record

from ..access import Reader
from ..actions import Refused, lock
from ..authority.wall import behind_it
from ..models import ImportDraft
from ..progress import Tell, part, telling
from . import body_deeds, unit_deeds
from .names import learn_or_queue
from .preflight import recheck, register_mark
from .staging import State, move, rows_of, working_on

ALL_WALKS = (71011, 71012, 71013, 71014, 71015)  # as in migration 0002
IMPORTED = "register.import"


def apply(
    draft: ImportDraft, *, by: Reader | None, all_or_nothing: bool = False, today: date | None = None
) -> ImportDraft:
    """Write what the preflight found sound. Rows with problems stay in the draft; so does everything if refused.

    If the register has changed since the preflight, the rows are settled anew first. Raises Refused.
    """
    with working_on(draft), telling(draft) as tell:
        if draft.state == State.APPLYING:  # whoever left it so is dead: we hold the lock
            move(draft, State.CHECKED)
        move(draft, State.APPLYING, failure="", progress=0)
        try:
            return _apply(draft, by, all_or_nothing, today or timezone.localdate(), tell)
        except IntegrityError as error:
            _back(draft)
            raise Refused(
                _("The register does not take these rows: %(reason)s Check the file again.")
                % {"reason": _reason(error)}
            ) from error
        except (OperationalError, InterfaceError):
            raise  # the database is away: whoever looks next finds the draft where it was safe
        except (Refused, DatabaseError):
            _back(draft)
            raise


def _back(draft: ImportDraft) -> None:
    draft.refresh_from_db()
    move(draft, State.CHECKED)


def _reason(error: IntegrityError) -> str:
    told = getattr(getattr(error.__cause__, "diag", None), "message_detail", None) or str(error).split("\n", 1)[0]
    return told if told.endswith(".") else told + "."


@behind_it()
def _apply(draft: ImportDraft, by: Reader | None, all_or_nothing: bool, today: date, tell: Tell) -> ImportDraft:
    lock(*ALL_WALKS)
    settled = draft.seen_mark == register_mark() and rows_of(draft).count() == draft.row_count
    if not settled:
        recheck(draft, part(tell, 0, 0.4))
    verdicts: dict[str, int] = draft.counts["verdicts"]
    if all_or_nothing and verdicts.get("problem"):
        raise Refused(
            _("Nothing was written: %(count)s rows still have problems. Mend them, or apply the sound rows alone.")
            % {"count": verdicts["problem"]}
        )
    numbers: dict[str, Any] = {verdict: verdicts.get(verdict, 0) for verdict in ("add", "change", "end")}
    if not any(numbers.values()):
        return move(draft, State.APPLIED)
    facts = {"file": draft.filename, "sha256": draft.sha256, "kind": draft.kind, **numbers}
    act = record(IMPORTED, by=by, subject=draft.subject, on=draft.as_of, facts=facts)
    deeds: Any = unit_deeds if draft.kind == "units" else body_deeds
    deeds.write(draft, act, today, part(tell, 0 if settled else 0.4, 0.7))
    learn_or_queue(act.pk, sum(numbers.values()))
    tell(0.75)  # the guards of the database look at every row when the transaction ends
    return move(draft, State.APPLIED, act=act, undo_act=None)
