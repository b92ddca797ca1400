"""The catalogue search: what is found, for whom, in which order, at what cost."""

import hashlib

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from fonds.access.classes import class_of
from fonds.access.enums import Rank
from fonds.access.models import Department
from fonds.archive_pages.models import ArchivePage, Category, CodeRecord, RetentionPeriod
from fonds.collections.models import DigitalObject, MasterFile
from fonds.search.find import COUNT_LIMIT, find_units

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()


def codes(query: str, user=VISITOR, **how) -> list[str]:
    return [unit.reference_code[-4:] for unit in find_units(query, user, **how).hits]


@pytest.mark.parametrize(
    "query",
    [
        "绍工商〔2008〕15号",
        "绍工商[2008]15号",
        "绍工商(2008)15号",
        "绍工商（２００８）１５号",
        "绍工商【2008】15号",
        "绍工商200815号",
        "绍工商 2008 15",
        "工商 〔2008〕",
        "建国",
        "王建国",
        "第1号",
        "J037-WS·2008-Y-BGS-0001",
        "j037-ws.2008-y-bgs-0001",
        "Ｊ０３７－ＷＳ•2008-Y-BGS-0001",
        "BGS-0001",
    ],
)
def test_any_fragment_and_any_writing_of_a_number_finds_the_item(archive, query):
    assert codes(query) == ["0001"]


@pytest.mark.parametrize("query", ["", "   ", "%", "_", "100%", "\\", "'", "不存在的词", "\0", "[]", "。"])
def test_nothing_is_found_by_nothing_or_by_wildcards(archive, query):
    assert codes(query) == []


def test_every_word_must_occur(archive):
    assert codes("通知 建国") == ["0001"]
    assert codes("通知 表彰") == []


def test_a_closed_unit_leaves_no_trace(archive, staff, client):
    found = find_units("人事名册", VISITOR)
    assert (found.count, found.hits, found.facets) == (0, [], [])
    assert codes("人事名册", staff) == ["0002"]
    CodeRecord.objects.create(code="J037-OLD-0002", page=archive.closed, is_current=False)
    assert codes("J037-OLD-0002") == []
    assert archive.closed.title not in client.get(reverse("search"), {"q": "J037-WS·2008-Y-BGS"}).content.decode()


def test_a_draft_is_not_found_even_by_staff(archive, staff):
    archive.third.live = False
    archive.third.save()
    assert codes("表彰", staff) == []


def test_a_code_of_former_days_finds_the_unit(archive):
    CodeRecord.objects.create(code="J037-OLD-0003", page=archive.third, is_current=False)
    assert codes("j037-old-0003") == ["0003"]


def test_the_code_itself_comes_first_then_titles(archive):
    archive.add_item(4, title="别的事", persons="表彰")
    archive.add_item(5, title="表彰", date_text="1999")
    assert codes("表彰") == ["0005", "0003", "0004"]
    assert codes("J037-WS·2008", sort="relevance")[0] == "2008"


def test_hits_are_sorted_by_date_and_code(archive):
    archive.add_item(4, title="通知甲", date_text="19990101")
    assert codes("通知", sort="oldest") == ["0004", "0001"]
    assert codes("通知", sort="newest") == ["0001", "0004"]
    assert codes("通知", sort="code") == ["0001", "0004"]


def test_facets_count_what_was_found_and_narrow_it(archive):
    documents = Category.objects.get_or_create(code="WS", defaults={"name": "文书"})[0]
    long = RetentionPeriod.objects.get_or_create(code="D30", defaults={"name": "定期30年", "years": 30})[0]
    office = Department.objects.create(code="TEST", name="测试科")
    archive.add_item(4, title="通知甲", category=documents, retention=long, year=2001)
    archive.add_item(5, title="通知乙", category=documents, department=office, year=2001)
    found = find_units("通知", VISITOR)
    counts = {facet.name: {value.value: value.count for value in facet.values} for facet in found.facets}
    assert counts["fonds"] == {"J037": 3}
    assert counts["category"] == {"WS": 2}
    assert counts["year"] == {"2008": 1, "2001": 2}
    assert counts["retention"] == {"D30": 1}
    assert counts["department"] == {"TEST": 1}
    assert counts["scans"] == {"0": 3}
    for filters, numbers in [
        ({"year": "2001"}, ["0004", "0005"]),
        ({"retention": "D30"}, ["0004"]),
        ({"department": "TEST"}, ["0005"]),
        ({"fonds": "J037", "category": "WS"}, ["0004", "0005"]),
        ({"fonds": "X999"}, []),
        ({"scans": "1"}, []),
        ({"year": "abc", "scans": "x"}, ["0001", "0004", "0005"]),
    ]:
        assert codes("通知", filters=filters, sort="code") == numbers, filters


def test_media_are_counted_where_their_content_may_be_seen(archive, staff):
    """One unit of each kind; what is in the last one is closed to visitors, though its entry is not."""
    kinds = [
        ("scan", "image/jpeg"),
        ("negative", "image/tiff"),
        ("recording", "audio/mpeg"),
        ("recording", "video/mp4"),
    ]
    for number, (role, mime_type) in enumerate(kinds, 4):
        unit = archive.add_item(number, title=f"通知{number}")
        add_object(unit, role, mime_type)
    ArchivePage.objects.filter(pk=unit.pk).update(content_class=class_of(Rank.STAFF))
    seen = {}
    for name, user in (("visitor", VISITOR), ("staff", staff)):
        found = find_units("通知", user)
        counts = {facet.name: {value.value: value.count for value in facet.values} for facet in found.facets}
        seen[name] = counts["media"]
    assert seen["visitor"] == {"scan": 1, "photo": 1, "sound": 1}
    assert seen["staff"] == {**seen["visitor"], "film": 1}
    assert codes("通知", filters={"media": "sound"}) == ["0006"]
    assert codes("通知", filters={"media": "film"}) == []
    assert codes("通知", staff, filters={"media": "film"}) == ["0007"]
    assert len(codes("通知", filters={"media": "nonsense"})) == 5


def add_object(unit: ArchivePage, role: str, mime_type: str) -> None:
    digest = hashlib.sha256(f"{unit.pk}{role}".encode()).hexdigest()
    master = MasterFile.objects.create(sha256=digest, size=1, mime_type=mime_type, key=digest[:40])
    DigitalObject.objects.create(unit_id=unit.pk, master=master, role=role, number=1, name="1")


def test_only_staff_narrow_by_opening_status(archive, staff):
    found = find_units("J037-WS·2008-Y", staff)
    counts = {facet.name: {value.value: value.count for value in facet.values} for facet in found.facets}
    assert counts["status"] == {"unreviewed": 1, "open": 2}
    assert codes("J037-WS·2008-Y", staff, filters={"status": "unreviewed"}) == ["0002"]
    assert "status" not in {facet.name for facet in find_units("J037-WS·2008-Y", VISITOR).facets}
    assert len(codes("J037-WS·2008-Y", filters={"status": "unreviewed"})) == 2


def test_the_count_is_exact_up_to_its_limit(archive, monkeypatch):
    monkeypatch.setattr("fonds.search.find.COUNT_LIMIT", 2)
    found = find_units("关于", VISITOR)
    assert (found.count, found.capped) == (2, False)
    archive.add_item(4, title="关于又一件")
    found = find_units("关于", VISITOR)
    assert (found.count, found.capped) == (2, True)
    assert COUNT_LIMIT == 1000


def test_hits_come_in_pages(archive):
    for number in range(4, 30):
        archive.add_item(number)
    first, second = (find_units("事项", VISITOR, page=page, sort="code") for page in (1, 2))
    assert (len(first.hits), len(second.hits), first.count, first.pages) == (20, 7, 27, 2)
    assert not {unit.pk for unit in first.hits} & {unit.pk for unit in second.hits}
    assert find_units("事项", VISITOR, page=99).page == 2


def test_an_entry_is_shown_as_it_is_written(archive, client):
    archive.add_item(
        4, title="别的事", persons="李小明；趙〔德〕明 ＡＢＣ", note="第一行\n第二行：見二〇〇八年《辦法》"
    )
    text = client.get(reverse("search"), {"q": "赵德明abc 2008年办法"}).content.decode()
    assert "李小明；<mark>趙〔德〕明 ＡＢＣ</mark>" in text
    assert "第二行：見<mark>二〇〇八年《辦法</mark>》" in text
    assert "第一行" not in text


def test_the_page_shows_hits_advice_and_few_queries(archive, client, django_assert_max_num_queries):
    address = reverse("search")
    text = client.get(address, {"q": "建国"}).content.decode()
    assert archive.first.title in text
    assert "<mark>建国</mark>" in text, "the line of names in which the word stands"
    assert "怎样检索" in client.get(address, {"q": "无此词语"}).content.decode()
    for number in range(4, 30):
        archive.add_item(number)
    client.get(address, {"q": "事项"})
    with django_assert_max_num_queries(16):
        answer = client.get(address, {"q": "事项", "page": "2", "sort": "newest"})
    assert "共 27 条" in answer.content.decode() or "27 条" in answer.content.decode()


def test_the_page_of_staff_stays_within_its_queries(archive, client, staff, django_assert_max_num_queries):
    client.force_login(staff)
    client.get(reverse("search"), {"q": "事项"})
    with django_assert_max_num_queries(21):
        client.get(reverse("search"), {"q": "关于"})


@pytest.mark.parametrize(
    "data", [{"q": "<script>alert(1)</script>"}, {"q": "a" * 5000}, {"q": "x", "page": "-1", "sort": "';--"}]
)
def test_strange_questions_get_an_ordinary_page(archive, client, data):
    answer = client.get(reverse("search"), data)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
