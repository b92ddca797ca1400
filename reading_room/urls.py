"""Addresses of the reading room."""

from django.urls import include, path, re_path

from . import batch_views, public_views, views
from .remote import views as remote

urlpatterns = [
    path("desk/", include("fonds.reading_room.desk.urls")),
    path("requests/copies/", remote.my_copies, name="my_copies"),
    path("requests/copies/for/<int:pk>/", remote.ask_copy, name="ask_copy"),
    path("requests/copies/<int:pk>/take-back/", remote.take_back, name="take_back_copy"),
    path("requests/copies/fetch/<str:token>/", remote.fetch_copy, name="fetch_copy"),
    path("verify/", public_views.verify, name="verify"),
    path("verify/how/", public_views.how_to_verify, name="how_to_verify"),
    path("verify/file.json", public_views.verify_file_as_data, name="verify_file_data"),
    path("verify/<str:number>.json", public_views.verify_number_as_data, name="verify_number_data"),
    path("verify/<str:number>/", public_views.verify_by_number, name="verify_number"),
    path("print/<int:pk>/", views.print_pages, name="print_pages"),
    path("certify/none/", batch_views.certify_none, name="certify_none"),
    path("certify/several/", batch_views.certify_several, name="certify_several"),
    path("certificates/", batch_views.certificates, name="certificates"),
    path("certificates/together.zip", batch_views.certificates_zip, name="certificates_zip"),
    path("certify/<int:pk>/", views.certify, name="certify"),
    re_path(r"^certificates/(?P<number>[0-9]{4}-[A-Z]?[0-9]{4,9})/$", views.certificate, name="certificate"),
    re_path(
        r"^certificates/(?P<number>[0-9]{4}-[A-Z]?[0-9]{4,9})\.pdf$", views.certificate_pdf, name="certificate_pdf"
    ),
    re_path(r"^certificates/(?P<number>[0-9]{4}-[A-Z]?[0-9]{4,9})/revoke/$", views.revoke, name="revoke_certificate"),
]
