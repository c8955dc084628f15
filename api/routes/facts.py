"""`POST /v1/{lane}` opens a stream with a fact, `POST /v1/{lane}/{stream}` adds one to it.

One address for each lane, for all its types.
"""

import re
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.acting import Acting
from api.answers import receipt
from api.asking import TheActing, TheBody, TheHouse, TheKey, existing
from api.clock import utc_now
from api.house import House
from api.problems import Problem
from api.recording import Order
from api.saying import BY_THE_LEDGER_ITSELF, Said, understand
from ledger.codec import Lane
from projections.registry import REGISTRY

_STRONG_TAG: Final = re.compile(r'"([1-9][0-9]{0,15})"')


def router(lane: Lane) -> APIRouter:
    """Return the two routes of a lane."""
    routes = APIRouter(prefix=f"/v1/{lane}", tags=[lane.value])
    documented: dict[str, Any] = {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": command_schema(lane)}},
        }
    }

    @routes.post("", status_code=201, openapi_extra=documented)
    def open_stream(
        request: Request, house: TheHouse, acting: TheActing, key: TheKey, body: TheBody
    ) -> JSONResponse:
        """Record the first fact of a new stream. `If-None-Match: *` says that it must be new."""
        if request.headers.get("if-none-match", "").strip() != "*":
            raise _precondition("Ett nytt ärende begärs med If-None-Match: *.")
        return _record(house, acting, Order(lane, None, 0, key, body, understand(lane, body)))

    @routes.post("/{stream}", status_code=201, openapi_extra=documented)
    def record_fact(  # noqa: PLR0913, PLR0917 - FastAPI gives each part by itself
        stream: str,
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


def command_schema(lane: Lane) -> dict[str, Any]:
    """Return the JSON Schema of a lane's commands: one alternative for each type."""
    return {
        "oneOf": [
            _one(fact.TYPE, fact.model_json_schema(by_alias=True))
            for fact in REGISTRY.facts
            if fact.lane is lane and not issubclass(fact, BY_THE_LEDGER_ITSELF)
        ]
    }


def _one(type_name: str, fact: dict[str, Any]) -> dict[str, Any]:
    schema = Said.model_json_schema(by_alias=True)
    definitions = schema.pop("$defs", {}) | fact.pop("$defs", {})
    schema["title"] = type_name
    schema["properties"] = schema["properties"] | {"type": {"const": type_name}, "fact": fact}
    inlined: dict[str, Any] = _inlined(schema, definitions)
    return inlined


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON Schema is any JSON
    """Put definitions where they are referred to: OpenAPI looks for them elsewhere.

    None of ours refers to itself.
    """
    if isinstance(schema, list):
        return [_inlined(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(item, definitions) for name, item in schema.items()}
