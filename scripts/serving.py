"""Serving the application over HTTP."""

import socket
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Final

import uvicorn
from fastapi import FastAPI
from typing_extensions import override

from api import log
from api.app import LOOPBACK, create_app
from api.edge import LARGEST_HEADERS_BYTES
from api.house import House
from ledger.lists import Projector
from projections.lists import LISTS
from scripts.settings import Settings, SettingsError

FIRST_PORT: Final = 8000
LAST_PORT: Final = 65535
_PORTS_TRIED: Final = 100


def require_reachable_only_here(settings: Settings, host: str) -> None:
    """Refuse to serve a development ledger to other machines.

    Raises:
        SettingsError: it would be reachable from elsewhere.
    """
    if settings.development and host not in {*LOOPBACK, "::1"}:
        raise SettingsError(
            "En liggare för utveckling svarar bara på den egna datorn.",
            "Lyssna på 127.0.0.1. Den som når tjänsten kan vara vem som helst i den.",
        )


def require_port(port: int | None) -> None:
    """Refuse a number that no port has.

    Raises:
        SettingsError: it is none.
    """
    if port is not None and port not in range(LAST_PORT + 1):
        raise SettingsError(
            "Numret efter --port är ingen port.",
            f"Ange ett från 1 till {LAST_PORT}; 0 tar vilken ledig port som helst.",
        )


def listening(host: str, port: int | None) -> socket.socket:
    """Return a socket that listens.

    Args:
        host: the address.
        port: the port; None: 8000, or the next that is free.

    Raises:
        SettingsError: there is no such port, or it is taken.
    """
    require_port(port)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ports = range(FIRST_PORT, FIRST_PORT + _PORTS_TRIED) if port is None else (port,)
    for one in ports:
        # With the protocol named, asyncio sends answers at once; else each waits 40 ms for an ACK.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, one))
            listener.listen()
        except OSError:
            listener.close()
            continue
        return listener
    raise SettingsError(
        f"Det går inte att lyssna på {host}, port {ports[0]}.",
        "Den kan vara upptagen, eller inte tillåten för dig. Ange en annan med --port.",
    )


class _Server(uvicorn.Server):
    """A server that says when it answers: from then on it ends at the first signal."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def serve_house(
    house: House, settings: Settings, listener: socket.socket, ready: Callable[[], None]
) -> None:
    """Answer, and keep the lists up with the logs, until SIGINT or SIGTERM comes.

    Args:
        house: the opened ledger.
        settings: how we are set up.
        listener: a listening socket; closed at the end.
        ready: called once, when requests are answered and a signal ends it.
    """
    settings.make_home()
    log.to_file(settings.log)
    projector = Projector(house.processes.ledger.connections, LISTS)
    with closing(listener), projector, suppress(KeyboardInterrupt):  # which is how it ends
        _Server(server_config(create_app(house)), ready).run(sockets=[listener])


def server_config(app: FastAPI) -> uvicorn.Config:
    """Return how an application is served. Its own log tells of requests."""
    return uvicorn.Config(
        app,
        http="h11",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=LARGEST_HEADERS_BYTES,
        timeout_graceful_shutdown=10,
    )
