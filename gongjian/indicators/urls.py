"""Addresses of figures, readings and the records behind them."""

from django.urls import path

from . import target_views, views

urlpatterns = [
    path("units/<id:unit_id>/indicators/", views.place, name="place_indicators"),
    path("units/<id:unit_id>/indicators.xlsx", views.place_export, name="place_indicators_export"),
    path("indicators/<slug:key>/", views.indicator, name="indicator"),
    path("indicators/<slug:key>.xlsx", views.indicator_export, name="indicator_export"),
    path("indicators/<slug:key>/target/", target_views.target, name="target"),
    path("indicators/<slug:key>/target/end/", target_views.target_end, name="target_end"),
    path("indicators/<slug:key>/records/", views.records, name="indicator_records"),
    path("indicators/<slug:key>/records.xlsx", views.records_export, name="indicator_records_export"),
]
