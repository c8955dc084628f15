"""The application: routes, problems, the outermost layer. One for each opened ledger."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from uuid import UUID

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.describing import Described
from api.edge import HEADERS, STRICT_TRANSPORT, Edge
from api.feeding import LANES as FED
from api.filing import LANES as FILED_IN
from api.house import House
from api.pages import pages
from api.problems import RETRY_AFTER_S, Problem, from_ledger, from_refused, not_found
from api.reading import SIDES
from api.routes import documents, facts, feed, lists, views
from domain.kernel.refused import Refused
from ledger.codec import Lane
from ledger.errors import LedgerError
from ledger.store import Environment
from projections.lists import LISTS

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""The host names a development service answers to, and the only addresses it may listen on."""


def create_app(house: House) -> FastAPI:
    """Return the application of an opened ledger.

    Args:
        house: who opened it closes it.
    """
    development = house.environment is Environment.DEVELOPMENT
    app = Described(
        title="Liggaren",
        version="1",
        redirect_slashes=False,
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        openapi_url="/v1/openapi.json" if development else None,
    )
    app.state.house = house
    app.add_middleware(
        Edge,
        headers=HEADERS if development else HEADERS | STRICT_TRANSPORT,
        hosts=LOOPBACK if development else None,
    )
    for lane in Lane:
        app.include_router(facts.router(lane))
        app.include_router(views.streams(lane))
    for lane in FILED_IN:
        app.include_router(documents.router(lane))
    for lane in SIDES:
        app.include_router(views.persons(lane))
    for lane in FED:
        app.include_router(feed.router(lane))
    for lane in LISTS:
        app.include_router(lists.streams(lane))
    app.include_router(lists.cases)
    app.include_router(views.cases)
    app.include_router(views.holds)
    app.include_router(views.health)
    pages.add_to(app, house)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(LedgerError, _ledger_error)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _malformed)
    return app


def _answer(request: Request, problem: Problem, more: Mapping[str, str] | None = None) -> Response:
    reference: UUID = request.state.reference
    headers = dict(more or {})
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["retry-after"] = str(RETRY_AFTER_S)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    if not request.url.path.startswith("/v1/"):
        return pages.problem_page(request, problem, reference, headers)
    return JSONResponse(
        problem.to_json(reference.urn),
        status_code=problem.status,
        headers=headers,
        media_type="application/problem+json",
    )


def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return _answer(request, error)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return _answer(request, from_refused(error))


def _ledger_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, LedgerError)
    return _answer(request, from_ledger(error))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return _answer(
            request,
            Problem(
                405,
                "method.not_allowed",
                "Går inte här",
                "Adressen tar inte emot den metoden.",
                "Läs med GET, registrera med POST. Inget kan ändras eller tas bort.",
            ),
            error.headers,
        )
    return _answer(request, not_found())


def _malformed(request: Request, _: Exception) -> Response:
    """FastAPI could not read the request. Its own answer would repeat what was sent."""
    return _answer(
        request,
        Problem(
            422,
            "request.form",
            "Går inte att förstå",
            "Anropet har fel form.",
            "Jämför med tjänstens beskrivning.",
        ),
    )
