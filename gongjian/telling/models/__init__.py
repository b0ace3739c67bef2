"""What is: the pack's words, rounds with a telling for each body, comments, and what is put right after them."""

from .comments import Comment, Point, Rectification
from .members import MemberTelling
from .rounds import Range, Telling, TellingRound
from .words import CommentKind, HollowPhrase, TellingNorm

__all__ = [
    "Comment",
    "CommentKind",
    "HollowPhrase",
    "MemberTelling",
    "Point",
    "Range",
    "Rectification",
    "Telling",
    "TellingNorm",
    "TellingRound",
]
