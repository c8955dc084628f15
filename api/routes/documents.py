"""`POST /v1/{lane}/strommar/{stream}/handlingar` files a document, `GET /v1/{lane}/handlingar/{id}`
gives it out.

The body is the document's bytes. What is said of it comes in the header `Liggaren-Handling`: the
JSON of a command without its type, percent-encoded (RFC 3986), since header lines are ASCII. So
nothing of it stands in an address, and the bytes need no parsing. A document is always given out as
a file to save, under a name of ours; never to be shown by a browser.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated, Final
from urllib.parse import unquote_to_bytes
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, StreamingResponse

from api import describing
from api.answers import receipt
from api.asking import TheActing, TheHouse, TheId, TheKey, ThePurpose, declared, existing
from api.bodies import parse
from api.clock import utc_now
from api.filing import Filing, ToFile, document_of
from api.problems import Problem
from api.reading import DocumentRead
from api.routes.facts import etag, expected
from ledger.codec import Json, Lane
from ledger.documents import CHUNK_BYTES, LARGEST_BYTES

_UPLOAD_LIMIT_S: Final = 600.0
_HANDED_OUT_AS: Final = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
"""Media types that a document is given out as, with the ending of its name. Others become bytes."""
_BYTES: Final = "application/octet-stream"
_PERCENT_ENCODED: Final = re.compile("(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})+")


def _said(request: Request) -> dict[str, Json]:
    """What is said of the document."""
    given = request.headers.get("liggaren-handling", "").strip()
    if not _PERCENT_ENCODED.fullmatch(given):
        raise Problem(
            400,
            "document.header",
            "Uppgifter saknas",
            "Huvudet Liggaren-Handling saknas eller har fel form.",
            "Skicka handlingens uppgifter som procentkodad JSON i huvudet.",
        )
    return parse(unquote_to_bytes(given))


TheSaid = Annotated[dict[str, Json], Depends(_said)]
"""What is said of the document."""


def _length(request: Request) -> int:
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Problem(
            415,
            "body.encoding",
            "Komprimerat innehåll",
            "Komprimerat innehåll tas inte emot.",
            "Skicka innehållet okomprimerat.",
        )
    if "content-length" not in request.headers:
        raise Problem(
            411,
            "document.length_missing",
            "Längd saknas",
            "Huvudet Content-Length saknas: hur stor är handlingen?",
            "Ange handlingens storlek i byte.",
        )
    length = declared(request.headers)
    if length > LARGEST_BYTES:
        raise Problem(
            413,
            "document.too_large",
            "För stor handling",
            f"Handlingen är större än {LARGEST_BYTES // 1024**2} MB.",
            "Dela upp den i flera handlingar.",
        )
    if not length:
        raise Problem(
            422,
            "document.empty",
            "Tom handling",
            "Handlingen har inget innehåll.",
            "Kontrollera filen och skicka den igen.",
        )
    return length


TheLength = Annotated[int, Depends(_length)]
"""How many bytes are announced."""


def router(lane: Lane) -> APIRouter:
    """Return the two routes of a lane."""
    routes = APIRouter(prefix=f"/v1/{lane}", tags=[lane.value])

    @routes.post(
        "/strommar/{stream}/handlingar",
        **describing.described(
            describing.answers("Filed", Location="Handlingen", ETag="Strömmens version"),
            411,
            *describing.WRITES,
            status=201,
            parameters=[
                describing.NAMND,
                describing.KEY,
                describing.IF_MATCH,
                describing.handling(lane),
            ],
            body={"*/*": {"schema": {"type": "string", "format": "binary", "minLength": 1}}},
        ),
    )
    async def file_document(  # noqa: PLR0913, PLR0917 - FastAPI gives each part by itself
        stream: TheId,
        request: Request,
        house: TheHouse,
        acting: TheActing,
        key: TheKey,
        said: TheSaid,
        length: TheLength,
    ) -> JSONResponse:
        """File a document. `If-Match` is the version you have seen; 412 if there is a later one."""
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        to_file = ToFile(
            lane=lane,
            stream=existing(stream),
            expected=expected(request),
            key=key,
            body=said,
            media_type=media_type,
            length=length,
        )
        filing = await asyncio.to_thread(house.filings.begin, acting, to_file, utc_now())
        try:
            await _receive(request, filing)
            stored = await asyncio.to_thread(filing.finish)
        finally:
            await asyncio.to_thread(filing.end)
        return JSONResponse(
            receipt(lane, stored) | {"document": document_of(stored)},
            status_code=201,
            headers={
                "location": f"/v1/{lane}/handlingar/{document_of(stored)}",
                "etag": etag(stored.originator_version),
            },
        )

    @routes.get(
        "/handlingar/{document}",
        response_class=StreamingResponse,
        **describing.described(
            {
                "content": {
                    one: {"schema": {"type": "string", "format": "binary"}}
                    for one in (*_HANDED_OUT_AS, _BYTES)
                },
                "headers": {
                    "Content-Disposition": {
                        "description": "En fil att spara",
                        "required": True,
                        "schema": {"type": "string"},
                    }
                },
            },
            *describing.READS,
            parameters=[describing.NAMND, describing.PURPOSE],
        ),
    )
    def read_document(
        document: TheId, house: TheHouse, acting: TheActing, purpose: ThePurpose
    ) -> StreamingResponse:
        """Give a document out, to be saved."""
        found = existing(document)
        return given_out(found, house.reads.document(acting, lane, found, purpose))

    return routes


def given_out(document: UUID, read: DocumentRead) -> StreamingResponse:
    """Return the answer that gives a document out, to be saved.

    Args:
        document: its id.
        read: as the gateway opened it.
    """
    ending = _HANDED_OUT_AS.get(read.media_type)
    return StreamingResponse(
        read.download.pieces(),
        media_type=read.media_type if ending else _BYTES,
        headers={
            "content-length": str(read.download.filed.length),
            "content-disposition": f'attachment; filename="{document}.{ending or "bin"}"',
            "content-security-policy": "sandbox; default-src 'none'",
        },
    )


async def _receive(request: Request, filing: Filing) -> None:
    """Give the body on, a chunk at a time."""
    try:
        async with asyncio.timeout(_UPLOAD_LIMIT_S):
            async for piece in _pieces(request):
                await asyncio.to_thread(filing.add, piece)
    except TimeoutError:
        raise Problem(
            408,
            "body.too_slow",
            "För långsamt",
            f"Innehållet kom inte inom {_UPLOAD_LIMIT_S:.0f} sekunder.",
            "Skicka samma handling igen med samma nyckel.",
        ) from None


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    held = bytearray()
    async for received in request.stream():
        held += received
        while len(held) >= CHUNK_BYTES:
            yield bytes(held[:CHUNK_BYTES])
            del held[:CHUNK_BYTES]
    if held:
        yield bytes(held)
