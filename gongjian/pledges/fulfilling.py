"""Working a pledge off: entries in its ledger, the word of a quarter, how it went, how it ends; and showing a name."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.asks import sending
from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.refusals import Refused

from .access import is_own, office_that_keeps, office_that_reviews, office_that_writes
from .models import Measure, Pledge, Progress, PublicName, QuarterCall, QuarterWord
from .models.quarters import quarter_of
from .refusing import held_pledge, texts
from .states import ENDS, move, subject_of
from .writing import number_in

S = Pledge.State
AT_WORK = (S.PUBLIC, S.DOING)


@in_sentences
def enter(
    pledge: Pledge, *, on: date, words: str = "", measure: Measure | None = None, value: Decimal | None = None,
    proof: str = "", file: UploadedFile[Any] | None = None, today: date, by: Reader,
) -> Progress:  # fmt: skip
    """What was done; with `measure` that one is crossed off, and needs no words of its own. Raises Refused."""
    pledge = held_pledge(pledge, by)
    office = _telling(by, pledge)
    if pledge.state not in AT_WORK:
        raise Refused(_("Progress is told of a pledge that is public and not closed. Look at it again."))
    if on > today or (pledge.public_on is not None and on < pledge.public_on):
        raise Refused(_("Choose a day from when it was made public until today."))
    if value is not None and not pledge.counted:
        raise Refused(_("Nothing is counted in this pledge. Say it in words."))
    crossed = _crossed_off(pledge, measure, on)
    given = {"words": words.strip() or (crossed.words if crossed else ""), "proof": proof}
    said = texts(Progress, given, {"words": _("Say in a sentence what was done.")})
    if Progress.objects.filter(pledge=pledge, on=on, words=said["words"]).exists():
        raise Refused(_("This was told already. There is nothing more to do."))
    if pledge.state == S.PUBLIC:
        move(pledge, "begin", by=by, as_office=office)
    act = record("pledges.enter_progress", by=by, subject=subject_of(pledge), on=on, as_office=office)
    entry = Progress(pledge=pledge, measure=crossed, on=on, value=number_in(value), act=act, **said)
    if file is not None:
        entry.sha256 = hashlib.sha256(file.read()).hexdigest()
        file.seek(0)
        entry.file = file
    entry.save()
    return entry


def _crossed_off(pledge: Pledge, measure: Measure | None, on: date) -> Measure | None:
    if measure is None:
        return None
    found = pledge.measures.filter(pk=measure.pk).first()
    if found is None:
        raise Refused(_("This measure is not one of the pledge any more. Look at it again."))
    if found.crossed_off_on is not None:
        raise Refused(_("This measure was crossed off already."))
    found.crossed_off_on = on
    found.save(update_fields=["crossed_off_on"])
    return found


@in_sentences
def say_word(pledge: Pledge, *, words: str, today: date, now: datetime, by: User) -> QuarterWord:
    """How it stands this quarter. Said again, it is mended. What was asked for it is done once all are told of."""
    pledge = held_pledge(pledge, by)
    office = _telling(by, pledge)
    if not pledge.is_open:
        raise Refused(_("The word of a quarter is told of a pledge that is public and not closed."))
    said = texts(QuarterWord, {"words": words}, {"words": _("Say in a sentence how it stands.")})
    year, quarter = quarter_of(today)
    facts = {"year": year, "quarter": quarter}
    record("pledges.say_word_pledge", by=by, subject=subject_of(pledge), facts=facts, as_office=office)
    of: dict[str, Any] = {"pledge": pledge, "year": year, "quarter": quarter}
    word = QuarterWord.objects.update_or_create(**of, defaults={**said, "on": today})[0]
    close_calls(pledge.body_id, year, quarter, now=now, by=by)
    return word


def close_calls(body: int, year: int, quarter: int, *, now: datetime, by: User) -> None:
    """The asks for this quarter and the one before are done once no open pledge of the body is without its word."""
    if owing_a_word(year, quarter).filter(body=body).exists():
        return
    before = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
    for call in QuarterCall.objects.filter(body=body, year__in=(year, before[0])):
        if (call.year, call.quarter) in (before, (year, quarter)):
            sending.close(call.reference, now=now, by=by)


def owing_a_word(year: int, quarter: int) -> QuerySet[Pledge]:
    """Open pledges of bodies without the word of the quarter."""
    said = QuarterWord.objects.filter(pledge=OuterRef("pk"), year=year, quarter=quarter)
    return Pledge.objects.filter(~Exists(said), person=None, state__in=(S.PUBLIC, S.DOING, S.TOLD))


@in_sentences
def tell(pledge: Pledge, *, telling: str, by: Reader) -> Pledge:
    """How it went, in the pledger's own words, before anybody judges it. Raises Refused."""
    pledge = held_pledge(pledge, by)
    office = _telling(by, pledge)
    said = texts(Pledge, {"telling": telling}, {"telling": _("Say in a few sentences how it went.")})
    move(pledge, "tell", by=by, as_office=office, **said)
    return pledge


@in_sentences
def go_on(pledge: Pledge, *, by: Reader) -> Pledge:
    """It is worked on after all; what was told stays to be written on. Raises Refused."""
    pledge = held_pledge(pledge, by)
    move(pledge, "go_on", by=by, as_office=_telling(by, pledge))
    return pledge


# == how it ends ==
@in_sentences
def close(pledge: Pledge, verb: str, *, on: date, outcome: str = "", today: date, now: datetime, by: User) -> Pledge:
    """`keep`, `keep_late`, `excuse` with what is explained in public, or `break`. Raises Refused."""
    pledge = held_pledge(pledge, by)
    office = office_that_closes(by, pledge)
    if office is None:
        raise Refused(_("A pledge is closed by whoever keeps the plan of the organisation or of the one above; nobody "
                        "closes what they promised themselves."))  # fmt: skip
    if verb not in ENDS:
        raise Refused(_("Say whether it was kept."))
    if on > today or (pledge.public_on is not None and on < pledge.public_on):
        raise Refused(_("Choose a day from when it was made public until today."))
    if verb in ("keep", "keep_late"):
        if missing := missing_to_keep(pledge, on, verb):
            raise Refused(" ".join(missing))
        said = texts(Pledge, {"outcome": outcome}, {})
    else:
        said = texts(Pledge, {"outcome": outcome}, {"outcome": _("Say why it was not kept. Everybody reads it.")})
    move(pledge, verb, by=by, as_office=office, closed_on=on, **said)
    close_calls(pledge.body_id, *quarter_of(today), now=now, by=by)
    return pledge


def missing_to_keep(pledge: Pledge, on: date, verb: str) -> list[str]:
    """What keeps it from being called kept, each as a sentence."""
    missing = []
    if pledge.measures.filter(crossed_off_on=None).exists():
        missing.append(_("Not every measure is crossed off. Cross them off first, or say that it was not kept."))
    if pledge.counted:
        last = pledge.progress.exclude(value=None).order_by("on", "pk").last()
        if last is None or last.value is None or not pledge.is_reached_by(last.value):
            missing.append(_("The last number told does not reach what was promised. Tell of the number first."))
    if pledge.progress.filter(on__gt=on).exists():
        missing.append(_("The ledger tells of more after this day. Choose the day of its last entry, or a later one."))
    if verb == "keep" and pledge.due_on is not None and on > pledge.due_on:
        missing.append(_("The day is after the one promised: it was kept late."))
    if verb == "keep_late" and (pledge.due_on is None or on <= pledge.due_on):
        missing.append(_("The day is not after the one promised: it was kept in time."))
    return missing


def office_that_closes(reader: Reader, pledge: Pledge) -> str | None:
    """In which office the reader closes it; None for whoever does not, and for the person whose it is."""
    own = office_that_keeps(reader, pledge.body)
    reviewing = office_that_reviews(reader, pledge) if own is None else None
    return closes_as(reader, pledge, own, reviewing)


def closes_as(reader: Reader, pledge: Pledge, keeping: str | None, reviewing: str | None) -> str | None:
    """The same, where it is known in which offices the reader keeps and reviews it."""
    if pledge.person_id is not None and is_own(reader, pledge):
        return None
    return keeping if keeping is not None else reviewing


# == showing a name ==
@in_sentences
def agree(pledge: Pledge, *, name: str, today: date, by: Reader) -> PublicName:
    """A person lets their pledge be read by everybody, under a name they type. The chronicle does not keep the name."""
    pledge = _of_oneself(pledge, by)
    said = texts(PublicName, {"name": name}, {"name": _("Write the name under which everybody may read it.")})
    record("pledges.agree_to_be_named", by=by, subject=subject_of(pledge))
    return PublicName.objects.update_or_create(pledge=pledge, defaults={**said, "given_on": today})[0]


@in_sentences
def no_longer(pledge: Pledge, *, by: Reader) -> Pledge:
    """Inside only again, from now on. Raises Refused."""
    pledge = _of_oneself(pledge, by)
    if PublicName.objects.filter(pledge=pledge).delete()[0]:
        record("pledges.take_back_name", by=by, subject=subject_of(pledge))
    return pledge


def _of_oneself(pledge: Pledge, by: Reader) -> Pledge:
    found = held_pledge(pledge, by)
    if not is_own(by, found):
        raise Refused(_("Only the person whose pledge it is decides whether everybody reads it."))
    return found


def _telling(by: Reader, pledge: Pledge) -> str:
    office = office_that_writes(by, pledge)
    if office is None:
        raise Refused(_("Progress is told by whose pledge it is, or by whoever keeps the plan of the organisation."))
    return office


@in_sentences
def take_out(entry: Progress, *, by: Reader) -> Pledge:
    """It was told by mistake; its measure is open again. The chronicle keeps it. Raises Refused."""
    pledge = held_pledge(entry.pledge, by)
    office = _telling(by, pledge)
    if pledge.state not in AT_WORK:
        raise Refused(_("Progress is told of a pledge that is public and not closed. Look at it again."))
    act = record("pledges.take_out_progress", by=by, subject=subject_of(pledge), as_office=office)
    keep_before(act, Progress._meta.db_table, "r.id = %s", [entry.pk], deleted=True)
    Measure.objects.filter(entry=entry.pk).update(crossed_off_on=None)
    Progress.objects.filter(pk=entry.pk).delete()
    return pledge
