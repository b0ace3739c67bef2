"""What is: the statute of the pack, agreements with their steps, units and delegates, and workers' congresses."""

from .agreements import Agreement, AgreementClause, AgreementStep, CoveredUnit, Delegate, Scope, Side
from .congress import Congress, CongressSession, Resolution
from .words import ContentHeading, Statute

__all__ = [
    "Agreement",
    "AgreementClause",
    "AgreementStep",
    "Congress",
    "CongressSession",
    "ContentHeading",
    "CoveredUnit",
    "Delegate",
    "Resolution",
    "Scope",
    "Side",
    "Statute",
]
