import psycopg
import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.test import Client
from django.test.utils import override_settings

from gongjian.ui.database_away import is_away


def caused_by(cause: Exception) -> OperationalError:
    error = OperationalError("it failed")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("connection refused"),
        InterfaceError("connection already closed"),
        caused_by(psycopg.OperationalError("the connection is closed")),
        caused_by(psycopg.errors.AdminShutdown()),
        caused_by(psycopg.errors.CannotConnectNow()),
        caused_by(psycopg.errors.TooManyConnections()),
        caused_by(psycopg.errors.ConnectionFailure()),
    ],
)
def test_a_connection_that_is_gone_means_away(error: Exception) -> None:
    assert is_away(error)


@pytest.mark.parametrize(
    "error",
    [
        caused_by(psycopg.errors.QueryCanceled()),
        caused_by(psycopg.errors.DeadlockDetected()),
        caused_by(psycopg.errors.LockNotAvailable()),
        caused_by(psycopg.errors.DiskFull()),
        ProgrammingError("no such table"),
        ValueError("x"),
        None,
    ],
)
def test_other_troubles_of_the_database_are_not_away(error: Exception | None) -> None:
    assert not is_away(error)


def test_a_reader_is_told_when_the_page_tries_again(pages: Client) -> None:
    answer = pages.get("/lost/")
    assert (answer.status_code, answer["retry-after"], answer["cache-control"]) == (503, "15", "no-store")
    assert 'data-retry-seconds="15"' in answer.content.decode() and "ui/app.js" in answer.content.decode()


def test_a_form_is_not_sent_again_by_itself(pages: Client) -> None:
    answer = pages.post("/lost/", headers={"accept-language": "en"})
    assert answer.status_code == 503
    assert "data-retry" not in answer.content.decode()
    assert "may not have been saved" in answer.content.decode()


def test_the_api_answers_with_a_problem_document(pages: Client) -> None:
    answer = pages.get("/api/lost/", headers={"accept-language": "en"})
    assert (answer.status_code, answer["content-type"]) == (503, "application/problem+json")
    assert answer.json()["title"] == "The database is away"


class LosesTheDatabase:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        raise caused_by(psycopg.errors.AdminShutdown())


@pytest.mark.parametrize("debug", [True, False])
def test_a_middleware_that_meets_it_is_answered_the_same_way(pages: Client, settings, debug: bool) -> None:
    middleware = [*settings.MIDDLEWARE, "tests.ui.test_database_away.LosesTheDatabase"]
    with override_settings(MIDDLEWARE=middleware, DEBUG=debug):
        answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 503
    assert "Traceback" not in answer.content.decode()
