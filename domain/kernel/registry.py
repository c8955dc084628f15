"""The closed set of types of one lane: from a name to its class, never by import.

Each lane's `process.py` makes its own of the lane's `events.FACTS`; this module knows no lane.
"""

from collections.abc import Iterable
from typing import Final
from unicodedata import normalize

from domain.kernel.fact import Fact, codec_of
from domain.kernel.refused import Refused
from ledger.codec import Lane, Registry


class FactRegistry:
    """The known types, by lane and name.

    Args:
        facts: the classes; one for each lane and name.
    """

    def __init__(self, facts: Iterable[type[Fact]]) -> None:
        self.facts: Final = tuple(facts)
        self.codecs: Final = Registry(tuple(codec_of(fact) for fact in self.facts))
        self._by_name: Final = {(fact.lane, fact.TYPE): fact for fact in self.facts}

    def get(self, lane: Lane, type_: str, schema: int) -> type[Fact] | None:
        """The class of a stored `Type/1`, or None where this program does not know it."""
        fact = self._by_name.get((lane, type_))
        return fact if fact and schema == fact.SCHEMA else None

    def require(self, lane: Lane, type_: str) -> type[Fact]:
        """The class of a type somebody wants to record, however its name is composed in Unicode.

        Raises:
            Refused: the lane has no such type.
        """
        fact = self._by_name.get((lane, normalize("NFC", type_)))
        if fact is None:
            raise Refused(
                "fact.unknown_type",
                "Händelsetypen finns inte i den här processen.",
                remedy="Välj en av processens typer: liggare typ, docs/falt.md.",
            )
        return fact
