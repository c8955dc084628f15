"""What a type of event is called and what it says: the form of the words, not the words."""

from dataclasses import dataclass
from datetime import date
from typing import Final

NEW_SOL: Final = date(2025, 7, 1)
"""From this day SoL (2025:400) says insats where SoL (2001:453) said bistånd."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a type is called and what it says.

    Args:
        title: a few words.
        sentence: the template.
        title_sol25: the title from `NEW_SOL` on, where the law has another word since.
    """

    title: str
    sentence: str
    title_sol25: str | None = None

    def title_on(self, day: date | None) -> str:
        """The title for something that happened on a day."""
        return self.title_sol25 if self.title_sol25 and day and day >= NEW_SOL else self.title
