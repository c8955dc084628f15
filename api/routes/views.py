"""`GET`: a case's state and trail, a stream with its version, and whether the service is well."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse

from api import answers, describing
from api.asking import TheActing, TheBody, TheHouse, TheId, ThePurpose, existing
from api.clock import utc_now
from api.problems import Problem, not_found
from api.questions import ASKED, clocks
from api.routes.facts import etag
from ledger.codec import Lane
from ledger.connections import KEYS, PROJECTOR
from ledger.errors import LedgerError
from ledger.lists import health as lists_health
from projections.clocks import Clocks
from projections.lists import LISTS


def _clocks(request: Request) -> Clocks:
    if not request.query_params.keys() <= ASKED:
        raise Problem(
            400,
            "query.unknown",
            "Okänd fråga",
            "Adressen har en fråga som inte finns här.",
            f"De frågor som finns är {', '.join(sorted(ASKED))}.",
        )
    return clocks(request.query_params, utc_now())


TheClocks = Annotated[Clocks, Depends(_clocks)]
"""At which times the view looks."""


def _view(schema: str, *parameters: describing.Schema, **headers: str) -> dict[str, Any]:
    return describing.described(
        describing.answers(schema, **headers),
        *describing.READS,
        parameters=[describing.NAMND, describing.PURPOSE, *parameters],
    )


cases = APIRouter(prefix="/v1/arenden", tags=["arenden"])


@cases.get("/{case}", **_view("CaseState", *describing.CLOCKS))
def case_state(
    case: TheId, house: TheHouse, acting: TheActing, purpose: ThePurpose, asked: TheClocks
) -> JSONResponse:
    """How a case stood."""
    read = house.reads.case(acting, existing(case), purpose, "case.state")
    return JSONResponse(answers.state_json(read, asked, acting))


@cases.get("/{case}/historik", **_view("CaseTrail", *describing.CLOCKS))
def case_trail(
    case: TheId, house: TheHouse, acting: TheActing, purpose: ThePurpose, asked: TheClocks
) -> JSONResponse:
    """All that is recorded of a case, in order."""
    read = house.reads.case(acting, existing(case), purpose, "case.trail")
    return JSONResponse(answers.trail_json(read, asked, acting))


def streams(lane: Lane) -> APIRouter:
    """Return the route of a lane's streams."""
    routes = APIRouter(prefix=f"/v1/{lane}/strommar", tags=[lane.value])

    @routes.get("/{stream}", **_view("Stream", *describing.CLOCKS, ETag="Strömmens version"))
    def stream_state(
        stream: TheId, house: TheHouse, acting: TheActing, purpose: ThePurpose, asked: TheClocks
    ) -> JSONResponse:
        """How one stream stood, and all that is in it. Its ETag is what `If-Match` wants."""
        read = house.reads.stream(acting, lane, existing(stream), purpose, "stream.state")
        return JSONResponse(
            answers.stream_json(read, asked, acting),
            headers={"etag": etag(read.streams[lane].version)},
        )

    return routes


def persons(lane: Lane) -> APIRouter:
    """Return the route that looks for a person in a lane. The number stands in no address."""
    routes = APIRouter(prefix=f"/v1/{lane}/personer", tags=[lane.value])

    @routes.post(
        "/sok",
        **describing.described(
            describing.answers("PersonsFound"),
            *(408, 413, 415, 422),
            parameters=[describing.NAMND, describing.PURPOSE],
            body=describing.NUMBER_ASKED,
        ),
    )
    def find_person(
        house: TheHouse, acting: TheActing, purpose: ThePurpose, body: TheBody
    ) -> JSONResponse:
        """The persons whom a number leads to, and their cases in this lane. Exact match only."""
        if body.keys() != {"number"} or not isinstance(body["number"], str):
            raise Problem(
                422,
                "person.number_missing",
                "Numret saknas",
                "Innehållet är det nummer som söks och inget annat.",
                'Skicka {"number": "…"} med tolv siffror.',
            )
        found = house.reads.find_person(acting, lane, body["number"], purpose)
        return JSONResponse(found.to_json())

    return routes


holds = APIRouter(prefix="/v1/tillsyn/sparrar", tags=[Lane.TILLSYN.value])


@holds.get("/{held}/{stream}", **_view("Holding"))
def holding(
    held: Annotated[str, Path(json_schema_extra={"enum": [*Lane]})],
    stream: TheId,
    house: TheHouse,
    acting: TheActing,
    purpose: ThePurpose,
) -> JSONResponse:
    """Which nämnder have set a gallringsspärr on a stream that the nämnd holds."""
    if held not in set(Lane):
        raise not_found()
    found = house.reads.holding(acting, Lane(held), existing(stream), purpose)
    return JSONResponse({"namnder": [{"id": str(namnd), "name": name} for namnd, name in found]})


health = APIRouter(prefix="/v1/halsa", tags=["halsa"])


@health.get(
    "",
    responses={
        200: describing.answers("Health"),
        503: {"description": "Tjänsten når inte sina databaser", **describing.answers("Health")},
        **describing.problems(421, 431, 500),
    },
)
async def well(house: TheHouse) -> JSONResponse:
    """Whether the service can read and write, and which lists do not follow their logs. Tells
    nothing of what it holds.

    In a thread and over connections of its own, so that a service that has much to do is not taken
    for one that is ill.
    """
    ledger = house.processes.ledger
    away = JSONResponse({"status": "otillganglig"}, status_code=503)
    for role in (PROJECTOR, KEYS):
        if not await asyncio.to_thread(ledger.connections.answers, role):
            return away
    try:
        lists = await asyncio.to_thread(lists_health, ledger.connections, LISTS)
    except LedgerError:
        return away
    status = {"status": "skrivskyddad" if ledger.witness.behind else "ok"}
    told = {"stoppedLists": lists.stopped, "lateLists": lists.late}
    return JSONResponse(status | {name: list(lanes) for name, lanes in told.items() if lanes})
