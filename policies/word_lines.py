"""The paragraphs of a Word file, refusing what would be lost: tables, pictures, tracked changes, automatic numbers."""

import re
import zipfile
from dataclasses import dataclass

import docx
from django.utils.translation import gettext as _
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from lxml.etree import LxmlError

MAX_UNPACKED_BYTES = 100 * 1024**2
_HEADING_STYLE = re.compile(r"^(?:heading|标题)\s*([1-9])$", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """One paragraph. ``level`` is 0 for text, 1 for the title, 2 and more for headings."""

    text: str
    level: int = 0


class NotAWordFile(Exception):
    """The bytes are no readable .docx."""


class UnreadableContent(Exception):
    """The document holds something an article cannot keep; the message is a sentence."""


def word_lines(stream) -> list[Line]:
    """The paragraphs of the .docx in ``stream`` with their levels.

    Raises ``NotAWordFile``, or ``UnreadableContent`` where text would be lost.
    """
    try:
        with zipfile.ZipFile(stream) as package:
            if sum(entry.file_size for entry in package.infolist()) > MAX_UNPACKED_BYTES:
                raise UnreadableContent(_("The Word file unpacks to more than 100 MB."))
        stream.seek(0)
        document = docx.Document(stream)
    except (zipfile.BadZipFile, OpcError, LxmlError, KeyError, ValueError, OSError, EOFError) as error:
        raise NotAWordFile from error
    _refuse_what_is_lost(document.element.body)
    return [
        Line(text.strip(), level)
        for paragraph in document.paragraphs
        for level in [_level(paragraph)]
        for text in paragraph.text.splitlines()
        if text.strip()
    ]


def _level(paragraph) -> int:
    name = paragraph.style.name if paragraph.style is not None else ""
    if name.lower() in ("title", "标题"):
        return 1
    heading = _HEADING_STYLE.match(name)
    return int(heading[1]) + 1 if heading else 0


def _refuse_what_is_lost(body) -> None:
    sentences = {
        "w:tbl": _("The document holds a table; an article is plain text. Attach the table as a document instead."),
        "w:drawing": _("The document holds a picture; attach it as a document instead."),
        "w:pict": _("The document holds a picture; attach it as a document instead."),
        "w:ins": _("The document holds tracked changes; accept or reject them in Word first."),
        "w:del": _("The document holds tracked changes; accept or reject them in Word first."),
        "w:footnoteReference": _("The document holds footnotes, which would be lost."),
        "w:sdt": _("The document holds form fields or an automatic table of contents, which would be lost."),
    }
    for tag, sentence in sentences.items():
        if next(body.iter(qn(tag)), None) is not None:
            raise UnreadableContent(sentence)
    for paragraph in body.iter(qn("w:p")):
        if next(paragraph.iter(qn("w:numPr")), None) is not None:
            text = "".join(node.text or "" for node in paragraph.iter(qn("w:t")))
            raise UnreadableContent(
                _("“%(text)s” is numbered automatically by Word; turn the numbers into text first.")
                % {"text": text[:20]}
            )
