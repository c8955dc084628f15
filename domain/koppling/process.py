"""The links between the two processes: record its facts, read its streams."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from threading import Lock
from types import MappingProxyType
from uuid import UUID

from typing_extensions import override

from domain.kernel.event import Event
from domain.kernel.persons import stream_key
from domain.kernel.process import By, LaneProcess, Saying
from domain.kernel.registry import FactRegistry
from domain.koppling import decisions
from domain.koppling.events import FACTS, CaseJoined, CorrectionApproved
from domain.koppling.state import fold, joined
from ledger.application import Stored
from ledger.codec import Lane
from ledger.reading import Reading
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
        if not any(isinstance(one.fact, CaseJoined | CorrectionApproved) for one in sayings):
            return super().record(sayings, by, seen)
        return self.once(by, lambda: self._look_and_record(sayings, by, seen, free))

    def _look_and_record(
        self,
        sayings: Sequence[Saying],
        by: By,
        seen: Mapping[UUID, Sequence[Event]],
        free: Collection[UUID],
    ) -> list[Stored]:
        with self._joining:  # nothing is joined between the look and the append
            for saying in sayings:
                self.require_in_no_other_case(saying, by, free)
            return super().record(sayings, by, seen)

    def require_in_no_other_case(self, saying: Saying, by: By, free: Collection[UUID] = ()) -> None:
        """Refuse a joining, or an approval that makes one count again, of what another case of the
        nämnd has. Another program that joins at the same moment, and a case that another nämnd
        holds, are not seen.

        Raises:
            Refused: another case has it.
        """
        streams = self._joined_by(saying, by).difference(free)
        if not streams:
            return
        with self.reading(by.reads("command")) as opened:
            for stream in streams:
                for case in self.joining(opened, stream):
                    if case != saying.stream:
                        opened.log(case)
                        decisions.require_not_joined(self.history(case), stream)

    def joining(self, opened: Reading, stream: UUID) -> list[UUID]:
        """The cases of the nämnd that the stream has ever been joined to, in order of id. Which of
        them it still belongs to, their histories say.

        Args:
            opened: a read of koppling.
            stream: of one of the two processes.
        """
        return opened.found(self.lookup_macs(opened.context.namnd, [stream_key(stream)]))

    def _joined_by(self, saying: Saying, by: By) -> set[UUID]:
        """The streams that belong to the case when this has been said, and did not before."""
        if isinstance(saying.fact, CaseJoined):
            return set(joined(saying.fact).values())
        if not isinstance(saying.fact, CorrectionApproved):
            return set()
        with self.reading(by.reads("command"), saying.stream):
            history: list[Event] = list(self.history(saying.stream, lte=saying.version - 1))
        before = set(fold(history).streams.values())
        return set(fold([*history, saying.event(by, None)]).streams.values()) - before

    @override
    def require(self, history: Sequence[Event], event: Event, now: datetime) -> None:
        decisions.require_recordable(history, event, now)
