"""`POST /v1/{lane}` opens a stream with a fact, `POST /v1/{lane}/{stream}` adds one to it.

One address for each lane, for all its types.
"""

import re
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api import describing
from api.acting import Acting
from api.answers import receipt
from api.asking import TheActing, TheBody, TheHouse, TheId, TheKey, existing
from api.clock import utc_now
from api.house import House
from api.problems import Problem
from api.recording import Order
from api.saying import understand
from ledger.codec import Lane

_STRONG_TAG: Final = re.compile(r'"([1-9][0-9]{0,15})"')


def router(lane: Lane) -> APIRouter:
    """Return the two routes of a lane."""
    routes = APIRouter(prefix=f"/v1/{lane}", tags=[lane.value])
    receipt_given = describing.answers(
        "Receipt", Location="Strömmen som fick händelsen", ETag="Strömmens version"
    )

    def described(*parameters: describing.Schema) -> dict[str, Any]:
        return describing.described(
            receipt_given,
            *describing.WRITES,
            status=201,
            parameters=[describing.NAMND, describing.KEY, *parameters],
            body=describing.command_body(lane),
        )

    @routes.post("", **described(describing.IF_NONE_MATCH))
    def open_stream(
        request: Request, house: TheHouse, acting: TheActing, key: TheKey, body: TheBody
    ) -> JSONResponse:
        """Record the first fact of a new stream. `If-None-Match: *` says that it must be new."""
        if request.headers.get("if-none-match", "").strip() != "*":
            raise _precondition("Ett nytt ärende begärs med If-None-Match: *.")
        return _record(house, acting, Order(lane, None, 0, key, body, understand(lane, body)))

    @routes.post("/{stream}", **described(describing.IF_MATCH))
    def record_fact(  # noqa: PLR0913, PLR0917 - FastAPI gives each part by itself
        stream: TheId,
        request: Request,
        house: TheHouse,
        acting: TheActing,
        key: TheKey,
        body: TheBody,
    ) -> JSONResponse:
        """Record a fact. `If-Match` is the version you have seen; 412 if there is a later one."""
        found, expected_version = existing(stream), expected(request)
        return _record(
            house, acting, Order(lane, found, expected_version, key, body, understand(lane, body))
        )

    return routes


def _record(house: House, acting: Acting, order: Order) -> JSONResponse:
    stored = house.writes.record(acting, order, utc_now())
    return JSONResponse(
        receipt(order.lane, stored),
        status_code=201,
        headers={
            "location": f"/v1/{order.lane}/strommar/{stored.originator_id}",
            "etag": etag(stored.originator_version),
        },
    )


def etag(version: int) -> str:
    """The entity tag of a stream at a version (RFC 9110 section 8.8.3)."""
    return f'"{version}"'


def expected(request: Request) -> int:
    """The version that the sender has seen, from If-Match.

    Raises:
        Problem: 428 without it, 400 where it is none.
    """
    given = request.headers.get("if-match", "").strip()
    if not given:
        raise _precondition("Huvudet If-Match saknas: vilken version har du sett?")
    match = _STRONG_TAG.fullmatch(given)
    if match is None:
        raise Problem(
            400,
            "precondition.form",
            "Fel form",
            "If-Match är inte en version av en ström.",
            'Skicka det ETag som läsningen gav, till exempel "3".',
        )
    return int(match[1])


def _precondition(detail: str) -> Problem:
    return Problem(
        428,
        "precondition.missing",
        "Version saknas",
        detail,
        "Läs strömmen och skicka dess ETag i If-Match. För ett nytt ärende: If-None-Match: *.",
    )
