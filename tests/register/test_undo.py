"""Taking acts back when something that is not theirs has gone on since."""

import pytest
from django.utils import timezone, translation

from gongjian.chronicle.models import Act
from gongjian.register import actions
from gongjian.register.models import Cover
from gongjian.register.undo import StoodOn, undo

from . import town as small

DAY = small.date(2021, 6, 1)


@pytest.mark.django_db
def test_a_cover_does_not_come_back_onto_a_unit_that_has_been_closed_since():
    town = small.build_town()
    today = timezone.localdate()
    firm = small.unit("样例鞋业", "enterprise", town.units["street"], since=small.REFORM)
    union = small.body("样例鞋业工会", "union_committee", town.units["street"], since=small.REFORM)
    cover = small.cover(union, firm, since=small.REFORM)
    actions.close_body(union, on=DAY, today=today, by=town.clerk)
    act = Act.objects.order_by("-id")[0]
    actions.close_unit(firm, on=DAY, today=today, by=town.clerk)
    with translation.override("en"), pytest.raises(StoodOn) as refused:
        undo([act], by=town.clerk, today=today)
    assert refused.value.sentences == ["A body covers “样例鞋业”."]
    assert Cover.objects.get(pk=cover.pk).until == DAY
