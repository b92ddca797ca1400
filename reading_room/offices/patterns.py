"""How an office writes the numbers of its certificates."""

import string
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..enums import NUMBER_LETTERS
from ..numbers import plain_number, read_number

_FIELDS = {"year", "number"}
_TRIED = (1, 9999, 123_456_789)  # the shortest and the longest serial numbers


def check_number_pattern(pattern: str) -> None:
    """Raise ``ValidationError`` unless ``pattern`` holds ``{year}`` and ``{number}`` and no other field, and whoever
    types a number as it stands in print, of whatever kind, is understood."""
    try:
        fields = [name for _text, name, _spec, _conversion in string.Formatter().parse(pattern) if name is not None]
        pattern.format(year=2026, number="0001")
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        raise ValidationError(_("The pattern of the number cannot be read.")) from error
    if set(fields) != _FIELDS:
        raise ValidationError(_("The pattern must hold {year} and {number}, and no other field."))
    for letter in NUMBER_LETTERS.values():
        for serial in _TRIED:
            written = in_print(pattern, 4, 2026, serial, letter)
            if read_number(written) != plain_number(2026, serial, letter):
                raise ValidationError(
                    _(
                        "A number written so (%(number)s) would be taken for another one. Write the year before the "
                        "number, no other four figures before the year, and no letter Z or W before the number."
                    )
                    % {"number": written}
                )


def in_print(pattern: str, width: int, year: int, serial: int, letter: str = "") -> str:
    """The number as printed, e.g. ``越市监档证〔2026〕0001号``; ``letter`` is that of the kind."""
    return pattern.format(year=year, number=letter + str(serial).zfill(width))


def folded(pattern: str) -> str:
    """``pattern`` without what readers do not see: width of the characters, case, spaces."""
    return "".join(unicodedata.normalize("NFKC", pattern).casefold().split())
