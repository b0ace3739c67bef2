"""The site's addresses with the doors of the sample city."""

from django.urls import include, path

from gongjian.urls import urlpatterns as site

urlpatterns = [*site, path("sample/", include("gongjian.sample.urls"))]
