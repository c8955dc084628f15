"""eventsourcing's own recorder contract, run against `LedgerRecorder` through a thin adapter.

The library's test cases know streams, versions, topics and bytes, and nothing of lanes, commands,
sealing or logged reads. The adapter supplies those and hides the rest. Each deviation from the
contract is listed here; those that matter to somebody who knows the library are shown below by a
test that goes without the adapter. *Work* marks what passes only because the adapter does it.

| the contract | the ledger | in the adapter |
|---|---|---|
| an empty recorder has no notifications, the first is 1 | a log begins with `EpochOpened`, so the first event of anybody else is 2 | *work*: hides the opening and counts from the event after it |
| versions start where the caller says: most cases use 1, some 0 | start at 1 and are dense: the chain of a stream has a beginning and no holes | *work*: v becomes v + 1; `INITIAL_VERSION` is 0 |
| a topic is any text | `Type/1`, letters and digits | *work*: `/1` is added and removed |
| state is any bytes | a clear text beside sealed parts | *work*: one clear field holds the bytes in hex |
| `insert_events(events)` | needs the command, its HMACs and the new holder | supplies them; the command's id is new in each call |
| the same events again: `IntegrityError` | so it is under another command id; under the same one the first answer is given again | – |
| `insert_events([])` does nothing (aggregate recorder) | raises `NothingToSave`: after a conflict an aggregate has nothing to save, and that must not look like success | *work*: returns None |
| an aggregate recorder returns None | returns positions, as an application recorder | *work*: drops them |
| `select_events` at any time | only inside a read that is open and logged, and only what the reading nämnd may see | opens one around each call |
| it gives `StoredEvent`s | gives `StoredEntry`s: envelope, seals and parts besides | *work*: makes plain ones |
| ids in the order of insertion, perhaps with gaps | dense, and a gap where an event has been destroyed | – |
| the recorder's role reads notifications | the projector's: all nämnder, envelopes and clear texts, nothing sealed | – |
| the recorder creates its tables | migrations do | – |
| an interrupted insert is tried again, ten times | never: `DurabilityUnknown`, and whoever sent the command sends it again with its id | – |

Not applicable: `ProcessRecorder` and `TrackingRecorder` (projections keep their position in their
own tables), text originator ids, snapshots.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError, Notification, StoredEvent
from eventsourcing.tests import persistence as contract
from typing_extensions import override

from ledger.codec import Lane
from ledger.connections import Connections, one_dsn
from ledger.errors import Conflict, NoReadOpen, NothingToSave
from ledger.reading import ReadContext, reading
from ledger.recorder import Command, LedgerRecorder, Mac, SealedEvent
from tests.ledger.store_fixtures import COMMAND_KEY, NAMND, OFFICER, Store, fresh, sealed

LANE: Final = Lane.HYRA
CONTEXT: Final = ReadContext(OFFICER, NAMND, "recorder contract", "test.contract")
MACS: Final = [Mac(COMMAND_KEY, b"m" * 32)]
OPENING: Final = 1
"""How many events precede the first one of the contract."""


def command(id_: UUID | None = None) -> Command:
    """Return a command of the test's officer, by default a new one."""
    return Command(NAMND, OFFICER, id_ or fresh(), b"", datetime.now(UTC))  # noqa: TID251 - append compares it with the server's


def an_event(stream: UUID, version: int, topic: str = "topic1", state: bytes = b"") -> SealedEvent:
    """Return a hand-made event with some bytes in its clear text."""
    made = sealed(LANE, stream, version, f"{topic}/1", note=state.hex())
    return SealedEvent(
        originator_id=stream,
        originator_version=version,
        topic=made.type,
        state=made.clear.encode(),
        occurred=made.occurred,
        root=made.root,
        parts=made.parts,
        part_groups=made.groups,
        effect=None,
    )


class Adapter(LedgerRecorder):
    """A `LedgerRecorder` as the library's test cases want one."""

    @override
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        events = [
            an_event(event.originator_id, event.originator_version + 1, event.topic, event.state)
            for event in stored_events
            if isinstance(event.originator_id, UUID)
        ]
        ids = super().insert_events(events, command=command(), macs=MACS, new_holder=NAMND)
        return [id_ - OPENING for id_ in ids]

    @override
    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        with reading(self.connections, self.lane, CONTEXT):
            entries = super().select_events(
                originator_id,
                gt=None if gt is None else gt + 1,
                lte=None if lte is None else lte + 1,
                desc=desc,
                limit=limit,
            )
        return [
            StoredEvent(
                entry.originator_id,
                entry.originator_version - 1,
                entry.topic.removesuffix("/1"),
                bytes_in(entry.state),
            )
            for entry in entries
        ]

    @override
    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        found = super().select_notifications(
            OPENING + 1 if start is None else start + OPENING,
            limit,
            None if stop is None else stop + OPENING,
            [f"{topic}/1" for topic in topics],
            inclusive_of_start=inclusive_of_start,
        )
        return [
            Notification(
                id=one.id - OPENING,
                originator_id=one.originator_id,
                originator_version=one.originator_version - 1,
                topic=one.topic.removesuffix("/1"),
                state=bytes_in(one.state),
            )
            for one in found
        ]

    @override
    def max_notification_id(self) -> int | None:
        last = super().max_notification_id()
        assert last is not None
        return None if last == OPENING else last - OPENING


def bytes_in(clear: bytes) -> bytes:
    """Return the bytes that `an_event` put into a clear text."""
    match = re.search(rb'^7 "([0-9a-f]*)"$', clear, re.MULTILINE)
    assert match is not None
    return bytes.fromhex(match[1].decode())


class AggregateAdapter(Adapter):
    """The same, as an aggregate recorder."""

    @override
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Any:
        if stored_events:
            super().insert_events(stored_events, **kwargs)


class ShorterAdapter(Adapter):
    """The same, but of each 100 events of `test_concurrent_no_conflicts` only the first ten are
    inserted: its numbers are not parameters, and its hundred writes are what it is about.
    """

    @override
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        return super().insert_events(stored_events[: len(stored_events) // 10 or None], **kwargs)


@pytest.fixture
def connections(store: Store) -> Iterator[Connections]:
    """Pools to a new ledger database."""
    pools = Connections(one_dsn(store.dsn(), store.dsn()))
    yield pools
    pools.close()


@pytest.fixture
def recorder(connections: Connections) -> LedgerRecorder:
    """The recorder itself."""
    return LedgerRecorder(connections, LANE)


class TestAggregateRecorder(contract.AggregateRecorderTestCase):
    INITIAL_VERSION = 0

    @pytest.fixture(autouse=True)
    def _connected(self, connections: Connections) -> None:
        self.create = lambda: AggregateAdapter(connections, LANE)

    @override
    def create_recorder(self) -> AggregateAdapter:
        return self.create()


class TestApplicationRecorder(contract.ApplicationRecorderTestCase[Adapter]):
    INITIAL_VERSION = 0
    create: Callable[[], Adapter]
    create_shorter: Callable[[], Adapter]

    @pytest.fixture(autouse=True)
    def _connected(self, connections: Connections, full: bool) -> None:
        self.create = lambda: Adapter(connections, LANE)
        self.create_shorter = self.create if full else lambda: ShorterAdapter(connections, LANE)

    @override
    def create_recorder(self) -> Adapter:
        return self.create()

    @override
    def test_concurrent_no_conflicts(self, initial_position: int = 0) -> None:
        self.create = self.create_shorter
        super().test_concurrent_no_conflicts(initial_position)

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


# ---------------------------------------------------------------- the deviations themselves


def test_there_is_no_saving_of_nothing(recorder: LedgerRecorder) -> None:
    with pytest.raises(NothingToSave):
        recorder.insert_events([], command=command(), macs=MACS, new_holder=NAMND)


def test_events_are_seen_only_through_a_read_that_is_open(
    recorder: LedgerRecorder, connections: Connections
) -> None:
    stream = fresh()
    recorder.append([an_event(stream, 1)], command(), MACS, NAMND)
    with pytest.raises(NoReadOpen):
        recorder.select_events(stream)
    with reading(connections, LANE, CONTEXT):
        assert [entry.originator_version for entry in recorder.select_events(stream)] == [1]


def test_versions_begin_at_one_and_have_no_holes(recorder: LedgerRecorder) -> None:
    stream = fresh()
    for versions in ([0], [2], [1, 3], [2, 1]):
        with pytest.raises(IntegrityError):
            recorder.append([an_event(stream, n) for n in versions], command(), MACS, NAMND)
    assert len(recorder.append([an_event(stream, 1), an_event(stream, 2)], command(), MACS, NAMND)) == 2


def test_the_same_command_again_is_answered_and_not_carried_out(recorder: LedgerRecorder) -> None:
    stream, id_ = fresh(), fresh()
    events = [an_event(stream, 1), an_event(stream, 2)]
    first = recorder.append(events, command(id_), MACS, NAMND)
    assert recorder.append(events, command(id_), MACS, NAMND) == first
    with pytest.raises(Conflict):
        recorder.append(events, command(), MACS, NAMND)
    assert recorder.max_notification_id() == OPENING + len(events)


def test_a_failed_append_leaves_no_gap(recorder: LedgerRecorder) -> None:
    stream = fresh()
    recorder.append([an_event(stream, 1)], command(), MACS, NAMND)
    with pytest.raises(IntegrityError):
        recorder.append([an_event(stream, 2), an_event(stream, 2)], command(), MACS, NAMND)
    recorder.append([an_event(stream, 2)], command(), MACS, NAMND)
    assert [one.id for one in recorder.select_notifications(None, 10)] == [1, 2, 3]
