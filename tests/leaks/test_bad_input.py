"""Addresses made to lead a person away from the site, and nonsense where a page, an order or a target is expected."""

import pytest
from django.test import Client

from .conftest import everything_of

pytestmark = pytest.mark.django_db
EVIL = ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example",
        "http:///evil.example", "\thttps://evil.example", "https://testserver@evil.example/"]  # fmt: skip


def leads_away(answer) -> bool:
    """Whether a browser would leave the site by this answer."""
    target = answer.headers.get("Location", "").strip().replace("\\", "/")
    return target.startswith("//") or ("evil.example" in target.partition("?")[0])


@pytest.mark.parametrize("target", EVIL)
def test_no_address_leads_to_another_site(archive, target):
    visitor = Client()
    answers = [
        visitor.post("/account/login/", {"login": "reader", "password": "a long password", "next": target}),
        visitor.post("/i18n/setlang/", {"language": "en", "next": target}),
        Client().post("/i18n/setlang/", {"language": "en"}, headers={"referer": target.strip()}),
        Client().get("/admin/login/", {"next": target}),
        Client().get("/account/login/", {"next": target}),
        visitor.get("/account/login/", {"next": target}),
        visitor.post("/account/logout/", {"next": target}),
    ]
    manager = Client()
    manager.force_login(archive.people["manager"])
    bulk = f"/admin/bulk/archive_pages/archivepage/set_opening_status/?id={archive.last.pk}"
    answers.append(
        manager.post(
            bulk, {"opening_status": "open", "next": target}, query_params={"id": archive.last.pk, "next": target}
        )
    )
    answers.append(manager.post(f"/admin/pages/{archive.last.pk}/unpublish/?next={target}", {"next": target}))
    assert not [answer.headers["Location"] for answer in answers if leads_away(answer)]


NONSENSE = ["%00", "-1", "9" * 40, "٣", "a[]'; DROP TABLE x; --", "{{7*7}}", "../..%F0%9F%93%81"]


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_page_order_and_next_is_an_ordinary_answer(visit, archive, value):
    """No error of the server, and nothing shown that an ordinary address would not show."""
    names = ("page", "p", "order", "ordering", "sort", "next", "limit", "offset", "fields", "id", "child_of")
    query = "&".join(f"{name}={value}" for name in names)
    public = ("/", archive.series.url, "/search/", "/collections/old/", "/policies/", "/api/v2/pages/", "/api/v3/pages/",
              "/verify/", "/sitemap-pages.xml", "/account/login/")  # fmt: skip
    for address in public:
        answer = visit().get(f"{address}?{query}")
        assert answer.status_code < 500, address
        assert archive.sealed.title not in everything_of(answer)
    for address in ("/admin/pages/", "/admin/images/", "/admin/jobs/", "/admin/codes/", "/admin/choose-page/"):
        assert visit("editor").get(f"{address}?{query}").status_code < 500, address
    assert visit("reader").get(f"/requests/?{query}").status_code == 200
