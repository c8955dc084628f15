"""Failures that the design names, through the whole of the write path: each would go through
without its guard.

Those that can be shown on the append function alone are in `test_append.py` and
`test_destroy_sql.py`.
"""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
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
from domain.tillsyn.events import (
    GallringDecided,
    GallringExecuted,
    GallringsspärrLifted,
    GallringsspärrSet,
)
from ledger.application import LaneEventStore
from ledger.codec import Lane
from ledger.destroy import rewrite_files
from ledger.errors import (
    ClockRefused,
    CommandReused,
    Conflict,
    Destroyed,
    DurabilityUnknown,
    Held,
    NotAllowed,
    NothingToSave,
)
from ledger.fsck import fsck
from ledger.keys import NotHolderError, SubjectTakenError
from ledger.migrate import Database
from ledger.reading import ReadContext
from ledger.recorder import NIL, LedgerRecorder
from ledger.witness import BehindWitness
from tests.whole import ALMA, NAMND, OTHER_NAMND, Whole, by, fresh, saying


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
def restored_to_here(whole: Whole) -> Iterator[None]:
    """What is appended within the block is lost at its end, as by a restore from a copy taken at
    its beginning."""
    name = whole.names["ledger"]
    copy = f"{name}_copy"
    _recreate(whole, copy, name)
    yield
    _recreate(whole, name, copy)
    whole.reopen()


def _recreate(whole: Whole, name: str, template: str) -> None:
    whole.ledger.close()
    with psycopg.connect(whole.cluster.dsn(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    whole.reopen()


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
    whole: Whole,
) -> None:
    stream, _ = whole.open_case()
    with restored_to_here(whole):
        whole.apply(stream, 2, "går förlorad")
    lost = whole.ledger.witness.behind.pop(Lane.BISTAND)  # the guard is gone
    whole.apply(stream, 2, "i dess ställe")
    with whole.superuser() as superuser:
        again = superuser.execute(
            "SELECT hash FROM ledger.leaf WHERE lane = 'bistand' AND epoch = %s AND idx = %s",
            (lost.epoch, lost.index),
        ).fetchone()
    assert again is not None
    assert again[0] != lost.leaf


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
    """Decide that a stream, or a person's part of it, shall be destroyed. Returns the decision's
    id."""
    command = by()
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
    with pytest.raises((Refused, NotAllowed)):
        whole.processes.tillsyn.carry_out(gallring, by())


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
