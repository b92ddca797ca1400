"""Addresses of policies beside the page tree: the print, the versions, what changed."""

from django.urls import path

from . import views

urlpatterns = [
    path("policies/<int:pk>/print.pdf", views.policy_pdf, name="policy_pdf"),
    path("policies/<int:pk>/versions/", views.policy_versions, name="policy_versions"),
    path("policies/<int:pk>/versions/<int:number>/", views.policy_version, name="policy_version"),
    path("policies/<int:pk>/changes/", views.policy_changes, name="policy_changes"),
]
