"""A whole service for tests: a ledger, its officers, the application, and who is logged in.

Two nämnder. Each test opens the cases it needs, so tests can share a service.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any, Final
from uuid import UUID

import httpx
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.clock import utc_now
from api.dev_issuer import DevIssuer, DevOfficer
from api.house import House, house
from domain.kernel.actor import Role
from domain.processes import Processes
from domain.system.events import NämndRegistered, OfficerRegistered, RoleAssigned
from ledger.codec import Lane
from ledger.lists import catch_up
from projections.lists import LISTS
from scripts.serving import listening as listening_socket
from scripts.serving import server_config
from tests.whole import NAMND, OTHER_NAMND, by, fresh, saying

BERIT: Final = "berit"
BO: Final = "bo"
HANNA: Final = "hanna"
CECILIA: Final = "cecilia"
RUT: Final = "rut"
ARVID: Final = "arvid"
SIGRID: Final = "sigrid"
REVA: Final = "reva"
OTTO: Final = "otto"
BOTH: Final = "both"
MIRA: Final = "mira"
"""Handles bistånd, and may also speak for an older system."""
OFFICERS: Final = {
    BERIT: (Role.BISTANDSHANDLAGGARE, [NAMND]),
    BO: (Role.BISTANDSHANDLAGGARE, [NAMND]),
    HANNA: (Role.HYRESHANDLAGGARE, [NAMND]),
    CECILIA: (Role.ENHETSCHEF, [NAMND]),
    RUT: (Role.REGISTRATOR, [NAMND]),
    ARVID: (Role.ARKIVARIE, [NAMND]),
    SIGRID: (Role.SYSTEMADMINISTRATOR, [NAMND]),
    REVA: (Role.REVISOR, [NAMND]),
    OTTO: (Role.ENHETSCHEF, [OTHER_NAMND]),
    BOTH: (Role.REGISTRATOR, [NAMND, OTHER_NAMND]),
}
APPLICATION: Final = {
    "type": "ApplicationReceived",
    "occurred": "day 2024-03-01",
    "fact": {"channel": "post", "asksFor": ["forsok"], "text": "Jag söker."},
}


@dataclass
class Service:
    """An application around an opened ledger, and who can use it."""

    house: House
    app: FastAPI
    client: httpx.Client
    ids: dict[str, UUID] = field(default_factory=dict)

    def appoint(self, who: str, *roles: Role) -> None:
        """Register one more officer, with roles in the nämnd."""
        self.ids[who] = fresh()
        facts = [OfficerRegistered(name=who), *(RoleAssigned(role=r, namnd=NAMND) for r in roles)]
        said = [saying(fact, self.ids[who], number) for number, fact in enumerate(facts, 1)]
        self.house.processes.system.record(said, by())

    def token(self, who: str) -> str:
        """Return a token of an officer."""
        assert self.house.dev
        return self.house.dev.token(self.ids[who], utc_now())

    def headers(self, who: str, **more: str) -> dict[str, str]:
        """Return the headers an officer sends: `if_match` for If-Match."""
        names = {name.replace("_", "-"): value for name, value in more.items()}
        return {"authorization": f"Bearer {self.token(who)}", **names}

    def get(self, who: str, path: str, **more: str) -> httpx.Response:
        """Read something as an officer; the page of cases when the lists have followed the logs."""
        if path.partition("?")[0] == "/arenden":
            catch_up(self.house.processes.ledger.connections, LISTS)
        return self.client.get(path, headers=self.headers(who, **more))

    def open(self, who: str, lane: Lane, body: Mapping[str, Any], **more: str) -> httpx.Response:
        """Open a stream with a fact."""
        given = {"if_none_match": "*", "idempotency_key": str(fresh())} | more
        return self.client.post(f"/v1/{lane}", json=body, headers=self.headers(who, **given))

    def record(
        self,
        who: str,
        lane: Lane,
        stream: str,
        version: int,
        body: Mapping[str, Any],
        **more: str,
    ) -> httpx.Response:
        """Record a fact in a stream."""
        given = {"if_match": f'"{version}"', "idempotency_key": str(fresh())} | more
        return self.client.post(
            f"/v1/{lane}/{stream}", json=body, headers=self.headers(who, **given)
        )

    def open_case(self, who: str = BERIT, lane: Lane = Lane.BISTAND) -> str:
        """Open a case in a lane. Returns the stream."""
        answer = self.open(who, lane, self.case_opened(who, lane))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["stream"])

    def case_opened(self, who: str = BERIT, lane: Lane = Lane.BISTAND) -> dict[str, Any]:
        """Register a person. Returns the command that opens their case."""
        party = str(fresh())
        registered = self.open(who, lane, person_registered(party, "Prov Provsson"))
        assert registered.status_code == 201, registered.text
        return case_opened(party, registered.json()["stream"])

    def joined_case(self, text: str = "Jag söker.", name: str = "Prov Provsson") -> dict[str, str]:
        """Open a case with both processes, a person in each. Returns lane to
        stream; `bistand_person` and `hyra_person` are the persons'.
        """
        streams: dict[str, str] = {}
        for who, lane in ((BERIT, Lane.BISTAND), (HANNA, Lane.HYRA)):
            party = str(fresh())
            person = self.open(who, lane, person_registered(party, name)).json()["stream"]
            streams[f"{lane}_person"] = person
            opened = self.open(who, lane, case_opened(party, person))
            assert opened.status_code == 201, opened.text
            streams[lane.value] = opened.json()["stream"]
        application = APPLICATION | {"fact": {"text": text}}
        applied = self.record(BERIT, Lane.BISTAND, streams["bistand"], 1, application)
        assert applied.status_code == 201, applied.text
        joined = {
            "type": "CaseJoined",
            "occurred": "day 2024-03-02",
            "fact": {"bistandStream": streams["bistand"], "hyraStream": streams["hyra"]},
        }
        answer = self.open(BERIT, Lane.KOPPLING, joined)
        assert answer.status_code == 201, answer.text
        return {**streams, "koppling": answer.json()["stream"]}


def case_opened(party: str, person_stream: str) -> dict[str, Any]:
    """Return the command that opens a case."""
    fact = {"party": party, "personStream": person_stream}
    return {"type": "CaseOpened", "occurred": "day 2024-02-28", "fact": fact}


def person_registered(person: str, name: str) -> dict[str, Any]:
    """Return the command that registers a person without a number."""
    return {
        "type": "PersonRegistered",
        "occurred": "sealed",
        "fact": {"person": person, "name": name, "numberKind": "saknas"},
    }


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """Serve an application on this machine, over real HTTP. Gives its address."""
    server = uvicorn.Server(server_config(app))
    listener = listening_socket("127.0.0.1", 0)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextmanager
def serving(processes: Processes, directory: Path) -> Iterator[Service]:
    """Give a service around the processes of an opened ledger, its officers registered."""
    dev = DevIssuer(directory / "dev", processes.ledger.id)
    made = house(processes, dev.verifier(), dev)
    app = create_app(made)
    with listening(app) as address, httpx.Client(base_url=address, timeout=30) as client:
        service = Service(made, app, client)
        _register(service, processes)
        yield service


def _register(service: Service, processes: Processes) -> None:
    system = processes.system
    assert service.house.dev
    for namnd, name in ((NAMND, "Provnämnden"), (OTHER_NAMND, "Andra nämnden")):
        system.record([saying(NämndRegistered(name=name), namnd, 1)], by())
    holding = {who: ([role], namnder) for who, (role, namnder) in OFFICERS.items()}
    holding[MIRA] = ([Role.BISTANDSHANDLAGGARE, Role.MIGRERINGSANSVARIG], [NAMND])
    for who, (roles, namnder) in holding.items():
        officer = fresh()
        given = [RoleAssigned(role=role, namnd=namnd) for role in roles for namnd in namnder]
        facts = [OfficerRegistered(name=f"{who.capitalize()} Provlund"), *given]
        system.record(
            [saying(fact, officer, version) for version, fact in enumerate(facts, 1)], by()
        )
        service.ids[who] = officer
        name, sees = f"{who.capitalize()} Provlund", Role.SYSTEMADMINISTRATOR not in roles
        what = ", ".join(role.value for role in roles)
        service.house.dev.add(DevOfficer(who, officer, name, what, sees_cases=sees))
