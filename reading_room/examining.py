"""Looks into a PDF that somebody sent, in a process of its own with little time and memory: it may be built to do harm.

    python -I -m fonds.reading_room.examining GIVEN [KEPT] < question.json

Reads ``{"roots": [PEM], "others": [PEM], "moment": ISO}`` and prints facts as JSON: ``mark`` (the metadata's text),
``scripts``, and with ``KEPT``, the issued file, ``signature`` and ``changes`` (codes with numbers, in the order of the
pages). Nothing of Django is here: the process starts fast and holds no secrets.
"""

import hashlib
import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import BinaryIO

import pikepdf

SECONDS = 20  # of the processor
MEMORY = 1024**3  # bytes
MOST_OBJECTS = 20_000
_CHUNK = 1024 * 1024
_SCRIPTS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData"}
_BROKEN = (pikepdf.PikepdfError, ValueError, KeyError, AttributeError, TypeError, RecursionError)
Fact = tuple[str, dict[str, int]]


@dataclass(frozen=True)
class _PageMarks:
    """Checksums of what makes up a page: its pictures and drawings, what draws them, what was laid upon it."""

    drawings: str
    content: str
    annotations: str


def main(given: str, kept: str | None, question: dict) -> dict:
    """The facts about the file ``given``."""
    with open(given, "rb") as file:
        facts = {"mark": mark_of(file), "scripts": has_scripts(file)}
        if kept:
            with open(kept, "rb") as issued:
                facts["changes"] = [*bytes_changed(issued, file), *pages_changed(issued, file)]
            facts["signature"] = _signature(file, question)
    return facts


def _signature(file: BinaryIO, question: dict) -> dict | str | None:
    from fonds.reports.signing.validation import UnreadableSignature, read_chain, read_signature

    roots, others = (read_chain("".join(question[name])) if question[name] else [] for name in ("roots", "others"))
    try:
        report = read_signature(file, roots=roots, others=others, moment=datetime.fromisoformat(question["moment"]))
    except UnreadableSignature:
        return "unreadable"
    if report is None:
        return None
    moments = {name: value and value.isoformat() for name, value in
               (("signed_at", report.signed_at), ("stamped_at", report.stamped_at))}  # fmt: skip
    return {**asdict(report), **moments}


def mark_of(file: BinaryIO) -> str:
    """The metadata of a PDF, unpacked; empty where there are none to read."""
    try:
        with pikepdf.open(file) as pdf:
            return pdf.Root.Metadata.read_bytes()[:_CHUNK].decode(errors="replace")
    except _BROKEN:
        return ""


def has_scripts(file: BinaryIO) -> bool:
    """Whether a PDF does something by itself: scripts, programs to start, forms to send."""
    file.seek(0)
    try:
        with pikepdf.open(file) as pdf:
            if "/OpenAction" in pdf.Root or "/AA" in pdf.Root or "/JavaScript" in pdf.Root.get("/Names", {}):
                return True
            return any(_acts(each) for _place, each in zip(range(MOST_OBJECTS), pdf.objects, strict=False))
    except _BROKEN:
        return False


def _acts(each: pikepdf.Object) -> bool:
    return isinstance(each, pikepdf.Dictionary) and (
        "/JS" in each or "/AA" in each or str(each.get("/S", "")) in _SCRIPTS
    )


def bytes_changed(kept: BinaryIO, given: BinaryIO) -> Iterator[Fact]:
    """How the bytes of ``given`` relate to those of ``kept``."""
    same, kept_size, given_size = _common_length(kept, given)
    if same == given_size < kept_size:
        yield "cut", {"given": given_size, "kept": kept_size}
    elif same == kept_size < given_size:
        yield "added", {"more": given_size - kept_size}
    elif given_size == kept_size:
        yield "bytes", {"place": same + 1}
    else:
        yield "anew", {}


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


def pages_changed(kept: BinaryIO, given: BinaryIO) -> Iterator[Fact]:
    """Which pages of ``given`` differ from those of ``kept``, and how."""
    before = _marks_of_pages(kept)
    try:
        after = _marks_of_pages(given)
    except _BROKEN:
        yield "unreadable", {}
        return
    changed = False
    for what, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        changed = True
        pairs = min(last - first, end - start)
        for step in range(pairs):
            yield _difference(before[first + step], after[start + step]), {"page": first + step + 1}
        yield from (("missing", {"page": number}) for number in range(first + pairs + 1, last + 1))
        yield from (("foreign", {"page": number}) for number in range(start + pairs + 1, end + 1))
    if not changed:
        yield "same pages", {}


def _difference(before: _PageMarks, after: _PageMarks) -> str:
    if before.drawings != after.drawings:
        return "picture"
    return "content" if before.content != after.content else "laid upon"


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


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    print(json.dumps(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None, json.load(sys.stdin))))
