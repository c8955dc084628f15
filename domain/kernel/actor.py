"""Who acts: officers and the roles they act in."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """A role an officer is given by a nämnd. The code is fixed for ever."""

    BISTANDSHANDLAGGARE = "bistandshandlaggare"
    HYRESHANDLAGGARE = "hyreshandlaggare"
    ENHETSCHEF = "enhetschef"
    REGISTRATOR = "registrator"
    ARKIVARIE = "arkivarie"
    SYSTEMADMINISTRATOR = "systemadministrator"
    REVISOR = "revisor"
    MIGRERINGSANSVARIG = "migreringsansvarig"
    SKYDDADE_UPPGIFTER = "skyddade_uppgifter"


@dataclass(frozen=True, slots=True)
class Actor:
    """An officer as the one who asks.

    Args:
        id: the officer's id, also the id of the officer's stream in the system lane.
        name: for the screen; what is recorded is the id.
        roles: the roles held at the moment, in the nämnd the officer acts for.
    """

    id: UUID
    name: str
    roles: frozenset[Role]
