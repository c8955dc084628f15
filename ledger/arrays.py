"""Arrays on their way to the server, in its own binary form.

psycopg dumps a list element by element and asks each one for its type. For ten events that took a
third of the whole append, so the few kinds of arrays that the functions take are written here. The
layout is PostgreSQL's `array_recv`; the statement says the type, as in `%s::uuid[]`.
"""

from collections.abc import Iterable
from struct import Struct
from typing import Final
from uuid import UUID

import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format
from typing_extensions import override

_HEAD: Final = Struct("!iiIii").pack  # dimensions, has nulls, element's type, length, lower bound
_LENGTH: Final = Struct("!i").pack
_BIGINT: Final = Struct("!q").pack
_INTEGER: Final = Struct("!i").pack
_SMALLINT: Final = Struct("!h").pack

_OIDS: Final = psycopg.adapters.types
_UUID_OID, _BYTEA_OID, _TEXT_OID = (_OIDS[name].oid for name in ("uuid", "bytea", "text"))
_BIGINT_OID, _INTEGER_OID, _SMALLINT_OID = (_OIDS[name].oid for name in ("int8", "int4", "int2"))


class Array(bytes):
    """A one-dimensional array without nulls, in binary form."""

    __slots__ = ()


def uuids(values: Iterable[UUID]) -> Array:
    """Return a `uuid[]`."""
    return _array(_UUID_OID, [value.bytes for value in values])


def byteas(values: Iterable[bytes]) -> Array:
    """Return a `bytea[]`."""
    return _array(_BYTEA_OID, list(values))


def texts(values: Iterable[str]) -> Array:
    """Return a `text[]`. The connection's encoding must be UTF-8."""
    return _array(_TEXT_OID, [value.encode() for value in values])


def bigints(values: Iterable[int]) -> Array:
    """Return a `bigint[]`."""
    return _array(_BIGINT_OID, list(map(_BIGINT, values)))


def integers(values: Iterable[int]) -> Array:
    """Return an `integer[]`."""
    return _array(_INTEGER_OID, list(map(_INTEGER, values)))


def smallints(values: Iterable[int]) -> Array:
    """Return a `smallint[]`."""
    return _array(_SMALLINT_OID, list(map(_SMALLINT, values)))


def _array(element_oid: int, items: list[bytes]) -> Array:
    head = _HEAD(1, 0, element_oid, len(items), 1)
    return Array(head + b"".join([_LENGTH(len(item)) + item for item in items]))


class _ArrayDumper(Dumper):
    format = Format.BINARY
    oid = 0  # the statement's cast says which

    @override
    def dump(self, obj: Array) -> Buffer:
        return obj


psycopg.adapters.register_dumper(Array, _ArrayDumper)
