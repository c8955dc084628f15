"""The types of the tenancy process: where each belongs, what it may refer to, what it seals."""

from enum import StrEnum
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.hyra import events as hyra
from domain.hyra.events import (
    FACTS,
    AffectedLeasesListed,
    BeforeLeaseFact,
    CaseFact,
    CaseOpened,
    ConditionsExplained,
    CoResidentNoted,
    CorrectionApproved,
    CoTenantTookOver,
    DisputeReferred,
    FindingAssessed,
    FlatAllocated,
    FlatFact,
    FlatRegistered,
    FlatRequested,
    ForfeitureNoticeIssued,
    HeadLeaseEnded,
    HeadLeaseFact,
    HeadLeaseNoticeReceived,
    HeadLeaseSigned,
    HyraFact,
    LeaseExtended,
    LeaseFact,
    LeaseSigned,
    LeaseTerminated,
    MovedOut,
    NoticeLapsed,
    NoticeWithdrawn,
    PartyAdded,
    PersonDied,
    RentPaid,
    RepresentativeRegistered,
    TemplateFact,
    TemplateRecalled,
    TemplateRegistered,
    TenureWaiverAgreed,
    TerminationNoticeIssued,
)
from domain.hyra.state import fold
from domain.kernel.fact import (
    ADDRESS,
    NAMED,
    NOBODY,
    Fact,
    fact_from_values,
    specs_of,
    subjects_of,
)
from domain.kernel.refused import Refused
from ledger.codec import Json, Lane
from projections.case import case_view
from projections.clocks import Clocks
from projections.plain import to_text
from projections.trail import trail
from projections.words import Words, details
from tests.kernel.facts import BO, NOW, Stream
from tests.kernel.strategies import stored

PERSON, LEASE, NOTICE = UUID(int=0x11), UUID(int=0xA1), UUID(int=0xB1)
FLAT = UUID(int=0xC1)
CASE = CaseOpened(party=PERSON, person_stream=UUID(int=2))
OWN = [fact for fact in FACTS if issubclass(fact, HyraFact)]
ABOUT_A_LEASE = [
    fact for fact in FACTS if issubclass(fact, LeaseFact) and not issubclass(fact, BeforeLeaseFact)
]
OPENERS: dict[type[Fact], Fact] = {
    CaseFact: CASE,
    FlatFact: FlatRegistered(address="Provgatan 1"),
    HeadLeaseFact: HeadLeaseSigned(),
    TemplateFact: TemplateRegistered(version=1),
}


def stream_of(*facts: Fact) -> Stream:
    stream = Stream()
    for fact in facts:
        stream.record(fact)
    return stream


def refused(stream: Stream, fact: Fact) -> str:
    with pytest.raises(Refused) as refusal:
        stream.record(fact)
    return refusal.value.code


def smallest(fact: type[Fact], **told: Any) -> Fact:  # noqa: ANN401 - any field's value
    """The fact with nothing told but what it must have."""
    required: dict[str, Any] = {
        "lease_id": LEASE,
        "who": PERSON,
        "rep": PERSON,
        "resident": PERSON,
        "version": 2,
        "finding_id": LEASE,
    }
    given = {name: value for name, value in required.items() if name in fact.model_fields}
    reasons = {reason: "okand" for name, reason in fact.REFERENCES.items() if name not in given}
    return fact(**{**given, **reasons, **told})


# ---------------------------------------------------------------- where it belongs
@pytest.mark.parametrize("fact", OWN, ids=lambda fact: fact.TYPE)
def test_a_fact_is_recorded_in_its_own_kind_of_stream_and_in_no_other(fact: type[Fact]) -> None:
    for kind, opener in OPENERS.items():
        stream = stream_of(opener)
        if issubclass(fact, CaseFact) and kind is CaseFact and fact is not LeaseSigned:
            stream.record(LeaseSigned(lease_id=LEASE))
        if fact.OPENS and not issubclass(fact, TemplateFact) and issubclass(fact, kind):
            assert refused(stream, smallest(fact)) in {"stream.already_open", "fact.twice"}
        elif issubclass(fact, kind) or fact is FindingAssessed:
            stream.record(smallest(fact))
        else:
            assert refused(stream, smallest(fact)) == "stream.other_kind"


def test_a_party_is_added_to_a_case_alone() -> None:
    added = PartyAdded(co_party=UUID(int=3), person_stream=UUID(int=4))
    stream_of(CASE, added)
    assert refused(stream_of(HeadLeaseSigned()), added) == "stream.other_kind"


def test_flats_head_leases_and_templates_open_streams_of_their_own() -> None:
    assert {fact for fact in FACTS if fact.OPENS and issubclass(fact, HyraFact)} == {
        FlatRegistered,
        HeadLeaseSigned,
        TemplateRegistered,
    }
    for fact in OWN:
        if not issubclass(fact, CaseFact) and fact not in {FindingAssessed, AffectedLeasesListed}:
            assert {spec.slot for spec in specs_of(fact)} == {NOBODY}, fact.TYPE


def test_a_head_lease_goes_on_while_tenants_come_and_go() -> None:
    stream = stream_of(
        HeadLeaseSigned(flats_in_lease=1, flats=(FLAT,)),
        HeadLeaseNoticeReceived(ends_at="2026-12-31"),
        HeadLeaseEnded(ground="uppsagning_agare"),
    )
    told = [type(one.fact) for one in fold(stream.events).others]
    assert told == [HeadLeaseSigned, HeadLeaseNoticeReceived, HeadLeaseEnded]


def test_a_template_has_each_version_once_and_is_recalled_by_version() -> None:
    stream = stream_of(TemplateRegistered(version=1, terms=("link_clause",)))
    again = TemplateRegistered(version=1, terms=("no_guests",))
    assert refused(stream, again) == "template.already_registered"
    correction = stream.record(again, corrects=stream.events[0].ref)
    stream.record(CorrectionApproved(approved=correction.ref), by=BO)
    stream.record(TemplateRegistered(version=2))
    recalled = stream.record(TemplateRecalled(version=1))
    stream.record(AffectedLeasesListed(recall_ref=recalled.ref, lease_ids=(LEASE,)))


def test_what_leads_to_the_home_is_sealed_as_address() -> None:
    for fact in OWN:
        for spec in specs_of(fact):
            if spec.name in {"flat", "flat_id", "flats", "head_lease_id", "address", "district"}:
                assert spec.sealed, (fact.TYPE, spec.name)
                assert spec.cls is ADDRESS, (fact.TYPE, spec.name)


# ---------------------------------------------------------------- leases and notices
@pytest.mark.parametrize("fact", ABOUT_A_LEASE, ids=lambda fact: fact.TYPE)
def test_what_is_about_a_lease_names_one_of_the_case_or_says_why_not(fact: type[Fact]) -> None:
    assert refused(stream_of(CASE), smallest(fact)) == "lease.not_here"
    stream = stream_of(CASE, smallest(fact, lease_id=None, lease_missing="aldrig_registrerad"))
    assert len(fold(stream.events).unplaced) == 1


def test_what_comes_before_a_lease_may_name_one_that_is_signed_later() -> None:
    stream = stream_of(
        CASE,
        ConditionsExplained(lease_id=LEASE, signed=True),
        TenureWaiverAgreed(lease_id=LEASE, reason="bistand_upphor"),
        LeaseSigned(lease_id=LEASE),
    )
    tenancy = fold(stream.events).tenancies[LEASE]
    assert tenancy.signed
    assert [type(one.fact) for one in tenancy.about] == [ConditionsExplained, TenureWaiverAgreed]


@pytest.mark.parametrize("issued", [TerminationNoticeIssued, ForfeitureNoticeIssued])
def test_a_notice_is_withdrawn_by_its_id(
    issued: type[TerminationNoticeIssued] | type[ForfeitureNoticeIssued],
) -> None:
    stream = stream_of(CASE, LeaseSigned(lease_id=LEASE))
    withdrawn = NoticeWithdrawn(lease_id=LEASE, notice_id=NOTICE, reason="aterkallad")
    assert refused(stream, withdrawn) == "notice.not_here"
    stream.record(issued(lease_id=LEASE, notice_id=NOTICE))
    later = issued(lease_id=LEASE, notice_id=NOTICE, served="2021-02-04")
    assert refused(stream, later) == "notice.already_issued"
    stream.record(withdrawn)


def test_several_notices_may_be_without_an_id_and_a_dispute_says_why_it_names_none() -> None:
    stream = stream_of(
        CASE,
        LeaseSigned(lease_id=LEASE),
        TerminationNoticeIssued(lease_id=LEASE),
        TerminationNoticeIssued(lease_id=LEASE, by="dodsbo"),
    )
    stream.record(DisputeReferred(lease_id=LEASE, notice_missing="finns_inte"))


def test_one_case_has_several_tenancies_each_with_its_own_facts() -> None:
    other = UUID(int=0xA2)
    stream = stream_of(
        CASE,
        LeaseSigned(lease_id=LEASE),
        LeaseExtended(lease_id=LEASE),
        LeaseSigned(lease_id=other),
        NoticeLapsed(lease_id=other, notice_missing="okand"),
    )
    tenancies = fold(stream.events).tenancies
    assert [len(tenancies[id_].about) for id_ in (LEASE, other)] == [1, 1]


def test_order_and_lawfulness_are_never_asked() -> None:
    stream_of(
        CASE,
        LeaseSigned(lease_id=LEASE),
        hyra.KeysTaken(lease_id=LEASE, voluntary=False),
        hyra.EvictionExecuted(lease_id=LEASE, executed_by="utanfor_katalogen"),
        hyra.TribunalDecided(lease_id=LEASE, outcome="upphor"),
        ForfeitureNoticeIssued(lease_id=LEASE),
        hyra.PropertyDisposed(lease_id=LEASE),
        FlatRequested(),
    )


# ---------------------------------------------------------------- what a type says
def test_whoever_takes_a_lease_over_is_named_by_the_event() -> None:
    taken = CoTenantTookOver(lease_id=LEASE, who=PERSON, ground="47_st2")
    assert subjects_of(taken) == {NAMED: PERSON}
    named = {spec.name for spec in specs_of(CoTenantTookOver) if spec.slot == NAMED}
    assert named == {"who", "ground", "ground_text", "name"}


def test_the_landlord_side_knows_of_death_representatives_and_co_residents_by_itself() -> None:
    partner = UUID(int=0x14)
    stream = stream_of(
        CASE,
        LeaseSigned(lease_id=LEASE, tenants="part"),
        RepresentativeRegistered(rep=UUID(int=0x15), name="Prov Godman", kind="god_man"),
        CoResidentNoted(resident=partner, name="Prov Sambo", relation="sambo"),
        PersonDied(deceased="part"),
        CoTenantTookOver(lease_id=LEASE, who=partner, ground="47_st2", outcome="overtaget"),
    )
    text = to_text(trail({Lane.HYRA: stream.events}, Clocks(now=NOW), {}))
    told = " ".join(" ".join(line.split("│")[-1] for line in text.splitlines()).split())
    for words in (
        "registrerades: god man.",
        "vem mer som bor i lägenheten: sambo.",
        "Någon av parterna avled: parten.",
        "Den som bor kvar: Prov Sambo",
    ):
        assert words in told
    assert str(partner) not in text


def test_why_a_flat_lies_in_another_district_is_said_where_it_is_allocated() -> None:
    allocated = FlatAllocated(
        allocation_model="bostadsformedlingen", exception_reason="skydd", flat="Provgatan 1"
    )
    assert Words().sentence(allocated) == (
        "Nämnden tilldelades en lägenhet: Provgatan 1, utanför den egna stadsdelen."
        " Skäl: behov av skydd."
    )
    sealed = {spec.name for spec in specs_of(FlatAllocated) if spec.sealed}
    assert {"exception_reason", "exception_reason_text", "district"} <= sealed


def test_one_of_two_tenants_may_move_out_or_be_given_notice() -> None:
    for fact in (MovedOut, TerminationNoticeIssued, ForfeitureNoticeIssued, LeaseTerminated):
        assert ("Hyresgäster", "medparten") in details(
            fact(lease_id=LEASE, tenants="medpart"), Words()
        )


def test_rent_may_be_deposited_and_a_notice_lapse_because_paying_was_hindered() -> None:
    deposited = RentPaid(lease_id=LEASE, amount_ore=512000, deposited=True)
    assert ("Deponerat hos länsstyrelsen", "ja") in details(deposited, Words())
    lapsed = NoticeLapsed(lease_id=LEASE, notice_missing="okand", reason="hinder_44_4")
    assert "förhindrad att betala" in Words().sentence(lapsed)


def lists_with_a_way_out(fact: type[Fact]) -> list[str]:
    """The fields whose code list has `utanfor_katalogen`."""

    def codes(annotation: object) -> list[type[StrEnum]]:
        own = (
            [annotation] if isinstance(annotation, type) and issubclass(annotation, StrEnum) else []
        )
        return [*own, *(code for part in get_args(annotation) for code in codes(part))]

    return [
        name
        for name, info in fact.model_fields.items()
        if any("utanfor_katalogen" in list(code) for code in codes(info.annotation))
    ]


BESIDE = {"home_loss_terms": "home_loss_text", "finding_answer": "text"}


@pytest.mark.parametrize("fact", OWN, ids=lambda fact: fact.TYPE)
def test_what_no_list_has_can_be_said_in_sealed_words_beside_it(fact: type[Fact]) -> None:
    sealed = {spec.name for spec in specs_of(fact) if spec.sealed}
    beside = [BESIDE.get(name, f"{name}_text") for name in lists_with_a_way_out(fact)]
    assert set(beside) <= sealed


def test_a_notice_says_only_that_protection_against_violence_was_tested() -> None:
    assert ForfeitureNoticeIssued(lease_id=LEASE, s42_5_tested=True).s42_5_tested
    with pytest.raises(ValidationError):
        ForfeitureNoticeIssued(lease_id=LEASE, s42_5_tested="hotad av en närstående")


@pytest.mark.parametrize("fact", OWN, ids=lambda fact: fact.TYPE)
def test_every_type_is_told_in_the_view_of_its_stream(fact: type[Fact]) -> None:
    stream = Stream()
    stream.add(smallest(fact))
    (lane,) = case_view({Lane.HYRA: stream.events}, Clocks(now=NOW)).lanes
    assert lane.sections
    gone = Stream()
    gone.add(fact_from_values(fact, {}, frozenset(spec.number for spec in specs_of(fact))))
    (lane,) = case_view({Lane.HYRA: gone.events}, Clocks(now=NOW)).lanes
    assert lane.sections


about_a_lease: list[type[Fact]] = [LeaseSigned, *ABOUT_A_LEASE]
any_lease_fact = st.sampled_from(about_a_lease)


@given(st.lists(any_lease_fact.flatmap(stored), max_size=4))
def test_whatever_is_stored_about_a_lease_can_be_told(facts: list[Fact]) -> None:
    stream = Stream()
    for fact in facts:
        stream.add(fact.model_copy(update={"lease_id": LEASE}))
    case_view({Lane.HYRA: stream.events}, Clocks(now=NOW))


def test_a_stored_notice_id_that_is_none_does_not_stop_the_view() -> None:
    stream = Stream()
    stream.add(LeaseSigned(lease_id=LEASE))
    for fact in (TerminationNoticeIssued, NoticeWithdrawn):
        raw: dict[int, Json] = {
            spec.number: ["odd"] for spec in specs_of(fact) if spec.name == "notice_id"
        }
        stream.add(fact_from_values(fact, {32: str(LEASE), **raw}))
    assert case_view({Lane.HYRA: stream.events}, Clocks(now=NOW)).lanes
