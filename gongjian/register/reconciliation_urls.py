"""Addresses of the pages of a reconciliation. Everything that writes is sent by POST."""

from django.db import transaction
from django.urls import path

from .views import findings, reconciliations

urlpatterns = [
    path("reconciliations/", reconciliations.all_lists, name="reconciliations"),
    path("reconciliations/new/", reconciliations.send, name="reconciliation-new"),
    path("reconciliations/<int:reconciliation_id>/", reconciliations.overview_page, name="reconciliation"),
    path("reconciliations/<int:reconciliation_id>/job/", reconciliations.job, name="reconciliation-job"),
    path("reconciliations/<int:reconciliation_id>/confirm/", reconciliations.confirm, name="reconciliation-confirm"),
    path("reconciliations/<int:reconciliation_id>/compare/", reconciliations.compare, name="reconciliation-compare"),
    path("reconciliations/<int:reconciliation_id>/accept/", reconciliations.accept, name="reconciliation-accept"),
    path("reconciliations/<int:reconciliation_id>/apply/", reconciliations.apply, name="reconciliation-apply"),
    path("reconciliations/<int:reconciliation_id>/undo/", reconciliations.undo, name="reconciliation-undo"),
    path("reconciliations/<int:reconciliation_id>/delete/", reconciliations.delete, name="reconciliation-delete"),
    path("reconciliations/<int:reconciliation_id>/findings/", findings.listing, name="findings"),
    path("reconciliations/<int:reconciliation_id>/findings.xlsx", findings.workbook, name="findings-workbook"),
    path("reconciliations/<int:reconciliation_id>/decisions/", findings.decisions, name="findings-decisions"),
    path("reconciliations/<int:reconciliation_id>/settle/", findings.work, name="finding-work"),
    path("reconciliations/<int:reconciliation_id>/settle/<int:number>/", findings.work, name="finding"),
    path("reconciliations/<int:reconciliation_id>/settle/<int:number>/decide/", findings.decide, name="finding-decide"),
    path("reconciliations/<int:reconciliation_id>/settle/<int:number>/undo/", findings.undo_last, name="finding-undo"),
    path(
        "reconciliations/<int:reconciliation_id>/settle/<int:number>/document/",
        findings.document,
        name="finding-document",
    ),
]

for each in urlpatterns:  # long work, which tells how far it is and keeps what was done so far
    transaction.non_atomic_requests(each.callback)
