"""The trail as text for a terminal: BESLUT to the left, HYRA to the right, the rest across."""

from collections.abc import Iterable
from itertools import zip_longest
from textwrap import wrap
from typing import Final

from ledger.codec import Lane
from projections.texts import LANES
from projections.trail import Row, State, Trail
from projections.words import Told, occurred

WIDTH: Final = 100
"""Columns of the whole text."""
_WHEN: Final = 11
_CELL: Final = 43
_ACROSS: Final = WIDTH - _WHEN
_STATES: Final = {
    State.COUNTS: "",
    State.WAITS: "VÄNTAR PÅ GODKÄNNANDE",
    State.REPLACED: "STRUKEN",
    State.ERRONEOUS: "STRUKEN, FELREGISTRERAD",
}


def to_text(view: Trail) -> str:
    """Return the trail as text, no line wider than 100 columns."""
    lines = [view.clocks.in_words(), "", *_beside([""], [LANES[Lane.BISTAND]], [LANES[Lane.HYRA]])]
    lines.append("─" * (_WHEN + _CELL) + "─┼─" + "─" * _CELL)
    for row in view.rows:
        lines += [*_lines(row), *_beside([""], [""], [""])]
    if not view.rows:
        lines.append("Inga händelser: inget som visas här hade hänt eller var känt då.")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _lines(row: Row) -> Iterable[str]:
    when = wrap(occurred(row.occurred), _WHEN - 1, break_on_hyphens=False)
    match row.ref.lane:
        case Lane.BISTAND:
            return _beside(when, _cell(row, _CELL), [])
        case Lane.HYRA:
            return _beside(when, [], _cell(row, _CELL))
        case lane:
            return _across(when, [LANES[lane], *_cell(row, _ACROSS)])


def _beside(when: list[str], left: list[str], right: list[str]) -> Iterable[str]:
    for at, one, other in zip_longest(when, left, right, fillvalue=""):
        yield f"{at:{_WHEN}}{one:{_CELL}} │ {other}"


def _across(when: list[str], text: list[str]) -> Iterable[str]:
    for at, line in zip_longest(when, text, fillvalue=""):
        yield f"{at:{_WHEN}}{line}"


def _cell(row: Row, width: int) -> list[str]:
    paragraphs = [
        _state(row),
        row.title,
        row.sentence,
        *(line for label, told in row.details for line in lines_of(label, told)),
        f"Anteckning: {row.note}" if row.note else "",
        f"Rättar: {row.corrects}" if row.corrects else "",
        *(f"Koppling: {link}" for link in row.links),
        f"Saknas: {', '.join(row.missing)}" if row.missing else "",
        _who(row),
        "" if row.registered_that_day else row.registered,
        row.lateness,
    ]
    return [line for text in paragraphs for line in _wrapped(text, width)]


def lines_of(label: str, told: Told) -> list[str]:
    """Return a label and its value: one line, or one for each answer of a list."""
    if isinstance(told, str):
        return [f"{label}: {told}"]
    return [f"{label}:", *(f"- {answer}" for answer in told)]


def _wrapped(text: str, width: int) -> list[str]:
    """Break a line; what follows on an answer of a list stands in under it."""
    return wrap(text, width, subsequent_indent="  " if text.startswith("- ") else "")


def _state(row: Row) -> str:
    state = _STATES[row.state]
    return f"{state}, ersatt av: {row.replaced_by}" if row.replaced_by else state


def _who(row: Row) -> str:
    role = f", {row.role}" if row.role else ""
    acted = f"; tjänsteman: {row.acted_by}" if row.acted_by else ""
    delegation = f"; delegation: {row.delegation}" if row.delegation else ""
    return f"{row.actor}{role}{acted}{delegation}"
