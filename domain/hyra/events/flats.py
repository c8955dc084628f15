"""Flats and head leases: what the nämnd rents, whoever lives there."""

from typing import Annotated
from uuid import UUID

from domain.hyra.events.bases import FlatFact, HeadLeaseFact
from domain.hyra.events.codes import (
    HeadLeaseEnd,
    Lessor,
    NoticeGround,
)
from domain.kernel.codes import ServiceMethod
from domain.kernel.fact import (
    ADDRESS,
    NEED,
    NOBODY,
    ORDINARY,
    THIRD,
    kept,
)
from domain.kernel.values import Count, Day, Flag, Text


class FlatRegistered(FlatFact):
    """A flat has been entered in the register. Opens its stream."""

    OPENS = True

    address: Annotated[Text | None, kept(32, ADDRESS, NOBODY)] = None
    district: Annotated[Text | None, kept(33, ADDRESS, NOBODY)] = None
    owner: Annotated[Text | None, kept(34, THIRD, NOBODY)] = None
    lessor: Annotated[Lessor | None, kept(35, NEED, NOBODY)] = None
    lessor_text: Annotated[Text | None, kept(36, NEED, NOBODY)] = None


class HeadLeaseSigned(HeadLeaseFact):
    """The lease between owner and municipality has been signed (1 § st. 6). Opens its stream."""

    OPENS = True
    PERIODS = (("start", "end"),)

    start: Annotated[Day | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    end: Annotated[Day | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    indefinite: Annotated[Flag | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    flats_in_lease: Annotated[Count | None, kept(35, ORDINARY, NOBODY, clear=True)] = None
    flats: Annotated[tuple[UUID, ...] | None, kept(36, ADDRESS, NOBODY)] = None
    owner: Annotated[Text | None, kept(37, THIRD, NOBODY)] = None
    lessor: Annotated[Lessor | None, kept(38, NEED, NOBODY)] = None
    lessor_text: Annotated[Text | None, kept(39, NEED, NOBODY)] = None


class HeadLeaseNoticeReceived(HeadLeaseFact):
    """The owner has given notice of the head lease. Every tenant under it is concerned."""

    ends_at: Annotated[Day | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    method: Annotated[ServiceMethod | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    method_text: Annotated[Text | None, kept(34, NEED, NOBODY)] = None
    ground: Annotated[NoticeGround | None, kept(35, NEED, NOBODY)] = None
    ground_text: Annotated[Text | None, kept(36, NEED, NOBODY)] = None


class RenovationAnnounced(HeadLeaseFact):
    """The owner has announced that the house or a flat will be rebuilt."""

    PERIODS = (("start", "end"),)

    start: Annotated[Day | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    end: Annotated[Day | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    text: Annotated[Text | None, kept(34, ORDINARY, NOBODY)] = None


class HeadLeaseEnded(HeadLeaseFact):
    """The head lease has ended."""

    ground: Annotated[HeadLeaseEnd | None, kept(32, NEED, NOBODY)] = None
    ground_text: Annotated[Text | None, kept(33, NEED, NOBODY)] = None
