"""Searches about venues: who keeps them, who shares them, what hangs on their doors, and when they were looked at."""

from .vocabulary import finds

HANGS = "EXISTS (SELECT 1 FROM register_plaque p WHERE p.venue_id = v.id AND p.valid @> %(day)s::date)"
LAST_CHECK = """LEFT JOIN LATERAL (SELECT k.checked_on, cardinality(k.items) AS items FROM register_venuecheck k
  WHERE k.venue_id = v.id AND k.checked_on <= %(day)s::date ORDER BY k.checked_on DESC LIMIT 1) k ON true"""


@finds("venue", lines="number")
def no_hours() -> str:
    """At least so many lines share it, and nobody has said when it is open."""
    return """SELECT v.id FROM venue_now v WHERE v.hours = '' AND (SELECT count(*) FROM register_venueshare s
      WHERE s.venue_id = v.id AND s.valid @> %(day)s::date) >= %(lines)s"""


@finds("venue")
def no_keeper() -> str:
    """A plaque hangs on its door, and nobody keeps it."""
    return f"""SELECT v.id FROM venue_now v WHERE v.keeper IS NULL AND {HANGS}"""


@finds("venue")
def owner_gone() -> str:
    """The body that keeps it does not stand any more."""
    return """SELECT v.id FROM venue_now v WHERE NOT EXISTS (SELECT 1 FROM body_now b WHERE b.id = v.owner)"""


@finds("venue")
def unit_gone() -> str:
    """The unit in which it lies is not there any more."""
    return """SELECT v.id FROM venue_now v WHERE NOT EXISTS (SELECT 1 FROM unit_now u WHERE u.id = v.unit)"""


@finds("venue")
def same_venue_twice() -> str:
    """Two venues of one name in one unit."""
    return """SELECT id FROM (SELECT v.id, count(*) OVER (PARTITION BY v.unit, v.name) AS times FROM venue_now v) n
      WHERE times > 1"""


@finds("venue")
def owner_does_not_share() -> str:
    """The line of the body that keeps it is not among the lines that share it."""
    return """SELECT v.id FROM venue_now v JOIN register_body b ON b.id = v.owner WHERE NOT EXISTS (
      SELECT 1 FROM register_venueshare s WHERE s.venue_id = v.id AND s.line_id = b.line_id
      AND s.valid @> %(day)s::date)"""


@finds("venue")
def sharer_is_not_there() -> str:
    """A line shares it of which no body sits in the unit or covers it."""
    return """SELECT v.id FROM venue_now v JOIN register_venueshare s ON s.venue_id = v.id AND s.valid @> %(day)s::date
      WHERE NOT EXISTS (SELECT 1 FROM body_now b WHERE b.seat = v.unit AND b.line = s.line_id)
      AND NOT EXISTS (SELECT 1 FROM cover_now c WHERE c.unit = v.unit AND c.line = s.line_id)"""


@finds("venue")
def plaque_before_venue() -> str:
    """A plaque has hung there since before the venue was opened."""
    return """SELECT v.id FROM venue_now v JOIN register_plaque p ON p.venue_id = v.id
      WHERE p.valid @> %(day)s::date AND lower(p.valid) < v.since"""


@finds("venue")
def plaque_outlives_venue() -> str:
    """A plaque counts as hanging in a venue that was given up."""
    return """SELECT p.venue_id AS id FROM register_plaque p JOIN register_venue g ON g.id = p.venue_id
      WHERE p.valid @> %(day)s::date AND upper(g.valid) <= %(day)s::date"""


@finds("venue", plaques="plaques")
def plaque_of_absent_line() -> str:
    """The plaque of a line hangs there, though that line does not share it. `plaques`: plaque → line."""
    return """SELECT v.id FROM venue_now v JOIN register_plaque p ON p.venue_id = v.id AND p.valid @> %(day)s::date
      JOIN jsonb_each_text(%(plaques)s::jsonb) AS m(plaque, line) ON m.plaque = p.kind
      WHERE NOT EXISTS (SELECT 1 FROM register_venueshare s WHERE s.venue_id = v.id AND s.line_id = m.line
        AND s.valid @> %(day)s::date)"""


@finds("venue", days="number")
def not_looked_at() -> str:
    """A plaque hangs there, and nobody has looked at it for so many days, or ever."""
    return f"""SELECT v.id FROM venue_now v {LAST_CHECK}
      WHERE {HANGS} AND (k.checked_on IS NULL OR k.checked_on < %(day)s::date - %(days)s)"""


@finds("venue", least="number")
def plaque_of_little() -> str:
    """A plaque hangs there, though it had fewer than so many items when it was last looked at."""
    return f"""SELECT v.id FROM venue_now v {LAST_CHECK} WHERE {HANGS} AND k.items < %(least)s"""
