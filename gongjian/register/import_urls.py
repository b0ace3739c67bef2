"""Addresses of the import pages. Everything that writes is sent by POST."""

from django.db import transaction
from django.urls import path

from .views import imports

urlpatterns = [
    path("imports/", imports.drafts, name="imports"),
    path("imports/new/", imports.upload, name="import-new"),
    path("imports/empty-<slug:kind>.xlsx", imports.empty_workbook, name="import-template"),
    path("imports/<int:draft_id>/", imports.draft, name="import"),
    path("imports/<int:draft_id>/job/", imports.job, name="import-job"),
    path("imports/<int:draft_id>/columns/", imports.mapping, name="import-mapping"),
    path("imports/<int:draft_id>/check/", imports.check, name="import-check"),
    path("imports/<int:draft_id>/rows/<int:number>/", imports.row, name="import-row"),
    path("imports/<int:draft_id>/apply/", imports.apply_draft, name="import-apply"),
    path("imports/<int:draft_id>/undo/", imports.undo_draft, name="import-undo"),
    path("imports/<int:draft_id>/problems.xlsx", imports.problems, name="import-problems"),
    path("imports/<int:draft_id>/delete/", imports.delete, name="import-delete"),
]

for each in urlpatterns:  # long work, which tells how far it is and keeps what was done so far
    transaction.non_atomic_requests(each.callback)
