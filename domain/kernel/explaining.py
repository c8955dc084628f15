"""What is wrong with given fields, in Swedish: a code, a sentence, and what could be written.

No value that was given is repeated. What is named instead are our own names and codes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from pydantic import ValidationError
from pydantic.alias_generators import to_camel

_LONGEST: Final = 80
"""So long can a name be that is taken for one of ours misspelt."""
_LIKENESS: Final = 0.75
_SENTENCES: Final = {
    "missing": ("fact.missing_field", "Fältet måste vara ifyllt."),
    "string_unicode": ("text.control_character", "Texten innehåller ett ogiltigt tecken."),
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A field that cannot be as it was given.

    Args:
        field: its path. A name that is not ours stands in it as it was given.
        code: stable.
        sentence: what is wrong with it.
    """

    field: str
    code: str
    sentence: str


def wrong_in(error: ValidationError, names: Collection[str]) -> list[Wrong]:
    """Return what an error says, without any value that was given.

    Args:
        error: pydantic's, whose own text holds the values.
        names: what the fields are called in JSON.
    """
    return [
        Wrong(".".join(map(str, one["loc"])), *_explained(one, names))
        for one in error.errors(include_url=False, include_input=False)
    ]


def nearest(given: str, names: Collection[str]) -> str:
    """A sentence with the name that was probably meant; empty where none is near."""
    near = get_close_matches(given, names, 1, _LIKENESS) if len(given) <= _LONGEST else []
    return f" Menade du {near[0]}?" if near else ""


def _explained(one: Any, names: Collection[str]) -> tuple[str, str]:  # noqa: ANN401 - pydantic's own
    kind = one["type"]
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    if kind == "extra_forbidden":
        return "fact.unknown_field", "Fältet finns inte." + nearest(
            to_camel(str(one["loc"][-1])), names
        )
    if kind in {"enum", "literal_error"}:
        codes = one["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
        return "fact.unknown_code", f"Koden finns inte. Välj bland: {codes}."
    if "." in kind:  # our own, from domain.kernel.values or a type's own check
        return kind, one["msg"]
    return "fact.wrong_form", "Värdet har fel form för fältet."
