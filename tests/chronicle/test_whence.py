"""From where a deed comes: the id of a request, its address, and both in the log."""

import logging

import pytest
from django.test import RequestFactory

from gongjian.chronicle.whence import RequestInLog, address_of, coming_from, here


def test_every_answer_bears_an_id_of_ours(db, client):
    given = client.get("/", headers={"X-Request-ID": "from-outside"})["X-Request-ID"]
    assert len(given) == 16 and int(given, 16) >= 0
    assert client.get("/nowhere/")["X-Request-ID"] not in ("", given)


@pytest.mark.parametrize(
    "behind, seen, forwarded, address",
    [
        (False, "192.0.2.7", "", "192.0.2.7"),
        (False, "192.0.2.7", "198.51.100.1", "192.0.2.7"),
        (True, "127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (True, "127.0.0.1", "", "127.0.0.1"),
        (True, "127.0.0.1", "<script>", ""),
        (False, "2001:db8:0::1", "", "2001:db8::1"),
        (False, "unix:", "", ""),
    ],
)
def test_the_address_is_that_which_the_last_trusted_place_has_seen(settings, behind, seen, forwarded, address):
    settings.BEHIND_PROXY = behind
    more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert address_of(RequestFactory().get("/", REMOTE_ADDR=seen, **more)) == address


def test_lines_of_the_log_bear_the_id_of_the_request():
    line = logging.LogRecord("x", logging.ERROR, "x", 1, "x", (), None)
    with coming_from("192.0.2.7") as whence:
        assert RequestInLog().filter(line) and line.request_id == whence.request
    assert RequestInLog().filter(line) and line.request_id == "–"


def test_what_one_request_said_is_gone_after_it():
    with coming_from("192.0.2.7"):
        pass
    assert (here().address, here().request, here().office) == ("", "", "")
