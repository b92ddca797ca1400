"""All addresses of the site. Each room brings its own; the page tree comes last."""

from allauth.account.views import logout
from django.contrib.sitemaps import views as sitemap_views
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from fonds.access.accounts.views import enter_by_account, reset_by_account
from fonds.collections.library_tags import propose_tags
from fonds.site import views
from fonds.site.sitemaps import SITEMAPS

urlpatterns = [
    path("account/", include("fonds.access.accounts.urls")),
    path("admin/login/", enter_by_account),
    path("admin/logout/", logout),
    path("admin/password_reset/", reset_by_account),
    path("admin/password_reset/<path:rest>", reset_by_account),
    path("admin/tag-autocomplete/", propose_tags),
    path("admin/tag-autocomplete/<slug:app_name>/<slug:model_name>/", propose_tags),
    path("admin/", include(wagtailadmin_urls)),
    path("i18n/setlang/", views.choose_language, name="set_language"),
    path(
        "sitemap.xml", sitemap_views.index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap_part"}, name="sitemap"
    ),
    path("sitemap-<section>.xml", sitemap_views.sitemap, {"sitemaps": SITEMAPS}, name="sitemap_part"),
    path("robots.txt", views.robots, name="robots"),
    path("api/", include("fonds.site.api_urls")),
    path("", include("fonds.access.grants.urls")),
    path("", include("fonds.search.urls")),
    path("", include("fonds.archive_pages.urls")),
    path("", include("fonds.collections.urls")),
    path("", include("fonds.policies.urls")),
    path("", include("fonds.reading_room.urls")),
    path("", include(wagtail_urls)),
]
