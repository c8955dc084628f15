"""Lists: what spans the streams of a lane, kept up with its log by one projector.

The SQL (`ledger/sql/ledger/0018_lists.sql`) folds a batch of the log into the list's rows and moves
the list's position in the same transaction, so a projector that is killed anywhere goes on without
a loss or a double. The lane's NOTIFY wakes it; a poll is the net under that. Of several programs
one projects, the one with the advisory lock. No keys: a list knows envelopes and clear fields.

Counting on does not tell what a correction does to a stream, nor what a closed one that goes on
is: such a stream is folded whole, by the lane's own `Fold`, in the same transaction.

What cannot be taken stops that list alone, loudly, before the event; the others go on. A list made
anew grows beside the one that is shown and takes its place when it has come as far.
"""

import json
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Thread
from time import sleep
from typing import Final, Self, TypeAlias
from uuid import UUID

import psycopg
from psycopg import Connection, sql
from psycopg.rows import TupleRow

from ledger.codec import Lane
from ledger.connections import PROJECTOR, Connections
from ledger.errors import LedgerError, from_database
from ledger.reading import Reading

BATCH: Final = 1000
"""So many positions of the log are taken in one transaction."""

LATE_S: Final = 60.0
"""A list is late when an event has waited for it so long. It is made for milliseconds."""

_POLL_S: Final = 0.5
_RETRY_S: Final = 1.0
_PROJECTING: Final = 4_711_073  # any fixed numbers
_REBUILDING: Final = 4_711_074
_LOG: Final = logging.getLogger("liggaren")
_UNTAKEABLE: Final = (psycopg.DataError, psycopg.IntegrityError, ValueError)
"""The event's fault. All else is the connection's or the server's, and passes."""


class ListStopped(LedgerError):
    """A list cannot be made: one of the log's events cannot be taken."""

    code = "list.stopped"
    default_remedy = "Read the position in the log; a newer program may be needed."


@dataclass(frozen=True, slots=True)
class Folded:
    """How a stream stands by all its events.

    Args:
        begun: ids of the decisions or leases that have begun, or ended.
        ended: those of them that have ended.
        closed: whether a closing counts.
        open: whether the stream is open; also a closed one can be, if it goes on.
        joined: in koppling: lane to the stream that the case has there.
    """

    begun: Collection[UUID] = ()
    ended: Collection[UUID] = ()
    closed: bool = False
    open: bool = True
    joined: Mapping[Lane, UUID] = field(default_factory=dict)


Fold: TypeAlias = Callable[[Sequence[tuple[str, str]]], Folded]
"""How a stream stands by its events in order of version, the envelope and the clear text of each.
The lane's own meaning, so the ledger does not have it. Raises ValueError on what is no envelope or
no clear text.
"""


@dataclass(frozen=True, slots=True)
class ListRules:
    """Which streams are listed and what is counted, by names of types.

    Args:
        fold: says how a stream stands where counting on does not. Must tell of a stream without
            corrections what the counting tells.
        kinds: the first event of a listed stream is of one of these.
        begins: their ids (field 32) are kept as `begun`.
        ends: their ids are kept as `ended`, and as `begun`.
        closes: a stream with one of these is closed.
        closed_by_ends: a stream in which all that has begun has ended is closed.
    """

    fold: Fold
    kinds: tuple[str, ...]
    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    closed_by_ends: bool = False

    def to_json(self) -> str:
        """As they are kept beside the list that was made by them."""
        names = ("kinds", "begins", "ends", "closes", "closed_by_ends")
        return json.dumps({name: getattr(self, name) for name in names}, ensure_ascii=False)


# ---------------------------------------------------------------- making


def rebuild(
    connections: Connections,
    rules: Mapping[Lane, ListRules],
    told: Callable[[Lane, int], None] = lambda *_: None,
) -> None:
    """Make each list anew beside the one that is shown, and show it when it has come as far.

    Args:
        connections: of the projector.
        rules: the lists to make.
        told: lane, and how many positions have been taken so far.

    Raises:
        ListStopped: an event cannot be taken. The list that is shown stays.
        LedgerError: the database refused, or could not be reached.
    """
    with connected(connections) as connection:
        for lane, its_rules in rules.items():
            _rebuild(connection, lane, its_rules, lambda taken, lane=lane: told(lane, taken))  # type: ignore[misc]


def catch_up(connections: Connections, rules: Mapping[Lane, ListRules]) -> None:
    """Bring the lists up to the end of their logs, once. Makes those that are not there.

    Raises:
        ListStopped: an event cannot be taken into a list that was not there.
        LedgerError: the database refused, or could not be reached.
    """
    with connected(connections) as connection:
        for lane, its_rules in rules.items():
            if _rules_of(connection, lane) != json.loads(its_rules.to_json()):
                _rebuild(connection, lane, its_rules)
            _advance(connection, lane, None, its_rules)


@dataclass(frozen=True, slots=True)
class Health:
    """How it is with the lists.

    Args:
        stopped: the lanes whose list has stopped.
        late: the others in whose log an event has waited for its list for `LATE_S`.
    """

    stopped: tuple[Lane, ...]
    late: tuple[Lane, ...]


def health(connections: Connections, lanes: Collection[Lane]) -> Health:
    """How it is with the lists, over a connection of its own. Asked of the database, since another
    program may be the one that projects, or nobody.

    Args:
        connections: of the projector.
        lanes: those that have a list.

    Raises:
        LedgerError: the database refused, or could not be reached.
    """
    with connected(connections) as connection:
        rows = connection.execute(
            "SELECT lane, EXISTS (SELECT FROM ledger.list_build b"
            " WHERE b.lane = lanes.lane AND b.stopped IS NOT NULL), split_part(waits, E'\\n', 11)"
            "::timestamptz < clock_timestamp() - make_interval(secs => %s)"
            " FROM unnest(%s::ledger.lane[]) AS lanes (lane)"
            " LEFT JOIN LATERAL (SELECT epoch, idx FROM ledger.list_build b"
            " WHERE b.lane = lanes.lane AND shown) AS at ON true"
            " LEFT JOIN LATERAL (SELECT envelope FROM ledger.event e WHERE e.lane = lanes.lane"
            " AND (e.epoch, e.idx) > (coalesce(at.epoch, 0), coalesce(at.idx, -1))"
            " ORDER BY e.epoch, e.idx LIMIT 1) AS next (waits) ON true",
            (LATE_S, [lane.value for lane in lanes]),
        ).fetchall()
    return Health(
        tuple(Lane(lane) for lane, stopped, _ in rows if stopped),
        tuple(Lane(lane) for lane, stopped, late in rows if late and not stopped),
    )


@contextmanager
def connected(connections: Connections) -> Iterator[Connection[TupleRow]]:
    """A connection of the projector outside the pool: it is held for long, and listens.

    Raises:
        LedgerError: the database refused, or could not be reached.
    """
    try:
        with psycopg.connect(connections.conninfos[PROJECTOR], autocommit=True) as connection:
            yield connection
    except psycopg.Error as error:
        raise from_database(error) from None


def _rules_of(connection: Connection[TupleRow], lane: Lane) -> object:
    row = connection.execute(
        "SELECT rules FROM ledger.list_build WHERE lane = %s AND shown", (lane.value,)
    ).fetchone()
    return row[0] if row else None


def _rebuild(
    connection: Connection[TupleRow],
    lane: Lane,
    rules: ListRules,
    told: Callable[[int], None] = lambda _: None,
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    with _alone(connection, lane, stopping):
        if stopping():
            return
        ((build,),) = connection.execute(
            "SELECT ledger.list_begin(%s, %s)", (lane.value, rules.to_json())
        ).fetchall()
        while not stopping():
            halted = _advance(connection, lane, build, rules, told, stopping)
            if halted and _rules_of(connection, lane):
                raise ListStopped(f"The list of {lane} stops before {halted}.")
            # Where there was none, a list as far as it goes is better than none; it says so.
            if not stopping() and connection.execute(
                "SELECT ledger.list_show(%s, %s)", (lane.value, build)
            ).fetchone() == (True,):
                return


@contextmanager
def _alone(
    connection: Connection[TupleRow], lane: Lane, stopping: Callable[[], bool]
) -> Iterator[None]:
    """Rebuild alone for the length of the block, or, where we are to stop, not at all: the block
    then looks for itself. The lock goes with the connection, too.
    """
    lock = (_REBUILDING, lane.code)
    while not stopping() and connection.execute(
        "SELECT pg_try_advisory_lock(%s, %s)", lock
    ).fetchone() != (True,):
        sleep(_POLL_S)
    try:
        yield
    finally:
        if not connection.closed and not stopping():  # who stops ends the connection
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", lock)


def _advance(  # noqa: PLR0913, PLR0917 - which list, and who is told
    connection: Connection[TupleRow],
    lane: Lane,
    build: int | None,
    rules: ListRules,
    told: Callable[[int], None] = lambda _: None,
    stopping: Callable[[], bool] = lambda: False,
) -> str | None:
    """Take all that there is. Returns what stopped the list just now: the position of an event, or
    `lane/log` where the log is another.
    """
    limit, so_far = BATCH, 0
    while not stopping():
        try:
            taken = take(connection, lane, build, rules, limit)
        except _UNTAKEABLE:
            if limit > 1:  # which one it is: all before it are still taken
                limit //= 2
                continue
            return _stop(connection, lane, build)
        if not taken:
            return None
        if taken < 0:
            return _tell_stopped(f"{lane}/log")
        so_far += taken
        told(so_far)
        limit = min(BATCH, limit * 2)
    return None


def take(
    connection: Connection[TupleRow],
    lane: Lane,
    build: int | None,
    rules: ListRules,
    limit: int = BATCH,
) -> int | None:
    """Take one batch, with the streams in it that must be folded whole. Returns how many positions;
    -1: the log is another; None: there is no such list, or it has stopped.
    """
    with connection.transaction():
        ((taken, *end, recount),) = connection.execute(
            "SELECT taken, end_epoch, end_idx, recount FROM ledger.list_advance(%s, %s, %s)",
            (lane.value, build, limit),
            prepare=True,
        ).fetchall()
        if recount:
            standings = _folded(connection, lane, rules, recount, end)
            connection.execute(
                "SELECT ledger.list_recount(%s, %s, %s)", (lane.value, build, standings)
            )
    return None if taken is None else int(taken)


def _folded(
    connection: Connection[TupleRow],
    lane: Lane,
    rules: ListRules,
    streams: Sequence[UUID],
    end: Sequence[int],
) -> str:
    """How streams stand by all that has been taken of them, as `list_recount` wants it."""
    histories: dict[UUID, list[tuple[str, str]]] = {}
    for stream, envelope, clear in connection.execute(
        "SELECT stream, envelope, clear FROM ledger.event WHERE lane = %s AND stream = ANY (%s)"
        " AND (epoch, idx) <= (%s, %s) ORDER BY stream, version",
        (lane.value, streams, *end),
        prepare=True,
    ):
        histories.setdefault(stream, []).append((envelope, clear))
    return json.dumps(
        [
            {
                "stream": str(stream),
                "begun": [str(id_) for id_ in standing.begun],
                "ended": [str(id_) for id_ in standing.ended],
                "closed": standing.closed,
                "open": standing.open,
            }
            | {of.value: str(one) for of, one in standing.joined.items()}
            for stream, history in histories.items()
            for standing in (rules.fold(history),)
        ]
    )


def _stop(connection: Connection[TupleRow], lane: Lane, build: int | None) -> str:
    ((epoch, index),) = connection.execute(
        "SELECT epoch, idx FROM ledger.list_stop(%s, %s)", (lane.value, build)
    ).fetchall()
    return _tell_stopped(f"{lane}/{epoch}/{index}")


def _tell_stopped(where: str) -> str:
    _LOG.error('{"list_stopped": "%s"}', where)
    return where


@dataclass
class Projector:
    """Keeps the lists up with their logs, in a thread of its own, for the length of a `with`.

    Args:
        connections: of the projector.
        rules: the lists.
    """

    connections: Connections
    rules: Mapping[Lane, ListRules]
    _stopping: Event = field(default_factory=Event, repr=False)
    _thread: Thread | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        self._thread = Thread(target=self.run, name="projector", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        if self._thread:
            self._thread.join()

    def run(self) -> None:
        """Project until told to stop. A lost connection is made anew."""
        while not self._stopping.is_set():
            try:
                with connected(self.connections) as connection:
                    self._follow(connection)
            except LedgerError as error:
                _LOG.error('{"lists_wait": "%s"}', error.code)
                self._stopping.wait(_RETRY_S)
            except Exception as error:  # noqa: BLE001 - the lists must not end with one mistake
                _LOG.error('{"lists_wait": "%s"}', type(error).__name__)
                self._stopping.wait(_RETRY_S)

    def _follow(self, connection: Connection[TupleRow]) -> None:
        for lane in self.rules:
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(f"liggaren_{lane}")))
        active = False
        while not self._stopping.is_set():
            if not active:
                active = connection.execute(
                    "SELECT pg_try_advisory_lock(%s, 0)", (_PROJECTING,)
                ).fetchone() == (True,)
                if active:
                    self._begin(connection)
            if active:
                for lane, rules in self.rules.items():
                    _advance(connection, lane, None, rules, stopping=self._stopping.is_set)
            for _ in connection.notifies(timeout=_POLL_S, stop_after=1):
                pass

    def _begin(self, connection: Connection[TupleRow]) -> None:
        """Make the lists that are not there, or that another program made by other rules."""
        for lane, rules in self.rules.items():
            if _rules_of(connection, lane) != json.loads(rules.to_json()):
                # It is logged; the old one goes on, and `liggare rebuild` tries again.
                with suppress(ListStopped):
                    _rebuild(connection, lane, rules, stopping=self._stopping.is_set)


# ---------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class Listed:
    """A stream in a list.

    Args:
        lane: its lane.
        stream: its id.
        kind: the type that opened it.
        opened: when that was recorded.
        latest: when the latest event was recorded.
        latest_type: its type.
        version: its version: how many events there are.
        begun: how many decisions or tenancies, as the lane's rules count.
        ended: how many of them have ended.
        open: whether the stream is.
    """

    lane: Lane
    stream: UUID
    kind: str
    opened: datetime
    latest: datetime
    latest_type: str
    version: int
    begun: int
    ended: int
    open: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """How far a list has come.

    Args:
        position: epoch and index of the last event in it; None: none yet.
        stopped: whether it has stopped there.
    """

    position: tuple[int, int] | None
    stopped: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a lane's list.

    Args:
        rows: the one last written to first.
        next: what to go on after; None where this was the last page.
        shown: how far the list has come.
    """

    rows: tuple[Listed, ...]
    next: tuple[int, int] | None
    shown: Shown


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case in the list of both processes.

    Args:
        case: its id.
        latest: when the latest event of any of its streams was recorded.
        open: whether one of the processes is.
        streams: its streams that the nämnd holds, by lane.
    """

    case: UUID
    latest: datetime
    open: bool
    streams: Mapping[Lane, Listed]


@dataclass(frozen=True, slots=True)
class AcrossPage:
    """A page of the list of both processes.

    Args:
        rows: the one last written to first.
        next: what to go on after; None where this was the last page.
    """

    rows: tuple[ListedCase, ...]
    next: tuple[datetime, UUID] | None


_PAGE: Final = (
    "SELECT lane, stream, kind, opened, latest, latest_type, version, cardinality(begun),"
    " cardinality(ended), open, epoch, idx FROM ledger.readable_listed"
    " WHERE lane = %(lane)s AND holder = %(namnd)s"
)


def shown(opened: Reading) -> Shown | None:
    """How far the lane's list has come; None: it is not there yet."""
    row = opened.connection.execute(
        "SELECT epoch, idx, stopped IS NOT NULL FROM ledger.readable_list WHERE lane = %s",
        (opened.lane.value,),
    ).fetchone()
    return None if row is None else Shown((row[0], row[1]) if row[1] >= 0 else None, row[2])


def page(
    opened: Reading, after: tuple[int, int] | None, limit: int, *, open_: bool | None
) -> ListPage | None:
    """The streams of the lane's list that the nämnd holds; None: there is no list yet.

    Args:
        opened: a read of the lane.
        after: the `next` of the page before; None from the top.
        limit: at most so many.
        open_: the open ones, the closed ones, or (None) all.
    """
    how_far = shown(opened)
    if how_far is None:
        return None
    query = _PAGE
    if open_ is not None:
        query += " AND open = %(open)s"
    if after:
        query += " AND (epoch, idx) < (%(epoch)s, %(idx)s)"
    query += " ORDER BY epoch DESC, idx DESC LIMIT %(limit)s"
    epoch, index = after or (None, None)
    values: dict[str, object] = {"lane": opened.lane.value, "namnd": opened.context.namnd}
    values |= {"limit": limit + 1, "open": open_, "epoch": epoch, "idx": index}
    rows = opened.connection.execute(query, values).fetchall()
    more = len(rows) > limit
    rows = rows[:limit]
    return ListPage(
        tuple(_listed(row) for row in rows), (rows[-1][-2], rows[-1][-1]) if more else None, how_far
    )


def read_id(opened: Reading) -> int:
    """The id of the open read's row in the read log."""
    ((read,),) = opened.connection.execute(
        "SELECT current_setting('ledger.read')::bigint"
    ).fetchall()
    return int(read)


def across(
    opened: Reading,
    reads: Sequence[int],
    after: tuple[datetime, UUID] | None,
    limit: int,
    *,
    open_: bool | None,
) -> AcrossPage:
    """The nämnd's cases with both processes.

    Args:
        opened: a read of koppling.
        reads: ids of the rows that reads of bistand and hyra have just left in the read log, for
            the same officer, nämnd and view. Without them the database refuses.
        after: the `next` of the page before; None from the top.
        limit: at most so many.
        open_: the open ones, the closed ones, or (None) all.

    Raises:
        LedgerError: there is no such pair of reads.
    """
    rows = opened.connection.execute(
        "SELECT of_case, case_latest, case_open, lane, stream, kind, opened, latest, latest_type,"
        " version, begun, ended, open FROM ledger.list_across(%s, %s, %s, %s, %s)",
        (list(reads), open_, *(after or (None, None)), limit + 1),
    ).fetchall()
    cases: dict[UUID, ListedCase] = {}
    for case, latest, is_open, *listed in rows:
        streams = dict(cases[case].streams) if case in cases else {}
        one = _listed(listed)
        cases[case] = ListedCase(case, latest, is_open, streams | {one.lane: one})
    found = tuple(cases.values())
    page_rows = found[:limit]
    last = (page_rows[-1].latest, page_rows[-1].case) if len(found) > limit else None
    return AcrossPage(page_rows, last)


def _listed(row: Sequence[object]) -> Listed:
    lane, *rest = row[:10]
    return Listed(Lane(lane), *rest)  # type: ignore[arg-type]
