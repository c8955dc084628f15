"""Protected personal data: whose whereabouts are protected, and which values then stay shut.

A mark of protection says that somebody looks for the person. What tells where they are opens only
for who has the right to it; everybody else sees that it is there. Whatever cannot be read counts as
a mark: a value shut too much is asked for, one shown too much cannot be taken back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import IntEnum
from functools import cache
from itertools import combinations
from typing import Any, Final
from uuid import UUID

from domain.kernel.codes import Protection
from domain.kernel.corrections import Standing
from domain.kernel.event import RecordedEvent
from domain.kernel.fact import ADDRESS, IDENTITY, SHIELDED, Fact, UnknownFact, specs_of
from domain.kernel.shapes import (
    DocumentFiled,
    EntryMarkedErroneous,
    PersonDetailsChanged,
    PersonRegistered,
    PersonsMerged,
    person_named,
)

OPENING: Final = "protected.open"
"""The view that the read log names where protected data are opened."""
REFUSED: Final = "protected.refused"
"""The same, where a protected document is asked for and not given."""
_IDENTITY: Final = frozenset({"name", "number", "born"})
"""What made-up details (fingerade personuppgifter) are."""
_PAPER: Final = frozenset({"heading", "kind_text", "length", "salt", "commitment"})
"""What may tell what stands in a paper. A guess at its bytes is tried against a commitment."""


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
    that protects. A mark counts until two officers have said after it that there is none. Made-up
    details count for ever, unless the entry is corrected.

    Args:
        history: all of the person's stream.
        stream: its id.
    """
    if any(isinstance(event.fact, UnknownFact) for event in history):
        return Shield.IDENTITY
    outcomes = _outcomes(history)
    registrations = [one for one in history if one.stream == stream and _registers(one.fact)]
    if not all(any(map(standing.counts, registrations)) for standing in outcomes):
        return Shield.IDENTITY
    said: list[tuple[RecordedEvent, object]] = [
        (event, event.fact.protection)
        for event in history
        if isinstance(event.fact, PersonRegistered | PersonDetailsChanged)
    ]
    marks = [
        (event, mark)
        for event, mark in said
        if _protects(mark) and any(standing.stands(event) for standing in outcomes)
    ]
    if any(_made_up(mark) for _, mark in marks):
        return Shield.IDENTITY
    lifting = [
        event
        for event, mark in said
        if mark == Protection.INGEN and all(standing.counts(event) for standing in outcomes)
    ]
    lifted = (_lifted(event, lifting, outcomes[0], history) for event, _ in marks)
    return Shield.NOTHING if all(lifted) else Shield.WHEREABOUTS


def merged_into(history: Sequence[RecordedEvent]) -> list[tuple[UUID, UUID]]:
    """The streams that a person's stream is or has been read as, each with its person. Total.

    One officer takes a merge back, and two strike it: here it counts until it is struck.
    """
    merges = [event for event in history if isinstance(event.fact, PersonsMerged)]
    outcomes = _outcomes(history) if merges else []
    named = (
        person_named(event.fact)
        for event in merges
        if any(standing.stands(event) for standing in outcomes)
    )
    return list(dict.fromkeys(one for one in named if one))


def _outcomes(history: Sequence[RecordedEvent]) -> list[Standing]:
    """What became of the entries: today, and if one of the marks of error that wait is approved."""
    today = Standing(history)
    waiting = [
        event
        for event in history
        if isinstance(event.fact, EntryMarkedErroneous)
        and today.waits(event)
        and not today.erroneous(event)
    ]
    return [today, *(Standing(history, mark) for mark in waiting)]


def _lifted(
    mark: RecordedEvent,
    lifting: Iterable[RecordedEvent],
    standing: Standing,
    history: Iterable[RecordedEvent],
) -> bool:
    """Whether two officers have said, after a mark was recorded, that there is none: each in an
    entry, or one in a correction and one in its approval. Who cannot be read is nobody.
    """
    after = [event for event in lifting if standing.root(event).version > mark.version]
    approvals = {standing.approved_by(event.ref) for event in after}
    signed = [*after, *(event for event in history if event.ref in approvals)]
    behind = [event.signers for event in signed if event.signers]
    return any(one.isdisjoint(other) for one, other in combinations(behind, 2))


def _registers(fact: object) -> bool:
    match fact:
        case PersonRegistered(person=UUID()):
            return True
        case _:
            return False


def _made_up(mark: object) -> bool:
    """Whether a mark is that of made-up details, or might be."""
    return not isinstance(mark, Protection) or mark == Protection.FINGERADE_UPPGIFTER


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


def shut_in(fact: Fact | UnknownFact) -> list[str]:
    """The names of the values of a fact that are shut to whom it is shown to; the numbers of those
    of a type that this program does not know.
    """
    if isinstance(fact, UnknownFact):
        return [str(number) for number, value in fact.values.items() if value == str(SHIELDED)]
    return [one.name for one in specs_of(type(fact)) if getattr(fact, one.name) is SHIELDED]


@cache
def _fields(fact: type[Fact], shield: Shield) -> tuple[str, ...]:
    """The fields of a type that stay shut."""
    shut: set[str] = {spec.name for spec in specs_of(fact) if spec.cls is ADDRESS}
    if issubclass(fact, DocumentFiled):
        shut |= _PAPER
    if shield is Shield.IDENTITY:
        shut |= {one.name for one in specs_of(fact) if one.cls is IDENTITY} & _IDENTITY
    return tuple(sorted(shut))
