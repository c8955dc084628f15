"""Helpers for tests of views: recorded histories, and rows told apart by what they show."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.kernel.event import Common, RecordedEvent
from ledger.codec import Lane
from scripts.histories import History, load
from tests.kernel.facts import GUARDS, NOW

IMPORTED = datetime(2026, 11, 20, 8, tzinfo=UTC)
"""When the worked cases are recorded here."""


def id_of(symbol: str) -> UUID:
    """An id for a symbol, the same at each run."""
    return uuid5(NAMESPACE_URL, symbol)


def history(name: str) -> History:
    """A worked case."""
    return load(name, id_of)


def recorded(told: History) -> dict[Lane, list[RecordedEvent]]:
    """The case's events by lane, recorded one by one with each lane's guards asked."""
    by_lane: dict[Lane, list[RecordedEvent]] = {}
    for number, step in enumerate(told.steps):
        lane = by_lane.setdefault(step.fact.lane, [])
        event = RecordedEvent(
            stream=step.stream,
            version=step.version,
            fact=step.fact,
            occurred=step.occurred,
            common=Common(
                actor=step.officer.id,
                role=step.officer.role,
                acted_by=step.acted_by,
                delegation=step.officer.delegation,
                claimed_recorded=step.claimed_recorded,
                source=step.source,
            ),
            recorded=IMPORTED + timedelta(seconds=number),
            epoch=0,
            index=len(lane),
            namnd=told.namnd.id,
            leaf=bytes(32),
            missing=frozenset(),
        )
        stream = [earlier for earlier in lane if earlier.stream == event.stream]
        assert event.version == len(stream) + 1
        GUARDS[event.lane](stream, event, NOW)
        lane.append(event)
    return by_lane


def names(told: History) -> Mapping[UUID, str]:
    """What officers and nämnder are called."""
    return {officer.id: officer.name for officer in told.officers.values()} | {
        told.namnd.id: told.namnd.name
    }


def only(
    events: Mapping[Lane, Sequence[RecordedEvent]], *lanes: Lane
) -> dict[Lane, list[RecordedEvent]]:
    """The events of some lanes."""
    return {lane: list(events[lane]) for lane in lanes}
