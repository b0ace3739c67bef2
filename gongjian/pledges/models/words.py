"""What a pack says of posts and pledges: the catalogue, vague words, and the numbers to begin with."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from gongjian.register.models.words import Word


class PostCategory(Word):
    """岗位类别: under which head a post of the catalogue stands."""


class CataloguePost(Word):
    """岗位名录: a post that bodies may set up as it stands here, or otherwise; free ones are not in it."""

    category = models.ForeignKey(PostCategory, on_delete=models.PROTECT, related_name="posts")
    duties = models.JSONField(help_text='{"zh-hans": [...], "en": [...]}')
    source = models.CharField(max_length=200)

    @property
    def duties_said(self) -> list[str]:
        """The duties in the reader's language; Chinese where there is no other."""
        said: list[str] = self.duties.get(get_language() or "zh-hans") or self.duties["zh-hans"]
        return said


class VagueWord(Word):
    """空话: a word that nobody can check, in each language. Whoever reviews a pledge is told of it."""


class PledgeNorm(Word):
    """承诺参数: a number to begin with, and where that is from. None of them is a limit."""

    value = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)

    class Meta(Word.Meta):
        constraints = [models.CheckConstraint(condition=Q(value__gte=1, value__lte=366), name="pledges_norm_in_bounds")]
