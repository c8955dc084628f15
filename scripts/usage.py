"""The commands' help and usage errors in Swedish; typer has them in English alone."""

import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException
from typing_extensions import override

_Error: TypeAlias = Any
"""A usage error: typer keeps the classes to itself."""
_WORDS: Final = (
    (r"^Usage:", "Så används det:"),
    (r"\[OPTIONS\]", "[VAL]"),
    (r"COMMAND \[ARGS\]\.\.\.", "KOMMANDO …"),
    (r"^Arguments:$", "Argument:"),
    (r"^Options:$", "Val:"),
    (r"^Commands:$", "Kommandon:"),
    (r"(\[|;\s+)required\]", r"\1krävs]"),
    (r"\{(\w+)\}", r"\1"),
    (r" <\w+>", ""),
    (r"\[default: ", "[annars: "),
    (r"Show this message and exit\.", "Visa den här hjälpen."),
)


class Command(TyperCommand):
    """A command whose help is in Swedish."""

    @override
    def get_help(self, ctx: Any) -> str:  # the context's class is typer's own affair
        return _swedish(super().get_help(ctx))


class Group(TyperGroup):
    """A group of commands whose help is in Swedish."""

    @override
    def get_help(self, ctx: Any) -> str:  # the context's class is typer's own affair
        return _swedish(super().get_help(ctx))


def program(**settings: Any) -> typer.Typer:  # noqa: ANN401 - as typer takes them
    """Return a program without what would tell of its errors in English.

    Args:
        settings: more of typer's own.
    """
    return typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        cls=Group,
        **settings,
    )


def in_swedish(error: TyperException, program_name: str) -> tuple[str, str]:
    """Return what is wrong with a command line, and the remedy. What was written is not repeated.

    Args:
        error: as typer raised it.
        program_name: what the program is called.
    """
    told = _ERRORS.get(type(error).__name__, _unclear)
    context = getattr(error, "ctx", None)
    help_of = context.command_path if context else program_name
    lists = "".join(f"Välj ett av: {', '.join(choices)}. " for choices in _choices(error))
    return told(error), f"{lists}{_range(error)}{help_of} --help visar hur det används."


def _swedish(text: str) -> str:
    for english, swedish in _WORDS:
        text = re.sub(english, swedish, text, flags=re.MULTILINE)
    return text


def _unclear(error: _Error) -> str:
    return "Kommandot finns inte." if _commands(error) else "Det är för många argument."


_ERRORS: Final[dict[str, Callable[[_Error], str]]] = {
    "NoSuchOption": lambda _: "Ett av valen finns inte.",
    "MissingParameter": lambda error: f"{_named(error)} saknas.",
    "BadParameter": lambda error: f"{_named(error)} {_wrong_with(error)}.",
    "BadOptionUsage": lambda error: f"{error.option_name} saknar värde, eller ska inte ha något.",
}
"""By the names of classes that typer keeps to itself."""


def _named(error: _Error) -> str:
    """What a parameter is called on the command line."""
    parameter = error.param
    if parameter.param_type_name == "option":
        return str(parameter.opts[-1])
    return str(parameter.metavar or parameter.name.upper())


def _wrong_with(error: _Error) -> str:
    """A file that is not there, or a value of the wrong kind."""
    kind = error.param.type_descriptor
    if kind.file_annotation or kind.is_path:
        return "går inte att läsa, eller finns inte"
    return "har ett värde som inte går att använda"


def _choices(error: _Error) -> list[list[str]]:
    """What may be chosen instead, where that is a short list."""
    parameter = getattr(error, "param", None)
    offered = parameter.type_descriptor.choices if parameter else _commands(error)
    return [[str(one) for one in offered]] if offered else []


def _range(error: _Error) -> str:
    """Which numbers can be used, where a number was wanted."""
    kind = getattr(getattr(error, "param", None), "type_descriptor", None)
    if kind is None or kind.annotation is not int:
        return ""
    least = kind.parameter_info.min
    return "Ange ett heltal. " if least is None else f"Ange ett heltal som är minst {least}. "


def _commands(error: _Error) -> list[str]:
    return list(getattr(getattr(getattr(error, "ctx", None), "command", None), "commands", ()))
