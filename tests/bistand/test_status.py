"""How a decision stands, told from what is recorded: worked examples."""

from datetime import date
from uuid import UUID

import pytest

from domain.bistand.events import (
    AppealReceived,
    BiståndEnded,
    CaseRemitted,
    CorrectionApproved,
    CourtJudgmentGiven,
    DecisionChanged,
    DecisionGranted,
    DecisionPartiallyGranted,
    DecisionRejected,
    ExecutionInterrupted,
    ExecutionStarted,
    InhibitionDecided,
    NonExecutionReported,
    OccupancyEnded,
    OccupancyStarted,
    SupportStarted,
)
from domain.kernel.fact import Fact
from ledger.codec import Lane
from projections.case import case_view
from projections.clocks import Clocks
from tests.kernel.facts import BO, NOW, Stream

D1 = UUID(int=0xD1)
GRANTED = DecisionGranted(decision_id=D1, start="2025-11-01", end="2026-10-31")
OPEN = DecisionGranted(decision_id=D1, start="2025-11-01", until_further_notice=True)
ENDED = BiståndEnded(decision_id=D1, effective="2026-03-31")


def rows(on: str, *facts: Fact) -> dict[str, object]:
    """What is told of the decision on a day; the facts happened a day apart."""
    stream = Stream()
    for number, fact in enumerate(facts, start=1):
        stream.add(fact, on=date(2025, 9, number))
    day = date.fromisoformat(on)
    (lane,) = case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW, gallde=day)).lanes
    (section,) = lane.sections
    return dict(section.rows)


def changed(**told: object) -> DecisionChanged:
    return DecisionChanged.model_validate({"decision_id": D1, **told})


def judged(**told: object) -> CourtJudgmentGiven:
    return CourtJudgmentGiven.model_validate({"decision_id": D1, **told})


@pytest.mark.parametrize(
    ("on", "facts", "words"),
    [
        ("2026-01-01", [DecisionRejected(decision_id=D1)], "avslaget"),
        ("2026-01-01", [DecisionPartiallyGranted(decision_id=D1)], "löper"),
        # changed
        ("2026-01-01", [GRANTED, changed(effective="2026-02-01")], "löper, ändras 2026-02-01"),
        ("2026-11-01", [GRANTED, changed(end="2027-01-31")], "löper"),
        ("2027-02-01", [GRANTED, changed(end="2027-01-31")],
         "tiden gick ut 2027-01-31, inget avslut är registrerat"),
        ("2026-01-01", [GRANTED, changed(effective="2026-02-01", end="2025-12-01")],
         "löper, ändras 2026-02-01"),
        ("2028-01-01", [GRANTED, changed(until_further_notice=True)], "löper"),
        ("2028-01-01", [OPEN, changed(end="2027-01-31")],
         "tiden gick ut 2027-01-31, inget avslut är registrerat"),
        ("2026-11-01", [GRANTED, changed()],
         "tiden gick ut 2026-10-31, inget avslut är registrerat"),
        ("2026-01-01", [GRANTED, ENDED], "avslutas 2026-03-31"),
        ("2026-03-31", [GRANTED, changed(end="2027-01-31"), ENDED], "avslutat"),
        # in court
        ("2026-04-01", [GRANTED, ENDED, AppealReceived(decision_id=D1)], "avslutat"),
        ("2026-04-01", [GRANTED, ENDED, judged(appealed_act="upphorandet", outcome="upphavt")],
         "löper"),
        ("2026-04-01", [GRANTED, ENDED, judged(appealed_act="upphorandet", outcome="avslag")],
         "avslutat"),
        ("2026-04-01", [GRANTED, judged(appealed_act="beslutet", outcome="upphavt")],
         "upphävt av domstol"),
        ("2026-04-01", [GRANTED, ENDED, judged(outcome="upphavt")], "ändrat av domstol, se domen"),
        ("2026-04-01", [DecisionRejected(decision_id=D1), judged(outcome="bifall")],
         "ändrat av domstol, se domen"),
        ("2026-04-01", [GRANTED, CaseRemitted(decision_id=D1)], "återförvisat till nämnden"),
        ("2026-04-01", [GRANTED, ENDED, judged(appealed_act="upphorandet", outcome="aterforvisat")],
         "upphörandet är återförvisat till nämnden"),
        ("2026-04-01",
         [GRANTED, ENDED, judged(appealed_act="upphorandet", outcome="bifall"),
          BiståndEnded(decision_id=D1)],
         "avslutat"),
    ],
)  # fmt: skip
def test_how_a_decision_stands(on: str, facts: list[Fact], words: str) -> None:
    assert rows(on, *facts)["Läge"] == words


STARTED, BROKEN = ExecutionStarted(decision_id=D1), ExecutionInterrupted(decision_id=D1)
HALTED = InhibitionDecided(decision_id=D1, appealed_act="beslutet", inhibited=True)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ([], None),
        ([NonExecutionReported(decision_id=D1)], None),
        ([STARTED], "påbörjad 2025-09-02"),
        ([SupportStarted(decision_id=D1)], "påbörjad 2025-09-02"),
        ([STARTED, BROKEN], "avbruten 2025-09-03"),
        ([STARTED, BROKEN, ExecutionStarted(decision_id=D1)], "påbörjad 2025-09-04"),
        ([HALTED], "beslutet får inte verkställas tills vidare (inhibition)"),
        ([STARTED, HALTED],
         "påbörjad 2025-09-02, beslutet får inte verkställas tills vidare (inhibition)"),
        ([HALTED, InhibitionDecided(decision_id=D1, inhibited=False)], None),
        ([HALTED, judged(outcome="avslag")], None),
        ([ENDED, judged(appealed_act="upphorandet", outcome="inhibition")],
         "upphörandet får inte verkställas tills vidare (inhibition)"),
    ],
)  # fmt: skip
def test_how_far_a_decision_is_carried_out(facts: list[Fact], words: str | None) -> None:
    assert rows("2026-05-01", GRANTED, *facts).get("Verkställighet") == words


def test_a_dwelling_by_the_decision_alone_is_told_for_what_it_is() -> None:
    started = OccupancyStarted(decision_id=D1, provided_by_lease=False, info_no_tenancy_given=True)
    lived = "Boende utan hyresavtal"
    assert rows("2026-01-01", GRANTED, started)[lived] == "påbörjat 2025-09-02"
    ended = OccupancyEnded(decision_id=D1, keys_by="personen")
    assert rows("2026-01-01", GRANTED, started, ended)[lived] == "avslutat 2025-09-03"
    assert lived not in rows("2026-01-01", GRANTED)


def test_the_end_is_called_by_the_laws_word_of_its_day() -> None:
    after = rows("2026-01-01", GRANTED, ENDED)
    assert after["Insats avslutad"] == "2025-09-02"
    stream = Stream()
    stream.add(BiståndEnded(decision_id=D1), on=date(2025, 6, 30))
    (lane,) = case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW)).lanes
    assert "Bistånd avslutat" in dict(lane.sections[0].rows)


def test_a_change_that_was_corrected_counts_as_corrected() -> None:
    stream = Stream()
    stream.add(GRANTED)
    change = stream.add(changed(end="2027-01-31"))
    again = stream.add(changed(end="2027-03-31"), corrects=change.ref)
    stream.add(CorrectionApproved(approved=again.ref), by=BO)
    view = case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW, gallde=date(2027, 4, 1)))
    assert "2027-03-31" in str(dict(view.lanes[0].sections[0].rows)["Läge"])
