"""Refusals as a page or, under /api/, as a problem document (RFC 9457): what is wrong and what to do."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def problem(status: int, title: str, detail: str) -> JsonResponse:
    return JsonResponse(
        {"type": "about:blank", "title": title, "status": status, "detail": detail},
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400. BadRequest carries a sentence for the reader; what other exceptions say is not shown."""
    title = _("This address or form cannot be read")
    sentence = str(exception) if isinstance(exception, BadRequest) else ""
    detail = sentence or _("Something in it has the wrong form. Go back, look at it again, and retry.")
    if is_api(request):
        return problem(400, title, detail)
    return HttpResponse(render_to_string("ui/refused.html", {"title": title, "detail": detail}, request), status=400)
