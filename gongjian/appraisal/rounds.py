"""What people do with a round: begin it, open it over all its bodies, let them be reviewed, call it off.

Every action is one transaction with its act in the chronicle. Whoever does it keeps the plans of the keeper.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import F, Func, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.asks import sending, writing
from gongjian.asks.access import is_asked_from
from gongjian.asks.models import Sending
from gongjian.chronicle.record import record
from gongjian.programme.access import office_that_keeps
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, BodyEntry, UnitEntry
from gongjian.register.queries.lists import BodyFilters, body_rows
from gongjian.register.refusals import Refused, check_texts

from .access import rounds_visible_to
from .computing import check_classes
from .models import Case, Round, Scheme, SchemeVersion
from .rules import Rules, rules_of
from .states import move, subject_of

SELF_MINUTES, REVIEW_MINUTES = 20, 60
FILTERS = ("below", "under", "kind", "form")
MONTHS_A_YEAR = 12
PUT_IN = """
INSERT INTO appraisal_case (round_id, body_id, unit_id, reviewer_id, "group", grade, result, left_out, is_mended)
SELECT %s, c.body, c.seat, c.above, c.class, '', '{{}}'::jsonb, '', false
FROM ({chosen}) AS c(body, seat, above, class) JOIN register_unit u ON u.id = c.seat ORDER BY u.path, c.body
"""


@in_sentences
def begin(
    keeper: Body, scheme: Scheme, *, title: str, of_until: date, self_due: date, review_due: date,
    receivers: dict[str, Any], seed: str = "", today: date, by: Reader,
) -> Round:  # fmt: skip
    """A draft, by the scheme as it is now. Raises Refused."""
    office = _keeping(by, keeper)
    version = scheme.versions.first()
    if version is None:
        raise Refused(_("This scheme has no rules yet. Load the pack again."))
    title = _title(title)
    _check_days(of_until, self_due, review_due, today)
    if rules_of(version.definition).scheme.ties == "draw" and not seed.strip():
        raise Refused(_("The scheme draws among those who are level. Give the public number to draw with."))
    chosen = {name: receivers[name] for name in FILTERS if receivers.get(name)}
    round = Round.objects.create(
        keeper=keeper, approver=_approver(keeper, version, today), version=version, title=title, of_until=of_until,
        self_due=self_due, review_due=review_due, receivers=chosen, seed=seed.strip(),
    )  # fmt: skip
    facts = {"scheme": scheme.key, "version": version.number, "of_until": of_until.isoformat()}
    record("appraisal.begin_round", by=by, subject=subject_of(round), facts=facts, as_office=office)
    return round


@in_sentences
def open_round(round: Round, *, today: date, now: datetime, by: Any) -> Round:
    """A case for each body it is for, and an ask to each to score itself. Raises Refused."""
    round, office = held(round, by)
    rules = rules_of(round.version.definition)
    with connection.cursor() as cursor:
        statement, given = _chosen(by, round, rules, today).query.sql_with_params()
        cursor.execute(PUT_IN.format(chosen=statement), [round.pk, *given])
        count = cursor.rowcount
        cursor.execute("ANALYZE appraisal_case" if count > AT_LEAST_SAID else "SELECT 1")
    if not count:
        raise Refused(_("It is for nobody: no organisation of these kinds stands below the keeper, or all are too "
                        "young or were graded not long ago. Choose a wider place."))  # fmt: skip
    check_classes(rules, list(round.cases.values_list("group", flat=True)))
    facts = {"cases": count}
    move(round, "open", by=by, as_office=office, facts=facts, opened_on=today, cases_count=count, reason="")
    _ask_bodies(round, rules, today, now, by)
    return round


AT_LEAST_SAID = 2_000  # from so many rows on the planner is told


def bodies_for(reader: Any, round: Round, today: date) -> int:
    """For how many bodies the round would be opened."""
    return _chosen(reader, round, rules_of(round.version.definition), today).count()


def _chosen(by: Any, round: Round, rules: Rules, today: date) -> QuerySet[Any, Any]:
    """Body, seat, who is above it, and its class."""
    rows = body_rows(by, today, today, BodyFilters(**round.receivers)).filter(kind__in=rules.kinds)
    rows = rows.filter(is_asked_from(by, round.keeper))
    if round.version.scheme.line_id:
        rows = rows.filter(body__line=round.version.scheme.line_id)
    if rules.least_months:
        begun = BodyEntry.objects.filter(body=OuterRef("body")).order_by().values("body")
        first = begun.annotate(first=Min(Func(F("valid"), function="lower"))).values("first")
        rows = rows.annotate(first=Subquery(first)).filter(first__lte=_months_before(today, rules.least_months))
    if rules.years_between:
        since = _months_before(round.of_until, MONTHS_A_YEAR * rules.years_between)
        graded = Case.objects.filter(round__version__scheme=round.version.scheme_id, round__state=Round.State.FILED)
        rows = rows.exclude(body__in=graded.filter(round__of_until__gt=since).values("body"))
    rows = rows.annotate(above=Coalesce("superior", "leader", round.keeper_id), class_=_class_of(rules, today))
    return rows.order_by().values_list("body_id", "seat_id", "above", "class_")


def _class_of(rules: Rules, today: date) -> Any:
    level = UnitEntry.objects.filter(unit=OuterRef("seat"), valid__contains=today).values("kind__level")[:1]
    match rules.classes:
        case "kind":
            return F("kind_id")
        case "form":
            return F("form_id")
        case "level":
            return Concat(F("kind_id"), Value("/"), Subquery(level))
    return Value("")


def _months_before(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 - months, MONTHS_A_YEAR)
    return date(day.year + years, month + 1, min(day.day, 28))


def _ask_bodies(round: Round, rules: Rules, today: date, now: datetime, by: Any) -> None:
    """Whoever has nothing to score of itself is asked nothing."""
    if not rules.of_source("self", "peers"):
        return
    bodies = list(round.cases.values_list("body_id", flat=True))
    _ask(round, bodies, round.about, _("Self-score: %(round)s") % {"round": round.title}, SELF_MINUTES,
         round.self_due, today, now, by)  # fmt: skip


def _ask(
    round: Round,
    bodies: list[int],
    about: str,
    title: str,
    minutes: int,
    due: date,
    today: date,
    now: datetime,
    by: Any,
) -> None:
    draft = writing.write(
        round.keeper, kind=Sending.Kind.ELSEWHERE, title=title[:60], about=about, minutes=minutes,
        why=_("The yearly appraisal by the scheme “%(scheme)s”.") % {"scheme": round.version.scheme},
        due_on=due, href=reverse("appraisal_mine", args=[round.pk]), today=today, now=now, by=by,
    )  # fmt: skip
    writing.choose(draft, receivers={"bodies": bodies}, by=by)
    sending.send(draft, today=today, now=now, by=by)


@in_sentences
def let_review(round: Round, *, today: date, now: datetime, by: Any) -> Round:
    """The bodies above are asked to score those below them. Raises Refused."""
    round, office = held(round, by)
    move(round, "review", by=by, as_office=office)
    above = BodyEntry.objects.on(today).filter(is_asked_from(by, round.keeper), body__in=round.cases.values("reviewer"))
    bodies = list(above.order_by("body_id").values_list("body_id", flat=True))
    if bodies and round.review_due > today:
        title = _("Score those below: %(round)s") % {"round": round.title}
        _ask(round, bodies, round.about_review, title, REVIEW_MINUTES, round.review_due, today, now, by)
    return round


@in_sentences
def leave_out(round: Round, cases: Iterable[int], *, reason: str, by: Reader) -> int:
    """These are not graded in this round; everybody concerned reads why. Raises Refused."""
    round, office = held(round, by)
    if round.state not in (Round.State.SELF, Round.State.REVIEWING):
        raise Refused(_("Grades are proposed already. Send the round back to be reviewed first."))
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why they are not graded. They read it."))
    check_texts(Case, {"left_out": reason})
    ids = list(round.cases.filter(pk__in=list(cases), left_out="").values_list("pk", flat=True))
    Case.objects.filter(pk__in=ids).update(left_out=reason)
    facts = {"cases": len(ids), "reason": reason}
    record("appraisal.leave_out", by=by, subject=subject_of(round), facts=facts, as_office=office)
    return len(ids)


@in_sentences
def take_in(case: Case, *, by: Reader) -> Case:
    """It is graded after all. Raises Refused."""
    round, office = held(case.round, by)
    if round.state not in (Round.State.SELF, Round.State.REVIEWING):
        raise Refused(_("Grades are proposed already. Send the round back to be reviewed first."))
    Case.objects.filter(pk=case.pk).update(left_out="")
    facts = {"case": case.pk}
    record("appraisal.take_in", by=by, subject=subject_of(round), facts=facts, as_office=office)
    case.left_out = ""
    return case


@in_sentences
def call_off(round: Round, *, reason: str, now: datetime, by: Any) -> Round:
    """Nobody is graded; who was asked need not answer. Raises Refused once notice was given."""
    round, office = held(round, by)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why it is called off. Whoever took part reads it."))
    check_texts(Round, {"reason": reason})
    move(round, "call_off", by=by, as_office=office, facts={"reason": reason}, reason=reason)
    for about in (round.about, round.about_review):
        sending.drop(about, reason=reason, now=now, by=by)
    return round


# == what is looked at first ==
def held(round: Round, by: Reader) -> tuple[Round, str]:
    """The round as it stands under the lock, and the office in which it is kept. Raises Refused."""
    found = locked(round, by)
    return found, _keeping(by, found.keeper)


def locked(round: Round, by: Reader) -> Round:
    seen = rounds_visible_to(by).select_for_update(of=("self",)).filter(pk=round.pk)
    found = seen.select_related("keeper", "approver", "version__scheme").first()
    if found is None:
        raise Refused(_("This round is not there any more, or not open to you. Go back to the list."))
    return found


def _keeping(by: Reader, keeper: Body) -> str:
    office = office_that_keeps(by, Body.objects.get(pk=keeper.pk))
    if office is None:
        raise Refused(
            _("A round is kept by whoever keeps the yearly plan of its keeper. Your office is not one of those.")
        )
    return office


def _approver(keeper: Body, version: SchemeVersion, today: date) -> Body:
    """Who fixes the grades: the body above the keeper; at the top, or where the scheme says so, the keeper itself."""
    if rules_of(version.definition).approver == "keeper":
        return keeper
    entry = BodyEntry.objects.on(today).filter(body=keeper).select_related("superior", "leader").first()
    return (entry and (entry.superior or entry.leader)) or keeper


def _title(title: str) -> str:
    title = title.strip()
    if not title:
        raise Refused(_("Give the round a title."))
    check_texts(Round, {"title": title})
    return title


def _check_days(of_until: date, self_due: date, review_due: date, today: date) -> None:
    if self_due <= today or review_due < self_due:
        raise Refused(
            _("Bodies score themselves until a day after today, and those above not before that. Mend the days.")
        )
    if (of_until - today).days > 366 or (review_due - today).days > 366:
        raise Refused(_("These days are more than a year ahead. Choose nearer ones."))
