"""What somebody types to find a case: its id or a party's number. None of it is ever repeated."""

import re
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from api.questions import canonical_uuid
from domain.kernel.shapes import PersonNumber

_BETWEEN: Final = re.compile(r"[\s\u2010-\u2015\u2212+-]")
"""What people write inside a number, or get along with it from elsewhere."""
_WITHOUT_CENTURY: Final = re.compile("[0-9]{10}")
_NUMBER: Final[TypeAdapter[str]] = TypeAdapter(PersonNumber)


class Wrong(Exception):
    """What was typed is neither. Its text is for whoever typed it."""


def sought(typed: str) -> UUID | str:
    """Return what was typed: the id of a case, or a person's number of twelve digits.

    Raises:
        Wrong: it is neither.

    >>> sought(" 19800505-2389")
    '198005052389'
    """
    text = typed.strip()
    case = canonical_uuid(text.lower())
    if case:
        return case
    number = _BETWEEN.sub("", text)
    if not number:
        raise Wrong("Skriv ett personnummer, ett samordningsnummer eller ett ärendes id.")
    if _WITHOUT_CENTURY.fullmatch(number):
        raise Wrong("Numret saknar århundrade. Skriv det med tolv siffror: ÅÅÅÅMMDDNNNN.")
    try:
        return _NUMBER.validate_python(number)
    except ValidationError as error:
        (problem,) = error.errors(include_url=False, include_input=False, include_context=False)
        said = problem["msg"] if "." in problem["type"] else "Numret skrivs med tolv siffror."
    raise Wrong(f"{said} Skriv ÅÅÅÅMMDDNNNN, eller ärendets id.")
