"""How names are found: every name that was ever written, with the pieces it can be searched by."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Spelling(models.Model):
    """One name and its search terms: pairs of characters, pinyin and initials from each syllable on.

    A dictionary of texts, not of units: entries find it by the name itself, so that a name once written stays
    findable ("formerly …") without a copy per entry.
    """

    name = models.CharField(max_length=200, primary_key=True)
    terms = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["terms"], name="register_spelling_terms")]

    def __str__(self) -> str:
        return self.name
