"""Who lives in the city. All are invented; no number but those of the published list of test
numbers (`NUMBERS`), and no telephone, address or name that leads to anybody.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from ledger.codec import Lane
from scripts.city.chance import Chance
from scripts.city.writing import Home, Writing

NAMNDER: Final = {
    "Järva": "Järva stadsdelsnämnd",
    "Skarpnäck": "Skarpnäcks stadsdelsnämnd",
    "Skärholmen": "Skärholmens stadsdelsnämnd",
    "Södermalm": "Södermalms stadsdelsnämnd",
    "Hägersten-Älvsjö": "Hägersten-Älvsjö stadsdelsnämnd",
}
"""District to nämnd. They hold the cases in turn, and share with the real ones the name alone."""
DISTRICTS: Final = tuple(NAMNDER)
NUMBERS: Final = ("198005052389", "200001012384", "200002292399", "191500722390", "191711602399")
"""Of Skatteverket's published lists of test numbers (CC0): three personnummer, and two
samordningsnummer with an unknown month and an unknown day. Each is one person's: a case's by its
number; who comes later has none on file, as in many an old register.
"""

_FIRST: Final = (
    "Aina", "Ali", "Birgit", "Bo", "Carina", "Dawit", "Elin", "Fatima", "Gunnar", "Hodan", "Inger",
    "Jonas", "Karin", "Lars", "Mehmet", "Nadja", "Olle", "Petra", "Rolf", "Samira", "Tove", "Ulf",
    "Vera", "Yusuf", "Åke", "Östen",
)  # fmt: skip
_LAST: Final = (
    "Provström", "Exempelberg", "Testlund", "Låtsasson", "Påhittskog", "Provsdotter", "Exempelholm",
    "Diktkvist", "Provander", "Testberg", "Sagolin", "Mönsterfors",
)  # fmt: skip
_LANGUAGES: Final = ("arabiska", "somaliska", "tigrinja", "finska", "spanska", "persiska")
_STREETS: Final = ("Provgatan", "Exempelvägen", "Testbacken", "Låtsasgränd", "Mönsterstigen")
OWNERS: Final = {
    "Exempelbostäder AB": "allmannyttan",
    "Provhem AB": "allmannyttan",
    "Mönsterbostäder AB": "allmannyttan",
    "Fastighets AB Låtsas": "fastighetsagare",
    "Stiftelsen Provvård": "privat_vardgivare",
}

_DAY_SHIFT: Final = 60
"""What is added to the day of birth in a samordningsnummer."""
_HOMES: Final = {Home.TRANING: 53, Home.FORSOK: 34, Home.BOSTAD_FORST: 9, Home.JOUR: 4}
_COUPLES: Final = 4
_WITH_CHILDREN: Final = 20
_INTERPRETED: Final = 12
_REPRESENTED: Final = 3
_PROTECTED: Final = 4
_BY_DECISION_ALONE: Final = 10


@dataclass(frozen=True, slots=True)
class Household:
    """Whom a history is about. The shares are those of `domain.md` section 7.

    Args:
        home: what kind of home it is about.
        leased: whether the nämnd lets a flat, or the decision alone gives the dwelling.
        couple: whether two are party to the case.
        children: how many live there.
        language: of the interpreter, where one is needed.
        represented: whether somebody speaks for the party.
        protected: whether the party has a mark of protected identity.
        lasting: whether what they need is tills vidare.
    """

    home: Home
    leased: bool
    couple: bool
    children: int
    language: str | None
    represented: bool
    protected: bool
    lasting: bool


def household(chance: Chance) -> Household:
    """Draw one."""
    home = chance.weigh(_HOMES)
    return Household(
        home=home,
        leased=home is not Home.JOUR and not chance.happens(_BY_DECISION_ALONE),
        couple=chance.happens(_COUPLES),
        children=chance.between(1, 3) if chance.happens(_WITH_CHILDREN) else 0,
        language=chance.pick(_LANGUAGES) if chance.happens(_INTERPRETED) else None,
        represented=chance.happens(_REPRESENTED),
        protected=chance.happens(_PROTECTED),
        lasting=home is Home.BOSTAD_FORST,
    )


def name(chance: Chance) -> str:
    """An invented name."""
    return f"{chance.pick(_FIRST)} {chance.pick(_LAST)}"


def address(chance: Chance) -> str:
    """An address that is nowhere."""
    street, house = chance.pick(_STREETS), chance.between(1, 60)
    return f"{street} {house}, lgh {chance.between(10, 15)}0{chance.between(1, 4)}"


@dataclass(frozen=True, slots=True)
class Person:
    """As the registers of both lanes have them."""

    symbol: str
    name: str
    number: str | None
    born: date | None
    protection: str


def party(writing: Writing, home: Household) -> Person:
    """The party of a history."""
    number = NUMBERS[writing.number] if writing.number < len(NUMBERS) and not writing.part else None
    protection = "ingen"
    if home.protected:
        protection = writing.chance.pick(("sekretessmarkering", "skyddad_folkbokforing"))
    return _person(writing, "person", number, protection)


def partner(writing: Writing) -> Person:
    """The other one of a couple."""
    return _person(writing, "medpart", None, "ingen")


def _person(writing: Writing, what: str, number: str | None, protection: str) -> Person:
    chance = writing.chance
    born = date(chance.between(1945, 1992), chance.between(1, 12), chance.between(1, 28))
    known = number is None and chance.happens(80)
    return Person(writing.named(what), name(chance), number, born if known else None, protection)


def register(writing: Writing, lane: Lane, person: Person) -> None:
    """Enter a person in a lane's register."""
    number = person.number
    kind = "saknas"
    if number:
        kind = "samordningsnummer" if int(number[6:8]) >= _DAY_SHIFT else "personnummer"
    writing.say(
        lane,
        "PersonRegistered",
        stream=person.symbol,
        occurred="sealed",
        person=f"${person.symbol}",
        name=person.name,
        number_kind=kind,
        number=number,
        born=person.born,
        protection=person.protection,
    )
