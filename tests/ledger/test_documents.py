"""Documents where they lie: what is refused, and that they are destroyed with their case."""

import json
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from os import urandom
from pathlib import Path
from secrets import token_bytes
from typing import Final
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bistand.events import DocumentFiled, PartyAdded
from domain.tillsyn.events import GallringDecided
from ledger.application import LaneEventStore
from ledger.codec import Lane
from ledger.connections import reader, writer
from ledger.destroy import replay, rewrite_files
from ledger.documents import (
    CHUNK_BYTES,
    CLASS,
    SLOT,
    DocumentTamperedError,
    Download,
    Filed,
    Place,
    Upload,
    chunks_digest,
    count_of,
    discard,
    key_id_of,
    open_chunk,
    seal_chunk,
    sweep,
)
from ledger.errors import Conflict, NotHeld
from ledger.fsck import fsck
from ledger.reading import ReadContext
from ledger.recorder import NIL
from ledger.seal import DataKey
from tests.ledger.store_fixtures import (
    ADD_CHUNK,
    LEDGER,
    NAMND,
    OTHER_NAMND,
    Store,
    checked,
    chunk_of,
    file_document,
    filed,
    filing,
    fresh,
    history,
    open_read,
    refused,
)
from tests.whole import ALMA, BO, Whole, by, saying
from tests.whole import NAMND as WHOLE_NAMND

KEY: Final = DataKey(UUID(int=7), b"k" * 32)


# ---------------------------------------------------------------- the bytes


@given(content=st.binary(min_size=1, max_size=70_000), number=st.integers(1, 100))
def test_what_is_opened_is_what_was_sealed(content: bytes, number: int) -> None:
    place = Place(fresh(), Lane.HYRA, fresh(), fresh(), 100)
    chunk = seal_chunk(place, number, content, KEY, b"n" * 12)
    assert (len(chunk) - 77 - 12 - 16) % (16 * 1024) == 0, "the length is hidden"
    assert open_chunk(place, number, len(content), chunk, KEY.key) == content


def test_a_chunk_opens_only_in_its_own_place() -> None:
    place = Place(fresh(), Lane.HYRA, fresh(), fresh(), 3)
    chunk = seal_chunk(place, 2, b"content", KEY, b"n" * 12)
    for other, number, length, key in (
        (Place(fresh(), Lane.HYRA, place.stream, place.document, 3), 2, 7, KEY.key),
        (Place(place.ledger, Lane.BISTAND, place.stream, place.document, 3), 2, 7, KEY.key),
        (Place(place.ledger, Lane.HYRA, fresh(), place.document, 3), 2, 7, KEY.key),
        (Place(place.ledger, Lane.HYRA, place.stream, fresh(), 3), 2, 7, KEY.key),
        (Place(place.ledger, Lane.HYRA, place.stream, place.document, 2), 2, 7, KEY.key),
        (place, 1, 7, KEY.key),
        (place, 2, 6, KEY.key),
        (place, 2, 20_000, KEY.key),
        (place, 2, 7, b"x" * 32),
    ):
        with pytest.raises(DocumentTamperedError):
            open_chunk(other, number, length, chunk, key)
    with pytest.raises(DocumentTamperedError):
        open_chunk(place, 2, 7, chunk[:80], KEY.key)
    forged = place.header(1, KEY.key_id) + chunk[77:]
    with pytest.raises(DocumentTamperedError):
        open_chunk(place, 1, 7, forged, KEY.key)


# ---------------------------------------------------------------- what comes in


def test_a_chunk_that_belongs_elsewhere_or_is_not_whole_is_refused(store: Store) -> None:
    stream, document = fresh(), fresh()
    place = Place(LEDGER, Lane.HYRA, stream, document, 2)
    store.append(Lane.HYRA, history(Lane.HYRA, stream, 1))

    def add(chunk: bytes, lane: Lane = Lane.HYRA, namnd: UUID = NAMND) -> None:
        store.rows(ADD_CHUNK, lane.value, namnd, stream, document, chunk)

    good = chunk_of(place, 1, 16)
    for other in (
        Place(fresh(), Lane.HYRA, stream, document, 2),
        Place(LEDGER, Lane.BISTAND, stream, document, 2),
        Place(LEDGER, Lane.HYRA, fresh(), document, 2),
        Place(LEDGER, Lane.HYRA, stream, fresh(), 2),
        Place(LEDGER, Lane.HYRA, stream, document, 101),
        Place(LEDGER, Lane.HYRA, stream, document, 0),
    ):
        with refused("LG015"):
            add(chunk_of(other, 1, 16))
    for bad in (
        b"",
        good[:-1],
        good + b"x",
        chunk_of(place, 1, 15),
        chunk_of(place, 2, 17),
        chunk_of(place, 2, 0),
        chunk_of(place, 3, 1),
        chunk_of(place, 0, 16),
        good[:59] + b"\xff\x06" + good[61:],
        b"\x01" + good[1:],
    ):
        with refused("LG015"):
            add(bad)
    with refused("LG015"):  # not begun
        add(chunk_of(place, 2))
    with refused("LG032"):
        add(good, namnd=OTHER_NAMND)
    with refused("LG032"):
        add(good, Lane.BISTAND)
    store.rows("INSERT INTO ledger.destroyed_key VALUES (%s)", key_id_of(good).bytes)
    with refused("LG014"):
        add(good)
    assert store.value("SELECT count(*) FROM ledger.document") == 0


def test_an_event_files_only_a_document_that_is_there_whole_under_its_own_key(
    store: Store,
) -> None:
    stream = fresh()
    store.append(Lane.HYRA, history(Lane.HYRA, stream, 1))

    def begun(count: int = 1, key: UUID | None = None, at: UUID = stream) -> tuple[UUID, bytes]:
        document = fresh()
        chunk = chunk_of(Place(LEDGER, Lane.HYRA, at, document, count), 1, 16, key)
        store.rows(ADD_CHUNK, "hyra", NAMND, at, document, chunk)
        return document, chunk

    other = fresh()
    store.append(Lane.HYRA, history(Lane.HYRA, other, 1))
    for document, chunk in (
        begun(count=2),
        begun(key=fresh()),
        begun(at=other),
        (fresh(), b""),
    ):
        with refused("LG012"):
            store.append(
                Lane.HYRA,
                [filing(Lane.HYRA, stream, document, [chunk])],
                effects=filed(document),
            )
    document, chunk = begun()
    with refused("LG012"):  # the event names another
        store.append(
            Lane.HYRA, [filing(Lane.HYRA, stream, fresh(), [chunk])], effects=filed(document)
        )
    store.append(Lane.HYRA, [filing(Lane.HYRA, stream, document, [chunk])], effects=filed(document))
    with refused("LG012"):  # filed once
        store.append(
            Lane.HYRA,
            [filing(Lane.HYRA, stream, document, [chunk], 3)],
            effects=filed(document),
        )
    with refused("LG015"):  # and then closed
        store.rows(
            ADD_CHUNK, "hyra", NAMND, stream, document,
            chunk_of(Place(LEDGER, Lane.HYRA, stream, document, 2), 2),
        )  # fmt: skip
    assert not checked(store).faults


def test_a_writer_discards_and_files_in_its_own_lane_alone(store: Store) -> None:
    chunk = file_document(store, fresh(), fresh())
    with store.connect(writer(Lane.BISTAND)) as connection:
        with refused("42501"):
            connection.execute(ADD_CHUNK, ("hyra", NAMND, fresh(), fresh(), chunk))
        with refused("42501"):
            connection.execute("SELECT ledger.discard_documents('hyra', NULL)")
    with store.connect(reader(Lane.HYRA)) as connection, refused("42501"):
        connection.execute("SELECT ledger.discard_documents('hyra', NULL)")


def test_a_chunk_leaves_only_under_a_committed_read_of_its_document(store: Store) -> None:
    stream, document = fresh(), fresh()
    chunk = file_document(store, stream, document)
    opened = "SELECT ledger.open_read(%s, %s, 'test', 'document.read', NULL, %s)"
    take = "SELECT ledger.read_chunk(%s, %s)"

    def read_of(
        connection: psycopg.Connection[tuple[int]], namnd: UUID = NAMND, of: UUID = document
    ) -> int:
        row = connection.execute(opened, (fresh(), namnd, of)).fetchone()
        assert row
        return row[0]

    with store.connect(reader(Lane.HYRA)) as connection:
        with connection.transaction():
            uncommitted = read_of(connection)
            assert connection.execute(take, (uncommitted, 1)).fetchone() == (None,)
        good = read_of(connection)
        assert connection.execute(take, (good, 1)).fetchone() == (chunk,)
        assert connection.execute(take, (good, 2)).fetchone() == (None,)
        for read in (read_of(connection, OTHER_NAMND), read_of(connection, of=fresh())):
            assert connection.execute(take, (read, 1)).fetchone() == (None,)
        with connection.transaction():
            of_the_stream = open_read(connection, stream=stream)
        assert connection.execute(take, (of_the_stream, 1)).fetchone() == (None,)
        with refused("42501"):
            connection.execute("SELECT * FROM ledger.document_chunk")
        store.rows(
            "UPDATE ledger.stream_head SET holder = %s WHERE stream = %s", OTHER_NAMND, stream
        )
        assert connection.execute(take, (good, 1)).fetchone() == (None,)
        store.rows("UPDATE ledger.stream_head SET holder = %s WHERE stream = %s", NAMND, stream)
        store.rows("ALTER TABLE ledger.read_log DISABLE TRIGGER USER")
        store.rows("UPDATE ledger.read_log SET at = at - interval '1 hour'")
        assert connection.execute(take, (good, 1)).fetchone() == (None,)
        again = read_of(connection)
        with store.connect(reader(Lane.BISTAND)) as other:
            assert other.execute(take, (again, 1)).fetchone() == (None,)


def test_fsck_finds_what_is_not_as_it_was_filed(store: Store) -> None:
    file_document(store, fresh(), fresh())
    assert not checked(store).faults
    for table in ("document", "document_chunk"):
        store.rows(f"ALTER TABLE ledger.{table} DISABLE TRIGGER USER")
    for statement in (
        "UPDATE ledger.document_chunk SET chunk = set_byte(chunk, 200, get_byte(chunk, 200) # 1)",
        "DELETE FROM ledger.document_chunk",
        "UPDATE ledger.document SET version = NULL",
        "UPDATE ledger.document SET document = gen_random_uuid()",
        "DELETE FROM ledger.document",
    ):
        with store.connect() as connection:
            with connection.transaction(force_rollback=True):
                connection.execute(statement)
                kept = connection.execute(
                    "SELECT d.*, c.* FROM ledger.document d FULL JOIN ledger.document_chunk c"
                    " USING (document)"
                ).fetchall()
            connection.execute("CREATE TABLE before_d AS TABLE ledger.document")
            connection.execute("CREATE TABLE before_c AS TABLE ledger.document_chunk")
            connection.execute(statement)
        assert checked(store).faults, (statement, kept)
        with store.connect() as connection:
            connection.execute("DELETE FROM ledger.document_chunk")
            connection.execute("DELETE FROM ledger.document")
            connection.execute("INSERT INTO ledger.document TABLE before_d")
            connection.execute("INSERT INTO ledger.document_chunk TABLE before_c")
            connection.execute("DROP TABLE before_d, before_c")
        assert not checked(store).faults


# ---------------------------------------------------------------- through the whole


def upload(whole: Whole, stream: UUID, content: bytes) -> tuple[UUID, Filed]:
    """Store a document's chunks without its event."""
    document = fresh()
    process = whole.processes.bistand
    events = process.events
    assert isinstance(events, LaneEventStore)
    key = events.key(WHOLE_NAMND, stream, SLOT, CLASS)
    place = Place(whole.ledger.id, Lane.BISTAND, stream, document, count_of(len(content)))
    coming = Upload(whole.ledger, WHOLE_NAMND, place, key, urandom)
    for start in range(0, len(content), CHUNK_BYTES):
        coming.add(content[start : start + CHUNK_BYTES])
    return document, coming.filed(len(content), sha256(content).digest())


def record(whole: Whole, stream: UUID, version: int, document: UUID, told: Filed) -> None:
    """Record that a document is filed."""
    fact = DocumentFiled(
        document_id=document,
        chunks_digest=told.digest.hex(),
        kind="brev",
        heading="Brevet",
        media_type="application/pdf",
        length=told.length,
        salt=told.salt.hex(),
        commitment=told.commitment.hex(),
    )
    whole.processes.bistand.record([saying(fact, stream, version)], by())


def content_of(whole: Whole, stream: UUID, document: UUID, told: Filed) -> bytes:
    """Read a document."""
    context = ReadContext(ALMA, WHOLE_NAMND, "test", "document.read", document)
    with whole.processes.bistand.reading(context) as opened:
        found = opened.document()
    assert found
    place = Place(whole.ledger.id, Lane.BISTAND, stream, document, count_of(told.length))
    coming = Download(whole.ledger, frozenset({WHOLE_NAMND, NIL}), place, found[2], told)
    coming.require_whole()
    return b"".join(coming.pieces())


def rows(whole: Whole) -> tuple[int, int]:
    """How many documents and chunks there are."""
    with whole.superuser() as superuser:
        row = superuser.execute(
            "SELECT (SELECT count(*) FROM ledger.document),"
            " (SELECT count(*) FROM ledger.document_chunk)"
        ).fetchone()
    assert row
    return row[0], row[1]


def decide(whole: Whole, stream: UUID, person: UUID | None = None) -> UUID:
    """Decide that a stream, or a person's part of it, is destroyed."""
    command = by(actor=BO)
    tillsyn = whole.processes.tillsyn
    gallring = tillsyn.new_stream(command)
    fact = GallringDecided(
        target_lane=Lane.BISTAND, level=1 if person else 2, legal_ground="sol_16_1"
    )
    decided = replace(saying(fact, gallring, 1), target=stream, target_subject=person)
    tillsyn.record([decided], command)
    return gallring


def test_an_upload_without_its_event_is_swept_away_when_it_is_a_day_old(whole: Whole) -> None:
    stream, _ = whole.open_case()
    kept, told = upload(whole, stream, b"filed")
    record(whole, stream, 2, kept, told)
    for _ in range(2):
        upload(whole, stream, b"never filed")
    connections = whole.ledger.connections
    assert sweep(connections, Lane.BISTAND) == 0
    with whole.superuser() as superuser:
        superuser.execute(
            "UPDATE ledger.document SET begun_at = begun_at - interval '25 hours'"
            " WHERE version IS NULL"
        )
    assert sweep(connections, Lane.HYRA) == 0
    assert sweep(connections, Lane.BISTAND) == 2
    assert rows(whole) == (1, 1)
    discard(connections, Lane.BISTAND, kept)
    assert content_of(whole, stream, kept, told) == b"filed"


def test_what_is_swept_away_while_it_comes_in_is_not_filed(whole: Whole) -> None:
    stream, _ = whole.open_case()
    document, told = upload(whole, stream, b"content")
    discard(whole.ledger.connections, Lane.BISTAND, document)
    with pytest.raises(Conflict):
        record(whole, stream, 2, document, told)
    assert not fsck(whole.ledger).faults


def test_a_document_that_came_in_before_another_became_party_is_not_filed(whole: Whole) -> None:
    """It would go with the first party alone, and its event not."""
    stream, _ = whole.open_case()
    document, told = upload(whole, stream, b"content")
    added = PartyAdded(co_party=fresh(), person_stream=fresh())
    whole.processes.bistand.record([saying(added, stream, 2)], by())
    with pytest.raises(Conflict):
        record(whole, stream, 3, document, told)
    document, told = upload(whole, stream, b"content")
    record(whole, stream, 3, document, told)


@pytest.mark.parametrize("level", [1, 2])
def test_a_destroyed_document_is_found_nowhere(whole: Whole, level: int) -> None:
    stream, party = whole.open_case()
    other, _ = whole.open_case()
    canary = token_bytes(CHUNK_BYTES) + b"the end"
    document, told = upload(whole, stream, canary)
    record(whole, stream, 2, document, told)
    upload(whole, stream, b"an upload without its event")
    kept, kept_told = upload(whole, other, b"another case's")
    record(whole, other, 2, kept, kept_told)
    content_of(whole, stream, document, told)
    with whole.superuser() as superuser:
        chunks = [
            bytes(chunk)
            for (chunk,) in superuser.execute(
                "SELECT chunk FROM ledger.document_chunk WHERE document <> %s", (kept,)
            )
        ]
    assert len(chunks) == 3
    assert found_in_files(whole, chunks), "before"

    gallring = decide(whole, stream, party if level == 1 else None)
    whole.processes.tillsyn.carry_out(gallring, by())
    rewrite_files(whole.ledger)

    assert rows(whole) == ((3 if level == 1 else 1), 1)
    assert not fsck(whole.ledger).faults
    assert content_of(whole, other, kept, kept_told) == b"another case's"
    with whole.superuser() as superuser:
        logged = superuser.execute(
            "SELECT count(*) FROM ledger.read_log WHERE document = %s", (document,)
        ).fetchone()
    assert logged == ((1 if level == 1 else 0),)
    assert not found_in_files(whole, chunks)


def found_in_files(whole: Whole, chunks: list[bytes]) -> bool:
    """Whether bytes of the chunks lie in a file of the database. Write-ahead log apart."""
    with whole.superuser() as superuser:
        superuser.execute("CHECKPOINT")
    needles = [chunk[100:200] for chunk in chunks]
    for file in (whole.cluster.directory / "data" / "base").rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            if any(needle in content for needle in needles):
                return True
    return False


@pytest.mark.parametrize("level", [1, 2])
def test_a_destroyed_document_that_a_restore_brings_back_is_destroyed_again(
    whole: Whole, level: int
) -> None:
    stream, party = whole.open_case()
    document, told = upload(whole, stream, b"to be forgotten")
    record(whole, stream, 2, document, told)
    upload(whole, stream, b"an upload without its event")
    gallring = decide(whole, stream, party if level == 1 else None)
    name = whole.names["ledger"]
    whole.ledger.close()
    with psycopg.connect(whole.cluster.dsn(), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
    whole.reopen()
    whole.processes.tillsyn.carry_out(gallring, by())
    whole.ledger.close()
    with psycopg.connect(whole.cluster.dsn(), autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        server.execute(f"ALTER DATABASE {name}_copy RENAME TO {name}")
    whole.reopen(to_replay=True)
    assert rows(whole) == (2, 2)
    replay(whole.ledger)
    assert rows(whole) == ((2 if level == 1 else 0), 0)
    whole.reopen()
    assert not fsck(whole.ledger).faults


def test_nobody_files_for_a_namnd_that_does_not_hold_the_stream(whole: Whole) -> None:
    stream, _ = whole.open_case()
    _, told = upload(whole, stream, b"content")
    place = Place(whole.ledger.id, Lane.BISTAND, stream, fresh(), 1)
    strange = Upload(whole.ledger, fresh(), place, KEY, urandom)
    with pytest.raises(NotHeld):
        strange.add(b"content")
    assert told.digest != chunks_digest([])


CHILD: Final = """
import json, signal, sys
from os import urandom
from pathlib import Path
from uuid import UUID
from domain.processes import Processes
from ledger.codec import Lane
from ledger.documents import CHUNK_BYTES, CLASS, SLOT, Place, Upload
from ledger.store import Ledger

given = json.load(sys.stdin)
namnd, stream, document = (UUID(given[name]) for name in ("namnd", "stream", "document"))
ledger = Ledger.open(given["conninfos"], Path(given["vault"]))
key = Processes(ledger).bistand.events.key(namnd, stream, SLOT, CLASS)
coming = Upload(ledger, namnd, Place(ledger.id, Lane.BISTAND, stream, document, 2), key, urandom)
coming.add(bytes(CHUNK_BYTES))
coming.add(b"the end")
print("stored", flush=True)
signal.pause()
"""


def test_a_program_killed_between_chunks_and_event_leaves_an_upload_that_is_swept_away(
    whole: Whole,
) -> None:
    stream, _ = whole.open_case()
    given = {
        "conninfos": whole.conninfos(),
        "vault": str(whole.vault),
        "namnd": str(WHOLE_NAMND),
        "stream": str(stream),
        "document": str(fresh()),
    }
    with subprocess.Popen(
        [sys.executable, "-c", CHILD],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdin
        assert child.stdout
        child.stdin.write(json.dumps(given).encode())
        child.stdin.close()
        assert child.stdout.readline() == b"stored\n"
        child.kill()
    whole.reopen()
    assert rows(whole) == (1, 2)
    assert not fsck(whole.ledger).faults, "no part of the ledger, and no fault"
    document, told = upload(whole, stream, b"sent again")
    record(whole, stream, 2, document, told)
    with whole.superuser() as superuser:
        superuser.execute(
            "UPDATE ledger.document SET begun_at = begun_at - interval '25 hours'"
            " WHERE version IS NULL"
        )
    assert sweep(whole.ledger.connections, Lane.BISTAND) == 1
    assert content_of(whole, stream, document, told) == b"sent again"
