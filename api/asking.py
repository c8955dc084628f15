"""What every route needs of a request: who asks, for which nämnd, why, and the body."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Path, Request

from api.acting import Acting, Purpose
from api.bodies import LARGEST_BODY_BYTES, parse, require_json, too_large
from api.clock import utc_now
from api.house import House
from api.identity import bearer
from api.problems import Problem, not_found
from api.questions import canonical_uuid, purpose
from ledger.codec import Json

_BODY_LIMIT_S: Final = 30.0


async def _house(request: Request) -> House:
    house = request.app.state.house
    assert isinstance(house, House)
    return house


TheHouse = Annotated[House, Depends(_house)]
"""The opened ledger."""


def _acting(request: Request, house: TheHouse) -> Acting:
    """The officer by the bearer token, acting for the nämnd in `Liggaren-Namnd`."""
    now = utc_now()
    officer = house.verifier.officer(bearer(request.headers.get("authorization")), now)
    return house.reads.acting(officer, chosen_namnd(request.headers.get("liggaren-namnd")), now)


TheActing = Annotated[Acting, Depends(_acting)]
"""Who asks."""


def _purpose(request: Request) -> Purpose:
    """Why, from `Liggaren-Andamal`; handling of the case where nothing is said."""
    return purpose(request.headers.get("liggaren-andamal"))


ThePurpose = Annotated[Purpose, Depends(_purpose)]
"""Why somebody reads."""


def _key(request: Request) -> UUID:
    key = canonical_uuid(request.headers.get("idempotency-key", ""))
    if key is None:
        raise Problem(
            400,
            "idempotency.missing",
            "Nyckel saknas",
            "Huvudet Idempotency-Key saknas eller är inget UUID.",
            "Dra ett slumpat UUID för kommandot och skicka samma igen om svaret uteblir.",
        )
    return key


TheKey = Annotated[UUID, Depends(_key)]
"""The command's id, drawn by the client."""


TheId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]
"""An id in an address. `existing` reads it."""


async def _body(request: Request) -> bytes:
    """The body as sent. Reading stops at the limit; what lies beyond is thrown away at the edge."""
    require_json(request.headers)
    if declared(request.headers) > LARGEST_BODY_BYTES:
        raise too_large()
    data = bytearray()
    try:
        async with asyncio.timeout(_BODY_LIMIT_S):
            async for chunk in request.stream():
                data += chunk
                if len(data) > LARGEST_BODY_BYTES:
                    raise too_large()
    except TimeoutError:
        raise Problem(
            408,
            "body.too_slow",
            "För långsamt",
            f"Innehållet kom inte inom {_BODY_LIMIT_S:.0f} sekunder.",
            "Skicka samma kommando igen med samma nyckel.",
        ) from None
    return bytes(data)


def _parsed(data: Annotated[bytes, Depends(_body)]) -> dict[str, Json]:
    return parse(data)


TheBody = Annotated[dict[str, Json], Depends(_parsed)]
"""The JSON object in the body."""


def chosen_namnd(text: str | None) -> UUID | None:
    """Return the nämnd somebody says they act for.

    Raises:
        Problem: 400; it is no id.
    """
    if text is None:
        return None
    namnd = canonical_uuid(text)
    if namnd is None:
        raise Problem(
            400,
            "namnd.form",
            "Fel form",
            "Nämndens id är inget UUID.",
            "Ange id för en nämnd som du har en roll i.",
        )
    return namnd


def existing(text: str) -> UUID:
    """Return the id in an address.

    Raises:
        Problem: 404; nothing has such an id.
    """
    found = canonical_uuid(text)
    if found is None:
        raise not_found()
    return found


def declared(headers: Mapping[str, str]) -> int:
    """The length that a body says it has, in bytes; 0 where it does not say."""
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() and length.isascii() and len(length) < 20 else 0  # noqa: PLR2004 - digits of 2^63
