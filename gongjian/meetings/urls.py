"""Addresses of meetings, their series, topics, minutes, reports and papers."""

from django.urls import path

from . import views, views_meeting, views_minutes, views_topic

MEETING = "meetings/<id:meeting_id>/"
TOPIC = MEETING + "topics/<id:topic_id>/"

urlpatterns = [
    path("meetings/", views.meetings, name="meetings"),
    path("bodies/<id:body_id>/meetings/new/", views.series_new, name="series_new"),
    path("meetings/series/<id:series_id>/", views.series, name="series"),
    path("meetings/series/<id:series_id>.xlsx", views.series_export, name="series_export"),
    path("meetings/series/<id:series_id>/edit/", views.series_edit, name="series_edit"),
    path("meetings/series/<id:series_id>/move/", views.series_move, name="series_move"),
    path("meetings/series/<id:series_id>/members/", views.member_add, name="series_member_add"),
    path("meetings/series/<id:series_id>/members/<id:member_id>/end/", views.member_end, name="series_member_end"),
    path("meetings/series/<id:series_id>/call/", views.call, name="meeting_call"),
    path(MEETING, views_meeting.meeting, name="meeting"),
    path(MEETING + "edit/", views_meeting.edit, name="meeting_edit"),
    path(MEETING + "move/", views_meeting.move, name="meeting_move"),
    path(MEETING + "agenda/", views_meeting.agenda, name="meeting_agenda"),
    path(MEETING + "reports/<id:body_id>/", views_meeting.report, name="meeting_report"),
    path(MEETING + "agenda.docx", views_meeting.paper, {"what": "agenda", "form": "docx"}, name="agenda_docx"),
    path(MEETING + "agenda.pdf", views_meeting.paper, {"what": "agenda", "form": "pdf"}, name="agenda_pdf"),
    path(MEETING + "minutes.docx", views_meeting.paper, {"what": "minutes", "form": "docx"}, name="minutes_docx"),
    path(MEETING + "minutes.pdf", views_meeting.paper, {"what": "minutes", "form": "pdf"}, name="minutes_pdf"),
    path(MEETING + "attendance/", views_minutes.attendance, name="meeting_attendance"),
    path(MEETING + "minutes/", views_minutes.minutes, name="meeting_minutes"),
    path(MEETING + "decisions/new/", views_minutes.decision_new, name="decision_new"),
    path(MEETING + "decisions/<id:decision_id>/edit/", views_minutes.decision_edit, name="decision_edit"),
    path(MEETING + "decisions/<id:decision_id>/remove/", views_minutes.decision_remove, name="decision_remove"),
    path(MEETING + "topics/new/", views_topic.topic_new, name="topic_new"),
    path(TOPIC, views_topic.topic, name="topic"),
    path(TOPIC + "edit/", views_topic.topic_edit, name="topic_edit"),
    path(TOPIC + "sort/", views_topic.sort, name="topic_sort"),
    path(TOPIC + "minutes/", views_minutes.passage, name="topic_minutes"),
    path(TOPIC + "papers/", views_topic.paper_add, name="paper_add"),
    path(TOPIC + "papers/<id:paper_id>/", views_topic.paper, name="paper"),
    path(TOPIC + "papers/<id:paper_id>/remove/", views_topic.paper_remove, name="paper_remove"),
]
