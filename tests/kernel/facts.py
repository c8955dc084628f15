"""Ordinary values for tests: officers, a clock, and streams written event by event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.bistand import decisions as bistand
from domain.hyra import decisions as hyra
from domain.kernel.actor import Role
from domain.kernel.event import Common, Event, RecordedEvent
from domain.kernel.fact import Fact, UnknownFact
from domain.kernel.guards import require_new
from domain.kernel.occurred import Occurred
from domain.kernel.values import EventRef
from domain.koppling import decisions as koppling
from domain.system import decisions as system
from domain.tillsyn import decisions as tillsyn
from ledger.codec import Lane

ALMA, BO, CARIN = (UUID(int=number) for number in (0xA, 0xB, 0xC))
"""Officers."""
NAMND = UUID(int=0xF0)
OWN = UUID(int=0x5)
"""A stream."""
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = date(2020, 9, 1)
Guard = Callable[[Sequence[Event], Event, datetime], None]


def _asked(in_lane: Guard) -> Guard:
    """What a lane's process asks: its own guard, then whether it is recorded already."""

    def require(history: Sequence[Event], event: Event, now: datetime) -> None:
        in_lane(history, event, now)
        require_new(history, event)

    return require


GUARDS = {
    Lane.BISTAND: _asked(bistand.require_recordable),
    Lane.HYRA: _asked(hyra.require_recordable),
    Lane.KOPPLING: _asked(koppling.require_recordable),
    Lane.TILLSYN: _asked(tillsyn.require_recordable),
    Lane.SYSTEM: _asked(system.require_recordable),
}
"""What each lane asks before it records."""


@dataclass
class Stream:
    """A stream that is written event by event.

    >>> from domain.bistand.events import CaseClosed
    >>> Stream().add(CaseClosed()).version
    1
    """

    id: UUID = OWN
    events: list[RecordedEvent] = field(default_factory=list)
    first_index: int = 0

    def next(
        self,
        fact: Fact | UnknownFact,
        *,
        by: UUID = ALMA,
        on: date | Occurred = DAY,
        recorded: datetime | None = None,
        missing: frozenset[int] = frozenset(),
        **common: object,
    ) -> RecordedEvent:
        """The event that would come next, without adding it."""
        number = len(self.events)
        said: dict[str, Any] = {"actor": by, "role": Role.BISTANDSHANDLAGGARE, **common}
        return RecordedEvent(
            stream=self.id,
            version=number + 1,
            fact=fact,
            occurred=on if isinstance(on, Occurred) else Occurred.on(on),
            common=Common.model_construct(None, **said),
            recorded=recorded or NOW - timedelta(days=1) + timedelta(seconds=number),
            epoch=0,
            index=self.first_index + number,
            namnd=NAMND,
            leaf=bytes(32),
            missing=missing,
        )

    def add(self, fact: Fact | UnknownFact, **told: object) -> RecordedEvent:
        """Add an event as stored history has it: nothing is asked."""
        event = self.next(fact, **told)  # type: ignore[arg-type]
        self.events.append(event)
        return event

    def record(self, fact: Fact, **told: object) -> RecordedEvent:
        """Add an event as an officer records it: the lane's guards are asked."""
        event = self.next(fact, **told)  # type: ignore[arg-type]
        GUARDS[event.lane](self.events, event, NOW)
        self.events.append(event)
        return event


def refs(events: Sequence[Event]) -> list[EventRef]:
    """The references of events."""
    return [event.ref for event in events]
