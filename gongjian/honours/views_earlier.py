"""The pages of honours given earlier: send a file, look at what is in it, enter it, take it back."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only
from gongjian.ui.templatetags.ui import keep_day

from . import earlier
from .access import files_visible_to
from .forms import EarlierForm
from .models import EarlierFile
from .pages import PLACE, body_of, done, form_page, refusal_of, sent, top

SHOWN = 200


@signed_in_only
def earlier_new(request: DayRequest, body_id: int) -> HttpResponseBase:
    body, name = body_of(request, body_id)
    if (no := refusal_of(request, body)) is not None:
        return no
    form = EarlierForm(sent(request), request.FILES or None)

    def act() -> str:
        file, now = form.cleaned_data["file"], timezone.now()
        made = earlier.look_at(body, file, today=request.today, now=now, by=request.user)
        return reverse("honour_earlier", args=[made.pk])

    back = keep_day(reverse("honours"), request)
    said = _("The file is read. Nothing is entered yet.")
    title = _("Honours given earlier, from a file")
    return form_page(request, form, act, said, title, back, [top(request)], lede=name, columns=earlier.COLUMNS.values())


@signed_in_only
@require_GET
def earlier_file(request: DayRequest, file_id: int) -> HttpResponse:
    found = file_of(request, file_id)
    facts = {
        "file": found, "rows": found.rows[:SHOWN], "problems": found.problems[:SHOWN],
        "trail": [top(request), (found.name, None)],
    }  # fmt: skip
    return render(request, "honours/earlier.html", facts | PLACE)


@signed_in_only
@require_POST
def earlier_move(request: AccountRequest, file_id: int) -> HttpResponseBase:
    found = file_of(request, file_id)
    address = reverse("honour_earlier", args=[found.pk])
    match request.POST.get("do"):
        case "enter":
            said = _("All rows are entered. Those with a document under an address are published.")
            return done(request, None, lambda: earlier.enter(found, by=request.user), said, address)
        case "undo":
            said = _("It is taken back, as if it had never been entered.")
            return done(request, None, lambda: earlier.undo(found, today=request.today, by=request.user), said, address)
    raise Http404


def file_of(request: DayRequest, file_id: int) -> EarlierFile:
    found = files_visible_to(request.user).select_related("body").filter(pk=file_id).first()
    if found is None:
        raise Http404
    return found
