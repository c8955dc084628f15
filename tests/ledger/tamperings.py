"""What the owner or a superuser can do once the triggers are off, and who notices.

`test_attacks.py` carries each one out as both; `attack_page.py` prints them.
"""
# ruff: noqa: S608 - these statements are put together from this file's own words

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.codec import Lane
from tests.ledger.attack_table import BEGUN_DECISION, OPEN_DECISION, own
from tests.ledger.store_fixtures import OTHER_NAMND


@dataclass(frozen=True)
class Tampering:
    """A row of the second table.

    Args:
        name: what is done.
        statements: how. Triggers are off.
        fsck: whether fsck reports a fault.
        checkpoint: whether the leaves no longer go on from those noted outside before.
        otherwise: who else notices, or what it leads to.
    """

    name: str
    statements: Sequence[str]
    fsck: bool = False
    checkpoint: bool = False
    otherwise: str = ""


_STREAM: Final = f"lane = 'hyra' AND stream = '{own(Lane.HYRA)}'"
_FIRST: Final = f"{_STREAM} AND version = 1"
_LAST: Final = f"{_STREAM} AND version = 2"


def _of(events: str) -> str:
    """The condition for the leaves or parts of some events."""
    return f"(lane, epoch, idx) IN (SELECT lane, epoch, idx FROM ledger.event WHERE {events})"


_NEWEST: Final = "lane = 'hyra' AND idx = (SELECT max(idx) FROM ledger.leaf WHERE lane = 'hyra')"
_NEXT: Final = "(SELECT next_index FROM ledger.lane_head WHERE lane = 'hyra')"
_BACKDATE: Final = (
    "UPDATE ledger.event SET envelope = replace(envelope, 'day 2024-02-29', 'day 2024-02-28') WHERE"
)
_HASH_AGAIN: Final = (
    r"UPDATE ledger.leaf l SET hash = sha256('\x00'::bytea || convert_to(envelope, 'UTF8'))"
    " FROM ledger.event e WHERE (l.lane, l.epoch, l.idx) = (e.lane, e.epoch, e.idx)"
)
_HEADS_AGAIN: Final = (
    "UPDATE ledger.stream_head h SET leaf = l.hash FROM ledger.leaf l"
    " WHERE (l.lane, l.epoch, l.idx) = (h.lane, h.epoch, h.idx)"
)
_DELETE_NEWEST: Final = tuple(
    f"DELETE FROM ledger.{table} WHERE {_NEWEST}" for table in ("sealed_part", "event", "leaf")
)
_TABLE_ALONE: Final = "which stream it is about stands in that table alone, so as to be forgotten"
_SCHEMA: Final = "a comparison of the schema with a freshly migrated one"

TAMPERINGS: Final = (
    Tampering(
        "change a clear text",
        [f"UPDATE ledger.event SET clear = clear || ' ' WHERE {_LAST}"],
        fsck=True,
    ),
    Tampering("change an envelope", [f"{_BACKDATE} {_FIRST}"], fsck=True),
    Tampering(
        "change an envelope and its leaf, in the middle of a stream",
        [f"{_BACKDATE} {_FIRST}", _HASH_AGAIN],
        fsck=True,
        checkpoint=True,
    ),
    Tampering(
        "change the newest event of a stream: envelope, leaf and head, all consistent",
        [f"{_BACKDATE} {_LAST}", _HASH_AGAIN, _HEADS_AGAIN],
        checkpoint=True,
    ),
    Tampering(
        "change the seals",
        [rf"UPDATE ledger.event SET seals = seals || '\x00' WHERE {_LAST}"],
        fsck=True,
    ),
    Tampering(
        "change the bytes of a sealed part",
        [
            (
                "UPDATE ledger.sealed_part SET part = set_byte(part, 99, get_byte(part, 99) # 1)"
                f" WHERE {_of(_LAST)}"
            )
        ],
        fsck=True,
    ),
    Tampering(
        "delete a sealed part", [f"DELETE FROM ledger.sealed_part WHERE {_of(_LAST)}"], fsck=True
    ),
    Tampering(
        "delete a sealed part as if it had been destroyed",
        [
            (
                "INSERT INTO ledger.destroyed_part SELECT lane, epoch, idx, slot, class,"
                f" gen_random_uuid() FROM ledger.sealed_part WHERE {_of(_LAST)}"
            ),
            f"DELETE FROM ledger.sealed_part WHERE {_of(_LAST)}",
        ],
        fsck=True,
    ),
    Tampering(
        "delete a sealed part in the name of a destruction under way",
        [
            (
                "INSERT INTO ledger.destroyed_part SELECT lane, epoch, idx, slot, class,"
                f" '{BEGUN_DECISION}' FROM ledger.sealed_part WHERE {_of(_LAST)}"
            ),
            f"DELETE FROM ledger.sealed_part WHERE {_of(_LAST)}",
        ],
        otherwise="GallringExecuted then says that the index went; its stream is not the one that"
        " was decided on, which nobody but the decision's maker knows",
    ),
    Tampering("delete an event", [f"DELETE FROM ledger.event WHERE {_FIRST}"], fsck=True),
    Tampering(
        "delete a stream as if it had been destroyed",
        [
            (
                "INSERT INTO ledger.destroyed_event SELECT lane, epoch, idx, gen_random_uuid()"
                f" FROM ledger.event WHERE {_STREAM}"
            ),
            f"DELETE FROM ledger.sealed_part WHERE {_of(_STREAM)}",
            f"DELETE FROM ledger.event WHERE {_STREAM}",
            f"DELETE FROM ledger.stream_head WHERE {_STREAM}",
        ],
        fsck=True,
    ),
    Tampering("delete the newest event and its leaf", _DELETE_NEWEST, fsck=True, checkpoint=True),
    Tampering(
        "delete the newest event and set every head back",
        [
            (
                "UPDATE ledger.stream_head h SET version = 1, idx = e.idx, leaf = l.hash"
                " FROM ledger.event n, ledger.event e JOIN ledger.leaf l USING (lane, epoch, idx)"
                f" WHERE (n.lane, n.idx) IN (SELECT lane, idx FROM ledger.leaf WHERE {_NEWEST})"
                " AND (h.lane, h.stream) = (n.lane, n.stream)"
                " AND (e.lane, e.stream, e.version) = (n.lane, n.stream, 1)"
            ),
            *_DELETE_NEWEST,
            "UPDATE ledger.lane_head SET next_index = next_index - 1 WHERE lane = 'hyra'",
        ],
        checkpoint=True,
    ),
    Tampering(
        "delete an event and its leaf in the middle",
        [
            f"DELETE FROM ledger.leaf WHERE {_of(_LAST)}",
            f"DELETE FROM ledger.event WHERE {_LAST}",
        ],
        fsck=True,
        checkpoint=True,
    ),
    Tampering(
        "insert an event with its leaf, without the heads",
        [
            (
                f"INSERT INTO ledger.leaf SELECT lane, epoch, {_NEXT}, hash FROM ledger.leaf"
                f" WHERE {_NEWEST}"
            ),
            (
                f"INSERT INTO ledger.event SELECT lane, epoch, {_NEXT}, stream, 99, envelope,"
                f" clear, seals FROM ledger.event WHERE {_LAST}"
            ),
        ],
        fsck=True,
    ),
    Tampering(
        "insert an event without a leaf",
        [
            (
                f"INSERT INTO ledger.event SELECT lane, epoch, {_NEXT}, stream, 3, envelope, clear,"
                f" seals FROM ledger.event WHERE {_LAST}"
            )
        ],
        fsck=True,
    ),
    Tampering(
        "insert a sealed part without an event",
        [
            (
                f"INSERT INTO ledger.sealed_part SELECT lane, epoch, {_NEXT}, slot, class, part"
                f" FROM ledger.sealed_part WHERE {_of(_LAST)}"
            )
        ],
        fsck=True,
    ),
    Tampering(
        "move a log's head",
        ["UPDATE ledger.lane_head SET next_index = next_index + 1 WHERE lane = 'hyra'"],
        fsck=True,
    ),
    Tampering(
        "move a stream's head",
        [f"UPDATE ledger.stream_head SET version = 1 WHERE {_STREAM}"],
        fsck=True,
    ),
    Tampering(
        "call the ledger by another name",
        ["UPDATE ledger.founding SET ledger = gen_random_uuid()"],
        fsck=True,
    ),
    Tampering(
        "give a stream to another nämnd",
        [f"UPDATE ledger.stream_head SET holder = '{OTHER_NAMND}' WHERE {_STREAM}"],
        fsck=True,
    ),
    Tampering("remove a gallringsspärr", ["DELETE FROM ledger.hold"], fsck=True),
    Tampering(
        "set a gallringsspärr that nobody has set",
        [
            (
                "INSERT INTO ledger.hold (ref, lane, stream)"
                f" SELECT gen_random_uuid(), lane, stream FROM ledger.stream_head WHERE {_STREAM}"
            )
        ],
        fsck=True,
    ),
    Tampering(
        "let a gallringsspärr hold another stream of the lane",
        [f"UPDATE ledger.hold SET stream = '{own(Lane.HYRA)}'"],
        otherwise=f"nobody: {_TABLE_ALONE}; who set it knows it from the matter it is in",
    ),
    Tampering(
        "order a destruction that nobody decided",
        [
            (
                "INSERT INTO ledger.destruction (decision, lane, stream)"
                f" SELECT gen_random_uuid(), lane, stream FROM ledger.stream_head WHERE {_STREAM}"
            )
        ],
        fsck=True,
    ),
    Tampering(
        "take back a decided destruction",
        [f"DELETE FROM ledger.destruction WHERE decision = '{OPEN_DECISION}'"],
        fsck=True,
    ),
    Tampering(
        "let a decided destruction be of another stream of the lane",
        [
            (
                f"UPDATE ledger.destruction SET stream = '{own(Lane.HYRA)}'"
                f" WHERE decision = '{OPEN_DECISION}'"
            )
        ],
        otherwise=f"nobody: {_TABLE_ALONE}. Carried out, it leaves a stream that is missed, and"
        " GallringExecuted says which indexes went",
    ),
    Tampering(
        "bring back a sealed part whose key is destroyed",
        [
            (
                "INSERT INTO ledger.destroyed_key SELECT substr(part, 46, 16)"
                f" FROM ledger.sealed_part WHERE {_of(_LAST)}"
            )
        ],
        fsck=True,
    ),
    Tampering(
        "forget that a key is destroyed",
        ["DELETE FROM ledger.destroyed_key"],
        otherwise="the key database lists it: the ledger does not open before `liggare replay`",
    ),
    Tampering(
        "forget that a stream is destroyed", ["DELETE FROM ledger.destroyed_stream"], fsck=True
    ),
    Tampering(
        "forget a command",
        ["DELETE FROM ledger.command"],
        otherwise="a second try meets a stream that has moved on (LG012)",
    ),
    Tampering(
        "remove or change rows of the read log",
        ["DELETE FROM ledger.read_log"],
        otherwise="nobody yet: the read log is not chained",
    ),
    Tampering(
        "drop a policy, or turn row security off",
        [
            "ALTER TABLE ledger.event DISABLE ROW LEVEL SECURITY",
            "DROP POLICY reader_hyra ON ledger.event",
        ],
        otherwise=_SCHEMA,
    ),
    Tampering(
        "replace a function",
        [
            (
                "CREATE OR REPLACE FUNCTION ledger.acting_namnd() RETURNS uuid"
                " STABLE RETURN gen_random_uuid()"
            )
        ],
        otherwise=_SCHEMA,
    ),
)
