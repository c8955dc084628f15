"""The types of the decision process: where each belongs, what it may refer to, what it seals."""

from enum import StrEnum
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.bistand.events import (
    FACTS,
    AboutDecisionFact,
    AppealReceived,
    AppealWithdrawn,
    ApplicationWithdrawn,
    AssessmentRecorded,
    AssistanceRecorded,
    BistandFact,
    BiståndEnded,
    CaseFact,
    CaseOpened,
    CorrectionApproved,
    CouncilStatisticsSent,
    CourtJudgmentGiven,
    DecisionChanged,
    DecisionFact,
    DecisionGranted,
    DecisionNotified,
    DecisionPartiallyGranted,
    DecisionRejected,
    ExecutionStarted,
    FindingAssessed,
    JournalNoteEntered,
    JudgmentAppealed,
    NoticeReceived,
    PartyAdded,
    PersonDied,
    PersonRegistered,
    QuarterlyReportSent,
    ReportFact,
    RepresentativeRegistered,
    StayElsewhereReported,
)
from domain.bistand.state import fold
from domain.kernel.codes import NumberKind
from domain.kernel.fact import (
    JOINT,
    NAMED,
    NOBODY,
    PARTY,
    Fact,
    fact_from_values,
    specs_of,
    subjects_of,
)
from domain.kernel.refused import Refused
from ledger.codec import Lane
from projections.case import case_view
from projections.clocks import Clocks
from projections.plain import to_text
from projections.trail import trail
from projections.words import Words, in_one_line
from tests.kernel.facts import BO, NOW, Stream
from tests.kernel.strategies import stored

PERSON, CHILD, D1, D2 = UUID(int=0x11), UUID(int=0x12), UUID(int=0xD1), UUID(int=0xD2)
CASE = CaseOpened(party=PERSON, person_stream=UUID(int=2))
REGISTERED = PersonRegistered(person=PERSON, name="Prov Person", number_kind=NumberKind.SAKNAS)
OWN = [fact for fact in FACTS if issubclass(fact, BistandFact)]
MADE = [fact for fact in FACTS if issubclass(fact, DecisionFact)]
ABOUT_A_DECISION = [
    fact for fact in FACTS if issubclass(fact, AboutDecisionFact) or fact is DecisionNotified
]


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
        "decision_id": D1,
        "assessed_person": CHILD,
        "rep": CHILD,
        "finding_id": D1,
        "outcome": "beslut",
    }
    given = {
        name: value
        for name, value in required.items()
        if name in fact.model_fields
        and (name == "decision_id" or fact.model_fields[name].is_required())
    }
    reasons = {reason: "okand" for name, reason in fact.REFERENCES.items() if name not in given}
    return fact(**{**given, **reasons, **told})


# ---------------------------------------------------------------- where it belongs
@pytest.mark.parametrize("fact", OWN, ids=lambda fact: fact.TYPE)
def test_a_fact_is_recorded_in_its_own_kind_of_stream_and_in_no_other(fact: type[Fact]) -> None:
    case, person = stream_of(CASE), stream_of(REGISTERED)
    reports = stream_of(QuarterlyReportSent(rows=3))
    if fact in ABOUT_A_DECISION:
        case.record(DecisionGranted(decision_id=D1))
    if issubclass(fact, CaseFact):
        case.record(smallest(fact))
    else:
        reports.record(smallest(fact))
    if fact is FindingAssessed:
        return
    if issubclass(fact, CaseFact):
        assert refused(reports, smallest(fact)) == "stream.other_kind"
    else:
        assert refused(case, smallest(fact)) == "stream.other_kind"
    assert refused(person, smallest(fact)) == "stream.other_kind"


def test_a_party_is_added_to_a_case_alone() -> None:
    added = PartyAdded(co_party=CHILD, person_stream=UUID(int=4))
    stream_of(CASE, added)
    assert refused(stream_of(REGISTERED), added) == "stream.other_kind"


def test_what_the_namnd_reports_of_all_its_cases_has_a_stream_of_its_own_and_names_nobody() -> None:
    opening = {fact for fact in OWN if fact.OPENS}
    assert opening == {QuarterlyReportSent, CouncilStatisticsSent}
    for fact in OWN:
        if issubclass(fact, ReportFact):
            assert {spec.slot for spec in specs_of(fact)} == {NOBODY}
    stream = stream_of(
        QuarterlyReportSent(start="2026-04-01", end="2026-06-30", report_to="IVO", rows=3),
        QuarterlyReportSent(start="2026-04-01", end="2026-06-30", report_to="revisorer", rows=3),
        CouncilStatisticsSent(start="2026-04-01", end="2026-06-30", rows=3),
    )
    assert len(fold(stream.events).others) == 3


# ---------------------------------------------------------------- decisions
@pytest.mark.parametrize("fact", ABOUT_A_DECISION, ids=lambda fact: fact.TYPE)
def test_what_is_about_a_decision_names_one_of_the_case_or_says_why_not(fact: type[Fact]) -> None:
    assert refused(stream_of(CASE), smallest(fact)) == "decision.not_here"
    stream = stream_of(CASE, smallest(fact, decision_id=None, decision_missing="finns_inte"))
    assert len(fold(stream.events).unplaced) == 1
    with pytest.raises(ValidationError, match="Hänvisningen saknas"):
        fact()


@pytest.mark.parametrize("first", MADE, ids=lambda fact: fact.TYPE)
@pytest.mark.parametrize("second", MADE, ids=lambda fact: fact.TYPE)
def test_a_decision_is_made_once_whichever_way_it_went(
    first: type[Fact], second: type[Fact]
) -> None:
    stream = stream_of(CASE, smallest(first))
    again = smallest(second, insats="traning")
    assert refused(stream, again) == "decision.already_granted"
    if first is second:
        correction = stream.record(again, corrects=stream.events[1].ref)
        stream.record(CorrectionApproved(approved=correction.ref), by=BO)
    stream.record(smallest(second, decision_id=D2))
    assert set(fold(stream.events).decisions) == {D1, D2}


def test_a_refusal_can_be_notified_appealed_and_judged() -> None:
    stream = stream_of(
        CASE,
        DecisionRejected(decision_id=D1, insats="forsok", reject=("trappsteg",)),
        DecisionNotified(decision_id=D1, appeal_info="forvaltningsbesvar"),
        AppealReceived(decision_id=D1, appealed_act="beslutet"),
        CourtJudgmentGiven(decision_id=D1, outcome="bifall"),
    )
    decision = fold(stream.events).decisions[D1]
    assert decision.rejected
    assert decision.granted is None
    assert len(decision.about) == 3


def test_a_grant_in_part_says_what_was_refused_and_why() -> None:
    stream = stream_of(
        CASE, DecisionPartiallyGranted(decision_id=D1, insats="jour", reject=("klarar_sjalv",))
    )
    granted = fold(stream.events).decisions[D1].granted
    assert granted
    assert granted.fact.reject == ("klarar_sjalv",)


def test_order_and_lawfulness_are_never_asked() -> None:
    stream_of(
        CASE,
        DecisionGranted(decision_id=D1, end="2021-03-31"),
        BiståndEnded(decision_id=D1, ground="utanfor_katalogen", ground_text="villkorsbrott"),
        ExecutionStarted(decision_id=D1),
        DecisionChanged(decision_id=D1, to_detriment=True),
        CourtJudgmentGiven(decision_id=D1, outcome="avslag"),
        PersonDied(),
        JournalNoteEntered(text="Ett möte."),
    )


# ---------------------------------------------------------------- what a type says
@pytest.mark.parametrize(
    ("fact", "person", "about_the_person"),
    [
        (
            AssessmentRecorded(assessed_person=CHILD, kind="barnets_basta", heard=True),
            CHILD,
            {
                "assessed_person", "name", "kind", "kind_text", "phase", "phase_text",
                "concerned_event", "heard", "heard_how", "text",
            },
        ),
        (RepresentativeRegistered(rep=CHILD, kind="god_man"), CHILD, {"rep", "name"}),
        (PersonDied(estate_contact=CHILD, name="Prov Kontakt"), CHILD, {"estate_contact", "name"}),
    ],
)  # fmt: skip
def test_a_person_whom_the_event_names_has_fields_of_their_own(
    fact: Fact, person: UUID, about_the_person: set[str]
) -> None:
    assert subjects_of(fact) == {NAMED: person}
    named = {spec.name for spec in specs_of(type(fact)) if spec.slot == NAMED}
    assert named == about_the_person


def test_a_couple_has_two_clocks_and_each_act_says_whose_it_is() -> None:
    stream = stream_of(
        CASE,
        PartyAdded(co_party=CHILD, person_stream=UUID(int=3), own_appeal_clock=True),
        DecisionRejected(decision_id=D1, organ="utskott"),
        DecisionNotified(decision_id=D1, to="part", fick_del="2020-09-01"),
        DecisionNotified(decision_id=D1, to="medpart", fick_del="2020-09-15"),
        AppealReceived(decision_id=D1, of_party="medpart"),
        AppealWithdrawn(decision_id=D1),
    )
    text = to_text(trail({Lane.BISTAND: stream.events}, Clocks(now=NOW), {}))
    told = [line[11:].split(" │")[0].strip() for line in text.splitlines()]
    assert "Beslutande organ: ett utskott" in told
    assert "Mottagare: parten" in told
    assert "Mottagare: medparten" in told
    assert "Vilken av parterna: medparten" in told
    assert "Överklagande återkallat" in text


@pytest.mark.parametrize(
    "fact", [fact for fact in FACTS if "of_party" in fact.model_fields], ids=lambda fact: fact.TYPE
)
def test_what_one_of_a_couple_says_or_goes_through_is_not_kept_as_the_others(
    fact: type[Fact],
) -> None:
    (whose,) = [spec for spec in specs_of(fact) if spec.name == "of_party"]
    assert (whose.slot, whose.sealed) == (JOINT, True)
    kept_as_the_first_partys = {
        spec.name for spec in specs_of(fact) if spec.sealed and spec.slot == PARTY
    }
    assert kept_as_the_first_partys <= {
        "before_text", "concerns_text", "consequence_stated",
        "exception_text", "material", "reason",
    }  # what the nämnd said or asked, not what it was told  # fmt: skip


def test_a_case_goes_on_in_a_higher_court_whoever_appeals() -> None:
    stream = stream_of(
        CASE,
        DecisionRejected(decision_id=D1),
        CourtJudgmentGiven(decision_id=D1, appealed_act="beslutet", outcome="bifall"),
        JudgmentAppealed(
            decision_id=D1, court="Kammarrätten i Provstad", judgment_appealed_by="namnd"
        ),
    )
    sentence = Words().sentence(stream.events[-1].fact)
    assert sentence.endswith("överklagades till Kammarrätten i Provstad av nämnden.")


def test_an_application_is_taken_back_in_the_partys_own_words() -> None:
    withdrawn = ApplicationWithdrawn(reason="Har fått en egen lägenhet")
    assert Words().sentence(withdrawn) == (
        "Parten återkallade ansökan. Skäl: Har fått en egen lägenhet."
    )


def test_a_name_is_that_of_somebody_with_an_id() -> None:
    with pytest.raises(ValidationError, match="Ett namn behöver ett id"):
        PersonDied(name="Prov Kontakt")
    assert subjects_of(PersonDied()) == {}


@pytest.mark.parametrize(
    "fact",
    [AssessmentRecorded, AssistanceRecorded, NoticeReceived, StayElsewhereReported, PersonDied],
)
def test_what_tells_of_children_origin_debts_crime_or_health_has_no_clear_field(
    fact: type[Fact],
) -> None:
    assert all(spec.sealed for spec in specs_of(fact))


def test_each_child_is_assessed_by_itself_and_called_by_name() -> None:
    other = UUID(int=0x13)
    stream = stream_of(
        CASE,
        AssessmentRecorded(assessed_person=CHILD, name="Prov Ett", kind="barnets_basta"),
        AssessmentRecorded(assessed_person=other, name="Prov Två", kind="barnets_basta"),
    )
    (lane,) = case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW)).lanes
    told = [dict(one.rows) for one in lane.sections if one.title == "Bedömning antecknad"]
    assert [row["Namn"] for row in told] == ["Prov Ett", "Prov Två"]
    assert str(CHILD) not in str(lane)


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


BESIDE = {"finding_answer": "text"}


@pytest.mark.parametrize("fact", OWN, ids=lambda fact: fact.TYPE)
def test_what_no_list_has_can_be_said_in_sealed_words_beside_it(fact: type[Fact]) -> None:
    sealed = {spec.name for spec in specs_of(fact) if spec.sealed}
    beside = [BESIDE.get(name, f"{name}_text") for name in lists_with_a_way_out(fact)]
    assert set(beside) <= sealed


# ---------------------------------------------------------------- told
@pytest.mark.parametrize("fact", OWN, ids=lambda fact: fact.TYPE)
def test_every_type_is_told_in_the_view_of_its_stream(fact: type[Fact]) -> None:
    stream = Stream()
    stream.add(smallest(fact))
    (lane,) = case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW)).lanes
    assert lane.sections
    gone = Stream()
    gone.add(fact_from_values(fact, {}, frozenset(spec.number for spec in specs_of(fact))))
    (lane,) = case_view({Lane.BISTAND: gone.events}, Clocks(now=NOW)).lanes
    assert lane.sections


def test_what_names_no_decision_still_says_what_it_is() -> None:
    stream = stream_of(CASE, ExecutionStarted(decision_missing="aldrig_registrerad"))
    (lane,) = case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW)).lanes
    (rows,) = [dict(one.rows) for one in lane.sections if one.title == "Beslut som inte anges"]
    assert in_one_line(rows["Verkställighet påbörjad"]) == "2020-09-01"
    assert rows["Beslutet anges inte"] == "har aldrig registrerats"


@given(st.lists(st.sampled_from([*MADE, *ABOUT_A_DECISION]).flatmap(stored), max_size=4))
def test_whatever_is_stored_about_a_decision_can_be_told(facts: list[Fact]) -> None:
    stream = Stream()
    for fact in facts:
        stream.add(fact.model_copy(update={"decision_id": D1}))
    case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW))
