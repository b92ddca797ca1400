"""Suggestions, other spellings, searching in results, saved searches: for what the reader may know of only."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from fonds.access.enums import Rank
from fonds.access.models import User
from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.standing import refresh_standing
from fonds.search.models import IndexState, SavedSearch
from fonds.search.query import parse
from fonds.search.suggestions import MOST, did_you_mean, suggest

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()


def texts(typed: str, user=VISITOR) -> list[str]:
    return [each.text for each in suggest(typed, user)]


def test_titles_codes_numbers_and_names_are_suggested(archive):
    assert texts("关于第") == ["关于第1号事项的通知"]
    assert texts("j037-ws·2008-y-bgs-0003") == ["J037-WS·2008-Y-BGS-0003"]
    assert texts("绍工商(2008") == ["绍工商〔2008〕15号"]
    assert texts("秀英") == ["李秀英"]
    assert [each.kind for each in suggest("李秀", VISITOR)] == ["name"]
    assert texts("") == texts("不存在的") == texts("〔〕") == []


def test_what_begins_so_comes_first_and_there_are_few(archive):
    for number in range(10, 30):
        archive.add_item(number, title=f"登记之{number}")
    archive.add_item(30, title="关于登记")
    found = texts("登记")
    assert len(found) == MOST
    assert all(text.startswith("登记") for text in found)


def test_nothing_hidden_is_suggested_or_spelt(archive, staff, pages):
    pages(archive.first, "页面上的鼋鼍字句")
    assert texts("人事名") == texts("鼋鼍") == []
    assert texts("人事名", staff) == ["未审核的人事名册"]
    assert did_you_mean(parse("人亊名册"), VISITOR) == ""
    assert did_you_mean(parse("人亊名册"), staff) == "人事名册"
    ArchivePage.objects.filter(pk=archive.third.pk).update(catalogue_rank=Rank.STAFF)
    refresh_standing(archive.third.path)
    assert texts("表彰") == []


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("王健国", "王建国"),
        ("绍兴市工商行政菅理局", "绍兴市工商行政管理局"),
        ("通知 王健国", "通知 王建国"),
        ("王建国", ""),
        ("不存在的词语", ""),
        ("王健", ""),
        ('"王健国"', '"王建国"'),
        ("-王健国", ""),
    ],
)
def test_another_spelling_is_offered(archive, query, meant):
    assert did_you_mean(parse(query), VISITOR) == meant


def test_the_address_of_suggestions(archive, client, django_assert_max_num_queries):
    address = reverse("search_suggestions")
    client.get(address, {"q": "通知"})
    with django_assert_max_num_queries(8):
        answer = client.get(address, {"q": "关于"})
    assert {each["text"] for each in answer.json()["suggestions"]} == {"关于第1号事项的通知", "关于表彰先进集体的决定"}
    for odd in ("", "\0", "'\"*", "a" * 9000, "%", "\ud800"):
        assert client.get(address, {"q": odd.encode("utf-8", "surrogatepass").decode("utf-8", "replace")}).json() == {
            "suggestions": []
        }
    IndexState.objects.update(version=0)
    assert client.get(address, {"q": "关于"}).json() == {"suggestions": []}


def test_typing_does_not_use_up_the_searches_of_an_address(archive, client, settings):
    settings.FONDS_RATE_LIMITS = {"search": (1, 60), "suggest": (3, 60)}
    answers = [client.get(reverse("search_suggestions"), {"q": "关"}).status_code for _letter in range(4)]
    assert answers == [200, 200, 200, 429]
    assert client.get(reverse("search"), {"q": "关于"}).status_code == 200
    assert client.get(reverse("search"), {"q": "通知"}).status_code == 429


def test_the_page_offers_the_other_spelling(archive, client):
    body = client.get(reverse("search"), {"q": "王健国"}).content.decode()
    assert "您要找的是不是" in body
    assert "q=%E7%8E%8B%E5%BB%BA%E5%9B%BD" in body


def test_results_are_searched_again(archive, client):
    both = client.get(reverse("search"), {"q": "关于"}).content.decode()
    assert archive.first.title.removeprefix("关于") in both
    assert archive.third.title.removeprefix("关于") in both
    one = client.get(reverse("search"), {"q": "关于", "within": "表彰"}).content.decode()
    assert 'value="关于 表彰"' in one
    assert "1 条" in one


def test_searches_are_saved_for_oneself(archive, client, staff):
    client.force_login(staff)
    answer = client.post(reverse("save_search"), {"q": "通知", "year": "2008", "junk": "x"})
    assert answer.url == "/search/?q=%E9%80%9A%E7%9F%A5&year=2008"
    client.post(reverse("save_search"), {"q": "通知", "year": "2008"})
    saved = SavedSearch.objects.get()
    assert (saved.name, saved.user) == ("通知", staff)
    assert "保存" not in client.get(answer.url).content.decode().split("results__keep")[1].split("</form>")[1]
    assert "通知" in client.get(reverse("saved_searches")).content.decode()
    other = User.objects.create_user("other", "o@example.org", "a-long-password")
    client.force_login(other)
    assert "q=%E9%80%9A" not in client.get(reverse("saved_searches")).content.decode()
    assert client.post(reverse("delete_search", args=[saved.pk])).status_code == 404
    client.force_login(staff)
    assert client.post(reverse("delete_search", args=[saved.pk])).url == reverse("saved_searches")
    assert not SavedSearch.objects.exists()


def test_nobody_saves_without_an_account_or_without_end(archive, client, staff):
    assert client.post(reverse("save_search"), {"q": "通知"}).status_code == 302
    assert client.get(reverse("saved_searches")).status_code == 302
    assert not SavedSearch.objects.exists()
    client.force_login(staff)
    SavedSearch.objects.bulk_create(SavedSearch(user=staff, name="x", address=f"q={n}") for n in range(100))
    assert client.post(reverse("save_search"), {"q": "通知"}).url == reverse("saved_searches")
    assert client.post(reverse("save_search"), {}).url == reverse("search")
    assert SavedSearch.objects.count() == 100
