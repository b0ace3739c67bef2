"""Making the names that an import wrote findable: at once for a small file, by a job of its own for a large one."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from .. import spelling

AT_ONCE = 2_000
TASK = "register.learn_names"


def learn_names(act_id: int) -> int:
    """Enter the spellings of all names that the act wrote. Safe to run twice; returns how many were new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM register_unitentry WHERE act_id = %(act)s UNION "
            "SELECT name FROM register_bodyentry WHERE act_id = %(act)s",
            {"act": act_id},
        )
        return spelling.learn([row[0] for row in cursor.fetchall()])


def learn_or_queue(act_id: int, written: int) -> None:
    """The job is queued in the transaction of the act: it is there if, and only if, the act is."""
    if written <= AT_ONCE:
        learn_names(act_id)
    else:
        app.configure_task(TASK, queue="imports", allow_unknown=True).defer(act_id=act_id)
