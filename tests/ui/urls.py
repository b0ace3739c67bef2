"""A few pages that show the frame and its parts, for the tests of this folder."""

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path

from gongjian.ui.errors import bad_request


def frame(request: HttpRequest) -> HttpResponse:
    return render(
        request, "ui/base.html", {"trail": [("绍兴市", "/units/1/"), ("上下文村", None)], "walk": "territory"}
    )


def day(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"day": request.day, "past": request.is_past, "future": request.is_future})  # type: ignore[attr-defined]


def refuse(request: HttpRequest) -> HttpResponse:
    raise BadRequest("This is why.")


def forbid(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def lose_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError("the connection is closed")


def break_down(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a slip of ours")


handler400 = bad_request

urlpatterns = [
    path("", frame, name="home"),
    path("mine/", frame, name="mine"),
    path("search/", frame, name="search"),
    path("territory/", frame, name="walk_territory"),
    path("line/", frame, name="walk_line"),
    path("leadership/", frame, name="walk_lead"),
    path("units/", frame, name="units"),
    path("units/<int:unit_id>/", frame, name="unit"),
    path("account/", frame, name="account"),
    path("account/sign-in/", frame, name="account_login"),
    path("account/sign-out/", frame, name="account_logout"),
    path("day/", day),
    path("api/day/", day),
    path("refuse/", refuse),
    path("forbid/", forbid),
    path("lost/", lose_database),
    path("api/lost/", lose_database),
    path("broken/", break_down),
    path("i18n/", include("django.conf.urls.i18n")),
]
