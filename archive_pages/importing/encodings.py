"""The encodings in which lists arrive, and text that was once read in the wrong one."""

from django.utils.translation import gettext as _

from .columns import column_of
from .faults import ListFault

# What is left of GB18030 text saved through a program that took it for UTF-8.
_REPLACED = ("\ufffd", "锟斤拷", "ï¿½")
_WRONG_WAYS = (
    ("gb18030", "utf-8"),
    ("latin-1", "gb18030"),
    ("cp1252", "gb18030"),
    ("latin-1", "utf-8"),
    ("cp1252", "utf-8"),
)


def decode(data: bytes, name: str) -> str:
    """The text of a .csv file in UTF-8 (with or without mark), UTF-16 with mark, or GB18030.

    Raises ``ListFault`` for bytes that are no text, and for text once read in the wrong encoding.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _checked(_strict(data, encoding, name), name)
    if b"\x00" in data:
        raise ListFault(_("“%(name)s” is not a spreadsheet. Give .xlsx, or .csv in UTF-8 or GB18030.") % {"name": name})
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = _strict(data, "gb18030", name)
    return _checked(text, name)


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ListFault(
            _("“%(name)s” is neither UTF-8 nor GB18030: byte %(position)d cannot be read.")
            % {"name": name, "position": error.start + 1}
        ) from error


def _checked(text: str, name: str) -> str:
    start = text[:20_000]
    if any(mark in start for mark in _REPLACED) or _garbled_head(start):
        raise ListFault(
            _(
                "The text of “%(name)s” was read in the wrong encoding and saved again (GB18030 taken for UTF-8, or the"
                " reverse); characters are lost or wrong. Export the list anew as .xlsx or as .csv in UTF-8."
            )
            % {"name": name}
        )
    return text


def _garbled_head(text: str) -> bool:
    """Whether the first rows become column names when the wrong reading is undone."""
    head = "\n".join(text.splitlines()[:5])
    if _names(head) >= 2:
        return False
    for written_as, was in _WRONG_WAYS:
        undone = head.encode(written_as, "ignore").decode(was, "ignore")
        if _names(undone) >= 2:
            return True
    return False


def _names(text: str) -> int:
    return sum(1 for line in text.splitlines() for cell in line.split(",") if column_of(cell.strip().strip('"')))
