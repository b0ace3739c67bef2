"""Searches about reforms: what became of a place, and on whose document."""

from .vocabulary import finds


@finds("unit")
def ended_untold() -> str:
    """A village, town or county that ended, of which nobody has said what it became – not even that it is unknown."""
    return """SELECT l.unit_id AS id FROM (
        SELECT DISTINCT ON (e.unit_id) e.unit_id, e.kind_id, upper(e.valid) AS ended
        FROM register_unitentry e ORDER BY e.unit_id, e.valid DESC) l
      JOIN register_unitkind k ON k.key = l.kind_id AND k.level IN ('county', 'town', 'village')
      WHERE l.ended <= %(day)s::date AND NOT EXISTS (SELECT 1 FROM register_unitlineage g WHERE g.old_id = l.unit_id)"""


@finds("unit")
def reform_undocumented() -> str:
    """A place that was merged or divided, and no document says so."""
    return """SELECT g.old_id AS id FROM register_unitlineage g
      WHERE g.on <= %(day)s::date AND g.how <> 'unknown' AND g.document_id IS NULL"""


@finds("unit", days="number")
def document_long_after() -> str:
    """A place that was merged or divided on a document that was issued more than so many days later."""
    return """SELECT g.old_id AS id FROM register_unitlineage g JOIN register_document d ON d.id = g.document_id
      WHERE g.on <= %(day)s::date AND d.issued_on > g.on + %(days)s"""
