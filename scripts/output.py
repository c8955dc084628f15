"""How the commands end: an exit code that scripts can use; for an error one line and a remedy.

| code | meaning |
|---|---|
| 0 | done |
| 1 | refused: it cannot be recorded or understood so |
| 2 | wrong use: arguments, or how the surroundings are set |
| 3 | conflict: somebody was faster, a spärr stands in the way, or a key is too old |
| 4 | not allowed, not logged in, or not there for this nämnd |
| 5 | not available: database, keys or clocks; try again later |
| 6 | the check has found faults |
| 7 | an error nobody foresaw; the log has it under the reference |
"""

import json
import os
import sys
from collections.abc import Callable
from enum import IntEnum
from http import HTTPStatus
from typing import Final

from api import log
from api.clock import new_id
from api.problems import Problem, from_ledger, from_refused
from domain.kernel.refused import Refused
from ledger.codec import Json
from ledger.embedded import ClusterError
from ledger.errors import LedgerError
from ledger.migrate import MigrationError
from scripts.settings import Settings, SettingsError


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


class Faults(Exception):
    """A check has found what it looks for; all of it has been told."""


def guarded(command: Callable[[], None]) -> int:  # noqa: PLR0911 - one for each kind of end
    """Run a command. Returns its exit code; an error has been told, never as a traceback."""
    try:
        command()
    except Faults:
        return Exit.FAULTS
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except SettingsError as error:
        return _tell(Exit.USAGE, error.message, error.remedy)
    except (ClusterError, MigrationError) as error:
        return _tell(Exit.UNAVAILABLE, str(error), "")
    except (Problem, Refused, LedgerError) as error:
        return tell_problem(as_problem(error))
    except Exception as error:  # noqa: BLE001 - the last resort: told to the log, not to the terminal
        return _unexpected(error)
    return Exit.DONE


def as_problem(error: Problem | Refused | LedgerError) -> Problem:
    """Return the problem an error is."""
    if isinstance(error, Problem):
        return error
    return from_refused(error) if isinstance(error, Refused) else from_ledger(error)


def tell_problem(problem: Problem) -> int:
    """Tell a problem. Returns the exit code."""
    code = _BY_STATUS.get(HTTPStatus(problem.status), Exit.REFUSED)
    if problem.code == "namnd.choose":
        code = Exit.USAGE
    fields = "".join(f"\n  {field}: {detail}" for field, detail in problem.fields)
    return _tell(code, f"{problem.detail} ({problem.code})", problem.remedy + fields)


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
    print(f"liggare: {message}", file=sys.stderr)
    if remedy:
        print(f"  {remedy}", file=sys.stderr)
    return code
