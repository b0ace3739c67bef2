"""Addresses of the programme, of plans and of their items."""

from django.urls import path

from . import views, views_item, views_plan

urlpatterns = [
    path("programme/", views.programme, name="programme"),
    path("programme/tiers/<slug:tier_key>/", views.tier, name="tier"),
    path("programme/tiers/<slug:tier_key>.xlsx", views.tier_export, name="tier_export"),
    path("programme/tiers/<slug:tier_key>/enter/", views.tier_enter, name="tier_enter"),
    path("programme/tiers/<slug:tier_key>/<id:entry_id>/take-out/", views.tier_take_out, name="tier_take_out"),
    path("plans/", views_plan.plans, name="plans"),
    path("plans.xlsx", views_plan.plans_export, name="plans_export"),
    path("plans/<id:plan_id>/", views_plan.plan, name="plan"),
    path("plans/<id:plan_id>.xlsx", views_plan.plan_export, name="plan_export"),
    path("plans/<id:plan_id>/edit/", views_plan.plan_edit, name="plan_edit"),
    path("plans/<id:plan_id>/move/", views_plan.plan_move, name="plan_move"),
    path("plans/<id:plan_id>/take-down/", views_plan.take_down, name="plan_take_down"),
    path("plans/<id:plan_id>/items/new/", views_item.item_new, name="plan_item_new"),
    path("plans/<id:plan_id>/items/<id:item_id>/", views_item.item, name="plan_item"),
    path("plans/<id:plan_id>/items/<id:item_id>/edit/", views_item.item_edit, name="plan_item_edit"),
    path("plans/<id:plan_id>/items/<id:item_id>/move/", views_item.item_move, name="plan_item_move"),
    path("plans/<id:plan_id>/items/<id:item_id>/late/", views_item.item_late, name="plan_item_late"),
    path("plans/<id:plan_id>/items/<id:item_id>/owner/", views_item.item_owner, name="plan_item_owner"),
    path("plans/<id:plan_id>/items/<id:item_id>/remove/", views_item.item_remove, name="plan_item_remove"),
    path("bodies/<id:body_id>/plan/", views_plan.body_plan, name="body_plan"),
    path("bodies/<id:body_id>/plan/new/", views_plan.plan_new, name="plan_new"),
]
