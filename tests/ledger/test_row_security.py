"""Nobody sees another nämnd's rows, and nobody sees rows without having said who reads.

What is enumerated here is enumerated from the catalogue, so that a new table, view or function that
is not secured fails a test that was written before it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from ledger.codec import Lane
from ledger.connections import (
    DESTROYER,
    KEYS,
    MIGRATOR,
    NOTARY,
    OWNER,
    PROJECTOR,
    reader,
    writer,
)
from tests.ledger.appending import chances
from tests.ledger.store_fixtures import (
    COMMAND_KEY,
    LANES,
    NAMND,
    NIL,
    OFFICER,
    OTHER_NAMND,
    Store,
    append,
    effects,
    fresh,
    history,
    named,
    open_read,
    refused,
    register,
    tables,
    until,
    waits,
)

HYRA: Final = Lane.HYRA
READABLE: Final = ("readable_event", "readable_part", "readable_leaf", "readable_stream")
LOGINS: Final = (
    *(writer(lane) for lane in LANES),
    *(reader(lane) for lane in LANES),
    *(MIGRATOR, PROJECTOR, NOTARY, DESTROYER, KEYS),
)

# ---------------------------------------------------------------- what the catalogue says


def unsecured_tables(store: Store) -> list[str]:
    """Return the tables without forced row security or without a policy for the owner."""
    rows = store.rows(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'ledger'::regnamespace"
        " AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity"
        " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND polname = 'owner'))"
    )
    return [name for (name,) in rows]


def test_every_table_forces_row_security_and_has_a_policy(store: Store) -> None:
    assert unsecured_tables(store) == []
    assert len(tables(store)) > 10
    store.rows("CREATE TABLE ledger.newcomer (a integer)")
    store.rows("ALTER TABLE ledger.event NO FORCE ROW LEVEL SECURITY")
    assert sorted(unsecured_tables(store)) == ["event", "newcomer"]


def unsecured_views(store: Store) -> list[str]:
    """Return the views that do not ask as their caller, or that let a caller's condition in."""
    rows = store.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'ledger'::regnamespace"
        " AND relkind IN ('v', 'm') AND NOT coalesce("
        "reloptions @> ARRAY['security_invoker=true', 'security_barrier=true'], false)"
    )
    return [name for (name,) in rows]


def test_every_view_asks_as_its_caller_and_keeps_its_condition(store: Store) -> None:
    assert unsecured_views(store) == []
    store.rows("CREATE VIEW ledger.newcomer AS SELECT * FROM ledger.event")
    assert unsecured_views(store) == ["newcomer"]


def unsecured_functions(store: Store) -> list[str]:
    """Return the functions that PUBLIC may call, or that run as the owner on a caller's path."""
    rows = store.rows(
        "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'ledger'::regnamespace"
        " AND (has_function_privilege('public', p.oid, 'EXECUTE') OR (p.prosecdef AND NOT"
        " coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)))"
    )
    return sorted(name for (name,) in rows)


def test_every_function_is_closed_to_the_public_and_has_its_own_search_path(store: Store) -> None:
    assert unsecured_functions(store) == []
    store.rows("CREATE FUNCTION ledger.newcomer() RETURNS integer RETURN 1")
    store.rows("ALTER FUNCTION ledger.begin_destroy RESET search_path")
    assert unsecured_functions(store) == ["begin_destroy", "newcomer"]


def test_no_login_may_write_to_any_table(store: Store) -> None:
    rights = store.rows(
        "SELECT r.rolname, c.relname, right_ FROM pg_roles r, pg_class c,"
        " unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS right_"
        " WHERE r.rolname = ANY (%s) AND c.relnamespace = 'ledger'::regnamespace"
        " AND c.relkind IN ('r', 'p', 'v')"
        " AND has_table_privilege(r.oid, c.oid, right_)",
        list(LOGINS),
    )
    assert {role for role, _, _ in rights} == {MIGRATOR}, "who may become the owner"


def test_only_the_migrator_may_become_another_role(store: Store) -> None:
    members = store.rows(
        "SELECT member::regrole::text, roleid::regrole::text FROM pg_auth_members"
        " WHERE roleid::regrole::text LIKE 'liggaren%' AND member::regrole::text LIKE 'liggaren%'"
    )
    assert members == [(MIGRATOR, OWNER)]


def test_no_role_of_the_ledger_stands_above_row_security(store: Store) -> None:
    above = store.rows(
        "SELECT rolname FROM pg_roles WHERE starts_with(rolname, 'liggaren')"
        " AND (rolsuper OR rolbypassrls"
        " OR rolcreaterole OR rolcreatedb OR rolreplication OR (rolname = %s AND rolcanlogin))",
        OWNER,
    )
    assert above == []


def test_each_lane_has_its_own_policy_and_no_policy_is_for_everybody(store: Store) -> None:
    policies = store.rows(
        "SELECT polrelid::regclass::text, polname, polroles::regrole[]::text[] FROM pg_policy"
    )
    for_everybody = {table for table, _, roles in policies if roles == ["-"]}
    assert for_everybody == {"ledger.founding"}
    for table in ("event", "sealed_part", "leaf", "stream_head"):
        lanes = {roles[0] for of, _, roles in policies if of == f"ledger.{table}"}
        assert {reader(lane) for lane in LANES} <= lanes


# ---------------------------------------------------------------- many requests, few connections

Opener = Callable[[Connection[TupleRow], UUID], object]


@dataclass(frozen=True)
class Request:
    """One request of a web server.

    Args:
        namnd: whose officer asks.
        forgotten: the program forgets to open the read.
        query: what is asked; shows streams.
        value: its parameter, if it has one.
    """

    namnd: UUID
    forgotten: bool
    query: str
    value: UUID | None


QUERIES: Final = (
    "SELECT stream FROM ledger.readable_event WHERE stream = %s",
    "SELECT stream FROM ledger.readable_stream WHERE stream = %s",
    (
        "SELECT stream FROM ledger.readable_event"
        " JOIN ledger.readable_part USING (lane, epoch, idx) WHERE stream = %s"
    ),
    "SELECT stream FROM ledger.readable_event",
    "SELECT count(*) FROM ledger.readable_event",
    "SELECT count(*) FROM ledger.readable_part WHERE class = 6",
    "SELECT DISTINCT stream FROM ledger.readable_stream",
)


def requests(seed: int, streams: Sequence[UUID], count: int) -> list[Request]:
    """Return random requests, one in five forgetful; some for streams that do not exist."""
    draw = chances(seed)
    made = []
    for _ in range(count):
        query = draw.choice(QUERIES)
        value = draw.choice([*streams, fresh()]) if "%s" in query else None
        forgotten = draw.random() < 0.2
        made.append(Request(draw.choice([NAMND, OTHER_NAMND]), forgotten, query, value))
    return made


def answer(
    pool: ConnectionPool[Connection[TupleRow]],
    request: Request,
    holders: dict[UUID, UUID],
    open_: Opener,
) -> str:
    """Carry out a request; return what became of it."""
    try:
        with pool.connection() as connection, connection.transaction():
            if not request.forgotten:
                open_(connection, request.namnd)
            values = [request.value] if request.value else None
            rows = connection.execute(request.query, values).fetchall()
    except psycopg.Error as error:
        as_it_must = request.forgotten and error.sqlstate == "LG002"
        return "raised" if as_it_must else f"raised {error.sqlstate} without reason"
    seen = {row[0] for row in rows if isinstance(row[0], UUID)} - {NIL}
    if any(holders[stream] != request.namnd for stream in seen):
        return "leaked"
    if request.forgotten:
        return "silent"
    if request.value and holders.get(request.value) == request.namnd and not rows:
        return "hidden without reason"
    return "answered"


def soak(store: Store, seed: int, open_: Opener) -> Counter[str]:
    """Let four threads share two connections for some hundreds of requests."""
    holders = {named(f"{namnd} {n}"): namnd for namnd in (NAMND, OTHER_NAMND) for n in range(3)}
    for stream, namnd in holders.items():
        store.append(HYRA, history(HYRA, stream, 2), namnd=namnd)
    with (
        ConnectionPool(
            store.dsn(reader(HYRA)), min_size=2, max_size=2, kwargs={"autocommit": True}, open=True
        ) as pool,
        ThreadPoolExecutor(4) as threads,
    ):
        outcomes = threads.map(
            lambda request: answer(pool, request, holders, open_),
            requests(seed, list(holders), 400),
        )
        return Counter(outcomes)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_request_sees_another_namnds_rows_and_each_forgotten_read_raises(
    store: Store, seed: int
) -> None:
    outcomes = soak(store, seed, open_read)
    assert outcomes.keys() == {"answered", "raised"}
    assert outcomes["raised"] > 40


def test_with_a_naive_guard_the_same_requests_leak(store: Store) -> None:
    held = (
        "EXISTS (SELECT FROM ledger.stream_head h WHERE h.stream = {}"
        " AND h.holder::text = current_setting('naive.namnd', true))"
    )
    guards = {
        ("event", "event"): held.format("event.stream"),
        ("sealed_part", "part"): held.format("encode(substr(part, 20, 16), 'hex')::uuid"),
        ("stream_head", "stream"): "holder::text = current_setting('naive.namnd', true)",
    }
    for (table, view), guard in guards.items():
        store.rows(f"DROP POLICY reader_hyra ON ledger.{table}")
        store.rows(
            f"CREATE POLICY reader_hyra ON ledger.{table} TO {reader(HYRA)}"
            f" USING (lane = 'hyra' AND {guard})"
        )
        store.rows(
            f"CREATE OR REPLACE VIEW ledger.readable_{view} WITH (security_invoker = true)"  # noqa: S608
            f" AS SELECT * FROM ledger.{table}"
        )

    def set_for_the_session(connection: Connection[TupleRow], namnd: UUID) -> None:
        connection.execute("SELECT set_config('naive.namnd', %s, false)", (str(namnd),))

    outcomes = soak(store, 1, set_for_the_session)
    assert outcomes["leaked"] > 0
    assert outcomes["silent"] > 0
    assert outcomes["raised"] == 0


# ---------------------------------------------------------------- one forgotten read


@contextmanager
def reading(store: Store, lane: Lane = HYRA) -> Iterator[Connection[TupleRow]]:
    """A transaction of a lane's reader."""
    with store.connect(reader(lane)) as connection, connection.transaction():
        yield connection


@pytest.mark.parametrize("view", READABLE)
@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM ledger.{}",
        "SELECT count(*) FROM ledger.{}",
        "SELECT 1 FROM ledger.{} WHERE epoch = 99",
        "SELECT 1 FROM ledger.{} WHERE lane = 'bistand'",
        "SELECT EXISTS (SELECT FROM ledger.{} WHERE epoch = 99)",
        "SELECT 1 WHERE NOT EXISTS (SELECT FROM ledger.{} WHERE epoch = 99)",
        "SELECT 1 FROM ledger.founding LEFT JOIN ledger.{} ON epoch = 99",
        "SELECT * FROM ledger.{} ORDER BY 1 LIMIT 1",
    ],
)
def test_a_forgotten_read_raises_even_where_there_is_nothing_to_see(
    refusing: Store, view: str, query: str
) -> None:
    assert refusing.value("SELECT count(*) FROM ledger.sealed_part") == 0, "an empty table"
    with refused("LG002"), reading(refusing) as connection:
        connection.execute(query.format(view))


@pytest.mark.parametrize("query", ["SELECT * FROM ledger.{}", "SELECT count(*) FROM ledger.{}"])
def test_nothing_is_looked_up_without_an_open_read(refusing: Store, query: str) -> None:
    assert refusing.value("SELECT count(*) FROM ledger.lookup") == 0, "an empty table"
    with refused("LG002"), reading(refusing) as connection:
        connection.execute(query.format("readable_lookup"))


def test_what_streams_are_found_by_is_made_anew_by_the_lanes_writer_for_their_holder_alone(
    store: Store,
) -> None:
    stream, mac = fresh(), b"m" * 32
    store.append(HYRA, history(HYRA, stream, 1))
    call = "SELECT ledger.rebuild_lookup('hyra', %s, %s, %s, %s::bigint[], %s::bytea[])"

    def rebuild(role: str, namnd: UUID, through: int = 1) -> object:
        with store.connect(role) as connection:
            row = connection.execute(call, (namnd, stream, through, [1], [mac])).fetchone()
        return row and row[0]

    assert rebuild(writer(HYRA), fresh()) is False
    assert rebuild(writer(HYRA), NAMND, 2) is False, "it has not come so far"
    assert rebuild(writer(HYRA), NAMND) is True
    for role in (writer(Lane.BISTAND), reader(HYRA), PROJECTOR):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rebuild(role, NAMND)
    assert store.rows("SELECT stream, version FROM ledger.lookup") == [(stream, 1)]


def test_without_the_views_a_query_that_comes_upon_no_row_would_not_be_asked(
    refusing: Store,
) -> None:
    with reading(refusing) as connection:
        assert connection.execute("SELECT count(*) FROM ledger.sealed_part").fetchall() == [(0,)]


def test_on_the_tables_a_forgotten_read_raises_at_the_first_row(store: Store) -> None:
    stream = fresh()
    store.append(HYRA, history(HYRA, stream, 1))
    for table in ("event", "sealed_part", "leaf", "stream_head"):
        with refused("LG002"), reading(store) as connection:
            connection.execute(f"SELECT count(*) FROM ledger.{table}")  # noqa: S608


def test_a_read_ends_with_its_transaction(store: Store) -> None:
    with store.connect(reader(HYRA)) as connection:
        with connection.transaction():
            open_read(connection)
            connection.execute("SELECT count(*) FROM ledger.readable_event")
        with refused("LG002"):
            connection.execute("SELECT count(*) FROM ledger.readable_event")


def test_a_read_opened_outside_a_transaction_opens_nothing(store: Store) -> None:
    with store.connect(reader(HYRA)) as connection:
        open_read(connection)
        with refused("LG002"):
            connection.execute("SELECT count(*) FROM ledger.readable_event")


def test_a_read_holds_through_savepoints_and_is_undone_with_the_one_it_was_opened_in(
    store: Store,
) -> None:
    stream = fresh()
    store.append(HYRA, history(HYRA, stream, 1))
    with reading(store) as connection:
        open_read(connection, OTHER_NAMND)
        with connection.transaction(force_rollback=True):
            open_read(connection, NAMND)
            assert streams_seen(connection) == {stream, NIL}
        assert streams_seen(connection) == {NIL}


def test_each_read_is_logged_with_role_lane_actor_and_namnd(store: Store) -> None:
    stream, person = fresh(), fresh()
    with reading(store) as connection:
        open_read(connection, NAMND, stream)
        connection.execute("SELECT ledger.log_subjects(%s)", ([person, person],))
    assert store.rows(
        "SELECT role, lane::text, actor, namnd, purpose, view, stream, person"
        " FROM ledger.read_log JOIN ledger.read_subject ON read = id"
    ) == [(reader(HYRA), "hyra", OFFICER, NAMND, "test", "test.view", stream, person)]


def test_subjects_cannot_be_logged_without_a_read(refusing: Store) -> None:
    with refused("LG002"), reading(refusing) as connection:
        connection.execute("SELECT ledger.log_subjects(%s)", ([fresh()],))


@pytest.mark.parametrize("column", ["actor", "namnd", "purpose", "view"])
def test_a_read_without_who_or_why_is_refused(refusing: Store, column: str) -> None:
    values = {"actor": OFFICER, "namnd": NAMND, "purpose": "why", "view": "case.trail"}
    with pytest.raises(psycopg.errors.NotNullViolation), reading(refusing) as connection:
        connection.execute(
            "SELECT ledger.open_read(%(actor)s, %(namnd)s, %(purpose)s, %(view)s, NULL)",
            values | {column: None},
        )


# ---------------------------------------------------------------- two nämnder, one lane


def streams_seen(connection: Connection[TupleRow]) -> set[UUID]:
    """Return the streams that the open read shows."""
    return {stream for (stream,) in connection.execute("SELECT stream FROM ledger.readable_event")}


def seen_by(store: Store, namnd: UUID, lane: Lane = HYRA) -> set[UUID]:
    """Return the streams whose events and parts a nämnd sees, without the log's own."""
    with reading(store, lane) as connection:
        open_read(connection, namnd)
        events = streams_seen(connection)
        heads = connection.execute("SELECT stream FROM ledger.readable_stream").fetchall()
        parts = connection.execute(
            "SELECT encode(substr(part, 20, 16), 'hex')::uuid FROM ledger.readable_part"
        ).fetchall()
    assert {stream for (stream,) in heads} == events
    assert {stream for (stream,) in parts} == events - {NIL}
    return events - {NIL}


def test_two_namnder_append_alternately_in_one_lane(store: Store) -> None:
    ours, theirs = fresh(), fresh()
    receipts = [
        store.append(HYRA, history(HYRA, stream, 1, first=version), namnd=namnd)[0]
        for version in (1, 2, 3)
        for stream, namnd in ((ours, NAMND), (theirs, OTHER_NAMND))
    ]
    assert [receipt.index for receipt in receipts] == [1, 2, 3, 4, 5, 6]
    assert seen_by(store, NAMND) == {ours}
    assert seen_by(store, OTHER_NAMND) == {theirs}
    assert seen_by(store, fresh()) == set()


def test_another_namnds_stream_shows_nothing_and_takes_nothing(store: Store) -> None:
    theirs = fresh()
    store.append(HYRA, history(HYRA, theirs, 1), namnd=OTHER_NAMND)
    assert seen_by(store, NAMND) == set()
    before = store.digest()
    for version in (1, 2):
        with refused("42501"):
            store.append(HYRA, history(HYRA, theirs, 1, first=version), namnd=NAMND)
    assert store.digest() == before


def test_a_reader_sees_its_own_lane_alone(store: Store) -> None:
    stream_in = {lane: fresh() for lane in LANES}
    for lane, stream in stream_in.items():
        store.append(lane, history(lane, stream, 1))
    assert {lane: seen_by(store, NAMND, lane) for lane in LANES} == {
        lane: {stream} for lane, stream in stream_in.items()
    }


def test_a_successor_reads_and_continues_and_its_predecessor_does_neither(store: Store) -> None:
    register(store, OTHER_NAMND)
    moved, kept = fresh(), fresh()
    store.append(HYRA, history(HYRA, moved, 2))
    store.append(HYRA, history(HYRA, kept, 1))
    store.append(
        HYRA,
        history(HYRA, moved, 1, first=3),
        effects=effects({"kind": "holder_to", "ref": OTHER_NAMND}),
    )
    assert seen_by(store, OTHER_NAMND) == {moved}
    assert seen_by(store, NAMND) == {kept}
    with refused("42501"):
        store.append(HYRA, history(HYRA, moved, 1, first=4), namnd=NAMND)
    store.append(HYRA, history(HYRA, moved, 1, first=4), namnd=OTHER_NAMND)
    held_by = store.rows(
        r"SELECT split_part(envelope, E'\n', 6)::uuid FROM ledger.event WHERE stream = %s"
        " ORDER BY version",
        moved,
    )
    assert held_by == [(NAMND,), (NAMND,), (NAMND,), (OTHER_NAMND,)], "who held it then"


def test_a_holder_changes_in_the_same_append_or_not_at_all(store: Store) -> None:
    stream = fresh()
    store.append(HYRA, history(HYRA, stream, 1))
    to_other = effects({"kind": "holder_to", "ref": OTHER_NAMND})
    with refused("LG012"):
        store.append(HYRA, history(HYRA, stream, 1, first=5), effects=to_other)
    assert seen_by(store, NAMND) == {stream}


@pytest.mark.parametrize(
    ("effect", "sqlstate"),
    [
        ({"ref": NIL}, "LG033"),
        ({"ref": None}, "LG033"),
        ({"ref": NAMND}, "LG033"),
        ({"ref": OTHER_NAMND, "event": 2}, "LG032"),
    ],
)
def test_a_stream_is_not_given_to_what_is_no_namnd_nor_by_an_event_that_is_not_there(
    store: Store, effect: dict[str, object], sqlstate: str
) -> None:
    register(store, OTHER_NAMND)
    stream = fresh()
    with refused(sqlstate):
        store.append(
            HYRA, history(HYRA, stream, 1), effects=effects({"kind": "holder_to"} | effect)
        )
    assert seen_by(store, NAMND) == set()


def test_an_append_in_which_more_follows_a_change_of_holder_is_refused(store: Store) -> None:
    register(store, OTHER_NAMND)
    stream = fresh()
    to_other = effects({"kind": "holder_to", "ref": OTHER_NAMND})
    with refused("LG015"):
        store.append(HYRA, history(HYRA, stream, 2), effects=to_other)
    others = [*history(HYRA, stream, 1), *history(HYRA, fresh(), 2)]
    store.append(HYRA, others, effects=to_other)
    assert seen_by(store, OTHER_NAMND) == {stream}


def test_receipts_are_for_the_writer_of_the_lane(store: Store) -> None:
    command, stream = fresh(), fresh()
    receipts = store.append(HYRA, history(HYRA, stream, 2), command=command)
    ask = (
        "SELECT idx, recorded, stream, version FROM"
        " ledger.receipts('hyra', %s, %s, %s, ARRAY[%s]::uuid[], ARRAY[%b]::bytea[])"
    )
    values = [NAMND, OFFICER, command, COMMAND_KEY, b"m" * 32]
    assert store.connect(writer(HYRA)).execute(ask, values).fetchall() == [
        (receipt.index, receipt.recorded, stream, version)
        for version, receipt in enumerate(receipts, 1)
    ]
    with refused("LG021"):
        store.connect(writer(HYRA)).execute(ask, [*values[:4], b"n" * 32])
    for role in (writer(Lane.BISTAND), reader(HYRA)):
        with refused("42501"):
            store.connect(role).execute(ask, values)


def test_a_stream_of_nobody_is_read_and_continued_by_all_in_the_lane(store: Store) -> None:
    flat = fresh()
    store.append(HYRA, history(HYRA, flat, 1), new_holder=NIL)
    store.append(HYRA, history(HYRA, flat, 1, first=2), namnd=OTHER_NAMND)
    assert seen_by(store, NAMND) == seen_by(store, OTHER_NAMND) == seen_by(store, fresh()) == {flat}
    assert seen_by(store, NAMND, Lane.BISTAND) == set()
    assert store.rows(
        r"SELECT split_part(envelope, E'\n', 6) FROM ledger.event WHERE stream = %s", flat
    ) == [("-",), ("-",)]


def test_a_new_stream_belongs_to_the_acting_namnd_or_to_nobody(refusing: Store) -> None:
    with refused("LG015"):
        refusing.append(HYRA, history(HYRA, fresh(), 1), namnd=NAMND, new_holder=OTHER_NAMND)


def test_two_namnder_that_open_the_same_stream_at_once_do_not_share_it(store: Store) -> None:
    stream = fresh()
    first, second = store.connect(writer(HYRA)), store.connect(writer(HYRA))
    with ThreadPoolExecutor(1) as thread, first.transaction():
        append(first, HYRA, history(HYRA, stream, 1), namnd=NAMND)
        late = thread.submit(append, second, HYRA, history(HYRA, stream, 1), namnd=OTHER_NAMND)
        until("wait for the lock", waits(store, second, "Lock"))
    with refused("42501"):
        late.result()
    assert seen_by(store, OTHER_NAMND) == set()
