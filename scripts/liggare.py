"""`liggare`: the command line. Acts as a named officer, through the gateways of all clients."""

import shlex
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID, uuid5

if (__name__ == "__main__" or Path(sys.argv[0]).name == "liggare") and signal.getsignal(
    signal.SIGINT
) is signal.default_int_handler:
    # The imports take most of a second. Nothing is to be tidied up until they are done, so Ctrl-C
    # may simply end us. Where it was to be ignored, it stays so.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import typer
from pydantic_core import PydanticCustomError

from api import exporting
from api.acting import Acting, Purpose
from api.answers import receipt, state_json, stream_json, trail_json
from api.bodies import parse
from api.clock import new_id, utc_now
from api.filing import ToFile, document_of
from api.house import House
from api.policy import Action
from api.problems import Problem, not_found
from api.questions import canonical_uuid, clocks
from api.reading import SIDES, CaseRead
from api.recording import Order
from api.saying import understand
from domain.kernel.codes import DocumentKind, EpochReason
from domain.kernel.occurred import Occurred
from domain.kernel.shapes import HolderChanged
from domain.kernel.values import to_day
from ledger.canonical import encode
from ledger.codec import Json, Lane
from ledger.connections import MIGRATOR
from ledger.destroy import replay as replay_destruction
from ledger.destroy import rewrite_files
from ledger.fsck import fsck as check_ledger
from ledger.lists import rebuild as rebuild_lists
from projections import case as case_views
from projections import plain
from projections.clocks import Clocks
from projections.lists import LISTS
from projections.texts import HANDED_OVER, LANES, TYPES, UNKNOWN_TYPE
from projections.trail import trail as trail_of
from scripts import documents, importing, operating
from scripts.asking import lines_of, tell_if_asked
from scripts.founding import DEV_NAMND, DEV_OFFICER, found_ledger
from scripts.officers import as_officer, dev_token, namnder_of
from scripts.opening import founding_alone, opened
from scripts.options import As, AsJson, Gallde, Kalla, Kant, Key, Namnd, Where, Why
from scripts.output import Faults, run, show, show_json, tell, tell_of_waiting
from scripts.settings import DESTROYING, Settings, SettingsError
from scripts.usage import Command, program

EXIT_CODES: Final = """\
Slutkoder: 0 klart, 1 avvisat, 2 fel användning, 3 konflikt, 4 inte behörig eller finns inte,
5 inte tillgängligt, 6 kontrollen fann fel, 7 oväntat fel."""

_CASE_OR_STREAM: Final = (
    "Kontrollera id och för vilken nämnd du handlar. Ett ärende anges med sitt id, en enda ström"
    " som process/id, som hyra/6ec1f1b5-…"
)

app = program(
    no_args_is_help=True,
    help="Liggaren: ärendeliggare för bostadssociala kontrakt.",
    epilog=EXIT_CODES,
)


def main() -> None:
    """Run `liggare`."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # both are text files
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(run(app, "liggare"))


# ---------------------------------------------------------------- founding and serving


@app.command(cls=Command)
def init(
    namnd: Annotated[
        str | None, typer.Option("--namnd", metavar="NAMN", help="Den första nämndens namn.")
    ] = None,
    officer: Annotated[
        str | None,
        typer.Option(
            "--handlaggare", metavar="NAMN", help="Den första systemadministratörens namn."
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Grunda liggaren. Kan upprepas.

    Skapar databasernas schema, öppnar de fem loggarna och registrerar den första nämnden och
    dess systemadministratör, så långt det inte redan är gjort.
    """
    settings = Settings.read()
    if not settings.development and not (namnd and officer):
        raise SettingsError(
            "Första nämnden och systemadministratören är inte angivna.",
            "Ange --namnd och --handlaggare.",
        )
    with founding_alone(settings, tell_of_waiting):
        founded = found_ledger(settings, namnd or DEV_NAMND, officer or DEV_OFFICER)
    if as_json:
        show_json(
            {
                "ledger": str(founded.ledger),
                "applied": list(founded.applied),
                "logs": [lane.value for lane in founded.logs],
                "registered": founded.first,
                "namnd": str(founded.namnd),
                "officer": str(founded.officer),
            }
        )
        return
    print(f"Liggaren {founded.ledger}")
    print(f"Schemat: {len(founded.applied)} filer tillämpade nu.")
    print(f"Loggar öppnade nu: {', '.join(LANES[lane] for lane in founded.logs) or 'inga'}.")
    if founded.first:
        print(f"Första nämnden {founded.namnd}, systemadministratören {founded.officer}.")
        print("Utgivaren av tokens ska ange handläggarens id som sub.")
    else:
        print("Nämnd och systemadministratör fanns redan.")


@app.command(cls=Command)
def serve(
    host: Annotated[
        str, typer.Option(metavar="ADRESS", help="Adressen att lyssna på.")
    ] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(metavar="PORT", help="Porten; annars 8000 eller nästa lediga.")
    ] = None,
) -> None:
    """Svara på HTTP, tills det avbryts med Ctrl-C eller SIGTERM."""
    from scripts import serving  # noqa: PLC0415 - the other commands start faster without

    settings = Settings.read()
    serving.require_reachable_only_here(settings, host)
    serving.require_port(port)
    with opened(settings) as house:
        listener = serving.listening(host, port)
        at = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        serving.serve_house(house, settings, listener, lambda: tell(f"Liggaren svarar på {at}"))


@app.command(cls=Command)
def token(as_: As = None, *, as_json: AsJson = False) -> None:
    """Skriv ut en token för anrop över HTTP. Bara i utveckling.

    Med --json också handläggarens id och de nämnder som handläggaren kan handla för.
    """
    with opened(Settings.read()) as house:
        given = dev_token(house, as_)
        officer = house.verifier.officer(given, utc_now())
        namnder = namnder_of(house, officer) if as_json else ()
    if as_json:
        offered: list[Json] = [{"id": id_, "name": name} for id_, name in namnder]
        show_json({"token": given, "officer": str(officer), "namnder": offered})
    else:
        print(given)


# ---------------------------------------------------------------- recording and reading


@app.command("typ", cls=Command)
def show_type(
    type_: Annotated[
        str | None,
        typer.Argument(metavar="TYP", help="Händelsetypen. Utelämnas den visas alla."),
    ] = None,
    lane: Annotated[
        Lane | None, typer.Option("--process", metavar="PROCESS", help="Bara den processens.")
    ] = None,
) -> None:
    """Visa vad en händelse av en typ säger: fält, koder och ett exempel att börja med."""
    from scripts import types  # noqa: PLC0415 - the other commands start faster without

    show(types.list_of_types(lane) if type_ is None else types.type_in_words(type_, lane))


@app.command(cls=Command)
def record(  # noqa: PLR0913, PLR0917 - each option is an argument
    lane: Annotated[Lane, typer.Argument(metavar="PROCESS", help="Processen.")],
    stream: Annotated[
        str | None,
        typer.Argument(metavar="STRÖM", help="Strömmens id. Utelämnas det öppnas en ny ström."),
    ] = None,
    file: Annotated[
        typer.FileBinaryRead,
        typer.Option(
            "--fil", metavar="FIL", help="Filen att läsa; annars standard in.", show_default=False
        ),
    ] = "-",  # type: ignore[assignment]  # what typer takes for standard input
    version: Annotated[
        int,
        typer.Option(
            "--version",
            metavar="TAL",
            min=0,
            help="Den version av strömmen som du har sett; utelämnas för en ny ström.",
            show_default=False,
        ),
    ] = 0,
    key: Key = None,
    as_: As = None,
    namnd: Namnd = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Registrera vad som har hänt: ett JSON-objekt, eller ett på varje rad, i samma ström."""
    first_key = new_id() if key is None else _uuid(key, "--nyckel")
    target = None if stream is None else _uuid(stream, "STRÖM")
    if (target is None) != (version == 0):
        raise SettingsError(
            "En ny ström har varken id eller version; en befintlig har båda.",
            "Ange STRÖM och --version tillsammans, eller ingendera.",
        )
    tell_if_asked(file, "vad som har hänt, som JSON,")
    bodies = _parsed(_commands(file.read()))
    receipts: list[Json] = []
    with as_officer(as_, namnd) as (house, acting):
        for number, body in enumerate(bodies):
            order_key = first_key if number == 0 else uuid5(first_key, str(number))
            try:
                order = Order(lane, target, version, order_key, body, understand(lane, body))
                stored = house.writes.record(acting, order, utc_now())
            except Exception:
                _tell_how_far(number, len(bodies), first_key)
                raise
            assert isinstance(stored.originator_id, UUID)
            target, version = stored.originator_id, stored.originator_version
            receipts.append(receipt(lane, stored))
            if not as_json:
                print(f"{stored.topic.partition('/')[0]}: {lane}/{target}/{version}")
            if lane in SIDES and isinstance(order.command.fact, HolderChanged):
                tell(f"liggare: {HANDED_OVER}")
            _progress(number + 1, len(bodies))
    if as_json:
        show_json(receipts if len(receipts) != 1 else receipts[0])


@app.command(cls=Command)
def file(  # noqa: PLR0913, PLR0917 - each option is an argument
    lane: Annotated[Lane, typer.Argument(metavar="PROCESS", help="Processen.")],
    stream: Annotated[str, typer.Argument(metavar="STRÖM", help="Aktens id.")],
    path: Annotated[Path, typer.Argument(metavar="FIL", help="Handlingen.")],
    version: Annotated[
        int,
        typer.Option("--version", metavar="TAL", min=1, help="Den version som du har sett."),
    ],
    kind: Annotated[DocumentKind, typer.Option("--slag", help="Vad det är för handling.")],
    occurred: Annotated[
        str, typer.Option("--dag", metavar="DAG", help="Handlingens dag, ÅÅÅÅ-MM-DD.")
    ],
    heading: Annotated[
        typer.FileBinaryRead,
        typer.Option(
            "--rubrik-fil",
            metavar="FIL",
            help="Filen med rubriken på en rad; annars standard in.",
            show_default=False,
        ),
    ] = "-",  # type: ignore[assignment]  # what typer takes for standard input
    media_type: Annotated[
        str | None,
        typer.Option("--typ", metavar="TYP", help="Filtyp; annars efter innehåll och filnamn."),
    ] = None,
    key: Key = None,
    as_: As = None,
    namnd: Namnd = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Lägg in en handling, förseglad, i en akt.

    Vad handlingen heter läses från en fil eller standard in: det hör inte hemma på kommandoraden,
    där andra på datorn kan se det. När slaget är utanfor_katalogen står det på en andra rad vad
    handlingen är.
    """
    target, order_key = _uuid(stream, "STRÖM"), new_id() if key is None else _uuid(key, "--nyckel")
    day = _day(occurred, "--dag")
    asked = {"heading": "Rubriken"}
    if kind is DocumentKind.UTANFOR_KATALOGEN:
        asked["kindText"] = "Vad handlingen är"
    told = zip(asked, lines_of(heading, *asked.values()), strict=True)
    said: dict[str, Json] = {
        "occurred": str(Occurred.on(day)),
        "fact": {"kind": kind.value, **dict(told)},
    }
    with documents.opened(path) as (content, length), as_officer(as_, namnd) as (house, acting):
        to_file = ToFile(
            lane=lane,
            stream=target,
            expected=version,
            key=order_key,
            body=parse(encode(said)),
            media_type=media_type or documents.media_type_of(path, content),
            length=length,
        )
        stored = documents.file_document(house, acting, to_file, content)
    if as_json:
        show_json(receipt(lane, stored) | {"document": document_of(stored)})
    else:
        print(f"Handling {document_of(stored)}: {lane}/{target}/{stored.originator_version}")


@app.command(cls=Command)
def fetch(  # noqa: PLR0913, PLR0917 - each option is an argument
    lane: Annotated[Lane, typer.Argument(metavar="PROCESS", help="Processen.")],
    document: Annotated[str, typer.Argument(metavar="HANDLING", help="Handlingens id.")],
    path: Annotated[
        Path, typer.Option("--till", metavar="FIL", help="Var den sparas. Får inte finnas.")
    ],
    as_: As = None,
    namnd: Namnd = None,
    why: Why = Purpose.HANDLAGGNING,
) -> None:
    """Hämta en handling till en fil."""
    id_ = _uuid(document, "HANDLING")
    with as_officer(as_, namnd) as (house, acting):
        documents.save(house.reads.document(acting, lane, id_, why), path)


@app.command(cls=Command)
def state(  # noqa: PLR0913, PLR0917 - each option is an argument
    where: Where,
    gallde: Gallde = "",
    kant: Kant = "",
    kalla: Kalla = "",
    as_: As = None,
    namnd: Namnd = None,
    why: Why = Purpose.HANDLAGGNING,
    *,
    as_json: AsJson = False,
) -> None:
    """Visa läget i ett ärende eller en ström."""
    asked = _clocks(gallde, kant, kalla)
    with as_officer(as_, namnd) as (house, acting):
        lane, read = _read(house, acting, where, why, "state")
    if as_json:
        show_json((stream_json if lane else state_json)(read, asked, acting))
        return
    show(case_views.to_text(case_views.case_view(read.events, asked, read.names)).rstrip())
    _tell_hidden(read)


@app.command(cls=Command)
def trail(  # noqa: PLR0913, PLR0917 - each option is an argument
    where: Where,
    gallde: Gallde = "",
    kant: Kant = "",
    kalla: Kalla = "",
    as_: As = None,
    namnd: Namnd = None,
    why: Why = Purpose.HANDLAGGNING,
    *,
    as_json: AsJson = False,
) -> None:
    """Visa historiken i ett ärende eller en ström: allt som är registrerat, i ordning."""
    asked = _clocks(gallde, kant, kalla)
    with as_officer(as_, namnd) as (house, acting):
        lane, read = _read(house, acting, where, why, "trail")
    if as_json:
        show_json((stream_json if lane else trail_json)(read, asked, acting))
        return
    show(plain.to_text(trail_of(read.events, asked, read.names)).rstrip())
    _tell_hidden(read)


@app.command(cls=Command)
def export(
    where: Where,
    as_: As = None,
    namnd: Namnd = None,
    why: Why = Purpose.UTLAMNANDE,
    *,
    to_import: Annotated[
        bool, typer.Option("--till-import", help="Skriv rader som liggare import tar emot.")
    ] = False,
) -> None:
    """Skriv ut händelserna så som de är lagrade, ett JSON-objekt på varje rad."""
    with as_officer(as_, namnd) as (house, acting):
        _, read = _read(house, acting, where, why, "export", stored=True)
    show("\n".join((exporting.import_lines if to_import else exporting.lines)(read)))


@app.command(cls=Command)
def sok(
    lane: Annotated[Lane, typer.Argument(metavar="PROCESS", help="bistand eller hyra.")],
    why: Why = Purpose.HANDLAGGNING,
    as_: As = None,
    namnd: Namnd = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Sök en person på nummer, som läses från standard in. Bara hela nummer söks."""
    if lane not in SIDES:
        raise SettingsError("Där finns inget personregister.", "Ange bistand eller hyra.")
    if sys.stdin.isatty():
        tell("Personens nummer:")
    number = sys.stdin.readline()
    with as_officer(as_, namnd) as (house, acting):
        found = house.reads.find_person(acting, lane, number, why)
    if as_json:
        show_json(found.to_json())
        return
    if not found.persons:
        print("Ingen i processens personregister har det numret.")
    for person in found.persons:
        earlier = "" if person.number_in_force else " (numret är ett tidigare)"
        show(f"{person.name or 'Namnet går inte att läsa'}{earlier}")
        for stream in person.streams:
            print(f"  akt {lane}/{stream}")
        for case in person.cases:
            print(f"  ärende {lane}/{case.stream}{', har lämnat det' if case.left else ''}")


@app.command(cls=Command)
def lista(
    count: Annotated[
        int, typer.Option("--antal", metavar="ANTAL", min=1, help="Högst så många.")
    ] = 50,
    why: Why = Purpose.HANDLAGGNING,
    as_: As = None,
    namnd: Namnd = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Lista nämndens ärenden, det senaste först, med parterna och den senaste posten."""
    with as_officer(as_, namnd) as (house, acting):
        cases = house.reads.cases(acting, why)
        lines = house.reads.lines(acting, cases[:count], why)
    if as_json:
        listed: list[Json] = [
            {
                "case": str(line.case),
                "parties": list(line.parties),
                "protected": line.protected,
                "latest": line.latest,
            }
            for line in lines
        ]
        show_json({"total": len(cases), "cases": listed})
        return
    for line in lines:
        parties = " och ".join(line.parties) or "ingen part som du får läsa"
        latest = TYPES.get(line.latest, UNKNOWN_TYPE).title_on(line.occurred.day)
        show(f"{line.case}  {parties}{', skyddad' if line.protected else ''}  {latest}")
    if not cases:
        show("Nämnden har inga ärenden.")
    elif len(cases) > count:
        show(f"Visade: {count} av {len(cases)}, det senaste först. Fler: --antal.")


@app.command("import", cls=Command)
def import_(  # noqa: PLR0913 - each option is an argument
    file: Annotated[typer.FileBinaryRead, typer.Argument(metavar="FIL", help="- för standard in.")],
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mappning",
            exists=True,
            dir_okay=False,
            help="FIL är CSV; hur den läses står i den här filen.",
        ),
    ] = None,
    as_: As = None,
    namnd: Namnd = None,
    *,
    check_only: Annotated[
        bool, typer.Option("--check", help="Kontrollera bara; registrera inget.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """För in händelser från en fil, en på varje rad. Hela filen kontrolleras först.

    Är en enda rad fel registreras inget. Samma fil en gång till lägger inget till, och en
    avbruten import fortsätter där den var. Formatet står i docs/import.md.
    """
    tell_if_asked(file, "händelserna")
    with as_officer(as_, namnd) as (house, acting):
        done = importing.import_file(house, acting, file.read(), mapping, check_only=check_only)
    if as_json:
        show_json(done.to_json())
    else:
        print(done.in_words())
        if not check_only:
            print("Nämndens ärenden: liggare lista, eller sidan i webbläsaren.")


@app.command("stad", cls=Command)
def stad(  # noqa: PLR0913 - each option is an argument
    cases: Annotated[int, typer.Option("--cases", metavar="ANTAL", min=1, help="Antal ärenden.")],
    seed: Annotated[int, typer.Option("--seed", metavar="TAL", min=0, help="Vilken stad.")] = 1,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--till", metavar="MAPP", help="Skriv bara importfilerna, en för varje nämnd."
        ),
    ] = None,
    as_: As = None,
    namnd: Namnd = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Fyll liggaren med en påhittad liten stad, eller skriv den som importfiler. Bara i utveckling.

    Samma antal och tal ger samma stad. Nämnderna och handläggaren stina registreras av den som
    --as anger, en systemadministratör. Avbruten går den vidare när kommandot körs igen.
    """
    from scripts import stad as small_city  # noqa: PLC0415 - the other commands start faster without

    if not Settings.read().development:
        raise SettingsError("liggare stad är för utveckling.", "En verklig liggare fylls inte så.")
    if folder:
        written = dict(small_city.write(folder, cases, seed))
        if as_json:
            show_json({str(path): lines for path, lines in written.items()})
        for path, lines in written.items() if not as_json else ():
            print(f"{path}: {lines} händelser")
        return
    right = (Lane.SYSTEM, Action.ADMINISTER)
    with as_officer(as_, namnd, right=right) as (house, acting):
        imported = small_city.people(house, acting, cases, seed)
    if as_json:
        show_json({name: done.to_json() for name, done in imported.items()})
        return
    for name, done in imported.items():
        print(f"{name}. {done.in_words()}")
    handle = small_city.HANDLE
    print(f"Handläggaren {handle} är enhetschef i nämnderna.")
    look = ("liggare", "lista", "--as", handle, "--namnd", next(iter(imported)))
    print(f"Läs som {handle}: {shlex.join(look)}")


@app.command(cls=Command)
def rebuild(as_: As = None, namnd: Namnd = None, *, as_json: AsJson = False) -> None:
    """Bygg om listorna, läs om alla ärenden du får läsa, och pröva att vart och ett går att visa.

    En lista byggs bredvid den som visas och tar dess plats när den är klar, och det som personer
    söks med skrivs om. Ingen vy över ett enskilt ärende lagras, så där ersätts inget. Ett ärende
    som inte går att läsa upptäcks här.
    """
    with as_officer(as_, namnd) as (house, acting):
        rebuild_lists(house.processes.ledger.connections, LISTS)
        folded = operating.fold_all(house, acting, _progress)
    if as_json:
        show_json(folded.to_json())
        return
    print("Listorna är ombyggda.")
    print(f"Ärenden lästa om: {folded.cases}, med händelser: {folded.events}.")
    print(
        f"Processer som inte visas, eller inte helt: {folded.not_shown}."
        f" Händelser av okänd typ: {folded.unknown},"
        f" med gallrade eller oläsliga uppgifter: {folded.unreadable}."
    )
    print(f"Akter, processer och ärenden som går att söka fram på nytt: {folded.found_again}.")


# ---------------------------------------------------------------- operating


@app.command(cls=Command)
def fsck(as_: As = None, namnd: Namnd = None, *, as_json: AsJson = False) -> None:
    """Kontrollera allt som kan kontrolleras utan nycklar. Slutkoden är 6 om något är fel."""
    with as_officer(as_, namnd, {MIGRATOR}, right=(Lane.SYSTEM, Action.OPERATE)) as (house, _):
        report = check_ledger(house.processes.ledger)
    if as_json:
        show_json(
            {
                "events": {lane.value: count for lane, count in report.events.items()},
                "destroyed": report.destroyed,
                "faults": [{"where": fault.where, "what": fault.what} for fault in report.faults],
            }
        )
    else:
        for lane, count in report.events.items():
            print(f"Händelser i {LANES[lane]}: {count}")
        print(f"Helt gallrade: {report.destroyed}. Fel: {len(report.faults)}.")
        for fault in report.faults:
            print(f"  {fault.where}: {fault.what}")
    if report.faults:
        raise Faults


@app.command(cls=Command)
def epoch(  # noqa: PLR0913 - each option is an argument
    lane: Annotated[Lane, typer.Argument(metavar="PROCESS", help="Processen.")],
    reason: Annotated[EpochReason, typer.Option("--skal", help="Skälet.")],
    text: Annotated[
        typer.FileBinaryRead | None,
        typer.Option(
            "--text-fil",
            metavar="FIL",
            help="Filen med skälet i egna ord på en rad; - för standard in.",
        ),
    ] = None,
    as_: As = None,
    namnd: Namnd = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Öppna en ny epok i en logg, efter en återläsning med förlust eller ett klockfel."""
    own_words = lines_of(text, "Skälet")[0] if text else None
    with as_officer(as_, namnd, {MIGRATOR}) as (house, acting):
        stored = operating.open_epoch(house, acting, lane, reason, own_words)
    if as_json:
        show_json(receipt(lane, stored))
    else:
        print(f"Epok {stored.receipt.epoch} i {LANES[lane]} börjar på {stored.receipt.index}.")


@app.command(cls=Command)
def gallra(
    gallring: Annotated[
        str | None, typer.Argument(metavar="GALLRING", help="Gallringsbeslutets ström i tillsyn.")
    ] = None,
    as_: As = None,
    namnd: Namnd = None,
    *,
    rewrite: Annotated[
        bool,
        typer.Option("--rewrite", help="Skriv om databasens filer, så att det gallrade är borta."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Utför en beslutad gallring, och skriv om filerna. Kan upprepas efter ett avbrott."""
    if gallring is None and not rewrite:
        raise SettingsError(
            "Det framgår inte vad som ska göras.",
            "Ange ett gallringsbeslut, --rewrite, eller båda.",
        )
    right = (Lane.TILLSYN, Action.OPERATE)
    with as_officer(as_, namnd, DESTROYING, right=right) as (house, acting):
        done: dict[str, Json] = {"rewritten": rewrite}
        if gallring is not None:
            stored = operating.carry_out(house, acting, _uuid(gallring, "GALLRING"))
            done = receipt(Lane.TILLSYN, stored) | done
        if rewrite:
            rewrite_files(house.processes.ledger)
    if as_json:
        show_json(done)
        return
    if gallring is not None:
        print(f"Gallringen är utförd: {done['ref']}.")
    if rewrite:
        print("Tabellfilerna är omskrivna. Vad WAL och kopior ännu håller står i docs/drift.md.")


@app.command(cls=Command)
def replay(as_: As = None, namnd: Namnd = None, *, as_json: AsJson = False) -> None:
    """Gallra på nytt det som en återläst databas fått tillbaka. Dessförinnan öppnas den inte."""
    right = (Lane.TILLSYN, Action.OPERATE)
    with as_officer(as_, namnd, DESTROYING, right=right, to_replay=True) as (house, _):
        replayed = replay_destruction(house.processes.ledger)
    if as_json:
        show_json(asdict(replayed))
        return
    print(f"Förstörda nycklar som databasen inte kände till: {replayed.keys}. Nu känner den dem.")
    print(f"Gallrat på nytt: {replayed.parts} delar och {replayed.streams} hela strömmar.")
    if replayed.parts or replayed.streams:
        print("Skriv om tabellfilerna också: liggare gallra --rewrite.")


# ---------------------------------------------------------------- helpers


def _read(  # noqa: PLR0913 - who, where, why and how much
    house: House, acting: Acting, where: str, why: Purpose, view: str, *, stored: bool = False
) -> tuple[Lane | None, CaseRead]:
    """Read a case, or one stream: then its lane is given too."""
    lane, _, stream = where.rpartition("/")
    id_ = canonical_uuid(stream)
    if id_ is None or lane not in {"", *Lane}:
        raise not_found(_CASE_OR_STREAM)
    if not lane:
        try:
            return None, house.reads.case(acting, id_, why, f"case.{view}", stored=stored)
        except Problem as problem:
            raise (not_found(_CASE_OR_STREAM) if problem.code == "not_found" else problem) from None
    read = house.reads.stream(acting, Lane(lane), id_, why, f"stream.{view}", stored=stored)
    return Lane(lane), read


def _clocks(gallde: str, kant: str, kalla: str) -> Clocks:
    return clocks({"gallde": gallde, "kant": kant, "kalla": kalla}, utc_now())


def _uuid(text: str, what: str) -> UUID:
    found = canonical_uuid(text)
    if found is None:
        raise SettingsError(
            f"{what} är inget id.", "Skriv det så som det visas: 36 tecken, med små bokstäver."
        )
    return found


def _day(text: str, what: str) -> date:
    try:
        return to_day(text)
    except PydanticCustomError as error:
        wrong = "finns inte i kalendern" if error.type == "date.impossible" else "är ingen dag"
    raise SettingsError(f"{what} {wrong}.", "Skriv dagen ÅÅÅÅ-MM-DD, som 2026-04-30.")


def _commands(data: bytes) -> list[bytes]:
    """One command, over as many lines as it likes; or one on each line."""
    lines = [line for line in data.splitlines() if line.strip()]
    if len(lines) > 1 and all(line.lstrip().startswith(b"{") for line in lines):
        return lines
    return [data]


def _parsed(lines: Sequence[bytes]) -> list[dict[str, Json]]:
    bodies = []
    for line in lines:
        try:
            bodies.append(parse(line))
        except Problem:
            if len(lines) > 1:
                tell(f"liggare: kommando {len(bodies) + 1} av {len(lines)}. Inget är registrerat.")
            raise
    return bodies


def _tell_how_far(done: int, total: int, key: UUID) -> None:
    if total > 1:
        recorded = f"{done} är {'registrerat' if done == 1 else 'registrerade'}"
        tell(
            f"liggare: kommando {done + 1} av {total}; {recorded if done else 'inget är gjort'}."
            " Rätta det, om det är fel, och kör alla igen som nu, med samma --version och"
            f" --nyckel {key}: det som är gjort görs inte om."
        )


def _tell_hidden(read: CaseRead) -> None:
    for why in read.hidden.values():
        show(why)


def _progress(done: int, total: int) -> None:
    if total > 1 and sys.stderr.isatty():
        end = "\n" if done == total else ""
        print(f"\r{done} av {total}", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
