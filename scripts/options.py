"""Options and arguments that several commands of `liggare` share."""

from typing import Annotated

import typer

from api.acting import Purpose

As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="NAMN",
        help="Vem du är: en av de påhittade handläggarna. Bara i utveckling.",
    ),
]
Namnd = Annotated[
    str | None,
    typer.Option(
        "--namnd", metavar="NÄMND", help="För vilken nämnd du handlar: början av namnet, eller id."
    ),
]
Why = Annotated[
    Purpose, typer.Option("--andamal", help="Varför du läser. Det antecknas i läsloggen.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Svara med JSON, för program.")]
Key = Annotated[
    str | None,
    typer.Option(
        "--nyckel",
        metavar="UUID",
        help="Kommandots id. Ange samma igen om svaret uteblev: det utförs en gång.",
    ),
]
Where = Annotated[
    str,
    typer.Argument(
        metavar="ÄRENDE", help="Ärendets id. En enda ström skrivs process/id: bistand/6ec1f1b5-…"
    ),
]
Gallde = Annotated[
    str,
    typer.Option(
        "--gallde",
        metavar="DAG",
        help="Visa vad som gällde den dagen, ÅÅÅÅ-MM-DD; annars i dag.",
        show_default=False,
    ),
]
Kant = Annotated[
    str,
    typer.Option(
        "--kant",
        metavar="DAG",
        help="Visa vad som var känt den dagen, ÅÅÅÅ-MM-DD; annars allt.",
        show_default=False,
    ),
]
Kalla = Annotated[
    str,
    typer.Option(
        "--kalla",
        metavar="KÄLLA",
        help="Vem som avgör när något importerat blev känt: kallsystem eller liggaren.",
        show_default=False,
    ),
]
