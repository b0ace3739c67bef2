"""Addresses of people, of the roll of a body, and of what a second person has to agree to."""

from django.urls import path

from .views import disclosures, people

urlpatterns = [
    path("people/<id:person_id>/", people.person, name="person"),
    path("people/<id:person_id>/phone/", people.phone, name="person_phone"),
    path("people/<id:person_id>/identity-number/", people.ask_identity_number, name="person_identity"),
    path("bodies/<id:body_id>/people/", people.roll, name="roll"),
    path("bodies/<id:body_id>/people/ask/", people.ask_roll, name="roll_ask"),
    path("bodies/<id:body_id>/people.xlsx", people.roll_export, name="roll_export"),
    path("disclosures/", disclosures.listed, name="disclosures"),
    path("disclosures/<id:disclosure_id>/agree/", disclosures.agree, name="disclosure_agree"),
    path("disclosures/<id:disclosure_id>/decline/", disclosures.decline, name="disclosure_decline"),
    path("disclosures/<id:disclosure_id>/open/", disclosures.opened, name="disclosure_open"),
]
