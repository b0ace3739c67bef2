"""The page of a list that the worker writes: waiting, half written, there, and broken off."""

from __future__ import annotations

import pytest

from .conftest import LOCALES, Readers
from .pages import Seen
from .site import Site
from .test_axe import flaws_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WHO = "city-organiser"
EXPORT = """
INSERT INTO register_listexport (by_id, kind, query, day, language, rows, progress, file, failure, made_at)
SELECT id, 'units', %s, current_date, 'zh-hans', 31204, 42, %s, '', now() FROM accounts_user
WHERE username = 'sample-city-organiser' RETURNING id
"""
JOB = """
WITH worker AS (INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id)
INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id)
SELECT 'exports', 'register.write_list', jsonb_build_object('export_id', %s::int), %s::procrastinate_job_status,
  CASE WHEN %s = 'doing' THEN id END FROM worker RETURNING id
"""
STATES = {
    "waiting": ("todo", ""),
    "half written": ("doing", ""),
    "there": ("", "exports/x.xlsx"),
    "broken off": ("", ""),
}


@pytest.mark.parametrize("lang", LOCALES)
@pytest.mark.parametrize("state", STATES)
def test_the_page_of_a_long_list_has_no_flaw(readers: Readers, site: Site, state: str, lang: str) -> None:
    job, file = STATES[state]
    export = site.asked(EXPORT, "level=employer", file)[0][0]
    if job:
        site.asked(JOB, export, job, job)
    seen = Seen(state, WHO, f"/exports/{export}/")
    assert flaws_of(readers, seen, seen.path_on(site), lang) == []
