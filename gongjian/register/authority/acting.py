"""In which office a deed is done, as the chronicle keeps it: a reference to the office or to the loan of it."""

from __future__ import annotations

from ..models import Permission
from .policy import Opening
from .reach import Reader, Stretch, Walk, reach_of

OFFICE, LOAN = "register.office:", "register.delegation:"


def reference_of(by: Opening | Stretch) -> str:
    """The office itself for whoever holds it; what was lent for whoever borrows it."""
    return f"{LOAN}{by.delegation_id}" if by.delegation_id else f"{OFFICE}{by.office_id}"


def office_that_keeps(reader: Reader) -> str:
    """The office by which the reader may change the register as a whole; nothing for whoever may not, or needs none."""
    stretches = reach_of(reader).over(Permission.KEEP_REGISTER, [Walk.TERRITORY])
    return next((reference_of(each) for each in stretches if each.is_from_the_top), "")
