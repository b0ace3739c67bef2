"""Home: who one is here, where to go, what is counted, and the door for everybody else."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from gongjian.asks import sending
from gongjian.chronicle.models import Unsealed
from gongjian.desk import queries, views
from gongjian.register.models import Unit, UnitEntry, UnitKind
from gongjian.sample.models import SampleMark
from gongjian.sample.personas import PERSONAS
from tests.register import town as small
from tests.register.town import BEFORE, FIRST, REFORM


@pytest.fixture(autouse=True)
def nothing_known():
    queries.forget()
    yield
    queries.forget()


def test_home_names_the_office_its_body_and_its_seat(town):
    (standing,) = queries.standings(town.secretary, town.today)
    assert (str(standing.office.kind_id), standing.body.name, standing.seat.name) == (
        "party_secretary",
        "上下文村党支部",
        "上下文村",
    )


def test_whoever_holds_no_office_is_told_so(town, signed_in):
    with translation.override("en"):
        answer = signed_in(town.stranger).get("/", headers={"accept-language": "en"})
    assert "You hold no office in the register" in answer.content.decode()


def test_mine_leads_to_the_unit_of_ones_office(town, signed_in):
    answer = signed_in(town.secretary).get(reverse("mine"))
    assert answer.headers["Location"] == reverse("unit", args=[town.units["village"].pk])
    assert signed_in(town.stranger).get(reverse("mine")).headers["Location"] == "/"


def test_mine_keeps_the_day(town, signed_in):
    answer = signed_in(town.secretary).get(reverse("mine"), {"on": "2018-10-31"})
    assert answer.headers["Location"].endswith("?on=2018-10-31")


def test_counts_follow_the_day_and_every_new_act(town):
    assert queries.counts(town.clerk, town.today)["employers"] == 3
    assert queries.counts(town.clerk, BEFORE)["employers"] == 0
    small.unit("样例新厂", "enterprise", town.units["street"], since=REFORM)
    assert queries.counts(town.clerk, town.today)["employers"] == 4


def test_counts_are_not_made_twice_for_the_same_state(town, django_assert_num_queries):
    queries.counts(town.clerk, town.today)
    with django_assert_num_queries(2):  # how far the chronicle is, the lines
        queries.counts(town.clerk, town.today)


def test_counts_follow_an_act_that_was_committed_after_a_later_one(town):
    slow, _quick = small.an_act(), small.an_act()
    Unsealed.objects.filter(act=slow).delete()  # as long as it is not committed, nobody sees that it waits
    before = queries.counts(town.clerk, town.today)["employers"]
    kind = UnitKind.objects.get(key="enterprise")
    UnitEntry.objects.create(unit=Unit.objects.create(), name="样例", kind=kind, valid=(small.FIRST, None), act=slow)
    Unsealed.objects.create(act=slow)
    assert queries.counts(town.clerk, town.today)["employers"] == before + 1


def test_the_story_of_the_villages_is_told_by_county(town):
    story = queries.village_story(town.clerk, [FIRST, BEFORE, REFORM])
    assert (story.first, story.last, story.most_lost, story.lost_there) == (2, 1, "诸暨市", 1)
    assert [(name, [(cell.count, cell.shade) for cell in cells]) for name, cells in story.rows] == [
        ("诸暨市", [(2, "q5"), (2, "q5"), (1, "q0")]),
        ("", [(2, "q5"), (2, "q5"), (1, "q0")]),
    ]


def test_there_is_no_story_before_two_official_days(town):
    assert queries.village_story(town.clerk, [FIRST]) is None
    assert queries.village_story(town.clerk, []) is None


def test_nobody_signed_in_is_told_how_to_get_in(town, client):
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.context["personas"] == []
    assert "李样例" not in answer.content.decode()


@pytest.mark.parametrize("doors, marked", [(True, False), (False, True)])
def test_personas_are_not_offered_without_both_the_setting_and_the_sample_mark(town, client, doors, marked):
    if marked:
        SampleMark.objects.create(seed=1)
    with override_settings(PERSONA_DOORS=doors):
        assert client.get("/").context["personas"] == []


def test_in_the_sample_city_each_persona_has_its_door(town, client):
    SampleMark.objects.create(seed=1)
    with override_settings(PERSONA_DOORS=True):
        answer = client.get("/").content.decode()
    assert [key for key, *_ in views.personas()] == [persona.key for persona in PERSONAS]
    assert all(f'href="/sample/enter/{persona.key}/"' in answer for persona in PERSONAS)


def test_home_asks_the_same_number_of_questions_for_one_office_and_for_three(
    town, signed_in, django_assert_max_num_queries
):
    client = signed_in(town.secretary)
    client.get("/")
    with django_assert_max_num_queries(19) as one:
        client.get("/")
    for body in ("league", "joint_union"):
        small.office(town.people["secretary"], town.bodies[body], "union_chair")
    client.get("/")
    with django_assert_max_num_queries(19) as three:
        client.get("/")
    assert len(one) == len(three)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_language_is_switched_from_the_foot(town, client, language):
    answer = client.post(reverse("set_language"), {"language": language, "next": "/"}, follow=True)
    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}"' in answer.content.decode()


def test_home_leads_with_what_is_to_be_done_and_says_nothing_where_nothing_is(town, signed_in):
    browser = signed_in(town.secretary)
    assert "件要办" not in browser.get("/").content.decode()
    sending.ask(
        [town.bodies["village_party"]], sender=town.bodies["city_party"], today=town.today, now=timezone.now(),
        by=town.clerk, title="样例", why="样例", minutes=3, due_on=town.today + timedelta(days=5),
    )  # fmt: skip
    told = browser.get("/").content.decode()
    assert "1件要办" in told and told.index("1件要办") < told.index("三种走法看全市")
    assert "件要办" not in signed_in(town.inspector).get("/").content.decode()


def ask_for(town, *titles: str) -> None:
    for at, title in enumerate(titles):
        sending.ask(
            [town.bodies["village_party"]], sender=town.bodies["city_party"], today=town.today, now=timezone.now(),
            by=town.clerk, title=title, why="样例", minutes=3, due_on=town.today + timedelta(days=9 - at),
        )  # fmt: skip


def test_home_names_the_three_things_that_are_due_first(town, signed_in):
    ask_for(town, "样例甲", "样例乙", "样例丙", "样例丁")
    told = signed_in(town.secretary).get("/").content.decode()
    places = [told.index(each) for each in ("样例丁", "样例丙", "样例乙", "4件要办")]
    assert places == sorted(places) and "样例甲" not in told


def test_home_asks_as_many_questions_for_three_things_to_do_as_for_one(town, signed_in):
    client, taken = signed_in(town.secretary), []
    for titles in (("样例甲",), ("样例乙", "样例丙")):
        ask_for(town, *titles)
        client.get("/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/")
        taken.append(len(asked))
    assert taken[0] == taken[1]


def test_the_welcome_leads_to_what_everybody_reads(town, client):
    shown = client.get("/").content.decode().partition("<main")[2].partition("</main")[0]
    doors = [each for each in re.findall(r'href="([^"]+)"', shown) if "sign-in" not in each]
    assert {"/deeds/", "/selections/", "/polls/", "/honours/awards/", "/agreements/public/", "/figures/"} <= set(doors)
    assert [(each, client.get(each).status_code) for each in doors] == [(each, 200) for each in doors]
