"""How the nämnd got the flat: from request to allocation."""

from typing import Annotated
from uuid import UUID

from domain.hyra.events.bases import CaseFact
from domain.hyra.events.codes import (
    AllocationModel,
    ExceptionReason,
    Lessor,
    OwnerAsked,
    RefusedBy,
)
from domain.kernel.fact import (
    ADDRESS,
    JOINT,
    NEED,
    ORDINARY,
    THIRD,
    kept,
)
from domain.kernel.values import Reference, Text


class FlatRequested(CaseFact):
    """The nämnd has asked for a flat. The person is never the applicant."""

    allocation_model: Annotated[AllocationModel | None, kept(32, ORDINARY, JOINT, clear=True)] = (
        None
    )
    allocation_model_text: Annotated[Text | None, kept(33, NEED, JOINT)] = None
    demand: Annotated[Text | None, kept(34, NEED, JOINT)] = None
    area: Annotated[Text | None, kept(35, ADDRESS, JOINT)] = None
    district: Annotated[Text | None, kept(36, ADDRESS, JOINT)] = None
    exception_reason: Annotated[ExceptionReason | None, kept(37, NEED, JOINT)] = None
    exception_reason_text: Annotated[Text | None, kept(38, NEED, JOINT)] = None


class OwnerAccepted(CaseFact):
    """The owner has agreed to the letting, or to a take-over."""

    flat_request: Annotated[Reference | None, kept(32, ORDINARY, JOINT, clear=True)] = None
    owner_asked: Annotated[OwnerAsked | None, kept(33, ORDINARY, JOINT)] = None
    owner_asked_text: Annotated[Text | None, kept(34, NEED, JOINT)] = None
    owner: Annotated[Text | None, kept(35, THIRD, JOINT)] = None
    lessor: Annotated[Lessor | None, kept(36, NEED, JOINT)] = None
    lessor_text: Annotated[Text | None, kept(37, NEED, JOINT)] = None
    flat_id: Annotated[UUID | None, kept(38, ADDRESS, JOINT)] = None


class OwnerDeclined(CaseFact):
    """The owner has not agreed to the letting, or to a take-over."""

    flat_request: Annotated[Reference | None, kept(32, ORDINARY, JOINT, clear=True)] = None
    owner_asked: Annotated[OwnerAsked | None, kept(33, ORDINARY, JOINT)] = None
    owner_asked_text: Annotated[Text | None, kept(34, NEED, JOINT)] = None
    owner: Annotated[Text | None, kept(35, THIRD, JOINT)] = None
    lessor: Annotated[Lessor | None, kept(36, NEED, JOINT)] = None
    lessor_text: Annotated[Text | None, kept(37, NEED, JOINT)] = None
    flat_id: Annotated[UUID | None, kept(38, ADDRESS, JOINT)] = None
    reason: Annotated[Text | None, kept(39, THIRD, JOINT)] = None


class FlatOffered(CaseFact):
    """A flat has been offered."""

    flat_request: Annotated[Reference | None, kept(32, ORDINARY, JOINT, clear=True)] = None
    flat: Annotated[Text | None, kept(33, ADDRESS, JOINT)] = None
    flat_id: Annotated[UUID | None, kept(34, ADDRESS, JOINT)] = None
    district: Annotated[Text | None, kept(35, ADDRESS, JOINT)] = None


class OfferRefused(CaseFact):
    """An offered flat has been refused. Ends nothing."""

    offer: Annotated[Reference | None, kept(32, ORDINARY, JOINT, clear=True)] = None
    refused_by: Annotated[RefusedBy | None, kept(33, ORDINARY, JOINT, clear=True)] = None
    reason: Annotated[Text | None, kept(34, NEED, JOINT)] = None


class FlatAllocated(CaseFact):
    """The nämnd has been allocated a flat for the case."""

    flat_request: Annotated[Reference | None, kept(32, ORDINARY, JOINT, clear=True)] = None
    allocation_model: Annotated[AllocationModel | None, kept(33, ORDINARY, JOINT, clear=True)] = (
        None
    )
    allocation_model_text: Annotated[Text | None, kept(34, NEED, JOINT)] = None
    flat: Annotated[Text | None, kept(35, ADDRESS, JOINT)] = None
    flat_id: Annotated[UUID | None, kept(36, ADDRESS, JOINT)] = None
    district: Annotated[Text | None, kept(37, ADDRESS, JOINT)] = None
    lessor: Annotated[Lessor | None, kept(38, NEED, JOINT)] = None
    lessor_text: Annotated[Text | None, kept(39, NEED, JOINT)] = None
    exception_reason: Annotated[ExceptionReason | None, kept(40, NEED, JOINT)] = None
    exception_reason_text: Annotated[Text | None, kept(41, NEED, JOINT)] = None
