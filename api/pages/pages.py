"""The routes of the pages.

In development one chooses whom to be; in production a page wants the same token as all else.

The development login's cookie holds a token of the development issuer and is read by these pages
alone, which change nothing.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment as Templates
from jinja2 import PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from api.acting import PURPOSES, Acting, Purpose
from api.asking import chosen_namnd, existing
from api.clock import utc_now
from api.house import House
from api.identity import bearer, unidentified
from api.pages.casepage import case_page
from api.pages.searching import Wrong, sought
from api.policy import Action
from api.problems import Problem
from api.questions import ASKED, canonical_uuid, clocks, purpose
from api.reading import SIDES, CaseLine
from api.routes.documents import given_out
from api.routes.lists import read_place, written_place
from ledger.codec import Lane
from projections.texts import LANES, TYPES, UNKNOWN_TYPE
from projections.words import moment

COOKIE: Final = "liggaren-utveckling"
LOGIN: Final = "/inloggning"
_LARGEST_FORM_BYTES: Final = 4096
_MOST_FIELDS: Final = 10
_KEPT: Final = ("namnd", "andamal")
"""What a link carries on to the next page."""
CASES_ON_A_PAGE: Final = 20

_templates: Final = Templates(
    loader=PackageLoader("api.pages"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


def add_to(app: FastAPI, house: House) -> None:
    """Add the pages to the application."""
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), "static")
    app.add_api_route("/", _start, include_in_schema=False)
    app.add_api_route("/arenden", _cases, include_in_schema=False)
    app.add_api_route("/arenden", _search, methods=["POST"], include_in_schema=False)
    app.add_api_route("/arenden/{case}", _case, include_in_schema=False)
    for lane in SIDES:
        app.add_api_route(
            f"/handlingar/{lane}/{{document}}", partial(_document, lane), include_in_schema=False
        )
    if house.dev:
        app.add_api_route(LOGIN, _login, include_in_schema=False)
        app.router.routes.append(Route(LOGIN, _log_in, methods=["POST"]))
        app.router.routes.append(Route("/utloggning", _log_out, methods=["POST"]))


def problem_page(
    request: Request, problem: Problem, reference: UUID, headers: Mapping[str, str]
) -> Response:
    """Return a problem as a page."""
    house: House = request.app.state.house
    if problem.code == unidentified().code and house.dev:
        return RedirectResponse(LOGIN, status_code=303)
    namnder: list[tuple[str, str]] = []
    if problem.code == "namnd.choose":
        namnder = [
            (f"?{urlencode({**request.query_params, 'namnd': namnd})}", name)
            for namnd, name in problem.fields
        ]
    return _page(
        request,
        "problem.html.j2",
        status=problem.status,
        headers=headers,
        problem=problem,
        namnder=namnder,
        reference=reference,
        ways_back=list(_ways_back(request, problem)),
    )


def _ways_back(request: Request, problem: Problem) -> Iterator[tuple[str, str]]:
    """Where to go from a problem: address and words. None leads to the same problem again."""
    path = request.url.path
    if problem.status == HTTPStatus.UNPROCESSABLE_ENTITY and path.startswith("/arenden/"):
        namnd = {"namnd": request.query_params.get("namnd", "")}
        yield f"{path}?{urlencode(namnd)}", "Visa ärendet som det är i dag"
    again = problem.status == HTTPStatus.FORBIDDEN and (request.method, path) == ("GET", "/arenden")
    if not again and problem.status != HTTPStatus.UNAUTHORIZED:
        yield "/arenden", "Till ärendena"


def _start() -> Response:
    return RedirectResponse("/arenden", status_code=303)


def _cases(request: Request) -> Response:
    return _listed(request, purpose(request.query_params.get("andamal") or None))


async def _search(request: Request) -> Response:
    """Look somebody up. By POST: what is sought stands in no address and no log of addresses."""
    form = await _form(request)
    return await asyncio.to_thread(_found, request, form)


def _found(request: Request, form: Mapping[str, str]) -> Response:
    why = purpose(form.get("andamal") or None)
    try:
        found = sought(form.get("sokt", ""))
    except Wrong as wrong:
        return _listed(request, why, str(wrong))
    if isinstance(found, UUID):
        kept = _kept({**request.query_params, "andamal": why})
        return RedirectResponse(f"/arenden/{found}{kept}", status_code=303)
    house: House = request.app.state.house
    acting = _acting(request)
    acting.require(Lane.KOPPLING, Action.READ)
    persons = [
        (lane, person)
        for lane in SIDES
        if acting.may(lane, Action.READ)
        for person in house.reads.find_person(acting, lane, found, why).persons
    ]
    lanes = {case.stream: lane for lane, person in persons for case in person.cases}
    joined = house.reads.joining(acting, lanes, why)
    cases = dict.fromkeys(chain.from_iterable(joined.values()))
    return _page(
        request,
        "found.html.j2",
        acting=acting,
        lines=_told(house, house.reads.lines(acting, cases, why)),
        persons=[(LANES[lane], person.streams[0]) for lane, person in persons],
        alone=[(LANES[lane], one) for one, lane in lanes.items() if not joined[one]],
        kept=_kept({**request.query_params, "andamal": why}),
    )


def _listed(request: Request, why: Purpose, wrong: str = "") -> Response:
    """The nämnd's cases, a page at a time, and the form that finds one also while the list is being
    made.
    """
    house: House = request.app.state.house
    acting = _acting(request)
    asked = request.query_params.get("efter")
    listed = house.reads.readable_cases(
        acting, why, after=read_place(asked) if asked else None, limit=CASES_ON_A_PAGE
    )
    cases = [row.case for row in listed.rows] if listed else []
    onward = {"efter": written_place(listed.next)} if listed and listed.next else {}
    return _page(
        request,
        "cases.html.j2",
        status=422 if wrong else 200,
        acting=acting,
        lines=_told(house, house.reads.lines(acting, cases, why)),
        made=listed is not None,
        follows=listed is None or not any(shown.stopped for shown in listed.shown.values()),
        first=not asked,
        onward=_kept({**request.query_params, **onward}, ["efter"]) if onward else "",
        purposes=PURPOSES,
        purpose=why,
        wrong=wrong,
        kept=_kept(request.query_params),
    )


def _told(house: House, lines: Iterable[CaseLine]) -> list[dict[str, object]]:
    """The rows of a list of cases, in words."""
    titles = house.dev.titles() if house.dev else {}
    return [
        {
            "case": line.case,
            "parties": " och ".join(line.parties),
            "protected": line.protected,
            "latest": TYPES.get(line.latest, UNKNOWN_TYPE).title_on(line.occurred.day),
            "recorded": moment(line.recorded),
            "example": titles.get(line.case, ""),
        }
        for line in lines
    ]


def _case(request: Request, case: str) -> Response:
    house: House = request.app.state.house
    acting = _acting(request)
    why = purpose(request.query_params.get("andamal") or None)
    asked = clocks(request.query_params, utc_now())
    read = house.reads.case(acting, existing(case), why, "case.page")
    kept = _kept(request.query_params)
    return _page(
        request,
        "case.html.j2",
        acting=acting,
        page=case_page(read, asked, kept),
        asked={name: request.query_params.get(name, "") for name in (*ASKED, *_KEPT)},
        purposes=PURPOSES,
        purpose=why,
        kept=kept,
    )


def _document(lane: Lane, request: Request, document: str) -> Response:
    house: House = request.app.state.house
    acting, found = _acting(request), existing(document)
    why = purpose(request.query_params.get("andamal") or None)
    return given_out(found, house.reads.document(acting, lane, found, why))


def _login(request: Request) -> Response:
    house: House = request.app.state.house
    assert house.dev
    return _page(request, "login.html.j2", officers=house.dev.officers())


async def _log_in(request: Request) -> Response:
    house: House = request.app.state.house
    assert house.dev
    form = await _form(request)
    chosen = canonical_uuid(form.get("handlaggare", ""))
    if chosen is None or chosen not in {officer.id for officer in house.dev.officers()}:
        raise unidentified("Den handläggaren finns inte här.")
    answer = RedirectResponse("/arenden", status_code=303)
    answer.set_cookie(COOKIE, house.dev.token(chosen, utc_now()), httponly=True, samesite="strict")
    return answer


async def _log_out(request: Request) -> Response:
    await _form(request)
    answer = RedirectResponse(LOGIN, status_code=303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a small form that one of our own pages sent.

    Raises:
        Problem: 403, another site sent it; 413; 422, more fields than any of our forms has.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Problem(
            403,
            "form.other_site",
            "Kommer från en annan webbplats",
            "Formuläret skickades inte från Liggarens egen sida.",
            "Gå till Liggarens sida och skicka det därifrån.",
        )
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > _LARGEST_FORM_BYTES:
            raise Problem(
                413, "form.too_large", "För stort", "Formuläret är för stort.", "Välj på sidan."
            )
    try:
        fields = parse_qs(data.decode("ascii", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Problem(
            422,
            "form.too_many_fields",
            "För många fält",
            "Formuläret har för många fält.",
            "Skicka det formulär som sidan visar.",
        ) from None
    return {name: values[0] for name, values in fields.items()}


def _acting(request: Request) -> Acting:
    """The officer by a bearer token, or in development by the login's cookie."""
    house: House = request.app.state.house
    cookie = request.cookies.get(COOKIE) if house.dev else None
    token = cookie or bearer(request.headers.get("authorization"))
    now = utc_now()
    officer = house.verifier.officer(token, now)
    return house.reads.acting(officer, chosen_namnd(request.query_params.get("namnd") or None), now)


def _kept(asked: Mapping[str, str], also: Sequence[str] = ()) -> str:
    kept = {name: asked[name] for name in (*_KEPT, *also) if asked.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def _page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    acting: Acting | None = None,
    **values: Any,  # noqa: ANN401 - whatever the template shows
) -> Response:
    house: House = request.app.state.house
    html = _templates.get_template(template).render(
        development=house.dev is not None, acting=acting, **values
    )
    return HTMLResponse(html, status_code=status, headers=dict(headers or {}))
