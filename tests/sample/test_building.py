"""Building the sample city: the same seed gives the same city, a broken build leaves nothing, progress is told."""

from collections.abc import Callable

import pytest
from django.db import transaction

from gongjian.packs.models import LoadedPack
from gongjian.register.models import Body, Unit
from gongjian.sample.city import NotEmpty, build
from gongjian.sample.models import SampleMark

from .conftest import TODAY, content

Report = Callable[[str, int, int], None]


def built(seed: int, report: Report = lambda *step: None) -> str:
    """The content of one county, built and taken back."""
    with transaction.atomic():
        build(seed, report, scale=0.005, counties=["330681"], today=TODAY)
        found = content()
        transaction.set_rollback(True)
    return found


@pytest.mark.slow
def test_a_build_that_breaks_off_leaves_nothing_and_begun_again_gives_the_same_city_from_the_same_seed(db):
    def breaks(step: str, done: int, total: int) -> None:
        if step == "search":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(1, breaks, scale=0.005, counties=["330681"], today=TODAY)
    assert not Unit.objects.exists() and not SampleMark.objects.exists()
    told: list[tuple[str, int, int]] = []
    assert built(1) == built(1, lambda *step: told.append(step))

    steps = list(dict.fromkeys(step for step, _, _ in told))
    assert steps == ["divisions", "employers", "bodies", "people", "venues", "writing", "search", "paths", "tidying"]
    assert all(sum(done == total for step, done, total in told if step == name) == 1 for name in steps)


@pytest.mark.slow
def test_another_seed_gives_another_city(db):
    assert built(1) != built(2)


def test_a_register_with_something_in_it_is_refused(db):
    Unit.objects.create()
    with pytest.raises(NotEmpty):
        build(scale=0.005, today=TODAY)
    assert not LoadedPack.objects.exists() and not Body.objects.exists()
