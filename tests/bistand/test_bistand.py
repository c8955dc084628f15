"""The decision process: what cannot be a fact, and what stands when facts have been recorded."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.bistand.events import (
    ApplicationReceived,
    BiståndEnded,
    CaseClosed,
    CaseOpened,
    CorrectionApproved,
    DecisionGranted,
    DecisionNotified,
    DelegatedDecisionReported,
    InvestigationClosed,
    InvestigationOpened,
    PartyAdded,
    PersonRegistered,
)
from domain.bistand.state import BistandCase, evolve, fold
from domain.kernel.codes import MissingReference, NumberKind
from domain.kernel.fact import GONE, Fact, UnknownFact, fact_from_values
from domain.kernel.occurred import UNKNOWN, Occurred
from domain.kernel.refused import Refused
from domain.kernel.values import EventRef
from ledger.codec import Lane
from tests.kernel.facts import BO, DAY, NOW, Stream

PERSON, D1, D2 = UUID(int=0x11), UUID(int=0xD1), UUID(int=0xD2)


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


def test_a_whole_process_from_application_to_end() -> None:
    stream = opened(
        ApplicationReceived(channel="post", asks_for=["forsok"]),
        InvestigationOpened(),
        InvestigationClosed(outcome="beslut"),
        DecisionGranted(decision_id=D1, insats="forsok"),
        DecisionGranted(decision_id=D2, insats="boendestod"),
        DecisionNotified(decision_id=D1, fick_del=DAY),
        BiståndEnded(decision_id=D1, ground="period_slut"),
        CaseClosed(last_note=DAY),
    )
    case = fold(stream.events)
    assert case.opened
    assert case.closed
    assert len(case.applications) == 1
    assert len(case.investigations_opened) == len(case.investigations_closed) == 1
    first, second = case.decisions[D1], case.decisions[D2]
    assert first.granted
    assert len(first.notified) == len(first.ended) == 1
    assert second.granted
    assert second.ended == ()


@pytest.mark.parametrize(
    ("happened", "closed"),
    [
        (Occurred.on(DAY), True),
        (Occurred.on(DAY - timedelta(days=1)), True),
        (Occurred.on(DAY + timedelta(days=1)), False),
        (UNKNOWN, True),
    ],
)
def test_a_case_that_has_been_closed_goes_on_when_something_happens_on_a_later_day(
    happened: Occurred, *, closed: bool
) -> None:
    stream = opened(CaseClosed())
    stream.record(ApplicationReceived(), on=happened)
    case = fold(stream.events)
    assert case.closing
    assert bool(case.closed) is closed
    stream.record(CaseClosed(), on=DAY + timedelta(days=2))
    assert fold(stream.events).closed, "closed again"


def test_within_a_day_two_moments_tell_whether_a_closed_case_goes_on() -> None:
    noon = NOW.replace(hour=12)
    for hours in (-1, 1):
        stream = opened()
        stream.record(CaseClosed(), on=Occurred.at(noon - timedelta(days=5)))
        stream.record(
            ApplicationReceived(), on=Occurred.at(noon - timedelta(days=5) + timedelta(hours=hours))
        )
        assert bool(fold(stream.events).closed) is (hours < 0)


def test_what_is_no_part_of_the_process_reopens_no_case() -> None:
    stream = opened(CaseClosed())
    stream.record(
        PartyAdded(co_party=UUID(int=9), person_stream=UUID(int=3)), on=DAY + timedelta(days=1)
    )
    assert fold(stream.events).closed


def test_a_decision_is_granted_once_and_corrected_by_recording_it_again() -> None:
    stream = opened(DecisionGranted(decision_id=D1, insats="forsok"))
    again = DecisionGranted(decision_id=D1, insats="traning")
    assert refused(stream, again) == "decision.already_granted"
    correction = stream.record(again, corrects=stream.events[1].ref)
    stream.record(CorrectionApproved(approved=correction.ref), by=BO)
    granted = fold(stream.events).decisions[D1].granted
    assert granted
    assert granted.fact.insats == "traning"


@pytest.mark.parametrize("about", [DecisionNotified, BiståndEnded])
def test_what_is_about_a_decision_names_one_of_the_case_or_says_why_not(
    about: type[DecisionNotified] | type[BiståndEnded],
) -> None:
    stream = opened(DecisionGranted(decision_id=D1))
    assert refused(stream, about(decision_id=D2)) == "decision.not_here"
    stream.record(about(decision_missing=MissingReference.ALDRIG_REGISTRERAD))
    assert len(fold(stream.events).unplaced) == 1


def test_a_decision_may_be_ended_on_a_ground_no_statute_knows_and_before_it_was_notified() -> None:
    stream = opened(
        DecisionGranted(decision_id=D1),
        BiståndEnded(decision_id=D1, ground="utanfor_katalogen", ground_text="villkorsbrott"),
        DecisionNotified(decision_id=D1),
    )
    (ended,) = fold(stream.events).decisions[D1].ended
    assert ended.fact.ground_text == "villkorsbrott"


def test_a_decision_may_be_ended_twice() -> None:
    stream = opened(DecisionGranted(decision_id=D1), BiståndEnded(decision_id=D1))
    stream.record(BiståndEnded(decision_id=D1), on=DAY + timedelta(days=30))
    assert len(fold(stream.events).decisions[D1].ended) == 2


def test_a_couple_is_two_parties_of_one_case() -> None:
    other = UUID(int=0x12)
    stream = opened()
    added = stream.record(PartyAdded(co_party=other, person_stream=UUID(int=3)))
    assert added.subjects == {2: other}
    assert len(fold(stream.events).parties) == 1


def test_a_person_is_registered_once_in_a_stream_of_its_own() -> None:
    person = PersonRegistered(person=PERSON, name="Prov Person", number_kind=NumberKind.SAKNAS)
    stream = Stream()
    assert stream.record(person).subjects == {1: PERSON}
    assert fold(stream.events).persons[0].fact == person
    other = person.model_copy(update={"name": "Prov Annan"})
    assert refused(stream, other) == "stream.already_open"


@pytest.mark.parametrize(
    "of_the_case",
    [ApplicationReceived(), PartyAdded(co_party=PERSON, person_stream=UUID(int=3)), CaseClosed()],
    ids=lambda fact: fact.TYPE,
)
def test_what_happens_in_the_case_is_not_recorded_in_the_register_of_persons(
    of_the_case: Fact,
) -> None:
    stream = Stream()
    stream.record(PersonRegistered(person=PERSON, name="Lena", number_kind=NumberKind.SAKNAS))
    assert refused(stream, of_the_case) == "stream.other_kind"


def test_destroyed_and_unknown_facts_leave_the_rest_standing() -> None:
    stream = opened(DecisionGranted(decision_id=D1))
    stream.add(fact_from_values(DecisionGranted, {}, frozenset({32})))
    stream.add(fact_from_values(BiståndEnded, {32: [1]}))
    stream.add(UnknownFact(Lane.BISTAND, "FollowUpForgotten", 1, {}))
    case = fold(stream.events)
    assert set(case.decisions) == {D1}
    assert [entry.fact.decision_id for entry in case.unplaced] == [GONE, [1]]


def test_what_comes_before_its_decision_in_a_view_is_kept_with_it() -> None:
    stream = Stream()
    ended = stream.add(BiståndEnded(decision_id=D1))
    case = evolve(BistandCase(), ended)
    assert case.decisions[D1].granted is None


def test_a_decision_is_reported_to_a_meeting_of_the_organisation() -> None:
    stream = opened(DecisionGranted(decision_id=D1))
    meeting = elsewhere(Lane.SYSTEM)
    stream.record(DelegatedDecisionReported(decision_id=D1, meeting=meeting))


def elsewhere(lane: Lane) -> EventRef:
    return EventRef(lane, UUID(int=0xA), 1)


@pytest.mark.parametrize(
    "fact",
    [
        DelegatedDecisionReported(decision_id=D1, meeting=elsewhere(Lane.HYRA)),
        DelegatedDecisionReported(decision_id=D1, meeting=elsewhere(Lane.BISTAND)),
        InvestigationOpened(trigger=elsewhere(Lane.SYSTEM)),
    ],
)
def test_nothing_else_outside_the_stream_is_referred_to_in_the_clear(fact: Fact) -> None:
    assert refused(opened(DecisionGranted(decision_id=D1)), fact) == "reference.not_here"
