"""Addresses of agreements, congresses and what everybody reads of them."""

from django.urls import path

from . import views, views_congress, views_public, views_step

ONE = "agreements/<id:agreement_id>/"

urlpatterns = [
    path("agreements/", views.agreements, name="agreements"),
    path("agreements/public/", views_public.public_agreements, name="public_agreements"),
    path("agreements/public/<id:agreement_id>/", views_public.public_agreement, name="public_agreement"),
    path("bodies/<id:body_id>/agreements/new/", views.agreement_new, name="agreement_new"),
    path("bodies/<id:body_id>/congress/", views_congress.congress, name="congress"),
    path("bodies/<id:body_id>/congress/set-up/", views_congress.congress_set_up, name="congress_set_up"),
    path("bodies/<id:body_id>/congress/decide/", views_congress.congress_decide, name="congress_decide"),
    path(ONE, views.agreement, name="agreement"),
    path(f"{ONE}units/", views.agreement_units, name="agreement_units"),
    path(f"{ONE}draft.docx", views.agreement_docx, name="agreement_docx"),
    path(f"{ONE}do/<slug:verb>/", views_step.agreement_step, name="agreement_step"),
]
