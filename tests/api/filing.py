"""Filing a document through a service."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import httpx

from ledger.codec import Lane
from tests.api.service import BERIT, Service
from tests.whole import fresh

PDF: Final = "application/pdf"
LETTER: Final = {
    "occurred": "day 2024-03-05",
    "fact": {"kind": "brev", "heading": "Brev till parten"},
}


def file(  # noqa: PLR0913 - what, where, as whom
    service: Service,
    stream: str,
    content: bytes,
    version: int = 1,
    said: Mapping[str, Any] = LETTER,
    *,
    who: str = BERIT,
    lane: Lane = Lane.BISTAND,
    **more: str,
) -> httpx.Response:
    """File a document in a stream."""
    given = {
        "if_match": f'"{version}"',
        "idempotency_key": str(fresh()),
        "liggaren_handling": quote(json.dumps(said, ensure_ascii=False)),
        "content_type": PDF,
    }
    return service.client.post(
        f"/v1/{lane}/strommar/{stream}/handlingar",
        content=content,
        headers=service.headers(who, **given | more),
    )


def filed(
    service: Service,
    stream: str,
    content: bytes,
    version: int = 1,
    **more: Any,  # noqa: ANN401 - those of `file`
) -> str:
    """File a document and return its id."""
    answer = file(service, stream, content, version, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["document"])
