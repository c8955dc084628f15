"""What somebody types to find a case: its id or a party's number. None of it is ever repeated."""

from uuid import UUID

from api.finding import normal_number
from api.problems import Problem
from api.questions import canonical_uuid


class Wrong(Exception):
    """What was typed is neither. Its text is for whoever typed it."""


def sought(typed: str) -> UUID | str:
    """Return what was typed: the id of a case, or a person's number of twelve digits.

    Raises:
        Wrong: it is neither.
    """
    text = typed.strip()
    if not text:
        raise Wrong("Skriv ett personnummer, ett samordningsnummer eller ett ärendes id.")
    try:
        return canonical_uuid(text.lower()) or normal_number(text)
    except Problem as problem:
        raise Wrong(f"{problem.detail} {problem.remedy}") from None
