"""The page of one's own letters: what shows, who is refused, the switch, and what is taken away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongjian.notices import actions, queries
from gongjian.notices.models import Letter
from gongjian.register.queries.own import everything_about

from .conftest import MONDAY, NOW, written

PAGE, SWITCH = "/me/letters/", "/me/letters/by-mail/"


def shown(client: Client, address: str = PAGE) -> str:
    answer = client.get(address, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_one_reads_ones_own_letters_and_nobody_elses(people, signed_in, settings):
    settings.MAIL = "console"
    anna, bert = people(2)
    written(anna, subject="给安娜的信", body="一 <b>不是粗体</b>")
    written(bert, subject="给别人的信")
    page = shown(signed_in(anna))
    assert "给安娜的信" in page and "&lt;b&gt;" in page and "给别人的信" not in page
    assert "Waits to be sent by mail." in page and "2026-03-02" in page


def test_nobody_is_asked_to_sign_in(year, client):
    for answer in (client.get(PAGE), client.post(SWITCH, {"wanted": "no"})):
        assert answer.status_code == 302 and answer["Location"].startswith("/account/sign-in/")


@pytest.mark.parametrize("change, said", [
    ({"state": "kept"}, "Stands only here; it was not sent by mail."),
    ({"state": "failed"}, "Is your address right?"),
    ({"state": "sent", "sent_at": NOW}, "Sent by mail: 2026-03-02 08:30"),
])  # fmt: skip
def test_it_says_what_became_of_each(people, signed_in, change, said):
    (anna,) = people(1)
    written(anna)
    Letter.objects.update(**change)
    assert said in shown(signed_in(anna))


def test_the_newest_come_first_and_pages_follow_each_other(people, signed_in, monkeypatch):
    monkeypatch.setattr(queries, "SIZE", 2)
    (anna,) = people(1)
    for number in range(5):
        written(anna, kind="reminder", day=MONDAY + timedelta(days=number), subject=f"第 {number} 封")
    page = queries.own_letters(anna).page
    assert [each.subject for each in page.rows] == ["第 4 封", "第 3 封"]
    second = shown(signed_in(anna), f"{PAGE}?after={page.next}")
    assert "第 2 封" in second and "第 1 封" in second and "第 0 封" not in second and "第 3 封" not in second
    assert signed_in(anna).get(PAGE, {"after": "nonsense"}).status_code == 400


def test_three_letters_cost_as_many_queries_as_one(people, signed_in, django_assert_num_queries):
    (anna,) = people(1)
    client = signed_in(anna)
    written(anna)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as first:
        client.get(PAGE)
    for number in (1, 2):
        written(anna, kind="reminder", day=MONDAY + timedelta(days=number))
    with django_assert_num_queries(len(first)):
        client.get(PAGE)


def test_mail_is_switched_off_and_on_again(people, signed_in, settings):
    settings.MAIL = "console"
    (anna,) = people(1)
    client = signed_in(anna)
    assert "Letters are sent to who0@example.cn as well." in shown(client) and "No letter yet" in shown(client)
    assert client.post(SWITCH, {"wanted": "no"})["Location"] == PAGE
    assert not queries.wants_mail(anna) and "You switched mail off." in shown(client)
    client.post(SWITCH, {"wanted": "yes"})
    assert queries.wants_mail(anna)
    assert client.get(SWITCH).status_code == 405


def test_without_mail_or_address_the_page_says_so_and_there_is_no_switch(people, signed_in, settings):
    (anna,) = people(1)
    written(anna)
    settings.MAIL = ""
    page = shown(signed_in(anna))
    assert "This site sends no mail." in page and "Stands only here" in page and SWITCH not in page
    assert signed_in(anna).post(SWITCH, {"wanted": "no"}).status_code == 404
    settings.MAIL, anna.email = "console", ""
    anna.save()
    assert signed_in(anna).post(SWITCH, {"wanted": "no"}).status_code == 404 and queries.wants_mail(anna)
    page = shown(signed_in(anna))
    assert "There is no e-mail address on your account" in page and SWITCH not in page


def test_one_comes_from_ones_own_page(people, signed_in):
    (anna,) = people(1)
    assert f'href="{PAGE}"' in shown(signed_in(anna), "/me/")


def test_letters_are_among_what_one_takes_away(people):
    anna, bert = people(2)
    written(anna, bert)
    actions.want_mail(anna, False)
    tables = {each.key: each for each in everything_about(None, anna)}
    assert [row[0] for row in tables["letters"].rows] == [MONDAY] and tables["letters_by_mail"].rows == [(False,)]
