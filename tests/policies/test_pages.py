import datetime
import io

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.utils import timezone, translation
from wagtail.documents import get_document_model

from fonds.policies import actions
from fonds.policies.models import PolicyAttachment, PolicyPage
from fonds.policies.printing import print_policy

pytestmark = pytest.mark.once

EN = {"headers": {"accept-language": "en"}}


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_at_a_fixed_cost(client, policies, django_assert_max_num_queries):
    client.get("/policies/")
    with django_assert_max_num_queries(15):
        html = text_of(client.get("/policies/"))
    assert all(policy.title in html for policy in policies)
    assert html.count("policy-row__title") == 7


def test_the_list_has_in_force_first_and_filters_by_status(client, make_policy):
    old, new = make_policy(title="旧制度"), make_policy("越档〔2026〕2号", title="新制度", date="2026年4月1日")
    gone = make_policy("越档〔2026〕3号", title="废止了的制度", date="2026年9月1日")
    actions.replace(old, new)
    actions.repeal(gone, "职能调整", datetime.date(2026, 10, 1))
    draft = make_policy("越档〔2026〕4号", title="草稿制度", publish=False)
    html = text_of(client.get("/policies/"))
    assert html.index(">新制度<") < html.index(">旧制度<") < html.index(">废止了的制度<")
    assert draft.title not in html
    for status, title in (("in_force", new.title), ("replaced", old.title), ("repealed", gone.title)):
        html = text_of(client.get("/policies/", {"status": status}))
        assert html.count("policy-row__title") == 1
        assert title in html
    assert text_of(client.get("/policies/", {"status": "draft"})).count("policy-row__title") == 3


def test_words_of_titles_numbers_and_articles_are_found(client, policies):
    percent = sum("%" in "".join(part.text for part in one.parts) for one in policies)
    table = {
        "鉴定销毁": 1,
        "越市监档[2026]3号": 1,
        "双层PDF": 1,
        "恢复演练": 1,
        "没有这样的词": 0,
        "%": percent,
        "\x00": 7,
    }
    for words, count in table.items():
        html = text_of(client.get("/policies/", {"q": words}))
        assert html.count("policy-row__title") == count, words


def test_a_page_beyond_the_last_is_the_last(client, policies, monkeypatch):
    monkeypatch.setattr("fonds.policies.listing.PER_PAGE", 3)
    assert text_of(client.get("/policies/", {"page": "99"})).count("policy-row__title") == 1
    assert text_of(client.get("/policies/", {"page": "x"})).count("policy-row__title") == 3


def test_a_policy_at_a_fixed_cost(client, policies, django_assert_max_num_queries):
    url = policies[0].url
    client.get(url)
    with django_assert_max_num_queries(12):
        html = text_of(client.get(url))
    assert 'id="article-5"' in html
    assert 'href="#article-5"' in html
    assert 'id="chapter-4"' in html
    assert "越市监档〔2026〕1号" in html
    assert ".docx" not in html


def test_a_policy_says_when_it_takes_effect_and_until_when_it_is_in_force(client, make_policy):
    soon = timezone.localdate() + datetime.timedelta(days=30)
    policy = make_policy(date=f"{soon.year}年{soon.month}月{soon.day}日")
    assert "Takes effect on" in text_of(client.get(policy.url, **EN))
    assert "takes effect on" in text_of(client.get("/policies/", **EN))
    old = make_policy("越档〔2026〕2号", title="旧制度")
    actions.replace(old, policy)
    html = text_of(client.get(old.url, **EN))
    assert "ends on" in html
    assert policy.title in html
    assert "旧制度" in text_of(client.get("/policies/", {"status": "in_force"}, **EN))
    assert old.title in text_of(client.get(policy.url, **EN))


def test_a_later_version_names_the_one_that_applies_until_then(client, make_policy):
    policy = make_policy()
    draft = policy.get_latest_revision_as_object()
    draft.effective_date = timezone.localdate() + datetime.timedelta(days=10)
    draft.save_revision().publish()
    html = text_of(client.get(policy.url, **EN))
    assert "Until then version 1 applies." in html
    assert f"/policies/{policy.pk}/versions/1/" in html


def test_the_list_is_named_in_the_language_of_the_reader(client, index):
    assert "<h1>Policies</h1>" in text_of(client.get("/policies/", **EN))
    assert "<h1>制度</h1>" in text_of(client.get("/policies/"))
    index.title = "本局制度"
    index.save()
    assert "<h1>本局制度</h1>" in text_of(client.get("/policies/", **EN))


def test_a_draft_is_not_there_for_visitors_and_marked_for_the_staff(client, make_policy, manager):
    policy = make_policy(publish=False)
    addresses = [policy.url, f"/policies/{policy.pk}/print.pdf", f"/policies/{policy.pk}/versions/"]
    assert {client.get(address).status_code for address in addresses} == {404}
    PolicyPage.objects.filter(pk=policy.pk).update(live=True)
    assert {client.get(address).status_code for address in addresses} == {404}
    client.force_login(manager)
    assert "Visitors do not see it" in text_of(client.get(policy.url, **EN))
    assert policy.title in text_of(client.get("/policies/"))


def test_an_unpublished_policy_leaves_every_address(client, make_policy):
    policy = make_policy()
    policy.unpublish()
    for address in (policy.url, *(f"/policies/{policy.pk}/{end}" for end in ("print.pdf", "versions/", "changes/"))):
        assert client.get(address).status_code == 404
    assert policy.title not in text_of(client.get("/policies/"))


def attach(policy, status):
    document = get_document_model()(title=f"附件 {status}", opening_status=status)
    document.file.save(f"{status}.pdf", ContentFile(b"%PDF-1.7"), save=False)
    document.save()
    policy.attachments.add(PolicyAttachment(document=document))
    policy.save_revision().publish()


def test_only_open_attachments_are_shown(client, make_policy, manager):
    policy = make_policy()
    for status in ("open", "unreviewed", "controlled"):
        attach(policy, status)
    html = text_of(client.get(policy.url))
    assert "附件 open" in html
    assert "/files/library/" in html
    assert "附件 unreviewed" not in html
    assert "附件 controlled" not in html
    answers = {one.document.opening_status: client.get(one.url).status_code for one in policy.attachments.all()}
    assert answers == {"open": 200, "unreviewed": 404, "controlled": 404}
    client.force_login(manager)
    assert "附件 controlled" in text_of(client.get(policy.url))


@pytest.fixture
def revised(make_policy):
    policy = make_policy()
    draft = policy.get_latest_revision_as_object()
    draft.title = "档案管理制度"
    draft.body = [
        ("chapter", "总则"),
        ("article", "为加强和规范管理。"),
        ("article", "新增加的一条完全不同。"),
        ("article", "档案分为：\n（一）文书档案；\n（二）照片档案。"),
        ("chapter", "附则"),
        ("article", "本制度自发布之日起施行。"),
    ]
    draft.save_revision().publish()
    draft = PolicyPage.objects.get(pk=policy.pk)
    draft.title = "没有发布的题名"
    draft.save_revision()
    return policy


def test_versions_and_what_changed(client, revised):
    versions = text_of(client.get(f"/policies/{revised.pk}/versions/"))
    assert f"/policies/{revised.pk}/changes/?from=1&amp;to=2" in versions
    assert "没有发布" not in versions
    first = text_of(client.get(f"/policies/{revised.pk}/versions/1/"))
    assert "为加强管理。" in first
    assert "新增加" not in first
    changes = text_of(client.get(f"/policies/{revised.pk}/changes/"))
    assert "<ins>和规范</ins>" in changes
    assert "<ins>新增加的一条完全不同。</ins>" in changes
    assert "第二条 → 第三条" in changes
    assert "<del>档案制度</del> <ins>档案管理制度</ins>" in changes
    assert client.get(f"/policies/{revised.pk}/changes/?from=2&to=1").status_code == 200


@pytest.mark.parametrize("query", ["?from=1&to=9", "?from=x", "?from=&to="])
def test_versions_that_do_not_exist_are_not_found(client, revised, query):
    assert client.get(f"/policies/{revised.pk}/changes/{query}").status_code == 404
    assert client.get(f"/policies/{revised.pk}/versions/9/").status_code == 404


def test_one_version_cannot_be_compared(client, make_policy):
    assert client.get(f"/policies/{make_policy().pk}/changes/").status_code == 404


def pdf_text(data: bytes) -> tuple[int, str]:
    document = pypdfium2.PdfDocument(io.BytesIO(data))
    return len(document), "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "")


def test_the_print_has_head_articles_and_page_numbers(policies):
    policy = PolicyPage.objects.get(pk=policies[0].pk)
    for language, foot in (("zh-hans", "第 1 页，共 {pages} 页"), ("en", "Page 1 of {pages}")):
        pages, text = pdf_text(print_policy(policy, language))
        assert pages >= 2
        assert foot.format(pages=pages) in text
        wanted = ("越州市市场监督管理局", "越市监档〔2026〕1号", "电子文件归档制度", "第十三条", "自发布之日起施行。")
        assert [words for words in wanted if words not in text] == []


def test_the_print_is_served_to_who_may_read(client, make_policy):
    policy = make_policy()
    response = client.get(f"/policies/{policy.pk}/print.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert "no-store" in response["Cache-Control"]
    assert client.post(f"/policies/{policy.pk}/print.pdf").status_code == 405
    assert client.get("/policies/999999/print.pdf").status_code == 404


def test_the_print_of_an_ended_policy_says_so(make_policy):
    policy = actions.repeal(make_policy(), "职能调整", datetime.date(2026, 7, 1))
    _pages, text = pdf_text(print_policy(policy, "en"))
    assert "Repealed from" in text
    assert "职能调整" in text


def test_markup_in_a_policy_is_shown_as_text(client, make_policy):
    policy = make_policy(first="<script>alert(1)</script>与<b>加粗</b>。")
    html = text_of(client.get(policy.url))
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    with translation.override("en"):
        assert "<b>加粗</b>" in pdf_text(print_policy(policy))[1]
