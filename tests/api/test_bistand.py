"""The types of the decision process over HTTP: each can be recorded in the stream it belongs to."""

from typing import Any, Final

from domain.bistand.events import FACTS, CaseFact, CaseOpened, DecisionGranted
from domain.kernel.fact import Fact
from ledger.codec import Lane
from tests.api.service import BERIT, HANNA, Service
from tests.whole import fresh

DECISION: Final = str(fresh())
TOLD: Final[dict[str, dict[str, Any]]] = {
    "DecisionPartiallyGranted": {"decisionId": str(fresh()), "insats": "jour"},
    "DecisionRejected": {"decisionId": str(fresh()), "reject": ["trappsteg"]},
    "AssessmentRecorded": {"assessedPerson": str(fresh()), "kind": "barnets_basta"},
    "RepresentativeRegistered": {"rep": str(fresh()), "kind": "god_man", "name": "Prov Ombud"},
    "PersonDied": {"estateContact": str(fresh()), "name": "Prov Kontakt"},
    "InvestigationClosed": {"outcome": "ingen_atgard"},
}
OWN: Final = [fact for fact in FACTS if issubclass(fact, CaseFact)]


def body(fact: type[Fact]) -> dict[str, Any]:
    """The command that records a type."""
    about = {"decisionId": DECISION} if "decision_id" in fact.model_fields else {}
    return {"type": fact.TYPE, "occurred": "day 2024-10-02", "fact": TOLD.get(fact.TYPE, about)}


def test_each_type_of_a_case_is_recorded_and_told(service: Service) -> None:
    stream = service.open_case(BERIT, Lane.BISTAND)
    order: list[type[Fact]] = [
        DecisionGranted,
        *(fact for fact in OWN if fact is not DecisionGranted),
    ]
    for version, fact in enumerate(order, start=1):
        answer = service.record(BERIT, Lane.BISTAND, stream, version, body(fact))
        assert answer.status_code == 201, (fact.TYPE, answer.text)
    rows = service.get(BERIT, f"/v1/bistand/strommar/{stream}").json()["rows"]
    assert {row["type"] for row in rows} == {
        "PersonRegistered",
        CaseOpened.TYPE,
        *(fact.TYPE for fact in OWN),
    }
    assert not [row for row in rows if row["missing"]]
    assert service.get(HANNA, f"/v1/bistand/strommar/{stream}").status_code == 403


def test_two_children_and_a_representative_of_one_case_are_three_persons(service: Service) -> None:
    stream = service.open_case(BERIT, Lane.BISTAND)
    said = [
        {
            "type": "AssessmentRecorded",
            "fact": {"assessedPerson": str(fresh()), "name": "Prov Ett"},
        },
        {
            "type": "AssessmentRecorded",
            "fact": {"assessedPerson": str(fresh()), "name": "Prov Två"},
        },
        {"type": "RepresentativeRegistered", "fact": {"rep": str(fresh()), "name": "Prov Ombud"}},
    ]
    for version, one in enumerate(said, start=1):
        command = one | {"occurred": "day 2025-09-02"}
        answer = service.record(BERIT, Lane.BISTAND, stream, version, command)
        assert answer.status_code == 201, answer.text
    rows = service.get(BERIT, f"/v1/bistand/strommar/{stream}").json()["rows"]
    assert not [row for row in rows if row["missing"]]
    told = str(rows)
    assert all(name in told for name in ("Prov Ett", "Prov Två", "Prov Ombud"))


def test_a_report_of_all_cases_has_a_stream_of_its_own(service: Service) -> None:
    report = {
        "type": "QuarterlyReportSent",
        "occurred": "day 2024-10-02",
        "fact": {"start": "2024-07-01", "end": "2024-09-30", "reportTo": "IVO", "rows": 2},
    }
    opened = service.open(BERIT, Lane.BISTAND, report)
    assert opened.status_code == 201, opened.text
    stream = opened.json()["stream"]
    statistics = {
        "type": "CouncilStatisticsSent",
        "occurred": "day 2024-10-02",
        "fact": {"start": "2024-07-01", "end": "2024-09-30", "rows": 2},
    }
    answer = service.record(BERIT, Lane.BISTAND, stream, 1, statistics)
    assert answer.status_code == 201, answer.text
    misplaced = service.record(BERIT, Lane.BISTAND, stream, 2, body(DecisionGranted))
    assert misplaced.json()["code"] == "stream.other_kind"


def test_an_answer_to_a_finding_is_recorded_where_the_finding_is(service: Service) -> None:
    stream = service.open_case(BERIT, Lane.BISTAND)
    said = {
        "type": "FindingAssessed",
        "occurred": "day 2024-10-02",
        "fact": {"findingId": str(fresh()), "findingAnswer": "stammer", "ruleId": "R17"},
    }
    assert service.record(BERIT, Lane.BISTAND, stream, 1, said).status_code == 201
