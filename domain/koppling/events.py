"""What ties the processes: which streams are one case, links between their events, what crosses.

Here alone the ids of two lanes stand side by side. A case's stream in this lane has the case's own
id. Ids, days and grounds only, never reasons: both sides read here. Laws, rows and proposals:
`domain.md` section 2b.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from domain.kernel import shapes
from domain.kernel.codes import MissingReference, SecrecyGround, ServiceMethod
from domain.kernel.fact import (
    IDENTITY,
    JOINT,
    NAMED,
    NEED,
    NOBODY,
    OFFICER,
    ORDINARY,
    THIRD,
    Fact,
    kept,
)
from domain.kernel.values import Count, Reference, Text
from ledger.codec import Lane


class LinkKind(StrEnum):
    """What the one event is to the other."""

    VERKSTALLER = "verkstaller"
    FOLJER_AV = "foljer_av"
    ABEROPAR = "aberopar"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class LetterAddressee(StrEnum):
    """To whom a letter was sent."""

    PART = "part"
    MEDPART = "medpart"
    STALLFORETRADARE = "stallforetradare"
    OMBUD = "ombud"
    DODSBO = "dodsbo"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class DisclosureKind(StrEnum):
    """Which border the data crossed (8 kap. 1-2 §§ OSL)."""

    INOM_VERKSAMHETSGREN = "inom_verksamhetsgren"
    MELLAN_VERKSAMHETSGRENAR = "mellan_verksamhetsgrenar"
    TILL_ANNAN_MYNDIGHET = "till_annan_myndighet"
    TILL_ENSKILD = "till_enskild"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class DisclosureRecipient(StrEnum):
    """Who was told. Sealed: that the police or a clinic was told, tells of why."""

    EGEN_BESLUTSROLL = "egen_beslutsroll"
    EGEN_HYRESROLL = "egen_hyresroll"
    HYRESVARD = "hyresvard"
    KFM = "kfm"
    HYRESNAMND = "hyresnamnd"
    DOMSTOL = "domstol"
    JO = "jo"
    IVO = "ivo"
    ANNAN_NAMND = "annan_namnd"
    POLIS = "polis"
    VARDGIVARE = "vardgivare"
    PART = "part"
    STALLFORETRADARE = "stallforetradare"
    OMBUD = "ombud"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class DisclosureProvision(StrEnum):
    """The provision that makes somebody tell, where the ground is such a duty (10 kap. 28 § OSL).

    Sealed: the sections of 12 kap. JB tell of debts and disturbances.
    """

    SOL25_15_8 = "SoL25_15_8"
    SOL25_28_5 = "SoL25_28_5"
    RF_13_6 = "RF_13_6"
    JB_12_25A = "JB_12_25a"
    JB_12_42 = "JB_12_42"
    JB_12_44 = "JB_12_44"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class KopplingFact(Fact):
    """A fact about both processes."""

    lane = Lane.KOPPLING


class CaseJoined(KopplingFact):
    """The streams named here are one case. A stream may join later, when the process begins."""

    OPENS = True
    JOINS = ("bistand_stream", "hyra_stream")

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


class LetterSent(KopplingFact):
    """A letter has been sent that concerns the case. What it says stands in the document alone.

    `threat_refs` names the events with the terms or conditions that the letter holds out as reasons
    to lose the home, and for each the places in its list, from 1. The place and not the code: a
    condition of the decision is not told to the landlord side. Null where the places are unknown.
    """

    letter_id: Annotated[UUID, kept(32, ORDINARY, NOBODY, clear=True)]
    concerns_lanes: Annotated[tuple[Lane, ...] | None, kept(33, ORDINARY, NOBODY, clear=True)] = (
        None
    )
    method: Annotated[ServiceMethod | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    method_text: Annotated[Text | None, kept(35, IDENTITY, JOINT)] = None
    to: Annotated[LetterAddressee | None, kept(36, IDENTITY, JOINT)] = None
    to_text: Annotated[Text | None, kept(37, IDENTITY, JOINT)] = None
    threat_refs: Annotated[
        dict[Reference, tuple[Count, ...] | None] | None, kept(38, NEED, JOINT)
    ] = None


class DisclosureMade(KopplingFact):
    """Data protected by secrecy has crossed the wall between the processes, or left the nämnd."""

    kind: Annotated[DisclosureKind | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    ground: Annotated[SecrecyGround | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    kind_text: Annotated[Text | None, kept(34, THIRD, JOINT)] = None
    ground_text: Annotated[Text | None, kept(35, THIRD, JOINT)] = None
    provision: Annotated[DisclosureProvision | None, kept(36, NEED, JOINT)] = None
    provision_text: Annotated[Text | None, kept(37, NEED, JOINT)] = None
    recipient: Annotated[DisclosureRecipient | None, kept(38, NEED, JOINT)] = None
    recipient_text: Annotated[Text | None, kept(39, NEED, JOINT)] = None
    disclosed: Annotated[Text | None, kept(40, NEED, JOINT)] = None
    disclosed_refs: Annotated[tuple[Reference, ...] | None, kept(41, NEED, JOINT)] = None
    decided_by: Annotated[UUID | None, kept(42, OFFICER, NOBODY)] = None


class SamePaperNoted(KopplingFact):
    """One paper has been filed in both processes, as two documents, each under its lane's keys."""

    bistand_document: Annotated[UUID, kept(32, ORDINARY, NOBODY, clear=True)]
    hyra_document: Annotated[UUID, kept(33, ORDINARY, NOBODY, clear=True)]


class PersonsIdentified(KopplingFact):
    """A person in the decision side's register and one in the landlord side's are the same.

    Each side enters its persons without seeing the other's register. What was kept under either id
    keeps it. Where it was a mistake, the entry is marked erroneous.
    """

    NAMES: ClassVar = {NAMED: "bistand_person"}

    bistand_person: Annotated[UUID, kept(32, IDENTITY, NAMED)]
    hyra_person: Annotated[UUID, kept(33, IDENTITY, NAMED)]


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
    LetterSent,
    DisclosureMade,
    SamePaperNoted,
    PersonsIdentified,
    CorrectionApproved,
    EntryMarkedErroneous,
    HolderChanged,
    EpochOpened,
    HeadsRecorded,
)
"""The lane's types. Closed: what is not here cannot be recorded in it."""
