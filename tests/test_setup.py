"""What a newcomer's first command stands on."""

import importlib.metadata
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
COMMANDS = ["run", "test", "check"]


def test_the_installed_command_is_liggare() -> None:
    (entry,) = importlib.metadata.entry_points(group="console_scripts", name="liggare")
    assert entry.value == "scripts.liggare:main"


def test_the_lock_file_names_only_the_public_index() -> None:
    lock = (ROOT / "uv.lock").read_text()
    assert set(re.findall(r"https?://([^/\"]+)", lock)) == {"pypi.org", "files.pythonhosted.org"}
    assert "file:" not in lock
    assert "path = " not in lock


def test_the_lock_file_holds_the_installer_itself() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    assert "uv" in {package["name"] for package in lock["package"]}


@pytest.mark.parametrize("name", [*(f"scripts/{name}" for name in COMMANDS), ".ci/run"])
def test_a_command_is_executable_and_is_valid_bash(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
    subprocess.run(["bash", "-n", ROOT / name], check=True)


def test_the_environment_is_told_ready_in_well_under_a_second() -> None:
    command = ["bash", "-c", '. scripts/_environment; printf %s "$PYTHON"']
    answer = subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=5
    )
    assert answer.stdout == ".venv/bin/python"
    assert answer.stderr == "", "nothing had to be made"


@pytest.mark.as_user
def test_the_packages_are_found_from_anywhere_in_any_locale() -> None:
    """scripts/test repeats this in a path with an å, for which Python asks the locale."""
    python = str(ROOT / ".venv" / "bin" / "python")
    command = [python, "-c", "import ledger; print(ascii(ledger.__file__))"]
    answer = subprocess.run(
        command, cwd="/", env={"LC_ALL": "C"}, check=True, capture_output=True, text=True
    )
    assert answer.stdout.strip() == ascii(str(ROOT / "ledger" / "__init__.py"))


def test_the_import_contracts_watch_every_package() -> None:
    assert PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == sorted(
        PROJECT["tool"]["importlinter"]["root_packages"]
    )
