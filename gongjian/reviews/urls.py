"""Addresses of years, reviews and grades."""

from django.urls import path

from . import views, views_grade

YEAR = "reviews/years/<id:opening_id>/"
ONE = "reviews/<id:review_id>/"
GRADE = "reviews/grades/<id:grade_id>/"

urlpatterns = [
    path("reviews/", views.reviews, name="reviews"),
    path("bodies/<id:body_id>/reviews/new/", views.review_new, name="review_new"),
    path(YEAR, views.review_year, name="review_year"),
    path(f"{YEAR}own/", views.review_own, name="review_own"),
    path(ONE, views.review, name="review"),
    path(f"{ONE}meeting/", views.meeting, name="review_meeting"),
    path(f"{ONE}ballots/", views.ballots, name="review_ballots"),
    path(f"{ONE}grades/", views.grades, name="review_grades"),
    path(f"{ONE}move/", views.review_move, name="review_move"),
    path("reviews/<id:review_id>.docx", views.review_docx, name="review_docx"),
    path(GRADE, views_grade.mine, name="review_mine"),
    path(f"{GRADE}say/", views_grade.say, name="review_say"),
    path(f"{GRADE}told/", views_grade.told, name="review_told"),
    path(f"{GRADE}object/", views_grade.object_to, name="review_object"),
    path(f"{GRADE}answer/", views_grade.answer, name="review_answer"),
]
