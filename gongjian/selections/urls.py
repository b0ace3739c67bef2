"""Addresses of selections; the list, what stands and its files are open to everybody."""

from django.urls import path

from . import views

urlpatterns = [
    path("selections/", views.selections, name="selections"),
    path("selections/<id:selection_id>/", views.selection, name="selection"),
    path("selections/<id:selection_id>/move/", views.selection_move, name="selection_move"),
    path("selections/<id:selection_id>/propose/", views.selection_propose, name="selection_propose"),
    path("selections/<id:selection_id>/poll/", views.selection_poll, name="selection_poll"),
    path("selections/<id:selection_id>/decide/", views.selection_decide, name="selection_decide"),
    path("selections/<id:selection_id>/object/", views.selection_object, name="selection_object"),
    path("selections/<id:selection_id>/selection.json", views.selection_file, name="selection_file"),
    path("selections/<id:selection_id>/selection.zip", views.selection_bundle, name="selection_bundle"),
    path("selections/candidates/<id:candidate_id>/", views.candidate_move, name="candidate_move"),
    path("selections/objections/<id:dispute_id>/", views.selection_answer, name="selection_answer"),
    path("bodies/<id:body_id>/selections/new/", views.selection_new, name="selection_new"),
]
