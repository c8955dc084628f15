"""Failures that the design names, through the whole of the write path: each would go through
without its guard.

Those that can be shown on the append function alone are in `test_append.py` and
`test_destroy_sql.py`.
"""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Never, TypeVar
from uuid import UUID

import psycopg
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import sql
from psycopg.rows import TupleRow

from domain.bistand.events import ApplicationReceived, CaseOpened, EpochOpened, HolderChanged
from domain.kernel.codes import HolderGround
from domain.kernel.refused import Refused
from domain.kernel.values import EventRef
from domain.processes import Processes
from domain.tillsyn.events import (
    GallringDecided,
    GallringExecuted,
    GallringsspärrLifted,
    GallringsspärrSet,
    GallringWithdrawn,
)
from domain.tillsyn.events import HolderChanged as TillsynHolderChanged
from ledger.application import LaneEventStore
from ledger.codec import Lane
from ledger.destroy import Replayed, replay, rewrite_files
from ledger.errors import (
    Begun,
    ClockRefused,
    CommandReused,
    Conflict,
    Destroyed,
    DurabilityUnknown,
    Held,
    NotAllowed,
    NotHeld,
    NothingToSave,
    Unavailable,
)
from ledger.fsck import fsck
from ledger.keys import NotHolderError, SubjectTakenError
from ledger.migrate import Database
from ledger.reading import ReadContext
from ledger.recorder import NIL, LedgerRecorder
from ledger.store import Ledger, NotReplayed
from ledger.witness import BehindWitness, Position, Witness
from tests.ledger.store_fixtures import until
from tests.whole import ALMA, BO, NAMND, OTHER_NAMND, Whole, by, fresh, saying


@pytest.fixture(autouse=True)
def registered(whole: Whole) -> None:
    """The nämnder of these tests are in the register."""
    whole.register_namnder()


def opening() -> CaseOpened:
    """Return the fact that opens a bistand case for somebody new."""
    return CaseOpened(party=fresh(), person_stream=fresh())


def test_a_save_without_events_is_an_error_and_not_a_silent_success(whole: Whole) -> None:
    with pytest.raises(NothingToSave):
        whole.processes.bistand.save(command=by().command())


def test_a_retry_after_a_lost_acknowledgement_finds_the_first_answer(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, _ = whole.open_case()
    command = fresh()
    append = LedgerRecorder.append

    def lose_the_answer(*given: object) -> None:
        append(*given)  # type: ignore[arg-type]
        raise DurabilityUnknown("the answer was lost")

    store = whole.processes.bistand.events
    monkeypatch.setattr(
        store, "append", lambda *given: lose_the_answer(whole.processes.bistand.recorder, *given)
    )
    with pytest.raises(DurabilityUnknown):
        whole.apply(stream, 2, "en gång", command=command, body=b"en")
    monkeypatch.undo()
    whole.reopen()
    whole.apply(stream, 2, "en gång", command=command, body=b"en")
    assert whole.texts(stream) == ["en gång"]
    with pytest.raises(CommandReused):
        whole.apply(stream, 2, "något annat", command=command, body=b"annat")


def test_the_wait_for_a_connection_does_not_count_against_the_callers_clock(whole: Whole) -> None:
    stream, _ = whole.open_case()
    waited = timedelta(seconds=6)
    command = by()
    early = replace(
        command,
        clock=command.clock - waited,
        clock_read_at=command.clock_read_at - waited.total_seconds(),
    )
    said = [saying(ApplicationReceived(text="efter en stund"), stream, 2)]
    with pytest.raises(ClockRefused):
        whole.processes.bistand.record(said, replace(command, clock=command.clock - waited))
    whole.processes.bistand.record(said, early)
    assert whole.texts(stream) == ["efter en stund"]


def test_a_retried_opening_meets_its_own_stream_also_when_its_idempotency_row_is_gone(
    whole: Whole,
) -> None:
    command = by()
    stream = whole.processes.bistand.new_stream(command)
    said = [saying(opening(), stream, 1)]
    whole.processes.bistand.record(said, command)
    with whole.superuser() as superuser:  # what the months do
        superuser.execute("ALTER TABLE ledger.command DISABLE TRIGGER ALL")
        superuser.execute("DELETE FROM ledger.command")
    assert whole.processes.bistand.new_stream(command) == stream
    with pytest.raises(Conflict):
        whole.processes.bistand.record(said, command)


def test_two_namnder_append_alternately_and_neither_reads_or_writes_the_others(
    whole: Whole,
) -> None:
    mine, _ = whole.open_case(NAMND)
    theirs, _ = whole.open_case(OTHER_NAMND)
    for version in range(2, 6):
        whole.apply(mine, version, f"mitt {version}")
        whole.apply(theirs, version, f"ert {version}", namnd=OTHER_NAMND)
    assert whole.texts(mine) == [f"mitt {version}" for version in range(2, 6)]
    assert whole.texts(mine, OTHER_NAMND) == []
    with pytest.raises(Conflict):  # there is nothing that this nämnd could continue
        whole.apply(mine, 6, "intrång", namnd=OTHER_NAMND)
    with pytest.raises((NotHolderError, SubjectTakenError)):  # nor are there keys to seal with
        whole.processes.bistand.record([saying(opening(), mine, 1)], by(namnd=OTHER_NAMND))


def test_a_stream_that_moves_is_read_and_continued_by_its_new_holder_alone(whole: Whole) -> None:
    stream, _ = whole.open_case()
    whole.apply(stream, 2, "före flytten")
    moved = HolderChanged(to_namnd=OTHER_NAMND, ground=HolderGround.SUCCESSION)
    whole.processes.bistand.record([saying(moved, stream, 3)], by())
    whole.apply(stream, 4, "efter flytten", namnd=OTHER_NAMND)
    assert whole.texts(stream, OTHER_NAMND) == ["före flytten", "efter flytten"]
    assert whole.texts(stream, NAMND) == []
    with pytest.raises(Conflict):
        whole.apply(stream, 5, "för sent", namnd=NAMND)
    with whole.superuser("keys") as superuser:
        holders = superuser.execute(
            "SELECT DISTINCT w.namnd FROM keys.wrap w JOIN keys.data_key USING (key_id)"
            " WHERE stream = %s",
            (stream,),
        ).fetchall()
    assert holders == [(OTHER_NAMND,)]
    assert not fsck(whole.ledger).faults


# ---------------------------------------------------------------- a database restored from an older
# copy


@contextmanager
def restored_to_here(whole: Whole, *, running: bool = False) -> Iterator[None]:
    """What is appended within the block is lost at its end, as by a restore from a copy taken at
    its beginning. The service runs on, or is closed and opened again."""
    name = whole.names["ledger"]
    copy = f"{name}_copy"
    for made, template in ((copy, name), (name, copy)):
        if not running:
            whole.ledger.close()
        with psycopg.connect(whole.cluster.dsn(), autocommit=True) as connection:
            if running:
                connection.execute(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                    " WHERE datname = %s",
                    (template,),
                )
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(made))
            )
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(made), sql.Identifier(template)
                )
            )
        if not running:
            whole.reopen()
        if made == copy:
            yield


def test_a_restored_log_that_lost_witnessed_events_takes_no_append_until_a_new_epoch_says_why(
    whole: Whole,
) -> None:
    stream, _ = whole.open_case()
    with restored_to_here(whole):
        whole.apply(stream, 2, "går förlorad")
    assert whole.texts(stream) == []  # reading goes on
    with pytest.raises(BehindWitness):
        whole.apply(stream, 2, "i dess ställe")
    lost = whole.ledger.witness.behind[Lane.BISTAND]
    opened = EpochOpened(reason="aterlasning", environment="development", text="Kopia återläst.")
    left = whole.ledger.witness.end_of(Lane.BISTAND)
    receipt = whole.processes.bistand.open_log(opened, 2, by()).receipt
    assert (receipt.epoch, receipt.index) == (lost.epoch + 1, lost.index)
    with whole.processes.bistand.reading(ReadContext(ALMA, NAMND, "test", "test.view"), NIL):
        fact = whole.processes.bistand.history(NIL)[-1].fact
    assert isinstance(fact, EpochOpened)
    assert (fact.follows, fact.witnessed) == (str(left), str(lost))
    whole.apply(stream, 2, "i dess ställe")
    assert whole.texts(stream) == ["i dess ställe"]
    assert not fsck(whole.ledger).faults
    whole.reopen()
    whole.apply(stream, 3, "och vidare")


def test_without_the_witness_the_restored_log_would_give_one_position_to_two_events(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, _ = whole.open_case()
    with restored_to_here(whole):
        whole.apply(stream, 2, "går förlorad")
    lost = whole.ledger.witness.behind[Lane.BISTAND]
    monkeypatch.setattr(Witness, "_holds", lambda *_: True)  # the guard is gone
    whole.apply(stream, 2, "i dess ställe")
    with whole.superuser() as superuser:
        again = superuser.execute(
            "SELECT hash FROM ledger.leaf WHERE lane = 'bistand' AND epoch = %s AND idx = %s",
            (lost.epoch, lost.index),
        ).fetchone()
    assert again is not None
    assert again[0] != lost.leaf


Answer = TypeVar("Answer")


@pytest.fixture
def told_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The witness hears of every append."""
    monkeypatch.setattr("ledger.witness.INTERVAL_S", 0)


def after_the_cut(do: Callable[[], Answer]) -> Answer:
    """Do something as often as it takes a pool to find that its connections are cut."""
    for _ in range(20):
        with suppress(DurabilityUnknown, Unavailable):
            return do()
    pytest.fail("the pool finds no connection")


def end_of_log(whole: Whole, lane: Lane = Lane.BISTAND) -> Position:
    """Where a log ends, whatever the service under test believes."""
    with whole.superuser() as superuser:
        row = superuser.execute(
            "SELECT epoch, idx, hash FROM ledger.leaf WHERE lane = %s"
            " ORDER BY epoch DESC, idx DESC LIMIT 1",
            (lane.value,),
        ).fetchone()
    assert row is not None
    return Position(*row)


def lose_the_newest(whole: Whole, stream: UUID) -> None:
    """Lose a bistand stream's newest event, which is the log's, as a restore into the running
    database does: no connection is cut."""
    place = {"stream": stream, "index": end_of_log(whole).index}
    with whole.superuser() as superuser:
        for table in ("sealed_part", "event", "leaf", "command"):
            superuser.execute(f"ALTER TABLE ledger.{table} DISABLE TRIGGER ALL")
        for table, index in (("sealed_part", "idx"), ("event", "idx"), ("command", "first_index")):
            superuser.execute(
                f"DELETE FROM ledger.{table} WHERE lane = 'bistand' AND {index} = %(index)s",  # noqa: S608 - names of our own
                place,
            )
        superuser.execute(
            "DELETE FROM ledger.leaf WHERE lane = 'bistand' AND idx = %(index)s", place
        )
        superuser.execute(
            "UPDATE ledger.stream_head h SET version = e.version, idx = e.idx, leaf = l.hash"
            " FROM ledger.event e JOIN ledger.leaf l USING (lane, epoch, idx)"
            " WHERE h.stream = %(stream)s AND e.stream = h.stream AND e.version = h.version - 1",
            place,
        )
        superuser.execute(
            "UPDATE ledger.lane_head SET next_index = %(index)s WHERE lane = 'bistand'", place
        )
        for table in ("sealed_part", "event", "leaf", "command"):
            superuser.execute(f"ALTER TABLE ledger.{table} ENABLE TRIGGER ALL")


@pytest.mark.usefixtures("told_each_time")
def test_a_database_restored_under_a_running_service_takes_not_one_append(
    whole: Whole, caplog: pytest.LogCaptureFixture
) -> None:
    stream, _ = whole.open_case()
    with restored_to_here(whole, running=True):
        after_the_cut(lambda: whole.apply(stream, 2, "går förlorad"))
    end = end_of_log(whole)
    with pytest.raises(BehindWitness):
        after_the_cut(lambda: whole.apply(stream, 2, "i dess ställe"))
    with pytest.raises(BehindWitness):
        whole.apply(stream, 2, "i dess ställe")
    assert end_of_log(whole) == end
    assert whole.ledger.witness.behind.keys() == {Lane.BISTAND}
    lost = whole.ledger.witness.behind[Lane.BISTAND]
    told = [json.loads(record.message) for record in caplog.records]
    assert told == [{"behind_witness": f"bistand/{lost.epoch}/{lost.index}"}]


@pytest.mark.usefixtures("told_each_time")
def test_a_service_goes_on_when_a_newer_copy_or_an_epoch_has_come_from_elsewhere(
    whole: Whole,
) -> None:
    stream, _ = whole.open_case()
    with restored_to_here(whole, running=True):
        after_the_cut(lambda: whole.apply(stream, 2, "går förlorad"))
    with pytest.raises(BehindWitness):
        after_the_cut(lambda: whole.apply(stream, 2, "i dess ställe"))
    with another_service(whole) as operator:
        opened = EpochOpened(reason="aterlasning", environment="development", text="Återläst.")
        Processes(operator).bistand.open_log(opened, 2, by())
    whole.apply(stream, 2, "i dess ställe")
    assert not whole.ledger.witness.behind


def test_a_log_without_a_witness_any_more_is_not_behind(whole: Whole) -> None:
    stream, _ = whole.open_case()
    with restored_to_here(whole):
        whole.apply(stream, 2, "går förlorad")
    with pytest.raises(BehindWitness):
        whole.apply(stream, 2, "i dess ställe")
    with whole.superuser("keys") as superuser:
        superuser.execute("DELETE FROM keys.witness WHERE lane = 'bistand'")
    whole.apply(stream, 2, "i dess ställe")


@pytest.mark.usefixtures("told_each_time")
def test_events_lost_under_open_connections_are_noticed_when_the_witness_is_told_next(
    whole: Whole,
) -> None:
    stream, _ = whole.open_case()
    whole.apply(stream, 2, "går förlorad")
    lost = end_of_log(whole)
    lose_the_newest(whole, stream)
    with pytest.raises(BehindWitness):  # stored, but nobody is told that it is
        whole.apply(stream, 2, "i dess ställe")
    assert whole.ledger.witness.witnessed()[Lane.BISTAND] == lost
    with pytest.raises(BehindWitness):
        whole.apply(stream, 3, "och vidare")


def test_a_fork_that_has_grown_past_what_was_witnessed_does_not_take_its_place(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, _ = whole.open_case()
    with restored_to_here(whole):
        whole.apply(stream, 2, "går förlorad")
    lost = whole.ledger.witness.behind[Lane.BISTAND]
    with monkeypatch.context() as guard:
        guard.setattr(Witness, "before_first_use", lambda *_: None)
        guard.setattr(Witness, "require_whole", lambda *_: None)
        guard.setattr(Witness, "tell", lambda *_, **__: None)
        whole.reopen()
        whole.apply(stream, 2, "i dess ställe")
        whole.apply(stream, 3, "och vidare")
    with pytest.raises(BehindWitness):
        whole.ledger.witness.tell(Lane.BISTAND, end_of_log(whole))
    assert whole.ledger.witness.witnessed()[Lane.BISTAND] == lost


@contextmanager
def another_service(whole: Whole) -> Iterator[Ledger]:
    """A second service beside the first."""
    with Ledger.open(whole.conninfos(), whole.vault) as ledger:
        yield ledger


@pytest.mark.usefixtures("told_each_time")
def test_a_service_that_tells_an_older_position_after_a_newer_one_is_no_fork(
    whole: Whole,
) -> None:
    stream, _ = whole.open_case()
    with another_service(whole) as other:
        whole.apply(stream, 2, "först")
        older = end_of_log(whole)
        whole.apply(stream, 3, "sedan")
        newer = end_of_log(whole)
        other.witness.tell(Lane.BISTAND, older)
        assert other.witness.witnessed()[Lane.BISTAND] == newer
        other.witness.tell(Lane.BISTAND, newer)
        assert not other.witness.behind
    whole.apply(stream, 4, "och vidare")
    assert whole.ledger.witness.witnessed()[Lane.BISTAND] == end_of_log(whole)


def test_the_last_append_of_a_burst_is_witnessed_though_nothing_follows(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.witness.INTERVAL_S", 0.01)
    stream, _ = whole.open_case()
    witness = whole.ledger.witness
    witness._told_at[Lane.BISTAND] = float("inf")  # nothing is due
    whole.apply(stream, 2, "näst sist")
    whole.apply(stream, 3, "sist")
    last = end_of_log(whole)
    until("telling of the last append", lambda: witness.witnessed()[Lane.BISTAND] == last)


def test_what_has_not_been_witnessed_is_when_the_ledger_is_closed(whole: Whole) -> None:
    stream, _ = whole.open_case()
    whole.apply(stream, 2, "sist")
    last = end_of_log(whole)
    assert whole.ledger.witness.witnessed()[Lane.BISTAND] != last
    whole.ledger.close()
    with another_service(whole) as other:
        assert other.witness.witnessed()[Lane.BISTAND] == last


def test_a_witness_that_may_not_be_asked_is_no_leave_to_append(whole: Whole) -> None:
    stream, _ = whole.open_case()
    with whole.superuser("keys") as superuser:
        superuser.execute("REVOKE SELECT ON keys.witness FROM liggaren_keys")
    with pytest.raises(NotAllowed):
        whole.reopen()
    with whole.superuser("keys") as superuser:
        superuser.execute("GRANT SELECT ON keys.witness TO liggaren_keys")
    whole.reopen()
    whole.apply(stream, 2, "nu går det")


def test_an_append_that_cannot_be_witnessed_stands_and_is_told_later(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, _ = whole.open_case()
    whole.ledger.witness._told_at.clear()  # it is due

    def away(*_: object) -> Never:
        raise psycopg.OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(Witness, "_advance", away)
        whole.apply(stream, 2, "obevittnad")
        kept = end_of_log(whole)
        opened = EpochOpened(reason="klockfel", environment="development")
        with pytest.raises(Unavailable):  # but nothing may follow an epoch that nobody knows of
            whole.processes.bistand.open_log(opened, 2, by())
    whole.ledger.close()
    with another_service(whole) as other:
        assert other.witness.witnessed()[Lane.BISTAND] == kept


# ---------------------------------------------------------------- destruction


def parts_about_the_party(ledger: psycopg.Connection[TupleRow], stream: UUID) -> list[bytes]:
    """The sealed parts about a stream's party, raw."""
    rows = ledger.execute(
        "SELECT part FROM ledger.sealed_part JOIN ledger.event e USING (lane, epoch, idx)"
        " WHERE e.stream = %s AND slot = 1",
        (stream,),
    )
    return [bytes(part) for (part,) in rows]


def decide(
    whole: Whole, stream: UUID, subject: UUID | None = None, lane: Lane = Lane.BISTAND
) -> UUID:
    """Let Bo decide that a stream, or a person's part of it, shall be destroyed. Returns the
    decision's id."""
    command = by(BO)
    gallring = whole.processes.tillsyn.new_stream(command)
    fact = GallringDecided(target_lane=lane, level=1 if subject else 2, legal_ground="sol_16_1")
    decided = saying(fact, gallring, 1)
    whole.processes.tillsyn.record(
        [replace(decided, target=stream, target_subject=subject)], command
    )
    return gallring


def set_hold(whole: Whole, stream: UUID) -> UUID:
    """Set a gallringsspärr on a bistand stream. Returns its id."""
    command = by()
    sparr = whole.processes.tillsyn.new_stream(command)
    fact = GallringsspärrSet(target_lane=Lane.BISTAND, legal_ground="tillsynsarende")
    whole.processes.tillsyn.record([replace(saying(fact, sparr, 1), target=stream)], command)
    return sparr


def test_level_1_destroys_one_persons_values_and_breaks_no_proof(whole: Whole) -> None:
    stream, party = whole.open_case()
    whole.apply(stream, 2, "ska bort")
    other, _ = whole.open_case()
    whole.apply(other, 2, "ska vara kvar")
    gallring = decide(whole, stream, party)
    stored = whole.processes.tillsyn.carry_out(gallring, by())
    assert stored.topic == "GallringExecuted/1"
    assert whole.texts(stream) == ["[gallrad eller oläslig]"]
    assert whole.texts(other) == ["ska vara kvar"]
    assert not fsck(whole.ledger).faults
    with whole.superuser() as superuser:
        assert superuser.execute("SELECT count(*) FROM ledger.destruction").fetchone() == (0,)


def test_level_2_destroys_a_stream_and_leaves_the_log_whole(whole: Whole) -> None:
    stream, _ = whole.open_case()
    whole.apply(stream, 2, "ska bort")
    hyra, _ = whole.open_case(lane=Lane.HYRA)
    gallring = decide(whole, stream)
    whole.processes.tillsyn.carry_out(gallring, by())
    assert whole.texts(stream) == []
    with pytest.raises((Destroyed, Conflict)):
        whole.apply(stream, 3, "för sent")
    report = fsck(whole.ledger)
    assert not report.faults
    assert report.destroyed == 2
    with whole.processes.hyra.reading(ReadContext(ALMA, NAMND, "test", "test.view"), hyra):
        (opened,) = whole.processes.hyra.history(hyra)
    assert not opened.missing


def test_a_destroyed_stream_cannot_be_opened_again_under_its_old_id(whole: Whole) -> None:
    stream, _ = whole.open_case()
    whole.processes.tillsyn.carry_out(decide(whole, stream), by())
    again = saying(opening(), stream, 1)
    with pytest.raises(Destroyed, match="destroyed"):
        whole.processes.bistand.record([again], by())


def test_a_destruction_is_refused_under_a_gallringssparr_and_goes_through_when_it_is_lifted(
    whole: Whole,
) -> None:
    stream, _ = whole.open_case()
    sparr = set_hold(whole, stream)
    gallring = decide(whole, stream)
    with pytest.raises(Held):
        whole.processes.tillsyn.carry_out(gallring, by())
    lifted = GallringsspärrLifted(reason="grunden_upphord")
    whole.processes.tillsyn.record([saying(lifted, sparr, 2)], by())
    whole.processes.tillsyn.carry_out(gallring, by())
    with pytest.raises(Refused):
        whole.processes.tillsyn.carry_out(gallring, by())


def test_who_decided_a_gallring_does_not_carry_it_out(whole: Whole) -> None:
    stream, _ = whole.open_case()
    whole.apply(stream, 2, "blir kvar")
    gallring = decide(whole, stream)
    with pytest.raises(Refused, match=r"gallring\.same_person"):
        whole.processes.tillsyn.carry_out(gallring, by(BO))
    assert whole.texts(stream) == ["blir kvar"]


def test_a_gallring_whose_decider_no_key_shows_any_more_is_not_carried_out(whole: Whole) -> None:
    stream, _ = whole.open_case()
    whole.apply(stream, 2, "blir kvar")
    gallring = decide(whole, stream)
    with whole.superuser("keys") as superuser:
        superuser.execute(
            "DELETE FROM keys.wrap USING keys.data_key d WHERE d.key_id = wrap.key_id"
            " AND d.stream = %s",
            (gallring,),
        )
    with pytest.raises(Refused, match=r"gallring\.decider_unknown"):
        whole.processes.tillsyn.carry_out(gallring, by())
    assert whole.texts(stream) == ["blir kvar"]


def withdraw(whole: Whole, gallring: UUID) -> None:
    """Withdraw a gallring decision."""
    decided = EventRef(Lane.TILLSYN, gallring, 1)
    fact = GallringWithdrawn(decision=decided, reason="ska_bevaras", reason_text="Fel person.")
    whole.processes.tillsyn.record([saying(fact, gallring, 2)], by())


def test_a_withdrawn_gallring_is_not_carried_out(whole: Whole) -> None:
    stream, _ = whole.open_case()
    whole.apply(stream, 2, "blir kvar")
    gallring = decide(whole, stream)
    withdraw(whole, gallring)
    with pytest.raises(Refused, match=r"gallring\.not_decided"):
        whole.processes.tillsyn.carry_out(gallring, by())
    assert whole.texts(stream) == ["blir kvar"]
    whole.processes.tillsyn.carry_out(decide(whole, stream), by())


def test_a_gallring_that_has_begun_is_carried_out_and_not_withdrawn(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, _ = whole.open_case()
    gallring = decide(whole, stream)

    def killed(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(whole.ledger.keys_to_destroy, "list_destruction", killed)
    with pytest.raises(RuntimeError):
        whole.processes.tillsyn.carry_out(gallring, by())
    monkeypatch.undo()
    with pytest.raises(Begun) as refusal:
        withdraw(whole, gallring)
    assert "carried out" in refusal.value.remedy
    whole.processes.tillsyn.carry_out(gallring, by())


def hand_over(whole: Whole, lane: Lane, stream: UUID, version: int) -> None:
    """Hand a stream over to the other nämnd."""
    moved = {Lane.BISTAND: HolderChanged, Lane.TILLSYN: TillsynHolderChanged}[lane]
    fact = moved(to_namnd=OTHER_NAMND, ground=HolderGround.SUCCESSION)
    whole.processes[lane].record([saying(fact, stream, version)], by())


def test_a_gallring_is_not_carried_out_on_what_another_nämnd_holds_now(whole: Whole) -> None:
    stream, _ = whole.open_case()
    whole.apply(stream, 2, "den förra nämndens")
    gallring = decide(whole, stream)
    hand_over(whole, Lane.BISTAND, stream, 3)
    with pytest.raises(NotHeld):
        whole.processes.tillsyn.carry_out(gallring, by())
    assert whole.texts(stream, OTHER_NAMND) == ["den förra nämndens"]
    withdraw(whole, gallring)


def test_a_successor_with_the_stream_and_its_decision_carries_the_gallring_out(
    whole: Whole,
) -> None:
    stream, _ = whole.open_case()
    gallring = decide(whole, stream)
    hand_over(whole, Lane.BISTAND, stream, 2)
    hand_over(whole, Lane.TILLSYN, gallring, 2)
    whole.processes.tillsyn.carry_out(gallring, by(namnd=OTHER_NAMND))
    assert fsck(whole.ledger).destroyed == 2


def test_a_spärr_holds_what_has_moved_and_its_nämnd_or_a_successor_lifts_it(whole: Whole) -> None:
    tillsyn = whole.processes.tillsyn
    stream, _ = whole.open_case()
    sparr = set_hold(whole, stream)
    hand_over(whole, Lane.BISTAND, stream, 2)
    told = ReadContext(BO, OTHER_NAMND, "test", "test.view")
    assert tillsyn.holding(Lane.BISTAND, stream, told) == [NAMND]
    mine = by(BO, OTHER_NAMND)
    gallring = tillsyn.new_stream(mine)
    decided = GallringDecided(target_lane=Lane.BISTAND, level=2, legal_ground="sol_16_1")
    tillsyn.record([replace(saying(decided, gallring, 1), target=stream)], mine)
    with pytest.raises(Held):
        tillsyn.carry_out(gallring, by(namnd=OTHER_NAMND))
    lifted = GallringsspärrLifted(reason="grunden_upphord")
    with pytest.raises(Conflict):  # its stream is not there for this nämnd
        tillsyn.record([saying(lifted, sparr, 2)], by(namnd=OTHER_NAMND))
    hand_over(whole, Lane.TILLSYN, sparr, 2)
    assert tillsyn.holding(Lane.BISTAND, stream, told) == [OTHER_NAMND]
    tillsyn.record([saying(lifted, sparr, 3)], by(namnd=OTHER_NAMND))
    assert tillsyn.holding(Lane.BISTAND, stream, told) == []
    tillsyn.carry_out(gallring, by(namnd=OTHER_NAMND))


def test_no_gallring_strands_a_spärr_in_force_or_an_open_decision(whole: Whole) -> None:
    stream, _ = whole.open_case()
    sparr, gallring = set_hold(whole, stream), decide(whole, stream)
    for own in (sparr, gallring):
        with pytest.raises(Held, match="in force"):
            decide(whole, own, lane=Lane.TILLSYN)


def test_no_spärr_or_decision_is_about_a_stream_that_does_not_exist(whole: Whole) -> None:
    gone, _ = whole.open_case()
    whole.processes.tillsyn.carry_out(decide(whole, gone), by())
    for stream in (NIL, fresh(), gone):
        for about in (set_hold, decide):
            with pytest.raises(NotHeld, match="does not have"):
                about(whole, stream)


@pytest.mark.parametrize("step", ["begin_destroy", "destroy", "keys.destroy", "GallringExecuted"])
def test_a_destruction_interrupted_at_any_step_is_finished_by_doing_it_again(
    whole: Whole, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, _ = whole.open_case()
    whole.apply(stream, 2, "ska bort")
    gallring = decide(whole, stream)

    class Killed(Exception):
        pass

    def killed(*_: object, **__: object) -> None:
        raise Killed

    def killed_after(step_done: Callable[..., object]) -> Callable[..., object]:
        def both(*given: object) -> None:
            step_done(*given)
            raise Killed

        return both

    keys = whole.ledger.keys_to_destroy
    if step == "begin_destroy":
        monkeypatch.setattr(keys, "key_ids", killed)
    elif step == "destroy":
        monkeypatch.setattr(keys, "destroy", killed)
    elif step == "keys.destroy":
        monkeypatch.setattr(keys, "destroy", killed_after(keys.destroy))
    else:
        monkeypatch.setattr(whole.processes.tillsyn, "record", killed)
    with pytest.raises(Killed):
        whole.processes.tillsyn.carry_out(gallring, by())
    monkeypatch.undo()
    whole.reopen()
    whole.processes.tillsyn.carry_out(gallring, by())
    report = fsck(whole.ledger)
    assert (report.destroyed, report.faults) == (2, ())
    assert keys_left(whole, stream) == 0
    with whole.processes.tillsyn.reading(ReadContext(ALMA, NAMND, "test", "test.view"), gallring):
        executed = whole.processes.tillsyn.history(gallring)[-1].fact
    assert isinstance(executed, GallringExecuted)
    assert executed.count == 2


def keys_left(whole: Whole, stream: UUID) -> int:
    with whole.superuser("keys") as superuser:
        row = superuser.execute(
            "SELECT (SELECT count(*) FROM keys.data_key WHERE stream = %(s)s)"
            " + (SELECT count(*) FROM keys.stream_subject WHERE stream = %(s)s)",
            {"s": stream},
        ).fetchone()
    assert row is not None
    return int(str(row[0]))


def test_a_writer_that_sealed_before_the_destruction_cannot_append_after_it(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys are obtained, then the person's part is destroyed, then the append arrives."""
    stream, party = whole.open_case()
    whole.apply(stream, 2, "ska bort")
    gallring = decide(whole, stream, party)
    store = whole.processes.bistand.events
    assert isinstance(store, LaneEventStore)
    append: Callable[..., object] = store.append

    def overtaken(*given: object) -> object:
        whole.processes.tillsyn.carry_out(gallring, by())
        return append(*given)

    monkeypatch.setattr(store, "append", overtaken)
    with pytest.raises(Destroyed):
        whole.apply(stream, 3, "förseglad för tidigt")
    assert not fsck(whole.ledger).faults


def test_destroying_and_appending_at_once_leaves_no_part_of_a_destroyed_key(whole: Whole) -> None:
    stream, party = whole.open_case()
    gallring = decide(whole, stream, party)
    stop, started = threading.Event(), threading.Event()

    def write() -> None:
        version = 2
        while not stop.is_set() and version < 200:
            try:
                whole.apply(stream, version, f"text {version}")
            except Exception:  # noqa: BLE001 - refused after the destruction: that is the point
                started.set()
                return
            version += 1
            if version == 6:
                started.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert started.wait(30)
    whole.processes.tillsyn.carry_out(gallring, by())
    stop.set()
    writer.join()
    with whole.superuser() as superuser:
        left = superuser.execute(
            "SELECT count(*) FROM ledger.sealed_part p"
            " JOIN ledger.destroyed_key k ON k.key_id = substr(p.part, 46, 16)"
        ).fetchone()
    assert left == (0,)
    assert not fsck(whole.ledger).faults


def test_destroyed_bytes_are_nowhere_in_table_files_or_dumps_after_the_maintenance_step(
    whole: Whole, bin_dir: Path
) -> None:
    stream, party = whole.open_case()
    whole.apply(stream, 2, "ska bort")
    kept, _ = whole.open_case()
    whole.apply(kept, 2, "ska vara kvar")
    with whole.superuser() as ledger, whole.superuser("keys") as keys:
        parts = parts_about_the_party(ledger, stream)
        wraps = [
            bytes(w[0])
            for w in keys.execute(
                "SELECT wrapped FROM keys.wrap JOIN keys.data_key USING (key_id)"
                " WHERE subject = %s",
                (party,),
            )
        ]
        control = parts_about_the_party(ledger, kept)
    assert parts
    assert wraps
    assert found(whole, bin_dir, [control[0]]), "the search finds what is there"
    assert found(whole, bin_dir, parts), "and what has not been destroyed yet"
    for database in whole.names:
        with whole.superuser(database) as superuser:
            superuser.execute("ANALYZE")  # as autovacuum does: statistics hold sample values
    whole.processes.tillsyn.carry_out(decide(whole, stream, party), by())
    rewrite_files(whole.ledger)
    assert not found(whole, bin_dir, parts + wraps)
    assert found(whole, bin_dir, [control[0]])


@pytest.mark.parametrize("database", ["ledger", "keys"])
def test_the_maintenance_step_refuses_while_an_older_transaction_keeps_destroyed_rows(
    whole: Whole, database: Database
) -> None:
    stream, party = whole.open_case()
    with whole.superuser(database) as older:
        older.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        older.execute("SELECT 1")
        whole.processes.tillsyn.carry_out(decide(whole, stream, party), by())
        with pytest.raises(Held):
            rewrite_files(whole.ledger)
        older.execute("COMMIT")
    rewrite_files(whole.ledger)


def found(whole: Whole, bin_dir: Path, needles: list[bytes]) -> set[str]:
    """Where any of the byte strings stands: files of both databases' tables, and dumps of both."""
    places = set()
    for database, name in whole.names.items():
        with whole.superuser(database) as superuser:
            superuser.execute("CHECKPOINT")
            row = superuser.execute(
                "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = %s",
                (name,),
            ).fetchone()
        assert row is not None
        folder = Path(str(row[0])) / "base" / str(row[1])
        for file in folder.iterdir():
            content = file.read_bytes()
            if any(needle[-40:] in content for needle in needles):
                places.add(f"{database}: table file")
        dump = subprocess.run(
            [bin_dir / "pg_dump", "--dbname", whole.cluster.dsn(name)],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        if any(needle.hex() in dump for needle in needles):
            places.add(f"{database}: dump")
    return places


# ---------------------------------------------------------------- restored from before a
# destruction


@contextmanager
def restored_to_before_a_destruction(whole: Whole) -> Iterator[None]:
    """What is destroyed within the block has come back at its end. The ledger is open for the
    replay."""
    with pytest.raises(NotReplayed, match="restored"), restored_to_here(whole):
        yield
    whole.reopen(to_replay=True)


def rows_about(whole: Whole, stream: UUID) -> dict[str, int]:
    """How many rows of each kind tell of a bistand stream."""
    here = "(SELECT epoch, idx FROM ledger.event WHERE stream = %(stream)s)"
    queries = {
        "event": "ledger.event WHERE stream = %(stream)s",
        "sealed_part": f"ledger.sealed_part WHERE lane = 'bistand' AND (epoch, idx) IN {here}",
        "stream_head": "ledger.stream_head WHERE stream = %(stream)s",
        "command": f"ledger.command WHERE lane = 'bistand' AND (epoch, first_index) IN {here}",
        "read_log": "ledger.read_log WHERE stream = %(stream)s",
        "read_subject": "ledger.read_subject JOIN ledger.read_log ON id = read"
        " WHERE stream = %(stream)s",
    }
    with whole.superuser() as superuser:
        return {
            kind: superuser.execute(f"SELECT count(*) FROM {query}", {"stream": stream}).fetchall()[  # noqa: S608 - our own words
                0
            ][0]
            for kind, query in queries.items()
        }


def test_a_stream_that_a_restore_has_brought_back_is_destroyed_again_before_the_ledger_opens(
    whole: Whole,
) -> None:
    stream, party = whole.open_case()
    whole.apply(stream, 2, "ska bort")
    kept, _ = whole.open_case()
    whole.apply(kept, 2, "ska vara kvar")
    context = ReadContext(ALMA, NAMND, "test", "test.view")
    with whole.processes.bistand.reading(context, stream) as read:
        read.shown([party])
    gallring = decide(whole, stream)
    with restored_to_before_a_destruction(whole):
        whole.processes.tillsyn.carry_out(gallring, by())
        destroyed = fsck(whole.ledger).destroyed
    assert all(rows_about(whole, stream).values()), "all of it has come back"
    assert replay(whole.ledger) == Replayed(keys=keys_listed(whole), parts=0, streams=1)
    assert replay(whole.ledger) == Replayed(0, 0, 0)
    whole.reopen()
    assert not any(rows_about(whole, stream).values())
    report = fsck(whole.ledger)
    assert (report.faults, report.destroyed) == ((), destroyed)
    assert whole.texts(kept) == ["ska vara kvar"]
    with pytest.raises(Destroyed):
        whole.processes.bistand.record([saying(opening(), stream, 1)], by())
    open_again(whole, Lane.TILLSYN)  # which had lost that it was carried out
    stored = whole.processes.tillsyn.carry_out(gallring, by())
    assert "36 2" in stored.state.decode()
    assert not fsck(whole.ledger).faults


def keys_listed(whole: Whole) -> int:
    """How many keys the key database lists as destroyed."""
    return len(whole.ledger.keys.destroyed()[0])


def open_again(whole: Whole, lane: Lane) -> None:
    """Open the next epoch of a log that has lost events."""
    shape = import_module(f"domain.{lane}.events").EpochOpened
    opened = shape(reason="aterlasning", environment="development", text="Återläst.")
    whole.processes[lane].open_log(opened, 2, by())


def test_one_persons_parts_that_a_restore_has_brought_back_are_destroyed_again(
    whole: Whole,
) -> None:
    stream, party = whole.open_case()
    whole.apply(stream, 2, "ska bort")
    other, _ = whole.open_case()
    gallring = decide(whole, stream, party)
    with whole.superuser() as superuser:
        parts = len(parts_about_the_party(superuser, stream))
    before = rows_about(whole, stream)
    with restored_to_before_a_destruction(whole):
        whole.processes.tillsyn.carry_out(gallring, by())
        gone = rows_about(whole, stream)
        digest = lawfully_gone(whole)
    assert rows_about(whole, stream)["sealed_part"] == before["sealed_part"]
    replayed = replay(whole.ledger)
    assert replayed.parts == before["sealed_part"] - gone["sealed_part"] >= parts > 0
    assert replayed.keys == keys_listed(whole)
    whole.reopen()
    assert not fsck(whole.ledger).faults
    assert lawfully_gone(whole) == digest
    assert rows_about(whole, stream)["command"] == gone["command"] == 0
    assert rows_about(whole, other)["command"] == 1
    assert whole.texts(stream) == ["[gallrad eller oläslig]"]


def lawfully_gone(whole: Whole) -> object:
    """What the ledger says is gone under which decision."""
    with whole.superuser() as superuser:
        return superuser.execute(
            "SELECT lane, epoch, idx, slot, class, decision FROM ledger.destroyed_part"
            " UNION ALL SELECT lane, epoch, idx, NULL, NULL, decision FROM ledger.destroyed_event"
            " ORDER BY 1, 2, 3, 4, 5"
        ).fetchall()


def test_which_positions_are_lawfully_bare_is_known_from_the_key_database_too(
    whole: Whole,
) -> None:
    stream, _ = whole.open_case()
    whole.processes.tillsyn.carry_out(decide(whole, stream), by())
    with whole.superuser() as superuser:
        superuser.execute("ALTER TABLE ledger.destroyed_event DISABLE TRIGGER ALL")
        superuser.execute("DELETE FROM ledger.destroyed_event")
    assert [fault.what for fault in fsck(whole.ledger).faults if fault.where.startswith("bis")] == [
        "the event is gone without a decision"
    ]
    replay(whole.ledger)
    assert not fsck(whole.ledger).faults


def test_what_was_destroyed_under_a_decision_that_is_lost_is_named_by_fsck(whole: Whole) -> None:
    stream, _ = whole.open_case()
    kept, party = whole.open_case()
    with restored_to_before_a_destruction(whole):
        gallringar = decide(whole, stream), decide(whole, kept, party)
        for gallring in gallringar:
            whole.processes.tillsyn.carry_out(gallring, by())
    assert replay(whole.ledger).streams == 1
    whole.reopen()
    assert [fault.where for fault in fsck(whole.ledger).faults] == sorted(
        f"tillsyn/{gallring}" for gallring in gallringar
    )
    for fault in fsck(whole.ledger).faults:
        assert "lost" in fault.what


def test_a_destroyed_stream_alone_keeps_a_restored_ledger_shut(whole: Whole) -> None:
    stream, _ = whole.open_case()
    whole.processes.tillsyn.carry_out(decide(whole, stream), by())
    whole.reopen()
    with whole.superuser() as superuser:
        superuser.execute("ALTER TABLE ledger.destroyed_stream DISABLE TRIGGER ALL")
        superuser.execute("DELETE FROM ledger.destroyed_stream")
    with pytest.raises(NotReplayed, match=r"^1 "):
        whole.reopen()
    whole.reopen(to_replay=True)


def test_a_replay_that_the_database_refuses_says_so(whole: Whole) -> None:
    with whole.superuser() as superuser:
        superuser.execute("REVOKE EXECUTE ON FUNCTION ledger.replay FROM liggaren_destroyer")
        superuser.execute("REVOKE EXECUTE ON FUNCTION ledger.not_replayed FROM liggaren_projector")
    with pytest.raises(NotAllowed):
        replay(whole.ledger)
    with pytest.raises(NotAllowed):
        whole.reopen()


# ---------------------------------------------------------------- the wall between the processes


def test_the_landlord_sides_keys_open_nothing_of_the_decision_side(whole: Whole) -> None:
    """Raw keys against raw rows: every key the vault's hyra half can unwrap, against every bistand
    part."""
    stream, _ = whole.open_case()
    whole.apply(stream, 2, "biståndets sak")
    whole.open_case(lane=Lane.HYRA)
    with whole.superuser() as ledger, whole.superuser("keys") as keys:
        parts = {
            lane: [bytes(p[0]) for p in ledger.execute(
                "SELECT part FROM ledger.sealed_part WHERE lane = %s", (lane,))]
            for lane in ("bistand", "hyra")
        }  # fmt: skip
        wraps = keys.execute(
            "SELECT key_id, namnd, wrapped, lane FROM keys.wrap JOIN keys.data_key USING (key_id)"
        ).fetchall()
    keks = [file.read_bytes() for file in (whole.vault / "hyra").iterdir()]
    assert keks
    opened_keys = set()
    for kek in keks:
        for key_id, _, wrapped, _ in wraps:
            for lane in Lane:
                bound = (
                    b"liggaren/wrap/v1\0"
                    + whole.ledger.id.bytes
                    + bytes((lane.code,))
                    + key_id.bytes
                )
                with suppress(InvalidTag):
                    opened_keys.add(AESGCM(kek).decrypt(wrapped[:12], wrapped[12:], bound))
    assert opened_keys, "hyra's own keys open"

    def opens(part: bytes) -> bool:
        for key in opened_keys | set(keks):
            with suppress(InvalidTag):
                AESGCM(key).decrypt(part[61:73], part[73:], part[:61])
                return True
        return False

    assert parts["bistand"]
    assert not any(opens(part) for part in parts["bistand"])
    assert any(opens(part) for part in parts["hyra"])
