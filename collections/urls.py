"""The addresses of the room."""

from django.urls import path

from . import photo_views

urlpatterns = [
    path("collections/photo/<int:pk>/", photo_views.photo, name="photo"),
]
