"""The addresses of the room."""

from django.urls import include, path

from fonds.access.doors import PUBLIC, door

from . import photo_views
from .delivery import library_views, scan_views
from .exhibit_catalogue import exhibit_catalogue
from .photographs import public_views
from .recognising.views import marks
from .recordings import views as recordings
from .searchable.views import searchable_pdf
from .sharing import CuratedFeed

urlpatterns = [
    path("files/scans/<int:pk>/thumbnail.jpg", scan_views.thumbnail, name="scan_thumbnail"),
    path("files/scans/<int:pk>/preview.jpg", scan_views.preview, name="scan_preview"),
    path("files/scans/<int:pk>/zoom.dzi", scan_views.zoom, name="scan_zoom"),
    path("files/scans/<int:pk>/zoom_files/<int:level>/<int:column>_<int:row>.jpg", scan_views.tile, name="scan_tile"),
    path("files/scans/<int:pk>/original", scan_views.original, name="scan_original"),
    path("files/scans/<int:pk>/marks.json", marks, name="scan_marks"),
    path("files/units/<int:pk>/searchable.pdf", searchable_pdf, name="searchable_pdf"),
    path("files/library/<path:path>", library_views.library_file, name="library_file"),
    # In the place of Wagtail's own view, under its name: the admin and rich text link to documents by it.
    path("documents/<int:document_id>/<path:filename>", library_views.document, name="wagtaildocs_serve"),
    path("files/recordings/<int:pk>/play", recordings.play, name="recording"),
    path("files/recordings/<int:pk>/poster.jpg", recordings.poster, name="recording_poster"),
    path("files/recordings/<int:pk>/captions.vtt", recordings.captions, name="recording_captions"),
    path("files/recordings/<int:pk>/chapters.vtt", recordings.chapters, name="recording_chapters"),
    path("files/recordings/<int:pk>/original", recordings.master, name="recording_master"),
    path("exhibits/<int:pk>/catalogue.pdf", exhibit_catalogue, name="exhibit_catalogue"),
    path("feed.xml", door(PUBLIC)(CuratedFeed()), name="curated_feed"),
    path("iiif/", include("fonds.collections.iiif.urls")),
    path("collections/photo/<int:pk>/", photo_views.photo, name="photo"),
    path("collections/person/<int:pk>/", public_views.person, name="person"),
    path("files/negatives/<int:pk>/positive.jpg", public_views.positive, name="negative_positive"),
]
