"""Demanding to bargain: by whom, with whom, for which units; and which units are taken in or out later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, BodyEntry, Unit, UnitEntry
from gongjian.register.refusals import Refused, check_texts
from gongjian.register.walks import path_range

from . import asking
from .clocks import CLOCKS, due_of
from .define import numbers_of
from .models import Agreement, AgreementStep, CoveredUnit, Scope, Side, Statute
from .models.agreements import UNDER_WAY, VALID, not_renewed
from .refusing import held, keeping
from .states import subject_of

S = Agreement.State

# The employers that the body, or one below it in its line, covers today; of a trade, or of one unit alone, if said.
FOUND = """
SELECT DISTINCT c.unit_id FROM register_cover c JOIN register_body b ON b.id = c.body_id
JOIN register_unitentry e ON e.unit_id = c.unit_id AND e.valid @> %(today)s::date
JOIN register_unitkind k ON k.key = e.kind_id
WHERE b.line_id = %(line)s AND b.line_path >= %(first)s AND b.line_path < %(end)s AND c.valid @> %(today)s::date
  AND k.level = 'employer' AND (%(trade)s = '' OR e.trade = %(trade)s)
  AND (%(unit)s::bigint IS NULL OR c.unit_id = %(unit)s)
"""
PUT_IN = f"""
INSERT INTO agreements_coveredunit (agreement_id, unit_id, scope)
SELECT %(agreement)s, unit_id, %(scope)s FROM ({FOUND}) found ORDER BY unit_id
ON CONFLICT DO NOTHING
"""


@in_sentences
def demand(
    union: Body, *, scope: str, employer: Unit | None, association: str, trade: str, title: str, demanded_by: str,
    above_scale: bool, on: date, today: date, now: datetime, by: User,
) -> Agreement:  # fmt: skip
    """One side demanded in writing to bargain. Of an agreement that ends within the renewal window it is the renewal.

    Raises Refused: another one is under way, or in force for longer than the window; nobody is covered.
    """
    office = keeping(by, union)
    if not union.line_path:
        raise Refused(_("The trade union does not stand any more. Choose another one."))
    if not today - timedelta(days=366) <= on <= today:
        raise Refused(_("Choose the day of the demand: today, or one of the last twelve months."))
    statute = statute_for(union, today)
    parties = _parties(scope, employer, association.strip(), trade)
    check_texts(Agreement, {"title": title.strip(), "association": association.strip()})
    if not title.strip():
        raise Refused(_("Give the agreement a title."))
    previous = _previous(union, parties, numbers_of(statute.pk)["renewal"].value, today)
    made = Agreement(
        union=union, **parties, title=title.strip(), statute=statute, previous=previous, above_scale=above_scale,
        demanded_by=Side(demanded_by), clock=CLOCKS[S.DEMANDED], counts_from=on,
    )  # fmt: skip
    made.due_on = due_of(made, numbers_of(statute.pk))
    made.save()
    _put_in(made, today)
    AgreementStep.objects.create(agreement=made, verb="demand", on=on)
    facts = {"scope": made.scope, "demanded_by": made.demanded_by, "previous": made.previous_id}
    record("agreements.demand", by=by, subject=subject_of(made), on=on, facts=facts, as_office=office)
    asking.follow(made, today=today, now=now, by=by)
    if previous is not None:
        asking.close_renewal(previous, now=now, by=by)
    return made


def statute_for(union: Body, today: date) -> Statute:
    """The one of the line whose region is the narrowest around the body's seat. Raises Refused."""
    seat = (
        BodyEntry.objects.filter(body=union, valid__contains=today).values_list("seat__path", flat=True).first() or ""
    )
    steps = seat.split(".")[:-1]
    above = [".".join(steps[:count]) + "." for count in range(1, len(steps) + 1)]
    codes = UnitEntry.objects.filter(unit__path__in=above, valid__contains=today).exclude(code="")
    own = codes.order_by("-unit__path").values_list("code", flat=True).first() or ""
    fitting = [each for each in Statute.objects.filter(line=union.line_id) if own.startswith(each.region)]
    if not fitting:
        raise Refused(
            _("No statute of collective bargaining is set for this place. Whoever looks after the pack adds it.")
        )
    return max(fitting, key=lambda each: len(each.region))


def _parties(scope: str, employer: Unit | None, association: str, trade: str) -> dict[str, Any]:
    if scope == Scope.SINGLE:
        if employer is None:
            raise Refused(_("Choose the employer."))
        return {"scope": Scope.SINGLE, "employer": employer, "association": "", "trade": ""}
    if not association:
        raise Refused(_("Say who speaks for the employers: their association, or those they chose together."))
    if scope == Scope.TRADE and not trade:
        raise Refused(_("Choose the trade."))
    kept = trade if scope == Scope.TRADE else ""
    return {"scope": Scope(scope), "employer": None, "association": association, "trade": kept}


def _previous(union: Body, parties: dict[str, Any], window: int, today: date) -> Agreement | None:
    """The agreement of the same parties that this one renews. Raises Refused where it cannot begin beside others."""
    same = Agreement.objects.filter(scope=parties["scope"], trade=parties["trade"])
    same = same.filter(employer=parties["employer"]) if parties["employer"] else same.filter(union=union)
    if same.filter(state__in=UNDER_WAY).exists():
        raise Refused(_("These parties are bargaining already. Go on with that one, or end it first."))
    running = same.filter(not_renewed(), state__in=VALID).order_by("-until").first()
    if running is None or running.until is None:
        return None
    opens = running.until - timedelta(days=window)
    if today < opens:
        raise Refused(
            _("An agreement of these parties is in force until %(until)s. A new one can be demanded from %(opens)s on.")
            % {"until": running.until, "opens": opens}
        )
    return running


def found(union: Body, today: date, *, trade: str = "", unit: int | None = None) -> list[int]:
    """Ids of the employers an agreement of the body could be for."""
    with connection.cursor() as cursor:
        cursor.execute(FOUND, _given(union, today, trade, unit))
        return [id for (id,) in cursor]


def employer_called(union: Body, wanted: str, today: date) -> UnitEntry:
    """The one of these employers with this id, full name or credit code. Raises Refused."""
    own = Q(name=wanted) | Q(credit_code=wanted)
    if wanted.isdecimal() and len(wanted) < 18:
        own |= Q(unit=int(wanted))
    entries = UnitEntry.objects.filter(own, unit__in=found(union, today), valid__contains=today)
    hits = list(entries.select_related("unit")[:2])
    if len(hits) != 1:
        raise Refused(
            _("“%(name)s” is no employer that this union or one below it covers. Type its full name or credit code.")
            % {"name": wanted[:40]}
        )
    return hits[0]


def _put_in(made: Agreement, today: date) -> None:
    given = _given(made.union, today, made.trade, made.employer_id)
    with connection.cursor() as cursor:
        cursor.execute(PUT_IN, given | {"agreement": made.pk, "scope": made.scope})
        if cursor.rowcount:
            return
    raise Refused(
        _("Neither this union nor one below it covers such an employer today. Enter in the register whom it covers.")
    )


def _given(union: Body, today: date, trade: str, unit: int | None) -> dict[str, Any]:
    first, end = path_range(union.line_path)
    return {"line": union.line_id, "first": first, "end": end, "today": today, "trade": trade, "unit": unit}


def not_in(agreement: Agreement, today: date, *, most: int) -> list[int]:
    """Ids of the first employers that could be taken into it."""
    if not agreement.union.line_path:
        return []
    known = set(agreement.units.values_list("unit", flat=True))
    return sorted(set(found(agreement.union, today, trade=agreement.trade)) - known)[:most]


# == later ==
@in_sentences
def take_in(agreement: Agreement, units: Iterable[int], *, today: date, by: Reader) -> int:
    """More employers into that of an area or trade; in force there from today, where it is. Returns how many."""
    agreement, office = _open_to_change(agreement, by)
    able = set(found(agreement.union, today, trade=agreement.trade)) if agreement.union.line_path else set()
    known = set(agreement.units.values_list("unit", flat=True))
    wanted = sorted(set(units) & able - known)
    if not wanted:
        raise Refused(_("They are in it already, or no trade union here covers them."))
    valid = (today, agreement.until + timedelta(days=1)) if _is_in_force(agreement) and agreement.until else None
    if valid is not None and valid[0] >= valid[1]:
        raise Refused(_("It ran out on %(day)s. Renew it; they can be in the new one.") % {"day": agreement.until})
    if valid is not None:
        check_overlap(agreement, wanted, valid[0], agreement.until or today)
    act = record("agreements.take_in", by=by, subject=subject_of(agreement), facts={"units": wanted}, as_office=office)
    CoveredUnit.objects.bulk_create(
        CoveredUnit(agreement=agreement, unit_id=each, scope=agreement.scope, valid=valid) for each in wanted
    )
    return len(wanted) if act else 0


@in_sentences
def leave_out(agreement: Agreement, unit: int, *, today: date, by: Reader) -> Agreement:
    """One employer out of it: from today on, where it is in force. The last one stays. Raises Refused."""
    agreement, office = _open_to_change(agreement, by)
    others = agreement.units.exclude(unit=unit).filter(Q(valid=None) | Q(valid__endswith__gt=today))
    row = agreement.units.filter(unit=unit).first()
    if row is None or not others.exists():
        raise Refused(_("It is the last one in the agreement. End the agreement instead."))
    act = record("agreements.leave_out", by=by, subject=subject_of(agreement), facts={"unit": unit}, as_office=office)
    cut_short(act, agreement, [row.pk], today)
    return agreement


def cut_short(act: Any, agreement: Agreement, rows: Iterable[int], end: date) -> None:
    """No longer in force there from `end` on; where it never was, the row goes."""
    ids = list(rows)
    table = CoveredUnit._meta.db_table
    gone = CoveredUnit.objects.filter(Q(valid=None) | Q(valid__startswith__gte=end), pk__in=ids)
    keep_before(act, table, "r.id = ANY(%s)", [list(gone.values_list("pk", flat=True))], deleted=True)
    gone.delete()
    keep_before(act, table, "r.id = ANY(%s)", [ids])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET valid = daterange(lower(valid), %s) WHERE id = ANY(%s) AND upper(valid) > %s",
            [end, ids, end],
        )


def check_overlap(agreement: Agreement, units: Iterable[int], since: date, until: date) -> None:
    """No other agreement of the scope is in force for one of them on some of these days. Raises Refused."""
    others = CoveredUnit.objects.filter(
        unit__in=list(units), scope=agreement.scope, valid__overlap=(since, until + timedelta(days=1))
    ).exclude(agreement__in=[agreement.pk, agreement.previous_id or 0])
    hit = others.select_related("agreement").order_by("unit").first()
    if hit is None:
        return
    entry = UnitEntry.objects.filter(unit=hit.unit_id).order_by("-valid").first()
    facts = {"title": hit.agreement.title, "until": hit.valid.upper - timedelta(days=1), "count": others.count()}
    raise Refused(
        _("“%(unit)s” is in “%(title)s” until %(until)s, which would overlap (employers in all: %(count)s). Take them "
          "out of one of the two, or choose days after that.") % (facts | {"unit": entry.name if entry else ""})
    )  # fmt: skip


def _open_to_change(agreement: Agreement, by: Reader) -> tuple[Agreement, str]:
    agreement, office = held(agreement, by)
    if agreement.scope == Scope.SINGLE:
        raise Refused(_("An agreement of one employer is for this employer alone."))
    if agreement.is_over:
        raise Refused(_("It is over: nobody is taken in or out any more."))
    return agreement, office


def _is_in_force(agreement: Agreement) -> bool:
    return agreement.state in VALID
