"""Every refusal says in plain Swedish what is wrong and what to do instead."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
REFUSALS: Final = {
    "Problem": ("status", "code", "title", "detail", "remedy"),
    "Refused": ("code", "detail", "remedy"),
    "PydanticCustomError": ("code", "detail"),
    "_Words": ("status", "title", "detail", "remedy"),
    "_malformed": ("code", "detail"),
    "_refused": ("code", "detail"),
    "_invalid": ("code", "detail"),
    "_precondition": ("detail",),
}
"""What says no, with its parts in order."""
CODE: Final = re.compile("[a-z_]+([.][a-z0-9_]+)*")
ENGLISH: Final = re.compile(r"\b(the|is|of|and|not|with|must|cannot|this|that)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Refusal:
    """A place in the program that says no, and the words that stand there."""

    place: str
    words: dict[str, str | None]


def refusals(source: str, place: str) -> Iterator[Refusal]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            parts = REFUSALS.get(node.func.id)
            if parts:
                given = dict(zip(parts, node.args, strict=False))
                given |= {one.arg: one.value for one in node.keywords if one.arg}
                words = {part: text(given[part]) for part in parts if part in given}
                assert words.keys() == set(parts), f"{place}:{node.lineno}"
                yield Refusal(f"{place}:{node.lineno}", words)


def text(node: ast.expr) -> str | None:
    """What is written there, `…` for each value that comes in; None where nothing is written."""
    match node:
        case ast.Constant(value=value):
            return str(value)
        case ast.JoinedStr(values=values):
            return "".join(text(one) or "…" for one in values)
        case _:
            return None


def wrong(refusal: Refusal) -> list[str]:
    """What is wrong with the words of a refusal."""
    found = [part for part, words in refusal.words.items() if words is not None and not words]
    for part, words in refusal.words.items():
        if words is None:
            continue
        match part:
            case "code":
                ok = CODE.fullmatch(words) is not None
            case "title":
                ok = words[:1].isupper() and not words.endswith(".")
            case "detail" | "remedy":
                ok = (words[:1].isupper() or words[:1] == "…") and words[-1:] in {".", "?", "…"}
            case _:
                ok = True
        if not ok or (part not in {"code", "status"} and ENGLISH.search(words)):
            found.append(f"{part}: {words}")
    return found


ALL: Final = [
    refusal
    for package in ("api", "domain")
    for path in sorted((ROOT / package).rglob("*.py"))
    for refusal in refusals(path.read_text("utf-8"), str(path.relative_to(ROOT)))
]


@pytest.mark.parametrize("refusal", ALL, ids=lambda refusal: refusal.place)
def test_a_refusal_has_its_code_its_words_and_a_remedy(refusal: Refusal) -> None:
    assert wrong(refusal) == []


def test_the_refusals_of_the_whole_program_are_looked_at() -> None:
    codes = {refusal.words.get("code") for refusal in ALL}
    assert {"body.not_json", "correction.same_person", "text.control_character"} <= codes
    assert len(ALL) > 100


@pytest.mark.parametrize(
    "planted",
    [
        'Refused("a.b", "Det går inte.", remedy="")',
        'Refused("a.b", "The lease is not there.", remedy="Rätta.")',
        'Refused("A B", "Det går inte.", remedy="Rätta.")',
        'Problem(400, "a.b", "Fel.", "Det går inte.", "Rätta.")',
        'Problem(400, "a.b", "Fel", f"det går {x}", "Rätta.")',
    ],
)
def test_the_control_a_refusal_without_its_words_is_found(planted: str) -> None:
    (refusal,) = refusals(planted, "planted")
    assert wrong(refusal)


def test_the_control_a_refusal_without_a_remedy_is_found() -> None:
    with pytest.raises(AssertionError, match="planted:1"):
        list(refusals('Refused("a.b", "Det går inte.")', "planted"))
