"""Addresses of the register's pages. The day stays in the query (?on=DAY), never in the path."""

from django.urls import include, path

from gongjian.ui import converters

from . import import_urls, people_urls, reconciliation_urls, reform_urls
from .views import bodies, exports, figures, keeping, lists, me, offices, search, units, walks, why

assert converters  # <id:…> is known from here on

urlpatterns = [
    path("territory/", walks.territory, name="walk_territory"),
    path("territory/<id:unit_id>/", walks.territory, name="walk_territory"),
    path("territory/<id:unit_id>/below/", walks.territory_below, name="walk_territory_below"),
    path("territory/<id:unit_id>/figures/", figures.figures, name="figures"),
    path("territory/<id:unit_id>/figures.xlsx", figures.figures_export, name="figures_export"),
    path("line/", walks.line, name="walk_line"),
    path("line/<slug:line_key>/", walks.line, name="walk_line"),
    path("line/<slug:line_key>/<id:body_id>/", walks.line, name="walk_line"),
    path("line/<slug:line_key>/<id:body_id>/below/", walks.line_below, name="walk_line_below"),
    path("leadership/", walks.lead, name="walk_lead"),
    path("leadership/<id:body_id>/", walks.lead, name="walk_lead"),
    path("leadership/<id:body_id>/below/", walks.lead_below, name="walk_lead_below"),
    path("units/", lists.units, name="units"),
    path("units.xlsx", exports.units_export, name="units_export"),
    path("units/<id:unit_id>/", units.unit, name="unit"),
    path("units/<id:unit_id>/keep/", keeping.unit_keep, name="unit_keep"),
    path("bodies/<id:body_id>/keep/", keeping.body_keep, name="body_keep"),
    path("venues/<id:venue_id>/keep/", keeping.venue_keep, name="venue_keep"),
    path("units/<id:unit_id>/access/", why.unit_access, name="unit_access"),
    path("bodies/<id:body_id>/access/", why.body_access, name="body_access"),
    path("bodies/", lists.bodies, name="bodies"),
    path("bodies.xlsx", exports.bodies_export, name="bodies_export"),
    path("bodies/<id:body_id>/", bodies.body, name="body"),
    path("bodies/<id:body_id>/offices/", offices.given, name="offices"),
    path("bodies/<id:body_id>/offices/<id:office_id>/end/", offices.end, name="office_end"),
    path("bodies/<id:body_id>/offices/<id:office_id>/invite/", offices.invite, name="office_invite"),
    path("me/", me.own, name="me"),
    path("me/data/", me.take_data, name="take_own_data"),
    path("me/offices/<id:office_id>/lend/", me.lend, name="lend"),
    path("me/loans/<id:delegation_id>/end/", me.take_back, name="take_back"),
    path("exports/<id:export_id>/", exports.list_export, name="list_export"),
    path("exports/<id:export_id>/file/", exports.list_export_file, name="list_export_file"),
    path("search/", search.search, name="search"),
    path("search/suggest/", search.suggest, name="suggest"),
    path("", include(people_urls)),
    path("", include(import_urls)),
    path("", include(reform_urls)),
    path("", include(reconciliation_urls)),
]
