"""Recording over HTTP: versions, keys, who may."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import psycopg
import pytest

from api.problems import RETRY_AFTER_S
from domain.bistand.events import PersonRegistered
from ledger.codec import Lane
from ledger.errors import DurabilityUnknown
from tests.api.service import (
    APPLICATION,
    ARVID,
    BERIT,
    BO,
    CECILIA,
    HANNA,
    MIRA,
    OTTO,
    RUT,
    SIGRID,
    Service,
    case_opened,
    person_registered,
)
from tests.whole import NAMND, OTHER_NAMND, by, fresh, saying

pytestmark = pytest.mark.one_server


def test_a_new_stream_is_answered_with_its_address_and_version(service: Service) -> None:
    answer = service.open(BERIT, Lane.BISTAND, service.case_opened())
    assert answer.status_code == 201
    told = answer.json()
    assert answer.headers["location"] == f"/v1/bistand/strommar/{told['stream']}"
    assert answer.headers["etag"] == '"1"'
    assert told["ref"] == f"bistand/{told['stream']}/1"
    assert told["type"] == "CaseOpened"
    read = service.get(BERIT, answer.headers["location"])
    assert read.headers["etag"] == answer.headers["etag"]


def test_a_fact_is_recorded_in_a_stream(service: Service) -> None:
    stream = service.open_case()
    assert service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION).status_code == 201
    read = service.get(BERIT, f"/v1/bistand/strommar/{stream}").json()
    assert read["version"] == 2
    types = [row["type"] for row in read["rows"]]
    assert types == ["CaseOpened", "ApplicationReceived", "PersonRegistered"]


def test_without_a_version_nothing_is_recorded(service: Service) -> None:
    stream = service.open_case()
    headers = service.headers(BERIT, idempotency_key=str(fresh()))
    for path in ("/v1/bistand", f"/v1/bistand/{stream}"):
        answer = service.client.post(path, json=APPLICATION, headers=headers)
        assert answer.status_code == 428
        assert answer.json()["code"] == "precondition.missing"
    assert version(service, stream) == 1


@pytest.mark.parametrize("given", ["0", '"0"', "*", 'W/"1"', '"1", "2"', '"x"', '"-1"', "1"])
def test_a_version_of_another_form_is_refused(service: Service, given: str) -> None:
    stream = service.open_case()
    answer = service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION, if_match=given)
    assert answer.status_code == 400
    assert answer.json()["code"] == "precondition.form"


@pytest.mark.parametrize("stale", [1, 3, 9])
def test_a_version_that_is_not_the_last_is_a_conflict(service: Service, stale: int) -> None:
    stream = service.open_case()
    assert service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION).status_code == 201
    again = APPLICATION | {"note": "en gång till"}
    answer = service.record(BO, Lane.BISTAND, stream, stale, again)
    assert answer.status_code == 412
    assert answer.json()["code"] == "conflict.version"
    assert version(service, stream) == 2


def test_a_conflict_says_which_version_is_the_last_and_when_the_one_sent_is_above_it(
    service: Service,
) -> None:
    stream = service.open_case()
    assert service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION).status_code == 201
    older = service.record(BO, Lane.BISTAND, stream, 1, APPLICATION).json()
    assert older["detail"] == "Strömmen har ändrats: den senaste versionen är nu 2."
    above = service.record(BO, Lane.BISTAND, stream, 9, APPLICATION).json()
    assert above["detail"] == "Versionen du angav finns inte än: den senaste är 2."
    assert older["remedy"] != above["remedy"]


def test_a_conflict_tells_nobody_of_a_stream_that_another_namnd_holds(service: Service) -> None:
    bistand, command = service.house.processes.bistand, by(namnd=OTHER_NAMND)
    theirs = bistand.new_stream(command)
    registered = PersonRegistered(person=fresh(), name="Prov", number_kind="saknas")
    bistand.record([saying(registered, theirs, 1)], command)
    answers = [
        service.record(BERIT, Lane.BISTAND, str(stream), expected, APPLICATION)
        for stream in (theirs, fresh())
        for expected in (1, 9)
    ]
    assert {answer.status_code for answer in answers} == {412}
    assert len({(answer.json()["detail"], answer.json()["remedy"]) for answer in answers}) == 1
    assert "finns inte, eller" in answers[0].json()["detail"]


def test_who_handles_a_lane_does_not_speak_for_an_older_system(service: Service) -> None:
    stream = service.open_case()
    imported = APPLICATION | {"claimedRecorded": "2024-03-20", "source": "gamla-systemet"}
    answer = service.record(BERIT, Lane.BISTAND, stream, 1, imported)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    for half in ("claimedRecorded", "source"):
        said = APPLICATION | {half: imported[half]}
        assert service.record(BERIT, Lane.BISTAND, stream, 1, said).status_code == 403
        refused = service.record(MIRA, Lane.BISTAND, stream, 1, said)
        assert (refused.status_code, refused.json()["code"]) == (422, "import.half")
    assert service.record(MIRA, Lane.BISTAND, stream, 1, imported).status_code == 201


def test_the_right_to_import_gives_no_other(service: Service) -> None:
    opened = service.case_opened(HANNA, Lane.HYRA)
    imported = opened | {"claimedRecorded": "2024-03-20", "source": "gamla-systemet"}
    assert service.open(MIRA, Lane.HYRA, imported).status_code == 403


def test_the_same_command_gives_the_same_answer(service: Service) -> None:
    stream, key = service.open_case(), str(fresh())
    first = service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION, idempotency_key=key)
    again = service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION, idempotency_key=key)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert version(service, stream) == 2


def test_a_new_stream_asked_for_twice_with_one_key_is_one_stream(service: Service) -> None:
    body, key = service.case_opened(), str(fresh())
    first = service.open(BERIT, Lane.BISTAND, body, idempotency_key=key)
    again = service.open(BERIT, Lane.BISTAND, body, idempotency_key=key)
    assert first.json() == again.json()


def test_a_key_used_for_other_content_is_refused(service: Service) -> None:
    stream, key = service.open_case(), str(fresh())
    first = service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION, idempotency_key=key)
    assert first.status_code == 201
    other = APPLICATION | {"note": "något annat"}
    answer = service.record(BERIT, Lane.BISTAND, stream, 1, other, idempotency_key=key)
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency.reused"


@pytest.mark.parametrize("key", [None, "", "1", "6EC1F1B5-2A53-4BD5-8C9F-52F6BB0D3B11"])
def test_a_key_is_a_uuid(service: Service, key: str | None) -> None:
    stream = service.open_case()
    headers = service.headers(BERIT, if_match='"1"')
    if key is not None:
        headers["idempotency-key"] = key
    answer = service.client.post(f"/v1/bistand/{stream}", json=APPLICATION, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency.missing"


def test_a_key_too_old_to_be_compared_is_a_conflict(own_service: Service) -> None:
    stream, key = own_service.open_case(), str(fresh())
    own_service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION, idempotency_key=key)
    keys = own_service.house.processes.ledger.connections.conninfos["liggaren_keys"]
    with psycopg.connect(keys.replace("user=liggaren_keys", "user=postgres")) as connection:
        connection.execute("DELETE FROM keys.command_key")
    answer = own_service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION, idempotency_key=key)
    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency.expired"
    assert version(own_service, stream) == 2


def test_of_many_who_write_at_once_one_is_first_and_the_others_are_told(service: Service) -> None:
    stream = service.open_case()

    def write(number: int) -> int:
        body = APPLICATION | {"note": f"nummer {number}"}
        return service.record(BERIT, Lane.BISTAND, stream, 1, body).status_code

    with ThreadPoolExecutor(8) as threads:
        answers = sorted(threads.map(write, range(16)))
    assert answers == [201] + [412] * 15
    assert version(service, stream) == 2


def test_one_command_sent_many_times_at_once_is_carried_out_once(service: Service) -> None:
    stream, key = service.open_case(), str(fresh())

    def send(_: int) -> tuple[int, str]:
        answer = service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION, idempotency_key=key)
        return answer.status_code, answer.json().get("leaf")

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(send, range(16)))
    ((status, _),) = answers
    assert status == 201
    assert version(service, stream) == 2


def test_an_unknown_durability_is_never_a_success(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = service.open_case()

    def lose_the_answer(*_: object) -> None:
        raise DurabilityUnknown("the answer was lost")

    monkeypatch.setattr(service.house.processes.bistand, "record", lose_the_answer)
    answer = service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == str(RETRY_AFTER_S)
    assert answer.json()["code"] == "ledger.durability_unknown"
    assert "samma nyckel" in answer.json()["remedy"]


@pytest.mark.parametrize("who", [HANNA, CECILIA, RUT, ARVID, SIGRID])
def test_without_the_role_nothing_is_recorded(service: Service, who: str) -> None:
    stream = service.open_case()
    answer = service.record(who, Lane.BISTAND, stream, 1, APPLICATION)
    assert answer.status_code == 403
    assert answer.json()["code"] == "not_allowed"
    assert version(service, stream) == 1


def test_a_correction_needs_a_second_person(service: Service) -> None:
    stream = service.open_case()
    service.record(BERIT, Lane.BISTAND, stream, 1, APPLICATION)
    proposed = APPLICATION | {
        "occurred": "day 2024-02-29",
        "corrects": f"bistand/{stream}/2",
        "correctionReason": "fel_tidpunkt",
    }
    assert service.record(BERIT, Lane.BISTAND, stream, 2, proposed).status_code == 201
    approval = {
        "type": "CorrectionApproved",
        "occurred": "day 2024-03-05",
        "fact": {"approved": f"bistand/{stream}/3"},
    }
    alone = service.record(BERIT, Lane.BISTAND, stream, 3, approval)
    assert alone.status_code == 422
    assert alone.json()["code"] == "correction.same_person"
    assert service.record(CECILIA, Lane.BISTAND, stream, 3, approval).status_code == 201
    rows = service.get(BERIT, f"/v1/bistand/strommar/{stream}").json()["rows"]
    states = [row["state"] for row in rows if row["type"] == "ApplicationReceived"]
    assert sorted(states) == ["counts", "replaced"]


def test_what_another_namnd_holds_is_answered_like_what_does_not_exist(service: Service) -> None:
    theirs = service.open_case()
    for body in (APPLICATION, service.case_opened()):
        for who, role_lane in ((OTTO, Lane.BISTAND),):
            answers = [
                service.record(who, role_lane, stream, 1, body) for stream in (theirs, str(fresh()))
            ]
            assert answers[0].status_code == answers[1].status_code
            assert len(answers[0].content) == len(answers[1].content)
            assert answers[0].json()["code"] == answers[1].json()["code"]
    assert version(service, theirs) == 1


def test_a_case_is_opened_for_a_person_who_is_registered(service: Service) -> None:
    theirs = service.joined_case()
    party = str(fresh())
    mine = service.open(BERIT, Lane.BISTAND, person_registered(party, "Prov")).json()["stream"]
    bistand, command = service.house.processes.bistand, by(namnd=OTHER_NAMND)
    elsewhere = bistand.new_stream(command)
    registered = PersonRegistered(person=UUID(party), name="Prov", number_kind="saknas")
    bistand.record([saying(registered, elsewhere, 1)], command)
    answers = [
        service.open(BERIT, Lane.BISTAND, case_opened(party, stream))
        for stream in (
            theirs["bistand"],
            theirs["bistand_person"],
            theirs["hyra_person"],
            str(elsewhere),
            str(fresh()),
        )
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert answer.json()["code"] == "person.not_registered"
        assert answer.json() | {"instance": ""} == answers[0].json() | {"instance": ""}
    opened = service.open(BERIT, Lane.BISTAND, case_opened(party, mine))
    assert opened.status_code == 201
    stream = opened.json()["stream"]
    added = {
        "type": "PartyAdded",
        "occurred": "day 2024-03-05",
        "fact": {"coParty": str(fresh()), "personStream": mine},
    }
    refused = service.record(BERIT, Lane.BISTAND, stream, 1, added)
    assert refused.json()["code"] == "person.not_registered"


def joining(**streams: str) -> dict[str, Any]:
    """Return the command that joins streams to a case."""
    return {"type": "CaseJoined", "occurred": "day 2024-03-02", "fact": streams}


def test_a_stream_belongs_to_one_case(service: Service) -> None:
    streams = service.joined_case()
    case = streams["koppling"]
    for field, lane in (("bistandStream", "bistand"), ("hyraStream", "hyra")):
        twice = service.open(HANNA, Lane.KOPPLING, joining(**{field: streams[lane]}))
        assert (twice.status_code, twice.json()["code"]) == (422, "case.joined_elsewhere")
    alone = service.open(BERIT, Lane.KOPPLING, joining(bistandStream=service.open_case()))
    assert alone.status_code == 201
    other = alone.json()["stream"]
    late = joining(hyraStream=streams["hyra"])
    refused = service.record(HANNA, Lane.KOPPLING, other, 1, late)
    assert refused.json()["code"] == "case.joined_elsewhere"
    wrong = {
        "type": "EntryMarkedErroneous",
        "occurred": "day 2024-03-05",
        "fact": {"entry": f"koppling/{case}/1", "reason": "fel_arende"},
    }
    assert service.record(BERIT, Lane.KOPPLING, case, 1, wrong).status_code == 201
    approved = {
        "type": "CorrectionApproved",
        "occurred": "day 2024-03-05",
        "fact": {"approved": f"koppling/{case}/2"},
    }
    assert service.record(HANNA, Lane.KOPPLING, case, 2, approved).status_code == 201
    assert service.record(HANNA, Lane.KOPPLING, other, 1, late).status_code == 201


def test_a_joining_sent_again_gets_its_first_answer(service: Service) -> None:
    body, key = joining(bistandStream=service.open_case()), str(fresh())
    first = service.open(BERIT, Lane.KOPPLING, body, idempotency_key=key)
    again = service.open(BERIT, Lane.KOPPLING, body, idempotency_key=key)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()


def test_of_two_who_join_a_stream_at_the_same_moment_one_is_refused(service: Service) -> None:
    body = joining(bistandStream=service.open_case())
    with ThreadPoolExecutor(4) as clients:
        asked = [clients.submit(service.open, BERIT, Lane.KOPPLING, body) for _ in range(4)]
        statuses = sorted(one.result().status_code for one in asked)
    assert statuses == [201, 422, 422, 422]


def test_who_acted_is_a_registered_officer(service: Service) -> None:
    stream = service.open_case()
    for nobody in (str(fresh()), str(NAMND), stream):
        said = APPLICATION | {"actedBy": nobody}
        answer = service.record(BERIT, Lane.BISTAND, stream, 1, said)
        assert (answer.status_code, answer.json()["code"]) == (422, "officer.not_registered")
    said = APPLICATION | {"actedBy": str(service.ids[BO])}
    assert service.record(BERIT, Lane.BISTAND, stream, 1, said).status_code == 201


def test_a_spärr_stands_in_the_way_of_a_gallring(service: Service) -> None:
    stream = service.open_case()
    hold = {
        "type": "GallringsspärrSet",
        "occurred": "day 2024-03-05",
        "fact": {"targetLane": "bistand", "legalGround": "tillsynsarende"},
        "target": stream,
    }
    assert service.open(BERIT, Lane.TILLSYN, hold).status_code == 403
    assert service.open(RUT, Lane.TILLSYN, hold).status_code == 201
    unknown = service.open(RUT, Lane.TILLSYN, hold | {"target": str(fresh())})
    assert unknown.status_code == 403, "a stream that is not the nämnd's"
    decision = {
        "type": "GallringDecided",
        "occurred": "day 2024-03-06",
        "fact": {"targetLane": "bistand", "level": 2, "legalGround": "sol_16_1"},
        "target": stream,
    }
    assert service.open(RUT, Lane.TILLSYN, decision).status_code == 403
    assert service.open(ARVID, Lane.TILLSYN, decision).status_code == 201


def test_a_gallring_decision_is_withdrawn_by_who_may_decide(service: Service) -> None:
    decision = {
        "type": "GallringDecided",
        "occurred": "day 2024-03-06",
        "fact": {"targetLane": "bistand", "level": 2, "legalGround": "sol_16_1"},
        "target": service.open_case(),
    }
    decided = service.open(ARVID, Lane.TILLSYN, decision).json()
    withdrawal = {
        "type": "GallringWithdrawn",
        "occurred": "day 2024-03-07",
        "fact": {"decision": decided["ref"], "reason": "ska_bevaras", "reasonText": "Född den 5."},
    }
    stream = decided["stream"]
    assert service.record(RUT, Lane.TILLSYN, stream, 1, withdrawal).status_code == 403
    assert service.record(ARVID, Lane.TILLSYN, stream, 1, withdrawal).status_code == 201
    again = withdrawal | {"note": "En gång till."}
    refusal = service.record(ARVID, Lane.TILLSYN, stream, 2, again).json()
    assert refusal["code"] == "gallring.not_decided"
    rows = service.get(ARVID, f"/v1/tillsyn/strommar/{stream}").json()["rows"]
    assert "Beslutet om gallring återtogs: akten ska bevaras." in str(rows)


def test_whoever_takes_a_case_over_sees_whose_spärr_there_is_on_it(service: Service) -> None:
    stream = service.open_case()
    hold = {
        "type": "GallringsspärrSet",
        "occurred": "day 2024-03-05",
        "fact": {"targetLane": "bistand", "legalGround": "tillsynsarende"},
        "target": stream,
    }
    assert service.open(RUT, Lane.TILLSYN, hold).status_code == 201
    where = f"/v1/tillsyn/sparrar/bistand/{stream}"
    set_here = {"namnder": [{"id": str(NAMND), "name": "Provnämnden"}]}
    assert service.get(RUT, where).json() == set_here
    assert service.get(OTTO, where).json() == {"namnder": []}, "not that nämnd's to know"
    moved = {
        "type": "HolderChanged",
        "occurred": "day 2024-03-06",
        "fact": {"toNamnd": str(OTHER_NAMND), "ground": "overlamnat"},
    }
    assert service.record(CECILIA, Lane.BISTAND, stream, 1, moved).status_code == 201
    assert service.get(OTTO, where).json() == set_here
    assert service.get(RUT, where).json() == {"namnder": []}
    assert service.get(BERIT, where).status_code == 403
    assert service.get(RUT, f"/v1/tillsyn/sparrar/hemlig/{stream}").status_code == 404


def test_the_ledgers_own_types_are_not_told_by_anybody(service: Service) -> None:
    opened = {"type": "EpochOpened", "occurred": "unknown", "fact": {}}
    answer = service.open(SIGRID, Lane.SYSTEM, opened)
    assert answer.status_code == 422
    assert answer.json()["code"] == "fact.not_by_hand"


def test_the_actor_is_the_token_and_never_the_body(service: Service) -> None:
    stream = service.open_case()
    for field in ("actor", "role", "namnd", "commandId"):
        body = APPLICATION | {field: str(fresh())}
        answer = service.record(BERIT, Lane.BISTAND, stream, 1, body)
        assert answer.status_code == 422
        assert answer.json()["code"] == "fact.unknown_field"


def version(service: Service, stream: str) -> int:
    """Return the last version of a bistand stream, as its own nämnd sees it."""
    UUID(stream)
    read = service.get(BERIT, f"/v1/bistand/strommar/{stream}")
    return int(read.json()["version"])


def test_an_administrator_of_one_namnd_gives_no_role_in_another_nor_to_themself(
    service: Service,
) -> None:
    def given(stream: str, namnd: UUID | None) -> int:
        fact = {"role": "bistandshandlaggare", "namnd": namnd and str(namnd)}
        body = {"type": "RoleAssigned", "occurred": "unknown", "fact": fact}
        return service.record(SIGRID, Lane.SYSTEM, stream, 1, body).status_code

    officer = {"type": "OfficerRegistered", "occurred": "unknown", "fact": {"name": "Ny Provlund"}}
    new = service.open(SIGRID, Lane.SYSTEM, officer).json()["stream"]
    assert given(new, OTHER_NAMND) == 403
    assert given(new, None) == 403
    assert given(str(service.ids[SIGRID]), NAMND) == 403
    assert given(new, NAMND) == 201
    namnd = {"type": "NämndRegistered", "occurred": "unknown", "fact": {"name": "En till"}}
    assert service.open(SIGRID, Lane.SYSTEM, namnd).status_code == 403


def holder_changed(to: UUID) -> dict[str, object]:
    """Return the command that hands a stream over to a nämnd."""
    fact = {"toNamnd": str(to), "ground": "succession"}
    return {"type": "HolderChanged", "occurred": "day 2024-03-05", "fact": fact}


def test_a_case_is_not_handed_over_to_a_namnd_that_is_not_registered(service: Service) -> None:
    stream = service.open_case()
    answer = service.record(CECILIA, Lane.BISTAND, stream, 1, holder_changed(fresh()))
    assert answer.status_code == 422
    assert answer.json()["code"] == "ledger.unknown_namnd"
    assert "registreras" in answer.json()["remedy"]
    assert version(service, stream) == 1


def test_who_handed_a_case_over_is_told_so_again(service: Service) -> None:
    stream, key = service.open_case(), str(fresh())
    order = (CECILIA, Lane.BISTAND, stream, 1, holder_changed(OTHER_NAMND))
    answer, again = (service.record(*order, idempotency_key=key) for _ in range(2))
    assert answer.status_code == 201
    assert (again.status_code, again.json()) == (201, answer.json())
    other = (CECILIA, Lane.BISTAND, stream, 1, holder_changed(fresh()))
    assert service.record(*other, idempotency_key=key).json()["code"] == "idempotency.reused"


def test_a_retried_opening_gets_its_receipt_though_the_persons_stream_has_moved(
    own_service: Service,
) -> None:
    party, key = str(fresh()), str(fresh())
    person = own_service.open(BERIT, Lane.BISTAND, person_registered(party, "N N")).json()["stream"]
    fact = {"party": party, "personStream": person}
    body = {"type": "CaseOpened", "occurred": "day 2024-02-28", "fact": fact}
    first = own_service.open(BERIT, Lane.BISTAND, body, idempotency_key=key)
    moved = {"toNamnd": str(OTHER_NAMND), "ground": "succession"}
    change = {"type": "HolderChanged", "occurred": "day 2024-03-01", "fact": moved}
    assert own_service.record(CECILIA, Lane.BISTAND, person, 1, change).status_code == 201
    again = own_service.open(BERIT, Lane.BISTAND, body, idempotency_key=key)
    assert (again.status_code, again.json()) == (201, first.json())


@pytest.mark.parametrize("field", ["hyra", "bistand_person"])
def test_a_clear_reference_ties_the_process_to_no_other_stream(
    service: Service, field: str
) -> None:
    streams = service.joined_case()
    lane = "hyra" if field == "hyra" else "bistand"
    fact = {"application": f"{lane}/{streams[field]}/1"}
    body = {"type": "DecisionDemanded", "occurred": "day 2024-03-05", "fact": fact}
    refused = service.record(BERIT, Lane.BISTAND, streams["bistand"], 2, body)
    assert refused.json()["code"] == "reference.not_here"


def test_a_field_of_digits_is_not_repeated(service: Service) -> None:
    number = "19700101987654321987"
    body = APPLICATION | {"fact": {number: "x"}}
    refused = service.record(BERIT, Lane.BISTAND, service.open_case(), 1, body)
    assert refused.status_code == 422
    assert number not in refused.text
