"""A mapping file turns an old system's CSV into lines for import; nothing falls away silently."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from api.clock import utc_now
from scripts.mapping import CsvMapping
from scripts.settings import SettingsError
from tests.api.test_importing import importer
from tests.whole import Whole

PAGE = (Path(__file__).parents[1] / "docs" / "import.md").read_text("utf-8")


def of_the_page(name: str) -> str:
    found = re.search(rf"<!-- {name}:begin -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


MAPPING = json.loads(of_the_page("mapping"))
HEAD = "händelse;ärende;person;datum;registrerad;sätt;text\n"


@pytest.fixture
def lines(tmp_path: Path) -> Any:  # noqa: ANN401 - a function of two forms
    def made(csv: str | bytes, mapping: object = MAPPING) -> list[Any]:
        path = tmp_path / "mapping.json"
        path.write_text(mapping if isinstance(mapping, str) else json.dumps(mapping), "utf-8")
        data = csv if isinstance(csv, bytes) else csv.encode()
        return [json.loads(line) for line in CsvMapping(path).lines(data)]

    return made


def test_a_row_makes_a_line_for_each_entry_it_meets(lines: Any) -> None:  # noqa: ANN401
    made = lines(of_the_page("csv"))
    assert [line["type"] for line in made] == [
        "PersonRegistered", "CaseOpened", "ApplicationReceived", "ApplicationReceived",
    ]  # fmt: skip
    assert made[3] == {
        "source": "paraplyet", "lane": "bistand", "stream": "2011-0417",
        "type": "ApplicationReceived", "occurred": "day 2013-09-16",
        "claimedRecorded": "2013-09-16",
        "fact": {"channel": "telefon", "text": "Vill bo kvar."},
    }  # fmt: skip


def test_what_has_an_empty_column_is_left_out(lines: Any) -> None:  # noqa: ANN401
    assert lines(of_the_page("csv"))[2]["fact"] == {"channel": "post"}


def test_the_guides_example_can_be_imported(lines: Any, whole: Whole) -> None:  # noqa: ANN401
    made = [json.dumps(line).encode() for line in lines(of_the_page("csv"))]
    plan = importer(whole).check(made, utc_now(), lambda *_: None)
    assert (plan.total, plan.recorded) == (4, 0)


@pytest.mark.parametrize(
    ("how", "cell", "value"),
    [
        ({"as": "ore"}, "5 120,50", 512050),
        ({"as": "ore"}, "6200", 620000),
        ({"as": "number"}, "12", 12),
        ({"as": "flag"}, "Ja", True),
        ({"as": "flag"}, "0", False),
        ({}, "som det står", "som det står"),
    ],
)
def test_a_column_is_read_as_the_mapping_says(
    lines: Any,  # noqa: ANN401
    how: dict[str, str],
    cell: str,
    value: object,
) -> None:
    mapping = {"source": "x", "rows": [{"line": {"v": {"column": "k", **how}}}]}
    assert lines(f"k\n{cell}\n", mapping) == [{"source": "x", "v": value}]


@pytest.mark.parametrize(
    ("csv", "number"),
    [
        (HEAD + "OKÄND;a;1;2011-06-14;2011-06-14;;x\n", 2),
        (HEAD + "ANS;a;1;2011-06-14;2011-06-14;X;y\n", 2),
        (HEAD + "ANS;a;1;2011-06-14;2011-06-14;P;y\nANS;a\n", 3),
        (HEAD + "ANS;a;1;2011-06-14;2011-06-14;P;y;för mycket\n", 2),
        ("händelse;datum\nANS;2011-06-14\n", 2),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_its_number(
    lines: Any,  # noqa: ANN401
    csv: str,
    number: int,
) -> None:
    with pytest.raises(SettingsError) as error:
        lines(csv)
    assert f"rad {number} " in error.value.message


@pytest.mark.parametrize(
    ("how", "cell"), [("ore", "1,005"), ("number", "tolv"), ("flag", "kanske")]
)
def test_a_value_of_another_kind_is_refused_and_not_repeated(
    lines: Any,  # noqa: ANN401
    how: str,
    cell: str,
) -> None:
    with pytest.raises(SettingsError) as error:
        lines(
            f"k\n{cell}\n", {"source": "x", "rows": [{"line": {"v": {"column": "k", "as": how}}}]}
        )
    assert cell not in error.value.message + error.value.remedy


@pytest.mark.parametrize("mapping", ["{", "[]", '{"source": "x"}', '{"source": "x", "rows": [1]}'])
def test_a_mapping_file_that_is_none_is_refused(lines: Any, mapping: str) -> None:  # noqa: ANN401
    with pytest.raises(SettingsError):
        lines("k\n1\n", mapping)


def test_another_encoding_than_the_mapping_says_is_refused(lines: Any) -> None:  # noqa: ANN401
    with pytest.raises(SettingsError):
        lines((HEAD + "ANS;å;1;2011-06-14;;;\n").encode("cp1252"))
