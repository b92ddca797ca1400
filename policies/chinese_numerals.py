"""Chinese numerals of chapters and articles (第十二条), for 1 to 999."""

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SIGNS = "零一二三四五六七八九"
NUMERAL = "[一二两三四五六七八九十百零〇0-9]+"


def to_number(text: str) -> int:
    """The number that ``text`` writes: ``十二`` is 12, ``一百零五`` 105, ``二〇`` 20, ``12`` 12.

    Raises ``ValueError`` for anything that is not a numeral from 1 to 999.
    """
    number = _positional(text) if all(sign.isdecimal() or sign in _DIGITS for sign in text) else _by_units(text)
    if not 1 <= number <= 999:
        raise ValueError(text)
    return number


def _positional(text: str) -> int:
    """Numerals written digit by digit, in Chinese or Arabic signs."""
    return int("".join(str(_DIGITS[sign]) if sign in _DIGITS else sign for sign in text))


def _by_units(text: str) -> int:
    """Numerals with 十 and 百. What is written must be how the number is written, so 十百 is none."""
    total = digit = 0
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in "十百":
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
        else:
            raise ValueError(text)
    total += digit
    plain = text.replace("〇", "零").replace("两", "二")
    if not 1 <= total <= 999 or plain not in _spellings(total):
        raise ValueError(text)
    return total


def _spellings(number: int) -> set[str]:
    """The usual ways of writing ``number``: 一百一十 and 一百十, 一百零五; 十二 and 一十二."""
    usual = to_chinese(number)
    return {usual, usual.replace("百一十", "百十"), f"一{usual}" if usual.startswith("十") else usual}


def to_chinese(number: int) -> str:
    """``number`` from 1 to 999 as regulations write it: 12 is ``十二``, 105 is ``一百零五``."""
    if not 1 <= number <= 999:
        raise ValueError(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_SIGNS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_SIGNS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_SIGNS[ones] if ones else "")
