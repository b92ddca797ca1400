"""What was changed in a file that is not the issued one: compared page by page with the bytes that are kept."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import BinaryIO

import pikepdf
from django.utils.translation import gettext as _

_CHUNK = 1024 * 1024
_SCRIPTS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData"}
MOST_OBJECTS = 20_000


@dataclass(frozen=True)
class _PageMarks:
    """Checksums of what makes up a page: its pictures and drawings, what draws them, what was laid upon it."""

    drawings: str
    content: str
    annotations: str


def describe_changes(kept: BinaryIO, given: BinaryIO) -> list[str]:
    """Sentences that say how ``given`` differs from ``kept``, the issued file; both seekable."""
    return [*_bytes_said(kept, given), *_pages_said(kept, given)]


def has_scripts(file: BinaryIO) -> bool:
    """Whether a PDF does something by itself: scripts, programs to start, forms to send."""
    file.seek(0)
    try:
        with pikepdf.open(file) as pdf:
            if "/OpenAction" in pdf.Root or "/AA" in pdf.Root or "/JavaScript" in pdf.Root.get("/Names", {}):
                return True
            return any(_acts(each) for _place, each in zip(range(MOST_OBJECTS), pdf.objects, strict=False))
    except (pikepdf.PikepdfError, ValueError, KeyError, AttributeError, TypeError):
        return False


def _acts(each: pikepdf.Object) -> bool:
    return isinstance(each, pikepdf.Dictionary) and (
        "/JS" in each or "/AA" in each or str(each.get("/S", "")) in _SCRIPTS
    )


def _bytes_said(kept: BinaryIO, given: BinaryIO) -> Iterator[str]:
    same, kept_size, given_size = _common_length(kept, given)
    if same == given_size < kept_size:
        yield _("The file is cut off: %(given)s of %(kept)s bytes are there.") % {
            "given": given_size,
            "kept": kept_size,
        }
    elif same == kept_size < given_size:
        yield _("Something was added behind the signature: %(more)s bytes.") % {"more": given_size - kept_size}
    elif given_size == kept_size:
        yield _("Bytes were changed, the first at place %(place)s.") % {"place": same + 1}
    else:
        yield _("The file was written anew by some program.")


def _common_length(one: BinaryIO, other: BinaryIO) -> tuple[int, int, int]:
    """How many bytes from the start are the same, and the sizes of both."""
    sizes = one.seek(0, 2), other.seek(0, 2)
    one.seek(0)
    other.seek(0)
    same = 0
    while True:
        first, second = one.read(_CHUNK), other.read(_CHUNK)
        if first == second and first:
            same += len(first)
            continue
        same += next((at for at, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]),
                     min(len(first), len(second)))  # fmt: skip
        return same, *sizes


def _pages_said(kept: BinaryIO, given: BinaryIO) -> Iterator[str]:
    before = _marks_of_pages(kept)
    try:
        after = _marks_of_pages(given)
    except (pikepdf.PikepdfError, ValueError, KeyError, AttributeError, TypeError, RecursionError):
        yield _("Its pages can no longer be read.")
        return
    changed = False
    for what, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        changed = True
        pairs = min(last - first, end - start)
        for step in range(pairs):
            yield _page_said(first + step + 1, before[first + step], after[start + step])
        for number in range(first + pairs + 1, last + 1):
            yield _("Page %(page)s of the issued file is missing.") % {"page": number}
        for number in range(start + pairs + 1, end + 1):
            yield _("Page %(page)s is not in the issued file.") % {"page": number}
    if not changed:
        yield _("All pages show the same as those issued; but this is not the issued file.")


def _page_said(number: int, before: _PageMarks, after: _PageMarks) -> str:
    said = {"page": number}
    if before.drawings != after.drawings:
        return _("Page %(page)s shows another picture, or one that was changed.") % said
    if before.content != after.content:
        return _("Page %(page)s was written or drawn upon, or its text was changed.") % said
    return _("Something was laid upon page %(page)s: a note, a stamp or a field.") % said


def _marks_of_pages(file: BinaryIO) -> list[_PageMarks]:
    file.seek(0)
    with pikepdf.open(file) as pdf:
        return [_marks_of(page) for page in pdf.pages]


def _marks_of(page: pikepdf.Page) -> _PageMarks:
    drawings, content, annotations = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
    for name, drawing in sorted(page.resources.get("/XObject", {}).items()):
        drawings.update(name.encode() + _stream(drawing))
    content.update(repr([float(edge) for edge in page.mediabox]).encode() + str(page.obj.get("/Rotate", 0)).encode())
    contents = page.obj.get("/Contents", [])
    for part in contents if isinstance(contents, pikepdf.Array) else [contents]:
        content.update(_stream(part).strip() + b"\n")
    for annotation in page.obj.get("/Annots", []):
        annotations.update(str(annotation.get("/Subtype")).encode() + repr(annotation.get("/Rect")).encode())
        shown = annotation.get("/AP", {}).get("/N")
        annotations.update(_stream(shown) if isinstance(shown, pikepdf.Stream) else b"")
    return _PageMarks(drawings.hexdigest(), content.hexdigest(), annotations.hexdigest())


def _stream(stream: pikepdf.Object) -> bytes:
    """What a stream holds: unpacked where that is without loss, a JPEG as it is."""
    if stream.get("/Filter") == pikepdf.Name.DCTDecode:
        return stream.read_raw_bytes()
    try:
        return stream.read_bytes()
    except pikepdf.PikepdfError:
        return stream.read_raw_bytes()
