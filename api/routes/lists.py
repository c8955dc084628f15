"""`GET /v1/{lane}/strommar` and `GET /v1/arenden`: what there is, the one last written to first.

A row tells what needs no key: types, times, numbers, open or closed as it was recorded. `efter` is
taken from `Link: rel="next"`; `visa` is `oppna`, `avslutade` or, by default, `alla`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from api import answers, describing
from api.asking import TheActing, TheHouse, ThePurpose
from api.problems import Problem
from api.reading import MOST, PAGE
from domain.kernel.values import format_instant
from ledger.codec import Lane

_SHOW: Final[Mapping[str, bool | None]] = {"alla": None, "oppna": True, "avslutade": False}
_POSITION: Final = re.compile(r"(0|[1-9][0-9]{0,6})[.](0|[1-9][0-9]{0,12})")
_PLACE: Final = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})[.]([0-9]{6})Z"
    r"[.]([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)


class Asked:
    """Which page.

    Args:
        limit: at most so many rows.
        open_: the open ones, the closed ones, or (None) all.
        after: the cursor as it stands in the address; None from the top.
    """

    def __init__(self, request: Request) -> None:
        asked = request.query_params
        limit, show = asked.get("antal", str(PAGE)), asked.get("visa", "alla")
        if (
            not asked.keys() <= {"efter", "antal", "visa"}
            or show not in _SHOW
            or not re.fullmatch(r"[1-9][0-9]{0,2}", limit)
            or int(limit) > MOST
        ):
            raise Problem(
                400,
                "query.unknown",
                "Okänd fråga",
                f"Listan tar efter, antal från 1 till {MOST}, och visa: {', '.join(_SHOW)}.",
                "Använd adressen i Link: rel=next från föregående svar.",
            )
        self.limit = int(limit)
        self.show = show
        self.open_ = _SHOW[show]
        self.after = asked.get("efter")

    def link(self, path: str, cursor: str) -> dict[str, str]:
        """The header that says where the next page is."""
        address = f"{path}?efter={cursor}&antal={self.limit}&visa={self.show}"
        return {"link": f'<{address}>; rel="next"'}


def _asked(request: Request) -> Asked:
    return Asked(request)


TheAsked = Annotated[Asked, Depends(_asked)]


def _list(schema: str, cursor: str) -> dict[str, Any]:
    """How a list is described: its answer, and what its cursor looks like."""
    return describing.described(
        {
            **describing.answers(schema),
            "headers": {
                "Link": {
                    "description": "Nästa sida, om det finns en: rel=next",
                    "schema": {"type": "string"},
                },
            },
        },
        422,
        parameters=[describing.NAMND, describing.PURPOSE, *describing.listing(cursor)],
    )


def streams(lane: Lane) -> APIRouter:
    """Return the route of a lane's list."""
    routes = APIRouter(prefix=f"/v1/{lane}/strommar", tags=[lane.value])

    @routes.get("", operation_id=f"list_{lane}", **_list("StreamList", _POSITION.pattern))
    def listed(
        house: TheHouse, acting: TheActing, purpose: ThePurpose, asked: TheAsked
    ) -> JSONResponse:
        """The cases or matters of the process that the nämnd holds, a page at a time."""
        after = _position(asked.after) if asked.after is not None else None
        page = house.reads.listed(
            acting, lane, purpose, after=after, limit=asked.limit, open_=asked.open_
        )
        headers = (
            asked.link(f"/v1/{lane}/strommar", f"{page.next[0]}.{page.next[1]}")
            if page.next
            else {}
        )
        return JSONResponse(answers.list_json(lane, page, acting), headers=headers)

    return routes


cases = APIRouter(prefix="/v1/arenden", tags=["arenden"])


@cases.get("", **_list("CaseList", _PLACE.pattern))
def case_list(
    house: TheHouse, acting: TheActing, purpose: ThePurpose, asked: TheAsked
) -> JSONResponse:
    """The nämnd's cases with both processes, for whoever may read both, a page at a time."""
    after = read_place(asked.after) if asked.after is not None else None
    page = house.reads.listed_cases(
        acting, purpose, after=after, limit=asked.limit, open_=asked.open_
    )
    headers = asked.link("/v1/arenden", written_place(page.next)) if page.next else {}
    return JSONResponse(answers.case_list_json(page, acting), headers=headers)


def _position(text: str) -> tuple[int, int]:
    match = _POSITION.fullmatch(text)
    if match is None:
        raise _no_cursor()
    return int(match[1]), int(match[2])


def written_place(place: tuple[datetime, UUID]) -> str:
    """A place in the list of cases as it stands in an address."""
    return f"{re.sub('[-:]', '', format_instant(place[0]))}.{place[1]}"


def read_place(text: str) -> tuple[datetime, UUID]:
    """The inverse of `written_place`.

    Raises:
        Problem: 400; it is none.
    """
    match = _PLACE.fullmatch(text)
    if match is None:
        raise _no_cursor()
    try:
        year, month, day, hour, minute, second, micro = map(int, match.groups()[:7])
        return datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC), UUID(match[8])
    except ValueError:
        raise _no_cursor() from None


def _no_cursor() -> Problem:
    return Problem(
        400,
        "cursor.form",
        "Fel form",
        "Markören är ingen som listan har lämnat.",
        "Använd adressen i Link: rel=next från föregående svar, utan att ändra den.",
    )
