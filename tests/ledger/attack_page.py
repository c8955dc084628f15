"""Prints `docs/attacker.md` from the attack table."""

from collections.abc import Mapping
from typing import Final

from tests.ledger.attack_table import (
    KINDS,
    ONE_DSN,
    REFUSED,
    SECTIONS,
    Application,
    Attack,
    Kind,
    Outcome,
)
from tests.ledger.tamperings import TAMPERINGS

NOTES: Final[Mapping[str, str]] = {
    "asserted": """\
The nämnd and the actor are the application's word: a database role is of a lane, not of a nämnd.
Whoever has a writer's or reader's password can name any nämnd. The envelope, the command row and
the read log then say what was named, and the key-encryption keys of (nämnd, lane), which lie
outside the database, still have to be had before anything sealed can be read, or sealed so that
others can read it.""",
    "noise": """\
What a type means and what a part holds is decided and sealed outside the database. fsck reports a
payload root that fits neither clear text nor seals; a type that no program knows is shown as such;
a part that no key opens is shown as missing.""",
    "rolled back": """\
Rows are shown before the read's row in the log is committed. The application shows nothing before
it has committed (`ledger/reading.py`); other SQL over the same role can roll back instead.""",
    "explain": """\
`EXPLAIN ANALYZE` counts rows that a policy held back, so it tells that a stream with a known id
exists. No statistics of stream ids are kept, so a plain `EXPLAIN` does not. The application runs no
such statement.""",
    "key ids": """\
Which keys are a subject's is the key database's word. The destroyer can name other keys of the
decided stream; `destroyed_part` says what went, and under which decision.""",
    "durability": """\
A writer that opens a transaction of its own can turn `synchronous_commit` off again after the
append and before its commit. The application is autocommit-only.""",
    "superuser": """\
A superuser is a member of every role and bound by no policy. What it appends stands in the log for
ever like everybody's; what it reads is sealed.""",
    "owner reads": """\
The owner's policies let everything through, since its functions must see the heads of all nämnder.
Nobody logs in as the owner; the migrator may become it. Sealed parts stay sealed.""",
    "operator": """\
Opening an epoch and recording heads is the operator's act, done as the migrator. Such an event
stands in the log.""",
    "owner destroys": """\
The owner may call its own functions. They still ask for a decision, and for no gallringsspärr; the
deletion is written down as the destroyer's is.""",
    "one dsn": """\
In development one login may take every role. It can also open a read as one lane's reader and go on
as another's: the row in the read log then names the first lane.""",
}
"""What only the application stops, or only what is left behind tells."""

_LETTERS: Final = {
    note: f"({letter})" for note, letter in zip(NOTES, "abcdefghijklmnop", strict=False)
}

_INTRODUCTION: Final = """\
# The attacker's table

Printed from `tests/ledger/attack_table.py`; `tests/ledger/test_attacks.py` carries every cell out,
on PostgreSQL 15 and 18, and fails where this page says something else. After a change:
`LIGGAREN_WRITE_DOCS=1 scripts/test tests/ledger/test_attacks.py`.

Each actor is a database login with nothing but its own connection and any SQL it likes. *writer*
and *reader* are those of each of the five lanes. The *owner* is the migrator that has taken the
owner's role. The *superuser* is in replica mode, where ordinary triggers do not fire. Denial of
service is not in the table: whoever can run SQL can make a database slow.

| in a cell | means |
|---|---|
| five characters | refused with this SQLSTATE; a digest over all tables is the same as before |
| nothing | no error, no row shown |
| as ever | the append is carried out as if nothing had been tried: right envelope, leaf and seals |
| duty | allowed; it is what the role is for |
| works (a) | only the application stops it, or only what it leaves behind tells: see the note |
| table 2 | works for who may alter tables: the second table says who notices |

`42501` is PostgreSQL's own refusal, or that of `ledger.append` for lane, nämnd and operator.
`LG001` history is append-only, `LG002` no read is open, `LG015` not well formed, `LG030` a
gallringsspärr holds the stream, `LG031` its destruction has begun, `LG032` a stream, hold or
decision that this nämnd does not have, `LG033` no such nämnd.
"""

_SECOND: Final = """
## Table 2: what altering the tables can do

The owner and a superuser can turn triggers off. Each row is carried out as both. *fsck* says
whether `liggare fsck` then reports a fault; *checkpoint* whether the log's leaves no longer go on
from those noted outside the database before. What both overlook is said in words.

| what is done | fsck | checkpoint | otherwise |
|---|---|---|---|
"""

_THIRD: Final = """
## In development, with one DSN

One login, a superuser, takes the role it needs when it connects (`options=-c role=…`). The refusals
of table 1 hold for the role, so a mistake in the program ends as in production. They do not hold
for hostile SQL, which can take another role:

| attack | writer | reader |
|---|---|---|
"""


def page() -> str:
    """Return `docs/attacker.md`."""
    parts = [_INTRODUCTION]
    for title, attacks in SECTIONS.items():
        parts.append(f"\n## Table 1: {title.lower()}\n\n")
        parts.append(_row("attack", *KINDS))
        parts.append("|---" * (1 + len(KINDS)) + "|\n")
        parts.extend(_row(each.name, *(_cell(each, kind) for kind in KINDS)) for each in attacks)
    parts.append("\n## Notes\n\n")
    parts.extend(f"- **{_LETTERS[note]}** {text}\n" for note, text in NOTES.items())
    parts.append(_SECOND)
    parts.extend(
        _row(
            each.name,
            "fault" if each.fsck else "no",
            "differs" if each.checkpoint else "no",
            each.otherwise,
        )
        for each in TAMPERINGS
    )
    parts.append(_THIRD)
    parts.extend(_row(name, *[_shown(outcome)] * 2) for name, outcome in ONE_DSN.items())
    return "".join(parts)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _cell(attack: Attack, kind: Kind) -> str:
    of_all = _shown(attack.cells.get(kind, REFUSED))
    by_lane = sorted(
        f"{lane}: {_shown(outcome)}"
        for (whose, lane), outcome in attack.by_lane.items()
        if whose == kind
    )
    return "; ".join([of_all, *by_lane])


def _shown(outcome: Outcome) -> str:
    return f"works {_LETTERS[outcome.note]}" if isinstance(outcome, Application) else str(outcome)
