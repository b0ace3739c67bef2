"""Addresses of asks: the inbox and one ask, what is sent, and what units are asked for."""

from django.urls import path

from . import views, views_burden, views_sending

urlpatterns = [
    path("asks/", views.inbox, name="inbox"),
    path("asks/<id:ask_id>/", views.one, name="ask"),
    path("asks/<id:ask_id>/answer/", views.answer, name="ask_answer"),
    path("asks/<id:ask_id>/decline/", views.decline, name="ask_decline"),
    path("asks/<id:ask_id>/hand-over/", views.hand_over, name="ask_hand_over"),
    path("asks/<id:ask_id>/take-back/", views.take_back, name="ask_take_back"),
    path("asks/answers/<id:answer_id>/file/", views.file, name="ask_file"),
    path("asks/sent/", views_sending.sent, name="sendings"),
    path("asks/new/", views_sending.new, name="sending_new"),
    path("asks/sent/<id:sending_id>/", views_sending.one, name="sending"),
    path("asks/sent/<id:sending_id>/edit/", views_sending.edit, name="sending_edit"),
    path("asks/sent/<id:sending_id>/to/", views_sending.to, name="sending_to"),
    path("asks/sent/<id:sending_id>/look/", views_sending.look, name="sending_look"),
    path("asks/sent/<id:sending_id>/do/", views_sending.do, name="sending_do"),
    path("asks/sent/<id:sending_id>/consent/", views_sending.consent, name="sending_consent"),
    path("asks/sent/<id:sending_id>/withdraw/", views_sending.withdraw, name="sending_withdraw"),
    path("asks/sent/<id:sending_id>/answers.xlsx", views_sending.export, name="sending_export"),
    path("asks/<id:ask_id>/return/", views_sending.return_, name="ask_return"),
    path("units/<id:unit_id>/burden/", views_burden.of_a_unit, name="burden"),
    path("units/<id:unit_id>/burden.xlsx", views_burden.export, name="burden_export"),
]
