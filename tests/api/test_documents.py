"""Documents through the service: what comes in sealed comes out as it was, to whom it may."""
# ruff: noqa: S608 - these statements are put together from this file's own words

import json
import tracemalloc
from collections.abc import Iterator, Mapping
from secrets import token_bytes
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.codec import Lane
from ledger.documents import CHUNK_BYTES, LARGEST_BYTES
from tests.api.filing import LETTER, PDF, file, filed
from tests.api.service import APPLICATION, BERIT, HANNA, OTTO, SIGRID, Service
from tests.ledger.store_fixtures import until
from tests.whole import fresh

pytestmark = pytest.mark.one_server


def read(
    service: Service, document: str, who: str = BERIT, lane: Lane = Lane.BISTAND
) -> httpx.Response:
    """Read a document."""
    return service.get(who, f"/v1/{lane}/handlingar/{document}")


def owner(service: Service) -> psycopg.Connection[Any]:
    """Connect as a superuser to the service's ledger database."""
    conninfo = service.house.processes.ledger.connections.conninfos["liggaren_migrator"]
    return psycopg.connect(conninfo, user="postgres", autocommit=True)


def uploads(service: Service) -> int:
    """How many documents and chunks lie there without being filed."""
    with owner(service) as connection:
        row = connection.execute(
            "SELECT count(*) FROM ledger.document_chunk c LEFT JOIN ledger.document d"
            " USING (lane, document) WHERE d.version IS NULL"
        ).fetchone()
    assert row is not None
    return int(row[0])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    length=st.one_of(
        st.integers(1, 64),
        st.integers(CHUNK_BYTES - 2, CHUNK_BYTES + 2),
        st.integers(2 * CHUNK_BYTES - 1, 2 * CHUNK_BYTES + 1),
    ),
    ending=st.binary(max_size=40),
)
def test_what_is_read_is_what_was_filed(service: Service, length: int, ending: bytes) -> None:
    content = token_bytes(length) + ending
    stream = service.open_case()
    answer = read(service, filed(service, stream, content))
    assert answer.status_code == 200
    assert answer.content == content


def test_the_largest_document_comes_in_and_out_in_little_memory(service: Service) -> None:
    content = token_bytes(LARGEST_BYTES)
    stream = service.open_case()
    path = f"/v1/bistand/strommar/{stream}/handlingar"
    headers = service.headers(
        BERIT,
        if_match='"1"',
        idempotency_key=str(fresh()),
        liggaren_handling=quote(json.dumps(LETTER)),
        content_type=PDF,
        content_length=str(len(content)),
    )

    def sending() -> Iterator[bytes]:
        for start in range(0, len(content), 64 * 1024):
            yield content[start : start + 64 * 1024]

    tracemalloc.start()
    answer = service.client.post(path, content=sending(), headers=headers)
    at = 0
    place = answer.headers["location"]
    with service.client.stream("GET", place, headers=service.headers(BERIT)) as back:
        for piece in back.iter_raw():
            assert content[at : at + len(piece)] == piece
            at += len(piece)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert at == len(content)
    assert most < 12 * 1024 * 1024, f"{most / 1024**2:.1f} MB at most"


def test_a_document_that_is_too_large_empty_or_of_unknown_length_is_refused(
    service: Service,
) -> None:
    stream = service.open_case()
    assert file(service, stream, b"x" * (LARGEST_BYTES + 1)).status_code == 413
    assert file(service, stream, b"").json()["code"] == "document.empty"
    unknown = service.client.post(
        f"/v1/bistand/strommar/{stream}/handlingar",
        content=iter([b"x"]),
        headers=service.headers(
            BERIT,
            if_match='"1"',
            idempotency_key=str(fresh()),
            liggaren_handling=quote(json.dumps(LETTER)),
        ),
    )
    assert unknown.status_code == 411
    assert not uploads(service)


def test_the_same_filing_sent_again_is_filed_once(service: Service) -> None:
    stream = service.open_case()
    key = str(fresh())
    first, again = (file(service, stream, b"a letter", idempotency_key=key) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    other = file(service, stream, b"another letter", idempotency_key=key)
    assert other.json()["code"] == "idempotency.reused"
    assert not uploads(service)


def test_a_filing_that_went_through_is_found_again_when_the_stream_is_out_of_reach(
    service: Service,
) -> None:
    stream = service.open_case()
    key = str(fresh())
    first = file(service, stream, b"a letter", idempotency_key=key)
    with owner(service) as connection:
        moved = "UPDATE ledger.stream_head SET holder = %s WHERE stream = %s RETURNING holder"
        before = connection.execute(
            "SELECT holder FROM ledger.stream_head WHERE stream = %s", (stream,)
        ).fetchone()
        connection.execute(moved, (fresh(), stream))
        again = file(service, stream, b"a letter", idempotency_key=key)
        new = file(service, stream, b"a letter")
        assert before is not None
        connection.execute(moved, (before[0], stream))
    assert again.json() == first.json()
    assert new.status_code in {403, 412}
    assert not uploads(service)


def test_a_filing_refused_leaves_nothing_behind(service: Service) -> None:
    stream = service.open_case()
    service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION)
    assert file(service, stream, b"a letter", 1).status_code == 412
    future = LETTER | {"occurred": "day 2199-01-01"}
    assert file(service, stream, b"a letter", 2, future).json()["code"] == "occurred.future"
    assert file(service, str(fresh()), b"a letter", 1).status_code == 412
    assert not uploads(service)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"occurred": "day 2024-03-05", "fact": {"heading": "x"}}, "fact.missing_field"),
        (LETTER | {"fact": {"kind": "hemlig", "heading": "x"}}, "fact.unknown_code"),
        (LETTER | {"fact": {"kind": "brev", "heading": "a\nb"}}, "fact.wrong_form"),
        (LETTER | {"fact": {"kind": "brev", "heading": "a\u202eb"}}, "text.bidi_control"),
        (
            LETTER | {"fact": {"kind": "brev", "heading": "x", "salt": "0" * 64}},
            "fact.unknown_field",
        ),
        (LETTER | {"corrects": f"bistand/{fresh()}/1"}, "document.no_correction"),
    ],
)
def test_what_cannot_be_said_of_a_document_is_refused_before_its_bytes(
    service: Service, said: Mapping[str, Any], code: str
) -> None:
    answer = file(service, service.open_case(), b"x", said=said)
    assert answer.status_code == 422
    assert answer.json()["code"] == code


@pytest.mark.parametrize("handling", ["", "{}", "%zz", "%ff%fe", "a b"])
def test_a_header_that_is_no_percent_encoded_json_is_refused(
    service: Service, handling: str
) -> None:
    answer = file(service, service.open_case(), b"x", liggaren_handling=handling)
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize(
    "media_type",
    [
        "text/html",
        "image/svg+xml",
        "application/xhtml+xml",
        "text/html; charset=utf-7",
        "text/plain",
    ],
)
def test_no_browser_is_told_to_show_a_document(service: Service, media_type: str) -> None:
    title = '"><script>alert(1)</script>../../x.html'
    said = LETTER | {"fact": {"kind": "brev", "heading": title}}
    document = filed(service, service.open_case(), b"<script>", said=said, content_type=media_type)
    answer = read(service, document)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == f'attachment; filename="{document}.bin"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert "script" not in str(answer.headers)


@pytest.mark.parametrize("media_type", ["", "pdf", "a/b\x01", "x/" + "y" * 100, "*/*"])
def test_a_media_type_that_is_none_is_refused(service: Service, media_type: str) -> None:
    answer = file(service, service.open_case(), b"x", content_type=media_type.replace("\x01", "("))
    assert answer.status_code == 422


def test_a_known_kind_of_file_is_named_by_its_ending(service: Service) -> None:
    document = filed(service, service.open_case(), b"%PDF-1.7")
    answer = read(service, document)
    assert answer.headers["content-type"] == PDF
    assert answer.headers["content-disposition"] == f'attachment; filename="{document}.pdf"'
    assert answer.headers["cache-control"] == "no-store"


def test_who_reads_the_other_lane_or_is_of_another_namnd_does_not_get_a_document(
    service: Service,
) -> None:
    document = filed(service, service.open_case(), b"a decision")
    assert read(service, document, HANNA).status_code == 403
    assert read(service, document, SIGRID).status_code == 403
    assert read(service, document, HANNA, Lane.HYRA).status_code == 404
    assert read(service, document, OTTO).status_code == 404
    assert read(service, str(fresh())).status_code == 404
    assert read(service, document).status_code == 200


def test_a_read_of_a_document_is_logged_with_the_document_and_its_persons(
    service: Service,
) -> None:
    opened = service.case_opened()
    stream = service.open(BERIT, Lane.BISTAND, opened).json()["stream"]
    document = filed(service, stream, b"a decision")
    read(service, document)
    with owner(service) as connection:
        rows = connection.execute(
            "SELECT actor, view, stream,"
            " ARRAY(SELECT person FROM ledger.read_subject WHERE read = id)"
            " FROM ledger.read_log WHERE document = %s",
            (document,),
        ).fetchall()
    persons = [[str(person) for person in row[3]] for row in rows]
    assert [row[:2] for row in rows] == [(service.ids[BERIT], "document.read")]
    assert str(rows[0][2]) == stream
    assert persons == [[opened["fact"]["party"]]]


def test_an_event_names_only_documents_filed_in_its_own_stream(service: Service) -> None:
    stream, other = service.open_case(), service.open_case()
    hyra = service.open_case(HANNA, Lane.HYRA)
    mine = filed(service, stream, b"mine")
    for elsewhere in (
        filed(service, other, b"another case's"),
        filed(service, hyra, b"the other lane's", who=HANNA, lane=Lane.HYRA),
        str(fresh()),
    ):
        refused = service.record(
            BERIT, Lane.BISTAND, stream, 2, APPLICATION | {"documentIds": [mine, elsewhere]}
        )
        assert refused.json()["code"] == "document.not_here"
    named = APPLICATION | {"documentIds": [mine]}
    assert service.record(BERIT, Lane.BISTAND, stream, 2, named).status_code == 201


def test_a_document_is_not_filed_by_saying_so(service: Service) -> None:
    stream = service.open_case()
    body = {"type": "DocumentFiled", "occurred": "day 2024-03-05", "fact": {}}
    answer = service.record(BERIT, Lane.BISTAND, stream, 1, body)
    assert answer.json()["code"] == "fact.not_by_hand"


def test_swapped_cut_and_changed_chunks_are_refused_before_a_byte_leaves(service: Service) -> None:
    stream = service.open_case()
    one = filed(service, stream, token_bytes(3 * CHUNK_BYTES - 5))
    two = filed(service, stream, token_bytes(3 * CHUNK_BYTES - 5), 2)
    table = "ledger.document_chunk"
    tamperings = {
        "reordered": f"UPDATE {table} SET number = 3 - number WHERE number IN (1, 2)"
        f" AND document = '{one}'",
        "of another document": f"UPDATE {table} c SET chunk = o.chunk FROM {table} o"
        f" WHERE c.document = '{one}' AND o.document = '{two}' AND o.number = c.number",
        "truncated": f"DELETE FROM {table} WHERE document = '{one}' AND number = 3",
        "changed": f"UPDATE {table} SET chunk = set_byte(chunk, 99, get_byte(chunk, 99) # 1)"
        f" WHERE document = '{one}' AND number = 2",
        "cut": f"UPDATE {table} SET chunk = substr(chunk, 1, 40) WHERE document = '{one}'",
    }
    with owner(service) as connection:
        rows = connection.execute(f"SELECT * FROM {table} WHERE document = %s", (one,)).fetchall()
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT document_chunk_pkey")
        for what, statement in tamperings.items():
            connection.execute(statement)
            answer = read(service, one)
            assert answer.status_code == 500, what
            assert answer.json()["code"] == "ledger.tampered", what
            connection.execute(f"DELETE FROM {table} WHERE document = %s", (one,))
            connection.cursor().executemany(f"INSERT INTO {table} VALUES (%s, %s, %s, %s)", rows)
        connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (lane, document, number)")
        connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER refuse_delete")
    assert read(service, one).status_code == 200


def test_a_client_that_leaves_midway_leaves_nothing_behind(service: Service) -> None:
    stream = service.open_case()

    def breaking_off() -> Iterator[bytes]:
        yield token_bytes(2 * CHUNK_BYTES)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        service.client.post(
            f"/v1/bistand/strommar/{stream}/handlingar",
            content=breaking_off(),
            headers=service.headers(
                BERIT,
                if_match='"1"',
                idempotency_key=str(fresh()),
                liggaren_handling=quote(json.dumps(LETTER)),
                content_type=PDF,
                content_length=str(3 * CHUNK_BYTES),
            ),
        )

    until("end of the upload", lambda: not uploads(service))
