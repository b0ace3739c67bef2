"""The pages of posts: the list, one of them, setting one up; and who holds it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.queries.lists import body_names
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only
from gongjian.ui.excel import Column, workbook_response

from . import matching, offering, queries, queries_posts
from .access import assignments_visible_to, bodies_kept_by, people_of, posts_visible_to
from .forms import WordForm
from .forms_posts import MoveForm, NominateForm, PostFilterForm, PostForm, ReasonForm, RenewForm
from .models import Assignment, CataloguePost, Post
from .pages import body_of, done, form_page, refusal_of, sent
from .states import moves_of
from .views import MOST_IN_A_FILE, programme_step


@signed_in_only
@require_GET
def posts(request: DayRequest) -> HttpResponse:
    form = PostFilterForm(request.GET)
    facts: dict[str, Any] = {"form": form, "trail": [programme_step(request), (_("Posts"), None)], "place": "programme"}
    if not form.is_valid():
        return render(request, "pledges/posts.html", facts, status=400)
    filters = form.filters()
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    query = urlencode({name: request.GET[name] for name in form.fields if request.GET.get(name)})
    name = body_names(request.user, request.today, [filters.body]).get(filters.body, "") if filters.body else ""
    facts |= {
        "listed": queries_posts.posts_listed(request.user, filters, request.today, after=after, before=before),
        "is_narrowed": filters != queries_posts.PostFilters(),
        "of_body": name,
        "kept": queries.named_bodies(request.user, bodies_kept_by(request.user), request.today),
        "export_href": f"{reverse('posts_export')}?{query}",
    }
    return render(request, "pledges/posts.html", facts)


@signed_in_only
@require_GET
def posts_export(request: DayRequest) -> HttpResponseBase:
    """Posts with their duties and seats, without who holds them."""
    form = PostFilterForm(request.GET)
    if not form.is_valid():
        raise BadRequest(_("These conditions do not fit together. Go back to the list and choose again."))
    found = queries_posts.every_post(request.user, form.filters(), request.today, most=MOST_IN_A_FILE)
    if found is None:
        raise BadRequest(_("More than 100,000 records. Choose a line or a year and take them from there."))
    columns = [
        Column(_("Organisation"), 36),
        Column(_("Line"), 12),
        Column(_("Post category"), 18),
        Column(_("Post"), 24),
        Column(_("Where it serves, or whom"), 30),
        Column(_("Duties"), 60),
        Column(_("What can be measured"), 40),
    ]
    columns += [Column(_("Seats"), 8, "number"), Column(_("Taken"), 8, "number"), Column(_("From"), 12, "day")]
    columns += [Column(_("Last day"), 12, "day"), Column(_("State"), 14)]
    rows = map(_line, found)
    return workbook_response(f"{_('Posts')}-{request.today}.xlsx", columns, rows, sheet=_("Posts"))


def _line(row: queries_posts.PostRow) -> list[Any]:
    each = row.post
    head = str(each.kind.category) if each.kind else _("not of the catalogue")
    return [
        row.name, str(each.body.line), head, each.title, each.area, "\n".join(each.duties), each.content, each.seats,
        row.taken, each.since, each.until, each.get_state_display(),
    ]  # fmt: skip


@signed_in_only
@require_GET
def post(request: DayRequest, post_id: int) -> HttpResponse:
    shown = queries_posts.post_shown(request.user, post_id, request.today)
    if shown is None:
        raise Http404
    found, keeps = shown.row.post, shown.keeps is not None
    nominate = keeps and found.state == Post.State.OPEN
    facts = {
        "shown": shown,
        "row": shown.row,
        "post": found,
        "keeps": keeps,
        "moves": moves_of(found) if keeps else [],
        "nominate": NominateForm(None, people=people_of(request.user, found.body)[:500]) if nominate else None,
        "trail": [(_("Posts"), reverse("posts")), (found.title, None)],
        "place": "programme",
    }
    return render(request, "pledges/post.html", facts)


@signed_in_only
def post_new(request: DayRequest, body_id: int) -> HttpResponseBase:
    """From the catalogue with ?kind=…, or free."""
    body, name = body_of(request, body_id)
    if refusal := refusal_of(request, body):
        return refusal
    kind = CataloguePost.objects.filter(pk=request.GET.get("kind", "")[:40].replace("\x00", "")).first()
    form = PostForm(sent(request), today=request.today, kind=kind)

    def set_up() -> str:
        made = offering.set_up(body, today=request.today, by=request.user, **form.said())
        return reverse("post", args=[made.pk])

    facts = {
        "title": _("New post"), "kind": name, "back": reverse("posts"),
        "catalogue": CataloguePost.objects.select_related("category").order_by("category__position", "position"),
        "trail": [(_("Posts"), reverse("posts")), (_("New post"), None)],
    }  # fmt: skip
    return form_page(request, form, set_up, _("Set up. Open it once it is ready."), facts, "pledges/post_form.html")


@signed_in_only
def post_edit(request: DayRequest, post_id: int) -> HttpResponseBase:
    found = _post_of(request, post_id)
    if refusal := refusal_of(request, found.body):
        return refusal
    form = PostForm(sent(request), today=request.today, post=found)

    def amend() -> str:
        given = form.said()
        del given["kind"]
        offering.amend(found, by=request.user, **given)
        return _page(post_id)

    name = body_names(request.user, request.today, [found.body_id]).get(found.body_id, "")
    facts = {
        "title": found.title, "kind": name, "back": _page(post_id),
        "trail": [(_("Posts"), reverse("posts")), (found.title, _page(post_id))],
    }  # fmt: skip
    return form_page(request, form, amend, _("Kept."), facts, "pledges/post_form.html")


@signed_in_only
@require_POST
def post_move(request: AccountRequest, post_id: int) -> HttpResponseBase:
    found = _post_of(request, post_id)
    if refusal := refusal_of(request, found.body):
        return refusal
    verb = request.POST.get("do", "")
    if verb not in ("open", "close", "reopen"):
        raise Http404
    said = _("Nobody can choose it any more.") if verb == "close" else _("It is open to choose.")
    return done(
        request, None, lambda: offering.offer(found, verb, today=request.today, by=request.user), said, _page(post_id)
    )


@signed_in_only
@require_POST
def post_choose(request: AccountRequest, post_id: int) -> HttpResponseBase:
    found = _post_of(request, post_id)
    said = _("Chosen. Whoever keeps the plan of the organisation matches it and says why.")
    return done(
        request, None, lambda: matching.choose(found, today=request.today, by=request.user), said, _page(post_id)
    )


@signed_in_only
@require_POST
def post_nominate(request: AccountRequest, post_id: int) -> HttpResponseBase:
    found = _post_of(request, post_id)
    if refusal := refusal_of(request, found.body):
        return refusal
    form = NominateForm(request.POST, people=people_of(request.user, found.body)[:500])

    def nominate() -> object:
        return matching.nominate(found, form.cleaned_data["person"], today=request.today, by=request.user)

    return done(request, form, nominate, _("Nominated."), _page(post_id))


# == who holds it ==
@signed_in_only
@require_GET
def assignment(request: DayRequest, assignment_id: int) -> HttpResponse:
    shown = queries_posts.assignment_shown(request.user, assignment_id, request.today)
    if shown is None:
        raise Http404
    found = shown.holder.assignment
    keeps = shown.keeps is not None
    is_on_post = found.state == Assignment.State.ON_POST
    facts = {
        "shown": shown,
        "held": found,
        "post": found.post,
        "moves": moves_of(found) if keeps else [],
        "reason": ReasonForm(),
        "renew": RenewForm(),
        "move": MoveForm(None, posts=shown.others) if shown.others else None,
        "word": WordForm() if is_on_post and (keeps or shown.is_mine) else None,
        "trail": [(_("Posts"), reverse("posts")), (found.post.title, _page(found.post_id)), (_("Who holds it"), None)],
        "place": "programme",
    }
    return render(request, "pledges/assignment.html", facts)


@signed_in_only
@require_POST
def assignment_move(request: AccountRequest, assignment_id: int) -> HttpResponseBase:
    """Matched or declined, shown, on post, renewed, moved, ended: which of them the button says."""
    found = _assignment_of(request, assignment_id)
    if refusal := refusal_of(request, found.post.body):
        return refusal
    by, today, address, verb = request.user, request.today, _held(assignment_id), request.POST.get("do", "")
    reason = ReasonForm(request.POST)
    match verb:
        case "match" | "decline":
            said = _("Matched. Show it before it begins.") if verb == "match" else _("Declined, with the reason.")
            return done(
                request, reason, lambda: matching.settle(found, verb, by=by, **reason.cleaned_data), said, address
            )
        case "show":
            said = _("Shown from today on. Put the names on the board of the place; they are not on the internet.")
            return done(request, None, lambda: matching.show(found, today=today, by=by), said, address)
        case "begin":
            return done(
                request, None, lambda: matching.begin(found, today=today, by=by), _("On post from today on."), address
            )
        case "renew":
            form = RenewForm(request.POST)
            return done(
                request,
                form,
                lambda: matching.renew(found, today=today, by=by, **form.cleaned_data),
                _("Renewed."),
                address,
            )
        case "end":
            return done(
                request, reason,
                lambda: matching.leave(found, because=reason.cleaned_data["reason"], today=today, by=by),
                _("Off the post. What was told stays."), address,
            )  # fmt: skip
        case "move":
            to = MoveForm(request.POST, posts=posts_visible_to(by).filter(body=found.post.body_id))
            return done(
                request, to, lambda: matching.move_to(found, today=today, by=by, **to.cleaned_data),
                _("Put forward for the other post. It is matched there."), address,
            )  # fmt: skip
    raise Http404


@signed_in_only
@require_POST
def assignment_word(request: AccountRequest, assignment_id: int) -> HttpResponseBase:
    found = _assignment_of(request, assignment_id)
    form = WordForm(request.POST)
    by, today = request.user, request.today
    return done(
        request, form, lambda: matching.say_word(found, today=today, by=by, **form.cleaned_data),
        _("The word of the quarter is kept."), _held(assignment_id),
    )  # fmt: skip


def _post_of(request: DayRequest, post_id: int) -> Post:
    found = posts_visible_to(request.user).select_related("body__line", "kind").filter(pk=post_id).first()
    if found is None:
        raise Http404
    return found


def _assignment_of(request: DayRequest, assignment_id: int) -> Assignment:
    rows = assignments_visible_to(request.user).select_related("post__body__line", "person")
    found = rows.filter(pk=assignment_id).first()
    if found is None:
        raise Http404
    return found


def _page(post_id: int) -> str:
    return reverse("post", args=[post_id])


def _held(assignment_id: int) -> str:
    return reverse("assignment", args=[assignment_id])
