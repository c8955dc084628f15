"""`Refused`: the answer when something cannot be recorded. An answer, not an accident."""


class Refused(Exception):
    """What is needed, what is there, what to do.

    Args:
        code: stable, for machines: `correction.same_person`.
        message: one Swedish sentence for the person who asked. Never repeats a value from a case.
        remedy: what to do instead, in Swedish.
        lagrum: the provision behind it, where there is one.
        fields: the fields it is about, each with a Swedish sentence of its own.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        remedy: str,
        lagrum: str | None = None,
        fields: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.lagrum = lagrum
        self.fields = fields
