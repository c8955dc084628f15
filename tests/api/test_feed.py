"""The feed: nothing missed, nothing doubled, nothing of the other process."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random  # noqa: TID251 - a seed decides it
from typing import Any

import httpx
import pytest

from ledger.codec import Lane
from tests.api.service import APPLICATION, BERIT, CECILIA, HANNA, OTTO, RUT, SIGRID, Service
from tests.whole import OTHER_NAMND, Whole, fresh

pytestmark = pytest.mark.one_server

EXAMPLE = Path(__file__).parents[2] / "docs" / "exempel" / "konsument.py"


def next_of(answer: httpx.Response) -> str:
    return str(answer.links["next"]["url"])


def whole_feed(service: Service, who: str, lane: str, antal: int = 100) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    path = f"/v1/handelser/{lane}?antal={antal}"
    while True:
        answer = service.get(who, path)
        assert answer.status_code == 200, answer.text
        events += answer.json()
        if len(answer.json()) < antal:
            return events
        path = next_of(answer)


def test_what_is_recorded_comes_in_log_order_as_cloudevents(own_service: Service) -> None:
    streams = own_service.joined_case()
    events = whole_feed(own_service, BERIT, "bistand")
    assert [event["type"] for event in events] == [
        f"se.liggaren.bistand.{name}.1"
        for name in ("EpochOpened", "PersonRegistered", "CaseOpened", "ApplicationReceived")
    ]
    assert events[-1]["subject"] == streams["bistand"]
    assert events[-1]["data"]["version"] == 2
    assert [event["id"] for event in events] == ["0/0", "0/1", "0/2", "0/3"]
    answer = own_service.get(BERIT, "/v1/handelser/bistand")
    assert answer.headers["content-type"] == "application/cloudevents-batch+json"


def test_the_same_comes_whatever_the_size_of_the_page(own_service: Service) -> None:
    own_service.joined_case()
    once = whole_feed(own_service, BERIT, "bistand")
    assert all(whole_feed(own_service, BERIT, "bistand", antal) == once for antal in (1, 2, 3, 4))


def test_a_cursor_gives_what_came_after_it_and_only_that(own_service: Service) -> None:
    stream = own_service.open_case()
    answer = own_service.get(BERIT, "/v1/handelser/bistand")
    path = next_of(answer)
    again = own_service.get(BERIT, path)
    assert again.json() == []
    assert next_of(again).partition("?")[2].startswith(path.partition("?")[2].partition("&")[0])
    own_service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION)
    (event,) = own_service.get(BERIT, path).json()
    assert (event["subject"], event["data"]["version"]) == (stream, 2)


def test_the_cursor_passes_what_another_nämnd_records(own_service: Service) -> None:
    own_service.open_case()
    before = next_of(own_service.get(OTTO, "/v1/handelser/bistand"))
    own_service.open_case()
    answer = own_service.get(OTTO, before)
    assert answer.json() == []
    assert next_of(answer) != before


def test_a_nämnd_gets_its_own_streams_alone(own_service: Service) -> None:
    stream = own_service.open_case()
    assert stream in {event["subject"] for event in whole_feed(own_service, CECILIA, "bistand")}
    others = whole_feed(own_service, OTTO, "bistand")
    assert [event["type"] for event in others] == ["se.liggaren.bistand.EpochOpened.1"]
    assert str(OTHER_NAMND) not in json.dumps(others)


@pytest.mark.parametrize(
    ("who", "lane"), [(BERIT, "hyra"), (HANNA, "bistand"), (SIGRID, "bistand"), (SIGRID, "hyra")]
)
def test_who_may_not_read_the_process_gets_no_feed_of_it(
    service: Service, who: str, lane: str
) -> None:
    assert service.get(who, f"/v1/handelser/{lane}").status_code == 403


@pytest.mark.parametrize("lane", ["koppling", "tillsyn", "system", "drift"])
def test_what_joins_the_two_has_no_feed(service: Service, lane: str) -> None:
    assert service.get(RUT, f"/v1/handelser/{lane}").status_code == 404


def test_a_hyra_feed_holds_no_byte_that_tells_of_bistånd(own_service: Service) -> None:
    streams = own_service.joined_case()
    fed = own_service.get(HANNA, "/v1/handelser/hyra?antal=1000")
    everything = fed.text + json.dumps(dict(fed.headers))
    assert "bistand" not in everything
    assert "bistånd" not in everything.casefold()
    told = {streams["bistand"], streams["koppling"]}
    told |= {event["data"]["leaf"] for event in whole_feed(own_service, BERIT, "bistand")}
    assert not [one for one in told if one in everything]


def test_nothing_personal_is_in_the_feed(own_service: Service) -> None:
    own_service.joined_case(text="Hon dricker.", name="Lena Provström")
    everything = json.dumps(whole_feed(own_service, CECILIA, "bistand"), ensure_ascii=False)
    assert "Provström" not in everything
    assert "dricker" not in everything
    assert not [one for one in own_service.ids.values() if str(one) in everything]


def test_a_log_replaced_by_another_is_noticed(own_service: Service) -> None:
    own_service.open_case()
    path = next_of(own_service.get(BERIT, "/v1/handelser/bistand"))
    digit = path[path.index("&") - 1]
    other = path.replace(f"{digit}&", f"{'0' if digit != '0' else '1'}&")
    answer = own_service.get(BERIT, other)
    assert (answer.status_code, answer.json()["code"]) == (410, "cursor.gone")


@pytest.mark.parametrize(
    "query", ["efter=x", "efter=0.1", "antal=0", "antal=1001", "antal=-1", "antal=ett", "vem=jag"]
)
def test_another_question_is_refused(service: Service, query: str) -> None:
    assert service.get(BERIT, f"/v1/handelser/bistand?{query}").status_code == 400


def test_each_page_is_a_logged_read(own_service: Service, whole: Whole) -> None:
    with whole.superuser() as connection:
        for number in (1, 2):
            own_service.get(BERIT, "/v1/handelser/bistand")
            row = connection.execute(
                "SELECT count(*), max(purpose) FROM ledger.read_log WHERE view = 'feed'"
                " AND actor = %s",
                (own_service.ids[BERIT],),
            ).fetchone()
            assert row == (number, "leverans till ett mottagande system")


def test_a_consumer_killed_and_started_again_misses_nothing_and_doubles_nothing(
    own_service: Service, tmp_path: Path, *, full: bool
) -> None:
    """Six writers; the example consumer killed at moments that a seed decides."""
    rounds, seed = (40, 5) if full else (6, 5)
    chance = Random(seed)  # noqa: S311 - nothing secret
    file = tmp_path / "model.sqlite"
    address = str(own_service.client.base_url).rstrip("/")
    environ = {**os.environ, "LIGGAREN_TOKEN": own_service.token(CECILIA)}
    command = [sys.executable, str(EXAMPLE), address, "bistand", str(file)]

    def write(number: int) -> None:
        for _ in range(rounds):
            own_service.record(BERIT, Lane.BISTAND, own_service.open_case(), 1, APPLICATION)

    def seen() -> int:
        with sqlite3.connect(file, timeout=30) as model:
            return int(model.execute("SELECT count(*) FROM event").fetchone()[0])

    def kept() -> list[dict[str, Any]]:
        with sqlite3.connect(file, timeout=30) as model:
            rows = model.execute("SELECT event FROM event ORDER BY rowid").fetchall()
        return [json.loads(row) for (row,) in rows]

    with ThreadPoolExecutor(6) as pool:
        writing = [pool.submit(write, number) for number in range(6)]
        kills = 0
        while not all(one.done() for one in writing) or kills < 3:
            consumer = subprocess.Popen(command, env=environ)
            try:
                consumer.wait(chance.uniform(0.05, 0.6))
            except subprocess.TimeoutExpired:
                consumer.send_signal(signal.SIGKILL)
                consumer.wait()
                kills += 1
            else:
                pytest.fail("the consumer ended by itself")
    for one in writing:
        one.result()
    expected = whole_feed(own_service, CECILIA, "bistand", 1000)
    assert len(expected) == 1 + 6 * rounds * 3  # person, case, application
    last = subprocess.Popen(command, env=environ)
    while seen() < len(expected) and last.poll() is None:
        pass
    last.kill()
    last.wait()
    assert kept() == expected


def test_a_cursor_of_nobodys_tells_nothing(service: Service) -> None:
    answer = service.get(BERIT, f"/v1/handelser/bistand?efter=9.9.{'0' * 64}")
    assert answer.status_code == 410
    assert str(fresh()) not in answer.text
