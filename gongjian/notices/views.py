"""The page of one's own letters, and the switch for mail on it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from . import actions, queries
from .access import can_choose_mail


@login_required
@never_cache
@require_safe
def own_letters(request: HttpRequest) -> HttpResponse:
    at = {name: request.GET.get(name, "") for name in ("after", "before")}
    facts = {
        "letters": queries.own_letters(request.user, **at),  # type: ignore[arg-type]
        "sends_mail": bool(settings.MAIL),
        "can_choose": can_choose_mail(request.user),  # type: ignore[arg-type]
        "kept_days": actions.KEPT_DAYS,
        "place": "me",
        "trail": [(_("My page"), reverse("me")), (_("My letters"), None)],
    }
    return render(request, "notices/letters.html", facts)


@login_required
@require_POST
def want_mail(request: HttpRequest) -> HttpResponse:
    if not can_choose_mail(request.user):  # type: ignore[arg-type]
        raise Http404
    wanted = request.POST.get("wanted") == "yes"
    actions.want_mail(request.user, wanted)  # type: ignore[arg-type]
    said = _("From now on letters come by mail as well.") if wanted else _("From now on letters stay on this page.")
    messages.success(request, said)
    return redirect("own_letters")
