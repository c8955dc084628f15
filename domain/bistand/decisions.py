"""What the decision process refuses: only what cannot be a fact."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from domain.bistand.events import (
    AboutDecisionFact,
    CaseFact,
    CaseOpened,
    CouncilStatisticsSent,
    DecisionFact,
    DecisionNotified,
    PartyAdded,
    PartyLeft,
    PersonDetailsChanged,
    PersonRegistered,
    PersonsMerged,
    PersonsUnmerged,
    QuarterlyReportSent,
    ReportFact,
)
from domain.kernel import guards, persons
from domain.kernel.event import Event
from domain.kernel.fact import Fact
from domain.kernel.refused import Refused

_OPENERS: Final[tuple[tuple[type[Fact], tuple[type[Fact], ...]], ...]] = (
    (CaseFact, (CaseOpened,)),
    (PartyAdded, (CaseOpened,)),
    (PartyLeft, (CaseOpened,)),
    (PersonDetailsChanged, (PersonRegistered,)),
    (PersonsMerged, (PersonRegistered,)),
    (PersonsUnmerged, (PersonRegistered,)),
    (ReportFact, (QuarterlyReportSent, CouncilStatisticsSent)),
)
"""By which first event the stream of a kind of fact is known."""
_REMEDY: Final = "Registrera den i ärendets, personens eller rapporternas egen ström."


def require_recordable(history: Sequence[Event], event: Event, now: datetime) -> None:
    """Refuse what cannot be a fact in this stream.

    Args:
        history: the stream's events, in log order.
        event: the one to be recorded.
        now: the caller's clock.

    Raises:
        Refused: as `guards.require_recordable`; or the stream is one of another kind, or the case
            or person is registered already, the decision has been made already, or there is no such
            decision in the case.
    """
    guards.require_recordable(history, event, now)
    guards.require_kind_of_stream(history, event, _OPENERS, _REMEDY)
    guards.require_references_within(event)
    persons.require_of_person(history, event)
    match event.fact:
        case CaseOpened() | PersonRegistered():
            guards.require_first(history, event)
        case DecisionFact():
            _require_new_decision(history, event, event.fact)
        case AboutDecisionFact() | DecisionNotified():
            guards.require_known(
                {made.decision_id for made in guards.facts_in(history, DecisionFact)},
                event.fact.decision_id,
                Refused(
                    "decision.not_here",
                    "Beslutet finns inte i ärendet.",
                    remedy="Registrera beslutet först. Kan det inte göras: ange varför det saknas.",
                ),
            )
        case _:
            pass


def _require_new_decision(history: Sequence[Event], event: Event, fact: DecisionFact) -> None:
    made = guards.facts_in(history, DecisionFact)
    if not event.common.corrects and any(one.decision_id == fact.decision_id for one in made):
        raise Refused(
            "decision.already_granted",
            "Beslutet är redan registrerat.",
            remedy="Ge ett nytt beslut ett eget id. Var något fel, registrera en rättelse.",
        )
