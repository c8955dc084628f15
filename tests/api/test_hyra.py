"""The types of the tenancy process over HTTP: each can be recorded in the stream it belongs to."""

from typing import Any, Final

import pytest

from domain.hyra.events import FACTS, CaseFact, LeaseSigned
from domain.kernel.fact import Fact
from ledger.codec import Lane
from tests.api.service import BERIT, HANNA, Service
from tests.whole import fresh

pytestmark = pytest.mark.one_server

LEASE, FLAT, NOTICE = (str(fresh()) for _ in range(3))
ABOUT: Final[dict[str, Any]] = {
    "leaseId": LEASE,
    "noticeId": NOTICE,
    **{name: str(fresh()) for name in ("who", "rep", "resident")},
}
"""What a type must refer to, where it has such a field."""
TOLD: Final[dict[str, dict[str, Any]]] = {
    "FlatRegistered": {"address": "Provgatan 1", "district": "Farsta", "owner": "Provhem AB"},
    "HeadLeaseSigned": {"start": "2024-10-01", "flatsInLease": 1, "flats": [FLAT]},
    "TemplateRegistered": {"version": 1, "terms": ["link_clause"]},
    "LeaseSigned": {"leaseId": LEASE, "start": "2024-10-01", "flatId": FLAT},
    "ForfeitureNoticeIssued": {"leaseId": LEASE, "noticeId": str(fresh()), "point": 1},
    "RentDue": {"leaseId": LEASE, "amountOre": 648000},
}
TYPES: Final = {fact.TYPE: fact for fact in FACTS}
OWN: Final = [fact for fact in FACTS if issubclass(fact, CaseFact)]


def body(fact: type[Fact]) -> dict[str, Any]:
    """The command that records a type."""
    fields = {info.alias for info in fact.model_fields.values()}
    told = TOLD.get(fact.TYPE) or {name: ABOUT[name] for name in ABOUT if name in fields}
    return {"type": fact.TYPE, "occurred": "day 2024-10-02", "fact": told}


def test_each_type_of_a_case_is_recorded_and_told(service: Service) -> None:
    stream = service.open_case(HANNA, Lane.HYRA)
    order: list[type[Fact]] = [LeaseSigned, *(fact for fact in OWN if fact is not LeaseSigned)]
    order.sort(key=lambda fact: "notice_id" in fact.REFERENCES)  # after the notice they name
    for version, fact in enumerate(order, start=1):
        answer = service.record(HANNA, Lane.HYRA, stream, version, body(fact))
        assert answer.status_code == 201, (fact.TYPE, answer.text)
    rows = service.get(HANNA, f"/v1/hyra/strommar/{stream}").json()["rows"]
    assert {row["type"] for row in rows} == {
        "PersonRegistered",
        "CaseOpened",
        *(fact.TYPE for fact in OWN),
    }
    assert not [row for row in rows if row["missing"]]


@pytest.mark.parametrize(
    ("opener", "follow"),
    [
        ("FlatRegistered", []),
        ("HeadLeaseSigned", ["HeadLeaseNoticeReceived", "RenovationAnnounced", "HeadLeaseEnded"]),
        ("TemplateRegistered", ["TemplateRecalled", "AffectedLeasesListed"]),
    ],
)
def test_what_outlives_tenants_has_a_stream_of_its_own(
    service: Service, opener: str, follow: list[str]
) -> None:
    opened = service.open(HANNA, Lane.HYRA, body(TYPES[opener]))
    assert opened.status_code == 201, opened.text
    stream = opened.json()["stream"]
    for version, name in enumerate(follow, start=1):
        answer = service.record(HANNA, Lane.HYRA, stream, version, body(TYPES[name]))
        assert answer.status_code == 201, answer.text
    rows = service.get(HANNA, f"/v1/hyra/strommar/{stream}").json()["rows"]
    assert [row["type"] for row in rows] == [opener, *follow]
    misplaced = service.record(HANNA, Lane.HYRA, stream, len(rows), body(TYPES["FlatRequested"]))
    assert misplaced.json()["code"] == "stream.other_kind"
    assert service.get(BERIT, f"/v1/hyra/strommar/{stream}").status_code == 403


def test_an_answer_to_a_finding_is_recorded_where_the_finding_is(service: Service) -> None:
    stream = service.open_case(HANNA, Lane.HYRA)
    said = {
        "type": "FindingAssessed",
        "occurred": "day 2024-10-02",
        "fact": {"findingId": str(fresh()), "findingAnswer": "underlag_finns", "ruleId": "R25"},
    }
    assert service.record(HANNA, Lane.HYRA, stream, 1, said).status_code == 201


def test_events_of_one_stream_name_different_persons_and_a_correction_the_same(
    service: Service,
) -> None:
    stream = service.open_case(HANNA, Lane.HYRA)
    signed = body(LeaseSigned)
    assert service.record(HANNA, Lane.HYRA, stream, 1, signed).status_code == 201
    for version, who in enumerate((first := str(fresh()), str(fresh())), start=2):
        took = body(TYPES["CoTenantTookOver"]) | {"fact": {"leaseId": LEASE, "who": who}}
        answer = service.record(HANNA, Lane.HYRA, stream, version, took)
        assert answer.status_code == 201, answer.text
    again = body(TYPES["CoTenantTookOver"]) | {
        "fact": {"leaseId": LEASE, "who": first},
        "occurred": "day 2024-10-03",
        "corrects": f"hyra/{stream}/3",
        "correctionReason": "fel_tidpunkt",
    }
    answer = service.record(HANNA, Lane.HYRA, stream, 4, again)
    assert answer.status_code == 201, answer.text
    other = again | {"fact": {"leaseId": LEASE, "who": str(fresh())}}
    refused = service.record(HANNA, Lane.HYRA, stream, 5, other)
    assert refused.json()["code"] == "correction.other_person"
    rows = service.get(HANNA, f"/v1/hyra/strommar/{stream}").json()["rows"]
    assert not [row for row in rows if row["missing"]]
