"""The tenancy process: what cannot be a fact, and what stands when facts have been recorded."""

from uuid import UUID

import pytest

from domain.hyra.events import (
    CaseOpened,
    CorrectionApproved,
    DisturbanceReported,
    LeaseSigned,
    LeaseTerminated,
    PartyAdded,
    PersonRegistered,
    TerminationNoticeIssued,
)
from domain.hyra.state import fold
from domain.kernel.codes import MissingReference, NumberKind
from domain.kernel.fact import Fact, UnknownFact, fact_from_values
from domain.kernel.refused import Refused
from ledger.codec import Lane
from tests.kernel.facts import BO, Stream

PERSON, LEASE, OTHER = UUID(int=0x11), UUID(int=0xA1), UUID(int=0xA2)
ABOUT = [DisturbanceReported, TerminationNoticeIssued, LeaseTerminated]


def opened(*facts: Fact) -> Stream:
    stream = Stream()
    stream.record(CaseOpened(party=PERSON, person_stream=UUID(int=2)))
    for fact in facts:
        stream.record(fact)
    return stream


def refused(stream: Stream, fact: Fact) -> str:
    with pytest.raises(Refused) as refusal:
        stream.record(fact)
    return refusal.value.code


def test_a_tenancy_from_lease_to_end() -> None:
    stream = opened(
        LeaseSigned(lease_id=LEASE, indefinite=True, terms=["alcohol_ban"]),
        DisturbanceReported(lease_id=LEASE, kind="storning"),
        TerminationNoticeIssued(lease_id=LEASE, by="hyresvard", method="vanligt_brev"),
        LeaseTerminated(lease_id=LEASE, ground="uppsagning_hyresvard"),
    )
    tenancy = fold(stream.events).tenancies[LEASE]
    assert tenancy.signed
    assert tenancy.terminated
    assert len(tenancy.all(DisturbanceReported)) == len(tenancy.notices) == 1


def test_a_lease_may_be_signed_where_no_decision_is_known() -> None:
    assert LEASE in fold(opened(LeaseSigned(lease_id=LEASE)).events).tenancies


def test_a_notice_ends_nothing_by_itself() -> None:
    stream = opened(LeaseSigned(lease_id=LEASE), TerminationNoticeIssued(lease_id=LEASE))
    assert fold(stream.events).tenancies[LEASE].terminated is None


def test_a_lease_is_signed_once_and_corrected_by_recording_it_again() -> None:
    stream = opened(LeaseSigned(lease_id=LEASE))
    again = LeaseSigned(lease_id=LEASE, indefinite=True)
    assert refused(stream, again) == "lease.already_signed"
    correction = stream.record(again, corrects=stream.events[1].ref)
    stream.record(CorrectionApproved(approved=correction.ref), by=BO)
    signed = fold(stream.events).tenancies[LEASE].signed
    assert signed
    assert signed.fact.indefinite


@pytest.mark.parametrize("about", ABOUT)
def test_what_is_about_a_lease_names_one_of_the_case_or_says_why_not(
    about: type[DisturbanceReported] | type[TerminationNoticeIssued] | type[LeaseTerminated],
) -> None:
    stream = opened(LeaseSigned(lease_id=LEASE))
    assert refused(stream, about(lease_id=OTHER)) == "lease.not_here"
    stream.record(about(lease_missing=MissingReference.FINNS_INTE))
    assert len(fold(stream.events).unplaced) == 1


def test_parties_and_persons_are_those_of_this_lane() -> None:
    stream = opened(PartyAdded(co_party=OTHER, person_stream=UUID(int=3)))
    assert len(fold(stream.events).parties) == 1
    register = Stream()
    name = PersonRegistered(person=PERSON, name="Prov Person", number_kind=NumberKind.SAKNAS)
    register.record(name)
    assert fold(register.events).persons[0].fact == name
    other = name.model_copy(update={"name": "Prov Annan"})
    assert refused(register, other) == "stream.already_open"


def test_destroyed_and_unknown_facts_leave_the_rest_standing() -> None:
    stream = opened(LeaseSigned(lease_id=LEASE))
    stream.add(fact_from_values(LeaseTerminated, {}, frozenset({32})))
    stream.add(UnknownFact(Lane.HYRA, "LeaseBurnt", 1, {}))
    case = fold(stream.events)
    assert case.tenancies[LEASE].terminated is None
    assert len(case.unplaced) == 1
