"""The URLconf of the site with a plain answer for what is not there: thousands of cells have no other."""

from django.http import HttpRequest, HttpResponse

from fonds.site.urls import urlpatterns

__all__ = ["urlpatterns"]


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not found, without the frame of the site; ``tests/site/test_public_frame.py`` looks at that."""
    return HttpResponse(status=404)
