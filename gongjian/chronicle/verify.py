"""Recomputing the whole chain, and naming what does not follow: entry by entry, against signed heads.

What it finds rests on three things a tamperer with the database alone does not have: the rule (digests.py), the
signing key, and the heads that left the database (heads.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext as _

from gongjian.keys.ring import KeyUnknown

from .digests import OF_ACT, OF_BEFORES, seal_after
from .heads import Signed, all_heads

CHUNK = 2_000
MOST_COMPARED = 60  # entries that do not follow, looked through for two that were exchanged
MOST_ONE_BY_ONE = 20

SEALS = f"""
SELECT s.number, s.act_id, s.of_act, s.of_befores, s.sha256, d.of_act, d.of_befores
FROM chronicle_seal s
LEFT JOIN LATERAL (SELECT {OF_ACT} AS of_act, {OF_BEFORES} AS of_befores FROM chronicle_act a WHERE a.id = s.act_id) d
  ON true
ORDER BY s.number
"""
NEITHER = """
SELECT a.id FROM chronicle_act a
WHERE NOT EXISTS (SELECT 1 FROM chronicle_seal s WHERE s.act_id = a.id)
  AND NOT EXISTS (SELECT 1 FROM chronicle_unsealed u WHERE u.act_id = a.id) ORDER BY a.id
"""
GONE_BEFORE_SEALED = """
SELECT u.act_id FROM chronicle_unsealed u
WHERE NOT EXISTS (SELECT 1 FROM chronicle_act a WHERE a.id = u.act_id)
  AND NOT EXISTS (SELECT 1 FROM chronicle_seal s WHERE s.act_id = u.act_id) ORDER BY 1
"""
WAITING = """
SELECT count(*) FROM chronicle_unsealed u JOIN chronicle_act a ON a.id = u.act_id
WHERE NOT EXISTS (SELECT 1 FROM chronicle_seal s WHERE s.act_id = a.id)
"""


@dataclass(frozen=True)
class Found:
    """Something that does not follow. `what` is one word: altered, missing, reordered, broken, rewritten, cut,
    signature, unsigned, unsealed. `entry` is the number of the seal, `act` the id of the act, where they are known."""

    what: str
    entry: int | None
    act: int | None
    sentence: str


@dataclass
class Report:
    """How far the chain runs, how many acts wait for the sealer, how many heads were compared, and what was found."""

    sealed: int = 0
    waiting: int = 0
    heads: int = 0
    heads_elsewhere: int = 0
    findings: list[Found] = field(default_factory=list)

    def found(self, what: str, entry: int | None, act: int | None, sentence: str) -> None:
        self.findings.append(Found(what, entry, act, sentence))


class Entry(NamedTuple):
    """A seal as it stands, the digests recomputed (None: the act is gone), and the seal before it as it stands."""

    number: int
    act: int
    of_act: bytes
    of_befores: bytes
    sha256: bytes
    act_now: bytes | None
    befores_now: bytes | None
    previous: bytes

    @property
    def is_altered(self) -> bool:
        return self.act_now is not None and (self.act_now, self.befores_now) != (self.of_act, self.of_befores)

    @property
    def follows(self) -> bool:
        return seal_after(self.previous, self.number, self.act, self.of_act, self.of_befores) == self.sha256


@dataclass
class Chain:
    """What is remembered while the chain goes by: the entries with something wrong, and the seals that heads name."""

    last: int = 0
    previous: bytes = b""
    altered: list[Entry] = field(default_factory=list)
    broken: list[Entry] = field(default_factory=list)
    wrong: set[int] = field(default_factory=set)
    at_heads: dict[int, bytes] = field(default_factory=dict)


def verify(elsewhere: Iterable[Signed] = ()) -> Report:
    """Recompute everything as it stands at one moment. `elsewhere`: heads that were kept outside the database."""
    report = Report()
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        here = _signed_heads(report, all_heads(), _("Head %(number)s in the database"))
        there = _signed_heads(report, elsewhere, _("Head %(number)s kept elsewhere"))
        report.heads, report.heads_elsewhere = len(here), len(there)
        chain = _walk(report, here.keys() | there.keys())
        _name_altered(report, chain)
        _name_broken(report, chain)
        _compare(report, chain, here, there)
        _look_beside_the_chain(report)
    report.sealed = chain.last
    return report


# == heads ==
def _signed_heads(report: Report, heads: Iterable[Signed], named: str) -> dict[int, bytes]:
    """The seals that soundly signed heads name, by number; what is not sound is told."""
    sound: dict[int, bytes] = {}
    for head in heads:
        name = named % {"number": head.number}
        try:
            holds = head.holds()
        except KeyUnknown as unknown:
            said = _("%(head)s is signed with a key that is not in the key ring: “%(key)s”.")
            report.found("signature", head.number, None, said % {"head": name, "key": unknown.key_id})
            continue
        if not holds:
            said = _("%(head)s does not bear the signature of its key.")
            report.found("signature", head.number, None, said % {"head": name})
        elif sound.setdefault(head.number, head.sha256) != head.sha256:
            said = _("%(head)s was signed twice, for two different chains.")
            report.found("rewritten", head.number, None, said % {"head": name})
    return sound


def _compare(report: Report, chain: Chain, here: dict[int, bytes], there: dict[int, bytes]) -> None:
    """The chain as it stands beside the heads that were signed."""
    signed = {number: {heads[number] for heads in (here, there) if number in heads} for number in here | there}
    agreed = 0
    for number in sorted(signed):
        if number > chain.last:
            _name_cut(report, chain.last, max(signed))
            break
        if signed[number] == {chain.at_heads.get(number)}:
            agreed = number
        elif not any(agreed < wrong <= number for wrong in chain.wrong):
            _name_rewritten(report, agreed, number)
            break
    if taken := sorted(number for number in there.keys() - here.keys() if number <= chain.last):
        said = _("%(count)s signed heads are missing in the database; the first is that of entry %(number)s.")
        report.found("missing", taken[0], None, said % {"count": len(taken), "number": taken[0]})
    if chain.last > (newest := max(here, default=0)):
        said = _("No signed head stands for the entries from %(first)s to %(last)s.")
        report.found("unsigned", newest + 1, None, said % {"first": newest + 1, "last": chain.last})


def _name_cut(report: Report, last: int, signed: int) -> None:
    said = _("The tail was cut off: entry %(signed)s was signed, and the chain ends with entry %(last)s.")
    report.found("cut", last + 1, None, said % {"signed": signed, "last": last})


def _name_rewritten(report: Report, agreed: int, number: int) -> None:
    said = _(
        "The chain was rewritten: it agrees with the signed heads up to entry %(agreed)s, and no more at "
        "entry %(number)s."
    )
    report.found("rewritten", agreed + 1, None, said % {"agreed": agreed, "number": number})


# == the chain ==
def _walk(report: Report, heads: set[int]) -> Chain:
    chain = Chain()
    for number, *facts in _seals():
        if number != chain.last + 1:
            _name_gap(report, chain, number)
        entry = Entry._make([number, *facts, chain.previous])
        if number in heads:
            chain.at_heads[number] = entry.sha256
        if entry.act_now is None:
            said = _("Entry %(number)s is missing: its act %(act)s is gone, its seal still stands.")
            report.found("missing", number, entry.act, said % {"number": number, "act": entry.act})
            chain.wrong.add(number)
        if entry.is_altered:
            chain.altered.append(entry)
            chain.wrong.add(number)
        if number == chain.last + 1 and not entry.follows:
            chain.broken.append(entry)
            chain.wrong.add(number)
        chain.last, chain.previous = number, entry.sha256
    return chain


def _seals() -> Iterator[tuple[int, int, bytes, bytes, bytes, bytes | None, bytes | None]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(SEALS)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def _name_gap(report: Report, chain: Chain, number: int) -> None:
    first, last = chain.last + 1, number - 1
    said = _("Entry %(first)s is missing, with its seal.")
    if first != last:
        said = _("The entries from %(first)s to %(last)s are missing, with their seals.")
    report.found("missing", first, None, said % {"first": first, "last": last})
    chain.wrong.update((first, last, number))


def _name_altered(report: Report, chain: Chain) -> None:
    """What was sealed is not what stands there: altered, or exchanged with another entry."""
    sealed_as = {(entry.of_act, entry.of_befores): entry.number for entry in chain.altered}
    for entry in chain.altered:
        facts = {"number": entry.number, "act": entry.act}
        other = sealed_as.get((entry.act_now or b"", entry.befores_now or b""))
        if other and other != entry.number:
            said = _("Entry %(number)s was reordered: act %(act)s bears what was sealed as entry %(other)s.")
            report.found("reordered", entry.number, entry.act, said % {**facts, "other": other})
            continue
        said = _("Entry %(number)s was altered: what was kept before act %(act)s is not what was sealed.")
        if entry.act_now != entry.of_act:
            said = _("Entry %(number)s was altered: act %(act)s is not what was sealed.")
        report.found("altered", entry.number, entry.act, said % facts)


def _name_broken(report: Report, chain: Chain) -> None:
    """Seals that do not follow from the one before: exchanged with another, or altered themselves."""
    some = chain.broken[:MOST_COMPARED]
    moved = {entry.number: other for entry in some if (other := _belongs_here(entry, some))}
    for entry in chain.broken:
        facts = {"number": entry.number, "act": entry.act}
        if other := moved.get(entry.number):
            said = _("Entry %(number)s was reordered: what was sealed there stands as entry %(other)s.")
            report.found("reordered", entry.number, entry.act, said % {**facts, "other": other})
        elif entry.number - 1 not in moved:  # what follows an exchanged seal is itself in order
            said = _("The seal of entry %(number)s does not follow from the one before: one of the two was altered.")
            report.found("broken", entry.number, entry.act, said % facts)


def _belongs_here(entry: Entry, some: list[Entry]) -> int | None:
    """The number under which the seal stands now that once had the number of this entry."""
    befores = {entry.previous, *(other.sha256 for other in some)}
    for other in some:
        if other.number == entry.number:
            continue
        fits = {seal_after(each, entry.number, other.act, other.of_act, other.of_befores) for each in befores}
        if fits & {other.sha256, entry.sha256}:
            return other.number
    return None


# == beside the chain ==
def _look_beside_the_chain(report: Report) -> None:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        report.waiting = cursor.fetchone()[0]
        cursor.execute(NEITHER)
        neither = [act for (act,) in cursor.fetchall()]
        cursor.execute(GONE_BEFORE_SEALED)
        gone = [act for (act,) in cursor.fetchall()]
    for act in neither[:MOST_ONE_BY_ONE]:
        said = _(
            "Act %(act)s is neither sealed nor waiting: its seal was taken away, or it was put in past the sealer."
        )
        report.found("unsealed", None, act, said % {"act": act})
    if more := len(neither[MOST_ONE_BY_ONE:]):
        said = _("%(count)s more acts are neither sealed nor waiting.")
        report.found("unsealed", None, None, said % {"count": more})
    for act in gone:
        report.found("missing", None, act, _("Act %(act)s is gone before it was sealed.") % {"act": act})
