"""Addresses of deeds; recommending, the list and what is shown are open to everybody."""

from django.urls import path

from . import views, views_deed

urlpatterns = [
    path("deeds/", views.deeds, name="deeds"),
    path("deeds/recommend/", views.deeds_recommend, name="deeds_recommend"),
    path("deeds/waiting/", views.deeds_waiting, name="deeds_waiting"),
    path("deeds/told/<slug:ref>/", views.deed_ref, name="deed_ref"),
    path("deeds/<id:deed_id>/", views_deed.deed, name="deed"),
    path("deeds/<id:deed_id>/move/", views_deed.deed_move, name="deed_move"),
    path("deeds/<id:deed_id>/comment/", views_deed.deed_comment, name="deed_comment"),
    path("deeds/comments/<id:comment_id>/", views_deed.comment_move, name="comment_move"),
    path("bodies/<id:body_id>/deeds/new/", views.deed_new, name="deed_new"),
]
