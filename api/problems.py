"""What went wrong, for a person and a program: RFC 9457 problems with stable code and remedy.

No problem repeats a value that was sent or stored: bodies are personal data, and answers end in
logs. The ledger's own errors are in English, for operators; here each of its codes has its Swedish
words.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from domain.kernel.refused import Refused
from ledger.codec import Json
from ledger.errors import Conflict, LedgerError

RETRY_AFTER_S: Final = 2
"""How long a client waits before it tries again after a 503."""
_DIGITS: Final = 4
"""Of a place in a list. More could be somebody's number."""
_WRONG_VERSION: Final = "Fel version"
UNNAMED_FIELD: Final = "(okänt fält)"
"""Stands for a field name that is not ours: whoever sent it may have written anything there."""


class Problem(Exception):
    """An answer that is not what was asked for.

    Args:
        status: the HTTP status.
        code: stable, for programs: `body.too_large`.
        title: what kind of problem, the same each time.
        detail: one sentence for the person who asked.
        remedy: what to do instead.
        fields: the fields concerned, each with a sentence.
        lagrum: the provision behind it, where there is one.
    """

    def __init__(  # noqa: PLR0913 - the members of RFC 9457 and ours
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        remedy: str,
        *,
        fields: tuple[tuple[str, str], ...] = (),
        lagrum: str | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.remedy = remedy
        self.fields = fields
        self.lagrum = lagrum

    def to_json(self, instance: str) -> dict[str, Json]:
        """Return the problem as JSON.

        Args:
            instance: the URI of this one occurrence, also in the log.
        """
        problem: dict[str, Json] = {
            "type": f"urn:liggaren:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "code": self.code,
            "remedy": self.remedy,
        }
        if self.fields:
            problem["fields"] = [
                {"field": field, "detail": detail} for field, detail in self.fields
            ]
        if self.lagrum:
            problem["lagrum"] = self.lagrum
        return problem


def not_found(
    remedy: str = "Kontrollera adressen och för vilken nämnd du handlar.",
) -> Problem:
    """The one answer for what does not exist and for what the officer's nämnd does not hold.

    Args:
        remedy: how else it may be asked for; the same for both.
    """
    return Problem(
        404,
        "not_found",
        "Finns inte",
        "Det du frågar efter finns inte, eller så ligger det hos en annan nämnd.",
        remedy,
    )


def destroyed() -> Problem:
    """What was asked for has been destroyed under a gallring decision."""
    return _problem_of("ledger.destroyed", _LEDGER["ledger.destroyed"])


def protected() -> Problem:
    """A document about somebody whose personal data are protected."""
    return Problem(
        403,
        "protected",
        "Skyddad uppgift",
        "Handlingen rör en person med skyddade personuppgifter och öppnas inte för dig.",
        "Be den som är behörig till skyddade uppgifter, eller be systemadministratören om rollen.",
    )


def list_not_there() -> Problem:
    """A list that is being made for the first time."""
    return Problem(
        503,
        "list.not_there",
        "Listan byggs",
        "Listan håller på att byggas från händelserna och är inte klar.",
        "Försök igen om en stund. Ett enskilt ärende går att läsa redan nu.",
    )


def not_allowed(what: str) -> Problem:
    """The officer's roles do not allow it.

    Args:
        what: what was asked for, as the end of a sentence: `läsa HYRA`.
    """
    return Problem(
        403,
        "not_allowed",
        "Saknar behörighet",
        f"Du har inte behörighet att {what}.",
        "Be den som har rollen, eller be systemadministratören om den.",
    )


def from_refused(refused: Refused, known_fields: Collection[str] = ()) -> Problem:
    """Return the problem of something that cannot be recorded.

    Args:
        refused: the domain's answer.
        known_fields: the field names that may be repeated; others are not, since the sender chose
            them.
    """
    return Problem(
        422,
        refused.code,
        "Kan inte registreras",
        refused.message,
        refused.remedy,
        fields=tuple((_named(path, known_fields), detail) for path, detail in refused.fields),
        lagrum=refused.lagrum,
    )


def from_ledger(error: LedgerError) -> Problem:
    """Return the problem of something the ledger refuses or cannot do."""
    if isinstance(error, Conflict) and error.last is not None:
        return _problem_of(error.code, _conflict(error.last, above=error.above))
    return _problem_of(error.code, _LEDGER.get(error.code, _UNEXPECTED))


def unexpected() -> Problem:
    """Something went wrong that nobody foresaw. The log has it, under the problem's instance."""
    return Problem(500, "unexpected", _UNEXPECTED.title, _UNEXPECTED.detail, _UNEXPECTED.remedy)


def _named(path: str, known_fields: Collection[str]) -> str:
    known: list[str] = []
    for part in path.split("."):
        place = known and part.isdecimal() and len(part) <= _DIGITS  # in a list that is ours
        if part in known_fields or place:
            known.append(part)
    return ".".join(known) or UNNAMED_FIELD


@dataclass(frozen=True, slots=True)
class _Words:
    status: int
    title: str
    detail: str
    remedy: str


def _problem_of(code: str, words: _Words) -> Problem:
    return Problem(words.status, code, words.title, words.detail, words.remedy)


def _conflict(last: int, *, above: bool) -> _Words:
    """Name the last version: whoever writes in a stream may read it. Of a stream that another nämnd
    holds nothing is known here, as of one that does not exist.
    """
    if not last:
        detail = "Strömmen finns inte, eller så ligger den hos en annan nämnd."
        remedy = "Kontrollera strömmens id och för vilken nämnd du handlar."
    elif above:
        detail = f"Versionen du angav finns inte än: den senaste är {last}."
        remedy = "Ange den version av strömmen som du har läst."
    else:
        detail = f"Strömmen har ändrats: den senaste versionen är nu {last}."
        remedy = "Läs strömmen på nytt, ta ställning igen och skicka med den nya versionen."
    return _Words(412, _WRONG_VERSION, detail, remedy)


_UNEXPECTED: Final = _Words(
    500,
    "Ett fel i tjänsten",
    "Något gick fel som vi inte hade räknat med. Inget har registrerats till hälften.",
    "Försök igen. Händer det på nytt, lämna referensen till den som driver tjänsten.",
)
_AWAY: Final = _Words(
    503,
    "Tjänsten svarar inte just nu",
    "Databasen kunde inte nås.",
    "Försök igen om en stund. Skicka samma kommando med samma nyckel: det utförs en gång.",
)
_KEYS_AWAY: Final = _Words(
    503,
    "Nycklarna kan inte nås",
    "En nyckel som behövs finns inte där den ska finnas, eller får inte användas som den ligger.",
    "Säg till den som driver tjänsten: nyckelvalvet behöver ses över.",
)
_OTHER_HOLDER: Final = _Words(
    403,
    "Saknar behörighet",
    "Det ligger inte hos nämnden du handlar för.",
    "Kontrollera för vilken nämnd du handlar.",
)

_LEDGER: Final[Mapping[str, _Words]] = {
    "conflict.version": _Words(
        412,
        _WRONG_VERSION,
        "Versionen du utgick från är inte den senaste.",
        "Läs strömmen på nytt, ta ställning igen och skicka med den nya versionen.",
    ),
    "idempotency.reused": _Words(
        422,
        "Nyckeln är redan använd",
        "Samma Idempotency-Key har använts för ett annat innehåll.",
        "Använd en ny nyckel för ett nytt kommando.",
    ),
    "idempotency.expired": _Words(
        409,
        "Nyckeln är för gammal",
        "Det går inte längre att avgöra om kommandot är detsamma som förra gången.",
        "Läs strömmen. Saknas händelsen, skicka den med en ny nyckel.",
    ),
    "ledger.not_allowed": _OTHER_HOLDER,
    "ledger.not_held": _Words(
        403,
        "Ligger inte hos nämnden",
        "Strömmen, spärren eller gallringsbeslutet finns inte, är gallrat eller avslutat, eller"
        " ligger hos en annan nämnd.",
        "Kontrollera vad det gäller. Beslutas gallring av det som nu ligger hos en annan nämnd,"
        " gör den nämnden det; det äldre beslutet återtas.",
    ),
    "keys.not_holder": _OTHER_HOLDER,
    "ledger.malformed": _Words(
        422,
        "Kan inte lagras",
        "Uppgifterna har en form som liggaren inte kan lagra.",
        "Kontrollera tiden för händelsen och fältens värden.",
    ),
    "keys.no_subject": _Words(
        422,
        "Person saknas",
        "Händelsen gäller en person som strömmen inte har.",
        "Öppna ärendet med parten, eller lägg till medparten, innan händelsen registreras.",
    ),
    "keys.subject_taken": _Words(
        422,
        "Annan person",
        "Strömmen gäller redan en annan person på den platsen.",
        "Registrera i rätt ärende. Är fel person registrerad: markera posten, öppna nytt ärende.",
    ),
    "ledger.clock": _Words(
        503,
        "Klockorna stämmer inte",
        "Tjänstens, databasens och loggens klockor skiljer sig för mycket. Inget har registrerats.",
        "Säg till den som driver tjänsten: klockorna behöver ställas.",
    ),
    "ledger.destroyed": _Words(
        410,
        "Gallrad",
        "Strömmen eller en nyckel i den är förstörd enligt ett gallringsbeslut.",
        "Öppna ett nytt ärende.",
    ),
    "ledger.unknown_namnd": _Words(
        422,
        "Nämnden finns inte",
        "Nämnden som ska ta emot ärendet är inte registrerad.",
        "Kontrollera nämnden. Är den ny, ska den först registreras i DRIFT.",
    ),
    "ledger.not_concerned": _Words(
        422,
        "Fel person",
        "Gallringen gäller en person som strömmen inte har. Inget har gallrats.",
        "Kontrollera beslutet och fatta ett nytt om rätt person och rätt ström.",
    ),
    "ledger.held": _Words(
        409,
        "Gallringen hindras",
        "En gallringsspärr gäller för strömmen, eller så hör strömmen själv till en spärr som"
        " gäller eller till ett öppet gallringsbeslut.",
        "Se efter vilken spärr som gäller. Är dess grund borta, kan nämnden som satte den häva"
        " den.",
    ),
    "ledger.begun": _Words(
        409,
        "Gallringen har börjat",
        "Gallringen har börjat. Den kan inte längre spärras eller återtas, och strömmen inte"
        " lämnas över.",
        "Låt en annan handläggare än den som beslutade utföra den färdigt.",
    ),
    "ledger.durability_unknown": _Words(
        503,
        "Oklart om det registrerades",
        "Svaret från databasen gick förlorat.",
        "Skicka samma kommando igen med samma nyckel: det utförs en gång.",
    ),
    "ledger.busy": _Words(
        503,
        "Tjänsten är upptagen",
        "Det tog för lång tid att komma fram till databasen. Inget har registrerats.",
        "Vänta några sekunder och skicka samma kommando med samma nyckel: det utförs en gång.",
    ),
    "ledger.unavailable": _AWAY,
    "list.stopped": _Words(
        503,
        "Listan kan inte byggas",
        "En av händelserna kan inte föras in i listan. Den lista som visas är kvar som den var.",
        "Säg till den som driver tjänsten: loggen anger var, och ett nyare program kan behövas.",
    ),
    "ledger.behind_witness": _Words(
        503,
        "Loggen saknar händelser",
        "Loggen är kortare än vad som har bevittnats. Den tar inte emot nya händelser; läsa går.",
        "Säg till den som driver tjänsten: en nyare kopia ska sökas, annars öppnas en ny epok.",
    ),
    "keys.unavailable": _KEYS_AWAY,
    "keys.tampered": _KEYS_AWAY,
    "ledger.tampered": _Words(
        500,
        "Det lagrade stämmer inte",
        "En lagrad händelse stämmer inte med sin kontrollsumma. Inget visas.",
        "Säg till den som driver tjänsten: kör liggare fsck.",
    ),
    "ledger.not_replayed": _Words(
        503,
        "Gallrat har kommit tillbaka",
        "Databasen är återläst från en tid före en gallring. Den öppnas inte med det gallrade i.",
        "Kör liggare replay: det gallrar på nytt.",
    ),
    "ledger.not_founded": _Words(
        503,
        "Ingen liggare",
        "Databasen håller ingen liggare än.",
        "Kör liggare init.",
    ),
}
