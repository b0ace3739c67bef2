"""Addresses of reforms by hand and of the list of changes."""

from django.urls import path

from gongjian.ui import converters

from .views import changes, reforms

assert converters  # <id:…> is known from here on

urlpatterns = [
    path("units/<id:unit_id>/change/<slug:act>/", reforms.unit_change, name="unit_change"),
    path("bodies/<id:body_id>/change/<slug:act>/", reforms.body_change, name="body_change"),
    path("changes/", changes.listed, name="changes"),
    path("changes/<id:act_id>/", changes.one, name="change"),
    path("documents/<id:document_id>/", changes.document, name="document"),
]
