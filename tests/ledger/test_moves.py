"""A stream moves from one nämnd to another: the append first, then the keys, and whatever comes
between is finished.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import pytest

from domain.bistand.events import CaseOpened, HolderChanged
from domain.kernel.codes import ErroneousReason, HolderGround
from domain.kernel.process import By
from domain.kernel.refused import Refused
from domain.system.events import EntryMarkedErroneous, NämndRegistered, OfficerRegistered
from domain.tillsyn.events import GallringExecuted, GallringWithdrawn
from ledger.application import Stored
from ledger.codec import Lane
from ledger.errors import (
    CommandReused,
    Conflict,
    LedgerError,
    NotConcerned,
    Unavailable,
    UnknownNämnd,
)
from ledger.fsck import Fault, fsck
from ledger.keys import KeyStore, NotHolderError
from tests.whole import ALMA, BO, NAMND, OTHER_NAMND, Whole, by, decide, fresh, saying


@pytest.fixture(autouse=True)
def registered(whole: Whole) -> None:
    """The nämnder of these tests are in the register."""
    whole.register_namnder()


def register(whole: Whole, namnd: UUID) -> None:
    fact = NämndRegistered(name="Provnämnden")
    whole.processes.system.record([saying(fact, namnd, 1)], by())


def move(
    whole: Whole, stream: UUID, version: int, command: By, to: UUID = OTHER_NAMND
) -> list[Stored]:
    fact = HolderChanged(to_namnd=to, ground=HolderGround.SUCCESSION)
    return whole.processes.bistand.record([saying(fact, stream, version)], command)


def wrapped_for(whole: Whole, stream: UUID) -> set[UUID | None]:
    return whole.ledger.keys.holders(Lane.BISTAND).get(stream, set())


def still_to_do(whole: Whole) -> int:
    with whole.superuser() as superuser:
        ((rows,),) = superuser.execute("SELECT count(*) FROM ledger.moving").fetchall()
    return int(rows)


def receipts(stored: list[Stored]) -> list[object]:
    return [(one.originator_id, one.originator_version, one.topic, one.receipt) for one in stored]


# ---------------------------------------------------------------- to whom
def test_a_stream_moves_to_a_registered_namnd_alone(whole: Whole) -> None:
    stream, _ = whole.open_case()
    officer = fresh()
    whole.processes.system.record([saying(OfficerRegistered(name="Berit"), officer, 1)], by())
    for nobody in (fresh(), officer, stream):
        with pytest.raises(UnknownNämnd):
            move(whole, stream, 2, by(), nobody)
    assert wrapped_for(whole, stream) == {NAMND}
    whole.apply(stream, 2, "kvar")
    move(whole, stream, 3, by())
    assert whole.texts(stream, OTHER_NAMND) == ["kvar"]


def test_a_namnd_stays_a_namnd_whatever_is_said_of_its_registration_later(whole: Whole) -> None:
    stream, _ = whole.open_case()
    wrong = EntryMarkedErroneous(entry=f"system/{OTHER_NAMND}/1", reason=ErroneousReason.FEL_ARENDE)
    whole.processes.system.record([saying(wrong, OTHER_NAMND, 2)], by())
    move(whole, stream, 2, by())
    assert wrapped_for(whole, stream) == {OTHER_NAMND}


def test_nothing_follows_a_change_of_holder_in_its_append(whole: Whole) -> None:
    stream, _ = whole.open_case()
    changed = HolderChanged(to_namnd=OTHER_NAMND, ground=HolderGround.SUCCESSION)
    again = HolderChanged(to_namnd=NAMND, ground=HolderGround.SUCCESSION)
    with pytest.raises((LedgerError, Refused)):
        whole.processes.bistand.record([saying(changed, stream, 2), saying(again, stream, 3)], by())
    assert wrapped_for(whole, stream) == {NAMND}


# ---------------------------------------------------------------- the append first
def test_a_refused_move_leaves_no_wrap_for_the_receiver(whole: Whole) -> None:
    stream, _ = whole.open_case()
    whole.apply(stream, 2, "hann före")
    for version, command in ((2, by()), (4, by()), (3, by(namnd=OTHER_NAMND))):
        with pytest.raises(Conflict):
            move(whole, stream, version, command)
    assert wrapped_for(whole, stream) == {NAMND}
    with whole.superuser("keys") as connection:
        rows = connection.execute(
            "SELECT stream FROM keys.data_key JOIN keys.wrap USING (key_id) WHERE namnd = %s",
            (OTHER_NAMND,),
        ).fetchall()
    assert set(rows) <= {(OTHER_NAMND,)}, "at most the key it finds its own streams by"


def test_a_move_is_finished_by_its_own_command(whole: Whole) -> None:
    stream, _ = whole.open_case()
    move(whole, stream, 2, by())
    assert wrapped_for(whole, stream) == {OTHER_NAMND}
    assert still_to_do(whole) == 0
    assert not fsck(whole.ledger).faults


def interrupted(whole: Whole, monkeypatch: pytest.MonkeyPatch, stream: UUID, command: By) -> None:
    """Move a stream, and die between the append and the key work."""

    def die(*_: object) -> None:
        raise Unavailable("the program was killed")

    with monkeypatch.context() as patched:
        patched.setattr(KeyStore, "settle", die)
        with pytest.raises(Unavailable):
            move(whole, stream, 2, command)
    assert wrapped_for(whole, stream) == {NAMND}
    assert still_to_do(whole) == 1


def by_its_retry(whole: Whole, stream: UUID, command: By) -> None:
    move(whole, stream, 2, replace(command, clock=by().clock))


def by_whoever_opens_the_ledger(whole: Whole, stream: UUID, command: By) -> None:
    del stream, command
    whole.reopen()


def by_the_receiver_who_reads(whole: Whole, stream: UUID, command: By) -> None:
    del command
    assert whole.texts(stream, OTHER_NAMND) == []
    with whole.processes.bistand.reading(by(namnd=OTHER_NAMND).reads("test"), stream):
        assert whole.processes.bistand.history(stream)[0].common.actor == ALMA


def by_the_receiver_who_writes(whole: Whole, stream: UUID, command: By) -> None:
    del command
    whole.apply(stream, 3, "fortsatt", namnd=OTHER_NAMND)


@pytest.mark.parametrize(
    "finish",
    [
        by_its_retry,
        by_whoever_opens_the_ledger,
        by_the_receiver_who_reads,
        by_the_receiver_who_writes,
    ],
)
def test_a_move_interrupted_before_its_key_work_is_finished(
    whole: Whole, monkeypatch: pytest.MonkeyPatch, finish: Callable[[Whole, UUID, By], None]
) -> None:
    stream, _ = whole.open_case()
    command = by()
    interrupted(whole, monkeypatch, stream, command)
    assert fsck(whole.ledger).faults == (
        Fault(f"bistand/{stream}", "the stream's keys are not wrapped for its holder alone"),
    )
    finish(whole, stream, command)
    assert wrapped_for(whole, stream) == {OTHER_NAMND}
    assert still_to_do(whole) == 0
    assert not fsck(whole.ledger).faults


def test_the_old_holder_does_not_undo_what_is_half_done(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, _ = whole.open_case()
    interrupted(whole, monkeypatch, stream, by())
    with pytest.raises(Conflict):
        whole.apply(stream, 3, "för sent")
    assert whole.texts(stream) == []
    whole.apply(stream, 3, "fortsatt", namnd=OTHER_NAMND)
    opening = CaseOpened(party=fresh(), person_stream=fresh())
    with pytest.raises(LedgerError):
        whole.processes.bistand.record([saying(opening, stream, 1)], by())
    assert wrapped_for(whole, stream) == {OTHER_NAMND}


def test_a_ledger_is_opened_also_where_a_move_cannot_be_finished(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, _ = whole.open_case()
    interrupted(whole, monkeypatch, stream, by())
    key = whole.vault / "bistand" / f"{NAMND}.key"
    taken = key.rename(whole.vault / "elsewhere")
    whole.reopen()
    assert still_to_do(whole) == 1
    taken.rename(key)
    whole.reopen()
    assert wrapped_for(whole, stream) == {OTHER_NAMND}


def test_a_second_move_is_still_to_do_when_the_first_is_finished(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream moves on while the keys are wrapped for the one between."""
    stream, _ = whole.open_case()
    third = fresh()
    register(whole, third)
    settle = KeyStore.settle
    second: list[By] = [by(namnd=OTHER_NAMND)]

    def moved_on(keys: KeyStore, lane: Lane, of: UUID, holder: Callable[[], UUID | None]) -> None:
        settle(keys, lane, of, holder)
        if second:
            with suppress(Unavailable), monkeypatch.context() as patched:
                patched.setattr(KeyStore, "settle", _killed)
                move(whole, stream, 3, second.pop(), third)

    monkeypatch.setattr(KeyStore, "settle", moved_on)
    move(whole, stream, 2, by())
    monkeypatch.undo()
    assert wrapped_for(whole, stream) == {OTHER_NAMND}
    assert still_to_do(whole) == 1
    whole.reopen()
    assert wrapped_for(whole, stream) == {third}
    assert still_to_do(whole) == 0


def _killed(*_: object) -> None:
    raise Unavailable("the program was killed")


def test_who_is_made_holder_in_the_control_table_alone_gets_no_key(whole: Whole) -> None:
    stream, _ = whole.open_case()
    whole.apply(stream, 2, "hemligt")
    with whole.superuser() as superuser:
        superuser.execute(
            "UPDATE ledger.stream_head SET holder = %s WHERE stream = %s", (OTHER_NAMND, stream)
        )
        superuser.execute("INSERT INTO ledger.moving VALUES ('bistand', %s, 2)", (stream,))
    whole.reopen()
    assert whole.texts(stream, OTHER_NAMND) != ["hemligt"]
    with pytest.raises(NotHolderError):
        whole.apply(stream, 3, "intrång", namnd=OTHER_NAMND)
    assert wrapped_for(whole, stream) == {NAMND}
    assert {fault.where for fault in fsck(whole.ledger).faults} == {f"bistand/{stream}"}


def test_keys_that_are_not_the_holders_come_back_to_it_when_the_stream_is_met(whole: Whole) -> None:
    """As after a restore of one of the databases from before a move."""
    stream, _ = whole.open_case()
    whole.apply(stream, 2, "kvar")
    whole.ledger.keys.settle(Lane.BISTAND, stream, lambda: OTHER_NAMND)
    assert whole.texts(stream) == ["kvar"]
    whole.ledger.keys.settle(Lane.BISTAND, stream, lambda: OTHER_NAMND)
    whole.apply(stream, 3, "fortsatt")
    assert wrapped_for(whole, stream) == {NAMND}


def test_a_destroyed_stream_leaves_no_move_behind(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, _ = whole.open_case()
    interrupted(whole, monkeypatch, stream, by())
    gallring = decide(whole, stream, namnd=OTHER_NAMND)
    whole.processes.tillsyn.carry_out(gallring, by(namnd=OTHER_NAMND))
    assert still_to_do(whole) == 0


# ---------------------------------------------------------------- a retry gets its receipt
def test_a_retried_move_gets_its_receipt(whole: Whole) -> None:
    stream, _ = whole.open_case()
    command = by(body=b"flytta")
    first = move(whole, stream, 2, command)
    retry = replace(command, clock=by().clock)
    assert receipts(move(whole, stream, 2, retry)) == receipts(first)
    whole.apply(stream, 3, "fortsatt", namnd=OTHER_NAMND)
    move(whole, stream, 4, by(namnd=OTHER_NAMND), NAMND)
    assert receipts(move(whole, stream, 2, retry)) == receipts(first)
    assert wrapped_for(whole, stream) == {NAMND}, "a retry moves nothing"
    with pytest.raises(CommandReused):
        move(whole, stream, 2, replace(retry, body=b"annat"))


def test_what_was_recorded_before_a_move_is_still_answered_after_it(whole: Whole) -> None:
    opening = by(body=b"oppna")
    stream = whole.processes.bistand.new_stream(opening)
    opened = [saying(CaseOpened(party=fresh(), person_stream=fresh()), stream, 1)]
    first = whole.processes.bistand.record(opened, opening)
    move(whole, stream, 2, by())
    again = whole.processes.bistand.record(opened, replace(opening, clock=by().clock))
    assert receipts(again) == receipts(first)
    assert again[0].state == first[0].state


def test_a_command_of_another_officer_or_namnd_is_not_answered(whole: Whole) -> None:
    stream, _ = whole.open_case()
    command = by()
    move(whole, stream, 2, command)
    for other in (replace(command, actor=fresh()), replace(command, namnd=fresh())):
        with pytest.raises(Conflict):
            move(whole, stream, 2, replace(other, clock=by().clock))


def test_a_retried_gallring_gets_its_receipt(whole: Whole) -> None:
    stream, party = whole.open_case()
    gallring = decide(whole, stream, party)
    command = by(body=b"gallra")
    first = whole.processes.tillsyn.carry_out(gallring, command)
    again = whole.processes.tillsyn.carry_out(gallring, replace(command, clock=by().clock))
    assert receipts([again]) == receipts([first])
    assert again.topic == f"{GallringExecuted.TYPE}/1"
    with pytest.raises(Refused):  # another command finds nothing left to carry out
        whole.processes.tillsyn.carry_out(gallring, by())


def test_one_command_id_carries_out_one_gallring(whole: Whole) -> None:
    one, _ = whole.open_case()
    other, _ = whole.open_case()
    whole.apply(other, 2, "kvar")
    command = by(body=b"gallra")
    whole.processes.tillsyn.carry_out(decide(whole, one), command)
    with pytest.raises(CommandReused):
        whole.processes.tillsyn.carry_out(decide(whole, other), command)
    assert whole.texts(other) == ["kvar"]


def test_a_gallring_of_the_wrong_person_is_not_carried_out(whole: Whole) -> None:
    stream, party = whole.open_case()
    gallring = decide(whole, stream, fresh())
    with pytest.raises(NotConcerned):
        whole.processes.tillsyn.carry_out(gallring, by())
    with whole.processes.tillsyn.reading(by().reads("test"), gallring):
        (decided,) = whole.processes.tillsyn.history(gallring)
    withdrawn = GallringWithdrawn(decision=decided.ref, reason="fel_akt")
    whole.processes.tillsyn.record([saying(withdrawn, gallring, 2)], by(BO))  # it has not begun
    whole.processes.tillsyn.carry_out(decide(whole, stream, party), by())
