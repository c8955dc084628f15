"""Lex Sarah: abuses reported, assessed, investigated, told to IVO (27 kap. SoL).

All that says what happened to whom is sealed. Each report has a stream of its own.
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from domain.kernel.fact import JOINT, NEED, NOBODY, ORDINARY, kept
from domain.kernel.values import Flag, Reference, Text
from domain.tillsyn.fact import TillsynFact


class Misconduct(StrEnum):
    """What an assessment came to."""

    INGET_MISSFORHALLANDE = "inget_missforhallande"
    MISSFORHALLANDE = "missforhallande"
    ALLVARLIGT = "allvarligt"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class LexSarahFact(TillsynFact):
    """A step of a lex Sarah matter."""


class LexSarahReported(LexSarahFact):
    """Somebody who works here has reported an abuse, or the risk of one. An allegation (27:2)."""

    OPENS = True

    event_refs: Annotated[tuple[Reference, ...] | None, kept(32, NEED, JOINT)] = None
    cases: Annotated[tuple[UUID, ...] | None, kept(33, NEED, JOINT)] = None
    what: Annotated[Text | None, kept(34, NEED, JOINT)] = None


class LexSarahAssessed(LexSarahFact):
    """It has been assessed whether it is an abuse. May come first: nobody need have reported it."""

    OPENS = True

    event_refs: Annotated[tuple[Reference, ...] | None, kept(32, NEED, JOINT)] = None
    misconduct: Annotated[Misconduct | None, kept(33, NEED, JOINT)] = None
    misconduct_text: Annotated[Text | None, kept(34, NEED, JOINT)] = None
    reasons: Annotated[Text | None, kept(35, NEED, JOINT)] = None


class LexSarahInvestigated(LexSarahFact):
    """What happened has been investigated and documented (27:5)."""

    remedied: Annotated[Flag | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    misconduct: Annotated[Misconduct | None, kept(33, NEED, JOINT)] = None
    misconduct_text: Annotated[Text | None, kept(34, NEED, JOINT)] = None
    reasons: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    measures: Annotated[Text | None, kept(36, NEED, JOINT)] = None


class LexSarahReportedToIVO(LexSarahFact):
    """A grave abuse has been reported to IVO (27:6)."""

    dnr: Annotated[Text | None, kept(32, ORDINARY, JOINT)] = None
    text: Annotated[Text | None, kept(33, NEED, JOINT)] = None


FACTS: tuple[type[LexSarahFact], ...] = (
    LexSarahReported,
    LexSarahAssessed,
    LexSarahInvestigated,
    LexSarahReportedToIVO,
)
