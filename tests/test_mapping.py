"""A mapping file turns an old system's CSV into lines for import; nothing falls away silently."""

import json
import re
from pathlib import Path
from typing import Any, cast

import pytest

from api.acting import Acting
from api.clock import utc_now
from api.house import house
from api.identity import Verifier
from api.importing import ImportRefused
from api.problems import Problem
from domain.kernel.actor import Actor, Role
from domain.kernel.refused import Refused
from scripts.importing import Imported, import_file
from scripts.mapping import CsvMapping
from scripts.settings import SettingsError
from tests.api.test_importing import ROLES, importer
from tests.whole import ALMA, NAMND, Whole

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
        return [
            line if isinstance(line, Refused) else json.loads(line)
            for line in CsvMapping(path).lines(data)
        ]

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
        ({"codes": {"P": "post", "-": None}}, "P", "post"),
        ({"codes": {"P": "post", "-": None}}, "-", None),
        ({"as": "flag"}, "Ja", True),
        ({"as": "flag"}, "0", False),
        ({}, "som det står", "som det står"),
    ],
)
def test_a_column_is_read_as_the_mapping_says(
    lines: Any,  # noqa: ANN401
    how: dict[str, object],
    cell: str,
    value: object,
) -> None:
    made = lines(f"k\n{cell}\n", one_field({"column": "k", **how}))
    assert made == [{"source": "x", "note": value}]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0", 0), ("7", 700), ("6200,5", 620050), ("6200,05", 620005), ("1 234 567,89", 123456789),
        ("5\u00a0120,50", 512050), ("5\u202f120", 512000), ("-12,30", -1230), ("\u22120,01", -1),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_it_is_written_in_swedish(
    lines: Any,  # noqa: ANN401
    cell: str,
    value: int,
) -> None:
    assert lines(f"k\n{cell}\n", one_field({"column": "k", "as": "ore"}))[0]["note"] == value


def one_field(how: object) -> dict[str, Any]:
    return {"source": "x", "rows": [{"line": {"note": how}}]}


@pytest.mark.parametrize(
    ("how", "cell"),
    [
        *(("ore", cell) for cell in (
            "1,005", "1e5", "1_000", "12.500", "5120.50", "12 50", "1 2345", ",50", "5,", "+5",
            "Infinity", "NaN", "٣", "6 200 kr", "1  000",
        )),
        *(("number", cell) for cell in ("tolv", "1_000", "1e5", "1,5", "NaN", "٣", "9" * 17)),
        ("flag", "kanske"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_a_fault_in_its_column_and_not_repeated(
    lines: Any,  # noqa: ANN401
    how: str,
    cell: str,
) -> None:
    (refused,) = lines(f"k\n{cell}\n", one_field({"column": "k", "as": how}))
    ((column, reason),) = refused.fields
    assert column == "k"
    assert len(cell) < 4 or cell not in refused.message + refused.remedy + reason


@pytest.mark.parametrize(
    ("given", "row", "made"),
    [
        (["{a}", "{b}", {"column": "c"}], "x;;z", ["x", "z"]),
        (["{a}", "{b}"], ";;z", None),
        ("{a} {b} {c}", "x;;z", "x z"),
        ("{a}, {b}\n{c}", ";y;", ", y"),
        ("{a} {b}", ";;z", None),
        ("Väg: {a} {b} {c}", ";y;z", "Väg: y z"),
        ("$p-{a}-{b}", "x;;", None),
        ([{"day": "{a}"}, {"day": "{b}"}], "x;;", [{"day": "x"}]),
    ],
)
def test_of_what_is_put_together_of_several_columns_what_is_there_is_kept(
    lines: Any,  # noqa: ANN401
    given: object,
    row: str,
    made: object,
) -> None:
    mapping = {"source": "x", "rows": [{"line": {"fact": {"f": given}}}]}
    assert lines(f"a;b;c\n{row}\n", mapping)[0]["fact"] == ({} if made is None else {"f": made})


def test_a_streams_name_with_a_piece_missing_is_not_another_streams(lines: Any) -> None:  # noqa: ANN401
    mapping = {"source": "x", "rows": [{"line": {"stream": "{a}-{b}", "lane": "hyra"}}]}
    assert lines("a;b\n1;\n", mapping) == [{"source": "x", "lane": "hyra"}]


@pytest.mark.parametrize(
    "mapping",
    [
        "{", "[]", '{"source": "x"}', '{"source": "x", "rows": [1]}', '{"source": "x", "rows": []}',
        '{"source": "x", "source": "y", "rows": [{"line": {}}]}', "[" * 100_000,
        {"source": 1, "rows": [{"line": {}}]},
        {"source": "x", "rows": [{"line": {}}], "delimeter": ","},
        *({"source": "x", "rows": [{"line": {}}], "delimiter": one} for one in ("", ";;", '"', 1)),
        {"source": "x", "rows": [{"line": {}}], "encoding": 8},
        {"source": "x", "rows": [{"line": {}, "If": {}}]},
        {"source": "x", "rows": [{"line": {}, "when": {"k": 1}}]},
        {"source": "x", "rows": [{"line": {}, "when": ["k"]}]},
        *(
            {"source": "x", "rows": [{"line": {"fact": {"f": [how]}}}]}
            for how in (
                {"column": 1}, {"column": "k", "codes": ["P"]}, {"column": "k", "as": "kronor"},
                {"column": "k", "as": ["ore"]}, {"column": "k", "code": {}},
                {"column": "k", "as": "ore", "codes": {}},
            )
        ),
        '{"source": "x", "rows": [{"line": {"fact": {"f": NaN}}}]}',
        '{"source": "x", "rows": [{"line": {"fact": {"f": -Infinity}}}]}',
        '{"source": "x", "rows": [{"line": {"fact": {"f": 1e999}}}]}',
    ],
    ids=lambda one: json.dumps(one)[-60:],
)  # fmt: skip
def test_a_mapping_file_that_cannot_be_used_is_refused_with_the_reason(
    lines: Any,  # noqa: ANN401
    mapping: object,
) -> None:
    with pytest.raises(SettingsError) as refused:
        lines("k\n1\n", mapping)
    assert refused.value.message.startswith("Mappningsfilen går inte att använda: ")


@pytest.mark.parametrize(
    ("head", "word"),
    [("k;k", "flera kolumner"), ("l", "saknar"), ("", "saknar"), ('"k', "första rad")],
)
def test_a_column_that_the_mapping_uses_is_there_once(
    lines: Any,  # noqa: ANN401
    head: str,
    word: str,
) -> None:
    with pytest.raises(SettingsError) as refused:
        lines(f"{head}\n1;2\n", one_field("{k}"))
    assert word in refused.value.message


def test_columns_that_the_mapping_does_not_use_may_be_called_alike(lines: Any) -> None:  # noqa: ANN401
    assert lines("k;;\n1;;\n", one_field("{k}")) == [{"source": "x", "note": "1"}]


# ---------------------------------------------------------------- faults name row and column


def brought(
    whole: Whole,
    tmp_path: Path,
    csv: str,
    roles: frozenset[Role] = ROLES,
    *,
    check_only: bool = False,
) -> Imported:
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(MAPPING), "utf-8")
    acting = Acting(Actor(ALMA, "Alma", roles), NAMND, "Nämnden")
    of_the_ledger = house(whole.processes, cast("Verifier", None))
    return import_file(of_the_ledger, acting, csv.encode(), path, check_only=check_only)


def places(whole: Whole, tmp_path: Path, csv: str) -> list[str]:
    with pytest.raises(ImportRefused) as refused:
        brought(whole, tmp_path, csv)
    assert brought(whole, tmp_path, of_the_page("csv")).already == 0  # nothing was stored
    return [f"{fault.place}: {fault.code}" for fault in refused.value.faults]


def test_all_faults_of_a_csv_file_name_its_rows_and_columns(whole: Whole, tmp_path: Path) -> None:
    csv = (
        "NY;a;1;2011-06-14;2011-06-14;;x\n"
        "\n"
        "ANS;a;1;2011-06-31;2011-06-14;P;y\n"
        "ANS;a;1;2011-06-14;2011-06-14;X;y\n"
        'ANS;a;1;2011-06-14;2011-06-41;P;"y\ny"\n'
        "OKÄND;a;1;2011-06-14;2011-06-14;;x\n"
        "ANS;a;1;2011-06-14;2011-06-14;P;y;för mycket\n"
        "ANS;a\n"
        "ANS;å å;1;2011-06-14;2011-06-14;P;y\n"
        'ANS;a;1;2011-06-14;2011-06-14;P;"y" z\n'
    )
    assert places(whole, tmp_path, HEAD + csv) == [
        "rad 4, kolumn datum: occurred.impossible",
        "rad 5, kolumn sätt: csv.value",
        "rad 6, kolumn registrerad: date.impossible",
        "rad 7: csv.no_entry",
        "rad 8: csv.columns",
        "rad 9: csv.columns",
        "rad 10, kolumn ärende: import.line",
        "rad 11: csv.form",
    ]


def test_a_column_that_makes_two_lines_of_a_row_is_told_once(whole: Whole, tmp_path: Path) -> None:
    told = places(whole, tmp_path, HEAD + "NY;1;8;2011-06-14;2011-13-14;;Lena\n")
    assert told == ["rad 2, kolumn registrerad: date.impossible"]


def test_what_the_ledger_refuses_of_a_csv_file_names_its_row(whole: Whole, tmp_path: Path) -> None:
    rows = of_the_page("csv") + "ANS;2011-0417;8812;2099-01-01;2011-06-15;P;\n"
    assert places(whole, tmp_path, rows) == ["rad 5, kolumn datum: occurred.future"]


def test_who_may_not_import_is_told_at_which_row(whole: Whole, tmp_path: Path) -> None:
    with pytest.raises(Problem) as refused:
        brought(whole, tmp_path, of_the_page("csv"), frozenset())
    assert (refused.value.status, refused.value.fields[0][0]) == (403, "rad 2")


@pytest.mark.parametrize("deep", [200, 900])
@pytest.mark.parametrize("where", ["text", "codes"])
def test_a_mapping_that_is_nested_deeper_than_any_value_is_refused(
    lines: Any,  # noqa: ANN401
    deep: int,
    where: str,
) -> None:
    nested = "[" * deep + '"x"' + "]" * deep
    given = nested if where == "text" else f'{{"column": "a", "codes": {{"1": {nested}}}}}'
    line = f'{{"fact": {{"text": {given}}}}}'
    mapping = f'{{"source": "paraplyet", "rows": [{{"line": {line}}}]}}'
    with pytest.raises(SettingsError, match="32 nivåer"):
        lines("a;b\n1;2\n", mapping)


@pytest.mark.parametrize("check_only", [True, False])
def test_a_column_with_values_that_the_mapping_never_names_is_told_of_by_name(
    whole: Whole, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, check_only: bool
) -> None:
    head = HEAD.replace("\n", ";beslut;tom;beslut\n")
    csv = head + "NY;1;8;2011-06-14;2011-06-14;;Lena;AVSLAG;;\n"
    brought(whole, tmp_path, csv, check_only=check_only)
    told = capsys.readouterr().err
    assert "inte förs in: beslut." in told
    assert "AVSLAG" not in told
    assert "tom" not in told


def test_another_encoding_than_the_mapping_says_is_refused(lines: Any) -> None:  # noqa: ANN401
    with pytest.raises(SettingsError):
        lines((HEAD + "ANS;å;1;2011-06-14;;;\n").encode("cp1252"))
