"""Addresses of rounds, tellings, comments and what is put right."""

from django.urls import path

from . import views, views_telling

ROUND = "tellings/rounds/<id:round_id>"
ONE = "tellings/<id:telling_id>/"

urlpatterns = [
    path("tellings/", views.tellings, name="tellings"),
    path("bodies/<id:body_id>/tellings/new/", views.round_new, name="telling_round_new"),
    path(f"{ROUND}/", views.telling_round, name="telling_round"),
    path(f"{ROUND}.xlsx", views.register_xlsx, name="telling_register_xlsx"),
    path(f"{ROUND}.docx", views.register_docx, name="telling_register_docx"),
    path(f"{ROUND}/move/", views.round_move, name="telling_round_move"),
    path(f"{ROUND}/own/", views.telling_own, name="telling_own"),
    path(f"{ROUND}/comment/", views.telling_to_comment, name="telling_to_comment"),
    path("tellings/of/<id:body_id>/", views_telling.board, name="telling_board"),
    path("tellings/mending/<id:mending_id>/", views_telling.mending_move, name="mending_move"),
    path(ONE, views_telling.telling, name="telling"),
    path(f"{ONE}tell/", views_telling.telling_tell, name="telling_tell"),
    path(f"{ONE}comment/", views_telling.telling_comment, name="telling_comment"),
    path(f"{ONE}publish/", views_telling.telling_publish, name="telling_publish"),
    path(f"{ONE}members/", views_telling.telling_members, name="telling_members"),
    path(f"{ONE}register.docx", views_telling.telling_docx, name="telling_docx"),
]
