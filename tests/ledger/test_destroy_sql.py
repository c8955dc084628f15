"""Destruction in the ledger database: under a decision, never under a gallringsspärr, repeatable.

The keys are in another database and these tests have none; `test_failures.py` shows both together.
"""

import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection, IsolationLevel
from psycopg.rows import TupleRow

from ledger.codec import Lane
from ledger.connections import DESTROYER, MIGRATOR, OWNER, reader, writer
from ledger.seal import check
from tests.ledger.appending import chances
from tests.ledger.store_fixtures import (
    DEADLINE_S,
    LEDGER,
    NAMND,
    NIL,
    OTHER_NAMND,
    PLACES,
    Sealed,
    Store,
    append,
    checked,
    effects,
    fresh,
    history,
    key_id,
    named,
    open_read,
    refused,
    register,
    sealed,
    supervising,
    until,
    waits,
)

HYRA, TILLSYN, BISTAND = Lane.HYRA, Lane.TILLSYN, Lane.BISTAND
STREAM: Final = named("the stream to be destroyed")
PERSON: Final = named("the person to be forgotten")
PERSONS_PLACE: Final = PLACES[1]
PERSONS_KEYS: Final = [key_id(STREAM, PERSONS_PLACE).bytes]
ALL_KEYS: Final = [key_id(STREAM, place).bytes for place in PLACES]


@pytest.fixture(autouse=True)
def registered(store: Store) -> None:
    """A stream moves to a registered nämnd alone."""
    register(store, OTHER_NAMND)


def told(effect: dict[str, object], version: int = 1) -> list[Sealed]:
    """Return the event of supervision that tells of an effect: in the stream with its id."""
    return [supervising(effect, version)]


def tell(store: Store, *effects_: dict[str, object], namnd: UUID = NAMND) -> None:
    """Append, for each control effect, the event of supervision that tells of it."""
    for effect in effects_:
        version = store.value(
            "SELECT 1 + coalesce(max(version), 0) FROM ledger.event"
            " WHERE lane = 'tillsyn' AND stream = %s",
            effect["ref"],
        )
        store.append(TILLSYN, told(effect, version), namnd=namnd, effects=effects(effect))


def lift(store: Store, spärr: object, namnd: UUID = NAMND) -> None:
    """Lift a gallringsspärr."""
    tell(store, {"kind": "lift", "ref": spärr}, namnd=namnd)


def move(
    store: Store, lane: Lane, stream: object, to: UUID = OTHER_NAMND, namnd: UUID = NAMND
) -> None:
    """Hand a stream over to another nämnd."""
    assert isinstance(stream, UUID)
    register(store, to)
    version = store.value(
        "SELECT 1 + max(version) FROM ledger.event WHERE lane = %s AND stream = %s",
        lane.value,
        stream,
    )
    moved = sealed(lane, stream, version, "HolderChanged/1", places=[])
    store.append(lane, [moved], namnd=namnd, effects=effects({"kind": "holder_to", "ref": to}))


def hold_of(stream: UUID = STREAM, lane: Lane = HYRA) -> dict[str, object]:
    """Return the effect that sets a gallringsspärr."""
    return {"kind": "hold", "ref": fresh(), "lane": lane, "stream": stream}


def decide(
    store: Store,
    stream: UUID = STREAM,
    subject: UUID | None = None,
    lane: Lane = HYRA,
    namnd: UUID = NAMND,
) -> UUID:
    """Decide a destruction. Returns the decision."""
    decision = fresh()
    decided = {"kind": "destroy_decided", "ref": decision, "lane": lane, "stream": stream}
    tell(store, decided | {"subject": subject}, namnd=namnd)
    return decision


def withdraw(store: Store, decision: UUID, namnd: UUID = NAMND) -> None:
    """Withdraw a decision."""
    tell(store, {"kind": "destroy_withdrawn", "ref": decision}, namnd=namnd)


def as_destroyer(store: Store, query: str, *values: object) -> list[TupleRow]:
    """Run a query as the destroyer, in a transaction of its own."""
    with store.connect(DESTROYER) as connection:
        return connection.execute(query, values).fetchall()


def begin(store: Store, decision: UUID) -> list[TupleRow]:
    """Begin a destruction."""
    return as_destroyer(store, "SELECT * FROM ledger.begin_destroy(%s)", decision)


def destroy(store: Store, decision: UUID, keys: Sequence[bytes] = ALL_KEYS) -> list[TupleRow]:
    """Carry a begun destruction out. Returns the positions concerned."""
    query = "SELECT * FROM ledger.destroy(%s, %s::bytea[])"
    return as_destroyer(store, query, decision, list(keys))


def forget(store: Store, decision: UUID) -> None:
    """Record that a destruction is complete."""
    indexes = store.value(
        "SELECT coalesce(array_agg(DISTINCT idx), '{}') FROM (SELECT idx, decision"
        " FROM ledger.destroyed_part UNION SELECT idx, decision FROM ledger.destroyed_event) AS d"
        " WHERE decision = %s",
        decision,
    )
    tell(store, {"kind": "destroy_done", "ref": decision, "indexes": indexes})


def everything(store: Store) -> str:
    """Return a digest of all but where the log of supervision stands and what is in it."""
    return store.digest(without=["lane_head"])


def some_history(store: Store) -> None:
    """Five events of the stream among others in its lane, the same id in another lane."""
    other = fresh()
    store.append(HYRA, history(HYRA, STREAM, 2))
    store.append(HYRA, history(HYRA, other, 2))
    store.append(HYRA, [sealed(HYRA, STREAM, 3), sealed(HYRA, other, 3), sealed(HYRA, STREAM, 4)])
    store.append(HYRA, history(HYRA, STREAM, 1, first=5))
    its_own = {place: fresh() for place in PLACES}
    store.append(BISTAND, [sealed(BISTAND, STREAM, version, keys=its_own) for version in (1, 2)])


def lane_digest(store: Store, lane: Lane) -> list[TupleRow]:
    """Return a digest of one lane's history and heads."""
    return [
        store.rows(
            f"SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM ledger.{table} t"  # noqa: S608
            " WHERE lane = %s",
            lane.value,
        )[0]
        for table in ("event", "sealed_part", "leaf", "stream_head", "command", "lane_head")
    ]


# ---------------------------------------------------------------- the two levels


def test_level_1_takes_one_persons_parts_and_leaves_all_that_proves_the_rest(store: Store) -> None:
    some_history(store)
    other_lane = lane_digest(store, BISTAND)
    leaves = store.rows("SELECT * FROM ledger.leaf WHERE lane = 'hyra'")
    decision = decide(store, subject=PERSON)
    assert begin(store, decision) == [("hyra", STREAM, PERSON)]
    positions = destroy(store, decision, PERSONS_KEYS)
    assert positions == [(0, 1), (0, 2), (0, 5), (0, 7), (0, 8)]
    rows = store.rows(
        "SELECT e.stream, e.envelope, e.clear, e.seals, ARRAY(SELECT part FROM ledger.sealed_part p"
        " WHERE (p.lane, p.epoch, p.idx) = (e.lane, e.epoch, e.idx) ORDER BY slot, class)"
        " FROM ledger.event e WHERE lane = 'hyra' AND stream <> %s",
        NIL,
    )
    assert len(rows) == 8
    for stream, envelope, clear, seals, parts in rows:
        missing = {PERSONS_PLACE} if stream == STREAM else set()
        assert check(envelope, clear, seals, parts) == missing
    gone = store.rows(
        "SELECT epoch, idx, slot, class, decision FROM ledger.destroyed_part ORDER BY idx"
    )
    assert gone == [(*position, *PERSONS_PLACE, decision) for position in positions]
    assert lane_digest(store, BISTAND) == other_lane
    assert store.rows("SELECT * FROM ledger.leaf WHERE lane = 'hyra'") == leaves
    assert checked(store).faults == ()


def test_level_2_takes_the_whole_stream_and_leaves_its_leaves(store: Store) -> None:
    some_history(store)
    other_lane = lane_digest(store, BISTAND)
    leaves = store.rows("SELECT * FROM ledger.leaf WHERE lane = 'hyra'")
    decision = decide(store)
    assert begin(store, decision) == [("hyra", STREAM, None)]
    positions = destroy(store, decision)
    assert positions == [(0, 1), (0, 2), (0, 5), (0, 7), (0, 8)]
    assert store.rows("SELECT * FROM ledger.leaf WHERE lane = 'hyra'") == leaves
    assert lane_digest(store, BISTAND) == other_lane
    for table in ("event", "stream_head"):
        count = f"SELECT count(*) FROM ledger.{table} WHERE lane = 'hyra' AND stream = %s"  # noqa: S608
        assert store.value(count, STREAM) == 0
    assert store.value("SELECT count(*) FROM ledger.sealed_part WHERE lane = 'hyra'") == 3 * 3
    assert store.rows("SELECT epoch, idx, decision FROM ledger.destroyed_event ORDER BY idx") == [
        (*position, decision) for position in positions
    ]
    remains = b"liggaren/destroyed/v1\0" + LEDGER.bytes + bytes((HYRA.code,)) + STREAM.bytes
    assert store.rows("SELECT hash FROM ledger.destroyed_stream") == [(sha256(remains).digest(),)]
    report = checked(store)
    assert (report.faults, report.destroyed) == ((), 5)
    (receipt,) = store.append(HYRA, history(HYRA, fresh(), 1))
    assert receipt.index == 9, "the log goes on"


@pytest.mark.parametrize("level", [1, 2])
def test_what_tells_of_the_destroyed_elsewhere_goes_too(store: Store, level: int) -> None:
    some_history(store)
    somebody_else = fresh()
    with store.connect(reader(HYRA)) as connection, connection.transaction():
        open_read(connection, stream=STREAM)
        connection.execute("SELECT ledger.log_subjects(%s)", ([PERSON, somebody_else],))
    decision = decide(store, subject=PERSON if level == 1 else None)
    begin(store, decision)
    destroy(store, decision, PERSONS_KEYS if level == 1 else ALL_KEYS)
    persons = store.rows("SELECT person FROM ledger.read_subject")
    assert persons == ([(somebody_else,)] if level == 1 else [])
    assert store.rows("SELECT stream FROM ledger.read_log") == [(STREAM if level == 1 else None,)]
    # One command was about another stream alone; it can still be recognised.
    commands = "SELECT first_index FROM ledger.command WHERE lane = 'hyra' AND first_index > 0"
    assert store.rows(commands) == [(3,)]
    forget(store, decision)
    assert store.rows("SELECT * FROM ledger.destruction") == []


def test_a_destroyed_stream_takes_no_event_whatever_its_version_and_nämnd(store: Store) -> None:
    store.append(HYRA, history(HYRA, STREAM, 2))
    decision = decide(store)
    begin(store, decision)
    destroy(store, decision)
    before = everything(store)
    for version in (1, 3):
        for namnd in (NAMND, OTHER_NAMND, NIL):
            with refused("LG013"):
                event = sealed(HYRA, STREAM, version, places=[])
                store.append(HYRA, [event], namnd=namnd)
    assert everything(store) == before
    elsewhere = sealed(BISTAND, STREAM, 1, places=[])
    store.append(BISTAND, [elsewhere])  # another lane's stream is another stream


def test_a_command_whose_stream_is_destroyed_is_not_found_again(store: Store) -> None:
    events, id_ = history(HYRA, STREAM, 1), fresh()
    store.append(HYRA, events, command=id_)
    decision = decide(store)
    begin(store, decision)
    destroy(store, decision, [])
    with refused("LG013"):
        store.append(HYRA, events, command=id_)


def test_a_destroyed_key_is_never_used_again(store: Store) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    decision = decide(store, subject=PERSON)
    begin(store, decision)
    destroy(store, decision, PERSONS_KEYS)
    with refused("LG014"):
        store.append(HYRA, history(HYRA, STREAM, 1, first=2))
    anew = sealed(HYRA, STREAM, 2, keys={PERSONS_PLACE: fresh()})
    store.append(HYRA, [anew])
    assert checked(store).faults == ()


def test_a_restored_ledger_is_told_which_keys_are_destroyed(store: Store) -> None:
    replay = "SELECT keys FROM ledger.replay(%s::bytea[], %s, '{}', '{}', '{}', '{}', '{}', '{}')"
    assert as_destroyer(store, replay, PERSONS_KEYS, [fresh()]) == [(1,)]
    assert as_destroyer(store, replay, ALL_KEYS, [fresh() for _ in ALL_KEYS]) == [(2,)]
    with refused("LG014"):
        store.append(HYRA, history(HYRA, STREAM, 1))


# ---------------------------------------------------------------- decisions


@pytest.mark.parametrize("kind", ["hold", "destroy_decided"])
def test_only_a_stream_that_the_nämnd_holds_is_held_or_destroyed(store: Store, kind: str) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1), namnd=OTHER_NAMND)
    store.append(HYRA, history(HYRA, gone := fresh(), 1))
    store.append(HYRA, history(HYRA, nobodys := fresh(), 1), new_holder=NIL)
    begin(store, decision := decide(store, gone))
    destroy(store, decision, [])
    forget(store, decision)
    before = everything(store)
    for namnd in (NAMND, NIL):
        for stream in (STREAM, fresh(), gone, nobodys, NIL, None):
            with refused("LG032"):
                effect = {"kind": kind, "ref": fresh(), "lane": HYRA, "stream": stream}
                tell(store, effect, namnd=namnd)
    assert everything(store) == before


def test_a_decision_is_not_carried_out_once_the_stream_has_another_holder(store: Store) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    decision = decide(store)
    move(store, HYRA, STREAM)
    before = everything(store)
    with refused("LG032"):
        begin(store, decision)
    assert everything(store) == before
    withdraw(store, decision)
    begin(store, decide(store, namnd=OTHER_NAMND))


def test_a_decision_handed_over_without_its_stream_is_not_carried_out(store: Store) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    decision = decide(store)
    move(store, TILLSYN, decision)
    with refused("LG032"):
        begin(store, decision)


def test_a_successor_that_has_both_the_stream_and_the_decision_has_it_carried_out(
    store: Store,
) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    decision = decide(store)
    move(store, HYRA, STREAM)
    move(store, TILLSYN, decision)
    begin(store, decision)


def test_a_decision_whose_stream_went_under_another_decision_can_only_be_withdrawn(
    store: Store,
) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    one, other = decide(store, subject=PERSON), decide(store)
    begin(store, other)
    destroy(store, other)
    with refused("LG032"):
        begin(store, one)
    withdraw(store, one)
    forget(store, other)
    assert store.rows("SELECT * FROM ledger.destruction") == [], "nor is it known which it was"


def test_a_stream_whose_destruction_has_begun_stays_with_its_nämnd_until_it_is_done(
    store: Store,
) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    begin(store, decision := decide(store, subject=PERSON))
    before = everything(store)
    with refused("LG031"):
        move(store, HYRA, STREAM)
    assert everything(store) == before
    destroy(store, decision, PERSONS_KEYS)
    forget(store, decision)
    move(store, HYRA, STREAM)


def test_a_withdrawn_decision_is_no_longer_there_to_carry_out(store: Store) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    decision = decide(store)
    with refused("42501"):
        withdraw(store, decision, OTHER_NAMND)
    withdraw(store, decision)
    assert store.rows("SELECT * FROM ledger.destruction") == []
    for step in (begin, destroy, withdraw, forget):
        with refused("LG032"):
            step(store, decision)


def test_a_decision_that_has_begun_is_not_withdrawn(store: Store) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    begin(store, decision := decide(store))
    before = everything(store)
    with refused("LG031"):
        withdraw(store, decision)
    assert everything(store) == before
    destroy(store, decision)
    with refused("LG031"):
        withdraw(store, decision)
    forget(store, decision)
    with refused("LG032"):
        withdraw(store, decision)


@pytest.mark.parametrize("level", [1, 2])
def test_a_decision_that_a_restore_has_made_look_unbegun_is_carried_out_and_not_withdrawn(
    store: Store, level: int
) -> None:
    some_history(store)
    keys = PERSONS_KEYS if level == 1 else ALL_KEYS
    begin(store, decision := decide(store, subject=PERSON if level == 1 else None))
    positions = destroy(store, decision, keys)
    store.rows("UPDATE ledger.destruction SET begun_at = NULL, done_at = NULL")
    with refused("LG031"):
        withdraw(store, decision)
    begin(store, decision)
    assert destroy(store, decision, []) == positions
    forget(store, decision)
    assert checked(store).faults == ()


@pytest.mark.parametrize("subject", [None, PERSON])
def test_the_stream_of_a_gallringsspärr_in_force_or_of_an_open_decision_is_not_destroyed(
    store: Store, subject: UUID | None
) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    tell(store, spärr := hold_of())
    decision = decide(store)
    itself = {"kind": "destroy_decided", "ref": (own := fresh()), "lane": TILLSYN, "stream": own}
    before = everything(store)
    for stream in (spärr["ref"], decision):
        assert isinstance(stream, UUID)
        with refused("LG030"):
            decide(store, stream, subject, TILLSYN)
    with refused("LG030"):
        tell(store, itself | {"subject": subject})
    assert everything(store) == before
    lift(store, spärr["ref"])
    withdraw(store, decision)
    for stream in (spärr["ref"], decision):
        assert isinstance(stream, UUID)
        begin(store, decide(store, stream, subject, TILLSYN))


def test_nor_if_the_gallringsspärr_comes_after_the_decision_on_its_stream(store: Store) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    store.append(TILLSYN, history(TILLSYN, late := fresh(), 1))
    decision = decide(store, late, lane=TILLSYN)
    tell(store, hold_of() | {"ref": late})
    with refused("LG030"):
        begin(store, decision)


def test_a_decision_is_carried_out_in_order_and_forgotten_once_it_is(store: Store) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    decision = decide(store)
    with refused("LG032"):
        destroy(store, decision)  # not begun
    begin(store, decision)
    with refused("LG032"):
        forget(store, decision)  # not carried out
    destroy(store, decision)
    forget(store, decision)
    for step in (begin, destroy):
        with refused("LG032"):
            step(store, decision)
    with refused("LG032"):
        forget(store, decision)


def test_history_goes_in_the_destroyers_own_transaction_alone(store: Store) -> None:
    some_history(store)
    begin(store, decision := decide(store, subject=PERSON))
    query = "SELECT ledger.destroy(%s, %s::bytea[])"
    with store.connect(DESTROYER) as destroyer, store.connect(MIGRATOR) as owner:
        owner.execute(f"SET ROLE {OWNER}")
        with destroyer.transaction():
            destroyer.execute(query, (decision, PERSONS_KEYS))
            with refused("LG001"):
                owner.execute("DELETE FROM ledger.event WHERE lane = 'bistand'")
    with store.connect(MIGRATOR) as owner, owner.transaction(force_rollback=True):
        owner.execute(f"SET ROLE {OWNER}")
        owner.execute(query, (decision, PERSONS_KEYS))
        with refused("LG001"), owner.transaction():
            owner.execute("DELETE FROM ledger.event WHERE lane = 'bistand'")


# ---------------------------------------------------------------- gallringsspärr


def test_under_a_gallringsspärr_nothing_is_begun_until_it_is_lifted(store: Store) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    spärr = hold_of()
    tell(store, spärr, hold_of())
    decision = decide(store)
    before = everything(store)
    with refused("LG030"):
        begin(store, decision)
    assert everything(store) == before
    lift(store, spärr["ref"])
    with refused("LG030"):
        begin(store, decision)  # the other one still holds
    store.rows("DELETE FROM ledger.hold")
    begin(store, decision)


def test_a_gallringsspärr_is_lifted_by_the_nämnd_that_set_it_alone(store: Store) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    tell(store, spärr := hold_of())
    for namnd in (OTHER_NAMND, NIL):
        with refused("42501"):
            lift(store, spärr["ref"], namnd)
    with refused("LG030"):
        begin(store, decide(store))


@pytest.mark.parametrize(
    "kind", ["hold", "lift", "destroy_decided", "destroy_withdrawn", "destroy_done"]
)
def test_an_effect_of_supervision_is_told_in_the_stream_that_has_its_id(
    store: Store, kind: str
) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    tell(store, spärr := hold_of())
    decision = decide(store)
    ref = {"lift": spärr["ref"], "destroy_withdrawn": decision}.get(kind, fresh())
    effect = {"kind": kind, "ref": ref, "lane": HYRA, "stream": STREAM}
    with refused("LG015"):
        store.append(TILLSYN, history(TILLSYN, fresh(), 1), effects=effects(effect))


def test_a_gallringsspärr_holds_the_stream_whoever_holds_it(store: Store) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    tell(store, spärr := hold_of())
    move(store, HYRA, STREAM)
    decision = decide(store, namnd=OTHER_NAMND)
    with refused("LG030"):
        begin(store, decision)
    with refused("42501"):
        lift(store, spärr["ref"], OTHER_NAMND)  # which cannot read why it was set
    lift(store, spärr["ref"])
    begin(store, decision)


def test_a_nämnd_that_a_gallringsspärr_was_handed_to_lifts_it(store: Store) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    tell(store, spärr := hold_of())
    move(store, TILLSYN, spärr["ref"])
    with refused("42501"):
        lift(store, spärr["ref"])
    lift(store, spärr["ref"], OTHER_NAMND)
    begin(store, decide(store))


def test_whoever_holds_a_stream_is_told_which_nämnder_have_set_a_gallringsspärr_on_it(
    store: Store,
) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    tell(store, first := hold_of(), hold_of())
    assert told_of(store, NAMND) == [NAMND, NAMND]
    move(store, HYRA, STREAM)
    assert told_of(store, OTHER_NAMND) == [NAMND, NAMND]
    assert told_of(store, NAMND) == [], "the stream is no longer its own"
    move(store, TILLSYN, first["ref"])
    assert sorted(told_of(store, OTHER_NAMND)) == sorted([NAMND, OTHER_NAMND])
    lift(store, first["ref"], OTHER_NAMND)
    assert told_of(store, OTHER_NAMND) == [NAMND]
    assert told_of(store, OTHER_NAMND, fresh()) == []


def told_of(store: Store, namnd: UUID, stream: UUID = STREAM) -> list[UUID]:
    """Return the nämnder whose spärrar a nämnd is told of."""
    with store.connect(reader(TILLSYN)) as connection, connection.transaction():
        open_read(connection, namnd)
        query = "SELECT * FROM ledger.holds_on('hyra', %s)"
        return [holder for (holder,) in connection.execute(query, (stream,))]


def test_without_an_open_read_nobody_is_told_of_a_gallringsspärr(store: Store) -> None:
    with store.connect(reader(TILLSYN)) as connection, refused("LG002"):
        connection.execute("SELECT ledger.holds_on('hyra', %s)", (fresh(),))


def test_only_supervision_is_told_of_a_gallringsspärr(store: Store) -> None:
    with store.connect(reader(HYRA)) as connection, connection.transaction():
        open_read(connection)
        with refused("42501"), connection.transaction():
            connection.execute("SELECT ledger.holds_on('hyra', %s)", (STREAM,))


def test_a_gallringsspärr_comes_too_late_for_what_has_begun(store: Store) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    begin(store, decision := decide(store, subject=PERSON))
    before = everything(store)
    with refused("LG031"):
        tell(store, hold_of())
    assert everything(store) == before
    destroy(store, decision, PERSONS_KEYS)
    forget(store, decision)
    tell(store, hold_of())  # what is left can be held


def test_a_gallringsspärr_holds_its_own_stream_alone(store: Store) -> None:
    for lane, stream in ((HYRA, STREAM), (BISTAND, STREAM), (HYRA, other := fresh())):
        store.append(lane, history(lane, stream, 1))
    tell(store, hold_of())
    begin(store, decide(store, lane=BISTAND))
    begin(store, decide(store, other))
    with refused("LG030"):
        begin(store, decide(store))


@contextmanager
def in_line(store: Store, lane: Lane) -> Iterator[Callable[..., "Future[Any]"]]:
    """Let calls queue for a lane's lock in the order given; all go on at the end of the block.

    The locks of PostgreSQL are granted first come, first served.
    """
    with ThreadPoolExecutor(4) as threads, store.connect() as holder, holder.transaction():
        holder.execute("SELECT FROM ledger.lane_head WHERE lane = %s FOR UPDATE", (lane.value,))

        def queue(role: str, call: Callable[[Connection[TupleRow]], object]) -> "Future[Any]":
            connection = store.connect(role)
            queued = threads.submit(call, connection)
            in_queue = waits(store, connection, "Lock")
            until("place in the line", lambda: in_queue() or queued.done())
            return queued

        yield queue


def outcome(queued: "Future[Any]") -> str:
    """Return `done`, or the SQLSTATE of the refusal."""
    error = queued.exception()
    if error is None:
        return "done"
    assert isinstance(error, psycopg.Error), error
    return error.sqlstate or ""


@pytest.mark.parametrize("seed", [1, 2])
def test_of_a_gallringsspärr_and_a_destruction_that_race_the_first_wins(
    store: Store, seed: int
) -> None:
    draw, seen = chances(seed, "hold and begin"), set()
    for _ in range(8):
        stream = fresh()
        store.append(HYRA, history(HYRA, stream, 1))
        decision = decide(store, stream)

        def set_hold(connection: Connection[TupleRow], stream: UUID = stream) -> object:
            spärr = hold_of(stream)
            return append(connection, TILLSYN, told(spärr), effects=effects(spärr))

        def begin_it(connection: Connection[TupleRow], decision: UUID = decision) -> object:
            return connection.execute("SELECT ledger.begin_destroy(%s)", (decision,))

        hold_first = draw.random() < 0.5
        calls = [(writer(TILLSYN), set_hold), (DESTROYER, begin_it)]
        with in_line(store, TILLSYN) as queue:
            first, second = (queue(*call) for call in (calls if hold_first else calls[::-1]))
        assert (outcome(first), outcome(second)) == ("done", "LG030" if hold_first else "LG031")
        seen.add(hold_first)
    assert seen == {True, False}
    assert store.rows(BOTH) == []


BOTH: Final = (
    "SELECT 1 FROM ledger.hold JOIN ledger.destruction USING (lane, stream)"
    " WHERE begun_at IS NOT NULL"
)


def test_a_gallringsspärr_and_a_destruction_that_start_together_never_both_succeed(
    store: Store,
) -> None:
    supervisor, destroyer = store.connect(writer(TILLSYN)), store.connect(DESTROYER)
    start, outcomes = threading.Barrier(2, timeout=DEADLINE_S), set()

    def set_hold(stream: UUID) -> object:
        spärr = hold_of(stream)
        start.wait()
        return append(supervisor, TILLSYN, told(spärr), effects=effects(spärr))

    def begin_it(decision: UUID) -> object:
        start.wait()
        return destroyer.execute("SELECT ledger.begin_destroy(%s)", (decision,))

    with ThreadPoolExecutor(2) as threads:
        for _ in range(20):
            stream = fresh()
            store.append(HYRA, history(HYRA, stream, 1))
            begun = threads.submit(begin_it, decide(store, stream))
            held = threads.submit(set_hold, stream)
            outcomes.add((outcome(held), outcome(begun)))
    assert outcomes <= {("done", "LG030"), ("LG031", "done")}
    assert store.rows(BOTH) == []


def begin_it(connection: Connection[TupleRow], decision: UUID) -> object:
    """Begin a destruction on a connection."""
    return connection.execute("SELECT ledger.begin_destroy(%s)", (decision,))


@pytest.mark.parametrize("withdrawal_first", [True, False])
def test_of_a_withdrawal_and_a_destruction_that_race_the_first_wins(
    store: Store, *, withdrawal_first: bool
) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    decision = decide(store)
    withdrawn = {"kind": "destroy_withdrawn", "ref": decision}

    def withdraw_it(connection: Connection[TupleRow]) -> object:
        return append(connection, TILLSYN, told(withdrawn, 2), effects=effects(withdrawn))

    calls = [(writer(TILLSYN), withdraw_it), (DESTROYER, partial(begin_it, decision=decision))]
    with in_line(store, TILLSYN) as queue:
        first, second = (queue(*call) for call in (calls if withdrawal_first else calls[::-1]))
    late = "LG032" if withdrawal_first else "LG031"
    assert (outcome(first), outcome(second)) == ("done", late)
    begun = store.rows("SELECT begun_at IS NOT NULL FROM ledger.destruction")
    assert begun == ([] if withdrawal_first else [(True,)])


MOVED_AFTER: Final = (
    "SELECT 1 FROM ledger.destruction d JOIN ledger.stream_head h USING (lane, stream)"
    " WHERE begun_at IS NOT NULL AND holder <> %s"
)


def test_a_destruction_that_begins_while_its_stream_is_being_moved_waits_and_is_refused(
    store: Store,
) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    decision = decide(store)
    mover, destroyer = store.connect(writer(HYRA)), store.connect(DESTROYER)
    moved = effects({"kind": "holder_to", "ref": OTHER_NAMND})
    with ThreadPoolExecutor(1) as thread:
        with mover.transaction():
            append(mover, HYRA, history(HYRA, STREAM, 1, first=2), effects=moved)
            late = thread.submit(begin_it, destroyer, decision)
            until("wait for the stream's head", waits(store, destroyer, "Lock"))
        assert outcome(late) == "LG032"
    assert store.rows(MOVED_AFTER, NAMND) == []


def test_a_move_of_a_stream_whose_destruction_is_beginning_waits_and_is_refused(
    store: Store,
) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    decision = decide(store)
    mover, destroyer = store.connect(writer(HYRA)), store.connect(DESTROYER)
    moved = effects({"kind": "holder_to", "ref": OTHER_NAMND})
    event = history(HYRA, STREAM, 1, first=2)
    with ThreadPoolExecutor(1) as thread:
        with destroyer.transaction():
            begin_it(destroyer, decision)
            late = thread.submit(append, mover, HYRA, event, effects=moved)
            until("wait for the stream's head", waits(store, mover, "Lock"))
        assert outcome(late) == "LG031"
    assert store.rows(MOVED_AFTER, NAMND) == []


@pytest.mark.parametrize("level", [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE])
def test_a_move_that_has_looked_before_the_destruction_began_is_refused(
    store: Store, level: IsolationLevel
) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    decision = decide(store)
    moved = effects({"kind": "holder_to", "ref": OTHER_NAMND})
    with store.connect(writer(HYRA)) as connection:
        connection.isolation_level = level
        with refused("40001"), connection.transaction():
            connection.execute("SELECT FROM ledger.founding")  # the transaction has looked
            begin(store, decision)
            append(connection, HYRA, history(HYRA, STREAM, 1, first=2), effects=moved)
    assert store.rows(MOVED_AFTER, NAMND) == []


@pytest.mark.parametrize("level", [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE])
def test_a_gallringsspärr_that_has_looked_before_the_destruction_began_is_refused(
    store: Store, level: IsolationLevel
) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    decision = decide(store)
    with store.connect(writer(TILLSYN)) as connection:
        connection.isolation_level = level
        with refused("40001"), connection.transaction():
            connection.execute("SELECT FROM ledger.founding")  # the transaction has looked
            begin(store, decision)
            spärr = hold_of()
            append(connection, TILLSYN, told(spärr), effects=effects(spärr))
    assert store.rows(BOTH) == []


# ---------------------------------------------------------------- destroying while others append

DESTROYED_BUT_THERE: Final = (
    "SELECT 1 FROM ledger.sealed_part JOIN ledger.destroyed_key ON key_id = substr(part, 46, 16)"
)


@pytest.mark.parametrize("seed", [1, 2])
def test_of_an_append_and_a_destruction_that_race_none_leaves_a_part_of_a_destroyed_key(
    store: Store, seed: int
) -> None:
    draw, seen = chances(seed, "append and destroy"), set()
    for _ in range(6):
        stream = fresh()
        store.append(HYRA, history(HYRA, stream, 1))
        begin(store, decision := decide(store, stream, PERSON))
        keys = [key_id(stream, PERSONS_PLACE).bytes]

        def write(connection: Connection[TupleRow], stream: UUID = stream) -> object:
            return append(connection, HYRA, history(HYRA, stream, 1, first=2))

        def destroy_it(
            connection: Connection[TupleRow], decision: UUID = decision, keys: list[bytes] = keys
        ) -> object:
            query = "SELECT * FROM ledger.destroy(%s, %s::bytea[])"
            return connection.execute(query, (decision, keys)).fetchall()

        append_first = draw.random() < 0.5
        calls = [(writer(HYRA), write), (DESTROYER, destroy_it)]
        with in_line(store, HYRA) as queue:
            first, second = (queue(*call) for call in (calls if append_first else calls[::-1]))
        assert (outcome(first), outcome(second)) == ("done", "done" if append_first else "LG014")
        destroyed = (second if append_first else first).result()
        assert len(destroyed) == (2 if append_first else 1)
        assert store.rows(DESTROYED_BUT_THERE) == []
        seen.add(append_first)
    assert seen == {True, False}
    assert checked(store).faults == ()


def test_writers_who_never_stop_leave_no_part_of_a_destroyed_key(store: Store) -> None:
    streams, started = [fresh() for _ in range(4)], threading.Barrier(5, timeout=DEADLINE_S)

    def write(stream: UUID) -> None:
        with store.connect(writer(HYRA)) as connection:
            append(connection, HYRA, history(HYRA, stream, 1))
            started.wait()
            with refused("LG014"):
                for version in range(2, 10_000):
                    append(connection, HYRA, history(HYRA, stream, 1, first=version))

    with ThreadPoolExecutor(4) as threads:
        written = [threads.submit(write, stream) for stream in streams]
        started.wait()
        for stream in streams:
            begin(store, decision := decide(store, stream, PERSON))
            destroy(store, decision, [key_id(stream, place).bytes for place in PLACES])
    assert [outcome(each) for each in written] == ["done"] * len(streams)
    assert store.rows(DESTROYED_BUT_THERE) == []
    assert checked(store).faults == ()


@pytest.mark.parametrize("level", [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE])
def test_an_append_that_has_looked_before_the_destruction_is_refused(
    store: Store, level: IsolationLevel
) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    begin(store, decision := decide(store, subject=PERSON))
    with store.connect(writer(HYRA)) as connection:
        connection.isolation_level = level
        with refused("40001"), connection.transaction():
            connection.execute("SELECT FROM ledger.founding")  # the transaction has looked
            destroy(store, decision, PERSONS_KEYS)
            append(connection, HYRA, history(HYRA, STREAM, 1, first=2))
    assert store.rows(DESTROYED_BUT_THERE) == []


# ---------------------------------------------------------------- interrupted


@dataclass(frozen=True)
class Crash:
    """Where the destroyer is killed.

    Args:
        statement: what it has run in the transaction that is lost.
        begun: whether the destruction had begun before.
    """

    statement: str
    begun: bool


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize(
    "crash",
    [
        Crash("SELECT * FROM ledger.begin_destroy(%(decision)s)", begun=False),
        Crash("SELECT * FROM ledger.begin_destroy(%(decision)s)", begun=True),
        Crash("SELECT * FROM ledger.destroy(%(decision)s, %(keys)s::bytea[])", begun=True),
    ],
)
def test_what_is_killed_before_its_commit_has_done_nothing_and_is_done_again(
    store: Store, crash: Crash, level: int
) -> None:
    some_history(store)
    decision = decide(store, subject=PERSON if level == 1 else None)
    keys = PERSONS_KEYS if level == 1 else ALL_KEYS
    if crash.begun:
        begin(store, decision)
    before = store.digest()
    killed = store.connect(DESTROYER)
    killed.execute("BEGIN")
    killed.execute(crash.statement, {"decision": decision, "keys": keys})
    store.rows("SELECT pg_terminate_backend(%s, 10000)", killed.info.backend_pid)
    assert store.digest() == before
    begin(store, decision)
    assert len(destroy(store, decision, keys)) == 5
    assert checked(store).faults == ()


@pytest.mark.parametrize("level", [1, 2])
def test_each_step_may_be_repeated_and_answers_the_same(store: Store, level: int) -> None:
    some_history(store)
    decision = decide(store, subject=PERSON if level == 1 else None)
    keys = PERSONS_KEYS if level == 1 else ALL_KEYS
    assert begin(store, decision) == begin(store, decision)
    positions = destroy(store, decision, keys)
    after = store.digest()
    assert begin(store, decision)
    for again in (keys, [], keys):  # without keys: they are gone from the key database already
        assert destroy(store, decision, again) == positions
    assert store.digest() == after
    assert checked(store).faults == ()


def test_a_key_found_at_the_second_look_is_destroyed_under_the_same_decision(store: Store) -> None:
    store.append(HYRA, history(HYRA, STREAM, 1))
    late = fresh()
    begin(store, decision := decide(store, subject=PERSON))
    assert destroy(store, decision, PERSONS_KEYS) == [(0, 1)]
    store.append(HYRA, [sealed(HYRA, STREAM, 2, keys={PERSONS_PLACE: late})])
    assert destroy(store, decision, [late.bytes]) == [(0, 1), (0, 2)]
    assert checked(store).faults == ()


# ---------------------------------------------------------------- what lies in the files


def rewrite(store: Store) -> None:
    """Carry out the maintenance step."""
    as_destroyer(store, "SELECT ledger.rewrite_files()")


def places_of(store: Store, needles: dict[str, bytes]) -> set[str]:
    """Return which of the byte strings stand in any file of the server but the write-ahead log.

    Files of other tests' databases are left out.
    """
    store.rows("CHECKPOINT")  # files of rewritten tables go at the next one
    ours = str(store.value("SELECT oid FROM pg_database WHERE datname = current_database()"))
    found = set()
    for file in store.cluster.directory.rglob("*"):
        others = file.parent.parent.name == "base" and file.parent.name != ours
        if file.is_file() and "pg_wal" not in file.parts and not others:
            content = file.read_bytes()
            found |= {name for name, needle in needles.items() if needle in content}
    return found


def in_dump(store: Store, bin_dir: Path, needles: dict[str, bytes]) -> set[str]:
    """Return which of the byte strings stand in a dump of the database."""
    command = [str(bin_dir / "pg_dump"), "--dbname", store.dsn()]
    dump = subprocess.run(command, check=True, capture_output=True).stdout
    return {
        name
        for name, needle in needles.items()
        if needle in dump or needle.hex().encode() in dump or uuid_text(needle) in dump
    }


def uuid_text(needle: bytes) -> bytes:
    return str(UUID(bytes=needle)).encode() if len(needle) == 16 else b"no UUID" + needle


def doomed(store: Store) -> dict[str, bytes]:
    """Append what shall be destroyed at level 2; return what shall then be nowhere."""
    events = [sealed(HYRA, STREAM, version, note=f"gallras {version}") for version in range(1, 11)]
    store.append(HYRA, events)
    with store.connect(reader(HYRA)) as connection, connection.transaction():
        open_read(connection, stream=STREAM)
        connection.execute("SELECT ledger.log_subjects(%s)", ([PERSON],))
    needles = {
        "stream": STREAM.bytes,
        "stream in text": str(STREAM).encode(),
        "person": PERSON.bytes,
    }
    for event in events:
        needles |= {f"clear {event.version}": event.clear.split("\n")[0].encode()}
        needles |= {f"root {event.version}": event.root.hex().encode()}
        needles |= {f"part {event.version}/{n}": a[-40:] for n, a in enumerate(event.parts)}
    return needles


def analyse(store: Store) -> None:
    """Do what autovacuum does: keep samples of values."""
    store.rows("ANALYZE")


def test_after_the_maintenance_step_destroyed_bytes_are_in_no_file_and_no_dump(
    store: Store, bin_dir: Path
) -> None:
    needles = doomed(store)
    kept = sealed(HYRA, fresh(), 1)
    store.append(HYRA, [kept])
    kept_needles = {"kept": kept.parts[0][-40:], "kept clear": kept.clear.split("\n")[0].encode()}
    analyse(store)
    assert places_of(store, needles) == needles.keys(), "the search finds what is there"
    decision = decide(store)
    begin(store, decision)
    destroy(store, decision)
    forget(store, decision)
    assert in_dump(store, bin_dir, needles) == set(), "no row is left"
    left = places_of(store, needles)
    assert {name.split()[0] for name in left} == {"stream", "person", "clear", "root", "part"}, (
        "but"
    )
    rewrite(store)
    assert places_of(store, needles) == set()
    assert in_dump(store, bin_dir, needles) == set()
    assert (
        places_of(store, kept_needles)
        == in_dump(store, bin_dir, kept_needles)
        == kept_needles.keys()
    )
    assert checked(store).faults == ()


def test_if_samples_were_kept_destroyed_bytes_would_outlive_the_maintenance_step(
    store: Store,
) -> None:
    store.rows("ALTER TABLE ledger.event ALTER COLUMN clear SET STATISTICS 100")
    store.rows("ALTER TABLE ledger.sealed_part ALTER COLUMN part SET STATISTICS 100")
    needles = doomed(store)
    analyse(store)
    begin(store, decision := decide(store))
    destroy(store, decision)
    rewrite(store)
    assert any(name.startswith("part") for name in places_of(store, needles))
    samples = "SELECT histogram_bounds::text FROM pg_stats WHERE attname = 'clear'"
    assert needles["clear 1"].decode() in store.value(samples), "compressed, but there"


def test_no_column_that_may_have_to_be_forgotten_is_sampled(store: Store) -> None:
    some_history(store)
    with store.connect(reader(HYRA)) as connection, connection.transaction():
        open_read(connection, stream=STREAM)
        connection.execute("SELECT ledger.log_subjects(%s)", ([PERSON],))
    tell(store, hold_of())
    decide(store, subject=PERSON)
    analyse(store)
    sampled = {
        f"{table}.{column}"
        for table, column in store.rows(
            "SELECT tablename, attname FROM pg_stats WHERE schemaname = 'ledger'"
        )
    }
    forgettable = {
        "stream",
        "subject",
        "person",
        "envelope",
        "clear",
        "seals",
        "part",
        "mac",
        "command",
    }
    assert {name for name in sampled if name.split(".")[1] in forgettable} == set()
    assert "event.idx" in sampled, "the others are"


def test_the_maintenance_step_refuses_while_an_older_transaction_keeps_the_rows(
    store: Store,
) -> None:
    needles = doomed(store)
    with store.connect() as older:
        older.isolation_level = IsolationLevel.REPEATABLE_READ
        with older.transaction():
            older.execute("SELECT FROM pg_class LIMIT 1")  # a check, a dump, a forgotten session
            begin(store, decision := decide(store))
            destroy(store, decision)
            forget(store, decision)
            with refused("55006"):
                rewrite(store)
            assert places_of(store, needles) == needles.keys()
    rewrite(store)
    assert places_of(store, needles) == set()


def test_the_maintenance_step_lets_a_read_that_is_open_come_to_its_end(store: Store) -> None:
    """It takes all its locks at once or none, so that neither waits for the other for ever."""
    store.append(HYRA, history(HYRA, STREAM, 1))
    with store.connect(reader(HYRA)) as reading, ThreadPoolExecutor(1) as thread:
        with reading.transaction():
            open_read(reading)
            done = thread.submit(rewrite, store)
            until(
                "maintenance that waits",
                lambda: store.value(
                    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')"
                ),
            )
            reading.execute("SET LOCAL statement_timeout = '10s'")
            parts = reading.execute("SELECT count(*) FROM ledger.readable_part").fetchone()
            assert parts == (len(PLACES),)
            assert not done.done()
        done.result()


def test_the_maintenance_step_changes_nothing_that_is_kept(store: Store) -> None:
    some_history(store)
    before = store.digest()
    rewrite(store)
    assert store.digest() == before
    store.append(HYRA, history(HYRA, STREAM, 1, first=6))
