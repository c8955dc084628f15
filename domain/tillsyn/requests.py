"""Requests for official documents: asked for, tried item by item, handed out or refused.

Each request has a stream of its own. Whoever asks is not asked for a name or a reason beyond what
secrecy needs (2 kap. TF, 6 kap. OSL), so what is known of them may well be nothing.
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from domain.kernel.fact import JOINT, NEED, NOBODY, OFFICER, ORDINARY, THIRD, kept
from domain.kernel.values import Flag, Reference, Text
from domain.tillsyn.fact import TillsynFact


class ItemOutcome(StrEnum):
    """What becomes of one document."""

    LAMNAS = "lamnas"
    MASKAS = "maskas"
    NEKAS = "nekas"
    FORBEHALL = "forbehall"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class SecrecyProvision(StrEnum):
    """The provision of offentlighets- och sekretesslagen that protects something."""

    OSL_11_1 = "osl_11_1"
    OSL_21_3 = "osl_21_3"
    OSL_21_3A = "osl_21_3a"
    OSL_26_1 = "osl_26_1"
    OSL_26_5 = "osl_26_5"
    OSL_26_11 = "osl_26_11"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class RefusalAppeal(StrEnum):
    """Where the refusal said that it can be appealed (6 kap. 7-8 §§ OSL)."""

    KAMMARRATTEN = "kammarratten"
    SAKNAS = "saknas"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class RequestFact(TillsynFact):
    """A step of a request for documents."""


class DocumentRequested(RequestFact):
    """Somebody asks for documents. Opens the request's stream."""

    OPENS = True

    requester: Annotated[Text | None, kept(32, THIRD, JOINT)] = None
    asked_items: Annotated[Text | None, kept(33, NEED, JOINT)] = None
    cases: Annotated[tuple[UUID, ...] | None, kept(34, NEED, JOINT)] = None


class ItemAssessed(RequestFact):
    """One document has been tried against secrecy (menprövning)."""

    item_outcome: Annotated[ItemOutcome | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    item_outcome_text: Annotated[Text | None, kept(33, NEED, JOINT)] = None
    asked_items: Annotated[Text | None, kept(34, NEED, JOINT)] = None
    secrecy: Annotated[tuple[SecrecyProvision, ...] | None, kept(35, NEED, JOINT)] = None
    secrecy_text: Annotated[Text | None, kept(36, NEED, JOINT)] = None
    proviso: Annotated[Text | None, kept(37, NEED, JOINT)] = None


class DocumentsReleased(RequestFact):
    """All that was asked for has been handed out."""

    asked_items: Annotated[Text | None, kept(32, NEED, JOINT)] = None
    decided_by: Annotated[UUID | None, kept(33, OFFICER, NOBODY)] = None


class ReleasedInPart(RequestFact):
    """A part has been handed out and the rest refused or masked."""

    written_decision_offered: Annotated[Flag | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    written_decision: Annotated[Flag | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    refusal_appeal: Annotated[RefusalAppeal | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    refusal_appeal_text: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    asked_items: Annotated[Text | None, kept(36, NEED, JOINT)] = None
    secrecy: Annotated[tuple[SecrecyProvision, ...] | None, kept(37, NEED, JOINT)] = None
    secrecy_text: Annotated[Text | None, kept(38, NEED, JOINT)] = None
    decided_by: Annotated[UUID | None, kept(39, OFFICER, NOBODY)] = None


class ReleaseRefused(RequestFact):
    """All that was asked for has been refused (6 kap. 3 § OSL)."""

    written_decision_offered: Annotated[Flag | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    written_decision: Annotated[Flag | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    refusal_appeal: Annotated[RefusalAppeal | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    refusal_appeal_text: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    secrecy: Annotated[tuple[SecrecyProvision, ...] | None, kept(36, NEED, JOINT)] = None
    secrecy_text: Annotated[Text | None, kept(37, NEED, JOINT)] = None
    partial_weighed: Annotated[Flag | None, kept(38, ORDINARY, NOBODY, clear=True)] = None
    reasons: Annotated[Text | None, kept(39, NEED, JOINT)] = None
    decided_by: Annotated[UUID | None, kept(40, OFFICER, NOBODY)] = None


class AuthorityDecisionDemanded(RequestFact):
    """Whoever asked wants the authority's own decision in writing (6 kap. 3 § OSL)."""

    text: Annotated[Text | None, kept(32, NEED, JOINT)] = None


class RefusalAppealed(RequestFact):
    """A refusal has been appealed."""

    refusal: Annotated[Reference | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    court: Annotated[Text | None, kept(33, ORDINARY, JOINT)] = None
    text: Annotated[Text | None, kept(34, NEED, JOINT)] = None


FACTS: tuple[type[RequestFact], ...] = (
    DocumentRequested,
    ItemAssessed,
    DocumentsReleased,
    ReleasedInPart,
    ReleaseRefused,
    AuthorityDecisionDemanded,
    RefusalAppealed,
)
