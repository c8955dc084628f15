"""Keys, moving out, what was left behind, and who took the contract over."""

from collections.abc import Mapping
from typing import Annotated, ClassVar
from uuid import UUID

from domain.hyra.events.bases import LeaseFact
from domain.hyra.events.codes import (
    Indication,
    Side,
    TakeoverGround,
    TakeoverOutcome,
    Tenants,
    TransferRoute,
)
from domain.kernel.codes import ServiceMethod
from domain.kernel.fact import (
    ADDRESS,
    IDENTITY,
    JOINT,
    NAMED,
    NEED,
    NOBODY,
    OFFICER,
    ORDINARY,
    kept,
)
from domain.kernel.values import Day, Flag, Text


class KeysHandedOver(LeaseFact):
    """The tenant has got the keys."""


class MovedOut(LeaseFact):
    """The tenant has moved out."""

    voluntary: Annotated[Flag | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    tenants: Annotated[Tenants | None, kept(35, ORDINARY, JOINT)] = None


class KeysReturned(LeaseFact):
    """The tenant has given the keys back."""

    voluntary: Annotated[Flag | None, kept(34, ORDINARY, JOINT, clear=True)] = None


class KeysTaken(LeaseFact):
    """Somebody has taken the keys from the tenant."""

    voluntary: Annotated[Flag | None, kept(34, ORDINARY, JOINT, clear=True)] = None


class LockChanged(LeaseFact):
    """The lock has been changed."""

    requested_by: Annotated[Side | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    new_keys_to: Annotated[Side | None, kept(35, ORDINARY, JOINT, clear=True)] = None


class InspectionMade(LeaseFact):
    """The flat has been inspected at the end of the tenancy or during it."""

    protocol: Annotated[Text | None, kept(34, NEED, JOINT)] = None


class FlatAbandoned(LeaseFact):
    """The landlord has found the flat abandoned (27 § st. 1)."""

    indications: Annotated[tuple[Indication, ...] | None, kept(34, NEED, JOINT)] = None
    indications_text: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    decided_by: Annotated[UUID | None, kept(36, OFFICER, NOBODY)] = None


class LeftPropertyListed(LeaseFact):
    """What the tenant left behind has been listed (27 § st. 2)."""

    left_day: Annotated[Day | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    left_property: Annotated[Text | None, kept(35, NEED, JOINT)] = None


class PropertyDemandSent(LeaseFact):
    """The tenant has been asked to fetch what was left."""

    served: Annotated[Day | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    method: Annotated[ServiceMethod | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    method_text: Annotated[Text | None, kept(36, NEED, JOINT)] = None


class PropertyDisposed(LeaseFact):
    """What was left has been sold, kept or thrown away."""

    written_consent: Annotated[Flag | None, kept(34, ORDINARY, JOINT)] = None
    left_property: Annotated[Text | None, kept(35, NEED, JOINT)] = None


class HeadLeaseTransferred(LeaseFact):
    """The tenant has taken over the contract and rents of the owner (32 och 37 §§)."""

    route: Annotated[TransferRoute | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    owner_approval: Annotated[Flag | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    route_text: Annotated[Text | None, kept(36, NEED, JOINT)] = None
    head_lease_id: Annotated[UUID | None, kept(37, ADDRESS, JOINT)] = None


class CoTenantTookOver(LeaseFact):
    """Whether somebody else who lives there may keep the lease has been settled (47 §)."""

    NAMES: ClassVar[Mapping[int, str]] = {NAMED: "who"}

    outcome: Annotated[TakeoverOutcome | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    outcome_text: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    who: Annotated[UUID, kept(36, IDENTITY, NAMED)]
    ground: Annotated[TakeoverGround | None, kept(37, NEED, NAMED)] = None
    ground_text: Annotated[Text | None, kept(38, NEED, NAMED)] = None
    name: Annotated[Text | None, kept(39, IDENTITY, NAMED)] = None
