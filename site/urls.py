"""All addresses of the site. Each room brings its own; the page tree comes last."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("i18n/", include("django.conf.urls.i18n")),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("fonds.archive_pages.urls")),
    path("", include("fonds.collections.urls")),
    path("", include("fonds.policies.urls")),
    path("", include(wagtail_urls)),
]
