"""Recording what ties, supervises and runs the processes, over HTTP and by its own schema."""

from typing import Any

import pytest

from api.describing import commands
from ledger.codec import Lane
from tests.api.service import (
    ARVID,
    BERIT,
    CECILIA,
    HANNA,
    OTTO,
    REVA,
    RUT,
    SIGRID,
    Service,
)
from tests.whole import NAMND, OTHER_NAMND, fresh

pytestmark = pytest.mark.one_server


def said(type_name: str, **fact: object) -> dict[str, Any]:
    return {"type": type_name, "occurred": "day 2024-03-05", "fact": fact}


JO: dict[str, Any] = said("JOMatterOpened", dnr="1234-2024")
REPORT: dict[str, Any] = said("LexSarahReported", what="Besök utan samtycke.")
MEETING: dict[str, Any] = said("MeetingHeld", namnd=str(NAMND), body="namnd")


def opened(service: Service, who: str, lane: Lane, body: dict[str, Any]) -> dict[str, Any]:
    answer = service.open(who, lane, body)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_matter_at_jo_is_recorded_and_told_as_it_stands(service: Service) -> None:
    case = service.joined_case()["koppling"]
    stream = opened(service, RUT, Lane.TILLSYN, JO | {"fact": {"dnr": "1-2024", "cases": [case]}})
    path = str(stream["stream"])
    remiss = service.record(RUT, Lane.TILLSYN, path, 1, said("RemissReceived", due="2024-05-02"))
    assert remiss.status_code == 201, remiss.text
    reply = said("ReplySent", request=remiss.json()["ref"])
    assert service.record(RUT, Lane.TILLSYN, path, 2, reply).status_code == 201
    read = service.get(CECILIA, f"/v1/tillsyn/strommar/{path}").json()
    sections = read["lanes"][0]["sections"]
    assert sections[0] == {
        "title": "Ärendet",
        "rows": [{"label": "Läge", "value": "besvarat 2024-03-05"}],
    }
    assert [row["title"] for row in read["rows"]] == [
        "Ärende hos JO öppnat",
        "Remiss från JO",
        "Svar avsänt",
    ]


def test_an_answer_to_what_nobody_asked_is_a_problem(service: Service) -> None:
    stream = opened(service, RUT, Lane.TILLSYN, JO)
    reply = said("ReplySent", request=f"tillsyn/{fresh()}/2")
    answer = service.record(RUT, Lane.TILLSYN, stream["stream"], 1, reply)
    assert (answer.status_code, answer.json()["code"]) == (422, "matter.not_here")


@pytest.mark.parametrize("who", [BERIT, HANNA, CECILIA, RUT])
def test_everybody_who_works_with_cases_can_report_an_abuse(service: Service, who: str) -> None:
    stream = opened(service, who, Lane.TILLSYN, REPORT)["stream"]
    may_read = who in {CECILIA, RUT}
    read = service.get(who, f"/v1/tillsyn/strommar/{stream}")
    assert read.status_code == (200 if may_read else 403)


@pytest.mark.parametrize("who", [ARVID, SIGRID, REVA])
def test_who_works_with_no_case_reports_through_the_registrator(service: Service, who: str) -> None:
    assert service.open(who, Lane.TILLSYN, REPORT).status_code == 403


def test_who_does_not_read_a_report_does_not_continue_it(service: Service) -> None:
    stream = opened(service, BERIT, Lane.TILLSYN, REPORT)["stream"]
    more = REPORT | {"note": "Det hände igen."}
    assert service.record(BERIT, Lane.TILLSYN, stream, 1, more).status_code == 403
    assert service.record(CECILIA, Lane.TILLSYN, stream, 1, more).status_code == 201


def test_who_may_report_may_not_open_a_matter(service: Service) -> None:
    assert service.open(BERIT, Lane.TILLSYN, JO).status_code == 403
    assert service.open(CECILIA, Lane.TILLSYN, JO).status_code == 403


def test_minutes_are_kept_by_the_registrator_of_the_namnd(service: Service) -> None:
    stream = opened(service, RUT, Lane.SYSTEM, MEETING)["stream"]
    announced = said("ProtocolAnnounced", namnd=str(NAMND), upTo="2024-04-02")
    assert service.record(RUT, Lane.SYSTEM, stream, 1, announced).status_code == 201
    others = said("MeetingHeld", namnd=str(OTHER_NAMND))
    assert service.open(RUT, Lane.SYSTEM, others).status_code == 403
    for who in (BERIT, OTTO):
        assert service.open(who, Lane.SYSTEM, MEETING).status_code == 403


def test_a_registrator_gives_no_role_and_adopts_no_guideline(service: Service) -> None:
    role = said("RoleAssigned", role="registrator", namnd=str(NAMND))
    officer = str(service.ids[BERIT])
    assert service.record(RUT, Lane.SYSTEM, officer, 2, role).status_code == 403
    guideline = said("GuidelineAdopted", versionName="G25")
    assert service.open(RUT, Lane.SYSTEM, guideline).status_code == 403


def test_both_sides_record_what_crosses_between_them(service: Service) -> None:
    case = service.joined_case()
    letter = said(
        "LetterSent",
        letterId=str(fresh()),
        concernsLanes=["bistand", "hyra"],
        method="vanligt_brev",
        to="part",
        threatRefs={f"hyra/{case['hyra']}/1": [1, 2]},
    )
    disclosed = said(
        "DisclosureMade", kind="mellan_verksamhetsgrenar", ground="10_28_uppgiftsskyldighet"
    )
    same = said("PersonsIdentified", bistandPerson=str(fresh()), hyraPerson=str(fresh()))
    paper = said("SamePaperNoted", bistandDocument=str(fresh()), hyraDocument=str(fresh()))
    steps = ((BERIT, letter), (HANNA, disclosed), (BERIT, same), (HANNA, paper))
    for version, (who, fact) in enumerate(steps, start=1):
        answer = service.record(who, Lane.KOPPLING, case["koppling"], version, fact)
        assert answer.status_code == 201, answer.text
    read = service.get(HANNA, f"/v1/arenden/{case['koppling']}/historik").json()
    assert [row["type"] for row in read["rows"] if row["lane"] == "koppling"] == [
        "CaseJoined",
        *(fact["type"] for _, fact in steps),
    ]


@pytest.mark.parametrize("key", ["HEMLIGT", "hyra/HEMLIGT/1"])
def test_a_key_that_is_no_reference_is_refused_and_never_repeated(
    service: Service, key: str
) -> None:
    case = service.joined_case()["koppling"]
    letter = said("LetterSent", letterId=str(fresh()), threatRefs={key: [1]})
    answer = service.record(BERIT, Lane.KOPPLING, case, 1, letter)
    assert (answer.status_code, answer.json()["code"]) == (422, "reference.form")
    assert "HEMLIGT" not in answer.text


@pytest.mark.parametrize("lane", [Lane.KOPPLING, Lane.TILLSYN, Lane.SYSTEM])
def test_each_type_that_can_be_said_is_in_the_lanes_schema(lane: Lane) -> None:
    names = {*commands(lane)}
    expected = {
        Lane.KOPPLING: {"LetterSent", "DisclosureMade", "SamePaperNoted", "PersonsIdentified"},
        Lane.TILLSYN: {"JOMatterOpened", "LexSarahReported", "DocumentRequested", "LogReviewDone"},
        Lane.SYSTEM: {"MeetingHeld", "GuidelineAdopted", "RuleConfigured", "SealMade"},
    }
    assert names >= expected[lane]
