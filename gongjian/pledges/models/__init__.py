"""What is: the pack's words, posts with who holds them, pledges with all that is written about them."""

from .pledges import Likeness, Measure, Pledge, Progress, PublicName, Review
from .posts import Assignment, Post
from .quarters import QuarterCall, QuarterWord, StandingOrder
from .words import CataloguePost, PledgeNorm, PostCategory, VagueWord

__all__ = [
    "Assignment",
    "CataloguePost",
    "Likeness",
    "Measure",
    "Pledge",
    "PledgeNorm",
    "Post",
    "PostCategory",
    "Progress",
    "PublicName",
    "QuarterCall",
    "QuarterWord",
    "Review",
    "StandingOrder",
    "VagueWord",
]
