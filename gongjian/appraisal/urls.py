"""Addresses of appraisal: rounds, schemes, cases, boxes; and the vote with a code."""

from django.urls import path

from . import views, views_box, views_case, views_cases

ROUND = "appraisal/rounds/<id:round_id>/"
CASE = "appraisal/cases/<id:case_id>/"
BOX = "appraisal/boxes/<id:box_id>/"

urlpatterns = [
    path("appraisal/", views.appraisals, name="appraisals"),
    path("appraisal/schemes/", views.schemes, name="appraisal_schemes"),
    path("appraisal/schemes/<slug:key>/", views.scheme, name="appraisal_scheme"),
    path("appraisal/vote/", views_box.vote, name="appraisal_vote"),
    path("bodies/<id:body_id>/appraisal/new/", views.round_new, name="appraisal_new"),
    path(ROUND, views.round, name="appraisal_round"),
    path(ROUND + "move/", views.round_move, name="appraisal_move"),
    path(ROUND + "mine/", views.mine, name="appraisal_mine"),
    path(ROUND + "cases/", views_cases.cases, name="appraisal_cases"),
    path(ROUND + "leave-out/", views_cases.leave_out, name="appraisal_leave_out"),
    path(ROUND + "grades/", views_cases.grades, name="appraisal_grades"),
    path(ROUND + "grades.xlsx", views_cases.grades_export, name="appraisal_grades_export"),
    path(ROUND + "grades.pdf", views_cases.grades_pdf, name="appraisal_grades_pdf"),
    path(ROUND + "calculation.json", views_cases.round_calculation, name="appraisal_round_taken"),
    path(CASE, views_case.case, name="appraisal_case"),
    path(CASE + "score/<slug:what>/", views_case.score, name="appraisal_score"),
    path(CASE + "beside/<id:body_id>/", views_case.beside, name="appraisal_beside"),
    path(CASE + "marks/", views_case.mark, name="appraisal_mark"),
    path("appraisal/marks/<id:mark_id>/", views_case.mark_move, name="appraisal_mark_move"),
    path(CASE + "take-in/", views_case.take_in, name="appraisal_take_in"),
    path(CASE + "calculation/", views_case.calculation, name="appraisal_calculation"),
    path(CASE + "calculation.json", views_case.calculation_taken, name="appraisal_calculation_taken"),
    path(CASE + "object/", views_case.object_to, name="appraisal_object"),
    path("appraisal/objections/<id:objection_id>/", views_case.answer, name="appraisal_answer"),
    path(CASE + "boxes/<slug:what>/", views_box.box_open, name="appraisal_box_open"),
    path(BOX, views_box.box, name="appraisal_box"),
    path(BOX + "codes/", views_box.box_codes, name="appraisal_box_codes"),
    path(BOX + "count/", views_box.box_count, name="appraisal_box_count"),
    path(BOX + "close/", views_box.box_close, name="appraisal_box_close"),
]
