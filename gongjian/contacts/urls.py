"""Addresses of contact points, their visits and problems, and of the calendar of checks."""

from django.urls import path

from . import views, views_demonstration, views_inspection, views_visit

urlpatterns = [
    path("contact-points/", views.contact_points, name="contact_points"),
    path("contact-points.xlsx", views.contact_points_export, name="contact_points_export"),
    path("contact-points/<id:contact_id>/", views.contact_point, name="contact_point"),
    path("contact-points/<id:contact_id>/edit/", views.contact_point_edit, name="contact_point_edit"),
    path("contact-points/<id:contact_id>/end/", views.contact_point_end, name="contact_point_end"),
    path("contact-points/<id:contact_id>/hand-on/", views.contact_point_hand_on, name="contact_point_hand_on"),
    path("contact-points/<id:contact_id>/take-out/", views.contact_point_take_out, name="contact_point_take_out"),
    path("contact-points/<id:contact_id>/visits/new/", views_visit.visit_new, name="visit_new"),
    path("contact-points/visits/<id:visit_id>/", views_visit.visit_edit, name="visit_edit"),
    path("contact-points/visits/<id:visit_id>/take-back/", views_visit.visit_take_back, name="visit_take_back"),
    path("contact-points/problems/<id:problem_id>/", views_visit.problem, name="problem"),
    path("contact-points/problems/<id:problem_id>/move/", views_visit.problem_move, name="problem_move"),
    path("contact-points/problems/<id:problem_id>/take-on/", views_visit.problem_take_on, name="problem_take_on"),
    path(
        "contact-points/<id:contact_id>/demonstration/",
        views_demonstration.demonstration_new,
        name="demonstration_new",
    ),
    path(
        "contact-points/demonstrations/<id:demonstration_id>/recheck/",
        views_demonstration.demonstration_recheck,
        name="demonstration_recheck",
    ),
    path(
        "contact-points/demonstrations/<id:demonstration_id>/paper/",
        views_demonstration.demonstration_paper,
        name="demonstration_paper",
    ),
    path("bodies/<id:body_id>/contact-points/", views.body_contact_points, name="body_contact_points"),
    path("bodies/<id:body_id>/contact-points/new/", views.contact_point_new, name="contact_point_new"),
    path("inspections/", views_inspection.inspections, name="inspections"),
    path("inspections.xlsx", views_inspection.inspections_export, name="inspections_export"),
    path("inspections/<id:inspection_id>/", views_inspection.inspection, name="inspection"),
    path("inspections/<id:inspection_id>/stops/", views_inspection.inspection_stop, name="inspection_stop"),
    path("inspections/<id:inspection_id>/decide/", views_inspection.inspection_decide, name="inspection_decide"),
    path("inspections/<id:inspection_id>/call-off/", views_inspection.inspection_call_off, name="inspection_call_off"),
    path("inspections/stops/<id:stop_id>/change/", views_inspection.stop_change, name="stop_change"),
    path("inspections/together/", views_inspection.inspections_together, name="inspections_together"),
    path("inspections/together/merge/", views_inspection.inspections_merge, name="inspections_merge"),
    path("bodies/<id:body_id>/inspections/", views_inspection.body_inspections, name="body_inspections"),
    path("bodies/<id:body_id>/inspections/new/", views_inspection.inspection_new, name="inspection_new"),
]
