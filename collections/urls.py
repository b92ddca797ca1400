"""The addresses of the room."""

from django.urls import path

from . import photo_views
from .delivery import library_views, scan_views
from .photographs import public_views
from .recognising.views import marks

urlpatterns = [
    path("files/scans/<int:pk>/thumbnail.jpg", scan_views.thumbnail, name="scan_thumbnail"),
    path("files/scans/<int:pk>/preview.jpg", scan_views.preview, name="scan_preview"),
    path("files/scans/<int:pk>/zoom.dzi", scan_views.zoom, name="scan_zoom"),
    path("files/scans/<int:pk>/zoom_files/<int:level>/<int:column>_<int:row>.jpg", scan_views.tile, name="scan_tile"),
    path("files/scans/<int:pk>/original", scan_views.original, name="scan_original"),
    path("files/scans/<int:pk>/marks.json", marks, name="scan_marks"),
    path("files/library/<path:path>", library_views.library_file, name="library_file"),
    # In the place of Wagtail's own view, under its name: the admin and rich text link to documents by it.
    path("documents/<int:document_id>/<path:filename>", library_views.document, name="wagtaildocs_serve"),
    path("collections/photo/<int:pk>/", photo_views.photo, name="photo"),
    path("collections/person/<int:pk>/", public_views.person, name="person"),
    path("files/negatives/<int:pk>/positive.jpg", public_views.positive, name="negative_positive"),
]
