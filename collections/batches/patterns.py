"""Where reference code and page number stand in the path of a delivered file; an archive writes its own patterns."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from fonds.archive_pages.reference_codes import normalise_code

MOST = 20
_FIELD = re.compile(r"\{(\w+)\}")
_VALUES = {"code": r"(?P<code>[^/]+?)", "page": r"(?P<page>\d{1,5})", "any": r"[^/]*?"}


class Place(NamedTuple):
    """Code in normal form, and page number where the name has one."""

    code: str
    page: int | None


class Pattern(NamedTuple):
    """One line, and how many parts of a path it is held against."""

    regex: re.Pattern
    depth: int


def compiled(text: str) -> list[Pattern]:
    """The patterns of ``text``, one a line. Raises ``ValidationError`` naming the line."""
    lines = [line.strip().strip("/") for line in text.splitlines() if line.strip()]
    if not lines or len(lines) > MOST:
        raise ValidationError(_("Give 1 to %(most)s patterns, one a line.") % {"most": MOST})
    return [_compiled(number, line) for number, line in enumerate(lines, 1)]


def _compiled(number: int, line: str) -> Pattern:
    names = _FIELD.findall(line)
    unknown = sorted(set(names) - _VALUES.keys())
    if unknown or names.count("code") != 1 or names.count("page") > 1:
        words = {"number": number, "line": line[:80]}
        raise ValidationError(
            _("Line %(number)s, “%(line)s”: {code} must stand in it once, {page} at most once, else only {any}.")
            % words
        )
    parts = re.split(r"(\{\w+\})", line)
    regex = "".join(_VALUES[part[1:-1]] if _FIELD.fullmatch(part) else re.escape(part) for part in parts)
    return Pattern(re.compile(regex), line.count("/") + 1)


def places_of(name: str, patterns: Sequence[Pattern]) -> list[Place]:
    """All that ``name`` (a path with ``/``) may mean, the first pattern first. A pattern with fewer folders than the path
    is held against its end."""
    path = PurePosixPath(name)
    parts = [*path.parts[:-1], path.stem]
    found = []
    for regex, depth in patterns:
        if depth > len(parts):
            continue
        match = regex.fullmatch("/".join(parts[-depth:]))
        if match:
            number = match.groupdict().get("page")
            place = Place(normalise_code(match["code"]), int(number) if number else None)
            if place.code and place not in found:
                found.append(place)
    # A folder named by the code, whatever the file is called: its pages follow in the order of their names.
    found += [Place(normalise_code(folder), None) for folder in reversed(parts[:-1])]
    return found
