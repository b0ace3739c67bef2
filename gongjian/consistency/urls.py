"""Addresses of what does not agree."""

from django.urls import path

from gongjian.ui import converters

from . import views

assert converters  # <id:…> is known from here on

urlpatterns = [
    path("units/<id:unit_id>/consistency/", views.place, name="place_consistency"),
    path("units/<id:unit_id>/consistency.xlsx", views.place_export, name="place_consistency_export"),
    path("consistency/<slug:key>/", views.check, name="consistency_check"),
    path("consistency/<slug:key>.xlsx", views.check_export, name="consistency_check_export"),
    path("doubts/<id:doubt_id>/set-aside/", views.set_aside, name="doubt_set_aside"),
    path("doubts/set-aside/<id:aside_id>/end/", views.take_back, name="doubt_take_back"),
]
