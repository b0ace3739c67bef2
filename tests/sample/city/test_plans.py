"""The sample city's plans: who has one, what is shared and taken down, what the tiers have reached; and its contact
points and checks."""

from __future__ import annotations

from collections import Counter

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from gongjian.accounts.models import User
from gongjian.contacts.access import own_contacts
from gongjian.contacts.models import ContactPoint, Demonstration, Inspection, Problem, Visit
from gongjian.contacts.queries_inspection import could_go_together
from gongjian.programme.models import Partner, Plan, PlanItem, Tier, TierEntry
from gongjian.register.models import BodyEntry

from ..conftest import TODAY


def test_the_city_its_counties_and_some_towns_have_plans_in_all_lines(city):
    entries = BodyEntry.objects.on(TODAY).filter(body__in=Plan.objects.values("body"))
    levels = entries.filter(seat__entries__valid__contains=TODAY).values_list(
        "body__line", "seat__entries__kind__level", "body"
    )
    counted = Counter((line, level) for line, level, _body in levels)
    assert {counted[line, "city"] for line in ("party", "union", "league", "women")} == {1}
    assert {counted[line, "county"] for line in ("party", "union", "league", "women")} == {6}
    assert all(counted[line, "town"] for line in ("party", "union", "league", "women"))
    assert set(Plan.objects.values_list("year", "state")) == {(TODAY.year, "published")}


def test_what_is_shared_is_one_item_and_what_was_taken_down_says_from_where(city):
    shared = PlanItem.objects.filter(partners__isnull=False).distinct()
    assert shared.exists() and not Partner.objects.filter(body__line=F("item__plan__body__line")).exists()
    taken = PlanItem.objects.exclude(source=None).select_related("plan", "source__plan")
    superiors = dict(BodyEntry.objects.on(TODAY).values_list("body_id", "superior_id"))
    assert taken.exists()
    assert all(superiors[item.plan.body_id] == item.source.plan.body_id for item in taken)


def test_a_few_items_are_late_some_of_them_with_a_reason(city):
    late = [each for each in PlanItem.objects.all() if each.is_late(TODAY)]
    assert 0 < len(late) < PlanItem.objects.count() / 4
    assert {bool(each.late_reason) for each in late} == {True, False}
    assert PlanItem.objects.filter(state="done").exists() and PlanItem.objects.filter(state="under_way").exists()


def test_tiers_are_reached_by_names_and_by_no_more_than_they_want(city):
    wanted = dict(Tier.objects.values_list("pk", "wanted"))
    sums = TierEntry.objects.values("tier").annotate(reached=Sum(Coalesce("people", 1)))
    reached = {row["tier"]: row["reached"] for row in sums}
    assert set(reached) == set(wanted)
    assert all(0 < reached[key] <= wanted[key] for key in wanted)


def test_the_personas_who_lead_have_contact_points_and_checks_to_join(city):
    of = {key: User.objects.get(username=f"sample-{key}") for key in ("city-organiser", "county-union-chair")}
    assert all(own_contacts(account).exists() for account in of.values())
    assert Demonstration.objects.filter(withdrawn_on=None).count() == 1
    assert could_go_together(of["county-union-chair"], city)
    assert set(Inspection.objects.values_list("state", flat=True)) == {"stands", "waiting"}
    texts = [*ContactPoint.objects.values_list("why", flat=True), *Visit.objects.values_list("seen", flat=True)]
    texts += Problem.objects.values_list("what", flat=True)
    assert texts and all(text.startswith("样例") for text in texts)
