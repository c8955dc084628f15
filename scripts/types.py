"""`liggare typ`: what an event of a type says, field by field, and an example to begin from."""

import json
import re
from collections.abc import Iterator
from textwrap import wrap
from typing import Final
from unicodedata import normalize

from api.examples import command_example
from api.saying import BY_THE_LEDGER_ITSELF
from domain.kernel.explaining import nearest
from domain.kernel.fact import Fact
from ledger.codec import Lane
from projections.fields import rows_of, title_of
from projections.registry import REGISTRY
from projections.texts import LANES
from scripts.settings import SettingsError

_WIDTH: Final = 100
_LEAST: Final = 30
"""Columns for what a field can hold."""


def list_of_types(lane: Lane | None) -> str:
    """Every type that can be recorded, by process, with its title.

    Args:
        lane: this process alone.
    """
    blocks: list[str] = []
    by_hand = [fact for fact in REGISTRY.facts if not issubclass(fact, BY_THE_LEDGER_ITSELF)]
    for one in [lane] if lane else Lane:
        facts = [fact for fact in by_hand if fact.lane is one]
        width = max(len(fact.TYPE) for fact in facts)
        lines = (f"  {fact.TYPE:{width}}  {title_of(fact)}" for fact in facts)
        blocks.append("\n".join([f"{LANES[one]} ({one})", *lines]))
    return "\n\n".join(blocks)


def type_in_words(name: str, lane: Lane | None) -> str:
    """The fields of a type, and a command to begin from, in each process that has the type.

    Args:
        name: the type.
        lane: this process alone.

    Raises:
        SettingsError: there is no such type.
    """
    asked = normalize("NFC", name)
    known = [fact for fact in REGISTRY.facts if lane in {None, fact.lane}]
    found = [fact for fact in known if asked == fact.TYPE]
    if not found:
        raise SettingsError(
            "Händelsetypen finns inte." + nearest(asked, [fact.TYPE for fact in known]),
            "liggare typ visar alla typer.",
        )
    return "\n\n".join("\n".join(_told(fact)) for fact in found)


def _told(fact: type[Fact]) -> Iterator[str]:
    yield f"{LANES[fact.lane]}: {title_of(fact)} ({fact.TYPE})"
    yield ""
    rows = [("fält", "krävs", "värde")] + [
        (row.name, row.required, f"{row.title}: {_plain(row.value)}") for row in rows_of(fact)
    ]
    names, words = (max(len(row[column]) for row in rows) for column in (0, 1))
    indent = names + words + 6
    for name, required, value in rows:
        first, *more = wrap(
            value,
            max(_WIDTH - indent, _LEAST),
            break_long_words=False,
            break_on_hyphens=False,
        )
        yield f"  {name:{names}}  {required:{words}}  {first}"
        yield from (" " * indent + line for line in more)
    yield ""
    if issubclass(fact, BY_THE_LEDGER_ITSELF):
        yield "Registreras av liggaren själv, när det sker."
    else:
        yield "Ett exempel med alla fält; ta bort dem som inte behövs:"
        yield json.dumps(command_example(fact), ensure_ascii=False)


def _plain(value: str) -> str:
    """What a field can hold, each code followed by what it means."""
    return re.sub(r"`(\w+)` ", r"\1 = ", value).replace("`", "")
