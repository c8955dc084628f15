"""What supervision does to the keeping itself: gallringsspärr and gallring.

A spärr and a gallring have a stream each, whose id is the effect's `ref`. Which stream of which
case they concern stands in the effect alone, so that it can be forgotten when all is done.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from domain.kernel import shapes
from domain.kernel.fact import JOINT, NOBODY, ORDINARY, THIRD, Fact, kept
from domain.kernel.values import Count, Day, Reference, Text
from domain.tillsyn import lex_sarah, matters, requests, reviews
from domain.tillsyn.fact import TillsynFact
from ledger.codec import EffectKind, Lane


class HoldGround(StrEnum):
    """On which ground gallring waits (16 kap. 1 § SoL knows no general hold)."""

    INOM_TIDSFRISTEN = "inom_tidsfristen"
    TILLSYNSARENDE = "tillsynsarende"
    DOMSTOLSARENDE = "domstolsarende"
    ARKIVBESLUT = "arkivbeslut"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class LiftReason(StrEnum):
    """Why a spärr ends."""

    GRUNDEN_UPPHORD = "grunden_upphord"
    TIDEN_UTE = "tiden_ute"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class GallringGround(StrEnum):
    """By which provision something is destroyed."""

    SOL_16_1 = "sol_16_1"
    SOL_17_2 = "sol_17_2"
    DOKUMENTHANTERINGSPLAN = "dokumenthanteringsplan"
    FEL_ARENDE = "fel_arende"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class WithdrawalReason(StrEnum):
    """Why a gallring decision is taken back."""

    FEL_AKT = "fel_akt"
    TIDEN_INTE_UTE = "tiden_inte_ute"
    SKA_BEVARAS = "ska_bevaras"
    ANNAN_NAMND = "annan_namnd"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


def _no_flag(value: object) -> object:
    """Refuse true where a number is meant; Python takes it for 1."""
    if isinstance(value, bool):
        raise PydanticCustomError("fact.wrong_form", "Värdet har fel form för fältet.")
    return value


Level = Annotated[Literal[1, 2], BeforeValidator(_no_flag)]
"""How much goes: a person's part of a stream, or all of it."""


class GallringsspärrSet(TillsynFact):
    """Gallring of one stream waits until further notice. Opens the spärr's stream."""

    EFFECT = EffectKind.HOLD
    OPENS = True

    target_lane: Annotated[Lane, kept(32, ORDINARY, NOBODY, clear=True)]
    legal_ground: Annotated[HoldGround, kept(33, ORDINARY, NOBODY, clear=True)]
    until: Annotated[Day | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    reason_text: Annotated[Text | None, kept(35, THIRD, JOINT)] = None


class GallringsspärrLifted(TillsynFact):
    """The spärr of this stream has ended."""

    EFFECT = EffectKind.LIFT

    reason: Annotated[LiftReason, kept(32, ORDINARY, NOBODY, clear=True)]
    reason_text: Annotated[Text | None, kept(33, THIRD, JOINT)] = None


class GallringDecided(TillsynFact):
    """Gallring has been decided. Opens the gallring's stream."""

    EFFECT = EffectKind.DESTROY_DECIDED
    OPENS = True

    target_lane: Annotated[Lane, kept(32, ORDINARY, NOBODY, clear=True)]
    level: Annotated[Level, kept(33, ORDINARY, NOBODY, clear=True)]
    legal_ground: Annotated[GallringGround, kept(34, ORDINARY, NOBODY, clear=True)]
    ground_text: Annotated[Text | None, kept(35, THIRD, JOINT)] = None


class GallringWithdrawn(TillsynFact):
    """The decision of this stream is taken back, before anything of it has been carried out."""

    EFFECT = EffectKind.DESTROY_WITHDRAWN

    decision: Annotated[Reference, kept(32, ORDINARY, NOBODY, clear=True)]
    reason: Annotated[WithdrawalReason, kept(33, ORDINARY, NOBODY, clear=True)]
    reason_text: Annotated[Text | None, kept(34, THIRD, JOINT)] = None


class GallringExecuted(TillsynFact):
    """The gallring decided here has been carried out. Which stream it was is forgotten."""

    EFFECT = EffectKind.DESTROY_DONE

    decision: Annotated[Reference, kept(32, ORDINARY, NOBODY, clear=True)]
    target_lane: Annotated[Lane, kept(33, ORDINARY, NOBODY, clear=True)]
    level: Annotated[Level, kept(34, ORDINARY, NOBODY, clear=True)]
    indexes: Annotated[tuple[Count, ...], kept(35, ORDINARY, NOBODY, clear=True)]
    count: Annotated[Count, kept(36, ORDINARY, NOBODY, clear=True)]


class DocumentFiled(shapes.DocumentFiled):
    """A paper has been filed in a matter of supervision."""

    lane = Lane.TILLSYN


class CorrectionApproved(shapes.CorrectionApproved):
    """A second officer has approved a correction or a mark of error in supervision."""

    lane = Lane.TILLSYN


class EntryMarkedErroneous(shapes.EntryMarkedErroneous):
    """An officer says that an entry of supervision should not count."""

    lane = Lane.TILLSYN


class HolderChanged(shapes.HolderChanged):
    """Another nämnd holds the stream from now on."""

    lane = Lane.TILLSYN


class EpochOpened(shapes.EpochOpened):
    """The lane's log was opened."""

    lane = Lane.TILLSYN


class HeadsRecorded(shapes.HeadsRecorded):
    """How far every stream of the lane had come."""

    lane = Lane.TILLSYN


FACTS: tuple[type[Fact], ...] = (
    GallringsspärrSet,
    GallringsspärrLifted,
    GallringDecided,
    GallringWithdrawn,
    GallringExecuted,
    *matters.FACTS,
    *lex_sarah.FACTS,
    *requests.FACTS,
    *reviews.FACTS,
    DocumentFiled,
    CorrectionApproved,
    EntryMarkedErroneous,
    HolderChanged,
    EpochOpened,
    HeadsRecorded,
)
"""The lane's types. Closed: what is not here cannot be recorded in it."""
