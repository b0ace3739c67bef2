"""What a pack says of telling and commenting: kinds of comment, phrases that say nothing, numbers to begin with."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gongjian.register.models.words import Word


class CommentKind(Word):
    """点评方式: at a meeting, on a topic, on the spot, in a talk, at random."""


class HollowPhrase(Word):
    """套话: a phrase that tells nobody anything, in each language. Whoever writes a comment is told of it."""


class TellingNorm(Word):
    """讲述点评参数: a number to begin with, and where that is from. None of them is a limit."""

    value = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)

    class Meta(Word.Meta):
        constraints = [models.CheckConstraint(condition=Q(value__gte=1, value__lte=366), name="telling_norm_in_bounds")]
