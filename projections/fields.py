"""The fields of every type in words, for those who judge whether each is kept as it should be.

`docs/falt.md` is what this writes: `python -m projections.fields > docs/falt.md`. The same fields
by number stand in `docs/envelope.md` section 9, which is the norm.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic.alias_generators import to_camel

from domain.kernel.event import Common
from domain.kernel.fact import CO_PARTY, JOINT, NAMED, NOBODY, PARTY, Fact, Kept, specs_of
from domain.kernel.shapes import PersonNumber
from domain.kernel.values import EventRef, Hash, LogPosition, MediaType, Name, Slug
from ledger.codec import FieldClass, FieldSpec, Lane
from projections.registry import REGISTRY
from projections.texts import CODES, FIELDS, LANES, TYPES

CLASSES: Final = {
    FieldClass.IDENTITY: "identitet",
    FieldClass.ADDRESS: "adress",
    FieldClass.NEED: "behov",
    FieldClass.THIRD: "tredje man",
    FieldClass.OFFICER: "tjänsteman",
    FieldClass.ORDINARY: "vanlig",
}
_SLOTS: Final = {NOBODY: "ingen", PARTY: "parten", CO_PARTY: "medparten", JOINT: "alla parter"}
_BOUND: Final[tuple[tuple[object, str], ...]] = (
    (PersonNumber, "tolv siffror"),
    (Name, "kort namn, högst 120 tecken"),
    (Slug, "kort namn utan siffror"),
    (Hash, "64 tecken, 0 till 9 och a till f"),
    (LogPosition, "läge i en logg"),
    (MediaType, "filtyp"),
)
_SCALARS: Final[dict[object, str]] = {
    str: "fri text",
    bool: "ja eller nej",
    int: "tal",
    date: "dag",
    datetime: "tidpunkt",
    UUID: "id",
    EventRef: "hänvisning till en post",
}
_INTRODUCTION: Final = """\
# Fälten

Varje händelsetyp och vart och ett av dess fält, i ord, för den som ska bedöma om uppgifterna hålls
som de ska, och för den som skriver händelser. Sidan är skriven av `projections/fields.py`; ett prov
håller den sann. Fältens nummer, som gäller för det lagrade, står i [envelope.md](envelope.md)
avsnitt 9. `liggare typ` visar en typ med ett exempel.

**Fält** är namnet i JSON. Utöver typens fält, som står i `fact`, har ett kommando `type`,
`occurred` och vad som behövs av det som finns *i varje händelse*; registrerat av, roll och kommando
fyller liggaren själv i.

**Vems uppgift** säger vems nyckel som skyddar fältet, och därmed med vems gallring det försvinner.

- *parten*, *medparten*: den som är part i ärendet; i en persons egen akt är parten den personen.
- *alla parter*: gemensamt för parterna. Försvinner med den sista av dem. Är ingen part, som i ett
  tillsynsärende, hör fältet till strömmen och försvinner med den.
- *den som nämns*: en person som händelsen själv pekar ut, ny för varje händelse, till exempel ett
  barn eller en företrädare. Har en egen nyckel.
- *ingen*: fältet handlar inte om någon enskild. En tjänsteman räknas inte som enskild här.

**Slag** säger vilken sorts uppgift det är. Slaget följer fältet och inte innehållet.

- *identitet*: vem någon är. *Adress*: var någon bor eller kan nås. *Behov*: vad någon behöver och
  varför, hälsa, missbruk, våld, brott, skulder. *Tredje man*: vad som rör någon utanför ärendet.
  *Tjänsteman*: vem på nämnden det var. *Vanlig*: det övriga.

**Skydd**. *Förseglad*: krypterad i lagret och läsbar bara för den som får läsa processen, med
nyckeln. *I klartext*: läsbar också för den som sköter driften, och därför bara id, dagar, åtgärder
och bestämmelser. Också ett fält i klartext är en personuppgift, under pseudonym.

**Krävs**. *Ja*: händelsen kan inte registreras utan fältet. *Nej*: fältet får vara tomt, vilket
betyder att det inte är känt eller inte gäller; det betyder aldrig nej. *Eller skäl*: hänvisningen
krävs, eller ett skäl till att den saknas. Ingenting krävs för att lagen kräver det: också det som
gick fel ska kunna antecknas som det var.

**Värde**. Står flera koder uppräknade väljs en av dem, eller flera där det står *flera*. Efter
varje kod står orden för den. Koden `utanfor_katalogen` finns där något kan ha gjorts på en annan
grund eller ett annat sätt än listan känner; fältet *med egna ord* bredvid säger då vilket.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A field in words.

    Args:
        title: what it is called in Swedish.
        name: what it is called in JSON.
        whose: whose key seals it, and with whose gallring it is gone.
        cls: its class.
        sealed: whether it is sealed.
        required: whether a fact must have it.
        value: what it can hold; each code with its words.
    """

    title: str
    name: str
    whose: str
    cls: str
    sealed: bool
    required: str
    value: str


def rows_of(record: type[Kept]) -> Iterator[Row]:
    """The fields of a type, in order of their numbers."""
    for spec in specs_of(record):
        yield Row(
            FIELDS[spec.name],
            to_camel(spec.name),
            _whose(record, spec),
            CLASSES[spec.cls],
            spec.sealed,
            _required(record, spec.name),
            _value(spec.name, _declared(record, spec.name)),
        )


def title_of(fact: type[Fact]) -> str:
    """What a type is called in Swedish, also since its name changed."""
    words = TYPES[fact.TYPE]
    since = f", från 2025-07-01 {words.title_sol25}" if words.title_sol25 else ""
    return words.title + since


def render() -> str:
    """Return the page: `docs/falt.md`."""
    lines = [
        _INTRODUCTION,
        "## I varje händelse",
        "",
        "Utöver när något hände, när det registrerades och i vilken ström, som står i klartext.",
        "",
        *_table(Common),
    ]
    for lane in Lane:
        lines += [f"## {LANES[lane]}", ""]
        for fact in REGISTRY.facts:
            if fact.lane is lane:
                lines += [f"### {title_of(fact)} (`{fact.TYPE}`)", "", *_table(fact)]
    return "\n".join(lines)


def _table(record: type[Kept]) -> Iterator[str]:
    rows = [*rows_of(record)]
    if not rows:
        yield "Inga egna fält."
    else:
        yield "| uppgift | fält | vems uppgift | slag | skydd | krävs | värde |"
        yield "|---|---|---|---|---|---|---|"
        for row in rows:
            kept = "förseglad" if row.sealed else "i klartext"
            cells = (row.title, f"`{row.name}`", row.whose, row.cls, kept, row.required, row.value)
            yield f"| {' | '.join(cells)} |"
    yield ""


def _whose(record: type[Kept], spec: FieldSpec) -> str:
    if spec.slot != NAMED:
        return _SLOTS[spec.slot]
    assert issubclass(record, Fact)
    who = FIELDS[record.NAMES[NAMED]]
    return f"den som nämns: {who[:1].lower()}{who[1:]}"


def _required(record: type[Kept], name: str) -> str:
    references = record.REFERENCES if issubclass(record, Fact) else {}
    if name in references:
        return "eller skäl"
    return "ja" if record.model_fields[name].is_required() else "nej"


def _declared(record: type[Kept], name: str) -> Any:  # noqa: ANN401 - an annotation is no type
    """The annotation as it was written, but for how the field is kept, which stands last."""
    bare, *marks = get_args(get_type_hints(record, include_extras=True)[name])
    bounds = marks[:-1]
    return Annotated[bare, *bounds] if bounds else bare


def _value(name: str, annotation: Any) -> str:  # noqa: ANN401, PLR0911 - one for each kind
    """What a field can hold, in words."""
    for bound, words in _BOUND:
        if annotation == bound:
            return words
    parts = [one for one in get_args(annotation) if one is not type(None)]
    match get_origin(annotation):
        case None if isinstance(annotation, type) and issubclass(annotation, StrEnum):
            said = CODES[annotation]
            return ", ".join(f"`{code.value}` {said[code.value]}" for code in annotation)
        case None if annotation is int and name.endswith(("_ore", "_ore_per_month")):
            return "belopp i öre"
        case None:
            return _SCALARS[annotation]
        case origin if origin is Literal:
            return " eller ".join(map(str, parts))
        case origin if origin is tuple:
            return f"flera: {_value(name, parts[0])}"
        case origin if origin is dict:
            return f"flera: {_value(name, parts[0])}; till var och en {_value(name, parts[1])}"
        case origin if origin is Annotated:
            return _value(name, parts[0])
        case _:  # a choice: None is left out already
            return " eller ".join(dict.fromkeys(_value(name, part) for part in parts))


if __name__ == "__main__":
    sys.stdout.write(render())
