"""Addresses of honours: the catalogue, calls, applications, reviews, opinions, the register, nurturing."""

from django.urls import path

from . import views, views_application, views_award, views_earlier, views_nurturing

CALL = "honours/calls/<id:call_id>/"
APPLICATION = "honours/applications/<id:application_id>/"
AWARD = "honours/awards/<id:award_id>/"

urlpatterns = [
    path("honours/", views.honours, name="honours"),
    path("honours/catalogue/", views.catalogue, name="honour_catalogue"),
    path("honours/catalogue/<slug:key>/", views.honour, name="honour"),
    path("bodies/<id:body_id>/honours/new/", views.call_new, name="honour_call_new"),
    path(CALL, views.call, name="honour_call"),
    path(CALL + "move/", views.call_move, name="honour_call_move"),
    path(CALL + "mend/", views.call_mend, name="honour_call_mend"),
    path(CALL + "reviewers/", views.reviewer_new, name="honour_reviewer_new"),
    path("honours/reviewers/<id:reviewer_id>/drop/", views.reviewer_drop, name="honour_reviewer_drop"),
    path(CALL + "award/", views.award, name="honour_call_award"),
    path(CALL + "apply/<id:body_id>/", views_application.apply, name="honour_apply"),
    path(CALL + "reviewing/", views_application.reviewing_list, name="honour_reviewing"),
    path(CALL + "opinions/", views_application.opinions_list, name="honour_opinions"),
    path("honours/reviewers/<id:reviewer_id>/<id:application_id>/", views_application.review, name="honour_review"),
    path("honours/opinions/<id:opinion_id>/", views_application.opinion, name="honour_opinion"),
    path(APPLICATION, views_application.application, name="honour_application"),
    path(APPLICATION + "write/", views_application.write, name="honour_write"),
    path(APPLICATION + "move/", views_application.application_move, name="honour_application_move"),
    path(APPLICATION + "object/", views_application.object_to, name="honour_object"),
    path("honours/objections/<id:objection_id>/", views_application.objection_answer, name="honour_answer"),
    path("honours/awards/", views_award.awards, name="honour_awards"),
    path("honours/awards.xlsx", views_award.awards_export, name="honour_awards_export"),
    path("honours/due/", views_award.due, name="honours_due"),
    path(AWARD, views_award.award, name="honour_award"),
    path(AWARD + "move/", views_award.award_move, name="honour_award_move"),
    path(AWARD + "name/", views_award.award_name, name="honour_award_name"),
    path(AWARD + "certificate.pdf", views_award.certificate, name="honour_certificate"),
    path(AWARD + "paper/", views_award.award_paper, name="honour_award_paper"),
    path("units/<id:unit_id>/honours/", views_award.unit_honours, name="unit_honours"),
    path("bodies/<id:body_id>/honours/", views_award.body_honours, name="body_honours"),
    path("bodies/<id:body_id>/honours/earlier/", views_earlier.earlier_new, name="honour_earlier_new"),
    path("honours/earlier/<id:file_id>/", views_earlier.earlier_file, name="honour_earlier"),
    path("honours/earlier/<id:file_id>/move/", views_earlier.earlier_move, name="honour_earlier_move"),
    path("honours/nurturing/", views_nurturing.nurturings, name="honour_nurturings"),
    path("bodies/<id:body_id>/nurturing/new/", views_nurturing.nurturing_new, name="honour_nurturing_new"),
    path("honours/nurturing/<id:nurturing_id>/", views_nurturing.nurturing, name="honour_nurturing"),
    path("honours/nurturing/<id:nurturing_id>/move/", views_nurturing.nurturing_move, name="honour_nurturing_move"),
]
