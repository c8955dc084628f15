"""Who may do what: one table, one function. What is not in the table is refused.

Roles come from the ledger's own events, so a role that is taken back is gone at once. Row security
then asks, in the database, whether the officer's nämnd holds the stream. `docs/behorighet.md` is
this table in words: `python -m api.policy > docs/behorighet.md`.
"""

import sys
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from domain.kernel.actor import Role
from domain.kernel.fact import Fact
from domain.kernel.shapes import (
    CorrectionApproved,
    EntryMarkedErroneous,
    EpochOpened,
    HeadsRecorded,
    HolderChanged,
)
from domain.system.events import MeetingFact
from domain.tillsyn.events import (
    GallringDecided,
    GallringExecuted,
    GallringsspärrLifted,
    GallringsspärrSet,
    GallringWithdrawn,
)
from domain.tillsyn.lex_sarah import LexSarahReported
from domain.tillsyn.reviews import FindingAssessed
from ledger.codec import Lane
from projections.texts import CODES, LANES


class Action(StrEnum):
    """What can be done in a lane."""

    READ = "read"
    OPEN_PROTECTED = "open_protected"
    RECORD = "record"
    REPORT = "report"
    CORRECT = "correct"
    DECIDE_GALLRING = "decide_gallring"
    SET_HOLD = "set_hold"
    ADMINISTER = "administer"
    IMPORT = "import"
    OPERATE = "operate"


WORDS: Final[Mapping[Action, str]] = {
    Action.READ: "läsa",
    Action.OPEN_PROTECTED: "öppna skyddade uppgifter",
    Action.RECORD: "registrera",
    Action.REPORT: "rapportera och bedöma",
    Action.CORRECT: "rätta",
    Action.DECIDE_GALLRING: "besluta om gallring och återta beslutet",
    Action.SET_HOLD: "sätta och häva gallringsspärr",
    Action.ADMINISTER: "administrera",
    Action.IMPORT: "föra över från äldre system",
    Action.OPERATE: "sköta driften",
}

_HANDLES: Final = frozenset({Action.READ, Action.RECORD, Action.CORRECT})
_READS: Final = frozenset({Action.READ})
_IMPORTS: Final = frozenset({Action.IMPORT})
_OPENS: Final = frozenset({Action.OPEN_PROTECTED})
_REPORTS: Final = frozenset({Action.REPORT})

POLICY: Final[Mapping[Role, Mapping[Lane, frozenset[Action]]]] = {
    Role.BISTANDSHANDLAGGARE: {
        Lane.BISTAND: _HANDLES,
        Lane.KOPPLING: _HANDLES,
        Lane.TILLSYN: _REPORTS,
    },
    Role.HYRESHANDLAGGARE: {
        Lane.HYRA: _HANDLES,
        Lane.KOPPLING: _HANDLES,
        Lane.TILLSYN: _REPORTS,
    },
    Role.ENHETSCHEF: {
        Lane.BISTAND: frozenset({Action.READ, Action.CORRECT, Action.ADMINISTER}),
        Lane.HYRA: frozenset({Action.READ, Action.CORRECT, Action.ADMINISTER}),
        Lane.KOPPLING: frozenset({Action.READ, Action.CORRECT, Action.ADMINISTER}),
        Lane.TILLSYN: _READS | _REPORTS,
    },
    Role.REGISTRATOR: {
        Lane.BISTAND: _READS,
        Lane.HYRA: _READS,
        Lane.KOPPLING: _READS,
        Lane.TILLSYN: _HANDLES | {Action.REPORT, Action.SET_HOLD, Action.ADMINISTER},
        Lane.SYSTEM: frozenset({Action.READ, Action.RECORD}),
    },
    Role.ARKIVARIE: {
        Lane.KOPPLING: _READS,
        Lane.TILLSYN: frozenset(
            {Action.READ, Action.CORRECT, Action.DECIDE_GALLRING, Action.SET_HOLD}
        ),
    },
    Role.SYSTEMADMINISTRATOR: {
        Lane.BISTAND: frozenset({Action.OPERATE}),
        Lane.HYRA: frozenset({Action.OPERATE}),
        Lane.KOPPLING: frozenset({Action.OPERATE}),
        Lane.TILLSYN: frozenset({Action.OPERATE}),
        Lane.SYSTEM: frozenset({Action.READ, Action.CORRECT, Action.ADMINISTER, Action.OPERATE}),
    },
    Role.REVISOR: {Lane.KOPPLING: _READS, Lane.TILLSYN: _READS, Lane.SYSTEM: _READS},
    Role.MIGRERINGSANSVARIG: {
        Lane.BISTAND: _IMPORTS,
        Lane.HYRA: _IMPORTS,
        Lane.KOPPLING: _IMPORTS,
        Lane.TILLSYN: _IMPORTS,
        Lane.SYSTEM: _IMPORTS,
    },
    Role.SKYDDADE_UPPGIFTER: {Lane.BISTAND: _OPENS, Lane.HYRA: _OPENS},
}
"""Role, lane, actions.

The systemadministrator sees no case, and who handles one lane does not read the other.
"""


def allowing(roles: Collection[Role], lane: Lane, action: Action) -> Role | None:
    """Return the role that allows an action in a lane, or None: it is not allowed.

    Args:
        roles: those the officer has today in the nämnd acted for.
        lane: where.
        action: what.
    """
    for role, lanes in POLICY.items():
        if role in roles and action in lanes.get(lane, ()):
            return role
    return None


def action_of(fact: type[Fact], *, corrects: bool) -> Action:
    """Return what recording a fact amounts to.

    Args:
        fact: its type.
        corrects: whether it is recorded again in the place of an earlier entry.
    """
    if issubclass(fact, EpochOpened | HeadsRecorded | GallringExecuted):
        return Action.OPERATE
    if corrects or issubclass(fact, CorrectionApproved | EntryMarkedErroneous):
        return Action.CORRECT
    if issubclass(fact, GallringsspärrSet | GallringsspärrLifted):
        return Action.SET_HOLD
    if issubclass(fact, GallringDecided | GallringWithdrawn):
        return Action.DECIDE_GALLRING
    if issubclass(fact, HolderChanged) or (
        fact.lane is Lane.SYSTEM and not issubclass(fact, MeetingFact)
    ):
        return Action.ADMINISTER
    return Action.REPORT if issubclass(fact, LexSarahReported | FindingAssessed) else Action.RECORD


def render() -> str:
    """Return the table in words: `docs/behorighet.md`."""
    lines = [
        "# Behörighet",
        "",
        "Vad varje roll får göra i varje process. Allt annat är nekat. Tabellen är skriven av",
        "`api/policy.py`; ett prov håller den sann.",
        "Behörigheten gäller i den nämnd som rollen är tilldelad i, och bara det som ligger hos",
        "nämnden. Varje läsning loggas. Att söka en person på nummer är att läsa i den process där",
        "sökningen görs; den andra processen söks inte.",
        "",
        "| roll | " + " | ".join(LANES[lane] for lane in Lane) + " |",
        "|---|" + "---|" * len(Lane),
    ]
    for role, lanes in POLICY.items():
        cells = [
            ", ".join(WORDS[action] for action in Action if action in lanes.get(lane, ())) or "nej"
            for lane in Lane
        ]
        lines.append(f"| {CODES[Role][role]} | " + " | ".join(cells) + " |")
    lines += [
        "",
        "**Rätta** är att föreslå en rättelse, att markera en post som felregistrerad och att",
        "godkänna vad en annan har föreslagit. En rättelse ersätter hela posten: den som inte ser",
        "en posts skyddade uppgifter rättar den inte, och godkänner inte heller en sådan rättelse.",
        "**Rapportera och bedöma** är att lämna en lex Sarah-rapport och att svara på en av",
        "systemets iakttagelser, i en ny ström. Var och en som arbetar med ärenden får det, utan",
        "att därför läsa tillsynsärenden.",
        "**Registrera** är i DRIFT den egna nämndens sammanträden, protokoll och anslag.",
        "**Administrera** är i DRIFT nämnder, handläggare, roller, delegationsordningar,",
        "riktlinjer och regler, i övriga processer att lämna över ett ärende till en annan nämnd.",
        "Personernas akter följer inte med, utan lämnas över för sig. Innan dess ser mottagaren",
        "inte vem som är part, och bara den som är behörig till skyddade uppgifter ser var den",
        "bor. Att registrera personen på nytt öppnar inget: det blir en annan person, som ärendet",
        "inte gäller.",
        "**Föra över** är att säga vad ett äldre system registrerade, och när. Det ger ingen rätt",
        "att registrera eller läsa, utan behövs därutöver, och ges för den tid överföringen pågår.",
        "**Öppna skyddade uppgifter** är att se var en person med skyddade personuppgifter finns:",
        "adress, stadsdel, lägenhet, ansvarig kommun, och handlingar. Där någon har eller har haft",
        "fingerade uppgifter är det också namn, nummer och födelsedag. Alla andra ser att",
        "uppgiften finns. Det ger ingen rätt att läsa, utan behövs därutöver, i samma nämnd. Ingen",
        "annan roll har det, inte heller enhetschefens: det tilldelas den som behöver det. Varje",
        "gång något sådant öppnas får det en egen rad i läsloggen. Att ett skydd har upphört",
        "registrerar två handläggare var för sig, den andra med en anteckning om att det",
        "bekräftas; tills dess består det. Fingerade uppgifter består alltid. Vad som var fel från",
        "början rättas, och en annan godkänner. Ett sammanförande som var fel markeras som",
        "felregistrerat, och en annan godkänner: att det hävs öppnar ingenting.",
        "**Sköta driften** är att öppna en ny epok, kontrollera lagringen och utföra en beslutad",
        "gallring. Det ger ingen rätt att läsa.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(render())
