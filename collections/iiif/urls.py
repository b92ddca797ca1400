"""The addresses under ``/iiif/``."""

from django.urls import path

from . import authorisation, image_views, manifest_views

PARTS = "<str:region>/<str:size>/<str:rotation>/<str:quality>.<str:suffix>"

urlpatterns = [
    path("scan/<int:pk>", image_views.scan_base, name="iiif_scan_base"),
    path("scan/<int:pk>/info.json", image_views.scan_information, name="iiif_scan_info"),
    path(f"scan/<int:pk>/{PARTS}", image_views.scan_image, name="iiif_scan_image"),
    path("photo/<int:pk>", image_views.photo_base, name="iiif_photo_base"),
    path("photo/<int:pk>/info.json", image_views.photo_information, name="iiif_photo_info"),
    path(f"photo/<int:pk>/{PARTS}", image_views.photo_image, name="iiif_photo_image"),
    path("scan/<int:pk>/canvas", manifest_views.scan_canvas, name="iiif_scan_canvas"),
    path("scan/<int:pk>/texts", manifest_views.scan_texts, name="iiif_scan_texts"),
    path("photo/<int:pk>/canvas", manifest_views.photo_canvas, name="iiif_photo_canvas"),
    path("recording/<int:pk>/canvas", manifest_views.recording_canvas, name="iiif_recording_canvas"),
    path("collection.json", manifest_views.everything, name="iiif_all"),
    path("unit/<int:pk>/manifest.json", manifest_views.unit, name="iiif_unit"),
    path("unit/<int:pk>/<int:part>/manifest.json", manifest_views.unit, name="iiif_unit_part"),
    path("collection/<int:pk>/manifest.json", manifest_views.collection, name="iiif_collection"),
    path("collection/<int:pk>/<int:part>/manifest.json", manifest_views.collection, name="iiif_collection_part"),
    path("exhibit/<int:pk>/manifest.json", manifest_views.exhibit, name="iiif_exhibit"),
    path("auth/probe/<int:pk>", authorisation.probe, name="iiif_probe"),
    path("auth/access", authorisation.access, name="iiif_access"),
    path("auth/token", authorisation.token, name="iiif_token"),
]
