"""The one clock and the one source of ids. Everywhere else time and ids are arguments."""

from datetime import UTC, datetime
from uuid import UUID, uuid4  # noqa: TID251 - the one source of ids


def utc_now() -> datetime:
    """Return this moment, UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one clock


def new_id() -> UUID:
    """Return an id that nobody has: random (RFC 9562 version 4)."""
    return uuid4()
