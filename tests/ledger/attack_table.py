"""The attack table as data: who tries what, and what comes of it.

Every cell is either refused, with its SQLSTATE and not a byte changed, or it is named: as
somebody's duty, as what only the application stops, or as what only a look from outside shows
(`tamperings.py`). `test_attacks.py` carries every cell out, `attack_page.py` prints them.
"""
# ruff: noqa: S608 - these statements are put together from this file's own words

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, cast, get_args
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow
from typing_extensions import override

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
from ledger.lists import Folded, ListRules
from tests.ledger.store_fixtures import (
    LANES,
    NAMND,
    NIL,
    OFFICER,
    OTHER_NAMND,
    PLACES,
    SUPERUSER,
    Sealed,
    Store,
    append,
    effects,
    file_document,
    fresh,
    history,
    key_id,
    named,
    open_read,
    register,
    sealed,
    supervising,
)

Kind = Literal["writer", "reader", "projector", "notary", "destroyer", "keys", "owner", "superuser"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

HISTORY: Final = (
    *("founding", "event", "sealed_part", "leaf", "migration", "document", "document_chunk"),
    *("destroyed_event", "destroyed_key", "destroyed_part", "destroyed_stream"),
)
CONTROL: Final = (
    *("lane_head", "stream_head", "command", "hold", "moving", "destruction", "lookup"),
)
READ_LOG: Final = ("read_log", "read_subject")
LISTS: Final = ("list_build", "list_stream")
TABLES: Final = (*HISTORY, *CONTROL, *READ_LOG, *LISTS)

# ---------------------------------------------------------------- the world that is attacked


def own(lane: Lane) -> UUID:
    """Return the stream of the attacker's own nämnd in a lane."""
    return named(f"{lane}, the own nämnd's")


def foreign(lane: Lane) -> UUID:
    """Return the stream of another nämnd in a lane."""
    return named(f"{lane}, another nämnd's")


HELD: Final = named("a stream under gallringsspärr")
HOLD: Final = named("gallringsspärr")
HELD_DECISION: Final = named("decision on the held stream")
OPEN_DECISION: Final = named("decision not yet begun")
BEGUN_DECISION: Final = named("decision begun: level 1")
DONE_DECISION: Final = named("decision carried out")
MOVED: Final = named("a stream that has moved to the other nämnd")
PERSON: Final = named("person")


def populate(store: Store) -> None:
    """Put something into every table."""
    file_document(store, named("a stream with a document"), named("document"))
    for lane in LANES:
        store.append(lane, history(lane, own(lane), 2))
        store.append(lane, history(lane, foreign(lane), 2), namnd=OTHER_NAMND)
    store.rows(
        "SELECT ledger.rebuild_lookup('hyra', %s, %s, 2, ARRAY[1::bigint], ARRAY[%s::bytea])",
        *(NAMND, own(Lane.HYRA), bytes(32)),
    )
    register(store, OTHER_NAMND)
    moved = sealed(Lane.HYRA, MOVED, 1, "HolderChanged/1", says={32: str(OTHER_NAMND)})
    store.append(Lane.HYRA, [moved], effects=effects({"kind": "holder_to", "ref": OTHER_NAMND}))
    doomed = {decision: fresh() for decision in (OPEN_DECISION, BEGUN_DECISION, DONE_DECISION)}
    for stream in (HELD, *doomed.values()):
        store.append(Lane.HYRA, history(Lane.HYRA, stream, 2))

    def decide(decision: UUID, stream: UUID) -> dict[str, object]:
        subject = PERSON if decision == BEGUN_DECISION else None
        decided = {"kind": "destroy_decided", "ref": decision, "lane": "hyra", "stream": stream}
        return decided | {"subject": subject}

    for effect in (
        *(decide(decision, stream) for decision, stream in doomed.items()),
        decide(HELD_DECISION, HELD),
        {"kind": "hold", "ref": HOLD, "lane": "hyra", "stream": HELD},
    ):
        store.append(Lane.TILLSYN, [supervising(effect)], effects=effects(effect))
    for decision in (BEGUN_DECISION, DONE_DECISION):
        store.rows("SELECT ledger.begin_destroy(%s)", decision)
    keys = [key_id(doomed[DONE_DECISION], place).bytes for place in PLACES]
    store.rows("SELECT ledger.destroy(%s, %s)", DONE_DECISION, keys)
    with store.connect(reader(Lane.HYRA)) as connection, connection.transaction():
        open_read(connection, stream=own(Lane.HYRA))
        connection.execute("SELECT ledger.log_subjects(%s)", ([PERSON],))
    rules = ListRules(lambda _: Folded(), ("DisturbanceReported",)).to_json()
    for lane in LANES:
        build = store.value("SELECT ledger.list_begin(%s, %s)", lane.value, rules)
        store.rows("SELECT ledger.list_advance(%s, %s, 1000)", lane.value, build)
        store.rows("SELECT ledger.list_show(%s, %s)", lane.value, build)


# ---------------------------------------------------------------- who


@dataclass(frozen=True)
class Actor:
    """Somebody with a connection and a plan.

    Args:
        store: what is attacked.
        kind: the column of the table.
        lane: the lane of a writer or reader; for others, hyra.
        connection: autocommit, as the role.
    """

    store: Store
    kind: Kind
    lane: Lane
    connection: Connection[TupleRow]

    def begin(self) -> None:
        """Forget what an earlier attempt has set, and take the part."""
        self.run("DISCARD ALL")
        if self.kind in PRELUDE:
            self.run(PRELUDE[self.kind])

    def run(self, statement: str, *values: object) -> list[TupleRow]:
        """Run one statement; return its rows."""
        cursor = self.connection.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []

    def append(self, events: Sequence[Sealed], lane: Lane | None = None, **given: Any) -> object:  # noqa: ANN401
        """Call ledger.append, in the actor's lane where none is given."""
        return append(self.connection, lane or self.lane, events, **given)


LANELESS: Final[Mapping[Kind, str]] = {
    "projector": PROJECTOR,
    "notary": NOTARY,
    "destroyer": DESTROYER,
    "keys": KEYS,
    "owner": MIGRATOR,
    "superuser": SUPERUSER,
}
PRELUDE: Final[Mapping[Kind, str]] = {
    "owner": f"SET ROLE {OWNER}",
    "superuser": "SET session_replication_role = replica",
}


def role_names(kind: Kind) -> list[tuple[str, Lane]]:
    """Return the roles of a column, each with the lane it attacks from."""
    if kind == "writer":
        return [(writer(lane), lane) for lane in LANES]
    if kind == "reader":
        return [(reader(lane), lane) for lane in LANES]
    return [(LANELESS[kind], Lane.HYRA)]


def actor(store: Store, kind: Kind, role: str, lane: Lane, *, one_dsn: bool = False) -> Actor:
    """Return an actor with a connection of its own."""
    connection = store.connect(role, dsn=store.one_dsn(role) if one_dsn else None)
    connection.prepare_threshold = None  # DISCARD ALL would drop what psycopg believes prepared
    return Actor(store, kind, lane, connection)


@dataclass
class Audience:
    """The world with everybody connected to it, for what is refused.

    Args:
        world: the store.
        one_dsn: whether all come as the development mode has it.
    """

    world: Store
    one_dsn: bool = False
    _actors: dict[str, Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.digest = self.world.digest()

    def actor(self, kind: Kind, role: str, lane: Lane) -> Actor:
        """Return the actor, connected when first asked for."""
        if role not in self._actors:
            self._actors[role] = actor(self.world, kind, role, lane, one_dsn=self.one_dsn)
        return self._actors[role]


# ---------------------------------------------------------------- outcomes


@dataclass(frozen=True)
class Refused:
    """An error with this SQLSTATE, and not a byte changed."""

    sqlstate: str

    @override
    def __str__(self) -> str:
        return self.sqlstate


@dataclass(frozen=True)
class Nothing:
    """No error, but no row is shown and no byte changed."""

    @override
    def __str__(self) -> str:
        return "nothing"


@dataclass(frozen=True)
class AsEver:
    """The append is carried out as if the attack had not been."""

    @override
    def __str__(self) -> str:
        return "as ever"


@dataclass(frozen=True)
class Duty:
    """Allowed: it is what the role is for."""

    @override
    def __str__(self) -> str:
        return "duty"


@dataclass(frozen=True)
class Application:
    """Works; only the application stops it, or only what it leaves behind tells."""

    note: str

    @override
    def __str__(self) -> str:
        return f"works: {self.note}"


@dataclass(frozen=True)
class Outside:
    """Works for who alters tables; the second table says who notices."""

    @override
    def __str__(self) -> str:
        return "table 2"


Outcome = Refused | Nothing | AsEver | Duty | Application | Outside

REFUSED: Final = Refused("42501")
"""insufficient_privilege: PostgreSQL's own, or `ledger.append`'s for lane, nämnd and operator."""
APPEND_ONLY: Final = Refused("LG001")
NO_READ: Final = Refused("LG002")

# ---------------------------------------------------------------- attacks

Attempt = Callable[[Actor], object]


@dataclass(frozen=True)
class Attack:
    """A row of the table.

    Args:
        name: what is tried.
        attempts: ways to try it; each has the same outcome.
        cells: the outcome for each column that differs from 42501.
        by_lane: the outcome for a lane's writer or reader that differs from the column's.
        only_looks: also where it works nothing is changed.
    """

    name: str
    attempts: Sequence[Attempt]
    cells: Mapping[Kind, Outcome] = field(default_factory=dict)
    by_lane: Mapping[tuple[Kind, Lane], Outcome] = field(default_factory=dict)
    only_looks: bool = False

    def outcome(self, kind: Kind, lane: Lane) -> Outcome:
        """Return what comes of it for an actor."""
        return self.by_lane.get((kind, lane), self.cells.get(kind, REFUSED))


def statement(text: str, *values: object) -> Attempt:
    """Return the attempt to run a statement."""
    return lambda who: who.run(text, *values)


def one_by_one(texts: Sequence[str]) -> list[Attempt]:
    """Return an attempt for each statement."""
    return [statement(text) for text in texts]


def update(table: str) -> Attempt:
    """Return the attempt to write a table's rows anew, all with the values they have."""

    def attempt(who: Actor) -> object:
        column = who.store.value(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND attidentity = '' ORDER BY attnum LIMIT 1",
            f"ledger.{table}",
        )
        return who.run(f"UPDATE ledger.{table} SET {column} = {column}")

    return attempt


def in_other_lanes(who: Actor) -> object:
    """Append to each lane but the own one; the first that works is enough."""
    for lane in LANES:
        if lane is not who.lane or who.kind != "writer":
            with suppress(psycopg.errors.InsufficientPrivilege):
                return who.append(history(lane, fresh(), 1), lane)
    raise psycopg.errors.InsufficientPrivilege


def shadowed(who: Actor) -> object:
    """Put tables, functions, operators and types of the same names in front, then append."""
    lie = "LANGUAGE plpgsql AS $$ BEGIN RAISE 'shadowed %', now(); END $$"
    for table in TABLES:
        who.run(f"CREATE TEMP TABLE {table} AS SELECT 1 AS a")
    for function in (
        *("sha256(bytea) RETURNS bytea", "clock_timestamp() RETURNS timestamptz"),
        *("uuid_send(uuid) RETURNS bytea", "octet_length(bytea) RETURNS integer"),
        *("pg_has_role(name, text, text) RETURNS boolean", "cardinality(anyarray) RETURNS integer"),
        *("current_setting(text) RETURNS text", "encode(bytea, text) RETURNS text"),
        *("append(ledger.lane) RETURNS text", "caller() RETURNS name"),
        *("same(text, text) RETURNS boolean", "same(uuid, uuid) RETURNS boolean"),
        *("same(bigint, bigint) RETURNS boolean", "both(bytea, bytea) RETURNS bytea"),
    ):
        who.run(f"CREATE FUNCTION pg_temp.{function} {lie}")
    for operator, kind, function in (
        *(("=", "text", "same"), ("~", "text", "same"), ("=", "uuid", "same")),
        *(("=", "bigint", "same"), ("||", "bytea", "both")),
    ):
        who.run(
            f"CREATE OPERATOR pg_temp.{operator}"
            f" (LEFTARG = {kind}, RIGHTARG = {kind}, FUNCTION = pg_temp.{function})"
        )
    for kind in ("lane", "uuid", "bytea", "text", "date", "timestamptz", "jsonb"):
        who.run(f"CREATE TYPE pg_temp.{kind} AS ENUM ('x')")
    arguments = history(who.lane, own(who.lane), 1, first=3)
    who.run("SET search_path = pg_temp, ledger, pg_catalog")
    return who.append(arguments)


SETTINGS: Final = {
    "standard_conforming_strings": "off",
    "escape_string_warning": "off",
    "backslash_quote": "on",
    "transform_null_equals": "on",
    "array_nulls": "off",
    "datestyle": "'SQL, DMY'",
    "intervalstyle": "sql_standard",
    "timezone": "'Pacific/Kiritimati'",
    "timezone_abbreviations": "'India'",
    "bytea_output": "escape",
    "lc_time": "'C'",
    "extra_float_digits": "-15",
    "quote_all_identifiers": "on",
    "plpgsql.variable_conflict": "use_variable",
    "plpgsql.extra_errors": "'all'",
    "check_function_bodies": "off",
    "default_transaction_isolation": "serializable",
    "synchronous_commit": "off",
    "ledger.read": "'1'",
}


def in_a_strange_session(who: Actor) -> object:
    """Set what changes the meaning of text, times and names, then append."""
    for name, value in SETTINGS.items():
        who.run(f"SET {name} = {value}")
    return who.append(history(who.lane, own(who.lane), 1, first=3))


def not_durable(who: Actor) -> object:
    """Append and turn durability off before the commit."""
    with who.connection.transaction():
        who.append(history(who.lane, own(who.lane), 1, first=3))
        who.run("SET LOCAL synchronous_commit = off")
        return who.run("SELECT 1 WHERE current_setting('synchronous_commit') = 'off'")


def with_effect(kind: str, **effect: object) -> Attempt:
    """Return the attempt to append with a control effect that is not the actor's to cause."""
    return lambda who: who.append(
        history(who.lane, own(who.lane), 1, first=3),
        effects=effects({"kind": kind, "ref": own(who.lane)} | effect),
    )


def read(statement_: str, *values: object, namnd: UUID = NAMND) -> Attempt:
    """Return the attempt to read with a read open for a nämnd."""

    def attempt(who: Actor) -> object:
        with who.connection.transaction():
            open_read(who.connection, namnd)
            return who.run(statement_, *values)

    return attempt


def read_foreign(table: str) -> Attempt:
    """Return the attempt to read another nämnd's stream by its id."""
    by_id = {
        "event": "stream = %s",
        "stream_head": "stream = %s",
        "list_stream": "stream = %s",
        "sealed_part": "substr(part, 20, 16) = uuid_send(%s)",
    }[table]
    return lambda who: read(
        f"SELECT 1 FROM ledger.{table} WHERE {by_id}",
        foreign(who.lane),
    )(who)


def read_other_lanes(table: str) -> Attempt:
    """Return the attempt to read what is not in the own lane."""
    return lambda who: read(
        f"SELECT 1 FROM ledger.{table} WHERE lane <> %s",
        who.lane.value,
    )(who)


def leaky(who: Actor) -> object:
    """Let a function of one's own, said to be cheap, see rows before the policy does."""
    seen: list[str] = []
    who.connection.add_notice_handler(lambda notice: seen.append(notice.message_primary or ""))
    who.run(
        "CREATE FUNCTION pg_temp.leak(uuid, text) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql"
        " AS $$ BEGIN RAISE NOTICE 'saw %', $1; RETURN false; END $$"
    )
    with who.connection.transaction():
        open_read(who.connection)
        who.run("SELECT 1 FROM ledger.event WHERE pg_temp.leak(stream, envelope)")
    assert any(str(own(who.lane)) in saw for saw in seen) or who.kind in {"owner", "superuser"}
    return [saw for saw in seen if str(foreign(who.lane)) in saw]


def counted_by_explain(who: Actor) -> object:
    """Let EXPLAIN ANALYZE count the rows that a policy holds back."""
    rows = read(
        "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT 1 FROM ledger.event"
        " WHERE lane = %s AND stream = %s",
        *(who.lane.value, foreign(who.lane)),
    )(who)
    assert isinstance(rows, list)
    return [row for (row,) in rows if "Rows Removed by Filter: 2" in row] or (
        rows if who.kind in {"owner", "superuser"} else []
    )


def unlogged(who: Actor) -> object:
    """Read, then roll the read's row back."""
    before = who.store.value("SELECT count(*) FROM ledger.read_log")
    with suppress(_RolledBack), who.connection.transaction():
        open_read(who.connection)
        rows = who.run("SELECT 1 FROM ledger.event WHERE stream = %s", own(who.lane))
        raise _RolledBack
    assert who.store.value("SELECT count(*) FROM ledger.read_log") == before
    return rows


class _RolledBack(Exception):
    pass


def with_earlier_read(who: Actor) -> object:
    """Use the number of a read that an earlier transaction opened."""
    with who.connection.transaction():
        earlier = open_read(who.connection)
    with who.connection.transaction():
        who.run("SELECT set_config('ledger.read', %s, false)", str(earlier))
        who.run("SELECT pg_current_xact_id()")
        return who.run("SELECT count(*) FROM ledger.event")


def with_somebody_elses_read(who: Actor) -> object:
    """Use the number of a read that somebody else has open at this moment."""
    with who.store.connect(reader(Lane.HYRA)) as other, other.transaction():
        theirs = open_read(other, OTHER_NAMND)
        who.run("SELECT set_config('ledger.read', %s, false)", str(theirs))
        return who.run("SELECT count(*) FROM ledger.event")


def with_a_read_from_before_a_restore(who: Actor) -> object:
    """Use an old read whose transaction number comes again, as in a restored cluster."""
    with who.connection.transaction():
        who.run("SELECT pg_current_xact_id()")
        old = who.store.value(
            "INSERT INTO ledger.read_log (xact, at, role, actor, namnd, purpose, view)"
            " SELECT backend_xid::text::xid8, now() - interval '1 day', 'x', %s, %s, 'old', 'old'"
            " FROM pg_stat_activity WHERE pid = %s RETURNING id",
            *(OFFICER, NAMND, who.connection.info.backend_pid),
        )
        who.run("SELECT set_config('ledger.read', %s, true)", str(old))
        return who.run("SELECT count(*) FROM ledger.event")


def other_role(who: Actor) -> str:
    """Return a role that is neither the actor's nor reachable for it."""
    return writer(Lane.BISTAND if who.lane is not Lane.BISTAND else Lane.HYRA)


def take_role(text: str) -> Attempt:
    """Return the attempt to become somebody else; `{}` stands for a writer of another lane."""

    def attempt(who: Actor) -> object:
        who.run(text.format(other_role(who)))
        return who.run("SELECT 1 WHERE current_user NOT IN (%s, %s)", OWNER, "nobody")

    return attempt


def grant_rights(who: Actor) -> object:
    """Grant rights on a table to everybody. Whoever may not is warned or refused."""
    who.run("GRANT ALL ON ledger.event TO PUBLIC")
    if not who.store.value("SELECT has_table_privilege(%s, 'ledger.event', 'INSERT')", KEYS):
        raise psycopg.errors.InsufficientPrivilege
    return True


SUPERUSER_WORKS: Final = Application("superuser")
OWNER_READS: Final = Application("owner reads")
DESTROYERS: Final[tuple[Kind, ...]] = ("destroyer", "owner", "superuser")
OUTSIDE: Final[dict[Kind, Outcome]] = {"owner": Outside(), "superuser": Outside()}
READS: Final[dict[Kind, Outcome]] = {"owner": OWNER_READS, "superuser": SUPERUSER_WORKS}


def also(these: Mapping[Kind, Outcome], **others: Outcome) -> Mapping[Kind, Outcome]:
    """Return cells with others beside them."""
    return cast("dict[Kind, Outcome]", others) | dict(these)


BOUND_EVEN_SO: Final[dict[Kind, Outcome]] = {"owner": APPEND_ONLY, "superuser": APPEND_ONLY}

WRITING: Final = (
    Attack("UPDATE of history", [update(table) for table in HISTORY], BOUND_EVEN_SO),
    Attack(
        "DELETE of history",
        one_by_one([f"DELETE FROM ledger.{table}" for table in HISTORY]),
        BOUND_EVEN_SO,
    ),
    Attack(
        "UPDATE or DELETE in the read log",
        [
            *(update(table) for table in READ_LOG),
            *one_by_one([f"DELETE FROM ledger.{table}" for table in READ_LOG]),
        ],
        BOUND_EVEN_SO,
    ),
    Attack(
        "DELETE of heads and commands",
        one_by_one([f"DELETE FROM ledger.{table}" for table in CONTROL[:3]]),
        BOUND_EVEN_SO,
    ),
    Attack(
        "TRUNCATE of any table",
        one_by_one([f"TRUNCATE ledger.{table} CASCADE" for table in TABLES]),
        BOUND_EVEN_SO,
    ),
    Attack(
        "INSERT past `ledger.append`",
        one_by_one([f"INSERT INTO ledger.{table} DEFAULT VALUES" for table in TABLES]),
        OUTSIDE,
    ),
    Attack(
        "UPDATE of control tables and lists, DELETE of holds, decisions and lists",
        [
            *(update(table) for table in (*CONTROL, *LISTS)),
            *one_by_one([f"DELETE FROM ledger.{table}" for table in (*CONTROL[3:], *LISTS)]),
        ],
        OUTSIDE,
    ),
    Attack(
        "triggers off, row security off, DROP, ALTER, replace a function",
        one_by_one(
            [
                "ALTER TABLE ledger.event DISABLE TRIGGER USER",
                "ALTER TABLE ledger.event DISABLE ROW LEVEL SECURITY",
                "ALTER TABLE ledger.event NO FORCE ROW LEVEL SECURITY",
                "CREATE POLICY everything ON ledger.event USING (true)",
                "DROP POLICY owner ON ledger.event",
                "DROP TRIGGER refuse_update ON ledger.event",
                "ALTER TABLE ledger.event ADD COLUMN more text",
                "DROP TABLE ledger.event CASCADE",
                "CREATE OR REPLACE FUNCTION ledger.caller() RETURNS name RETURN 'postgres'",
                "ALTER FUNCTION ledger.caller() SET search_path = pg_temp",
                (
                    "CREATE TRIGGER mine BEFORE INSERT ON ledger.event"
                    " EXECUTE FUNCTION ledger.refuse_change()"
                ),
                "CREATE RULE mine AS ON INSERT TO ledger.event DO INSTEAD NOTHING",
                "CREATE TABLE ledger.mine (a integer)",
                "DROP SCHEMA ledger CASCADE",
            ]
        ),
        OUTSIDE,
    ),
    Attack(
        "`SET session_replication_role = replica`",
        [
            lambda who: (who.run("SET session_replication_role = replica"), "set"),
            statement("SELECT set_config('session_replication_role', 'replica', false)"),
        ],
        {"superuser": SUPERUSER_WORKS},
        only_looks=True,
    ),
    Attack(
        "take another role, or the owner's",
        [
            take_role("SET ROLE {}"),
            take_role("SET SESSION AUTHORIZATION {}"),
            take_role(f"SET ROLE {SUPERUSER}"),
            take_role(f"SET ROLE {DESTROYER}; SET ROLE {PROJECTOR}; SET ROLE {{}}"),
            take_role("SELECT set_config('role', '{}', false)"),
            take_role("SELECT set_config('session_authorization', '{}', false)"),
        ],
        {"superuser": SUPERUSER_WORKS},
        only_looks=True,
    ),
    Attack(
        "give oneself a role or a right",
        [lambda who: who.run(f"GRANT {other_role(who)} TO CURRENT_USER"), grant_rights],
        OUTSIDE,
    ),
    Attack("append to another lane", [in_other_lanes], {"superuser": SUPERUSER_WORKS}),
    Attack(
        "append to another nämnd's stream",
        [lambda who: who.append(history(who.lane, foreign(who.lane), 1, first=3))],
    ),
    Attack(
        "append in another nämnd's name",
        [
            lambda who: who.append(
                history(who.lane, foreign(who.lane), 1, first=3), namnd=OTHER_NAMND
            )
        ],
        {"writer": Application("asserted"), "superuser": SUPERUSER_WORKS},
    ),
    Attack(
        "append noise: an unknown type, a root that fits nothing, parts that no key opens",
        [
            lambda who: who.append(
                [replace(sealed(who.lane, own(who.lane), 3), type="Nonsense/1", root=b"r" * 32)]
            )
        ],
        {"writer": Application("noise"), "superuser": SUPERUSER_WORKS},
    ),
    Attack(
        "append to the log's own stream, or open an epoch",
        [
            lambda who: (
                who.run("RESET ROLE"),
                who.append([sealed(who.lane, NIL, 2, "HeadsRecorded/1")], namnd=NIL),
            ),
            lambda who: (
                who.run("RESET ROLE"),
                who.append([sealed(who.lane, NIL, 2, "EpochOpened/1")], namnd=NIL, new_epoch=True),
            ),
        ],
        {"owner": Application("operator"), "superuser": SUPERUSER_WORKS},
    ),
    Attack(
        "open an epoch in another stream, or take one along",
        [
            lambda who: (
                who.run("RESET ROLE"),
                who.append(
                    [sealed(who.lane, own(who.lane), 3, "EpochOpened/1")],
                    new_epoch=True,
                ),
            ),
            lambda who: (
                who.run("RESET ROLE"),
                who.append(
                    [
                        sealed(who.lane, NIL, 2, "EpochOpened/1"),
                        sealed(who.lane, own(who.lane), 3),
                    ],
                    new_epoch=True,
                ),
            ),
        ],
        {"owner": Refused("LG015"), "superuser": Refused("LG015")},
    ),
    Attack(
        "append with own tables, functions and operators first in the search path",
        [shadowed],
        {"writer": AsEver(), "superuser": AsEver()},
    ),
    Attack(
        "append in a session set to other meanings of text and time",
        [in_a_strange_session],
        {"writer": AsEver(), "superuser": AsEver()},
    ),
    Attack(
        "append, then durability off before the commit",
        [not_durable],
        {"writer": Application("durability"), "superuser": SUPERUSER_WORKS},
    ),
    Attack(
        "a control effect on another nämnd's stream",
        [
            with_effect("hold", lane="hyra", stream=foreign(Lane.HYRA)),
            with_effect("destroy_decided", lane="hyra", stream=foreign(Lane.HYRA)),
            with_effect("lift"),
            with_effect("destroy_withdrawn"),
        ],
        {"writer": Refused("LG015"), "superuser": Refused("LG015")},
        {("writer", Lane.TILLSYN): Refused("LG032")},
    ),
    Attack(
        "lift a gallringsspärr, or withdraw a decision, from another stream than its own",
        [with_effect("lift", ref=HOLD), with_effect("destroy_withdrawn", ref=OPEN_DECISION)],
        {"writer": Refused("LG015"), "superuser": Refused("LG015")},
    ),
    Attack(
        "give a stream to nobody, so that all may read it, or to what is no nämnd",
        [with_effect("holder_to", ref=NIL), with_effect("holder_to", ref=named("no nämnd"))],
        {"writer": Refused("LG033"), "superuser": Refused("LG033")},
    ),
    Attack(
        "the functions behind append, by themselves",
        [
            statement("SELECT ledger.carry_out('tillsyn', NULL, NULL, '[]')"),
            statement("SELECT ledger.keep_stream_head(NULL)"),
            statement("SELECT ledger.refuse_stranding('tillsyn', NULL)"),
            statement("SELECT ledger.unlist('tillsyn', NULL)"),
        ],
        OUTSIDE,
    ),
    Attack(
        "say that a move's keys are wrapped, which they are not",
        [statement("SELECT ledger.settled('hyra', %s, 1)", MOVED)],
        also(OUTSIDE, projector=Duty()),
    ),
    Attack(
        "make a list by other rules, stop it, show it",
        [
            statement("SELECT ledger.list_begin('hyra', '{}')"),
            statement("SELECT ledger.list_advance('hyra', NULL, 1)"),
            statement("SELECT ledger.list_recount('hyra', NULL, '[]')"),
            statement("SELECT ledger.list_stop('hyra', 1)"),
            statement("SELECT ledger.list_show('hyra', 1)"),
        ],
        also(OUTSIDE, projector=Duty()),
    ),
)

DESTROYING: Final = (
    Attack(
        "begin a decided destruction",
        [statement("SELECT ledger.begin_destroy(%s)", OPEN_DECISION)],
        {
            "destroyer": Duty(),
            "owner": Application("owner destroys"),
            "superuser": SUPERUSER_WORKS,
        },
    ),
    Attack(
        "begin a destruction under gallringsspärr",
        [statement("SELECT ledger.begin_destroy(%s)", HELD_DECISION)],
        dict.fromkeys(DESTROYERS, Refused("LG030")),
    ),
    Attack(
        "destroy what is not decided, or not begun",
        [
            statement("SELECT ledger.begin_destroy(%s)", fresh()),
            statement("SELECT ledger.destroy(%s, '{}')", fresh()),
            statement("SELECT ledger.destroy(%s, '{}')", OPEN_DECISION),
            statement("SELECT ledger.destroy(%s, '{}')", HELD_DECISION),
        ],
        dict.fromkeys(DESTROYERS, Refused("LG032")),
    ),
    Attack(
        "destroy, under a begun decision on one person, another's parts",
        [
            lambda who: who.run(
                "SELECT ledger.destroy(%s, %s)",
                BEGUN_DECISION,
                who.store.value(
                    "SELECT array_agg(DISTINCT substr(part, 46, 16)) FROM ledger.sealed_part"
                ),
            )
        ],
        {
            "destroyer": Application("key ids"),
            "owner": Application("owner destroys"),
            "superuser": SUPERUSER_WORKS,
        },
    ),
    Attack(
        "mark keys as destroyed, rewrite the files",
        [
            statement("SELECT ledger.replay('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')"),
            statement("SELECT 1 FROM ledger.rewrite_files()"),
        ],
        {
            "destroyer": Duty(),
            "owner": Application("owner destroys"),
            "superuser": SUPERUSER_WORKS,
        },
    ),
)

_WAYS: Final = (
    "SELECT * FROM ledger.{}",
    "SELECT count(*) FROM ledger.{}",
    "SELECT EXISTS (SELECT FROM ledger.{})",
    "COPY (SELECT * FROM ledger.{}) TO STDOUT",
)


def any_way(*names: str) -> list[Attempt]:
    """Return the attempts to read tables in several ways, without an open read."""
    return [
        copied(way.format(name)) if way.startswith("COPY") else statement(way.format(name))
        for name in names
        for way in _WAYS
    ]


def copied(text: str) -> Attempt:
    """Return the attempt to copy rows out."""

    def attempt(who: Actor) -> object:
        with who.connection.cursor() as cursor, cursor.copy(text) as rows:
            return [bytes(row) for row in rows]

    return attempt


READING: Final = (
    Attack("sealed parts, no read open", any_way("sealed_part"), also(READS, reader=NO_READ)),
    Attack(
        "envelopes and clear texts, no read open",
        any_way("event"),
        also(READS, reader=NO_READ, projector=Duty()),
    ),
    Attack(
        "leaves, no read open",
        any_way("leaf"),
        also(READS, reader=NO_READ, projector=Duty(), notary=Duty()),
    ),
    Attack(
        "stream heads, no read open",
        any_way("stream_head"),
        also(READS, reader=NO_READ),
    ),
    Attack("rows of lists, no read open", any_way("list_stream"), also(READS, reader=NO_READ)),
    Attack(
        "how far lists have come, no read open",
        any_way("list_build"),
        also(READS, reader=NO_READ, projector=Duty()),
    ),
    Attack(
        "the list of both processes, no read of either open",
        [read("SELECT * FROM ledger.list_across('{0}', NULL, NULL, NULL, 1)")],
        dict.fromkeys(("owner", "superuser"), Refused("42501")),
    ),
    Attack(
        "holds, decisions, commands, the read log",
        one_by_one(
            [
                f"SELECT * FROM ledger.{table}"
                for table in ("hold", "destruction", "command", "destroyed_key", *READ_LOG)
            ]
        ),
        READS,
    ),
    Attack(
        "another nämnd's stream, own read open",
        [read_foreign(table) for table in ("event", "stream_head", "sealed_part", "list_stream")],
        also(READS, reader=Nothing()),
    ),
    Attack(
        "another lane, own read open",
        [
            read_other_lanes(table)
            for table in ("event", "stream_head", "sealed_part", "leaf", *LISTS)
        ],
        also(READS, reader=Nothing()),
    ),
    Attack(
        "another nämnd's stream, through a cheap function of one's own",
        [leaky],
        also(READS, reader=Nothing()),
    ),
    Attack(
        "another nämnd's stream, counted by EXPLAIN ANALYZE",
        [counted_by_explain],
        also(READS, reader=Application("explain")),
    ),
    Attack(
        "open a read in another nämnd's name",
        [
            lambda who: read(
                "SELECT 1 FROM ledger.event WHERE stream = %s",
                foreign(who.lane),
                namnd=OTHER_NAMND,
            )(who)
        ],
        also(READS, reader=Application("asserted")),
    ),
    Attack(
        "read, then roll back the row in the read log",
        [unlogged],
        also(READS, reader=Application("rolled back")),
    ),
    Attack(
        "`ledger.read` set to a read of an earlier transaction",
        [with_earlier_read],
        also(READS, reader=NO_READ),
    ),
    Attack(
        "`ledger.read` set to somebody else's open read",
        [with_somebody_elses_read],
        also(READS, reader=NO_READ, projector=Duty()),
    ),
    Attack(
        "`ledger.read` set to a read whose transaction number a restore brought back",
        [with_a_read_from_before_a_restore],
        also(READS, reader=NO_READ, projector=Duty()),
    ),
)

SECTIONS: Final = {
    "Writing": WRITING,
    "Destroying": DESTROYING,
    "Reading": [replace(attack, only_looks=True) for attack in READING],
}
ATTACKS: Final = tuple(attack for section in SECTIONS.values() for attack in section)

ONE_DSN: Final[Mapping[str, Outcome]] = {
    "take another role, or the owner's": Application("one dsn"),
}
"""What ends otherwise where a login that may take every role has taken one."""
