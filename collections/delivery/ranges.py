"""One range of a file (RFC 9110, section 14)."""

import re

SINGLE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*")


class Unsatisfiable(Exception):
    """The range begins behind the end of the file."""


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """Start and length that a ``Range`` header asks of a file of ``size`` bytes.

    None where the header is empty, not understood or asks for several ranges: the whole file is the answer then
    (section 14.2 allows to ignore it). Raises ``Unsatisfiable`` for a range that has no byte of the file.
    """
    match = SINGLE.fullmatch(header.strip())
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        if not length:
            raise Unsatisfiable
        return size - length, length
    start, end = int(first), int(last) if last else size - 1
    if last and end < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return start, min(end, size - 1) - start + 1
