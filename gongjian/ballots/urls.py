"""Addresses of polls: for whoever keeps them, for whoever votes, and for everybody."""

from django.urls import path

from . import intake, views, views_bursts, views_count, views_public, views_roll, views_vote

POLL = "ballots/<id:poll_id>/"
VOTE = "vote/<slug:ref>/"
OPEN = "polls/<slug:ref>/"

urlpatterns = [
    path("ballots/", views.polls, name="polls"),
    path("bodies/<id:body_id>/ballots/new/", views.poll_new, name="poll_new"),
    path(POLL, views.poll, name="poll"),
    path(POLL + "edit/", views.poll_edit, name="poll_edit"),
    path(POLL + "groups/new/", views.group_new, name="poll_group_new"),
    path(POLL + "groups/<slug:group>/", views.group_edit, name="poll_group"),
    path(POLL + "groups/<slug:group>/remove/", views.group_remove, name="poll_group_remove"),
    path(POLL + "key/", views.key, name="poll_key"),
    path(POLL + "observers/", views.observer_add, name="poll_observer_add"),
    path(POLL + "observers/<id:observer_id>/remove/", views.observer_remove, name="poll_observer_remove"),
    path(POLL + "ready/", views.make_ready, name="poll_ready"),
    path(POLL + "call-off/", views.call_off, name="poll_call_off"),
    path(POLL + "withdraw/<slug:group>/<slug:candidate>/", views.withdraw, name="poll_withdraw"),
    path(POLL + "roll/", views_roll.roll_page, name="poll_roll"),
    path(POLL + "roll/draw-up/", views_roll.draw_up, name="poll_roll_draw_up"),
    path(POLL + "roll/clear/", views_roll.clear, name="poll_roll_clear"),
    path(POLL + "roll/put-on/<id:person_id>/", views_roll.put_on, name="poll_roll_put_on"),
    path(POLL + "roll/take-off/<id:voter_id>/", views_roll.take_off, name="poll_roll_take_off"),
    path(POLL + "codes/", views_roll.codes_page, name="poll_codes"),
    path(POLL + "codes/<id:voter_id>/replace/", views_roll.code_replace, name="poll_code_replace"),
    path(POLL + "paper/", views_roll.desk, name="poll_paper"),
    path(POLL + "paper/give/<id:voter_id>/", views_roll.paper_give, name="poll_paper_give"),
    path(POLL + "paper/<id:sheet_id>/", views_roll.paper_type, name="poll_paper_type"),
    path(POLL + "paper/<id:sheet_id>/take-back/", views_roll.paper_take_back, name="poll_paper_take_back"),
    path(POLL + "set-aside/<id:voter_id>/", views_roll.aside_propose, name="poll_aside"),
    path("ballots/set-aside/<id:case_id>/", views_roll.aside, name="aside"),
    path("ballots/set-aside/<id:case_id>/answer/", views_roll.aside_answer, name="aside_answer"),
    path("ballots/set-aside/<id:case_id>/object/", views_roll.aside_object, name="aside_object"),
    path("ballots/set-aside/<id:case_id>/decide/", views_roll.aside_decide, name="aside_decide"),
    path(POLL + "bursts/", views_bursts.bursts, name="poll_bursts"),
    path(POLL + "bursts/<slug:key>/", views_bursts.propose, name="poll_burst"),
    path("ballots/bursts/<id:burst_id>/answer/", views_bursts.answer, name="burst_answer"),
    path(POLL + "opening/", views_count.opening, name="poll_opening"),
    path(POLL + "opening/counting.zip", views_count.counting_file, name="poll_counting"),
    path(POLL + "opening/to-sign.zip", views_count.to_sign, name="poll_to_sign"),
    path(POLL + "opening/<slug:what>/", views_count.hand_in, name="poll_hand_in"),
    path(POLL + "result.xlsx", views_count.export, name="poll_export"),
    path("vote/", views_vote.code, name="vote_code"),
    path(VOTE, views_vote.ballot, name="vote"),
    path("cast/<slug:ref>/", intake.cast, name="cast"),
    path("polls/", views_public.polls, name="public_polls"),
    path(OPEN, views_public.poll, name="public_poll"),
    path(OPEN + "receipt/", views_public.receipt, name="public_receipt"),
    path(OPEN + "log.json", views_public.heads, name="public_heads"),
    path(OPEN + "bundle.zip", views_public.bundle, name="public_bundle"),
    path("polls/verify.html", views_public.verifier, name="public_verifier"),
]
