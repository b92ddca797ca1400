"""The permanent address of a unit."""

from django.urls import path

from .views import unit_by_code

urlpatterns = [path("r/<str:code>/", unit_by_code, name="unit_by_code")]
