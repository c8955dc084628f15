"""Matters at JO and IVO: what they ask, how the nämnd answers, what they decide.

Each matter has a stream of its own. Which cases it is about is sealed: that a person has turned to
JO is nobody's business in a list. So is the number it has there, since JO's own register is public
and gives the name. The steps of an answer are the same for both, and a matter may be handed over
from one to the other, so no step is tied to either.
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from domain.kernel.codes import Organ
from domain.kernel.fact import JOINT, NEED, NOBODY, OFFICER, ORDINARY, THIRD, kept
from domain.kernel.values import Day, Ore, Reference, Text
from domain.tillsyn.fact import TillsynFact


class JOOutcome(StrEnum):
    """What JO said."""

    INGEN_KRITIK = "ingen_kritik"
    KRITIK = "kritik"
    ALLVARLIG_KRITIK = "allvarlig_kritik"
    UTTALANDE = "uttalande"
    AVSKRIVET = "avskrivet"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class IVOOutcome(StrEnum):
    """How IVO ended a matter."""

    INGEN_BRIST = "ingen_brist"
    BRIST = "brist"
    BRIST_AVHJALPT = "brist_avhjalpt"
    AVSKRIVET = "avskrivet"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class FeeOutcome(StrEnum):
    """How a court judged the fee for a decision not carried out."""

    BIFALL = "bifall"
    DELVIS = "delvis"
    AVSLAG = "avslag"
    AVSKRIVET = "avskrivet"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class IVOBasis(StrEnum):
    """On which provision of socialtjänstlagen 2025:400 IVO demands something."""

    SOL25_28_5 = "SoL25_28_5"
    SOL25_28_6 = "SoL25_28_6"
    SOL25_28_8 = "SoL25_28_8"
    SOL25_28_9 = "SoL25_28_9"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class MatterFact(TillsynFact):
    """A step of a matter at JO or IVO."""


class JOMatterOpened(MatterFact):
    """JO has opened a matter about the nämnd. Opens the matter's stream."""

    OPENS = True

    dnr: Annotated[Text | None, kept(32, ORDINARY, JOINT)] = None
    cases: Annotated[tuple[UUID, ...] | None, kept(33, NEED, JOINT)] = None


class IVOMatterOpened(MatterFact):
    """IVO has opened a matter about the nämnd (28 kap. SoL). Opens the matter's stream."""

    OPENS = True

    dnr: Annotated[Text | None, kept(32, ORDINARY, JOINT)] = None
    cases: Annotated[tuple[UUID, ...] | None, kept(33, NEED, JOINT)] = None


class DocumentsLent(MatterFact):
    """JO or IVO has borrowed documents. What is asked for stands in `questions`."""

    due: Annotated[Day | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    questions: Annotated[Text | None, kept(33, NEED, JOINT)] = None


class RemissReceived(MatterFact):
    """JO asks for an opinion, with the nämnd's own assessment, by a stated day."""

    due: Annotated[Day | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    questions: Annotated[Text | None, kept(33, NEED, JOINT)] = None


class ExtensionRequested(MatterFact):
    """The nämnd asks for more time."""

    request: Annotated[Reference | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    due: Annotated[Day | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    reason: Annotated[Text | None, kept(34, NEED, JOINT)] = None


class ExtensionGranted(MatterFact):
    """The nämnd has been given more time; `due` is the new day."""

    request: Annotated[Reference | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    due: Annotated[Day | None, kept(33, ORDINARY, NOBODY, clear=True)] = None


class OfficerReportWritten(MatterFact):
    """The officers' report to the nämnd, with a proposal, has been written (tjänsteutlåtande)."""

    request: Annotated[Reference | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    written_by: Annotated[UUID | None, kept(33, OFFICER, NOBODY)] = None


class NämndSummoned(MatterFact):
    """The nämnd has been summoned to the meeting that is to decide on the answer (kallelse)."""

    request: Annotated[Reference | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    meeting_day: Annotated[Day | None, kept(33, ORDINARY, NOBODY, clear=True)] = None


class ReplyDecided(MatterFact):
    """The answer has been decided."""

    request: Annotated[Reference | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    organ: Annotated[Organ | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    meeting: Annotated[Reference | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    organ_text: Annotated[Text | None, kept(35, THIRD, JOINT)] = None
    decided_by: Annotated[UUID | None, kept(36, OFFICER, NOBODY)] = None
    measures: Annotated[Text | None, kept(37, NEED, JOINT)] = None


class ImmediateAdjustmentMade(MatterFact):
    """The part of the minutes with the answer was adjusted at once (omedelbar justering)."""

    request: Annotated[Reference | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    meeting: Annotated[Reference | None, kept(33, ORDINARY, NOBODY, clear=True)] = None


class ReplySent(MatterFact):
    """The answer has been sent (expediering)."""

    request: Annotated[Reference | None, kept(32, ORDINARY, NOBODY, clear=True)] = None


class CommentsReceived(MatterFact):
    """What the complainant says of the answer has been sent here."""

    due: Annotated[Day | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    text: Annotated[Text | None, kept(33, NEED, JOINT)] = None


class JODecisionMade(MatterFact):
    """JO has decided. JO says what was wrong or unsuitable, and changes no decision."""

    outcome: Annotated[JOOutcome | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    outcome_text: Annotated[Text | None, kept(33, NEED, JOINT)] = None


class IVORequestReceived(MatterFact):
    """IVO asks for information, documents or an inspection."""

    due: Annotated[Day | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    legal_basis: Annotated[IVOBasis | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    legal_basis_text: Annotated[Text | None, kept(34, NEED, JOINT)] = None
    questions: Annotated[Text | None, kept(35, NEED, JOINT)] = None


class IVOInjunctionReceived(MatterFact):
    """IVO orders something to be done, with or without a conditional fine (föreläggande, vite)."""

    due: Annotated[Day | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    legal_basis: Annotated[IVOBasis | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    legal_basis_text: Annotated[Text | None, kept(34, NEED, JOINT)] = None
    questions: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    vite_ore: Annotated[Ore | None, kept(36, ORDINARY, NOBODY)] = None


class IVOReplySent(MatterFact):
    """IVO has been answered."""

    request: Annotated[Reference | None, kept(32, ORDINARY, NOBODY, clear=True)] = None


class IVODecisionMade(MatterFact):
    """IVO has decided or ended the matter."""

    outcome: Annotated[IVOOutcome | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    outcome_text: Annotated[Text | None, kept(33, NEED, JOINT)] = None


class FeeCaseOpened(MatterFact):
    """IVO has asked the court for the fee for a decision not carried out (34 kap. 5-8 §§ SoL)."""

    court: Annotated[Text | None, kept(32, ORDINARY, JOINT)] = None
    dnr: Annotated[Text | None, kept(33, ORDINARY, JOINT)] = None
    event_refs: Annotated[tuple[Reference, ...] | None, kept(34, NEED, JOINT)] = None
    fee_ore: Annotated[Ore | None, kept(35, ORDINARY, JOINT)] = None


class FeeCaseDecided(MatterFact):
    """A court has judged the fee. The amount is the one it set."""

    fee_case: Annotated[Reference | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    outcome: Annotated[FeeOutcome | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    outcome_text: Annotated[Text | None, kept(34, NEED, JOINT)] = None
    court: Annotated[Text | None, kept(35, ORDINARY, JOINT)] = None
    fee_ore: Annotated[Ore | None, kept(36, ORDINARY, JOINT)] = None


class NämndTookNote(MatterFact):
    """What was decided about the nämnd has been reported to it, with the measures it takes."""

    decision_event: Annotated[Reference | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    meeting: Annotated[Reference | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    measures: Annotated[Text | None, kept(34, NEED, JOINT)] = None


FACTS: tuple[type[MatterFact], ...] = (
    JOMatterOpened,
    IVOMatterOpened,
    DocumentsLent,
    RemissReceived,
    ExtensionRequested,
    ExtensionGranted,
    OfficerReportWritten,
    NämndSummoned,
    ReplyDecided,
    ImmediateAdjustmentMade,
    ReplySent,
    CommentsReceived,
    JODecisionMade,
    IVORequestReceived,
    IVOInjunctionReceived,
    IVOReplySent,
    IVODecisionMade,
    FeeCaseOpened,
    FeeCaseDecided,
    NämndTookNote,
)
