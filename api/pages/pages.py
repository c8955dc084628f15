"""The routes of the pages.

In development one chooses whom to be; in production a page wants the same token as all else.

The development login's cookie holds a token of the development issuer and is read by these pages
alone, which change nothing.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
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

from api.acting import PURPOSES, Acting
from api.asking import chosen_namnd, existing
from api.clock import utc_now
from api.house import House
from api.identity import bearer, unidentified
from api.pages.casepage import case_page
from api.problems import Problem
from api.questions import ASKED, canonical_uuid, clocks, purpose

COOKIE: Final = "liggaren-utveckling"
LOGIN: Final = "/inloggning"
_LARGEST_FORM_BYTES: Final = 4096
_KEPT: Final = ("namnd", "andamal")
"""What a link carries on to the next page."""

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
    app.add_api_route("/arenden/{case}", _case, include_in_schema=False)
    if house.dev:
        app.add_api_route("/", _start, include_in_schema=False)
        app.add_api_route("/arenden", _cases, include_in_schema=False)
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
        ways_back=list(_ways_back(request, problem, development=house.dev is not None)),
    )


def _ways_back(
    request: Request, problem: Problem, *, development: bool
) -> Iterator[tuple[str, str]]:
    """Where to go from a problem: address and words. None leads to the same problem again."""
    path = request.url.path
    if problem.status == HTTPStatus.UNPROCESSABLE_ENTITY and path.startswith("/arenden/"):
        namnd = {"namnd": request.query_params.get("namnd", "")}
        yield f"{path}?{urlencode(namnd)}", "Visa ärendet som det är i dag"
    if development and not (problem.status == HTTPStatus.FORBIDDEN and path == "/arenden"):
        yield "/arenden", "Till ärendena"


def _start() -> Response:
    return RedirectResponse("/arenden", status_code=303)


def _cases(request: Request) -> Response:
    house: House = request.app.state.house
    acting = _acting(request)
    cases = house.reads.cases(acting, purpose(request.query_params.get("andamal") or None))
    titles = house.dev.titles() if house.dev else {}
    return _page(
        request,
        "cases.html.j2",
        acting=acting,
        cases=[(case, titles.get(case, "")) for case in cases],
        kept=_kept(request),
    )


def _case(request: Request, case: str) -> Response:
    house: House = request.app.state.house
    acting = _acting(request)
    why = purpose(request.query_params.get("andamal") or None)
    asked = clocks(request.query_params, utc_now())
    read = house.reads.case(acting, existing(case), why, "case.page")
    return _page(
        request,
        "case.html.j2",
        acting=acting,
        page=case_page(read, asked),
        asked={name: request.query_params.get(name, "") for name in (*ASKED, *_KEPT)},
        purposes=PURPOSES,
        purpose=why,
        kept=_kept(request),
    )


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
        Problem: 403, another site sent it; 413.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Problem(
            403,
            "form.other_site",
            "Kommer från en annan webbplats",
            "Formuläret skickades inte från Liggarens egen sida.",
            "Gå till inloggningssidan och välj där.",
        )
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > _LARGEST_FORM_BYTES:
            raise Problem(
                413, "form.too_large", "För stort", "Formuläret är för stort.", "Välj på sidan."
            )
    fields = parse_qs(data.decode("ascii", "replace"), max_num_fields=10)
    return {name: values[0] for name, values in fields.items()}


def _acting(request: Request) -> Acting:
    """The officer by a bearer token, or in development by the login's cookie."""
    house: House = request.app.state.house
    cookie = request.cookies.get(COOKIE) if house.dev else None
    token = cookie or bearer(request.headers.get("authorization"))
    now = utc_now()
    officer = house.verifier.officer(token, now)
    return house.reads.acting(officer, chosen_namnd(request.query_params.get("namnd") or None), now)


def _kept(request: Request) -> str:
    kept = {name: request.query_params[name] for name in _KEPT if request.query_params.get(name)}
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
