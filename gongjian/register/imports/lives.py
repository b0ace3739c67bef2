"""Whether what a row would stand on lasts as long as the row: a parent, a seat, a superior, a leader, a place.

What the file itself closes is told at the row that closes (`still_rows`, `still_below`); here it is what the register
knows to end, and what is itself a new row of the file.
"""

from __future__ import annotations

# Until when a row would stand on what it names: a new one to its end, else as long as its later entries are carried.
_ROWS = """
  SELECT f.number, f.day, f.new_{link}_id, {number}, f.{own} IS NOT NULL AS is_known,
         CASE WHEN f.{own} IS NULL THEN f.closed_on ELSE least(f.closed_on, run.until) END AS until
  FROM import_full f LEFT JOIN LATERAL (
    SELECT CASE WHEN NOT bool_or(upper_inf(l.valid)) THEN max(upper(l.valid)) END AS until
    FROM {entries} l WHERE l.{own} = f.{own} AND lower(l.valid) >= lower(f.entry_valid)
      AND lower(l.valid) < coalesce((SELECT min(lower(d.valid)) FROM {entries} d WHERE d.{own} = f.{own}
        AND lower(d.valid) > f.day AND d.{link}_id IS DISTINCT FROM f.old_{link}_id), 'infinity'::date)
  ) run ON f.{own} IS NOT NULL
  WHERE {{among}} AND (f.closed_on IS NULL OR f.closed_on > f.starts_on OR f.{own} IS NOT NULL)
"""
_ENDS_IN_REGISTER = (
    """
WITH ending AS MATERIALIZED (
  SELECT k.above, k.day, upper(s.span) AS until
  FROM (SELECT DISTINCT f.new_{link}_id AS above, f.day FROM import_full f
        WHERE f.new_{link}_id IS NOT NULL AND (f.{own} IS NULL OR f.new_{link}_id IS DISTINCT FROM f.old_{link}_id)) k
  CROSS JOIN LATERAL (SELECT unnest(range_agg(e.valid)) AS span FROM {above_entries} e WHERE e.{above} = k.above) s
  WHERE s.span @> k.day AND NOT upper_inf(s.span)
), row AS (
"""
    + _ROWS.replace(
        "{{among}}",
        "(f.{own} IS NULL OR f.new_{link}_id IS DISTINCT FROM f.old_{link}_id) "
        "AND EXISTS (SELECT 1 FROM ending a WHERE a.above = f.new_{link}_id AND a.day = f.day)",
    )
    + """
)
INSERT INTO import_trouble
SELECT r.number, '{field}', 'above_ends', jsonb_build_object('found', e.name, 'until', a.until)
FROM row r JOIN ending a ON a.above = r.new_{link}_id AND a.day = r.day
JOIN {above_entries} e ON e.{above} = a.above AND e.valid @> a.day
WHERE r.until IS NULL OR r.until > a.until
"""
)
_ENDS_IN_FILE = (
    "WITH row AS ("
    + _ROWS.replace("{{among}}", "f.{link}_number IS NOT NULL")
    + """
)
INSERT INTO import_trouble
SELECT r.number, '{field}', 'above_ends', jsonb_build_object('found', a.new_name, 'until', a.closed_on)
FROM row r JOIN import_full a ON a.number = r.{link}_number
WHERE a.closed_on IS NOT NULL AND (r.until IS NULL OR r.until > a.closed_on)
"""
)
_BEGINS_IN_FILE = """
INSERT INTO import_trouble
SELECT f.number, '{field}', 'above_begins', jsonb_build_object('found', a.new_name, 'since', a.starts_on, 'day', f.day)
FROM import_full f JOIN import_full a ON a.number = f.{link}_number WHERE f.{own} IS NOT NULL AND a.starts_on > f.day
"""


def lasting(link: str, field: str, own: str, entries: str, above: str, above_entries: str) -> list[str]:
    """Statements that note rows whose `link` ends before them, or begins after them.

    `own` and `above` are the columns that tell whose an entry is, in the tables `entries` and `above_entries`.
    """
    number = "NULL::int AS seat_number" if link == "seat" else f"f.{link}_number"
    names = {"link": link, "number": number, "field": field, "own": own, "entries": entries}
    names |= {"above": above, "above_entries": above_entries}
    checks = [_ENDS_IN_REGISTER.format(**names)]
    if link != "seat":  # a seat is never a row of the same file
        checks += [_ENDS_IN_FILE.format(**names), _BEGINS_IN_FILE.format(**names)]
    return checks
