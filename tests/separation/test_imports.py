"""Who may import whom: the contracts of pyproject.toml hold, and planted breaches break them.

import-linter reads imports without running them; a fresh interpreter that loads a package shows
what came along however it was imported; and nothing in the domain or the ledger may import by
name at all, since that could wait inside a function for its day.
"""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from ledger.codec import Lane
from ledger.connections import KEYS, OWNER, ROLES, reader, writer

ROOT: Final = Path(__file__).parents[2]
LINTER: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
PACKAGES: Final[list[str]] = LINTER["root_packages"]
CONTRACTS: Final = {contract["id"]: contract for contract in LINTER["contracts"]}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the packages' Python and SQL, to plant breaches in."""
    for package in PACKAGES:
        for source in (ROOT / package).rglob("*.*"):
            if source.suffix in {".py", ".sql"}:
                target = tmp_path / source.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    return tmp_path


def plant(tree: Path, breach: Mapping[str, str]) -> None:
    """Add code at the end of files; a file that is not there is made."""
    for name, code in breach.items():
        with (tree / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{code}\n")


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a fresh interpreter that takes nothing from our surroundings."""
    return subprocess.run(
        [sys.executable, "-X", "utf8", *arguments],
        cwd=cwd,
        env={"COLUMNS": "200"},  # a contract's name and verdict stand on one line
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )


# ---------------------------------------------------------------- the contracts
def broken(tree: Path) -> set[str]:
    """Return the ids of the contracts that import-linter finds broken."""
    main = "from importlinter.cli import lint_imports_command as main; main()"
    answer = python("-c", main, "--no-logo", "--no-cache", cwd=tree)
    verdicts = dict(re.findall(r"^(.+) (KEPT|BROKEN)$", answer.stdout, re.MULTILINE))
    names = {contract["name"]: id_ for id_, contract in CONTRACTS.items()}
    assert verdicts.keys() == names.keys(), answer.stdout + answer.stderr
    found = {names[name] for name, verdict in verdicts.items() if verdict == "BROKEN"}
    assert answer.returncode == bool(found), "scripts/check goes by the exit status"
    return found


class Canary(NamedTuple):
    """Code planted at the end of files, and exactly the contracts that it breaks."""

    breach: Mapping[str, str]
    breaks: frozenset[str]


def canary(breach: Mapping[str, str], *breaks: str) -> Canary:
    return Canary(breach, frozenset(breaks))


CANARIES: Final[Mapping[str, Canary]] = {
    # house
    "the domain asks what is shown": canary(
        {"domain/processes.py": "import projections.words"}, "house"
    ),
    "what is shown asks the web": canary({"projections/plain.py": "import api.clock"}, "house"),
    "the web calls a command": canary({"api/clock.py": "import scripts.histories"}, "house"),
    "the ledger asks what an event means": canary(
        {"ledger/keys.py": "import domain.kernel.codes"}, "house", "bytes"
    ),
    # wall
    "a decision looks at a tenancy": canary(
        {"domain/bistand/state.py": "import domain.hyra.events"}, "wall"
    ),
    "a tenancy looks at a decision": canary(
        {"domain/hyra/process.py": "from domain.bistand import state"}, "wall"
    ),
    "a decision looks at a tenancy only when called": canary(
        {"domain/bistand/decisions.py": "def f():\n    from domain.hyra import events"}, "wall"
    ),
    "a decision looks at a tenancy only for its types": canary(
        {"domain/bistand/events.py": "if TYPE_CHECKING:\n    from ..hyra import events"}, "wall"
    ),
    "a decision looks at a tenancy through a third module": canary(
        {
            "domain/bistand/state.py": "import domain.shared",
            "domain/shared.py": "import domain.sharing",
            "domain/sharing.py": "import domain.hyra.events",
        },
        "wall",
    ),
    # sides
    "a link looks at a tenancy": canary(
        {"domain/koppling/decisions.py": "import domain.hyra.state"}, "sides"
    ),
    "supervision looks at a decision through a third module": canary(
        {
            "domain/tillsyn/decisions.py": "import domain.shared",
            "domain/shared.py": "import domain.bistand.state",
        },
        "sides",
    ),
    "the kernel looks at a decision, so that the tenancies do": canary(
        {"domain/kernel/actor.py": "import domain.bistand.events"}, "sides", "wall", "circles"
    ),
    # sight
    "the web looks at decisions itself": canary(
        {"api/clock.py": "import domain.bistand.events"}, "sight"
    ),
    "a command looks at tenancies itself": canary(
        {"scripts/histories/__init__.py": "import domain.hyra.state"}, "sight"
    ),
    # pure
    "an event knows the store": canary({"domain/hyra/events/leases.py": "import psycopg"}, "pure"),
    "a state knows the library": canary(
        {"domain/system/state.py": "import eventsourcing.domain"}, "pure"
    ),
    "a decision knows the web": canary({"domain/bistand/decisions.py": "import fastapi"}, "pure"),
    "a rule knows the web": canary({"domain/bistand/rules.py": "import starlette"}, "pure"),
    "an event knows the store through the ledger": canary(
        {"domain/tillsyn/events.py": "import ledger.errors"}, "pure"
    ),
    "a decision knows the library through a process": canary(
        {"domain/koppling/decisions.py": "import domain.kernel.process"}, "pure"
    ),
    # bytes
    "the ledger has models": canary({"ledger/keys.py": "import pydantic"}, "bytes"),
    "the ledger has models' errors": canary({"ledger/codec.py": "import pydantic_core"}, "bytes"),
    "the ledger speaks HTTP": canary({"ledger/embedded.py": "import fastapi"}, "bytes"),
    # verifier
    "a verifier needs a package": canary({"ledger/envelope.py": "import cryptography"}, "verifier"),
    "a verifier needs a package through another module": canary(
        {"ledger/commitment.py": "import ledger.errors"}, "verifier"
    ),
    # tokens
    "a page reads a token itself": canary({"api/problems.py": "import joserfc.jwt"}, "tokens"),
    # circles
    "two modules need each other": canary(
        {"domain/kernel/refused.py": "import domain.kernel.fact"}, "circles"
    ),
    "the kernel needs a lane": canary(
        {"domain/kernel/codes.py": "import domain.koppling.events"}, "circles"
    ),
}


def test_the_contracts_are_kept() -> None:
    assert broken(ROOT) == set()


@pytest.mark.parametrize("sentence", CANARIES)
def test_a_planted_breach_breaks_just_its_contracts(tree: Path, sentence: str) -> None:
    planted = CANARIES[sentence]
    plant(tree, planted.breach)
    assert broken(tree) == planted.breaks


def test_every_contract_is_broken_alone_by_some_canary() -> None:
    assert {frozenset({id_}) for id_ in CONTRACTS} <= {c.breaks for c in CANARIES.values()}


def test_every_part_of_the_domain_is_a_side_or_sees_none_or_may_see_both() -> None:
    """A new part must be given its place; only these two may see both."""
    parts = {
        f"domain.{path.stem}"
        for path in (ROOT / "domain").iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }
    sides, none = CONTRACTS["wall"]["modules"], CONTRACTS["sides"]["source_modules"]
    assert parts - {"domain.processes", "domain.separation"} == {*sides, *none}


# ---------------------------------------------------------------- what is loaded
LOAD: Final = """
import importlib, sys
root, *names = sys.argv[1:]
sys.path.insert(0, root)
for name in names:
    importlib.import_module(name)
print(*sys.modules, sep="\\n")
"""
NOT_THE_PROCESSES: Final = r"(?<!\.process)(?<!\.processes)"


class Claim(NamedTuple):
    """Loading all modules `of` a name (both are regular expressions) loads none that is `never`."""

    of: str
    never: str
    planted: str
    breach: str


CLAIMS: Final[Mapping[str, Claim]] = {
    "a decision loads no tenancy": Claim(
        r"domain\.bistand(\..+)?",
        r"domain\.hyra(\..+)?",
        "domain/bistand/state.py",
        '__import__("domain.hyra.events")',
    ),
    "a tenancy loads no decision": Claim(
        r"domain\.hyra(\..+)?",
        r"domain\.bistand(\..+)?",
        "domain/hyra/process.py",
        'import importlib\nimportlib.import_module("domain.bis" + "tand")',
    ),
    "the rest of the domain loads neither": Claim(
        r"domain\.(?!bistand|hyra|processes|separation).+",
        r"domain\.(bistand|hyra)(\..+)?",
        "domain/koppling/process.py",
        "exec('import domain.hyra')",
    ),
    "what events mean loads no store and no web": Claim(
        r"domain(\..+)?" + NOT_THE_PROCESSES,
        r"(eventsourcing|psycopg|psycopg_pool|fastapi|starlette)(\..+)?",
        "domain/kernel/fact.py",
        '__import__("psycopg")',
    ),
    "the ledger loads no law, models or web": Claim(
        r"ledger(\..+)?",
        r"(domain|pydantic|pydantic_core|fastapi|starlette)(\..+)?",
        "ledger/vault.py",
        '__import__("pydantic")',
    ),
}


def modules(tree: Path, pattern: str) -> list[str]:
    """Return the modules of the tree whose whole name matches."""
    paths = (path for package in PACKAGES for path in (tree / package).rglob("*.py"))
    dotted = (".".join(path.relative_to(tree).with_suffix("").parts) for path in paths)
    names = sorted(name.removesuffix(".__init__") for name in dotted)
    return [name for name in names if re.fullmatch(pattern, name)]


def loaded(tree: Path, names: list[str], *flags: str) -> set[str]:
    """Return all that is loaded once these modules of the tree are."""
    answer = python("-I", *flags, "-c", LOAD, str(tree), *names, cwd=tree)
    assert answer.returncode == 0, answer.stderr
    return set(answer.stdout.split())


def breaches(tree: Path, claim: Claim) -> set[str]:
    """Return what is loaded and should not be."""
    names = modules(tree, claim.of)
    found = loaded(tree, names)
    assert names
    assert found >= set(names)
    return {name for name in found if re.fullmatch(claim.never, name)}


@pytest.mark.parametrize("sentence", CLAIMS)
def test_in_a_fresh_interpreter(sentence: str) -> None:
    assert breaches(ROOT, CLAIMS[sentence]) == set()


@pytest.mark.parametrize("sentence", CLAIMS)
def test_an_import_in_disguise_is_seen_loaded(tree: Path, sentence: str) -> None:
    claim = CLAIMS[sentence]
    plant(tree, {claim.planted: claim.breach})
    assert breaches(tree, claim)


def test_the_contracts_do_not_see_an_import_in_disguise(tree: Path) -> None:
    for claim in CLAIMS.values():
        plant(tree, {claim.planted: claim.breach})
    assert broken(tree) == set()


def test_what_a_verifier_uses_runs_on_the_standard_library_alone(tree: Path) -> None:
    names = CONTRACTS["verifier"]["source_modules"]
    without_packages = "-S"
    own = {name for name in loaded(ROOT, names, without_packages) if name.startswith("ledger")}
    assert own == {"ledger", *names}
    plant(tree, {"ledger/envelope.py": '__import__("cryptography")'})
    with pytest.raises(AssertionError, match="No module named 'cryptography'"):
        loaded(tree, names, without_packages)


# ---------------------------------------------------------------- by name
BY_NAME: Final = {
    "__import__",
    "__loader__",
    "__spec__",
    "eval",
    "exec",
    "exec_module",
    "import_module",
    "load_module",
    "modules",  # sys.modules holds the other side once somebody has loaded it
    "resolve_name",
    "resolve_topic",
    "run_module",
}


def by_name(source: str) -> Iterator[str]:
    """Yield what could reach a module that no import statement of the file names."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in BY_NAME:
                yield name
            case ast.ImportFrom(names=aliases):
                yield from (alias.name for alias in aliases if alias.name in {*BY_NAME, "*"})
            case ast.Import(names=aliases):  # `import domain.kernel` binds all of `domain`
                yield from (alias.name for alias in aliases if alias.name.split(".")[0] in PACKAGES)
            case _:
                pass


@pytest.mark.parametrize("name", modules(ROOT, r"(domain|ledger)(\..+)?"))
def test_a_module_reaches_others_only_by_import_statements(name: str) -> None:
    path = ROOT.joinpath(*name.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    assert list(by_name(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "trick",
    [
        'def f(): return __import__("domain.hyra.events")',
        'import importlib\ndef f(): importlib.import_module("domain.hyra.events")',
        "from importlib import import_module as ordinary",
        'def f(): return sys.modules["domain.hyra.events"]',
        "from sys import modules as mine",
        "load = __import__",
        "def f(): exec(text)",
        "import domain.kernel.event\ndef f(): return domain.hyra.events",
        "import domain as d\ndef f(): return d.hyra.events",
        "from domain.kernel.event import *",
    ],
)
def test_a_trick_is_known(trick: str) -> None:
    assert list(by_name(trick))


# ---------------------------------------------------------------- the five names
def lane_names(tree: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each place that spells all the lanes' names, and the names there."""
    folders = {path.parent.name for path in (tree / "domain").glob("*/process.py")} - {"kernel"}
    yield "folders of domain/", sorted(folders, key=[*Lane, *folders].index)
    for path in sorted((tree / "ledger/sql").rglob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        for names in re.findall(r"(?:TYPE ledger\.lane AS ENUM|\blane IN) \((.+?)\)", sql):
            yield f"{path.name}: {names}", re.findall(r"'(\w+)'", names)
        if codes := re.findall(r"WHEN '(\w+)' THEN '\\x(\d\d)'", sql):
            yield f"{path.name}: codes", [name for name, _ in sorted(codes, key=lambda c: c[1])]
        for kind in "writer", "reader":
            if names := list(dict.fromkeys(re.findall(rf"liggaren_{kind}_(\w+)", sql))):
                yield f"{path.name}: {kind}s", names


def test_the_lanes_have_one_spelling_and_one_order() -> None:
    places = list(lane_names(ROOT))
    assert {place.split(":")[0] for place, _ in places} >= {
        "folders of domain/",
        "0001_lane.sql",
        "0001_keys.sql",
        "roles.sql",
    }
    assert places == [(place, [*Lane]) for place, _ in places]
    assert [lane.code for lane in Lane] == [1, 2, 3, 4, 5]


def test_the_roles_that_are_made_are_the_roles_that_connect() -> None:
    made = re.findall(r"'(liggaren_\w+)'", (ROOT / "ledger/sql/roles.sql").read_text())
    assert set(made) == {OWNER, KEYS, *ROLES}
    assert {writer(Lane.HYRA), reader(Lane.HYRA)} == {
        "liggaren_writer_hyra",
        "liggaren_reader_hyra",
    }


@pytest.mark.parametrize("file", ["ledger/0001_lane.sql", "keys/0001_keys.sql", "roles.sql"])
def test_another_spelling_is_seen(tree: Path, file: str) -> None:
    path = tree / "ledger/sql" / file
    path.write_text(path.read_text(encoding="utf-8").replace("hyra", "hyran"), encoding="utf-8")
    assert [names for _, names in lane_names(tree) if "hyran" in names]


def test_another_folder_is_seen(tree: Path) -> None:
    (tree / "domain/hyra").rename(tree / "domain/hyran")
    assert dict(lane_names(tree))["folders of domain/"] != [*Lane]
