"""How far the work has come is seen while nothing else of it is."""

from __future__ import annotations

from datetime import date

import pytest

from gongjian.register import progress
from gongjian.register.import_findings import job_of
from gongjian.register.imports.apply import apply
from gongjian.register.imports.preflight import preflight
from gongjian.register.imports.staging import READING, look
from gongjian.register.imports.undo import undo
from gongjian.register.models import ImportDraft, UnitEntry

from ..town import Town, unit
from .files import checked, taken_in
from .moments import held, in_thread, until, waiting_for

pytestmark = pytest.mark.django_db(transaction=True)

FIRMS = "单位名称,单位类别,所属村社,职工总数\n" + "".join(f"新样例厂{n},企业,上下文村,{n}\n" for n in range(1, 9))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is told is written at once, however soon after the last."""
    monkeypatch.setattr(progress, "EVERY", 0)


def told() -> int:
    return ImportDraft.objects.get().progress


def test_checking_shows_how_far_it_is(town: Town, at_once: None) -> None:
    draft = taken_in(FIRMS)
    with held("register_draftunit"):
        thread, outcome = in_thread(lambda: preflight(look(draft.pk)))
        until(lambda: bool(waiting_for("register_draftunit")))
        job = job_of(look(draft.pk))
        assert job is not None and job.is_measured and READING < job.percent < 100
    thread.join(60)
    assert (outcome[0].state, told()) == ("checked", 100)


def test_writing_shows_how_far_it_is_before_anything_is_seen_of_it(town: Town, at_once: None) -> None:
    draft = checked(FIRMS)
    with held("register_headcount"):
        thread, outcome = in_thread(lambda: apply(look(draft.pk), by=None))
        until(lambda: bool(waiting_for("register_headcount")))
        assert (ImportDraft.objects.get().state, 0 < told() < 100) == ("applying", True)
        assert not UnitEntry.objects.filter(name__startswith="新样例厂").exists()
    thread.join(60)
    assert outcome[0].state == "applied"


def test_taking_back_shows_how_far_it_is(town: Town, at_once: None) -> None:
    draft = apply(checked(FIRMS), by=None)
    with held("register_headcount"):
        thread, outcome = in_thread(lambda: undo(look(draft.pk), by=None))
        until(lambda: bool(waiting_for("register_headcount")))
        assert (ImportDraft.objects.get().state, 0 < told() < 100) == ("applied", True)
    thread.join(60)
    assert (outcome[0].verb, ImportDraft.objects.get().state) == ("register.import.undone", "undone")


def test_reading_is_told_by_the_lines_of_the_file(town: Town, at_once: None) -> None:
    draft = taken_in(FIRMS + "".join(f"多样例厂{n},企业,上下文村,\n" for n in range(12_000)))
    with held("register_draftunit"):
        thread, _outcome = in_thread(lambda: preflight(look(draft.pk)))
        seen = set()

        def read_to_its_end() -> bool:
            seen.add(told())
            return bool(waiting_for("register_draftunit"))

        until(read_to_its_end)
    thread.join(60)
    assert len([percent for percent in seen if 0 < percent <= READING]) >= 1


def test_a_draft_that_the_work_itself_has_locked_is_not_waited_for(town: Town, at_once: None) -> None:
    draft = checked(FIRMS)
    unit("别样例村", "village", town.units["street"], since=date(2021, 1, 1))  # so that the rows are settled anew
    assert apply(draft, by=None).state == "applied"


def test_short_work_tells_nothing(town: Town) -> None:
    draft = taken_in(FIRMS)
    with progress.telling(draft) as tell:
        tell(0.5)
    assert told() == 0
