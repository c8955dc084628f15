"""Rent: due, paid, unpaid."""

from typing import Annotated

from domain.hyra.events.bases import LeaseFact
from domain.hyra.events.codes import (
    Payer,
)
from domain.kernel.fact import (
    JOINT,
    NEED,
    ORDINARY,
    kept,
)
from domain.kernel.values import Day, Flag, Ore, Reference


class RentDue(LeaseFact):
    """The rent for a time has fallen due (20 §)."""

    PERIODS = (("start", "end"),)

    start: Annotated[Day | None, kept(34, ORDINARY, JOINT)] = None
    end: Annotated[Day | None, kept(35, ORDINARY, JOINT)] = None
    amount_ore: Annotated[Ore | None, kept(36, ORDINARY, JOINT)] = None


class RentPaid(LeaseFact):
    """Rent has been paid."""

    rent_due: Annotated[Reference | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    amount_ore: Annotated[Ore | None, kept(35, ORDINARY, JOINT)] = None
    payer: Annotated[Payer | None, kept(36, NEED, JOINT)] = None
    deposited: Annotated[Flag | None, kept(37, ORDINARY, JOINT)] = None
    """Whether it was paid to länsstyrelsen instead of the landlord (21 och 44 §§)."""


class ArrearsNoted(LeaseFact):
    """It has been noted that rent is unpaid."""

    due: Annotated[Day | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    amount_ore: Annotated[Ore | None, kept(35, ORDINARY, JOINT)] = None
