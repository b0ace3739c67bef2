"""What the worker does for the chronicle: sealing, every few seconds. And for the queue itself: taking up again what a
killed worker was at."""

from __future__ import annotations

import logging

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from . import heads
from .sealing import seal_waiting

SILENT_FOR = 60  # seconds without a sign of life from the worker
MOST_TRIES = 3
log = logging.getLogger(__name__)


@app.periodic(cron="* * * * * */5")  # the sixth place counts seconds
@app.task(queue="chronicle", name="chronicle.seal", queueing_lock="chronicle.seal", priority=10)
def seal(timestamp: int = 0) -> None:
    """Seal what is committed, and let the heads leave the database."""
    close_old_connections()
    seal_waiting()
    heads.write_out()


@app.periodic(cron="* * * * *")
@app.task(queue="chronicle", name="chronicle.take_up", queueing_lock="chronicle.take_up", priority=10)
async def take_up(timestamp: int = 0) -> None:
    """Put back what a worker was at that gives no sign of life. Each job does all or nothing, or goes on where it was,
    so doing it again is harmless; one that killed its worker several times is given up, and the log tells of it."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_FOR):
        if job.attempts < MOST_TRIES:
            await app.job_manager.retry_job(job)
        else:
            log.error(
                "The job %s (%s) has ended its worker %s times and is given up.", job.id, job.task_name, MOST_TRIES
            )
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
