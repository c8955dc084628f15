"""What `ledger.append` refuses and what it writes, called by hand.

The failures are those named in the design; each would go through without its guard.

Those of destruction are in `test_destroy_sql.py`, those of nämnd and lane in `test_row_security.py`
and in the attack table, those of the whole write path in `test_failures.py`.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection, IsolationLevel
from psycopg.rows import TupleRow

from ledger.codec import Lane
from ledger.connections import Connections, reader, writer
from ledger.envelope import Envelope, leaf_hash
from ledger.errors import DurabilityUnknown
from ledger.migrate import migrate
from ledger.recorder import LedgerRecorder
from ledger.seal import check
from tests.ledger.appending import MACS, an_event, chances, command
from tests.ledger.store_fixtures import (
    COMMAND_KEY,
    DEADLINE_S,
    LANES,
    LEDGER,
    NAMND,
    NIL,
    OTHER_NAMND,
    PLACES,
    Receipt,
    Store,
    append,
    effects,
    fresh,
    history,
    named,
    part,
    refused,
    sealed,
    until,
    waits,
)

HYRA: Final = Lane.HYRA
STREAM: Final = named("stream")


def database_clock(store: Store) -> datetime:
    clock = store.value("SELECT clock_timestamp()")
    assert isinstance(clock, datetime)
    return clock


def log_of(store: Store, lane: Lane = HYRA) -> list[Envelope]:
    """Return a lane's envelopes in log order."""
    rows = store.rows(
        "SELECT envelope FROM ledger.event WHERE lane = %s ORDER BY epoch, idx", lane.value
    )
    return [Envelope.from_text(text) for (text,) in rows]


# ---------------------------------------------------------------- what is written


def test_the_envelope_has_the_fourteen_lines_of_the_page(store: Store) -> None:
    first, second = history(HYRA, STREAM, 2)
    second = replace(second, type="BiståndEnded/12", occurred="period 2011-06-14/2011-06-20")
    before, receipt = store.append(HYRA, [first, second])
    text, seals = store.rows(
        "SELECT envelope, seals FROM ledger.event WHERE version = 2 AND idx = 2"
    )[0]
    sealed_digest = sha256(
        b"liggaren/sealed/v1\0"
        + len(PLACES).to_bytes(2, "big")
        + b"".join(
            bytes(place) + sha256(a_part).digest()
            for place, a_part in zip(PLACES, second.parts, strict=True)
        )
    )
    lines = (
        "liggaren/envelope/v1",
        str(LEDGER),
        "hyra",
        "0",
        "2",
        str(NAMND),
        str(STREAM),
        "2",
        "BiståndEnded/12",
        "period 2011-06-14/2011-06-20",
        receipt.recorded,
        f"0/1/{before.leaf.hex()}",
        second.root.hex(),
        sealed_digest.hexdigest(),
    )
    assert text == "".join(f"{line}\n" for line in lines)
    assert receipt.leaf == sha256(b"\0" + text.encode()).digest()
    assert seals == b"".join(
        bytes(place) + group + sha256(a_part).digest()
        for place, group, a_part in zip(PLACES, second.groups, second.parts, strict=True)
    )


def test_every_kept_row_agrees_with_its_envelope_and_its_leaf(store: Store) -> None:
    streams = [fresh(), fresh()]
    for stream in streams:
        store.append(HYRA, history(HYRA, stream, 3))
    rows = store.rows(
        "SELECT e.lane, e.epoch, e.idx, e.stream, e.version, e.envelope, e.clear, e.seals, l.hash,"
        " ARRAY(SELECT part FROM ledger.sealed_part p"
        "       WHERE (p.lane, p.epoch, p.idx) = (e.lane, e.epoch, e.idx) ORDER BY slot, class)"
        " FROM ledger.event e JOIN ledger.leaf l USING (lane, epoch, idx)"
    )
    assert len(rows) == len(LANES) + 6
    for lane, epoch, index, stream, version, text, clear, seals, leaf, parts in rows:
        envelope = Envelope.from_text(text)
        assert envelope.to_text() == text
        assert (envelope.lane, envelope.epoch, envelope.index) == (lane, epoch, index)
        assert (envelope.stream, envelope.version) == (stream, version)
        assert leaf_hash(text) == leaf
        assert check(text, clear, seals, parts) == frozenset()


def test_an_event_without_sealed_parts_has_the_digest_of_none(store: Store) -> None:
    store.append(HYRA, [sealed(HYRA, STREAM, 1, places=[])])
    assert log_of(store)[-1].sealed == sha256(b"liggaren/sealed/v1\0\0\0").digest()


def test_streams_interleaved_in_one_call_lie_in_its_order_each_chained_by_itself(
    store: Store,
) -> None:
    one, two, three = fresh(), fresh(), fresh()
    store.append(HYRA, history(HYRA, one, 1))
    order = [(one, 2), (two, 1), (one, 3), (three, 1), (two, 2), (two, 3), (one, 4)]
    receipts = store.append(HYRA, [sealed(HYRA, stream, version) for stream, version in order])
    assert [receipt.index for receipt in receipts] == [2, 3, 4, 5, 6, 7, 8]
    last: dict[UUID, Envelope] = {}
    for envelope in log_of(store):
        before = last.get(envelope.stream)
        assert (envelope.previous and envelope.previous.leaf) == (
            before and leaf_hash(before.to_text())
        )
        assert envelope.version == (before.version + 1 if before else 1)
        last[envelope.stream] = envelope
    heads = store.rows(
        "SELECT stream, version, idx, leaf FROM ledger.stream_head WHERE lane = 'hyra'"
    )
    assert {head[0]: head[1:] for head in heads} == {
        stream: (envelope.version, envelope.index, leaf_hash(envelope.to_text()))
        for stream, envelope in last.items()
    }


def test_each_lane_counts_for_itself(store: Store) -> None:
    for lane in LANES:
        (receipt,) = store.append(lane, history(lane, STREAM, 1))
        assert (receipt.epoch, receipt.index) == (0, 1)


def test_listeners_are_woken_once_for_each_append_and_told_nothing(store: Store) -> None:
    with store.connect(reader(HYRA)) as listener:
        listener.execute("LISTEN liggaren_hyra")
        store.append(Lane.BISTAND, history(Lane.BISTAND, STREAM, 1))
        store.append(HYRA, history(HYRA, STREAM, 3))
        with refused("LG012"):
            store.append(HYRA, history(HYRA, STREAM, 1))
        told = list(listener.notifies(timeout=DEADLINE_S, stop_after=1))
        told += listener.notifies(timeout=0)
    assert [(notice.channel, notice.payload) for notice in told] == [("liggaren_hyra", "")]


# ---------------------------------------------------------------- versions


@pytest.mark.parametrize("version", [0, 1, 2, 4, -1, None])
def test_another_version_than_the_next_is_refused_and_nothing_is_kept(
    store: Store, version: int | None
) -> None:
    store.append(HYRA, history(HYRA, STREAM, 2))
    before = store.digest()
    with refused("LG012"):
        store.append(HYRA, [replace(sealed(HYRA, STREAM, 3), version=version)], versions=[version])  # type: ignore[arg-type]
    assert store.digest() == before
    (receipt,) = store.append(HYRA, history(HYRA, STREAM, 1, first=3))
    assert receipt.index == 3, "no place in the log was lost"


def test_a_hole_in_the_middle_of_a_call_refuses_all_of_it(store: Store) -> None:
    before = store.digest()
    with refused("LG012"):
        store.append(HYRA, [sealed(HYRA, STREAM, version) for version in (1, 2, 4)])
    assert store.digest() == before


# ---------------------------------------------------------------- form

_COMPOSED: Final = "BiståndEnded"
_DECOMPOSED: Final = "Bista\N{COMBINING RING ABOVE}ndEnded"
TYPES: Final = (
    *(f"{_DECOMPOSED}/1", "A\N{ZERO WIDTH SPACE}B/1", "A\N{RIGHT-TO-LEFT OVERRIDE}B/1"),
    *(
        "A\nB/1",
        "A/1\n",
        "A\tB/1",
        "A B/1",
        "A/B/1",
        "A\x7f/1",
        "A\x85B/1",
        "A\N{LINE SEPARATOR}B/1",
    ),
    *("", "A", "/1", "A/", "A/0", "A/01", "A/-1", "A/1.0", "A/12345", f"{'A' * 81}/1", None),
)
OCCURRED: Final = (
    *("day 2024-1-1", "day 24-01-01", "day 2024-01-01 ", " day 2024-01-01", "Day 2024-01-01"),
    *("day 2024-01-01\n", "2024-01-01", "day 2024-01-01/2024-01-02", "day infinity", "day today"),
    *("instant 2024-01-01T09:30:00Z", "instant 2024-01-01T09:30:00.000000", "instant now"),
    *("instant 2024-01-01 09:30:00.000000Z", "instant 2024-01-01T24:00:00.000000Z"),
    *("instant 2024-01-01T09:60:00.000000Z", "instant 2024-01-01T09:30:60.000000Z"),
    *("instant 2024-01-01T09:30:00.000000+01", "instant 2024-01-01T09:30:00.0000000Z"),
    *("period 2024-01-02/2024-01-01", "period 2024-01-01", "period 2024-01-01/", "", None),
    *(
        "unknown ",
        "Unknown",
        "sealed\n",
        "sealed/1",
        "day 9999-12-31",
        "period 2024-01-01/9999-12-31",
    ),
)
IMPOSSIBLE: Final = (
    *("day 2024-02-31", "day 2023-02-29", "day 2024-13-01", "day 2024-00-10", "day 0000-01-01"),
    *("instant 2024-06-31T09:30:00.000000Z", "period 2024-06-31/2024-07-01"),
)


@pytest.mark.parametrize("type_", TYPES, ids=ascii)
def test_a_type_that_is_not_letters_digits_and_a_schema_version_is_refused(
    refusing: Store, type_: str
) -> None:
    with refused("LG015"):
        refusing.append(HYRA, [replace(sealed(HYRA, STREAM, 1), type=type_)])


@pytest.mark.parametrize("occurred", OCCURRED, ids=ascii)
def test_an_occurred_in_another_form_or_in_the_future_is_refused(
    refusing: Store, occurred: str
) -> None:
    with refused("LG015"):
        refusing.append(HYRA, [replace(sealed(HYRA, STREAM, 1), occurred=occurred)])


@pytest.mark.parametrize("occurred", IMPOSSIBLE)
def test_a_date_that_does_not_exist_is_refused(refusing: Store, occurred: str) -> None:
    with refused("22008"):
        refusing.append(HYRA, [replace(sealed(HYRA, STREAM, 1), occurred=occurred)])


@pytest.mark.parametrize(
    ("type_", "occurred"),
    [
        (f"{_COMPOSED}/1", "day 2024-02-29"),
        ("GallringsspärrSet/9999", "instant 2024-01-01T23:59:59.999999Z"),
        ("Ö1/1", "period 2024-01-01/2024-01-01"),
        (f"{'A' * 80}/1", "day 0001-01-01"),
        ("A/10", "unknown"),
        ("A/1", "sealed"),
    ],
)
def test_what_the_page_allows_is_taken_and_read_back_as_an_envelope(
    store: Store, type_: str, occurred: str
) -> None:
    store.append(HYRA, [replace(sealed(HYRA, STREAM, 1), type=type_, occurred=occurred)])
    envelope = log_of(store)[-1]
    assert (f"{envelope.type}/{envelope.schema}", envelope.occurred) == (type_, occurred)


def test_today_is_the_swedish_day_and_this_moment_is_not_the_future(store: Store) -> None:
    today, tomorrow = store.rows(
        "SELECT d::text, (d + 1)::text"
        " FROM (SELECT (now() AT TIME ZONE 'Europe/Stockholm')::date) AS t (d)"
    )[0]
    clock = database_clock(store) + timedelta(seconds=1)
    moment = f"instant {clock.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
    first = replace(sealed(HYRA, STREAM, 1), occurred=f"day {today}")
    second = replace(sealed(HYRA, STREAM, 2), occurred=moment)
    store.append(HYRA, [first, second], clock=clock)
    for occurred in (f"day {tomorrow}", f"instant {tomorrow}T23:00:00.000000Z"):
        with refused("LG015"):
            store.append(HYRA, [replace(sealed(HYRA, STREAM, 3), occurred=occurred)])


_TWO: Final = history(HYRA, STREAM, 2)
_PARTS: Final = [a_part for event in _TWO for a_part in event.parts]
_GROUPS: Final = [group for event in _TWO for group in event.groups]
_PLACE: Final = PLACES[0]


def _with(instead: bytes, at: int = 0) -> list[bytes]:
    return [instead if number == at else a_part for number, a_part in enumerate(_PARTS)]


def _changed(byte: int) -> list[bytes]:
    """The parts, the first one with one bit of its header turned."""
    first = bytearray(_PARTS[0])
    first[byte] ^= 1
    return _with(bytes(first))


def _of_class(class_: int, at: int) -> list[bytes]:
    """The parts, one of them with another class byte; they are still in order."""
    return _with(_PARTS[at][:44] + bytes((class_,)) + _PARTS[at][45:], at)


MALFORMED: Final[Mapping[str, Mapping[str, object]]] = {
    "no event": {
        name: [] for name in ("streams", "versions", "types", "occurred", "roots", "clears")
    }
    | {"part_events": [], "part_groups": [], "parts": []},
    "no list of streams": {"streams": None},
    "a stream too few": {"streams": [STREAM]},
    "a version too many": {"versions": [1, 2, 3]},
    "a type too few": {"types": ["A/1"]},
    "an occurred too many": {"occurred": ["unknown"] * 3},
    "a clear text too few": {"clears": [_TWO[0].clear]},
    "no clear text": {"clears": [_TWO[0].clear, None]},
    "no root": {"roots": [_TWO[0].root, None]},
    "a short root": {"roots": [_TWO[0].root, b"r" * 31]},
    "a long root": {"roots": [_TWO[0].root, b"r" * 33]},
    "a root too many": {"roots": [b"r" * 32] * 3},
    "no nämnd": {"namnd": None},
    "no actor": {"actor": None},
    "no command": {"command": None},
    "no new holder": {"new_holder": None},
    "no nämnd and no holder": {"namnd": None, "new_holder": None},
    "no command key": {"mac_keys": [], "macs": []},
    "no list of command keys": {"mac_keys": None},
    "no list of HMACs": {"macs": None},
    "no HMAC": {"macs": [None]},
    "a command key without id": {"mac_keys": [None]},
    "an HMAC too few": {"mac_keys": [COMMAND_KEY, fresh()]},
    "a part too few": {"parts": _PARTS[:-1]},
    "a group hash too few": {"part_groups": _GROUPS[:-1]},
    "a group hash too many": {"part_groups": [*_GROUPS, b"g" * 32]},
    "a part's event too few": {"part_events": [1, 1, 1, 2, 2]},
    "no parts for the groups": {"parts": None},
    "no part": {"parts": [*_PARTS[:-1], None]},
    "no group hash": {"part_groups": [*_GROUPS[:-1], None]},
    "a short group hash": {"part_groups": [*_GROUPS[:-1], b"g" * 31]},
    "a part of no event": {"part_events": [1, 1, 1, 2, 2, None]},
    "a part of event 0": {"part_events": [0, 1, 1, 2, 2, 2]},
    "a part of event 3": {"part_events": [1, 1, 1, 2, 2, 3]},
    "parts against the events' order": {"part_events": [2, 2, 2, 1, 1, 1]},
    "a part given to the other event": {"part_events": [1, 1, 2, 2, 2, 2]},
    "parts of one event against slot order": {"parts": [_PARTS[n] for n in (1, 0, 2, 3, 4, 5)]},
    "two parts of one place": {"parts": [_PARTS[n] for n in (0, 0, 2, 3, 4, 5)]},
    "parts swapped between versions": {"parts": [_PARTS[n] for n in (3, 1, 2, 0, 4, 5)]},
    "a part of another stream": {"parts": _with(part(HYRA, fresh(), 1, _PLACE))},
    "a part of another lane": {"parts": _with(part(Lane.BISTAND, STREAM, 1, _PLACE))},
    "a part of another version": {"parts": _with(part(HYRA, STREAM, 3, _PLACE))},
    "a part of another ledger": {"parts": _with(part(HYRA, STREAM, 1, _PLACE, ledger=fresh()))},
    "a part in another format": {"parts": _changed(0)},
    "a part by another algorithm": {"parts": _changed(1)},
    "a part of class 0": {"parts": _of_class(0, at=0)},
    "a part of a class that is not there": {"parts": _of_class(7, at=5)},
    "a part that ends with its header": {"parts": _with(_PARTS[0][:61])},
    "a part that ends within its header": {"parts": _with(_PARTS[0][:45])},
    "a part without content": {"parts": _with(_PARTS[0][:89])},
    "a part whose length tells of its content": {"parts": _with(_PARTS[0] + b"x")},
    "an empty part": {"parts": _with(b"")},
    "a holder that is somebody else": {"new_holder": OTHER_NAMND},
    "a second stream that is the log's own": {"streams": [STREAM, NIL]},
}


@pytest.mark.parametrize("mistake", MALFORMED)
def test_an_append_that_is_not_well_formed_is_refused_whole(refusing: Store, mistake: str) -> None:
    # The log's own stream is no writer's, whatever else is wrong.
    with refused("42501" if "the log's own" in mistake else "LG015"):
        refusing.append(HYRA, _TWO, **MALFORMED[mistake])


def test_the_append_that_the_mistakes_are_made_in_is_well_formed(store: Store) -> None:
    assert len(store.append(HYRA, _TWO)) == 2


@pytest.mark.parametrize(
    "shape", ["ARRAY[ARRAY[%(stream)s::uuid]]", "('[0:0]={' || %(stream)s || '}')::uuid[]"]
)
def test_a_list_of_another_shape_is_refused(refusing: Store, shape: str) -> None:
    """Counted from 0 or in two dimensions: the first element is then none."""
    ((streams, versions),) = refusing.rows(
        f"SELECT ({shape})::text, replace(({shape})::text, %(stream)s, '1')".replace(
            "%(stream)s", f"'{STREAM}'"
        )
    )
    for given in ({"streams": streams}, {"streams": streams, "versions": versions}):
        with pytest.raises(psycopg.Error):
            refusing.append(HYRA, [sealed(HYRA, STREAM, 1, places=[])], **given)


def test_without_a_lane_nothing_is_allowed(refusing: Store) -> None:
    nowhere: list[dict[str, Any]] = [{"lane": None}, {"lane": None, "new_epoch": None}]
    for given in nowhere:
        with refusing.connect(writer(HYRA)) as connection, refused("42501"):
            append(connection, HYRA, history(HYRA, STREAM, 1), **given)


@pytest.mark.parametrize(
    "effect", ["hold", "lift", "destroy_decided", "destroy_done", "raise", None]
)
def test_only_the_lane_of_supervision_has_effects_beyond_its_own_stream(
    refusing: Store, effect: str | None
) -> None:
    with refused("LG015"):
        refusing.append(
            HYRA, history(HYRA, STREAM, 1), effects=effects({"kind": effect, "ref": fresh()})
        )


def test_an_effect_that_nobody_knows_is_refused(refusing: Store) -> None:
    for kind in ("raise", None):
        with refused("LG015"):
            refusing.append(
                Lane.TILLSYN,
                history(Lane.TILLSYN, STREAM, 1),
                effects=effects({"kind": kind, "ref": fresh()}),
            )


def test_what_is_refused_for_its_form_leaves_no_values_in_the_servers_log(store: Store) -> None:
    """A constraint would write the failing row there."""
    log = store.cluster.directory / "server.log"
    marked = sealed(HYRA, STREAM, 1, note="ska inte stå i serverns logg")
    start = log.stat().st_size
    for mistake in MALFORMED.values():
        if "streams" in mistake or "clears" in mistake:
            continue
        with suppress(psycopg.Error):
            store.append(HYRA, [marked], **mistake)
    with suppress(psycopg.Error):
        store.append(HYRA, [replace(marked, type=None)])  # type: ignore[arg-type]
    written = log.read_bytes()[start:]
    assert b"LG015" in written or b"well formed" in written, "refusals do stand there"
    assert marked.clear.encode()[:20] not in written
    assert b"serverns logg" not in written


# ---------------------------------------------------------------- clocks


@pytest.mark.parametrize("apart_s", [-6, 6, -86_400, 86_400])
def test_a_callers_clock_more_than_five_seconds_apart_is_refused(
    refusing: Store, apart_s: int
) -> None:
    clock = database_clock(refusing) + timedelta(seconds=apart_s)
    with refused("LG010"):
        refusing.append(HYRA, history(HYRA, STREAM, 1), clock=clock)


@pytest.mark.parametrize("clock", [None, "infinity", "-infinity"])
def test_a_clock_that_tells_no_time_is_refused(refusing: Store, clock: str | None) -> None:
    with refused("LG010"):
        refusing.append(HYRA, history(HYRA, STREAM, 1), clock=clock)


@pytest.mark.parametrize("apart_s", [-4, 4])
def test_a_callers_clock_less_than_five_seconds_apart_is_taken_and_not_used(
    store: Store, apart_s: int
) -> None:
    now = database_clock(store)
    store.append(HYRA, history(HYRA, STREAM, 1), clock=now + timedelta(seconds=apart_s))
    assert abs(log_of(store)[-1].recorded - now) < timedelta(seconds=2)


@contextmanager
def locked(store: Store, lane: Lane) -> Iterator[Connection[TupleRow]]:
    """Hold a lane's lock for the length of the block."""
    with store.connect() as holder, holder.transaction():
        holder.execute("SELECT FROM ledger.lane_head WHERE lane = %s FOR UPDATE", (lane.value,))
        yield holder


def in_thread(
    thread: ThreadPoolExecutor,
    connection: Connection[TupleRow],
    *given: Any,  # noqa: ANN401 - passed on
    **more: Any,  # noqa: ANN401
) -> "Future[list[Receipt]]":
    return thread.submit(lambda: append(connection, *given, **more))


def test_a_bad_clock_is_refused_before_the_lock_is_waited_for(refusing: Store) -> None:
    clock = database_clock(refusing) - timedelta(seconds=6)
    with locked(refusing, HYRA), refusing.connect(writer(HYRA)) as connection:
        connection.execute("SET statement_timeout = '10s'")
        with refused("LG010"):
            append(connection, HYRA, history(HYRA, STREAM, 1), clock=clock)


def test_the_wait_for_the_lock_does_not_count_against_the_callers_clock(store: Store) -> None:
    clock = database_clock(store) - timedelta(seconds=4.5)
    with store.connect(writer(HYRA)) as connection, ThreadPoolExecutor(1) as thread:
        with locked(store, HYRA) as holder:
            late = in_thread(thread, connection, HYRA, history(HYRA, STREAM, 1), clock=clock)
            until("wait for the lock", waits(store, connection, "Lock"))
            too_late = "SELECT clock_timestamp() > %s"
            limit = clock + timedelta(seconds=5.05)
            until("clock apart", lambda: holder.execute(too_late, (limit,)).fetchone() == (True,))
        assert len(late.result()) == 1


def set_last(store: Store, seconds: float, lane: Lane = HYRA) -> datetime:
    """Let a log's last recorded time lie so far ahead of the clock. Returns it."""
    last = store.value(
        "UPDATE ledger.lane_head SET last_recorded = clock_timestamp() + %s * interval '1 s'"
        " WHERE lane = %s RETURNING last_recorded",
        *(seconds, lane.value),
    )
    assert isinstance(last, datetime)
    return last


def test_a_log_ahead_of_the_clock_takes_no_append_until_an_operator_opens_an_epoch(
    store: Store,
) -> None:
    store.append(HYRA, history(HYRA, STREAM, 2))
    last = set_last(store, 3600)
    before = store.digest()
    with refused("LG011"):
        store.append(HYRA, history(HYRA, STREAM, 1, first=3))
    assert store.digest() == before
    store.append(Lane.BISTAND, history(Lane.BISTAND, STREAM, 1))  # the other logs go on
    opened = sealed(HYRA, NIL, 2, "EpochOpened/1", places=[])
    (epoch,) = store.append(HYRA, [opened], namnd=NIL, new_epoch=True)
    (receipt,) = store.append(HYRA, history(HYRA, STREAM, 1, first=3))
    assert [(epoch.epoch, epoch.index), (receipt.epoch, receipt.index)] == [(1, 3), (1, 4)]
    *_, before_it, first, then = log_of(store)
    assert first.recorded < last, "the new epoch goes by the clock"
    assert then.recorded > first.recorded
    assert then.previous is not None
    assert (then.previous.epoch, then.previous.index) == (0, 2)
    assert then.previous.leaf == leaf_hash(before_it.to_text())


def test_a_log_a_little_ahead_of_the_clock_goes_on_from_where_it_stands(store: Store) -> None:
    last = set_last(store, 3)
    store.append(HYRA, history(HYRA, STREAM, 3))
    recorded = [envelope.recorded for envelope in log_of(store)[-3:]]
    assert recorded == [last + timedelta(microseconds=n) for n in (1, 2, 3)]


def test_the_age_of_the_last_event_never_matters(store: Store) -> None:
    set_last(store, -40 * 365 * 86_400)
    store.append(HYRA, history(HYRA, STREAM, 1))
    assert abs(log_of(store)[-1].recorded - database_clock(store)) < timedelta(seconds=10)


def test_recorded_times_strictly_increase_by_a_microsecond_within_a_call(store: Store) -> None:
    for first in (1, 51, 101):
        store.append(HYRA, history(HYRA, STREAM, 50, first))
    recorded = [envelope.recorded for envelope in log_of(store)]
    assert recorded == sorted(set(recorded))
    within = {later - sooner for sooner, later in pairwise(recorded[51:101])}
    assert within == {timedelta(microseconds=1)}


# ---------------------------------------------------------------- epochs, the log's own events


def position(receipts: list[Receipt]) -> tuple[int, int]:
    (receipt,) = receipts
    return receipt.epoch, receipt.index


def test_a_log_begins_with_its_opening_and_nothing_else_opens_it(database: str) -> None:
    migrate(database, "ledger")
    opening = sealed(HYRA, NIL, 1, "EpochOpened/1", places=[])
    with psycopg.connect(database, autocommit=True) as connection:
        with refused("LG015"):  # not founded
            append(connection, HYRA, [opening], namnd=NIL)
        connection.execute(
            "INSERT INTO ledger.founding (ledger, environment) VALUES (%s, 'development')",
            (LEDGER,),
        )
        for first in (sealed(HYRA, STREAM, 1), replace(opening, type="HeadsRecorded/1")):
            with refused("LG015"):
                append(connection, HYRA, [first])
        assert position(append(connection, HYRA, [opening], namnd=NIL)) == (0, 0)
        again = replace(opening, version=2)
        with refused("LG015"):
            append(connection, HYRA, [again], namnd=NIL)
        with refused("LG015"):
            append(connection, HYRA, [replace(again, type="X/1")], namnd=NIL, new_epoch=True)
        assert position(append(connection, HYRA, [again], namnd=NIL, new_epoch=True)) == (1, 1)


def test_the_logs_own_stream_belongs_to_nobody(store: Store) -> None:
    store.append(HYRA, [sealed(HYRA, NIL, 2, "HeadsRecorded/1")], namnd=NAMND)
    envelope = log_of(store)[-1]
    assert (envelope.namnd, envelope.stream, envelope.version) == (None, NIL, 2)
    assert envelope.to_text().splitlines()[5:7] == ["-", "-"]


# ---------------------------------------------------------------- the same command again


def kept(store: Store) -> str:
    """Return a digest of all but the commands, whose `retried_at` a retry sets."""
    return store.digest(without=["command"])


def test_a_repeated_command_finds_its_receipts_and_adds_nothing(store: Store) -> None:
    events, id_ = history(HYRA, STREAM, 3), fresh()
    receipts = store.append(HYRA, events, command=id_)
    before = kept(store)
    assert store.append(HYRA, events, command=id_) == receipts
    assert kept(store) == before
    assert store.value("SELECT count(*) FROM ledger.command WHERE retried_at IS NOT NULL") == 1


def test_a_repeated_command_is_found_before_its_version_is_asked_for(store: Store) -> None:
    id_ = fresh()
    receipts = store.append(HYRA, history(HYRA, STREAM, 1), command=id_)
    store.append(HYRA, history(HYRA, STREAM, 5, first=2))
    assert store.append(HYRA, history(HYRA, STREAM, 1), command=id_) == receipts


def test_a_repeated_command_writes_so_that_its_commit_waits_as_the_first_did(store: Store) -> None:
    events, id_ = history(HYRA, STREAM, 1), fresh()
    with store.connect(writer(HYRA)) as connection:
        append(connection, HYRA, events, command=id_)
        written = "SELECT pg_current_wal_insert_lsn()"
        commits = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL"
        before = store.value(written)
        with connection.transaction():
            append(connection, HYRA, events, command=id_)
            assert connection.execute(commits).fetchone() == (True,)
        assert store.value("SELECT %s::pg_lsn > %s::pg_lsn", store.value(written), before)


def test_a_command_id_used_for_something_else_is_refused(store: Store) -> None:
    id_ = fresh()
    store.append(HYRA, history(HYRA, STREAM, 1), command=id_, macs=[b"1" * 32])
    before = kept(store)
    with refused("LG021"):
        store.append(HYRA, history(HYRA, STREAM, 1, first=2), command=id_, macs=[b"2" * 32])
    assert kept(store) == before


def test_a_command_whose_key_is_gone_cannot_be_compared_and_is_refused(store: Store) -> None:
    id_ = fresh()
    store.append(HYRA, history(HYRA, STREAM, 1), command=id_)
    for others in ([fresh()], [fresh(), None]):
        macs = [b"m" * 32 for _ in others]
        with refused("LG020"):
            store.append(HYRA, history(HYRA, STREAM, 1), command=id_, mac_keys=others, macs=macs)


def test_a_command_is_compared_under_the_key_it_was_kept_with(store: Store) -> None:
    id_, old, new = fresh(), fresh(), fresh()
    events = history(HYRA, STREAM, 1)
    receipts = store.append(HYRA, events, command=id_, mac_keys=[old], macs=[b"o" * 32])
    both = {"mac_keys": [new, old], "macs": [b"n" * 32, b"o" * 32]}
    assert store.append(HYRA, events, command=id_, **both) == receipts
    with refused("LG021"):
        store.append(HYRA, events, command=id_, **both | {"macs": [b"o" * 32, b"n" * 32]})


@pytest.mark.parametrize(
    "given",
    [
        {"mac_keys": None, "macs": None},
        {"mac_keys": [COMMAND_KEY], "macs": [None]},
        {"mac_keys": [fresh(), COMMAND_KEY], "macs": [b"m" * 32, None]},
        {"mac_keys": [fresh(), COMMAND_KEY], "macs": [b"m" * 32]},
    ],
)
def test_a_missing_hmac_is_not_taken_for_the_right_one(
    store: Store, given: dict[str, object]
) -> None:
    id_ = fresh()
    store.append(HYRA, history(HYRA, STREAM, 1), command=id_)
    with pytest.raises(psycopg.DatabaseError) as caught:
        store.append(HYRA, history(HYRA, STREAM, 1, first=2), command=id_, **given)
    assert caught.value.sqlstate in {"LG015", "LG021"}


def test_the_same_id_from_another_officer_nämnd_or_lane_is_another_command(store: Store) -> None:
    id_ = fresh()
    store.append(HYRA, history(HYRA, fresh(), 1), command=id_)
    store.append(HYRA, history(HYRA, fresh(), 1), command=id_, actor=fresh())
    store.append(HYRA, history(HYRA, fresh(), 1), command=id_, namnd=OTHER_NAMND)
    store.append(Lane.BISTAND, history(Lane.BISTAND, fresh(), 1), command=id_)
    assert store.value("SELECT count(*) FROM ledger.command WHERE command = %s", id_) == 4


def test_the_same_command_sent_twice_at_once_is_carried_out_once(store: Store) -> None:
    events, id_ = history(HYRA, STREAM, 2), fresh()
    with (
        store.connect(writer(HYRA)) as one,
        store.connect(writer(HYRA)) as two,
        ThreadPoolExecutor(2) as threads,
    ):
        with locked(store, HYRA):
            answers = [in_thread(threads, each, HYRA, events, command=id_) for each in (one, two)]
            for each in (one, two):
                until("wait for the lock", waits(store, each, "Lock"))
        assert answers[0].result() == answers[1].result()
    assert len(log_of(store)) == 3


# ---------------------------------------------------------------- one lock until commit


def test_a_later_append_waits_for_the_commit_before_it_and_takes_the_next_place(
    store: Store,
) -> None:
    with (
        store.connect(writer(HYRA)) as first,
        store.connect(writer(HYRA)) as second,
        ThreadPoolExecutor(1) as thread,
    ):
        with first.transaction():
            append(first, HYRA, history(HYRA, fresh(), 2))
            late = in_thread(thread, second, HYRA, history(HYRA, fresh(), 1))
            until("wait for the lock", waits(store, second, "Lock"))
        assert late.result()[0].index == 3


def test_an_append_that_is_rolled_back_leaves_no_hole(store: Store) -> None:
    with (
        store.connect(writer(HYRA)) as first,
        store.connect(writer(HYRA)) as second,
        ThreadPoolExecutor(1) as thread,
    ):
        with first.transaction(force_rollback=True):
            append(first, HYRA, history(HYRA, fresh(), 2))
            late = in_thread(thread, second, HYRA, history(HYRA, fresh(), 1))
            until("wait for the lock", waits(store, second, "Lock"))
        assert late.result()[0].index == 1


def test_lanes_do_not_wait_for_each_other(store: Store) -> None:
    with locked(store, HYRA), store.connect(writer(Lane.BISTAND)) as connection:
        connection.execute("SET statement_timeout = '10s'")
        append(connection, Lane.BISTAND, history(Lane.BISTAND, STREAM, 1))


@pytest.mark.parametrize("seed", [1, 2])
def test_many_writers_of_whom_some_give_up_leave_a_dense_and_ordered_log(
    store: Store, seed: int
) -> None:
    each, lanes = 25, (HYRA, Lane.BISTAND)

    def write(number: int) -> int:
        draw, lane, version, kept_ = chances(seed, number), lanes[number % 2], 1, 0
        stream = fresh()
        with store.connect(writer(lane)) as connection:
            for _ in range(each):
                count = draw.randint(1, 4)
                gives_up = draw.random() < 0.3
                with connection.transaction(force_rollback=gives_up):
                    append(connection, lane, history(lane, stream, count, version))
                version += 0 if gives_up else count
                kept_ += 0 if gives_up else count
        return kept_

    with ThreadPoolExecutor(6) as threads:
        kept_ = sum(threads.map(write, range(6)))
    logs = [log_of(store, lane) for lane in lanes]
    assert sum(map(len, logs)) == kept_ + len(lanes)
    for log in logs:
        assert [envelope.index for envelope in log] == list(range(len(log)))
        recorded = [envelope.recorded for envelope in log]
        assert recorded == sorted(set(recorded))


STRICT: Final = [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE]


@pytest.mark.parametrize("level", STRICT)
def test_an_append_that_has_looked_before_another_was_committed_is_refused(
    store: Store, level: IsolationLevel
) -> None:
    with store.connect(writer(HYRA)) as connection:
        connection.isolation_level = level
        with refused("40001"), connection.transaction():
            connection.execute("SELECT FROM ledger.founding")  # the transaction has looked
            store.append(HYRA, history(HYRA, fresh(), 1))
            append(connection, HYRA, history(HYRA, fresh(), 1))


# ---------------------------------------------------------------- durability


@pytest.mark.parametrize(
    ("session", "at_commit"),
    [
        *(("off", "on"), ("local", "on"), ("remote_write", "on")),
        *(("on", "on"), ("remote_apply", "remote_apply")),
    ],
)
def test_a_weaker_durability_of_the_session_is_overruled_to_the_end_of_the_transaction(
    store: Store, session: str, at_commit: str
) -> None:
    store.rows("CREATE TABLE public.seen (setting text)")
    store.rows(
        "CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$"
        " BEGIN INSERT INTO public.seen VALUES (current_setting('synchronous_commit'));"
        " RETURN NULL; END $$"
    )
    store.rows(
        "CREATE CONSTRAINT TRIGGER note AFTER INSERT ON ledger.leaf"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.note()"
    )
    with store.connect(writer(HYRA)) as connection:
        connection.execute(f"SET synchronous_commit = {session}")
        append(connection, HYRA, history(HYRA, STREAM, 1))
    assert store.rows("SELECT setting FROM public.seen") == [(at_commit,)]


def probe_until_commits_wait(store: Store) -> None:
    """The server takes a new setting in its own time: write until a commit does wait."""
    with store.connect() as probe, ThreadPoolExecutor(1) as thread:
        waiting = waits(store, probe, "SyncRep")

        def written_or_waiting() -> bool:
            write = "SELECT pg_logical_emit_message(true, 'probe', '')"
            writing = thread.submit(probe.execute, write)
            until("answer", lambda: writing.done() or waiting())
            if writing.done():
                return False
            probe.cancel_safe()
            return writing.result() is not None

        until("commit that waits", written_or_waiting)


@contextmanager
def a_standby_that_never_comes(store: Store) -> Iterator[None]:
    """Let commits wait for a standby that does not exist."""
    with psycopg.connect(store.cluster.dsn(), autocommit=True) as superuser:

        def name(standby: str) -> None:
            superuser.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{standby}'")
            superuser.execute("SELECT pg_reload_conf()")

        name("nobody")
        try:
            probe_until_commits_wait(store)
            yield
        finally:
            name("")
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            until("release", lambda: superuser.execute(waiting).fetchone() == (0,))


WAITING: Final = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


def cut_the_wait_short(store: Store) -> None:
    """Cancel the one backend that waits for the standby, as soon as it does."""
    until("wait for the standby", lambda: bool(store.rows(WAITING)))
    store.rows(f"SELECT pg_cancel_backend(pid) FROM ({WAITING}) AS waiting")  # noqa: S608


def test_an_append_waits_for_the_standby_whatever_its_session_says_and_so_does_its_retry(
    store: Store,
) -> None:
    events, id_, warnings = history(HYRA, STREAM, 1), fresh(), list[str | None]()
    with store.connect(writer(HYRA)) as connection, ThreadPoolExecutor(1) as thread:
        connection.add_notice_handler(lambda notice: warnings.append(notice.severity_nonlocalized))
        connection.execute("SET synchronous_commit = off")
        with a_standby_that_never_comes(store):
            for tries in (1, 2):
                answer = in_thread(thread, connection, HYRA, events, command=id_)
                cut_the_wait_short(store)
                assert [receipt.index for receipt in answer.result()] == [1]
                assert warnings == ["WARNING"] * tries, "only a warning tells it from success"
                assert len(log_of(store)) == 2, "stored here, but perhaps nowhere else"
            # Control: a look-up that writes nothing answers at once.
            store.rows("SELECT 1 FROM ledger.command WHERE command = %s", id_)
        assert append(connection, HYRA, events, command=id_)[0].index == 1
    assert warnings == ["WARNING"] * 2
    assert len(log_of(store)) == 2


def test_a_cut_wait_for_the_standby_is_never_called_success(store: Store) -> None:
    connections = Connections({writer(HYRA): store.dsn(writer(HYRA))})
    recorder = LedgerRecorder(connections, HYRA)
    events, same = [an_event(HYRA, STREAM, 1)], command()

    def send() -> "Future[Any]":
        return thread.submit(recorder.append, events, same, MACS, NAMND)

    try:
        with ThreadPoolExecutor(1) as thread:
            with a_standby_that_never_comes(store):
                for _ in ("the first try", "its retry"):
                    answer = send()
                    cut_the_wait_short(store)
                    with pytest.raises(DurabilityUnknown):
                        answer.result()
            assert [receipt.index for receipt in send().result()] == [1]
    finally:
        connections.close()
