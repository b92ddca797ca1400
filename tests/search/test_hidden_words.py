"""Words on pages and in entries that a reader may not see neither match nor count, and nothing tells of them."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.urls import reverse

from fonds.access import roles
from fonds.access.enums import Rank
from fonds.access.models import Clearance
from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.standing import refresh_standing
from fonds.search.find import find_units

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()
HIDDEN, PAGE_WORD = "未审核的人事名册", "隐藏字句"


@pytest.fixture
def hidden(archive, pages):
    """``first`` has an open page, ``third`` an open entry with closed pages, ``closed`` is hidden altogether."""
    pages(archive.first, "公开字句在此页")
    pages(archive.third, f"{PAGE_WORD}在此页，公开字句也在")
    pages(archive.closed, f"{PAGE_WORD}在名册里")
    ArchivePage.objects.filter(pk=archive.third.pk).update(content_rank=Rank.STAFF)
    refresh_standing(archive.third.path)
    return archive


def codes(query: str, user=VISITOR, **how) -> list[str]:
    return sorted(unit.reference_code[-4:] for unit in find_units(query, user, **how).hits)


def facets(query: str, user=VISITOR) -> dict:
    return {facet.name: sum(v.count for v in facet.values) for facet in find_units(query, user).facets}


@pytest.mark.parametrize(
    "query", [PAGE_WORD, "隐藏", HIDDEN, "人事名册", "title:人事", "code:J037-WS·2008-Y-BGS-0002", "册"]
)
def test_hidden_words_find_nothing_and_count_nothing(hidden, staff, query):
    found = find_units(query, VISITOR)
    assert (found.hits, found.count, found.facets, found.page_hits) == ([], 0, [], {})
    assert find_units(query, staff).count > 0


def test_an_open_word_on_a_closed_page_does_not_count(hidden, staff):
    assert codes("公开字句") == ["0001"]
    assert codes("公开字句", staff) == ["0001", "0003"]
    assert facets("公开字句")["level"] == 1


def test_the_extract_of_a_found_entry_shows_no_closed_page(hidden, client):
    found = find_units("表彰", VISITOR)
    assert [unit.pk for unit in found.hits] == [hidden.third.pk]
    assert found.page_hits == {}
    body = client.get(reverse("search"), {"q": "表彰 在此页"}).content.decode()
    assert PAGE_WORD not in body
    assert codes("表彰 在此页") == []


def test_not_tells_nothing_of_a_closed_page(hidden, staff):
    """Whether ``third`` is found must not depend on a word of its closed page."""
    assert codes(f"表彰 -{PAGE_WORD}") == codes("表彰 -没有的词") == ["0003"]
    assert codes(f"在此页 -{PAGE_WORD}") == ["0001"]
    assert codes(f"在此页 -{PAGE_WORD}", staff) == ["0001"]
    assert codes(f"在此页 -{HIDDEN}") == codes("在此页 -没有的词")


def test_not_leaves_out_pages_of_units_whose_entry_has_the_word(hidden, staff):
    assert codes("公开字句 -表彰", staff) == ["0001"]


def test_a_reader_with_a_clearance_sees_what_it_reaches(hidden, django_user_model):
    group = Group.objects.create(name="Readers of pages")
    Clearance.objects.update_or_create(
        group=group, defaults={"catalogue_rank": Rank.STAFF, "content_rank": Rank.PUBLIC, "all_departments": False}
    )
    user = django_user_model.objects.create_user("reader", "r@example.org", "a-long-password")
    user.groups.add(group)
    assert codes("公开字句", user) == ["0001"]
    assert roles.OFFICER


def test_grants_open_exactly_what_they_name(hidden, django_user_model):
    import datetime as dt

    from fonds.access.models import Grant

    user = django_user_model.objects.create_user("guest", "g@example.org", "a-long-password")
    today = dt.date.today()
    Grant.objects.create(
        user=user, unit_id=hidden.third.pk, view=True, starts_on=today, ends_on=today + dt.timedelta(1),
        approver=user, reason="试",
    )  # fmt: skip
    assert codes(PAGE_WORD, user) == ["0003"]
    assert codes(PAGE_WORD) == []


def test_hidden_words_stand_in_no_answer(hidden, client):
    for query in (PAGE_WORD, "字句", "人事", "名册", "关于"):
        body = client.get(reverse("search"), {"q": query}).content.decode()
        assert HIDDEN not in body
        assert "名册里" not in body
        assert json.dumps(HIDDEN) not in body
