"""How the commands end: an exit code that scripts can use; for an error one line and a remedy.

| code | meaning |
|---|---|
| 0 | done |
| 1 | refused: it cannot be recorded, or what was to be recorded is not understood |
| 2 | wrong use: arguments, a question that cannot be asked, or how the surroundings are set |
| 3 | conflict: somebody was faster, a spärr stands in the way, or a key is too old |
| 4 | not allowed, not logged in, or not there for this nämnd |
| 5 | not available: database, keys or clocks; try again later |
| 6 | the check has found faults |
| 7 | an error nobody foresaw; the log has it under the reference |
"""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from http import HTTPStatus
from typing import Final

import psycopg
import typer
from typer.exceptions import TyperException

from api import log
from api.clock import new_id
from api.problems import Problem, from_ledger, from_refused
from domain.kernel.refused import Refused
from ledger.codec import Json
from ledger.embedded import ClusterError
from ledger.errors import LedgerError, from_database
from ledger.migrate import MigrationError
from scripts.settings import Settings, SettingsError
from scripts.usage import in_swedish


class Exit(IntEnum):
    """The exit codes."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    CONFLICT = 3
    NOT_ALLOWED = 4
    UNAVAILABLE = 5
    FAULTS = 6
    UNEXPECTED = 7
    INTERRUPTED = 130


_BY_STATUS: Final = {
    HTTPStatus.UNAUTHORIZED: Exit.NOT_ALLOWED,
    HTTPStatus.FORBIDDEN: Exit.NOT_ALLOWED,
    HTTPStatus.NOT_FOUND: Exit.NOT_ALLOWED,
    HTTPStatus.CONFLICT: Exit.CONFLICT,
    HTTPStatus.PRECONDITION_FAILED: Exit.CONFLICT,
    HTTPStatus.SERVICE_UNAVAILABLE: Exit.UNAVAILABLE,
    HTTPStatus.INTERNAL_SERVER_ERROR: Exit.UNEXPECTED,
}
_WRONG_USE: Final = frozenset({"namnd.choose", "query.form"})
"""Problems with what a command was asked, not with what was to be recorded."""
SERVER_WORDS: Final[Mapping[str, tuple[Exit, str, str]]] = {
    "cluster.failed": (
        Exit.UNAVAILABLE,
        "Databasservern kunde inte startas.",
        "Serverns egen logg, pg/server.log i datamappen, säger varför.",
    ),
    "cluster.folder": (
        Exit.USAGE,
        "Det går inte att läsa och skriva i databasens mapp.",
        "Rätta mappens rättigheter, eller ange en annan datamapp i LIGGAREN_HOME.",
    ),
    "cluster.occupied": (
        Exit.UNAVAILABLE,
        "En annan process håller databasen, men dess databasserver har stannat.",
        "Avsluta processen vars nummer står i pg/owner.lock i datamappen, och starta igen.",
    ),
    "cluster.owner": (
        Exit.USAGE,
        "Databasens mapp tillhör en annan användare.",
        "Starta som mappens ägare, eller ange en annan datamapp i LIGGAREN_HOME.",
    ),
    "cluster.path": (
        Exit.USAGE,
        "Sökvägen till datamappen är för lång.",
        "Ange en kortare i LIGGAREN_HOME.",
    ),
    "cluster.programs": (
        Exit.USAGE,
        "PostgreSQL:s program finns inte där de söks.",
        "Rätta LIGGAREN_PG_BIN, eller ta bort den: då används de som scripts/run installerar.",
    ),
    "cluster.version": (
        Exit.USAGE,
        "Databasen är gjord av en annan version av PostgreSQL än den som finns här.",
        "Ange mappen med den versionens program i LIGGAREN_PG_BIN.",
    ),
    "migration.changed": (
        Exit.USAGE,
        "En fil med databasens schema har ändrats sedan den användes.",
        "Återställ filen. Under utveckling: ta bort datamappen och börja om.",
    ),
    "migration.encoding": (
        Exit.USAGE,
        "Databasen har inte teckenkodningen UTF8.",
        "Skapa den på nytt med ENCODING 'UTF8'.",
    ),
    "migration.newer": (
        Exit.USAGE,
        "Databasen har ett nyare schema än det här programmet känner till.",
        "Använd det nyare programmet.",
    ),
    "migration.server": (
        Exit.USAGE,
        "Databasservern är för gammal.",
        "Liggaren behöver PostgreSQL 15 eller nyare.",
    ),
}
"""What the database's own side says in English, for whoever runs the commands."""


class Faults(Exception):
    """A check has found what it looks for; all of it has been told."""


def run(app: typer.Typer, name: str, arguments: Sequence[str] | None = None) -> int:
    """Run a command line. Returns its exit code; an error has been told, never as a traceback.

    Args:
        app: the program.
        name: what it is called.
        arguments: the command line after the name; None: this process's own.
    """
    try:
        return _guarded(lambda: app(arguments, prog_name=name, standalone_mode=False))
    except TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error, file=sys.stderr)
            return Exit.USAGE
        return _tell(Exit.USAGE, *in_swedish(error, name))


def _guarded(command: Callable[[], object]) -> int:  # noqa: PLR0911 - one for each kind of end
    try:
        code = command()
    except Faults:
        return Exit.FAULTS
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except SettingsError as error:
        return _tell(Exit.USAGE, error.message, error.remedy)
    except (ClusterError, MigrationError) as error:
        return _tell(*SERVER_WORDS[error.code])
    except psycopg.OperationalError as error:
        return tell_problem(from_ledger(from_database(error)))
    except (Problem, Refused, LedgerError) as error:
        return tell_problem(as_problem(error))
    except TyperException:
        raise
    except Exception as error:  # noqa: BLE001 - the last resort: told to the log, not to the terminal
        return _unexpected(error)
    return code if isinstance(code, int) else Exit.DONE


def as_problem(error: Problem | Refused | LedgerError) -> Problem:
    """Return the problem an error is."""
    if isinstance(error, Problem):
        return error
    return from_refused(error) if isinstance(error, Refused) else from_ledger(error)


def tell_problem(problem: Problem) -> int:
    """Tell a problem. Returns the exit code."""
    code = _BY_STATUS.get(HTTPStatus(problem.status), Exit.REFUSED)
    if problem.code in _WRONG_USE:
        code = Exit.USAGE
    fields = "".join(f"\n  {field}: {detail}" for field, detail in problem.fields)
    return _tell(code, f"{problem.detail} ({problem.code})", problem.remedy + fields)


def tell(line: str) -> None:
    """Tell whoever waits how it goes, beside what was asked for."""
    print(line, file=sys.stderr, flush=True)


def tell_of_waiting() -> None:
    """Tell that another start is making what is in the data directory."""
    tell("En annan start gör i ordning samma datamapp. Väntar tills den är klar ...")


def show(text: str) -> None:
    """Print what was asked for. Whoever reads it may stop when they have had enough."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show_json(value: Json) -> None:
    """Print a value for a program."""
    show(json.dumps(value, ensure_ascii=False, indent=2))


def _unexpected(error: Exception) -> int:
    reference = new_id()
    try:
        settings = Settings.read()
        log.to_file(settings.log)
        log.unexpected(error, reference)
        where = f"Loggen {settings.log} har den under referensen {reference}."
    except (OSError, SettingsError):
        where = f"Den kunde inte skrivas i loggen. Referens {reference}."
    return _tell(Exit.UNEXPECTED, "Något gick fel som ingen hade räknat med.", where)


def _tell(code: Exit, message: str, remedy: str) -> int:
    tell(f"liggare: {message}")
    tell(f"  {remedy}")
    return code
