"""Values in words: what stands in a fact, as a person reads it."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.kernel.event import Event
from domain.kernel.fact import Fact, UnknownFact, specs_of
from domain.kernel.occurred import SWEDEN, Occurred, Precision
from domain.kernel.values import EventRef
from projections.texts import (
    CODES,
    FIELDS,
    TECHNICAL,
    TYPES,
    UNKNOWN_TYPE,
    UNREFERENCED,
    Wording,
)

_OPTIONAL: Final = re.compile(r"\[([^\]]*)\]")
_PLACE: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """How ids and references are called in one view.

    Args:
        names: what officers, nämnder, decisions and leases are called, by id.
        events: how an event is referred to; None for one that is not in the view.
    """

    names: Mapping[UUID, str] = field(default_factory=dict)
    events: Callable[[EventRef], str | None] = lambda _: None

    def value(self, value: object, name: str = "") -> str:
        """Return a value in words. Total: a raw value is shown as it is.

        Args:
            value: of a field of a fact, or a stored value that is no longer understood.
            name: the field's name; money is told by it.
        """
        match value:
            case None:
                words = ""
            case bool():
                words = "ja" if value else "nej"
            case StrEnum():
                words = CODES[type(value)][value]
            case int() if name.endswith(("_ore", "_ore_per_month")):
                words = _kronor(value)
            case UUID():
                words = self.names.get(value, str(value))
            case EventRef():
                words = self.events(value) or str(value)
            case datetime():
                words = moment(value)
            case list() | tuple():
                words = ", ".join(self.value(item, name) for item in value) or "inga"
            case dict():
                words = ", ".join(
                    self.value(key) if item is None else f"{self.value(key)}: {self.value(item)}"
                    for key, item in value.items()
                )
            case _:  # a day, a text, a number, `GONE`
                words = str(value)
        return words

    def sentence(self, fact: Fact | UnknownFact) -> str:
        """Return what the fact says, in a sentence."""
        if isinstance(fact, UnknownFact):
            return UNKNOWN_TYPE.sentence
        template = TYPES[fact.TYPE].sentence
        optional = _OPTIONAL.sub(lambda part: self._if_given(part[1], fact), template)
        text = _PLACE.sub(lambda place: self._place(fact, place[1]), optional)
        return text[:1].upper() + text[1:]

    def _if_given(self, part: str, fact: Fact) -> str:
        given = all(getattr(fact, name) is not None for name in _PLACE.findall(part))
        return part if given else ""

    def _place(self, fact: Fact, name: str) -> str:
        value = getattr(fact, name)
        if value is None and name in fact.REFERENCES:
            return f"{UNREFERENCED[name]} ({self.value(getattr(fact, fact.REFERENCES[name]))})"
        return self.value(value, name)


def title(event: Event) -> str:
    """What the event is called, in the law's words of its day."""
    return wording(event.fact).title_on(event.occurred.day)


def wording(fact: Fact | UnknownFact) -> Wording:
    """The words for a type; those for an unknown one where this program does not know it."""
    return UNKNOWN_TYPE if isinstance(fact, UnknownFact) else TYPES[fact.TYPE]


def details(fact: Fact | UnknownFact, words: Words) -> list[tuple[str, str]]:
    """Return what the sentence leaves out: labels and values, in the order of field numbers."""
    if isinstance(fact, UnknownFact):
        return [(f"Fält {number}", words.value(value)) for number, value in fact.values.items()]
    return labelled(fact, words, leave_out=_PLACE.findall(TYPES[fact.TYPE].sentence))


def labelled(fact: Fact, words: Words, leave_out: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return labels and values of the fields that are given, in the order of field numbers.

    Args:
        fact: a fact.
        words: of the view.
        leave_out: names of fields that are told elsewhere.
    """
    return [
        (FIELDS[spec.name], words.value(getattr(fact, spec.name), spec.name))
        for spec in specs_of(type(fact))
        if spec.name not in {*leave_out, *TECHNICAL} and getattr(fact, spec.name) is not None
    ]


def occurred(when: Occurred) -> str:
    """When something happened, in words."""
    match when.precision:
        case Precision.DAY:
            return f"{when.first}"
        case Precision.INSTANT:
            assert when.moment
            return moment(when.moment)
        case Precision.PERIOD:
            return f"{when.first} till {when.last}"
        case Precision.UNKNOWN:
            return "okänd dag"
        case _:
            return "dagen visas inte"


def moment(at: datetime) -> str:
    """A moment in Swedish time, to the minute."""
    return f"{at.astimezone(SWEDEN):%Y-%m-%d %H:%M}"


def _kronor(ore: int) -> str:
    r"""An amount in kronor.

    >>> _kronor(512000)
    '5\xa0120\xa0kr'
    """
    kronor, rest = divmod(abs(ore), 100)
    amount = f"{'-' * (ore < 0)}{kronor:,}".replace(",", "\u00a0")
    return f"{amount},{rest:02}\u00a0kr" if rest else f"{amount}\u00a0kr"
