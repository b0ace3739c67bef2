"""Finding names: any part of a Chinese name (two characters included), pinyin from any syllable on, its initials.

Pairs of characters stand for any part of a name; pinyin and initials are kept from each syllable on and found by
prefix. Place names have readings of their own (崧厦 is Songxia); the pack brings them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from django.db import connection
from django.db.models import F, Func, TextField
from django.db.models.lookups import Contains
from pypinyin import Style, lazy_pinyin, load_phrases_dict
from pypinyin.seg import mmseg

from .models import Choice

PINYIN_LENGTH = 18
INITIALS_LENGTH = 10
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_RUNS = re.compile(r"[0-9a-z]+|[^0-9a-z]+")
_NOT_SPOKEN = re.compile(r"[^0-9a-z\u3400-\u9fff\U00020000-\U0003ffff]+")


def plain(text: str) -> str:
    """The text as it is compared: full width to half, lower case, without blanks and punctuation."""
    return _NOT_SPOKEN.sub("", unicodedata.normalize("NFKC", text).lower())


@lru_cache(maxsize=1)
def _teach_readings() -> bool:
    """Teach the place readings of the pack once per process; returns whether there are any."""
    readings = {
        choice.key: [[syllable] for syllable in choice.names["pinyin"].split()]
        for choice in Choice.objects.filter(list="reading")
    }
    load_phrases_dict(readings)
    return bool(readings)


def forget_readings() -> None:
    """After a pack was loaded: the next name is read with its readings."""
    _teach_readings.cache_clear()
    _reading.cache_clear()


def syllables(name: str) -> list[str]:
    """The reading of each character in turn; Latin letters and digits read as themselves."""
    _teach_readings()
    read: list[str] = []
    for part in _RUNS.findall(plain(name)):
        if _CHINESE.match(part):
            for word in mmseg.seg.cut(part):
                read.extend(_reading(word))
        else:
            read.extend(part)
    return read


@lru_cache(maxsize=50_000)
def _reading(word: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(word, style=Style.NORMAL))


def terms(name: str) -> set[str]:
    """All pieces a name is found by."""
    text = plain(name)
    read = syllables(name)
    spoken, initials = "".join(read), "".join([syllable[0] for syllable in read])
    pieces = {text[i : i + 2] for i in range(len(text))}
    at = 0
    for count, syllable in enumerate(read):
        pieces.add(spoken[at : at + PINYIN_LENGTH])
        pieces.add(initials[count : count + INITIALS_LENGTH])
        at += len(syllable)
    return pieces


def learn(names: Iterable[str]) -> int:
    """Make names findable. Names already known cost one look-up. Returns how many were new."""
    distinct = list({name for name in names if name})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n FROM unnest(%s::text[]) n WHERE NOT EXISTS (SELECT 1 FROM register_spelling s WHERE s.name = n)",
            [distinct],
        )
        fresh = sorted(row[0] for row in cursor.fetchall())
        for batch in _batches(fresh, 5000):
            cursor.execute(
                "INSERT INTO register_spelling (name, terms) "
                "SELECT n, array_to_tsvector(string_to_array(t, ' ')) FROM unnest(%s::text[], %s::text[]) AS x(n, t) "
                "ON CONFLICT DO NOTHING",
                [batch, [" ".join(terms(name)) for name in batch]],
            )
    return len(fresh)


def _batches(items: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def condition(words: str, column: str = "name") -> tuple[str, list[str]] | None:
    """SQL that holds for spellings found by `words`, with its values; None when there is nothing to look for."""
    text = plain(words)
    if not text:
        return None
    if _CHINESE.search(text):
        pairs = [text[i : i + 2] for i in range(len(text) - 1)] or [text]
        query = " & ".join(f"'{pair}'" for pair in pairs) if len(text) > 1 else f"'{text}':*"
        return f"terms @@ %s::tsquery AND {_as_compared(column)} LIKE %s", [query, f"%{text}%"]
    return "terms @@ %s::tsquery", [f"'{text[:PINYIN_LENGTH]}':*"]


def _as_compared(column: str) -> str:
    """`plain` in SQL: for the few names whose pairs of characters are all there."""
    left_out = r"[\s!-/:-@\[-`{-~·\u2000-\u206f\u3000-\u303f]+"
    return f"regexp_replace(lower(normalize({column}, NFKC)), '{left_out}', '', 'g')"


class _Plain(Func):
    template = _as_compared("%(expressions)s")
    output_field = TextField()


def name_holds(words: str) -> Contains | None:
    """What `condition` finds, by looking at each row's own name: the quicker way among some thousand rows.

    None for words without a Chinese character, which may be pinyin and need the dictionary.
    """
    text = plain(words)
    return Contains(_Plain(F("name")), text) if _CHINESE.search(text) else None
