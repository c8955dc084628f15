"""Hand-made events for `LedgerRecorder`: all that can be checked without keys is right."""

import logging
import os
import re
from datetime import UTC, datetime
from random import Random  # noqa: TID251 - from a seed that is shown
from typing import Final
from uuid import UUID

from ledger.codec import Lane
from ledger.recorder import Command, Mac, SealedEvent
from tests.ledger.store_fixtures import COMMAND_KEY, NAMND, OFFICER, fresh, sealed

MACS: Final = [Mac(COMMAND_KEY, b"m" * 32)]
"""The same for every command: these tests are not about what a command says."""


def command(id_: UUID | None = None) -> Command:
    """Return a command of the test's officer, by default a new one."""
    clock = datetime.now(UTC)  # noqa: TID251 - append compares it with the server's
    return Command(NAMND, OFFICER, id_ or fresh(), b"", clock)


def draw_seed() -> int:
    """Return what a test's chances are drawn from: new each time, or `LIGGAREN_SEED`.

    It is logged, so that pytest shows it when the test fails.
    """
    seed = int(os.environ.get("LIGGAREN_SEED") or int.from_bytes(os.urandom(4), "big"))
    logging.getLogger(__name__).warning("LIGGAREN_SEED=%d", seed)
    return seed


def chances(*drawn_from: object) -> Random:
    """Return chances that are the same each time for the same seed and name."""
    return Random(" ".join(map(str, drawn_from)))  # noqa: S311 - nothing secret


def an_event(
    lane: Lane, stream: UUID, version: int, topic: str = "topic1", note: str = ""
) -> SealedEvent:
    """Return an event.

    Args:
        lane: the lane it goes to.
        stream: its stream.
        version: its version.
        topic: its type, without schema version.
        note: something to look for in its clear text.
    """
    made = sealed(lane, stream, version, f"{topic}/1", note=note)
    return SealedEvent(
        originator_id=stream,
        originator_version=version,
        topic=made.type,
        state=made.clear.encode(),
        occurred=made.occurred,
        root=made.root,
        parts=made.parts,
        part_groups=made.groups,
        effect=None,
    )


def note_in(clear: bytes) -> str:
    """Return the note of an event from its clear text. The inverse of `an_event`."""
    match = re.search(rb'^7 "([^"]*)"$', clear, re.MULTILINE)
    assert match is not None
    return match[1].decode()
