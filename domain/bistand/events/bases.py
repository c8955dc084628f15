"""In which kind of stream the types of this process belong, and what they are about.

A case's stream holds its decisions. What the nämnd reports of all its cases has a stream of its
own, which names no case.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.codes import MissingReference
from domain.kernel.fact import ORDINARY, PARTY, Fact, kept
from ledger.codec import Lane


class BistandFact(Fact):
    """A fact of the decision process."""

    lane = Lane.BISTAND


class CaseFact(BistandFact):
    """A fact of a case's stream."""


class AboutDecisionFact(CaseFact):
    """A fact about a decision of the case."""

    REFERENCES: ClassVar[Mapping[str, str]] = {"decision_id": "decision_missing"}

    decision_id: Annotated[UUID | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    decision_missing: Annotated[MissingReference | None, kept(33, ORDINARY, PARTY, clear=True)] = (
        None
    )


class ReportFact(BistandFact):
    """A fact of the stream of the nämnd's own reports, about no single case."""
