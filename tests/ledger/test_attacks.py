"""Every cell of the attack table is carried out, and `docs/attacker.md` says what came of it.

After a change, `LIGGAREN_WRITE_DOCS=1 scripts/test tests/ledger/test_attacks.py` prints it anew.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from ledger.codec import Lane
from ledger.connections import reader
from ledger.embedded import Cluster
from ledger.envelope import leaf_hash
from ledger.seal import check
from tests.ledger.attack_page import NOTES, page
from tests.ledger.attack_table import (
    ATTACKS,
    KINDS,
    ONE_DSN,
    TABLES,
    Actor,
    Application,
    AsEver,
    Attack,
    Attempt,
    Duty,
    Kind,
    Nothing,
    Outcome,
    Outside,
    Refused,
    actor,
    own,
    populate,
    role_names,
)
from tests.ledger.store_fixtures import Store, checked, copy, drop, open_read, refused, tables
from tests.ledger.tamperings import TAMPERINGS, Tampering

PAGE: Final = Path(__file__).parents[2] / "docs" / "attacker.md"


@pytest.fixture(scope="module")
def world(cluster: Cluster, template: str) -> Iterator[Store]:
    """A ledger with something in every table; nobody stays connected to it."""
    store = copy(cluster, template)
    populate(store)
    store.close()
    yield store
    drop(store)


@pytest.fixture
def new_world(cluster: Cluster, world: Store) -> Iterator[Callable[[], Store]]:
    """Make copies of the world, to be broken."""
    stores: list[Store] = []

    def make() -> Store:
        stores.append(copy(cluster, world.name))
        return stores[-1]

    yield make
    for store in stores:
        drop(store)


@dataclass
class Audience:
    """A world with everybody connected to it, for what is refused.

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


@pytest.fixture(scope="module")
def audience(cluster: Cluster, world: Store) -> Iterator[Audience]:
    """A copy of the world in which nothing that is tried succeeds; a login for each role."""
    store = copy(cluster, world.name)
    yield Audience(store)
    drop(store)


@pytest.fixture(scope="module")
def one_dsn_audience(cluster: Cluster, world: Store) -> Iterator[Audience]:
    """The same, with one login that takes the role it needs."""
    store = copy(cluster, world.name)
    yield Audience(store, one_dsn=True)
    drop(store)


# ---------------------------------------------------------------- table 1


def require(who: Actor, attempt: Attempt, outcome: Outcome) -> None:
    """Try one thing and require its outcome; that nothing has changed is for the caller to see."""
    who.begin()
    if isinstance(outcome, Refused):
        with refused(outcome.sqlstate):
            attempt(who)
        return
    result = attempt(who)
    match outcome:
        case Nothing():
            assert result == []
        case AsEver():
            require_well_kept(who)
        case Application():
            assert result != [], "nothing came of it"
        case Duty() | Outside():
            pass  # that it is not refused is all


def require_well_kept(who: Actor) -> None:
    """Require that the event just appended is what docs/envelope.md says, recorded now."""
    ((envelope, clear, seals, leaf, recently, parts),) = who.store.rows(
        "SELECT envelope, clear, seals, hash,"
        " abs(extract(epoch FROM now() - split_part(envelope, E'\\n', 11)::timestamptz)) < 60,"
        " ARRAY(SELECT part FROM ledger.sealed_part p"
        "       WHERE (p.lane, p.epoch, p.idx) = (e.lane, e.epoch, e.idx) ORDER BY slot, class)"
        " FROM ledger.event e JOIN ledger.leaf USING (lane, epoch, idx)"
        " WHERE e.lane = %s AND stream = %s AND version = 3",
        *(who.lane.value, own(who.lane)),
    )
    assert leaf_hash(envelope) == leaf
    assert check(envelope, clear, seals, parts) == frozenset()
    assert recently


def carry_out(
    attack: Attack, kind: Kind, audience: Audience, new_world: Callable[[], Store]
) -> None:
    """Let every role of a column try every way of an attack."""
    for attempt in attack.attempts:
        broken: Store | None = None  # one for all lanes: none sees another's streams
        for role, lane in role_names(kind):
            outcome = attack.outcome(kind, lane)
            if audience.one_dsn:
                outcome = ONE_DSN.get(attack.name, outcome)
            if attack.only_looks or isinstance(outcome, Refused | Nothing):
                who = audience.actor(kind, role, lane)
            else:
                broken = broken or new_world()
                who = actor(broken, kind, role, lane, one_dsn=audience.one_dsn)
            require(who, attempt, outcome)
    assert audience.world.digest() == audience.digest, "something has changed"


CELLS: Final = [
    (attack, kind)
    for attack in ATTACKS
    for kind in KINDS
    if not isinstance(attack.cells.get(kind), Outside)
]


def sentence(value: Attack | Kind) -> str:
    return value.name.replace("`", "") if isinstance(value, Attack) else value


@pytest.mark.parametrize(("attack", "kind"), CELLS, ids=sentence)
def test_each_attack_ends_as_the_table_says(
    attack: Attack, kind: Kind, audience: Audience, new_world: Callable[[], Store]
) -> None:
    carry_out(attack, kind, audience, new_world)


@pytest.mark.parametrize("kind", ["writer", "reader"])
@pytest.mark.parametrize("attack", ATTACKS, ids=sentence)
def test_with_one_dsn_an_attack_ends_as_the_page_says(
    attack: Attack, kind: Kind, one_dsn_audience: Audience, new_world: Callable[[], Store]
) -> None:
    carry_out(attack, kind, one_dsn_audience, new_world)


def test_with_one_dsn_a_read_may_go_on_in_another_lane_than_its_row_says(world: Store) -> None:
    connection = world.connect(dsn=world.one_dsn(reader(Lane.HYRA)))
    with connection.transaction(force_rollback=True):
        read = open_read(connection)
        connection.execute(f"SET LOCAL ROLE {reader(Lane.BISTAND)}")
        seen = connection.execute("SELECT DISTINCT lane FROM ledger.event").fetchall()
        connection.execute("SET LOCAL ROLE none")
        logged = connection.execute(
            "SELECT lane FROM ledger.read_log WHERE id = %s", (read,)
        ).fetchall()
    world.close()
    assert (seen, logged) == ([("bistand",)], [("hyra",)])


def test_the_table_is_about_every_table_there_is(world: Store) -> None:
    found = tables(world)
    world.close()
    assert found == sorted(TABLES)


def test_every_table_that_is_attacked_has_a_row_to_lose(world: Store) -> None:
    count = "SELECT count(*) FROM ledger."
    empty = [table for table in tables(world) if not world.value(count + table)]
    world.close()
    assert empty == []


# ---------------------------------------------------------------- table 2


def checkpoint(store: Store) -> dict[str, list[bytes]]:
    """Note the leaves of each log, as somebody outside might."""
    rows = store.rows(
        "SELECT lane::text, array_agg(hash ORDER BY epoch, idx) FROM ledger.leaf GROUP BY lane"
    )
    return dict(rows)


def goes_on_from(noted: dict[str, list[bytes]], now: dict[str, list[bytes]]) -> bool:
    """Return whether each log begins with what was noted."""
    return all(now[lane][: len(leaves)] == leaves for lane, leaves in noted.items())


@pytest.mark.parametrize("kind", ["owner", "superuser"])
@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda tampering: tampering.name)
def test_each_tampering_is_noticed_by_whom_the_table_says(
    tampering: Tampering, kind: Kind, new_world: Callable[[], Store]
) -> None:
    store = new_world()
    ((role, lane),) = role_names(kind)
    noted = checkpoint(store)
    assert checked(store).faults == (), "before, all is well"
    before = store.digest(), catalogue(store)
    who = actor(store, kind, role, lane)
    who.begin()
    for table in tables(store):
        who.run(f"ALTER TABLE ledger.{table} DISABLE TRIGGER USER")
    for statement in tampering.statements:
        who.run(statement)
    assert (store.digest(), catalogue(store)) != before, "nothing was done"
    assert bool(checked(store).faults) == tampering.fsck
    assert goes_on_from(noted, checkpoint(store)) != tampering.checkpoint


def catalogue(store: Store) -> object:
    """Return policies, functions and the read log: what the digest is not about."""
    return store.rows(
        "SELECT polname::text, polqual::text FROM pg_policy"
        " UNION ALL SELECT proname, prosrc || coalesce(prosqlbody::text, '') FROM pg_proc"
        " WHERE pronamespace = 'ledger'::regnamespace"
        " UNION ALL SELECT id::text, role FROM ledger.read_log ORDER BY 1, 2"
    )


# ---------------------------------------------------------------- the page


def test_the_page_is_what_was_tried() -> None:
    if os.environ.get("LIGGAREN_WRITE_DOCS"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_note_belongs_to_a_cell() -> None:
    cells = [
        cell for attack in ATTACKS for cell in (*attack.cells.values(), *attack.by_lane.values())
    ]
    used = {cell.note for cell in (*cells, *ONE_DSN.values()) if isinstance(cell, Application)}
    assert used == NOTES.keys()


def test_what_ends_otherwise_with_one_dsn_is_in_the_table() -> None:
    assert ONE_DSN.keys() <= {attack.name for attack in ATTACKS}
