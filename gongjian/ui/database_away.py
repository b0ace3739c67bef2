"""When the database is away: a 503 that says so and when to try again, never a traceback."""

import sys
from collections.abc import Callable

from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from gongjian.ui.errors import is_api, problem

RETRY_SECONDS = 15
# Shut down, crashed, starting up, no connection left, and the class of connection failures (08). A lock
# timeout, a cancelled statement or a deadlock is not the database being away. (PostgreSQL manual, appendix A)
AWAY_STATES = ("08", "57P01", "57P02", "57P03", "57P05", "53300")


def is_away(exception: BaseException | None) -> bool:
    """True if the error means that the connection is gone or could not be made."""
    if isinstance(exception, InterfaceError):
        return True
    if not isinstance(exception, OperationalError):
        return False
    state = getattr(exception.__cause__, "sqlstate", None)
    return state is None or state.startswith(AWAY_STATES)


def away_response(request: HttpRequest) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        if is_api(request):
            answer: HttpResponse = problem(503, _("The database is away"), _("Try again in a minute."))
        else:
            is_reading = request.method in {"GET", "HEAD"}
            page = render_to_string("ui/database_away.html", {"retry_seconds": RETRY_SECONDS if is_reading else None})
            answer = HttpResponse(page, status=503)
    answer["Retry-After"] = str(RETRY_SECONDS)
    answer["Cache-Control"] = "no-store"
    return answer


class DatabaseAwayMiddleware:
    """Stands outside everything that reads the database.

    A view's failure arrives at `process_exception`. A failure in another middleware has become a 500 by the
    time it comes back here; the signal leaves a mark on the request, and the 500 is replaced.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 500 and getattr(request, "database_was_away", False):
            return away_response(request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return away_response(request) if is_away(exception) else None


def mark_request(sender: object, request: HttpRequest | None = None, **kwargs: object) -> None:
    if request is not None and is_away(sys.exc_info()[1]):
        request.database_was_away = True  # type: ignore[attr-defined]


got_request_exception.connect(mark_request, dispatch_uid="gongjian.ui.database_away")
