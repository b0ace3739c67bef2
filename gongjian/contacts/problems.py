"""What becomes of a problem: solved, taken on by another body, or told back with the reason."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.asks.models import Ask
from gongjian.asks.sending import ask
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.refusals import Refused

from .access import problems_visible_to
from .models import Problem
from .refusing import texts
from .states import move
from .visits import may_tell

MINUTES = 10  # what it takes to tell what was done about one


@in_sentences
def settle(problem: Problem, verb: str, *, outcome: str, today: date, by: Reader) -> Problem:
    """`solve`: with what was done; `give_up`: with the reason, which the point reads. Raises Refused."""
    problem, as_office = _held(problem, by)
    missing = _("Say what was done.") if verb == "solve" else _("Say why it cannot be solved. The point reads it.")
    said = texts(Problem, {"outcome": outcome}, {"outcome": missing})
    move(problem, verb, by=by, as_office=as_office, outcome=said["outcome"], ended_on=today)
    return problem


@in_sentences
def take_on(
    problem: Problem, body: Body, *, what: str = "", due_on: date, today: date, now: datetime, by: User
) -> Problem:
    """Another body is asked to solve it, in the name of the leader's; its ask says the rest. Raises Refused."""
    problem, as_office = _held(problem, by)
    move(problem, "take_on", by=by, as_office=as_office)
    told = _("The contact point reads what is answered here.")
    words = f"{what.strip()}\n{told}".strip()
    ask(
        [body], sender=problem.visit.contact.leader_body, about=problem.reference, kind="tell", minutes=MINUTES,
        title=_("Solve a problem from a contact point"), what=words, why=problem.what, due_on=due_on, today=today,
        now=now, by=by,
    )  # fmt: skip
    return problem


@in_sentences
def put_back(problem: Problem, *, by: Reader) -> Problem:
    """What was asked came to nothing: it is open again, and another way is looked for. Raises Refused."""
    problem, as_office = _held(problem, by)
    asked = ask_about(problem)
    if asked is not None and asked.state == Ask.State.OPEN:
        raise Refused(_("It is still being asked of another organisation. Withdraw that first."))
    move(problem, "put_back", by=by, as_office=as_office)
    return problem


@in_sentences
def reopen(problem: Problem, *, by: Reader) -> Problem:
    """It is there again, or was not solved after all. Raises Refused."""
    problem, as_office = _held(problem, by)
    move(problem, "reopen", by=by, as_office=as_office, outcome="", ended_on=None)
    return problem


def ask_about(problem: Problem) -> Ask | None:
    """The last ask that stands on it, wherever it was handed over to."""
    return Ask.objects.filter(sending__about=problem.reference).order_by("pk").last()


def _held(problem: Problem, by: Reader) -> tuple[Problem, str]:
    rows = problems_visible_to(by).select_for_update(of=("self",)).filter(pk=problem.pk)
    found = rows.select_related("visit__contact__leader_body__line").first()
    if found is None:
        raise Refused(_("This problem was taken back by now. Go back to the contact point."))
    return found, may_tell(by, found.visit.contact)
