"""`Noted`: a fact inside a state, with when it happened and which entry says so."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.kernel.event import Event
from domain.kernel.fact import Fact
from domain.kernel.occurred import Occurred
from domain.kernel.values import EventRef

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Noted(Generic[F]):
    """A fact that counts.

    Args:
        fact: what happened; a value in it may be raw or `GONE`.
        occurred: when.
        ref: the entry.
    """

    fact: F
    occurred: Occurred
    ref: EventRef


def noted(event: Event, fact: F) -> Noted[F]:
    """Return an event's fact as a state holds it."""
    return Noted(fact, event.occurred, event.ref)
