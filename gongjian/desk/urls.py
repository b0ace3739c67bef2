"""Addresses of the desk: home, and the way to one's own unit."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("mine/", views.mine, name="mine"),
]
