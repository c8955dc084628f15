"""Worked cases to start with: cases 1 and 2 of the domain reference, cut to the types there are.

Persons are invented; their numbers are from Skatteverket's published list of test numbers. In a
file `$name` is an id, `$lane/stream` a stream's id, and `@id` refers to the step with that id. As
in the reference, `defaults` hold for a type unless a step says otherwise, and the source system
recorded a step on the day it happened unless `claimedRecorded` says another.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from domain.kernel.actor import Role
from domain.kernel.fact import Fact, read_fact
from domain.kernel.occurred import Occurred
from domain.kernel.values import EventRef
from ledger.codec import Json, Lane
from projections.registry import REGISTRY

NAMES: Final = ("fall-1", "fall-2")
"""The histories there are."""


@dataclass(frozen=True, slots=True)
class Officer:
    """An invented officer.

    Args:
        id: given by the caller; the same for the same symbol in all histories.
        symbol: as in the domain reference: b1, h1.
        name: invented.
        role: the role acted in.
        delegation: what the officer relies on.
    """

    id: UUID
    symbol: str
    name: str
    role: Role
    delegation: str


@dataclass(frozen=True, slots=True)
class Namnd:
    """An invented or former nämnd that holds the case."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One fact as it was recorded.

    Args:
        fact: what happened; names its lane.
        occurred: when.
        stream: where.
        version: its place there, when the history is recorded into empty streams.
        officer: who entered it.
        acted_by: who acted, where that was another.
        claimed_recorded: the day the source system says it was recorded.
        source: the source system.
    """

    fact: Fact
    occurred: Occurred
    stream: UUID
    version: int
    officer: Officer
    acted_by: UUID | None
    claimed_recorded: date | None
    source: str


@dataclass(frozen=True, slots=True)
class History:
    """A worked case.

    Args:
        name: of the file.
        title: what it shows, in Swedish.
        namnd: who holds it.
        officers: by symbol.
        case: the id of the case: of its stream in koppling.
        steps: in the order they were recorded.
    """

    name: str
    title: str
    namnd: Namnd
    officers: Mapping[str, Officer]
    case: UUID
    steps: tuple[Step, ...]


def load(name: str, id_of: Callable[[str], UUID]) -> History:
    """Return a history with its symbols resolved.

    Args:
        name: one of `NAMES`.
        id_of: gives each symbol its id, always the same: `fall-1/bistand/arende`, `fall-1/d1`,
            `namnd/farsta`, `officer/b1`.
    """
    data = json.loads((Path(__file__).parent / f"{name}.json").read_text("utf-8"))
    officers = {
        symbol: Officer(
            id=id_of(f"officer/{symbol}"),
            symbol=symbol,
            name=officer["name"],
            role=Role(officer["role"]),
            delegation=officer["delegation"],
        )
        for symbol, officer in data["officers"].items()
    }
    reading = _Reading(name, id_of, officers, data)
    return History(
        name=name,
        title=data["title"],
        namnd=Namnd(id_of(f"namnd/{data['namnd']['symbol']}"), data["namnd"]["name"]),
        officers=officers,
        case=id_of(f"{name}/{Lane.KOPPLING}/arende"),
        steps=tuple(reading.step(step) for step in data["steps"]),
    )


class _Reading:
    """Resolves symbols, step by step: a step can only refer to an earlier one."""

    def __init__(
        self,
        name: str,
        id_of: Callable[[str], UUID],
        officers: Mapping[str, Officer],
        data: Mapping[str, Any],
    ) -> None:
        self._name = name
        self._id_of = id_of
        self._officers = officers
        self._source: str = data["source"]
        self._defaults: Mapping[str, Mapping[str, Json]] = data["defaults"]
        self._versions: dict[UUID, int] = {}
        self._refs: dict[str, EventRef] = {}

    def step(self, data: Mapping[str, Any]) -> Step:
        lane = Lane(data["lane"])
        stream = self._id_of(f"{self._name}/{lane}/{data['stream']}")
        version = self._versions[stream] = self._versions.get(stream, 0) + 1
        if "id" in data:
            self._refs[data["id"]] = EventRef(lane, stream, version)
        said = {**self._defaults.get(data["type"], {}), **data["fact"]}
        occurred = Occurred.parse(data["occurred"])
        claimed = data.get("claimedRecorded")
        return Step(
            fact=read_fact(REGISTRY.require(lane, data["type"]), self._resolved(said)),
            occurred=occurred,
            stream=stream,
            version=version,
            officer=self._officers[data["by"]],
            acted_by=self._officers[data["actedBy"]].id if "actedBy" in data else None,
            claimed_recorded=date.fromisoformat(claimed) if claimed else occurred.day,
            source=self._source,
        )

    def _resolved(self, fact: Mapping[str, Json]) -> dict[str, Json]:
        return {name: self._symbol(value) for name, value in fact.items()}

    def _symbol(self, value: Json) -> Json:
        if isinstance(value, str) and value.startswith("@"):
            return str(self._refs[value[1:]])
        if isinstance(value, str) and value.startswith("$"):
            officer = self._officers.get(value[1:])
            return str(officer.id if officer else self._id_of(f"{self._name}/{value[1:]}"))
        return value
