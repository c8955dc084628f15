"""How a decision stands on a day, by what is recorded. Not a legal assessment.

Words for the rows "Läge", "Verkställighet" and "Boende …". What a court did is told
only as far as the record says which act it judged.
"""

from datetime import date

from domain.bistand.events import (
    BiståndEnded,
    CaseRemitted,
    CourtFact,
    CourtJudgmentGiven,
    CourtOutcome,
    DecisionChanged,
    ExecutionInterrupted,
    ExecutionStarted,
    InhibitionDecided,
    NotifiedAct,
    OccupancyEnded,
    OccupancyStarted,
    Reconsidered,
    SupportStarted,
)
from domain.bistand.state import Decision
from projections.words import occurred


def decision_status(decision: Decision, day: date) -> str:
    """How the decision itself stands."""
    ending = _ending(decision, day)
    if ending:
        return ending
    if decision.rejected:
        return _refused(decision, day)
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
            case CourtFact(appealed_act=NotifiedAct.AVVISNINGEN | NotifiedAct.AVSLAG_AVGORANDE):
                pass  # not about the decision itself
            case ExecutionStarted() | SupportStarted():
                words = [f"påbörjad {occurred(one.occurred)}"]
            case ExecutionInterrupted():
                words = [f"avbruten {occurred(one.occurred)}"]
            case (
                InhibitionDecided(appealed_act=act, inhibited=True)
                | CourtJudgmentGiven(appealed_act=act, outcome=CourtOutcome.INHIBITION)
            ):
                halted = f"{_called(act)} får inte verkställas tills vidare (inhibition)"
            case InhibitionDecided() | CourtJudgmentGiven():
                halted = None
            case _:
                pass
    return ", ".join([*words, *([halted] if halted else [])]) or None


def occupancy_status(decision: Decision) -> tuple[str, str | None]:
    """By what the person has a dwelling, and whether it is had; None where nothing tells.

    That there is no lease is said only where that is recorded.
    """
    label, words = "Boende enligt beslut", None
    for one in decision.about:
        match one.fact:
            case OccupancyStarted(provided_by_lease=by_lease):
                label = "Boende utan hyresavtal" if by_lease is False else "Boende enligt beslut"
                words = f"påbörjat {occurred(one.occurred)}"
            case OccupancyEnded():
                words = f"avslutat {occurred(one.occurred)}"
            case _:
                pass
    return label, words


def _refused(decision: Decision, day: date) -> str:
    """How a refusal stands, by what the nämnd itself has made of it since."""
    coming: list[date] = []
    altered = any(one.fact.changed is True for one in decision.all(Reconsidered))
    for one in decision.all(DecisionChanged):
        when: object = one.fact.effective
        if isinstance(when, date) and day < when:
            coming.append(when)
        else:
            altered = True
    words = "avslaget, sedan ändrat av nämnden" if altered else "avslaget"
    return f"{words}, ändras {min(coming)}" if coming else words


def _called(act: object) -> str:
    """What a court's stay is of; of the decision where nothing else is said."""
    if act == NotifiedAct.UPPHORANDET:
        return "upphörandet"
    return "ändringen" if act == NotifiedAct.ANDRINGEN else "beslutet"


def _remitted(act: object) -> str:
    """What the nämnd has to decide anew; the decision where nothing else is said."""
    if act == NotifiedAct.ANDRINGEN:
        return "ändringen är återförvisad till nämnden"
    ending = "upphörandet är " if act == NotifiedAct.UPPHORANDET else ""
    return f"{ending}återförvisat till nämnden"


def _ending(decision: Decision, day: date) -> str | None:
    """How the decision ended, or what a court made of it: the last act that still counts."""
    words: str | None = None
    for one in decision.about:
        match one.fact:
            case CourtFact(appealed_act=NotifiedAct.AVVISNINGEN | NotifiedAct.AVSLAG_AVGORANDE):
                pass  # not about the decision itself
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
            case (
                CaseRemitted(appealed_act=act)
                | CourtJudgmentGiven(appealed_act=act, outcome=CourtOutcome.ATERFORVISAT)
            ):
                words = _remitted(act)
            case CourtJudgmentGiven(
                outcome=CourtOutcome.BIFALL | CourtOutcome.DELVIS | CourtOutcome.UPPHAVT
            ):
                words = "ändrat av domstol, se domen"
            case _:
                pass
    return words


def _end(decision: Decision, day: date) -> tuple[object, date | None]:
    """The last day as it stands on a day, and the first day after it that a change takes effect."""
    assert decision.granted
    end: object = decision.granted.fact.end
    coming: list[date] = []
    for one in decision.all(DecisionChanged):
        when: object = one.fact.effective
        if isinstance(when, date) and day < when:
            coming.append(when)
        elif one.fact.until_further_notice is True:
            end = None
        else:
            end = one.fact.end or end
    return end, min(coming, default=None)
