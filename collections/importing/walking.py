"""Files of scans as they were delivered, and the units they belong to.

``<档号>/001.jpg``, ``<档号>/any.pdf``, ``<档号>.pdf``, ``<档号>-001.jpg``, in any folder above; codes in any spelling.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from fonds.archive_pages.reference_codes import normalise_code, sort_key_of

_PAGE_SUFFIX = re.compile(r"(.+)[-_ ](\d{1,4})")
_LOOKS_LIKE_CODE = re.compile(r"[A-Z]*\d+-[A-Z]{2}.*\d")
_NUMBERED = re.compile(r"(.*?)(\d+)")


@dataclass(frozen=True)
class Delivered:
    """A file at ``path`` with the ``name`` (path inside the delivery) it came under."""

    path: Path
    name: str

    @property
    def base(self) -> str:
        return PurePosixPath(self.name).name


@dataclass
class Matched:
    """Files by the code of their unit, in the order of their pages; ``strays`` belong to no row."""

    by_code: dict[str, list[Delivered]] = field(default_factory=dict)
    strays: list[tuple[str, str]] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)


def is_system_file(name: str) -> bool:
    """Whether an operating system left this file without anyone asking."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return bool(parts) and (
        parts[-1].lower() in {"thumbs.db", "desktop.ini", ".ds_store"}
        or parts[-1].startswith("._")
        or "__MACOSX" in parts
    )


def walk(folder: Path) -> list[Delivered]:
    """All files below ``folder``; links are not followed."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not path.is_symlink() and not is_system_file(name):
            found.append(Delivered(path, name))
    return found


def match(files: Iterable[Delivered], codes: Iterable[str], aside: Iterable[str] = ()) -> Matched:
    """Find the unit of each file among ``codes`` (in normal form). Files whose name is in ``aside`` (attachments named
    by the list) are passed over."""
    known, passed = set(codes), set(aside)
    result = Matched()
    strays: dict[str, str] = {}
    for file in files:
        code = _code_of(file, known)
        if code:
            result.by_code.setdefault(code, []).append(file)
        elif file.base not in passed and file.name not in passed:
            name, sentence = _stray(file)
            strays.setdefault(name, sentence)
    result.strays = list(strays.items())
    for code, group in result.by_code.items():
        group.sort(key=lambda file: sort_key_of(file.name))
        sentences = _name_faults(group)
        if sentences:
            result.faults[code] = sentences
    return result


def _code_of(file: Delivered, known: set[str]) -> str | None:
    parts = PurePosixPath(file.name)
    for folder in reversed(parts.parts[:-1]):
        if normalise_code(folder) in known:
            return normalise_code(folder)
    if normalise_code(parts.stem) in known:
        return normalise_code(parts.stem)
    page = _PAGE_SUFFIX.fullmatch(parts.stem)
    if page and normalise_code(page[1]) in known:
        return normalise_code(page[1])
    return None


def _stray(file: Delivered) -> tuple[str, str]:
    parts = PurePosixPath(file.name)
    for folder in reversed(parts.parts[:-1]):
        if _LOOKS_LIKE_CODE.fullmatch(normalise_code(folder)):
            return folder, _("The scan folder “%(name)s” belongs to no row of the list.") % {"name": folder}
    if _LOOKS_LIKE_CODE.fullmatch(normalise_code(parts.stem)):
        return file.name, _("The scan “%(name)s” belongs to no row of the list.") % {"name": parts.name}
    return file.name, _("The file “%(name)s” is unknown: its name holds no reference code.") % {"name": file.name[:150]}


def _name_faults(group: list[Delivered]) -> list[str]:
    """Whether the names tell the order of the pages: one file, or files numbered from 1 without gaps."""
    if len(group) == 1:
        return []
    numbers: dict[int, str] = {}
    beginnings = set()
    sentences = []
    for file in group:
        stem = PurePosixPath(file.base).stem
        numbered = _NUMBERED.fullmatch(stem)
        if not numbered:
            words = {"name": file.base}
            sentences.append(_("“%(name)s” is misnamed: pages are named 001.jpg, 002.jpg and so on.") % words)
            continue
        beginnings.add(normalise_code(numbered[1]))
        number = int(numbered[2])
        if number in numbers:
            words = {"name": file.base, "other": numbers[number]}
            sentences.append(_("“%(name)s” and “%(other)s” are the same page.") % words)
        numbers[number] = file.base
    if len(beginnings) > 1 and not sentences:
        names = "、".join(file.base for file in group[:4])
        sentences.append(_("Files are misnamed: %(names)s do not count in one row.") % {"names": names})
    missing = sorted(set(range(1, max(numbers, default=0))) - numbers.keys()) if not sentences else []
    if missing:
        shown = "、".join(f"{number:03}" for number in missing[:10])
        sentences.append(_("Pages are missing between the scans: %(numbers)s.") % {"numbers": shown})
    return sentences
