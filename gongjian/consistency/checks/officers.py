"""Searches about who holds office and who is a member. They answer bodies; told only to who may see people there."""

from .vocabulary import finds


# == who holds office ==
@finds("body", sees="offices")
def two_heads() -> str:
    """Two people head the body at once."""
    return """SELECT b.id FROM body_now b JOIN officer_now o ON o.body = b.id AND o.heads
      GROUP BY b.id HAVING count(DISTINCT o.person) > 1"""


@finds("body", sees="offices")
def no_head() -> str:
    """A body that is elected for a term and that nobody heads."""
    return """SELECT b.id FROM body_now b WHERE b.has_term
      AND NOT EXISTS (SELECT 1 FROM officer_now o WHERE o.body = b.id AND o.heads)"""


@finds("body", sees="offices")
def office_of_other_line() -> str:
    """Somebody holds an office in it that belongs to another line."""
    return """SELECT b.id FROM body_now b JOIN officer_now o ON o.body = b.id WHERE o.line <> b.line"""


@finds("body", sees="offices", days="number")
def head_past_term() -> str:
    """Whoever heads it was elected for a term that ended more than so many days ago."""
    return """SELECT b.id FROM body_now b JOIN term_now t ON t.body = b.id
      JOIN officer_now o ON o.body = b.id AND o.heads
      WHERE b.has_term AND o.since < t.until AND %(day)s::date - t.until > %(days)s"""


@finds("body", sees="offices")
def office_outlives_body() -> str:
    """Somebody holds office in a body that does not stand any more."""
    return """SELECT o.body AS id FROM officer_now o WHERE NOT EXISTS (SELECT 1 FROM body_now b WHERE b.id = o.body)"""


@finds("body", sees="offices", days="number")
def lent_for_long() -> str:
    """The rights of an office in it have been lent to somebody else for more than so many days."""
    return """SELECT o.body AS id FROM register_delegation d JOIN officer_now o ON o.id = d.office_id
      WHERE d.valid @> %(day)s::date AND %(day)s::date - lower(d.valid) > %(days)s"""


# == who is a member ==
@finds("body", sees="members", kinds="kinds", least="number")
def few_members() -> str:
    """A body of these kinds with some members on its roll, but fewer than so many."""
    return """SELECT b.id FROM body_now b JOIN register_membership m ON m.body_id = b.id AND m.valid @> %(day)s::date
      WHERE b.kind = ANY(%(kinds)s) GROUP BY b.id HAVING count(*) < %(least)s"""


@finds("body", sees="members", kinds="kinds", most="number")
def many_members() -> str:
    """A body of these kinds with more than so many members on its roll."""
    return """SELECT b.id FROM body_now b JOIN register_membership m ON m.body_id = b.id AND m.valid @> %(day)s::date
      WHERE b.kind = ANY(%(kinds)s) GROUP BY b.id HAVING count(*) > %(most)s"""


@finds("body", sees="members", line="line")
def member_twice() -> str:
    """A member of it is also a member of another body of the line."""
    return """SELECT id FROM (SELECT b.id, count(*) OVER (PARTITION BY m.person_id) AS times
      FROM body_now b JOIN register_membership m ON m.body_id = b.id AND m.valid @> %(day)s::date
      WHERE b.line = %(line)s) n WHERE times > 1"""


@finds("body", sees="members")
def membership_outlives_body() -> str:
    """Somebody is a member of a body that does not stand any more."""
    return """SELECT m.body_id AS id FROM register_membership m WHERE m.valid @> %(day)s::date
      AND NOT EXISTS (SELECT 1 FROM body_now b WHERE b.id = m.body_id)"""
