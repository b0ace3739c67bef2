"""Addresses of letters."""

from django.urls import path

from . import views

urlpatterns = [
    path("me/letters/", views.own_letters, name="own_letters"),
    path("me/letters/by-mail/", views.want_mail, name="want_mail"),
]
