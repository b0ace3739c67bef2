"""The lists of pledges: all, mine, what waits for review; and writing a new one."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.accounts.models import User
from gongjian.register.access import persons_visible_to
from gongjian.register.models import Person
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day

from . import quarters, queries, writing
from .access import bodies_kept_by, bodies_of, office_that_keeps, people_of, posts_visible_to
from .forms import NewPledgeForm, PledgeFilterForm
from .models import Post, StandingOrder
from .pages import body_of, form_page, refusal_of, sent
from .queries_posts import my_posts

MOST_IN_A_FILE = 100_000


@signed_in_only
@require_GET
def pledges(request: DayRequest) -> HttpResponse:
    form = PledgeFilterForm(request.GET)
    facts: dict[str, Any] = {
        "form": form,
        "trail": [programme_step(request), (_("Pledges"), None)],
        "place": "programme",
    }
    if not form.is_valid():
        return render(request, "pledges/pledges.html", facts, status=400)
    filters = form.filters()
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    query = urlencode({name: request.GET[name] for name in form.fields if request.GET.get(name)})
    name = body_names(request.user, request.today, [filters.body]).get(filters.body, "") if filters.body else ""
    facts |= {
        "listed": queries.pledges_listed(request.user, filters, request.today, after=after, before=before),
        "is_narrowed": filters != queries.PledgeFilters(),
        "of_body": name,
        "of_id": filters.body,
        "keeps": bool(name) and bodies_kept_by(request.user).filter(pk=filters.body or 0).exists(),
        "export_href": f"{reverse('pledges_export')}?{query}",
        "waiting": queries.how_many_wait(request.user),
    }
    return render(request, "pledges/pledges.html", facts)


@signed_in_only
@require_GET
def pledges_export(request: DayRequest) -> HttpResponseBase:
    form = PledgeFilterForm(request.GET)
    if not form.is_valid():
        raise BadRequest(_("These conditions do not fit together. Go back to the list and choose again."))
    found = queries.every_pledge(request.user, form.filters(), request.today, most=MOST_IN_A_FILE)
    if found is None:
        raise BadRequest(_("More than 100,000 records. Choose a line or a year and take them from there."))
    columns = [
        Column(_("Organisation"), 36),
        Column(_("Line"), 12),
        Column(_("Whose"), 14),
        Column(_("Year"), 8, "number"),
    ]
    columns += [Column(_("Kind"), 12), Column(_("What is promised"), 60), Column(_("What people asked for"), 40)]
    columns += [Column(_("How much it was"), 12, "number"), Column(_("How much it will be"), 12, "number")]
    columns += [
        Column(_("What is counted"), 10),
        Column(_("How one can tell"), 40),
        Column(_("Who is responsible"), 24),
    ]
    columns += [
        Column(_("Until when"), 12, "day"),
        Column(_("Measures"), 10, "number"),
        Column(_("Crossed off"), 10, "number"),
    ]
    columns += [Column(_("State"), 20), Column(_("Settled on"), 12, "day"), Column(_("What is said in public"), 50)]
    rows = map(_line, found)
    return workbook_response(f"{_('Pledges')}-{request.today}.xlsx", columns, rows, sheet=_("Pledges"))


def _line(row: queries.Row) -> list[Any]:
    each = row.pledge
    whose = "" if each.person_id is None else row.person or _("somebody you may not see")
    return [
        row.name, str(each.body.line), whose, each.year, each.get_kind_display(), each.title, each.wish,
        each.baseline, each.target, each.unit, each.evidence, each.responsible, each.due_on, row.measures, row.done,
        each.get_state_display(), each.closed_on, each.outcome,
    ]  # fmt: skip


@signed_in_only
@require_GET
def pledges_mine(request: DayRequest) -> HttpResponse:
    """What one promised, and what the bodies did whose matters one keeps; a measure is crossed off with one button."""
    kept_ones, own = queries.bodies_to_pledge_for(request.user, request.today)
    facts = {
        "mine": queries.mine(request.user, request.today),
        "posts": my_posts(request.user),
        "kept": kept_ones,
        "own": own,
        "trail": [programme_step(request), _pledges_step(), (_("My pledges"), None)],
        "place": "programme",
    }
    return render(request, "pledges/mine.html", facts)


@signed_in_only
@require_GET
def pledges_review(request: DayRequest) -> HttpResponse:
    """What waits for the reader's review, and whether the word of each quarter is asked of those below."""
    kept_ones, _own = queries.bodies_to_pledge_for(request.user, request.today)
    ordered = set(
        StandingOrder.objects.filter(body__in=[id for id, _name in kept_ones]).values_list("body_id", flat=True)
    )
    facts = {
        "rows": queries.waiting(request.user, request.today),
        "orders": [(id, name, id in ordered) for id, name in kept_ones],
        "trail": [programme_step(request), _pledges_step(), (_("Waiting for review"), None)],
        "place": "programme",
    }
    return render(request, "pledges/review.html", facts)


@signed_in_only
@require_POST
def words_order(request: AccountRequest, body_id: int) -> HttpResponseBase:
    """The word of each quarter is asked of those below from now on, or no longer."""
    body, _name = body_of(request, body_id)
    if refusal := refusal_of(request, body):
        return refusal
    try:
        if request.POST.get("do") == "order":
            quarters.order(body, today=request.today, by=request.user)
            messages.success(request, _("From now on it is asked each quarter, in your name."))
        else:
            quarters.call_off(body, by=request.user)
            messages.success(request, _("Nothing more is asked by itself."))
    except Refused as no:
        messages.error(request, str(no))
    return redirect("pledges_review")


@signed_in_only
def pledge_new(request: DayRequest, body_id: int) -> HttpResponseBase:
    body, name = body_of(request, body_id)
    is_keeper = office_that_keeps(request.user, body) is not None
    people = people_to_choose(request, body_id, is_keeper)
    if not is_keeper and not people and (refusal := refusal_of(request, body)):
        return refusal
    posts = posts_visible_to(request.user).filter(body=body, state=Post.State.OPEN).order_by("title", "pk")
    source = request.GET.get("about", "")[:60]
    form = NewPledgeForm(
        sent(request), people=people, is_keeper=is_keeper, posts=posts, today=request.today, source=source
    )

    def write() -> str:
        made = writing.write(body, today=request.today, by=request.user, **form.said())
        return reverse("pledge", args=[made.pk])

    facts = {
        "title": _("New pledge"), "kind": name, "back": reverse("pledges_mine"),
        "trail": [_pledges_step(), (_("New pledge"), None)],
    }  # fmt: skip
    return form_page(
        request, form, write, _("Kept as a draft. Hand it in once it is ready."), facts, "pledges/form.html"
    )


def people_to_choose(request: DayRequest, body_id: int, is_keeper: bool) -> list[Person]:
    """Whose pledges one writes in the body: of its whole roll for its keeper, else one's own alone."""
    user = cast(User, request.user)
    if is_keeper:
        body, _name = body_of(request, body_id)
        return list(people_of(user, body)[:500])
    if not bodies_of(user).filter(pk=body_id).exists():
        return []
    return list(persons_visible_to(user).filter(account=user))


def programme_step(request: DayRequest) -> tuple[str, str]:
    return _("Programme"), keep_day(reverse("programme"), request)


def _pledges_step() -> tuple[str, str]:
    return _("Pledges"), reverse("pledges")
