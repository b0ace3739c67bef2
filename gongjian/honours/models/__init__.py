"""What honours are made of: the catalogue; calls and applications; awards; those who are nurtured."""

from .awards import Award, AwardName, AwardStep, EarlierFile
from .calls import Application, Call, Objection, Opinion, Review, Reviewer
from .catalogue import Honour, HonourVersion
from .nurturing import Nurturing, NurturingStage

__all__ = [
    "Application", "Award", "AwardName", "AwardStep", "Call", "EarlierFile", "Honour", "HonourVersion", "Nurturing",
    "NurturingStage", "Objection", "Opinion", "Review", "Reviewer",
]  # fmt: skip
