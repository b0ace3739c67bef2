"""Searches about bodies: above whom and below whom they stand, their terms, what they cover, and what they are."""

from .vocabulary import COUNTED, finds


# == above and below ==
@finds("body")
def superior_of_other_line() -> str:
    """The superior belongs to another line."""
    return """SELECT b.id FROM body_now b JOIN register_body s ON s.id = b.superior WHERE s.line_id <> b.line"""


@finds("body")
def superior_gone() -> str:
    """The superior does not stand any more."""
    return """SELECT b.id FROM body_now b WHERE b.superior IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM body_now s WHERE s.id = b.superior)"""


@finds("body")
def superior_missing() -> str:
    """No superior, though the body does not sit at the top of the territory."""
    return """SELECT b.id FROM body_now b JOIN unit_now s ON s.id = b.seat
      WHERE b.superior IS NULL AND cardinality(s.way) > 1"""


@finds("body", forms="forms")
def superior_elsewhere() -> str:
    """The superior sits in a place in which the seat does not lie. `forms`: of these that is as it should be."""
    return """SELECT b.id FROM body_now b JOIN unit_now s ON s.id = b.seat JOIN body_now a ON a.id = b.superior
      WHERE NOT b.form = ANY(%(forms)s) AND a.seat <> ALL(s.way) AND a.seat IS DISTINCT FROM s.site"""


@finds("body")
def passed_over() -> str:
    """Below a body of the county or city, though the town has one of the same line."""
    return """SELECT b.id FROM body_now b JOIN unit_now s ON s.id = b.seat AND s.town <> s.id
      JOIN body_now a ON a.id = b.superior JOIN unit_now p ON p.id = a.seat AND p.level IN ('city', 'county')
      WHERE EXISTS (SELECT 1 FROM body_now t WHERE t.seat = s.town AND t.line = b.line)"""


@finds("body")
def leader_gone() -> str:
    """The body that leads it does not stand any more."""
    return """SELECT b.id FROM body_now b WHERE b.leader IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM body_now l WHERE l.id = b.leader)"""


@finds("body")
def leader_missing() -> str:
    """Nobody leads it, though a body of the leading line sits in the same unit."""
    return """SELECT b.id FROM body_now b WHERE NOT b.leads AND b.leader IS NULL
      AND EXISTS (SELECT 1 FROM body_now l WHERE l.seat = b.seat AND l.leads)"""


@finds("body")
def leader_does_not_lead() -> str:
    """It is led by a body of a line that leads nobody."""
    return """SELECT b.id FROM body_now b JOIN body_now l ON l.id = b.leader WHERE NOT l.leads"""


@finds("body")
def leads_and_is_led() -> str:
    """A body of the leading line that is led by another one than its superior."""
    return """SELECT b.id FROM body_now b
      WHERE b.leads AND b.leader IS NOT NULL AND b.leader IS DISTINCT FROM b.superior"""


@finds("body")
def leader_elsewhere() -> str:
    """It is led from a place in which its seat does not lie."""
    return """SELECT b.id FROM body_now b JOIN unit_now s ON s.id = b.seat JOIN body_now l ON l.id = b.leader
      WHERE l.seat <> ALL(s.way) AND l.seat IS DISTINCT FROM s.site"""


@finds("body")
def seat_gone() -> str:
    """The unit in which it sits is not there any more."""
    return """SELECT b.id FROM body_now b WHERE NOT EXISTS (SELECT 1 FROM unit_now u WHERE u.id = b.seat)"""


# == terms of office ==
@finds("body", from_days="number", to_days="number")
def term_ran_out() -> str:
    """The last term ended between so many and so many days ago, and no new one has begun."""
    return """SELECT b.id FROM body_now b JOIN term_now t ON t.body = b.id WHERE b.has_term
      AND %(day)s::date - t.until BETWEEN %(from_days)s AND %(to_days)s"""


@finds("body")
def term_unknown() -> str:
    """A body that is elected for a term, of which no term is entered."""
    return (
        """SELECT b.id FROM body_now b WHERE b.has_term AND NOT EXISTS (SELECT 1 FROM term_now t WHERE t.body = b.id)"""
    )


@finds("body", days="number")
def term_too_long() -> str:
    """The term that runs lasts more than so many days, or has no end."""
    return """SELECT b.id FROM body_now b JOIN term_now t ON t.body = b.id
      WHERE t.until IS NULL OR t.until > %(day)s::date AND t.until - t.since > %(days)s"""


# == what they cover ==
@finds("body", kinds="kinds", least="number")
def joint_of_few() -> str:
    """A body of these kinds that covers fewer than so many employers."""
    return """SELECT b.id FROM body_now b WHERE b.kind = ANY(%(kinds)s) AND (SELECT count(*) FROM cover_now c
      JOIN unit_now u ON u.id = c.unit AND u.level = 'employer' WHERE c.body = b.id) < %(least)s"""


@finds("body", kinds="kinds", most="number")
def joint_of_many() -> str:
    """A body of these kinds that covers more than so many employers."""
    return """SELECT b.id FROM body_now b WHERE b.kind = ANY(%(kinds)s) AND (SELECT count(*) FROM cover_now c
      JOIN unit_now u ON u.id = c.unit AND u.level = 'employer' WHERE c.body = b.id) > %(most)s"""


@finds("body")
def covers_nothing() -> str:
    """It covers no unit at all."""
    return """SELECT b.id FROM body_now b WHERE NOT EXISTS (SELECT 1 FROM cover_now c WHERE c.body = b.id)"""


@finds("body", forms="forms")
def covers_not_its_seat() -> str:
    """A body of one unit, of these forms, that does not cover the unit in which it sits."""
    return """SELECT b.id FROM body_now b WHERE NOT b.many_units AND b.form = ANY(%(forms)s)
      AND EXISTS (SELECT 1 FROM cover_now c WHERE c.body = b.id)
      AND NOT EXISTS (SELECT 1 FROM cover_now c WHERE c.body = b.id AND c.unit = b.seat)"""


@finds("body", forms="forms")
def single_of_many() -> str:
    """A body of one unit, of these forms, that covers several employers."""
    return """SELECT b.id FROM body_now b WHERE NOT b.many_units AND b.form = ANY(%(forms)s)
      AND (SELECT count(*) FROM cover_now c JOIN unit_now u ON u.id = c.unit AND u.level = 'employer'
        WHERE c.body = b.id) > 1"""


@finds("body")
def covers_gone() -> str:
    """It covers a unit that is not there any more."""
    return """SELECT c.body AS id FROM cover_now c WHERE NOT EXISTS (SELECT 1 FROM unit_now u WHERE u.id = c.unit)"""


@finds("body", forms="forms")
def covers_elsewhere() -> str:
    """It covers an employer outside the place in which it sits. `forms`: of these that is as it should be."""
    return """SELECT b.id FROM cover_now c JOIN body_now b ON b.id = c.body
      JOIN unit_now u ON u.id = c.unit AND u.level = 'employer'
      WHERE NOT b.form = ANY(%(forms)s) AND b.seat <> ALL(u.way) AND b.seat IS DISTINCT FROM u.site"""


# == what they are ==
@finds("body", kinds="kinds", heads="heads", least="number")
def kind_for_more() -> str:
    """A body of these kinds in an employer that counts fewer than so many people."""
    return f"""SELECT b.id FROM body_now b JOIN unit_now u ON u.id = b.seat AND u.level = 'employer'
      WHERE b.kind = ANY(%(kinds)s) AND {COUNTED} < %(least)s"""


@finds("body", kinds="kinds", forms="forms")
def form_does_not_fit() -> str:
    """A body of these kinds in one of these forms."""
    return """SELECT b.id FROM body_now b WHERE b.kind = ANY(%(kinds)s) AND b.form = ANY(%(forms)s)"""


@finds("body")
def same_body_twice() -> str:
    """Two bodies of one line and one name in one unit."""
    return """SELECT id FROM (SELECT b.id, count(*) OVER (PARTITION BY b.seat, b.line, b.name) AS times
      FROM body_now b) n WHERE times > 1"""


@finds("body")
def called_as_before() -> str:
    """Its name holds a former name of its seat, and not the one of today."""
    return """SELECT b.id FROM body_now b JOIN unit_now s ON s.id = b.seat
      JOIN register_unitentry f ON f.unit_id = s.id AND upper(f.valid) <= %(day)s::date AND f.name <> s.name
      WHERE position(f.name IN b.name) > 0 AND position(s.name IN b.name) = 0"""
