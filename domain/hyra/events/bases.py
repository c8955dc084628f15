"""In which kind of stream the types of this process belong, and what they are about.

A case's stream holds its tenancies. Flats, head leases and templates outlive tenants, so each has a
stream of its own, whose id is the id of the thing. A case refers to flats and head leases sealed,
since either leads to the home.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.codes import MissingReference
from domain.kernel.fact import JOINT, ORDINARY, Fact, kept
from ledger.codec import Lane


class HyraFact(Fact):
    """A fact of the tenancy process."""

    lane = Lane.HYRA


class CaseFact(HyraFact):
    """A fact of a case's stream."""


class LeaseFact(CaseFact):
    """A fact about a lease of the case."""

    REFERENCES: ClassVar[Mapping[str, str]] = {"lease_id": "lease_missing"}

    lease_id: Annotated[UUID | None, kept(32, ORDINARY, JOINT, clear=True)] = None
    lease_missing: Annotated[MissingReference | None, kept(33, ORDINARY, JOINT, clear=True)] = None


class BeforeLeaseFact(LeaseFact):
    """A fact about a lease that may not be signed until later, or never."""


class NoticeOfFact(LeaseFact):
    """A fact about a notice that was given."""

    REFERENCES: ClassVar[Mapping[str, str]] = {
        **LeaseFact.REFERENCES,
        "notice_id": "notice_missing",
    }

    notice_id: Annotated[UUID | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    notice_missing: Annotated[MissingReference | None, kept(35, ORDINARY, JOINT, clear=True)] = None


class FlatFact(HyraFact):
    """A fact of a flat's stream."""


class HeadLeaseFact(HyraFact):
    """A fact of a head lease's stream, about nobody who lives there."""


class TemplateFact(HyraFact):
    """A fact of the stream of a lease's template."""
