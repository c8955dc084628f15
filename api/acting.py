"""An officer acting for one nämnd, and why they read."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from api.policy import WORDS, Action, allowing
from api.problems import Problem, not_allowed
from domain.kernel.actor import Actor, Role
from ledger.codec import Lane
from ledger.reading import ReadContext
from projections.texts import LANES


class Purpose(StrEnum):
    """Why somebody reads. A closed list: free text might name a person."""

    HANDLAGGNING = "handlaggning"
    TILLSYN = "tillsyn"
    UTLAMNANDE = "utlamnande"
    GALLRING = "gallring"
    KONTROLL = "kontroll"
    FLODE = "flode"


PURPOSES: Final = {
    Purpose.HANDLAGGNING: "handläggning av ärendet",
    Purpose.TILLSYN: "svar till JO, IVO eller annan tillsyn",
    Purpose.UTLAMNANDE: "prövning av utlämnande",
    Purpose.GALLRING: "gallring eller bevarande",
    Purpose.KONTROLL: "kontroll av liggaren",
    Purpose.FLODE: "leverans till ett mottagande system",
}
"""The words that stand in the read log."""


@dataclass(frozen=True, slots=True)
class Acting:
    """An officer acting for one nämnd.

    Args:
        actor: the officer, with the roles held today in that nämnd.
        namnd: the nämnd.
        namnd_name: what it is called.
        everywhere: those of the roles that are held in all nämnder.
    """

    actor: Actor
    namnd: UUID
    namnd_name: str
    everywhere: frozenset[Role] = frozenset()

    def may(self, lane: Lane, action: Action) -> bool:
        """Whether a role of the officer's allows it."""
        return allowing(self.actor.roles, lane, action) is not None

    def require(self, lane: Lane, action: Action) -> Role:
        """Return the role that allows it.

        Raises:
            Problem: 403; no role does.
        """
        role = allowing(self.actor.roles, lane, action)
        if role is None:
            raise not_allowed(f"{WORDS[action]} i {LANES[lane]}")
        return role

    def reads(self, purpose: Purpose, view: str) -> ReadContext:
        """The context of a read."""
        return ReadContext(self.actor.id, self.namnd, PURPOSES[purpose], view)


def no_role() -> Problem:
    """The officer is known to nobody, or has no role where they want to act."""
    return Problem(
        403,
        "no_role",
        "Saknar roll",
        "Du har ingen roll i liggaren, eller ingen i den nämnd du anger.",
        "Be systemadministratören om en roll.",
    )


def choose_namnd(namnder: dict[UUID, str]) -> Problem:
    """The officer has roles in several nämnder and did not say for which one they act.

    Args:
        namnder: id and name of those the officer can act for.
    """
    return Problem(
        400,
        "namnd.choose",
        "Välj nämnd",
        "Du har roller i flera nämnder.",
        "Ange för vilken du handlar: huvudet Liggaren-Namnd, eller --namnd.",
        fields=tuple((str(namnd), name) for namnd, name in namnder.items()),
    )
