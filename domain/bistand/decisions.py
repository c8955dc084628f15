"""What the decision process refuses: only what cannot be a fact."""

from collections.abc import Sequence
from datetime import datetime

from domain.bistand.events import (
    BistandFact,
    BiståndEnded,
    CaseOpened,
    DecisionGranted,
    DecisionNotified,
    PartyAdded,
    PersonRegistered,
)
from domain.kernel import guards
from domain.kernel.event import Event
from domain.kernel.refused import Refused


def require_recordable(history: Sequence[Event], event: Event, now: datetime) -> None:
    """Refuse what cannot be a fact in this stream.

    Args:
        history: the stream's events, in log order.
        event: the one to be recorded.
        now: the caller's clock.

    Raises:
        Refused: as `guards.require_recordable`; or the case or person is registered already, the
            stream is a person's, the decision has been granted already, or there is no such
            decision in the case.
    """
    guards.require_recordable(history, event, now)
    _require_of_the_case(history, event)
    match event.fact:
        case CaseOpened() | PersonRegistered():
            guards.require_first(history, event)
        case DecisionGranted():
            _require_new_decision(history, event, event.fact)
        case DecisionNotified() | BiståndEnded():
            guards.require_known(
                {granted.decision_id for granted in guards.facts_in(history, DecisionGranted)},
                event.fact.decision_id,
                Refused(
                    "decision.not_here",
                    "Beslutet finns inte i ärendet.",
                    remedy="Registrera beslutet först. Kan det inte göras: ange varför det saknas.",
                ),
            )
        case _:
            pass


def _require_of_the_case(history: Sequence[Event], event: Event) -> None:
    """Refuse what happened in the case where it would lie in the register of persons."""
    if (
        history
        and isinstance(history[0].fact, PersonRegistered)
        and isinstance(event.fact, BistandFact | PartyAdded)
    ):
        raise Refused(
            "stream.other_kind",
            "Händelsen hör inte till det som är öppnat här.",
            remedy="Registrera den i ärendets egen ström.",
        )


def _require_new_decision(history: Sequence[Event], event: Event, fact: DecisionGranted) -> None:
    granted = guards.facts_in(history, DecisionGranted)
    if not event.common.corrects and any(one.decision_id == fact.decision_id for one in granted):
        raise Refused(
            "decision.already_granted",
            "Beslutet är redan registrerat.",
            remedy="Ge ett nytt beslut ett eget id. Var något fel, registrera en rättelse.",
        )
