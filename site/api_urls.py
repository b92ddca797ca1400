"""The addresses of the API; there are none where the archive switches it off (``FONDS_API=0``)."""

from django.conf import settings
from django.urls import path

if settings.FONDS_API:
    from .api import router
    from .api_v3 import api

    urlpatterns = [path("v2/", router.urls), path("v3/", api.urls)]
else:
    urlpatterns = []
