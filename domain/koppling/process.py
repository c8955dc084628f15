"""The links between the two processes: record its facts, read its streams."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from threading import Lock
from types import MappingProxyType
from uuid import UUID

from typing_extensions import override

from domain.kernel.event import Event
from domain.kernel.process import By, LaneProcess, Saying
from domain.kernel.registry import FactRegistry
from domain.koppling import decisions
from domain.koppling.events import FACTS, CaseJoined
from domain.koppling.state import joined
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
        *,
        free: Collection[UUID] = (),
    ) -> list[Stored]:
        """Record facts; see `LaneProcess.record`.

        Args:
            sayings: as there.
            by: as there.
            seen: as there.
            free: streams that the caller has found to be in no case.
        """
        joining = [saying for saying in sayings if isinstance(saying.fact, CaseJoined)]
        if not joining:
            return super().record(sayings, by, seen)
        with self._joining:  # nothing is joined between the look and the append
            for saying in joining:
                self._require_in_no_other_case(saying, by, free)
            return super().record(sayings, by, seen)

    def _require_in_no_other_case(self, saying: Saying, by: By, free: Collection[UUID]) -> None:
        """Look for the streams in the other cases of the nämnd.

        Another program that joins at the same moment, and a case that another nämnd holds, are not
        seen.
        """
        assert isinstance(saying.fact, CaseJoined)
        streams = set(joined(saying.fact).values()).difference(free)
        if not streams:
            return
        with self.reading(by.reads("command")) as opened:
            for stream in streams:
                for case in opened.naming(stream):
                    if case != saying.stream:
                        opened.log(case)
                        decisions.require_not_joined(self.history(case), stream)

    @override
    def require(self, history: Sequence[Event], event: Event, now: datetime) -> None:
        decisions.require_recordable(history, event, now)
