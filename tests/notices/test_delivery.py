"""Sending letters: to whom, what they say, what happens when the server does not take one."""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from email.message import EmailMessage
from unittest.mock import patch

import pytest

from gongjian.notices import actions, delivery
from gongjian.notices.models import Letter
from gongjian.notices.tasks import deliver

from .conftest import NOW, written
from .mail_server import serving


def deliver_all(now=NOW) -> int:
    delivery.keep_out_of_reach()
    batches = 0
    while delivery.deliver_batch(now):
        batches += 1
    return batches


def states() -> dict[str, str]:
    return dict(Letter.objects.values_list("account__username", "state"))


def test_a_letter_says_what_was_written_and_where_to_switch_it_off(people, mailing, settings):
    settings.SITE = "https://gongjian.example.cn"
    anna, bert = people(2)
    written(anna)
    written(bert, language="en", subject="Three things to do", body="The first\n\n.The second\n")
    deliver_all()
    to_anna, to_bert = mailing.taken
    assert (to_anna.to, to_bert.to) == ("who0@example.cn", "who1@example.cn")
    assert to_anna.message["Subject"] == "今日要办 3 件" and to_anna.message["To"] == "who0@example.cn"
    assert to_anna.message["List-Unsubscribe"] == "<https://gongjian.example.cn/me/letters/>"
    assert to_anna.message["Auto-Submitted"] == "auto-generated"
    assert [each.id for each in mailing.taken] == list(
        Letter.objects.order_by("id").values_list("message_id", flat=True)
    )
    chinese, english = (each.message.get_content().splitlines() for each in mailing.taken)
    assert chinese[:4] == ["第一件", "第二件", "", "-- "]
    assert english == [
        "The first",
        "",
        ".The second",
        "",
        "-- ",
        "You can switch off letters by mail here; they stay on your page then: https://gongjian.example.cn/me/letters/",
    ]
    assert chinese[4].endswith("https://gongjian.example.cn/me/letters/") and chinese[4] != english[5]


def test_each_batch_has_one_connection_and_is_marked(people, mailing, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 4)
    written(*people(10))
    assert deliver_all() == 3
    assert mailing.connections == 3 and sorted(mailing.times().values()) == [1] * 10
    assert set(Letter.objects.values_list("state", "tries", "sent_at")) == {("sent", 0, NOW)}
    assert deliver_all() == 0 and len(mailing.taken) == 10


@pytest.mark.parametrize("number", [1, 3])
def test_a_batch_takes_as_many_queries_for_three_as_for_one(people, mailing, django_assert_num_queries, number):
    written(*people(number))
    with django_assert_num_queries(2 + 2):  # claimed and marked, in a savepoint
        delivery.deliver_batch(NOW)


def test_without_an_address_or_switched_off_or_closed_a_letter_stays_on_the_page(people, mailing):
    anna, bert, carl, dora = people(4)
    anna.email, carl.is_active = "", False
    anna.save()
    carl.save()
    actions.want_mail(bert, False)
    actions.want_mail(dora, True)
    written(anna, bert, carl, dora)
    deliver_all()
    assert [each.to for each in mailing.taken] == [dora.email]
    assert states() == {"who0": "kept", "who1": "kept", "who2": "kept", "who3": "sent"}
    anna.email = "anna@example.cn"
    anna.save()
    actions.want_mail(bert, True)
    deliver_all(NOW + timedelta(days=1))
    assert len(mailing.taken) == 1  # what was kept is not sent later


def test_switched_off_between_the_two_steps_is_not_sent(people, mailing):
    (anna,) = people(1)
    written(anna)
    delivery.keep_out_of_reach()
    actions.want_mail(anna, False)
    assert delivery.deliver_batch(NOW) == 0 and mailing.taken == []


def test_a_site_that_sends_no_mail_keeps_all_letters_on_their_pages(people, mailing, settings):
    settings.MAIL = ""
    written(*people(2))
    deliver_all()
    assert set(states().values()) == {"kept"} and mailing.connections == 0


def test_what_is_refused_for_good_fails_at_once_and_the_others_go(people, mailing, caplog):
    accounts = people(3)
    mailing.answers["who1@example.cn"] = "550 no such mailbox who1@example.cn"
    written(*accounts)
    deliver_all()
    assert states() == {"who0": "sent", "who1": "failed", "who2": "sent"} and mailing.connections == 1
    failed = Letter.objects.get(state="failed")
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        f"Letter {failed.pk} to account {accounts[1].pk} could not be sent: SMTPRecipientsRefused 550"
    ]


def test_what_is_refused_for_now_is_tried_again_with_growing_distance_and_then_failed(people, mailing, caplog):
    accounts = people(2)
    mailing.answers["who0@example.cn"] = "451 later"
    written(*accounts)
    now, waits = NOW, []
    for tries in range(1, delivery.MOST_TRIES):
        deliver_all(now)
        letter = Letter.objects.get(account=accounts[0])
        assert (letter.state, letter.tries) == ("written", tries)
        waits.append((letter.due_at - now).total_seconds() / 60)
        deliver_all(letter.due_at - timedelta(seconds=1))
        assert Letter.objects.get(account=accounts[0]).tries == tries
        now = letter.due_at
    assert waits == [1, 5, 25, 125, 625] and not caplog.records
    deliver_all(now)
    letter.refresh_from_db()
    assert (letter.state, letter.tries, letter.sent_at) == ("failed", 6, None)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    deliver_all(now + timedelta(days=9))
    assert states() == {"who0": "failed", "who1": "sent"} and len(mailing.taken) == 1


def test_while_the_server_is_away_all_wait_without_being_tried_one_by_one(
    people, mailing, settings, caplog, monkeypatch
):
    monkeypatch.setattr(delivery, "BATCH", 2)
    with serving() as gone:
        settings.EMAIL_PORT = gone.port
    written(*people(5))
    assert deliver_all() == 0
    minute = timedelta(minutes=1)
    assert set(Letter.objects.values_list("state", "tries", "due_at")) == {("written", 1, NOW + minute)}
    assert [record.getMessage() for record in caplog.records] == [
        "The mail server does not answer (ConnectionRefusedError); letters that wait: 5"
    ]
    settings.EMAIL_PORT = mailing.port
    deliver_all(NOW + minute)
    assert sorted(mailing.times().values()) == [1] * 5


def test_where_the_connection_breaks_only_the_letter_in_hand_was_tried(people, mailing):
    written(*people(4))
    mailing.answers["who1@example.cn"] = "hang up"
    assert deliver_all() == 2
    assert dict(Letter.objects.values_list("account__username", "tries")) == {
        "who0": 0,
        "who1": 1,
        "who2": 0,
        "who3": 0,
    }
    assert [each.to for each in mailing.taken] == ["who0@example.cn", "who2@example.cn", "who3@example.cn"]


def test_a_job_sends_so_many_batches_and_asks_for_another_one(people, mailing, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 2)
    monkeypatch.setattr("gongjian.notices.tasks.BATCHES", 2)
    written(*people(5))
    asked = []
    monkeypatch.setattr(deliver, "defer", lambda: asked.append(len(mailing.taken)))
    with patch("gongjian.notices.tasks.close_old_connections"):  # the test's own connection is not the worker's
        deliver()
        assert asked == [4]
        deliver()
    assert asked == [4] and len(mailing.taken) == 5


def test_the_server_of_the_tests_speaks_as_servers_do(server):
    message = EmailMessage()
    message["Message-ID"] = "<one@here>"
    message.set_content(".a line that begins with a dot\n")
    server.answers["no@example.cn"] = "550 no"
    with smtplib.SMTP("127.0.0.1", server.port) as talk:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            talk.send_message(message, "a@here", "no@example.cn")
        talk.send_message(message, "a@here", "yes@example.cn")
    assert [(each.to, each.id) for each in server.taken] == [("yes@example.cn", "<one@here>")]
    assert server.taken[0].message.get_content().splitlines() == [".a line that begins with a dot"]
