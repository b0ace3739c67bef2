"""The addresses of the whole site."""

from django.conf import settings
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

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
    path("", include("gongjian.deeds.urls")),
    path("", include("gongjian.selections.urls")),
    path("", include("gongjian.telling.urls")),
    path("", include("gongjian.agreements.urls")),
    path("", include("gongjian.appraisal.urls")),
    path("", include("gongjian.reviews.urls")),
    path("", include("gongjian.honours.urls")),
    path("account/", include("gongjian.accounts.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    # For pages that are kept for everybody: a token of one visitor cannot stand in them.
    path("i18n/openly/", csrf_exempt(set_language), name="set_language_openly"),
    path("api/v1/", api.urls),
]

if settings.PERSONA_DOORS:
    urlpatterns.append(path("sample/", include("gongjian.sample.urls")))

handler400 = "gongjian.ui.errors.bad_request"
