"""Lists over HTTP: who sees which rows, page by page, logged, with nothing of a person in them."""

import json
from typing import Any
from uuid import UUID

import pytest

from ledger import lists
from ledger.codec import Lane
from ledger.lists import catch_up
from projections.lists import LISTS
from tests.api.service import BERIT, CECILIA, HANNA, OTTO, RUT, SIGRID, Service
from tests.whole import Whole, by, decide

pytestmark = pytest.mark.one_server

MARK = "Kanariefågel"


def up_to_date(service: Service) -> None:
    catch_up(service.house.processes.ledger.connections, LISTS)


def listed(service: Service, who: str, path: str, **more: str) -> list[dict[str, Any]]:
    """All pages of a list."""
    rows: list[dict[str, Any]] = []
    while True:
        answer = service.get(who, path, **more)
        assert answer.status_code == 200, answer.text
        rows += answer.json()["rows"]
        if "next" not in answer.links:
            return rows
        path = answer.links["next"]["url"]


def test_a_case_is_listed_in_each_process_and_across(own_service: Service) -> None:
    case = own_service.joined_case()
    up_to_date(own_service)
    (bistand,) = listed(own_service, BERIT, "/v1/bistand/strommar")
    assert bistand | {"opened": "", "latest": ""} == {
        "stream": case["bistand"],
        "kind": "CaseOpened",
        "open": True,
        "opened": "",
        "latest": "",
        "latestType": "ApplicationReceived",
        "version": 2,
        "begun": 0,
        "ended": 0,
    }
    (hyra,) = listed(own_service, HANNA, "/v1/hyra/strommar")
    assert hyra["stream"] == case["hyra"]
    answer = own_service.get(CECILIA, "/v1/arenden").json()
    assert answer["rows"] == [
        {
            "case": case["koppling"],
            "latest": answer["rows"][0]["streams"]["koppling"]["latest"],
            "open": True,
            "streams": {
                "bistand": bistand,
                "hyra": hyra,
                "koppling": answer["rows"][0]["streams"]["koppling"],
            },
        }
    ]
    assert answer["lists"]["bistand"] == {"position": "0/3", "stopped": False}


def test_a_decision_and_its_end_are_counted_and_a_closed_case_is_closed(
    own_service: Service,
) -> None:
    case = own_service.joined_case()
    closed = {"type": "CaseClosed", "occurred": "day 2024-03-09", "fact": {}}
    answer = own_service.record(BERIT, Lane.BISTAND, case["bistand"], 2, closed)
    assert answer.status_code == 201, answer.text
    still = own_service.open_case()
    up_to_date(own_service)

    def streams(show: str) -> list[str]:
        rows = listed(own_service, BERIT, f"/v1/bistand/strommar?visa={show}")
        return [row["stream"] for row in rows]

    assert streams("oppna") == [still]
    assert streams("avslutade") == [case["bistand"]]
    assert streams("alla") == [still, case["bistand"]]


def test_the_pages_together_are_the_list(own_service: Service) -> None:
    cases = [own_service.joined_case() for _ in range(5)]
    up_to_date(own_service)
    in_lane = listed(own_service, BERIT, "/v1/bistand/strommar?antal=2")
    assert [row["stream"] for row in in_lane] == [case["bistand"] for case in reversed(cases)]
    across = listed(own_service, CECILIA, "/v1/arenden?antal=2&visa=oppna")
    assert [row["case"] for row in across] == [case["koppling"] for case in reversed(cases)]


def test_each_sees_the_lists_of_what_they_may_read(own_service: Service) -> None:
    own_service.joined_case()
    up_to_date(own_service)
    for who in (HANNA, SIGRID):
        assert own_service.get(who, "/v1/bistand/strommar").status_code == 403
    for who in (BERIT, HANNA, SIGRID):
        assert own_service.get(who, "/v1/arenden").status_code == 403
    for path in ("/v1/bistand/strommar", "/v1/hyra/strommar", "/v1/arenden"):
        assert listed(own_service, OTTO, path) == [], "another nämnd"
        assert len(listed(own_service, RUT, path)) == 1


def test_each_process_has_its_row_in_the_read_log(own_service: Service, whole: Whole) -> None:
    own_service.joined_case()
    up_to_date(own_service)
    with whole.superuser() as superuser:
        before = superuser.execute("SELECT max(id) FROM ledger.read_log").fetchone()
        own_service.get(CECILIA, "/v1/arenden", liggaren_andamal="kontroll")
        own_service.get(HANNA, "/v1/hyra/strommar")
        rows = superuser.execute(
            "SELECT role, actor, view, purpose FROM ledger.read_log"
            " WHERE id > %s AND view ~ 'list' ORDER BY id",
            before,
        ).fetchall()
    cecilia, hanna = own_service.ids[CECILIA], own_service.ids[HANNA]
    assert [row[:3] for row in rows] == [
        ("liggaren_reader_bistand", cecilia, "case.list_both"),
        ("liggaren_reader_hyra", cecilia, "case.list_both"),
        ("liggaren_reader_koppling", cecilia, "case.list_both"),
        ("liggaren_reader_hyra", hanna, "stream.list"),
    ]


def test_a_list_holds_nothing_of_a_person_in_clear(own_service: Service, whole: Whole) -> None:
    case = own_service.joined_case(text=f"{MARK} söker.", name=f"{MARK} Provsson")
    up_to_date(own_service)
    persons = {case["bistand_person"], case["hyra_person"]}
    with whole.superuser() as superuser:
        rows = superuser.execute(
            "SELECT to_json(s)::text FROM ledger.list_stream s"
            " UNION ALL SELECT to_json(b)::text FROM ledger.list_build b"
        ).fetchall()
    kept = "\n".join(row for (row,) in rows)
    shown = json.dumps(
        [
            own_service.get(CECILIA, path).json()
            for path in ("/v1/arenden", "/v1/bistand/strommar", "/v1/hyra/strommar")
        ]
    )
    assert case["bistand"] in kept
    assert case["bistand"] in shown
    for text in (kept, shown):
        assert MARK not in text
        assert not any(person in text for person in persons), "not even by id"


def test_a_case_that_is_destroyed_leaves_the_lists(own_service: Service, whole: Whole) -> None:
    case = own_service.joined_case()
    up_to_date(own_service)
    gallring = decide(whole, UUID(case["bistand"]))
    whole.processes.tillsyn.carry_out(gallring, by())
    assert listed(own_service, BERIT, "/v1/bistand/strommar") == []
    (row,) = listed(own_service, CECILIA, "/v1/arenden")
    assert row["streams"].keys() == {"hyra", "koppling"}


def test_a_list_that_is_not_there_yet_is_said_to_be_on_its_way(own_service: Service) -> None:
    for path in ("/v1/bistand/strommar", "/v1/arenden"):
        answer = own_service.get(CECILIA, path)
        assert answer.status_code == 503
        assert answer.json()["code"] == "list.not_there"
        assert answer.headers["retry-after"]


@pytest.mark.parametrize(
    "asked",
    ["antal=0", "antal=501", "antal=x", "visa=hemliga", "namn=x", "efter=x", "efter=1.x"],
)
def test_a_question_that_the_list_does_not_have_is_refused(service: Service, asked: str) -> None:
    for path in ("/v1/bistand/strommar", "/v1/arenden"):
        answer = service.get(CECILIA, f"{path}?{asked}")
        assert answer.status_code == 400
        assert answer.json()["code"] in {"query.unknown", "cursor.form"}


def test_a_list_that_has_stopped_is_told_of(own_service: Service, whole: Whole) -> None:
    up_to_date(own_service)
    assert own_service.client.get("/v1/halsa").json() == {"status": "ok"}
    with whole.superuser() as superuser:
        superuser.execute("SELECT ledger.list_stop('hyra', NULL)")
    assert own_service.client.get("/v1/halsa").json() == {"status": "ok", "stoppedLists": ["hyra"]}
    assert own_service.get(HANNA, "/v1/hyra/strommar").json()["stopped"] is True


def test_a_list_that_does_not_follow_is_told_of(
    own_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    up_to_date(own_service)
    own_service.joined_case()
    assert own_service.client.get("/v1/halsa").json() == {"status": "ok"}
    monkeypatch.setattr(lists, "LATE_S", 0.0)
    late = {"status": "ok", "lateLists": ["bistand", "hyra", "koppling"]}
    assert own_service.client.get("/v1/halsa").json() == late
    up_to_date(own_service)
    assert own_service.client.get("/v1/halsa").json() == {"status": "ok"}
