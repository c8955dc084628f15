"""The links between the two processes: record its facts, read its streams. Which case a stream
belongs to, by what is stored and by what is about to follow.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
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
from domain.koppling.state import joined
from ledger.application import Stored
from ledger.codec import Lane
from ledger.reading import ReadContext, Reading
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
                    before[event.stream], _ = self._seen(event, by)
            after = {stream: list(history) for stream, history in before.items()}
            joinings = Joinings(self, by.reads("command"), after, (one.fact for one in events))
            for event in events:
                joinings.require(event)
                after[event.stream].append(event)
            return super().record(sayings, by, before)

    @override
    def require_in_lane(self, history: Sequence[Event], event: Event, now: datetime) -> None:
        decisions.require_recordable(history, event, now)


class Joinings:
    """Looks that no stream comes to belong to two cases that the nämnd holds, for any number of
    events. The ledger is asked once, and only when a case gains a stream.

    A case that another nämnd holds is not seen. So a stream can come to be in two: a case is handed
    over, another joins its stream, and the first comes back. Both then show it, until the joining
    of one is marked as erroneous.

    Args:
        process: of the lane.
        context: of that read.
        histories: of the cases that are recorded in. The caller adds each event that it accepts.
        facts: what is to be recorded in them.
    """

    def __init__(
        self,
        process: LaneProcess,
        context: ReadContext,
        histories: Mapping[UUID, Sequence[Event]],
        facts: Iterable[object],
    ) -> None:
        self._process = process
        self._context = context
        self._histories = histories
        self._others: dict[UUID, Sequence[Event]] = {}
        stored = (event.fact for history in histories.values() for event in history)
        self._streams = frozenset((*_named(facts), *_named(stored)))

    def require(self, event: Event) -> None:
        """Refuse what makes a stream belong to the case that another case has: a joining, or the
        approval that makes one count again. A joining that waits for approval counts too. Another
        program that joins at the same moment, and a case that another nämnd holds, are not seen.

        Raises:
            Refused: another case has it.
        """
        if not isinstance(event.fact, CaseJoined | CorrectionApproved):
            return
        history = self._histories.get(event.stream, ())
        gained = decisions.belonging([*history, event]) - decisions.belonging(history)
        for stream in gained:
            for case in self._cases[stream] - {event.stream}:
                decisions.require_not_joined(self._history(case), stream)
            self._cases[stream].add(event.stream)

    @cached_property
    def _cases(self) -> Mapping[UUID, set[UUID]]:
        """Stream to the cases that have ever joined it."""
        with self._process.reading(self._context) as opened:
            naming = joining(self._process, opened, self._streams)
            for case in {case for cases in naming.values() for case in cases}:
                if case not in self._histories:
                    opened.log(case)
                    self._others[case] = self._process.history(case)
        return {stream: set(cases) for stream, cases in naming.items()}

    def _history(self, case: UUID) -> Sequence[Event]:
        return self._others[case] if case in self._others else self._histories[case]


def joining(
    process: LaneProcess, opened: Reading, streams: Iterable[UUID]
) -> dict[UUID, list[UUID]]:
    """For each of the streams the cases of the nämnd that have ever joined it, in order of id.
    Which of them it still belongs to, their histories say.

    Args:
        process: of koppling.
        opened: a read of it.
        streams: of the two processes.
    """
    cases: dict[UUID, list[UUID]] = {stream: [] for stream in streams}
    macs = process.lookup_macs(opened.context.namnd, [stream_key(stream) for stream in cases])
    by_mac = dict(zip(macs, cases, strict=True))
    for mac, case in opened.leading(macs):
        cases[by_mac[mac]].append(case)
    return cases


def _named(facts: Iterable[object]) -> Iterator[UUID]:
    for fact in facts:
        if isinstance(fact, CaseJoined):
            yield from joined(fact).values()
