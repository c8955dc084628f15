"""What the check of the control tables finds, and what it lets be.

`test_attacks.py` shows for each thing an owner can do whether the check notices; here is what a
lawful history looks like, and what each finding says.
"""
# ruff: noqa: S608 - these statements are put together from this file's own words

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import pytest

from ledger.codec import Lane
from ledger.connections import DESTROYER
from tests.ledger.store_fixtures import (
    NAMND,
    OTHER_NAMND,
    PLACES,
    Sealed,
    Store,
    checked,
    effects,
    fresh,
    history,
    key_id,
    register,
    sealed,
    supervising,
)

HYRA, TILLSYN = Lane.HYRA, Lane.TILLSYN
GIVEN: Final = effects({"kind": "holder_to", "ref": OTHER_NAMND})


def faults(store: Store) -> list[tuple[str, str]]:
    return [(fault.where, fault.what) for fault in checked(store).faults]


def tampered(store: Store, table: str, *statements: str) -> None:
    """Change a table with its triggers off."""
    for statement in (
        f"ALTER TABLE ledger.{table} DISABLE TRIGGER ALL",
        *statements,
        f"ALTER TABLE ledger.{table} ENABLE TRIGGER ALL",
    ):
        store.rows(statement)


def supervise(store: Store, effect: dict[str, object]) -> UUID:
    """Append what supervision says, with its effect. Returns its id."""
    store.append(TILLSYN, [supervising(effect)], effects=effects(effect))
    ref = effect["ref"]
    assert isinstance(ref, UUID)
    return ref


def destroy(store: Store, stream: UUID, lane: Lane = HYRA) -> UUID:
    """Decide that a stream be destroyed and do it. Returns the decision."""
    decided = {"kind": "destroy_decided", "ref": fresh(), "lane": lane, "stream": stream}
    decision = supervise(store, decided)
    keys = [key_id(stream, place).bytes for place in PLACES]
    with store.connect(DESTROYER) as connection:
        connection.execute("SELECT ledger.begin_destroy(%s)", (decision,))
        connection.execute("SELECT ledger.destroy(%s, %s::bytea[])", (decision, keys))
    return decision


def executed(store: Store, decision: UUID, indexes: Sequence[int]) -> None:
    supervise(store, {"kind": "destroy_done", "ref": decision, "indexes": list(indexes)})


# ---------------------------------------------------------------- who holds a stream


@pytest.fixture(autouse=True)
def registered(store: Store) -> None:
    """A stream moves to a registered nämnd alone."""
    register(store, OTHER_NAMND)


def moving(stream: UUID, version: int, to: object = OTHER_NAMND) -> list[Sealed]:
    return [sealed(HYRA, stream, version, "HolderChanged/1", says={32: to and str(to)})]


def test_a_stream_that_moves_and_goes_on_is_in_order(store: Store) -> None:
    stream = fresh()
    store.append(HYRA, history(HYRA, stream, 1))
    store.append(HYRA, moving(stream, 2), effects=GIVEN)
    assert faults(store) == []
    store.append(HYRA, history(HYRA, stream, 1, first=3), namnd=OTHER_NAMND)
    assert faults(store) == []


@pytest.mark.parametrize("to", [None, "nobody in particular", NAMND])
def test_an_event_that_does_not_say_whom_the_stream_went_to_is_found(
    store: Store, to: object
) -> None:
    stream = fresh()
    store.append(HYRA, history(HYRA, stream, 1))
    store.append(HYRA, moving(stream, 2, to), effects=GIVEN)
    other = "the stream's head names a holder that its events do not name"
    assert faults(store) == [(f"hyra/{stream}", other)]
    (receipt,) = store.append(HYRA, history(HYRA, stream, 1, first=3), namnd=OTHER_NAMND)
    unknown = "the envelope names a nämnd that did not hold the stream"
    assert faults(store)[0] == (f"hyra/0/{receipt.index}", unknown)


def test_a_clear_text_that_cannot_be_read_is_a_finding_and_no_end(store: Store) -> None:
    stream = fresh()
    store.append(HYRA, history(HYRA, stream, 1))
    store.append(HYRA, moving(stream, 2), effects=GIVEN)
    tampered(
        store,
        "event",
        "UPDATE ledger.event SET clear = regexp_replace(clear, '32 .*', '32 {')"
        " WHERE lane = 'hyra' AND version = 2",
    )
    assert len(faults(store)) == 2


# ---------------------------------------------------------------- what is held


def test_a_gallringsspärr_holds_from_when_it_is_set_until_it_is_lifted(store: Store) -> None:
    stream = fresh()
    store.append(HYRA, history(HYRA, stream, 1))
    spärr = supervise(store, {"kind": "hold", "ref": fresh(), "lane": HYRA, "stream": stream})
    assert faults(store) == []
    row = "INSERT INTO ledger.hold (ref, lane, stream) VALUES (%s, %s, %s)"
    store.rows("DELETE FROM ledger.hold")
    nothing = "a gallringsspärr is set and not lifted, and holds nothing"
    assert faults(store) == [(f"tillsyn/{spärr}", nothing)]
    unsaid = [(f"tillsyn/{spärr}", "a gallringsspärr holds what tillsyn does not say")]
    store.rows(row, spärr, "bistand", stream)
    assert faults(store) == unsaid, "another lane"
    store.rows("UPDATE ledger.hold SET lane = 'hyra'")
    supervise(store, {"kind": "lift", "ref": spärr})
    assert faults(store) == []
    store.rows(row, spärr, "hyra", stream)
    assert faults(store) == unsaid, "lifted"


# ---------------------------------------------------------------- what is destroyed


def test_a_destruction_is_ordered_from_the_decision_until_it_is_carried_out(store: Store) -> None:
    stream = fresh()
    (receipt,) = store.append(HYRA, history(HYRA, stream, 1))
    decision = destroy(store, stream)
    assert faults(store) == []
    executed(store, decision, [receipt.index])
    assert faults(store) == []
    store.rows(
        "INSERT INTO ledger.destruction (decision, lane, stream) VALUES (%s, 'hyra', %s)",
        decision,
        stream,
    )
    ordered = "what is ordered to be destroyed is not what is decided"
    assert faults(store) == [(f"tillsyn/{decision}", ordered)]


@pytest.mark.parametrize("more_or_less", [0, 2])
def test_more_or_less_gone_than_was_said_to_be_is_found(store: Store, more_or_less: int) -> None:
    stream = fresh()
    (receipt,) = store.append(HYRA, history(HYRA, stream, 1))
    decision = destroy(store, stream)
    executed(store, decision, [receipt.index + n for n in range(more_or_less)])
    otherwise = "what is gone is not what GallringExecuted says"
    assert faults(store) == [(f"tillsyn/{decision}", otherwise)]


def test_a_destruction_of_which_nothing_is_gone_is_found(store: Store) -> None:
    stream = fresh()
    (receipt,) = store.append(HYRA, history(HYRA, stream, 1))
    decision = destroy(store, stream)
    executed(store, decision, [receipt.index])
    for table in ("destroyed_event", "destroyed_part"):
        tampered(store, table, f"DELETE FROM ledger.{table}")
    found = faults(store)
    assert (f"tillsyn/{decision}", "what is gone is not what GallringExecuted says") in found
    assert (f"hyra/0/{receipt.index}", "the event is gone without a decision") in found


def test_what_is_gone_at_another_level_or_from_another_lane_than_decided_is_found(
    store: Store,
) -> None:
    stream = fresh()
    store.append(HYRA, history(HYRA, stream, 1))
    decision = destroy(store, stream)
    for table in ("destroyed_event", "destroyed_part"):
        tampered(store, table, f"UPDATE ledger.{table} SET lane = 'bistand'")
    assert (f"tillsyn/{decision}", "what is gone is not what was decided") in faults(store)


def test_what_a_destroyed_stream_of_supervision_had_said_is_no_longer_asked_for(
    store: Store,
) -> None:
    stream, other = fresh(), fresh()
    for one in (stream, other):
        store.append(HYRA, history(HYRA, one, 1))
    decision = destroy(store, stream)
    spärr = supervise(store, {"kind": "hold", "ref": fresh(), "lane": HYRA, "stream": other})
    executed(store, decision, [1])
    supervise(store, {"kind": "lift", "ref": spärr})
    for supervision in (decision, spärr):
        destroy(store, supervision, TILLSYN)
    assert faults(store) == []


def test_a_withdrawn_decision_is_no_longer_asked_for(store: Store) -> None:
    stream = fresh()
    store.append(HYRA, history(HYRA, stream, 1))
    decided = {"kind": "destroy_decided", "ref": fresh(), "lane": HYRA, "stream": stream}
    decision = supervise(store, decided)
    supervise(store, {"kind": "destroy_withdrawn", "ref": decision})
    assert faults(store) == []
