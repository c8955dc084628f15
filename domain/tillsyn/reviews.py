"""What the nämnd itself looks through and hands on: dossiers, findings, the read log.

Any of them may open a stream of its own, or stand in the matter it belongs to.
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from domain.kernel import shapes
from domain.kernel.codes import SecrecyGround
from domain.kernel.fact import JOINT, NEED, NOBODY, OFFICER, ORDINARY, kept
from domain.kernel.values import Count, Day, Flag, Text
from domain.tillsyn.fact import TillsynFact
from ledger.codec import Lane


class DossierRecipient(StrEnum):
    """To whom a dossier was given."""

    JO = "jo"
    IVO = "ivo"
    DOMSTOL = "domstol"
    PART = "part"
    STALLFORETRADARE = "stallforetradare"
    OMBUD = "ombud"
    TREDJE_MAN = "tredje_man"
    FORSKARE = "forskare"
    ARKIVMYNDIGHET = "arkivmyndighet"
    ANNAN_NAMND = "annan_namnd"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class LogReviewOutcome(StrEnum):
    """What a review of the read log came to."""

    INGET_ATT_ANMARKA = "inget_att_anmarka"
    UTREDS = "utreds"
    OBEHORIG_ATKOMST = "obehorig_atkomst"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class ReviewFact(TillsynFact):
    """A dossier, a finding's assessment or a log review. May open a stream of its own."""

    OPENS = True


class DossierReleased(ReviewFact):
    """A dossier has been handed out. Its ground for masking is the discloser's own statement."""

    lanes: Annotated[tuple[Lane, ...] | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    masked: Annotated[Flag | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    findings_included: Annotated[Flag | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    ground: Annotated[SecrecyGround | None, kept(35, ORDINARY, NOBODY, clear=True)] = None
    ground_text: Annotated[Text | None, kept(36, NEED, JOINT)] = None
    dossier_to: Annotated[DossierRecipient | None, kept(37, NEED, JOINT)] = None
    dossier_to_text: Annotated[Text | None, kept(38, NEED, JOINT)] = None
    cases: Annotated[tuple[UUID, ...] | None, kept(39, NEED, JOINT)] = None
    masking_reasons: Annotated[Text | None, kept(40, NEED, JOINT)] = None
    decided_by: Annotated[UUID | None, kept(41, OFFICER, NOBODY)] = None


class FindingAssessed(ReviewFact, shapes.FindingAssessed):
    """A finding has been answered in supervision."""


class LogReviewDone(ReviewFact):
    """Who has read what has been looked through (loggkontroll, 10 § lagen 2001:454).

    For reading without a need, never for who spoke to JO, IVO or the press.
    """

    PERIODS = (("start", "end"),)

    start: Annotated[Day | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    end: Annotated[Day | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    rows: Annotated[Count | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    review_outcome: Annotated[LogReviewOutcome | None, kept(35, NEED, JOINT)] = None
    review_outcome_text: Annotated[Text | None, kept(36, NEED, JOINT)] = None
    measures: Annotated[Text | None, kept(37, NEED, JOINT)] = None


FACTS: tuple[type[ReviewFact], ...] = (DossierReleased, FindingAssessed, LogReviewDone)
