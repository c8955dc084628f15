"""What the service tells whoever runs it: one JSON object a line.

Without values, and without ids of persons, cases or streams. An access line names the route's
template, never the address. An unexpected error is told by its types and places in the program; its
message is left out, since it may quote what somebody wrote.
"""

import json
import logging
import traceback
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final
from uuid import UUID

from api.clock import utc_now
from domain.kernel.values import format_instant

_LOG: Final = logging.getLogger("liggaren")
_LARGEST_FILE_BYTES: Final = 10_000_000
_OLD_FILES: Final = 5


def to_file(path: Path) -> None:
    """Write the log to a file that its owner alone can read, instead of nowhere."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    handler = RotatingFileHandler(
        path, maxBytes=_LARGEST_FILE_BYTES, backupCount=_OLD_FILES, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(message)s"))
    for old in list(_LOG.handlers):
        _LOG.removeHandler(old)
        old.close()
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)
    _LOG.propagate = False


def access(method: str, route: str, status: int, milliseconds: int, reference: UUID) -> None:
    """Note that a request has been answered.

    Args:
        method: a method we know, else `?`.
        route: its template, as `/v1/arenden/{case}`.
        status: the HTTP status.
        milliseconds: how long it took.
        reference: also in the answer, where that is a problem.
    """
    _LOG.info(
        "%s",
        _line(
            {
                "access": f"{method} {route}",
                "status": status,
                "ms": milliseconds,
                "reference": str(reference),
            }
        ),
    )


def unexpected(error: BaseException, reference: UUID) -> None:
    """Note an error that nobody foresaw: what kind, and where in the program."""
    chain: list[dict[str, object]] = []
    seen: BaseException | None = error
    while seen is not None and len(chain) < 5:  # noqa: PLR2004 - enough to find the cause
        chain.append(
            {
                "type": f"{type(seen).__module__}.{type(seen).__qualname__}",
                "at": [
                    f"{frame.filename}:{frame.lineno} {frame.name}"
                    for frame in traceback.extract_tb(seen.__traceback__)
                ],
            }
        )
        seen = seen.__cause__ or seen.__context__
    _LOG.error("%s", _line({"error": chain, "reference": str(reference)}))


def _line(said: Mapping[str, object]) -> str:
    return json.dumps({"at": format_instant(utc_now()), **said}, ensure_ascii=True)
