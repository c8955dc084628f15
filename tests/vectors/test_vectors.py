"""The vectors stay as they are, and the page says what the code does."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.vectors.make import FILE, PAGE, make, page_with_fields, to_text
from tests.vectors.reader import check


def test_the_code_makes_the_very_vectors_that_are_kept() -> None:
    assert to_text(make()) == FILE.read_text(encoding="utf-8")


def test_the_table_of_fields_on_the_page_is_that_of_the_registries() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page_with_fields(page) == page


def test_a_reader_written_from_the_page_alone_reproduces_every_hash() -> None:
    assert check(vectors()) > 150


SPOILED: dict[str, Callable[[dict[str, Any]], None]] = {
    "another type": lambda event: replace(event, "envelope", "LeaseSigned/1", "LeaseSignee/1"),
    "another day": lambda event: replace(event, "envelope", "day 2011-10-17", "day 2011-10-18"),
    "another seed": lambda event: event.update(clear=flipped(event["clear"], 14)),
    "another value": lambda event: replace(event, "clear", "2013-10-31", "2013-10-30"),
    "a relabelled class": lambda event: replace(event, "clear", "@ 0 ordinary", "@ 0 officer"),
    "a field left out": lambda event: replace(event, "clear", "6 null\n", ""),
    "another leaf": lambda event: event.update(leaf=flipped(event["leaf"], 0)),
    "another seal": lambda event: event.update(seals=flipped(event["seals"], 100)),
    "another ciphertext": lambda event: part(event).update(part=flipped(part(event)["part"], -1)),
    "another slot in a header": lambda event: part(event).update(
        part=flipped(part(event)["part"], 87)
    ),
    "another sealed value": lambda event: part(event).update(
        plaintext=flipped(part(event)["plaintext"], 81)
    ),
    "a part left out": lambda event: event["parts"].pop(),
    "parts in another order": lambda event: event["parts"].reverse(),
}


@pytest.mark.parametrize("what", SPOILED)
def test_the_reader_refuses(what: str) -> None:
    spoiled = vectors()
    events = spoiled["logs"]["hyra"]["events"]
    event = next(event for event in events if "LeaseSigned/1" in event["envelope"])
    before = json.dumps(event)
    SPOILED[what](event)
    assert json.dumps(event) != before, "the vectors have nothing to spoil here"
    with pytest.raises(AssertionError):
        check(spoiled)


def vectors() -> dict[str, Any]:
    """Read the vectors."""
    read: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return read


def replace(event: dict[str, Any], field: str, old: str, new: str) -> None:
    """Put one text in another's place."""
    event[field] = event[field].replace(old, new, 1)


def part(event: dict[str, Any]) -> dict[str, Any]:
    """The event's first sealed part."""
    first: dict[str, Any] = event["parts"][0]
    return first


def flipped(text: str, at: int) -> str:
    """Return the text with another hexadecimal digit in one place."""
    digits = list(text)
    digits[at] = "0" if digits[at] != "0" else "1"
    return "".join(digits)
