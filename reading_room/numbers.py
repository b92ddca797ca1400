"""Certificate numbers and check codes: how they are written, and the spellings in which people type them."""

import re
import secrets
import unicodedata

from .enums import NUMBER_LETTERS

_LETTER = f"(?:(?<![A-Za-z])([{''.join(NUMBER_LETTERS.values())}]))?"
_SEPARATED = re.compile(rf"(?<![0-9])([0-9]{{4}})[^0-9]+?{_LETTER}([0-9]{{1,9}})(?![0-9])", re.IGNORECASE)
_RUN_TOGETHER = re.compile(rf"([0-9]{{4}}){_LETTER}([0-9]{{4,9}})", re.IGNORECASE)
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: they are misread on paper
LONGEST_INPUT = 100


def plain_number(year: int, serial: int, letter: str = "") -> str:
    """The number as it stands in addresses: ``2026-0001``, ``2026-Z0001``."""
    return f"{year}-{letter}{serial:04d}"


def read_number(text: str) -> str | None:
    """The plain number that ``text`` means, in any spelling: ``越市监档证〔2026〕0001号``, ``２０２６－１``,
    ``[2026] 0001``, ``20260001``, ``2026-z1``; ``None`` where there is no number in it."""
    half = unicodedata.normalize("NFKC", text[:LONGEST_INPUT])
    match = _SEPARATED.search(half) or _RUN_TOGETHER.fullmatch(half.strip())
    if not match or not int(match[3]):
        return None
    return plain_number(int(match[1]), int(match[3]), (match[2] or "").upper())


def new_check_code() -> str:
    """Eight random letters and figures in two groups (40 bits), printed on the certificate beside its number."""
    letters = "".join(secrets.choice(_CODE_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def read_check_code(text: str) -> str:
    """A check code as typed, in its normal form: capitals, one hyphen; empty for nothing typed."""
    letters = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text[:LONGEST_INPUT]).upper())
    return f"{letters[:4]}-{letters[4:]}" if letters else ""
