"""Searches about units: who covers them, how many people they count, where they stand, and under which codes."""

from .vocabulary import COUNTED, EMPLOYER, WORKS, covered, finds


# == who covers them ==
@finds("unit", has="line", lacks="line", heads="heads", least="number")
def lacks_line() -> str:
    """An employer with a body of one line and none of another, though it counts at least so many people."""
    return f"""SELECT u.id FROM unit_now u WHERE {EMPLOYER} AND {WORKS} AND {COUNTED} >= %(least)s
      AND {covered("has")} AND NOT {covered("lacks")}"""


@finds("unit", line="line")
def covered_twice() -> str:
    """An employer that two bodies of the line cover, each of which covers several units by its nature."""
    return f"""SELECT c.unit AS id FROM cover_now c JOIN body_now b ON b.id = c.body AND b.many_units
      JOIN unit_now u ON u.id = c.unit AND {EMPLOYER} WHERE c.line = %(line)s
      GROUP BY c.unit HAVING count(DISTINCT c.body) > 1"""


@finds("unit", line="line")
def own_and_joint() -> str:
    """An employer with a body of its own, which a body for several units of the same line counts as well."""
    return f"""SELECT u.id FROM unit_now u WHERE {EMPLOYER} AND EXISTS (
        SELECT 1 FROM cover_now c JOIN body_now b ON b.id = c.body
        WHERE c.unit = u.id AND c.line = %(line)s AND NOT b.many_units AND b.seat = u.id)
      AND EXISTS (SELECT 1 FROM cover_now c JOIN body_now b ON b.id = c.body
        WHERE c.unit = u.id AND c.line = %(line)s AND b.many_units AND b.seat <> u.id)"""


@finds("unit", line="line", heads="heads", least="number")
def large_without_own() -> str:
    """An employer of at least so many people that only bodies for several units cover."""
    return f"""SELECT u.id FROM unit_now u WHERE {EMPLOYER} AND {WORKS} AND {COUNTED} >= %(least)s AND {covered("line")}
      AND NOT EXISTS (SELECT 1 FROM cover_now c JOIN body_now b ON b.id = c.body
        WHERE c.unit = u.id AND c.line = %(line)s AND NOT b.many_units)"""


@finds("unit", statuses="statuses")
def idle_yet_covered() -> str:
    """A unit that no longer works and still counts as covered."""
    return """SELECT u.id FROM unit_now u WHERE u.status = ANY(%(statuses)s)
      AND EXISTS (SELECT 1 FROM cover_now c WHERE c.unit = u.id)"""


@finds("unit", statuses="statuses")
def idle_yet_seat() -> str:
    """A unit that no longer works and in which a body still sits."""
    return """SELECT u.id FROM unit_now u WHERE u.status = ANY(%(statuses)s)
      AND EXISTS (SELECT 1 FROM body_now b WHERE b.seat = u.id)"""


@finds("unit", days="number")
def cover_lost() -> str:
    """A unit that works, was covered by a line until some day in the last so many days, and is not any more."""
    return f"""SELECT u.id FROM register_cover g JOIN register_body b ON b.id = g.body_id
      JOIN unit_now u ON u.id = g.unit_id AND {WORKS}
      WHERE upper(g.valid) <= %(day)s::date AND upper(g.valid) > %(day)s::date - %(days)s
      AND NOT EXISTS (SELECT 1 FROM cover_now c WHERE c.unit = u.id AND c.line = b.line_id)"""


@finds("unit", level="level", line="line", least="number")
def line_missing_between() -> str:
    """A division of the level without a body of the line, though at least so many places right below it have one."""
    return """SELECT u.id FROM unit_now u WHERE u.level = %(level)s
      AND NOT EXISTS (SELECT 1 FROM body_now b WHERE b.seat = u.id AND b.line = %(line)s)
      AND (SELECT count(*) FROM unit_now v WHERE v.parent = u.id AND v.level NOT IN ('employer', 'place')
        AND EXISTS (SELECT 1 FROM body_now b WHERE b.seat = v.id AND b.line = %(line)s)) >= %(least)s"""


@finds("unit")
def site_stands_empty() -> str:
    """A building, park or market with a body of its own, in which no employer is entered."""
    return """SELECT u.id FROM unit_now u WHERE u.level = 'place'
      AND EXISTS (SELECT 1 FROM body_now b WHERE b.seat = u.id)
      AND NOT EXISTS (SELECT 1 FROM unit_now e WHERE e.site = u.id)"""


# == how many people they count ==
@finds("unit", heads="heads", least="number", days="number")
def count_is_old() -> str:
    """An employer of at least so many people, who were last counted more than so many days ago."""
    return f"""SELECT u.id FROM unit_now u WHERE {EMPLOYER} AND {WORKS} AND {COUNTED} >= %(least)s
      AND u.counted_on < %(day)s::date - %(days)s"""


@finds("unit", line="line")
def count_is_missing() -> str:
    """An employer that the line covers and of which nobody has said how many work there."""
    return f"""SELECT u.id FROM unit_now u WHERE {EMPLOYER} AND {WORKS} AND u.staff IS NULL AND {covered("line")}"""


@finds("unit", times="number", least="number")
def count_jumps() -> str:
    """The staff is more than so many times what it was before, or less than that part of it; of at least so many."""
    return """SELECT h.unit_id AS id FROM register_headcount h
      JOIN register_headcount p ON p.unit_id = h.unit_id AND upper(p.valid) = lower(h.valid)
      WHERE h.valid @> %(day)s::date AND greatest(h.staff, p.staff) >= %(least)s
      AND greatest(h.staff, p.staff) > %(times)s * least(h.staff, p.staff)"""


@finds("unit", percent="number")
def many_dispatched() -> str:
    """More dispatched workers than so many per cent of the staff."""
    return """SELECT u.id FROM unit_now u WHERE u.dispatched * 100 > u.staff * %(percent)s"""


# == where they stand, and under which codes ==
@finds("unit", unit_kinds="unit_kinds")
def no_credit_code() -> str:
    """A unit of these kinds that works and has no credit code."""
    return f"""SELECT u.id FROM unit_now u WHERE u.kind = ANY(%(unit_kinds)s) AND {WORKS} AND u.credit_code = ''"""


@finds("unit")
def registered_elsewhere() -> str:
    """An employer whose credit code names another city: its signs 3 to 6 are those of the city's statistical code."""
    return f"""SELECT u.id FROM unit_now u JOIN unit_now t ON t.id = u.way[1] AND t.code <> ''
      WHERE {EMPLOYER} AND {WORKS} AND u.credit_code ~ '^..[0-9]{{6}}'
      AND substr(u.credit_code, 3, 4) <> left(t.code, 4)"""


@finds("unit", unit_kinds="unit_kinds")
def name_twice() -> str:
    """Two units of these kinds that work, of one name in one county."""
    return f"""SELECT id FROM (SELECT u.id, count(*) OVER (PARTITION BY u.county, u.name) AS times
      FROM unit_now u WHERE u.kind = ANY(%(unit_kinds)s) AND {WORKS} AND u.county IS NOT NULL) n WHERE times > 1"""


@finds("unit")
def site_elsewhere() -> str:
    """A unit in one town, whose building, park or market lies in another."""
    return """SELECT u.id FROM unit_now u JOIN unit_now s ON s.id = u.site WHERE s.town <> u.town"""


@finds("unit")
def site_gone() -> str:
    """The building, park or market that the unit stands in is not there any more, or does not work."""
    return """SELECT u.id FROM unit_now u LEFT JOIN unit_now s ON s.id = u.site
      WHERE u.site IS NOT NULL AND (s.id IS NULL OR s.status <> 'active')"""


@finds("unit")
def parent_gone() -> str:
    """What the unit lies in is not there any more."""
    return """SELECT u.id FROM unit_now u WHERE u.parent IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM unit_now p WHERE p.id = u.parent)"""


@finds("unit")
def parent_of_wrong_level() -> str:
    """A unit of a kind that does not lie under what it lies in."""
    return """SELECT u.id FROM unit_now u JOIN unit_now p ON p.id = u.parent WHERE NOT p.level = ANY(u.under)"""


@finds("unit")
def code_outside_parent() -> str:
    """A division whose statistical code does not begin as its parent's does: 4 digits of a city, 6 of a county, 9."""
    return """SELECT u.id FROM unit_now u
      JOIN unit_now p ON p.id = u.parent AND p.level IN ('city', 'county', 'town') AND p.code <> ''
      CROSS JOIN LATERAL (SELECT CASE p.level WHEN 'city' THEN 4 WHEN 'county' THEN 6 ELSE 9 END) AS d(digits)
      WHERE u.level IN ('county', 'town', 'village') AND u.code <> ''
      AND left(u.code, digits) <> left(p.code, digits)"""
