"""What is wrong with a list, by row, column and rule."""

from dataclasses import asdict, dataclass

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True)
class Fault:
    """One fault. ``row`` is the row of the spreadsheet (``None``: the whole list), ``column`` the heading as written,
    ``rule`` the number in DA/T 70-2018 or another standard's section, ``sentence`` what to do about it in words.

    A warning names what was read in another form, or deserves a look; it keeps nothing out.
    """

    row: int | None
    column: str
    rule: str
    sentence: str
    severity: str = ERROR
    value: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity == ERROR

    def as_dict(self) -> dict:
        """For a job's result (JSON)."""
        return asdict(self)


class ListFault(Exception):
    """The list as a whole cannot be read; the message says why, in a sentence."""
