"""eventsourcing's own recorder contract, run against `LedgerRecorder` through a thin adapter.

The library's test cases know streams, versions, topics and bytes, and nothing of lanes, commands,
sealing or logged reads. The adapter supplies those and hides the rest. Every deviation from the
contract is listed here with its reason; *adapter* marks what a case passes only because the adapter
does it. Those that matter to somebody who knows the library are shown at the end, without adapter.

1. The first notification is 2, not 1: a log begins with `EpochOpened`, so that a development ledger
   never passes for a real one. *Adapter: hides it, and counts from the event after it.*
2. Versions start at 1 and have no holes, where the library takes any: a stream is a chain, whose
   beginning and completeness must be seen. Some cases start at 0. *Adapter: v becomes v + 1.*
3. A topic is `Type/1`, letters and digits, not any text: it is a line of the envelope. *Adapter.*
4. State is a clear text beside sealed parts, not any bytes. *Adapter: one clear field, in hex.*
5. An insert needs a command, its HMACs and who will hold a new stream. The adapter supplies them.
   The same events again are a conflict only under another command id, so that it draws one for each
   call; under the same id the first answer is given again, since an acknowledgement can be lost.
6. To insert nothing raises `NothingToSave`: after a conflict an aggregate has nothing left to save,
   and that must not look like success. An aggregate recorder's returns None. *Adapter.*
7. Positions are returned by the one recorder there is; an aggregate recorder returns None, since
   its table has none. *Adapter: drops them.*
8. Events are selected inside an open, logged read alone, and only those its nämnd may see. The
   adapter opens one around each call.
9. They are `StoredEntry`s: envelope, seals and parts besides. *Adapter: makes plain ones, which
   alone are equal to those inserted.*
10. Notifications are what the projector sees: of all nämnder, envelopes and clear texts, nothing
    sealed. Positions are dense but for events that have been destroyed.
11. No table is created: migrations do that, and no program's role may.
12. No insert is tried again by itself. The library does it ten times, and then reports a conflict
    with its own first try. Here it is `DurabilityUnknown`, and who sent the command sends it again.

Not applicable: text originator ids; `TrackingRecorder` and `ProcessRecorder`, since projections
keep their position in their own tables.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, Final
from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError, Notification, StoredEvent
from eventsourcing.tests import persistence as contract
from typing_extensions import override

from ledger.codec import Lane
from ledger.connections import Connections, one_dsn, writer
from ledger.errors import (
    Conflict,
    DurabilityUnknown,
    LedgerError,
    NoReadOpen,
    NothingToSave,
    Unavailable,
)
from ledger.reading import ReadContext, reading
from ledger.recorder import LedgerRecorder
from tests.ledger.appending import MACS, an_event, command, note_in
from tests.ledger.store_fixtures import DEADLINE_S, NAMND, OFFICER, Store, fresh, until

LANE: Final = Lane.HYRA
CONTEXT: Final = ReadContext(OFFICER, NAMND, "recorder contract", "test.contract")
OPENING: Final = 1
"""How many events precede the first one of the contract."""


class Adapter(LedgerRecorder):
    """A `LedgerRecorder` as the library's test cases want one."""

    @override
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        events = [
            an_event(
                LANE,
                event.originator_id,
                event.originator_version + 1,
                event.topic,
                event.state.hex(),
            )
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
                bytes.fromhex(note_in(entry.state)),
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
                state=bytes.fromhex(note_in(one.state)),
            )
            for one in found
        ]

    @override
    def max_notification_id(self) -> int | None:
        last = super().max_notification_id()
        assert last is not None
        return None if last == OPENING else last - OPENING


class AggregateAdapter(Adapter):
    """The same, as an aggregate recorder."""

    @override
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Any:
        if stored_events:
            super().insert_events(stored_events, **kwargs)


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
    connections: Connections

    @pytest.fixture(autouse=True)
    def _connected(self, connections: Connections) -> None:
        self.connections = connections

    @override
    def create_recorder(self) -> AggregateAdapter:
        return AggregateAdapter(self.connections, LANE)


class TestApplicationRecorder(contract.ApplicationRecorderTestCase[Adapter]):
    INITIAL_VERSION = 0
    connections: Connections

    @pytest.fixture(autouse=True)
    def _connected(self, connections: Connections) -> None:
        self.connections = connections

    @override
    def create_recorder(self) -> Adapter:
        return Adapter(self.connections, LANE)

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
    recorder.append([an_event(LANE, stream, 1)], command(), MACS, NAMND)
    with pytest.raises(NoReadOpen):
        recorder.select_events(stream)
    with reading(connections, LANE, CONTEXT):
        assert [entry.originator_version for entry in recorder.select_events(stream)] == [1]


def test_versions_begin_at_one_and_have_no_holes(recorder: LedgerRecorder) -> None:
    stream = fresh()
    for versions in ([0], [2], [1, 3], [2, 1]):
        with pytest.raises(IntegrityError):
            recorder.append([an_event(LANE, stream, n) for n in versions], command(), MACS, NAMND)
    assert (
        len(
            recorder.append(
                [an_event(LANE, stream, 1), an_event(LANE, stream, 2)], command(), MACS, NAMND
            )
        )
        == 2
    )


def test_the_same_command_again_is_answered_and_not_carried_out(recorder: LedgerRecorder) -> None:
    stream, id_ = fresh(), fresh()
    events = [an_event(LANE, stream, 1), an_event(LANE, stream, 2)]
    first = recorder.append(events, command(id_), MACS, NAMND)
    assert recorder.append(events, command(id_), MACS, NAMND) == first
    with pytest.raises(Conflict):
        recorder.append(events, command(), MACS, NAMND)
    assert recorder.max_notification_id() == OPENING + len(events)


def test_a_failed_append_leaves_no_gap(recorder: LedgerRecorder) -> None:
    stream = fresh()
    recorder.append([an_event(LANE, stream, 1)], command(), MACS, NAMND)
    with pytest.raises(IntegrityError):
        recorder.append(
            [an_event(LANE, stream, 2), an_event(LANE, stream, 2)], command(), MACS, NAMND
        )
    recorder.append([an_event(LANE, stream, 2)], command(), MACS, NAMND)
    assert [one.id for one in recorder.select_notifications(None, 10)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("end", "becomes"),
    [("pg_cancel_backend", Unavailable), ("pg_terminate_backend", DurabilityUnknown)],
)
def test_an_append_ended_from_outside_is_lost_only_if_the_server_did_not_say_so(
    store: Store, recorder: LedgerRecorder, end: str, becomes: type[LedgerError]
) -> None:
    holder = store.connect()
    waiting = (
        "FROM pg_stat_activity WHERE query LIKE '%%ledger.append(%%' AND wait_event_type = 'Lock'"
    )
    with ThreadPoolExecutor(1) as one, holder.transaction():
        holder.execute("SELECT FROM ledger.lane_head FOR UPDATE")
        future = one.submit(recorder.append, [an_event(LANE, fresh(), 1)], command(), MACS, NAMND)
        until("append that waits", lambda: store.value(f"SELECT count(*) {waiting}") == 1)
        store.rows(f"SELECT {end}(pid) {waiting}")
        with pytest.raises(becomes):
            future.result(DEADLINE_S)
    assert recorder.max_notification_id() == OPENING


def test_a_server_that_restarts_costs_one_answer_and_not_one_for_each_pooled_connection(
    store: Store, recorder: LedgerRecorder, connections: Connections
) -> None:
    pool = connections.pool(writer(LANE))
    with ExitStack() as stack:
        for _ in range(pool.max_size):
            stack.enter_context(pool.connection())
    store.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    events, asked = [an_event(LANE, fresh(), 1)], command()
    with pytest.raises(DurabilityUnknown):
        recorder.append(events, asked, MACS, NAMND)
    assert len(recorder.append(events, asked, MACS, NAMND)) == 1
