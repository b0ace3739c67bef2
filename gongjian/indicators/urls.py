"""Addresses of figures, readings and the records behind them."""

from django.urls import path

from . import views, views_ledger, views_public, views_spread, views_target

urlpatterns = [
    path("figures/", views_public.public_figures, name="public_figures"),
    path("figures.xlsx", views_public.public_figures_export, name="public_figures_export"),
    path("figures/<slug:key>/", views_public.public_figure, name="public_figure"),
    path("units/<id:unit_id>/indicators/", views.place, name="place_indicators"),
    path("units/<id:unit_id>/indicators.xlsx", views.place_export, name="place_indicators_export"),
    path("indicators/<slug:key>/", views.indicator, name="indicator"),
    path("indicators/<slug:key>.xlsx", views.indicator_export, name="indicator_export"),
    path("indicators/<slug:key>/target/", views_target.target, name="target"),
    path("indicators/<slug:key>/target/end/", views_target.target_end, name="target_end"),
    path("indicators/<slug:key>/records/", views.records, name="indicator_records"),
    path("indicators/<slug:key>/records.xlsx", views.records_export, name="indicator_records_export"),
    path("indicators/<slug:key>/leave-out/", views_ledger.leave_out, name="indicator_leave_out"),
    path("indicators/<slug:key>/count-again/", views_ledger.count_again, name="indicator_count_again"),
    path("indicators/<slug:key>/spread/", views_spread.spread, name="indicator_spread"),
    path("indicators/<slug:key>/spread.xlsx", views_spread.spread_export, name="indicator_spread_export"),
]
