"""The API: mounts what each matter offers, and tells every refusal as a problem document."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import django_auth

from gongjian.activities.api import router as activities
from gongjian.agreements.api import router as agreements
from gongjian.appraisal.api import router as appraisal
from gongjian.asks.api import router as asks
from gongjian.ballots.api import router as ballots
from gongjian.consistency.api import router as consistency
from gongjian.contacts.api import router as contacts
from gongjian.deeds.api import router as deeds
from gongjian.gaps.api import router as gaps
from gongjian.honours.api import router as honours
from gongjian.indicators.api import router as indicators
from gongjian.meetings.api import router as meetings
from gongjian.pledges.api import router as pledges
from gongjian.programme.api import router as programme
from gongjian.register.api import router as register
from gongjian.selections.api import router as selections
from gongjian.telling.api import router as telling
from gongjian.ui.errors import problem


class PublishedAPI(NinjaAPI):
    """Tells in its document that a refusal comes as a problem document, which the schema alone cannot say."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**given)
        for path in document["paths"].values():
            for call in path.values():
                for status, answer in call["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"]["application/problem+json"] = answer["content"].pop("application/json")
        return document


api = PublishedAPI(
    title="Gongjian",
    version="1",
    description="Read-only. Every list takes a day with `on` and is cut into pages with `after` and `limit`.",
    auth=django_auth,
    docs_url=None,  # the viewer loads its script from elsewhere; the document itself stands at openapi.json
    urls_namespace="api",
)
api.add_router("", register)
api.add_router("", asks)
api.add_router("", indicators)
api.add_router("", consistency)
api.add_router("", gaps)
api.add_router("", ballots)
api.add_router("", programme)
api.add_router("", activities)
api.add_router("", contacts)
api.add_router("", meetings)
api.add_router("", pledges)
api.add_router("", agreements)
api.add_router("", deeds)
api.add_router("", selections)
api.add_router("", telling)
api.add_router("", appraisal)
api.add_router("", honours)


@api.exception_handler(AuthenticationError)
def sign_in_first(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(401, _("Sign in first"), _("This address answers to people who are signed in."))


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, _("Not found"), str(error) or _("There is nothing at this address."))


@api.exception_handler(BadRequest)
def bad_request(request: HttpRequest, error: BadRequest) -> HttpResponse:
    return problem(400, _("This request cannot be read"), str(error))


@api.exception_handler(ValidationError)
def wrong_form(request: HttpRequest, error: ValidationError) -> HttpResponse:
    told = "; ".join(f"{'.'.join(str(part) for part in e['loc'][1:])}: {e['msg']}" for e in error.errors)
    return problem(400, _("This request cannot be read"), told)
