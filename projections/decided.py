"""How a decision stands on a day, by what is recorded. Not a legal assessment.

Words for the rows "Läge", "Verkställighet" and "Boende utan hyresavtal". What a court did is told
only as far as the record says which act it judged.
"""

from datetime import date

from domain.bistand.events import (
    BiståndEnded,
    CourtJudgmentGiven,
    CourtOutcome,
    DecisionChanged,
    ExecutionInterrupted,
    ExecutionStarted,
    InhibitionDecided,
    NotifiedAct,
    OccupancyEnded,
    OccupancyStarted,
    SupportStarted,
)
from domain.bistand.state import Decision
from projections.words import occurred

_ALTERED = (
    CourtOutcome.BIFALL,
    CourtOutcome.DELVIS,
    CourtOutcome.UPPHAVT,
    CourtOutcome.ATERFORVISAT,
)


def decision_status(decision: Decision, day: date) -> str:
    """How the decision itself stands."""
    ending = _ending(decision, day)
    if ending:
        return ending
    if decision.rejected:
        return "avslaget"
    if decision.granted is None:
        return "beslutet är inte registrerat"
    start: object = decision.granted.fact.start
    end, coming = _end(decision, day)
    if isinstance(end, date) and end < day:
        return f"tiden gick ut {end}, inget avslut är registrerat"
    words = f"börjar {start}" if isinstance(start, date) and day < start else "löper"
    return f"{words}, ändras {coming}" if coming else words


def execution_status(decision: Decision) -> str | None:
    """How far the decision is carried out; None where nothing tells."""
    words: list[str] = []
    halted: str | None = None
    for one in decision.about:
        match one.fact:
            case ExecutionStarted() | SupportStarted():
                words = [f"påbörjad {occurred(one.occurred)}"]
            case ExecutionInterrupted():
                words = [f"avbruten {occurred(one.occurred)}"]
            case (
                InhibitionDecided(appealed_act=act, inhibited=True)
                | CourtJudgmentGiven(appealed_act=act, outcome=CourtOutcome.INHIBITION)
            ):
                what = "upphörandet" if act == NotifiedAct.UPPHORANDET else "beslutet"
                halted = f"{what} får inte verkställas tills vidare (inhibition)"
            case InhibitionDecided() | CourtJudgmentGiven():
                halted = None
            case _:
                pass
    return ", ".join([*words, *([halted] if halted else [])]) or None


def occupancy_status(decision: Decision) -> str | None:
    """Whether the person lives somewhere by the decision alone; None where nothing tells."""
    words: str | None = None
    for one in decision.about:
        match one.fact:
            case OccupancyStarted():
                words = f"påbörjat {occurred(one.occurred)}"
            case OccupancyEnded():
                words = f"avslutat {occurred(one.occurred)}"
            case _:
                pass
    return words


def _ending(decision: Decision, day: date) -> str | None:
    """How the decision ended, or what a court made of it: the last act that still counts."""
    words: str | None = None
    for one in decision.about:
        match one.fact:
            case BiståndEnded(effective=when):
                coming = isinstance(when, date) and day < when
                words = f"avslutas {when}" if coming else "avslutat"
            case CourtJudgmentGiven(
                appealed_act=NotifiedAct.UPPHORANDET,
                outcome=CourtOutcome.BIFALL | CourtOutcome.UPPHAVT,
            ):
                words = None
            case CourtJudgmentGiven(
                appealed_act=NotifiedAct.BESLUTET, outcome=CourtOutcome.UPPHAVT
            ):
                words = "upphävt av domstol"
            case CourtJudgmentGiven(outcome=outcome) if outcome in _ALTERED:
                words = "ändrat av domstol, se domen"
            case _:
                pass
    return words


def _end(decision: Decision, day: date) -> tuple[object, date | None]:
    """The last day as it stands on a day, and the day a change of the decision takes effect."""
    assert decision.granted
    end: object = decision.granted.fact.end
    coming: date | None = None
    for one in decision.all(DecisionChanged):
        when: object = one.fact.effective
        if isinstance(when, date) and day < when:
            coming = when
        elif one.fact.until_further_notice is True:
            end, coming = None, None
        else:
            end, coming = one.fact.end or end, None
    return end, coming
