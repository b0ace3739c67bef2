"""Writing a sending: what, why, for whom, by when, how long it takes, and what is asked in it. Nothing goes out yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.register.models import Body
from gongjian.register.refusals import Refused, check_texts

from . import facts, receivers, states
from .access import bodies_asked_from, may_write
from .models import MOST_MINUTES, Question, Sending

MOST_QUESTIONS = 40


@dataclass(frozen=True)
class Asked:
    """One fact that is asked for, as it is written: a label, a type, and the options of a choice."""

    label: str
    type: str = Question.Type.TEXT
    options: Sequence[str] = field(default_factory=tuple)


@transaction.atomic
def write(
    sender: Body, *, questions: Sequence[Asked] = (), today: date, now: datetime, by: User, **what: Any
) -> Sending:
    """A new draft in the name of a body. `what`: the fields of a sending. Raises Refused."""
    if not bodies_asked_from(by).on(today).filter(body=sender).exists():
        raise Refused(_("Your office does not ask others in the name of this organisation. Choose another one."))
    sending = Sending(body=sender, line=sender.line, by=by, written_at=now)
    return _put(sending, questions, today, what)


@transaction.atomic
def rewrite(sending: Sending, *, questions: Sequence[Asked] = (), today: date, by: User, **what: Any) -> Sending:
    """The same draft, written anew. Raises Refused."""
    return _put(held_draft(sending, by), questions, today, what)


def held_draft(sending: Sending, by: User) -> Sending:
    """The draft as it stands now, for whoever writes in its name; if consent was asked for, that is over. Raises
    Refused."""
    found = Sending.objects.select_for_update(of=("self",)).get(pk=sending.pk)
    if not may_write(by, found):
        raise Refused(_("Your office does not ask others in the name of this organisation. Choose another one."))
    if not found.is_draft:
        raise Refused(_("It was sent already. Withdraw it, or write a new one."))
    if found.state == Sending.State.WAITING:
        found.consent.delete()
        states.move_sending(found, "write_on")
        found.save(update_fields=["state"])
    return found


def _put(sending: Sending, questions: Sequence[Asked], today: date, what: dict[str, Any]) -> Sending:
    for name, value in what.items():
        setattr(sending, name, value)
    if sending.kind != Sending.Kind.ELSEWHERE:
        sending.href = ""  # it is answered here
    check_texts(Sending, {name: getattr(sending, name) for name in ("title", "what", "why", "href")})
    if wrong := issues(sending, questions, today):
        raise Refused(" ".join(wrong))
    sending.save()
    sending.questions.all().delete()
    known = facts.known(each.label for each in questions)
    Question.objects.bulk_create(
        _question(sending, place, each, known.get(each.label)) for place, each in enumerate(questions)
    )
    return sending


def _question(sending: Sending, position: int, asked: Asked, known: facts.Fact | None) -> Question:
    return Question(
        sending=sending, position=position, label=asked.label.strip(), type=asked.type, options=list(asked.options),
        fact=known.key if known else "",
    )  # fmt: skip


def issues(sending: Sending, questions: Sequence[Asked], today: date) -> list[str]:
    """What keeps it from being written down so, each as a sentence that says what to do."""
    return [*_of_its_words(sending), *_of_its_days(sending, today), *_of_its_questions(sending, questions)]


def _of_its_words(sending: Sending) -> list[str]:
    found = []
    if not sending.title.strip():
        found.append(_("Say in a few words what is to be done."))
    if not sending.why.strip():
        found.append(_("Say why. Whoever is asked reads it."))
    if not 1 <= (sending.minutes or 0) <= MOST_MINUTES:
        found.append(_("Say how many minutes it takes, from 1 to %(most)s.") % {"most": MOST_MINUTES})
    if sending.kind == Sending.Kind.ELSEWHERE and not _is_here(sending.href):
        found.append(_("Give the address of the page on which it is done, as /units/12/."))
    return found


def _is_here(href: str) -> bool:
    return href.startswith("/") and not href.startswith("//") and "\\" not in href and href.isprintable()


def _of_its_days(sending: Sending, today: date) -> list[str]:
    if sending.due_on <= today:
        return [
            _("It is due on %(day)s, which is over or today. Give a day from tomorrow on.") % {"day": sending.due_on}
        ]
    if (sending.due_on - today).days > 400:
        return [_("It is due on %(day)s. Ask again when that is less than 400 days off.") % {"day": sending.due_on}]
    return []


def _of_its_questions(sending: Sending, questions: Sequence[Asked]) -> list[str]:
    if sending.kind != Sending.Kind.FACTS:
        return [_("Only “give facts” has questions. Take them out, or choose that.")] if questions else []
    if not questions:
        return [_("Ask for one fact at least.")]
    if len(questions) > MOST_QUESTIONS:
        return [_("At most %(most)s facts in one form. Ask for fewer.") % {"most": MOST_QUESTIONS}]
    labels = [each.label.strip() for each in questions]
    found = [_("“%(label)s” is asked twice.") % {"label": label} for label in labels if labels.count(label) > 1][:1]
    if not all(labels):
        found.append(_("A question has no words. Write them, or take it out."))
    for each in questions:
        if each.type == Question.Type.CHOICE and len(each.options) < 2:
            found.append(_("“%(label)s” needs two answers to choose from, at least.") % {"label": each.label})
    return found + _if_all_is_known(labels)


def _if_all_is_known(labels: Sequence[str]) -> list[str]:
    """A form that asks only for what is known is not sent: whoever wants to know looks it up."""
    known = facts.known(labels)
    if not labels or len(known) < len(labels):
        return []
    places = _("; ").join(
        _("“%(label)s” with %(owner)s") % {"label": label, "owner": source.owner}
        for label, fact in known.items()
        if (source := facts.source_of(fact.key))
    )
    return [_("All of it is known already and need not be asked: %(places)s. Look it up, or mend it there.")
            % {"places": places}]  # fmt: skip


@transaction.atomic
def choose(sending: Sending, *, receivers: dict[str, Any], by: User) -> Sending:
    """To whom it goes. What was dropped before is dropped no longer. Raises Refused."""
    sending = held_draft(sending, by)
    sending.receivers, sending.dropped, sending.merged = receivers, [], None
    sending.save(update_fields=["receivers", "dropped", "merged"])
    return sending


@transaction.atomic
def drop_those_over(sending: Sending, *, today: date, by: User) -> Sending:
    """Leave out the bodies whose unit would pass its ceiling. Raises Refused."""
    sending = held_draft(sending, by)
    over = receivers.over_bodies(by, sending, today)
    sending.dropped = sorted({*sending.dropped, *over})
    sending.save(update_fields=["dropped"])
    return sending


@transaction.atomic
def merge_with(sending: Sending, earlier: Sending | None, *, today: date, by: User) -> Sending:
    """Take an earlier one up in this one, where the ceiling would be passed; with None, do so no longer. Raises
    Refused."""
    sending = held_draft(sending, by)
    sending.merged = None
    if earlier is not None and earlier not in [each for each, _count in receivers.to_merge_with(by, sending, today)]:
        raise Refused(_("None of those over the ceiling still has that to answer. Look at the list again."))
    sending.merged = earlier
    sending.save(update_fields=["merged"])
    return sending


@transaction.atomic
def throw_away(sending: Sending, *, by: User) -> None:
    """Take a draft away. Raises Refused."""
    held_draft(sending, by).delete()
