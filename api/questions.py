"""What a reader asks: of what, why, and as of when.

`gallde` is true on, `kant` known on, `kalla` by whose word. A day in `kant` means known by its end.
In `kalla`, `kallsystem` takes the source system's word for imported events, `liggaren` the ledger's
own knowledge alone.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from pydantic_core import PydanticCustomError

from api.acting import Purpose
from api.problems import Problem
from domain.kernel.occurred import end_of_day
from domain.kernel.values import RESERVED_IDS, to_day, to_instant
from projections.clocks import Clocks

ASKED: Final = frozenset({"gallde", "kant", "kalla"})
"""The names of the questions."""
YEARS: Final = range(1900, 2201)
"""The years a day or a moment of ours can lie in."""
_LENGTH_OF_A_DAY: Final = len("2011-06-14")
_WORDS: Final = {"": True, "kallsystem": True, "liggaren": False}


def clocks(asked: Mapping[str, str], now: datetime) -> Clocks:
    """Return the clocks a view is read by. An empty answer is none.

    Args:
        asked: the questions that were asked.
        now: this moment.

    Raises:
        Problem: 422; a question has no such answer.
    """
    known = asked.get("kant") or None
    kant = _day_or_instant("kant", known) if known else None
    if kant is not None and not isinstance(kant, datetime):
        kant = end_of_day(kant)
    true = asked.get("gallde") or None
    kalla = asked.get("kalla", "")
    if kalla not in _WORDS:
        raise _unclear("kalla", "Källan finns inte.", "Välj kallsystem eller liggaren.")
    return Clocks(
        now=now,
        gallde=_day_or_instant("gallde", true) if true else None,
        kant=kant,
        source_word=_WORDS[kalla],
    )


def purpose(text: str | None) -> Purpose:
    """Return a purpose by its code.

    Raises:
        Problem: 422; there is none of that name.
    """
    if text is None:
        return Purpose.HANDLAGGNING
    if text not in set(Purpose):
        raise Problem(
            422,
            "purpose.unknown",
            "Okänt ändamål",
            "Ändamålet finns inte i listan.",
            f"Välj ett av: {', '.join(Purpose)}.",
        )
    return Purpose(text)


def canonical_uuid(text: str) -> UUID | None:
    """Return the UUID a text is: 36 lower-case characters, no other spelling; neither nil nor max.

    >>> canonical_uuid("6EC1F1B5-2A53-4BD5-8C9F-52F6BB0D3B11")
    """
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text and found not in RESERVED_IDS else None


def _day_or_instant(name: str, text: str) -> date | datetime:
    # In an address a plus sign is a space: 2011-06-14T09:30:00+02:00 is meant.
    written = text.strip().replace(" ", "+")
    try:
        asked = to_day(written) if len(written) <= _LENGTH_OF_A_DAY else to_instant(written)
    except (PydanticCustomError, OverflowError):
        asked = None
    if asked is not None and asked.year in YEARS:
        return asked
    sentence = "Det är ingen dag eller tidpunkt som går att fråga om."
    remedy = "Skriv en dag som ÅÅÅÅ-MM-DD eller en tidpunkt som ÅÅÅÅ-MM-DDTtt:mm:ssZ."
    raise _unclear(name, sentence, remedy)


def _unclear(name: str, sentence: str, remedy: str) -> Problem:
    return Problem(
        422,
        "query.form",
        "Frågan går inte att förstå",
        sentence,
        remedy,
        fields=((name, sentence),),
    )
