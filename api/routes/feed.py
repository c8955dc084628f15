"""`GET /v1/handelser/{lane}`: what has been recorded in a lane, page by page."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api import describing
from api.asking import TheActing, TheHouse
from api.feeding import LANES, MOST, PAGE, Cursor, page
from api.problems import Problem
from ledger.codec import Lane

_ASKED: Final = frozenset({"efter", "antal"})


class Batch(JSONResponse):
    """A batch of CloudEvents (JSON format, section 4)."""

    media_type = "application/cloudevents-batch+json"


def router(lane: Lane) -> APIRouter:
    """Return the feed of a lane."""
    assert lane in LANES
    routes = APIRouter(prefix="/v1/handelser", tags=["handelser"])

    @routes.get(
        f"/{lane}",
        operation_id=f"feed_{lane}",
        response_class=Batch,
        **describing.described(
            {
                **describing.answers("Events", str(Batch.media_type)),
                "headers": {
                    "Link": {
                        "description": "Var man går vidare: rel=next",
                        "schema": {"type": "string"},
                    },
                    "Retry-After": {
                        "description": "Sekunder till nästa fråga, där sidan inte var full",
                        "schema": {"type": "string"},
                    },
                },
            },
            410,
            parameters=[describing.NAMND, *describing.FEED],
        ),
    )
    def feed(request: Request, house: TheHouse, acting: TheActing) -> Batch:
        """What follows `efter`, at most `antal` events.

        `Link: rel="next"` is where to go on, at once where the page was full, otherwise later.
        """
        limit = _limit(request)
        efter = request.query_params.get("efter")
        found = page(
            house.reads, acting, lane, Cursor.parse(efter) if efter is not None else None, limit
        )
        headers = {"cache-control": "no-store"}
        if found.next:
            address = f"/v1/handelser/{lane}?efter={found.next}&antal={limit}"
            headers["link"] = f'<{address}>; rel="next"'
        if not found.full:
            headers["retry-after"] = "1"
        return Batch(list(found.events), headers=headers)

    return routes


def _limit(request: Request) -> int:
    asked = request.query_params
    given = asked.get("antal", str(PAGE))
    if (
        asked.keys() <= _ASKED
        and given.isascii()
        and given.isdecimal()
        and len(given) <= len(str(MOST))
        and 1 <= int(given) <= MOST
    ):
        return int(given)
    raise Problem(
        400,
        "query.unknown",
        "Okänd fråga",
        f"Flödet tar efter, och antal från 1 till {MOST}.",
        "Använd adressen i Link: rel=next från föregående svar.",
    )
