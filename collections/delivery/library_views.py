"""Files of the libraries: pictures and their renditions, documents, and what jobs made, found by path.

Each kind is looked for among what the reader may have, all kinds one after the other: a hidden file is answered as a
missing one, after the same queries.
"""

import mimetypes
from collections.abc import Callable
from typing import NamedTuple

from django.core.files.storage import default_storage
from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from fonds.access.classes import class_of
from fonds.access.decisions import visible_q
from fonds.access.doors import door
from fonds.access.enums import Rank, Right
from fonds.audit import names
from fonds.audit.events import record
from fonds.reports.jobs import may_read
from fonds.reports.models import Job

from ..derivatives import THUMBNAIL_LONGEST
from ..doors import visible_documents
from ..models import ArchiveDocument, ArchiveImage, ArchiveRendition
from ..watermarks.drawing import marked_picture
from ..watermarks.rules import is_for_everybody, watermark_of_look, with_rule
from .sending import deliver, deliver_marked

UNKNOWN_TYPE = "application/octet-stream"


class LibraryFile(NamedTuple):
    """A file of the library that the reader may have, with what is known of it; ``public``: everybody gets the same.

    ``row`` is what a look or download of it is of; ``rule`` the rule of watermarks, where ``row`` is a photograph;
    ``whole``: the file is the original, which never bears one.
    """

    public: bool
    etag: str
    name: str
    attachment: bool = False
    row: Model | None = None
    rule: str | None = None
    longest: int = 0
    whole: bool = False


@door(decides_itself="FINDERS, each for its own rows", path="library_path")
@require_safe
def library_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """The file at ``path`` of the library, if a row of ours owns it and the reader may have it; else 404."""
    for find in FINDERS:
        found = find(path, request.user)
        if found:
            return _answer(request, path, found)
    raise Http404


@door(decides_itself="visible_documents", document_id="document", filename="document_name")
@require_safe
def document(request: HttpRequest, document_id: int, filename: str) -> HttpResponseBase:
    """Wagtail's address of a document (``wagtaildocs_serve``), behind the same question as its path."""
    rows = visible_documents(ArchiveDocument.objects.select_related("collection"), request.user)
    row = get_object_or_404(rows, pk=document_id)
    if row.filename != filename:
        raise Http404
    return _answer(request, row.file.name, describe_document(row))


def _answer(request: HttpRequest, path: str, found: LibraryFile) -> HttpResponseBase:
    mime_type = mimetypes.guess_type(path)[0] or UNKNOWN_TYPE
    if not found.public:
        words = _record(request, path, found)
        if words:
            return deliver_marked(request, lambda: _marked(path, mime_type, words), name=found.name)
    return deliver(
        request,
        default_storage,
        path,
        mime_type=mime_type,
        name=found.name,
        etag=found.etag,
        public=found.public,
        as_attachment=found.attachment,
    )


def _record(request: HttpRequest, path: str, found: LibraryFile) -> str:
    """What is taken away is an event each time, what is shown one look at its unit (or picture); what is written across
    what is shown."""
    row, detail = found.row, {"file": path}
    if isinstance(row, ArchiveImage) and not found.whole:
        words = watermark_of_look(request, row.unit or row, found.rule, is_open=row.is_open, detail=detail)
        return words if found.longest > THUMBNAIL_LONGEST else ""
    actions = {ArchiveDocument: names.DOCUMENT, Job: names.JOB_FILE, ArchiveImage: names.ORIGINAL}
    subject = row.unit or row if isinstance(row, ArchiveImage) else row
    record(actions[type(row)], unit=subject, user=request.user, request=request, detail=detail)
    return ""


def _marked(path: str, mime_type: str, words: str) -> tuple[bytes, str]:
    try:
        with default_storage.open(path, "rb") as file:
            return marked_picture(file.read(), mime_type, words)
    except FileNotFoundError as error:
        raise Http404 from error


def _base_name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _rendition(path: str, user) -> LibraryFile | None:
    rows = with_rule(ArchiveRendition.objects.select_related("image__unit").filter(file=path))
    row = rows.filter(visible_q(user, "image__", Right.VIEW, ArchiveImage.access_path)).first()
    if row is None:
        return None
    etag = f"{row.image.sha256 or row.image.file_hash}-{row.filter_spec}-{row.pk}"
    public = is_for_everybody(row.watermark, is_open=row.image.is_open)
    longest = max(row.width, row.height)
    return LibraryFile(public, etag, _base_name(path), row=row.image, rule=row.watermark, longest=longest)


def _image(path: str, user) -> LibraryFile | None:
    """The original of a photograph: for everybody where it is open, else for who may take originals."""
    rows = ArchiveImage.objects.select_related("unit").filter(file=path)
    is_open = Q(content_class=class_of(Rank.PUBLIC))
    row = rows.filter(is_open | visible_q(user, "", Right.COPY, ArchiveImage.access_path)).first()
    if row is None:
        return None
    return LibraryFile(row.is_open, row.sha256 or row.get_file_hash(), _base_name(path), row=row, whole=True)


def _document(path: str, user) -> LibraryFile | None:
    row = visible_documents(ArchiveDocument.objects.select_related("collection").filter(file=path), user).first()
    return describe_document(row) if row else None


def describe_document(document: ArchiveDocument) -> LibraryFile:
    """A document of the library as a file."""
    public = document.content_class == class_of(Rank.PUBLIC)
    return LibraryFile(public, document.get_file_hash(), document.filename, True, document)


def _job_output(path: str, user) -> LibraryFile | None:
    rows = Job.objects.filter(output=path, started_by_id=user.pk or 0)
    row = rows.only("pk", "title", "started_by_id", "finished_at").first()
    if row is None or not may_read(row, user):
        return None
    stamp = row.finished_at.timestamp() if row.finished_at else 0
    return LibraryFile(False, f"job-{row.pk}-{stamp}", _base_name(path), True, row)


FINDERS: list[Callable[[str, object], LibraryFile | None]] = [_rendition, _image, _document, _job_output]
