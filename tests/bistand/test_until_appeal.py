"""From what comes in to the last court: what can be recorded, and how the decision is told."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.bistand.events import (
    AppealDismissed,
    AppealForwarded,
    AppealReceived,
    CaseOpened,
    CaseRemitted,
    CorrectionApproved,
    CourtFact,
    CourtJudgmentGiven,
    DecisionChanged,
    DecisionDemanded,
    DecisionGranted,
    DecisionNotified,
    DecisionPartiallyGranted,
    DecisionRejected,
    DemandRejected,
    EntryMarkedErroneous,
    InhibitionDecided,
    PermissionToAppealDecided,
    Reconsidered,
    TimelinessChecked,
)
from domain.bistand.state import fold
from domain.kernel.fact import Fact, fact_from_values, specs_of
from ledger.codec import Json, Lane
from projections.case import case_view
from projections.clocks import Clocks
from projections.words import Words, in_one_line
from tests.kernel.facts import BO, NOW, Stream

D1 = UUID(int=0xD1)
CASE = CaseOpened(party=UUID(int=0x11), person_stream=UUID(int=2))
GRANTED = DecisionGranted(decision_id=D1, start="2020-09-01", end="2027-08-31")
REJECTED = DecisionRejected(decision_id=D1, insats="forsok", reject=("trappsteg",))


def stream_of(*facts: Fact) -> Stream:
    stream = Stream()
    for fact in (CASE, *facts):
        stream.record(fact)
    return stream


def rows(*facts: Fact, on: str = "2026-06-01") -> dict[str, str]:
    """What is told of the only decision."""
    clocks = Clocks(now=NOW, gallde=date.fromisoformat(on))
    (lane,) = case_view({Lane.BISTAND: stream_of(*facts).events}, clocks).lanes
    (told,) = [dict(one.rows) for one in lane.sections if "Läge" in dict(one.rows)]
    return {label: in_one_line(value) for label, value in told.items()}


def judged(**said: Any) -> CourtJudgmentGiven:  # noqa: ANN401 - any field's value
    return CourtJudgmentGiven(decision_id=D1, **said)


# ---------------------------------------------------------------- the decision
def test_a_grant_in_part_is_not_told_as_a_whole_one() -> None:
    told = rows(DecisionPartiallyGranted(decision_id=D1, insats="jour"))
    assert told["Delvis beviljat"] == "2020-09-01"
    assert "Beviljat" not in told
    assert rows(GRANTED)["Beviljat"] == "2020-09-01"


def test_a_whole_refusal_is_not_told_as_one_in_part() -> None:
    told = rows(REJECTED)
    assert told["Avslaget"] == "2020-09-01"
    assert told["Skäl för avslag"] == Words().value(REJECTED.reject)
    assert "i del" not in str(told)


def test_what_was_recorded_as_a_refusal_by_mistake_can_be_recorded_as_the_grant_it_was() -> None:
    stream = stream_of(REJECTED)
    marked = stream.record(EntryMarkedErroneous(entry=stream.events[1].ref, reason="hande_inte"))
    stream.record(CorrectionApproved(approved=marked.ref), by=BO)
    stream.record(GRANTED)
    decision = fold(stream.events).decisions[D1]
    assert decision.granted
    assert decision.rejected is None


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ([], "avslaget"),
        ([Reconsidered(decision_id=D1, changed=False)], "avslaget"),
        ([Reconsidered(decision_id=D1, changed=True)], "avslaget, sedan ändrat av nämnden"),
        ([DecisionChanged(decision_id=D1)], "avslaget, sedan ändrat av nämnden"),
        (
            [DecisionChanged(decision_id=D1, effective="2026-06-01")],
            "avslaget, sedan ändrat av nämnden",
        ),
        ([DecisionChanged(decision_id=D1, effective="2026-06-02")], "avslaget, ändras 2026-06-02"),
        ([judged(outcome="avslag")], "avslaget"),
    ],
)
def test_a_refusal_that_the_namnd_changed_is_told_as_changed(facts: list[Fact], words: str) -> None:
    assert rows(REJECTED, *facts)["Läge"] == words


def test_a_stored_value_that_is_no_day_and_no_answer_does_not_stop_the_view() -> None:
    stream = stream_of(REJECTED)
    for fact in (DecisionChanged, Reconsidered, CourtJudgmentGiven, InhibitionDecided):
        odd: dict[int, Json] = {spec.number: ["odd"] for spec in specs_of(fact) if spec.number > 33}
        stream.add(fact_from_values(fact, {32: str(D1), **odd}))
    assert case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW)).lanes


# ---------------------------------------------------------------- the appeal
def test_an_appeal_that_was_sent_to_the_court_says_when_it_came_there() -> None:
    told = rows(
        GRANTED,
        AppealReceived(decision_id=D1, appealed_act="beslutet", reached_court="2020-08-20"),
        TimelinessChecked(decision_id=D1, in_time=False, late_exception="hos_domstolen_i_tid"),
        AppealForwarded(decision_id=D1),
    )
    assert told["Kom in till domstolen"] == "2020-08-20"
    assert told["Undantag från avvisning"] == "det kom in till domstolen i tid"


def test_why_a_late_appeal_is_not_dismissed_can_be_said_in_words_of_ones_own() -> None:
    said = {"late_exception": "utanfor_katalogen", "late_exception_text": "Posten var sen."}
    checked = TimelinessChecked.model_validate({"decision_id": D1, "in_time": False, **said})
    assert Words().sentence(checked).endswith("Annat undantag: Posten var sen.")
    sealed = {spec.name for spec in specs_of(TimelinessChecked) if spec.sealed}
    assert "late_exception_text" in sealed


def test_an_appeal_that_should_not_be_dismissed_can_be_dismissed() -> None:
    exception = {"in_time": False, "late_exception": "fel_underrattelse"}
    stream_of(
        GRANTED,
        DecisionNotified(decision_id=D1, appeal_info="saknas"),
        AppealReceived(decision_id=D1),
        TimelinessChecked.model_validate({"decision_id": D1, **exception}),
        AppealDismissed(decision_id=D1, dismissal="for_sent"),
    )


@pytest.mark.parametrize("act", ["beslutet", "andringen", "upphorandet", "avvisningen"])
def test_each_act_on_a_decision_is_notified_appealed_and_judged_by_itself(act: str) -> None:
    stream = stream_of(
        GRANTED,
        DecisionNotified(decision_id=D1, act=act),
        AppealReceived(decision_id=D1, appealed_act=act),
        judged(appealed_act=act, outcome="avslag"),
    )
    assert len(fold(stream.events).decisions[D1].about) == 3


def test_a_refusal_to_decide_now_is_notified_and_appealed_though_there_is_no_decision() -> None:
    none_yet: dict[str, Any] = {"decision_missing": "finns_inte"}
    stream = stream_of(
        DecisionDemanded(written=True),
        DemandRejected(reason="Utredningen pågår."),
        DecisionNotified(act="avslag_avgorande", **none_yet),
        AppealReceived(appealed_act="avslag_avgorande", **none_yet),
        CourtJudgmentGiven(appealed_act="avslag_avgorande", outcome="bifall", **none_yet),
    )
    case = fold(stream.events)
    assert case.decisions == {}
    assert len(case.unplaced) == 3
    assert Words().sentence(case.unplaced[1].fact) == (
        "Ett överklagande av beslutet (finns inte) kom in."
        " Det gäller att begäran om avgörande avslogs."
    )


@pytest.mark.parametrize("outcome", ["bifall", "upphavt", "aterforvisat", "delvis"])
@pytest.mark.parametrize("act", ["avvisningen", "avslag_avgorande"])
def test_a_judgment_on_a_dismissal_leaves_the_decision_as_it_stood(act: str, outcome: str) -> None:
    assert rows(GRANTED, judged(appealed_act=act, outcome=outcome))["Läge"] == "löper"
    assert rows(REJECTED, judged(appealed_act=act, outcome=outcome))["Läge"] == "avslaget"


def test_a_court_that_tries_a_dismissal_does_not_lift_the_stay_of_the_decision() -> None:
    halted = InhibitionDecided(decision_id=D1, appealed_act="beslutet", inhibited=True)
    told = rows(GRANTED, halted, judged(appealed_act="avvisningen", outcome="bifall"))
    assert told["Verkställighet"] == "beslutet får inte verkställas tills vidare (inhibition)"


def test_the_stay_of_a_change_is_told_as_that() -> None:
    halted = InhibitionDecided(decision_id=D1, appealed_act="andringen", inhibited=True)
    assert rows(GRANTED, halted)["Verkställighet"] == (
        "ändringen får inte verkställas tills vidare (inhibition)"
    )


COURTS_ACTS: list[type[CourtFact]] = [
    CourtJudgmentGiven, InhibitionDecided, CaseRemitted, PermissionToAppealDecided,
]  # fmt: skip


@pytest.mark.parametrize("fact", COURTS_ACTS, ids=lambda fact: fact.TYPE)
def test_what_a_court_did_is_told_with_the_act_it_tried(fact: type[CourtFact]) -> None:
    said = Words().sentence(fact(decision_id=D1, appealed_act="avvisningen"))
    assert said.endswith(" Det gäller att ett överklagande avvisades.")
    assert "Det gäller" not in Words().sentence(fact(decision_id=D1))


def test_what_the_person_was_notified_of_is_told() -> None:
    notified = DecisionNotified(decision_id=D1, act="upphorandet", fick_del="2020-09-03")
    assert Words({D1: "beslut 1"}).sentence(notified) == (
        "Underrättelse om beslut 1 lämnades. Den gäller att beslutet upphör."
        " Mottagaren fick del av den 2020-09-03."
    )
