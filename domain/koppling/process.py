"""The links between the two processes: record its facts, read its streams."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from threading import Lock
from types import MappingProxyType
from uuid import UUID

from typing_extensions import override

from domain.kernel.event import Event
from domain.kernel.process import By, LaneProcess, Saying
from domain.kernel.registry import FactRegistry
from domain.koppling import decisions
from domain.koppling.events import FACTS, CaseJoined, CorrectionApproved
from domain.koppling.joinings import Joinings
from ledger.application import Stored
from ledger.codec import Lane
from ledger.store import Ledger


class KopplingProcess(LaneProcess):
    """The lane koppling."""

    lane = Lane.KOPPLING
    facts = FactRegistry(FACTS)

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self._joining = Lock()

    @override
    def record(
        self,
        sayings: Sequence[Saying],
        by: By,
        seen: Mapping[UUID, Sequence[Event]] = MappingProxyType({}),
    ) -> list[Stored]:
        if not any(isinstance(one.fact, CaseJoined | CorrectionApproved) for one in sayings):
            return super().record(sayings, by, seen)
        return self.once(by, lambda: self._look_and_record(sayings, by, seen))

    def _look_and_record(
        self, sayings: Sequence[Saying], by: By, seen: Mapping[UUID, Sequence[Event]]
    ) -> list[Stored]:
        with self._joining:  # nothing is joined between the look and the append
            events = [saying.event(by, None) for saying in sayings]
            before: dict[UUID, Sequence[Event]] = dict(seen)
            for event in events:
                if event.stream not in before:
                    before[event.stream] = self._seen(event, by)
            after = {stream: list(history) for stream, history in before.items()}
            joinings = Joinings(self, by.reads("command"), after, (one.fact for one in events))
            for event in events:
                joinings.require(event)
                after[event.stream].append(event)
            return super().record(sayings, by, before)

    @override
    def require_in_lane(self, history: Sequence[Event], event: Event, now: datetime) -> None:
        decisions.require_recordable(history, event, now)
