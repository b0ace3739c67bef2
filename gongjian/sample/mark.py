"""Says on each request whether this database holds the sample city."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .models import SampleMark


def is_sample_city() -> bool:
    return SampleMark.objects.exists()


class SampleMarkMiddleware:
    """Sets `request.sample_city`, which puts the ribbon on every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.sample_city = is_sample_city()  # type: ignore[attr-defined]
        return self.get_response(request)
