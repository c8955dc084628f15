"""The words of the decision process: its types, their fields and codes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from projections.wording import Wording

TYPES: Final[Mapping[str, Wording]] = {}

FIELDS: Final[Mapping[str, str]] = {}
"""Labels of fields; a name that stands elsewhere already is not repeated."""

UNREFERENCED: Final[Mapping[str, str]] = {}

CODES: Final[Mapping[type[StrEnum], Mapping[str, str]]] = {}
