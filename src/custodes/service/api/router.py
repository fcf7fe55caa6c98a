"""The API itself, and how its refusals look."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from custodes.model.errors import CustodesError
from custodes.service.access.routes import Forbidden
from custodes.service.api.auth import Token
from custodes.service.api.estates import router as estates
from custodes.service.api.office import router as office
from custodes.service.api.reconcile import router as reconcile
from custodes.service.api.returns import router as returns
from custodes.service.estates import acts
from custodes.service.returns.saving import Closed, Conflict, Unfit
from custodes.service.returns.workflow import Refused
from custodes.service.web.words import words

api = NinjaAPI(title="custodes", version="1", auth=Token(), docs_url=None, urls_namespace="api")
api.add_router("/returns", returns)
api.add_router("/office", office)
api.add_router("/estates", estates)
api.add_router("/reconcile", reconcile, auth=None)


def _problem(request: HttpRequest, status: int, word: str, text: str = "", field: str = "") -> HttpResponse:
    told = text or words("en")(word)
    return api.create_response(request, {"word": word, "text": told, "field": field}, status=status)


@api.exception_handler(ValidationError)
def _not_as_described(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What was sent is not what the description says: where first, and why."""
    first = error.errors[0] if error.errors else {}
    where = ".".join(str(part) for part in first.get("loc", ())[1:])
    return _problem(request, 422, "wrong_request", str(first.get("msg", ""))[:400], where[:200])


@api.exception_handler(HttpError)
def _not_read(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What was sent cannot be read at all, or nobody sent it."""
    word = {401: "no_token", 403: "error_403"}.get(error.status_code, "wrong_request")
    return _problem(request, error.status_code, word, str(error)[:400])


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return _problem(request, 404, "error_404")


@api.exception_handler(Forbidden)
def _forbidden(request: HttpRequest, error: Forbidden) -> HttpResponse:
    return _problem(request, 403, "error_403")


@api.exception_handler(Unfit)
def _unfit(request: HttpRequest, error: Unfit) -> HttpResponse:
    return _problem(request, 422, error.word, words("en")(error.word, **error.parts), error.field)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return _problem(request, 409, error.word)


@api.exception_handler(acts.Unfit)
def _not_done(request: HttpRequest, error: acts.Unfit) -> HttpResponse:
    return _problem(request, 422, "unfit", str(error))


@api.exception_handler(Conflict)
def _conflict(request: HttpRequest, error: Conflict) -> HttpResponse:
    return _problem(request, 409, "conflict")


@api.exception_handler(Closed)
def _closed(request: HttpRequest, error: Closed) -> HttpResponse:
    return _problem(request, 409, "refused_state")


@api.exception_handler(CustodesError)
def _bad(request: HttpRequest, error: CustodesError) -> HttpResponse:
    return _problem(request, 422, "wrong_file", str(error))
