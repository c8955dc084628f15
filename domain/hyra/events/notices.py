"""Notices, requests to move, what became of them, and the end of the tenancy."""

from typing import Annotated
from uuid import UUID

from domain.hyra.events.bases import LeaseFact, NoticeOfFact
from domain.hyra.events.codes import (
    LeaseEnd,
    LeaseWindow,
    MoveRequestTo,
    NoticeBy,
    NoticeGround,
    NoticeOver,
    Tenants,
)
from domain.kernel.codes import ServiceMethod
from domain.kernel.fact import (
    JOINT,
    NEED,
    ORDINARY,
    kept,
)
from domain.kernel.values import Count, Day, Flag, Reference, Text


class TerminationNoticeIssued(LeaseFact):
    """Notice has been given, by either side (3-5 och 8 §§). Ends nothing by itself."""

    by: Annotated[NoticeBy | None, kept(34, NEED, JOINT)] = None
    reasons_stated: Annotated[Flag | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    served: Annotated[Day | None, kept(36, ORDINARY, JOINT, clear=True)] = None
    method: Annotated[ServiceMethod | None, kept(37, ORDINARY, JOINT, clear=True)] = None
    ends_at: Annotated[Day | None, kept(38, ORDINARY, JOINT, clear=True)] = None
    method_text: Annotated[Text | None, kept(39, NEED, JOINT)] = None
    ground: Annotated[NoticeGround | None, kept(40, NEED, JOINT)] = None
    ground_text: Annotated[Text | None, kept(41, NEED, JOINT)] = None
    point: Annotated[Count | None, kept(42, NEED, JOINT)] = None
    point_window: Annotated[LeaseWindow | None, kept(43, NEED, JOINT)] = None
    evidence_refs: Annotated[tuple[Reference, ...] | None, kept(44, NEED, JOINT)] = None
    s46_2_tested: Annotated[Flag | None, kept(45, NEED, JOINT)] = None
    notice_id: Annotated[UUID | None, kept(46, ORDINARY, JOINT, clear=True)] = None
    tenants: Annotated[Tenants | None, kept(47, ORDINARY, JOINT)] = None


class ForfeitureNoticeIssued(LeaseFact):
    """The landlord has declared the lease forfeited (42-44 §§). Ends nothing by itself."""

    notice_id: Annotated[UUID | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    served: Annotated[Day | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    method: Annotated[ServiceMethod | None, kept(36, ORDINARY, JOINT, clear=True)] = None
    social_notice_day: Annotated[Day | None, kept(37, ORDINARY, JOINT, clear=True)] = None
    demand_ref: Annotated[Reference | None, kept(38, ORDINARY, JOINT, clear=True)] = None
    knew: Annotated[Day | None, kept(39, ORDINARY, JOINT, clear=True)] = None
    ceased: Annotated[Day | None, kept(40, ORDINARY, JOINT, clear=True)] = None
    method_text: Annotated[Text | None, kept(41, NEED, JOINT)] = None
    point: Annotated[Count | None, kept(42, NEED, JOINT)] = None
    point_window: Annotated[LeaseWindow | None, kept(43, NEED, JOINT)] = None
    facts: Annotated[Text | None, kept(44, NEED, JOINT)] = None
    evidence_refs: Annotated[tuple[Reference, ...] | None, kept(45, NEED, JOINT)] = None
    s42_5_tested: Annotated[Flag | None, kept(46, NEED, JOINT)] = None
    form44_served: Annotated[Flag | None, kept(47, NEED, JOINT)] = None
    copy_to_board: Annotated[Flag | None, kept(48, NEED, JOINT)] = None
    tenants: Annotated[Tenants | None, kept(49, ORDINARY, JOINT)] = None


class MoveRequestIssued(LeaseFact):
    """Somebody who stayed on has been asked to move (3 § st. 3, 47 och 49 §§)."""

    served: Annotated[Day | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    method: Annotated[ServiceMethod | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    method_text: Annotated[Text | None, kept(36, NEED, JOINT)] = None
    to: Annotated[MoveRequestTo | None, kept(37, NEED, JOINT)] = None


class NoticeWithdrawn(NoticeOfFact):
    """Whoever gave notice has taken it back."""

    reason: Annotated[NoticeOver | None, kept(36, NEED, JOINT)] = None
    reason_text: Annotated[Text | None, kept(37, NEED, JOINT)] = None


class NoticeLapsed(NoticeOfFact):
    """A notice has lost its effect (43, 44 och 49 §§)."""

    reason: Annotated[NoticeOver | None, kept(36, NEED, JOINT)] = None
    reason_text: Annotated[Text | None, kept(37, NEED, JOINT)] = None


class LeaseTerminated(LeaseFact):
    """The tenancy itself has ended, for all who still rented. The decision may well go on.

    Where one of two leaves and the other stays, the tenancy goes on: that is `MovedOut`. So this
    type alone, without a key, says that a lease has ended, and the lists count by it.
    """

    ground: Annotated[LeaseEnd | None, kept(34, NEED, JOINT)] = None
    ground_text: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    tenants: Annotated[Tenants | None, kept(36, ORDINARY, JOINT)] = None
    """Who still rented when it ended; not for whom alone it would have ended."""
