"""Addresses of the search room."""

from django.urls import path

from .saved_views import delete_search, save_search, saved_searches
from .views import search, suggestions

urlpatterns = [
    path("search/", search, name="search"),
    path("search/suggest/", suggestions, name="search_suggestions"),
    path("search/saved/", saved_searches, name="saved_searches"),
    path("search/save/", save_search, name="save_search"),
    path("search/saved/<int:pk>/delete/", delete_search, name="delete_search"),
]
