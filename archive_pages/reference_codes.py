"""The grammar of reference codes 档号 (DA/T 13-2022, DA/T 22-2015 6.2): normal form, patterns, sorting. Pure functions."""

import re
import unicodedata
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_DOT_VARIANTS = re.compile(r"\s*[·.•・‧∙⋅．･]\s*")
_DASH_VARIANTS = re.compile(r"\s*[-－—–‐‑−﹣]\s*")
_FIELD = re.compile(r"\{(\w+)(?::(\d+))?\}")
_NUMBERS = {"file", "number"}
_VALUES = {
    "fonds": r"[A-Z]*\d+|[A-Z]+",
    "category": r"[A-Z]{2}(?:·[A-Z]+)*",
    "year": r"\d{4}",
    "retention": r"Y|D\d+|[^\W\d_]{2}",
    "department": r"[^\W_·-]+",
}


def normalise_code(text: str) -> str:
    """``text`` as a reference code in normal form: half-width, upper case, ``·`` (U+00B7), ``-``, no spaces."""
    half = unicodedata.normalize("NFKC", str(text)).upper().strip()
    return re.sub(r"\s+", "", _DASH_VARIANTS.sub("-", _DOT_VARIANTS.sub("·", half)))


def sort_key_of(text: str) -> str:
    """A key under which codes sort by their numbers: every run of digits padded to eight, cut to 200 characters."""
    return re.sub(r"\d+", lambda run: run[0].zfill(8), text)[:200]


class CodePattern:
    """An editable template of codes: ``{fonds}-{category}·{year}-{retention}-{department}-{number:4}``.

    Raises ``ValidationError`` for unknown fields and for a pattern that does not end in a number.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.fields = [name for name, width in _FIELD.findall(pattern)]
        unknown = sorted(set(self.fields) - _VALUES.keys() - _NUMBERS)
        if unknown:
            raise ValidationError(_("Unknown field in the pattern: %(names)s.") % {"names": ", ".join(unknown)})
        if len(set(self.fields)) != len(self.fields):
            raise ValidationError(_("A field stands twice in the pattern."))
        self.regex = re.compile(_FIELD.sub(self._group, self._escaped()))

    def _escaped(self) -> str:
        parts = re.split(r"(\{\w+(?::\d+)?\})", self.pattern)
        return "".join(part if part.startswith("{") else re.escape(part) for part in parts)

    @staticmethod
    def _group(match: re.Match) -> str:
        name, width = match[1], match[2]
        if name in _NUMBERS:
            return rf"(?P<{name}>\d{{{width or 1},}})"
        return rf"(?P<{name}>{_VALUES[name]})"

    def parse(self, code: str) -> dict[str, str] | None:
        """The fields of ``code`` (in normal form), or ``None`` where it does not follow the pattern.

        A number wider than the pattern's width may not begin with 0, so each unit has one spelling only.
        """
        match = self.regex.fullmatch(code)
        if not match:
            return None
        values = match.groupdict()
        return values if self.build(**values) == code else None

    def build(self, **values: str | int) -> str:
        """The code for ``values``; numbers are padded. Raises ``KeyError`` naming a missing field."""

        def fill(match: re.Match) -> str:
            value = values[match[1]]
            return str(int(value)).zfill(int(match[2] or 1)) if match[1] in _NUMBERS else str(value)

        return _FIELD.sub(fill, self.pattern)

    def prefix(self, **values: str | int) -> str:
        """The code up to its last number: the run in which that number counts."""
        cut = self.pattern.rfind("{")
        return _FIELD.sub(lambda match: str(values[match[1]]), self.pattern[:cut])


@lru_cache(maxsize=256)
def code_pattern(pattern: str) -> CodePattern:
    """``CodePattern`` for ``pattern``, compiled once."""
    return CodePattern(pattern)
