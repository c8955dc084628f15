"""Disturbances: reported, answered, demanded to end, made known to socialnämnden."""

from typing import Annotated

from domain.hyra.events.bases import LeaseFact
from domain.hyra.events.codes import (
    DisturbanceGrade,
    DisturbanceKind,
    DisturbanceSource,
    NoticeDuty,
)
from domain.kernel.codes import ServiceMethod
from domain.kernel.fact import (
    JOINT,
    NEED,
    ORDINARY,
    THIRD,
    kept,
)
from domain.kernel.values import Day, Flag, Reference, Text


class DisturbanceReported(LeaseFact):
    """Somebody has reported a disturbance. An allegation, not yet a breach."""

    kind: Annotated[DisturbanceKind | None, kept(34, NEED, JOINT)] = None
    kind_text: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    grade: Annotated[DisturbanceGrade | None, kept(36, NEED, JOINT)] = None
    source_process: Annotated[DisturbanceSource | None, kept(37, NEED, JOINT)] = None
    reported_by: Annotated[Text | None, kept(38, THIRD, JOINT)] = None
    evidence: Annotated[Text | None, kept(39, THIRD, JOINT)] = None


class DisturbanceAnswered(LeaseFact):
    """The landlord does nothing about a report, and says why."""

    report: Annotated[Reference | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    reason: Annotated[Text | None, kept(35, NEED, JOINT)] = None


class CorrectionDemanded(LeaseFact):
    """The tenant has been asked to put things right: uppmaning, before 2024-07-01 tillsägelse."""

    served: Annotated[Day | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    method: Annotated[ServiceMethod | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    warns_of_notice: Annotated[Flag | None, kept(36, ORDINARY, JOINT, clear=True)] = None
    method_text: Annotated[Text | None, kept(37, NEED, JOINT)] = None
    evidence_refs: Annotated[tuple[Reference, ...] | None, kept(38, NEED, JOINT)] = None
    text: Annotated[Text | None, kept(39, NEED, JOINT)] = None
    basis: Annotated[NoticeDuty | None, kept(40, NEED, JOINT)] = None
    basis_text: Annotated[Text | None, kept(41, NEED, JOINT)] = None


class SocialBoardNotified(LeaseFact):
    """The landlord has sent word to socialnämnden (25 a, 42 och 44 §§)."""

    basis: Annotated[NoticeDuty | None, kept(34, NEED, JOINT)] = None
    basis_text: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    evidence_refs: Annotated[tuple[Reference, ...] | None, kept(36, NEED, JOINT)] = None
    method: Annotated[ServiceMethod | None, kept(37, ORDINARY, JOINT, clear=True)] = None
    method_text: Annotated[Text | None, kept(38, NEED, JOINT)] = None


class HeadLandlordDemanded(LeaseFact):
    """The owner has demanded of the municipality that things are put right (42 §)."""

    method: Annotated[ServiceMethod | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    warns_of_notice: Annotated[Flag | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    method_text: Annotated[Text | None, kept(36, NEED, JOINT)] = None
    basis: Annotated[NoticeDuty | None, kept(37, NEED, JOINT)] = None
    basis_text: Annotated[Text | None, kept(38, NEED, JOINT)] = None
    evidence_refs: Annotated[tuple[Reference, ...] | None, kept(39, NEED, JOINT)] = None
    text: Annotated[Text | None, kept(40, NEED, JOINT)] = None
