"""Keys are made once, found in one trip, opened by their holder alone, and stay destroyed."""

import itertools
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid5

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool
from typing_extensions import override

from ledger.codec import JOINT, NOBODY, FieldClass, Lane
from ledger.errors import LedgerError, Malformed, NotAllowed, NotConcerned, Unavailable
from ledger.keys import (
    CarriedOut,
    Destroyed,
    KeyStore,
    NoSubjectError,
    NotHolderError,
    Obtained,
    SubjectTakenError,
)
from ledger.migrate import migrate
from ledger.vault import NO_NAMND, FileKeyVault, KeyUnavailableError, KeyVault, WrapTamperedError
from tests.ledger.store_fixtures import until

LEDGER = UUID(int=1)
SOUTH, NORTH = UUID(int=11), UUID(int=12)
ALMA, BO, CILLA = UUID(int=31), UUID(int=32), UUID(int=33)
DECISION = UUID(int=41)
STREAM, OTHER_STREAM = UUID(int=51), UUID(int=52)
LOG_STREAM = UUID(int=0)
NEED, THIRD, OFFICER = FieldClass.NEED, FieldClass.THIRD, FieldClass.OFFICER
OFFICERS, NOTES = (STREAM, NOBODY, OFFICER), (STREAM, JOINT, THIRD)
TENANT, CO_TENANT = (STREAM, 1, NEED), (STREAM, 2, NEED)
COUPLE = [OFFICERS, TENANT, CO_TENANT, NOTES]
BOUND = {(STREAM, 1): ALMA, (STREAM, 2): BO}


class CountedConnection(Connection[TupleRow]):
    """A connection that counts its trips."""

    trips: ClassVar[int] = 0

    @override
    def execute(self, *args: Any, **kwargs: Any) -> psycopg.Cursor[TupleRow]:
        CountedConnection.trips += 1
        return super().execute(*args, **kwargs)


@dataclass
class Interrupted(KeyVault):
    """A vault in which something happens just before the first wrap."""

    vault: KeyVault
    happens: Callable[[], object] | None

    @override
    def wrap(self, namnd: UUID, lane: Lane, ledger: UUID, key_id: UUID, key: bytes) -> bytes:
        happens, self.happens = self.happens, None
        if happens is not None:
            happens()
        return self.vault.wrap(namnd, lane, ledger, key_id, key)

    @override
    def unwrap(self, namnd: UUID, lane: Lane, ledger: UUID, key_id: UUID, wrapped: bytes) -> bytes:
        return self.vault.unwrap(namnd, lane, ledger, key_id, wrapped)


@dataclass(frozen=True)
class House:
    """A migrated key database, a vault, and who may use them."""

    conninfo: str
    vault: FileKeyVault
    app: KeyStore
    destroyer: KeyStore
    pool: ConnectionPool[Connection[TupleRow]]

    def obtain(  # noqa: PLR0913 - what most tests leave out has a default
        self,
        wanted: Collection[tuple[UUID, int, FieldClass]] = (),
        subjects: Mapping[tuple[UUID, int], UUID] | None = None,
        *,
        namnd: UUID = SOUTH,
        lane: Lane = Lane.BISTAND,
        holder: UUID | None = None,
        vault: KeyVault | None = None,
        named: Collection[tuple[UUID, UUID, FieldClass]] = (),
    ) -> Obtained:
        store = KeyStore(self.pool, vault or self.vault, LEDGER)
        holder = namnd if holder is None else holder
        return store.obtain(namnd, lane, wanted, subjects or {}, holder, named)

    def sql(self, statement: str, *values: object, role: str = "postgres") -> list[TupleRow]:
        options = f"-c role={role}"
        with psycopg.connect(make_conninfo(self.conninfo, options=options)) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def count(self, table: str) -> int:
        return int(self.sql(f"SELECT count(*) FROM keys.{table}")[0][0])  # noqa: S608


@contextmanager
def pool_as(conninfo: str, role: str) -> Iterator[ConnectionPool[Connection[TupleRow]]]:
    with ConnectionPool[Connection[TupleRow]](
        make_conninfo(conninfo, options=f"-c role={role}"),
        connection_class=CountedConnection,
        kwargs={"autocommit": True},
        min_size=0,
        max_size=4,
        timeout=10,
    ) as pool:
        yield pool


@pytest.fixture
def house(database: str, tmp_path: Path) -> Iterator[House]:
    migrate(database, "keys")
    vault = FileKeyVault(tmp_path / "valv")
    with (
        pool_as(database, "liggaren_keys") as pool,
        pool_as(database, "liggaren_destroyer") as destroyer,
    ):
        yield House(
            database,
            vault,
            KeyStore(pool, vault, LEDGER),
            KeyStore(destroyer, vault, LEDGER),
            pool,
        )


def ids(obtained: Obtained, *places: tuple[UUID, int, FieldClass]) -> set[UUID]:
    return {obtained.keys[place].key_id for place in places}


# ---------------------------------------------------------------- made and found
def test_a_key_once_made_is_found_again(house: House) -> None:
    first = house.obtain(COUPLE, BOUND)
    assert first.keys.keys() == set(COUPLE)
    assert len(ids(first, *COUPLE)) == len({key.key for key in first.keys.values()}) == 4
    assert house.obtain(COUPLE) == first
    assert house.obtain(COUPLE, BOUND) == first


def test_keys_that_are_there_cost_one_trip(house: House) -> None:
    house.obtain(COUPLE, BOUND)
    before = CountedConnection.trips
    house.obtain(COUPLE, BOUND)
    assert CountedConnection.trips == before + 1


def test_lane_stream_subject_and_class_each_have_keys_of_their_own(house: House) -> None:
    wanted = [TENANT, (STREAM, 1, FieldClass.IDENTITY), (OTHER_STREAM, 1, NEED)]
    subjects = {(STREAM, 1): ALMA, (OTHER_STREAM, 1): ALMA}
    bistand = house.obtain(wanted, subjects)
    hyra = house.obtain(wanted, subjects, lane=Lane.HYRA)
    assert len({key.key for one in (bistand, hyra) for key in one.keys.values()}) == 6


def test_two_slots_that_mean_one_person_have_one_key(house: House) -> None:
    obtained = house.obtain([TENANT, CO_TENANT], {(STREAM, 1): ALMA, (STREAM, 2): ALMA})
    assert len(ids(obtained, TENANT, CO_TENANT)) == 1


def test_the_logs_own_stream_has_keys_too(house: House) -> None:
    place = (LOG_STREAM, NOBODY, OFFICER)
    assert house.obtain([place], holder=NO_NAMND) == house.obtain([place], namnd=NORTH)


def test_nothing_wanted_still_gives_the_command_keys(house: House) -> None:
    assert len(house.obtain().command_keys) == 1


def test_the_newest_generation_is_taken_and_the_older_one_stays_readable(house: House) -> None:
    old = house.obtain([TENANT], BOUND).keys[TENANT]
    new_id, new_key = uuid5(LEDGER, "new"), b"n" * 32
    house.sql(
        "INSERT INTO keys.data_key VALUES (%s, 'bistand', %s, %s, 3, 2)", new_id, STREAM, ALMA
    )
    house.sql(
        "INSERT INTO keys.wrap VALUES (%s, %s, %s)",
        new_id,
        SOUTH,
        house.vault.wrap(SOUTH, Lane.BISTAND, LEDGER, new_id, new_key),
    )
    assert house.obtain([TENANT]).keys[TENANT].key == new_key
    opened = house.app.fetch([SOUTH], Lane.BISTAND, [old.key_id, new_id])
    assert opened == {old.key_id: old.key, new_id: new_key}


# ---------------------------------------------------------------- subjects
def test_a_slot_nobody_was_given_is_refused_and_nothing_is_made(house: House) -> None:
    with pytest.raises(NoSubjectError, match="slot 2") as caught:
        house.obtain(COUPLE, {(STREAM, 1): ALMA})
    assert caught.value.slot == 2
    assert (house.count("data_key"), house.count("stream_subject")) == (0, 0)


def test_a_slot_keeps_its_person(house: House) -> None:
    house.obtain([TENANT], {(STREAM, 1): ALMA})
    with pytest.raises(SubjectTakenError, match="Slot 1") as caught:
        house.obtain([TENANT, CO_TENANT], {(STREAM, 1): BO, (STREAM, 2): CILLA})
    assert not {str(person) for person in (ALMA, BO)} & {*str(caught.value).split()}
    assert house.app.subjects(Lane.BISTAND, [STREAM]) == {(STREAM, 1): ALMA}


@pytest.mark.parametrize("slot", [NOBODY, JOINT])
def test_nobody_and_jointly_are_no_persons(house: House, slot: int) -> None:
    with pytest.raises(SubjectTakenError):
        house.obtain([], {(STREAM, slot): ALMA})


@pytest.mark.parametrize("person", [UUID(int=0), UUID(int=2**128 - 1)])
def test_a_person_is_neither_nobody_nor_all(house: House, person: UUID) -> None:
    with pytest.raises(LedgerError):
        house.obtain([TENANT], {(STREAM, 1): person})
    assert house.count("data_key") == 0


def test_a_person_named_in_an_event_without_sealed_fields_is_bound(house: House) -> None:
    house.obtain([OFFICERS], {(STREAM, 3): CILLA})
    assert house.app.subjects(Lane.BISTAND, [STREAM, OTHER_STREAM]) == {(STREAM, 3): CILLA}
    assert house.app.subjects(Lane.HYRA, [STREAM]) == {}


# ---------------------------------------------------------------- who may open
def test_another_namnd_can_neither_use_nor_read_the_keys(house: House) -> None:
    mine = house.obtain(COUPLE, BOUND)
    with pytest.raises(NotHolderError):
        house.obtain(COUPLE, namnd=NORTH)
    with pytest.raises(NotHolderError):  # nor add a key of its own to the stream
        house.obtain([(STREAM, 1, FieldClass.ADDRESS)], namnd=NORTH)
    assert house.count("data_key") == 4
    assert house.app.fetch([NORTH, NO_NAMND], Lane.BISTAND, ids(mine, *COUPLE)) == {}


def test_a_stream_cannot_be_opened_for_another_namnd(house: House) -> None:
    with pytest.raises(NotHolderError):
        house.obtain([OFFICERS], holder=NORTH)
    assert house.count("data_key") == 0


def test_a_stream_of_the_whole_lane_is_open_to_every_namnd(house: House) -> None:
    mine = house.obtain([OFFICERS], holder=NO_NAMND)
    assert house.obtain([OFFICERS], namnd=NORTH) == mine
    added = house.obtain([NOTES], namnd=NORTH).keys[NOTES]  # wrapped as the stream's others are
    assert house.app.fetch([NO_NAMND], Lane.BISTAND, [added.key_id]) == {added.key_id: added.key}
    assert house.app.fetch([NORTH], Lane.BISTAND, [added.key_id]) == {}


def test_keys_of_another_lane_are_absent(house: House) -> None:
    mine = house.obtain(COUPLE, BOUND)
    assert house.app.fetch([SOUTH], Lane.HYRA, ids(mine, *COUPLE)) == {}
    assert len(house.app.fetch([SOUTH], Lane.BISTAND, ids(mine, *COUPLE))) == 4


def test_reading_costs_one_trip_and_nothing_costs_none(house: House) -> None:
    mine = house.obtain(COUPLE, BOUND)
    before = CountedConnection.trips
    fetched = house.app.fetch([SOUTH, NORTH], Lane.BISTAND, {*ids(mine, *COUPLE), DECISION})
    assert fetched == {key.key_id: key.key for key in mine.keys.values()}
    assert house.app.fetch([SOUTH], Lane.BISTAND, []) == {}
    assert CountedConnection.trips == before + 1


def test_the_landlord_side_cannot_open_a_decision_key(house: House, tmp_path: Path) -> None:
    mine = house.obtain(COUPLE, BOUND)
    house.obtain([OFFICERS], lane=Lane.HYRA)
    landlord = tmp_path / "landlord"
    landlord.mkdir(mode=0o700)
    (tmp_path / "valv" / "hyra").rename(landlord / "hyra")
    store = KeyStore(house.pool, FileKeyVault(landlord), LEDGER)
    assert store.obtain(SOUTH, Lane.HYRA, [OFFICERS], {}, SOUTH).keys
    with pytest.raises(KeyUnavailableError):
        store.fetch([SOUTH], Lane.BISTAND, ids(mine, *COUPLE))
    with pytest.raises(KeyUnavailableError):
        store.obtain(SOUTH, Lane.BISTAND, COUPLE, {}, SOUTH)


def test_no_second_set_of_keys_is_made_while_the_vault_is_not_mounted(
    house: House, tmp_path: Path
) -> None:
    house.obtain([OFFICERS])
    elsewhere = FileKeyVault(tmp_path / "empty")
    with pytest.raises(KeyUnavailableError):  # the lane has command keys, which must open first
        house.obtain([(OTHER_STREAM, NOBODY, OFFICER)], vault=elsewhere)
    assert not (tmp_path / "empty").exists()


def test_a_wrap_put_in_another_keys_place_opens_nothing(house: House) -> None:
    mine = house.obtain([TENANT, CO_TENANT], BOUND)
    one, two = (mine.keys[place].key_id for place in (TENANT, CO_TENANT))
    house.sql(
        "UPDATE keys.wrap w SET wrapped = o.wrapped FROM keys.wrap o"
        " WHERE w.key_id = %s AND o.key_id = %s",
        one,
        two,
    )
    with pytest.raises(WrapTamperedError):
        house.app.fetch([SOUTH], Lane.BISTAND, [one])
    with pytest.raises(WrapTamperedError):
        house.obtain([TENANT])


def test_a_wrap_of_another_ledger_opens_nothing(house: House) -> None:
    house.obtain(COUPLE, BOUND)
    with pytest.raises(WrapTamperedError):
        KeyStore(house.pool, house.vault, DECISION).obtain(SOUTH, Lane.BISTAND, COUPLE, {}, SOUTH)


# ---------------------------------------------------------------- two at once
def test_the_loser_of_two_creators_uses_the_winners_keys(house: House) -> None:
    winner: list[Obtained] = []
    late = Interrupted(house.vault, lambda: winner.append(house.obtain(COUPLE, BOUND)))
    loser = house.obtain(COUPLE, BOUND, vault=late)
    assert [loser] == winner
    assert (house.count("data_key"), house.count("wrap"), house.count("command_key")) == (4, 4, 1)


def test_the_loser_waits_for_a_winner_that_has_not_committed(house: House) -> None:
    house.obtain([OFFICERS], BOUND)
    key_id, key = uuid5(LEDGER, "winner"), b"w" * 32
    results: list[Obtained] = []
    loser = threading.Thread(target=lambda: results.append(house.obtain([TENANT])))
    with psycopg.connect(house.conninfo) as winner:
        winner.execute(
            "INSERT INTO keys.data_key VALUES (%s, 'bistand', %s, %s, 3, 1)", (key_id, STREAM, ALMA)
        )
        winner.execute(
            "INSERT INTO keys.wrap VALUES (%s, %s, %s)",
            (key_id, SOUTH, house.vault.wrap(SOUTH, Lane.BISTAND, LEDGER, key_id, key)),
        )
        loser.start()
        wait_until_somebody_waits(house)
        assert results == []
        winner.commit()
        loser.join(timeout=30)
    assert results[0].keys[TENANT].key_id == key_id
    assert results[0].keys[TENANT].key == key
    assert house.count("data_key") == 2


def wait_until_somebody_waits(house: House) -> None:
    waiting = (
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + 30
    while not house.sql(waiting):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_many_creators_at_once_all_get_the_same_keys(house: House) -> None:
    results: list[Obtained] = []
    start = threading.Barrier(4)

    def obtain() -> None:
        start.wait()
        results.append(house.obtain(COUPLE, BOUND))

    creators = [threading.Thread(target=obtain) for _ in range(4)]
    for creator in creators:
        creator.start()
    for creator in creators:
        creator.join(timeout=30)
    assert len(results) == 4
    assert all(result == results[0] for result in results)


def test_of_two_who_bind_one_slot_to_two_persons_one_is_refused(house: House) -> None:
    house.obtain([OFFICERS])
    with psycopg.connect(house.conninfo) as winner:
        winner.execute(
            "INSERT INTO keys.stream_subject VALUES ('bistand', %s, 1, %s)", (STREAM, BO)
        )
        refused: list[BaseException] = []

        def obtain() -> None:
            try:
                house.obtain([TENANT], {(STREAM, 1): ALMA})
            except SubjectTakenError as error:
                refused.append(error)

        loser = threading.Thread(target=obtain)
        loser.start()
        wait_until_somebody_waits(house)
        winner.commit()
        loser.join(timeout=30)
    assert len(refused) == 1
    assert house.sql("SELECT person FROM keys.stream_subject") == [(BO,)]
    assert house.count("data_key") == 1


def test_a_key_destroyed_while_it_is_obtained_is_made_anew(house: House) -> None:
    old = house.obtain(COUPLE, BOUND)

    def destroy() -> None:
        house.destroyer.destroy(DECISION, Lane.BISTAND, STREAM, None, ids(old, *COUPLE))

    wanted = [*COUPLE, (STREAM, 1, FieldClass.ADDRESS)]
    new = house.obtain(wanted, BOUND, vault=Interrupted(house.vault, destroy))
    assert not ids(new, *wanted) & ids(old, *COUPLE)


# ---------------------------------------------------------------- a stream moves
def move(house: House, to: UUID, stream: UUID = STREAM) -> None:
    house.app.settle(Lane.BISTAND, stream, lambda: to)


def test_a_stream_that_moves_is_opened_by_its_new_holder_alone(house: House) -> None:
    mine = house.obtain(COUPLE, BOUND)
    key_ids = ids(mine, *COUPLE)
    opened = house.app.fetch([SOUTH], Lane.BISTAND, key_ids)
    for _ in range(2):  # repeatable after a crash
        move(house, NORTH)
        assert house.app.fetch([SOUTH], Lane.BISTAND, key_ids) == {}
        assert house.app.fetch([NORTH], Lane.BISTAND, key_ids) == opened
    assert house.obtain(COUPLE, namnd=NORTH) == mine
    assert house.app.holders(Lane.BISTAND) == {STREAM: {NORTH}}


def test_a_stream_whose_holder_nobody_knows_keeps_its_wraps(house: House) -> None:
    mine = house.obtain(COUPLE, BOUND)
    house.app.settle(Lane.BISTAND, STREAM, lambda: None)
    assert house.obtain(COUPLE) == mine


def test_a_move_that_cannot_open_the_old_wraps_changes_none(house: House, tmp_path: Path) -> None:
    mine = house.obtain(COUPLE, BOUND)
    elsewhere = KeyStore(house.pool, FileKeyVault(tmp_path / "empty"), LEDGER)
    with pytest.raises(KeyUnavailableError):
        elsewhere.settle(Lane.BISTAND, STREAM, lambda: NORTH)
    assert house.obtain(COUPLE) == mine


def test_a_key_made_for_the_old_holder_after_the_move_is_not_kept(house: House) -> None:
    house.obtain([OFFICERS])
    late = Interrupted(house.vault, lambda: move(house, NORTH))
    with pytest.raises(NotHolderError):
        house.obtain([NOTES], vault=late)
    assert house.app.holders(Lane.BISTAND) == {STREAM: {NORTH}}
    assert house.count("data_key") == 1


def test_a_key_made_while_the_stream_moves_waits_and_is_not_kept(house: House) -> None:
    house.obtain([OFFICERS])
    refused: list[BaseException] = []

    def obtain() -> None:
        try:
            house.obtain([NOTES])
        except NotHolderError as error:
            refused.append(error)

    late = threading.Thread(target=obtain)

    def holder() -> UUID:
        late.start()
        wait_until_somebody_waits(house)
        return NORTH

    house.app.settle(Lane.BISTAND, STREAM, holder)
    late.join(timeout=30)
    assert len(refused) == 1
    assert house.app.holders(Lane.BISTAND) == {STREAM: {NORTH}}


def test_two_moves_at_once_end_with_the_later_holder(house: House) -> None:
    house.obtain(COUPLE, BOUND)
    holder = NORTH
    second = threading.Thread(target=lambda: house.app.settle(Lane.BISTAND, STREAM, lambda: holder))

    def first() -> UUID:
        nonlocal holder
        before, holder = holder, SOUTH  # the stream moves again while its keys are wrapped
        second.start()
        wait_until_somebody_waits(house)
        return before

    house.app.settle(Lane.BISTAND, STREAM, first)
    second.join(timeout=30)
    assert house.app.holders(Lane.BISTAND) == {STREAM: {SOUTH}}


def test_a_stranger_to_the_stream_binds_nobody_there(house: House) -> None:
    house.obtain([OFFICERS])
    with pytest.raises(NotHolderError):
        house.obtain([TENANT], {(STREAM, 1): ALMA}, namnd=NORTH)
    assert house.count("stream_subject") == 0


def test_moving_one_stream_leaves_the_others(house: House) -> None:
    other = (OTHER_STREAM, NOBODY, OFFICER)
    mine = house.obtain([OFFICERS, other])
    hyra = house.obtain([OFFICERS], lane=Lane.HYRA)
    move(house, NORTH)
    foreign = [mine.keys[other].key_id, hyra.keys[OFFICERS].key_id]
    house.sql(  # nor does whoever names others' keys
        "SELECT keys.rewrap('bistand', %s, %s, %s, %s)", STREAM, NORTH, foreign, [b"x" * 60] * 2
    )
    assert house.obtain([other]).keys[other] == mine.keys[other]
    assert house.obtain([OFFICERS], lane=Lane.HYRA) == hyra


# ---------------------------------------------------------------- command keys
def age(house: House, interval: str) -> None:
    house.sql("UPDATE keys.command_key SET created_at = created_at - %s::interval", interval)


def test_each_lane_has_its_own_command_key_and_keeps_it_for_a_month(house: House) -> None:
    mine = house.obtain()
    age(house, "27 days")
    assert house.obtain() == mine
    assert house.obtain(namnd=NORTH) == mine
    assert house.obtain(lane=Lane.HYRA).command_keys != mine.command_keys


def test_a_new_command_key_is_made_after_a_month_and_comes_first(house: House) -> None:
    old = house.obtain().command_keys
    age(house, "32 days")
    both = house.obtain().command_keys
    assert both[1:] == old
    assert len({key.key for key in both}) == 2
    assert house.obtain().command_keys == both


def test_a_command_key_of_sixty_days_is_not_used_and_then_destroyed(house: House) -> None:
    old = house.obtain().command_keys
    age(house, "59 days 23 hours")
    assert house.app.destroy_old_command_keys() == 0
    assert old[0] in house.obtain().command_keys
    age(house, "1 hour")
    assert old[0] not in house.obtain().command_keys
    assert house.app.destroy_old_command_keys() == 1
    assert house.app.destroy_old_command_keys() == 0
    assert house.count("command_key") == 1


def test_two_who_find_the_command_key_too_old_make_one(house: House) -> None:
    house.obtain()
    age(house, "32 days")
    winner: list[Obtained] = []
    late = Interrupted(house.vault, lambda: winner.append(house.obtain()))
    assert [house.obtain(vault=late)] == winner
    assert house.count("command_key") == 2


# ---------------------------------------------------------------- destruction
def destroy(house: House, subject: UUID | None, decision: UUID = DECISION) -> list[UUID]:
    key_ids = house.destroyer.key_ids(decision, Lane.BISTAND, STREAM, subject)
    remains = None if subject else bytes(32)
    house.destroyer.list_destruction(CarriedOut(decision, Lane.BISTAND, remains, ()))
    house.destroyer.destroy(decision, Lane.BISTAND, STREAM, subject, key_ids)
    return key_ids


def test_destroying_one_spouse_leaves_the_other_and_what_is_joint(house: House) -> None:
    mine = house.obtain(COUPLE, BOUND)
    assert destroy(house, ALMA) == [mine.keys[TENANT].key_id]
    assert house.app.fetch([SOUTH], Lane.BISTAND, ids(mine, *COUPLE)).keys() == ids(
        mine, OFFICERS, CO_TENANT, NOTES
    )
    with pytest.raises(NoSubjectError):
        house.obtain([TENANT])
    assert house.app.subjects(Lane.BISTAND, [STREAM]) == {(STREAM, 2): BO}


def test_the_joint_keys_go_with_the_last_subject(house: House) -> None:
    mine = house.obtain(COUPLE, BOUND)
    destroy(house, ALMA)
    assert {*destroy(house, BO)} == ids(mine, CO_TENANT, NOTES)
    assert house.app.fetch([SOUTH], Lane.BISTAND, ids(mine, *COUPLE)).keys() == ids(mine, OFFICERS)


def test_the_destruction_of_a_person_who_is_not_in_the_stream_is_refused(house: House) -> None:
    house.obtain([OFFICERS, NOTES])  # nobody is bound
    house.obtain([TENANT], BOUND, lane=Lane.HYRA)
    with pytest.raises(NotConcerned):
        destroy(house, ALMA)
    house.obtain([TENANT], {(STREAM, 1): ALMA})
    with pytest.raises(NotConcerned):
        destroy(house, CILLA)
    assert house.count("data_key") == 4
    assert house.count("destroyed_key") == 0


def test_only_the_decision_that_was_carried_out_may_be_repeated(house: House) -> None:
    house.obtain([OFFICERS], {(STREAM, 3): CILLA})  # she has no key of her own
    assert destroy(house, CILLA) == []
    assert destroy(house, CILLA) == []
    with pytest.raises(NotConcerned):
        destroy(house, CILLA, LEDGER)


def test_destroying_a_stream_leaves_the_other_streams_and_lanes(house: House) -> None:
    other, hyra = (OTHER_STREAM, NOBODY, OFFICER), house.obtain(COUPLE, BOUND, lane=Lane.HYRA)
    mine = house.obtain([*COUPLE, other], BOUND)
    assert {*destroy(house, None)} == ids(mine, *COUPLE)
    assert house.obtain([other]).keys[other] == mine.keys[other]
    assert house.obtain(COUPLE, lane=Lane.HYRA) == hyra
    assert house.app.subjects(Lane.BISTAND, [STREAM]) == {}
    assert house.sql("SELECT FROM keys.wrap WHERE key_id = ANY (%s)", [*ids(mine, *COUPLE)]) == []


def test_destruction_may_be_repeated_and_the_list_keeps_the_first_word(house: House) -> None:
    house.obtain(COUPLE, BOUND)
    key_ids = destroy(house, None)
    listed = house.destroyer.destruction_list()
    assert {one.key_id for one in listed} == {*key_ids}
    assert {one.decision for one in listed} == {DECISION}
    house.destroyer.destroy(LEDGER, Lane.BISTAND, STREAM, None, key_ids)
    assert house.destroyer.destruction_list() == listed
    assert house.app.destruction_list() == listed
    assert destroy(house, None) == []


@pytest.mark.parametrize("subject", [ALMA, None])
def test_keys_of_another_subject_stream_or_lane_are_not_destroyed(
    house: House, subject: UUID | None
) -> None:
    elsewhere = (OTHER_STREAM, 1, NEED)
    mine = house.obtain([*COUPLE, elsewhere], BOUND | {(OTHER_STREAM, 1): ALMA})
    hyra = house.obtain([TENANT], BOUND, lane=Lane.HYRA)
    foreign = [mine.keys[elsewhere].key_id, hyra.keys[TENANT].key_id]
    if subject:  # what is joint is not hers alone
        foreign += ids(mine, CO_TENANT, OFFICERS, NOTES)
    for key_id in foreign:
        with pytest.raises(Malformed):
            house.destroyer.destroy(
                DECISION, Lane.BISTAND, STREAM, subject, [mine.keys[TENANT].key_id, key_id]
            )
    assert house.destroyer.destruction_list() == []
    assert house.obtain(COUPLE).keys[TENANT] == mine.keys[TENANT]


@pytest.mark.parametrize("subject", [UUID(int=0), UUID(int=2**128 - 1)])
def test_what_is_nobodys_or_joint_is_not_destroyed_as_a_persons(
    house: House, subject: UUID
) -> None:
    house.obtain(COUPLE, BOUND)
    with pytest.raises(NotConcerned):
        destroy(house, subject)
    with pytest.raises(Malformed):
        house.destroyer.destroy(DECISION, Lane.BISTAND, STREAM, subject, [])
    assert house.count("data_key") == 4


def test_a_destroyed_key_does_not_come_back(house: House) -> None:
    house.obtain(COUPLE, BOUND)
    for key_id in destroy(house, None):
        with pytest.raises(psycopg.DatabaseError, match="destroyed"):
            house.sql(
                "INSERT INTO keys.data_key VALUES (%s, 'bistand', %s, %s, 3, 1)",
                key_id,
                STREAM,
                ALMA,
            )


@pytest.mark.parametrize(("there", "new"), [([], 2), ([1], 3), ([1, 2], 4), ([1], 0)])
def test_a_new_generation_is_the_newest_plus_one(house: House, there: list[int], new: int) -> None:
    insert = "INSERT INTO keys.data_key VALUES (gen_random_uuid(), 'bistand', %s, %s, 3, %s)"
    for generation in there:
        house.sql(insert, STREAM, ALMA, generation)
    with pytest.raises(psycopg.DatabaseError, match="generation"):
        house.sql(insert, STREAM, ALMA, new)
    house.sql(insert, STREAM, ALMA, len(there) + 1)


def test_a_generation_between_two_is_not_filled(house: House) -> None:
    insert = "INSERT INTO keys.data_key VALUES (gen_random_uuid(), 'bistand', %s, %s, 3, %s)"
    for generation in (1, 2):
        house.sql(insert, STREAM, ALMA, generation)
    house.sql("DELETE FROM keys.data_key WHERE generation = 1")
    with pytest.raises(psycopg.DatabaseError, match="generation 3 was expected"):
        house.sql(insert, STREAM, ALMA, 1)


def test_the_destruction_list_is_replayed_on_a_restored_database(house: House) -> None:
    elsewhere = (OTHER_STREAM, 1, NEED)
    bound = BOUND | {(OTHER_STREAM, 1): ALMA, (STREAM, 3): CILLA}  # Cilla has no key of her own
    mine = house.obtain([*COUPLE, elsewhere], bound)
    tables = ("data_key", "wrap", "stream_subject")
    for table in tables:
        house.sql(f"CREATE TABLE public.{table} AS TABLE keys.{table}")
    gone = destroy(house, ALMA)
    latest = house.destroyer.destruction_list()

    restore(house, tables)
    assert house.destroyer.replay(latest) == 1
    assert house.destroyer.replay(latest) == 0
    assert house.destroyer.destruction_list() == latest
    assert house.app.fetch([SOUTH], Lane.BISTAND, gone) == {}
    del bound[STREAM, 1]
    assert house.app.subjects(Lane.BISTAND, [STREAM, OTHER_STREAM]) == bound
    assert house.obtain([OFFICERS, CO_TENANT, NOTES, elsewhere]).keys == {
        place: key for place, key in mine.keys.items() if place != TENANT
    }


def test_a_stream_destroyed_whole_is_unbound_by_the_replay_too(house: House) -> None:
    house.obtain(COUPLE, BOUND | {(STREAM, 3): CILLA})
    tables = ("data_key", "wrap", "stream_subject")
    for table in tables:
        house.sql(f"CREATE TABLE public.{table} AS TABLE keys.{table}")
    destroy(house, None)
    latest = house.destroyer.destruction_list()

    restore(house, tables)
    assert house.destroyer.replay(latest) == 4
    assert [house.count(table) for table in tables] == [0, 0, 0]


def restore(house: House, tables: tuple[str, ...]) -> None:
    """Put an older copy back, as a restore does: past triggers, with the list of that day."""
    house.sql("ALTER TABLE keys.data_key DISABLE TRIGGER ALL")
    house.sql("ALTER TABLE keys.destroyed_key DISABLE TRIGGER ALL")
    house.sql("DELETE FROM keys.destroyed_key")
    for table in tables:
        house.sql(f"INSERT INTO keys.{table} TABLE public.{table} ON CONFLICT DO NOTHING")
    house.sql("ALTER TABLE keys.data_key ENABLE TRIGGER ALL")
    house.sql("ALTER TABLE keys.destroyed_key ENABLE TRIGGER ALL")


def test_a_list_of_keys_unknown_here_is_kept(house: House) -> None:
    moment = house.sql("SELECT now()")[0][0]
    listed = [Destroyed(ALMA, DECISION, moment)]
    assert house.destroyer.replay(listed) == 0
    assert house.destroyer.destruction_list() == listed
    assert house.destroyer.replay([]) == 0


# ---------------------------------------------------------------- what is joint
def test_a_joint_key_is_made_anew_when_somebody_comes_in(house: House) -> None:
    alone = house.obtain([TENANT, NOTES], {(STREAM, 1): ALMA}).keys[NOTES]
    both = house.obtain([CO_TENANT, NOTES], {(STREAM, 2): BO}).keys[NOTES]
    assert alone != both, "bound before the joint key is chosen, in one command"
    assert house.obtain([NOTES]).keys[NOTES] == both
    assert house.obtain([NOTES], {(STREAM, 3): BO}).keys[NOTES] == both, "the same persons"
    assert house.app.fetch([SOUTH], Lane.BISTAND, [alone.key_id]) == {alone.key_id: alone.key}


def test_of_two_who_come_in_at_once_both_are_in_the_joint_key(house: House) -> None:
    house.obtain([TENANT], {(STREAM, 1): ALMA})
    late = Interrupted(house.vault, lambda: house.obtain([NOTES], {(STREAM, 2): BO}))
    house.obtain([NOTES], {(STREAM, 3): CILLA}, vault=late)
    assert house.sql("SELECT bound FROM keys.data_key WHERE bound IS NOT NULL") == [
        ([ALMA, BO, CILLA],)
    ]


def test_a_destroyed_person_stands_in_no_key_that_is_left(house: House) -> None:
    mine = house.obtain(COUPLE, BOUND)
    destroy(house, ALMA)
    assert house.sql("SELECT bound FROM keys.data_key WHERE bound IS NOT NULL") == [([BO],)]
    assert house.obtain([NOTES]).keys[NOTES] == mine.keys[NOTES], "now Bo's alone"


def test_of_two_destroyed_at_once_the_later_takes_the_joint_key(house: House) -> None:
    mine = house.obtain(COUPLE, BOUND)
    found = house.destroyer.key_ids(DECISION, Lane.BISTAND, STREAM, BO)
    destroy(house, ALMA, LEDGER)
    house.destroyer.destroy(DECISION, Lane.BISTAND, STREAM, BO, found)
    assert destroy(house, BO) == [mine.keys[NOTES].key_id], "found by whoever looks again"
    assert destroy(house, BO) == []


def test_no_key_is_made_for_a_person_destroyed_meanwhile(house: House) -> None:
    house.obtain([OFFICERS], BOUND)
    late = Interrupted(house.vault, lambda: destroy(house, ALMA))
    with pytest.raises(NoSubjectError):
        house.obtain([TENANT], vault=late)
    assert house.count("data_key") == 1


PERSONS = st.sampled_from([ALMA, BO, CILLA])
_streams = itertools.count()


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    acts=st.lists(
        st.one_of(st.none(), st.tuples(st.sampled_from(["add", "destroy"]), PERSONS)), max_size=14
    )
)
def test_a_joint_note_opens_exactly_as_long_as_somebody_remains_who_was_bound_when_it_was_written(
    house: House, acts: list[tuple[str, UUID] | None]
) -> None:
    stream = uuid5(LEDGER, f"stream {next(_streams)}")  # the examples share a database
    officers, notes = (stream, NOBODY, OFFICER), (stream, JOINT, THIRD)
    bound: dict[UUID, int] = {}
    written: dict[UUID, set[UUID]] = {}
    house.obtain([officers])
    for slot, act in enumerate(acts, 1):
        if act is None:
            key = house.obtain([notes]).keys[notes]
            # A note written while nobody is bound concerns nobody, and stays with the stream.
            assert written.setdefault(key.key_id, {*bound} or {stream}) == ({*bound} or {stream})
        elif act[0] == "add":
            house.obtain([officers], {(stream, slot): act[1]})
            bound.setdefault(act[1], slot)
        elif act[1] in bound:
            decision = uuid5(stream, str(slot))
            key_ids = house.destroyer.key_ids(decision, Lane.BISTAND, stream, act[1])
            house.destroyer.destroy(decision, Lane.BISTAND, stream, act[1], key_ids)
            del bound[act[1]]
            for concerned in written.values():
                concerned.discard(act[1])
        left = {key_id for key_id, concerned in written.items() if concerned}
        assert house.app.fetch([SOUTH], Lane.BISTAND, written.keys()).keys() == left


def test_the_replay_takes_the_destroyed_out_of_the_joint_keys_too(house: House) -> None:
    house.obtain(COUPLE, BOUND)
    tables = ("data_key", "wrap", "stream_subject")
    for table in tables:
        house.sql(f"CREATE TABLE public.{table} AS TABLE keys.{table}")
    destroy(house, ALMA)
    latest = house.destroyer.destruction_list()

    house.sql("DELETE FROM keys.wrap; DELETE FROM keys.data_key")
    restore(house, tables)
    house.destroyer.replay(latest)
    assert house.sql("SELECT bound FROM keys.data_key WHERE bound IS NOT NULL") == [([BO],)]
    assert destroy(house, ALMA) == [], "the decision is known to have been carried out"


# ---------------------------------------------------------------- whom an event names


CHILDREN = [(STREAM, BO, NEED), (STREAM, CILLA, NEED)]


def test_persons_whom_events_name_have_a_key_each_in_one_slot(house: House) -> None:
    first = house.obtain([OFFICERS], named=CHILDREN)
    assert first.named.keys() == set(CHILDREN)
    assert len({key.key_id for key in first.named.values()}) == 2
    assert house.obtain([OFFICERS], named=CHILDREN) == first
    assert house.app.subjects(Lane.BISTAND, [STREAM]) == {}


def test_an_event_that_names_nobody_is_sealed_with_the_key_of_nobody(house: House) -> None:
    nobody = (STREAM, UUID(int=0), OFFICERS[2])
    found = house.obtain([OFFICERS], named=[nobody])
    assert found.named[nobody] == found.keys[OFFICERS]


def test_who_is_named_is_not_among_those_a_joint_note_concerns(house: House) -> None:
    before = house.obtain([TENANT, NOTES], {(STREAM, 1): ALMA})
    named = house.obtain([NOTES], named=CHILDREN)
    assert named.keys[NOTES] == before.keys[NOTES]
    assert before.keys[NOTES].key_id in destroy(house, ALMA)


def test_destroying_one_who_is_named_leaves_the_others(house: House) -> None:
    both = house.obtain([OFFICERS], named=CHILDREN)
    assert destroy(house, BO) == [both.named[CHILDREN[0]].key_id]
    assert house.obtain([OFFICERS], named=CHILDREN[1:]).named == {
        CHILDREN[1]: both.named[CHILDREN[1]]
    }


def test_one_who_is_both_party_and_named_has_one_key(house: House) -> None:
    found = house.obtain([TENANT], {(STREAM, 1): ALMA}, named=[(STREAM, ALMA, NEED)])
    assert found.named[STREAM, ALMA, NEED] == found.keys[TENANT]


# ---------------------------------------------------------------- maintenance
def test_deleted_rows_are_gone_from_the_files_after_the_rewrite(house: House) -> None:
    house.obtain(COUPLE, BOUND)
    destroy(house, None)
    tables = ("data_key", "wrap", "stream_subject")

    def pages() -> list[int]:
        house.sql("CHECKPOINT")
        sizes = "SELECT pg_relation_size(('keys.' || t)::regclass) FROM unnest(%s::text[]) AS t"
        return [size for (size,) in house.sql(sizes, [*tables])]

    assert all(pages())
    house.destroyer.rewrite_files()
    assert pages() == [0, 0, 0]


def test_the_rewrite_and_a_caller_who_has_one_table_and_wants_another_do_not_meet_in_a_deadlock(
    house: House,
) -> None:
    house.obtain(COUPLE, BOUND)
    destroy(house, None)
    with psycopg.connect(house.conninfo) as caller:
        caller.execute("SET lock_timeout = '10s'")
        caller.execute("SELECT FROM keys.data_key")
        rewriting = threading.Thread(target=house.destroyer.rewrite_files)
        rewriting.start()
        asleep = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        until("rewrite that waits, without any lock", lambda: bool(house.sql(asleep)))
        caller.execute("SELECT FROM keys.wrap")
        caller.commit()
        rewriting.join(timeout=30)
    assert not rewriting.is_alive()


@pytest.mark.parametrize(("deadlocks", "comes_through"), [(1, True), (2, False)])
def test_whoever_meets_a_deadlock_is_asked_once_more(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    deadlocks: int,
    comes_through: bool,  # noqa: FBT001
) -> None:
    left = [psycopg.errors.DeadlockDetected()] * deadlocks
    execute = CountedConnection.execute

    def broken(*given: object, **options: object) -> psycopg.Cursor[TupleRow]:
        if left:
            raise left.pop()
        return execute(*given, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(CountedConnection, "execute", broken)
    if comes_through:
        assert house.obtain(COUPLE, BOUND).keys
    else:
        with pytest.raises(Unavailable):
            house.obtain(COUPLE, BOUND)


# ---------------------------------------------------------------- who may do what
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM keys.wrap",
        "DELETE FROM keys.data_key",
        "DELETE FROM keys.stream_subject",
        "DELETE FROM keys.destroyed_key",
        "UPDATE keys.wrap SET namnd = namnd",
        "UPDATE keys.data_key SET generation = 2",
        "UPDATE keys.stream_subject SET person = gen_random_uuid()",
        "UPDATE keys.command_key SET created_at = now()",
        "TRUNCATE keys.wrap",
        "INSERT INTO keys.destroyed_key VALUES (gen_random_uuid(), gen_random_uuid())",
        "SELECT keys.destroy(gen_random_uuid(), 'bistand', gen_random_uuid(), NULL, '{}')",
        "SELECT keys.replay('{}', '{}', '{}')",
        "SELECT keys.rewrite_files()",
        "CREATE TABLE keys.mine ()",
        "ALTER TABLE keys.destroyed_key DISABLE TRIGGER ALL",
    ],
)
def test_the_application_can_only_add_keys(house: House, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        house.sql(statement, role="liggaren_keys")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT FROM keys.wrap",
        "SELECT FROM keys.command_key",
        "DELETE FROM keys.data_key",
        "DELETE FROM keys.destroyed_key",
        "INSERT INTO keys.stream_subject VALUES ('hyra', gen_random_uuid(), 1, gen_random_uuid())",
        "SELECT keys.obtain('bistand', gen_random_uuid(), '{}', '{}', '{}', '{}')",
        "SELECT keys.rewrap('bistand', gen_random_uuid(), gen_random_uuid(), '{}', '{}')",
    ],
)
def test_the_destroyer_can_only_destroy(house: House, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        house.sql(statement, role="liggaren_destroyer")


def test_every_other_role_is_kept_out(house: House) -> None:
    for (role,) in house.sql(
        "SELECT rolname FROM pg_roles WHERE rolname ~ '^liggaren_(reader|writer|notary|projector)'"
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            house.sql("SELECT FROM keys.data_key", role=role)


def test_a_store_of_the_wrong_role_says_so(house: House) -> None:
    with pytest.raises(NotAllowed):
        house.app.destroy(DECISION, Lane.BISTAND, STREAM, None, [])
    with pytest.raises(NotAllowed):
        house.destroyer.obtain(SOUTH, Lane.BISTAND, COUPLE, BOUND, SOUTH)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE keys.destroyed_key SET decision = gen_random_uuid()",
        "DELETE FROM keys.destroyed_key",
        "TRUNCATE keys.destroyed_key",
    ],
)
def test_the_list_only_grows_whoever_asks(house: House, statement: str) -> None:
    house.obtain([OFFICERS])
    destroy(house, None)
    for before in ("SET ROLE liggaren_owner", "SET session_replication_role = replica"):
        with pytest.raises(psycopg.DatabaseError, match="stays on the list"):
            house.sql(f"{before}; {statement}")
    assert house.count("destroyed_key") == 1


def test_no_function_is_everybodys_or_looks_names_up_by_the_callers_path(house: House) -> None:
    functions = house.sql(
        "SELECT proname, proconfig, pg_get_userbyid(proowner),"
        " EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner)))"
        " WHERE grantee = 0) FROM pg_proc WHERE pronamespace = 'keys'::regnamespace"
    )
    assert {"obtain", "destroy", "replay", "rewrap"} <= {name for name, *_ in functions}
    for name, config, owner, for_everybody in functions:
        assert "search_path=pg_catalog, pg_temp" in config, name
        assert owner == "liggaren_owner", name
        assert not for_everybody, name


def test_a_database_that_does_not_answer_is_said_to_be_unavailable(tmp_path: Path) -> None:
    nowhere = make_conninfo(host=str(tmp_path), dbname="keys")
    with ConnectionPool[Connection[TupleRow]](nowhere, min_size=0, max_size=1, timeout=0.1) as pool:
        store = KeyStore(pool, FileKeyVault(tmp_path / "valv"), LEDGER)
        with pytest.raises(Unavailable):
            store.obtain(SOUTH, Lane.BISTAND, COUPLE, BOUND, SOUTH)
