"""Addresses of events, contests, good practice and the publicity plan."""

from django.urls import path

from . import views, views_contests, views_events

EVENT, CONTEST = "events/<id:event_id>/", "contests/<id:contest_id>/"
PRACTICE, PUBLICITY = "practices/<id:practice_id>/", "publicity/<id:publicity_id>/"

urlpatterns = [
    path("events/", views_events.events_page, name="events"),
    path("events.xlsx", views_events.events_export, name="events_export"),
    path("events/new/", views_events.event_new, name="event_new"),
    path(EVENT, views_events.event, name="event"),
    path(f"{EVENT}edit/", views_events.event_edit, name="event_edit"),
    path(f"{EVENT}move/", views_events.event_move, name="event_move"),
    path(f"{EVENT}lead/", views_events.event_lead, name="event_lead"),
    path(f"{EVENT}sign-up/", views_events.event_sign_up, name="event_sign_up"),
    path(f"{EVENT}sum-up/", views_events.event_sum_up, name="event_sum_up"),
    path("contests/", views_contests.contests_page, name="contests"),
    path("contests.xlsx", views_contests.contests_export, name="contests_export"),
    path("contests/new/", views_contests.contest_new, name="contest_new"),
    path(CONTEST, views_contests.contest, name="contest"),
    path("contests/<id:contest_id>.xlsx", views_contests.contest_export, name="contest_export"),
    path(f"{CONTEST}edit/", views_contests.contest_edit, name="contest_edit"),
    path(f"{CONTEST}move/", views_contests.contest_move, name="contest_move"),
    path(f"{CONTEST}lead/", views_contests.contest_lead, name="contest_lead"),
    path(f"{CONTEST}enter/", views_contests.contest_enter, name="contest_enter"),
    path(f"{CONTEST}<id:entrant_id>/withdraw/", views_contests.entrant_withdraw, name="entrant_withdraw"),
    path(f"{CONTEST}<id:entrant_id>/results/", views_contests.entrant_results, name="entrant_results"),
    path("practices/", views.practices_page, name="practices"),
    path("practices.xlsx", views.practices_export, name="practices_export"),
    path("practices/new/", views.practice_new, name="practice_new"),
    path(PRACTICE, views.practice, name="practice"),
    path(f"{PRACTICE}edit/", views.practice_edit, name="practice_edit"),
    path(f"{PRACTICE}move/", views.practice_move, name="practice_move"),
    path(f"{PRACTICE}take-up/", views.practice_take_up, name="practice_take_up"),
    path(f"{PRACTICE}<id:uptake_id>/", views.uptake_tell, name="uptake_tell"),
    path("publicity/", views.publicity_page, name="publicity"),
    path("publicity.xlsx", views.publicity_export, name="publicity_export"),
    path("publicity/new/", views.publicity_new, name="publicity_new"),
    path(PUBLICITY, views.publicity_item, name="publicity_item"),
    path(f"{PUBLICITY}edit/", views.publicity_edit, name="publicity_edit"),
    path(f"{PUBLICITY}move/", views.publicity_move, name="publicity_move"),
]
