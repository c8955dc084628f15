"""The trail as text for a terminal: BESLUT to the left, HYRA to the right, the rest across."""

from collections.abc import Iterable
from itertools import zip_longest
from textwrap import wrap
from typing import Final
from uuid import UUID

from domain.kernel.values import EventRef
from ledger.codec import Lane
from projections.texts import LANES
from projections.trail import Row, State, Trail
from projections.words import Told, occurred

WIDTH: Final = 100
"""Columns of the whole text."""
_WHEN: Final = 11
_CELL: Final = 43
_ACROSS: Final = WIDTH - _WHEN


def to_text(view: Trail) -> str:
    """Return the trail as text, no line wider than 100 columns.

    In the margin stand, for each entry, the day, its number, and its version in its stream: in the
    lane's first stream where none is said.
    """
    lines = [*view.heading.lines(WIDTH), ""]
    lines += _beside([""], [LANES[Lane.BISTAND]], [LANES[Lane.HYRA]])
    lines.append("─" * (_WHEN + _CELL) + "─┼─" + "─" * _CELL)
    telling = _Telling(view)
    for row in view.rows:
        lines += [*telling.lines(row), *_beside([""], [""], [""])]
    if not view.rows:
        lines.append("Inga händelser: inget som visas här hade hänt eller var känt då.")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def lines_of(label: str, told: Told) -> list[str]:
    """Return a label and its value: one line, or one for each answer of a list."""
    if isinstance(told, str):
        return [f"{label}: {told}"]
    return [f"{label}:", *(f"- {answer}" for answer in told)]


class _Telling:
    """Tells each row of a trail, and of the others by their numbers."""

    def __init__(self, view: Trail) -> None:
        self._numbers = {row.ref: row.number for row in view.rows}
        first: dict[Lane, UUID] = {}
        for head in view.heading.streams:
            first.setdefault(head.lane, head.stream)
        self._first = set(first.items())

    def lines(self, row: Row) -> Iterable[str]:
        margin = self._margin(row)
        match row.ref.lane:
            case Lane.BISTAND:
                return _beside(margin, self._cell(row, _CELL), [])
            case Lane.HYRA:
                return _beside(margin, [], self._cell(row, _CELL))
            case lane:
                return _across(margin, [LANES[lane], *self._cell(row, _ACROSS)])

    def _margin(self, row: Row) -> list[str]:
        ref = row.ref
        parts = [occurred(row.occurred), f"nr {row.number}", f"version {ref.version}"]
        if (ref.lane, ref.stream) not in self._first:
            parts.append(f"{str(ref.stream)[:8]}…")
        return [line for part in parts for line in wrap(part, _WHEN - 1, break_on_hyphens=False)]

    def _cell(self, row: Row, width: int) -> list[str]:
        paragraphs = [
            self._state(row),
            row.title,
            row.sentence,
            *(line for label, told in row.details for line in lines_of(label, told)),
            self._corrects(row),
            f"Anteckning: {row.note}" if row.note else "",
            self._signed(row),
            *(f"Koppling: {link}" for link in row.links),
            f"Saknas: {', '.join(row.missing)}" if row.missing else "",
            _who(row),
            *_registered(row),
        ]
        return [line for text in paragraphs for line in _wrapped(text, width)]

    def _state(self, row: Row) -> str:
        by = row.settled.by if row.settled else None
        match row.state:
            case State.COUNTS:
                return ""
            case State.WAITS:
                return "VÄNTAR PÅ GODKÄNNANDE"
            case State.REPLACED:
                return f"STRUKEN, ersatt av {self._nr(by, row.replaced_by)}"
            case State.ERRONEOUS:
                return f"STRUKEN, FELREGISTRERAD enligt {self._nr(by, 'en annan händelse')}"

    def _corrects(self, row: Row) -> str:
        if row.corrects:
            return f"Rättar {self._nr(row.corrected, row.corrects)}: {row.correction_reason}"
        return f"Skäl för rättelsen: {row.correction_reason}" if row.correction_reason else ""

    def _signed(self, row: Row) -> str:
        settled = row.settled
        if settled is None or settled.by != row.ref:
            return ""
        number = self._nr(settled.approval, "")
        approved = f"{settled.approved} ({number})" if number else settled.approved
        return f"Föreslagen av {settled.proposed}, godkänd av {approved}"

    def _nr(self, ref: EventRef | None, otherwise: str) -> str:
        number = self._numbers.get(ref) if ref else None
        return f"nr {number}" if number else otherwise


def _beside(when: list[str], left: list[str], right: list[str]) -> Iterable[str]:
    for at, one, other in zip_longest(when, left, right, fillvalue=""):
        yield f"{at:{_WHEN}}{one:{_CELL}} │ {other}"


def _across(when: list[str], text: list[str]) -> Iterable[str]:
    for at, line in zip_longest(when, text, fillvalue=""):
        yield f"{at:{_WHEN}}{line}"


def _wrapped(text: str, width: int) -> list[str]:
    """Break a line; what follows on an answer of a list stands in under it."""
    return wrap(text, width, subsequent_indent="  " if text.startswith("- ") else "")


def _registered(row: Row) -> list[str]:
    if row.registered_that_day:
        return []
    if row.claimed or not row.lateness:
        return [row.registered, row.lateness]
    return [f"{row.registered}, {row.lateness.removeprefix('registrerat ')}"]


def _who(row: Row) -> str:
    role = f", {row.role}" if row.role else ""
    acted = f"; tjänsteman: {row.acted_by}" if row.acted_by else ""
    delegation = f"; delegation: {row.delegation}" if row.delegation else ""
    return f"{row.actor}{role}{acted}{delegation}"
