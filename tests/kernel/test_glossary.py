"""The glossary has each Swedish term once, and no name that the code does not have."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in (ROOT / "docs/glossary.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| term ")
]


def test_each_row_has_a_term_a_meaning_and_a_name() -> None:
    assert len(ROWS) > 100
    assert all(len(row) == 3 and all(row) for row in ROWS)


def test_no_term_stands_twice() -> None:
    terms = Counter(term.lower() for row in ROWS for term in row[0].split(", "))
    assert [term for term, times in terms.items() if times > 1] == []


def test_every_name_is_in_the_code() -> None:
    sources = [
        file.read_text("utf-8")
        for package in ("domain", "ledger", "projections")
        for file in (ROOT / package).rglob("*.py")
    ]
    words = set(re.findall(r"\w+", "\n".join(sources)))
    names = {name for row in ROWS for name in re.findall(r"`(\w+)`", row[2])}
    assert names - words == set()


def test_a_missing_name_is_written_as_a_dash() -> None:
    assert all(re.fullmatch(r"-|`\w+`(, `\w+`)*", row[2]) for row in ROWS)
