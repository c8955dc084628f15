"""Templates for leases: which clauses they have, and what came of recalling one."""

from typing import Annotated
from uuid import UUID

from domain.hyra.events.bases import TemplateFact
from domain.hyra.events.codes import (
    Term,
)
from domain.kernel.fact import (
    JOINT,
    NEED,
    NOBODY,
    ORDINARY,
    kept,
)
from domain.kernel.values import Count, Reference, Text


class TemplateRegistered(TemplateFact):
    """A version of a template for leases is in use. The first one opens the template's stream."""

    OPENS = True

    version: Annotated[Count, kept(32, ORDINARY, NOBODY, clear=True)]
    link_clause_id: Annotated[UUID | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    terms: Annotated[tuple[Term, ...] | None, kept(34, NEED, NOBODY)] = None
    terms_text: Annotated[Text | None, kept(35, NEED, NOBODY)] = None


class TemplateRecalled(TemplateFact):
    """A version of the template, or all of them, is not to be used any more."""

    version: Annotated[Count | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    reason: Annotated[Text | None, kept(33, NEED, NOBODY)] = None


class AffectedLeasesListed(TemplateFact):
    """It has been listed which leases carry a recalled template.

    The ids stand for themselves: what a lease says is in its case alone.
    """

    recall_ref: Annotated[Reference | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    version: Annotated[Count | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    lease_ids: Annotated[tuple[UUID, ...] | None, kept(34, NEED, JOINT)] = None
