"""Addresses for readers."""

from django.urls import path

from .reader_views import ask_access, my_requests, take_back_request

urlpatterns = [
    path("requests/", my_requests, name="my_requests"),
    path("requests/for/<int:pk>/", ask_access, name="ask_access"),
    path("requests/<int:pk>/take-back/", take_back_request, name="take_back_request"),
]
