"""What every answer has, whatever happens: headers, no traces, a log that names nobody."""

import json
import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter
from typing import Any, Final

import httpx
import psycopg
import pytest

from api import log
from api.app import create_app
from api.edge import HEADERS
from api.house import house
from api.problems import from_ledger, from_refused
from domain.kernel.refused import Refused
from ledger import errors
from ledger.codec import Lane
from ledger.connections import MIGRATOR, PROJECTOR, reader
from ledger.errors import LedgerError
from tests.api.service import APPLICATION, BERIT, CECILIA, Service, listening
from tests.whole import fresh

_THREADS: Final = 40
"""How many requests are carried out at the same time (anyio's default)."""


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Path]:
    """The file the log goes to during the test."""
    path = tmp_path / "log" / "liggare.log"
    log.to_file(path)
    yield path
    root = logging.getLogger("liggaren")
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    root.propagate = True


ADDRESSES = (
    "/v1/halsa",
    "/v1/openapi.json",
    "/v1/arenden/x",
    "/finns/inte",
    "/inloggning",
    "/static/liggaren.css",
    "/static/finns-inte",
    "/arenden",
)


@pytest.mark.parametrize("path", ADDRESSES)
def test_each_answer_has_its_headers(service: Service, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = service.client.request(method, path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert "server" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers
    policy = HEADERS["content-security-policy"]
    assert "'unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert HEADERS["cache-control"] == "no-store"


def test_in_production_there_is_no_description_no_login_and_tls_is_demanded(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes = service.house.processes
    bare = house(processes, service.house.verifier)
    monkeypatch.setattr(type(bare), "environment", property(lambda _: "production"))
    with listening(create_app(bare)) as address, httpx.Client(base_url=address) as client:
        for path in ("/v1/openapi.json", "/docs", "/redoc", "/inloggning"):
            assert client.get(path).status_code == 404
        assert client.get("/", follow_redirects=True).status_code == 401
        answer = client.get("/v1/halsa")
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        page = client.get(f"/arenden/{fresh()}")
        assert page.status_code == 401
        assert "UTVECKLINGSIDENTITET" not in page.text
        assert "inloggning" not in page.headers.get("location", "")


def test_only_known_host_names_are_answered_in_development(service: Service) -> None:
    answer = service.client.get("/v1/halsa", headers={"host": "evil.example"})
    assert answer.status_code == 421
    assert answer.json()["code"] == "host.unknown"
    for host in ("localhost", "127.0.0.1:8000"):
        assert service.client.get("/v1/halsa", headers={"host": host}).status_code == 200


def test_an_error_nobody_foresaw_tells_nothing_and_is_found_by_its_reference(
    service: Service, monkeypatch: pytest.MonkeyPatch, told: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        try:
            no_names: dict[str, str] = {}
            fresh_name = no_names["Kanariefågel"]
            assert fresh_name
        except KeyError as error:
            msg = "Kanariefågel 200002292399"
            raise RuntimeError(msg) from error

    monkeypatch.setattr(service.house.reads._processes.system, "reading", fail)
    answer = service.get(CECILIA, f"/v1/arenden/{fresh()}")
    assert answer.status_code == 500
    assert answer.json()["code"] == "unexpected"
    assert "Kanariefågel" not in answer.text
    text = told.read_text()
    assert "Kanarie" not in text
    assert "200002292399" not in text
    entry = next(json.loads(line) for line in text.splitlines() if '"error"' in line)
    assert answer.json()["instance"] == f"urn:uuid:{entry['reference']}"
    assert [one["type"] for one in entry["error"]] == ["builtins.RuntimeError", "builtins.KeyError"]
    assert any("test_edge.py" in place for place in entry["error"][0]["at"])


def test_the_log_names_no_person_no_case_and_no_question(service: Service, told: Path) -> None:
    streams = service.joined_case(text="Kanariefågel", name="Kanarie Fågelsson")
    service.get(CECILIA, f"/v1/arenden/{streams['koppling']}?gallde=2024-03-01")
    service.get(CECILIA, f"/arenden/{streams['koppling']}?namnd=Kanarie")
    service.client.get("/v1/Kanarie/Fågelsson?personnummer=200002292399")
    service.client.request("KANARIE", "/v1/halsa")
    service.client.get("/v1/halsa\r\nKanarie: 1".replace("\r\n", "%0d%0a"))
    service.open(BERIT, Lane.BISTAND, {"type": "Kanarie", "occurred": "Kanarie", "fact": {}})
    text = told.read_text()
    assert "anarie" not in text
    assert "200002292399" not in text
    for stream in streams.values():
        assert stream not in text
    for officer in service.ids.values():
        assert str(officer) not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert {line["access"] for line in lines} >= {
        "GET /v1/arenden/{case}",
        "GET /arenden/{case}",
        "POST /v1/bistand/{stream}",
        "? /v1/halsa",
        "GET -",
    }
    assert told.stat().st_mode & 0o077 == 0


def test_every_error_of_the_ledger_has_its_words() -> None:
    for kind in all_errors(LedgerError):
        if kind.__module__.startswith("ledger.") and kind.code != "ledger":
            problem = from_ledger(kind.__new__(kind))
            assert problem.code == kind.code
            if kind.code not in UNEXPECTED:
                assert problem.title != "Ett fel i tjänsten", kind.code


UNEXPECTED = {"ledger.no_read", "ledger.nothing_to_save", "ledger.unknown_field"}
"""They can only come from a fault of our own."""


def all_errors(kind: type[LedgerError]) -> Iterator[type[LedgerError]]:
    """Return a kind of error and all its kinds."""
    yield kind
    for below in kind.__subclasses__():
        yield from all_errors(below)


def test_a_field_name_that_is_not_ours_is_not_repeated() -> None:
    refused = Refused(
        "x", "y", remedy="z", fields=(("text", "1"), ("Kanarie", "2"), ("a.0.b", "3"))
    )
    problem = from_refused(refused, {"text", "b"})
    assert [field for field, _ in problem.fields] == ["text", "(okänt fält)", "b"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.Conflict("x"), 412),
        (errors.CommandExpired("x"), 409),
        (errors.Held("x"), 409),
        (errors.Destroyed("x"), 410),
        (errors.Unavailable("x"), 503),
        (errors.Busy("x"), 503),
        (errors.DurabilityUnknown("x"), 503),
        (errors.NoReadOpen("x"), 500),
    ],
)
def test_an_error_of_the_ledger_keeps_its_kind(error: LedgerError, status: int) -> None:
    assert from_ledger(error).status == status


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
        b"POST /v1/bistand HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: x\r\n\r\n",
        (
            b"POST /v1/bistand HTTP/1.1\r\nhost: 127.0.0.1\r\n"
            b"content-length: 1\r\ncontent-length: 2\r\n\r\n"
        ),
        b"\x16\x03\x01\x00\x00",
    ],
    ids=["long header", "long address", "length", "two lengths", "not HTTP"],
)
def test_what_is_no_request_is_turned_away(service: Service, request_bytes: bytes) -> None:
    host, port = service.client.base_url.host, service.client.base_url.port
    with socket.create_connection((host, port or 0), timeout=10) as connection:
        connection.sendall(request_bytes)
        assert connection.recv(100).startswith(b"HTTP/1.1 4")
    assert service.client.get("/v1/halsa").status_code == 200


def test_a_client_that_waits_for_permission_is_told_before_it_sends(service: Service) -> None:
    host, port = service.client.base_url.host, service.client.base_url.port
    head = (
        f"POST /v1/bistand HTTP/1.1\r\nhost: 127.0.0.1\r\nexpect: 100-continue\r\n"
        f"content-type: application/json\r\ncontent-length: 10000000\r\n"
        f"idempotency-key: {fresh()}\r\nauthorization: Bearer {service.token(BERIT)}\r\n\r\n"
    )
    with socket.create_connection((host, port or 0), timeout=10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_an_answer_is_sent_at_once(service: Service) -> None:
    def seconds() -> float:
        started = perf_counter()
        service.client.get("/v1/finns-inte")
        return perf_counter() - started

    seconds()
    assert median(seconds() for _ in range(20)) < 0.03, "40 ms is a packet that waits for an ACK"


def test_nothing_can_be_changed_or_deleted(service: Service) -> None:
    stream = service.open_case()
    for method in ("PUT", "PATCH", "DELETE"):
        for path in (f"/v1/bistand/{stream}", f"/v1/bistand/strommar/{stream}"):
            answer = service.client.request(method, path, headers=service.headers(BERIT))
            assert answer.status_code == 405
            assert answer.json()["code"] == "method.not_allowed"


def test_the_service_says_whether_it_is_well(own_service: Service) -> None:
    assert own_service.client.get("/v1/halsa").json()["status"] == "ok"
    ledger = own_service.house.processes.ledger
    ledger.witness.behind[Lane.HYRA] = None  # type: ignore[assignment]
    assert own_service.client.get("/v1/halsa").json()["status"] == "skrivskyddad"


def test_a_database_that_is_away_is_a_503_with_a_remedy(
    own_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = own_service.open_case()
    monkeypatch.setattr("ledger.connections._WAIT_S", 0.3)
    connections = own_service.house.processes.ledger.connections
    connections.close()
    monkeypatch.setattr(
        connections,
        "conninfos",
        dict.fromkeys(connections.conninfos, "host=/nonexistent dbname=x connect_timeout=1"),
    )
    answers: list[Any] = [
        own_service.get(BERIT, f"/v1/bistand/strommar/{stream}"),
        own_service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION),
    ]
    for answer in answers:
        assert answer.status_code == 503
        assert answer.json()["code"] == "ledger.unavailable"
        assert answer.headers["retry-after"]
    assert own_service.client.get("/v1/halsa").status_code == 503


def busy(answer: httpx.Response) -> bool:
    """Whether an answer says to come back, and when."""
    return (
        answer.status_code == 503
        and answer.json()["code"] == "ledger.busy"
        and bool(answer.headers["retry-after"])
    )


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for this before the service: it holds for connections made from here on."""
    monkeypatch.setattr("ledger.connections._WAIT_S", 1.0)


def test_a_lane_that_is_locked_for_long_is_busy(short_waits: None, own_service: Service) -> None:
    stream = own_service.open_case()
    connections = own_service.house.processes.ledger.connections
    key = str(fresh())
    holder = psycopg.connect(connections.conninfos[MIGRATOR], user="postgres")
    with holder:  # and its transaction
        holder.execute("SELECT FROM ledger.lane_head WHERE lane = 'bistand' FOR UPDATE")
        answer = own_service.record(
            BERIT, Lane.BISTAND, stream, 1, APPLICATION, idempotency_key=key
        )
        assert busy(answer), answer.text
        holder.execute("LOCK TABLE ledger.leaf")
        assert busy(own_service.get(BERIT, f"/v1/bistand/strommar/{stream}"))
    again = own_service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION, idempotency_key=key)
    assert again.status_code == 201


def test_a_full_pool_is_busy_and_not_away(short_waits: None, own_service: Service) -> None:
    stream = own_service.open_case()
    connections = own_service.house.processes.ledger.connections
    for role in (reader(Lane.SYSTEM), PROJECTOR):
        with ExitStack() as held:
            for _ in range(connections.pool(role).max_size):
                held.enter_context(connections.connection(role))
            assert busy(own_service.get(BERIT, f"/v1/bistand/strommar/{stream}"))
            assert own_service.client.get("/v1/halsa").json()["status"] == "ok"


def test_the_service_says_it_is_well_while_all_its_threads_wait(own_service: Service) -> None:
    stream = own_service.open_case()
    connections = own_service.house.processes.ledger.connections
    pool = connections.pool(reader(Lane.SYSTEM))
    with ThreadPoolExecutor(_THREADS + 5) as clients, ExitStack() as held:
        for _ in range(pool.max_size):
            held.enter_context(connections.connection(reader(Lane.SYSTEM)))
        path = f"/v1/bistand/strommar/{stream}"
        asked = [clients.submit(own_service.get, BERIT, path) for _ in range(_THREADS + 5)]
        deadline = monotonic() + 5
        while pool.get_stats().get("requests_waiting", 0) < _THREADS:
            assert monotonic() < deadline
        assert own_service.client.get("/v1/halsa").json()["status"] == "ok"
        held.close()
        assert {one.result().status_code for one in asked} == {200}


def test_the_description_leads_nowhere_else(service: Service) -> None:
    assert "://" not in service.client.get("/v1/openapi.json").text
