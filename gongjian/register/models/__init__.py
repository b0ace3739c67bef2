"""What stands in the register."""

from .authority import Delegation, Permission, Role
from .bodies import Body, BodyEntry, Cover, Term
from .drafts import DraftBody, DraftRow, DraftUnit, ImportDraft, ImportProblem
from .exports import ListExport
from .lineage import BodyLineage, Document, UnitLineage
from .particulars import Disclosure, Particulars
from .people import Membership, Office, Person
from .reconciling import Finding, ListedRow, Reconciliation
from .spelling import Spelling
from .units import Headcount, StandsIn, Unit, UnitEntry
from .venues import Plaque, Venue, VenueCheck, VenueShare
from .words import BodyKind, Choice, Form, Line, OfficeKind, Threshold, UnitKind

__all__ = [
    "Body",
    "BodyEntry",
    "BodyKind",
    "BodyLineage",
    "Choice",
    "Cover",
    "Delegation",
    "Disclosure",
    "Document",
    "DraftBody",
    "DraftRow",
    "DraftUnit",
    "Finding",
    "Form",
    "Headcount",
    "ImportDraft",
    "ImportProblem",
    "Line",
    "ListExport",
    "ListedRow",
    "Membership",
    "Office",
    "OfficeKind",
    "Particulars",
    "Permission",
    "Person",
    "Plaque",
    "Reconciliation",
    "Role",
    "Spelling",
    "StandsIn",
    "Term",
    "Threshold",
    "Unit",
    "UnitEntry",
    "UnitKind",
    "UnitLineage",
    "Venue",
    "VenueCheck",
    "VenueShare",
]
