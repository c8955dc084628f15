"""What ties the processes: which streams are one case, and typed links between their events.

Here alone the ids of two lanes stand side by side. A case's stream in this lane has the case's own
id. Ids and grounds only, never reasons.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from domain.kernel import shapes
from domain.kernel.codes import MissingReference
from domain.kernel.fact import JOINT, NOBODY, ORDINARY, THIRD, Fact, kept
from domain.kernel.values import Reference, Text
from ledger.codec import Lane


class LinkKind(StrEnum):
    """What the one event is to the other."""

    VERKSTALLER = "verkstaller"
    FOLJER_AV = "foljer_av"
    ABEROPAR = "aberopar"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class SecrecyGround(StrEnum):
    """On which provision of offentlighets- och sekretesslagen something crosses the wall."""

    OSL_10_2_NODVANDIGT = "10_2_nodvandigt"
    OSL_10_3_PART = "10_3_part"
    OSL_10_27 = "10_27"
    OSL_10_28_UPPGIFTSSKYLDIGHET = "10_28_uppgiftsskyldighet"
    OSL_12_2_SAMTYCKE = "12_2_samtycke"
    OSL_26_9 = "26_9"
    OSL_26_9C = "26_9c"
    DOM = "dom"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class KopplingFact(Fact):
    """A fact about both processes."""

    lane = Lane.KOPPLING


class CaseJoined(KopplingFact):
    """The streams named here are one case. A stream may join later, when the process begins."""

    OPENS = True

    bistand_stream: Annotated[UUID | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    hyra_stream: Annotated[UUID | None, kept(33, ORDINARY, NOBODY, clear=True)] = None

    @model_validator(mode="after")
    def _joins_something(self) -> Self:
        if self.bistand_stream is None and self.hyra_stream is None:
            raise PydanticCustomError("case.joins_nothing", "Ange minst en av processerna.")
        return self


class LinkMade(KopplingFact):
    """An officer has tied an event to one of another lane."""

    REFERENCES: ClassVar = {"from_event": "from_missing", "to_event": "to_missing"}

    kind: Annotated[LinkKind, kept(32, ORDINARY, NOBODY, clear=True)]
    from_event: Annotated[Reference | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    from_missing: Annotated[MissingReference | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    to_event: Annotated[Reference | None, kept(35, ORDINARY, NOBODY, clear=True)] = None
    to_missing: Annotated[MissingReference | None, kept(36, ORDINARY, NOBODY, clear=True)] = None
    ground: Annotated[SecrecyGround | None, kept(37, ORDINARY, NOBODY, clear=True)] = None
    kind_text: Annotated[Text | None, kept(38, THIRD, JOINT)] = None
    ground_text: Annotated[Text | None, kept(39, THIRD, JOINT)] = None


class LinkEnded(KopplingFact):
    """A link no longer holds."""

    link: Annotated[Reference, kept(32, ORDINARY, NOBODY, clear=True)]
    ground: Annotated[SecrecyGround | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    ground_text: Annotated[Text | None, kept(34, THIRD, JOINT)] = None


class CorrectionApproved(shapes.CorrectionApproved):
    """A second officer has approved a correction or a mark of error among the links."""

    lane = Lane.KOPPLING


class EntryMarkedErroneous(shapes.EntryMarkedErroneous):
    """An officer says that a link or a joining should not count."""

    lane = Lane.KOPPLING


class HolderChanged(shapes.HolderChanged):
    """Another nämnd holds the stream from now on."""

    lane = Lane.KOPPLING


class EpochOpened(shapes.EpochOpened):
    """The lane's log was opened."""

    lane = Lane.KOPPLING


class HeadsRecorded(shapes.HeadsRecorded):
    """How far every stream of the lane had come."""

    lane = Lane.KOPPLING


FACTS: tuple[type[Fact], ...] = (
    CaseJoined,
    LinkMade,
    LinkEnded,
    CorrectionApproved,
    EntryMarkedErroneous,
    HolderChanged,
    EpochOpened,
    HeadsRecorded,
)
"""The lane's types. Closed: what is not here cannot be recorded in it."""
