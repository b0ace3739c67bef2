"""Addresses of posts and of pledges; those everybody reads stand below pledges/of/ and pledges/public/."""

from django.urls import path

from . import views, views_pledge, views_posts, views_public

urlpatterns = [
    path("posts/", views_posts.posts, name="posts"),
    path("posts.xlsx", views_posts.posts_export, name="posts_export"),
    path("posts/<id:post_id>/", views_posts.post, name="post"),
    path("posts/<id:post_id>/edit/", views_posts.post_edit, name="post_edit"),
    path("posts/<id:post_id>/move/", views_posts.post_move, name="post_move"),
    path("posts/<id:post_id>/choose/", views_posts.post_choose, name="post_choose"),
    path("posts/<id:post_id>/nominate/", views_posts.post_nominate, name="post_nominate"),
    path("posts/held/<id:assignment_id>/", views_posts.assignment, name="assignment"),
    path("posts/held/<id:assignment_id>/move/", views_posts.assignment_move, name="assignment_move"),
    path("posts/held/<id:assignment_id>/word/", views_posts.assignment_word, name="assignment_word"),
    path("bodies/<id:body_id>/posts/new/", views_posts.post_new, name="post_new"),
    path("pledges/", views.pledges, name="pledges"),
    path("pledges.xlsx", views.pledges_export, name="pledges_export"),
    path("pledges/mine/", views.pledges_mine, name="pledges_mine"),
    path("pledges/review/", views.pledges_review, name="pledges_review"),
    path("pledges/<id:pledge_id>/", views_pledge.pledge, name="pledge"),
    path("pledges/<id:pledge_id>/edit/", views_pledge.pledge_edit, name="pledge_edit"),
    path("pledges/<id:pledge_id>/move/", views_pledge.pledge_move, name="pledge_move"),
    path("pledges/<id:pledge_id>/review/", views_pledge.pledge_review, name="pledge_review"),
    path("pledges/<id:pledge_id>/progress/", views_pledge.pledge_progress, name="pledge_progress"),
    path("pledges/<id:pledge_id>/word/", views_pledge.pledge_word, name="pledge_word"),
    path("pledges/<id:pledge_id>/close/", views_pledge.pledge_close, name="pledge_close"),
    path("pledges/<id:pledge_id>/name/", views_pledge.pledge_name, name="pledge_name"),
    path("pledges/progress/<id:progress_id>/paper/", views_pledge.progress_paper, name="progress_paper"),
    path("pledges/progress/<id:progress_id>/take-out/", views_pledge.progress_take_out, name="progress_take_out"),
    path("pledges/of/<id:body_id>/", views_public.public_pledges, name="public_pledges"),
    path("pledges/of/<id:body_id>/notice.pdf", views_public.pledge_notice, name="pledge_notice"),
    path("pledges/public/<id:pledge_id>/", views_public.public_pledge, name="public_pledge"),
    path("bodies/<id:body_id>/pledges/new/", views.pledge_new, name="pledge_new"),
    path("bodies/<id:body_id>/pledges/words/", views.words_order, name="words_order"),
]
