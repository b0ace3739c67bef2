"""What of a comment its writer is told of before it is published: phrases that say nothing, too few outsiders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from .define import norms
from .models import Comment, HollowPhrase, Point

SHORTEST = 8  # characters of a Chinese sentence that says something


def remarks_on(comment: Comment, points: Sequence[Point]) -> list[str]:
    """None of them keeps it from being published. Two queries."""
    phrases = hollow_phrases()
    said = [
        _("“%(phrase)s” in “%(words)s” could be said to anybody. Say what, where, how many.")
        % {"phrase": phrase, "words": each.words}
        for each in points
        if (phrase := hollow_in(each.words, phrases))
    ]
    said += [
        _("“%(words)s” is very short. Can somebody who was not there understand it?") % {"words": each.words}
        for each in points
        if len(each.words) < SHORTEST and not hollow_in(each.words, phrases)
    ]
    least = norms()["outsiders_least"]
    if comment.outsiders is not None and comment.outsiders < least:
        gaps = {"count": comment.outsiders, "least": least}
        said.append(_("From outside were there: %(count)s. Usual are %(least)s ordinary members or residents.") % gaps)
    return said


def hollow_phrases() -> list[str]:
    return [name for each in HollowPhrase.objects.all() for name in each.names.values()]


def hollow_in(words: str, phrases: Iterable[str]) -> str:
    """The first phrase in it that says nothing, or nothing."""
    return next((phrase for phrase in phrases if phrase.lower() in words.lower()), "")
