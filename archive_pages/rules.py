"""Rules for single values of a description, the same for forms and for lists. Pure functions.

Each raises ``ValueError`` with a sentence for the person who typed the value.
"""

import re
import unicodedata

from django.utils.translation import gettext as _

SECRECY_GRADES = ("公开", "内部", "秘密", "机密", "绝密")
REFUSED_GRADES = ("机密", "绝密")
CLASSIFIED_GRADES = ("秘密", *REFUSED_GRADES)
MAX_PAGES = 100_000
_SECRECY = re.compile(rf"({'|'.join(SECRECY_GRADES)})(?:★(\d{{1,3}})(年|个月)|★(长期))?")
_STARS = str.maketrans(dict.fromkeys("☆*✩✭⭐", "★"))
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|<!--|<![A-Za-z]")
_INVISIBLE = {"Cc", "Cf"}


def check_characters(text: str) -> None:
    """Refuse control and invisible characters and HTML (DA/T 70-2018, 1-6)."""
    for position, character in enumerate(text, start=1):
        if unicodedata.category(character) in _INVISIBLE:
            raise ValueError(
                _("Character %(position)d is a control or invisible character (U+%(code)04X). Remove it.")
                % {"position": position, "code": ord(character)}
            )
    markup = _MARKUP.search(text)
    if markup:
        raise ValueError(_("The text holds HTML (“%(markup)s”). Write plain text.") % {"markup": markup[0][:40]})


def read_secrecy(text: str) -> str:
    """The secrecy mark in normal form, ``秘密★5年``; empty stays empty (DA/T 18-2022; DA/T 70-2018, 1-4)."""
    written = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(_STARS)
    if written in {"", "无"}:
        return ""
    if not _SECRECY.fullmatch(written):
        raise ValueError(
            _("“%(text)s” is not a secrecy mark. Write 公开, 内部, 秘密, 机密 or 绝密, with a period such as 秘密★5年.")
            % {"text": text}
        )
    return written


def is_refused_grade(secrecy: str) -> bool:
    """Whether a networked archive must refuse the content of a unit with this mark (机密, 绝密)."""
    return secrecy.startswith(REFUSED_GRADES)


def read_page_count(text: str) -> int | None:
    """The number of pages; ``None`` where nothing is written (DA/T 70-2018, 1-3)."""
    written = unicodedata.normalize("NFKC", text).strip().removesuffix("页").strip()
    if not written:
        return None
    if not re.fullmatch(r"\d{1,9}", written) or not 0 < int(written) <= MAX_PAGES:
        raise ValueError(_("“%(text)s” is not a number of pages. Write a whole number from 1.") % {"text": text})
    return int(written)
