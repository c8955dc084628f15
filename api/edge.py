"""The outermost layer: each answer gets its headers and its line in the log.

No exception gets past. No answer is cached, no page runs a script or loads anything from elsewhere.
"""

import asyncio
import json
from collections.abc import Collection
from time import monotonic
from typing import Any, Final
from uuid import UUID

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import log
from api.clock import new_id
from api.problems import Problem, unexpected

HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self';"
        " frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
STRICT_TRANSPORT: Final = {"strict-transport-security": "max-age=31536000"}
"""Added in production, which is served over TLS."""

LARGEST_HEADERS_BYTES: Final = 16 * 1024
"""All header lines of a request together."""
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_MOST_DRAINED_BYTES: Final = 64 * 1024 * 1024
_DRAIN_LIMIT_S: Final = 10.0
_CLIENT_LEFT: Final = 499


class Edge:
    """Wraps the application.

    Args:
        app: what is wrapped.
        headers: what every answer gets.
        hosts: the host names we answer to; None answers to any. Against a name that is made to
            point here (DNS rebinding).
    """

    def __init__(
        self, app: ASGIApp, headers: dict[str, str], hosts: Collection[str] | None = None
    ) -> None:
        self._app = app
        self._headers = headers
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reference = new_id()
        scope.setdefault("state", {})["reference"] = reference
        exchange = _Exchange(scope, receive, send, self._headers)
        started = monotonic()
        try:
            refusal = self._refusal(scope)
            if refusal is None:
                await self._app(scope, exchange.receive, exchange.send)
            else:
                await exchange.answer(refusal, reference)
        except ClientDisconnect:
            exchange.status = _CLIENT_LEFT
        except Exception as error:  # noqa: BLE001 - the last resort: told to the log, not to the client
            log.unexpected(error, reference)
            if not exchange.status:
                await exchange.answer(unexpected(), reference)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "?"
            took_ms = round((monotonic() - started) * 1000)
            log.access(method, _template(scope), exchange.status, took_ms, reference)

    def _refusal(self, scope: Scope) -> Problem | None:
        """What is refused before anything looks at it."""
        if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS_BYTES:
            return _too_large()
        host = Headers(scope=scope).get("host", "").rsplit(":", 1)[0]
        return None if self._hosts is None or host in self._hosts else _wrong_host()


class _Exchange:
    """One request and its answer on their way through."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._headers = headers
        self._unread = scope["method"] not in {"GET", "HEAD", "OPTIONS"}
        self._asked_for_body = Headers(scope=scope).get("expect") is None
        self.status = 0

    async def receive(self) -> Message:
        self._asked_for_body = True
        message = await self._receive()
        self._unread = self._unread and bool(message.get("more_body"))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._drain()
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)

    async def answer(self, problem: Problem, reference: UUID) -> None:
        body = json.dumps(problem.to_json(reference.urn), ensure_ascii=False).encode()
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await self.send(
            {"type": "http.response.start", "status": problem.status, "headers": headers}
        )
        await self.send({"type": "http.response.body", "body": body})

    async def _drain(self) -> None:
        """Read on and throw away, so that a client that is still sending hears the answer.

        Not without end, and not for long.
        """
        drained = 0
        try:
            async with asyncio.timeout(_DRAIN_LIMIT_S):
                while self._unread and self._asked_for_body and drained < _MOST_DRAINED_BYTES:
                    drained += len((await self.receive()).get("body", b""))
        except TimeoutError:
            self._unread = False


def _too_large() -> Problem:
    return Problem(
        431,
        "headers.too_large",
        "För stora huvuden",
        f"Anropets huvuden är större än {LARGEST_HEADERS_BYTES // 1024} kB.",
        "Skicka bara de huvuden som behövs.",
    )


def _wrong_host() -> Problem:
    return Problem(
        421,
        "host.unknown",
        "Fel värdnamn",
        "Tjänsten svarar inte på det värdnamnet.",
        "Använd den adress som skrevs ut när tjänsten startade.",
    )


def _template(scope: Scope) -> str:
    route: Any = scope.get("route")
    return str(getattr(route, "path", "-"))
