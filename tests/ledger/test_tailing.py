"""Whoever follows a log misses nothing, and sees it in order, whatever the writers run into.

Eight writers append to two lanes while readers follow: two by asking again and again, one through
the library's subscription. The writers also collide (a wrong version), and their connections are
cut, from seeds that a failure prints and `LIGGAREN_SEED` repeats.

The control shows that this reader can miss something: under one forced interleaving it loses an
event of the library's recorder with database functions, whose notification ids are drawn before a
lock is held. The same interleaving cannot be brought about in `ledger.append`: the second writer
waits for the lane. And were that lock forgotten, the second append would be refused, not lost.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random  # noqa: TID251 - only its type
from threading import Event, Lock, Thread
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest
from eventsourcing.persistence import ApplicationRecorder, Notification, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from ledger.codec import Lane
from ledger.connections import Connections, one_dsn, writer
from ledger.envelope import notification_id
from ledger.errors import Conflict, DurabilityUnknown
from ledger.recorder import LedgerRecorder, Receipt
from tests.ledger.appending import MACS, an_event, chances, command, draw_seed
from tests.ledger.store_fixtures import DEADLINE_S, NAMND, Store, fresh, until

LANES: Final = (Lane.BISTAND, Lane.HYRA)
WRITERS_PER_LANE: Final = 4
STREAMS_PER_LANE: Final = 6
"""Fewer than would keep the writers apart: they are to collide."""
BATCHES: Final = (1, 10)
WRONG_VERSIONS: Final = 0.05
"""The share of appends that expect a wrong version on purpose."""
LAST: Final = "Last"
"""The type of the event that ends a log, so that readers know when they have seen all."""
OPENING: Final = 1
"""How many events a log has before anybody has appended: `EpochOpened`."""


@pytest.fixture
def connections(store: Store) -> Iterator[Connections]:
    """Pools to a new ledger database, whose connections say which role they are of."""
    conninfos = {
        role: make_conninfo(conninfo, application_name=role)
        for role, conninfo in one_dsn(store.dsn(), store.dsn()).items()
    }
    pools = Connections(conninfos)
    yield pools
    pools.close()


# ---------------------------------------------------------------- readers


def tail(
    recorder: ApplicationRecorder, random: Random, over: Callable[[], bool]
) -> list[Notification]:
    """Follow a log: ask for what comes after the last seen, again and again.

    Args:
        recorder: whose log.
        random: how much is asked for at a time.
        over: whether nobody will append any more.
    """
    seen: list[Notification] = []
    while True:
        ends = over()
        start = seen[-1].id if seen else 0
        page = recorder.select_notifications(
            start, random.choice((1, 10, 500)), inclusive_of_start=False
        )
        seen.extend(page)
        if ends and not page:
            return seen


def subscribed(recorder: LedgerRecorder, gone: Event) -> list[Notification]:
    """Follow a log through the library's subscription, up to its last event."""
    seen: list[Notification] = []

    def stop_when_gone() -> None:
        gone.wait()
        subscription.stop()

    with recorder.subscribe(gt=0) as subscription:
        Thread(target=stop_when_gone, daemon=True).start()
        for notification in subscription:
            seen.append(notification)
            if notification.topic == f"{LAST}/1":
                break
    return seen


# ---------------------------------------------------------------- writers


@dataclass
class Plan:
    """What the writers of one lane share.

    Args:
        recorder: the lane's.
        target: how many events are wanted.
        cut: ends a backend that is appending to the lane.
        streams: where they go.
        versions: how far each has come, as far as the writers know.
        acknowledged: the receipt of each event, by stream and version.
        happened: what befell the writers.
    """

    recorder: LedgerRecorder
    target: int
    cut: Callable[["Plan"], None]
    streams: list[UUID] = field(default_factory=lambda: [fresh() for _ in range(STREAMS_PER_LANE)])
    versions: Counter[UUID] = field(default_factory=Counter)
    acknowledged: dict[tuple[UUID, int], Receipt] = field(default_factory=dict)
    happened: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    @property
    def done(self) -> bool:
        """Whether there are enough events."""
        return len(self.acknowledged) >= self.target


def write(plan: Plan, random: Random) -> None:
    """Append until there are enough, with now and then a wrong version or a cut connection."""
    appends_to_cut = random.randint(5, 20)
    while not plan.done:
        stream = random.choice(plan.streams)
        count = random.choice(BATCHES)
        first = plan.versions[stream] + 1  # another writer may be faster: then it is a conflict
        if random.random() < WRONG_VERSIONS:
            first += random.choice((-1, 1))
        appends_to_cut -= 1
        if appends_to_cut == 0:
            appends_to_cut = random.randint(50, 200)
            Thread(target=plan.cut, args=(plan,)).start()
        append_surely(plan, stream, first, count)


def append_surely(plan: Plan, stream: UUID, first: int, count: int, topic: str = "Told") -> None:
    """Send one command until its answer is known."""
    lane = plan.recorder.lane
    events = [an_event(lane, stream, first + n, topic) for n in range(count)]
    asked = command()
    receipts: list[Receipt] = []
    while not receipts:
        try:
            receipts = plan.recorder.append(events, asked, MACS, NAMND)
        except DurabilityUnknown:
            with plan.lock:
                plan.happened["cut"] += 1
        except Conflict:
            with plan.lock:
                plan.happened["conflict"] += 1
            return
    with plan.lock:
        plan.happened[f"append of {count}"] += 1
        plan.versions[stream] = max(plan.versions[stream], first + count - 1)
        plan.acknowledged |= {(stream, first + n): receipts[n] for n in range(count)}


def cutter(store: Store) -> Callable[[Plan], None]:
    """Return what ends a backend while it appends."""

    def cut(plan: Plan) -> None:
        while not plan.done and not store.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = %s AND state = 'active' LIMIT 1",
            writer(plan.recorder.lane),
        ):
            pass

    return cut


# ---------------------------------------------------------------- the test


def test_readers_miss_nothing_while_eight_write(
    store: Store, connections: Connections, *, full: bool
) -> None:
    seed = draw_seed()
    target = (100_000 if full else 5_000) // len(LANES)
    plans = [Plan(LedgerRecorder(connections, lane), target, cutter(store)) for lane in LANES]
    over, gone = Event(), Event()
    with ExitStack() as stack:
        readers = stack.enter_context(ThreadPoolExecutor(2 * len(plans)))
        for event in (over, gone):
            stack.callback(event.set)  # whatever happens, nobody waits for ever
        writers = stack.enter_context(ThreadPoolExecutor(WRITERS_PER_LANE * len(plans)))
        tails = [
            readers.submit(tail, plan.recorder, chances(seed, "reader", n), over.is_set)
            for n, plan in enumerate(plans)
        ]
        subscriptions = [readers.submit(subscribed, plan.recorder, gone) for plan in plans]
        writing = [
            writers.submit(write, plan, chances(seed, "writer", n, m))
            for n, plan in enumerate(plans)
            for m in range(WRITERS_PER_LANE)
        ]
        for future in writing:
            future.result()
        for plan in plans:
            append_surely(plan, stream := plan.streams[0], plan.versions[stream] + 1, 1, LAST)
        over.set()
        for plan, by_tail, by_subscription in zip(plans, tails, subscriptions, strict=True):
            seen = by_tail.result(DEADLINE_S)
            require_whole(store, plan, seen)
            assert by_subscription.result(DEADLINE_S) == seen
    for plan in plans:
        assert plan.happened.keys() == {"conflict", "cut", "append of 1", "append of 10"}


def require_whole(store: Store, plan: Plan, seen: list[Notification]) -> None:
    """Require that what a reader saw is the log: all of it, once, in order, without a hole."""
    assert [one.id for one in seen] == list(range(1, len(seen) + 1))
    places = {one.id: (one.originator_id, one.originator_version) for one in seen}
    logged = store.rows(
        "SELECT epoch, idx, stream, version FROM ledger.event WHERE lane = %s ORDER BY epoch, idx",
        plan.recorder.lane.value,
    )
    assert list(places.items()) == [
        (notification_id(epoch, index), (stream, version))
        for epoch, index, stream, version in logged
    ]
    versions: Counter[UUID | str] = Counter()
    for stream, version in places.values():
        versions[stream] += 1
        assert version == versions[stream]
    for place, receipt in plan.acknowledged.items():
        assert places[notification_id(receipt.epoch, receipt.index)] == place
    assert len(seen) == len(plan.acknowledged) + OPENING


def test_an_event_between_the_first_look_and_the_listening_is_not_left_lying(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder, stream, looked = LedgerRecorder(connections, LANES[0]), fresh(), Event()
    select, connect = recorder.select_notifications, psycopg.connect

    def look(start: int, limit: int, **how: Any) -> Sequence[Notification]:  # noqa: ANN401
        found = select(start, limit, **how)
        looked.set()
        return found

    def append_then_connect(conninfo: str, *, autocommit: bool) -> Connection[TupleRow]:
        assert looked.wait(DEADLINE_S)
        append_one(recorder, stream)
        return connect(conninfo, autocommit=autocommit)

    monkeypatch.setattr(recorder, "select_notifications", look)
    monkeypatch.setattr(psycopg, "connect", append_then_connect)
    with recorder.subscribe(gt=OPENING) as subscription, ThreadPoolExecutor(1) as one:
        try:
            assert one.submit(next, subscription).result(DEADLINE_S).originator_id == stream
        finally:
            subscription.stop()


def test_a_subscription_whose_listening_is_cut_says_so(
    store: Store, connections: Connections
) -> None:
    listening = "FROM pg_stat_activity WHERE query LIKE 'LISTEN%%'"
    recorder = LedgerRecorder(connections, LANES[0])
    with recorder.subscribe(gt=OPENING) as subscription, ThreadPoolExecutor(1) as one:
        until("listener", lambda: store.value(f"SELECT count(*) {listening}") == 1)
        waiting = one.submit(next, subscription)
        store.rows(f"SELECT pg_terminate_backend(pid) {listening}")
        with pytest.raises(psycopg.OperationalError):
            waiting.result(DEADLINE_S)


# ---------------------------------------------------------------- the forced interleaving

GATE: Final = 4711
"""An advisory lock. Whoever inserts for the slow stream waits for it, after its place is drawn."""


@dataclass(frozen=True)
class Gate:
    """A trigger that makes the insert for one stream wait.

    Args:
        store: the database.
        slow: the stream.
        holder: the connection that holds the gate closed.
    """

    store: Store
    slow: UUID
    holder: Connection[TupleRow]

    @classmethod
    def on(cls, store: Store, table: str, column: str) -> "Gate":
        """Close a gate on a table, whose streams are in the column."""
        gate = cls(store, fresh(), store.connect())
        gate.holder.execute(
            sql.SQL("""
            CREATE FUNCTION public.wait_for_gate() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_catalog.pg_advisory_xact_lock({gate});
                RETURN NEW;
            END
            $$;
            CREATE TRIGGER gate BEFORE INSERT ON {table} FOR EACH ROW
                WHEN (NEW.{column} = {slow}) EXECUTE FUNCTION public.wait_for_gate();
            SELECT pg_advisory_lock({gate});
            """).format(
                gate=GATE,
                table=sql.Identifier(*table.split(".")),
                column=sql.Identifier(column),
                slow=str(gate.slow),
            )
        )
        return gate

    def is_waited_for(self) -> bool:
        """Whether somebody stands before it."""
        return bool(
            self.store.value(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory'"
                " AND objid = %s AND NOT granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
                GATE,
            )
        )

    def open(self) -> None:
        """Let the waiting insert through."""
        self.holder.execute("SELECT pg_advisory_unlock(%s)", (GATE,))


def let_through(gate: Gate, *waiting: Future[Any]) -> None:
    """Open the gate and see all who wait come through."""
    gate.open()
    for future in waiting:
        future.result(DEADLINE_S)


def after_a_look(then: Callable[[], None]) -> Callable[[], bool]:
    """Return an `over` for `tail`: it looks once, then something happens, then all is done."""
    looks = 0

    def over() -> bool:
        nonlocal looks
        looks += 1
        if looks == 2:
            then()
        return looks > 1

    return over


def streams_of(found: list[Notification]) -> list[UUID | str]:
    """Return the streams of what was read."""
    return [one.originator_id for one in found]


def test_control_the_same_reader_misses_an_event_of_the_librarys_fast_mode(store: Store) -> None:
    parts = conninfo_to_dict(store.dsn())
    datastore = PostgresDatastore(
        dbname=store.name,
        host=str(parts["host"]),
        port=str(parts["port"]),
        user=str(parts["user"]),
        password="unused",  # noqa: S106 - the socket's folder is the guard
        pool_size=3,
        enable_db_functions=True,
    )
    with datastore:
        recorder = PostgresApplicationRecorder(datastore)
        recorder.create_table()
        gate = Gate.on(store, "public.stored_events", "originator_id")
        fast = fresh()
        with ThreadPoolExecutor(1) as slow_writer:
            slow = slow_writer.submit(recorder.insert_events, [StoredEvent(gate.slow, 1, "t", b"")])
            until("insert that waits with its id drawn", gate.is_waited_for)
            assert recorder.insert_events([StoredEvent(fast, 1, "t", b"")]) == [2]
            seen = tail(recorder, chances(), after_a_look(lambda: let_through(gate, slow)))
        assert slow.result() == [1], "the slow writer's event has the lower id"
        assert streams_of(seen) == [fast], "the reader had gone past it"
        assert streams_of(recorder.select_notifications(None, 10)) == [gate.slow, fast]


def test_under_that_interleaving_the_second_append_waits_for_the_lane(
    store: Store, connections: Connections
) -> None:
    gate = Gate.on(store, "ledger.event", "stream")
    recorder, other_lane = (LedgerRecorder(connections, lane) for lane in LANES)
    stream = fresh()
    with ThreadPoolExecutor(2) as two:
        slow = two.submit(append_one, recorder, gate.slow)
        until("append that waits with its index drawn", gate.is_waited_for)
        second = two.submit(append_one, recorder, stream)
        until("append that waits for the lane's lock", lambda: waits_for_lane(store))
        append_one(other_lane, fresh())  # which is that lane's own
        assert not second.done()
        seen = tail(recorder, chances(), after_a_look(lambda: let_through(gate, slow, second)))
    assert slow.result().index < second.result().index
    assert streams_of(seen)[OPENING:] == [gate.slow, stream]


def append_one(recorder: LedgerRecorder, stream: UUID) -> Receipt:
    """Append the first event of a stream."""
    return recorder.append([an_event(recorder.lane, stream, 1)], command(), MACS, NAMND)[0]


def waits_for_lane(store: Store) -> bool:
    """Whether a backend waits for the lane's row, which the one before the gate has locked."""
    return bool(
        store.value(
            "SELECT EXISTS (SELECT FROM pg_locks waiting"
            " JOIN pg_locks row_ ON row_.pid = waiting.pid"
            " JOIN pg_locks gate ON gate.pid = ANY (pg_blocking_pids(waiting.pid))"
            " WHERE waiting.locktype = 'transactionid' AND NOT waiting.granted"
            " AND row_.locktype = 'tuple' AND row_.relation = 'ledger.lane_head'::regclass"
            " AND gate.locktype = 'advisory' AND gate.objid = %s AND NOT gate.granted)",
            GATE,
        )
    )


def test_without_the_lanes_lock_the_second_append_would_be_refused_not_lost(
    store: Store, connections: Connections
) -> None:
    definition = store.value("SELECT pg_get_functiondef('ledger.append'::regproc)")
    assert definition.count("WHERE lane = p_lane FOR UPDATE") == 1
    store.rows(definition.replace("WHERE lane = p_lane FOR UPDATE", "WHERE lane = p_lane"))
    gate = Gate.on(store, "ledger.event", "stream")
    recorder = LedgerRecorder(connections, LANES[0])
    stream = fresh()
    with ThreadPoolExecutor(1) as one:
        slow = one.submit(append_one, recorder, gate.slow)
        until("append that waits with its index drawn", gate.is_waited_for)
        append_one(recorder, stream)  # takes the same index
        gate.open()
        with pytest.raises(Conflict):
            slow.result(DEADLINE_S)
    seen = tail(recorder, chances(), lambda: True)
    assert streams_of(seen)[OPENING:] == [stream]
