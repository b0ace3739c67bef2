"""Addresses of gaps and suggestions."""

from django.urls import path

from . import views

urlpatterns = [
    path("indicators/<slug:key>/gaps/", views.listed, name="indicator_gaps"),
    path("indicators/<slug:key>/gaps.xlsx", views.export, name="indicator_gaps_export"),
    path("gaps/suggestions/<id:suggestion_id>/", views.suggestion, name="gap_suggestion"),
    path("gaps/suggestions/<id:suggestion_id>/accept/", views.accept, name="gap_accept"),
    path("gaps/suggestions/<id:suggestion_id>/set-aside/", views.set_aside, name="gap_set_aside"),
    path("gaps/suggestions/<id:suggestion_id>/take-back/", views.take_back, name="gap_take_back"),
]
