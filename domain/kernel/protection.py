"""Protected personal data: whose whereabouts are protected, and which values then stay shut.

A mark of protection says that somebody looks for the person. What tells where they are opens only
for who has the right to it; everybody else sees that it is there. Whatever cannot be read counts as
a mark: a value shut too much is asked for, one shown too much cannot be taken back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import IntEnum
from functools import cache
from typing import Any, Final
from uuid import UUID

from domain.kernel.codes import Protection
from domain.kernel.corrections import Standing
from domain.kernel.event import RecordedEvent
from domain.kernel.fact import ADDRESS, IDENTITY, SHIELDED, Fact, UnknownFact, specs_of
from domain.kernel.persons import persons_in
from domain.kernel.shapes import DocumentFiled, PersonDetailsChanged, PersonRegistered

OPENING: Final = "protected.open"
"""The view that the read log names where protected data are opened."""
REFUSED: Final = "protected.refused"
"""The same, where a protected document is asked for and not given."""
_IDENTITY: Final = frozenset({"name", "number", "born"})
"""What made-up details (fingerade personuppgifter) are."""
_PAPER: Final = frozenset({"heading", "kind_text"})
"""What may tell what stands in a paper."""


class Shield(IntEnum):
    """What of a person stays shut to who has no right to protected personal data."""

    NOTHING = 0
    WHEREABOUTS = 1
    """Values of class address, and papers."""
    IDENTITY = 2
    """Also names, numbers and days of birth, of children and others too: somebody's are or have
    been made up, and the old must not lead to the new."""


def shield_of(history: Sequence[RecordedEvent], stream: UUID) -> Shield:
    """What of a person stays shut, by their whole stream. Total.

    Today's mark counts, whatever time a view asks about; with it what waits to be approved, where
    that is a mark. Made-up details count for ever, unless the entry is corrected.

    Args:
        history: all of the person's stream.
        stream: its id.
    """
    if any(isinstance(event.fact, UnknownFact) for event in history):
        return Shield.IDENTITY
    in_order = sorted(history, key=lambda event: event.fold_key(source_word=False))
    person = persons_in(in_order).get(stream)
    if person is None:
        return Shield.IDENTITY
    standing = Standing(history)
    marks: list[tuple[bool, object]] = [
        (standing.waits(event), event.fact.protection)
        for event in history
        if isinstance(event.fact, PersonRegistered | PersonDetailsChanged)
        and standing.stands(event)
    ]
    if any(_made_up(mark) for _, mark in marks):
        return Shield.IDENTITY
    current = [person.registered.protection, *(mark for waits, mark in marks if waits)]
    return Shield.WHEREABOUTS if any(map(_protects, current)) else Shield.NOTHING


def _made_up(mark: object) -> bool:
    """Whether a mark is that of made-up details, or might be."""
    readable = mark is None or isinstance(mark, Protection)
    return not readable or mark == Protection.FINGERADE_UPPGIFTER


def _protects(mark: object) -> bool:
    return mark is not None and mark != Protection.INGEN


def shielded(events: Iterable[RecordedEvent], shield: Shield) -> list[RecordedEvent]:
    """The events as they are shown without the right: `SHIELDED` for each value that stays shut.

    Args:
        events: of a case and its persons.
        shield: the strongest among the persons.
    """
    return [_shut(event, shield) for event in events]


def _shut(event: RecordedEvent, shield: Shield) -> RecordedEvent:
    fact = event.fact
    if shield is Shield.NOTHING:
        return event
    if isinstance(fact, UnknownFact):  # which of its values tell, this program does not know
        shut = UnknownFact(
            fact.lane, fact.type, fact.schema, dict.fromkeys(fact.values, str(SHIELDED))
        )
        return replace(event, fact=shut) if fact.values else event
    given: dict[str, Any] = {
        name: SHIELDED for name in _fields(type(fact), shield) if getattr(fact, name) is not None
    }
    return replace(event, fact=fact.model_copy(update=given)) if given else event


@cache
def _fields(fact: type[Fact], shield: Shield) -> tuple[str, ...]:
    """The fields of a type that stay shut."""
    shut: set[str] = {spec.name for spec in specs_of(fact) if spec.cls is ADDRESS}
    if issubclass(fact, DocumentFiled):
        shut |= _PAPER
    if shield is Shield.IDENTITY:
        shut |= {one.name for one in specs_of(fact) if one.cls is IDENTITY} & _IDENTITY
    return tuple(sorted(shut))
