"""Addresses of the sample city's doors."""

from django.urls import path

from . import views

app_name = "sample"
urlpatterns = [path("enter/<slug:key>/", views.enter, name="enter")]
