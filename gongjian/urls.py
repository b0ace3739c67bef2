"""The addresses of the whole site."""

from django.conf import settings
from django.urls import include, path

from .api import api

urlpatterns = [
    path("", include("gongjian.desk.urls")),
    path("", include("gongjian.register.urls")),
    path("", include("gongjian.asks.urls")),
    path("", include("gongjian.indicators.urls")),
    path("", include("gongjian.consistency.urls")),
    path("", include("gongjian.gaps.urls")),
    path("", include("gongjian.notices.urls")),
    path("", include("gongjian.ballots.urls")),
    path("", include("gongjian.programme.urls")),
    path("", include("gongjian.activities.urls")),
    path("", include("gongjian.contacts.urls")),
    path("", include("gongjian.meetings.urls")),
    path("", include("gongjian.pledges.urls")),
    path("account/", include("gongjian.accounts.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
]

if settings.PERSONA_DOORS:
    urlpatterns.append(path("sample/", include("gongjian.sample.urls")))

handler400 = "gongjian.ui.errors.bad_request"
