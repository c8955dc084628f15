"""Values in words: what stands in a fact, as a person reads it."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias
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
_PLACE: Final = re.compile(r"\{(?:(?P<label>[\w ]+):)?(?P<name>\w+)\}")
_AND: Final = " och "
_OUTSIDE: Final = "utanfor_katalogen"
"""The code in each list for what the list does not have."""

Told: TypeAlias = str | tuple[str, ...]
"""A value in words; several lines where it is a list of answers."""


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

    def told(self, fact: Fact, name: str) -> Told:
        """Return the value of a fact's field, with the words of one's own where it has them."""
        value: object = getattr(fact, name)
        if isinstance(value, dict):
            answers = (f"{self.value(key)}: {self.value(item)}" for key, item in value.items())
            return tuple(answers) or "inga"
        own = getattr(fact, own_words(name), None)
        if own is None or not _outside(value):
            return self.value(value, name)
        items = value if isinstance(value, list | tuple) else (value,)
        return ", ".join(
            f"{self.value(item, name)}: {own}" if _outside(item) else self.value(item, name)
            for item in items
        )

    def sentence(self, fact: Fact | UnknownFact) -> str:
        """Return what the fact says, in a sentence."""
        if isinstance(fact, UnknownFact):
            return UNKNOWN_TYPE.sentence
        template = TYPES[fact.TYPE].sentence
        optional = _OPTIONAL.sub(lambda part: self._optional(part, fact), template)
        text = _PLACE.sub(lambda place: _before_stop(self._place(fact, place), place), optional)
        return text[:1].upper() + text[1:]

    def _optional(self, part: re.Match[str], fact: Fact) -> str:
        """A part of a template if its fields are given: without "och" if the part before is not."""
        _, _, before = part.string[: part.start()].rpartition("[")
        if part[1].startswith(_AND) and not self._if_given(before.removesuffix("]"), fact):
            return self._if_given(part[1].removeprefix(_AND[:-1]), fact)
        return self._if_given(part[1], fact)

    def _if_given(self, part: str, fact: Fact) -> str:
        given = all(getattr(fact, name) is not None for name in _names(part))
        return part if given else ""

    def _place(self, fact: Fact, place: re.Match[str]) -> str:
        name, label = place["name"], place["label"]
        value = getattr(fact, name)
        if value is None and name in fact.REFERENCES:
            return f"{UNREFERENCED[name]} ({self.value(getattr(fact, fact.REFERENCES[name]))})"
        if not label:
            return self.value(value, name)
        told = in_one_line(self.told(fact, name))
        # "annan grund" says already what it is.
        return told[:1].upper() + told[1:] if _outside(value) else f"{label}: {told}"


def title(event: Event) -> str:
    """What the event is called, in the law's words of its day."""
    return wording(event.fact).title_on(event.occurred.day)


def wording(fact: Fact | UnknownFact) -> Wording:
    """The words for a type; those for an unknown one where this program does not know it."""
    return UNKNOWN_TYPE if isinstance(fact, UnknownFact) else TYPES[fact.TYPE]


def sentence_of(fact: type[Fact]) -> str:
    """What a type says, its fields' labels where values go: `[Beslut] upphörde`."""
    template = TYPES[fact.TYPE].sentence
    return _PLACE.sub(
        lambda place: f"[{FIELDS[place['name']]}]", _OPTIONAL.sub(lambda part: part[1], template)
    )


def in_one_line(told: Told) -> str:
    """Return a value in words as one line."""
    return told if isinstance(told, str) else ", ".join(told)


def own_words(name: str) -> str:
    """The name of the field with the words of one's own for what another field's list has not.

    >>> own_words("grounds")
    'grounds_text'
    """
    return f"{name}_text"


def _before_stop(words: str, place: re.Match[str]) -> str:
    """Leave out the full stop of words of one's own where the template has one after them."""
    return words.removesuffix(".") if place.string.startswith(".", place.end()) else words


def _outside(value: object) -> bool:
    """Whether a value is, or has among its items, what its list does not have."""
    return _OUTSIDE in value if isinstance(value, list | tuple) else value == _OUTSIDE


def _names(template: str) -> list[str]:
    return [place["name"] for place in _PLACE.finditer(template)]


def _told_in(fact: Fact) -> set[str]:
    """The fields that the sentence of a fact tells."""
    template = TYPES[fact.TYPE].sentence
    with_own_words = {
        own_words(place["name"])
        for place in _PLACE.finditer(template)
        if place["label"] and _outside(getattr(fact, place["name"]))
    }
    return {*_names(template), *with_own_words}


def details(fact: Fact | UnknownFact, words: Words) -> list[tuple[str, Told]]:
    """Return what the sentence leaves out: labels and values, in the order of field numbers."""
    if isinstance(fact, UnknownFact):
        return [(f"Fält {number}", words.value(value)) for number, value in fact.values.items()]
    return labelled(fact, words, leave_out=_told_in(fact))


def labelled(fact: Fact, words: Words, leave_out: Collection[str] = ()) -> list[tuple[str, Told]]:
    """Return labels and values of the fields that are given, in the order of field numbers.

    Args:
        fact: a fact.
        words: of the view.
        leave_out: names of fields that are told elsewhere.
    """
    left = {*leave_out, *TECHNICAL}
    given = {
        spec.name: value
        for spec in specs_of(type(fact))
        if spec.name not in left and (value := getattr(fact, spec.name)) is not None
    }
    with_another = {own_words(name) for name, value in given.items() if _outside(value)}
    rows: list[tuple[str, Told]] = []
    for name, value in given.items():
        if value == _OUTSIDE and own_words(name) in given:  # "Annan grund" is the label then
            another = words.value(value)
            rows.append((another[:1].upper() + another[1:], words.told(fact, own_words(name))))
        elif name not in with_another:
            rows.append((FIELDS[name], words.told(fact, name)))
    return rows


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
            return "utan dag"


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
