"""Reading a policy 制度 from Markdown or Word: both forms of one policy give the same ``ParsedPolicy``.

Expected: a title, the issuing body, ``编号：``, ``施行日期：``, then chapters 第一章, sections 第一节 and articles
第一条, each article with its paragraphs and items （一）. Faults are sentences in the reader's language.
"""

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .chinese_numerals import NUMERAL, to_number
from .outline import ARTICLE, CHAPTER, SECTION
from .word_lines import Line, NotAWordFile, UnreadableContent, word_lines

_HEADING = re.compile(rf"^第({NUMERAL})([章节])[\s\u3000]*(.*)$")
_ARTICLE = re.compile(rf"^第({NUMERAL})条(之[一二三四五六七八九十]+)?(?:[\s\u3000]+(.*)|)$")
_NUMBER = re.compile(r"(?:编\s*号|文\s*号|发文字号)[：:]\s*(.+?)(?=[\s\u3000]+\S+[：:]|$)")
_DATE_LABEL = re.compile(r"(?:施行|实施|生效)日期[：:]\s*(.+?)(?=[\s\u3000]+\S+[：:]|$)")
_BODY_LABEL = re.compile(r"(?:发布机关|制定机关|发文机关)[：:]\s*(.+?)(?=[\s\u3000]+\S+[：:]|$)")
_DATE = re.compile(r"^(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?$")
_HAN_DATE = re.compile(
    r"^([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日$"
)
_YEAR_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_MARKER = re.compile(rf"^(第{NUMERAL}[章节条]|[（(]{NUMERAL}[）)]|(?:编\s*号|施行日期)[：:])")
_LONGEST_HEADING = 60
_KIND = {"章": CHAPTER, "节": SECTION}


class PolicyFault(Exception):
    """What is wrong with a file, as sentences."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = list(sentences)


@dataclass(frozen=True)
class ParsedPolicy:
    """One policy. ``parts`` are ``(kind, text)`` pairs (chapter, section, article) in order; the paragraphs of an
    article are separated by a line break."""

    title: str
    issuing_body: str
    document_number: str
    effective_date: datetime.date
    preface: str
    parts: tuple[tuple[str, str], ...]


def read_policy(path: Path) -> ParsedPolicy:
    """Read ``path`` by its ending; raises ``PolicyFault``."""
    ending = path.suffix.lower()
    if ending == ".docx":
        with path.open("rb") as stream:
            return parse_docx(stream)
    if ending == ".md":
        return parse_markdown(_decode(path.read_bytes()))
    raise PolicyFault(_("The file is neither .docx nor .md."))


def parse_markdown(text: str) -> ParsedPolicy:
    """Read a policy from Markdown: ``#`` is the title, ``##`` a chapter, ``###`` a section."""
    return assemble(markdown_lines(text))


def parse_docx(stream) -> ParsedPolicy:
    """Read a policy from the bytes of a Word file."""
    try:
        return assemble(word_lines(stream))
    except NotAWordFile as error:
        raise PolicyFault(_("The file is damaged, protected by a password, or not a Word file (.docx).")) from error
    except UnreadableContent as content:
        raise PolicyFault(str(content)) from content


def markdown_lines(text: str) -> list[Line]:
    """The paragraphs of a Markdown text; a wrapped line belongs to the paragraph above it."""
    lines: list[Line] = []
    joins = False
    for raw in text.splitlines():
        plain = raw.strip().strip("\u3000")
        if not plain or re.fullmatch(r"[-*_]{3,}", plain):
            joins = False
            continue
        if plain.startswith(("|", "```")):
            raise PolicyFault(_("The text holds a table or a block of code; an article is plain text."))
        heading = re.match(r"^(#{1,6})\s*(.+?)\s*#*$", plain)
        if heading:
            lines.append(Line(_unmarked(heading[2]), len(heading[1])))
            joins = False
            continue
        plain = _unmarked(plain)
        if joins and not _MARKER.match(plain):
            above = lines.pop()
            gap = " " if above.text[-1].isascii() and plain[0].isascii() else ""
            lines.append(Line(above.text + gap + plain))
        else:
            lines.append(Line(plain))
        joins = not raw.endswith(("  ", "\\"))
    return lines


def _unmarked(text: str) -> str:
    text = re.sub(r"(\*\*|__)(.+?)\1", r"\2", text.rstrip("\\"))
    return re.sub(r"\\([\\`*_{}\[\]()#+.!|-])", r"\1", text).strip()


def _decode(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n\f" for sign in text):
            break
        return text
    raise PolicyFault(_("The file is no text in UTF-8 or GB18030."))


def assemble(lines: Iterable[Line]) -> ParsedPolicy:
    """Put the paragraphs of a document together as a policy; all faults of its head are named at once."""
    lines = [Line(line.text.strip(), line.level) for line in lines if line.text.strip()]
    start = next((at for at, line in enumerate(lines) if _opening(line)), len(lines))
    head, parts = lines[:start], _parts(lines[start:])
    if not any(kind == ARTICLE for kind, _text in parts):
        raise PolicyFault(_("The file is not a policy: no article (第一条 …) was found in it."))
    if not head:
        raise PolicyFault(_("The title is missing: the text begins with a chapter or an article."))
    title_at = next((at for at, line in enumerate(head) if line.level == 1), 0)
    title = head.pop(title_at).text
    return _with_head(title, [line.text for line in head], tuple(parts))


def _with_head(title: str, head: list[str], parts: tuple[tuple[str, str], ...]) -> ParsedPolicy:
    faults, number, date_text, body = [], "", "", ""
    rest = []
    for line in head:
        found = {name: pattern.search(line) for name, pattern in _HEAD_PATTERNS.items()}
        number = number or (found["number"][1].strip() if found["number"] else "")
        date_text = date_text or (found["date"][1].strip() if found["date"] else "")
        body = body or (found["body"][1].strip() if found["body"] else "")
        if not any(found.values()):
            rest.append(line)
    if not body and rest and len(rest[0]) <= _LONGEST_HEADING:
        body = rest.pop(0)
    date = parse_date(date_text) if date_text else None
    if not number:
        faults.append(_("The number is missing: write it as 编号：… under the title."))
    if not date_text:
        faults.append(_("The effective date is missing: write it as 施行日期：2026年4月1日 under the title."))
    elif date is None:
        faults.append(_("“%(date)s” is not a date; write it as 2026年4月1日.") % {"date": date_text})
    if not body:
        faults.append(_("The issuing body is missing: write its name under the title."))
    faults += _too_long(title=(title, 255), number=(number, 100), body=(body, 200))
    if faults:
        raise PolicyFault(*faults)
    return ParsedPolicy(title, body, number, date, "\n".join(rest), parts)


_HEAD_PATTERNS = {"number": _NUMBER, "date": _DATE_LABEL, "body": _BODY_LABEL}


def _too_long(**texts: tuple[str, int]) -> list[str]:
    names = {"title": _("title"), "number": pgettext("policy", "number"), "body": _("issuing body")}
    return [
        _("The %(field)s has %(length)d characters; at most %(limit)d are possible.")
        % {"field": names[name], "length": len(text), "limit": limit}
        for name, (text, limit) in texts.items()
        if len(text) > limit
    ]


def parse_date(text: str) -> datetime.date | None:
    """``2026年4月1日``, ``2026-04-01``, ``２０２６年４月１日`` or ``二〇二六年四月一日``; ``None`` for anything else."""
    text = re.sub(r"起?(施行|实施|生效)$", "", unicodedata.normalize("NFKC", text).replace(" ", ""))
    plain, chinese = _DATE.match(text), _HAN_DATE.match(text)
    try:
        if plain:
            return datetime.date(*(int(figure) for figure in plain.groups()))
        if chinese:
            year = int(chinese[1].translate(_YEAR_DIGITS))
            return datetime.date(year, to_number(chinese[2]), to_number(chinese[3]))
    except ValueError:
        return None
    return None


def _opening(line: Line) -> re.Match | None:
    """Whether ``line`` begins a chapter, a section or an article. A sentence that only mentions 第三章 does not."""
    heading = _HEADING.match(line.text)
    if heading and (line.level or _looks_like_heading(heading)):
        return heading
    return _ARTICLE.match(line.text)


def _looks_like_heading(heading: re.Match) -> bool:
    text = heading.string
    spaced = not heading[3] or text[: heading.start(3)][-1] in " \u3000\t"
    return spaced and len(text) <= _LONGEST_HEADING and not text.endswith(("。", "；", "，", "："))


def _parts(lines: list[Line]) -> list[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    counts = {CHAPTER: 0, SECTION: 0, ARTICLE: 0}
    for line in lines:
        match = _opening(line)
        if match is None:
            if line.level or not parts or parts[-1][0] != ARTICLE:
                raise PolicyFault(_("“%(line)s” stands outside any article.") % {"line": line.text[:_LONGEST_HEADING]})
            parts[-1] = (ARTICLE, f"{parts[-1][1]}\n{line.text}".strip())
            continue
        is_article = match.re is _ARTICLE
        kind = ARTICLE if is_article else _KIND[match[2]]
        if is_article and match[2]:
            raise PolicyFault(
                _("“%(article)s” is an inserted number; number the articles through and import again.")
                % {"article": line.text.split()[0][:_LONGEST_HEADING]}
            )
        if kind == CHAPTER:
            counts[SECTION] = 0
        counts[kind] += 1
        _check_sequence(match[1], counts[kind], line.text)
        parts.append((kind, (match[3] or "").strip()))
    _check_empty(parts)
    return parts


def _check_sequence(numeral: str, expected: int, text: str) -> None:
    try:
        number = to_number(numeral)
    except ValueError:
        number = None
    if number != expected:
        raise PolicyFault(
            _("“%(line)s” is out of order: number %(expected)d is expected here.")
            % {"line": text[:20], "expected": expected}
        )


def _check_empty(parts: list[tuple[str, str]]) -> None:
    number = 0
    for kind, text in parts:
        number += kind == ARTICLE
        if kind == ARTICLE and not text:
            raise PolicyFault(_("Article %(number)d has no text.") % {"number": number})
        if kind != ARTICLE and len(text) > 100:
            raise PolicyFault(_("The heading “%(text)s …” is longer than 100 characters.") % {"text": text[:20]})
        if kind != ARTICLE and not text:
            raise PolicyFault(_("A chapter or section has no heading."))
