"""Numbers that people bring to the window: identity cards, registration numbers, social credit codes.

Each function takes what was typed and returns the number in its normal form; it raises ``ValidationError`` with a
sentence that says what is wrong. Full-width digits, spaces and hyphens are what hands and pens do, and no fault.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError as NotANumber
from stdnum.iso7064 import mod_11_10

LONGEST = 60
_BETWEEN = re.compile(r"[\s\-‐‑–—_.·]+")


def plain(text: str) -> str:
    """``text`` in half-width capitals without spaces and hyphens."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text[:LONGEST])).upper()


def identity_number(text: str) -> str:
    """A resident identity number 公民身份号码 of 18 characters (GB 11643): length, figures, date of birth, check digit.

    The area code is not looked up: codes of districts that were dissolved are on valid cards.
    """
    number = plain(text)
    if len(number) != 18:
        raise ValidationError(
            _("An identity number has 18 characters; this one has %(count)s.") % {"count": len(number)}
        )
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise ValidationError(_("An identity number has 17 figures and a last figure or X; there are other letters."))
    try:
        ric.get_birth_date(number)
    except NotANumber as error:
        raise ValidationError(_("The date of birth in the identity number (figures 7 to 14) is no date.")) from error
    if ric.calc_check_digit(number) != number[-1]:
        raise ValidationError(_("The check digit of the identity number is wrong: compare it with the card."))
    return number


def is_identity_number(text: str) -> bool:
    """Whether ``text`` is a resident identity number, right to its check digit."""
    try:
        return bool(identity_number(text))
    except ValidationError:
        return False


def document_number(text: str) -> str:
    """The number of another document: letters and figures, 4 to 40."""
    number = plain(text)
    if not re.fullmatch(r"[^\W_]{4,40}", number):
        raise ValidationError(_("The number of a document has 4 to 40 letters and figures."))
    return number


def credit_code(text: str) -> str:
    """A unified social credit code 统一社会信用代码 (GB 32100) with the right check character."""
    number = plain(text)
    try:
        return uscc.validate(number)
    except NotANumber as error:
        raise ValidationError(
            _("%(number)s is no social credit code: its check digit is wrong.") % {"number": number}
        ) from error


def registration_number(text: str) -> str:
    """A registration number 注册号 of 15 figures, the last one a check digit (GS 15, MOD 11,10)."""
    number = plain(text)
    try:
        return mod_11_10.validate(number) if re.fullmatch("[0-9]{15}", number) else _refuse(number)
    except NotANumber as error:
        raise ValidationError(
            _("%(number)s is no registration number: its check digit is wrong.") % {"number": number}
        ) from error


def _refuse(number: str):
    raise ValidationError(_("%(number)s is no registration number: it has 15 figures.") % {"number": number})
