"""Reading through the one gateway: each read has its row, and what is not shown is named."""

import json
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from hashlib import sha256
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID

import psycopg
import pytest

from api.acting import PURPOSES, Purpose
from api.clock import utc_now
from api.exporting import lines
from api.problems import Problem
from domain.bistand.events import CaseOpened
from domain.bistand.process import BistandProcess
from domain.kernel.event import RecordedEvent
from domain.system.events import RoleRevoked
from ledger.codec import Lane
from ledger.connections import MIGRATOR
from scripts.operating import carry_out, rebuild_lookup
from tests.api.service import (
    APPLICATION,
    BERIT,
    BOTH,
    CECILIA,
    HANNA,
    MIRA,
    OTTO,
    REVA,
    RUT,
    SIGRID,
    Service,
)
from tests.whole import NAMND, OTHER_NAMND, by, fresh, saying

pytestmark = pytest.mark.one_server


def superuser(service: Service) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect to the service's ledger database, for looking and for breaking."""
    conninfo = service.house.processes.ledger.connections.conninfos[MIGRATOR]
    return psycopg.connect(conninfo, user="postgres", autocommit=True)


def log_rows(service: Service, who: str) -> list[tuple[Any, ...]]:
    """Return what the read log says of an officer: view, lane, stream, purpose, persons."""
    with superuser(service) as connection:
        return connection.execute(
            "SELECT view, lane::text, stream, purpose,"
            " ARRAY(SELECT person FROM ledger.read_subject s WHERE s.read = r.id)"
            " FROM ledger.read_log r WHERE actor = %s ORDER BY id",
            (service.ids[who],),
        ).fetchall()


READS = {
    "/v1/arenden/{koppling}": {
        ("case.state", "koppling"),
        ("case.state", "bistand"),
        ("case.state", "hyra"),
    },
    "/v1/arenden/{koppling}/historik": {
        ("case.trail", "koppling"),
        ("case.trail", "bistand"),
        ("case.trail", "hyra"),
    },
    "/arenden/{koppling}": {
        ("case.page", "koppling"),
        ("case.page", "bistand"),
        ("case.page", "hyra"),
    },
    "/v1/bistand/strommar/{bistand}": {("stream.state", "bistand")},
    "/v1/hyra/strommar/{hyra}": {("stream.state", "hyra")},
    "/arenden": {("case.list", "koppling"), ("case.list", "bistand"), ("case.list", "hyra")},
}


@pytest.mark.parametrize("path", READS)
def test_each_read_has_its_row_in_the_log(own_service: Service, path: str) -> None:
    streams = own_service.joined_case()
    before = len(log_rows(own_service, CECILIA))
    assert own_service.get(CECILIA, path.format(**streams)).status_code == 200
    rows = log_rows(own_service, CECILIA)[before:]
    assert rows[0][:2] == ("officer.roles", "system")
    shown = {row[:2] for row in rows} - {("officer.roles", "system"), ("office.names", "system")}
    assert shown == READS[path]
    read: dict[str, list[UUID]] = {}
    for view, lane, stream, purpose, _ in rows:
        if view.startswith(("case.", "stream.")) and view != "case.list":
            read.setdefault(lane, []).append(stream)
            assert purpose == PURPOSES[Purpose.HANDLAGGNING]
    for lane, logged in read.items():
        own = [UUID(streams[lane])]
        assert logged == own + [UUID(streams[name]) for name in streams if name == f"{lane}_person"]


def test_the_persons_shown_are_in_the_log(own_service: Service) -> None:
    streams = own_service.joined_case()
    before = len(log_rows(own_service, CECILIA))
    own_service.get(CECILIA, f"/v1/arenden/{streams['koppling']}")
    persons = {
        stream: set(shown) for _, _, stream, _, shown in log_rows(own_service, CECILIA)[before:]
    }
    for lane in ("bistand", "hyra"):
        of_case, of_person = UUID(streams[lane]), UUID(streams[f"{lane}_person"])
        assert persons[of_case] == persons[of_person]
        assert len(persons[of_case]) == 1
    assert not persons[UUID(streams["koppling"])]


@pytest.mark.parametrize("wrong", ["another case", "another person"])
def test_a_stream_that_is_not_the_partys_is_not_shown(own_service: Service, wrong: str) -> None:
    """As history may have it: nothing is recorded so today."""
    theirs = own_service.joined_case(text="Någon annans ord", name="Någon Annansson")
    named = theirs["bistand" if wrong == "another case" else "bistand_person"]
    process = own_service.house.processes.bistand
    command = by()
    stream = process.new_stream(command)
    opened = CaseOpened(party=fresh(), person_stream=UUID(named))
    process.record([saying(opened, stream, 1)], command)
    before = len(log_rows(own_service, CECILIA))
    read = own_service.get(CECILIA, f"/v1/bistand/strommar/{stream}")
    assert read.status_code == 200
    assert "Någon" not in read.text
    rows = [row for row in log_rows(own_service, CECILIA)[before:] if row[0] == "stream.state"]
    assert [row[2] for row in rows] == [stream, UUID(named)]
    assert [row[4] for row in rows] == [[opened.party], []], "who was not shown is not in the log"


@pytest.mark.parametrize("path", READS)
def test_without_the_log_there_is_no_answer(own_service: Service, path: str) -> None:
    streams = own_service.joined_case(text="Hemligheten")
    address = path.format(**streams)
    assert own_service.get(CECILIA, address).status_code == 200
    with superuser(own_service) as connection:
        connection.execute("ALTER TABLE ledger.read_log RENAME TO elsewhere")
    answer = own_service.get(CECILIA, address)
    assert answer.status_code >= 500
    assert "Hemligheten" not in answer.text
    assert "Prov Provsson" not in answer.text


def test_a_read_whose_log_row_is_not_committed_shows_nothing(own_service: Service) -> None:
    streams = own_service.joined_case(text="Hemligheten")
    with superuser(own_service) as connection:
        connection.execute(
            "CREATE FUNCTION ledger.refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no'; END $$;"
            "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON ledger.read_log DEFERRABLE INITIALLY"
            " DEFERRED FOR EACH ROW WHEN (NEW.view = 'case.trail') EXECUTE FUNCTION ledger.refuse()"
        )
    answer = own_service.get(CECILIA, f"/v1/arenden/{streams['koppling']}/historik")
    assert answer.status_code >= 500
    assert "Hemligheten" not in answer.text


def test_why_one_reads_stands_in_the_log(own_service: Service) -> None:
    streams = own_service.joined_case()
    path = f"/v1/arenden/{streams['koppling']}"
    own_service.get(RUT, path, liggaren_andamal="tillsyn")
    assert log_rows(own_service, RUT)[-1][3] == PURPOSES[Purpose.TILLSYN]
    refused = own_service.get(RUT, path, liggaren_andamal="nyfikenhet")
    assert refused.status_code == 422
    assert refused.json()["code"] == "purpose.unknown"
    assert "nyfikenhet" not in refused.text


def test_a_lane_one_may_not_read_is_named(service: Service) -> None:
    streams = service.joined_case(text="Ansökans ord")
    for path in ("", "/historik"):
        answer = service.get(HANNA, f"/v1/arenden/{streams['koppling']}{path}")
        assert answer.status_code == 200
        assert answer.json()["notShown"] == [
            {
                "lane": "bistand",
                "label": "BESLUT",
                "why": "Du har inte behörighet att läsa BESLUT.",
            }
        ]
        assert "Ansökans ord" not in answer.text
    assert service.get(CECILIA, f"/v1/arenden/{streams['koppling']}").json()["notShown"] == []


def test_a_lane_another_namnd_holds_is_named_too(service: Service) -> None:
    mine, theirs = service.open_case(), fresh()
    joined = {
        "type": "CaseJoined",
        "occurred": "day 2024-03-02",
        "fact": {"bistandStream": mine, "hyraStream": str(theirs)},
    }
    case = service.open(BERIT, Lane.KOPPLING, joined).json()["stream"]
    (hidden,) = service.get(CECILIA, f"/v1/arenden/{case}").json()["notShown"]
    assert hidden["lane"] == "hyra"
    assert "annan nämnd" in hidden["why"]


def test_a_process_that_has_not_begun_is_an_empty_lane(service: Service) -> None:
    stream = service.open_case()
    joined = {
        "type": "CaseJoined",
        "occurred": "day 2024-03-02",
        "fact": {"bistandStream": stream},
    }
    case = service.open(BERIT, Lane.KOPPLING, joined).json()["stream"]
    answer = service.get(CECILIA, f"/v1/arenden/{case}").json()
    assert answer["notShown"] == []
    assert [lane["lane"] for lane in answer["lanes"]] == ["bistand", "koppling"]


IDOR = (
    "/v1/arenden/{koppling}",
    "/v1/arenden/{koppling}/historik",
    "/v1/bistand/strommar/{bistand}",
    "/v1/hyra/strommar/{hyra}",
    "/v1/koppling/strommar/{koppling}",
    "/arenden/{koppling}",
    "/handlingar/bistand/{bistand}",
)


@pytest.mark.parametrize("path", IDOR)
def test_another_namnds_case_is_answered_like_one_that_does_not_exist(
    service: Service, path: str
) -> None:
    theirs = service.joined_case()
    nothing = {name: str(fresh()) for name in theirs}
    answers = [service.get(OTTO, path.format(**ids)) for ids in (theirs, nothing)]
    assert [answer.status_code for answer in answers] == [404, 404]
    bodies = []
    for answer in answers:
        reference = (
            answer.text.partition("urn:uuid:")[2][:36] or answer.text.rpartition("</code>")[0][-36:]
        )
        bodies.append(answer.text.replace(reference, "-"))
    assert bodies[0] == bodies[1]
    kept = [{k: v for k, v in answer.headers.items() if k != "date"} for answer in answers]
    assert kept[0] == kept[1]


def test_and_takes_as_long(service: Service) -> None:
    theirs = service.joined_case()

    def seconds(case: str) -> float:
        started = perf_counter()
        service.get(OTTO, f"/v1/arenden/{case}")
        return perf_counter() - started

    pairs = [(seconds(theirs["koppling"]), seconds(str(fresh()))) for _ in range(40)]
    difference = abs(median(one for one, _ in pairs) - median(other for _, other in pairs))
    assert difference < 0.01


@pytest.mark.parametrize(
    "address", ["x", "1", "..%2F..", "%00", "6EC1F1B5-2A53-4BD5-8C9F-52F6BB0D3B11", "'--", "ö"]
)
def test_what_is_no_id_does_not_exist(service: Service, address: str) -> None:
    for path in (f"/v1/arenden/{address}", f"/v1/bistand/strommar/{address}"):
        assert service.get(CECILIA, path).status_code == 404


def test_one_acts_for_one_namnd_and_says_which(service: Service) -> None:
    case = f"/v1/arenden/{service.joined_case()['koppling']}"
    answer = service.get(BOTH, case)
    assert answer.status_code == 400
    assert answer.json()["code"] == "namnd.choose"
    offered = {field["field"] for field in answer.json()["fields"]}
    assert offered == {str(NAMND), str(OTHER_NAMND)}
    assert service.get(BOTH, case, liggaren_namnd=str(NAMND)).status_code == 200
    assert service.get(BOTH, case, liggaren_namnd=str(OTHER_NAMND)).status_code == 404


@pytest.mark.parametrize("namnd", [str(OTHER_NAMND), str(fresh())])
def test_nobody_acts_for_a_namnd_they_have_no_role_in(service: Service, namnd: str) -> None:
    answer = service.get(CECILIA, f"/v1/arenden/{fresh()}", liggaren_namnd=namnd)
    assert answer.status_code == 403
    assert answer.json()["code"] == "no_role"


@pytest.mark.parametrize("namnd", ["x", str(UUID(int=0))])
def test_a_namnd_is_named_by_id(service: Service, namnd: str) -> None:
    answer = service.get(CECILIA, f"/v1/arenden/{fresh()}", liggaren_namnd=namnd)
    assert answer.status_code == 400


def test_an_officer_nobody_registered_has_no_role(service: Service) -> None:
    service.ids["stranger"] = fresh()
    answer = service.get("stranger", f"/v1/arenden/{fresh()}")
    assert answer.status_code == 403
    assert answer.json()["code"] == "no_role"


def test_a_role_that_is_taken_back_is_gone_at_once(own_service: Service) -> None:
    case = f"/v1/arenden/{own_service.joined_case()['koppling']}"
    assert own_service.get(CECILIA, case).status_code == 200
    revoked = RoleRevoked(
        role="enhetschef", namnd=NAMND, effective=date.fromisoformat("2024-03-01")
    )
    own_service.house.processes.system.record([saying(revoked, own_service.ids[CECILIA], 3)], by())
    assert own_service.get(CECILIA, case).status_code == 403


def test_names_of_officers_are_shown_and_not_their_ids(service: Service) -> None:
    streams = service.joined_case()
    rows = service.get(CECILIA, f"/v1/arenden/{streams['koppling']}/historik").json()["rows"]
    assert {row["actor"] for row in rows} == {"Berit Provlund", "Hanna Provlund"}


def test_the_answer_says_how_far_the_logs_had_come(service: Service) -> None:
    streams = service.joined_case()
    logs = service.get(CECILIA, f"/v1/arenden/{streams['koppling']}").json()["logs"]
    assert set(logs) == {"bistand", "hyra", "koppling"}
    for position in logs.values():
        epoch, _, index = position.partition("/")
        assert int(epoch) == 0
        assert int(index) > 0


# ---------------------------------------------------------------- clocks


def test_a_view_is_cut_by_what_was_true_and_by_what_was_known(service: Service) -> None:
    stream = service.open_case()
    late = APPLICATION | {"occurred": "day 2024-03-01", "claimedRecorded": "2024-03-20"}
    assert (
        service.record(MIRA, Lane.BISTAND, stream, 1, late | {"source": "gamla"}).status_code == 201
    )
    path = f"/v1/bistand/strommar/{stream}"

    def types(**asked: str) -> list[str]:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        rows = service.get(BERIT, f"{path}?{query}").json()["rows"]
        return [row["type"] for row in rows if row["type"] != "PersonRegistered"]

    both = ["CaseOpened", "ApplicationReceived"]
    assert types() == both
    assert types(gallde="2024-02-29") == both[:1]
    assert types(gallde="2024-03-01") == both
    assert types(kant="2024-03-19") == []
    assert types(kant="2024-03-20") == both[1:]
    assert types(kant="2024-03-20", kalla="liggaren") == []
    assert types(kant="2199-12-31", kalla="liggaren") == both


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("gallde=igår", "query.form"),
        ("gallde=2024-02-30", "query.form"),
        ("gallde=0001-01-01", "query.form"),
        ("gallde=9999-12-31T23:59:59Z", "query.form"),
        ("kant=0001-01-01T00:00:00%2B14:00", "query.form"),
        ("kant=2024-01-01T00:00:00", "query.form"),
        ("kalla=andra", "query.form"),
        ("per=2024-01-01", "query.unknown"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(service: Service, query: str, code: str) -> None:
    answer = service.get(CECILIA, f"/v1/arenden/{fresh()}?{query}")
    assert answer.status_code in {400, 422}
    assert answer.json()["code"] == code
    assert "igår" not in answer.text


def test_a_moment_with_an_offset_may_be_asked_for(service: Service) -> None:
    stream = service.open_case()
    for moment in (
        "2024-03-01T10:00:00Z",
        "2024-03-01T10:00:00+01:00",
        "2024-03-01T10:00:00%2B01:00",
    ):
        answer = service.get(BERIT, f"/v1/bistand/strommar/{stream}?gallde={moment}")
        assert answer.status_code == 200, answer.text


# ---------------------------------------------------------------- other lanes, export


def test_the_organisation_is_read_by_those_who_run_and_audit_it(service: Service) -> None:
    path = f"/v1/system/strommar/{NAMND}"
    for who in (SIGRID, REVA):
        answer = service.get(who, path)
        assert answer.status_code == 200
        assert "Provnämnden" in answer.text
    assert service.get(CECILIA, path).status_code == 403


def test_the_export_is_what_the_envelope_document_says(service: Service) -> None:
    streams = service.joined_case(text="Ord för ord")
    acting = service.house.reads.acting(service.ids[RUT], None, utc_now())
    case = UUID(streams["koppling"])
    read = service.house.reads.case(acting, case, Purpose.UTLAMNANDE, "case.export", stored=True)
    exported = [json.loads(line) for line in lines(read)]
    assert len(exported) == 6
    for event in exported:
        envelope = event["envelope"].encode()
        assert sha256(b"\0" + envelope).hexdigest() == event["leaf"]
        lane, stream, version = event["ref"].split("/")
        told = event["envelope"].split("\n")
        assert (told[2], told[6], told[7]) == (lane, stream, version)
        assert event["clear"].startswith("@ ")
        seals = bytes.fromhex(event["seals"])
        assert len(seals) == 66 * len(event["parts"])
        for number, part in enumerate(event["parts"]):
            digest = seals[66 * number + 34 : 66 * (number + 1)]
            assert sha256(b64decode(part)).digest() == digest
        assert event["common"]["commandId"]
    (application,) = [event for event in exported if "text" in event["fact"]]
    assert application["fact"]["text"] == "Ord för ord"
    assert application["missing"] == []


def test_what_is_recorded_during_an_export_is_not_half_in_it(
    own_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = own_service.joined_case()
    acting = own_service.house.reads.acting(own_service.ids[BERIT], None, utc_now())
    recorded: list[None] = []
    history = BistandProcess.history

    def record_meanwhile(
        process: BistandProcess, stream: UUID, **asked: int
    ) -> list[RecordedEvent]:
        told = history(process, stream, **asked)
        if str(stream) == streams["bistand"] and not recorded:
            recorded.append(None)
            with ThreadPoolExecutor() as other:
                late = APPLICATION | {"note": "under tiden"}
                answer = other.submit(
                    own_service.record, BERIT, Lane.BISTAND, streams["bistand"], 2, late
                ).result()
            assert answer.status_code == 201
        return told

    monkeypatch.setattr(BistandProcess, "history", record_meanwhile)
    case = UUID(streams["koppling"])
    read = own_service.house.reads.case(
        acting, case, Purpose.HANDLAGGNING, "case.export", stored=True
    )
    monkeypatch.undo()
    assert recorded
    exported = [json.loads(line) for line in lines(read)]
    assert f"bistand/{streams['bistand']}/2" in {event.get("ref") for event in exported}
    assert f"bistand/{streams['bistand']}/3" not in {event.get("ref") for event in exported}


def test_an_export_names_what_it_does_not_hold(service: Service) -> None:
    streams = service.joined_case(text="Ord för ord")
    acting = service.house.reads.acting(service.ids[HANNA], None, utc_now())
    read = service.house.reads.case(
        acting, UUID(streams["koppling"]), Purpose.HANDLAGGNING, "case.export", stored=True
    )
    told = list(lines(read))
    assert "Ord för ord" not in "".join(told)
    assert json.loads(told[-1]) == {
        "lane": "bistand",
        "notShown": "Du har inte behörighet att läsa BESLUT.",
    }


def test_the_gateway_itself_refuses_whatever_asks(service: Service) -> None:
    acting = service.house.reads.acting(service.ids[HANNA], None, utc_now())
    assert acting.namnd == NAMND
    with pytest.raises(Problem, match="not_allowed"):
        service.house.reads.stream(
            acting, Lane.BISTAND, fresh(), Purpose.HANDLAGGNING, "stream.state"
        )


def test_a_destroyed_part_is_told_and_the_other_lane_still_opens(own_service: Service) -> None:
    streams = own_service.joined_case(text="Ska bort")
    rows = own_service.get(CECILIA, f"/v1/bistand/strommar/{streams['bistand']}").json()
    assert "Ska bort" in json.dumps(rows, ensure_ascii=False)
    decision = {
        "type": "GallringDecided",
        "occurred": "day 2024-03-06",
        "fact": {"targetLane": "bistand", "level": 2, "legalGround": "sol_16_1"},
        "target": streams["bistand"],
    }
    gallring = own_service.open("arvid", Lane.TILLSYN, decision).json()["stream"]
    acting = own_service.house.reads.acting(own_service.ids[SIGRID], None, utc_now())
    carry_out(own_service.house, acting, UUID(gallring))
    gone = own_service.get(CECILIA, f"/v1/arenden/{streams['koppling']}")
    assert gone.status_code == 200
    assert [hidden["lane"] for hidden in gone.json()["notShown"]] == ["bistand"]
    assert "gallrad" in gone.text
    assert "Ska bort" not in gone.text
    assert [lane["lane"] for lane in gone.json()["lanes"]] == ["hyra", "koppling"]
    again = own_service.record(BERIT, Lane.BISTAND, streams["bistand"], 2, APPLICATION)
    assert again.status_code == 412


def joining(service: Service, who: str, namnd: UUID, stream: str) -> list[UUID]:
    """The cases that a stream belongs to, as an officer of a nämnd finds them."""
    acting = service.house.reads.acting(service.ids[who], namnd, utc_now())
    (found,) = service.house.reads.joining(acting, [UUID(stream)], Purpose.HANDLAGGNING).values()
    return found


def test_a_process_leads_to_the_case_it_is_joined_to_and_no_other_is_read(
    own_service: Service,
) -> None:
    streams, _ = own_service.joined_case(), own_service.joined_case()
    before = len(log_rows(own_service, CECILIA))
    for lane in ("bistand", "hyra"):
        found = joining(own_service, CECILIA, NAMND, streams[lane])
        assert found == [UUID(streams["koppling"])]
    rows = [row for row in log_rows(own_service, CECILIA)[before:] if row[0] == "case.find"]
    assert [row[2] for row in rows] == [None, UUID(streams["koppling"])] * 2
    assert joining(own_service, CECILIA, NAMND, str(fresh())) == []


def test_a_case_that_is_handed_over_is_found_by_the_receiver_alone(own_service: Service) -> None:
    streams = own_service.joined_case()
    moved = {
        "type": "HolderChanged",
        "occurred": "day 2024-03-04",
        "fact": {"toNamnd": str(OTHER_NAMND), "ground": "overlamnat"},
    }
    case = streams["koppling"]
    answer = own_service.record(CECILIA, Lane.KOPPLING, case, 1, moved)
    assert answer.status_code == 201, answer.text
    assert joining(own_service, CECILIA, NAMND, streams["hyra"]) == []
    assert joining(own_service, OTTO, OTHER_NAMND, streams["hyra"]) == [UUID(case)]


def test_what_cases_are_found_by_is_made_anew_from_the_events(own_service: Service) -> None:
    streams = own_service.joined_case()
    with superuser(own_service) as connection:
        connection.execute("DELETE FROM ledger.lookup WHERE lane = 'koppling'")
    assert joining(own_service, CECILIA, NAMND, streams["bistand"]) == []
    acting = own_service.house.reads.acting(own_service.ids[CECILIA], NAMND, utc_now())
    assert rebuild_lookup(own_service.house, acting, Lane.KOPPLING) == 1
    found = joining(own_service, CECILIA, NAMND, streams["bistand"])
    assert found == [UUID(streams["koppling"])]
